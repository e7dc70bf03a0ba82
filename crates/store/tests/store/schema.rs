//! Migrations: a fresh database equals an upgraded one, and nothing unknown is touched.

use khien_testkit::Postgres;
use store::migrate::{self, STEPS};
use store::{Backend, Db, StoreError};

use crate::common::KEY;

/// A later step that only this test knows, to see the machinery take two.
const LATER: (i64, &str, &str) = (
    9_999,
    "-- a later step\nCREATE TABLE later (id INTEGER PRIMARY KEY, note TEXT);\nCREATE INDEX later_note ON later (note);",
    "-- a later step\nCREATE TABLE later (id BIGINT PRIMARY KEY, note TEXT);\nCREATE INDEX later_note ON later (note);",
);

async fn lines(db: &Db, sql: &str) -> Vec<String> {
    let rows = db.all(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.text("line").unwrap()).collect()
}

/// What the database says about its own shape.
async fn shape(db: &Db) -> Vec<String> {
    match db.backend() {
        Backend::Sqlite => {
            lines(
                db,
                "SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS line FROM sqlite_master ORDER BY 1",
            )
            .await
        }
        Backend::Postgres => {
            let columns = "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, collation_name,
                is_identity) AS line FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1";
            let indexes = "SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";
            let checks = "SELECT conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) AS line
                FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1";
            let mut shape = lines(db, columns).await;
            shape.extend(lines(db, indexes).await);
            shape.extend(lines(db, checks).await);
            shape
        }
    }
}

async fn fresh_equals_upgraded(fresh: &Db, upgraded: &Db) {
    let mut steps = STEPS.to_vec();
    steps.push(LATER);
    assert_eq!(
        migrate::migrate_to(fresh, &steps).await.unwrap(),
        steps.len()
    );
    for known in 1..=steps.len() {
        assert_eq!(
            migrate::migrate_to(upgraded, &steps[..known])
                .await
                .unwrap(),
            1
        );
    }
    assert_eq!(migrate::migrate_to(upgraded, &steps).await.unwrap(), 0);
    let shape_of_fresh = shape(fresh).await;
    assert!(
        shape_of_fresh
            .iter()
            .any(|line| line.contains("later_note"))
    );
    assert!(shape_of_fresh.iter().any(|line| line.contains("word_hit")));
    assert_eq!(shape_of_fresh, shape(upgraded).await);
}

async fn foreign_steps_are_refused(db: &Db) {
    migrate::migrate(db).await.unwrap();
    let before = shape(db).await;
    let mut changed = STEPS.to_vec();
    changed[0].1 = "CREATE TABLE other (id INTEGER PRIMARY KEY)";
    changed[0].2 = "CREATE TABLE other (id BIGINT PRIMARY KEY)";
    let error = migrate::migrate_to(db, &changed).await.unwrap_err();
    assert!(
        matches!(error, StoreError::MigrationChanged { version: 1 }),
        "{error}"
    );
    let mut steps = STEPS.to_vec();
    steps.push((
        9_999,
        "SELECT no_such_function()",
        "SELECT no_such_function()",
    ));
    let error = migrate::migrate_to(db, &steps).await.unwrap_err();
    assert_eq!(error.code(), "STORE-QUERY");
    assert_eq!(shape(db).await, before);
    steps[STEPS.len()] = LATER;
    migrate::migrate_to(db, &steps).await.unwrap();
    let error = migrate::migrate(db).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { found: 9_999, .. }),
        "{error}"
    );
}

async fn sqlite(dir: &tempfile::TempDir, name: &str) -> Db {
    Db::open_sqlite(&dir.path().join(name), &KEY).await.unwrap()
}

#[tokio::test]
async fn schema_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    fresh_equals_upgraded(
        &sqlite(&dir, "fresh").await,
        &sqlite(&dir, "upgraded").await,
    )
    .await;
    foreign_steps_are_refused(&sqlite(&dir, "foreign").await).await;
}

#[tokio::test]
async fn schema_on_postgres() {
    let server = Postgres::start().unwrap();
    let mut databases = Vec::new();
    for _ in 0..3 {
        let url = server.database().unwrap();
        databases.push(Db::open_postgres(&url).await.unwrap());
    }
    fresh_equals_upgraded(&databases[0], &databases[1]).await;
    foreign_steps_are_refused(&databases[2]).await;
    // A text that sorts by the server's language would differ from SQLite.
    let shape = shape(&databases[1]).await;
    let texts: Vec<&String> = shape
        .iter()
        .filter(|line| line.contains(" text "))
        .collect();
    let plain: Vec<&&String> = texts
        .iter()
        .filter(|line| !line.ends_with(" C NO") && !line.starts_with("later "))
        .collect();
    let own: Vec<&&&String> = plain
        .iter()
        .filter(|line| !line.starts_with("schema_step "))
        .collect();
    assert!(texts.len() > 50, "{}", texts.len());
    assert_eq!(own, Vec::<&&&String>::new());
}

#[tokio::test]
async fn two_servers_may_migrate_one_postgres_at_the_same_time() {
    let server = Postgres::start().unwrap();
    let url = server.database().unwrap();
    let (one, two) = (
        Db::open_postgres(&url).await.unwrap(),
        Db::open_postgres(&url).await.unwrap(),
    );
    let (first, second) = tokio::join!(migrate::migrate(&one), migrate::migrate(&two));
    assert_eq!(first.unwrap() + second.unwrap(), STEPS.len());
}

#[test]
fn steps_hold_no_semicolon_inside_a_statement() {
    for (version, sqlite, postgres) in STEPS {
        for text in [sqlite, postgres] {
            assert!(!text.contains('\r'), "step {version} has Windows line ends");
            for line in text
                .lines()
                .filter(|line| !line.trim_start().starts_with("--"))
            {
                let inside = line.trim_end().trim_end_matches(';');
                assert!(
                    !inside.contains(';') && inside.matches('\'').count() % 2 == 0,
                    "step {version}: {line}"
                );
            }
        }
    }
}
