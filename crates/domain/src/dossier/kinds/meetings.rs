//! Meetings on secret content (Luật 29/2018/QH14 Điều 17, 18; NĐ 26/2020/NĐ-CP
//! Điều 6): consent, preparation, holding, recovery of what was given out.

use law::{Act, Level};

use super::super::rules::{BASIS, DECIDER, NOTE, ON, POST, competent, needed};
use super::super::{About, Done, Field, Group, Input, Kind, Step, View, may, need};
use crate::Refusal;
use crate::access::Action;

/// One meeting, from its plan to the recovery of its papers.
pub static MEETING: Kind = Kind {
    code: "meeting",
    group: Group::Meetings,
    about: About::Unit,
    proceeding: Some(law::Proceeding::Meet),
    steps: &[
        Step {
            code: "plan",
            from: &[],
            action: Action::WriteBooks,
            fields: PLAN,
            form: None,
            decide: plan,
        },
        Step {
            code: "consent",
            from: &["planned"],
            action: Action::PermitCopy,
            fields: CONSENT,
            form: None,
            decide: consent,
        },
        Step {
            code: "prepare",
            from: &["consented"],
            action: Action::WriteBooks,
            fields: PREPARE,
            form: None,
            decide: prepare,
        },
        Step {
            code: "hold",
            from: &["prepared"],
            action: Action::WriteBooks,
            fields: HOLD,
            form: None,
            decide: hold,
        },
        Step {
            code: "recover",
            from: &["held"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("recovered_documents", Input::CountOrNone),
                may("found", Input::Long),
                NOTE,
            ],
            form: None,
            decide: recover,
        },
    ],
    closed: &["refused", "recovered"],
    after_end: false,
};

const PLAN: &[Field] = &[
    ON,
    need("matter", Input::Text),
    need("level", Input::Level),
    need("foreign", Input::Choice(&["no_foreign", "with_foreign"])),
    need("meeting_day", Input::AnyDay),
    need("days", Input::Count),
    need("place", Input::Text),
    need("place_kind", Input::Choice(&["own_premises", "elsewhere"])),
    need("attendees", Input::Long),
    need("online", Input::Choice(&["in_room", "protected_line"])),
];

const CONSENT: &[Field] = &[
    ON,
    need("outcome", Input::Choice(&["granted", "refused"])),
    DECIDER,
    POST,
    may("delegation", Input::Text),
    BASIS,
    may("reason", Input::Long),
    NOTE,
];

const PREPARE: &[Field] = &[
    ON,
    may("place_check", Input::Text),
    need("wired_microphones", Input::Yes),
    need("equipment_check", Input::Text),
    need(
        "device_rule",
        Input::Choice(&["devices_forbidden", "chair_decides"]),
    ),
    may("protection_plan", Input::Text),
    may("attendee_check", Input::Text),
    may("sealing", Input::Text),
    NOTE,
];

const HOLD: &[Field] = &[
    ON,
    need("attended", Input::Count),
    need("devices_kept", Input::CountOrNone),
    need("given_documents", Input::CountOrNone),
    may("sealed_each_day", Input::Yes),
    NOTE,
];

fn plan(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let day = view.said.day("meeting_day");
    if day.is_some_and(|day| day < on) {
        return Err(Refusal::new("ACT-20").on("meeting_day"));
    }
    Ok(Done::to("planned", on).due(day))
}

fn consent(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    if view.said.text("outcome") == "refused" {
        needed(view, "reason")?;
        return Ok(Done::to("refused", on));
    }
    let act = if view.before("plan", "foreign") == "with_foreign" {
        Act::MeetForeign
    } else {
        Act::Meet
    };
    let basis = competent(view, act, level(view)?)?;
    Ok(Done::to("consented", on)
        .due(meeting_day(view))
        .because(basis))
}

/// What the rule of the level asks for on the day: devices, the check of those
/// attending, a protection plan, sealing; and the police's check of a place
/// elsewhere. Where the text is not known, the record says so.
fn prepare(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let level = level(view)?;
    let rule = view.ctx.law.meeting(level, on);
    if let Some(meeting) = &rule.value {
        let forbidden = meeting.devices == law::DeviceRule::Forbidden;
        if forbidden && view.said.text("device_rule") != "devices_forbidden" {
            return Err(Refusal::new("ACT-23")
                .on("device_rule")
                .arg("level", level.label_vi())
                .because(rule.because));
        }
        if level > Level::Mat {
            needed(view, "protection_plan")?;
        }
        if meeting.attendee_check {
            needed(view, "attendee_check")?;
        }
        if days(view) >= i64::from(meeting.seal_daily_from_days) {
            needed(view, "sealing")?;
        }
    }
    if view.before("plan", "place_kind") == "elsewhere" {
        needed(view, "place_check")?;
    }
    Ok(Done::to("prepared", on)
        .due(meeting_day(view))
        .because((rule.because, rule.notes)))
}

fn hold(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let rule = view.ctx.law.meeting(level(view)?, on);
    let sealed_from = rule.value.map(|meeting| meeting.seal_daily_from_days);
    if sealed_from.is_some_and(|from| days(view) >= i64::from(from)) {
        needed(view, "sealed_each_day")?;
    }
    Ok(Done::to("held", on).due(Some(on)))
}

/// Every paper given out comes back; what does not is said and why.
fn recover(view: &View<'_>) -> Result<Done, Refusal> {
    let given: i64 = view.before("hold", "given_documents").parse().unwrap_or(0);
    let back = view.said.count("recovered_documents");
    if back > given {
        return Err(Refusal::new("ACT-10")
            .on("recovered_documents")
            .arg("picked", back)
            .arg("granted", given));
    }
    if back < given {
        needed(view, "found")?;
    }
    Ok(Done::to("recovered", view.said.on(view.ctx)))
}

fn level(view: &View<'_>) -> Result<Level, Refusal> {
    Level::parse(view.before("plan", "level")).ok_or_else(|| Refusal::new("ACT-17"))
}

fn days(view: &View<'_>) -> i64 {
    view.before("plan", "days").parse().unwrap_or(1)
}

fn meeting_day(view: &View<'_>) -> Option<law::LegalDate> {
    law::LegalDate::parse(view.before("plan", "meeting_day")).ok()
}
