//! Instruments that a text cites, and what does not agree between the citations.

use super::document::{Citation, Warning};
use super::kinds::{self, KINDS};
use super::tokens::{Token, any_phrase, day, phrase, tokens};
use crate::limits::CITATIONS_MAX;
use crate::text::{fold, squeeze};
use std::collections::BTreeMap;

/// A text with its place in the document.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub at: String,
    pub text: String,
}

/// Every citation, in the order of the text; repeated ones too.
pub(crate) fn all(units: &[Unit]) -> Vec<Citation> {
    let mut out = Vec::new();
    for unit in units {
        let words = tokens(&unit.text);
        let mut at = 0;
        while at < words.len() && out.len() < CITATIONS_MAX {
            match citation(&unit.text, &words, at) {
                Some((mut citation, next)) => {
                    citation.at.clone_from(&unit.at);
                    out.push(citation);
                    at = next.max(at + 1);
                }
                None => at += 1,
            }
        }
    }
    out
}

/// Each instrument once: same number and date, or same name of a law. A later citation fills
/// what the first left out.
pub(crate) fn distinct(citations: &[Citation]) -> Vec<Citation> {
    let mut out: Vec<Citation> = Vec::new();
    for citation in citations {
        let known = out.iter_mut().find(|other| same(other, citation));
        match known {
            Some(other) => {
                if other.date.is_none() {
                    other.date.clone_from(&citation.date);
                }
                if other.title.is_none() {
                    other.title.clone_from(&citation.title);
                }
                if other.issuer.is_none() {
                    other.issuer.clone_from(&citation.issuer);
                }
            }
            None => out.push(citation.clone()),
        }
    }
    out
}

fn same(one: &Citation, two: &Citation) -> bool {
    match (&one.number, &two.number) {
        (Some(first), Some(second)) => {
            fold(first) == fold(second)
                && (one.date == two.date || one.date.is_none() || two.date.is_none())
        }
        (None, None) => one.kind == two.kind && law_key(one) == law_key(two),
        _ => false,
    }
}

/// A law is known by its name; the usual short form of "bí mật nhà nước" is written out.
fn law_key(citation: &Citation) -> String {
    fold(citation.title.as_deref().unwrap_or("")).replace("bmnn", "bi mat nha nuoc")
}

fn citation(text: &str, words: &[Token<'_>], at: usize) -> Option<(Citation, usize)> {
    let (kind, after) = kind(words, at)?;
    let named = phrase(words, after, "số").unwrap_or(after);
    let Some((number, after)) = number(words, named) else {
        return if kind == "Luật" {
            law(text, words, at)
        } else {
            None
        };
    };
    let kind = if kind == "VB" {
        kinds::code_of_number(&number).unwrap_or("VB")
    } else {
        kind
    };
    let (date, after) = date(words, after);
    let (issuer, after) = issuer(text, words, after);
    let (title, after) = title(text, words, after);
    Some((
        Citation {
            kind: kind.to_owned(),
            number: Some(number),
            date,
            title,
            issuer,
            at: String::new(),
        },
        after,
    ))
}

/// A type name that starts with a capital, or in lower case after which `số` follows.
fn kind(words: &[Token<'_>], at: usize) -> Option<(&'static str, usize)> {
    let first = words.get(at)?;
    let (code, after) = KINDS
        .iter()
        .find_map(|kind| phrase(words, at, kind.name).map(|after| (kind.code, after)))?;
    let spaced = words
        .get(at..after - 1)?
        .iter()
        .all(|word| word.tail().is_empty());
    (spaced && (first.is_capital() || phrase(words, after, "số").is_some()))
        .then_some((code, after))
}

/// `02/CT-TTg`, `58-QĐ/TW`, and `02/CT- TTg` that a line broke.
fn number(words: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    let first = words.get(at)?;
    let mut number = first.core.to_owned();
    let mut next = at + 1;
    if number.ends_with(['-', '/'])
        && let Some(second) = words.get(next)
    {
        number.push_str(second.core);
        next += 1;
    }
    let symbol = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let valid = symbol.len() < number.len()
        && symbol.starts_with(['/', '-'])
        && symbol.chars().any(char::is_alphabetic);
    valid.then_some((number, next))
}

fn date(words: &[Token<'_>], at: usize) -> (Option<String>, usize) {
    match phrase(words, at, "ngày").and_then(|next| day(words, next)) {
        Some((day, next)) => (day.iso(), next),
        None => (None, at),
    }
}

/// Longest list, in words, of whom a letter went to.
const SENT_WORDS_MAX: usize = 20;

/// Words that end the name of an issuer and open the title.
const TITLE_OPENERS: [&str; 8] = [
    "về",
    "v/v",
    "quy định",
    "ban hành",
    "hướng dẫn",
    "một số",
    "phê duyệt",
    "sửa đổi",
];

fn issuer(text: &str, words: &[Token<'_>], at: usize) -> (Option<String>, usize) {
    let ended = at
        .checked_sub(1)
        .and_then(|last| words.get(last))
        .is_some_and(|last| last.tail().contains([';', '.', ')']));
    let Some(from) = phrase(words, at, "của").filter(|_| !ended) else {
        return (None, at);
    };
    let mut to = from;
    while let Some(word) = words.get(to).filter(|_| to < from + 14) {
        if to > from && !word.is_capital() && any_phrase(words, to, &TITLE_OPENERS).is_some() {
            break;
        }
        if matches!(word.low.as_str(), "và" | "tại" | "theo" | "để") && to > from {
            break;
        }
        to += 1;
        if !word.tail().is_empty() {
            break;
        }
    }
    let name = slice(text, words, from, to);
    (name.filter(|name| name.starts_with(char::is_uppercase)), to)
}

fn title(text: &str, words: &[Token<'_>], at: usize) -> (Option<String>, usize) {
    let ended = at
        .checked_sub(1)
        .and_then(|last| words.get(last))
        .is_some_and(|last| last.tail().contains([';', '.', ')']));
    if ended {
        return (None, at);
    }
    // "gửi các cơ quan về việc ...": whom it went to may stand between.
    let sent = phrase(words, at, "gửi").and_then(|from| {
        (from..from + SENT_WORDS_MAX).find(|at| phrase(words, *at, "về việc").is_some())
    });
    let at = sent.unwrap_or(at);
    if any_phrase(words, at, &TITLE_OPENERS).is_none() {
        return (None, at);
    }
    let mut to = at;
    while let Some(word) = words.get(to) {
        let joined = word.low == "và" || word.tail().contains(',');
        to += 1;
        if word.tail().contains([';', '.', ')', ':']) {
            break;
        }
        let next = words.get(to);
        if joined && next_instrument(words, to) {
            to -= usize::from(word.low == "và");
            break;
        }
        if word.tail().contains(',')
            && next.is_some_and(|next| {
                next.is_capital() || matches!(next.low.as_str(), "trong" | "hướng")
            })
        {
            break;
        }
    }
    (slice(text, words, at, to), to)
}

/// Whether another instrument, or an article of one, is named at token `at`.
fn next_instrument(words: &[Token<'_>], at: usize) -> bool {
    let Some(word) = words.get(at) else {
        return false;
    };
    word.low == "điều"
        || kind(words, at).is_some_and(|(_, after)| {
            word.is_capital()
                || number(words, phrase(words, after, "số").unwrap_or(after)).is_some()
        })
}

/// A law cited by its name.
fn law(text: &str, words: &[Token<'_>], at: usize) -> Option<(Citation, usize)> {
    const STOPS: [&str; 19] = [
        "và", "nhằm", "quy", "theo", "trong", "để", "đến", "của", "phù", "ngày", "số", "hiện",
        "này", "có", "đã", "tại", "khi", "được", "các",
    ];
    let mut to = at + 1;
    while let Some(word) = words.get(to).filter(|_| to < at + 9) {
        if STOPS.contains(&word.low.as_str()) || word.core.is_empty() {
            break;
        }
        to += 1;
        if !word.tail().is_empty() {
            break;
        }
    }
    let title = slice(text, words, at, to).filter(|_| to > at + 1)?;
    Some((
        Citation {
            kind: "Luật".to_owned(),
            number: None,
            date: None,
            title: Some(title),
            issuer: None,
            at: String::new(),
        },
        to,
    ))
}

/// The text of tokens `from..to` without closing punctuation.
fn slice(text: &str, words: &[Token<'_>], from: usize, to: usize) -> Option<String> {
    let start = words.get(from)?.start;
    let end = words.get(to.checked_sub(1)?)?.end;
    let found = squeeze(
        text.get(start..end)?
            .trim_end_matches([',', ';', '.', ':', ')', ' ', '/']),
    );
    (!found.is_empty()).then_some(found)
}

/// What a person should check in the citations.
pub(crate) fn warnings(citations: &[Citation]) -> Vec<Warning> {
    let mut out = Vec::new();
    dates(citations, &mut out);
    let mut seen: Vec<(String, &'static str)> = Vec::new();
    for citation in citations {
        let Some(number) = &citation.number else {
            continue;
        };
        for (code, text) in [
            ("CITE-YEAR", year_text(citation, number)),
            ("CITE-ISSUER", issuer_text(citation, number)),
        ] {
            let Some(text) = text else { continue };
            let key = (format!("{} {}", fold(number), citation.at), code);
            if !seen.contains(&key) {
                seen.push(key);
                out.push(Warning {
                    code,
                    at: citation.at.clone(),
                    text,
                });
            }
        }
    }
    out
}

/// One number with several dates: in one year a mistake, in different years different
/// instruments, since numbers start again each year.
fn dates(citations: &[Citation], out: &mut Vec<Warning>) {
    let mut by_number: BTreeMap<String, Vec<&Citation>> = BTreeMap::new();
    for citation in citations {
        if let (Some(number), Some(_)) = (&citation.number, &citation.date) {
            let list = by_number.entry(fold(number)).or_default();
            if !list.iter().any(|other| other.date == citation.date) {
                list.push(citation);
            }
        }
    }
    for list in by_number.values().filter(|list| list.len() > 1) {
        let Some((last, _)) = list.split_last() else {
            continue;
        };
        let years: Vec<&str> = list
            .iter()
            .filter_map(|citation| citation.date.as_deref()?.get(..4))
            .collect();
        let mut distinct = years.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let number = last.number.as_deref().unwrap_or("");
        let twins = distinct.len() == years.len() && year_of(number).is_none();
        let shown: Vec<String> = list
            .iter()
            .filter_map(|citation| citation.date.as_deref())
            .map(vi_date)
            .collect();
        let name = kinds::name(&last.kind);
        let (code, text) = if twins {
            (
                "CITE-TWIN",
                format!(
                    "Có {} văn bản khác nhau cùng số {number} (ngày {}); cần dẫn kèm ngày để phân biệt.",
                    list.len(),
                    shown.join(", ngày ")
                ),
            )
        } else {
            (
                "CITE-DATE",
                format!(
                    "{name} {number} được dẫn với các ngày khác nhau: {}; cần kiểm tra lại.",
                    shown.join(", ")
                ),
            )
        };
        out.push(Warning {
            code,
            at: last.at.clone(),
            text,
        });
    }
}

/// The year inside a number such as `26/2020/NĐ-CP`.
fn year_of(number: &str) -> Option<&str> {
    number
        .split('/')
        .nth(1)
        .filter(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit()))
}

fn year_text(citation: &Citation, number: &str) -> Option<String> {
    let (year, date) = (year_of(number)?, citation.date.as_deref()?);
    (date.get(..4)? != year).then(|| {
        format!(
            "{} {number} có năm {year} trong số nhưng lại ghi ngày {}; số hoặc ngày bị nhầm.",
            kinds::name(&citation.kind),
            vi_date(date)
        )
    })
}

fn issuer_text(citation: &Citation, number: &str) -> Option<String> {
    let issuer = citation.issuer.as_deref()?;
    let folded = fold(issuer);
    let symbol = number.rsplit(['-', '/']).next()?;
    let right = match symbol {
        "CP" if folded.starts_with("thu tuong") => "Chính phủ",
        "TTg" if !folded.starts_with("thu tuong") => "Thủ tướng Chính phủ",
        _ => return None,
    };
    Some(format!(
        "{} {number} do {right} ban hành, văn bản này lại ghi của {issuer}.",
        kinds::name(&citation.kind)
    ))
}

/// `2022-03-20` as `20/3/2022`.
fn vi_date(iso: &str) -> String {
    let parts: Vec<&str> = iso.split('-').collect();
    match parts.as_slice() {
        [year, month, day] => format!(
            "{}/{}/{year}",
            day.trim_start_matches('0'),
            month.trim_start_matches('0')
        ),
        _ => iso.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Citation> {
        all(&[Unit {
            at: "x".to_owned(),
            text: text.to_owned(),
        }])
    }

    fn codes(text: &str) -> Vec<&'static str> {
        warnings(&read(text))
            .into_iter()
            .map(|warning| warning.code)
            .collect()
    }

    #[test]
    fn parts_of_a_citation_are_read() {
        let got = read(
            "Thực hiện Luật bảo vệ bí mật nhà nước và các văn bản; Chỉ thị số 02/CT- TTg ngày 04/7/2018 của Thủ tướng Chính phủ về công tác A và Chỉ thị số 03/CT-TTg ngày 05 tháng 9 năm 2019 của Thủ tướng Chính phủ về công tác B, UBND tỉnh ban hành",
        );
        assert_eq!(got.len(), 3);
        assert_eq!(got[0].title.as_deref(), Some("Luật bảo vệ bí mật nhà nước"));
        assert_eq!(got[1].number.as_deref(), Some("02/CT-TTg"));
        assert_eq!(got[1].date.as_deref(), Some("2018-07-04"));
        assert_eq!(got[1].issuer.as_deref(), Some("Thủ tướng Chính phủ"));
        assert_eq!(got[1].title.as_deref(), Some("về công tác A"));
        assert_eq!(
            (got[2].date.as_deref(), got[2].title.as_deref()),
            (Some("2019-09-05"), Some("về công tác B"))
        );
    }

    #[test]
    fn party_numbers_and_vague_kinds_are_read() {
        let got = read(
            "căn cứ Quy định 58-QĐ/TW, ngày 08/02/2022 của Bộ Chính trị về một số vấn đề và Hướng dẫn số 01-HD/BTCTW, ngày 05/8/2022; Văn bản số 191/TTr-CAT ngày 10/10/2024; Kế hoạch số /KH-UBND",
        );
        let kinds: Vec<&str> = got.iter().map(|citation| citation.kind.as_str()).collect();
        assert_eq!(kinds, ["QyĐ", "HD", "TTr"]);
        assert_eq!(got[0].title.as_deref(), Some("về một số vấn đề"));
    }

    #[test]
    fn disagreement_is_reported() {
        assert_eq!(
            codes("Chỉ thị số 44-CT/TU ngày 24/7/2024; Chỉ thị số 44-CT/TU ngày 27/7/2024"),
            ["CITE-DATE"]
        );
        assert_eq!(
            codes("Chỉ thị số 02/CT-TTg ngày 04/7/2018; Chỉ thị số 02/CT-TTg ngày 15/11/2019"),
            ["CITE-TWIN"]
        );
        assert_eq!(
            codes("Thông tư số 110/2012/TT-BTC ngày 14/8/2013 của Bộ Tài chính"),
            ["CITE-YEAR"]
        );
        assert_eq!(
            codes("Nghị định số 09/2017/NĐ-CP ngày 09/2/2017 của Thủ tướng Chính phủ về"),
            ["CITE-ISSUER"]
        );
        assert!(codes("Nghị định số 26/2020/NĐ-CP ngày 28/02/2020 của Chính phủ; Nghị định số 26/2020/NĐ-CP").is_empty());
    }
}
