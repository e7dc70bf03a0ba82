//! Extracts, photographs, providing, carrying out, delegation (Luật
//! 29/2018/QH14 Điều 11, 14-16; NĐ 26/2020/NĐ-CP Điều 3, 5).

use law::{Act, BookKind, LegalDate};

use super::super::rules::{
    BASIS, DECIDER, NOTE, ON, POST, body, competent, competent_as, handed, needed, person, secret,
    unit,
};
use super::super::{About, Change, Done, Field, Group, Input, Kind, Step, View, may, need};
use crate::access::Action;
use crate::book::Draft;
use crate::custody::{Holder, HolderKind, NewCopy};
use crate::{Refusal, limits};

const PERMIT: &[Field] = &[
    ON,
    DECIDER,
    POST,
    may("delegation", Input::Text),
    BASIS,
    need("made_copies", Input::Count),
    need("recipients", Input::Long),
    need("performed_by", Input::Text),
    need("offline_device", Input::Yes),
    may("part", Input::Text),
    NOTE,
];

/// Extract (trích sao), Mẫu 10.
pub static EXTRACT: Kind = Kind {
    code: "extract",
    group: Group::Provision,
    about: About::Document,
    proceeding: Some(law::Proceeding::Extract),
    steps: &[
        Step {
            code: "permit",
            from: &[],
            action: Action::PermitCopy,
            fields: PERMIT,
            form: Some("Mẫu 10"),
            decide: extract,
        },
        SURPLUS_STEP,
        DONE_STEP,
    ],
    closed: &["made"],
    after_end: false,
};

/// Photographing (chụp), Mẫu 13.
pub static PHOTOGRAPH: Kind = Kind {
    code: "photograph",
    group: Group::Provision,
    about: About::Document,
    proceeding: Some(law::Proceeding::Photograph),
    steps: &[
        Step {
            code: "permit",
            from: &[],
            action: Action::PermitCopy,
            fields: PERMIT,
            form: Some("Mẫu 13"),
            decide: photograph,
        },
        SURPLUS_STEP,
        DONE_STEP,
    ],
    closed: &["made"],
    after_end: false,
};

const SURPLUS_STEP: Step = Step {
    code: "surplus",
    from: &["permitted"],
    action: Action::WriteBooks,
    fields: &[
        ON,
        need("surplus_copies", Input::Count),
        need("method", Input::Text),
        need("witness", Input::Text),
    ],
    form: None,
    decide: surplus,
};

const DONE_STEP: Step = Step {
    code: "finish",
    from: &["permitted"],
    action: Action::WriteBooks,
    fields: &[ON, NOTE],
    form: None,
    decide: finish,
};

fn extract(view: &View<'_>) -> Result<Done, Refusal> {
    needed(view, "part")?;
    made(view, "Trích sao")
}

fn photograph(view: &View<'_>) -> Result<Done, Refusal> {
    made(view, "Chụp")
}

fn made(view: &View<'_>, form: &str) -> Result<Done, Refusal> {
    let secret = secret(view)?;
    let on = view.said.on(view.ctx);
    let basis = competent(view, Act::Copy, secret.facts.level)?;
    let count = view.said.count("made_copies");
    if count > limits::COPIES_MAX {
        return Err(Refusal::new("COPY-05")
            .on("made_copies")
            .arg("text", count)
            .arg("max", limits::COPIES_MAX));
    }
    let copies: Vec<NewCopy> = (1..=count)
        .map(|n| NewCopy {
            label: format!("Bản sao số {:02}", secret.facts.copied + n),
            from: Holder {
                kind: HolderKind::Copied,
                name: form.to_owned(),
            },
            to: unit(secret),
            on,
        })
        .collect();
    let labels: Vec<&str> = copies.iter().map(|copy| copy.label.as_str()).collect();
    let line = Draft {
        entry_date: on.to_string(),
        number_symbol: secret.facts.number_symbol.clone(),
        doc_type: secret.facts.doc_type.clone(),
        level: secret.facts.level.code().to_owned(),
        form: form.to_owned(),
        quantity: count.to_string(),
        copy_numbers: labels.join(", "),
        permitted_by: view.said.text("decider_name").to_owned(),
        performed_by: view.said.text("performed_by").to_owned(),
        recipient: view.said.text("recipients").to_owned(),
        note: view.said.text("note").to_owned(),
        ..Draft::default()
    };
    Ok(Done::to("permitted", on)
        .because(basis)
        .change(Change::Make(copies))
        .change(Change::Line(BookKind::SaoChup, Box::new(line))))
}

fn surplus(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("permitted", view.said.on(view.ctx)))
}

fn finish(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("made", view.said.on(view.ctx)))
}

/// Spoilt or surplus copies of a permitted copying, destroyed at once
/// (NĐ 26/2020/NĐ-CP Điều 3 khoản 3).
pub static SURPLUS: Kind = Kind {
    code: "surplus",
    group: Group::Provision,
    about: About::Document,
    proceeding: Some(law::Proceeding::Copy),
    steps: &[Step {
        code: "destroy",
        from: &[],
        action: Action::WriteBooks,
        fields: &[
            ON,
            need("surplus_copies", Input::Count),
            need("method", Input::Text),
            need("witness", Input::Text),
            NOTE,
        ],
        form: None,
        decide: surplus_destroyed,
    }],
    closed: &["destroyed"],
    after_end: false,
};

fn surplus_destroyed(view: &View<'_>) -> Result<Done, Refusal> {
    if secret(view)?.facts.copied == 0 {
        return Err(Refusal::new("ACT-21").on("surplus_copies"));
    }
    Ok(Done::to("destroyed", view.said.on(view.ctx)))
}

const REQUEST: &[Field] = &[
    ON,
    need("requester_kind", Input::Choice(&["body", "person"])),
    need("requester_name", Input::Text),
    may("representative", Input::Text),
    may("identity_number", Input::Text),
    may("address", Input::Text),
    may("requester_post", Input::Text),
    need("asked_for", Input::Long),
    need("purpose", Input::Long),
    need("undertaking", Input::Yes),
];

const FOREIGN_REQUEST: &[Field] = &[
    ON,
    need("requester_kind", Input::Choice(&["body", "person"])),
    need("requester_name", Input::Text),
    may("representative", Input::Text),
    need("nationality", Input::Text),
    may("identity_number", Input::Text),
    may("address", Input::Text),
    need("lead_body", Input::Text),
    need("programme", Input::Text),
    need("asked_for", Input::Long),
    need("purpose", Input::Long),
    need("undertaking", Input::Yes),
    need("no_third_party", Input::Yes),
];

const ANSWER: &[Field] = &[
    ON,
    need("outcome", Input::Choice(&["granted", "refused"])),
    DECIDER,
    POST,
    may("delegation", Input::Text),
    BASIS,
    may("granted_copies", Input::Count),
    may("reason", Input::Long),
    NOTE,
];

const DELIVER: Step = Step {
    code: "deliver",
    from: &["granted"],
    action: Action::WriteBooks,
    fields: &[
        ON,
        need("copies", Input::Copies),
        need("receiver_sign", Input::Text),
        NOTE,
    ],
    form: None,
    decide: deliver,
};

/// Providing and transferring to Vietnamese bodies and persons, Mẫu 17.
pub static PROVIDE: Kind = Kind {
    code: "provide",
    group: Group::Provision,
    about: About::Document,
    proceeding: Some(law::Proceeding::Provide),
    steps: &[
        Step {
            code: "request",
            from: &[],
            action: Action::WriteBooks,
            fields: REQUEST,
            form: Some("Mẫu 17"),
            decide: request,
        },
        Step {
            code: "decide",
            from: &["requested"],
            action: Action::PermitCopy,
            fields: ANSWER,
            form: None,
            decide: answer_home,
        },
        DELIVER,
    ],
    closed: &["refused", "delivered"],
    after_end: false,
};

/// Providing to foreign parties, through the Vietnamese lead body.
pub static PROVIDE_FOREIGN: Kind = Kind {
    code: "provide_foreign",
    group: Group::Provision,
    about: About::Document,
    proceeding: Some(law::Proceeding::ProvideForeign),
    steps: &[
        Step {
            code: "request",
            from: &[],
            action: Action::WriteBooks,
            fields: FOREIGN_REQUEST,
            form: Some("Mẫu 17"),
            decide: request,
        },
        Step {
            code: "decide",
            from: &["requested"],
            action: Action::PermitCopy,
            fields: ANSWER,
            form: None,
            decide: answer_foreign,
        },
        DELIVER,
    ],
    closed: &["refused", "delivered"],
    after_end: false,
};

fn request(view: &View<'_>) -> Result<Done, Refusal> {
    if view.said.text("requester_kind") == "person" {
        needed(view, "identity_number")?;
        needed(view, "address")?;
    } else {
        needed(view, "representative")?;
    }
    Ok(Done::to("requested", view.said.on(view.ctx)))
}

fn answer_home(view: &View<'_>) -> Result<Done, Refusal> {
    answer(view, Act::Provide)
}

fn answer_foreign(view: &View<'_>) -> Result<Done, Refusal> {
    answer(view, Act::ProvideForeign)
}

/// A refusal is in writing with its reason; a grant says how many copies.
fn answer(view: &View<'_>, act: Act) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let level = secret(view)?.facts.level;
    if view.said.text("outcome") == "refused" {
        needed(view, "reason")?;
        return Ok(Done::to("refused", on));
    }
    needed(view, "granted_copies")?;
    let basis = competent(view, act, level)?;
    Ok(Done::to("granted", on).because(basis))
}

fn deliver(view: &View<'_>) -> Result<Done, Refusal> {
    let granted: i64 = view.before("decide", "granted_copies").parse().unwrap_or(0);
    let picked = i64::try_from(view.said.copies("copies").len()).unwrap_or(i64::MAX);
    if picked > granted {
        return Err(Refusal::new("ACT-10")
            .on("copies")
            .arg("picked", picked)
            .arg("granted", granted));
    }
    let to = body(view.before("request", "requester_name"));
    handed(view, HolderKind::Unit, &to, "delivered")
}

const CARRY_REQUEST: &[Field] = &[
    ON,
    need("bearer_name", Input::Text),
    need("bearer_post", Input::Text),
    need("purpose", Input::Long),
    need("destination", Input::Text),
    need("from_day", Input::AnyDay),
    need("return_by", Input::AnyDay),
    need("measures", Input::Long),
];

const CARRY_ANSWER: &[Field] = &[
    ON,
    need("outcome", Input::Choice(&["granted", "refused"])),
    DECIDER,
    POST,
    may("delegation", Input::Text),
    BASIS,
    may("reason", Input::Long),
    may("delegation_head", Input::Text),
    NOTE,
];

const TAKE_OUT: Step = Step {
    code: "take_out",
    from: &["granted"],
    action: Action::WriteBooks,
    fields: &[
        ON,
        need("copies", Input::Copies),
        need("container_sealed", Input::Yes),
        need("receiver_sign", Input::Text),
    ],
    form: None,
    decide: take_out,
};
const BRING_BACK: Step = Step {
    code: "bring_back",
    from: &["out", "incident"],
    action: Action::WriteBooks,
    fields: &[
        ON,
        need("copies", Input::Copies),
        need("receiver_sign", Input::Text),
        NOTE,
    ],
    form: None,
    decide: bring_back,
};
const REPORT_USE: Step = Step {
    code: "report_use",
    from: &["back"],
    action: Action::WriteBooks,
    fields: &[
        ON,
        need("use_report", Input::Long),
        need("reported_to", Input::Text),
    ],
    form: None,
    decide: report_use,
};
const INCIDENT: Step = Step {
    code: "incident",
    from: &["out"],
    action: Action::WriteBooks,
    fields: &[
        ON,
        need("fault", Input::Choice(&["leaked", "lost", "damaged"])),
        need("found", Input::Long),
        need("reported_to", Input::Text),
    ],
    form: None,
    decide: incident,
};

/// Carrying out of the place of keeping, in the country. A permit closes when
/// the item is back and its use reported, or with an incident.
pub static CARRY_OUT: Kind = Kind {
    code: "carry_out",
    group: Group::Provision,
    about: About::Document,
    proceeding: Some(law::Proceeding::CarryOut),
    steps: &[
        Step {
            code: "request",
            from: &[],
            action: Action::WriteBooks,
            fields: CARRY_REQUEST,
            form: None,
            decide: carry_request,
        },
        Step {
            code: "decide",
            from: &["requested"],
            action: Action::PermitCopy,
            fields: CARRY_ANSWER,
            form: None,
            decide: carry_home,
        },
        TAKE_OUT,
        BRING_BACK,
        REPORT_USE,
        INCIDENT,
    ],
    closed: &["refused", "reported_back"],
    after_end: false,
};

/// Carrying abroad: the head of the delegation is told as well.
pub static CARRY_ABROAD: Kind = Kind {
    code: "carry_abroad",
    group: Group::Provision,
    about: About::Document,
    proceeding: Some(law::Proceeding::CarryAbroad),
    steps: &[
        Step {
            code: "request",
            from: &[],
            action: Action::WriteBooks,
            fields: CARRY_REQUEST,
            form: None,
            decide: carry_request,
        },
        Step {
            code: "decide",
            from: &["requested"],
            action: Action::PermitCopy,
            fields: CARRY_ANSWER,
            form: None,
            decide: carry_abroad,
        },
        TAKE_OUT,
        BRING_BACK,
        REPORT_USE,
        INCIDENT,
    ],
    closed: &["refused", "reported_back"],
    after_end: false,
};

fn carry_request(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let from = view.said.day("from_day").unwrap_or(on);
    if view.said.day("return_by").is_some_and(|back| back < from) {
        return Err(Refusal::new("ACT-20").on("return_by"));
    }
    Ok(Done::to("requested", on))
}

fn carry_home(view: &View<'_>) -> Result<Done, Refusal> {
    carry(view, Act::CarryOut)
}

fn carry_abroad(view: &View<'_>) -> Result<Done, Refusal> {
    if view.said.text("outcome") == "granted" {
        needed(view, "delegation_head")?;
    }
    carry(view, Act::CarryAbroad)
}

fn carry(view: &View<'_>, act: Act) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let level = secret(view)?.facts.level;
    if view.said.text("outcome") == "refused" {
        needed(view, "reason")?;
        return Ok(Done::to("refused", on));
    }
    let basis = competent(view, act, level)?;
    Ok(Done::to("granted", on).because(basis).due(back_by(view)))
}

fn back_by(view: &View<'_>) -> Option<LegalDate> {
    LegalDate::parse(view.before("request", "return_by")).ok()
}

fn take_out(view: &View<'_>) -> Result<Done, Refusal> {
    let to = person(view.before("request", "bearer_name"));
    Ok(handed(view, HolderKind::Unit, &to, "out")?.due(back_by(view)))
}

fn bring_back(view: &View<'_>) -> Result<Done, Refusal> {
    let done = handed(view, HolderKind::Person, &unit(secret(view)?), "back")?;
    let on = done.on;
    Ok(done.due(Some(on)))
}

fn report_use(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("reported_back", view.said.on(view.ctx)))
}

fn incident(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    Ok(Done::to("incident", on).due(Some(on)))
}

/// Delegation in writing to a deputy, with scope, content and term (Luật
/// 29/2018/QH14 Điều 11 khoản 5).
pub static DELEGATION: Kind = Kind {
    code: "delegation",
    group: Group::Provision,
    about: About::Unit,
    proceeding: Some(law::Proceeding::Delegate),
    steps: &[
        Step {
            code: "grant",
            from: &[],
            action: Action::PermitCopy,
            fields: &[
                ON,
                need("decision_number", Input::Text),
                DECIDER,
                POST,
                need("deputy_name", Input::Text),
                need("deputy_post", Input::Post),
                need(
                    "act",
                    Input::Choice(&["copy", "provide", "carry_out", "meet", "destroy"]),
                ),
                need("level", Input::Level),
                need("scope", Input::Long),
                need("until", Input::AnyDay),
                BASIS,
            ],
            form: None,
            decide: grant,
        },
        Step {
            code: "revoke",
            from: &["in_force"],
            action: Action::PermitCopy,
            fields: &[ON, need("reason", Input::Long)],
            form: None,
            decide: revoke,
        },
    ],
    closed: &["revoked"],
    after_end: false,
};

fn grant(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let act = Act::parse(view.said.text("act")).ok_or_else(|| Refusal::new("ACT-17").on("act"))?;
    let level = view
        .said
        .level("level")
        .ok_or_else(|| Refusal::new("ACT-17").on("level"))?;
    if view.said.day("until").is_some_and(|until| until < on) {
        return Err(Refusal::new("ACT-20").on("until"));
    }
    let basis = competent(view, act, level)?;
    let deputy = view.said.text("deputy_post");
    let ruling = view
        .ctx
        .law
        .may_delegated(act, level, deputy, on)
        .map_err(|_| Refusal::new("ACT-17").on("deputy_post"))?;
    if ruling.answer == law::Verdict::No {
        return Err(Refusal::new("ACT-22")
            .on("deputy_post")
            .arg("act", act.label_vi())
            .arg("level", level.label_vi())
            .arg("note", ruling.notes.join("; "))
            .because(ruling.because));
    }
    if ruling.answer == law::Verdict::Unknown {
        competent_as(view, act, level, deputy, "deputy_post")?;
    }
    Ok(Done::to("in_force", on)
        .due(view.said.day("until"))
        .because(basis))
}

fn revoke(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("revoked", view.said.on(view.ctx)))
}
