//! Every limit of this crate. A limit that is reached makes a file `incomplete`, never clean.

use std::time::Duration;

use jiff::SignedDuration;

/// Wall-clock time of one outermost file in a worker.
pub const FILE_WALL: Duration = Duration::from_secs(10);
/// Further wall-clock time for each MiB beyond the first.
pub const FILE_WALL_PER_MIB: Duration = Duration::from_millis(250);
/// A worker beyond this much resident memory is ended.
pub const WORKER_RSS_BYTES_MAX: u64 = 1 << 30;
/// A worker that holds more than this after a file is replaced by a fresh one.
pub const WORKER_RSS_BYTES_KEPT: u64 = 192 << 20;
/// Files beyond this size have the worker's memory looked at at once.
pub const LOOK_AFTER_BYTES: u64 = 256 << 10;
/// A worker is replaced after this many files: the start of one costs as much as 25 small files.
pub const WORKER_FILES_MAX: u32 = 2_000;
/// A worker is replaced before a file if it is older than this; keeps its CPU time far from its limit.
pub const WORKER_AGE_MAX: Duration = Duration::from_secs(300);
/// How often running workers are looked at.
pub const WATCH_EVERY: Duration = Duration::from_millis(50);
/// Time in which a new worker must have locked itself.
pub const WORKER_START: Duration = Duration::from_secs(20);
/// Most workers at a time.
pub const JOBS_MAX: usize = 256;

/// Files that a worker is given at a time, and their bytes: handing one over and waiting for its answer costs as much as
/// reading a small one. A larger file is given alone.
pub const HAND_FILES: usize = 16;
pub const HAND_BYTES: u64 = 256 << 10;
/// How long a worker keeps answers back to give the next ones with them, and how many bytes.
pub const HELD_BACK: Duration = Duration::from_millis(1);
pub const HELD_BACK_BYTES: usize = 32 << 10;

/// Largest frame between worker and parent.
pub const FRAME_BYTES_MAX: usize = 4 << 20;
/// All answers of a worker for one outermost file.
pub const ANSWER_BYTES_MAX: usize = 64 << 20;
/// Strips of one outermost file that are given to the second reader; what is asked beyond stays in doubt.
pub const ASKED_MAX: u32 = 32;
/// Pixels of such a strip: they fit a pipe, so that handing them on never waits.
pub const STRIP_PIXELS_MAX: u64 = 65_000;
/// Time in which the second reader must answer.
pub const SECOND_WALL: Duration = Duration::from_secs(5);
/// What is read of its answer.
pub const SECOND_BYTES_MAX: u64 = 1_024;
/// What is kept of a dead worker's last words; they are looked at, never shown.
pub const LAST_WORDS_BYTES_MAX: u64 = 4_096;

/// Files up to this size are read into memory once; larger ones are streamed from the disk.
pub const WHOLE_BYTES_MAX: u64 = 4 << 20;
/// Files walked ahead of the report that is due next.
pub const WINDOW_FILES: usize = 512;
/// A file whose change is younger than this may change again within the same tick of its time stamp.
pub const SETTLED_AFTER: Duration = Duration::from_millis(100);
/// The same on file systems that keep whole seconds.
pub const SETTLED_AFTER_COARSE: Duration = Duration::from_secs(3);

/// A cache keeps the answers of an edition that was used within this time: 30 days.
pub const EDITION_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Findings of one file that a report keeps.
pub const FINDINGS_MAX: usize = 1_000;
/// Unread parts of one file that a report keeps.
pub const INCOMPLETE_MAX: usize = 100;
/// Longest name or place in a report, in characters.
pub const WORDS_CHARS_MAX: usize = 1_024;

/// Files that a page, a SARIF log or a table names; the others are counted.
pub const REPORTED_FILES_MAX: usize = 20_000;

/// Grounds that a gate names for one upload.
pub const REASONS_MAX: usize = 100;
/// Uploads held in memory until their verdict, all doors together.
pub const HELD_MIB_MAX: u32 = 1_024;
/// What an upload of unknown length may hold at first.
pub const HELD_MIB_UNKNOWN: u32 = 16;
/// Parts of one upload.
pub const PARTS_MAX: usize = 200;
/// Time in which an upload must have come in.
pub const UPLOAD_WALL: Duration = Duration::from_secs(120);
/// Time in which the next byte of a message must come.
pub const SILENCE_MAX: Duration = Duration::from_secs(60);
/// Header of an ICAP message, and the headers it carries.
pub const ICAP_HEAD_BYTES_MAX: usize = 64 << 10;
/// ICAP connections at a time.
pub const ICAP_CONNECTIONS_MAX: usize = 512;
/// How often a watched folder is looked at.
pub const FOLDER_EVERY: Duration = Duration::from_secs(1);
/// Files that a folder's gate remembers between two looks.
pub const FOLDER_FILES_MAX: usize = 100_000;

/// Pages of one crawl, if the operator says nothing.
pub const CRAWL_PAGES_MAX: u64 = 10_000;
/// Bodies of one crawl.
pub const CRAWL_BYTES_MAX: u64 = 20 << 30;
/// Addresses that wait for their turn.
pub const CRAWL_QUEUE_MAX: usize = 200_000;
/// Addresses of one path with different queries.
pub const CRAWL_VARIANTS_MAX: u32 = 200;
/// Longest pause between two requests that a host may ask for.
pub const CRAWL_DELAY_MAX: Duration = Duration::from_secs(60);
/// One body; the rest is cut off, and said so.
pub const PAGE_BYTES_MAX: usize = 64 << 20;
/// Time of one request from its start to its last byte.
pub const PAGE_WALL: Duration = Duration::from_secs(60);
/// Time to a connection.
pub const CONNECT_WALL: Duration = Duration::from_secs(15);
/// Headers of an answer that are kept.
pub const HEADERS_BYTES_MAX: usize = 64 << 10;
/// robots.txt beyond this is not read (RFC 9309, 2.5, asks for 500 KiB at least).
pub const ROBOTS_BYTES_MAX: usize = 512 << 10;
/// Redirects of robots.txt.
pub const REDIRECTS_MAX: usize = 5;
/// What of a page is looked through for links.
pub const LINK_BYTES_MAX: usize = 8 << 20;
/// Links of one page.
pub const PAGE_LINKS_MAX: usize = 5_000;
/// Longest address.
pub const ADDRESS_BYTES_MAX: usize = 2_048;
/// Deepest address.
pub const ADDRESS_PARTS_MAX: usize = 24;
