//! Register, correct, void.

use law::{BookKind, LegalDate, Level, SubjectUse};

use super::level::level_from_text;
use super::state::{BookState, Draft, Entry, EntryState, Existing, Voided};
use super::year::require_open;
use crate::access::{self, Action};
use crate::{Ctx, Fact, Refusal, limits};

/// Judges a new line of a book.
///
/// # Errors
/// `ACCESS-01`; `BOOK-01` date in the future; `BOOK-02` not a date; `BOOK-03`
/// level not in law; `BOOK-04` subject of Tuyệt mật forbidden; `BOOK-05` subject
/// of Tuyệt mật without consent; `BOOK-06` field missing; `BOOK-07` number
/// already registered; `BOOK-08` document younger than its registration;
/// `BOOK-09` no edition of the book in force that day; `BOOK-10` field too long;
/// `BOOK-11` work secret; `BOOK-12` number of copies; `BOOK-16` short form of two
/// levels.
pub fn register(
    ctx: Ctx<'_>,
    kind: BookKind,
    state: &BookState,
    draft: &Draft,
) -> Result<Entry, Refusal> {
    access::require(ctx.actor, Action::WriteBooks)?;
    let draft = clean(draft)?;
    let entry_date = entry_date(ctx, &draft)?;
    let edition = ctx.law.book_edition(kind, entry_date).ok_or_else(|| {
        Refusal::new("BOOK-09")
            .on("entry_date")
            .arg("date", entry_date.day_month_year())
    })?;
    let level = level(&draft)?;
    require_fields(kind, &draft, level)?;
    let (subject, subject_consent) = subject(ctx, &draft, level, entry_date)?;
    let doc_date = optional_date(&draft.doc_date, "doc_date")?;
    if let Some(date) = doc_date
        && date > entry_date
    {
        return Err(Refusal::new("BOOK-08")
            .on("doc_date")
            .arg("doc", date.day_month_year())
            .arg("entry", entry_date.day_month_year()));
    }
    if let Some(serial) = state.same_number {
        return Err(Refusal::new("BOOK-07")
            .on("number_symbol")
            .arg("number", &draft.number_symbol)
            .arg("serial", serial));
    }
    let quantity = quantity(&draft)?;
    let mut entry = Entry {
        kind,
        year: i64::from(entry_date.year()),
        edition: edition.id.clone(),
        entry_date,
        number_key: number_key(&draft.number_symbol),
        number_symbol: draft.number_symbol,
        doc_date,
        doc_type: draft.doc_type,
        subject,
        subject_consent,
        level,
        signer: draft.signer,
        issuer: draft.issuer,
        recipient: draft.recipient,
        receiver_sign: draft.receiver_sign,
        holder: draft.holder,
        quantity,
        copy_numbers: draft.copy_numbers,
        arrival_number: draft.arrival_number,
        envelope: draft.envelope,
        form: draft.form,
        permitted_by: draft.permitted_by,
        performed_by: draft.performed_by,
        surplus: draft.surplus,
        note: draft.note,
        late: entry_date < ctx.today,
        words: Vec::new(),
    };
    entry.words = words(&entry);
    Ok(entry)
}

/// Judges a correction: the old line stays, struck through, and names the new. It
/// stands in the book of the same year, or, once that is closed, in a later one.
///
/// # Errors
/// `BOOK-13` the line is already voided or corrected; `BOOK-14` no reason; `BOOK-15`
/// another year; `BOOK-17` the year is closed; and everything [`register`] refuses.
pub fn correct(
    ctx: Ctx<'_>,
    old: &Existing,
    state: &BookState,
    draft: &Draft,
    reason: &str,
) -> Result<(Entry, String), Refusal> {
    must_be_active(old)?;
    let reason = reason_text(reason)?;
    let mut draft = draft.clone();
    let closed = old.stand.closed_on.is_some();
    let mark = if closed {
        let (serial, year) = (old.serial, old.year);
        format!("Đính chính mục số {serial:02} sổ năm {year} (đã khóa): {reason}")
    } else {
        format!("Đính chính mục số {:02}: {reason}", old.serial)
    };
    draft.note = if draft.note.trim().is_empty() {
        mark
    } else {
        format!("{}; {mark}", draft.note.trim())
    };
    let entry = register(ctx, old.kind, state, &draft)?;
    if closed && entry.year <= old.year {
        require_open(old.year, old.stand)?;
    }
    if !closed && entry.year != old.year {
        return Err(Refusal::new("BOOK-15")
            .on("entry_date")
            .arg("year", old.year));
    }
    Ok((entry, reason))
}

/// Judges a void: the line keeps its number and stays readable.
///
/// # Errors
/// `BOOK-13` already voided or corrected; `BOOK-14` no reason; `BOOK-17` the year is
/// closed: what was wrong in it is corrected in an open year.
pub fn void(ctx: Ctx<'_>, old: &Existing, reason: &str) -> Result<Voided, Refusal> {
    access::require(ctx.actor, Action::WriteBooks)?;
    must_be_active(old)?;
    require_open(old.year, old.stand)?;
    let reason = reason_text(reason)?;
    let fact = Fact::new("entry.voided")
        .with("book", old.kind.code())
        .with("year", old.year)
        .with("serial", old.serial);
    Ok(Voided { reason, fact })
}

fn must_be_active(old: &Existing) -> Result<(), Refusal> {
    if old.state == EntryState::Active {
        Ok(())
    } else {
        Err(Refusal::new("BOOK-13").arg("serial", old.serial))
    }
}

fn reason_text(reason: &str) -> Result<String, Refusal> {
    let reason = vanban::text::nfc(reason.trim());
    if reason.chars().count() < 3 {
        return Err(Refusal::new("BOOK-14").on("reason"));
    }
    short(&reason, "reason", limits::SUBJECT_CHARS_MAX)?;
    Ok(reason)
}

/// Trims, composes (NFC) and bounds every field.
fn clean(draft: &Draft) -> Result<Draft, Refusal> {
    let line = |text: &str, field: &'static str| -> Result<String, Refusal> {
        let text = one_line(text);
        short(&text, field, limits::FIELD_CHARS_MAX)?;
        Ok(text)
    };
    let long = |text: &str, field: &'static str| -> Result<String, Refusal> {
        let text = one_line(text);
        short(&text, field, limits::SUBJECT_CHARS_MAX)?;
        Ok(text)
    };
    Ok(Draft {
        entry_date: line(&draft.entry_date, "entry_date")?,
        number_symbol: line(&draft.number_symbol, "number_symbol")?,
        doc_date: line(&draft.doc_date, "doc_date")?,
        doc_type: line(&draft.doc_type, "doc_type")?,
        subject: long(&draft.subject, "subject")?,
        subject_consent: line(&draft.subject_consent, "subject_consent")?,
        level: line(&draft.level, "level")?,
        signer: line(&draft.signer, "signer")?,
        issuer: line(&draft.issuer, "issuer")?,
        recipient: long(&draft.recipient, "recipient")?,
        receiver_sign: line(&draft.receiver_sign, "receiver_sign")?,
        holder: line(&draft.holder, "holder")?,
        quantity: line(&draft.quantity, "quantity")?,
        copy_numbers: line(&draft.copy_numbers, "copy_numbers")?,
        arrival_number: line(&draft.arrival_number, "arrival_number")?,
        envelope: line(&draft.envelope, "envelope")?,
        form: line(&draft.form, "form")?,
        permitted_by: line(&draft.permitted_by, "permitted_by")?,
        performed_by: line(&draft.performed_by, "performed_by")?,
        surplus: line(&draft.surplus, "surplus")?,
        note: long(&draft.note, "note")?,
    })
}

fn one_line(text: &str) -> String {
    let text = vanban::text::nfc(text);
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn short(text: &str, field: &'static str, chars_max: usize) -> Result<(), Refusal> {
    let chars = text.chars().count();
    if chars > chars_max {
        return Err(Refusal::new("BOOK-10")
            .on(field)
            .arg("chars", chars)
            .arg("max", chars_max));
    }
    Ok(())
}

fn entry_date(ctx: Ctx<'_>, draft: &Draft) -> Result<LegalDate, Refusal> {
    let date =
        optional_date(&draft.entry_date, "entry_date")?.ok_or_else(|| missing("entry_date"))?;
    if date > ctx.today {
        return Err(Refusal::new("BOOK-01")
            .on("entry_date")
            .arg("date", date.day_month_year())
            .arg("today", ctx.today.day_month_year()));
    }
    Ok(date)
}

fn optional_date(text: &str, field: &'static str) -> Result<Option<LegalDate>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    LegalDate::parse(text)
        .map(Some)
        .map_err(|_| Refusal::new("BOOK-02").on(field).arg("text", text))
}

fn level(draft: &Draft) -> Result<Option<Level>, Refusal> {
    if draft.level.is_empty() {
        return Ok(None);
    }
    level_from_text(&draft.level).map(Some)
}

fn missing(field: &'static str) -> Refusal {
    Refusal::new("BOOK-06").on(field).arg("field", field)
}

fn require_fields(kind: BookKind, draft: &Draft, level: Option<Level>) -> Result<(), Refusal> {
    let required: &[(&'static str, &str)] = match kind {
        BookKind::Di => &[
            ("number_symbol", &draft.number_symbol),
            ("doc_date", &draft.doc_date),
            ("doc_type", &draft.doc_type),
            ("signer", &draft.signer),
            ("recipient", &draft.recipient),
        ],
        BookKind::Den => &[
            ("issuer", &draft.issuer),
            ("number_symbol", &draft.number_symbol),
        ],
        BookKind::ChuyenGiao => &[
            ("envelope", &draft.envelope),
            ("recipient", &draft.recipient),
            ("receiver_sign", &draft.receiver_sign),
        ],
        BookKind::SaoChup => &[
            ("number_symbol", &draft.number_symbol),
            ("form", &draft.form),
            ("permitted_by", &draft.permitted_by),
            ("performed_by", &draft.performed_by),
        ],
    };
    if let Some((field, _)) = required.iter().find(|(_, text)| text.is_empty()) {
        return Err(missing(field));
    }
    if level.is_none() {
        return Err(missing("level"));
    }
    Ok(())
}

fn subject(
    ctx: Ctx<'_>,
    draft: &Draft,
    level: Option<Level>,
    on: LegalDate,
) -> Result<(Option<String>, Option<String>), Refusal> {
    if draft.subject.is_empty() {
        return Ok((None, None));
    }
    let Some(level) = level else {
        return Ok((Some(draft.subject.clone()), None));
    };
    let found = ctx.law.subject_rule(level, on);
    match found.rule {
        Some(SubjectUse::Allowed) => Ok((Some(draft.subject.clone()), None)),
        Some(SubjectUse::ConsentInWriting) => {
            if draft.subject_consent.is_empty() {
                return Err(Refusal::new("BOOK-05")
                    .on("subject_consent")
                    .because(found.because));
            }
            Ok((
                Some(draft.subject.clone()),
                Some(draft.subject_consent.clone()),
            ))
        }
        Some(SubjectUse::Forbidden) | None => {
            Err(Refusal::new("BOOK-04").on("subject").because(found.because))
        }
    }
}

fn quantity(draft: &Draft) -> Result<Option<i64>, Refusal> {
    if draft.quantity.is_empty() {
        return Ok(None);
    }
    let refusal = || {
        Refusal::new("BOOK-12")
            .on("quantity")
            .arg("text", &draft.quantity)
            .arg("max", limits::COPIES_MAX)
    };
    let count: i64 = draft.quantity.parse().map_err(|_| refusal())?;
    if (1..=limits::COPIES_MAX).contains(&count) {
        Ok(Some(count))
    } else {
        Err(refusal())
    }
}

/// `12/QĐ-STP` and `12 / QD-STP` are the same number to a person.
pub(crate) fn number_key(number_symbol: &str) -> String {
    vanban::text::fold(number_symbol)
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '/' || *c == '-')
        .collect()
}

/// Folded words by which a line is found, each once.
pub(crate) fn words(entry: &Entry) -> Vec<String> {
    let mut found = std::collections::BTreeSet::new();
    let texts = [
        entry.number_symbol.as_str(),
        entry.doc_type.as_str(),
        entry.subject.as_deref().unwrap_or_default(),
        entry.signer.as_str(),
        entry.issuer.as_str(),
        entry.recipient.as_str(),
        entry.receiver_sign.as_str(),
        entry.holder.as_str(),
        entry.envelope.as_str(),
        entry.arrival_number.as_str(),
        entry.note.as_str(),
    ];
    for text in texts {
        found.extend(vanban::text::words(text));
    }
    found.into_iter().collect()
}

/// By what a second registration of the same document is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoubleKey {
    pub year: i64,
    pub number_key: String,
    pub issuer: String,
    pub doc_date: Option<String>,
}

/// The key of a draft, or `None` where numbers may repeat (hand-overs and copies
/// of one document are many) or where the draft is not complete enough.
pub fn double_key(kind: BookKind, draft: &Draft) -> Option<DoubleKey> {
    if !matches!(kind, BookKind::Di | BookKind::Den) || draft.number_symbol.trim().is_empty() {
        return None;
    }
    let entry_date = LegalDate::parse(draft.entry_date.trim()).ok()?;
    let doc_date = LegalDate::parse(draft.doc_date.trim()).ok();
    Some(DoubleKey {
        year: i64::from(entry_date.year()),
        number_key: number_key(&one_line(&draft.number_symbol)),
        issuer: one_line(&draft.issuer),
        doc_date: doc_date.map(|date| date.to_string()),
    })
}

/// A work secret as it may be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkSecret {
    pub number_symbol: String,
    pub doc_date: Option<LegalDate>,
    pub subject: String,
    pub keeper: String,
    pub note: String,
}

/// Judges a note of a work secret (bí mật công tác, Bộ luật Hình sự Điều 361-362):
/// another thing than a state secret, so it gets no level.
///
/// # Errors
/// `ACCESS-01`; `BOOK-01`, `BOOK-02` date; `BOOK-06` subject or keeper missing;
/// `BOOK-10` too long.
pub fn work_secret(
    ctx: Ctx<'_>,
    number_symbol: &str,
    doc_date: &str,
    subject: &str,
    keeper: &str,
    note: &str,
) -> Result<WorkSecret, Refusal> {
    access::require(ctx.actor, Action::WriteBooks)?;
    let draft = clean(&Draft {
        number_symbol: number_symbol.to_owned(),
        doc_date: doc_date.to_owned(),
        subject: subject.to_owned(),
        holder: keeper.to_owned(),
        note: note.to_owned(),
        ..Draft::default()
    })?;
    for (field, text) in [("subject", &draft.subject), ("keeper", &draft.holder)] {
        if text.is_empty() {
            return Err(missing(field));
        }
    }
    let doc_date = optional_date(&draft.doc_date, "doc_date")?;
    if let Some(date) = doc_date
        && date > ctx.today
    {
        return Err(Refusal::new("BOOK-01")
            .on("doc_date")
            .arg("date", date.day_month_year())
            .arg("today", ctx.today.day_month_year()));
    }
    Ok(WorkSecret {
        number_symbol: draft.number_symbol,
        doc_date,
        subject: draft.subject,
        keeper: draft.holder,
        note: draft.note,
    })
}
