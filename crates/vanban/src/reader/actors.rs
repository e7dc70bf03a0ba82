//! Who is charged: the body, post or group that a sentence names before its verb.

use super::tokens::{Token, any_phrase, phrase, tokens};
use crate::text::squeeze;

/// Longest name of those charged, in words.
const NAME_WORDS_MAX: usize = 70;

/// Those charged by a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    /// Each body or group, as written.
    pub actors: Vec<String>,
    /// Whether a verb follows; a heading names bodies without one.
    pub has_verb: bool,
}

/// Two-word openings of a body or group, in lower case; they may stand in lower case in the text.
const GROUPS: [&str; 32] = [
    "các sở",
    "các ban",
    "các cơ quan",
    "các đơn vị",
    "các địa phương",
    "các phòng",
    "các cấp",
    "các tổ chức",
    "các doanh nghiệp",
    "các huyện",
    "các xã",
    "các phường",
    "các thành ủy",
    "các huyện ủy",
    "các đảng ủy",
    "các bộ",
    "các thành viên",
    "các đồng chí",
    "các trường",
    "các hội",
    "các ngành",
    "các đoàn thể",
    "các thành phố",
    "các chi bộ",
    "ban cán sự",
    "người đứng đầu",
    "thủ trưởng",
    "cấp ủy",
    "các cá nhân",
    "các chủ đầu tư",
    "các cục",
    "các viện",
];

/// Openings that count when they start with a capital letter.
const CAPITALS: [&str; 42] = [
    "công an",
    "ủy ban",
    "uỷ ban",
    "ubnd",
    "ubmttq",
    "văn phòng",
    "tỉnh ủy",
    "thành ủy",
    "huyện ủy",
    "đảng ủy",
    "đảng bộ",
    "đảng đoàn",
    "tỉnh đoàn",
    "thành đoàn",
    "thường trực",
    "giám đốc",
    "phó giám đốc",
    "chủ tịch",
    "phó chủ tịch",
    "chánh văn",
    "chánh thanh",
    "chánh án",
    "trưởng đoàn",
    "trưởng ban",
    "trưởng phòng",
    "trưởng các",
    "phó trưởng",
    "đoàn kiểm",
    "đoàn thanh",
    "đồng chí",
    "thành viên",
    "kho bạc",
    "thanh tra tỉnh",
    "chi cục",
    "tổng cục",
    "trung tâm",
    "mặt trận",
    "liên đoàn",
    "tòa án",
    "ngân hàng",
    "bảo hiểm",
    "hội đồng",
];

/// More of the same.
const CAPITALS_MORE: [&str; 18] = [
    "hđnd",
    "đơn vị",
    "cơ quan",
    "lãnh đạo",
    "toàn thể",
    "cán bộ",
    "cá nhân",
    "công chức",
    "bí thư",
    "chi bộ",
    "mttq",
    "thành phố",
    "tỉnh đội",
    "tổ công",
    "tổ giúp",
    "người được",
    "viện kiểm",
    "bộ phận",
];

/// One-word openings that need a capital on the next word: `Sở Tư pháp`, not `Sở hữu`.
const SINGLES: [&str; 15] = [
    "sở",
    "bộ",
    "ban",
    "cục",
    "vụ",
    "viện",
    "phòng",
    "trường",
    "báo",
    "đài",
    "hội",
    "tổ",
    "đoàn",
    "thanh",
    "quân",
];

/// Words that only look like the opening of a body, above all in capitals.
const NOT_BODIES: [&str; 9] = [
    "tổ chức",
    "ban hành",
    "báo cáo",
    "hội nghị",
    "phòng ngừa",
    "phòng chống",
    "trường hợp",
    "đoàn kết",
    "thanh tra kiểm",
];

/// Verbs that end a name.
const VERBS: [&str; 88] = [
    "chịu trách nhiệm",
    "có trách nhiệm",
    "có nhiệm vụ",
    "phối hợp",
    "chủ trì",
    "thực hiện",
    "tổ chức",
    "xây dựng",
    "căn cứ",
    "theo chức năng",
    "theo nhiệm vụ",
    "theo dõi",
    "theo phạm vi",
    "tham mưu",
    "lãnh đạo",
    "chỉ đạo",
    "quán triệt",
    "triển khai",
    "tăng cường",
    "hướng dẫn",
    "tiếp tục",
    "chuẩn bị",
    "bố trí",
    "báo cáo",
    "gửi",
    "sẽ",
    "nêu",
    "nghe",
    "tiến hành",
    "nhận xét",
    "được",
    "phải",
    "chủ động",
    "kịp thời",
    "đề xuất",
    "rà soát",
    "ban hành",
    "cử",
    "bảo đảm",
    "đảm bảo",
    "làm tốt",
    "đề nghị",
    "nghiên cứu",
    "xử lý",
    "tổng hợp",
    "đôn đốc",
    "tuyên truyền",
    "phổ biến",
    "thông báo",
    "nâng cao",
    "xác định",
    "lập",
    "trên cơ sở",
    "khẩn trương",
    "nghiêm túc",
    "thường xuyên",
    "tích cực",
    "giúp",
    "lồng ghép",
    "cung cấp",
    "kiểm tra",
    "thanh tra",
    "giám sát",
    "đăng tải",
    "yêu cầu",
    "giao",
    "trình",
    "thẩm định",
    "cân đối",
    "đẩy mạnh",
    "duy trì",
    "bổ sung",
    "hoàn thành",
    "chấp hành",
    "tập trung",
    "phân công",
    "hỗ trợ",
    "phát hiện",
    "xác minh",
    "điều tra",
    "giải quyết",
    "đưa",
    "tập hợp",
    "phát huy",
    "chú trọng",
    "quan tâm",
    "đánh giá",
    "tạo",
];

/// Openings of a clause that may stand before the name.
const INTROS: [&str; 26] = [
    "quá trình",
    "trong quá trình",
    "khi",
    "kết thúc",
    "hoàn thành",
    "căn cứ",
    "sau khi",
    "trên cơ sở",
    "trước khi",
    "nếu",
    "trường hợp",
    "định kỳ",
    "hằng năm",
    "hàng năm",
    "hằng quý",
    "hàng quý",
    "theo",
    "trong",
    "tại",
    "ngoài ra",
    "bên cạnh đó",
    "đồng thời",
    "cùng với đó",
    "để",
    "nhằm",
    "từ",
];

/// Verbs with which one body charges another.
const CHARGES: [&str; 3] = ["yêu cầu", "đề nghị", "giao"];

/// Longest row of bodies that charge one another.
const CHARGES_DEPTH_MAX: usize = 5;

/// Words that may stand before the name without belonging to it.
const PREFIXES: [&str; 7] = [
    "giao cho",
    "giao",
    "đề nghị",
    "yêu cầu",
    "riêng",
    "phân công",
    "đối với",
];

/// Those charged by a sentence, if it names anybody before its verb.
pub(crate) fn subject(sentence: &str) -> Option<Subject> {
    let words = tokens(sentence);
    let from = any_phrase(&words, 0, &PREFIXES).unwrap_or(0);
    if let Some(found) = subject_at(sentence, &words, from) {
        return Some(found);
    }
    any_phrase(&words, 0, &INTROS)?;
    (1..words.len()).find_map(|at| {
        let before = words.get(at - 1)?;
        let opened = before.tail().starts_with(',') || before.low == "này";
        let from = any_phrase(&words, at, &PREFIXES).unwrap_or(at);
        (opened && is_head(&words, from))
            .then(|| subject_at(sentence, &words, from))
            .flatten()
            .filter(|found| found.has_verb)
    })
}

fn subject_at(text: &str, words: &[Token<'_>], from: usize) -> Option<Subject> {
    charged(text, words, from, CHARGES_DEPTH_MAX)
}

/// As [`subject_at`]; `depth` bounds how many bodies may charge one another in a row.
fn charged(text: &str, words: &[Token<'_>], from: usize, depth: usize) -> Option<Subject> {
    let depth = depth.checked_sub(1)?;
    is_head(words, from).then_some(())?;
    let to = name_end(words, from);
    let verb = verb(words, to);
    if verb.is_none() && !is_whole(words, to) {
        return None;
    }
    // "UBND tỉnh yêu cầu các sở ...": the second body is charged.
    if let Some(next) = any_phrase(words, to, &CHARGES)
        && is_head(words, next)
        && let Some(found) = charged(text, words, next, depth)
    {
        return Some(found);
    }
    let mut actors = names(text, words, from, to);
    // "Đảng ủy A lãnh đạo Công an B tiếp tục ...": both are charged.
    if let Some(next) = any_phrase(words, to, &["lãnh đạo", "chỉ đạo"])
        && is_head(words, next)
        && let Some(found) = charged(text, words, next, depth)
        && found.has_verb
    {
        for actor in found.actors {
            if !actors.contains(&actor) {
                actors.push(actor);
            }
        }
    }
    (!actors.is_empty()).then_some(Subject {
        actors,
        has_verb: verb.is_some(),
    })
}

/// Whether nothing but the name stands in the text.
fn is_whole(words: &[Token<'_>], to: usize) -> bool {
    to >= words.len()
        || words
            .get(to - 1)
            .is_some_and(|last| last.tail().contains(':'))
}

/// Whether a name starts at token `at`.
fn is_head(words: &[Token<'_>], at: usize) -> bool {
    let Some(first) = words.get(at) else {
        return false;
    };
    if any_phrase(words, at, &GROUPS).is_some() {
        return true;
    }
    if any_phrase(words, at, &NOT_BODIES).is_some() {
        return false;
    }
    if !first.is_capital() {
        return false;
    }
    if CAPITALS
        .iter()
        .chain(&CAPITALS_MORE)
        .any(|head| phrase(words, at, head).is_some())
        || matches!(first.low.as_str(), "ubnd" | "hđnd" | "ubmttq")
    {
        return true;
    }
    if !SINGLES.contains(&first.low.as_str()) {
        return false;
    }
    let next = words.get(at + 1);
    next.is_some_and(Token::is_capital) && first.tail().is_empty()
        || (first.low == "đoàn" && verb(words, at + 1).is_some() && first.tail().is_empty())
}

/// Index after the last word of a name that starts at `from`.
fn name_end(words: &[Token<'_>], from: usize) -> usize {
    let mut at = from + 1;
    let mut depth = 0usize;
    while let Some(word) = words.get(at).filter(|_| at < from + NAME_WORDS_MAX) {
        if words.get(at - 1).is_some_and(|last| {
            last.tail().contains(':') || (last.tail().contains('.') && word.is_capital())
        }) {
            return at;
        }
        depth += word.raw.matches('(').count();
        if depth == 0 {
            if let Some(next) = passive(words, at) {
                at = next;
                continue;
            }
            if verb(words, at).is_some() {
                return at;
            }
        }
        depth = depth.saturating_sub(word.raw.matches(')').count());
        at += 1;
    }
    at
}

/// `được kiểm tra` inside a name: "các cơ quan được kiểm tra chuẩn bị".
fn passive(words: &[Token<'_>], at: usize) -> Option<usize> {
    let next = any_phrase(
        words,
        at,
        &[
            "được kiểm tra",
            "được thanh tra",
            "được phân công",
            "được giao",
            "được giám sát",
        ],
    )?;
    (next..(next + 12).min(words.len()))
        .any(|later| verb(words, later).is_some())
        .then_some(next)
}

/// The verb at token `at`; returns the index after it.
fn verb(words: &[Token<'_>], at: usize) -> Option<usize> {
    let first = words.get(at)?;
    if first.is_capital() {
        return None;
    }
    let next = any_phrase(words, at, &VERBS)?;
    let before = at.checked_sub(1).and_then(|last| words.get(last));
    let low = before.map_or("", |word| word.low.as_str());
    let comma = before.is_some_and(|word| word.tail().contains(','));
    let last = words.get(next - 1)?;
    let noun = match (
        first.low.as_str(),
        words.get(at + 1).map_or("", |word| word.low.as_str()),
    ) {
        ("tổ", "chức") => {
            low == "các"
                || (comma && (last.tail().contains(',') || matches!(low, "quan" | "nhân")))
                || words.get(next).is_some_and(|word| {
                    matches!(word.low.as_str(), "chính" | "đảng" | "xã" | "cán")
                })
        }
        ("kiểm", "tra") | ("thanh", "tra") | ("giám", "sát") => matches!(
            low,
            "đoàn" | "ban" | "được" | "tượng" | "hoạch" | "quan" | "thanh" | "về" | "tra"
        ),
        ("lãnh", "đạo") => matches!(low, "diện" | "chí" | "các" | "ban" | "cấp"),
        ("chỉ", "đạo") => low == "ban",
        ("báo", "cáo") => matches!(low, "tổ" | "ban"),
        ("thực", "hiện") => low == "đơn",
        _ => false,
    };
    (!noun).then_some(next)
}

/// Parts the words `from..to` into names.
fn names(text: &str, words: &[Token<'_>], from: usize, to: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut start = from;
    for at in from + 1..=to {
        let Some(before) = words.get(at - 1) else {
            break;
        };
        let and = before.low == "và" || before.low == "cùng";
        let split = at == to
            || (is_head(words, at) && (before.tail().contains([',', ';']) || and))
            || (and && is_second(words, at));
        if split {
            let end = if and && at != to { at - 1 } else { at };
            push_name(text, words, start, end, &mut out);
            start = at;
        }
    }
    out
}

/// A second body without "các": "và đơn vị liên quan", "và cơ quan Trung ương".
fn is_second(words: &[Token<'_>], at: usize) -> bool {
    let Some(next) = any_phrase(words, at, &["đơn vị", "cơ quan"]) else {
        return false;
    };
    words.get(next).is_some_and(|word| {
        word.is_capital() || matches!(word.low.as_str(), "liên" | "có" | "chức" | "trực" | "trung")
    })
}

fn push_name(text: &str, words: &[Token<'_>], from: usize, to: usize, out: &mut Vec<String>) {
    let (Some(first), Some(last)) = (
        words.get(from),
        to.checked_sub(1).and_then(|at| words.get(at)),
    ) else {
        return;
    };
    let raw = text.get(first.start..last.end).unwrap_or("");
    let name = squeeze(raw.trim_matches([',', ';', ':', '.', ' ', '-', '–']));
    // "Công an tỉnh - Cơ quan Thường trực ...": what follows the dash is a second name of the same body.
    let name = name
        .split(" - Cơ quan")
        .next()
        .unwrap_or("")
        .trim()
        .to_owned();
    let name = name.split(" (").next().unwrap_or("").to_owned();
    if !name.is_empty() && !out.contains(&name) {
        out.push(name);
    }
}

/// Those who work along: the bodies after `phối hợp`.
pub(crate) fn partners(text: &str) -> Vec<String> {
    let words = tokens(text);
    let mut out = Vec::new();
    for at in 0..words.len() {
        let Some(next) = any_phrase(
            &words,
            at,
            &[
                "phối hợp chặt chẽ với",
                "phối hợp chặt chẽ cùng",
                "phối hợp với",
                "phối hợp cùng",
                "phối hợp chặt chẽ",
                "phối hợp",
            ],
        ) else {
            continue;
        };
        let ended = words
            .get(next - 1)
            .is_some_and(|word| !word.tail().is_empty());
        let head = is_head(&words, next) || words.get(next).is_some_and(|word| word.low == "công");
        if ended || !head {
            continue;
        }
        let to = partner_end(&words, next);
        for name in names(text, &words, next, to) {
            if !out.contains(&name) {
                out.push(name);
            }
        }
    }
    out
}

/// A list of partners ends at a verb, at a word such as `trong`, or at the end of its clause.
fn partner_end(words: &[Token<'_>], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(word) = words.get(at).filter(|_| at < from + NAME_WORDS_MAX) {
        let before = words.get(at - 1).map_or("", Token::tail);
        let stop = matches!(
            word.low.as_str(),
            "trong"
                | "để"
                | "theo"
                | "nhằm"
                | "về"
                | "khi"
                | "tại"
                | "thực"
                | "trước"
                | "đối"
                | "nghiên"
        ) || word.raw.starts_with('(');
        if before.contains([';', ':', '.', ')']) || stop || verb(words, at).is_some() {
            return at;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(text: &str) -> Vec<String> {
        subject(text)
            .map(|subject| subject.actors)
            .unwrap_or_default()
    }

    #[test]
    fn names_end_at_the_verb() {
        for (text, want) in [
            (
                "Công an tỉnh chịu trách nhiệm thực hiện",
                vec!["Công an tỉnh"],
            ),
            (
                "Sở Thông tin truyền thông thực hiện tốt",
                vec!["Sở Thông tin truyền thông"],
            ),
            (
                "Các Sở, ban, ngành, địa phương và cơ quan Trung ương đóng trên địa bàn tỉnh tổ chức thực hiện",
                vec![
                    "Các Sở, ban, ngành, địa phương",
                    "cơ quan Trung ương đóng trên địa bàn tỉnh",
                ],
            ),
            (
                "Căn cứ kế hoạch này các Sở, ban, ngành, địa phương, các cơ quan Trung ương đóng trên địa bàn tỉnh xây dựng kế hoạch",
                vec![
                    "các Sở, ban, ngành, địa phương",
                    "các cơ quan Trung ương đóng trên địa bàn tỉnh",
                ],
            ),
            (
                "Giao Đảng ủy Công an tỉnh chủ trì, phối hợp",
                vec!["Đảng ủy Công an tỉnh"],
            ),
            (
                "Ban Tổ chức Tỉnh ủy, Ủy ban kiểm tra Tỉnh ủy căn cứ Quy định",
                vec!["Ban Tổ chức Tỉnh ủy", "Ủy ban kiểm tra Tỉnh ủy"],
            ),
            (
                "Đảng ủy Công an tỉnh lãnh đạo Công an tỉnh tiếp tục đẩy mạnh",
                vec!["Đảng ủy Công an tỉnh", "Công an tỉnh"],
            ),
            (
                "Đoàn kiểm tra, xây dựng lịch kiểm tra",
                vec!["Đoàn kiểm tra"],
            ),
            (
                "Các cơ quan, địa phương là đối tượng kiểm tra xây dựng báo cáo",
                vec!["Các cơ quan, địa phương là đối tượng kiểm tra"],
            ),
            (
                "Riêng các cơ quan, địa phương đã được kiểm tra năm 2023 gửi báo cáo",
                vec!["các cơ quan, địa phương đã được kiểm tra năm 2023"],
            ),
            (
                "Các cơ quan, địa phương được kiểm tra chuẩn bị báo cáo",
                vec!["Các cơ quan, địa phương được kiểm tra"],
            ),
            (
                "Kết thúc kiểm tra ở mỗi cơ quan, địa phương, Trưởng đoàn nhận xét",
                vec!["Trưởng đoàn"],
            ),
            (
                "Công an tỉnh - Cơ quan Thường trực Ban Chỉ đạo bảo vệ BMNN tỉnh chủ trì",
                vec!["Công an tỉnh"],
            ),
            (
                "Theo đó, nhằm nâng cao hiệu quả công tác, UBND Thành phố đề nghị các cơ quan, tổ chức, đơn vị thuộc Thành phố phối hợp chặt chẽ",
                vec!["các cơ quan, tổ chức, đơn vị thuộc Thành phố"],
            ),
            (
                "Các cơ quan, tổ chức, đơn vị tổ chức kiểm tra an ninh",
                vec!["Các cơ quan, tổ chức, đơn vị"],
            ),
        ] {
            assert_eq!(who(text), want, "{text}");
        }
    }

    #[test]
    fn sentences_without_a_subject_name_nobody() {
        for text in [
            "Thanh tra, kiểm tra định kỳ",
            "Tổ chức tập huấn",
            "Phòng, chống tấn công mạng",
            "Ban hành quy chế",
            "Báo cáo kết quả",
            "Thường xuyên rà soát",
            "Chủ động nắm tình hình",
            "Kết quả triển khai, báo cáo về UBND tỉnh",
            "Đoàn kết nội bộ",
            "Khi kiểm tra ở các cơ quan, địa phương:",
            "Kinh phí: Thực hiện theo quy định",
        ] {
            assert_eq!(who(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn headings_name_bodies_without_a_verb() {
        let found = subject("Bộ Chỉ huy Quân sự tỉnh, Bộ Chỉ huy Bộ đội Biên phòng tỉnh").unwrap();
        assert_eq!(
            found.actors,
            [
                "Bộ Chỉ huy Quân sự tỉnh",
                "Bộ Chỉ huy Bộ đội Biên phòng tỉnh"
            ]
        );
        assert!(!found.has_verb);
    }

    #[test]
    fn partners_follow_phoi_hop() {
        for (text, want) in [
            (
                "chủ trì, phối hợp với Công an tỉnh và các đơn vị liên quan:",
                vec!["Công an tỉnh", "các đơn vị liên quan"],
            ),
            (
                "chủ trì phối hợp với các cơ quan, ban, ngành, địa phương tham mưu UBND tỉnh",
                vec!["các cơ quan, ban, ngành, địa phương"],
            ),
            (
                "phối hợp các cơ quan, đơn vị liên quan tổ chức tập huấn",
                vec!["các cơ quan, đơn vị liên quan"],
            ),
            (
                "phối hợp chặt chẽ với các đơn vị chức năng trong công tác",
                vec!["các đơn vị chức năng"],
            ),
            ("để được hướng dẫn, phối hợp giải quyết", vec![]),
            ("Phối hợp thực hiện việc kiểm tra các máy vi tính", vec![]),
            (
                "phối hợp với Sở Nội vụ, Văn phòng UBND tỉnh và các đơn vị liên quan tham mưu",
                vec!["Sở Nội vụ", "Văn phòng UBND tỉnh", "các đơn vị liên quan"],
            ),
        ] {
            assert_eq!(partners(text), want, "{text}");
        }
    }
}
