//! Delivery and receipt (Luật 29/2018/QH14 Điều 13; NĐ 26/2020/NĐ-CP Điều 4).

use super::super::rules::{NOTE, ON, body, handed, needed, secret, unit};
use super::super::{About, Done, Group, Input, Kind, Step, View, may, need};
use crate::Refusal;
use crate::access::Action;
use crate::custody::HolderKind;

/// What may be wrong with a consignment.
const FAULTS: &[&str] = &[
    "mismatch",
    "opened",
    "swapped",
    "damaged",
    "lost",
    "wrong_address",
];

/// Copies packed, handed over against signature, acknowledged.
pub static DISPATCH: Kind = Kind {
    code: "dispatch",
    group: Group::Delivery,
    about: About::Document,
    proceeding: Some(law::Proceeding::Deliver),
    steps: &[
        Step {
            code: "pack",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("recipient", Input::Text),
                may("named_opener", Input::Text),
                need(
                    "carried_by",
                    Input::Choice(&["officer", "courier", "clerk", "diplomatic_courier"]),
                ),
                need("packing_checked", Input::Yes),
                may("return_by", Input::AnyDay),
                NOTE,
            ],
            form: None,
            decide: pack,
        },
        Step {
            code: "hand_over",
            from: &["packed"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("copies", Input::Copies),
                need("receiver_sign", Input::Text),
                NOTE,
            ],
            form: None,
            decide: hand_over,
        },
        Step {
            code: "acknowledge",
            from: &["sent"],
            action: Action::WriteBooks,
            fields: &[ON, need("received_by", Input::Text), NOTE],
            form: None,
            decide: acknowledge,
        },
        Step {
            code: "fault",
            from: &["sent"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("fault", Input::Choice(FAULTS)),
                need("found", Input::Long),
                need("reported_to", Input::Text),
            ],
            form: None,
            decide: fault,
        },
        Step {
            code: "return",
            from: &["received", "fault"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("copies", Input::Copies),
                need("receiver_sign", Input::Text),
                NOTE,
            ],
            form: None,
            decide: come_back,
        },
        Step {
            code: "settle",
            from: &["fault"],
            action: Action::WriteBooks,
            fields: &[ON, need("remedy", Input::Long)],
            form: None,
            decide: settle,
        },
    ],
    closed: &["acknowledged", "returned", "settled"],
    after_end: false,
};

fn pack(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    if let Some(back) = view.said.day("return_by")
        && back < on
    {
        return Err(Refusal::new("ACT-20").on("return_by"));
    }
    let rule = view.ctx.law.envelope(secret(view)?.facts.level, on);
    let mut notes = rule.notes;
    if let Some(envelope) = &rule.value {
        if let Some(letter) = envelope.letter() {
            notes.push(format!("Ký hiệu ghi ngoài bì: {letter}."));
        }
        notes.push(format!("{}.", envelope.material_vi));
    }
    Ok(Done::to("packed", on).because((rule.because, notes)))
}

fn hand_over(view: &View<'_>) -> Result<Done, Refusal> {
    let to = body(view.before("pack", "recipient"));
    let back = law::LegalDate::parse(view.before("pack", "return_by")).ok();
    Ok(handed(view, HolderKind::Unit, &to, "sent")?.due(back))
}

fn acknowledge(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    match law::LegalDate::parse(view.before("pack", "return_by")) {
        Ok(back) => Ok(Done::to("received", on).due(Some(back))),
        Err(_) => Ok(Done::to("acknowledged", on)),
    }
}

fn fault(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    Ok(Done::to("fault", on).due(Some(on)))
}

fn come_back(view: &View<'_>) -> Result<Done, Refusal> {
    handed(view, HolderKind::Body, &unit(secret(view)?), "returned")
}

fn settle(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("settled", view.said.on(view.ctx)))
}

/// The receiver's check of what came (NĐ 26/2020/NĐ-CP Điều 4 khoản 2, 3).
pub static RECEIPT: Kind = Kind {
    code: "receipt",
    group: Group::Delivery,
    about: About::Received,
    proceeding: Some(law::Proceeding::Receive),
    steps: &[
        Step {
            code: "check",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need(
                    "outcome",
                    Input::Choice(&[
                        "in_order",
                        "mismatch",
                        "opened",
                        "swapped",
                        "damaged",
                        "lost",
                        "wrong_address",
                    ]),
                ),
                may("found", Input::Long),
                may("reported_to", Input::Text),
            ],
            form: None,
            decide: check,
        },
        Step {
            code: "settle",
            from: &["fault"],
            action: Action::WriteBooks,
            fields: &[ON, need("remedy", Input::Long)],
            form: None,
            decide: settle,
        },
    ],
    closed: &["in_order", "settled"],
    after_end: false,
};

fn check(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    if view.said.text("outcome") == "in_order" {
        return Ok(Done::to("in_order", on));
    }
    needed(view, "found")?;
    needed(view, "reported_to")?;
    Ok(Done::to("fault", on).due(Some(on)))
}

/// A document marked "Tài liệu thu hồi" that this unit has to give back
/// (NĐ 26/2020/NĐ-CP Điều 4 khoản 4).
pub static RECALL: Kind = Kind {
    code: "recall",
    group: Group::Delivery,
    about: About::Received,
    proceeding: Some(law::Proceeding::Receive),
    steps: &[
        Step {
            code: "mark",
            from: &[],
            action: Action::WriteBooks,
            fields: &[ON, need("return_by", Input::AnyDay), NOTE],
            form: None,
            decide: mark,
        },
        Step {
            code: "give_back",
            from: &["to_return"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("copies", Input::Copies),
                need("recipient", Input::Text),
                need("receiver_sign", Input::Text),
                NOTE,
            ],
            form: None,
            decide: give_back,
        },
        Step {
            code: "call_off",
            from: &["to_return"],
            action: Action::WriteBooks,
            fields: &[ON, need("reason", Input::Long)],
            form: None,
            decide: call_off,
        },
    ],
    closed: &["returned", "called_off"],
    after_end: false,
};

fn mark(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("to_return", view.said.on(view.ctx)).due(view.said.day("return_by")))
}

fn give_back(view: &View<'_>) -> Result<Done, Refusal> {
    let to = body(view.said.text("recipient"));
    handed(view, HolderKind::Unit, &to, "returned")
}

fn call_off(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("called_off", view.said.on(view.ctx)))
}
