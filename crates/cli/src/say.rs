//! The only place that writes to the terminal.

use std::io::Write as _;
use std::process::ExitCode;

/// Data for the next program or a file.
pub fn data(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// A remark for the person at the terminal.
pub fn note(text: &str) {
    // Nobody is left to tell when stderr is closed.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// How far a long work has come, in one line of the terminal that is written over.
pub fn progress(text: &str) {
    // Nobody is left to tell when stderr is closed.
    let _ = write!(std::io::stderr(), "\r\u{1b}[K{text}");
}

/// An error with its chain of causes; exit code 2.
pub fn failed(error: &anyhow::Error) -> ExitCode {
    note(&format!("error: {error:#}"));
    if let Some(help) = error.downcast_ref::<Help>() {
        note(&format!("help: {}", help.0));
    }
    for cause in error.chain() {
        if let Some(store) = cause.downcast_ref::<store::StoreError>()
            && let Some(help) = store_help(store)
        {
            note(&format!("help: {help}"));
        }
        if let Some(patrol) = cause.downcast_ref::<patrol::PatrolError>()
            && let Some(help) = patrol.help()
        {
            note(&format!("help: {help}"));
        }
        if let Some(read) = cause.downcast_ref::<vanban::error::ReadError>() {
            note(&format!("help: {}", read.remedy()));
        }
        if let Some(book) = cause.downcast_ref::<app::workbook::WorkbookError>() {
            note(&format!("help: {}", book.help()));
        }
    }
    ExitCode::from(2)
}

/// A remedy attached to an error as its context.
#[derive(Debug)]
pub struct Help(pub String);

impl std::fmt::Display for Help {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Help {}

fn store_help(error: &store::StoreError) -> Option<&'static str> {
    match error.code() {
        "STORE-PASSPHRASE" => {
            Some("give the right passphrase with --passphrase-file, or restore a backup")
        }
        "STORE-IN-USE" => {
            Some("stop the other `khien serve` on this folder, or use another folder")
        }
        "STORE-DATABASE-IN-USE" => Some(
            "stop the other `khien serve` on this database: it may have another folder or run on another machine",
        ),
        "STORE-OLDER" => Some("run `khien upgrade`; it makes a backup first"),
        "STORE-KEY" => Some(
            "the key file and the database do not belong together; restore both from one backup",
        ),
        "STORE-FULL" => Some("free space on the disk; nothing was changed"),
        "STORE-NEWER" => Some("use the program that wrote this folder, or a newer one"),
        "STORE-NOT-EMPTY" => Some("choose an empty folder"),
        "STORE-OPEN" => Some("check that the database runs and the address is right"),
        _ => None,
    }
}
