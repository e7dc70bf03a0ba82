//! Searches against a plain reading of every line, while a book grows over the edges of the runs
//! that the word index is made of.

use khien_testkit::Postgres;
use store::books::{self, EntryRow, ListQuery, Sort};
use store::{Db, args, limits};

use crate::common;
use crate::samples::{self, People, line};

const WORDS: [&str; 7] = ["an", "bao", "cong", "dien", "hop", "kiem", "tac"];

/// A line and its words, as a plain list holds them.
struct Plain {
    row: EntryRow,
    words: Vec<String>,
}

/// The words of a line: some in every second line, some in every hundredth, one alone.
fn words_of(serial: i64) -> Vec<String> {
    let mut words: Vec<String> = (0..)
        .zip(WORDS)
        .filter(|(at, _)| serial % (2 + at * at * 3) == 0)
        .map(|(_, word)| word.to_owned())
        .collect();
    words.push(serial.to_string());
    words
}

fn plain(people: &People, serial: i64) -> Plain {
    let mut row = line(people, "di", serial, "");
    row.level = ["tuyet_mat", "toi_mat", "mat"]
        .get(usize::try_from(serial % 5).unwrap())
        .map(|level| (*level).to_owned());
    row.doc_date = (serial % 3 != 0).then(|| format!("2026-02-{:02}", 1 + serial * 7 % 28));
    row.number_key = format!("{:04}", serial * 7_919 % 10_007);
    Plain {
        row,
        words: words_of(serial),
    }
}

/// Adds lines up to a number: few one by one, many at once as an import does.
async fn grow(db: &Db, people: &People, book: &mut Vec<Plain>, to: i64) {
    let there = i64::try_from(book.len()).unwrap();
    let series = books::book_series(people.unit, "di", 2026);
    let mut tx = db.begin().await.unwrap();
    if to - there > 100 {
        let last = tx.take_numbers(&series, to - there).await.unwrap();
        assert_eq!(last, to);
        let new: Vec<Plain> = (there + 1..=to)
            .map(|serial| plain(people, serial))
            .collect();
        let lines: Vec<(EntryRow, &[String])> = new
            .iter()
            .map(|plain| (plain.row.clone(), plain.words.as_slice()))
            .collect();
        let ids = tx.add_entries(&lines).await.unwrap();
        book.extend(new);
        for (plain, id) in book
            .iter_mut()
            .skip(usize::try_from(there).unwrap())
            .zip(ids)
        {
            plain.row.id = id;
        }
    } else {
        for _ in there..to {
            let mut plain = plain(people, tx.next_number(&series).await.unwrap());
            plain.row.id = tx.add_entry(&plain.row, &plain.words).await.unwrap();
            book.push(plain);
        }
    }
    tx.commit().await.unwrap();
    for plain in book.iter().rev().take(100) {
        assert_eq!(
            db.entry(plain.row.id).await.unwrap().as_ref(),
            Some(&plain.row)
        );
    }
}

/// Every number that an active line has is found, and no other.
async fn numbers_are_found(db: &Db, people: &People, book: &[Plain]) {
    let mut keys: Vec<&str> = book.iter().map(|plain| &*plain.row.number_key).collect();
    keys.push("no such number");
    let mut tx = db.begin().await.unwrap();
    let found = tx.same_numbers(people.unit, "di", 2026, &keys).await;
    let mut found: Vec<(String, i64)> = found
        .unwrap()
        .into_iter()
        .map(|line| (line.number_key, line.serial))
        .collect();
    found.sort_unstable();
    let mut expected: Vec<(String, i64)> = book
        .iter()
        .filter(|plain| plain.row.state == "active")
        .map(|plain| (plain.row.number_key.clone(), plain.row.serial))
        .collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

async fn close(db: &Db, book: &mut [Plain], every: usize, state: &str) {
    let mut tx = db.begin().await.unwrap();
    for plain in book.iter_mut().skip(every / 2).step_by(every) {
        if plain.row.state == "active" {
            assert!(
                tx.close_entry(plain.row.id, state, "lý do", None)
                    .await
                    .unwrap()
            );
            state.clone_into(&mut plain.row.state);
            plain.row.reason = Some("lý do".to_owned());
        }
    }
    tx.commit().await.unwrap();
}

/// What a list must show: read, filter, sort, cut.
fn expected(book: &[Plain], query: &ListQuery) -> (Vec<i64>, i64, bool) {
    let mut hits: Vec<&EntryRow> = book
        .iter()
        .filter(|plain| query.words.iter().all(|word| plain.words.contains(word)))
        .map(|plain| &plain.row)
        .filter(|row| query.level.is_none() || row.level == query.level)
        .filter(|row| query.state.as_ref().is_none_or(|state| row.state == *state))
        .collect();
    hits.sort_by_key(|row| match query.sort {
        Sort::Serial => (None, row.serial),
        Sort::DocDate => (row.doc_date.clone(), row.serial),
        Sort::Number => (Some(row.number_key.clone()), row.serial),
    });
    if !query.ascending {
        hits.reverse();
    }
    let total = i64::try_from(hits.len()).unwrap();
    let from = usize::try_from((query.page - 1) * limits::PAGE_ROWS).unwrap();
    let page = hits.iter().skip(from).take(50).map(|row| row.serial);
    let unfiltered = query.words.is_empty() && query.level.is_none() && query.state.is_none();
    if unfiltered {
        (page.collect(), total, false)
    } else {
        let most = limits::COUNT_MAX;
        (page.collect(), total.min(most), total > most)
    }
}

/// Every combination of words, filters, orders and pages.
fn queries(unit_id: i64) -> Vec<ListQuery> {
    let searches = [
        "",
        "an",
        "tac",
        "an bao",
        "tac kiem hop",
        "an 250",
        "2050",
        "none",
        "an none",
    ];
    let mut queries = Vec::new();
    for words in searches {
        for (level, state) in [
            (None, None),
            (Some("mat"), None),
            (None, Some("active")),
            (None, Some("voided")),
            (Some("toi_mat"), Some("corrected")),
        ] {
            for sort in Sort::ALL {
                for (ascending, page) in [(false, 1), (true, 1), (false, 3)] {
                    queries.push(ListQuery {
                        unit_id,
                        kind: "di".to_owned(),
                        year: 2026,
                        words: words.split_whitespace().map(str::to_owned).collect(),
                        level: level.map(str::to_owned),
                        state: state.map(str::to_owned),
                        sort,
                        ascending,
                        page,
                    });
                }
            }
        }
    }
    queries
}

async fn searches_agree(db: &Db) {
    let people = samples::people(db).await;
    let mut book = Vec::new();
    for (round, to) in [255, 256, 300, 2_047, 2_100].into_iter().enumerate() {
        grow(db, &people, &mut book, to).await;
        let (every, state) = if round % 2 == 0 {
            (40, "voided")
        } else {
            (90, "corrected")
        };
        close(db, &mut book, every, state).await;
        for query in queries(people.unit) {
            let page = db.entries(&query).await.unwrap();
            let serials: Vec<i64> = page.rows.iter().map(|row| row.serial).collect();
            let found = (serials, page.total, page.more);
            // An unfiltered list in number order stops at its last page, others go on empty.
            let whole = query.words.is_empty() && query.level.is_none() && query.state.is_none();
            if whole && query.sort == Sort::Serial && (query.page - 1) * limits::PAGE_ROWS >= to {
                continue;
            }
            let expected = expected(&book, &query);
            assert_eq!(found, expected, "{to} {query:?}");
        }
    }
    numbers_are_found(db, &people, &book).await;
    // One run of 2,048 replaced eight of 256.
    let runs = db
        .all("SELECT low FROM word_run ORDER BY low", &args![])
        .await;
    let lows: Vec<i64> = runs
        .unwrap()
        .iter()
        .map(|row| row.int("low").unwrap())
        .collect();
    assert_eq!(lows, [1]);
}

#[tokio::test]
async fn searches_agree_with_a_plain_reading_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    searches_agree(&common::sqlite(dir.path()).await).await;
}

#[tokio::test]
async fn searches_agree_with_a_plain_reading_on_postgres() {
    let server = Postgres::start().unwrap();
    searches_agree(&common::postgres(&server).await).await;
}

/// Many found lines in another order are found by walking its index: evenly spread, and all at one end.
#[tokio::test]
async fn many_found_lines_in_another_order() {
    let dir = tempfile::tempdir().unwrap();
    let db = common::sqlite(dir.path()).await;
    let people = samples::people(&db).await;
    let lines = limits::SORT_LINES_MAX * 2 + 500;
    let mut tx = db.begin().await.unwrap();
    for _ in 0..lines {
        let serial = tx
            .next_number(&books::book_series(people.unit, "di", 2026))
            .await
            .unwrap();
        let mut row = line(&people, "di", serial, "");
        row.number_key = format!("{serial:06}");
        let half = if serial * 2 > lines { "late" } else { "early" };
        let words = vec!["every".to_owned(), half.to_owned()];
        tx.add_entry(&row, &words).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (word, ascending, first) in [
        ("every", true, 1),
        ("every", false, lines),
        ("early", false, lines / 2),
        ("late", true, lines / 2 + 1),
    ] {
        let query = ListQuery {
            unit_id: people.unit,
            kind: "di".to_owned(),
            year: 2026,
            words: vec![word.to_owned()],
            sort: Sort::Number,
            ascending,
            page: 2,
            ..ListQuery::default()
        };
        let page = db.entries(&query).await.unwrap();
        let serials: Vec<i64> = page.rows.iter().map(|row| row.serial).collect();
        let step = if ascending { 1 } else { -1 };
        let expected: Vec<i64> = (50..100).map(|n| first + n * step).collect();
        assert_eq!(serials, expected, "{word} {ascending}");
        assert!(page.more);
    }
}
