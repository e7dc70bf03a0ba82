//! Looking through a paper before it is made public, and who decided that it may be.

use super::super::rules::{DECIDER, NOTE, ON, POST, another_person, needed};
use super::super::{About, Done, Group, Input, Kind, Step, View, may, need};
use crate::Refusal;
use crate::access::Action;

const CHANNELS: &[&str] = &["own_portal", "press", "publisher", "other_channel"];
const ANSWERS: &[&str] = &["gate_allow", "gate_review", "gate_block"];

/// One paper that is to be made public: what the gate said of the file, who decided, where it stands.
pub static PUBLISH: Kind = Kind {
    code: "publish",
    group: Group::Publication,
    about: About::Unit,
    proceeding: None,
    steps: &[
        Step {
            code: "request",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("matter", Input::Text),
                need("drafted_by", Input::Text),
                need("channel", Input::Choice(CHANNELS)),
                NOTE,
            ],
            form: None,
            decide: request,
        },
        Step {
            code: "check",
            from: &["asked"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("file_digest", Input::Text),
                need("gate_answer", Input::Choice(ANSWERS)),
                NOTE,
            ],
            form: None,
            decide: check,
        },
        Step {
            code: "decide",
            from: &["looked_through"],
            action: Action::PermitCopy,
            fields: &[
                ON,
                need("outcome", Input::Choice(&["granted", "refused"])),
                DECIDER,
                POST,
                may("reason", Input::Long),
            ],
            form: None,
            decide,
        },
        Step {
            code: "publish",
            from: &["cleared"],
            action: Action::WriteBooks,
            fields: &[ON, need("address", Input::Text), NOTE],
            form: None,
            decide: published,
        },
    ],
    closed: &["refused", "published"],
    after_end: false,
};

fn request(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("asked", view.said.on(view.ctx)))
}

/// The digest ties the answer to one file: SHA-256 as the gate prints it.
fn check(view: &View<'_>) -> Result<Done, Refusal> {
    let digest = view.said.text("file_digest");
    let whole = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !whole {
        return Err(Refusal::new("ACT-28").on("file_digest"));
    }
    Ok(Done::to("looked_through", view.said.on(view.ctx)))
}

/// Another person decides. What the gate held is not let out here: its marks are judged first, and a
/// declassified or changed file is looked through anew. What it could not read wants a reason.
fn decide(view: &View<'_>) -> Result<Done, Refusal> {
    another_person(view, "request")?;
    another_person(view, "check")?;
    let on = view.said.on(view.ctx);
    let answer = view.before("check", "gate_answer");
    if view.said.text("outcome") == "refused" {
        needed(view, "reason")?;
        return Ok(Done::to("refused", on));
    }
    match answer {
        "gate_block" => Err(Refusal::new("ACT-29").on("outcome")),
        "gate_review" => {
            needed(view, "reason")?;
            Ok(Done::to("cleared", on))
        }
        _ => Ok(Done::to("cleared", on)),
    }
}

fn published(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("published", view.said.on(view.ctx)))
}
