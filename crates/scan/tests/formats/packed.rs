//! Packed files that the usual programs wrote, and archives of every version of RAR.

use crate::make::{Part, mutated, rar5, zip};
use crate::testing::Collected;
use scan::{
    FileReport, Incomplete, Kind, Limits, Markers, Picture, PictureAnswer, Reason, Scanner,
    StampFinder, Verdict,
};
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

/// Tells of every picture that it was seen.
struct Seen;

impl StampFinder for Seen {
    fn look(&self, _: &Picture, _: Option<u32>) -> PictureAnswer {
        PictureAnswer {
            findings: Vec::new(),
            incomplete: vec![Incomplete::new(Reason::StampUnconfirmed, "seen")],
        }
    }
}

/// All reports of one file, without networks: a picture that was reached says so.
pub fn reports(name: &str, bytes: &[u8]) -> Vec<FileReport> {
    let scanner = Scanner::new(Markers::built_in().unwrap(), Some(Box::new(Seen)));
    let mut reports = Vec::new();
    scanner.scan(name, bytes, &Limits::default(), &mut |report| {
        reports.push(report)
    });
    reports
}

fn of<'r>(reports: &'r [FileReport], end: &str) -> &'r FileReport {
    let found = reports.iter().find(|report| {
        let member = report.member.as_deref();
        member.is_some_and(|name| name.ends_with(end))
    });
    assert!(found.is_some(), "{end} in {reports:?}");
    found.unwrap()
}

fn read(name: &str, bytes: &[u8]) -> Collected {
    let mut sink = Collected::default();
    let kind = Kind::of(bytes, name);
    scan::formats::read(kind, bytes, &Limits::default(), &mut sink).unwrap();
    sink
}

#[test]
fn packed_tars_are_read_to_their_pictures() {
    for (name, kind) in [("letter.tar.xz", "xz"), ("letter.tar.bz2", "bz2")] {
        let reports = reports(name, &fixture(&format!("packed/{name}")));
        let letter = of(&reports, "content/cong-van.txt");
        assert_eq!(letter.verdict, Verdict::Marked, "{name}");
        assert_eq!(letter.findings[0].rule, "level.line", "{name}");
        let picture = of(&reports, "content/anh/trang.png");
        assert_eq!(picture.incomplete[0].reason, Reason::StampUnconfirmed);
        let outer = reports.last().unwrap();
        assert_eq!((outer.kind.as_str(), outer.verdict), (kind, Verdict::Clean));
    }
}

#[test]
fn all_streams_of_a_packed_file_are_one_text() {
    let plain = "ỦY BAN NHÂN DÂN XÃ SÔNG THỬ\n\nTỐI MẬT\n\nKế hoạch diễn tập chữa cháy.\n";
    for (name, kind) in [
        ("letter.txt.xz", Kind::Xz),
        ("letter.txt.bz2", Kind::Bzip2),
        ("letter.txt.lzma", Kind::Lzma),
    ] {
        let bytes = fixture(&format!("packed/{name}"));
        assert_eq!(Kind::of(&bytes, ""), kind);
        let sink = read(name, &bytes);
        assert_eq!(sink.members[0].bytes, plain.as_bytes(), "{name}");
        assert!(sink.incomplete.is_empty(), "{name}");
    }
}

/// Cut at any place, followed by junk or bent: never read whole without a word.
#[test]
fn a_packed_file_that_is_cut_or_bent_says_so() {
    for name in ["letter.txt.xz", "letter.txt.bz2", "letter.txt.lzma"] {
        let whole = fixture(&format!("packed/{name}"));
        let text = read(name, &whole).members[0].bytes.clone();
        // The first stream alone is a whole file.
        let first = match name {
            "letter.txt.xz" => 104,
            "letter.txt.bz2" => whole[4..].windows(4).position(|w| w == b"BZh9").unwrap() + 4,
            _ => 0,
        };
        for length in 20..whole.len() {
            let cut = read(name, &whole[..length]);
            assert!(
                length == first || !cut.incomplete.is_empty(),
                "{name} {length}"
            );
        }
        let more = [whole.clone(), b"TOI MAT".to_vec()].concat();
        assert!(!read(name, &more).incomplete.is_empty(), "{name}");
        // LZMA alone has no sum over its text.
        for seed in 0..if name.ends_with("lzma") { 0 } else { 60 } {
            let bent = read(name, &mutated(&whole, seed));
            let same = bent.members.len() == 1 && bent.members[0].bytes == text;
            assert!(same || !bent.incomplete.is_empty(), "{name} {seed}");
        }
    }
}

#[test]
fn rar_of_every_version_is_unpacked() {
    let sink = read("a.rar", &fixture("rar/rar3-solid.rar"));
    assert_eq!(sink.members.len(), 2);
    assert!(sink.members.iter().all(|member| member.bytes.len() == 2048));
    assert_eq!(sink.members[0].bytes, sink.members[1].bytes);
    for (name, count) in [
        ("rar15-comment", 2),
        ("rar202-comment-nopsw", 2),
        ("rar3-comment-plain", 2),
        ("rar5-crc", 2),
        ("rar5-solid", 2),
        ("rar3-subdirs", 4),
        ("unicode", 2),
    ] {
        let sink = read("a.rar", &fixture(&format!("rar/{name}.rar")));
        let sizes: Vec<usize> = sink.members.iter().map(|one| one.bytes.len()).collect();
        assert_eq!(sink.members.len(), count, "{name} {sizes:?}");
        assert!(sink.incomplete.is_empty(), "{name} {:?}", sink.incomplete);
    }
    let sink = read("a.rar", &fixture("rar/rar3-comment-plain.rar"));
    assert_eq!(sink.texts(), ["RARcomment"]);
}

#[test]
fn what_rar_locks_or_parts_is_told() {
    for name in [
        "rar3-comment-psw",
        "rar3-comment-hpsw",
        "rar5-psw",
        "rar5-hpsw",
    ] {
        let sink = read("a.rar", &fixture(&format!("rar/{name}.rar")));
        assert!(sink.reasons().contains(&Reason::Encrypted), "{name}");
        assert!(sink.members.is_empty(), "{name}");
    }
    let sink = read("a.rar", &fixture("rar/rar5-vols.part3.rar"));
    assert!(
        sink.reasons().contains(&Reason::Damaged),
        "{:?}",
        sink.reasons()
    );
}

#[test]
fn a_rar_hands_on_what_stands_in_it() {
    let letter = "Số: 12/KH-UBND\n\nTUYỆT MẬT\n\nNội dung.\n";
    let inner = zip(&[Part::packed("trong.txt", letter.as_bytes())]);
    let bytes = rar5(&[("thư/công văn.txt", letter.as_bytes()), ("gói.zip", &inner)]);
    let reports = reports("a.rar", &bytes);
    for name in ["thư/công văn.txt", "gói.zip/trong.txt"] {
        assert_eq!(of(&reports, name).verdict, Verdict::Marked, "{name}");
    }
    assert_eq!(reports.last().unwrap().verdict, Verdict::Clean);
}

/// Read as RAR even where its first bytes are bent.
fn unpacked(bytes: &[u8]) -> Collected {
    let mut sink = Collected::default();
    scan::formats::archive::rar::read(bytes, &Limits::default(), &mut sink).unwrap();
    sink
}

#[test]
fn a_rar_that_is_cut_or_bent_says_so() {
    let built = rar5(&[("a.txt", b"text that is read"), ("b.txt", b"more of it")]);
    for whole in [built, fixture("rar/rar5-crc.rar")] {
        let text = |sink: &Collected| -> Vec<Vec<u8>> {
            sink.members.iter().map(|one| one.bytes.clone()).collect()
        };
        let plain = text(&unpacked(&whole));
        for length in (9..whole.len()).step_by(whole.len() / 90) {
            let cut = unpacked(&whole[..length]);
            assert!(!cut.incomplete.is_empty(), "{length}");
        }
        for seed in 0..150 {
            let bent = unpacked(&mutated(&whole, seed));
            let same = text(&bent) == plain;
            assert!(same || !bent.incomplete.is_empty(), "{seed} {bent:?}");
        }
    }
}
