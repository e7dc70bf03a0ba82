//! Where the reports of a run go: lines or one document on stdout, files for people and programs.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Stdout, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use patrol::PatrolError;
use patrol::names::plain;
use patrol::report::{Collected, Head, Report, csv, html, line, sarif};
use patrol::run::Summary;
use scan::{FileReport, Verdict};

use crate::real::RealClock;
use crate::say;

/// How often the terminal hears of the progress.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);

#[derive(Args)]
pub struct Output {
    /// One JSON object a file on stdout.
    #[arg(long)]
    jsonl: bool,
    /// One JSON document on stdout.
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
    /// A page for people.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// A SARIF 2.1.0 log.
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// A table for a spreadsheet.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

/// Makes the text of a report's file.
type Writer = fn(&Report) -> String;

enum Style {
    Words,
    Lines,
    /// Whether a file was written before.
    Document(bool),
}

/// Takes reports as they come.
pub struct Sink {
    out: BufWriter<Stdout>,
    style: Style,
    files: Vec<(File, Writer)>,
    head: Head,
    collected: Collected,
    progress: Option<Instant>,
    /// A copy of the lines, kept beside what was fetched.
    kept: Option<BufWriter<File>>,
}

impl Sink {
    /// Opens every file first: a wrong name is known before hours of work.
    pub fn open(output: &Output, subject: Vec<String>, unlocked: bool) -> anyhow::Result<Self> {
        let mut files: Vec<(File, Writer)> = Vec::new();
        let wanted: [(&Option<PathBuf>, Writer); 3] = [
            (&output.html, html::page),
            (&output.sarif, |report| sarif::log(report).to_string()),
            (&output.csv, |report| csv::table(report.collected)),
        ];
        for (path, write) in wanted {
            if let Some(path) = path {
                let file = File::create(path)
                    .with_context(|| format!("cannot write `{}`", path.display()))?;
                files.push((file, write));
            }
        }
        let style = match (output.jsonl, output.json) {
            (true, _) => Style::Lines,
            (_, true) => Style::Document(false),
            _ => Style::Words,
        };
        let mut out = BufWriter::new(std::io::stdout());
        if matches!(style, Style::Document(_)) {
            out.write_all(b"{\"files\":[")?;
        }
        let now = app::Clock::now(&RealClock);
        Ok(Self {
            out,
            style,
            files,
            head: Head {
                subject,
                when: now.strftime("%Y-%m-%d %H:%M UTC").to_string(),
                tool: concat!("khien ", env!("CARGO_PKG_VERSION")).to_owned(),
                unlocked,
            },
            collected: Collected::default(),
            progress: std::io::stderr().is_terminal().then(started),
            kept: None,
        })
    }

    /// Also writes every line to this file.
    pub fn keep_lines(&mut self, file: File) {
        self.kept = Some(BufWriter::new(file));
    }

    pub fn take(&mut self, report: &FileReport, summary: &Summary) -> Result<(), PatrolError> {
        if !self.files.is_empty() {
            self.collected.add(report);
        }
        if let Some(kept) = &mut self.kept {
            writeln!(kept, "{}", line(report))?;
        }
        match &mut self.style {
            Style::Words if report.verdict == Verdict::Clean => {}
            Style::Words => writeln!(self.out, "{}", words(report))?,
            Style::Lines => writeln!(self.out, "{}", line(report))?,
            Style::Document(before) => {
                let comma = if *before { ",\n" } else { "\n" };
                *before = true;
                write!(self.out, "{comma}{}", line(report))?;
            }
        }
        if let Some(last) = self.progress
            && last.elapsed() >= PROGRESS_EVERY
        {
            self.progress = Some(started());
            say::progress(&counts(summary));
        }
        Ok(())
    }

    /// Writes the end of everything.
    pub fn finish(mut self, summary: &Summary) -> anyhow::Result<()> {
        if self.progress.is_some() {
            say::progress("");
        }
        match self.style {
            Style::Words => writeln!(self.out, "{}", counts(summary))?,
            Style::Lines => say::note(&counts(summary)),
            Style::Document(_) => {
                let summary = serde_json::to_string(summary)?;
                writeln!(self.out, "\n],\"summary\":{summary}}}")?;
            }
        }
        self.out.flush()?;
        if let Some(kept) = &mut self.kept {
            kept.flush()?;
        }
        let report = Report {
            head: &self.head,
            summary,
            collected: &self.collected,
        };
        for (file, write) in &mut self.files {
            file.write_all(write(&report).as_bytes())
                .context("cannot write the report")?;
        }
        Ok(())
    }
}

fn started() -> Instant {
    Instant::now()
}

fn counts(summary: &Summary) -> String {
    let links = match summary.links {
        0 => String::new(),
        links => format!(", {links} links not followed"),
    };
    format!(
        "{} files: {} marked, {} not fully checked, {} clean{links}",
        summary.files, summary.marked, summary.incomplete, summary.clean
    )
}

/// One file for the eye.
fn words(report: &FileReport) -> String {
    let member = report
        .member
        .as_ref()
        .map(|member| format!(" > {}", plain(member)))
        .unwrap_or_default();
    let (verdict, grounds) = match report.verdict {
        Verdict::Marked => {
            let grounds: Vec<String> = report.findings.iter().map(finding).collect();
            ("marked     ", grounds)
        }
        _ => ("not checked", Vec::new()),
    };
    let missed = report.incomplete.iter().map(|missed| {
        let place = plain(&missed.place);
        let place = if place.is_empty() {
            place
        } else {
            format!(" ({place})")
        };
        let reason = serde_json::to_value(missed.reason).unwrap_or_default();
        format!("{}{place}", reason.as_str().unwrap_or_default())
    });
    let grounds: Vec<String> = grounds.into_iter().chain(missed).collect();
    format!(
        "{verdict} {}{member}: {}",
        plain(&report.path),
        grounds.join("; ")
    )
}

fn finding(finding: &scan::Finding) -> String {
    let level = finding
        .level
        .map(|level| format!(" {}", patrol::report::level(level)))
        .unwrap_or_default();
    let page = finding
        .page
        .map(|page| format!(" page {page}"))
        .unwrap_or_default();
    format!(
        "{}{page}{level} `{}`",
        finding.rule,
        plain(&finding.excerpt)
    )
}
