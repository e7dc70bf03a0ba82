//! Every bound of this crate.

/// Largest file of a pack, in bytes.
pub const FILE_BYTES_MAX: usize = 1_048_576;
/// Most files of a pack.
pub const FILES_MAX: usize = 4_096;
/// Most characters of a name that are compared when a nearest name is sought.
pub const NAME_CHARS_MAX: usize = 96;
/// Longest question, in bytes.
pub const QUESTION_BYTES_MAX: usize = 16_384;
/// Most diagnostics given at once; further ones would only repeat.
pub const DIAGNOSTICS_MAX: usize = 200;
/// Longest chain of `same_as` between rules of competence.
pub const SAME_AS_STEPS_MAX: usize = 4;
/// Usable width of an A4 page in landscape, in millimetres.
pub const PAGE_USABLE_MM: u32 = 267;
/// Longest term or extension a value may hold, in years.
pub const YEARS_MAX: i64 = 200;
