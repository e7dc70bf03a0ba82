//! Dossiers (hồ sơ): one matter carried out on a secret, from its request to
//! its closing, in steps that each leave a record.
//!
//! Every kind of dossier is data ([`Kind`]: its steps, their fields, the states
//! they lead from and to) plus one pure function a step that decides. Screens,
//! JSON and printed records are made from the same data, so an act cannot be
//! had in one place and be missing in another.

pub mod batch;
mod kinds;
mod rules;
mod said;
mod state;
#[cfg(test)]
mod tests;

pub use kinds::{KINDS, kind};
pub use said::Said;
pub use state::{Change, Done, Secret, Status, Taken, View};

use crate::access::{self, Action};
use crate::{Ctx, Refusal};
use std::collections::BTreeMap;

/// Requirement group of a kind, as in REQUIREMENTS.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// A: instruments and catalogues.
    Catalogues,
    /// B: classification and issuing.
    Classification,
    /// C: stamps and forms.
    Stamps,
    /// D: registers, envelopes, delivery.
    Delivery,
    /// E: copying, providing, carrying out.
    Provision,
    /// F: meetings.
    Meetings,
    /// G: term, extension, change of level, declassification.
    Term,
    /// H: destruction.
    Destruction,
    /// I: holdings.
    Holdings,
    /// O: making public.
    Publication,
}

impl Group {
    pub const ALL: [Self; 10] = [
        Self::Catalogues,
        Self::Classification,
        Self::Stamps,
        Self::Delivery,
        Self::Provision,
        Self::Meetings,
        Self::Term,
        Self::Destruction,
        Self::Holdings,
        Self::Publication,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Catalogues => "catalogues",
            Self::Classification => "classification",
            Self::Stamps => "stamps",
            Self::Delivery => "delivery",
            Self::Provision => "provision",
            Self::Meetings => "meetings",
            Self::Term => "term",
            Self::Destruction => "destruction",
            Self::Holdings => "holdings",
            Self::Publication => "publication",
        }
    }
}

/// What a dossier is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// One registered document of the unit.
    Document,
    /// A document that came from another body.
    Received,
    /// A document that the unit issued.
    Issued,
    /// No document (yet): a matter of the unit.
    Unit,
}

/// How a value is asked for and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// One line.
    Text,
    /// Several lines.
    Long,
    /// A day not after today.
    Day,
    /// A day that may lie ahead: a date of return, of a meeting, of an end.
    AnyDay,
    /// A whole number from 1.
    Count,
    /// A whole number from 0.
    CountOrNone,
    /// A post of the law pack.
    Post,
    /// A level.
    Level,
    /// A field of the law (lĩnh vực, Luật 29/2018/QH14 Điều 7).
    Sphere,
    /// A stamp of the law pack.
    Stamp,
    /// Copies of the document, each with the count of moves that the form showed.
    Copies,
    /// A statement that must be ticked.
    Yes,
    /// One of a closed list.
    Choice(&'static [&'static str]),
}

/// One value of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name in forms, JSON and storage; its label is `df-<name>` in `locales`.
    pub name: &'static str,
    pub input: Input,
    pub needed: bool,
}

/// A field that must be given.
pub(crate) const fn need(name: &'static str, input: Input) -> Field {
    Field {
        name,
        input,
        needed: true,
    }
}

/// A field that may be left empty.
pub(crate) const fn may(name: &'static str, input: Input) -> Field {
    Field {
        name,
        input,
        needed: false,
    }
}

/// One step of a kind.
#[derive(Debug)]
pub struct Step {
    /// Code; the label is `step-<kind>-<code>` in `locales`.
    pub code: &'static str,
    /// States it may be taken in; empty for the step that opens the dossier.
    pub from: &'static [&'static str],
    /// Who may try it.
    pub action: Action,
    pub fields: &'static [Field],
    /// Form of the circular that the record follows, e.g. `Mẫu 17`.
    pub form: Option<&'static str>,
    pub(crate) decide: fn(&View<'_>) -> Result<Done, Refusal>,
}

/// A kind of dossier.
#[derive(Debug)]
pub struct Kind {
    /// Code in addresses, JSON and storage; the label is `dossier-<code>`.
    pub code: &'static str,
    pub group: Group,
    pub about: About,
    /// What the law calls it, where it has a rule for the whole proceeding.
    pub proceeding: Option<law::Proceeding>,
    /// The opening step first.
    pub steps: &'static [Step],
    /// States in which nothing more is to be done.
    pub closed: &'static [&'static str],
    /// Also for a document that is no longer protected (its paper still has a place).
    pub after_end: bool,
}

impl Kind {
    /// The step that opens a dossier of this kind.
    pub fn opening(&self) -> Option<&'static Step> {
        self.steps.iter().find(|step| step.from.is_empty())
    }

    /// Steps that may follow in a state.
    pub fn next(&self, state: &str) -> Vec<&'static Step> {
        self.steps
            .iter()
            .filter(|step| step.from.contains(&state))
            .collect()
    }

    pub fn step(&self, code: &str) -> Option<&'static Step> {
        self.steps.iter().find(|step| step.code == code)
    }

    pub fn is_closed(&self, state: &str) -> bool {
        self.closed.contains(&state)
    }

    /// Whether the kind can be opened from this document's page.
    pub fn fits(&self, secret: &Secret) -> bool {
        let direction = match self.about {
            About::Document => true,
            About::Received => !secret.issued,
            About::Issued => secret.issued,
            About::Unit => false,
        };
        direction && (self.after_end || secret.status == Status::Active)
    }
}

/// What a dossier is before a step is taken.
#[derive(Debug, Clone, Copy)]
pub struct Stand<'a> {
    pub secret: Option<&'a Secret>,
    pub copies: &'a [crate::custody::HeldCopy],
    /// Empty before the opening step.
    pub state: &'a str,
    pub past: &'a [Taken],
}

/// A secret that has ended, by decision or by law, is protected no more: nothing
/// brings it back.
///
/// # Errors
/// `ACT-08`.
pub fn require_active(secret: &Secret) -> Result<(), Refusal> {
    if secret.status == Status::Active {
        Ok(())
    } else {
        Err(Refusal::new("ACT-08"))
    }
}

/// Judges one step. The first step opens the dossier.
///
/// # Errors
/// `ACCESS-01`; `ACT-03`, `ACT-04`, `BOOK-01`, `BOOK-02`, `BOOK-10` for a value;
/// `ACT-05` for a step out of order; `ACT-08` when the document is no longer
/// protected or gone; and what the step itself refuses.
pub fn take(
    ctx: Ctx<'_>,
    kind: &Kind,
    step: &'static Step,
    stand: Stand<'_>,
    raw: &BTreeMap<String, String>,
) -> Result<(Said, Done), Refusal> {
    access::require(ctx.actor, step.action)?;
    let in_order = if step.from.is_empty() {
        stand.state.is_empty()
    } else {
        step.from.contains(&stand.state)
    };
    if !in_order {
        return Err(Refusal::new("ACT-05")
            .arg("step", format!("step-{}-{}", kind.code, step.code))
            .arg("state", format!("dstate-{}", stand.state)));
    }
    if let Some(secret) = stand.secret
        && !kind.after_end
        && stand.state.is_empty()
    {
        require_active(secret)?;
    }
    let said = said::read(ctx, step.fields, raw)?;
    let view = View {
        ctx,
        secret: stand.secret,
        copies: stand.copies,
        past: stand.past,
        said: &said,
    };
    rules::in_time_order(&view)?;
    let mut done = (step.decide)(&view)?;
    if let Some(secret) = stand.secret
        && done.changes.iter().any(Change::protects)
    {
        require_active(secret)?;
    }
    if step.from.is_empty()
        && let Some(proceeding) = kind.proceeding
    {
        let procedure = ctx.law.procedure(proceeding, done.on);
        for citation in procedure.because {
            if !done.because.contains(&citation) {
                done.because.push(citation);
            }
        }
        done.notes.extend(procedure.notes);
    }
    Ok((said, done))
}
