//! What the scan says of a file. These shapes cross the pipe between a worker and its parent and
//! are the objects of `khien scan --jsonl`, so their field names are part of the command contract.

use serde::{Deserialize, Serialize};

/// Secrecy level that a marking names. Ordered from the lowest, so `max` keeps the highest.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Mat,
    ToiMat,
    TuyetMat,
}

/// The three answers. A file that was not read whole is never [`Verdict::Clean`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Read whole, nothing found.
    Clean,
    /// Not read whole, or something that a person has to look at.
    Incomplete,
    /// A marker rule fired.
    Marked,
}

/// Where the evidence of a finding was read.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Text,
    Image,
    Metadata,
    Name,
}

/// Why a file, or a part of it, was not read whole.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Encrypted,
    Damaged,
    UnknownType,
    TooLarge,
    Timeout,
    OcrUnavailable,
    Nesting,
    Crash,
    /// A reader returned nothing for a page that has content.
    NoText,
    /// Something like a stamp that the reader did not confirm.
    StampUnconfirmed,
}

/// One marking: what, where, how, how sure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Finding {
    /// Identifier of the rule in `checks/markers/`, for example `stamp.level`.
    pub rule: String,
    pub level: Option<Level>,
    /// Page from 1, where the format has pages.
    pub page: Option<u32>,
    /// Left, top, width, height in mm from the top left corner of the page.
    pub bbox_mm: Option<[f32; 4]>,
    pub how: How,
    /// From 0 to 1.
    pub confidence: f32,
    /// At most [`crate::limits::EXCERPT_CHARS_MAX`] characters; everything but the marking itself is masked.
    pub excerpt: String,
}

/// A part that was not read, and why.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Incomplete {
    pub reason: Reason,
    /// For example `page 3` or a member's name; empty for the whole file.
    #[serde(rename = "where")]
    pub place: String,
}

impl Incomplete {
    /// A part named `place` that was not read because of `reason`.
    pub fn new(reason: Reason, place: impl Into<String>) -> Self {
        Self {
            reason,
            place: place.into(),
        }
    }
}

/// The answer for one file, or for one member of an archive, mailbox or document.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct FileReport {
    /// As the caller named the outermost file.
    pub path: String,
    /// Inner path, parts joined by `/`; `None` for the outermost file.
    pub member: Option<String>,
    /// Lower-case hexadecimal digest of the bytes.
    pub sha256: String,
    pub bytes: u64,
    /// Short name of the format, for example `pdf`; see [`crate::Kind`].
    #[serde(rename = "type")]
    pub kind: String,
    pub verdict: Verdict,
    /// Highest level among the findings.
    pub level: Option<Level>,
    pub findings: Vec<Finding>,
    pub incomplete: Vec<Incomplete>,
    /// Wall time in ms, filled in by whoever holds a clock; 0 until then.
    pub ms: u64,
}

impl FileReport {
    /// Sets verdict and level from what was found and what was not read.
    #[must_use]
    pub fn judged(mut self) -> Self {
        self.level = self
            .findings
            .iter()
            .filter_map(|finding| finding.level)
            .max();
        self.verdict = if !self.findings.is_empty() {
            Verdict::Marked
        } else if !self.incomplete.is_empty() {
            Verdict::Incomplete
        } else {
            Verdict::Clean
        };
        self
    }
}
