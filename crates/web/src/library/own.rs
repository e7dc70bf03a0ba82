//! Catalogues of the unit's own: read one in from a file, look at it, end it.

use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use law::Level;
use serde::Deserialize;

use app::library::{CatalogueAsk, CatalogueReport, Ending, UnitCataloguePage};
use app::limits::PLAN_FILE_BYTES_MAX;
use app::rows::UnitItemRow;
use app::{App, AppError, Who};
use domain::library::catalogue::{Fault as RowFault, Item};

use super::catalogues::use_it;
use super::instruments::{ending, request};
use super::place;
use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};
use crate::upload::{self, Upload};

#[derive(Template)]
#[template(path = "catalogue_import.html")]
struct ImportPage {
    page: Page,
    ask: CatalogueAsk,
    fields: Vec<(String, String)>,
    report: Option<CatalogueReport>,
    problem: Problem,
}

impl ImportPage {
    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }

    fn place(&self, item: &Item) -> String {
        item_place(&item.article, &item.clause, &item.point)
    }

    fn why(&self, fault: &RowFault) -> String {
        crate::sentence(&fault.refusal, self.page.t.language())
    }
}

fn item_place(article: &str, clause: &str, point: &str) -> String {
    let part = |text| Some(text).filter(|text: &&str| !text.is_empty());
    place(part(article), part(clause), part(point))
}

/// `GET /law/catalogues/import`
pub async fn form(State(app): State<App>, Signed(who): Signed) -> Response {
    show(&app, who, CatalogueAsk::default(), None, None)
}

/// `POST /law/catalogues/import`
pub async fn take(State(app): State<App>, Signed(who): Signed, form: Multipart) -> Response {
    let upload = match upload::read(form, &who.csrf, PLAN_FILE_BYTES_MAX).await {
        Ok(upload) => upload,
        Err(wrong) => match wrong.sort(PLAN_FILE_BYTES_MAX) {
            Ok(error) => return show(&app, who, CatalogueAsk::default(), None, Some(error)),
            Err(answer) => return *answer,
        },
    };
    let ask = CatalogueAsk {
        number: upload.get("number").to_owned(),
        date: upload.get("doc_date").to_owned(),
        issuer: upload.get("issuer").to_owned(),
        sphere: upload.get("sphere").to_owned(),
        valid_from: upload.get("valid_from").to_owned(),
        dry_run: upload.get("write") != "1",
    };
    match import(&app, &who, &ask, upload).await {
        Ok(report) => match report.written {
            Some(id) => {
                Redirect::to(&format!("/law/catalogues/own/{id}?done=catalogue")).into_response()
            }
            None => show(&app, who, ask, Some(report), None),
        },
        Err(error) => show(&app, who, ask, None, Some(error)),
    }
}

async fn import(
    app: &App,
    who: &Who,
    ask: &CatalogueAsk,
    mut upload: Upload,
) -> Result<CatalogueReport, AppError> {
    let Some((name, bytes)) = upload.file.take() else {
        return Err(AppError::Input {
            code: "PLAN-FILE",
            what: String::new(),
        });
    };
    app.import_catalogue(who, request(&upload), ask, &name, bytes)
        .await
}

fn show(
    app: &App,
    who: Who,
    ask: CatalogueAsk,
    report: Option<CatalogueReport>,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    if let Err(error) = who.require(domain::access::Action::WriteBooks) {
        return Fault::new(error, t).into_response();
    }
    let broken = report
        .as_ref()
        .is_some_and(|report| !report.faults.is_empty());
    let status = match &error {
        Some(error) => fault::status(error),
        None if broken && !ask.dry_run => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let fields = app.law.fields().iter();
    let mut fields: Vec<(String, String)> = fields
        .map(|(code, label)| (code.clone(), super::heading(label)))
        .collect();
    fields.sort_by_key(|(_, label)| app::words::collation_key(label));
    let page = ImportPage {
        page: Page::new(app, who, "catalogues"),
        ask,
        fields,
        report,
        problem: error
            .as_ref()
            .map(|error| fault::problem(error, t))
            .unwrap_or_default(),
    };
    shell::with_status(status, &page)
}

#[derive(Template)]
#[template(path = "catalogue_own.html")]
struct OnePage {
    page: Page,
    found: UnitCataloguePage,
    field_vi: String,
    ending: Ending,
    problem: Problem,
}

impl OnePage {
    fn place(&self, item: &UnitItemRow) -> String {
        item_place(&item.article, &item.clause, &item.point)
    }

    fn use_it(&self, item: &UnitItemRow, stored: &str) -> String {
        let level = Level::parse(&item.level).unwrap_or(Level::Mat);
        use_it(stored, level, &self.found.row.sphere)
    }

    fn end_action(&self) -> String {
        format!("/law/catalogues/own/{}/end", self.found.row.id)
    }

    fn version(&self) -> i64 {
        self.found.row.version
    }

    fn may_end(&self) -> bool {
        self.page.may_write_books() && self.found.in_force && self.found.row.replaced_by.is_empty()
    }
}

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// `GET /law/catalogues/own/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show_one(&app, who, id, asked.done.as_deref(), None).await
}

/// `POST /law/catalogues/own/{id}/end`
pub async fn end(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let ending = ending(&fields);
    let request = fields.request();
    match app.end_unit_catalogue(&who, request, id, &ending).await {
        Ok(()) => {
            let to = format!("/law/catalogues/own/{id}?done=catalogue-ended");
            Redirect::to(&to).into_response()
        }
        Err(error) => show_one(&app, who, id, None, Some((ending, error))).await,
    }
}

async fn show_one(
    app: &App,
    who: Who,
    id: i64,
    done: Option<&str>,
    refused: Option<(Ending, AppError)>,
) -> Response {
    let t = T::new(&who.language);
    let found = match app.unit_catalogue(&who, id).await {
        Ok(found) => found,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let (ending, error) = refused.unzip();
    let status = error.as_ref().map_or(StatusCode::OK, fault::status);
    let sphere = &found.row.sphere;
    let page = OnePage {
        page: Page::new(app, who, "catalogues").done(done),
        field_vi: app.law.fields().get(sphere).cloned().unwrap_or_default(),
        found,
        ending: ending.unwrap_or_default(),
        problem: error
            .as_ref()
            .map(|error| fault::problem(error, t))
            .unwrap_or_default(),
    };
    shell::with_status(status, &page)
}
