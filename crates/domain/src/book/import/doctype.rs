//! Type and subject out of one cell (`Tên loại và trích yếu`).

use vanban::reader::kinds::{KINDS, Kind};

/// Types that lines of a book name.
fn in_books() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(|kind| kind.in_books)
}

/// A cell taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TypeSubject {
    pub doc_type: String,
    pub subject: String,
    /// The type does not stand in the cell; it follows from the symbol.
    pub guessed: bool,
}

/// Takes `Kế hoạch kiểm tra ...` apart into the type and the rest. A cell without a
/// type name gets the type from the symbol: `15/TTr-STP` a Tờ trình, and a symbol of
/// bodies alone (`15/STP-VP`) a Công văn, which has no type in its symbol. What
/// cannot be told apart stays in the subject, never in the type: the rules on the
/// subject of Tuyệt mật then apply to it.
pub(super) fn split(text: &str, number_symbol: &str) -> TypeSubject {
    let text = vanban::text::squeeze(&vanban::text::nfc(text));
    if let Some((doc_type, rest)) = named(&text) {
        return TypeSubject {
            doc_type,
            subject: rest,
            guessed: false,
        };
    }
    let doc_type = of_symbol(number_symbol);
    TypeSubject {
        guessed: doc_type.is_some(),
        doc_type: doc_type.unwrap_or_default(),
        subject: text,
    }
}

/// The type name at the start of a text, as written, and what follows it.
fn named(text: &str) -> Option<(String, String)> {
    let first: String = text.chars().next()?.to_lowercase().collect();
    let mut alike = in_books().filter(|kind| kind.name.starts_with(&first));
    let (kind, end) = alike.find_map(|kind| {
        let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
        let end = ends.nth(kind.name.chars().count().checked_sub(1)?)?;
        let head = text.get(..end)?;
        (head.to_lowercase() == kind.name).then_some((kind, end))
    })?;
    let rest = text.get(end..)?;
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | '-' | '–' | ',' | '.' | ';')
    });
    Some((kind.title(), rest.to_owned()))
}

/// The type that a symbol names; Công văn when it names bodies alone.
fn of_symbol(number_symbol: &str) -> Option<String> {
    let (number, symbol) = number_symbol.trim().split_once('/')?;
    let is_number = !number.trim().is_empty() && number.trim().bytes().all(|b| b.is_ascii_digit());
    // `12/2024/KH-STP`: the year stands between.
    let symbol = match symbol.split_once('/') {
        Some((year, rest)) if year.trim().bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => symbol,
    };
    let first = symbol.split(['-', '/']).next()?.trim();
    if let Some(kind) = in_books().find(|kind| kind.code == first) {
        return Some(kind.title());
    }
    let folded = vanban::text::fold(first);
    let mut alike = in_books().filter(|kind| vanban::text::fold(kind.code) == folded);
    if let Some(kind) = alike.next() {
        // `DA` without marks is Dự án or Đề án.
        return alike.next().is_none().then(|| kind.title());
    }
    let bodies = symbol.contains('-')
        && !first.is_empty()
        && symbol
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '&' | ' '));
    (is_number && bodies).then(|| "Công văn".to_owned())
}
