//! The pool against workers that behave badly. This file has its own `main`, because it is also the
//! workers: started with `scan-worker` it locks itself like the real one and reads files that say what it
//! shall do. So crashes, hangs and hunger are real, and no such door exists in the program.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use patrol::cache::Cache;
use patrol::run::Run;
use patrol::source::Body;
use patrol::wire::Request;
use patrol::worker::Walls;
use patrol::{Pool, Settings, Summary, scan_object, worker};
use scan::{FileReport, Finding, How, Level, Reason, Verdict};

const STORIES: [(&str, fn()); 12] = [
    (
        "each_end_of_a_worker_costs_its_file_only",
        each_end_of_a_worker_costs_its_file_only,
    ),
    (
        "a_hanging_file_is_ended_by_the_wall_clock",
        a_hanging_file_is_ended_by_the_wall_clock,
    ),
    (
        "what_was_found_before_the_crash_is_kept",
        what_was_found_before_the_crash_is_kept,
    ),
    (
        "workers_are_replaced_after_their_files",
        workers_are_replaced_after_their_files,
    ),
    (
        "a_worker_that_grew_is_not_the_next_ones_fault",
        a_worker_that_grew_is_not_the_next_ones_fault,
    ),
    (
        "a_worker_that_cannot_lock_is_refused",
        a_worker_that_cannot_lock_is_refused,
    ),
    (
        "a_worker_sees_neither_folder_nor_environment",
        a_worker_sees_neither_folder_nor_environment,
    ),
    ("a_planted_tree_is_read_whole", a_planted_tree_is_read_whole),
    (
        "a_second_run_reads_only_what_changed",
        a_second_run_reads_only_what_changed,
    ),
    ("a_changing_file_is_not_clean", a_changing_file_is_not_clean),
    (
        "a_huge_sparse_file_takes_neither_time_nor_memory",
        a_huge_sparse_file_takes_neither_time_nor_memory,
    ),
    (
        "reports_come_in_the_order_of_the_walk",
        reports_come_in_the_order_of_the_walk,
    ),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("scan-worker") => worker::serve(Walls::Required, &mut obey).unwrap(),
        Some("sulking-worker") => sulk(),
        _ if arguments.iter().any(|word| word == "--list") => {
            if !arguments.iter().any(|word| word == "--ignored") {
                for (name, _) in STORIES {
                    println!("{name}: test");
                }
            }
        }
        _ => {
            let wanted = |name: &str| {
                let mut names = arguments
                    .iter()
                    .filter(|word| !word.starts_with('-'))
                    .peekable();
                names.peek().is_none() || names.any(|word| name.contains(word.as_str()))
            };
            for (name, story) in STORIES.iter().filter(|(name, _)| wanted(name)) {
                story();
                println!("{name}: ok");
            }
        }
    }
}

/// A worker on a system that cannot lock it.
fn sulk() {
    let hello = patrol::wire::Answer::Hello {
        missing: Some(("SANDBOX-LANDLOCK".to_owned(), "not here".to_owned())),
    };
    patrol::wire::write(&mut std::io::stdout(), &hello).unwrap();
}

/// Does what the file says.
fn obey(request: &Request, bytes: &[u8], out: &mut dyn FnMut(FileReport)) {
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

fn marking(level: Level, excerpt: &str) -> Finding {
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
fn grow(bytes: usize) -> String {
    let mut pieces = Vec::new();
    for piece in 0..bytes >> 20 {
        pieces.push(vec![u8::try_from(piece % 251).unwrap() | 1; 1 << 20]);
    }
    std::hint::black_box(&pieces).len().to_string()
}

fn deep(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    if depth == u64::MAX {
        0
    } else {
        deep(depth + 1).wrapping_add(room[3])
    }
}

fn settings() -> Settings {
    Settings {
        program: std::env::current_exe().unwrap(),
        arguments: vec!["scan-worker".to_owned()],
        jobs: 2,
        wall: Duration::from_secs(20),
        ..Settings::new()
    }
}

fn pool() -> Pool {
    Pool::start(settings()).unwrap()
}

fn scan_text(pool: &Pool, text: &str) -> Vec<FileReport> {
    scan_object(pool, "hồ sơ/tệp.txt", text.as_bytes().to_vec()).unwrap()
}

fn outermost(pool: &Pool, text: &str) -> FileReport {
    scan_text(pool, text).pop().unwrap()
}

fn reason(report: &FileReport) -> Reason {
    assert_eq!(report.verdict, Verdict::Incomplete, "{report:?}");
    report.incomplete[0].reason
}

fn each_end_of_a_worker_costs_its_file_only() {
    let pool = pool();
    for (said, expected) in [
        ("PANIC", Reason::Crash),
        ("ABORT", Reason::Crash),
        ("EXIT", Reason::Crash),
        ("OPEN", Reason::Crash),
        ("DEEP", Reason::Crash),
        ("LIE", Reason::Crash),
        ("EAT", Reason::TooLarge),
        ("GROW", Reason::TooLarge),
    ] {
        assert_eq!(outermost(&pool, "nothing").verdict, Verdict::Clean);
        let report = outermost(&pool, said);
        assert_eq!(reason(&report), expected, "{said}");
        assert_eq!(report.path, "hồ sơ/tệp.txt");
        assert_eq!(report.bytes, said.len() as u64);
        assert_eq!(report.sha256.len(), 64, "{said}");
        assert_eq!(
            outermost(&pool, "MARK").level,
            Some(Level::TuyetMat),
            "after {said}"
        );
    }
}

fn a_hanging_file_is_ended_by_the_wall_clock() {
    let wall = Duration::from_millis(300);
    let pool = Pool::start(Settings { wall, ..settings() }).unwrap();
    let started = Instant::now();
    let report = outermost(&pool, "HANG");
    assert_eq!(reason(&report), Reason::Timeout);
    assert!(started.elapsed() >= wall);
    assert!(
        started.elapsed() < wall + Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(outermost(&pool, "nothing").verdict, Verdict::Clean);
}

fn what_was_found_before_the_crash_is_kept() {
    let reports = scan_text(&pool(), "ZIP ABORT");
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[0].member.as_deref(), Some("inner"));
    assert_eq!(reports[0].level, Some(Level::Mat));
    assert_eq!(reason(&reports[1]), Reason::Crash);
}

fn workers_are_replaced_after_their_files() {
    let settings = Settings {
        files_per_worker: 3,
        jobs: 1,
        ..settings()
    };
    let pool = Pool::start(settings).unwrap();
    for _ in 0..10 {
        assert_eq!(outermost(&pool, "nothing").verdict, Verdict::Clean);
    }
}

fn a_worker_that_grew_is_not_the_next_ones_fault() {
    let pool = Pool::start(Settings {
        jobs: 1,
        ..settings()
    })
    .unwrap();
    // 600 MiB twice would be beyond the limit, were the first not given back with its worker.
    for _ in 0..2 {
        assert_eq!(outermost(&pool, "KEEP").verdict, Verdict::Clean);
    }
}

fn a_worker_that_cannot_lock_is_refused() {
    let arguments = vec!["sulking-worker".to_owned()];
    let refused = Pool::start(Settings {
        arguments: arguments.clone(),
        ..settings()
    });
    let error = refused.err().unwrap();
    assert_eq!(error.code(), "PATROL-UNLOCKED");
    assert!(error.help().unwrap().contains("--unlocked"));
    let accepted = Settings {
        arguments,
        walls: Walls::Waived,
        ..settings()
    };
    assert!(Pool::start(accepted).is_ok());
}

fn a_worker_sees_neither_folder_nor_environment() {
    // A call that asks for the folder is no call of a worker: it ends, and tells nothing.
    assert_eq!(reason(&outermost(&pool(), "ENVIRONMENT")), Reason::Crash);
}

/// Runs over `roots`; reports and counts.
fn run(pool: &Pool, cache: Option<&Cache>, roots: &[&Path]) -> (Vec<FileReport>, Summary) {
    // Far ahead of every file's last change.
    let now = || Timestamp::from_second(4_000_000_000).unwrap();
    let run = Run {
        pool,
        cache,
        now: &now,
    };
    let roots: Vec<_> = roots.iter().map(|root| root.to_path_buf()).collect();
    let mut reports = Vec::new();
    let summary = run
        .paths(&roots, &mut |report, _| {
            reports.push(report.clone());
            Ok(())
        })
        .unwrap();
    (reports, summary)
}

fn a_planted_tree_is_read_whole() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "MARK").unwrap();
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    let odd: [&[u8]; 6] = [
        b"..hidden..",
        b"a\nb.txt",
        b"\xa0.txt",
        "a\u{202e}fdp.exe".as_bytes(),
        b".gitignore",
        b"-rf",
    ];
    for name in odd {
        std::fs::write(root.join(OsStr::from_bytes(name)), "MARK").unwrap();
    }
    std::fs::write(root.join(".gitignore"), "*\n").unwrap();
    std::fs::create_dir_all(root.join(".git/deep")).unwrap();
    std::fs::write(root.join(".git/deep/kept"), "MARK").unwrap();
    std::os::unix::fs::symlink(root, root.join("loop")).unwrap();
    std::os::unix::fs::symlink(outside.path(), root.join("out")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), root.join("out.txt")).unwrap();
    std::os::unix::fs::symlink("nowhere", root.join("dangling")).unwrap();
    let pipe = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        root.join("fifo"),
        rustix::fs::FileType::Fifo,
        pipe,
        0,
    )
    .unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();

    let (reports, summary) = run(&pool(), None, &[root]);
    let marked: Vec<&str> = reports
        .iter()
        .filter(|report| report.verdict == Verdict::Marked)
        .map(|report| report.path.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(
        marked,
        [
            "-rf",
            "..hidden..",
            "kept",
            "a\nb.txt",
            "a\u{202e}fdp.exe",
            "\\xA0.txt"
        ]
    );
    assert_eq!(summary.links, 4);
    let special: Vec<_> = reports
        .iter()
        .filter(|report| report.verdict == Verdict::Incomplete)
        .collect();
    assert_eq!(special.len(), 2, "{special:?}");
    assert!(
        special
            .iter()
            .all(|report| report.incomplete[0].place == "special file")
    );
    assert_eq!(
        (summary.marked, summary.incomplete, summary.clean),
        (6, 2, 1)
    );
    assert_eq!(summary.exit_code(), 1);
}

fn a_second_run_reads_only_what_changed() {
    let tree = tempfile::tempdir().unwrap();
    let kept = tempfile::tempdir().unwrap();
    for number in 0..20 {
        std::fs::write(
            tree.path().join(format!("{number:02}")),
            format!("file {number}"),
        )
        .unwrap();
    }
    let pool = pool();
    let cache = Cache::open(kept.path(), "1").unwrap();
    let (first, summary) = run(&pool, Some(&cache), &[tree.path()]);
    assert_eq!((summary.files, summary.read, summary.scanned), (20, 20, 20));

    std::fs::write(tree.path().join("07"), "MARK").unwrap();
    // The same bytes under the same name elsewhere are read, not scanned.
    std::fs::create_dir(tree.path().join("copy")).unwrap();
    std::fs::copy(tree.path().join("03"), tree.path().join("copy/03")).unwrap();
    let (second, summary) = run(&pool, Some(&cache), &[tree.path()]);
    assert_eq!((summary.files, summary.read, summary.scanned), (21, 2, 1));
    assert_eq!(second[7].level, Some(Level::TuyetMat));
    assert_eq!(
        second[20].path,
        tree.path().join("copy/03").to_str().unwrap()
    );
    assert_eq!(second[3], first[3]);

    let newer = Cache::open(kept.path(), "2").unwrap();
    let (_, summary) = run(&pool, Some(&newer), &[tree.path()]);
    assert_eq!((summary.read, summary.scanned), (21, 21));
}

fn a_changing_file_is_not_clean() {
    let tree = tempfile::tempdir().unwrap();
    let path = tree.path().join("grows.log");
    std::fs::write(&path, "nothing").unwrap();
    let opened = patrol::source::open(&path).unwrap();
    let before = opened.body().unwrap();
    assert!(opened.unchanged().unwrap());
    std::fs::write(&path, "something else").unwrap();
    assert!(!opened.unchanged().unwrap());
    assert_eq!(before.len(), 7);

    // A file that shrinks under the reader's hands: fewer bytes come than were announced.
    let file = std::fs::File::open(&path).unwrap();
    let body = Body::Disk(Arc::new(file), 5_000_000);
    let pool = pool();
    let scanned = pool.scan("grows.log", &body).unwrap();
    let report = scanned.reports.last().unwrap();
    assert_eq!(reason(report), Reason::Damaged);
    assert_eq!(report.incomplete[0].place, "changed while being read");
    assert_eq!(outermost(&pool, "nothing").verdict, Verdict::Clean);
}

fn a_huge_sparse_file_takes_neither_time_nor_memory() {
    let tree = tempfile::tempdir().unwrap();
    let huge = std::fs::File::create(tree.path().join("huge.pst")).unwrap();
    huge.set_len(10 << 30).unwrap();
    std::fs::write(tree.path().join("small"), "MARK").unwrap();
    let large = std::fs::File::create(tree.path().join("large")).unwrap();
    large.set_len(100 << 20).unwrap();
    let before = peak_bytes();
    let started = Instant::now();
    let (reports, summary) = run(&pool(), None, &[tree.path()]);
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{:?}",
        started.elapsed()
    );
    assert!(
        peak_bytes() - before < 64 << 20,
        "the parent took {} bytes",
        peak_bytes() - before
    );
    assert_eq!(reason(&reports[0]), Reason::TooLarge);
    assert_eq!(reports[0].bytes, 10 << 30);
    assert_eq!(reports[1].verdict, Verdict::Clean);
    assert_eq!(summary.marked, 1);
    let no_digest = patrol::report::line(&reports[0]);
    assert!(no_digest.contains("\"sha256\":null"), "{no_digest}");
}

/// Highest resident memory of this process so far.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        << 10
}

fn reports_come_in_the_order_of_the_walk() {
    let tree = tempfile::tempdir().unwrap();
    for number in 0..1_500 {
        std::fs::write(
            tree.path().join(format!("{number:04}")),
            if number % 7 == 0 { "ZIP" } else { "" },
        )
        .unwrap();
    }
    let (reports, summary) = run(&pool(), None, &[tree.path()]);
    let paths: Vec<_> = reports.iter().map(|report| report.path.clone()).collect();
    assert!(paths.is_sorted());
    assert_eq!(summary.files, 1_500 + 215);
    assert_eq!(summary.marked, 215);
}
