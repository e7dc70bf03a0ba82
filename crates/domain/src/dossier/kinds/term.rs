//! Term of protection: extension, change of level, declassification, and what
//! a recipient does on notice (Luật 29/2018/QH14 Điều 19-22).

use law::{Act, Carrier, LegalDate, Level};

use super::super::rules::{
    BASIS, DECIDER, DECISION, NOTE, ON, POST, another_person, competent, needed, secret, unverified,
};
use super::super::state::Status;
use super::super::{About, Change, Done, Field, Group, Input, Kind, Step, View, may, need};
use crate::Refusal;
use crate::access::Action;

/// Written notice to recipients, the last step of all three acts.
const NOTIFY: Step = Step {
    code: "notify",
    from: &["decided"],
    action: Action::WriteBooks,
    fields: &[
        ON,
        need("notice_number", Input::Text),
        need("recipients", Input::Long),
        need("stamped", Input::Yes),
    ],
    form: None,
    decide: notify,
};
const CONFIRM: Step = Step {
    code: "confirm",
    from: &["notified"],
    action: Action::WriteBooks,
    fields: &[ON, need("confirmations", Input::Long)],
    form: None,
    decide: confirm,
};

fn notify(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("notified", view.said.on(view.ctx)))
}

fn confirm(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("confirmed", view.said.on(view.ctx)))
}

const CLOSED: &[&str] = &["confirmed", "refused", "withdrawn"];

/// The last day of the notice, where the law of the day is known.
fn notice_by(view: &View<'_>, act: &str) -> Option<LegalDate> {
    let on = view.said.on(view.ctx);
    view.ctx.law.notify(act, on).value.map(|notice| notice.by)
}

/// Extension of the term.
pub static EXTEND: Kind = Kind {
    code: "extend",
    group: Group::Term,
    about: About::Issued,
    proceeding: Some(law::Proceeding::Extend),
    steps: &[
        Step {
            code: "propose",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("reason", Input::Long),
                need("until", Input::AnyDay),
                BASIS,
            ],
            form: None,
            decide: propose_extension,
        },
        Step {
            code: "decide",
            from: &["proposed"],
            action: Action::PermitCopy,
            fields: &[
                ON,
                need("outcome", Input::Choice(&["granted", "refused"])),
                may("decision_number", Input::Text),
                DECIDER,
                POST,
                BASIS,
                may("until", Input::AnyDay),
                may("reason", Input::Long),
            ],
            form: None,
            decide: decide_extension,
        },
        NOTIFY,
        CONFIRM,
    ],
    closed: CLOSED,
    after_end: false,
};

fn propose_extension(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let last = view
        .said
        .day("until")
        .map_or(Ok(None), |until| longest(view, until))?;
    let mut done = Done::to("proposed", on).due(last);
    if last.is_none() && view.said.has("basis") {
        done.notes.push(unverified(view));
    }
    Ok(done)
}

/// The extension may not end after what the law allows, nor be decided later
/// than the law says before the end of the term. Answers the last day to decide.
fn longest(view: &View<'_>, until: LegalDate) -> Result<Option<LegalDate>, Refusal> {
    let secret = secret(view)?;
    let on = view.said.on(view.ctx);
    let Some(term) = secret.term_until else {
        return Ok(None);
    };
    if until <= term {
        return Err(Refusal::new("ACT-20").on("until"));
    }
    let rule = view
        .ctx
        .law
        .extend(secret.facts.level, secret.carrier, term, on);
    let Some(extension) = rule.value else {
        return own_ground(view, rule.because, &rule.notes).map(|()| None);
    };
    if !extension.in_time {
        return Err(Refusal::new("ACT-11")
            .on("on")
            .arg("date", on.day_month_year())
            .arg("last", extension.decide_by.day_month_year())
            .because(rule.because));
    }
    if extension.until_max.is_some_and(|max| until > max) {
        return Err(Refusal::new("ACT-18")
            .on("until")
            .arg(
                "max",
                extension
                    .until_max
                    .map_or_else(String::new, |day| day.day_month_year()),
            )
            .because(rule.because));
    }
    Ok(Some(extension.decide_by))
}

/// The length of an extension is not known on that day: the unit's own written
/// ground is asked for and kept with the record.
///
/// # Errors
/// `ACT-27`.
fn own_ground(
    view: &View<'_>,
    because: Vec<law::Citation>,
    notes: &[String],
) -> Result<(), Refusal> {
    if view.said.has("basis") {
        return Ok(());
    }
    Err(Refusal::new("ACT-27")
        .on("basis")
        .arg("note", notes.join("; "))
        .because(because))
}

fn decide_extension(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    if view.said.text("outcome") == "refused" {
        needed(view, "reason")?;
        return Ok(Done::to("refused", on));
    }
    needed(view, "decision_number")?;
    let basis = competent(view, Act::Extend, secret(view)?.facts.level)?;
    let until = view
        .said
        .day("until")
        .or_else(|| LegalDate::parse(view.before("propose", "until")).ok())
        .ok_or_else(|| Refusal::new("ACT-03").on("until").arg("field", "until"))?;
    longest(view, until)?;
    Ok(Done::to("decided", on)
        .because(basis)
        .due(notice_by(view, "extend"))
        .change(Change::Term(until)))
}

/// Change of level: two people, on the ground of the catalogue.
pub static ADJUST: Kind = Kind {
    code: "adjust",
    group: Group::Term,
    about: About::Issued,
    proceeding: Some(law::Proceeding::Adjust),
    steps: &[
        Step {
            code: "propose",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("level", Input::Level),
                need("catalogue_item", Input::Text),
                need("sphere", Input::Sphere),
                need("reason", Input::Long),
            ],
            form: None,
            decide: propose_level,
        },
        Step {
            code: "decide",
            from: &["proposed"],
            action: Action::PermitCopy,
            fields: DECIDE,
            form: Some("Mẫu 06"),
            decide: decide_level,
        },
        NOTIFY,
        CONFIRM,
    ],
    closed: CLOSED,
    after_end: false,
};

const DECIDE: &[Field] = &[
    ON,
    need("outcome", Input::Choice(&["granted", "refused"])),
    may("decision_number", Input::Text),
    DECIDER,
    POST,
    BASIS,
    may("reason", Input::Long),
];

fn propose_level(view: &View<'_>) -> Result<Done, Refusal> {
    let secret = secret(view)?;
    let on = view.said.on(view.ctx);
    let level = view
        .said
        .level("level")
        .ok_or_else(|| Refusal::new("ACT-03").on("level").arg("field", "level"))?;
    if level == secret.facts.level {
        return Err(Refusal::new("ACT-24")
            .on("level")
            .arg("level", level.label_vi()));
    }
    let found = view
        .ctx
        .law
        .level_in_field(level, view.said.text("sphere"), on);
    if found.value == Some(false) {
        return Err(Refusal::new("ACT-19")
            .on("sphere")
            .arg("level", level.label_vi())
            .because(found.because));
    }
    Ok(Done::to("proposed", on))
}

fn decide_level(view: &View<'_>) -> Result<Done, Refusal> {
    let secret = secret(view)?;
    let on = view.said.on(view.ctx);
    another_person(view, "propose")?;
    if view.said.text("outcome") == "refused" {
        needed(view, "reason")?;
        return Ok(Done::to("refused", on));
    }
    needed(view, "decision_number")?;
    let level =
        Level::parse(view.before("propose", "level")).ok_or_else(|| Refusal::new("ACT-17"))?;
    // Raising needs the power over the higher level, lowering over the present one.
    let over = level.max(secret.facts.level);
    let basis = competent(view, Act::Adjust, over)?;
    let done = Done::to("decided", on)
        .because(basis)
        .due(notice_by(view, "adjust"))
        .change(Change::Level(level))
        .change(Change::CatalogueItem(
            view.before("propose", "catalogue_item").to_owned(),
        ));
    Ok(
        match term_of(view, level, secret.facts.since, secret.carrier) {
            Some(until) => done.change(Change::Term(until)),
            None => done,
        },
    )
}

/// The term of the new level, counted from the day the secret was determined:
/// the law names no other beginning, and this is never longer than it allows.
fn term_of(view: &View<'_>, level: Level, since: LegalDate, carrier: Carrier) -> Option<LegalDate> {
    view.ctx
        .law
        .term(level, carrier, since)
        .value
        .and_then(|term| term.until)
}

/// Declassification on need: council, minutes, decision, notice.
pub static DECLASSIFY: Kind = Kind {
    code: "declassify",
    group: Group::Term,
    about: About::Issued,
    proceeding: Some(law::Proceeding::Declassify),
    steps: &[
        Step {
            code: "council",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                DECISION,
                need("chair", Input::Text),
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
                need("extent", Input::Choice(&["whole", "part"])),
                may("freed_part", Input::Long),
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
            fields: DECIDE,
            form: None,
            decide: decide_declassification,
        },
        NOTIFY,
        CONFIRM,
    ],
    closed: CLOSED,
    after_end: false,
};

fn council(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("council", view.said.on(view.ctx)))
}

fn minutes(view: &View<'_>) -> Result<Done, Refusal> {
    if view.said.text("extent") == "part" {
        needed(view, "freed_part")?;
    }
    Ok(Done::to("minutes", view.said.on(view.ctx)))
}

fn decide_declassification(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    another_person(view, "council")?;
    another_person(view, "minutes")?;
    if view.said.text("outcome") == "refused" {
        needed(view, "reason")?;
        return Ok(Done::to("refused", on));
    }
    needed(view, "decision_number")?;
    let basis = competent(view, Act::Declassify, secret(view)?.facts.level)?;
    let done = Done::to("decided", on)
        .because(basis)
        .due(notice_by(view, "declassify"));
    // Part of it freed: the rest stays as secret as it was.
    Ok(if view.before("minutes", "extent") == "part" {
        done
    } else {
        done.change(Change::Status(Status::Declassified))
    })
}

/// What a recipient does with its copies when the originator's notice comes.
pub static REMARK: Kind = Kind {
    code: "remark",
    group: Group::Term,
    about: About::Received,
    proceeding: None,
    steps: &[Step {
        code: "mark",
        from: &[],
        action: Action::WriteBooks,
        fields: &[
            ON,
            need(
                "about",
                Input::Choice(&["extended", "level_changed", "declassified"]),
            ),
            need("notice_number", Input::Text),
            need("notice_from", Input::Text),
            need("decided_on", Input::Day),
            may("until", Input::AnyDay),
            may("level", Input::Level),
            BASIS,
            need("stamped", Input::Yes),
            NOTE,
        ],
        form: None,
        decide: remark,
    }],
    closed: &["marked"],
    after_end: false,
};

fn remark(view: &View<'_>) -> Result<Done, Refusal> {
    let secret = secret(view)?;
    let on = view.said.on(view.ctx);
    let done = Done::to("marked", on);
    match view.said.text("about") {
        "extended" => {
            needed(view, "until")?;
            let until = view
                .said
                .day("until")
                .ok_or_else(|| Refusal::new("ACT-20").on("until"))?;
            within_law(view, until)?;
            Ok(done.change(Change::Term(until)))
        }
        "level_changed" => {
            needed(view, "level")?;
            let level = view
                .said
                .level("level")
                .ok_or_else(|| Refusal::new("ACT-17"))?;
            if level == secret.facts.level {
                return Err(Refusal::new("ACT-24")
                    .on("level")
                    .arg("level", level.label_vi()));
            }
            let done = done.change(Change::Level(level));
            Ok(
                match term_of(view, level, secret.facts.since, secret.carrier) {
                    Some(until) => done.change(Change::Term(until)),
                    None => done,
                },
            )
        }
        _ => Ok(done.change(Change::Status(Status::Declassified))),
    }
}

/// A notice that names a longer extension than the law allows is not taken over.
fn within_law(view: &View<'_>, until: LegalDate) -> Result<(), Refusal> {
    let secret = secret(view)?;
    let Some(term) = secret.term_until else {
        return Ok(());
    };
    let decided = view.said.day("decided_on").unwrap_or(view.ctx.today);
    let rule = view
        .ctx
        .law
        .extend(secret.facts.level, secret.carrier, term, decided);
    if rule.value.is_none() {
        own_ground(view, rule.because.clone(), &rule.notes)?;
    }
    let max = rule.value.and_then(|extension| extension.until_max);
    if until <= term {
        return Err(Refusal::new("ACT-20").on("until"));
    }
    if max.is_some_and(|max| until > max) {
        return Err(Refusal::new("ACT-18")
            .on("until")
            .arg(
                "max",
                max.map_or_else(String::new, |day| day.day_month_year()),
            )
            .because(rule.because));
    }
    Ok(())
}
