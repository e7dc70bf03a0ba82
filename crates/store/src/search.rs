//! Lists of a book: page, order, filter, and search without marks.
//!
//! A filtered list is a set of line numbers, cut together from the word index
//! ([`crate::words`]) before any line is read. The set is exact at any size, so
//! the count and every page agree.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::books::{self, EntryRow};
use crate::words::{self, Lines, Run};
use crate::{Db, StoreError, Tx, Value, args, limits, statements};

/// By which column a list is ordered; the serial decides among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Serial,
    DocDate,
    Number,
}

impl Sort {
    pub const ALL: [Self; 3] = [Self::Serial, Self::DocDate, Self::Number];

    pub fn code(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::DocDate => "doc_date",
            Self::Number => "number",
        }
    }
}

/// Which lines of a unit's book a list shows.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    pub unit_id: i64,
    pub kind: String,
    pub year: i64,
    /// Folded words; every one must occur.
    pub words: Vec<String>,
    pub level: Option<String>,
    pub state: Option<String>,
    pub sort: Sort,
    pub ascending: bool,
    /// First page is 1.
    pub page: i64,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct ListPage {
    pub rows: Vec<EntryRow>,
    /// Matching lines, counted up to [`limits::COUNT_MAX`] when filtered.
    pub total: i64,
    /// Whether `total` stopped at the limit.
    pub more: bool,
}

statements! {
    /// Words of lines that stand one after the other.
    WORDS = "SELECT serial, words FROM entry WHERE unit_id = $1 AND kind = $2 AND year = $3
        AND serial BETWEEN $4 AND $5 ORDER BY serial";
    RUN_ADD = "INSERT INTO word_run (unit_id, kind, year, low) VALUES ($1, $2, $3, $4) RETURNING id";
    HITS_DROP = "DELETE FROM word_hit WHERE run_id IN (SELECT id FROM word_run WHERE unit_id = $1
        AND kind = $2 AND year = $3 AND low BETWEEN $4 AND $5)";
    RUNS_DROP = "DELETE FROM word_run WHERE unit_id = $1 AND kind = $2 AND year = $3 AND low BETWEEN $4 AND $5";
    /// Where words stand in the runs of a book; a shorter search repeats a word.
    HITS = "SELECT r.low, h.word, h.hits FROM word_run r JOIN word_hit h ON h.run_id = r.id
        WHERE r.unit_id = $1 AND r.kind = $2 AND r.year = $3
        AND h.word IN ($4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// Lines that are voided or corrected; the fixed condition is that of the index.
    CLOSED = "SELECT serial, state FROM entry WHERE unit_id = $1 AND kind = $2 AND year = $3
        AND state <> 'active'";
}

/// Parameters for words in [`HITS`]: those of a search and the level's mark.
const HIT_WORDS: usize = limits::SEARCH_WORDS_MAX + 1;

/// Rows of the word index written by one statement; the text depends only on the count.
pub fn hits_insert(count: usize) -> String {
    let mut sql = String::from("INSERT INTO word_hit (run_id, word, hits) VALUES ");
    for n in 0..count {
        let comma = if n > 0 { ", " } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(sql, "{comma}($1, ${}, ${})", n * 2 + 2, n * 2 + 3);
    }
    sql
}

/// `columns` of `count` lines by their numbers. The list stands first, so that every number is looked
/// up: SQLite would otherwise read an index of the whole book.
pub fn by_serials(columns: &str, count: usize) -> String {
    format!(
        "SELECT {columns} FROM (VALUES {}) AS v CROSS JOIN entry e
         WHERE e.unit_id = $1 AND e.kind = $2 AND e.year = $3 AND e.serial = v.column1",
        list("BIGINT", count)
    )
}

/// A list of `count` parameters from `$4` on, as rows.
pub(crate) fn list(kind: &str, count: usize) -> String {
    let mut rows = format!("(CAST($4 AS {kind}))");
    for n in 1..count {
        // Writing to a String cannot fail.
        let _ = write!(rows, ", (${})", n + 4);
    }
    rows
}

/// The word by which the lines of a level are found. No folded word holds `=`.
fn level_word(level: &str) -> String {
    format!("={level}")
}

/// What a line keeps for the search: its words, each once, and its level.
pub(crate) fn kept_words(words: &[String], level: Option<&str>) -> String {
    let mut seen = std::collections::BTreeSet::new();
    let mut kept: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| seen.insert(*word))
        .take(limits::ENTRY_WORDS_MAX)
        .collect();
    let level = level.map(level_word);
    kept.extend(level.as_deref());
    kept.join(" ")
}

impl ListQuery {
    fn book(&self) -> Vec<Value> {
        args![self.unit_id, self.kind.as_str(), self.year].into()
    }

    fn filtered(&self) -> bool {
        !self.words.is_empty() || self.level.is_some() || self.state.is_some()
    }

    /// Words that a line must hold, the level's mark among them.
    fn wanted(&self) -> Vec<String> {
        let mut words = self.words.clone();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.truncate(limits::SEARCH_WORDS_MAX);
        words.extend(self.level.as_deref().map(level_word));
        words.sort();
        words.dedup();
        words
    }

    fn order(&self) -> String {
        let direction = if self.ascending { "ASC" } else { "DESC" };
        match self.sort {
            Sort::Serial => format!("e.serial {direction}"),
            Sort::Number => format!("e.number_key {direction}, e.serial {direction}"),
            // Lines without a date are the smallest; PostgreSQL alone would call them the largest.
            Sort::DocDate => {
                let nulls = if self.ascending { "FIRST" } else { "LAST" };
                format!("e.doc_date {direction} NULLS {nulls}, e.serial {direction}")
            }
        }
    }

    fn skipped(&self) -> i64 {
        (self.page.clamp(1, limits::PAGE_DEPTH_MAX) - 1) * limits::PAGE_ROWS
    }

    /// A page of the whole book in the query's order; also prepared by the test of all statements.
    pub fn page_sql(&self) -> (String, Vec<Value>) {
        let mut values = self.book();
        values.extend(args![limits::PAGE_ROWS, self.skipped()]);
        let sql = format!(
            "SELECT e.* FROM entry e WHERE e.unit_id = $1 AND e.kind = $2 AND e.year = $3
             ORDER BY {} LIMIT $4 OFFSET $5",
            self.order()
        );
        (sql, values)
    }

    /// The first `limit` numbers of lines in the query's order, from the index alone.
    pub fn walk_sql(&self, limit: i64) -> (String, Vec<Value>) {
        let mut values = self.book();
        values.extend(args![limit]);
        let sql = format!(
            "SELECT e.serial FROM entry e WHERE e.unit_id = $1 AND e.kind = $2 AND e.year = $3
             ORDER BY {} LIMIT $4",
            self.order()
        );
        (sql, values)
    }
}

impl Db {
    /// One page of a book. Unfiltered pages in number order are read by number
    /// range, so page 20,000 costs the same as page 1.
    pub async fn entries(&self, query: &ListQuery) -> Result<ListPage, StoreError> {
        let last = self
            .last_serial(query.unit_id, &query.kind, query.year)
            .await?;
        if query.filtered() {
            return self.entries_filtered(query, last).await;
        }
        let rows = if query.sort == Sort::Serial {
            self.entries_by_number_range(query, last).await?
        } else {
            let (sql, values) = query.page_sql();
            self.all(&sql, &values)
                .await?
                .iter()
                .map(books::entry)
                .collect::<Result<_, _>>()?
        };
        Ok(ListPage {
            rows,
            total: last,
            more: false,
        })
    }

    async fn entries_by_number_range(
        &self,
        query: &ListQuery,
        last: i64,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let pages = (last + limits::PAGE_ROWS - 1) / limits::PAGE_ROWS;
        let page = query.page.clamp(1, pages.max(1));
        let (low, high) = if query.ascending {
            let low = (page - 1) * limits::PAGE_ROWS + 1;
            (low, low + limits::PAGE_ROWS - 1)
        } else {
            let high = last - (page - 1) * limits::PAGE_ROWS;
            (high - limits::PAGE_ROWS + 1, high)
        };
        let mut rows = self
            .entry_range(query.unit_id, &query.kind, query.year, low, high)
            .await?;
        if !query.ascending {
            rows.reverse();
        }
        Ok(rows)
    }

    async fn entries_filtered(&self, query: &ListQuery, last: i64) -> Result<ListPage, StoreError> {
        let lines = self.matching(query, last).await?;
        let count = lines.count();
        let serials = match query.sort {
            Sort::Serial => page_of(query, in_direction(query, &lines)),
            Sort::Number | Sort::DocDate if count <= limits::SORT_LINES_MAX => {
                self.sorted(query, &lines).await?
            }
            Sort::Number | Sort::DocDate => self.walked(query, &lines, count, last).await?,
        };
        Ok(ListPage {
            rows: self.entries_by_serials(query, &serials).await?,
            total: count.min(limits::COUNT_MAX),
            more: count > limits::COUNT_MAX,
        })
    }

    /// The lines up to `last` that the query's filters leave.
    async fn matching(&self, query: &ListQuery, last: i64) -> Result<Lines, StoreError> {
        let wanted = query.wanted();
        let mut lines = Lines::all(last);
        if !wanted.is_empty() {
            for found in self.lines_of_words(query, &wanted, last).await?.values() {
                lines.keep(found);
            }
        }
        if let Some(state) = &query.state {
            let active = state == "active";
            let mut closed = Lines::none(last);
            for row in self.all(CLOSED, &query.book()).await? {
                if active || row.text("state")? == *state {
                    closed.add(row.int("serial")?);
                }
            }
            if active {
                lines.drop_all(&closed);
            } else {
                lines.keep(&closed);
            }
        }
        Ok(lines)
    }

    /// For each word the lines that hold it: from closed runs, and from the newest lines themselves.
    async fn lines_of_words(
        &self,
        query: &ListQuery,
        wanted: &[String],
        last: i64,
    ) -> Result<BTreeMap<String, Lines>, StoreError> {
        let mut found: BTreeMap<String, Lines> = wanted
            .iter()
            .map(|word| (word.clone(), Lines::none(last)))
            .collect();
        // Read before the newest lines: a run that closes in between holds lines that are then read
        // twice, and a set does not mind.
        let mut values = query.book();
        values.extend(
            wanted
                .iter()
                .chain(std::iter::repeat_n(
                    wanted.last().unwrap_or(&query.kind),
                    HIT_WORDS,
                ))
                .take(HIT_WORDS)
                .map(|word| Value::from(word.as_str())),
        );
        for row in self.all(HITS, &values).await? {
            if let Some(lines) = found.get_mut(&row.text("word")?) {
                lines
                    .add_run(row.int("low")?, &row.bytes("hits")?)
                    .ok_or_else(|| StoreError::Stored {
                        table: "word_hit",
                        column: "hits",
                        value: "not a set of lines".to_owned(),
                    })?;
            }
        }
        let mut values = query.book();
        values.extend(args![words::closed_until(last) + 1, last]);
        for row in self.all(WORDS, &values).await? {
            let serial = row.int("serial")?;
            for word in row.text("words")?.split(' ') {
                if let Some(lines) = found.get_mut(word) {
                    lines.add(serial);
                }
            }
        }
        Ok(found)
    }

    /// A page of few lines in another order: their sort keys are read.
    async fn sorted(&self, query: &ListQuery, lines: &Lines) -> Result<Vec<i64>, StoreError> {
        let column = match query.sort {
            Sort::DocDate => "doc_date",
            Sort::Serial | Sort::Number => "number_key",
        };
        let sql = by_serials(&format!("e.serial, e.{column}"), limits::SERIALS_AT_ONCE);
        let all: Vec<i64> = lines.upwards().collect();
        let mut keys = Vec::with_capacity(all.len());
        for part in all.chunks(limits::SERIALS_AT_ONCE) {
            let values = serial_values(query, part, limits::SERIALS_AT_ONCE);
            for row in self.all(&sql, &values).await? {
                keys.push((row.opt_text(column)?, row.int("serial")?));
            }
        }
        keys.sort_unstable();
        let serials = keys.into_iter().map(|(_, serial)| serial);
        Ok(if query.ascending {
            page_of(query, serials)
        } else {
            page_of(query, serials.rev())
        })
    }

    /// A page of many lines in another order: the index is walked until the page is full.
    async fn walked(
        &self,
        query: &ListQuery,
        lines: &Lines,
        count: i64,
        last: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let needed = (query.skipped() + limits::PAGE_ROWS).min(count);
        // A little more than evenly spread lines need, then much more, then the whole book.
        let even = needed.saturating_mul(last) / count.max(1);
        for limit in [even + even / 4 + limits::PAGE_ROWS * 2, even * 4, last] {
            let limit = limit.min(last);
            let (sql, values) = query.walk_sql(limit);
            let mut hits = Vec::new();
            for row in self.all(&sql, &values).await? {
                let serial = row.int("serial")?;
                if lines.holds(serial) {
                    hits.push(serial);
                }
            }
            if limit == last || i64::try_from(hits.len()).is_ok_and(|found| found >= needed) {
                return Ok(page_of(query, hits.into_iter()));
            }
        }
        Ok(Vec::new())
    }

    /// Lines by their numbers, in the order of the numbers given.
    async fn entries_by_serials(
        &self,
        query: &ListQuery,
        serials: &[i64],
    ) -> Result<Vec<EntryRow>, StoreError> {
        let at_once = usize::try_from(limits::PAGE_ROWS).unwrap_or(1);
        let sql = by_serials("e.*", at_once);
        let mut rows = BTreeMap::new();
        for part in serials.chunks(at_once) {
            for row in self.all(&sql, &serial_values(query, part, at_once)).await? {
                let row = books::entry(&row)?;
                rows.insert(row.serial, row);
            }
        }
        Ok(serials
            .iter()
            .filter_map(|serial| rows.remove(serial))
            .collect())
    }
}

/// Book and `count` numbers, filled up with 0, which no line has.
fn serial_values(query: &ListQuery, serials: &[i64], count: usize) -> Vec<Value> {
    let mut values = query.book();
    values.extend(
        serials
            .iter()
            .copied()
            .chain(std::iter::repeat_n(0, count))
            .take(count)
            .map(Value::from),
    );
    values
}

fn in_direction<'a>(query: &ListQuery, lines: &'a Lines) -> Box<dyn Iterator<Item = i64> + 'a> {
    if query.ascending {
        Box::new(lines.upwards())
    } else {
        Box::new(lines.downwards())
    }
}

fn page_of(query: &ListQuery, serials: impl Iterator<Item = i64>) -> Vec<i64> {
    let skipped = usize::try_from(query.skipped()).unwrap_or(0);
    let rows = usize::try_from(limits::PAGE_ROWS).unwrap_or(0);
    serials.skip(skipped).take(rows).collect()
}

impl Tx {
    /// After lines from `first` to `last` of a book were written: indexes the runs that they close,
    /// and not those that a longer one among them replaces. Numbers are given in order inside the
    /// write transaction, so all lines of a run are there.
    pub(crate) async fn close_runs(
        &mut self,
        first: &EntryRow,
        last: i64,
    ) -> Result<(), StoreError> {
        let mut open = last;
        while open >= first.serial {
            let Some((low, high)) = words::last_run(open, first.serial) else {
                break;
            };
            self.close_run(first.unit_id, &first.kind, first.year, low, high)
                .await?;
            open = low - 1;
        }
        Ok(())
    }

    async fn close_run(
        &mut self,
        unit_id: i64,
        kind: &str,
        year: i64,
        low: i64,
        serial: i64,
    ) -> Result<(), StoreError> {
        let mut run = Run::of(usize::try_from(serial - low + 1).unwrap_or(0));
        let mut from = low;
        while from <= serial {
            let to = (from + limits::RUN_LINES_AT_ONCE - 1).min(serial);
            for row in self
                .all(WORDS, &args![unit_id, kind, year, from, to])
                .await?
            {
                if let Ok(place) = u16::try_from(row.int("serial")? - low) {
                    run.note(place, &row.text("words")?);
                }
            }
            from = to + 1;
        }
        let inside = args![unit_id, kind, year, low, serial];
        self.run(HITS_DROP, &inside).await?;
        self.run(RUNS_DROP, &inside).await?;
        let id = self
            .one(RUN_ADD, &args![unit_id, kind, year, low])
            .await?
            .int("id")?;
        let hits: Vec<(String, Vec<u8>)> = run.encoded().collect();
        for part in hits.chunks(limits::HITS_AT_ONCE) {
            let mut values: Vec<Value> = args![id].into();
            for (word, hits) in part {
                values.extend(args![word.as_str(), hits.as_slice()]);
            }
            self.run(&hits_insert(part.len()), &values).await?;
        }
        Ok(())
    }
}
