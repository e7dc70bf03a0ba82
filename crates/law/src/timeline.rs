//! Values in time: one subject, several periods, never two at once.

use crate::date::LegalDate;

/// A period of days, both ends included. No end means "until further notice".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// First day.
    pub from: LegalDate,
    /// Last day; `None` when still running.
    pub to: Option<LegalDate>,
}

impl Period {
    /// Whether the day lies in the period.
    #[must_use]
    pub fn contains(&self, day: LegalDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// The period in words for messages: `from 2020-07-01 to 2026-02-28`.
    #[must_use]
    pub fn words(&self) -> String {
        match self.to {
            Some(to) => format!("from {} to {to}", self.from),
            None => format!("from {} on", self.from),
        }
    }
}

/// How two neighbours in time fail to meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seam {
    /// Days without a value: first and last of them; no last day when the final value ends.
    Gap(LegalDate, Option<LegalDate>),
    /// Days with two values: the first of them.
    Overlap(LegalDate),
}

/// Values of one subject, ordered by their first day.
#[derive(Debug, Clone)]
pub struct Timeline<T> {
    values: Vec<(Period, T)>,
}

impl<T> Timeline<T> {
    /// Orders the values by their first day; seams are reported by [`Self::seams`].
    #[must_use]
    pub fn new(mut values: Vec<(Period, T)>) -> Self {
        values.sort_by_key(|(period, _)| *period);
        Self { values }
    }

    /// Every value, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &(Period, T)> {
        self.values.iter()
    }

    /// The same periods with other values.
    #[must_use]
    pub fn map<U>(self, change: impl Fn(T) -> U) -> Timeline<U> {
        Timeline {
            values: self
                .values
                .into_iter()
                .map(|(period, value)| (period, change(value)))
                .collect(),
        }
    }

    /// The value in force on a day; `None` when there is none, never the nearest.
    #[must_use]
    pub fn at(&self, day: LegalDate) -> Option<&T> {
        let after = self
            .values
            .partition_point(|(period, _)| period.from <= day);
        let (period, value) = self.values.get(after.checked_sub(1)?)?;
        period.contains(day).then_some(value)
    }

    /// The first day with a value.
    #[must_use]
    pub fn start(&self) -> Option<LegalDate> {
        self.values.first().map(|(period, _)| period.from)
    }

    /// Every gap and overlap, with the value it comes before (the last value for an open end).
    #[must_use]
    pub fn seams(&self) -> Vec<(Seam, &T)> {
        let mut seams = Vec::new();
        for (earlier, later) in self.values.iter().zip(self.values.iter().skip(1)) {
            let Some(end) = earlier.0.to else {
                seams.push((Seam::Overlap(later.0.from), &later.1));
                continue;
            };
            let Ok(next) = end.plus_days(1) else { continue };
            if later.0.from < next {
                seams.push((Seam::Overlap(later.0.from), &later.1));
            } else if later.0.from > next {
                seams.push((Seam::Gap(next, later.0.from.plus_days(-1).ok()), &later.1));
            }
        }
        if let Some((Period { to: Some(end), .. }, value)) = self.values.last()
            && let Ok(next) = end.plus_days(1)
        {
            seams.push((Seam::Gap(next, None), value));
        }
        seams
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> LegalDate {
        LegalDate::parse(text).expect("a date")
    }

    fn line(periods: &[(&str, Option<&str>)]) -> Timeline<usize> {
        let values = periods.iter().enumerate();
        Timeline::new(
            values
                .map(|(at, (from, to))| {
                    (
                        Period {
                            from: date(from),
                            to: to.map(date),
                        },
                        at,
                    )
                })
                .collect(),
        )
    }

    #[test]
    fn no_value_is_none_never_the_nearest() {
        let line = line(&[("2020-07-01", Some("2026-02-28")), ("2026-03-01", None)]);
        assert_eq!(line.at(date("2020-06-30")), None);
        assert_eq!(line.at(date("2020-07-01")), Some(&0));
        assert_eq!(line.at(date("2026-02-28")), Some(&0));
        assert_eq!(line.at(date("2026-03-01")), Some(&1));
        assert!(line.seams().is_empty());
    }

    #[test]
    fn seams_are_found() {
        let gap = line(&[("2020-01-01", Some("2020-01-31")), ("2020-03-01", None)]);
        assert_eq!(gap.at(date("2020-02-10")), None);
        assert_eq!(
            gap.seams(),
            [(Seam::Gap(date("2020-02-01"), Some(date("2020-02-29"))), &1)]
        );
        let overlap = line(&[("2020-01-01", Some("2020-01-31")), ("2020-01-31", None)]);
        assert_eq!(overlap.seams(), [(Seam::Overlap(date("2020-01-31")), &1)]);
        let open = line(&[("2020-01-01", None), ("2020-02-01", None)]);
        assert_eq!(open.seams(), [(Seam::Overlap(date("2020-02-01")), &1)]);
        let ended = line(&[("2020-01-01", Some("2020-12-31"))]);
        assert_eq!(ended.seams(), [(Seam::Gap(date("2021-01-01"), None), &0)]);
    }
}
