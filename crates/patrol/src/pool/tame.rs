//! The answers of a worker are themselves foreign: a file may have taken it over. What the parent knows
//! better it writes itself, what it passes on it cuts to size, and the verdict follows from the parts.

use scan::limits::EXCERPT_CHARS_MAX;
use scan::{FileReport, Incomplete, Reason};

use crate::limits::{ANSWER_BYTES_MAX, FINDINGS_MAX, INCOMPLETE_MAX, WORDS_CHARS_MAX};
use crate::names::cut;

/// The worker said more than it may.
pub(super) struct TooMuch;

/// Reports of one outermost file, as they come.
pub(super) struct Found {
    path: String,
    reports: Vec<FileReport>,
    outermost: Option<FileReport>,
    reports_max: usize,
    bytes: usize,
}

impl Found {
    pub(super) fn new(path: &str, limits: &scan::Limits) -> Self {
        Self {
            path: path.to_owned(),
            reports: Vec::new(),
            outermost: None,
            reports_max: usize::try_from(limits.members).unwrap_or(usize::MAX),
            bytes: 0,
        }
    }

    pub(super) fn take(&mut self, report: FileReport) -> Result<(), TooMuch> {
        let full = report.member.is_some() && self.reports.len() >= self.reports_max;
        if full || self.outermost.is_some() {
            return Err(TooMuch);
        }
        let report = tame(report, &self.path);
        self.bytes = self.bytes.saturating_add(weight(&report));
        if self.bytes > ANSWER_BYTES_MAX {
            return Err(TooMuch);
        }
        if report.member.is_some() {
            self.reports.push(report);
        } else {
            self.outermost = Some(report);
        }
        Ok(())
    }

    /// Whether the outermost file was answered for.
    pub(super) fn is_whole(&self) -> bool {
        self.outermost.is_some()
    }

    /// All reports, the outermost last, with what the parent knows of it.
    pub(super) fn finish(
        mut self,
        bytes: u64,
        sha256: &str,
        missed: Option<Incomplete>,
    ) -> Vec<FileReport> {
        let mut outermost = self.outermost.take().unwrap_or_else(|| {
            let mut report = super::unread(&self.path, bytes, Reason::Crash, "");
            report.incomplete.clear();
            report
        });
        sha256.clone_into(&mut outermost.sha256);
        outermost.bytes = bytes;
        outermost.incomplete.extend(missed);
        self.reports.push(outermost.judged());
        self.reports
    }
}

fn tame(mut report: FileReport, path: &str) -> FileReport {
    path.clone_into(&mut report.path);
    if let Some(member) = &mut report.member {
        cut(member, WORDS_CHARS_MAX);
    }
    cut(&mut report.kind, 40);
    cut(&mut report.sha256, 64);
    // Too many findings are still findings; too many unread parts still one.
    report.findings.truncate(FINDINGS_MAX);
    report.incomplete.truncate(INCOMPLETE_MAX);
    for finding in &mut report.findings {
        cut(&mut finding.rule, 100);
        cut(&mut finding.excerpt, EXCERPT_CHARS_MAX);
        finding.confidence = finding.confidence.clamp(0.0, 1.0);
    }
    for missed in &mut report.incomplete {
        cut(&mut missed.place, WORDS_CHARS_MAX);
    }
    report.judged()
}

/// About the memory that a report takes.
fn weight(report: &FileReport) -> usize {
    let member = report.member.as_ref().map_or(0, String::len);
    let places: usize = report
        .incomplete
        .iter()
        .map(|missed| missed.place.len())
        .sum();
    400 + report.path.len() + member + places + report.findings.len() * 300
}

#[cfg(test)]
mod tests {
    use super::*;
    use scan::{Finding, How, Level, Verdict};

    fn said(member: Option<&str>) -> FileReport {
        FileReport {
            path: "/etc/shadow".to_owned(),
            member: member.map(str::to_owned),
            sha256: "0".repeat(64),
            bytes: 1,
            kind: "text".to_owned(),
            verdict: Verdict::Clean,
            level: None,
            findings: vec![Finding {
                rule: "stamp.level".to_owned(),
                level: Some(Level::Mat),
                page: None,
                bbox_mm: None,
                how: How::Text,
                confidence: 7.5,
                excerpt: "Ậ".repeat(500),
            }],
            incomplete: Vec::new(),
            ms: 0,
        }
    }

    #[test]
    fn a_worker_says_neither_path_nor_verdict_nor_length() {
        let mut found = Found::new("a/b.txt", &scan::Limits::default());
        assert!(found.take(said(None)).is_ok());
        let reports = found.finish(77, "ff", None);
        let report = reports.first().unwrap();
        assert_eq!(report.path, "a/b.txt");
        assert_eq!((report.bytes, report.sha256.as_str()), (77, "ff"));
        assert_eq!(report.verdict, Verdict::Marked);
        assert_eq!(report.findings[0].excerpt.chars().count(), 40);
        assert!(report.findings[0].confidence <= 1.0);
    }

    #[test]
    fn what_was_found_before_a_crash_stays_and_the_file_is_not_clean() {
        let mut found = Found::new("a.zip", &scan::Limits::default());
        assert!(found.take(said(Some("inner.txt"))).is_ok());
        let reports = found.finish(5, "ee", Some(Incomplete::new(Reason::Crash, "")));
        let verdicts: Vec<Verdict> = reports.iter().map(|report| report.verdict).collect();
        assert_eq!(verdicts, [Verdict::Marked, Verdict::Incomplete]);
        assert_eq!(reports[1].incomplete[0].reason, Reason::Crash);
    }

    #[test]
    fn more_reports_than_a_file_may_have_are_refused() {
        let limits = scan::Limits {
            members: 2,
            ..scan::Limits::default()
        };
        let mut found = Found::new("a.zip", &limits);
        assert!(found.take(said(Some("1"))).is_ok());
        assert!(found.take(said(Some("2"))).is_ok());
        assert!(found.take(said(Some("3"))).is_err());
    }
}
