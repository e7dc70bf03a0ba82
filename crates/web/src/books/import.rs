//! A kept Excel book: look first, then take it in.

use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use app::imports::{Guessed, ImportAsk, ImportReport};
use app::{App, AppError, Who};

use crate::fault::{self, Fault};
use crate::guard::{self, Signed};
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "book_import.html")]
struct ImportPage {
    page: Page,
    kind: &'static str,
    year: i64,
    sheet: String,
    problem: Problem,
    report: Option<ImportReport>,
    /// Row and sentence of everything left behind.
    skipped: Vec<(usize, String)>,
}

/// Guessed values shown of a long book.
const GUESSED_SHOWN: usize = 200;

/// What the form sent.
#[derive(Default)]
struct Upload {
    csrf: String,
    year: Option<i16>,
    sheet: String,
    write: bool,
    file_name: String,
    bytes: Vec<u8>,
}

/// `GET /books/{kind}/import`
pub async fn form(
    State(app): State<App>,
    Path(kind): Path<String>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match super::kind(&kind).and_then(|kind| {
        who.require(domain::access::Action::WriteBooks)?;
        Ok(kind)
    }) {
        Ok(kind) => shell::show(&blank(&app, who, kind.code())),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `POST /books/{kind}/import`
pub async fn take(
    State(app): State<App>,
    Path(kind): Path<String>,
    Signed(who): Signed,
    multipart: Multipart,
) -> Response {
    let t = T::new(&who.language);
    let kind = match super::kind(&kind) {
        Ok(kind) => kind,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let upload = match read(multipart).await {
        Ok(upload) => upload,
        Err(error) => return refused(&app, who, kind.code(), &error),
    };
    if !guard::same_secret(&upload.csrf, &who.csrf) {
        return (
            StatusCode::FORBIDDEN,
            "CSRF: the form's token is not this session's",
        )
            .into_response();
    }
    let ask = ImportAsk {
        kind,
        year: upload.year,
        file_name: upload.file_name,
        sheet: Some(upload.sheet.clone()).filter(|name| !name.is_empty()),
        dry_run: !upload.write,
    };
    match app.import_book(&who, &ask, upload.bytes).await {
        Ok(report) => {
            let mut page = blank(&app, who, kind.code());
            page.year = i64::from(report.year);
            page.sheet = upload.sheet;
            page.skipped = report
                .skipped
                .iter()
                .map(|row| (row.sheet_row, crate::sentence(&row.refusal, t.language())))
                .collect();
            page.report = Some(report);
            shell::show(&page)
        }
        Err(error) => refused(&app, who, kind.code(), &error),
    }
}

fn blank(app: &App, who: Who, kind: &'static str) -> ImportPage {
    ImportPage {
        page: Page::new(app, who, kind),
        kind,
        year: app
            .today()
            .map(|day| i64::from(day.year()))
            .unwrap_or_default(),
        sheet: String::new(),
        problem: Problem::default(),
        report: None,
        skipped: Vec::new(),
    }
}

fn refused(app: &App, who: Who, kind: &'static str, error: &AppError) -> Response {
    let t = T::new(&who.language);
    let mut page = blank(app, who, kind);
    page.problem = fault::problem(error, t);
    shell::with_status(fault::status(error), &page)
}

async fn read(mut multipart: Multipart) -> Result<Upload, AppError> {
    let broken = |_| AppError::Input {
        code: "UPLOAD",
        what: String::new(),
    };
    let mut upload = Upload::default();
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "csrf" => upload.csrf = field.text().await.map_err(broken)?,
            "year" => upload.year = field.text().await.map_err(broken)?.trim().parse().ok(),
            "sheet" => {
                let name = field.text().await.map_err(broken)?;
                name.trim().clone_into(&mut upload.sheet);
            }
            "write" => upload.write = field.text().await.map_err(broken)? == "1",
            "file" => {
                upload.file_name = field.file_name().unwrap_or_default().to_owned();
                upload.bytes = field.bytes().await.map_err(broken)?.to_vec();
            }
            _ => {}
        }
    }
    Ok(upload)
}

impl ImportPage {
    /// `Tên loại`: the words of a field.
    fn field(&self, field: &str) -> String {
        let key = format!("field-{}", field.replace('_', "-"));
        self.page.t.s(key)
    }

    /// The first rows with a guessed value.
    fn guessed<'a>(&self, report: &'a ImportReport) -> &'a [Guessed] {
        report
            .guessed
            .get(..GUESSED_SHOWN)
            .unwrap_or(&report.guessed)
    }

    fn view(&self, entry: &domain::book::Entry) -> String {
        let subject = entry.subject.as_deref().unwrap_or_default();
        format!("{} · {} {subject}", entry.number_symbol, entry.doc_type)
    }
}
