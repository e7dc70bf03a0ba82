//! The five source documents against kept JSON. `VANBAN_UPDATE=1` writes the files anew; the
//! difference is then reviewed by eye.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use serde_json::Value;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

fn read(place: &str, file: &str) -> Value {
    let bytes = std::fs::read(folder(place).join(file)).unwrap();
    vanban::json::document(&vanban::reader::read(&bytes, file).unwrap())
}

fn kept(seed: &str) -> Value {
    serde_json::from_str(
        &std::fs::read_to_string(folder("golden").join(format!("{seed}.json"))).unwrap(),
    )
    .unwrap()
}

fn check(seed: &str) {
    let got = read("seeds", &format!("{seed}.txt"));
    if std::env::var_os("VANBAN_UPDATE").is_some() {
        let path = folder("golden").join(format!("{seed}.json"));
        std::fs::write(&path, serde_json::to_string_pretty(&got).unwrap() + "\n").unwrap();
    }
    assert_eq!(got, kept(seed), "{seed} differs from its golden file");
}

#[test]
fn s0_state_plan_of_a_law_site() {
    check("s0");
}

#[test]
fn s1_state_plan_with_blank_number_and_footnote() {
    check("s1");
}

#[test]
fn s2_news_page() {
    check("s2");
}

#[test]
fn s3_inspection_plan_with_outline() {
    check("s3");
}

#[test]
fn s4_party_directive() {
    check("s4");
}

/// The same documents as an office program writes them: another container, other line breaks,
/// one reading.
#[test]
fn other_formats_read_alike() {
    for file in [
        "s0.docx", "s0.pdf", "s0.html", "s1.docx", "s2.html", "s3.docx", "s4.pdf",
    ] {
        let seed = file.get(..2).unwrap();
        assert_eq!(
            read("files", file),
            kept(seed),
            "{file} reads otherwise than the text"
        );
    }
}

/// Where each duty stands, listed by hand from the documents: none missed, none invented.
#[test]
fn every_duty_is_found_and_none_invented() {
    let want = [
        (
            "s0",
            "III.1 III.1 III.2 III.3 III.4 III.5 III.6 IV.1 IV.1 IV.2",
        ),
        (
            "s1",
            "III.1 III.2.-1 III.2.-2 III.2.-3 III.3.-1 III.3.-2 III.4 III.5.-1 III.5.-2 III.6 III.7.-1 III.7.-2 IV.1 IV.1 IV.2",
        ),
        ("s2", "p3 p4 p5 p6 p7 p8 p9"),
        (
            "s3",
            "II.1.b II.1.b III.2.a III.2.b III.2.b III.2.c.-1 III.2.c.-2 III.2.c.-3 III.2.c.-4 III.2.d III.2.d III.2.d.-1 III.2.e III.2.e IV.1 IV.2 IV.3 IV.4",
        ),
        ("s4", "1 2 3 4.1 4.2 4.3 4.3 4.4 end.1 end.2"),
    ];
    for (seed, places) in want {
        let document = read("seeds", &format!("{seed}.txt"));
        let got: Vec<&str> = document["duties"]
            .as_array()
            .unwrap()
            .iter()
            .map(|duty| duty["at"].as_str().unwrap())
            .collect();
        assert_eq!(got.join(" "), places, "{seed}");
    }
}

/// The inconsistencies that the documents are known to hold.
#[test]
fn known_inconsistencies_are_reported() {
    let want = [
        (
            "s0",
            "CITE-TWIN preamble, CITE-ISSUER II.4.b, CITE-ISSUER II.4.c",
        ),
        (
            "s1",
            "NUM-BLANK header, DATE-BLANK header, CITE-DATE fn1, CITE-ISSUER fn1",
        ),
        ("s2", ""),
        (
            "s3",
            "NUM-BLANK header, DATE-BLANK header, CITE-YEAR II.2.b.-1.+7, CITE-YEAR PL1.2.1.-7",
        ),
        ("s4", "NUM-BLANK header, DATE-BLANK header"),
    ];
    for (seed, codes) in want {
        let document = read("seeds", &format!("{seed}.txt"));
        let got: Vec<String> = document["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|warning| {
                format!(
                    "{} {}",
                    warning["code"].as_str().unwrap(),
                    warning["at"].as_str().unwrap()
                )
            })
            .collect();
        assert_eq!(got.join(", "), codes, "{seed}");
    }
}
