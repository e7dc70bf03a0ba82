//! `khien gate`: one file, or doors that are kept open.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use patrol::gate::folder::Watch;
use patrol::gate::{self, Gate as Doors, Outcome};
use patrol::limits::FOLDER_EVERY;
use patrol::names;
use patrol::pool::Pool;
use patrol::source;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::scan::Workers;
use crate::say;

#[derive(Args)]
pub struct Gate {
    /// One file: allow (0), block (1) or review (3).
    #[arg(required_unless_present_any = ["listen", "icap", "watch"], conflicts_with_all = ["listen", "icap", "watch"])]
    file: Option<PathBuf>,
    /// The decision on FILE as one JSON document.
    #[arg(long)]
    json: bool,
    /// Answers POST /check with a form or a file as body.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Answers ICAP: REQMOD at /reqmod, RESPMOD at /respmod.
    #[arg(long, value_name = "ADDR")]
    icap: Option<String>,
    /// Takes new files out of this folder.
    #[arg(long, value_name = "DIR", requires = "to")]
    watch: Option<PathBuf>,
    /// Lays them into allowed, blocked or review of this one, with the decision beside.
    #[arg(long, value_name = "DIR", requires = "watch")]
    to: Option<PathBuf>,
    #[command(flatten)]
    workers: Workers,
}

/// Decides on one file, or serves until the program is ended.
pub async fn run(command: &Gate) -> anyhow::Result<u8> {
    let pool = Arc::new(command.workers.pool()?);
    if let Some(file) = &command.file {
        return one(&pool, file, command.json);
    }
    let doors = Doors::new(Arc::clone(&pool));
    let mut open: JoinSet<anyhow::Result<()>> = JoinSet::new();
    if let Some(address) = &command.listen {
        let listener = listen(address).await?;
        say::note(&format!("gate: http://{}/check", listener.local_addr()?));
        let doors = doors.clone();
        open.spawn(async move { Ok(gate::http::serve(listener, doors).await?) });
    }
    if let Some(address) = &command.icap {
        let listener = listen(address).await?;
        say::note(&format!(
            "gate: icap://{}/reqmod and /respmod",
            listener.local_addr()?
        ));
        let doors = doors.clone();
        open.spawn(async move { Ok(gate::icap::serve(listener, doors).await?) });
    }
    if let (Some(from), Some(to)) = (&command.watch, &command.to) {
        let (from, to) = (from.clone(), to.clone());
        say::note(&format!(
            "gate: `{}` into `{}`",
            from.display(),
            to.display()
        ));
        open.spawn_blocking(move || watch(&pool, &from, &to));
    }
    tokio::select! {
        ended = open.join_next() => match ended {
            Some(ended) => ended?.map(|()| 0),
            None => Ok(0),
        },
        _ = tokio::signal::ctrl_c() => std::process::exit(0),
    }
}

async fn listen(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on `{address}`"))
}

fn one(pool: &Pool, file: &Path, json: bool) -> anyhow::Result<u8> {
    let unreadable = || format!("cannot read `{}`", names::plain(&names::of(file)));
    // The operator may name a link.
    let real = file.canonicalize().with_context(unreadable)?;
    let opened = source::open(&real).with_context(unreadable)?;
    let body = opened.body().with_context(unreadable)?;
    let outcome = gate::decide(pool.scan(&names::of(file), &body)?.reports);
    if json {
        say::data(&outcome.json())?;
    } else {
        say::data(&words(&outcome))?;
    }
    Ok(outcome.decision.exit_code())
}

/// The decision in its first line, a ground in each further one.
fn words(outcome: &Outcome) -> String {
    let mut lines = vec![outcome.decision.as_str().to_owned()];
    let grounds = outcome.grounds.iter();
    lines.extend(grounds.map(|ground| format!("  {} {}", ground.code, ground.text)));
    lines.join("\n")
}

fn watch(pool: &Pool, from: &Path, to: &Path) -> anyhow::Result<()> {
    let mut watch = Watch::new(pool, from, to)?;
    loop {
        for moved in watch.look()? {
            say::data(&format!(
                "{} {} -> {}",
                moved.outcome.decision.as_str(),
                names::plain(&names::of(&moved.from)),
                names::plain(&names::of(&moved.to))
            ))?;
        }
        std::thread::sleep(FOLDER_EVERY);
    }
}
