//! `khien ledger`: verify, checkpoint, prove, check-page.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;

use super::check_page;
use crate::open::{Place, Secret};
use crate::say;

#[derive(Subcommand)]
pub enum Ledger {
    /// Re-hashes a whole ledger: a folder, or an exported file with the public key.
    Verify {
        target: PathBuf,
        /// Public key, `name+id+key`, for a file.
        #[arg(long)]
        key: Option<String>,
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        secret: Secret,
        #[arg(long, env = "KHIEN_DATABASE_URL", hide_env_values = true)]
        database_url: Option<String>,
    },
    /// Signs and prints a checkpoint of the ledger as it is.
    Checkpoint {
        #[command(flatten)]
        place: Place,
    },
    /// Prints the proof that an event is in the ledger.
    Prove {
        #[command(flatten)]
        place: Place,
        /// Position of the event, from 0.
        #[arg(long)]
        entry: u64,
    },
    /// Writes the ledger as a file that can be verified elsewhere.
    Export {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        out: PathBuf,
    },
    /// Checks a printed page: a PDF, a picture of a page, or the text of its QR code.
    #[command(
        after_help = "Example:\n  khien ledger check-page so-di.pdf --key-file khoa-cong-khai.txt"
    )]
    CheckPage {
        page: String,
        /// Public key, `name+id+key`.
        #[arg(long)]
        key: Option<String>,
        #[arg(long)]
        key_file: Option<PathBuf>,
        /// Installation whose public key is taken; its database is opened for --compare only.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Name the cells that differ from the installation's book, and say whether the book
        /// still gives the printed page.
        #[arg(long, requires = "data")]
        compare: bool,
        #[command(flatten)]
        secret: Secret,
        #[arg(long, env = "KHIEN_DATABASE_URL", hide_env_values = true)]
        database_url: Option<String>,
        #[arg(long)]
        json: bool,
    },
}

/// Runs a ledger command.
pub async fn run(command: Ledger) -> anyhow::Result<u8> {
    match command {
        Ledger::Verify {
            target,
            key,
            json,
            secret,
            database_url,
        } => {
            if target.is_dir() {
                let place = Place {
                    data: target,
                    secret,
                    database_url,
                };
                verify_folder(&place, json).await
            } else {
                verify_file(&target, key.as_deref(), json)
            }
        }
        Ledger::Checkpoint { place } => {
            let (install, app) = place.open().await?;
            say::data(&app.checkpoint().await?.note)?;
            install.close().await;
            Ok(0)
        }
        Ledger::Prove { place, entry } => prove(&place, entry).await,
        Ledger::Export { place, out } => export(&place, &out).await,
        Ledger::CheckPage {
            page,
            key,
            key_file,
            data,
            compare,
            secret,
            database_url,
            json,
        } => {
            let key = check_page::verifier(key.as_deref(), key_file.as_deref(), data.as_deref())?;
            let place = data.filter(|_| compare).map(|data| Place {
                data,
                secret,
                database_url,
            });
            check_page::run(&page, &key, place.as_ref(), json).await
        }
    }
}

async fn verify_folder(place: &Place, json: bool) -> anyhow::Result<u8> {
    let (install, app) = place.open_beside().await?;
    let (size, root) = app.db.verify_log().await?;
    let books = app.verify_books().await?;
    let good = books.mismatch.is_none();
    let root = ledger::digest::hex(&root);
    if json {
        say::data(&serde_json::to_string_pretty(&serde_json::json!({
            "valid": good, "size": size, "root": root, "lines": books.lines,
        }))?)?;
    } else {
        say::data(&format!(
            "events {size}\nroot   {root}\nlines  {} match their digests",
            books.lines
        ))?;
    }
    if let Some(wrong) = &books.mismatch {
        say::note(&format!(
            "error: line {} of the books: {}",
            wrong.entry,
            wrong.what.code()
        ));
    }
    install.close().await;
    Ok(u8::from(!good))
}

fn verify_file(file: &Path, key: Option<&str>, json: bool) -> anyhow::Result<u8> {
    let key = check_page::verifier(key, None, None)?;
    let reader =
        std::fs::File::open(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let mut verifier = ledger::export::ExportVerifier::new(&key, &[])?;
    for line in std::io::BufReader::new(reader).split(b'\n') {
        verifier.line(&line?)?;
    }
    let report = verifier.finish()?;
    if json {
        say::data(&serde_json::to_string_pretty(&serde_json::json!({
            "valid": true, "size": report.checkpoint.size, "root": ledger::digest::hex(&report.checkpoint.root),
        }))?)?;
    } else {
        say::data(&format!(
            "events {}\nroot   {}\nsigned by {}",
            report.checkpoint.size,
            ledger::digest::hex(&report.checkpoint.root),
            key.name()
        ))?;
    }
    Ok(0)
}

async fn prove(place: &Place, entry: u64) -> anyhow::Result<u8> {
    let (install, app) = place.open().await?;
    let proof = app
        .prove(entry)
        .await
        .with_context(|| format!("no event {entry}"))?;
    say::data(&serde_json::to_string_pretty(&serde_json::json!({
        "event": entry,
        "leaf": ledger::digest::hex(&proof.leaf),
        "size": proof.signed.checkpoint.size,
        "checkpoint": proof.signed.note,
        "proof": proof.inclusion.iter().map(|hash| ledger::digest::hex(hash)).collect::<Vec<_>>(),
    }))?)?;
    install.close().await;
    Ok(0)
}

async fn export(place: &Place, out: &Path) -> anyhow::Result<u8> {
    use std::io::Write as _;
    let (install, app) = place.open().await?;
    let signed = app.checkpoint().await?;
    let mut file = std::io::BufWriter::new(
        std::fs::File::create(out).with_context(|| format!("cannot write `{}`", out.display()))?,
    );
    file.write_all(ledger::export::HEADER.as_bytes())?;
    file.write_all(b"\n")?;
    let mut from = 0_i64;
    let size = i64::try_from(signed.checkpoint.size)?;
    while from < size {
        let batch = app.db.events_from(from, 4_096).await?;
        anyhow::ensure!(!batch.is_empty(), "event {from} is missing");
        for (event, _) in batch.into_iter().filter(|(event, _)| event.seq < size) {
            from = event.seq + 1;
            let line = ledger::export::Record::Kept(event.bytes).to_line();
            file.write_all(line.as_bytes())?;
            file.write_all(b"\n")?;
        }
    }
    file.write_all(signed.note.as_bytes())?;
    file.flush()?;
    say::note(&format!("`{}`: {size} events", out.display()));
    install.close().await;
    Ok(0)
}
