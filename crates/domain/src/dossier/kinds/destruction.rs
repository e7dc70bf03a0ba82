//! Destruction (Luật 29/2018/QH14 Điều 23): by council and decision, or by the
//! holder in an emergency. The record and its ledger proof stay.

use law::Act;

use super::super::rules::{
    BASIS, DECIDER, DECISION, NOTE, ON, POST, another_person, competent, moves, needed, secret,
};
use super::super::state::{Status, View};
use super::super::{About, Change, Done, Group, Input, Kind, Step, may, need};
use crate::Refusal;
use crate::access::Action;
use crate::custody::{Holder, HolderKind};

const METHODS: &[&str] = &["shredded", "burnt", "media_destroyed", "other_method"];

/// Case (a): no longer needed and harmless to destroy.
pub static DESTROY: Kind = Kind {
    code: "destroy",
    group: Group::Destruction,
    about: About::Document,
    proceeding: Some(law::Proceeding::Destroy),
    steps: &[
        Step {
            code: "council",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                DECISION,
                need("chair", Input::Text),
                need("keeper", Input::Text),
                need("members", Input::Long),
                need("reason", Input::Long),
            ],
            form: None,
            decide: council,
        },
        Step {
            code: "minutes",
            from: &["council"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("minutes_number", Input::Text),
                need("copies", Input::Copies),
                need(
                    "council_view",
                    Input::Choice(&["council_agrees", "council_disagrees"]),
                ),
                NOTE,
            ],
            form: None,
            decide: minutes,
        },
        Step {
            code: "decide",
            from: &["minutes"],
            action: Action::PermitCopy,
            fields: &[
                ON,
                need("outcome", Input::Choice(&["granted", "refused"])),
                may("decision_number", Input::Text),
                DECIDER,
                POST,
                may("delegation", Input::Text),
                BASIS,
                may("reason", Input::Long),
            ],
            form: None,
            decide,
        },
        Step {
            code: "carry_out",
            from: &["decided"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("copies", Input::Copies),
                need("minutes_number", Input::Text),
                need("method", Input::Choice(METHODS)),
                need("performed_by", Input::Text),
                need("witness", Input::Text),
                need("not_restorable", Input::Yes),
                NOTE,
            ],
            form: None,
            decide: destroyed,
        },
    ],
    closed: &["refused", "destroyed"],
    after_end: true,
};

fn council(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("council", view.said.on(view.ctx)))
}

/// The council's list names copies that lie in the unit.
fn minutes(view: &View<'_>) -> Result<Done, Refusal> {
    moves(view, HolderKind::Unit, &nobody())?;
    Ok(Done::to("minutes", view.said.on(view.ctx)))
}

fn decide(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    another_person(view, "council")?;
    another_person(view, "minutes")?;
    if view.said.text("outcome") == "refused" {
        needed(view, "reason")?;
        return Ok(Done::to("refused", on));
    }
    needed(view, "decision_number")?;
    if view.before("minutes", "council_view") == "council_disagrees" {
        needed(view, "reason")?;
    }
    let basis = competent(view, Act::Destroy, secret(view)?.facts.level)?;
    Ok(Done::to("decided", on).because(basis))
}

/// Only what the council listed, and with a witness who is not the performer.
fn destroyed(view: &View<'_>) -> Result<Done, Refusal> {
    let listed: Vec<&str> = view
        .before("minutes", "copies")
        .split(',')
        .filter_map(|pair| pair.split_once(':').map(|(id, _)| id))
        .collect();
    for (id, _) in view.said.copies("copies") {
        if !listed.contains(&id.to_string().as_str()) {
            return Err(Refusal::new("ACT-25").on("copies"));
        }
    }
    witnessed(view)?;
    gone(view, "destroyed")
}

fn witnessed(view: &View<'_>) -> Result<(), Refusal> {
    if view.said.text("witness") == view.said.text("performed_by") {
        return Err(Refusal::new("ACT-06").on("witness"));
    }
    Ok(())
}

/// Moves the copies out of the world; the last one takes the document with it.
fn gone(view: &View<'_>, state: &'static str) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let moved = moves(view, HolderKind::Unit, &nobody())?;
    let left = view
        .copies
        .iter()
        .filter(|copy| copy.holder.kind != HolderKind::Destroyed)
        .count();
    let last = left == moved.len();
    let done = Done::to(state, on).change(Change::Move(moved, String::new()));
    Ok(if last {
        done.change(Change::Status(Status::Destroyed))
    } else {
        done
    })
}

fn nobody() -> Holder {
    Holder {
        kind: HolderKind::Destroyed,
        name: String::new(),
    }
}

/// Case (b): delay would harm; the holder decides and reports at once.
pub static DESTROY_URGENT: Kind = Kind {
    code: "destroy_urgent",
    group: Group::Destruction,
    about: About::Document,
    proceeding: Some(law::Proceeding::DestroyUrgent),
    steps: &[
        Step {
            code: "destroy",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("copies", Input::Copies),
                need("reason", Input::Long),
                need("method", Input::Choice(METHODS)),
                need("performed_by", Input::Text),
                need("not_restorable", Input::Yes),
            ],
            form: None,
            decide: at_once,
        },
        Step {
            code: "report",
            from: &["destroyed"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("report_number", Input::Text),
                need("reported_to", Input::Text),
            ],
            form: None,
            decide: reported,
        },
    ],
    closed: &["reported"],
    after_end: true,
};

fn at_once(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let rule = view.ctx.law.notify("destroy_emergency", on);
    let due = rule.value.map_or(on, |notice| notice.by);
    Ok(gone(view, "destroyed")?
        .due(Some(due))
        .because((rule.because, rule.notes)))
}

fn reported(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("reported", view.said.on(view.ctx)))
}
