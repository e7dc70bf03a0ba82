//! Nothing readable reaches the disk or the log.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use store::install::{Database, Install};
use store::{Db, backup};

use crate::common::{self, KEY, NOW, PASSPHRASE, random};
use crate::samples;

/// No Vietnamese letters: these bytes stand in a file as they are, if they do.
const MARKER: &str = "PLAINTEXT-MARKER-7f3a";

fn files(dir: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn no_file_holds_what_was_written_in_the_clear() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let made = Install::create(&dir, common::new(), &mut random(1))
        .await
        .unwrap();
    let people = samples::people(&made.db).await;
    for number in 0..300 {
        let subject = format!("{MARKER} {number}");
        samples::register(&made.db, &people, "di", &subject)
            .await
            .unwrap();
    }
    let out = parent.path().join("khien.backup");
    backup::make(&made, &out, NOW).await.unwrap();
    backup::restore(&out, &parent.path().join("back"), PASSPHRASE)
        .await
        .unwrap();
    let mut found = Vec::new();
    // The write-ahead log is there because the database is open.
    files(parent.path(), &mut found);
    for ending in [
        "data/khien.db",
        "data/khien.db-wal",
        "khien.backup",
        "back/khien.db",
        "back/keys.toml",
    ] {
        assert!(
            found
                .iter()
                .any(|(name, bytes)| name.ends_with(ending) && !bytes.is_empty()),
            "{ending}"
        );
    }
    for (name, bytes) in &found {
        for text in [
            MARKER,
            "plaintext-marker",
            "CREATE TABLE",
            "SQLite format 3",
            "vanthu.t01",
            PASSPHRASE,
        ] {
            assert!(!contains(bytes, text), "`{text}` in {name}");
        }
    }
    // The search for bytes finds them where they are.
    assert!(contains(format!("x{MARKER}y").as_bytes(), MARKER));
}

#[tokio::test]
async fn only_the_owner_may_read_what_an_installation_writes() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let made = Install::create(&dir, common::new(), &mut random(1))
        .await
        .unwrap();
    let out = parent.path().join("khien.backup");
    backup::make(&made, &out, NOW).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&out), 0o600);
    assert_eq!(mode(&dir.join("keys.toml")), 0o600);
    // A connection still open at exit races with the cipher library's own end.
    made.close().await;
}

/// Collects what a program would log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_never_shows_the_key() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let dir = tempfile::tempdir().unwrap();
    let db = common::sqlite(dir.path()).await;
    let people = samples::people(&db).await;
    samples::register(&db, &people, "di", MARKER).await.unwrap();
    db.close().await;
    let wrong = Db::open_sqlite(&dir.path().join("khien.db"), &[1; 32])
        .await
        .unwrap_err();
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let made = Install::create(&data, common::new(), &mut random(1))
        .await
        .unwrap();
    backup::make(&made, &parent.path().join("out"), NOW)
        .await
        .unwrap();
    let hex = |key: &[u8]| -> String { key.iter().map(|byte| format!("{byte:02x}")).collect() };
    let nowhere = Install::open(&data, "mật khẩu khác", &Database::Folder)
        .await
        .unwrap_err();
    let mut said = log.0.lock().unwrap().clone();
    said.extend_from_slice(format!("{wrong:?} {nowhere:?} {db:?} {made:?}").as_bytes());
    for secret in [
        hex(&KEY),
        hex(&[1; 32]),
        hex(made.keys.data_key()),
        MARKER.to_owned(),
        PASSPHRASE.to_owned(),
    ] {
        assert!(!contains(&said, &secret), "{secret}");
    }
}
