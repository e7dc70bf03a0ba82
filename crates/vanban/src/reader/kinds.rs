//! Names of document types and their abbreviations (Decree 30/2020/NĐ-CP, Appendix III; laws,
//! decrees and circulars keep the abbreviation of their number), and those of the Party and of the
//! National Assembly that a unit receives.

/// A document type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// In lower case.
    pub name: &'static str,
    /// As it stands in a symbol.
    pub code: &'static str,
    /// Whether lines of a unit's books name it; false for acts of the legislator and for
    /// words that only stand in for a type.
    pub in_books: bool,
}

const fn kind(name: &'static str, code: &'static str) -> Kind {
    Kind {
        name,
        code,
        in_books: true,
    }
}

const fn cited(name: &'static str, code: &'static str) -> Kind {
    Kind {
        name,
        code,
        in_books: false,
    }
}

/// All types; longer names first.
pub const KINDS: [Kind; 36] = [
    kind("thông tư liên tịch", "TTLT"),
    kind("bản thỏa thuận", "BTT"),
    kind("bản ghi nhớ", "BGN"),
    kind("giấy giới thiệu", "GGT"),
    kind("giấy ủy quyền", "GUQ"),
    kind("giấy nghỉ phép", "GNP"),
    kind("chương trình", "CTr"),
    kind("nghị quyết", "NQ"),
    kind("nghị định", "NĐ"),
    kind("thông tư", "TT"),
    kind("quyết định", "QĐ"),
    kind("chỉ thị", "CT"),
    kind("quy chế", "QC"),
    kind("quy định", "QyĐ"),
    kind("thông cáo", "TC"),
    kind("thông báo", "TB"),
    kind("hướng dẫn", "HD"),
    kind("kế hoạch", "KH"),
    kind("phương án", "PA"),
    kind("đề án", "ĐA"),
    kind("dự án", "DA"),
    kind("báo cáo", "BC"),
    kind("biên bản", "BB"),
    kind("tờ trình", "TTr"),
    kind("hợp đồng", "HĐ"),
    kind("công điện", "CĐ"),
    kind("công văn", "CV"),
    kind("giấy mời", "GM"),
    kind("phiếu gửi", "PG"),
    kind("phiếu chuyển", "PC"),
    kind("phiếu báo", "PB"),
    kind("kết luận", "KL"),
    cited("pháp lệnh", "PL"),
    cited("văn bản", "VB"),
    cited("luật", "Luật"),
    cited("lệnh", "L"),
];

/// Abbreviation of a type name given in any case.
pub(crate) fn code(name: &str) -> Option<&'static str> {
    let low = name.trim().to_lowercase();
    KINDS
        .iter()
        .find(|kind| kind.name == low)
        .map(|kind| kind.code)
}

/// Vietnamese name of an abbreviation, with a capital.
pub(crate) fn name(code: &str) -> String {
    KINDS
        .iter()
        .find(|kind| kind.code == code)
        .map_or_else(|| capital(code), Kind::title)
}

impl Kind {
    /// The name as a text begins with it: `Kế hoạch`.
    pub fn title(&self) -> String {
        capital(self.name)
    }
}

fn capital(name: &str) -> String {
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
        .find(|kind| kind.code == first)
        .map(|kind| kind.code)
}
