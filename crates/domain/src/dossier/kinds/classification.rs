//! Determining a secret and its level (Luật 29/2018/QH14 Điều 10; NĐ 26/2020/NĐ-CP
//! Điều 2): a proposal, and the decision of the competent post. The program
//! shows the catalogue and never decides.

use law::{Act, Level};

use super::super::rules::{BASIS, DECIDER, NOTE, ON, POST, another_person, competent, needed};
use super::super::{About, Change, Done, Field, Group, Input, Kind, Step, View, may, need};
use crate::Refusal;
use crate::access::Action;

const CARRIERS: &[&str] = &["document", "object", "place", "speech", "activity", "other"];
const COPYING: &[&str] = &["copying_allowed", "copying_forbidden"];

/// Proposal and decision, for a document or (Mẫu 01) any other carrier.
pub static CLASSIFY: Kind = Kind {
    code: "classify",
    group: Group::Classification,
    about: About::Unit,
    proceeding: Some(law::Proceeding::Determine),
    steps: &[
        Step {
            code: "propose",
            from: &[],
            action: Action::WriteBooks,
            fields: PROPOSAL,
            form: None,
            decide: propose,
        },
        Step {
            code: "decide",
            from: &["proposed"],
            action: Action::PermitCopy,
            fields: DECISION,
            form: Some("Mẫu 01"),
            decide,
        },
        Step {
            code: "registered",
            from: &["determined"],
            action: Action::WriteBooks,
            fields: &[ON, need("number_symbol", Input::Text), NOTE],
            form: None,
            decide: registered,
        },
    ],
    closed: &["registered", "not_secret"],
    after_end: false,
};

const PROPOSAL: &[Field] = &[
    ON,
    need("carrier", Input::Choice(CARRIERS)),
    need("matter", Input::Text),
    need("sphere", Input::Sphere),
    need("level", Input::Level),
    may("levels_inside", Input::Level),
    may("catalogue_item", Input::Text),
    may("reason", Input::Long),
    need("drafter", Input::Text),
    need("recipients", Input::Long),
    need("issued_copies", Input::Count),
    need("copying", Input::Choice(COPYING)),
    may("until", Input::AnyDay),
];

const DECISION: &[Field] = &[
    ON,
    need("outcome", Input::Choice(&["agreed", "changed", "refused"])),
    DECIDER,
    POST,
    may("delegation", Input::Text),
    BASIS,
    may("level", Input::Level),
    may("catalogue_item", Input::Text),
    may("reason", Input::Long),
    may("issued_copies", Input::Count),
    may("copying", Input::Choice(COPYING)),
    NOTE,
];

/// No item of a catalogue: stop with the reason, unless the proposer says in
/// writing why it is one all the same; the decider then has to say so too.
fn propose(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let level = level(view, "level")?;
    if !view.said.has("catalogue_item") && !view.said.has("reason") {
        let rule = view.ctx.law.prohibition("outside_catalogue", on);
        return Err(Refusal::new("ACT-13")
            .on("catalogue_item")
            .because(rule.because));
    }
    fits_sphere(view, level)?;
    if let Some(inside) = view.said.level("levels_inside")
        && inside > level
    {
        return Err(Refusal::new("ACT-12")
            .on("level")
            .arg("level", level.label_vi())
            .arg("inside", inside.label_vi()));
    }
    if view.said.text("carrier") != "activity" && view.said.has("until") {
        return Err(Refusal::new("ACT-17").on("until"));
    }
    Ok(Done::to("proposed", on))
}

fn decide(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let proposed =
        Level::parse(view.before("propose", "level")).ok_or_else(|| Refusal::new("ACT-17"))?;
    let outcome = view.said.text("outcome");
    if outcome == "refused" {
        needed(view, "reason")?;
        return Ok(Done::to("not_secret", on));
    }
    let level = if outcome == "changed" {
        needed(view, "level")?;
        level(view, "level")?
    } else {
        proposed
    };
    let item =
        view.said.has("catalogue_item") || !view.before("propose", "catalogue_item").is_empty();
    if !item {
        another_person(view, "propose")?;
        needed(view, "reason")?;
    }
    let basis = competent(view, Act::Determine, level)?;
    Ok(Done::to("determined", on).because(basis))
}

fn registered(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("registered", view.said.on(view.ctx)))
}

fn level(view: &View<'_>, name: &'static str) -> Result<Level, Refusal> {
    view.said
        .level(name)
        .ok_or_else(|| Refusal::new("ACT-03").on(name).arg("field", name))
}

/// A level only in the fields that the law names for it (Điều 8).
fn fits_sphere(view: &View<'_>, level: Level) -> Result<(), Refusal> {
    let on = view.said.on(view.ctx);
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
    Ok(())
}

/// Received information that is in a catalogue but not yet determined (NĐ
/// 26/2020/NĐ-CP Điều 2 khoản 2): told to the head, passed on, proposed on.
pub static UNDETERMINED: Kind = Kind {
    code: "undetermined",
    group: Group::Classification,
    about: About::Unit,
    proceeding: Some(law::Proceeding::DetermineReceived),
    steps: &[
        Step {
            code: "report",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("matter", Input::Text),
                need("source", Input::Text),
                need("catalogue_item", Input::Text),
                need("reported_to", Input::Text),
                need("protected_meanwhile", Input::Yes),
            ],
            form: None,
            decide: report,
        },
        Step {
            code: "assign",
            from: &["reported"],
            action: Action::PermitCopy,
            fields: &[ON, need("assigned_to", Input::Text), NOTE],
            form: None,
            decide: assign,
        },
        Step {
            code: "result",
            from: &["assigned"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need(
                    "outcome",
                    Input::Choice(&["proposed", "passed_on", "not_in_catalogue"]),
                ),
                may("passed_to", Input::Text),
                NOTE,
            ],
            form: None,
            decide: result,
        },
    ],
    closed: &["proposed", "passed_on", "not_secret"],
    after_end: false,
};

fn report(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("reported", view.said.on(view.ctx)))
}

fn assign(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("assigned", view.said.on(view.ctx)))
}

fn result(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    match view.said.text("outcome") {
        "proposed" => Ok(Done::to("proposed", on)),
        "passed_on" => {
            needed(view, "passed_to")?;
            Ok(Done::to("passed_on", on))
        }
        _ => {
            needed(view, "note")?;
            Ok(Done::to("not_secret", on))
        }
    }
}

/// The item of a catalogue by which an issued document was determined, noted
/// after the fact: books kept before the program do not say it, and a sweep
/// after a change of catalogue finds only what is noted.
pub static CITE_ITEM: Kind = Kind {
    code: "cite_item",
    group: Group::Classification,
    about: About::Issued,
    proceeding: None,
    steps: &[Step {
        code: "note",
        from: &[],
        action: Action::WriteBooks,
        fields: &[ON, need("catalogue_item", Input::Text), NOTE],
        form: None,
        decide: note_item,
    }],
    closed: &["noted"],
    after_end: false,
};

fn note_item(view: &View<'_>) -> Result<Done, Refusal> {
    let item = view.said.text("catalogue_item").to_owned();
    Ok(Done::to("noted", view.said.on(view.ctx)).change(Change::CatalogueItem(item)))
}
