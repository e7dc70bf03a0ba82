//! Stamps as things: who keeps which, and each use that is logged.

use super::super::rules::{NOTE, ON};
use super::super::{About, Done, Group, Input, Kind, Step, View, need};
use crate::Refusal;
use crate::access::Action;

/// One stamp of the unit.
pub static STAMP: Kind = Kind {
    code: "stamp",
    group: Group::Stamps,
    about: About::Unit,
    proceeding: None,
    steps: &[
        Step {
            code: "take_in",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("stamp", Input::Stamp),
                need("generation", Input::Choice(&["2015", "2020", "2026"])),
                need("container_code", Input::Text),
                need("keeper", Input::Text),
                need("impression_checked", Input::Yes),
            ],
            form: None,
            decide: kept,
        },
        Step {
            code: "use",
            from: &["kept"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("number_symbol", Input::Text),
                need("used_by", Input::Text),
                NOTE,
            ],
            form: None,
            decide: kept,
        },
        Step {
            code: "new_keeper",
            from: &["kept"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("keeper", Input::Text),
                need("minutes_number", Input::Text),
            ],
            form: None,
            decide: kept,
        },
        Step {
            code: "retire",
            from: &["kept"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("reason", Input::Long),
                need("minutes_number", Input::Text),
            ],
            form: None,
            decide: retire,
        },
    ],
    closed: &["retired"],
    after_end: false,
};

fn kept(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("kept", view.said.on(view.ctx)))
}

fn retire(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("retired", view.said.on(view.ctx)))
}
