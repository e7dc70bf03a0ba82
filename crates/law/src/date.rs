//! Civil dates as the law counts them.
//!
//! Adding years or months to a month end can fall on a day that does not exist
//! (29 February plus ten years). Every such step names its rounding; nothing is
//! clamped silently.

use std::fmt;

use jiff::{ToSpan as _, civil};

/// What to do when the computed day does not exist in its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// The last day that exists before it: 29/2/2024 + 1 year is 28/2/2025.
    Down,
    /// The first day that exists after it: 29/2/2024 + 1 year is 1/3/2025.
    Up,
}

impl Round {
    /// Reads the code used in the law pack: `down` or `up`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "down" => Some(Self::Down),
            "up" => Some(Self::Up),
            _ => None,
        }
    }
}

/// Why a text is not a date, or a sum is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The text is not a day of the calendar in the form `YYYY-MM-DD`.
    #[error("`{0}` is not a date of the form `YYYY-MM-DD`")]
    Text(String),
    /// The result lies outside the calendar (years 1 to 9999).
    #[error("the date lies outside the years 1 to 9999")]
    Range,
}

impl DateError {
    /// Stable code of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text(_) => "DATE-TEXT",
            Self::Range => "DATE-RANGE",
        }
    }
}

/// A day of the civil calendar, years 1 to 9999, without time or zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegalDate(civil::Date);

impl LegalDate {
    /// The day `year-month-day`.
    ///
    /// # Errors
    /// [`DateError::Range`] when there is no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, DateError> {
        if year < 1 {
            return Err(DateError::Range);
        }
        civil::Date::new(year, month, day)
            .map(Self)
            .map_err(|_| DateError::Range)
    }

    /// Reads an ISO date, exactly `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`DateError::Text`] for any other form and for days that do not exist.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let refused = || DateError::Text(text.to_owned());
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shape {
            return Err(refused());
        }
        let mut parts = text.splitn(3, '-');
        let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(refused());
        };
        let year: i16 = year.parse().map_err(|_| refused())?;
        let month: i8 = month.parse().map_err(|_| refused())?;
        let day: i8 = day.parse().map_err(|_| refused())?;
        Self::new(year, month, day).map_err(|_| refused())
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// The date `days` later (earlier when negative).
    ///
    /// # Errors
    /// [`DateError::Range`] when the result leaves the calendar.
    pub fn plus_days(self, days: i32) -> Result<Self, DateError> {
        let moved = self
            .0
            .checked_add(i64::from(days).days())
            .map_err(|_| DateError::Range)?;
        Self::new(moved.year(), moved.month(), moved.day())
    }

    /// The same day of the year `years` later; `round` decides for 29 February.
    ///
    /// # Errors
    /// [`DateError::Range`] when the result leaves the calendar.
    pub fn plus_years(self, years: i32, round: Round) -> Result<Self, DateError> {
        self.plus_months(years.checked_mul(12).ok_or(DateError::Range)?, round)
    }

    /// The same day of the month `months` later; `round` decides for month ends.
    ///
    /// # Errors
    /// [`DateError::Range`] when the result leaves the calendar.
    pub fn plus_months(self, months: i32, round: Round) -> Result<Self, DateError> {
        let start = i32::from(self.0.year()) * 12 + i32::from(self.0.month()) - 1;
        let target = start.checked_add(months).ok_or(DateError::Range)?;
        let year = i16::try_from(target.div_euclid(12)).map_err(|_| DateError::Range)?;
        let month = i8::try_from(target.rem_euclid(12) + 1).map_err(|_| DateError::Range)?;
        let first = Self::new(year, month, 1)?;
        let last_day = first.0.days_in_month();
        if self.0.day() <= last_day {
            return Self::new(year, month, self.0.day());
        }
        let last = Self::new(year, month, last_day)?;
        match round {
            Round::Down => Ok(last),
            Round::Up => last.plus_days(1),
        }
    }

    /// Whole days from `earlier` to this date; negative when it lies before.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        earlier.0.until(self.0).map_or(0, |span| span.get_days())
    }

    /// The date as Vietnamese documents write it in running text: `28/2/2034`.
    #[must_use]
    pub fn day_month_year(self) -> String {
        format!("{}/{}/{}", self.0.day(), self.0.month(), self.0.year())
    }
}

impl fmt::Display for LegalDate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{:04}-{:02}-{:02}",
            self.0.year(),
            self.0.month(),
            self.0.day()
        )
    }
}

impl std::str::FromStr for LegalDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> LegalDate {
        LegalDate::parse(text).expect("a date")
    }

    #[test]
    fn leap_day_needs_a_rounding() {
        let leap = date("2024-02-29");
        assert_eq!(leap.plus_years(10, Round::Down), Ok(date("2034-02-28")));
        assert_eq!(leap.plus_years(10, Round::Up), Ok(date("2034-03-01")));
        assert_eq!(leap.plus_years(20, Round::Up), Ok(date("2044-02-29")));
    }

    #[test]
    fn month_ends_round_both_ways() {
        let end = date("2025-01-31");
        assert_eq!(end.plus_months(1, Round::Down), Ok(date("2025-02-28")));
        assert_eq!(end.plus_months(1, Round::Up), Ok(date("2025-03-01")));
        assert_eq!(end.plus_months(-2, Round::Down), Ok(date("2024-11-30")));
        assert_eq!(end.plus_months(-1, Round::Up), Ok(date("2024-12-31")));
    }

    #[test]
    fn days_cross_years_and_stop_at_the_calendar() {
        assert_eq!(date("2034-02-28").plus_days(-60), Ok(date("2033-12-30")));
        assert_eq!(date("9999-12-31").plus_days(1), Err(DateError::Range));
        assert_eq!(date("0001-01-01").plus_days(-1), Err(DateError::Range));
        assert_eq!(
            date("9990-01-01").plus_years(i32::MAX, Round::Up),
            Err(DateError::Range)
        );
        assert_eq!(date("2025-01-01").days_since(date("2024-01-01")), 366);
    }

    #[test]
    fn only_the_iso_form_is_read() {
        for text in [
            "",
            "2025-2-01",
            "2025-02-30",
            "2025/02/01",
            "20250201",
            "+025-02-01",
            "2025-02-01 ",
            "٢٠٢٥-٠٢-٠١",
        ] {
            assert_eq!(
                LegalDate::parse(text),
                Err(DateError::Text(text.to_owned())),
                "{text}"
            );
        }
        assert_eq!(date("2025-02-01").to_string(), "2025-02-01");
        assert_eq!(date("2025-02-01").day_month_year(), "1/2/2025");
    }
}
