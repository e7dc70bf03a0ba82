//! `doctor` on a sound installation, and on each kind of damage.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use khien_testkit::Postgres;
use ledger::checkpoint::Checkpoint;
use store::doctor::{self, Check, Status};
use store::install::{Database, Install};
use store::{Db, StoreError, keys};

use crate::common::{self, NOW, PASSPHRASE, random};
use crate::samples;

async fn install(parent: &tempfile::TempDir, database: &Database) -> Install {
    let new = store::install::New {
        database,
        ..common::new()
    };
    let made = Install::create(&parent.path().join("data"), new, &mut random(1))
        .await
        .unwrap();
    let people = samples::people(&made.db).await;
    for _ in 0..5 {
        samples::register(&made.db, &people, "di", "một dòng")
            .await
            .unwrap();
    }
    sign(&made).await;
    samples::register(&made.db, &people, "den", "một dòng")
        .await
        .unwrap();
    made
}

async fn sign(install: &Install) {
    let mut tx = install.db.begin().await.unwrap();
    let (size, root) = tx.log_head().await.unwrap();
    let checkpoint = Checkpoint {
        origin: common::NAME.to_owned(),
        size,
        root,
    };
    let note = checkpoint.sign(&install.keys.signer().unwrap()).unwrap();
    tx.add_checkpoint(i64::try_from(size).unwrap(), &note, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Names of the checks that did not come out well; a small disk is not what is tested here.
fn bad(checks: &[Check]) -> Vec<&'static str> {
    let bad = checks
        .iter()
        .filter(|check| check.status != Status::Ok && check.name != "disk");
    bad.map(|check| check.name).collect()
}

/// As the program does it: beside a server, and also where nothing opens.
async fn beside(dir: &Path, passphrase: &str) -> Vec<Check> {
    match Install::open_beside(dir, passphrase, &Database::Folder).await {
        Ok(install) => {
            let checks = doctor::examine(&install, NOW).await;
            install.close().await;
            checks
        }
        Err(why) => doctor::unopened(dir, why),
    }
}

async fn damage(db: &Db, statement: &str) {
    let mut tx = db.begin().await.unwrap();
    assert_eq!(tx.run(statement, &[]).await.unwrap(), 1, "{statement}");
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_sound_installation_passes_every_check() {
    let parent = tempfile::tempdir().unwrap();
    let made = install(&parent, &Database::Folder).await;
    let checks = doctor::examine(&made, NOW).await;
    assert_eq!(bad(&checks), [""; 0], "{checks:#?}");
    let names: Vec<&str> = checks.iter().map(|check| check.name).collect();
    assert_eq!(
        names,
        [
            "schema",
            "pages",
            "references",
            "numbers",
            "custody",
            "ledger",
            "checkpoint",
            "clock",
            "folder",
            "keys",
            "disk"
        ]
    );
    assert!(
        checks
            .iter()
            .all(|check| !check.remedy.is_empty() && !check.detail.is_empty())
    );
    let dir = made.dir().to_owned();
    assert_eq!(bad(&beside(&dir, PASSPHRASE).await), [""; 0]);
}

#[tokio::test]
async fn a_sound_installation_on_postgres_passes_every_check() {
    let server = Postgres::start().unwrap();
    let parent = tempfile::tempdir().unwrap();
    let database = Database::Postgres(server.database().unwrap());
    let made = install(&parent, &database).await;
    let checks = doctor::examine(&made, NOW).await;
    assert_eq!(bad(&checks), [""; 0], "{checks:#?}");
    damage(
        &made.db,
        "DELETE FROM entry WHERE kind = 'di' AND serial = 3",
    )
    .await;
    assert_eq!(bad(&doctor::examine(&made, NOW).await), ["numbers"]);
}

#[tokio::test]
async fn each_damage_is_found_by_its_check() {
    let cases: &[(&str, &[&str])] = &[
        (
            "DELETE FROM entry WHERE kind = 'di' AND serial = 3",
            &["numbers"],
        ),
        (
            "DELETE FROM entry WHERE kind = 'di' AND serial = 5",
            &["numbers"],
        ),
        ("DELETE FROM entry WHERE kind = 'den'", &["numbers"]),
        (
            "UPDATE counter SET n = n + 1 WHERE name LIKE 'book:%:di:%'",
            &["numbers"],
        ),
        (
            "UPDATE ledger_event SET bytes = x'01' WHERE seq = 2",
            &["ledger"],
        ),
        (
            "DELETE FROM ledger_event WHERE seq = 2",
            &["ledger", "checkpoint"],
        ),
        (
            "UPDATE checkpoint SET note = replace(note, '5', '4')",
            &["checkpoint"],
        ),
        (
            "UPDATE ledger_head SET size = 5",
            &["ledger", "checkpoint", "clock"],
        ),
        ("DELETE FROM checkpoint", &["checkpoint"]),
        (
            "INSERT INTO schema_step (version, sha256) VALUES (9999, '')",
            &["schema"],
        ),
        (
            "DELETE FROM schema_step WHERE version = (SELECT MAX(version) FROM schema_step)",
            &["schema"],
        ),
        (
            "INSERT INTO copy (document_id, label, origin, holder_kind, holder_name, since, moves)
             VALUES (1, '1', 'issued', 'office', 'Văn thư', '2026-03-01', 1)",
            &["custody"],
        ),
    ];
    for (statement, expected) in cases {
        let parent = tempfile::tempdir().unwrap();
        let made = install(&parent, &Database::Folder).await;
        let mut tx = made.db.begin().await.unwrap();
        tx.run(
            "INSERT INTO document (unit_id, direction, number_symbol, doc_type, level, issuer, signer, regime,
             copies_issued, created_by, created_at) VALUES (1, 'di', '', '', 'mat', '', '', '', 1, 1, '')",
            &[],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        damage(&made.db, statement).await;
        let checks = doctor::examine(&made, NOW).await;
        assert_eq!(bad(&checks), *expected, "{statement}: {checks:#?}");
    }
}

#[tokio::test]
async fn a_lost_reference_is_found() {
    let parent = tempfile::tempdir().unwrap();
    let made = install(&parent, &Database::Folder).await;
    let Db::Sqlite { write, .. } = &made.db else {
        panic!("an SQLite installation");
    };
    sqlx::query("PRAGMA foreign_keys = OFF")
        .execute(write)
        .await
        .unwrap();
    damage(
        &made.db,
        "UPDATE entry SET document_id = 77 WHERE kind = 'den'",
    )
    .await;
    assert_eq!(bad(&doctor::examine(&made, NOW).await), ["references"]);
}

#[tokio::test]
async fn a_flipped_bit_on_the_disk_is_found() {
    let parent = tempfile::tempdir().unwrap();
    let made = install(&parent, &Database::Folder).await;
    let file = made.dir().join(store::install::DATABASE);
    made.close().await;
    let mut bytes = std::fs::read(&file).unwrap();
    // In the last page: the schema at the front still opens.
    let late = bytes.len() - 1000;
    bytes[late] ^= 0x10;
    std::fs::write(&file, &bytes).unwrap();
    let dir = parent.path().join("data");
    let checks = beside(&dir, PASSPHRASE).await;
    assert!(bad(&checks).contains(&"pages"), "{checks:#?}");
}

#[tokio::test]
async fn the_clock_and_the_mode_of_the_key_file_are_looked_at() {
    let parent = tempfile::tempdir().unwrap();
    let made = install(&parent, &Database::Folder).await;
    let behind = doctor::examine(&made, "2026-03-02T07:59:59Z").await;
    assert_eq!(bad(&behind), ["clock"]);
    let path = made.dir().join(keys::FILE);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(bad(&doctor::examine(&made, NOW).await), ["keys"]);
}

#[tokio::test]
async fn an_installation_that_does_not_open_is_a_failed_check() {
    let parent = tempfile::tempdir().unwrap();
    install(&parent, &Database::Folder).await.close().await;
    let dir = parent.path().join("data");
    let checks = beside(&dir, "mật khẩu khác").await;
    assert_eq!(bad(&checks), ["database"]);
    let error = StoreError::Passphrase.to_string();
    assert!(checks[0].detail.starts_with(&error), "{}", checks[0].detail);
    let nowhere = beside(&parent.path().join("x"), PASSPHRASE).await;
    assert!(bad(&nowhere).contains(&"database") && bad(&nowhere).contains(&"folder"));
}
