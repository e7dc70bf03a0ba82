//! Every limit of the store in one place. Suffixes name the unit.

/// Connections that read an SQLite file at once.
pub const READ_CONNECTIONS: u32 = 4;
/// Connections to PostgreSQL.
pub const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a clerk waits for the write lock before a clear error.
pub const WRITE_WAIT_S: u64 = 30;
/// Page cache of one SQLite connection.
pub const SQLITE_CACHE_KIB: u32 = 8 * 1024;
/// Pages that the write-ahead log may hold before it is folded into the file: what many acts change
/// is then written once.
pub const WAL_PAGES: u32 = 4_000;
/// Events that a verification of the ledger reads at once.
pub const VERIFY_EVENTS_AT_ONCE: i64 = 4_096;
/// Prepared statements kept per connection.
pub const STATEMENT_CACHE: usize = 256;
/// Rows on one screen of a list.
pub const PAGE_ROWS: i64 = 50;
/// Deepest page reached by counting rows; beyond it the user narrows the search.
pub const PAGE_DEPTH_MAX: i64 = 200;
/// A search counts at most this many hits; screens say "hơn 1.000".
pub const COUNT_MAX: i64 = 1_000;
/// Words indexed per entry.
pub const ENTRY_WORDS_MAX: usize = 64;
/// Words used of one search.
pub const SEARCH_WORDS_MAX: usize = 8;
/// Lengths of the runs of lines that the word index holds, each a multiple of the one before. The
/// shortest is the most that a search reads line by line, the longest the most that one commit indexes.
pub const WORD_RUNS: [i64; 3] = [256, 2_048, 16_384];
/// Lines whose words are read at once while a run is indexed.
pub const RUN_LINES_AT_ONCE: i64 = 2_048;
/// Rows of the word index written by one statement.
pub const HITS_AT_ONCE: usize = 200;
/// Found lines that are put in another order by reading their sort keys; more are found by walking
/// that order's index.
pub const SORT_LINES_MAX: i64 = 1_500;
/// Lines written by one statement. The driver looks each bound value up by its name in a list, so long
/// statements cost more than they save.
pub const LINES_AT_ONCE: usize = 8;
/// Document numbers looked for by one statement.
pub const NUMBERS_AT_ONCE: usize = 200;
/// Events written by one statement.
pub const EVENTS_AT_ONCE: usize = 100;
/// Numbers of lines in one statement.
pub const SERIALS_AT_ONCE: usize = 500;
/// Largest key file.
pub const KEY_FILE_BYTES_MAX: u64 = 64 * 1024;
/// Slots of a key file: each wrong passphrase costs one derivation per slot.
pub const KEY_SLOTS_MAX: usize = 8;
/// Most memory that a slot may ask for.
pub const KEY_MEMORY_KIB_MAX: u32 = 2 * 1024 * 1024;
/// Most passes that a slot may ask for.
pub const KEY_PASSES_MAX: u32 = 64;
/// Rows that a copy between databases moves at once.
pub const COPY_ROWS: usize = 400;
/// Bound values of one statement; SQLite allows 32,766, but the driver looks each up in a list.
pub const COPY_VALUES_MAX: usize = 800;
/// Free disk space below which `doctor` warns.
pub const DISK_FREE_WARN_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Free disk space below which `doctor` fails: the next write may not fit.
pub const DISK_FREE_FAIL_BYTES: u64 = 100 * 1024 * 1024;
/// Findings that one check of `doctor` names.
pub const DOCTOR_FINDINGS_MAX: usize = 20;
/// Lines of a unit's register of instruments, and items of one catalogue.
pub const LIBRARY_ROWS_MAX: i64 = 5_000;
/// Jobs added, leased or kept by one statement.
pub const JOBS_AT_ONCE: usize = 100;

/// Rows before a page of a list.
pub(crate) fn offset(page: i64) -> i64 {
    (page.clamp(1, PAGE_DEPTH_MAX) - 1) * PAGE_ROWS
}
