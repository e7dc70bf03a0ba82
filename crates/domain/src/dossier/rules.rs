//! Checks that several kinds share.

use law::{Act, BookKind, Citation, LegalDate, Level};

use super::state::{Change, Done, Secret, View};
use super::{Field, Input, may, need};
use crate::Refusal;
use crate::book::Draft;
use crate::custody::{HeldCopy, Holder, HolderKind, Move};

/// Who decided, in which post, on what ground if the program does not know the law.
pub(super) const ON: Field = need("on", Input::Day);
pub(super) const DECIDER: Field = need("decider_name", Input::Text);
pub(super) const POST: Field = need("decider_post", Input::Post);
pub(super) const DECISION: Field = need("decision_number", Input::Text);
pub(super) const BASIS: Field = may("basis", Input::Text);
pub(super) const NOTE: Field = may("note", Input::Long);

type Basis = (Vec<Citation>, Vec<String>);

/// The document of the dossier; kinds about a document always have one.
pub(super) fn secret<'a>(view: &View<'a>) -> Result<&'a Secret, Refusal> {
    view.secret.ok_or_else(|| Refusal::new("ACT-17"))
}

/// A step never comes before the one before it, nor before the document.
///
/// # Errors
/// `ACT-07`.
pub(super) fn in_time_order(view: &View<'_>) -> Result<(), Refusal> {
    let on = view.said.on(view.ctx);
    let last = view
        .past
        .last()
        .map(|taken| taken.on)
        .or_else(|| view.secret.map(|secret| secret.facts.since));
    match last {
        Some(last) if on < last => Err(Refusal::new("ACT-07")
            .on("on")
            .arg("date", on.day_month_year())
            .arg("since", last.day_month_year())),
        _ => Ok(()),
    }
}

/// The decider's post must be competent for the act at the level on the day.
/// Where the text of that day is not known, the decider's own written basis
/// (`basis`) is asked for and goes into the record; nothing is guessed.
///
/// # Errors
/// `ACT-01` not competent; `ACT-02` law not known and no basis given.
pub(super) fn competent(view: &View<'_>, act: Act, level: Level) -> Result<Basis, Refusal> {
    competent_as(
        view,
        act,
        level,
        view.said.text("decider_post"),
        "decider_post",
    )
}

/// As [`competent`], for a post in another field.
pub(super) fn competent_as(
    view: &View<'_>,
    act: Act,
    level: Level,
    post: &str,
    field: &'static str,
) -> Result<Basis, Refusal> {
    let on = view.said.on(view.ctx);
    let delegated = view.said.has("delegation");
    let asked = if delegated {
        view.ctx.law.may_delegated(act, level, post, on)
    } else {
        view.ctx.law.may(act, level, post, on)
    };
    let ruling = asked.map_err(|_| Refusal::new("ACT-04").on(field).arg("field", field))?;
    let refuse = |code| {
        Refusal::new(code)
            .on(field)
            .arg("act", act.label_vi())
            .arg("level", level.label_vi())
            .arg("date", on.day_month_year())
            .arg("note", ruling.notes.join("; "))
            .because(ruling.because.clone())
    };
    match ruling.answer {
        law::Verdict::Yes => Ok((ruling.because, ruling.notes)),
        law::Verdict::No => Err(refuse("ACT-01")),
        law::Verdict::Unknown if view.said.has("basis") => {
            let mut notes = ruling.notes.clone();
            notes.push(unverified(view));
            Ok((ruling.because, notes))
        }
        law::Verdict::Unknown => Err(refuse("ACT-02")),
    }
}

/// The remark on a ground that the unit wrote itself.
pub(super) fn unverified(view: &View<'_>) -> String {
    format!(
        "Căn cứ thẩm quyền do đơn vị ghi, chương trình chưa đối chiếu: {}",
        view.said.text("basis")
    )
}

/// Two different accounts: the one that proposed may not record the decision.
///
/// # Errors
/// `ACT-06`.
pub(super) fn another_person(view: &View<'_>, step: &str) -> Result<(), Refusal> {
    let same = view
        .past
        .iter()
        .any(|taken| taken.step == step && taken.account == view.ctx.actor.account);
    if same {
        return Err(Refusal::new("ACT-06"));
    }
    Ok(())
}

/// A value that must be there because of another one.
///
/// # Errors
/// `ACT-03`.
pub(super) fn needed(view: &View<'_>, name: &'static str) -> Result<(), Refusal> {
    if view.said.has(name) {
        Ok(())
    } else {
        Err(Refusal::new("ACT-03").on(name).arg("field", name))
    }
}

/// Copies picked in field `copies`, all lying in a holder kind, moved on to another.
///
/// # Errors
/// `CUST-01` none picked or not of this document; `CUST-02` moved since the form
/// was made; `ACT-09` not where it has to be; `CUST-05` before the last move.
pub(super) fn moves(view: &View<'_>, from: HolderKind, to: &Holder) -> Result<Vec<Move>, Refusal> {
    let on = view.said.on(view.ctx);
    let picked = view.said.copies("copies");
    if picked.is_empty() {
        return Err(Refusal::new("CUST-01").on("copies"));
    }
    picked
        .into_iter()
        .map(|(id, seen)| {
            let copy = view
                .copies
                .iter()
                .find(|copy| copy.id == id)
                .ok_or_else(|| Refusal::new("CUST-01").on("copies"))?;
            one_move(copy, seen, from, to, on)
        })
        .collect()
}

fn one_move(
    copy: &HeldCopy,
    seen: i64,
    from: HolderKind,
    to: &Holder,
    on: LegalDate,
) -> Result<Move, Refusal> {
    let about = |code| {
        Refusal::new(code)
            .on("copies")
            .arg("copy", &copy.label)
            .arg("holder", &copy.holder.name)
            .arg("since", copy.since.day_month_year())
    };
    if copy.moves != seen {
        return Err(about("CUST-02"));
    }
    if copy.holder.kind != from {
        return Err(about("ACT-09"));
    }
    if on < copy.since {
        return Err(about("CUST-05"));
    }
    Ok(Move {
        copy: copy.id,
        label: copy.label.clone(),
        move_no: copy.moves + 1,
        from: copy.holder.clone(),
        to: to.clone(),
        on,
    })
}

/// The line of the transfer book for copies that change hands.
fn transfer_line(view: &View<'_>, secret: &Secret, moves: &[Move], to: &Holder) -> Change {
    let labels: Vec<&str> = moves.iter().map(|step| step.label.as_str()).collect();
    Change::Line(
        BookKind::ChuyenGiao,
        Box::new(Draft {
            entry_date: view.said.on(view.ctx).to_string(),
            envelope: secret.facts.number_symbol.clone(),
            number_symbol: secret.facts.number_symbol.clone(),
            level: secret.facts.level.code().to_owned(),
            quantity: moves.len().to_string(),
            copy_numbers: labels.join(", "),
            recipient: to.name.clone(),
            receiver_sign: view.said.text("receiver_sign").to_owned(),
            note: view.said.text("note").to_owned(),
            ..Draft::default()
        }),
    )
}

/// Copies picked go from one kind of holder to another against signature, with
/// their line in the transfer book.
///
/// # Errors
/// As [`moves`].
pub(super) fn handed(
    view: &View<'_>,
    from: HolderKind,
    to: &Holder,
    state: &'static str,
) -> Result<Done, Refusal> {
    let moved = moves(view, from, to)?;
    let line = transfer_line(view, secret(view)?, &moved, to);
    let sign = view.said.text("receiver_sign").to_owned();
    Ok(Done::to(state, view.said.on(view.ctx))
        .change(Change::Move(moved, sign))
        .change(line))
}

pub(super) fn person(name: &str) -> Holder {
    Holder {
        kind: HolderKind::Person,
        name: name.to_owned(),
    }
}

pub(super) fn body(name: &str) -> Holder {
    Holder {
        kind: HolderKind::Body,
        name: name.to_owned(),
    }
}

pub(super) fn unit(secret: &Secret) -> Holder {
    Holder {
        kind: HolderKind::Unit,
        name: secret.facts.unit_name.clone(),
    }
}
