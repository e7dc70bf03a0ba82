//! `khien print`: book pages, a year bound as one PDF, the self-inspection report, a plan's task list.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use app::papers::BookAsk;
use app::reports::{Format, Window};
use clap::Args;
use domain::access::Action;

use crate::open::{self, Place};
use crate::say;

#[derive(Args)]
pub struct Print {
    /// What to print.
    #[arg(value_parser = ["book", "pack", "report", "tasks"])]
    form: String,
    #[command(flatten)]
    place: Place,
    /// The account in whose name the paper is made (it leaves a ledger event); else the first that may.
    #[arg(long = "as")]
    login: Option<String>,
    /// Book: di, den, chuyen_giao, sao_chup.
    #[arg(long)]
    book: Option<String>,
    #[arg(long)]
    year: Option<i64>,
    /// Edition of the columns, where a year has two (2026): 2020 or 2026.
    #[arg(long)]
    edition: Option<String>,
    /// First page of a book, or first day of a report.
    #[arg(long)]
    from: Option<String>,
    /// Last page of a book, or last day of a report.
    #[arg(long)]
    to: Option<String>,
    /// Number of the plan.
    #[arg(long)]
    plan: Option<i64>,
    /// File to write; its ending chooses the format (.pdf, .docx, .xlsx).
    #[arg(long)]
    out: PathBuf,
}

/// Makes the paper and writes it.
pub async fn run(print: Print) -> anyhow::Result<u8> {
    let (install, app) = print.place.open().await?;
    let action = match print.form.as_str() {
        "book" | "pack" => Action::Print,
        "report" => Action::Report,
        _ => Action::SteerTasks,
    };
    let who = open::acting(&app, print.login.as_deref(), action).await?;
    let bytes = match print.form.as_str() {
        "book" => book(&app, &who, &print).await?,
        "pack" => pack(&app, &who, &print).await?,
        "report" => report(&app, &who, &print).await?,
        _ => {
            let plan = print.plan.context("which plan? give --plan NUMBER")?;
            app.tasks_xlsx(&who, plan, app::plans::Filter::default())
                .await?
                .bytes
        }
    };
    write(&print.out, &bytes)?;
    say::note(&format!("`{}`: {} bytes", print.out.display(), bytes.len()));
    install.close().await;
    Ok(0)
}

/// The book and the year asked for; this year when none is given.
fn which(app: &app::App, print: &Print) -> anyhow::Result<(law::BookKind, i64)> {
    let code = print
        .book
        .as_deref()
        .context("which book? give --book di|den|chuyen_giao|sao_chup")?;
    let kind = law::BookKind::parse(code).with_context(|| format!("unknown book `{code}`"))?;
    let year = match print.year {
        Some(year) => year,
        None => i64::from(app.today()?.year()),
    };
    Ok((kind, year))
}

async fn pack(app: &app::App, who: &app::Who, print: &Print) -> anyhow::Result<Vec<u8>> {
    let (kind, year) = which(app, print)?;
    let pack = app.book_pack(who, kind, year).await?;
    say::note(&format!(
        "{} pages of the book on {} sheets, in {} sections",
        pack.pages, pack.sheets, pack.sections
    ));
    Ok(pack.paper.bytes)
}

async fn book(app: &app::App, who: &app::Who, print: &Print) -> anyhow::Result<Vec<u8>> {
    let (kind, year) = which(app, print)?;
    let newest = app.print_choice(who, kind, year, (None, None)).await?;
    let whole = (Some(1), Some(newest.last_page));
    let choice = app.print_choice(who, kind, year, whole).await?;
    let number = |text: &Option<String>, or: i64| -> anyhow::Result<i64> {
        text.as_ref().map_or(Ok(or), |text| {
            text.parse()
                .with_context(|| format!("`{text}` is not a page number"))
        })
    };
    let editions: Vec<&str> = choice
        .parts
        .iter()
        .map(|part| part.edition.as_str())
        .collect();
    let edition = match (&print.edition, editions.as_slice()) {
        (Some(edition), _) => edition.clone(),
        (None, [only]) => (*only).to_owned(),
        (None, several) => {
            let help = say::Help(format!("choose one with --edition: {}", several.join(", ")));
            return Err(
                anyhow::Error::new(help).context("the pages have columns of several editions")
            );
        }
    };
    let part = choice.parts.iter().find(|part| part.edition == edition);
    let ask = BookAsk {
        kind,
        year,
        from: number(&print.from, part.map_or(1, |part| part.from))?,
        to: number(&print.to, part.map_or(choice.last_page, |part| part.to))?,
        edition,
        cover: true,
    };
    Ok(app.book_pdf(who, &ask).await?.paper.bytes)
}

async fn report(app: &app::App, who: &app::Who, print: &Print) -> anyhow::Result<Vec<u8>> {
    let today = app.today()?;
    let day = |text: &Option<String>, or: law::LegalDate| match text {
        Some(text) => {
            law::LegalDate::parse(text).with_context(|| format!("`{text}` is not a date"))
        }
        None => Ok(or),
    };
    let window = Window {
        from: day(&print.from, law::LegalDate::new(today.year(), 1, 1)?)?,
        to: day(&print.to, today)?,
    };
    let format = if print.out.extension().is_some_and(|end| end == "docx") {
        Format::Docx
    } else {
        Format::Pdf
    };
    Ok(app.self_inspection(who, window, format).await?.bytes)
}

/// Writes beside the target and renames, so that no half file is left.
pub fn write(out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut part = out.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    std::fs::write(&part, bytes)
        .and_then(|()| std::fs::rename(&part, out))
        .with_context(|| format!("cannot write `{}`", out.display()))
}
