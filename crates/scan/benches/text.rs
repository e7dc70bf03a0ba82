//! Plain text through the whole scan against ripgrep, which looks for the same words in the same bytes
//! in the same run: `cargo bench -p scan --bench text [FILE]`. Without a file, the five seeds are
//! repeated to 64 MB. `RG` names the ripgrep to use.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement stops at the first surprise"
)]

use std::io::Write as _;
use std::process::Command;
use std::time::Instant;

use scan::{Limits, Markers, Scanner};
use unicode_normalization::UnicodeNormalization as _;
use vanban::encodings::{Encoding, as_western, encode};

const RUNS: usize = 5;
const WORDS: [&str; 12] = [
    "TUYỆT MẬT",
    "TỐI MẬT",
    "MẬT",
    "Tuyệt mật",
    "Tối mật",
    "Độ mật",
    "TÀI LIỆU THU HỒI",
    "BẢN SAO",
    "Bản số",
    "Thời hạn bảo vệ",
    "SỔ ĐĂNG KÝ",
    "BÓC BÌ",
];

fn main() {
    let folder = std::env::temp_dir();
    let named = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let path = named.map_or_else(|| folder.join("khien-bench-text.txt"), Into::into);
    if !path.exists() {
        let seeds: String = (0..5)
            .map(|seed| {
                format!(
                    "{}/../vanban/tests/seeds/s{seed}.txt",
                    env!("CARGO_MANIFEST_DIR")
                )
            })
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect();
        std::fs::write(&path, seeds.repeat((64 << 20) / seeds.len() + 1)).unwrap();
    }
    let words = folder.join("khien-bench-words.txt");
    std::fs::write(&words, spellings().join("\n")).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let megabytes = bytes.len() as f64 / 1e6;
    let scanner = Scanner::new(Markers::built_in().unwrap(), None);
    let limits = Limits {
        file_bytes: u64::MAX,
        ..Limits::default()
    };
    let ours = best(|| {
        let bytes = std::fs::read(&path).unwrap();
        scanner.scan("a.txt", &bytes, &limits, &mut |_| {});
    });
    let rg = std::env::var("RG").unwrap_or_else(|_| "rg".to_owned());
    let theirs = best(|| {
        let run = Command::new(&rg)
            .args(["-c", "-F", "-f"])
            .arg(&words)
            .arg(&path)
            .output();
        assert!(
            run.is_ok_and(|output| output.status.code().is_some_and(|code| code < 2)),
            "ripgrep did not run"
        );
    });
    let line = format!(
        "{megabytes:.0} MB: scan {:.0} MB/s, ripgrep {:.0} MB/s, ratio {:.2}\n",
        megabytes / ours,
        megabytes / theirs,
        theirs / ours
    );
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

/// The words as composed and decomposed Unicode, TCVN3, VNI and VIQR.
fn spellings() -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in WORDS {
        out.extend([word.to_owned(), word.nfd().collect()]);
        for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Viqr] {
            out.extend(encode(word, encoding).map(|bytes| as_western(&bytes)));
        }
    }
    out.retain(|word| !word.contains(|c: char| c.is_control()));
    out
}

/// Seconds of the fastest of several runs.
fn best(mut run: impl FnMut()) -> f64 {
    let seconds = (0..RUNS).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    });
    seconds.fold(f64::INFINITY, f64::min)
}
