//! Dates as clerks write them into cells.

use law::LegalDate;

use super::cells::Cell;

/// Where the day count of a workbook starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Epoch {
    /// Day 1 is 1/1/1900 and day 60 is 29/2/1900, which never was.
    Y1900,
    /// Day 0 is 1/1/1904 (old Macintosh workbooks).
    Y1904,
}

/// The day that a serial number of a workbook means; the time of day is dropped.
/// `None` for day 60 of the 1900 count (29/2/1900) and outside the calendar.
///
/// ```
/// use domain::book::import::{Epoch, date_of_serial};
/// let day = |serial| date_of_serial(serial, Epoch::Y1900).map(|date| date.to_string());
/// assert_eq!(day(45356.0).as_deref(), Some("2024-03-05"));
/// assert_eq!(day(59.0).as_deref(), Some("1900-02-28"));
/// assert_eq!(day(60.0), None);
/// assert_eq!(day(61.0).as_deref(), Some("1900-03-01"));
/// ```
pub fn date_of_serial(serial: f64, epoch: Epoch) -> Option<LegalDate> {
    let day = serial.floor();
    if !(0.0..=3_000_000.0).contains(&day) {
        return None;
    }
    let days: i32 = format!("{day}").parse().ok()?;
    let (start, days) = match epoch {
        Epoch::Y1904 => ((1904, 1, 1), days),
        Epoch::Y1900 if days == 0 || days == 60 => return None,
        Epoch::Y1900 if days < 60 => ((1899, 12, 31), days),
        Epoch::Y1900 => ((1899, 12, 30), days),
    };
    let (year, month, day) = start;
    LegalDate::new(year, month, day).ok()?.plus_days(days).ok()
}

/// A date read from a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    Date(LegalDate),
    /// Day and month; the year is that of the book.
    DayMonth(LegalDate),
}

/// Reads a cell of a date column; `None` when it is no date. `year` completes a
/// text that gives day and month alone.
pub(super) fn of_cell(cell: &Cell, year: i16) -> Option<Read> {
    match cell {
        Cell::Date(date) => Some(Read::Date(*date)),
        Cell::Number(serial) => date_of_serial(*serial, Epoch::Y1900).map(Read::Date),
        Cell::Text(text) => of_text(text, year),
        Cell::Empty | Cell::Bool(_) | Cell::Error(_) => None,
    }
}

/// `5/3/2024`, `05-03-24`, `5.3.2024`, `2024-03-05`, `ngày 5 tháng 3 năm 2024`,
/// `5/3`; a time of day behind it is dropped. Day before month, always.
pub(super) fn of_text(text: &str, year: i16) -> Option<Read> {
    let folded = vanban::text::fold(text);
    let plain = folded
        .replace("ngay", " ")
        .replace("thang", "/")
        .replace("nam", "/");
    let plain = plain
        .trim()
        .trim_start_matches([',', '.'])
        .replace(" / ", "/")
        .replace("/ ", "/")
        .replace(" /", "/")
        .replace(" - ", "-")
        .replace(" . ", ".");
    let date = match plain.split_once([' ', 't']) {
        Some((date, time)) if is_time(time) => date,
        Some(_) => return None,
        None => plain.as_str(),
    };
    let date = date.trim_end_matches(['.', ',', ';']);
    let parts: Vec<&str> = date.split(['/', '-', '.']).collect();
    match parts.as_slice() {
        [first, month, day] if first.len() == 4 => Some(Read::Date(build(
            number(first)?,
            short(month)?,
            short(day)?,
        )?)),
        [day, month, last] => {
            let year = match last.len() {
                4 => number(last)?,
                2 => 2000 + number(last)?,
                _ => return None,
            };
            Some(Read::Date(build(year, short(month)?, short(day)?)?))
        }
        [day, month] => Some(Read::DayMonth(build(year, short(month)?, short(day)?)?)),
        _ => None,
    }
}

fn is_time(text: &str) -> bool {
    let text = text.trim();
    text.contains(':')
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | ' ' | 'a' | 'p' | 'm' | 'z'))
}

fn number(text: &str) -> Option<i16> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn short(text: &str) -> Option<i8> {
    if text.is_empty() || text.len() > 2 {
        return None;
    }
    i8::try_from(number(text)?).ok()
}

fn build(year: i16, month: i8, day: i8) -> Option<LegalDate> {
    LegalDate::new(year, month, day).ok()
}
