//! `khien scan`, `gate` and `crawl` as their users start them.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// An example of a marked document, which the marker rules keep.
const MARKED: &str = "level.line--duoi-so.txt";

fn marked() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../checks/markers/bad");
    std::fs::read_to_string(folder.join(MARKED)).unwrap()
}

fn khien(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_khien"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder with `clean.txt`, `marked.txt` and, on demand, something unreadable.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("clean.txt"), "Lịch họp tuần\n").unwrap();
    std::fs::write(folder.path().join("marked.txt"), marked()).unwrap();
    folder
}

#[test]
fn exit_codes_say_what_was_found() {
    let folder = tree();
    let root = folder.path();
    assert_eq!(code(&khien(&["scan", "clean.txt"], root)), 0);
    assert_eq!(code(&khien(&["scan", "marked.txt"], root)), 1);
    assert_eq!(code(&khien(&["scan", "no-such-file"], root)), 2);
    assert_eq!(code(&khien(&["scan"], root)), 2);
    std::fs::write(root.join("odd.bin"), [0_u8, 159, 146, 150, 0, 1, 2, 3]).unwrap();
    assert_eq!(code(&khien(&["scan", "clean.txt", "odd.bin"], root)), 3);
    assert_eq!(code(&khien(&["scan", "."], root)), 1);
}

#[test]
fn a_line_of_json_has_the_shape_of_the_contract() {
    let folder = tree();
    let output = khien(&["scan", ".", "--jsonl"], folder.path());
    let lines = text(&output.stdout);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 2);
    let clean: Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(clean["path"], "./clean.txt");
    let ms = clean["ms"].as_u64().unwrap();
    assert_eq!(
        lines[0].replace(&format!("\"ms\":{ms}"), "\"ms\":0"),
        r#"{"path":"./clean.txt","member":null,"sha256":"498a46447abba45f0e595cdd42460a74c458d1475fbdf2da42bab4b73161c438","bytes":20,"type":"text","verdict":"clean","level":null,"findings":[],"incomplete":[],"ms":0}"#
    );
    let found: Value = serde_json::from_str(lines[1]).unwrap();
    assert_eq!(
        (&found["verdict"], &found["level"]),
        (&"marked".into(), &"toi_mat".into())
    );
    let excerpt = found["findings"][0]["excerpt"].as_str().unwrap();
    assert!(excerpt.chars().count() <= 40, "{excerpt}");
    assert!(text(&output.stderr).contains("2 files: 1 marked, 0 not fully checked, 1 clean"));
}

/// A drawn page of the validation set whose stamp this program's readers are in doubt about; tesseract reads it.
#[test]
fn tesseract_is_asked_about_a_stamp_in_doubt() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/doubtful-stamp.jpg");
    let page = page.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let cache = ["scan", page, "--jsonl", "--cache", "kept"];
    let alone = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_khien"))
            .args(arguments)
            .current_dir(here)
            .env("PATH", here)
            .output()
            .unwrap()
    };
    let told = |output: &Output| serde_json::from_slice::<Value>(&output.stdout).unwrap();
    let without = alone(&cache);
    assert_eq!(code(&without), 3);
    assert_eq!(
        told(&without)["incomplete"][0]["reason"],
        "stamp_unconfirmed"
    );
    // What was kept without a second reader does not count with one.
    let with = khien(&cache, here);
    assert_eq!(code(&with), 1, "{}", text(&with.stderr));
    assert_eq!(told(&with)["level"], "toi_mat");
    assert_eq!(told(&with)["incomplete"], serde_json::json!([]));
    let refused = alone(&["scan", page, "--ocr", "always"]);
    assert_eq!(code(&refused), 2);
    assert!(text(&refused.stderr).contains("tesseract-ocr-vie"));
    assert_eq!(code(&khien(&["scan", page, "--ocr", "always"], here)), 1);
    let off = khien(&["scan", page, "--ocr", "off", "--jsonl"], here);
    assert_eq!(told(&off)["incomplete"][0]["reason"], "ocr_unavailable");
}

#[test]
fn a_second_run_reads_only_what_changed() {
    let folder = tree();
    let kept = tempfile::tempdir().unwrap();
    let cache = kept.path().to_str().unwrap();
    let read = || {
        let output = khien(&["scan", ".", "--json", "--cache", cache], folder.path());
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let number = |name: &str| document["summary"][name].as_u64().unwrap();
        assert_eq!(
            document["files"].as_array().unwrap().len() as u64,
            number("files")
        );
        (number("files"), number("scanned"), number("marked"))
    };
    assert_eq!(read(), (2, 2, 1));
    assert_eq!(read(), (2, 0, 1));
    std::fs::write(folder.path().join("clean.txt"), marked()).unwrap();
    assert_eq!(read(), (2, 1, 2));
}

#[test]
fn page_log_and_table_are_written() {
    let folder = tree();
    let wanted = ["--html", "k.html", "--sarif", "k.sarif", "--csv", "k.csv"];
    let arguments = [&["scan", "clean.txt", "marked.txt"][..], &wanted[..]].concat();
    assert_eq!(code(&khien(&arguments, folder.path())), 1);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("k.html").contains("<dt>Có dấu hiệu</dt><dd>1</dd>"));
    let sarif: Value = serde_json::from_str(&read("k.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["kind"], "fail");
    assert_eq!(read("k.csv").lines().next().unwrap().split(',').count(), 18);
    assert_eq!(
        code(&khien(
            &["scan", ".", "--html", "no/such/place.html"],
            folder.path()
        )),
        2
    );
}

#[test]
fn the_gate_decides_on_a_file() {
    let folder = tree();
    let root = folder.path();
    assert_eq!(code(&khien(&["gate", "clean.txt"], root)), 0);
    let blocked = khien(&["gate", "marked.txt", "--json"], root);
    assert_eq!(code(&blocked), 1);
    let document: Value = serde_json::from_slice(&blocked.stdout).unwrap();
    assert_eq!(document["decision"], "block");
    assert_eq!(document["report"][0]["path"], "marked.txt");
    assert!(!document["reasons"][0]["text"].as_str().unwrap().is_empty());
    std::fs::write(root.join("odd.bin"), [0_u8, 159, 146, 150, 0, 1, 2, 3]).unwrap();
    let review = khien(&["gate", "odd.bin"], root);
    assert_eq!(
        (code(&review), text(&review.stdout).lines().next()),
        (3, Some("review"))
    );
    assert_eq!(code(&khien(&["gate", "no-such-file"], root)), 2);
    assert_eq!(code(&khien(&["gate", "--watch", "."], root)), 2);
}

#[test]
fn an_open_gate_answers_and_ends_with_its_program() {
    let folder = tree();
    let mut child = Command::new(env!("CARGO_BIN_EXE_khien"))
        .args(["gate", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line.trim().strip_prefix("gate: http://").unwrap();
    let address = address.strip_suffix("/check").unwrap();
    let body = marked();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /check?name=a.txt HTTP/1.1\r\nHost: g\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(r#"{"decision":"block""#), "{answer}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_portal_is_fetched_and_scanned() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut first = String::new();
            BufReader::new(&stream).read_line(&mut first).unwrap();
            let body = match first.split(' ').nth(1).unwrap() {
                "/" => "<a href=/van-ban.txt>văn bản</a>".to_owned(),
                "/van-ban.txt" => marked(),
                _ => String::new(),
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            // The client may be gone.
            let _ = stream.write_all((head + &body).as_bytes());
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let url = format!("http://{address}/");
    let output = khien(
        &["crawl", &url, "--out", "kept", "--rate", "100", "--jsonl"],
        folder.path(),
    );
    assert_eq!(code(&output), 1, "{}", text(&output.stderr));
    let lines = text(&output.stdout);
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["path"], format!("{url}van-ban.txt"));
    assert_eq!(last["level"], "toi_mat");
    let mut kept: Vec<PathBuf> = std::fs::read_dir(folder.path().join("kept"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    kept.sort();
    assert_eq!(kept.len(), 2);
    assert_eq!(std::fs::read_to_string(&kept[0]).unwrap(), lines);
    assert_eq!(
        code(&khien(
            &["crawl", "no-address", "--out", "kept"],
            folder.path()
        )),
        2
    );
}
