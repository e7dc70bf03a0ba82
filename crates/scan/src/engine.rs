//! The way of one file through the scan: detect, read, judge, descend into inner files.

use sha2::{Digest as _, Sha256};

use crate::content::{Member, Picture, Piece, Sink, Stop};
use crate::formats;
use crate::kind::Kind;
use crate::limits::Limits;
use crate::markers::{Gathered, Markers};
use crate::names;
use crate::report::{FileReport, Finding, Incomplete, Reason, Verdict};

/// What the picture stage says of one picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PictureAnswer {
    pub findings: Vec<Finding>,
    /// Undecodable pictures, and stamps that were not confirmed.
    pub incomplete: Vec<Incomplete>,
}

/// Looks for stamps in a picture.
pub trait StampFinder: Send + Sync {
    /// `page` is the page of the document that shows the picture.
    fn look(&self, picture: &Picture, page: Option<u32>) -> PictureAnswer;
}

/// Scans files. Holds rules and networks, so it is made once and used for many.
pub struct Scanner {
    markers: Markers,
    stamps: Option<Box<dyn StampFinder>>,
}

impl Scanner {
    /// Without `stamps`, every picture is reported as not read.
    #[must_use]
    pub fn new(markers: Markers, stamps: Option<Box<dyn StampFinder>>) -> Self {
        Self { markers, stamps }
    }

    /// Scans one outermost file and all files in it. `out` gets a report for each, inner files first.
    pub fn scan(&self, name: &str, bytes: &[u8], limits: &Limits, out: &mut dyn FnMut(FileReport)) {
        let mut run = Run {
            scanner: self,
            limits,
            path: name,
            stored: bytes.len() as u64,
            inflated: 0,
            members: 0,
            exhausted: false,
            out,
        };
        run.file(None, name, bytes, 0);
    }
}

/// What one outermost file has used up.
struct Run<'a> {
    scanner: &'a Scanner,
    limits: &'a Limits,
    path: &'a str,
    stored: u64,
    inflated: u64,
    members: u32,
    /// A limit of the whole run was reached: everything still open stops.
    exhausted: bool,
    out: &'a mut dyn FnMut(FileReport),
}

impl Run<'_> {
    fn file(&mut self, member: Option<&str>, name: &str, bytes: &[u8], depth: u32) {
        let kind = Kind::of(bytes, name);
        let mut report = FileReport {
            path: self.path.to_owned(),
            member: member.map(str::to_owned),
            sha256: hex(&Sha256::digest(bytes)),
            bytes: bytes.len() as u64,
            kind: kind.as_str().to_owned(),
            verdict: Verdict::Clean,
            level: None,
            findings: Vec::new(),
            incomplete: Vec::new(),
            ms: 0,
        };
        report
            .findings
            .extend(self.scanner.markers.judge_name(name));
        if bytes.len() as u64 > self.limits.file_bytes {
            report
                .incomplete
                .push(Incomplete::new(Reason::TooLarge, ""));
        } else {
            let limits = *self.limits;
            let mut collector = Collector {
                run: self,
                report: &mut report,
                depth,
                lines: Gathered::default(),
                text_bytes: 0,
                pictures: 0,
                stopped: false,
            };
            // A stop is noted where it arises.
            let _ = formats::read(kind, bytes, &limits, &mut collector);
            collector.judge();
        }
        (self.out)(report.judged());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The sink of one file.
struct Collector<'c, 'r> {
    run: &'c mut Run<'r>,
    report: &'c mut FileReport,
    depth: u32,
    lines: Gathered,
    text_bytes: u64,
    pictures: u32,
    stopped: bool,
}

impl Collector<'_, '_> {
    /// Judges the text of the file, when all of it was read.
    fn judge(&mut self) {
        self.report
            .findings
            .extend(self.run.scanner.markers.judge(&self.lines));
        if self.lines.overflowed {
            self.missed(Reason::TooLarge, "");
        }
    }

    /// Notes a limit once and stops.
    fn stop(&mut self, reason: Reason) -> Stop {
        if !self.stopped {
            self.stopped = true;
            self.missed(reason, "");
        }
        Stop
    }

    fn go_on(&mut self) -> Result<(), Stop> {
        if self.run.exhausted || self.stopped {
            return Err(self.stop(Reason::TooLarge));
        }
        Ok(())
    }
}

impl Sink for Collector<'_, '_> {
    fn piece(&mut self, piece: Piece) -> Result<(), Stop> {
        self.go_on()?;
        self.text_bytes = self.text_bytes.saturating_add(piece.text.len() as u64);
        if self.text_bytes > self.run.limits.text_bytes {
            return Err(self.stop(Reason::TooLarge));
        }
        self.run.scanner.markers.gather(&mut self.lines, &piece);
        Ok(())
    }

    fn next_interest(&self, text: &str, from: usize) -> Option<usize> {
        self.run.scanner.markers.next_interest(text, from)
    }

    fn skipped(&mut self, lines: u32) {
        self.lines.skipped(lines);
    }

    fn looks_at_pictures(&self) -> bool {
        self.run.scanner.stamps.is_some()
    }

    fn picture(&mut self, picture: Picture) -> Result<(), Stop> {
        self.go_on()?;
        let Some(stamps) = &self.run.scanner.stamps else {
            self.unseen(picture.page);
            return Ok(());
        };
        self.pictures = self.pictures.saturating_add(1);
        if self.pictures > self.run.limits.pictures {
            return Err(self.stop(Reason::TooLarge));
        }
        let answer = stamps.look(&picture, picture.page);
        self.report.findings.extend(answer.findings);
        self.report.incomplete.extend(answer.incomplete);
        Ok(())
    }

    fn member(&mut self, member: Member) -> Result<(), Stop> {
        self.go_on()?;
        self.run.members = self.run.members.saturating_add(1);
        if self.run.members > self.run.limits.members {
            self.run.exhausted = true;
            return Err(self.stop(Reason::TooLarge));
        }
        let name = names::safe(&member.name);
        if self.depth >= self.run.limits.depth {
            self.missed(Reason::Nesting, &name);
            return Ok(());
        }
        let inner = match &self.report.member {
            Some(outer) => format!("{outer}/{name}"),
            None => name.clone(),
        };
        self.run
            .file(Some(&inner), &name, &member.bytes, self.depth + 1);
        self.go_on()
    }

    fn inflate(&mut self, bytes: u64) -> Result<(), Stop> {
        self.go_on()?;
        let run = &mut *self.run;
        run.inflated = run.inflated.saturating_add(bytes);
        let swollen =
            run.inflated > (1 << 20) && run.inflated / run.limits.ratio.max(1) > run.stored;
        if run.inflated > run.limits.inflated_bytes || swollen {
            run.exhausted = true;
            return Err(self.stop(Reason::TooLarge));
        }
        Ok(())
    }

    fn incomplete(&mut self, incomplete: Incomplete) {
        /// Beyond this many, parts that were not read only repeat themselves.
        const INCOMPLETE_MAX: usize = 64;
        if self.report.incomplete.len() < INCOMPLETE_MAX
            && !self.report.incomplete.contains(&incomplete)
        {
            self.report.incomplete.push(incomplete);
        }
    }
}
