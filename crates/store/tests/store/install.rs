//! Folders of installations: made whole or not at all, open once.

use std::path::Path;

use store::install::{self, Database, Install, Lock, New};
use store::{StoreError, keys};

use crate::common::{self, PASSPHRASE, random};

async fn create(dir: &Path) -> Result<Install, StoreError> {
    Install::create(dir, common::new(), &mut random(1)).await
}

async fn open(dir: &Path) -> Result<Install, StoreError> {
    Install::open(dir, PASSPHRASE, &Database::Folder).await
}

fn code(result: Result<Install, StoreError>) -> &'static str {
    result.unwrap_err().code()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_installation_is_made_closed_and_opened_again() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let made = create(&dir).await.unwrap();
    let verifier = made.keys.verifier().to_owned();
    assert_eq!(made.db.log_head().await.unwrap().0, 0);
    assert_eq!(made.dir(), dir);
    made.close().await;
    assert_eq!(names(&dir), [keys::FILE, install::DATABASE, install::LOCK]);
    let opened = open(&dir).await.unwrap();
    assert_eq!(opened.keys.verifier(), verifier);
    assert_eq!(opened.db.verify_log().await.unwrap().0, 0);
}

#[tokio::test]
async fn a_second_opener_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let made = create(&dir).await.unwrap();
    assert_eq!(code(open(&dir).await), "STORE-IN-USE");
    assert_eq!(code(create(&dir).await), "STORE-IN-USE");
    made.close().await;
    open(&dir).await.unwrap();
}

#[tokio::test]
async fn a_second_folder_on_the_same_database_is_refused() {
    let server = khien_testkit::Postgres::start().unwrap();
    let database = Database::Postgres(server.database().unwrap());
    let parent = tempfile::tempdir().unwrap();
    let (one, two) = (parent.path().join("one"), parent.path().join("two"));
    let new = New {
        database: &database,
        ..common::new()
    };
    let first = Install::create(&one, new, &mut random(1)).await.unwrap();
    // A copy of the folder, as on a second machine: its own lock is free.
    std::fs::create_dir(&two).unwrap();
    std::fs::copy(one.join(keys::FILE), two.join(keys::FILE)).unwrap();
    let refused = Install::open(&two, PASSPHRASE, &database).await;
    assert_eq!(code(refused), "STORE-DATABASE-IN-USE");
    let beside = Install::open_beside(&two, PASSPHRASE, &database)
        .await
        .unwrap();
    assert_eq!(beside.db.verify_log().await.unwrap().0, 0);
    beside.close().await;
    first.close().await;
    let second = Install::open(&two, PASSPHRASE, &database).await.unwrap();
    // Dropped without a word, as by a process that ends: the lock ends with it.
    drop(second);
    Install::open(&one, PASSPHRASE, &database)
        .await
        .unwrap()
        .close()
        .await;
}

#[tokio::test]
async fn a_database_that_was_never_ours_stays_as_it_is() {
    let server = khien_testkit::Postgres::start().unwrap();
    let database = Database::Postgres(server.database().unwrap());
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    create(&dir).await.unwrap().close().await;
    let refused = Install::open(&dir, PASSPHRASE, &database).await;
    assert_eq!(code(refused), "STORE-LEDGER");
    let Database::Postgres(url) = &database else {
        return;
    };
    let db = store::Db::open_postgres(url).await.unwrap();
    assert!(
        store::migrate::version(&db).await.is_err(),
        "a schema was made"
    );
    db.close().await;
}

/// The program's steps and one that only this test has.
fn with_another_step() -> Vec<(i64, &'static str, &'static str)> {
    const EXTRA: &str = "CREATE TABLE extra (id BIGINT NOT NULL PRIMARY KEY)";
    let next = store::migrate::newest() + 1;
    let known = store::migrate::STEPS.iter().copied();
    known.chain([(next, EXTRA, EXTRA)]).collect()
}

async fn upgrades_after_a_backup(database: &Database) {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let new = New {
        database,
        ..common::new()
    };
    let made = Install::create(&dir, new, &mut random(1)).await.unwrap();
    let people = crate::samples::people(&made.db).await;
    crate::samples::register(&made.db, &people, "di", "một dòng")
        .await
        .unwrap();
    made.close().await;
    let nothing = Install::upgrade(&dir, PASSPHRASE, database, common::NOW)
        .await
        .unwrap();
    assert_eq!((nothing.backup, nothing.from), (None, nothing.to));
    let steps = with_another_step();
    let done = Install::upgrade_to(&dir, PASSPHRASE, database, common::NOW, &steps)
        .await
        .unwrap();
    assert_eq!(
        (done.from, done.to),
        (store::migrate::newest(), store::migrate::newest() + 1)
    );
    let file = done.backup.unwrap();
    assert_eq!(file.parent(), Some(dir.as_path()));
    let kept = store::backup::verify(&file, PASSPHRASE).await.unwrap();
    assert_eq!((kept.schema, kept.ledger_size), (done.from, 1));
    assert_eq!(
        code(Install::open(&dir, PASSPHRASE, database).await),
        "STORE-NEWER"
    );
}

#[tokio::test]
async fn an_upgrade_makes_a_backup_first_on_sqlite() {
    upgrades_after_a_backup(&Database::Folder).await;
}

#[tokio::test]
async fn an_upgrade_makes_a_backup_first_on_postgres() {
    let server = khien_testkit::Postgres::start().unwrap();
    upgrades_after_a_backup(&Database::Postgres(server.database().unwrap())).await;
}

#[tokio::test]
async fn without_a_backup_nothing_is_upgraded() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    create(&dir).await.unwrap().close().await;
    // Somebody's file stands where the backup goes.
    let version = store::migrate::newest();
    let taken = dir.join(format!(
        "before-upgrade-of-{version}-20260302T080000.khien-backup"
    ));
    std::fs::write(&taken, "mine").unwrap();
    let steps = with_another_step();
    let refused =
        Install::upgrade_to(&dir, PASSPHRASE, &Database::Folder, common::NOW, &steps).await;
    assert_eq!(refused.unwrap_err().code(), "STORE-FILE");
    open(&dir).await.unwrap().close().await;
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "mine");
}

#[tokio::test]
async fn an_older_schema_waits_for_the_upgrade() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let made = create(&dir).await.unwrap();
    let mut tx = made.db.begin().await.unwrap();
    tx.run("DELETE FROM schema_step", &[]).await.unwrap();
    tx.commit().await.unwrap();
    made.close().await;
    assert_eq!(code(open(&dir).await), "STORE-OLDER");
}

#[tokio::test]
async fn a_folder_that_holds_something_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("thesis.txt"), "mine").unwrap();
    assert_eq!(code(create(dir.path()).await), "STORE-NOT-EMPTY");
    assert_eq!(names(dir.path()), ["thesis.txt"]);
    let lost = tempfile::tempdir().unwrap();
    std::fs::write(lost.path().join(install::DATABASE), "keys were lost").unwrap();
    assert_eq!(code(create(lost.path()).await), "STORE-NOT-EMPTY");
    assert_eq!(names(lost.path()), [install::DATABASE]);
}

#[tokio::test]
async fn a_failed_creation_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let bad = New {
        name: "two words",
        ..common::new()
    };
    let refused = Install::create(&dir, bad, &mut random(1)).await;
    assert_eq!(code(refused), "STORE-KEYFILE");
    let nowhere = Database::Postgres("postgres://khien@localhost/x?host=/nowhere".to_owned());
    let bad = New {
        database: &nowhere,
        ..common::new()
    };
    let refused = Install::create(&dir, bad, &mut random(1)).await;
    assert_eq!(code(refused), "STORE-OPEN");
    assert_eq!(names(parent.path()), [""; 0]);
}

#[tokio::test]
async fn an_interrupted_creation_is_swept_away() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    create(&dir).await.unwrap().close().await;
    // As if the machine had stopped between the database and the key file.
    std::fs::create_dir(dir.join(".new")).unwrap();
    std::fs::rename(dir.join(keys::FILE), dir.join(".new").join(keys::FILE)).unwrap();
    assert_eq!(code(open(&dir).await), "STORE-FILE");
    let made = create(&dir).await.unwrap();
    assert_eq!(made.db.verify_log().await.unwrap().0, 0);
    assert_eq!(
        names(&dir).len(),
        if dir.join("khien.db-wal").exists() {
            5
        } else {
            3
        }
    );
}

#[tokio::test]
async fn the_wrong_passphrase_and_a_missing_database_are_told_apart() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    create(&dir).await.unwrap().close().await;
    let wrong = Install::open(&dir, "mật khẩu khác", &Database::Folder).await;
    assert_eq!(code(wrong), "STORE-PASSPHRASE");
    assert_eq!(code(open(parent.path()).await), "STORE-FILE");
    std::fs::remove_file(dir.join(install::DATABASE)).unwrap();
    assert_eq!(code(open(&dir).await), "STORE-FILE");
    assert!(!dir.join(install::DATABASE).exists());
}

#[tokio::test]
async fn a_database_under_another_key_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let (one, two) = (parent.path().join("one"), parent.path().join("two"));
    create(&one).await.unwrap().close().await;
    Install::create(&two, common::new(), &mut random(2))
        .await
        .unwrap()
        .close()
        .await;
    std::fs::copy(one.join(install::DATABASE), two.join(install::DATABASE)).unwrap();
    assert_eq!(code(open(&two).await), "STORE-KEY");
    std::fs::write(
        two.join(install::DATABASE),
        b"not a database at all, but long enough".repeat(200),
    )
    .unwrap();
    assert_eq!(code(open(&two).await), "STORE-KEY");
}

#[test]
fn the_lock_ends_with_its_holder() {
    let dir = tempfile::tempdir().unwrap();
    let lock = Lock::take(dir.path()).unwrap();
    assert_eq!(Lock::take(dir.path()).unwrap_err().code(), "STORE-IN-USE");
    drop(lock);
    Lock::take(dir.path()).unwrap();
}
