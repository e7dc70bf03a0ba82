//! `khien init`: keys, schema, empty ledger, one-time set-up code.

use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use store::install::{Database, Install, New};
use store::keys::Cost;

use crate::open::Secret;
use crate::{real, say};

/// Makes an installation and prints its set-up code.
pub async fn run(
    data: &Path,
    role: &str,
    name: &str,
    code: Option<&str>,
    secret: &Secret,
) -> anyhow::Result<u8> {
    let passphrase = secret.read()?;
    anyhow::ensure!(
        passphrase.chars().count() >= 12,
        say::Help("take a sentence of 12 characters or more".to_owned())
    );
    let log = format!("khien/{}", log_name(code.unwrap_or(name)));
    let mut random = real::fill;
    let install = Install::create(
        data,
        New {
            name: &log,
            passphrase: &passphrase,
            cost: Cost::INIT,
            database: &Database::Folder,
        },
        &mut random,
    )
    .await
    .with_context(|| format!("cannot make an installation in `{}`", data.display()))?;
    let setup = setup_code();
    let mut tx = install.db.begin().await?;
    tx.put_setting("setup_code_sha256", &hex(&Sha256::digest(setup.as_bytes())))
        .await?;
    tx.put_setting("role", role).await?;
    tx.put_setting("name", name).await?;
    tx.commit().await?;
    install.close().await;
    say::note(&format!("installation made in `{}`", data.display()));
    say::note("set-up code (shown once; enter it at the first visit of the web page):");
    say::data(&setup)?;
    Ok(0)
}

/// A name for the log: ASCII without blanks.
fn log_name(name: &str) -> String {
    let folded: String = vanban::text::fold(name)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    folded.trim_matches('-').chars().take(24).collect()
}

/// Four groups of five letters and digits that cannot be mistaken.
fn setup_code() -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut bytes = [0_u8; 20];
    real::fill(&mut bytes);
    let letters: Vec<char> = bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    letters
        .chunks(5)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

fn hex(bytes: &[u8]) -> String {
    ledger::digest::hex(bytes)
}
