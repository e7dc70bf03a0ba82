//! The five source documents against kept JSON. `VANBAN_UPDATE=1` writes the files anew; the
//! difference is then reviewed by eye.

use serde_json::Value;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn read(file: &str) -> Value {
    let bytes = std::fs::read(folder("seeds").join(file)).unwrap();
    vanban::json::document(&vanban::reader::read(&bytes, file).unwrap())
}

fn check(seed: &str) {
    let got = read(&format!("{seed}.txt"));
    let path = folder("golden").join(format!("{seed}.json"));
    if std::env::var_os("VANBAN_UPDATE").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&got).unwrap() + "\n").unwrap();
    }
    let want: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(got, want, "{seed} differs from its golden file");
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
