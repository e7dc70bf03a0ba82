//! Open a document's custody, hand copies over, permit copying.

use law::{Act, LegalDate};

use super::state::{
    CopyForm, CopyPermit, DocumentFacts, HeldCopy, Holder, HolderKind, Move, NewCopy, PermitDraft,
    Permitted, TransferDraft, Transferred,
};
use crate::access::{self, Action};
use crate::book::{Draft, Entry};
use crate::{Ctx, Refusal, limits};

/// Copies of a document that was just registered: an issued one comes from the
/// press, a received one from its sender.
pub fn open(entry: &Entry, unit_name: &str) -> Vec<NewCopy> {
    let count = entry.quantity.unwrap_or(1);
    let from = match entry.kind {
        law::BookKind::Den => Holder {
            kind: HolderKind::Body,
            name: entry.issuer.clone(),
        },
        _ => Holder {
            kind: HolderKind::Issued,
            name: unit_name.to_owned(),
        },
    };
    let named: Vec<&str> = entry
        .copy_numbers
        .split([',', ';'])
        .map(str::trim)
        .filter(|label| !label.is_empty())
        .collect();
    (1..=count)
        .map(|n| NewCopy {
            label: usize::try_from(n - 1)
                .ok()
                .and_then(|index| named.get(index))
                .filter(|_| i64::try_from(named.len()) == Ok(count))
                .map_or_else(|| format!("Bản số {n:02}"), |label| copy_label(label)),
            from: from.clone(),
            to: unit_holder(unit_name),
            on: entry.entry_date,
        })
        .collect()
}

/// Judges a hand-over.
///
/// # Errors
/// `ACCESS-01`; `CUST-01` no copy picked; `CUST-02` the copy has moved since the
/// form was made (given twice); `CUST-03` already with that holder; `CUST-04`
/// receiver or signature missing; `CUST-05` date before the copy's last move;
/// `CUST-06` the copy was destroyed or is in an archive for good;
/// `BOOK-01`, `BOOK-02` date.
pub fn transfer(
    ctx: Ctx<'_>,
    document: &DocumentFacts,
    held: &[HeldCopy],
    draft: &TransferDraft,
) -> Result<Transferred, Refusal> {
    access::require(ctx.actor, Action::WriteBooks)?;
    let on = day(ctx, &draft.on, "on")?;
    let to = receiver(document, draft)?;
    let receiver_sign = text(&draft.receiver_sign, "receiver_sign")?;
    if receiver_sign.is_empty() {
        return Err(Refusal::new("CUST-04").on("receiver_sign"));
    }
    if draft.copies.is_empty() {
        return Err(Refusal::new("CUST-01").on("copies"));
    }
    let mut moves = Vec::new();
    for (id, moves_seen) in &draft.copies {
        moves.push(one_move(held, *id, *moves_seen, &to, on)?);
    }
    let labels: Vec<&str> = moves.iter().map(|m| m.label.as_str()).collect();
    let line = Draft {
        entry_date: on.to_string(),
        envelope: document.number_symbol.clone(),
        number_symbol: document.number_symbol.clone(),
        level: document.level.code().to_owned(),
        quantity: moves.len().to_string(),
        copy_numbers: labels.join(", "),
        recipient: to.name.clone(),
        receiver_sign: receiver_sign.clone(),
        note: text(&draft.note, "note")?,
        ..Draft::default()
    };
    Ok(Transferred {
        on,
        to,
        receiver_sign,
        moves,
        line,
    })
}

fn one_move(
    held: &[HeldCopy],
    id: i64,
    moves_seen: i64,
    to: &Holder,
    on: LegalDate,
) -> Result<Move, Refusal> {
    let copy = held
        .iter()
        .find(|copy| copy.id == id)
        .ok_or_else(|| Refusal::new("CUST-01").on("copies"))?;
    if copy.moves != moves_seen {
        return Err(Refusal::new("CUST-02")
            .on("copies")
            .arg("copy", &copy.label)
            .arg("holder", &copy.holder.name)
            .arg("since", copy.since.day_month_year()));
    }
    if matches!(
        copy.holder.kind,
        HolderKind::Destroyed | HolderKind::Archive
    ) {
        return Err(Refusal::new("CUST-06")
            .on("copies")
            .arg("copy", &copy.label));
    }
    if copy.holder == *to {
        return Err(Refusal::new("CUST-03")
            .on("to_name")
            .arg("copy", &copy.label)
            .arg("holder", &copy.holder.name));
    }
    // A copy that is out comes back to the unit before it goes to another hand.
    if copy.holder.kind != HolderKind::Unit && to.kind != HolderKind::Unit {
        return Err(Refusal::new("CUST-02")
            .on("copies")
            .arg("copy", &copy.label)
            .arg("holder", &copy.holder.name)
            .arg("since", copy.since.day_month_year()));
    }
    if on < copy.since {
        return Err(Refusal::new("CUST-05")
            .on("on")
            .arg("copy", &copy.label)
            .arg("since", copy.since.day_month_year()));
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

fn receiver(document: &DocumentFacts, draft: &TransferDraft) -> Result<Holder, Refusal> {
    let kind = HolderKind::parse(&draft.to_kind)
        .filter(|kind| {
            matches!(
                kind,
                HolderKind::Unit | HolderKind::Person | HolderKind::Body
            )
        })
        .ok_or_else(|| Refusal::new("CUST-04").on("to_kind"))?;
    if kind == HolderKind::Unit {
        return Ok(unit_holder(&document.unit_name));
    }
    let name = text(&draft.to_name, "to_name")?;
    if name.is_empty() {
        return Err(Refusal::new("CUST-04").on("to_name"));
    }
    Ok(Holder { kind, name })
}

/// Judges a permission to copy: the decider's post must be competent for the
/// level on the day of the decision (Luật 29/2018/QH14 Điều 11; Luật
/// 117/2025/QH15 Điều 11).
///
/// # Errors
/// `COPY-01` the post may not permit; `COPY-02` the law of that day is not
/// known; `COPY-03` decider or post missing; `COPY-04` form not known; `COPY-05`
/// number of copies; `COPY-06` before the document came; `BOOK-01`, `BOOK-02`.
pub fn make_copies(
    ctx: Ctx<'_>,
    document: &DocumentFacts,
    draft: &PermitDraft,
) -> Result<Permitted, Refusal> {
    access::require(ctx.actor, Action::PermitCopy)?;
    let permit = permit(ctx, document, draft)?;
    let copies: Vec<NewCopy> = (1..=permit.copies)
        .map(|n| NewCopy {
            label: format!("Bản sao số {:02}", document.copied + n),
            from: Holder {
                kind: HolderKind::Copied,
                name: permit.form.vi().to_owned(),
            },
            to: unit_holder(&document.unit_name),
            on: permit.decided_on,
        })
        .collect();
    let labels: Vec<&str> = copies.iter().map(|copy| copy.label.as_str()).collect();
    let post = ctx
        .law
        .posts_on(permit.decided_on)
        .into_iter()
        .find(|post| post.id == permit.decider_post)
        .map_or_else(|| permit.decider_post.clone(), |post| post.label_vi.clone());
    let line = Draft {
        entry_date: permit.decided_on.to_string(),
        number_symbol: document.number_symbol.clone(),
        doc_type: document.doc_type.clone(),
        level: document.level.code().to_owned(),
        form: permit.form.vi().to_owned(),
        quantity: permit.copies.to_string(),
        copy_numbers: labels.join(", "),
        permitted_by: format!("{} ({post})", permit.decider_name),
        performed_by: permit.performed_by.clone(),
        recipient: permit.recipients.clone(),
        note: text(&draft.note, "note")?,
        ..Draft::default()
    };
    Ok(Permitted {
        permit,
        copies,
        line,
    })
}

fn permit(
    ctx: Ctx<'_>,
    document: &DocumentFacts,
    draft: &PermitDraft,
) -> Result<CopyPermit, Refusal> {
    let decided_on = day(ctx, &draft.decided_on, "decided_on")?;
    if decided_on < document.since {
        return Err(Refusal::new("COPY-06")
            .on("decided_on")
            .arg("since", document.since.day_month_year()));
    }
    let decider_name = text(&draft.decider_name, "decider_name")?;
    let decider_post = text(&draft.decider_post, "decider_post")?;
    let performed_by = text(&draft.performed_by, "performed_by")?;
    for (field, value) in [
        ("decider_name", &decider_name),
        ("decider_post", &decider_post),
        ("performed_by", &performed_by),
    ] {
        if value.is_empty() {
            return Err(Refusal::new("COPY-03").on(field));
        }
    }
    let form = CopyForm::parse(&draft.form).ok_or_else(|| Refusal::new("COPY-04").on("form"))?;
    let copies = draft
        .copies
        .trim()
        .parse::<i64>()
        .ok()
        .filter(|n| (1..=limits::COPIES_MAX).contains(n))
        .ok_or_else(|| {
            Refusal::new("COPY-05")
                .on("copies")
                .arg("text", &draft.copies)
                .arg("max", limits::COPIES_MAX)
        })?;
    let ruling = ctx
        .law
        .may(Act::Copy, document.level, &decider_post, decided_on)
        .map_err(|_| Refusal::new("COPY-03").on("decider_post"))?;
    let refuse = |code| {
        Refusal::new(code)
            .on("decider_post")
            .arg("level", document.level.label_vi())
            .arg("date", decided_on.day_month_year())
            .arg("note", ruling.notes.join("; "))
            .because(ruling.because.clone())
    };
    match ruling.answer {
        law::Verdict::Yes => {}
        law::Verdict::No => return Err(refuse("COPY-01")),
        law::Verdict::Unknown => return Err(refuse("COPY-02")),
    }
    Ok(CopyPermit {
        decided_on,
        decider_name,
        decider_post,
        form,
        copies,
        recipients: text(&draft.recipients, "recipients")?,
        performed_by,
        because: ruling.because,
    })
}

fn unit_holder(unit_name: &str) -> Holder {
    Holder {
        kind: HolderKind::Unit,
        name: unit_name.to_owned(),
    }
}

fn copy_label(label: &str) -> String {
    if label.chars().all(|c| c.is_ascii_digit()) {
        format!("Bản số {label:0>2}")
    } else {
        label.to_owned()
    }
}

fn text(raw: &str, field: &'static str) -> Result<String, Refusal> {
    let text = vanban::text::nfc(raw.trim());
    let chars = text.chars().count();
    if chars > limits::FIELD_CHARS_MAX {
        return Err(Refusal::new("BOOK-10")
            .on(field)
            .arg("chars", chars)
            .arg("max", limits::FIELD_CHARS_MAX));
    }
    Ok(text)
}

fn day(ctx: Ctx<'_>, raw: &str, field: &'static str) -> Result<LegalDate, Refusal> {
    let date = LegalDate::parse(raw.trim())
        .map_err(|_| Refusal::new("BOOK-02").on(field).arg("text", raw.trim()))?;
    if date > ctx.today {
        return Err(Refusal::new("BOOK-01")
            .on(field)
            .arg("date", date.day_month_year())
            .arg("today", ctx.today.day_month_year()));
    }
    Ok(date)
}
