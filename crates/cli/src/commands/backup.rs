//! `khien backup`, `khien restore`, `khien upgrade`.

use std::path::Path;

use anyhow::Context as _;
use store::Install;

use crate::open::{Place, Secret};
use crate::real::RealClock;
use crate::say;

/// Writes a verified backup.
pub async fn backup(place: &Place, out: &Path) -> anyhow::Result<u8> {
    let (install, app) = place.open_beside().await?;
    let now = app::clock::instant(app.clock.now());
    let made = store::backup::make(&install, out, &now)
        .await
        .with_context(|| format!("cannot write backup `{}`", out.display()))?;
    say::note(&format!(
        "backup `{}`: {} ledger events, verified",
        out.display(),
        made.ledger_size
    ));
    install.close().await;
    Ok(0)
}

/// Restores a backup into an empty folder.
pub async fn restore(file: &Path, data: &Path, secret: &Secret) -> anyhow::Result<u8> {
    let passphrase = secret.read()?;
    let restored = store::backup::restore(file, data, &passphrase)
        .await
        .with_context(|| format!("cannot restore `{}`", file.display()))?;
    say::note(&format!(
        "restored to `{}`: {} ledger events, verified",
        data.display(),
        restored.ledger_size
    ));
    Ok(0)
}

/// Brings the schema up to date, after a backup.
pub async fn upgrade(place: &Place) -> anyhow::Result<u8> {
    let passphrase = place.passphrase()?;
    let now = app::clock::instant(app::Clock::now(&RealClock));
    let done = Install::upgrade(&place.data, &passphrase, &place.database(), &now)
        .await
        .with_context(|| format!("cannot upgrade `{}`", place.data.display()))?;
    match done.backup {
        None => say::note(&format!(
            "schema is up to date (step {}); nothing was changed",
            done.to
        )),
        Some(file) => {
            say::note(&format!(
                "schema upgraded from step {} to {}",
                done.from, done.to
            ));
            say::note("backup of the state before, verified:");
            say::data(&file.display().to_string())?;
        }
    }
    Ok(0)
}
