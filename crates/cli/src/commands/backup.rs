//! `khien backup`, `khien restore`, `khien upgrade`.

use std::path::Path;

use anyhow::Context as _;

use crate::open::{Place, Secret};
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

/// Opening already brings the schema up to date.
pub async fn upgrade(place: &Place) -> anyhow::Result<u8> {
    let (install, _) = place.open().await?;
    say::note("schema is up to date");
    install.close().await;
    Ok(0)
}
