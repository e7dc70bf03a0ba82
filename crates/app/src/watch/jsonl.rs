//! `khien scan --jsonl`, read with limits: one object a line, as the command contract has it.

use domain::Refusal;
use domain::watch::report::{Marking, Report, Unread};
use serde::Deserialize;

use super::runs::bounded;
use crate::{AppError, limits};

#[derive(Deserialize)]
struct Line {
    path: String,
    member: Option<String>,
    sha256: String,
    bytes: i64,
    #[serde(rename = "type")]
    kind: String,
    verdict: String,
    level: Option<String>,
    #[serde(default)]
    findings: Vec<LineFinding>,
    #[serde(default)]
    incomplete: Vec<LineUnread>,
}

#[derive(Deserialize)]
struct LineFinding {
    rule: String,
    level: Option<String>,
    page: Option<i64>,
    bbox_mm: Option<[f64; 4]>,
    how: String,
    confidence: f64,
    excerpt: String,
}

#[derive(Deserialize)]
struct LineUnread {
    reason: String,
    #[serde(rename = "where")]
    place: String,
}

impl From<Line> for Report {
    fn from(line: Line) -> Self {
        Self {
            path: line.path,
            member: line.member,
            sha256: line.sha256,
            bytes: line.bytes,
            kind: line.kind,
            verdict: line.verdict,
            level: line.level,
            findings: line
                .findings
                .into_iter()
                .map(|one| Marking {
                    rule: one.rule,
                    level: one.level,
                    page: one.page,
                    bbox_mm: one.bbox_mm,
                    how: one.how,
                    confidence: one.confidence,
                    excerpt: one.excerpt,
                })
                .collect(),
            unread: line
                .incomplete
                .into_iter()
                .map(|one| Unread {
                    reason: one.reason,
                    place: one.place,
                })
                .collect(),
        }
    }
}

/// Reads a file of reports.
///
/// # Errors
/// `REPORT-SIZE` too large or too many lines; `WATCH-07` a line that is no such object.
pub fn read(bytes: &[u8]) -> Result<Vec<Report>, AppError> {
    if bytes.len() > limits::REPORT_FILE_BYTES_MAX {
        return Err(AppError::Input {
            code: "REPORT-SIZE",
            what: limits::REPORTS_MAX.to_string(),
        });
    }
    let mut reports = Vec::new();
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let one: Line = serde_json::from_slice(line).map_err(|_| {
            Refusal::new("WATCH-07")
                .on("file")
                .arg("line", at + 1)
                .arg("what", "json")
        })?;
        reports.push(one.into());
        bounded(reports.len())?;
    }
    if reports.is_empty() {
        return Err(Refusal::new("WATCH-07")
            .on("file")
            .arg("line", 1)
            .arg("what", "json")
            .into());
    }
    Ok(reports)
}
