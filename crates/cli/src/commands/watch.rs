//! `khien import scan`, `khien import hand-over` and `khien import sender`.

use std::path::PathBuf;

use anyhow::Context as _;
use app::AppError;
use domain::access::Action;

use super::import::{name, read_file};
use crate::open::{self, Place};
use crate::say;

/// Reports of `khien scan --jsonl` into the watch.
#[derive(clap::Args)]
pub struct Scan {
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Number of the source that the files are of.
    #[arg(long)]
    source: i64,
    #[arg(long = "as")]
    login: Option<String>,
}

/// A hand-over file into a case of the unit.
#[derive(clap::Args)]
pub struct HandOver {
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    #[arg(long = "as")]
    login: Option<String>,
}

/// The key of a watch installation whose files are taken from now on.
#[derive(clap::Args)]
pub struct Sender {
    /// As the watch's page of hand-over keys shows it: name+eight digits+key.
    key: String,
    #[command(flatten)]
    place: Place,
    #[arg(long = "as")]
    login: Option<String>,
}

/// Takes reports; 1 when something is marked, 3 when something was not read whole.
pub async fn scan(asked: Scan) -> anyhow::Result<u8> {
    let bytes = read_file(&asked.file)?;
    let (install, app) = asked.place.open().await?;
    let who = open::acting(&app, asked.login.as_deref(), Action::WriteWatch).await?;
    let done = app
        .import_reports(&who, None, asked.source, &name(&asked.file), &bytes)
        .await;
    install.close().await;
    let Some(done) = told(done, &asked.file)? else {
        return Ok(1);
    };
    let found = done.recorded;
    say::data(&format!(
        "run {}: {} marked, {} incomplete, {} clean; {} new findings",
        done.run, found.marked, found.incomplete, found.clean, found.new_findings
    ))?;
    Ok(match (found.marked, found.incomplete) {
        (0, 0) => 0,
        (0, _) => 3,
        _ => 1,
    })
}

/// Takes a hand-over file; 1 when it is refused.
pub async fn hand_over(asked: HandOver) -> anyhow::Result<u8> {
    let bytes = read_file(&asked.file)?;
    let (install, app) = asked.place.open().await?;
    let who = open::acting(&app, asked.login.as_deref(), Action::WriteCases).await?;
    let done = app.take_hand_over(&who, None, &bytes).await;
    install.close().await;
    let Some(case) = told(done, &asked.file)? else {
        return Ok(1);
    };
    say::data(&format!("case {case}: opened for {}", who.unit.name))?;
    Ok(0)
}

/// Trusts a key; 1 when it is refused.
pub async fn sender(asked: Sender) -> anyhow::Result<u8> {
    let (install, app) = asked.place.open().await?;
    let who = open::acting(&app, asked.login.as_deref(), Action::Administer).await?;
    let done = app.trust_sender(&who, &asked.key).await;
    install.close().await;
    let place = PathBuf::from(&asked.key);
    Ok(u8::from(told(done, &place)?.is_none()))
}

/// A refusal is told in words; what else went wrong is an error.
fn told<T>(done: Result<T, AppError>, file: &std::path::Path) -> anyhow::Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(AppError::Refused(refusal)) => {
            say::note(&web::sentence(&refusal, "vi"));
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("cannot take `{}`", file.display())),
    }
}
