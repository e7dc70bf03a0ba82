//! Type and subject out of one cell (`Tên loại và trích yếu`).

/// Names of document types and the abbreviation in the symbol (NĐ 30/2020/NĐ-CP
/// Điều 7, Phụ lục III), and those of the Party and of the National Assembly that
/// a unit receives; longer names first.
const KINDS: [(&str, &str); 31] = [
    ("bản thỏa thuận", "BTT"),
    ("bản ghi nhớ", "BGN"),
    ("giấy giới thiệu", "GGT"),
    ("giấy ủy quyền", "GUQ"),
    ("giấy nghỉ phép", "GNP"),
    ("chương trình", "CTr"),
    ("nghị quyết", "NQ"),
    ("nghị định", "NĐ"),
    ("thông tư", "TT"),
    ("quyết định", "QĐ"),
    ("chỉ thị", "CT"),
    ("quy chế", "QC"),
    ("quy định", "QyĐ"),
    ("thông cáo", "TC"),
    ("thông báo", "TB"),
    ("hướng dẫn", "HD"),
    ("kế hoạch", "KH"),
    ("phương án", "PA"),
    ("đề án", "ĐA"),
    ("dự án", "DA"),
    ("báo cáo", "BC"),
    ("biên bản", "BB"),
    ("tờ trình", "TTr"),
    ("hợp đồng", "HĐ"),
    ("công điện", "CĐ"),
    ("công văn", "CV"),
    ("giấy mời", "GM"),
    ("phiếu gửi", "PG"),
    ("phiếu chuyển", "PC"),
    ("phiếu báo", "PB"),
    ("kết luận", "KL"),
];

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
    let mut alike = KINDS.iter().filter(|(kind, _)| kind.starts_with(&first));
    let (kind, end) = alike.find_map(|(kind, _)| {
        let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
        let end = ends.nth(kind.chars().count().checked_sub(1)?)?;
        let head = text.get(..end)?;
        (head.to_lowercase() == *kind).then_some((*kind, end))
    })?;
    let rest = text.get(end..)?;
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | '-' | '–' | ',' | '.' | ';')
    });
    Some((capital(kind), rest.to_owned()))
}

fn capital(kind: &str) -> String {
    let mut chars = kind.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
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
    if let Some((kind, _)) = KINDS.iter().find(|(_, code)| *code == first) {
        return Some(capital(kind));
    }
    let folded = vanban::text::fold(first);
    let mut alike = KINDS
        .iter()
        .filter(|(_, code)| vanban::text::fold(code) == folded);
    if let Some((kind, _)) = alike.next() {
        // `DA` without marks is Dự án or Đề án.
        return alike.next().is_none().then(|| capital(kind));
    }
    let bodies = symbol.contains('-')
        && !first.is_empty()
        && symbol
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '&' | ' '));
    (is_number && bodies).then(|| "Công văn".to_owned())
}
