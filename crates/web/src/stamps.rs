//! Stamps: what is known of each generation, sizes that a unit enters itself, sheets
//! to print.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use app::stamps::{DrawnRow, SheetAsk, SheetKind, StampList, StampView};
use app::{App, AppError, Who};
use domain::access::Action;
use domain::stamp::SizesDraft;

use crate::fault::{self, Fault};
use crate::fields::{Fields, Posted};
use crate::guard::Signed;
use crate::i18n::T;
use crate::papers::download;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "stamps.html")]
struct ListPage {
    page: Page,
    list: StampList,
    /// The person prints sheets.
    prints: bool,
    /// The person enters sizes.
    sizes: bool,
    problem: Problem,
}

#[derive(Template)]
#[template(path = "stamp_sizes.html")]
struct SizesPage {
    page: Page,
    generation: String,
    view: StampView,
    draft: SizesDraft,
    problem: Problem,
}

impl ListPage {
    /// Width that an SVG text is narrowed to; a share of a height is near enough on screens.
    fn squeezed(row: &DrawnRow) -> String {
        let letters = row.text.chars().count();
        let natural = f64::from(u32::try_from(letters).unwrap_or(1)) * row.size * 0.68;
        format!("{:.2}", natural * row.narrow)
    }
}

#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    generation: String,
    done: Option<String>,
}

#[derive(Serialize)]
struct Stamp {
    id: String,
    label: String,
    /// Width and height in millimetres, when known.
    size_mm: Option<(f64, f64)>,
    /// A length was entered by the unit and has no legal basis.
    supplied: bool,
    open: bool,
    because: Vec<String>,
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/stamps", get(list))
        .route("/stamps/sheets", post(print))
        .route(
            "/stamps/{generation}/{id}/sizes",
            get(sizes).post(enter_sizes),
        )
        .route("/api/v1/stamps", get(api_list))
        .route("/api/v1/stamps/{generation}/{id}/sizes", post(api_sizes))
}

/// `GET /stamps`
async fn list(State(app): State<App>, Query(asked): Query<Asked>, Signed(who): Signed) -> Response {
    show(&app, who, &asked, None).await
}

async fn show(app: &App, who: Who, asked: &Asked, error: Option<AppError>) -> Response {
    let t = T::new(&who.language);
    match app.stamps(&who, &asked.generation).await {
        Ok(list) => {
            let status = error
                .as_ref()
                .map_or(axum::http::StatusCode::OK, fault::status);
            let page = ListPage {
                prints: who.may(Action::Print),
                sizes: who.may(Action::Administer),
                page: Page::new(app, who, "stamps").done(asked.done.as_deref()),
                list,
                problem: error
                    .as_ref()
                    .map(|error| fault::problem(error, t))
                    .unwrap_or_default(),
            };
            shell::with_status(status, &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `GET /api/v1/stamps`
async fn api_list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    match app.stamps(&who, &asked.generation).await {
        Ok(list) => {
            let stamps: Vec<Stamp> = list.stamps.into_iter().map(stamp).collect();
            let body = serde_json::json!({ "generation": list.generation, "stamps": stamps });
            Json(body).into_response()
        }
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

fn stamp(view: StampView) -> Stamp {
    Stamp {
        size_mm: view
            .drawing
            .as_ref()
            .map(|drawing| (drawing.width, drawing.height)),
        supplied: view.drawing.is_some_and(|drawing| drawing.supplied),
        id: view.id,
        label: view.label,
        open: view.open,
        because: view.because.iter().map(law::Citation::vi).collect(),
    }
}

/// `POST /stamps/sheets`: prints, which the ledger notes, and sends the PDF.
async fn print(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let number = |name: &str, or: i64| match fields.get(name) {
        "" => or,
        _ => fields.number(name),
    };
    let asked = Asked {
        generation: fields.text("generation"),
        done: None,
    };
    let printed = async {
        let ask = SheetAsk {
            kind: SheetKind::parse(fields.get("sheet")).ok_or(AppError::Absent)?,
            generation: asked.generation.clone(),
            stamps: fields.all("stamps").to_vec(),
            fill: fields.text("fill"),
            copies: number("copies", 1),
            label: (number("label_width", 70), number("label_height", 37)),
            shift: (number("right", 0), number("down", 0)),
        };
        app.stamp_sheet(&who, &ask).await
    };
    match printed.await {
        Ok(paper) => download(paper),
        Err(error) => show(&app, who, &asked, Some(error)).await,
    }
}

/// `GET /stamps/{generation}/{id}/sizes`
async fn sizes(
    State(app): State<App>,
    Path((generation, id)): Path<(String, String)>,
    Signed(who): Signed,
) -> Response {
    form(&app, who, &generation, &id, None).await
}

/// `POST /stamps/{generation}/{id}/sizes`
async fn enter_sizes(
    State(app): State<App>,
    Path((generation, id)): Path<(String, String)>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let draft = draft(&fields);
    match app
        .size_stamp(&who, fields.request(), &generation, &id, &draft)
        .await
    {
        Ok(()) => Redirect::to(&format!("/stamps?generation={generation}&done=stamp-sized"))
            .into_response(),
        Err(error) => form(&app, who, &generation, &id, Some((draft, error))).await,
    }
}

/// `POST /api/v1/stamps/{generation}/{id}/sizes`
async fn api_sizes(
    State(app): State<App>,
    Path((generation, id)): Path<(String, String)>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let draft = draft(&fields);
    let entered = app.size_stamp(&who, fields.request(), &generation, &id, &draft);
    match entered.await {
        Ok(()) => {
            Json(serde_json::json!({ "stamp": id, "generation": generation })).into_response()
        }
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

fn draft(fields: &Fields) -> SizesDraft {
    SizesDraft {
        outline: fields.text("outline"),
        width: fields.text("width"),
        height: fields.text("height"),
        border_lines: fields.text("border_lines"),
        border_gap: fields.text("border_gap"),
        row_gap: fields.text("row_gap"),
        letters: fields.text("letters"),
        bold: fields.get("bold") == "yes",
    }
}

async fn form(
    app: &App,
    who: Who,
    generation: &str,
    id: &str,
    typed: Option<(SizesDraft, AppError)>,
) -> Response {
    let t = T::new(&who.language);
    let found = async {
        who.require(Action::Administer)?;
        let list = app.stamps(&who, generation).await?;
        let view = list
            .stamps
            .into_iter()
            .find(|view| view.id == id && view.open);
        view.ok_or(AppError::Absent)
    };
    let view = match found.await {
        Ok(view) => view,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let status = typed
        .as_ref()
        .map_or(axum::http::StatusCode::OK, |(_, error)| {
            fault::status(error)
        });
    let problem = typed
        .as_ref()
        .map(|(_, error)| fault::problem(error, t))
        .unwrap_or_default();
    let page = SizesPage {
        page: Page::new(app, who, "stamps"),
        generation: generation.to_owned(),
        draft: typed.map_or_else(|| kept(&view), |(draft, _)| draft),
        view,
        problem,
    };
    shell::with_status(status, &page)
}

/// The sizes entered before, or an empty form with the usual border.
fn kept(view: &StampView) -> SizesDraft {
    let Some(row) = &view.sizes else {
        return SizesDraft {
            outline: "rectangle".to_owned(),
            border_lines: "1".to_owned(),
            border_gap: "1".to_owned(),
            bold: true,
            ..SizesDraft::default()
        };
    };
    let letters: Vec<String> = row
        .letters
        .split_whitespace()
        .map(|size| decimal(size.parse().unwrap_or(0), 100))
        .collect();
    SizesDraft {
        outline: if row.round { "circle" } else { "rectangle" }.to_owned(),
        width: decimal(row.width_um, 1_000),
        height: decimal(row.height_um, 1_000),
        border_lines: row.border_lines.to_string(),
        border_gap: decimal(row.border_gap_um, 1_000),
        row_gap: row
            .row_gap_um
            .map_or_else(String::new, |gap| decimal(gap, 1_000)),
        letters: letters.join(" "),
        bold: row.bold,
    }
}

/// `8500` thousandths as `8,5`.
fn decimal(value: i64, parts: i64) -> String {
    let digits = parts.to_string().len() - 1;
    let rest = format!("{:0digits$}", value % parts);
    let rest = rest.trim_end_matches('0');
    let whole = value / parts;
    if rest.is_empty() {
        whole.to_string()
    } else {
        format!("{whole},{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn lengths_are_shown_as_they_are_typed() {
        let shown = [
            (8_500, 1_000),
            (20_000, 1_000),
            (1_250, 100),
            (15_025, 1_000),
        ]
        .map(|(value, parts)| decimal(value, parts));
        assert_eq!(shown, ["8,5", "20", "12,5", "15,025"]);
    }
}
