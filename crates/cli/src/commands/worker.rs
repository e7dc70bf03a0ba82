//! `khien worker`: takes the jobs of the watch from a shared PostgreSQL queue. Run as many as wanted, on as many machines.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use app::accounts::PasswordCost;
use app::{App, Signer};
use clap::Args;
use store::Db;

use super::scan::Workers;
use crate::real::{RealClock, RealRandom, fill};
use crate::say;
use crate::watching::Watching;

#[derive(Args)]
pub struct Worker {
    /// The queue: a database that `khien serve --database-url` uses.
    #[arg(long, env = "KHIEN_DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// Folder of the WARC files of fetched portals.
    #[arg(long, value_name = "DIR", default_value = "khien-evidence")]
    evidence: PathBuf,
    /// End when nothing is due.
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    workers: Workers,
}

/// Works until SIGINT or SIGTERM; what is under way is finished.
pub async fn run(command: &Worker) -> anyhow::Result<u8> {
    let db = Db::open_postgres(&command.database_url)
        .await
        .context("cannot use the database of --database-url")?;
    let law = law::Pack::embedded().map_err(|errors| {
        anyhow::anyhow!("the built-in law pack is damaged: {} errors", errors.len())
    })?;
    // A worker signs nothing: checkpoints and hand-overs are made where the installation's key is.
    let mut seed = [0; 32];
    fill(&mut seed);
    let app = App {
        db,
        law,
        clock: Arc::new(RealClock),
        random: Arc::new(RealRandom),
        signer: Arc::new(Signer {
            key: ed25519_dalek::SigningKey::from_bytes(&seed),
            origin: "khien/worker".to_owned(),
        }),
        passwords: PasswordCost::default(),
    };
    let pool = Arc::new(command.workers.pool()?);
    let watching = Watching::new(app, pool, &command.evidence)?;
    if command.once {
        while watching.turn().await? {}
        return Ok(0);
    }
    let (stop, told) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        super::serve::stop().await;
        stop.send_replace(true);
    });
    say::note("worker: waiting for jobs");
    watching.go(&told).await;
    Ok(0)
}
