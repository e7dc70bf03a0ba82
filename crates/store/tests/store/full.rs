//! A full disk: a clear error, nothing half written, and everything that was acknowledged is there.

use std::path::{Path, PathBuf};
use std::process::Command;

use store::install::{Database, Install};
use store::{Db, StoreError, backup};

use crate::common::{self, NOW, PASSPHRASE, random};
use crate::samples::{self, People};

/// Writes until the disk is full; gives how many lines were acknowledged.
async fn fill(db: &Db, people: &People) -> i64 {
    let long = "chữ ".repeat(60);
    let before = db.last_serial(people.unit, "di", 2026).await.unwrap();
    for number in before + 1..before + 20_000 {
        match samples::register(db, people, "di", &long).await {
            Ok(registered) => assert_eq!(registered.serial, number),
            Err(error) => {
                assert!(matches!(error, StoreError::DiskFull(_)), "{error:?}");
                assert_eq!(error.code(), "STORE-FULL");
                return number - 1;
            }
        }
    }
    panic!("the disk never became full");
}

async fn nothing_was_lost(db: &Db, people: &People, acknowledged: i64) {
    assert_eq!(
        db.last_serial(people.unit, "di", 2026).await.unwrap(),
        acknowledged
    );
    let rows = db
        .entry_range(people.unit, "di", 2026, 1, acknowledged + 10)
        .await
        .unwrap();
    let serials: Vec<i64> = rows.iter().map(|row| row.serial).collect();
    assert_eq!(serials, (1..=acknowledged).collect::<Vec<_>>());
    let (size, _) = db.verify_log().await.unwrap();
    assert_eq!(i64::try_from(size).unwrap(), acknowledged);
}

#[tokio::test]
async fn a_database_at_its_largest_size_refuses_and_stays_whole() {
    let dir = tempfile::tempdir().unwrap();
    let db = common::sqlite(dir.path()).await;
    let people = samples::people(&db).await;
    let Db::Sqlite { write, .. } = &db else {
        panic!("an SQLite database");
    };
    sqlx::query("PRAGMA max_page_count = 400")
        .execute(write)
        .await
        .unwrap();
    let acknowledged = fill(&db, &people).await;
    assert!(acknowledged > 20, "{acknowledged}");
    nothing_was_lost(&db, &people, acknowledged).await;
    // Room again: the number that was refused is the next one.
    sqlx::query("PRAGMA max_page_count = 4000")
        .execute(write)
        .await
        .unwrap();
    let next = samples::register(&db, &people, "di", "lại có chỗ")
        .await
        .unwrap();
    assert_eq!(next.serial, acknowledged + 1);
}

/// A small disk in memory, where this machine lets us have one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "khien-test"])
            .arg(at)
            .output();
        let mounted = done.is_ok_and(|done| done.status.success());
        mounted.then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a failed test may still have files open.
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let small = parent.path().join("small");
    let Some(_disk) = SmallDisk::mount(&small, "4m") else {
        println!(
            "skipped: this machine does not let us mount a small disk; the size limit is tested above"
        );
        assert!(!small.join("khien.db").exists());
        return;
    };
    let dir = small.join("data");
    let made = Install::create(&dir, common::new(), &mut random(1))
        .await
        .unwrap();
    let people = samples::people(&made.db).await;
    let acknowledged = fill(&made.db, &people).await;
    assert!(acknowledged > 30, "{acknowledged}");
    nothing_was_lost(&made.db, &people, acknowledged).await;
    // A backup does not fit either, and leaves nothing.
    let error = backup::make(&made, &small.join("out"), NOW)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "STORE-FULL", "{error:?}");
    assert_eq!(std::fs::read_dir(&small).unwrap().count(), 1);
    made.close().await;
    let again = Install::open(&dir, PASSPHRASE, &Database::Folder)
        .await
        .unwrap();
    nothing_was_lost(&again.db, &people, acknowledged).await;
    // On a larger disk the same folder goes on.
    let backup_file = parent.path().join("khien.backup");
    backup::make(&again, &backup_file, NOW).await.unwrap();
    let back = parent.path().join("back");
    backup::restore(&backup_file, &back, PASSPHRASE)
        .await
        .unwrap();
    let restored = Install::open(&back, PASSPHRASE, &Database::Folder)
        .await
        .unwrap();
    let next = samples::register(&restored.db, &people, "di", "lại có chỗ")
        .await
        .unwrap();
    assert_eq!(next.serial, acknowledged + 1);
}

#[tokio::test]
async fn an_installation_that_does_not_fit_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let small = parent.path().join("small");
    let Some(_disk) = SmallDisk::mount(&small, "128k") else {
        println!("skipped: this machine does not let us mount a small disk");
        assert!(!small.join("data").exists());
        return;
    };
    let error = Install::create(&small.join("data"), common::new(), &mut random(1))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "STORE-FULL", "{error:?}");
    assert_eq!(std::fs::read_dir(&small).unwrap().count(), 0);
}
