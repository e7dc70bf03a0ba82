//! Limits of use cases. Suffixes name the unit.

/// Wrong passwords before an account is locked.
pub const LOGIN_TRIES_MAX: i64 = 10;
/// How long a locked account waits.
pub const LOGIN_LOCK_MIN: i64 = 15;
/// A session without a request ends after this long.
pub const SESSION_IDLE_MIN: i64 = 30;
/// A session ends after this long in any case.
pub const SESSION_HOURS: i64 = 10;
/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Longest password: enough for a sentence, too short to tire the hash.
pub const PASSWORD_CHARS_MAX: usize = 256;
/// A plan or directive as a file.
pub const PLAN_FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes that an upload may go on after its limit before the line is cut: enough
/// that the sender of a file of ordinary size reads why it was refused.
pub const PLAN_UPLOAD_DRAIN_BYTES_MAX: usize = 512 * 1024 * 1024;
/// Tasks of one plan: what one reading of its list gives back.
pub const PLAN_TASKS_MAX: usize = 2_000;
/// Longest kept name of a file.
pub const FILE_NAME_CHARS_MAX: usize = 150;
/// Lines of a book on one printed page unit.
pub const BOOK_PAGE_ROWS: i64 = 12;
/// Lines of a book in one print.
pub const PRINT_ROWS_MAX: i64 = 6_000;
/// How long a worker may be silent before its jobs go to another; it tells that it lives at a third of it.
pub const LEASE_MIN: i64 = 3;
/// Jobs that a worker takes at once.
pub const LEASE_JOBS_MAX: i64 = 200;
/// How long jobs that were done are kept.
pub const JOBS_KEPT_MIN: i64 = 7 * 24 * 60;
/// A file of scan reports.
pub const REPORT_FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Reports in one file or one batch.
pub const REPORTS_MAX: usize = 50_000;
/// Months of the charts of the watch.
pub const TREND_MONTHS: i32 = 12;
/// A hand-over file: what a signed note may be.
pub const HAND_OVER_BYTES_MAX: usize = 128 * 1024;
/// Sources named in a filter.
pub const WATCH_NAMES_MAX: i64 = 200;
/// Labels of one stamp in one print.
pub const LABEL_COPIES_MAX: i64 = 300;
/// Longest text written into a stamp in place of its dots.
pub const STAMP_FILL_CHARS_MAX: usize = 40;
/// A Word template as a file.
pub const TEMPLATE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A Word template or a filled part of it, inflated.
pub const TEMPLATE_INFLATED_BYTES_MAX: usize = 24 * 1024 * 1024;
/// Parts in the container of a Word template.
pub const TEMPLATE_PARTS_MAX: usize = 300;
/// Elements inside each other in a part of a Word template.
pub const TEMPLATE_DEPTH_MAX: usize = 100;
/// Templates that a unit has in use.
pub const TEMPLATES_MAX: i64 = 100;
/// Longest name of a template.
pub const TEMPLATE_NAME_CHARS_MAX: usize = 120;
/// Lines of a filled template shown on the screen.
pub const TEMPLATE_PREVIEW_LINES: usize = 400;
/// Book pages that are typeset at once when a year is bound.
pub const PACK_SECTION_PAGES: i64 = 40;
/// Sections of a bound year that are typeset beside each other.
pub const PACK_SECTIONS_AT_ONCE: usize = 2;
/// Pages of a bound year.
pub const PACK_PAGES_MAX: i64 = 5_000;
