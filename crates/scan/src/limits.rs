//! Every limit of the scan, in one place. A limit that is reached makes the file `incomplete`, never clean.

/// Limits of one outermost file; a caller may lower them.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest file or inner file, in bytes.
    pub file_bytes: u64,
    /// All inflated bytes of one outermost file together.
    pub inflated_bytes: u64,
    /// Highest ratio of inflated to stored bytes of one outermost file larger than 1 MiB inflated.
    pub ratio: u64,
    /// Inner files of one outermost file.
    pub members: u32,
    /// Deepest nesting of files in files.
    pub depth: u32,
    /// Pages of one document.
    pub pages: u32,
    /// Pictures of one document.
    pub pictures: u32,
    /// Pixels of one picture.
    pub pixels: u64,
    /// Text of one file, in bytes.
    pub text_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 256 << 20,
            inflated_bytes: 1 << 30,
            ratio: 200,
            members: 10_000,
            depth: 5,
            pages: 5_000,
            pictures: 5_000,
            pixels: 120_000_000,
            text_bytes: 8 << 20,
        }
    }
}

/// Longest excerpt of a finding, in characters.
pub const EXCERPT_CHARS_MAX: usize = 40;
/// Deepest nesting of XML or HTML elements, PDF objects, RTF groups and MIME parts.
pub const ELEMENT_DEPTH_MAX: usize = 256;
/// Largest single stream of a PDF after all its filters, in bytes.
pub const PDF_STREAM_BYTES_MAX: u64 = 64 << 20;
/// Largest single part of an office document after inflation, in bytes.
pub const PART_BYTES_MAX: u64 = 64 << 20;
/// Entries looked at in the directory of one archive; more than a caller may let through.
pub const ENTRIES_MAX: usize = 100_000;
