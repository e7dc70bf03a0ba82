//! `khien serve`: the web application until it is told to stop.

use anyhow::Context as _;
use app::App;

use std::path::Path;

use crate::open::Place;
use crate::say;
use crate::watching::Beside;

/// Opens an installation and serves it.
pub async fn run(place: &Place, listen: &str) -> anyhow::Result<u8> {
    let (install, app) = place.open().await?;
    let watches = app.db.setting("role").await?.as_deref() == Some("watch");
    let evidence = place.data.join("watch");
    serve(app, listen, watches.then_some(evidence.as_path())).await?;
    install.close().await;
    Ok(0)
}

/// Serves until SIGINT or SIGTERM; requests under way are finished. With a folder for what portals give, the jobs of the watch are done
/// beside.
pub async fn serve(app: App, listen: &str, evidence: Option<&Path>) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on `{listen}`"))?;
    say::note(&format!("http://{}", listener.local_addr()?));
    let beside = match evidence {
        Some(folder) => Beside::start(&app, folder)?,
        None => None,
    };
    axum::serve(listener, web::router(app))
        .with_graceful_shutdown(stop())
        .await?;
    if let Some(beside) = beside {
        beside.end().await;
    }
    Ok(())
}

/// Waits for SIGINT or SIGTERM.
pub async fn stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
