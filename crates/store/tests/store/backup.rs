//! Backups of a living installation, and what becomes of damaged ones.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use khien_testkit::Postgres;
use store::install::{Database, Install};
use store::{Db, StoreError, backup, keys};

use crate::common::{self, NOW, PASSPHRASE, Seeded, random};
use crate::samples;
use crate::story;

struct Place {
    _parent: tempfile::TempDir,
    dir: PathBuf,
    file: PathBuf,
    back: PathBuf,
}

impl Place {
    fn new() -> Self {
        let parent = tempfile::tempdir().unwrap();
        Self {
            dir: parent.path().join("data"),
            file: parent.path().join("khien.backup"),
            back: parent.path().join("back"),
            _parent: parent,
        }
    }

    /// Names beside the data: the backup and what was left around it.
    fn beside(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self._parent.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

async fn create(dir: &Path, database: &Database) -> Install {
    let new = store::install::New {
        database,
        ..common::new()
    };
    Install::create(dir, new, &mut random(1)).await.unwrap()
}

async fn open(dir: &Path) -> Install {
    Install::open(dir, PASSPHRASE, &Database::Folder)
        .await
        .unwrap()
}

/// Every row of every table, and the schema, as text.
async fn dump(db: &Db) -> String {
    let mut dump = String::new();
    let tables = "SELECT name, type || ' ' || coalesce(sql, '') AS made FROM sqlite_master
        WHERE name NOT LIKE 'sqlite_%' ORDER BY type DESC, name";
    for table in db.all(tables, &[]).await.unwrap() {
        let (name, made) = (table.text("name").unwrap(), table.text("made").unwrap());
        dump.push_str(&made);
        dump.push('\n');
        if !made.starts_with("table ") {
            continue;
        }
        let columns = "SELECT group_concat('quote(' || name || ')', ' || '','' || ') AS list
            FROM pragma_table_info($1)";
        let list = db
            .one(columns, &store::args![name.as_str()])
            .await
            .unwrap()
            .text("list")
            .unwrap();
        let rows = format!("SELECT {list} AS line FROM {name} ORDER BY 1");
        for row in db.all(&rows, &[]).await.unwrap() {
            dump.push_str(&row.text("line").unwrap());
            dump.push('\n');
        }
    }
    dump
}

fn code(result: Result<backup::Manifest, StoreError>) -> &'static str {
    result.unwrap_err().code()
}

#[tokio::test]
async fn a_backup_restores_every_row() {
    let place = Place::new();
    let made = create(&place.dir, &Database::Folder).await;
    story::play(&made.db).await;
    let (before, head) = (dump(&made.db).await, made.db.log_head().await.unwrap());
    let manifest = backup::make(&made, &place.file, NOW).await.unwrap();
    assert_eq!(
        (manifest.ledger_size, manifest.created_at.as_str()),
        (head.0, NOW)
    );
    assert_eq!(manifest.name, common::NAME);
    assert_eq!(place.beside(), ["data", "khien.backup"]);
    assert_eq!(backup::inspect(&place.file).unwrap(), manifest);
    assert_eq!(
        backup::verify(&place.file, PASSPHRASE).await.unwrap(),
        manifest
    );
    assert_eq!(place.beside(), ["data", "khien.backup"]);
    let again = backup::make(&made, &place.file, NOW).await.unwrap_err();
    assert_eq!(again.code(), "STORE-FILE");
    made.close().await;

    assert_eq!(
        backup::restore(&place.file, &place.back, PASSPHRASE)
            .await
            .unwrap(),
        manifest
    );
    let restored = open(&place.back).await;
    assert_eq!(dump(&restored.db).await, before);
    assert_eq!(restored.db.verify_log().await.unwrap(), head);
    // Life goes on there: the next number is the next number.
    let people = samples::People {
        unit: 1,
        account: 1,
    };
    let last = restored.db.last_serial(1, "di", 2026).await.unwrap();
    let next = samples::register(&restored.db, &people, "di", "sau khôi phục")
        .await
        .unwrap();
    assert_eq!(next.serial, last + 1);
    restored.db.verify_log().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_is_one_moment_while_clerks_write() {
    let place = Place::new();
    let made = create(&place.dir, &Database::Folder).await;
    let people = samples::people(&made.db).await;
    for _ in 0..50 {
        samples::register(&made.db, &people, "di", "trước")
            .await
            .unwrap();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut clerks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (db, people, stop) = (made.db.clone(), people.clone(), stop.clone());
        clerks.spawn(async move {
            let mut lines = 0;
            while !stop.load(Ordering::Relaxed) {
                samples::register(&db, &people, "di", "trong khi sao lưu")
                    .await
                    .unwrap();
                lines += 1;
            }
            lines
        });
    }
    // A second process would do this: without the lock, beside the server.
    let beside = Install::open_beside(&place.dir, PASSPHRASE, &Database::Folder)
        .await
        .unwrap();
    let mut sizes = Vec::new();
    for number in 0..5 {
        let file = place.file.with_extension(number.to_string());
        let manifest = backup::make(&beside, &file, NOW).await.unwrap();
        let back = place.back.with_extension(number.to_string());
        backup::restore(&file, &back, PASSPHRASE).await.unwrap();
        let restored = open(&back).await;
        let lines = restored
            .db
            .last_serial(people.unit, "di", 2026)
            .await
            .unwrap();
        let rows = restored
            .db
            .entry_range(people.unit, "di", 2026, 1, lines + 10)
            .await
            .unwrap();
        assert_eq!(i64::try_from(rows.len()).unwrap(), lines);
        assert_eq!(i64::try_from(manifest.ledger_size).unwrap(), lines);
        sizes.push(lines);
    }
    stop.store(true, Ordering::Relaxed);
    let written: i64 = clerks.join_all().await.into_iter().sum();
    assert!(sizes.is_sorted() && sizes[4] > sizes[0], "{sizes:?}");
    assert_eq!(
        made.db.last_serial(people.unit, "di", 2026).await.unwrap(),
        50 + written
    );
    made.db.verify_log().await.unwrap();
}

#[tokio::test]
async fn a_changed_or_cut_backup_is_refused_and_leaves_nothing() {
    let place = Place::new();
    let made = create(&place.dir, &Database::Folder).await;
    let people = samples::people(&made.db).await;
    samples::register(&made.db, &people, "di", "một dòng")
        .await
        .unwrap();
    backup::make(&made, &place.file, NOW).await.unwrap();
    made.close().await;
    let good = std::fs::read(&place.file).unwrap();
    let bad = place.file.with_extension("bad");
    let mut seeded = Seeded::new(4);
    let head = 1_500.min(good.len());
    let mut points: Vec<usize> = (0..head).collect();
    points.extend((0..200).map(|_| usize::try_from(seeded.below(good.len() as u64)).unwrap()));
    for at in points {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << seeded.below(8);
        std::fs::write(&bad, &bytes).unwrap();
        let code = code(backup::inspect(&bad));
        assert!(
            ["STORE-BACKUP", "STORE-KEYFILE"].contains(&code),
            "byte {at}: {code}"
        );
    }
    let mut longer = good.clone();
    longer.push(b'\n');
    let mut lengths = vec![0, 1, 14, 15, 20, 300, good.len() / 2, good.len() - 1];
    lengths.extend((0..30).map(|_| usize::try_from(seeded.below(good.len() as u64)).unwrap()));
    let cuts = lengths.into_iter().map(|length| good[..length].to_vec());
    for bytes in cuts.chain([longer, b"PK\x03\x04 something else".to_vec()]) {
        std::fs::write(&bad, &bytes).unwrap();
        let code = code(backup::restore(&bad, &place.back, PASSPHRASE).await);
        assert_eq!(code, "STORE-BACKUP", "{} bytes", bytes.len());
        assert!(!place.back.exists());
    }
}

#[tokio::test]
async fn a_forged_backup_does_not_pass() {
    let place = Place::new();
    let made = create(&place.dir, &Database::Folder).await;
    backup::make(&made, &place.file, NOW).await.unwrap();
    made.close().await;
    let other = Place::new();
    let new = store::install::New {
        passphrase: "của kẻ khác",
        ..common::new()
    };
    let forged = Install::create(&other.dir, new, &mut random(66))
        .await
        .unwrap();
    backup::make(&forged, &other.file, NOW).await.unwrap();
    // Well made and signed, but by somebody whose key file our passphrase does not open.
    assert_eq!(
        code(backup::restore(&other.file, &place.back, PASSPHRASE).await),
        "STORE-PASSPHRASE"
    );
    assert!(!place.back.exists());
    // The other's parts under our manifest, and the other way round.
    let (ours, theirs) = (
        std::fs::read(&place.file).unwrap(),
        std::fs::read(&other.file).unwrap(),
    );
    let start = |bytes: &[u8]| {
        let mark = b"# Khi\xc3\xaan keys";
        bytes
            .windows(mark.len())
            .position(|window| window == mark)
            .unwrap()
    };
    for (head, body) in [(&ours, &theirs), (&theirs, &ours)] {
        let mut mixed = head[..start(head)].to_vec();
        mixed.extend_from_slice(&body[start(body)..]);
        std::fs::write(&place.file, &mixed).unwrap();
        assert_eq!(
            code(backup::restore(&place.file, &place.back, PASSPHRASE).await),
            "STORE-BACKUP"
        );
    }
}

#[tokio::test]
async fn a_restore_spares_what_is_there() {
    let place = Place::new();
    let made = create(&place.dir, &Database::Folder).await;
    backup::make(&made, &place.file, NOW).await.unwrap();
    assert_eq!(
        code(backup::restore(&place.file, &place.dir, PASSPHRASE).await),
        "STORE-IN-USE"
    );
    made.close().await;
    assert_eq!(
        code(backup::restore(&place.file, &place.dir, PASSPHRASE).await),
        "STORE-NOT-EMPTY"
    );
    open(&place.dir).await.close().await;
    assert_eq!(
        code(backup::restore(&place.file, &place.back, "mật khẩu khác").await),
        "STORE-PASSPHRASE"
    );
    assert!(!place.back.exists());
    std::fs::create_dir(&place.back).unwrap();
    backup::restore(&place.file, &place.back, PASSPHRASE)
        .await
        .unwrap();
    assert!(place.back.join(keys::FILE).exists());
}

#[tokio::test]
async fn a_damaged_ledger_is_not_packed() {
    let place = Place::new();
    let made = create(&place.dir, &Database::Folder).await;
    let people = samples::people(&made.db).await;
    for _ in 0..3 {
        samples::register(&made.db, &people, "di", "một dòng")
            .await
            .unwrap();
    }
    let mut tx = made.db.begin().await.unwrap();
    tx.run("UPDATE ledger_event SET bytes = x'00' WHERE seq = 1", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let error = backup::make(&made, &place.file, NOW).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Ledger { seq: 1, .. }),
        "{error}"
    );
    assert_eq!(place.beside(), ["data"]);
}

#[tokio::test]
async fn backups_move_between_the_two_databases() {
    let server = Postgres::start().unwrap();
    let place = Place::new();
    let first = Database::Postgres(server.database().unwrap());
    let made = create(&place.dir, &first).await;
    story::play(&made.db).await;
    let head = made.db.log_head().await.unwrap();
    let manifest = backup::make(&made, &place.file, NOW).await.unwrap();
    assert_eq!(manifest.ledger_size, head.0);
    made.close().await;
    backup::restore(&place.file, &place.back, PASSPHRASE)
        .await
        .unwrap();
    let folder = open(&place.back).await;
    let from_postgres = dump(&folder.db).await;
    // The same story told to SQLite gives the same rows.
    let told = tempfile::tempdir().unwrap();
    let direct = common::sqlite(told.path()).await;
    story::play(&direct).await;
    assert_eq!(from_postgres, dump(&direct).await);

    let file = place.file.with_extension("second");
    backup::make(&folder, &file, NOW).await.unwrap();
    let second = Database::Postgres(server.database().unwrap());
    let there = place.back.with_extension("postgres");
    backup::restore_to(&file, &there, PASSPHRASE, &second)
        .await
        .unwrap();
    assert!(!there.join(store::install::DATABASE).exists());
    let moved = Install::open(&there, PASSPHRASE, &second).await.unwrap();
    assert_eq!(moved.db.verify_log().await.unwrap(), head);
    let people = samples::People {
        unit: 1,
        account: 1,
    };
    let last = moved.db.last_serial(1, "di", 2026).await.unwrap();
    let next = samples::register(&moved.db, &people, "di", "sau khôi phục")
        .await
        .unwrap();
    assert_eq!(next.serial, last + 1);
    let full = place.back.with_extension("full");
    let refused = backup::restore_to(&file, &full, PASSPHRASE, &second).await;
    assert_eq!(code(refused), "STORE-NOT-EMPTY");
    assert!(!full.exists());
}
