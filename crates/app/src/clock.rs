//! The two things a use case cannot compute: the time and chance. `cli` gives
//! the real ones, tests give their own.

use crate::AppError;

/// Tells the time.
pub trait Clock: Send + Sync {
    fn now(&self) -> jiff::Timestamp;
}

/// Draws random bytes fit for keys.
pub trait Random: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// An instant as stored: UTC, RFC 3339, microseconds, always 27 characters, so
/// that text order is time order.
pub fn instant(now: jiff::Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// The instant some minutes later, as stored.
pub fn later(now: jiff::Timestamp, minutes: i64) -> Result<String, AppError> {
    now.checked_add(jiff::SignedDuration::from_mins(minutes))
        .map(instant)
        .map_err(|_| AppError::Clock)
}

/// The day in Vietnam: UTC+7 all year.
pub fn vietnam_day(now: jiff::Timestamp) -> Result<law::LegalDate, AppError> {
    let local = now
        .checked_add(jiff::SignedDuration::from_hours(7))
        .map_err(|_| AppError::Clock)?;
    law::LegalDate::parse(&local.strftime("%Y-%m-%d").to_string()).map_err(|_| AppError::Clock)
}
