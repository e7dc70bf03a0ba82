//! Proposals to change a catalogue of secrets (Luật 29/2018/QH14 Điều 9).

use super::super::rules::{NOTE, ON};
use super::super::{About, Done, Group, Input, Kind, Step, View, may, need};
use crate::Refusal;
use crate::access::Action;

/// A unit's proposal, its sending upward and the answer.
pub static PROPOSAL: Kind = Kind {
    code: "catalogue_proposal",
    group: Group::Catalogues,
    about: About::Unit,
    proceeding: None,
    steps: &[
        Step {
            code: "propose",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need(
                    "change",
                    Input::Choice(&["add_item", "drop_item", "change_level", "change_words"]),
                ),
                need("sphere", Input::Sphere),
                may("catalogue_item", Input::Text),
                need("proposed_words", Input::Long),
                may("level", Input::Level),
                need("reason", Input::Long),
            ],
            form: None,
            decide: propose,
        },
        Step {
            code: "send",
            from: &["proposed"],
            action: Action::PermitCopy,
            fields: &[
                ON,
                need("number_symbol", Input::Text),
                need("recipient", Input::Text),
            ],
            form: None,
            decide: send,
        },
        Step {
            code: "answer",
            from: &["sent_up"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("outcome", Input::Choice(&["taken_over", "not_taken_over"])),
                need("answer_number", Input::Text),
                NOTE,
            ],
            form: None,
            decide: answer,
        },
    ],
    closed: &["answered"],
    after_end: false,
};

fn propose(view: &View<'_>) -> Result<Done, Refusal> {
    if view.said.text("change") != "add_item" && !view.said.has("catalogue_item") {
        return Err(Refusal::new("ACT-03")
            .on("catalogue_item")
            .arg("field", "catalogue_item"));
    }
    Ok(Done::to("proposed", view.said.on(view.ctx)))
}

fn send(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("sent_up", view.said.on(view.ctx)))
}

fn answer(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("answered", view.said.on(view.ctx)))
}
