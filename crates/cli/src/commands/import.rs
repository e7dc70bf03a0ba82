//! `khien import book`, `plan`, `catalogue`, `scan`, `hand-over` and `sender`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use app::AppError;
use app::imports::{ImportAsk, ImportReport};
use clap::Subcommand;
use domain::access::Action;

use crate::open::{self, Place};
use crate::say;

/// Largest file that a command reads.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

#[derive(Subcommand)]
pub enum Import {
    /// A kept Excel book becomes entries; says row by row what was not taken and why.
    #[command(
        after_help = "Example:\n  khien import book so-den-2025.xlsx --data d --as vanthu.snv --book den --year 2025 --dry-run"
    )]
    Book {
        file: PathBuf,
        #[command(flatten)]
        place: Place,
        /// The account in whose name the lines are written; else the first that may.
        #[arg(long = "as")]
        login: Option<String>,
        #[arg(long, value_parser = ["di", "den", "chuyen_giao", "sao_chup"])]
        book: String,
        #[arg(long)]
        year: Option<i16>,
        /// Name of the sheet; else the first visible one that is this book.
        #[arg(long)]
        sheet: Option<String>,
        /// Only say what would happen.
        #[arg(long)]
        dry_run: bool,
        #[arg(long)]
        json: bool,
    },
    /// A plan or directive becomes tasks to review.
    #[command(after_help = "Example:\n  khien import plan ke-hoach.docx --data d --as canbo.pa03")]
    Plan {
        file: PathBuf,
        #[command(flatten)]
        place: Place,
        #[arg(long = "as")]
        login: Option<String>,
    },
    /// A catalogue of secrets becomes items that the drafter's search finds.
    #[command(
        after_help = "Example:\n  khien import catalogue danh-muc.docx --data d --number 12/QĐ-UBND --date 2025-03-14 --issuer \"UBND tỉnh\" --field noi_vu --dry-run"
    )]
    Catalogue(super::catalogue::Catalogue),
    /// Reports of `khien scan --jsonl` become findings of the watch.
    #[command(after_help = "Example:\n  khien import scan quet.jsonl --data giam-sat --source 1")]
    Scan(super::watch::Scan),
    /// A signed hand-over file of a watch opens a case of the unit.
    #[command(
        after_help = "Example:\n  khien import hand-over ban-giao-1-2026-snv.khien --data so-nv --as canbo.snv"
    )]
    HandOver(super::watch::HandOver),
    /// Trusts the key of a watch, whose hand-over files are then taken.
    #[command(
        after_help = "Example:\n  khien import sender khien/giam-sat+1a2b3c4d+AbC... --data so-nv"
    )]
    Sender(super::watch::Sender),
}

/// Runs an import.
pub async fn run(import: Import) -> anyhow::Result<u8> {
    match import {
        Import::Book {
            file,
            place,
            login,
            book,
            year,
            sheet,
            dry_run,
            json,
        } => {
            let kind =
                law::BookKind::parse(&book).with_context(|| format!("unknown book `{book}`"))?;
            let bytes = read_workbook(&file)?;
            let (install, app) = place.open().await?;
            let who = open::acting(&app, login.as_deref(), Action::WriteBooks).await?;
            let ask = ImportAsk {
                kind,
                year,
                file_name: name(&file),
                sheet,
                dry_run,
            };
            let report = app
                .import_book(&who, &ask, bytes)
                .await
                .map_err(explained)
                .with_context(|| format!("cannot import `{}`", file.display()))?;
            tell(&report, json)?;
            install.close().await;
            Ok(u8::from(!report.skipped.is_empty()))
        }
        Import::Plan { file, place, login } => plan(&file, &place, login.as_deref()).await,
        Import::Catalogue(catalogue) => super::catalogue::run(catalogue).await,
        Import::Scan(asked) => super::watch::scan(asked).await,
        Import::HandOver(asked) => super::watch::hand_over(asked).await,
        Import::Sender(asked) => super::watch::sender(asked).await,
    }
}

async fn plan(file: &Path, place: &Place, login: Option<&str>) -> anyhow::Result<u8> {
    let bytes = read_file(file)?;
    let (install, app) = place.open().await?;
    let who = open::acting(&app, login, Action::SteerTasks).await?;
    let read = app
        .read_in(&who, &name(file), bytes)
        .await
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    let found = app
        .plan_tasks(&who, read.plan, app::plans::Filter::default())
        .await?;
    say::data(&format!(
        "plan {}: {} tasks to review",
        read.plan,
        found.tasks.len()
    ))?;
    for task in &found.tasks {
        let due = task
            .row
            .due_on
            .as_deref()
            .or(task.row.due_text.as_deref())
            .unwrap_or("–");
        say::data(&format!(
            "{}\t{}\t{}\t{}",
            task.row.at_label, due, task.row.actors, task.row.text
        ))?;
    }
    for warning in &found.warnings {
        say::note(&format!(
            "{} {}: {}",
            warning.code, warning.at, warning.text
        ));
    }
    install.close().await;
    Ok(0)
}

/// A sheet that is not there gets the names of those that are.
fn explained(error: AppError) -> anyhow::Error {
    match &error {
        AppError::Input {
            code: "IMPORT-SHEET",
            what,
        } => {
            let help = say::Help(format!("sheets that can be read: {what}"));
            anyhow::Error::new(help).context("no visible sheet of this name")
        }
        _ => error.into(),
    }
}

/// A file with a bound, so that a wrong path does not fill the memory.
pub fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    anyhow::ensure!(
        read as u64 <= FILE_BYTES_MAX,
        "`{}` is larger than 64 MiB",
        path.display()
    );
    Ok(bytes)
}

/// A workbook; its size is refused before it is loaded.
fn read_workbook(path: &Path) -> anyhow::Result<Vec<u8>> {
    let size = std::fs::metadata(path)
        .with_context(|| format!("cannot read `{}`", path.display()))?
        .len();
    if let Err(error) = app::workbook::check_file_bytes(size) {
        let help = say::Help(error.help().to_owned());
        return Err(anyhow::Error::new(error)
            .context(help)
            .context(format!("`{}`", path.display())));
    }
    read_file(path)
}

pub fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn tell(report: &ImportReport, json: bool) -> anyhow::Result<()> {
    if json {
        let skipped: Vec<serde_json::Value> = report
            .skipped
            .iter()
            .map(|row| {
                serde_json::json!({
                    "row": row.sheet_row, "code": row.refusal.code, "field": row.refusal.field, "args": row.refusal.args,
                })
            })
            .collect();
        let guessed = |row: &app::imports::Guessed| serde_json::json!({"row": row.sheet_row, "field": row.field, "value": row.value});
        let not_read = |sheet: &app::imports::UnreadSheet| serde_json::json!({"name": sheet.name, "hidden": sheet.hidden});
        return say::data(&serde_json::to_string_pretty(&serde_json::json!({
            "sheets_not_read": report.not_read.iter().map(not_read).collect::<Vec<_>>(),
            "guessed": report.guessed.iter().map(guessed).collect::<Vec<_>>(),
            "book": report.kind.code(), "year": report.year, "sheet": report.sheet, "header_row": report.header_row,
            "dry_run": report.dry_run, "taken": report.taken, "first": report.serials.map(|pair| pair.0),
            "last": report.serials.map(|pair| pair.1), "blank_rows": report.blank_rows, "skipped": skipped,
            "unknown_columns": report.unknown.iter().map(|column| column.heading.clone()).collect::<Vec<_>>(),
        }))?);
    }
    let did = if report.dry_run { "would take" } else { "took" };
    say::data(&format!(
        "sheet `{}`, headings in row {}: {did} {} rows",
        report.sheet, report.header_row, report.taken
    ))?;
    for column in &report.unknown {
        say::data(&format!(
            "column {} `{}` is not of this book",
            column.letter, column.heading
        ))?;
    }
    for sheet in &report.not_read {
        let why = if sheet.hidden {
            "hidden; show it in the office program and save the file to read it"
        } else {
            "read it with --sheet"
        };
        say::data(&format!("sheet `{}` is not read: {why}", sheet.name))?;
    }
    for row in &report.guessed {
        say::data(&format!(
            "row {}: {} `{}` does not stand in the row; it follows from the rest",
            row.sheet_row, row.field, row.value
        ))?;
    }
    for row in &report.skipped {
        say::data(&format!(
            "row {}: {}",
            row.sheet_row,
            web::sentence(&row.refusal, "vi")
        ))?;
    }
    Ok(())
}
