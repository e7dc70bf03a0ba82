//! Deadlines in Vietnamese words.

use super::document::{Deadline, DeadlineKind, Every};
use super::tokens::{
    Day, Token, any_phrase, day, month_days, month_year, number, phrase, tokens, year,
};

/// Longest distance, in bytes, between a day and the words that say it repeats.
const NEAR_BYTES: usize = 60;

/// A find with its place in the text.
struct Found {
    deadline: Deadline,
    start: usize,
    end: usize,
}

/// The deadlines of one sentence. Days and periods come first; a relative or repeated deadline
/// is given only where there is no day.
pub(crate) fn deadlines(text: &str) -> Vec<Deadline> {
    let words = tokens(text);
    let mut fixed = Vec::new();
    let mut relative = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let found = relative_days(&words, at)
            .map(|found| (found, true))
            .or_else(|| {
                fixed_day(&words, at)
                    .or_else(|| period(&words, at))
                    .map(|found| (found, false))
            });
        match found {
            Some((Spot { deadline, from, to }, is_relative)) => {
                let found = place(deadline, text, &words, from, to);
                if is_relative {
                    relative.push(found)
                } else {
                    fixed.push(found)
                }
                at = to.max(at + 1);
            }
            None => at += 1,
        }
    }
    let repeats = repeats(&words);
    if !fixed.is_empty() {
        return fixed
            .into_iter()
            .map(|found| repeat(found, &repeats, text))
            .collect();
    }
    if !relative.is_empty() {
        return relative.into_iter().map(|found| found.deadline).collect();
    }
    loose(text, &words, &repeats).into_iter().collect()
}

/// Whether a deadline has a day or a period of its own.
pub(crate) fn is_fixed(deadline: &Deadline) -> bool {
    deadline.date.is_some() || deadline.month_day.is_some() || deadline.kind == DeadlineKind::Within
}

struct Spot {
    deadline: Deadline,
    from: usize,
    to: usize,
}

fn bare(kind: DeadlineKind) -> Deadline {
    Deadline {
        date: None,
        kind,
        every: None,
        month_day: None,
        days: None,
        text: String::new(),
    }
}

fn place(mut deadline: Deadline, text: &str, words: &[Token<'_>], from: usize, to: usize) -> Found {
    let start = words
        .get(from)
        .map_or(0, |word| word.start + word.raw.find(word.core).unwrap_or(0));
    let end = to
        .checked_sub(1)
        .and_then(|last| words.get(last))
        .map_or(start, |word| word.end - word.tail().len());
    deadline.text = text.get(start..end).unwrap_or("").to_owned();
    Found {
        deadline,
        start,
        end,
    }
}

/// `ít nhất trước 03 ngày`, `trước 03 ngày`, `trong 05 ngày làm việc kể từ ngày`.
fn relative_days(words: &[Token<'_>], at: usize) -> Option<Spot> {
    let before = any_phrase(words, at, &["ít nhất trước", "chậm nhất trước", "trước"]);
    let after = any_phrase(
        words,
        at,
        &[
            "trong thời hạn",
            "trong vòng",
            "trong",
            "chậm nhất là",
            "chậm nhất sau",
            "chậm nhất",
            "sau",
        ],
    );
    let (kind, next) = before
        .map(|next| (DeadlineKind::DaysBefore, next))
        .or_else(|| after.map(|next| (DeadlineKind::DaysAfter, next)))?;
    let days = number(words.get(next)?.core, 3)?;
    let mut to = phrase(words, next + 1, "ngày")?;
    to = phrase(words, to, "làm việc").unwrap_or(to);
    if kind == DeadlineKind::DaysAfter {
        to = any_phrase(words, to, &["kể từ", "từ", "sau khi", "sau"])?;
    }
    Some(Spot {
        deadline: Deadline {
            days: Some(days),
            ..bare(kind)
        },
        from: at,
        to,
    })
}

/// `trước ngày 20/3/2022`, `chậm nhất ngày 15 tháng 6`, `đến hết ngày 30/6/2024`.
fn fixed_day(words: &[Token<'_>], at: usize) -> Option<Spot> {
    const BEFORE: [&str; 2] = ["trước ngày", "trước"];
    const BY: [&str; 10] = [
        "chậm nhất là vào ngày",
        "chậm nhất là ngày",
        "chậm nhất vào ngày",
        "chậm nhất đến ngày",
        "chậm nhất trong ngày",
        "chậm nhất ngày",
        "chậm nhất là",
        "chậm nhất",
        "đến hết ngày",
        "hết ngày",
    ];
    let (kind, next) = any_phrase(words, at, &BEFORE)
        .map(|next| (DeadlineKind::Before, next))
        .or_else(|| any_phrase(words, at, &BY).map(|next| (DeadlineKind::By, next)))?;
    if is_history(words, at) {
        return None;
    }
    if let Some((found, to)) = day(words, next) {
        let date = found.iso();
        let month_day = if found.year.is_none() {
            Some(found.month_day()?)
        } else {
            None
        };
        return Some(Spot {
            deadline: Deadline {
                date,
                month_day,
                ..bare(kind)
            },
            from: at,
            to,
        });
    }
    // "trước tháng 6/2024" is before its first day.
    let (month, year, to) = month(words, next)?;
    let date = match kind {
        DeadlineKind::Before => Day {
            day: 1,
            month,
            year: Some(year),
        }
        .iso(),
        _ => end_of_month(month, year),
    };
    Some(Spot {
        deadline: Deadline { date, ..bare(kind) },
        from: at,
        to,
    })
}

/// Whether the words before speak of when something came about, not of when to do it.
fn is_history(words: &[Token<'_>], at: usize) -> bool {
    const HISTORY: [&str; 6] = [
        "ban hành",
        "hiệu lực",
        "ký",
        "sinh",
        "thành lập",
        "phát hành",
    ];
    HISTORY.iter().any(|past| {
        let length = past.split(' ').count();
        at.checked_sub(length)
            .is_some_and(|from| phrase(words, from, past).is_some())
    })
}

/// `quý II năm 2022`, `trong tháng 9/2024`, `trong năm 2025`.
fn period(words: &[Token<'_>], at: usize) -> Option<Spot> {
    let opened = |from: usize| {
        from.checked_sub(1)
            .and_then(|last| words.get(last))
            .is_none_or(|last| {
                last.tail().contains([':', '(', '.'])
                    || ["trong", "vào", "thành", "xong", "hết"].contains(&last.low.as_str())
            })
    };
    let from = if at > 0
        && words
            .get(at - 1)
            .is_some_and(|last| matches!(last.low.as_str(), "trong" | "vào"))
    {
        at - 1
    } else {
        at
    };
    if let Some(next) = phrase(words, at, "quý") {
        let (date, to) = quarter(words, next)?;
        return Some(Spot {
            deadline: Deadline {
                date,
                ..bare(DeadlineKind::Within)
            },
            from,
            to,
        });
    }
    if words.get(at)?.low == "tháng" && opened(at) {
        let (month, year, to) = month(words, at)?;
        return Some(Spot {
            deadline: Deadline {
                date: end_of_month(month, year),
                ..bare(DeadlineKind::Within)
            },
            from,
            to,
        });
    }
    let next = any_phrase(words, at, &["trong năm", "hoàn thành năm", "hết năm"])?;
    let year = year(words.get(next)?.core)?;
    let date = Day {
        day: 31,
        month: 12,
        year: Some(year),
    }
    .iso();
    Some(Spot {
        deadline: Deadline {
            date,
            ..bare(DeadlineKind::Within)
        },
        from: at,
        to: next + 1,
    })
}

/// `tháng 9/2024` or `tháng 9 năm 2024` at token `at`.
fn month(words: &[Token<'_>], at: usize) -> Option<(u32, u32, usize)> {
    let next = phrase(words, at, "tháng")?;
    let word = words.get(next)?.core;
    if let Some((month, year)) = month_year(word) {
        return Some((month, year, next + 1));
    }
    let month = number(word, 2).filter(|month| (1..=12).contains(month))?;
    let after = phrase(words, next + 1, "năm")?;
    Some((month, year(words.get(after)?.core)?, after + 1))
}

fn end_of_month(month: u32, year: u32) -> Option<String> {
    Day {
        day: month_days(month, year)?,
        month,
        year: Some(year),
    }
    .iso()
}

/// `II năm 2022`, `II/2022`, `2 năm 2022`, `II`: the end of the quarter, if the year is given.
fn quarter(words: &[Token<'_>], at: usize) -> Option<(Option<String>, usize)> {
    let word = words.get(at)?.core;
    let (name, own_year) = match word.split_once('/') {
        Some((name, text)) => (name, Some(year(text)?)),
        None => (word, None),
    };
    let quarter = match name {
        "I" | "1" => 1,
        "II" | "2" => 2,
        "III" | "3" => 3,
        "IV" | "4" => 4,
        _ => return None,
    };
    let stated = phrase(words, at + 1, "năm")
        .and_then(|next| Some((year(words.get(next)?.core)?, next + 1)));
    let (year, to) = match (own_year, stated) {
        (Some(year), _) => (Some(year), at + 1),
        (None, Some((year, next))) => (Some(year), next),
        (None, None) => (None, at + 1),
    };
    Some((year.and_then(|year| end_of_month(quarter * 3, year)), to))
}

/// A word that says a deadline repeats.
struct Repeat {
    every: Option<Every>,
    start: usize,
    end: usize,
}

fn repeats(words: &[Token<'_>]) -> Vec<Repeat> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match repeat_at(words, at) {
            Some((every, to)) => {
                let start = words
                    .get(at)
                    .map_or(0, |word| word.start + word.raw.find(word.core).unwrap_or(0));
                let end = words
                    .get(to - 1)
                    .map_or(start, |word| word.end - word.tail().len());
                out.push(Repeat { every, start, end });
                at = to;
            }
            None => at += 1,
        }
    }
    out
}

fn unit(word: &str) -> Option<Every> {
    match word {
        "năm" => Some(Every::Year),
        "quý" => Some(Every::Quarter),
        "tháng" => Some(Every::Month),
        _ => None,
    }
}

/// `hằng năm`, `định kỳ 01 năm`, `định kỳ hằng quý`, `định kỳ`.
fn repeat_at(words: &[Token<'_>], at: usize) -> Option<(Option<Every>, usize)> {
    if let Some(next) = any_phrase(
        words,
        at,
        &["định kỳ hằng", "định kỳ hàng", "hằng", "hàng", "mỗi"],
    ) && let Some(every) = words.get(next).and_then(|word| unit(&word.low))
    {
        return Some((Some(every), next + 1));
    }
    let next = phrase(words, at, "định kỳ")?;
    let counted = words
        .get(next)
        .filter(|word| matches!(word.core, "1" | "01" | "một"))
        .and_then(|_| words.get(next + 1))
        .and_then(|word| unit(&word.low));
    match counted {
        Some(every) => Some((Some(every), next + 2)),
        None => Some((None, next)),
    }
}

/// Joins a day with the words near it that say it repeats.
fn repeat(found: Found, repeats: &[Repeat], text: &str) -> Deadline {
    let Found {
        mut deadline,
        mut start,
        mut end,
    } = found;
    if deadline.date.is_some() {
        return deadline;
    }
    for other in repeats.iter().filter(|other| other.every.is_some()) {
        let distance = if other.start >= end {
            other.start - end
        } else {
            start.saturating_sub(other.end)
        };
        if distance <= NEAR_BYTES {
            deadline.every = deadline.every.or(other.every);
            start = start.min(other.start);
            end = end.max(other.end);
        }
    }
    let mut words = text.get(start..end).unwrap_or("").to_owned();
    let open = words.matches('(').count();
    if open > words.matches(')').count()
        && text.get(end..).is_some_and(|rest| rest.starts_with(')'))
    {
        words.push(')');
        end += 1;
    }
    words.push_str(ad_hoc_tail(text.get(end..).unwrap_or("")));
    deadline.text = words;
    deadline
}

/// ` hoặc đột xuất`, ` và đột xuất khi có yêu cầu` right after a repeated deadline.
fn ad_hoc_tail(rest: &str) -> &str {
    for tail in [
        " hoặc đột xuất khi có yêu cầu",
        " và đột xuất khi có yêu cầu",
        " hoặc đột xuất",
        " và đột xuất",
        ", đột xuất",
    ] {
        if rest.starts_with(tail) {
            return rest.get(..tail.len()).unwrap_or("");
        }
    }
    ""
}

/// `định kỳ ... hằng năm`, `định kỳ`, `đột xuất`.
fn loose(text: &str, words: &[Token<'_>], repeats: &[Repeat]) -> Option<Deadline> {
    let periodic = repeats.iter().position(|repeat| {
        text.get(repeat.start..)
            .is_some_and(|rest| rest.to_lowercase().starts_with("định kỳ"))
    });
    if let Some(first) = periodic.and_then(|at| repeats.get(at)) {
        let later = repeats
            .iter()
            .find(|repeat| repeat.start >= first.start && repeat.every.is_some());
        let end = later.map_or(first.end, |repeat| repeat.end.max(first.end));
        let tail = ad_hoc_tail(text.get(end..).unwrap_or(""));
        let words = format!("{}{tail}", text.get(first.start..end)?);
        return Some(Deadline {
            every: first.every.or(later.and_then(|repeat| repeat.every)),
            text: words,
            ..bare(DeadlineKind::Periodic)
        });
    }
    if let Some(first) = repeats
        .first()
        .filter(|repeat| repeat.start == 0 && repeat.every.is_some())
    {
        return Some(Deadline {
            every: first.every,
            text: text.get(first.start..first.end)?.to_owned(),
            ..bare(DeadlineKind::Periodic)
        });
    }
    let at = (0..words.len()).find(|at| phrase(words, *at, "đột xuất").is_some())?;
    let reported = (0..words.len()).any(|at| phrase(words, at, "báo cáo").is_some());
    reported.then(|| place(bare(DeadlineKind::AdHoc), text, words, at, at + 2).deadline)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// date, kind, every, month-day, days, text
    fn show(text: &str) -> Vec<String> {
        deadlines(text)
            .iter()
            .map(|d| {
                format!(
                    "{}|{}|{}|{}|{}|{}",
                    d.date.as_deref().unwrap_or("-"),
                    d.kind.code(),
                    d.every.map_or("-", Every::code),
                    d.month_day.as_deref().unwrap_or("-"),
                    d.days.map_or("-".to_owned(), |days| days.to_string()),
                    d.text
                )
            })
            .collect()
    }

    #[test]
    fn words_become_deadlines() {
        for (text, want) in [
            (
                "báo cáo về UBND tỉnh (qua Công an tỉnh) trước ngày 20/3/2022.",
                "2022-03-20|before|-|-|-|trước ngày 20/3/2022",
            ),
            (
                "Định kỳ 01 năm (trước ngày 30/11) hoặc đột xuất báo cáo",
                "-|before|year|11-30|-|Định kỳ 01 năm (trước ngày 30/11) hoặc đột xuất",
            ),
            (
                "báo cáo trước ngày 30/11 hằng năm",
                "-|before|year|11-30|-|trước ngày 30/11 hằng năm",
            ),
            (
                "gửi trước ngày 30 tháng 11 hàng năm.",
                "-|before|year|11-30|-|trước ngày 30 tháng 11 hàng năm",
            ),
            (
                "vào quý II năm 2022);",
                "2022-06-30|within|-|-|-|vào quý II năm 2022",
            ),
            (
                "trong quý I/2024",
                "2024-03-31|within|-|-|-|trong quý I/2024",
            ),
            (
                "Thời gian kiểm tra: Tháng 9/2024.",
                "2024-09-30|within|-|-|-|Tháng 9/2024",
            ),
            (
                "xong trong tháng 2 năm 2024",
                "2024-02-29|within|-|-|-|trong tháng 2 năm 2024",
            ),
            (
                "thông báo ít nhất trước 03 ngày kể từ ngày bắt đầu",
                "-|days_before|-|-|3|ít nhất trước 03 ngày",
            ),
            (
                "trong thời hạn 05 ngày làm việc kể từ ngày nhận",
                "-|days_after|-|-|5|trong thời hạn 05 ngày làm việc kể từ",
            ),
            (
                "chậm nhất ngày 15/6/2024",
                "2024-06-15|by|-|-|-|chậm nhất ngày 15/6/2024",
            ),
            (
                "hoàn thành trước tháng 6/2024",
                "2024-06-01|before|-|-|-|trước tháng 6/2024",
            ),
            (
                "hoàn thành trong năm 2025",
                "2025-12-31|within|-|-|-|trong năm 2025",
            ),
            ("định kỳ báo cáo kết quả", "-|periodic|-|-|-|định kỳ"),
            (
                "định kỳ và đột xuất khi có yêu cầu, tổng hợp",
                "-|periodic|-|-|-|định kỳ và đột xuất khi có yêu cầu",
            ),
            ("Hằng quý, tổng hợp", "-|periodic|quarter|-|-|Hằng quý"),
            (
                "trước ngày 31/13/2024",
                "-|before|-|-|-|trước ngày 31/13/2024",
            ),
            ("khi cần báo cáo đột xuất", "-|ad_hoc|-|-|-|đột xuất"),
        ] {
            assert_eq!(show(text), [want], "{text}");
        }
    }

    #[test]
    fn two_days_are_two_deadlines() {
        assert_eq!(
            show("trước ngày 15/6 và trước ngày 15/12 hằng năm").len(),
            2
        );
    }

    #[test]
    fn dates_that_bind_nobody_are_left_alone() {
        for text in [
            "Chỉ thị số 02/CT-TTg ngày 04/7/2018 của Thủ tướng Chính phủ",
            "văn bản ban hành trước ngày 01/7/2020",
            "từ 12/2020 đến tháng 6/2024",
            "kiểm tra định hướng năm 2023",
            "Kế hoạch hằng năm của UBND tỉnh",
            "thanh tra đột xuất",
        ] {
            assert_eq!(show(text), Vec::<String>::new(), "{text}");
        }
    }
}
