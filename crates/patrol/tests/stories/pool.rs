//! Workers that crash, hang, grow and lie.

use std::time::{Duration, Instant};

use patrol::pool::File;
use patrol::second::Tesseract;
use patrol::source::Body;
use patrol::worker::Walls;
use patrol::{Pool, Settings};
use scan::{Level, Reason, Verdict};

use crate::stand_in::{outermost, pool, reason, scan_text, settings};

pub fn each_end_of_a_worker_costs_its_file_only() {
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

pub fn a_hanging_file_is_ended_by_the_wall_clock() {
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

pub fn files_handed_over_together_end_as_each_alone() {
    let wall = Duration::from_millis(300);
    let settings = Settings {
        wall,
        jobs: 1,
        second: Some(Tesseract::find().unwrap()),
        ..settings()
    };
    let pool = Pool::start(settings).unwrap();
    let told = [
        "nothing",
        "MARK",
        "ZIP",
        "ABORT",
        "MARK",
        "ASK",
        "HANG",
        "nothing",
        "ZIP PANIC",
        "LIE",
        "ASK-LARGE",
        "MARK",
        "EXIT",
    ];
    let bodies = told.map(|text| Body::Memory(text.as_bytes().into()));
    let files: Vec<File<'_>> = told
        .iter()
        .zip(&bodies)
        .map(|(path, body)| File { path, body })
        .collect();
    let together = pool.scan_hand(&files).unwrap();
    assert_eq!(together.len(), told.len());
    for (file, mut scanned) in files.iter().zip(together) {
        let mut alone = pool.scan(file.path, file.body).unwrap();
        for report in scanned.reports.iter_mut().chain(&mut alone.reports) {
            report.ms = 0;
        }
        assert_eq!(scanned, alone, "{}", file.path);
        assert_eq!(alone.reports.last().unwrap().path, file.path);
    }
    // Nothing ended it: each answer is of its own file, at once.
    let calm: Vec<File<'_>> = files.iter().take(3).copied().collect();
    let levels = pool.scan_hand(&calm).unwrap();
    let levels: Vec<Option<Level>> = levels.iter().map(|one| one.reports[0].level).collect();
    assert_eq!(levels, [None, Some(Level::TuyetMat), Some(Level::Mat)]);
}

pub fn what_was_found_before_the_crash_is_kept() {
    let reports = scan_text(&pool(), "ZIP ABORT");
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[0].member.as_deref(), Some("inner"));
    assert_eq!(reports[0].level, Some(Level::Mat));
    assert_eq!(reason(&reports[1]), Reason::Crash);
}

pub fn workers_are_replaced_after_their_files() {
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

pub fn a_worker_that_grew_is_not_the_next_ones_fault() {
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

pub fn a_worker_that_cannot_lock_is_refused() {
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

pub fn a_locked_worker_gets_a_second_opinion_from_its_parent() {
    let said = |second: Option<Tesseract>, asked: &str| {
        let pool = Pool::start(Settings {
            second,
            ..settings()
        });
        outermost(&pool.unwrap(), asked)
    };
    let tesseract = Tesseract::find().unwrap();
    assert!(tesseract.version().starts_with("tesseract "));
    let read = |report: &scan::FileReport| report.findings[0].excerpt.clone();
    // Whatever it makes of white paper, it answered.
    assert!(read(&said(Some(tesseract), "ASK")).starts_with("Some("));
    assert_eq!(read(&said(None, "ASK")), "None");
    // A long scan asks often: what is beyond the limit is not read, and the file is not lost.
    let often = said(None, "ASK-OFTEN");
    assert_eq!(often.verdict, Verdict::Clean, "{often:?}");
    // A worker taken over by a file asks for too much.
    for asked in ["ASK-LARGE", "ASK-NOTHING"] {
        assert_eq!(reason(&said(None, asked)), Reason::Crash, "{asked}");
    }
}

pub fn a_worker_sees_neither_folder_nor_environment() {
    // A call that asks for the folder is no call of a worker: it ends, and tells nothing.
    assert_eq!(reason(&outermost(&pool(), "ENVIRONMENT")), Reason::Crash);
}
