//! The library: acts, the unit's own instruments, catalogues with the drafter's search,
//! checking citations.

mod acts;
mod catalogues;
mod check;
mod instruments;
mod own;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};
use law::{Evidence, Force, LegalDate};

use app::App;
use app::limits::PLAN_UPLOAD_DRAIN_BYTES_MAX;

use crate::i18n::T;
use crate::shell::day;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/law/acts", get(acts::list))
        .route("/law/acts/{key}", get(acts::page))
        .route("/law/catalogues", get(catalogues::list))
        .route("/law/catalogues/search", get(catalogues::search))
        .route(
            "/law/catalogues/import",
            get(own::form).merge(file(post(own::take))),
        )
        .route("/law/catalogues/{key}", get(catalogues::page))
        .route("/law/catalogues/own/{id}", get(own::page))
        .route("/law/catalogues/own/{id}/end", post(own::end))
        .route(
            "/instruments",
            get(instruments::list).merge(file(post(instruments::add))),
        )
        .route("/instruments/new", get(instruments::form))
        .route("/instruments/{id}", get(instruments::page))
        .route("/instruments/{id}/end", post(instruments::end))
        .route(
            "/law/citations",
            get(check::form).merge(file(post(check::take))),
        )
        .route("/api/v1/law/acts", get(acts::json))
        .route("/api/v1/law/catalogues/search", get(catalogues::json))
        .route(
            "/api/v1/instruments",
            get(instruments::json).post(instruments::json_add),
        )
        .route("/api/v1/instruments/{id}/end", post(instruments::json_end))
}

/// A form with a file may be larger than other forms.
fn file(form: MethodRouter<App>) -> MethodRouter<App> {
    form.layer(DefaultBodyLimit::max(PLAN_UPLOAD_DRAIN_BYTES_MAX))
}

/// A day of an address; `None` when empty or none.
fn asked_day(text: &str) -> Option<LegalDate> {
    LegalDate::parse(text.trim()).ok()
}

/// The name of a field at the beginning of a line.
fn heading(field: &str) -> String {
    let bare = field.trim_start_matches("Danh mục bí mật nhà nước: ");
    let mut letters = bare.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A day as people write it.
fn shown(date: LegalDate) -> String {
    day(&date.to_string())
}

/// A day that may not be known.
fn shown_or(date: Option<LegalDate>, t: T) -> String {
    date.map_or_else(|| t.s("lib-day-unknown"), shown)
}

/// Colour of a standing.
fn force_tone(force: &Force) -> &'static str {
    match force {
        Force::InForce => "good",
        Force::Partly { .. } | Force::Unknown => "warn",
        Force::NotYet { .. } | Force::Ended { .. } => "bad",
    }
}

/// A standing in a few words.
fn force_words(force: &Force, t: T) -> String {
    let key = format!("force-{}", force.code());
    match force {
        Force::NotYet { from } => t.a("force-not-yet-from", "day", shown(*from)),
        Force::Partly {
            rest_from: Some(from),
        } => t.a("force-partly-until", "day", shown(*from)),
        Force::Ended {
            last: Some(last), ..
        } => t.a("force-ended-after", "day", shown(*last)),
        _ => t.s(key),
    }
}

/// Colour of an evidence mark.
fn evidence_tone(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Verified => "good",
        Evidence::Secondary => "warn",
        Evidence::Unknown => "bad",
    }
}

/// `khoản 2 Điều 1`, as far as the place is known; empty when it is not.
fn place(article: Option<&str>, clause: Option<&str>, point: Option<&str>) -> String {
    // Without articles the heading of a level stands in their place.
    let numbered = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
    let article_word = if article.is_some_and(numbered) {
        "Điều "
    } else {
        ""
    };
    let parts = [
        ("điểm ", point),
        ("khoản ", clause),
        (article_word, article),
    ];
    parts
        .into_iter()
        .filter_map(|(word, part)| Some(format!("{word}{}", part?)))
        .collect::<Vec<_>>()
        .join(" ")
}

/// An address with its query, encoded.
fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut encoded = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        encoded.append_pair(name, value);
    }
    let query = encoded.finish();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_from_point_to_article() {
        assert_eq!(
            place(Some("1"), Some("2"), Some("đ")),
            "điểm đ khoản 2 Điều 1"
        );
        assert_eq!(place(Some("2"), None, None), "Điều 2");
        assert_eq!(place(Some("Mục I"), Some("1"), None), "khoản 1 Mục I");
        assert_eq!(place(None, None, None), "");
    }

    #[test]
    fn an_address_keeps_signs_apart_from_the_query() {
        assert_eq!(
            address("/a", &[("item", "774/QĐ-TTg|1||a"), ("on", "")]),
            "/a?item=774%2FQ%C4%90-TTg%7C1%7C%7Ca"
        );
        assert_eq!(address("/a", &[("on", "")]), "/a");
    }
}
