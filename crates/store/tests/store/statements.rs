//! Every statement on both databases: prepared, run, and lists by an index.

use khien_testkit::Postgres;
use store::books::{self, ListQuery, Sort};
use store::{Backend, Db, StoreError, Value, args, jobs, limits, log, search, sql};

use crate::common;
use crate::samples::{people, register};

/// What running a statement came to, without what only one database would say.
async fn outcome(db: &Db, text: &str, values: &[Value]) -> String {
    let mut tx = db.begin().await.unwrap();
    match tx.all(text, values).await {
        Ok(rows) => format!("{} rows", rows.len()),
        Err(StoreError::Query { source, .. }) if is_foreign_key(&source) => {
            "foreign key".to_owned()
        }
        Err(error) => match error.code() {
            "STORE-DUPLICATE" => "duplicate".to_owned(),
            _ => format!("{error:?}"),
        },
    }
}

fn is_foreign_key(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_foreign_key_violation())
}

/// One value of each type that PostgreSQL derives for a statement's parameters.
async fn values_for(db: &Db, text: &str) -> Vec<Value> {
    use sqlx::{Either, Executor as _, SqlSafeStr as _, Statement as _, TypeInfo as _};
    let Db::Postgres(pool) = db else {
        panic!("types come from PostgreSQL");
    };
    let statement = pool
        .prepare(sqlx::AssertSqlSafe(text.to_owned()).into_sql_str())
        .await
        .unwrap();
    let Some(Either::Left(types)) = statement.parameters() else {
        panic!("no types for {text}");
    };
    types
        .iter()
        .map(|kind| match kind.name() {
            "TEXT" => "2026-03-02".into(),
            // `$1 = 0` alone would be 32 bits; the bound value makes it 64.
            "INT8" | "INT4" => 1_i64.into(),
            "BOOL" => true.into(),
            "BYTEA" => vec![1_u8].into(),
            other => panic!("type {other} in {text}"),
        })
        .collect()
}

/// Runs each statement with one value of each type, where the story was told before.
pub async fn every_one_does_the_same(sqlite: &Db, postgres: &Db) {
    let all = sql::all();
    assert!(all.len() > 100, "{}", all.len());
    for (module, name, text) in all {
        let values = values_for(postgres, text).await;
        let (one, two) = (
            outcome(sqlite, text, &values).await,
            outcome(postgres, text, &values).await,
        );
        assert_eq!(one, two, "{module}::{name}");
        let known = one.ends_with(" rows") || ["duplicate", "foreign key"].contains(&one.as_str());
        assert!(known, "{module}::{name}: {one}");
    }
}

#[tokio::test]
async fn every_statement_is_prepared_on_both_databases() {
    let (_dir, sqlite, _server, postgres) = both().await;
    let mut texts: Vec<(String, String)> = sql::all()
        .into_iter()
        .map(|(module, name, text)| (format!("{module}::{name}"), text.to_owned()))
        .collect();
    for query in orders(1) {
        texts.push((format!("page of {query:?}"), query.page_sql().0));
        texts.push((format!("walk of {query:?}"), query.walk_sql(1).0));
    }
    for count in [1, 2, limits::HITS_AT_ONCE] {
        texts.push((format!("{count} hits"), search::hits_insert(count)));
        texts.push((format!("{count} lines"), search::by_serials("e.*", count)));
        texts.push((format!("{count} new lines"), books::entries_insert(count)));
        texts.push((format!("{count} numbers"), books::same_numbers_sql(count)));
        texts.push((format!("{count} events"), log::events_insert(count)));
        texts.push((format!("{count} new jobs"), jobs::enqueue_sql(count)));
        texts.push((format!("{count} leases"), jobs::lease_sql(count)));
        texts.push((format!("{count} heartbeats"), jobs::heartbeat_sql(count)));
    }
    for db in [&sqlite, &postgres] {
        db.prepare(&jobs::due_sql(db.backend())).await.unwrap();
        for (name, text) in &texts {
            if let Err(error) = db.prepare(text).await {
                panic!("{name} on {:?}: {error:?}", db.backend());
            }
        }
        assert!(db.prepare("SELECT nothing FROM nowhere").await.is_err());
    }
}

/// How the database means to answer a list, one step a line.
async fn plan(db: &Db, text: &str, values: &[Value]) -> String {
    let mut tx = db.begin().await.unwrap();
    let (ask, column) = match db.backend() {
        Backend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
        Backend::Postgres => {
            // A small table is read whole unless that is forbidden.
            tx.run("SET LOCAL enable_seqscan = off", &[]).await.unwrap();
            tx.run("SET LOCAL enable_bitmapscan = off", &[])
                .await
                .unwrap();
            ("EXPLAIN", "QUERY PLAN")
        }
    };
    let steps = tx.all(&format!("{ask} {text}"), values).await.unwrap();
    let steps: Vec<String> = steps.iter().map(|row| row.text(column).unwrap()).collect();
    steps.join("\n")
}

#[tokio::test]
async fn lists_of_a_book_walk_an_index_in_order() {
    let (_dir, sqlite, _server, postgres) = both().await;
    for db in [&sqlite, &postgres] {
        let people = people(db).await;
        register(db, &people, "di", "một dòng").await.unwrap();
        for query in orders(people.unit) {
            for (text, values) in [query.page_sql(), query.walk_sql(9)] {
                let plan = plan(db, &text, &values).await;
                assert!(plan.to_lowercase().contains("index"), "{query:?}\n{plan}");
                assert!(
                    !plan.contains("TEMP B-TREE") && !plan.contains("Sort"),
                    "{query:?}\n{plan}"
                );
            }
        }
        let book = args![people.unit, "di", 2026_i64];
        let closed = plan(db, search::CLOSED, &book).await;
        assert!(closed.contains("entry_closed"), "{closed}");
        let mut serials = book.to_vec();
        serials.extend((0..500).map(|n| Value::from(1_i64 + n)));
        let text = search::by_serials("e.serial, e.number_key", 500);
        let lines = plan(db, &text, &serials).await;
        assert!(
            lines.contains("sqlite_autoindex_entry_1") || lines.contains("entry_unit_id_kind_year"),
            "{lines}"
        );
        let unsigned = plan(db, books::ENTRY_UNSIGNED, &args![1_i64, 2026_i64]).await;
        assert!(unsigned.contains("entry_unsigned"), "{unsigned}");
        let years = plan(db, books::ENTRY_YEARS, &book[..2]).await;
        assert!(
            !years.contains("SCAN e") && !years.contains("Seq Scan"),
            "{years}"
        );
    }
}

/// The whole book in every order.
fn orders(unit_id: i64) -> Vec<ListQuery> {
    let whole = |query: &ListQuery| {
        query.words.is_empty() && query.level.is_none() && query.state.is_none()
    };
    queries(unit_id).into_iter().filter(whole).collect()
}

/// Every combination of filters, orders and numbers of words.
pub fn queries(unit_id: i64) -> Vec<ListQuery> {
    let words = [
        "công", "tác", "bảo", "vệ", "word001", "word010", "word020", "word030", "word040",
    ];
    let mut queries = Vec::new();
    for count in [0, 1, 2, 4, words.len()] {
        for level in [None, Some("mat".to_owned())] {
            for state in [None, Some("active".to_owned()), Some("voided".to_owned())] {
                for sort in Sort::ALL {
                    for ascending in [false, true] {
                        queries.push(ListQuery {
                            unit_id,
                            kind: "di".to_owned(),
                            year: 2026,
                            words: words[..count]
                                .iter()
                                .map(|word| (*word).to_owned())
                                .collect(),
                            level: level.clone(),
                            state: state.clone(),
                            sort,
                            ascending,
                            page: 1,
                        });
                    }
                }
            }
        }
    }
    queries
}

/// A database of each kind, with schema and empty ledger.
pub async fn both() -> (tempfile::TempDir, Db, Postgres, Db) {
    let dir = tempfile::tempdir().unwrap();
    let sqlite = common::sqlite(dir.path()).await;
    let server = Postgres::start().unwrap();
    let postgres = common::postgres(&server).await;
    (dir, sqlite, server, postgres)
}
