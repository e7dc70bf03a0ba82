//! `khien ledger check-page`: a printed page against the public key, and against the book.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use app::AppError;
use app::paper_check::{self, Checked, Outcome};
use app::papers::{CellDifference, PageCompared};
use ledger::note::VerifierKey;

use crate::open::Place;
use crate::say;

/// Largest paper that is checked.
const PAPER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The public key given, or the one of a folder.
pub fn verifier(
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

/// Checks a paper, and compares its pages with the book of `place`.
pub async fn run(
    page: &str,
    key: &VerifierKey,
    place: Option<&Place>,
    json: bool,
) -> anyhow::Result<u8> {
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
    let checked = paper_check::check_paper(&sheets, &codes, key);
    let books = match place {
        Some(place) => compare(place, &checked).await?,
        None => vec![None; checked.len()],
    };
    let found: Vec<Found> = checked.into_iter().zip(books).collect();
    report(&found, json)
}

/// What was found of a page, and how the stored book stands to it.
type Found = (Checked, Option<Book>);

/// The stored book beside a page.
#[derive(Debug, Clone)]
enum Book {
    /// It gives the printed page, or not; with the cells in which the paper differs.
    Compared(PageCompared),
    /// It has no such page.
    NoSuchPage,
}

impl Book {
    fn holds(&self) -> bool {
        matches!(self, Self::Compared(found) if found.book_holds)
    }
}

/// Compares every proven page with the book, beside a server that may be running.
async fn compare(place: &Place, checked: &[Checked]) -> anyhow::Result<Vec<Option<Book>>> {
    let (install, app) = place.open_beside().await?;
    let mut found = Vec::with_capacity(checked.len());
    for one in checked {
        let proven = one.proven.as_ref().filter(|proven| proven.page().is_some());
        found.push(match proven {
            None => None,
            Some(proven) => match app.compare_page(proven, &one.rows).await {
                Ok(compared) => Some(Book::Compared(compared)),
                Err(AppError::Absent | AppError::Input { .. }) => Some(Book::NoSuchPage),
                Err(error) => return Err(error.into()),
            },
        });
    }
    install.close().await;
    Ok(found)
}

fn good((one, book): &Found) -> bool {
    one.outcome.good() && book.as_ref().is_none_or(Book::holds)
}

/// The cells in which the paper differs from the book; a scan has no cells to compare.
fn cells((one, book): &Found) -> &[CellDifference] {
    match book {
        Some(Book::Compared(found)) if !one.rows.is_empty() => &found.differences,
        _ => &[],
    }
}

fn report(found: &[Found], json: bool) -> anyhow::Result<u8> {
    let all = !found.is_empty() && found.iter().all(good);
    if json {
        let list: Vec<serde_json::Value> = found.iter().map(as_json).collect();
        say::data(&serde_json::to_string_pretty(
            &serde_json::json!({"valid": all, "pages": list}),
        )?)?;
    } else {
        for one in found {
            say::data(&lines(one))?;
        }
    }
    Ok(u8::from(!all))
}

fn as_json(found: &Found) -> serde_json::Value {
    let (one, book) = found;
    let cell = |cell: &CellDifference| serde_json::json!({"line": cell.serial, "row": cell.row, "column": cell.column});
    serde_json::json!({
        "page": one.page, "valid": good(found), "code": code(&one.outcome),
        "proven": one.proven.as_ref().map(describe),
        "book_holds": book.as_ref().map(Book::holds),
        "cells": cells(found).iter().map(cell).collect::<Vec<_>>(),
    })
}

/// Words of the books stay in the books: a cell is named, not shown.
fn lines(found: &Found) -> String {
    let (one, book) = found;
    let verdict = if good(found) { "ok     " } else { "REFUSED" };
    let page = one
        .page
        .map_or_else(|| "?".to_owned(), |page| page.to_string());
    let proven = one.proven.as_ref().map(describe).unwrap_or_default();
    let mut lines = vec![
        format!("{verdict} page {page} {} {proven}", code(&one.outcome)),
        format!("        {}", meaning(&one.outcome)),
    ];
    lines.extend(book.as_ref().map(|book| {
        let words = match book {
            Book::NoSuchPage => "the installation's book has no such page",
            Book::Compared(found) if found.book_holds => {
                "the installation's book gives the page that was printed"
            }
            Book::Compared(_) => {
                "the installation's book no longer gives the page that was printed"
            }
        };
        format!("        {words}")
    }));
    lines.extend(cells(found).iter().map(|cell| {
        let line = cell.serial.map_or_else(
            || format!("row {}", cell.row),
            |serial| format!("line {serial}"),
        );
        let column = if cell.column.is_empty() {
            "struck out or not, or a cell too many"
        } else {
            &cell.column
        };
        format!("        {line}, {column}: paper and book differ")
    }));
    lines.join("\n")
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
