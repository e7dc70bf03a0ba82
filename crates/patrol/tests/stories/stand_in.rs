//! What takes part in every story: workers that do as a file says, and pools of them.

use std::time::Duration;

use patrol::wire::Request;
use patrol::worker::AskParent;
use patrol::{Pool, Settings, scan_object};
use scan::stamps::{SecondReader as _, Strip};
use scan::{FileReport, Finding, How, Level, Reason, Verdict};

/// A worker on a system that cannot lock it.
pub fn sulk() {
    let hello = patrol::wire::Answer::Hello {
        missing: Some(("SANDBOX-LANDLOCK".to_owned(), "not here".to_owned())),
    };
    patrol::wire::write(&mut std::io::stdout(), &hello).unwrap();
}

/// Does what the file says.
pub fn obey(request: &Request, bytes: &[u8], out: &mut dyn FnMut(FileReport)) {
    let text = String::from_utf8_lossy(bytes);
    let mut report = patrol::pool::unread("", bytes.len() as u64, Reason::Damaged, "");
    report.incomplete.clear();
    report.kind = "text".to_owned();
    if text.contains("ZIP") {
        let mut member = report.clone();
        member.member = Some("inner".to_owned());
        member.findings = vec![marking(Level::Mat, "inner")];
        out(member.judged());
    }
    match text.split_whitespace().last() {
        Some("HANG") => loop {
            std::hint::spin_loop();
        },
        Some("PANIC") => panic!("as told"),
        Some("ABORT") => std::process::abort(),
        Some("EXIT") => std::process::exit(0),
        Some("OPEN") => drop(std::fs::read("/etc/hostname")),
        Some("EAT") => drop(std::hint::black_box(vec![1_u8; 8 << 30])),
        Some("GROW") => report.findings.push(marking(Level::Mat, &grow(2 << 30))),
        Some("KEEP") => drop(grow(600 << 20)),
        Some("DEEP") => report.bytes = deep(0),
        Some("LIE") => {
            report.member = Some("no outermost".to_owned());
        }
        Some("ASK") => report.findings.push(marking(Level::Mat, &ask(300, 90))),
        Some("ASK-LARGE") => drop(ask(3_000, 90)),
        Some("ASK-NOTHING") => drop(ask(0, 0)),
        Some("ASK-OFTEN") => (0..100).for_each(|_| drop(ask(4, 4))),
        Some("ENVIRONMENT") => {
            let here = std::env::current_dir().unwrap_or_default();
            let said = format!(
                "{}{}{}",
                request.name,
                here.display(),
                std::env::vars().count()
            );
            report.findings.push(marking(Level::Mat, &said));
        }
        _ => {}
    }
    if text.contains("MARK") {
        report.findings.push(marking(Level::TuyetMat, "MARK"));
    }
    out(report.judged());
}

/// What the parent answers about white paper.
fn ask(width: usize, height: usize) -> String {
    let strip = Strip {
        width,
        height,
        pixels: vec![255; width * height],
    };
    let text = AskParent.read(&strip);
    format!("{:?}", text.map(|text| text.trim().to_owned()))
}

pub fn marking(level: Level, excerpt: &str) -> Finding {
    Finding {
        rule: "test".to_owned(),
        level: Some(level),
        page: None,
        bbox_mm: None,
        how: How::Text,
        confidence: 1.0,
        excerpt: excerpt.to_owned(),
    }
}

/// Touches memory bit by bit, as an inflating reader does.
pub fn grow(bytes: usize) -> String {
    let mut pieces = Vec::new();
    for piece in 0..bytes >> 20 {
        pieces.push(vec![u8::try_from(piece % 251).unwrap() | 1; 1 << 20]);
    }
    std::hint::black_box(&pieces).len().to_string()
}

pub fn deep(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    if depth == u64::MAX {
        0
    } else {
        deep(depth + 1).wrapping_add(room[3])
    }
}

pub fn settings() -> Settings {
    Settings {
        program: std::env::current_exe().unwrap(),
        arguments: vec!["scan-worker".to_owned()],
        jobs: 2,
        wall: Duration::from_secs(20),
        ..Settings::new()
    }
}

pub fn pool() -> Pool {
    Pool::start(settings()).unwrap()
}

pub fn scan_text(pool: &Pool, text: &str) -> Vec<FileReport> {
    scan_object(pool, "hồ sơ/tệp.txt", text.as_bytes().to_vec()).unwrap()
}

pub fn outermost(pool: &Pool, text: &str) -> FileReport {
    scan_text(pool, text).pop().unwrap()
}

pub fn reason(report: &FileReport) -> Reason {
    assert_eq!(report.verdict, Verdict::Incomplete, "{report:?}");
    report.incomplete[0].reason
}
