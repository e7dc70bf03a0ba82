//! What the forms of the watch send, as pages and API take it.

use app::{App, AppError, clock};
use domain::watch::source::Draft;
use domain::watch::{review, takedown};

use crate::fields::Fields;

pub fn source(fields: &Fields) -> Draft {
    Draft {
        name: fields.text("name"),
        kind: fields.text("kind"),
        place: fields.text("place"),
        owner_code: fields.text("owner_code"),
        owner_name: fields.text("owner_name"),
        rate: fields.text("rate"),
        every: fields.text("every"),
    }
}

pub fn review(fields: &Fields) -> review::Said {
    review::Said {
        verdict: fields.text("verdict"),
        reason: fields.text("reason"),
        decision_number: fields.text("decision_number"),
        decision_date: fields.text("decision_date"),
    }
}

/// This finding, or all of its file that nobody judged.
pub fn scope(fields: &Fields) -> app::watch::Scope {
    if fields.get("scope") == "one" {
        app::watch::Scope::One
    } else {
        app::watch::Scope::Object
    }
}

/// A step. Day and time are Vietnam's, to the minute; both empty is now.
pub fn step(app: &App, fields: &Fields) -> Result<takedown::Said, AppError> {
    let (day, time) = (fields.get("at_day").trim(), fields.get("at_time").trim());
    let now = clock::instant(app.clock.now());
    let at = if day.is_empty() && time.is_empty() {
        now
    } else {
        let said: jiff::Timestamp = format!("{day}T{time}:00+07:00")
            .parse()
            .map_err(|_| domain::Refusal::new("WATCH-16").on("at"))?;
        clock::instant(said)
    };
    Ok(takedown::Said {
        step: fields.text("step"),
        outcome: fields.text("outcome"),
        at,
        note: fields.text("note"),
    })
}
