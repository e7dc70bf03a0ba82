//! Speed of the readers on files of one's own: `SCAN_BENCH_FILES=folder cargo bench -p scan`.
//!
//! Every file below the folder is read once through the whole scan, rules included; then the readers
//! alone run over it for at least a second a format. Prints one line a format: files, pages, bytes,
//! reports of each verdict, panics, time a file and a page on one core.

use scan::{
    FileReport, Incomplete, Kind, Limits, Markers, Member, Picture, Piece, Scanner, Sink, Stop,
    Verdict,
};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Least time spent on a format.
const TIME_MIN: Duration = Duration::from_secs(2);

/// Counts pages and text, keeps nothing.
#[derive(Default)]
struct Counted {
    page: u32,
    text: u64,
    words: u64,
}

impl Sink for Counted {
    fn piece(&mut self, piece: Piece) -> Result<(), Stop> {
        self.page = self.page.max(piece.page.unwrap_or(1));
        self.text += piece.text.len() as u64;
        self.words += piece.text.split_whitespace().count() as u64;
        Ok(())
    }

    fn looks_at_pictures(&self) -> bool {
        false
    }

    fn unseen(&mut self, page: Option<u32>) {
        self.page = self.page.max(page.unwrap_or(1));
    }

    fn picture(&mut self, picture: Picture) -> Result<(), Stop> {
        self.page = self.page.max(picture.page.unwrap_or(1));
        Ok(())
    }

    fn member(&mut self, _: Member) -> Result<(), Stop> {
        Ok(())
    }

    fn inflate(&mut self, _: u64) -> Result<(), Stop> {
        Ok(())
    }

    fn incomplete(&mut self, _: Incomplete) {}
}

#[derive(Default)]
struct Row {
    files: Vec<(String, Vec<u8>)>,
    verdicts: BTreeMap<&'static str, u32>,
    panics: u32,
    pages: u64,
    words: u64,
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else {
            out.push(path);
        }
    }
}

#[expect(clippy::print_stdout, reason = "a bench speaks")]
fn main() {
    let Some(folder) = std::env::var_os("SCAN_BENCH_FILES") else {
        println!("set SCAN_BENCH_FILES to a folder of documents");
        return;
    };
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths);
    paths.sort();
    let Ok(markers) = Markers::built_in() else {
        return;
    };
    let scanner = Scanner::new(markers, None);
    let mut rows: BTreeMap<Kind, Row> = BTreeMap::new();
    for path in paths {
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let name = path.to_string_lossy().into_owned();
        let row = rows.entry(Kind::of(&bytes, &name)).or_default();
        let verdict =
            std::panic::catch_unwind(AssertUnwindSafe(|| verdict(&scanner, &name, &bytes)));
        match verdict {
            Ok(verdict) => *row.verdicts.entry(verdict).or_default() += 1,
            Err(_) => row.panics += 1,
        }
        row.files.push((name, bytes));
    }
    for (kind, row) in &mut rows {
        time(*kind, row, &scanner);
    }
}

fn verdict(scanner: &Scanner, name: &str, bytes: &[u8]) -> &'static str {
    let mut last = Verdict::Clean;
    scanner.scan(
        name,
        bytes,
        &Limits::default(),
        &mut |report: FileReport| {
            last = report.verdict;
        },
    );
    match last {
        Verdict::Clean => "clean",
        Verdict::Incomplete => "incomplete",
        Verdict::Marked => "marked",
    }
}

#[expect(clippy::print_stdout, reason = "a bench speaks")]
fn time(kind: Kind, row: &mut Row, scanner: &Scanner) {
    for (_, bytes) in &row.files {
        let mut sink = Counted::default();
        let _ = scan::formats::read(kind, bytes, &Limits::default(), &mut sink);
        row.pages += u64::from(sink.page.max(1));
        row.words += sink.words;
    }
    let readers = repeated(|| {
        for (_, bytes) in &row.files {
            let _ = scan::formats::read(kind, bytes, &Limits::default(), &mut Counted::default());
        }
    });
    let whole = repeated(|| {
        for (name, bytes) in &row.files {
            verdict(scanner, name, bytes);
        }
    });
    let bytes: usize = row.files.iter().map(|(_, bytes)| bytes.len()).sum();
    let a_second = |count: u64, time: f64| count as f64 / time;
    println!(
        "{:<8} {:>5} files {:>6} pages {:>9} words {:>10} bytes  {:?} panics {}  reader {:.0} files/s {:.0} pages/s  scan {:.0} files/s {:.0} pages/s",
        kind.as_str(),
        row.files.len(),
        row.pages,
        row.words,
        bytes,
        row.verdicts,
        row.panics,
        a_second(row.files.len() as u64, readers),
        a_second(row.pages, readers),
        a_second(row.files.len() as u64, whole),
        a_second(row.pages, whole),
    );
}

/// Seconds on a processor for one run, the mean of as many as fit.
fn repeated(mut act: impl FnMut()) -> f64 {
    let start = Instant::now();
    let busy = processor();
    let mut runs = 0u32;
    while runs == 0 || start.elapsed() < TIME_MIN {
        act();
        runs += 1;
    }
    (processor() - busy) / f64::from(runs)
}

/// Seconds that this thread had a processor.
fn processor() -> f64 {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| {
            text.split(' ')
                .next()
                .and_then(|first| first.parse::<f64>().ok())
        })
        .unwrap_or(0.0)
        / 1e9
}
