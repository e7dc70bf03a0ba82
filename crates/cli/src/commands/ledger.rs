//! `khien ledger`: verify, checkpoint, prove, check-page.

use std::io::{BufRead as _, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use app::paper_check::{self, Checked, Outcome};
use clap::Subcommand;
use ledger::note::VerifierKey;

use crate::open::{Place, Secret};
use crate::say;

/// Largest paper that is checked.
const PAPER_BYTES_MAX: u64 = 64 * 1024 * 1024;

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
        /// Installation whose public key is taken; its database is not opened.
        #[arg(long)]
        data: Option<PathBuf>,
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
            json,
        } => {
            let key = verifier(key.as_deref(), key_file.as_deref(), data.as_deref())?;
            check_page(&page, &key, json)
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
    let key = verifier(key, None, None)?;
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

fn verifier(
    key: Option<&str>,
    file: Option<&Path>,
    data: Option<&Path>,
) -> anyhow::Result<VerifierKey> {
    let text = match (key, file, data) {
        (Some(key), _, _) => key.to_owned(),
        (None, Some(file), _) => std::fs::read_to_string(file)
            .with_context(|| format!("cannot read key file `{}`", file.display()))?,
        (None, None, Some(data)) => store::keys::verifier(data)?,
        (None, None, None) => {
            let help = say::Help("give --key, --key-file or --data".to_owned());
            return Err(anyhow::Error::new(help).context("which public key?"));
        }
    };
    text.trim()
        .parse()
        .context("the public key is not of the form `name+id+key`")
}

fn check_page(page: &str, key: &VerifierKey, json: bool) -> anyhow::Result<u8> {
    let (sheets, codes) = if page.starts_with(ledger::page::QR_PREFIX) {
        (Vec::new(), vec![page.to_owned()])
    } else {
        let bytes = read_paper(Path::new(page))?;
        if bytes.starts_with(b"%PDF-") {
            (text_of(&bytes)?, app::qr_reader::from_pdf(bytes)?)
        } else {
            (Vec::new(), app::qr_reader::from_picture(&bytes)?)
        }
    };
    if codes.is_empty() && sheets.is_empty() {
        let help = say::Help(
            "scan the page at 150 dpi or more, the whole QR code in the picture".to_owned(),
        );
        return Err(anyhow::Error::new(help).context(format!("no proof code found in `{page}`")));
    }
    report(&paper_check::check_paper(&sheets, &codes, key), json)
}

fn report(checked: &[Checked], json: bool) -> anyhow::Result<u8> {
    let good = !checked.is_empty() && checked.iter().all(|one| one.outcome.good());
    if json {
        let list: Vec<serde_json::Value> = checked
            .iter()
            .map(|one| {
                serde_json::json!({
                    "page": one.page, "valid": one.outcome.good(), "code": code(&one.outcome),
                    "proven": one.proven.as_ref().map(describe),
                })
            })
            .collect();
        say::data(&serde_json::to_string_pretty(
            &serde_json::json!({"valid": good, "pages": list}),
        )?)?;
    } else {
        for one in checked {
            let verdict = if one.outcome.good() {
                "ok     "
            } else {
                "REFUSED"
            };
            let page = one
                .page
                .map_or_else(|| "?".to_owned(), |page| page.to_string());
            let proven = one.proven.as_ref().map(describe).unwrap_or_default();
            say::data(&format!(
                "{verdict} page {page} {} {proven}",
                code(&one.outcome)
            ))?;
            say::data(&format!("        {}", meaning(&one.outcome)))?;
        }
    }
    Ok(u8::from(!good))
}

fn code(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "PAGE-HOLDS",
        Outcome::ByEye => "PAGE-BY-EYE",
        Outcome::Differs => "PAGE-DIFFERS",
        Outcome::NoProof => "PAGE-NO-PROOF",
        Outcome::Unreadable => "PAGE-UNREADABLE",
        Outcome::Refused { code, .. } => code,
    }
}

fn meaning(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Holds => "signature, inclusion and every cell hold".to_owned(),
        Outcome::ByEye => {
            "the proof holds; compare the rows with the book by eye: a picture has no text"
                .to_owned()
        }
        Outcome::Differs => {
            "the proof holds, but the cells are not those that were printed".to_owned()
        }
        Outcome::NoProof => "no code on the paper proves this page".to_owned(),
        Outcome::Unreadable => "the text does not read as a page of a book".to_owned(),
        Outcome::Refused { what, .. } => what.clone(),
    }
}

fn describe(proven: &paper_check::Proven) -> String {
    let field = |name: &str| proven.field(name).to_owned();
    format!(
        "{} {} trang {}, mục {}-{}",
        field("book"),
        field("year"),
        field("page"),
        field("first"),
        field("last")
    )
}

/// The sheets' text; a scan has none, and its codes are all that is checked.
fn text_of(pdf: &[u8]) -> anyhow::Result<Vec<String>> {
    match vanban::formats::pdf::pages(pdf) {
        Err(error) if error.code() == "READ-NO-TEXT" => Ok(Vec::new()),
        found => Ok(found?),
    }
}

fn read_paper(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(PAPER_BYTES_MAX + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    anyhow::ensure!(
        read as u64 <= PAPER_BYTES_MAX,
        "`{}` is larger than 64 MiB",
        path.display()
    );
    Ok(bytes)
}
