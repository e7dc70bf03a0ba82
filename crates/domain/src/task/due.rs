//! The last day of a duty, and how late it is.

use law::{LegalDate, Round};
use vanban::reader::{Deadline, DeadlineKind, Every};

use super::State;

/// Years looked ahead for a day that does not exist every year (29 February).
const LEAP_YEARS_MAX: i16 = 8;

/// The last day on which a result is in time, as far as the words give one.
///
/// "trước ngày 20/3" ends on 19/3. A yearly duty gives its next occurrence on
/// or after `today`. A day without a year is of the year of the document, if it
/// does not lie before the document. Relative deadlines and periods without a
/// day have none: the words are shown instead.
pub fn last_day(
    deadline: &Deadline,
    issued: Option<LegalDate>,
    today: LegalDate,
) -> Option<LegalDate> {
    if let Some(date) = &deadline.date {
        return bind(deadline.kind, LegalDate::parse(date).ok()?);
    }
    let (month, day) = month_day(deadline.month_day.as_deref()?)?;
    match deadline.every {
        Some(Every::Year) => (today.year()..=today.year().saturating_add(LEAP_YEARS_MAX))
            .filter_map(|year| LegalDate::new(year, month, day).ok())
            .filter_map(|date| bind(deadline.kind, date))
            .find(|last| *last >= today),
        Some(Every::Quarter | Every::Month) => None,
        None => {
            let issued = issued?;
            let date = LegalDate::new(issued.year(), month, day).ok()?;
            bind(deadline.kind, date).filter(|last| *last >= issued)
        }
    }
}

/// The last day of the next period. A month's last day stays a month's last day
/// (31/3, 30/6), so that it does not creep forward over short months; 29 February
/// becomes 28 February.
pub fn next_day(every: Every, due_on: LegalDate) -> Option<LegalDate> {
    let months = match every {
        Every::Year => return due_on.plus_years(1, Round::Down).ok(),
        Every::Quarter => 3,
        Every::Month => 1,
    };
    let next = due_on.plus_months(months, Round::Down).ok()?;
    let is_last = |day: LegalDate| day.plus_days(1).is_ok_and(|after| after.day() == 1);
    if !is_last(due_on) {
        return Some(next);
    }
    (0..=3)
        .filter_map(|days| next.plus_days(days).ok())
        .find(|day| is_last(*day))
}

/// "Before" a day means at the latest on the day before it.
fn bind(kind: DeadlineKind, date: LegalDate) -> Option<LegalDate> {
    match kind {
        DeadlineKind::Before => date.plus_days(-1).ok(),
        DeadlineKind::By | DeadlineKind::Within => Some(date),
        DeadlineKind::DaysBefore
        | DeadlineKind::DaysAfter
        | DeadlineKind::Periodic
        | DeadlineKind::AdHoc => None,
    }
}

/// `11-30` → (11, 30).
fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    Some((month.parse().ok()?, day.parse().ok()?))
}

/// Days past the last day while a result is still owed; `None` when not overdue
/// (quá hạn).
pub fn overdue_days(state: State, due_on: Option<LegalDate>, today: LegalDate) -> Option<u32> {
    let due_on = due_on.filter(|due_on| state.is_open() && *due_on < today)?;
    u32::try_from(today.days_since(due_on)).ok()
}
