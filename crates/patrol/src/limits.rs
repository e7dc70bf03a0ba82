//! Every limit of this crate. A limit that is reached makes a file `incomplete`, never clean.

use std::time::Duration;

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
/// A worker is replaced after this many files.
pub const WORKER_FILES_MAX: u32 = 500;
/// A worker is replaced before a file if it is older than this; keeps its CPU time far from its limit.
pub const WORKER_AGE_MAX: Duration = Duration::from_secs(300);
/// How often running workers are looked at.
pub const WATCH_EVERY: Duration = Duration::from_millis(50);
/// Time in which a new worker must have locked itself.
pub const WORKER_START: Duration = Duration::from_secs(20);
/// Most workers at a time.
pub const JOBS_MAX: usize = 256;

/// Largest frame between worker and parent.
pub const FRAME_BYTES_MAX: usize = 4 << 20;
/// All answers of a worker for one outermost file.
pub const ANSWER_BYTES_MAX: usize = 64 << 20;
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

/// Findings of one file that a report keeps.
pub const FINDINGS_MAX: usize = 1_000;
/// Unread parts of one file that a report keeps.
pub const INCOMPLETE_MAX: usize = 100;
/// Longest name or place in a report, in characters.
pub const WORDS_CHARS_MAX: usize = 1_024;
