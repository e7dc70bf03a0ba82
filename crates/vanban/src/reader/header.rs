//! The header: issuer, number, place, date, type, title, level.

use super::document::{Form, Warning};
use super::kinds;
use super::markers::{Rank, marker};
use super::paragraphs::append;
use super::tokens::{self, Day};
use crate::text::{fold, is_capitals};

/// Lines at the start in which the header is looked for.
const HEADER_LINES_MAX: usize = 80;
/// Longest title, in lines.
const TITLE_LINES_MAX: usize = 12;

/// What the header says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header {
    pub type_code: Option<String>,
    pub number: Option<String>,
    pub issuer: Option<String>,
    pub place: Option<String>,
    pub date: Option<String>,
    pub title: Option<String>,
    pub level: Option<&'static str>,
    pub state: bool,
    pub party: bool,
    pub warnings: Vec<Warning>,
    /// Index of the first line after the header.
    pub body: usize,
}

/// Reads the header of a state or Party document. Gives none if there is no type line and no
/// letter opening.
pub(crate) fn read(lines: &[String]) -> Option<Header> {
    let mut header = Header::default();
    let head = lines.get(..lines.len().min(HEADER_LINES_MAX))?;
    let type_at = head.iter().position(|line| is_type_line(line));
    let letter_at = head.iter().position(|line| is_letter_line(line));
    let end = match (type_at, letter_at) {
        (Some(at), None) => at,
        (Some(at), Some(letter)) if at < letter => at,
        (_, Some(letter)) => letter,
        (None, None) => return None,
    };
    let (mut number, mut day) = (Blank::Absent, Blank::Absent);
    for line in head.get(..end)? {
        read_line(line, &mut header, &mut number, &mut day);
    }
    header.issuer = issuer(head.get(..end)?);
    if type_at.is_some_and(|at| at == end) {
        header.type_code = kinds::code(lines.get(end)?).map(str::to_owned);
        read_title(lines, end + 1, &mut header);
    } else {
        read_letter(lines, end, &mut header, &mut number, &mut day);
    }
    header.party |= header.number.as_deref().is_some_and(|number| {
        number.ends_with("/TU") || number.ends_with("/TW") || number.contains("-CT/")
    });
    finish(&mut header, number, day);
    Some(header)
}

/// A form of layout that the header alone shows.
pub(crate) fn form(header: &Header) -> Option<Form> {
    match (header.state, header.party) {
        (true, _) => Some(Form::Nd30),
        (false, true) => Some(Form::Dang),
        (false, false) => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Blank {
    /// Nothing of the kind stands in the header.
    Absent,
    /// The place for it stands empty.
    Empty,
    /// It is there.
    Given,
}

/// A line of nothing but a type name in capitals.
fn is_type_line(line: &str) -> bool {
    let name = line.trim_matches(|c: char| matches!(c, ' ' | ':' | '.'));
    is_capitals(name) && kinds::code(name).is_some_and(|code| !matches!(code, "Luật" | "VB"))
}

/// A line that opens a letter (công văn), which has no type line.
fn is_letter_line(line: &str) -> bool {
    let low = line.to_lowercase();
    low.starts_with("kính gửi") || low.starts_with("v/v ") || low.starts_with("v/v:")
}

fn read_line(line: &str, header: &mut Header, number: &mut Blank, day: &mut Blank) {
    if line.is_empty() {
        return;
    }
    let folded = fold(line);
    if folded.contains("cong hoa xa hoi") || folded.contains("doc lap - tu do") {
        header.state = true;
    } else if folded.contains("dang cong san viet nam") {
        header.party = true;
    } else if let Some(level) = level(&folded) {
        header.level = Some(level);
    } else if is_number_line(line) {
        read_number(line, header, number, day);
    } else {
        read_place_date(line, header, day);
    }
}

/// `Số: ...`; compared with its marks, since `Sở` folds alike.
fn is_number_line(line: &str) -> bool {
    let low = line.to_lowercase();
    low == "số" || low.starts_with("số:") || low.starts_with("số ")
}

fn level(folded: &str) -> Option<&'static str> {
    match folded
        .trim_start_matches("do mat")
        .trim_matches([':', ' ', '[', ']'])
    {
        "tuyet mat" => Some("tuyet_mat"),
        "toi mat" => Some("toi_mat"),
        "mat" => Some("mat"),
        _ => None,
    }
}

/// `Số: 37/KH-UBND`, `Số: /KH-UBND`, `Số 44-CT/TU`, perhaps with the place and date behind.
fn read_number(line: &str, header: &mut Header, number: &mut Blank, day: &mut Blank) {
    let all = tokens::tokens(line);
    let mut at = 1;
    let mut joined = String::new();
    let mut rest = line.len();
    while let Some(token) = all.get(at) {
        joined.push_str(token.core);
        rest = token.end;
        at += 1;
        let more = token.core.ends_with(['-', '/'])
            || (token.core.bytes().all(|b| b.is_ascii_digit())
                && all
                    .get(at)
                    .is_some_and(|next| next.core.starts_with(['/', '-'])));
        if !more {
            break;
        }
    }
    let given = joined.starts_with(|c: char| c.is_ascii_digit())
        && joined.contains(['/', '-'])
        && joined.contains(char::is_alphabetic);
    *number = if given { Blank::Given } else { Blank::Empty };
    if given {
        header.number = Some(joined);
    } else if header.type_code.is_none() {
        header.type_code = kinds::code_of_number(&joined).map(str::to_owned);
    }
    if let Some(tail) = line.get(rest..).filter(|tail| !tail.trim().is_empty()) {
        read_place_date(tail.trim(), header, day);
    }
}

/// `Hà Tĩnh, ngày 14 tháng 3 năm 2024`, also with a blank day or month. The place may stand on
/// the line above, broken by a copy.
fn read_place_date(line: &str, header: &mut Header, day: &mut Blank) {
    let low = line.to_lowercase();
    let Some(at) = low
        .find("ngày")
        .filter(|_| low.contains("tháng") && low.contains("năm"))
    else {
        if header.place.is_none()
            && !is_capitals(line)
            && line.chars().count() < 40
            && !line.contains(':')
        {
            header.place = Some(line.to_owned());
        }
        return;
    };
    let before = line
        .get(..at)
        .unwrap_or("")
        .trim()
        .trim_end_matches(',')
        .trim();
    header.place = match (header.place.take(), before) {
        (Some(first), "") => Some(first.trim_end_matches(',').to_owned()),
        (Some(first), second) => Some(format!("{first} {second}")),
        (None, "") => None,
        (None, second) => Some(second.to_owned()),
    };
    let all = tokens::tokens(line.get(at..).unwrap_or(""));
    match tokens::day(&all, 1) {
        Some((Day { year: Some(_), .. }, _)) => {
            let (found, _) = tokens::day(&all, 1).unwrap_or((
                Day {
                    day: 0,
                    month: 0,
                    year: None,
                },
                0,
            ));
            header.date = found.iso();
            *day = if header.date.is_some() {
                Blank::Given
            } else {
                Blank::Empty
            };
        }
        _ => *day = Blank::Empty,
    }
}

/// The last lines in capitals before the number, without the national or Party motto.
fn issuer(lines: &[String]) -> Option<String> {
    let mut found: Vec<&str> = Vec::new();
    for line in lines {
        let folded = fold(line);
        let motto = [
            "cong hoa",
            "chu nghia",
            "dang cong san",
            "doc lap",
            "xa hoi chu nghia",
        ]
        .iter()
        .any(|words| folded.starts_with(words));
        if motto || is_number_line(line) || level(&folded).is_some() {
            if !found.is_empty() {
                break;
            }
            continue;
        }
        if line.is_empty() {
            if !found.is_empty() {
                break;
            }
        } else if is_capitals(line) {
            found.push(line);
        } else if !found.is_empty() {
            break;
        }
    }
    let own = own_lines(&found);
    let text = own.join(" ");
    (!text.is_empty()).then(|| title_case(&text))
}

/// Drops the superior body that stands above the issuer: `BỘ A` over `CỤC B`. The People's
/// Committee and its province are one name on two lines.
fn own_lines<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    const STARTS: [&str; 22] = [
        "uy ban nhan dan",
        "ubnd",
        "so ",
        "cong an",
        "bo ",
        "ban ",
        "van phong",
        "cuc ",
        "tong cuc",
        "phong ",
        "tinh uy",
        "thanh uy",
        "huyen uy",
        "dang uy",
        "hoi dong",
        "trung tam",
        "chi cuc",
        "thanh tra",
        "vien ",
        "truong ",
        "doan ",
        "hoi ",
    ];
    let from = lines.iter().rposition(|line| {
        let folded = fold(line);
        STARTS.iter().any(|start| folded.starts_with(start))
    });
    lines.get(from.unwrap_or(0)..).unwrap_or(lines).to_vec()
}

/// Names of bodies in the header are in capitals; gives them the case of running text: common
/// words in lower case, the first word of a field of work and names of places with a capital.
fn title_case(capitals: &str) -> String {
    const COMMON: [&str; 29] = [
        "ban nhân dân",
        "nhân dân",
        "tỉnh",
        "thành phố",
        "huyện",
        "quận",
        "thị xã",
        "xã",
        "phường",
        "thị trấn",
        "và",
        "truyền thông",
        "thông tin",
        "tư pháp",
        "nội vụ",
        "tài chính",
        "kế hoạch",
        "đầu tư",
        "giáo dục",
        "đào tạo",
        "xây dựng",
        "y tế",
        "ủy",
        "an",
        "phòng",
        "chấp hành",
        "đảng bộ",
        "thường vụ",
        "kiểm tra",
    ];
    let low = capitals.to_lowercase();
    let words: Vec<&str> = low.split(' ').collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let phrase = COMMON.iter().find(|phrase| {
            let length = phrase.split(' ').count();
            at > 0
                && words
                    .get(at..at + length)
                    .is_some_and(|found| found.join(" ") == **phrase)
        });
        let before = at
            .checked_sub(1)
            .and_then(|last| words.get(last))
            .copied()
            .unwrap_or("");
        let field = matches!(before, "sở" | "bộ" | "ban" | "và");
        out.push(match phrase {
            Some(phrase) if field && *phrase != "nhân dân" => capitalise(phrase),
            Some(phrase) => (*phrase).to_owned(),
            None if matches!(*word, "ubnd" | "hđnd" | "mttq" | "ubmttq") => word.to_uppercase(),
            None => capitalise(word),
        });
        at += phrase.map_or(1, |phrase| phrase.split(' ').count());
    }
    out.join(" ")
}

/// First letter of a word, and of each part after a hyphen, as a capital.
fn capitalise(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut first = true;
    for c in word.chars() {
        if first {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        first = c == '-';
    }
    out
}

/// Words that open the preamble after the title.
const OPENERS: [&str; 17] = [
    "căn cứ",
    "thực hiện",
    "để ",
    "nhằm ",
    "thời gian qua",
    "trong thời gian",
    "trên cơ sở",
    "xét ",
    "theo đề nghị",
    "tiếp tục",
    "qua ",
    "ngày ",
    "trong những năm",
    "hiện nay",
    "ubnd ",
    "ủy ban nhân dân",
    "kính gửi",
];

fn read_title(lines: &[String], from: usize, header: &mut Header) {
    let mut title: Vec<&str> = Vec::new();
    let mut at = from;
    while let Some(line) = lines.get(at) {
        if line.is_empty() {
            if !title.is_empty() {
                break;
            }
        } else {
            let low = line.to_lowercase();
            let capitals = title.iter().all(|line| is_capitals(line));
            let opens = OPENERS.iter().any(|words| low.starts_with(words)) && !is_capitals(line);
            let group = marker(line).is_some_and(|(mark, _)| {
                matches!(mark.rank, Rank::Roman | Rank::Article | Rank::Part)
            });
            if group
                || title.len() >= TITLE_LINES_MAX
                || (!title.is_empty() && (opens || (capitals && !is_capitals(line))))
            {
                break;
            }
            title.push(line);
        }
        at += 1;
    }
    header.body = at;
    header.title = joined(&title);
}

/// Title lines as one text.
fn joined(lines: &[&str]) -> Option<String> {
    let (first, rest) = lines.split_first()?;
    let mut out = (*first).to_owned();
    for line in rest {
        append(&mut out, line);
    }
    Some(out)
}

/// A letter: the title is its `V/v` line; the body starts after `Kính gửi`.
fn read_letter(
    lines: &[String],
    from: usize,
    header: &mut Header,
    number: &mut Blank,
    day: &mut Blank,
) {
    header.type_code = Some("CV".to_owned());
    let mut at = from;
    let mut title: Vec<&str> = Vec::new();
    let mut open = false;
    while let Some(line) = lines.get(at) {
        let low = line.to_lowercase();
        if low.starts_with("kính gửi") {
            break;
        }
        if low.starts_with("v/v") {
            open = true;
            title.push(line.get(3..).unwrap_or("").trim_start_matches([' ', ':']));
        } else if line.is_empty()
            || low.contains("độc lập - tự do")
            || low.contains("ngày") && low.contains("tháng")
            || low.contains("cộng hòa")
        {
            open = false;
            read_line(line, header, number, day);
        } else if open {
            title.push(line);
        }
        at += 1;
        if at > from + HEADER_LINES_MAX {
            break;
        }
    }
    header.body = at.min(lines.len());
    header.title = joined(&title);
}

fn finish(header: &mut Header, number: Blank, day: Blank) {
    if number != Blank::Given {
        header.warnings.push(Warning {
            code: "NUM-BLANK",
            at: "header".to_owned(),
            text: "Văn bản chưa có số; đây có thể là bản dự thảo.".to_owned(),
        });
    }
    if day != Blank::Given {
        header.warnings.push(Warning {
            code: "DATE-BLANK",
            at: "header".to_owned(),
            text: "Văn bản chưa ghi đủ ngày, tháng, năm ban hành.".to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Header {
        read(&text.lines().map(str::to_owned).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_state_header_is_read() {
        let got = header(
            "ỦY BAN NHÂN DÂN\nTỈNH SÔNG MÂY\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nMẬT\nSố: 12 /KH-UBND Sông Mây, ngày 05 tháng 3 năm 2024\nKẾ HOẠCH\nBảo vệ bí mật nhà nước\nnăm 2024\nThực hiện Luật",
        );
        assert_eq!(got.issuer.as_deref(), Some("Ủy ban nhân dân tỉnh Sông Mây"));
        assert_eq!(got.number.as_deref(), Some("12/KH-UBND"));
        assert_eq!(
            (got.place.as_deref(), got.date.as_deref()),
            (Some("Sông Mây"), Some("2024-03-05"))
        );
        assert_eq!(
            got.title.as_deref(),
            Some("Bảo vệ bí mật nhà nước năm 2024")
        );
        assert_eq!(
            (got.type_code.as_deref(), got.level),
            (Some("KH"), Some("mat"))
        );
        assert!(got.warnings.is_empty() && got.state);
    }

    #[test]
    fn a_letter_has_a_subject_line() {
        let got = header(
            "UBND TỈNH SÔNG MÂY\nSỞ NỘI VỤ\nSố: 77/SNV-VP\nV/v nâng cao hiệu quả\ncông tác văn thư\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSông Mây, ngày 32 tháng 3 năm 2024\nKính gửi: Các sở",
        );
        assert_eq!(got.issuer.as_deref(), Some("Sở Nội vụ"));
        assert_eq!(got.type_code.as_deref(), Some("CV"));
        assert_eq!(
            got.title.as_deref(),
            Some("nâng cao hiệu quả công tác văn thư")
        );
        assert_eq!(got.date, None);
        assert_eq!(
            got.warnings
                .iter()
                .map(|warning| warning.code)
                .collect::<Vec<_>>(),
            ["DATE-BLANK"]
        );
    }

    #[test]
    fn a_page_without_a_type_has_no_header() {
        assert!(
            read(&[
                "Tin trong tỉnh".to_owned(),
                "Ngày đăng 24/05/2022".to_owned()
            ])
            .is_none()
        );
    }
}
