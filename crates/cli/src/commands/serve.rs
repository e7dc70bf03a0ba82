//! `khien serve`: the web application until it is told to stop.

use anyhow::Context as _;
use app::App;

use crate::open::Place;
use crate::say;

/// Opens an installation and serves it.
pub async fn run(place: &Place, listen: &str) -> anyhow::Result<u8> {
    let (install, app) = place.open().await?;
    serve(app, listen).await?;
    install.close().await;
    Ok(0)
}

/// Serves until SIGINT or SIGTERM; requests under way are finished.
pub async fn serve(app: App, listen: &str) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on `{listen}`"))?;
    say::note(&format!("http://{}", listener.local_addr()?));
    axum::serve(listener, web::router(app))
        .with_graceful_shutdown(stop())
        .await?;
    Ok(())
}

async fn stop() {
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
