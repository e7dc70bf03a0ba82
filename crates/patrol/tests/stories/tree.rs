//! Folders full of odd things.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use patrol::cache::Cache;
use patrol::run::Run;
use patrol::source::Body;
use patrol::{Pool, Summary};
use scan::{FileReport, Level, Reason, Verdict};

use crate::stand_in::{outermost, pool, reason};

/// Runs over `roots`; reports and counts.
pub fn run(pool: &Pool, cache: Option<&Cache>, roots: &[&Path]) -> (Vec<FileReport>, Summary) {
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

pub fn a_planted_tree_is_read_whole() {
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

pub fn a_second_run_reads_only_what_changed() {
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
    let cache = Cache::open(kept.path(), "1", Timestamp::UNIX_EPOCH).unwrap();
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

    let newer = Cache::open(kept.path(), "2", Timestamp::UNIX_EPOCH).unwrap();
    let (_, summary) = run(&pool, Some(&newer), &[tree.path()]);
    // The copy may find what its twin has just left.
    assert!(summary.read == 21 && summary.scanned >= 20, "{summary:?}");
}

pub fn a_changing_file_is_not_clean() {
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

pub fn a_huge_sparse_file_takes_neither_time_nor_memory() {
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
pub fn peak_bytes() -> u64 {
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

pub fn reports_come_in_the_order_of_the_walk() {
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
