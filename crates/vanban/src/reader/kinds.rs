//! Names of document types and their abbreviations (Decree 30/2020/NĐ-CP, Appendix III; laws,
//! decrees and circulars keep the abbreviation of their number).

/// Type name in lower case and its abbreviation; longer names first.
pub(crate) const KINDS: [(&str, &str); 36] = [
    ("thông tư liên tịch", "TTLT"),
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
    ("pháp lệnh", "PL"),
    ("văn bản", "VB"),
    ("luật", "Luật"),
    ("lệnh", "L"),
];

/// Abbreviation of a type name given in any case.
pub(crate) fn code(name: &str) -> Option<&'static str> {
    let low = name.trim().to_lowercase();
    KINDS
        .iter()
        .find(|(kind, _)| *kind == low)
        .map(|(_, code)| *code)
}

/// Vietnamese name of an abbreviation, with a capital.
pub(crate) fn name(code: &str) -> String {
    let name = KINDS
        .iter()
        .find(|(_, kind)| *kind == code)
        .map_or(code, |(name, _)| name);
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// Abbreviation that the symbol of a number starts with: `191/TTr-CAT` gives `TTr`.
pub(crate) fn code_of_number(number: &str) -> Option<&'static str> {
    let symbol = number
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .trim_start_matches(['/', '-']);
    let symbol = symbol
        .split_once('/')
        .filter(|(year, _)| year.bytes().all(|b| b.is_ascii_digit()))
        .map_or(symbol, |(_, rest)| rest);
    let first = symbol.split(['-', '/']).next()?;
    KINDS
        .iter()
        .find(|(_, code)| *code == first)
        .map(|(_, code)| *code)
}
