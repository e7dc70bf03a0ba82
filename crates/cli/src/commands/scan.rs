//! `khien scan`: files and folders through locked workers.

pub mod output;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use patrol::PatrolError;
use patrol::cache::Cache;
use patrol::pool::{Pool, Settings};
use patrol::run::Run;
use patrol::second::Tesseract;
use patrol::worker::Walls;

use super::scan_worker::Pictures;
use crate::real::RealClock;
use output::{Output, Sink};

#[derive(Args)]
pub struct Scan {
    /// Files and folders; links below them are not followed.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    workers: Workers,
    /// Folder of kept answers: a second run reads only what changed, a broken-off run goes on.
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

/// How foreign files are read.
#[derive(Args, Clone)]
pub struct Workers {
    /// Stamps in pictures. off: no picture is read, and reported so. auto: where this program's reader is in doubt,
    /// tesseract with Vietnamese is asked, if it is installed. always: tesseract must be there, and is also asked
    /// where the reader saw no level in what looked like a stamp.
    #[arg(long, value_enum, default_value_t)]
    ocr: OcrWord,
    /// Workers at a time [default: one a core].
    #[arg(long, value_name = "N")]
    jobs: Option<u16>,
    /// Scan although this system cannot lock workers; at your own decision, and the report says so.
    #[arg(long)]
    unlocked: bool,
}

/// How much is made of pictures.
#[derive(Clone, Copy, Default, ValueEnum)]
pub enum OcrWord {
    #[default]
    Auto,
    Off,
    Always,
}

/// Settings of every pool of this program: one rule for when tesseract is asked.
///
/// # Errors
/// [`PatrolError::NoSecond`] if it must be there and is not.
pub fn settings(ocr: OcrWord) -> Result<Settings, PatrolError> {
    let second = match ocr {
        OcrWord::Off => None,
        OcrWord::Auto => Tesseract::find(),
        OcrWord::Always => Some(Tesseract::find().ok_or(PatrolError::NoSecond)?),
    };
    let pictures = match (ocr, &second) {
        (OcrWord::Off, _) => Pictures::Off,
        (OcrWord::Auto, None) => Pictures::Alone,
        (OcrWord::Auto, Some(_)) => Pictures::Undecided,
        (OcrWord::Always, _) => Pictures::Always,
    };
    let mut settings = Settings::new();
    settings.second = second;
    let word = pictures.to_possible_value();
    let word = word.map(|word| format!("--pictures={}", word.get_name()));
    settings.arguments.extend(word);
    Ok(settings)
}

impl Workers {
    /// Starts the pool.
    pub fn pool(&self) -> anyhow::Result<Pool> {
        let mut settings = settings(self.ocr)?;
        if let Some(jobs) = self.jobs {
            settings.jobs = usize::from(jobs);
        }
        if self.unlocked {
            settings.walls = Walls::Waived;
            crate::say::note(
                "warning: --unlocked: files are read without the walls around workers where this system lacks them",
            );
        }
        Ok(Pool::start(settings)?)
    }

    /// Whether the operator waived the walls.
    pub fn unlocked(&self) -> bool {
        self.unlocked
    }
}

/// Scans, writes, and answers with the exit code.
pub fn run(scan: &Scan) -> anyhow::Result<u8> {
    let subject = scan
        .paths
        .iter()
        .map(|path| patrol::names::of(path))
        .collect();
    let mut sink = Sink::open(&scan.output, subject, scan.workers.unlocked())?;
    let pool = scan.workers.pool()?;
    let edition = edition(&pool);
    let now = || app::Clock::now(&RealClock);
    let cache = match &scan.cache {
        Some(folder) => Some(Cache::open(folder, &edition, now())?),
        None => None,
    };
    let run = Run {
        pool: &pool,
        cache: cache.as_ref(),
        now: &now,
    };
    let summary = run.paths(&scan.paths, &mut |report, summary| {
        sink.take(report, summary)
    })?;
    sink.finish(&summary)?;
    Ok(summary.exit_code())
}

/// What decides answers beside the files: this very build, which carries rules and readers, and the options.
fn edition(pool: &Pool) -> String {
    let build = std::fs::metadata("/proc/self/exe").map(|file| {
        use std::os::unix::fs::MetadataExt as _;
        format!("{}-{}-{}", file.len(), file.mtime(), file.mtime_nsec())
    });
    format!(
        "{}+{}+{}",
        env!("CARGO_PKG_VERSION"),
        build.unwrap_or_default(),
        pool.edition()
    )
}
