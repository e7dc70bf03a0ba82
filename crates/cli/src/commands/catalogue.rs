//! `khien import catalogue`.

use std::path::PathBuf;

use anyhow::Context as _;
use app::AppError;
use app::library::{CatalogueAsk, CatalogueReport};
use domain::access::Action;

use super::import::{name, read_file};
use crate::open::{self, Place};
use crate::say;

#[derive(clap::Args)]
pub struct Catalogue {
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    #[arg(long = "as")]
    login: Option<String>,
    /// Number of the decision.
    #[arg(long)]
    number: String,
    /// Its date, yyyy-mm-dd.
    #[arg(long)]
    date: String,
    #[arg(long)]
    issuer: String,
    /// Code of the field, such as `giao_duc`.
    #[arg(long)]
    field: String,
    /// First day in force; else the date.
    #[arg(long, default_value = "")]
    from: String,
    /// Only say what would happen.
    #[arg(long)]
    dry_run: bool,
}

/// Reads a catalogue in; 1 when it is refused or rows are wrong.
pub async fn run(asked: Catalogue) -> anyhow::Result<u8> {
    let bytes = read_file(&asked.file)?;
    let (install, app) = asked.place.open().await?;
    let who = open::acting(&app, asked.login.as_deref(), Action::WriteBooks).await?;
    let ask = CatalogueAsk {
        number: asked.number,
        date: asked.date,
        issuer: asked.issuer,
        sphere: asked.field,
        valid_from: asked.from,
        dry_run: asked.dry_run,
    };
    let done = app
        .import_catalogue(&who, None, &ask, &name(&asked.file), bytes)
        .await;
    install.close().await;
    match done {
        Ok(report) => {
            tell(&report)?;
            Ok(u8::from(!report.faults.is_empty()))
        }
        Err(AppError::Refused(refusal)) => {
            say::note(&web::sentence(&refusal, "vi"));
            Ok(1)
        }
        Err(error) => {
            Err(error).with_context(|| format!("cannot import `{}`", asked.file.display()))
        }
    }
}

fn tell(report: &CatalogueReport) -> anyhow::Result<()> {
    for item in &report.items {
        let place = [&item.article, &item.clause, &item.point].map(String::as_str);
        say::data(&format!(
            "{}\t{}\t{}\t{}",
            item.row,
            item.level.code(),
            place.join("|"),
            item.text
        ))?;
    }
    for fault in &report.faults {
        let why = web::sentence(&fault.refusal, "vi");
        say::data(&format!("row {}: {why}", fault.row))?;
    }
    say::note(&match report.written {
        Some(id) => format!("catalogue {id}: {} items", report.items.len()),
        None => format!(
            "{} items, {} wrong rows; nothing written",
            report.items.len(),
            report.faults.len()
        ),
    });
    Ok(())
}
