//! Limits of what a person may enter. Suffixes name the unit.

/// Longest single-line field (number, name, post).
pub const FIELD_CHARS_MAX: usize = 300;
/// Longest subject or note: long enough for any real one, too short for a document.
pub const SUBJECT_CHARS_MAX: usize = 500;
/// Longest result or reason of a task.
pub const RESULT_CHARS_MAX: usize = 2_000;
/// Copies of one document in one act.
pub const COPIES_MAX: i64 = 200;
/// Documents of one batch.
pub const BATCH_DOCUMENTS_MAX: usize = 200;
/// Copies that one form of a batch shows.
pub const BATCH_COPIES_MAX: usize = 1_000;
/// Rows of a sheet that is read in as a book.
pub const IMPORT_ROWS_MAX: usize = 200_000;
/// Columns of such a sheet.
pub const IMPORT_COLUMNS_MAX: usize = 64;
/// Characters of one cell.
pub const IMPORT_CELL_CHARS_MAX: usize = 2_000;
/// Merged ranges of one sheet.
pub const IMPORT_MERGES_MAX: usize = 50_000;
/// Rows from the top in which the column headings have to begin.
pub const IMPORT_HEADER_SEARCH_ROWS: usize = 40;
/// Rows that column headings may take.
pub const IMPORT_HEADER_ROWS_MAX: usize = 3;
/// Shortest reason that says anything.
pub const REASON_CHARS_MIN: usize = 3;
/// Largest count that a step of a dossier takes (copies, people, pages, days).
pub const NUMBER_MAX: i64 = 100_000;
/// Words used of one question to the library.
pub const QUERY_WORDS_MAX: usize = 24;
/// Rows or paragraphs of a file that is read in as a catalogue.
pub const CATALOGUE_ROWS_MAX: usize = 5_000;
/// Longest address of a watched file.
pub const WATCH_ADDRESS_CHARS_MAX: usize = 2_000;
/// Longest code of a unit, a rule or a file format.
pub const WATCH_CODE_CHARS_MAX: usize = 60;
/// Longest masked excerpt of a finding.
pub const WATCH_EXCERPT_CHARS_MAX: usize = 40;
/// Markings of one file, and parts of it that were not read.
pub const WATCH_MARKINGS_MAX: usize = 200;
/// Requests or files a minute when nobody says otherwise.
pub const WATCH_RATE_PER_MIN: i64 = 60;
pub const WATCH_RATE_PER_MIN_MAX: i64 = 6_000;
/// Longest time between two runs of a source, in days.
pub const WATCH_EVERY_DAYS_MAX: i64 = 366;
/// Deaths of workers after which a job is set aside.
pub const JOB_DEATHS_MAX: i64 = 3;
/// Leases of a job that fails before it is given up.
pub const JOB_TRIES_MAX: i64 = 5;
/// Longest side of a stamp that an administrator may enter, micrometres.
pub const STAMP_SIDE_UM_MAX: i64 = 120_000;
/// Shortest side, micrometres.
pub const STAMP_SIDE_UM_MIN: i64 = 3_000;
/// Widest distance of border lines or rows, micrometres.
pub const STAMP_GAP_UM_MAX: i64 = 20_000;
/// Letter sizes of a stamp, hundredths of a point.
pub const STAMP_LETTER_MIN: i64 = 400;
/// See [`STAMP_LETTER_MIN`].
pub const STAMP_LETTER_MAX: i64 = 7_200;
