//! What a scan says of one file: checked before it is kept, because it may come from a file.

use super::hidden;
use crate::{Refusal, limits};

/// Answers of a scan.
pub const VERDICTS: &[&str] = &["marked", "clean", "incomplete"];
/// Where evidence was read.
pub const HOWS: &[&str] = &["text", "image", "metadata", "name"];
/// Levels that a marking may name.
pub const LEVELS: &[&str] = &["tuyet_mat", "toi_mat", "mat"];
/// Why a file was not read whole.
pub const REASONS: &[&str] = &[
    "encrypted",
    "damaged",
    "unknown_type",
    "too_large",
    "timeout",
    "ocr_unavailable",
    "nesting",
    "crash",
    "no_text",
    "stamp_unconfirmed",
];

/// One file, or one member of a file, as `khien scan --jsonl` reports it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    pub path: String,
    /// Inner path; `None` for the outermost file.
    pub member: Option<String>,
    pub sha256: String,
    pub bytes: i64,
    pub kind: String,
    pub verdict: String,
    pub level: Option<String>,
    pub findings: Vec<Marking>,
    pub unread: Vec<Unread>,
}

/// One marking.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marking {
    pub rule: String,
    pub level: Option<String>,
    pub page: Option<i64>,
    /// Left, top, width, height in mm.
    pub bbox_mm: Option<[f64; 4]>,
    pub how: String,
    /// From 0 to 1.
    pub confidence: f64,
    /// Masked, at most [`limits::WATCH_EXCERPT_CHARS_MAX`] characters.
    pub excerpt: String,
}

/// A part that was not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    pub reason: String,
    pub place: String,
}

impl Report {
    /// The parts that were not read as kept: one line each, reason and place parted by a tab.
    pub fn unread_lines(&self) -> String {
        let lines: Vec<String> = self
            .unread
            .iter()
            .map(|part| format!("{}\t{}", part.reason, part.place))
            .collect();
        lines.join("\n")
    }
}

impl Marking {
    /// What makes two markings of one file the same: rule, level, place and evidence.
    pub fn mark(&self) -> String {
        let level = self.level.as_deref().unwrap_or("-");
        let page = self
            .page
            .map_or_else(|| "-".to_owned(), |page| page.to_string());
        format!("{}|{level}|{page}|{}|{}", self.rule, self.how, self.bbox())
    }

    /// The box in whole mm; empty when there is none.
    pub fn bbox(&self) -> String {
        self.bbox_mm.map_or_else(String::new, |sides| {
            let sides: Vec<String> = sides.iter().map(|side| format!("{side:.0}")).collect();
            sides.join(" ")
        })
    }

    /// Confidence in thousandths.
    pub fn permille(&self) -> i64 {
        // The one conversion that neither wraps nor truncates silently.
        format!("{:.0}", self.confidence * 1000.0)
            .parse()
            .unwrap_or(0)
    }
}

/// Checks one report; `line` is its number in the file or batch, from 1.
///
/// # Errors
/// `WATCH-07` a value that the contract does not know, or a verdict that its own parts
/// contradict; `WATCH-08` an excerpt that is longer than a masked one may be.
pub fn check(line: usize, report: &Report) -> Result<(), Refusal> {
    let wrong =
        |what: &'static str| Err(Refusal::new("WATCH-07").arg("line", line).arg("what", what));
    if !text(&report.path, 1, limits::WATCH_ADDRESS_CHARS_MAX) {
        return wrong("path");
    }
    let member = report.member.as_deref();
    if member.is_some_and(|member| !text(member, 1, limits::WATCH_ADDRESS_CHARS_MAX)) {
        return wrong("member");
    }
    if !is_sha256(&report.sha256) {
        return wrong("sha256");
    }
    if report.bytes < 0 || !text(&report.kind, 1, limits::WATCH_CODE_CHARS_MAX) {
        return wrong("type");
    }
    if report
        .level
        .as_deref()
        .is_some_and(|level| !LEVELS.contains(&level))
    {
        return wrong("level");
    }
    let verdict = if !report.findings.is_empty() {
        "marked"
    } else if !report.unread.is_empty() {
        "incomplete"
    } else {
        "clean"
    };
    if report.verdict != verdict {
        return wrong("verdict");
    }
    if report.findings.len() > limits::WATCH_MARKINGS_MAX
        || report.unread.len() > limits::WATCH_MARKINGS_MAX
    {
        return wrong("findings");
    }
    for marking in &report.findings {
        check_marking(line, marking)?;
    }
    let odd = |part: &Unread| {
        !REASONS.contains(&part.reason.as_str())
            || !text(&part.place, 0, limits::WATCH_ADDRESS_CHARS_MAX)
    };
    if report.unread.iter().any(odd) {
        return wrong("incomplete");
    }
    Ok(())
}

fn check_marking(line: usize, marking: &Marking) -> Result<(), Refusal> {
    let sides = marking.bbox_mm.unwrap_or_default();
    let wrong = if !text(&marking.rule, 1, limits::WATCH_CODE_CHARS_MAX) {
        "rule"
    } else if marking
        .level
        .as_deref()
        .is_some_and(|level| !LEVELS.contains(&level))
    {
        "level"
    } else if !HOWS.contains(&marking.how.as_str()) {
        "how"
    } else if !(0.0..=1.0).contains(&marking.confidence) {
        "confidence"
    } else if marking.page.is_some_and(|page| page < 1) {
        "page"
    } else if sides.iter().any(|side| !(0.0..=10_000.0).contains(side)) {
        "bbox_mm"
    } else {
        ""
    };
    if !wrong.is_empty() {
        return Err(Refusal::new("WATCH-07")
            .arg("line", line)
            .arg("what", wrong));
    }
    if text(&marking.excerpt, 0, limits::WATCH_EXCERPT_CHARS_MAX) {
        Ok(())
    } else {
        Err(Refusal::new("WATCH-08").arg("line", line))
    }
}

fn text(text: &str, chars_min: usize, chars_max: usize) -> bool {
    let chars = text.chars().count();
    (chars_min..=chars_max).contains(&chars) && !text.contains(hidden)
}

/// SHA-256 in lower-case hexadecimal.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
