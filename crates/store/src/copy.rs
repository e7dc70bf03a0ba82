//! Copies all rows from one database to another of the same schema, table by table in the order of
//! their primary keys. It knows no table: SQLite says what there is.

use std::fmt::Write as _;

use crate::value::Kind;
use crate::{Backend, Db, StoreError, Tx, Value, args, limits};

/// Tables in the order of their making, so that referenced rows come first.
const TABLES: &str =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
    AND name <> 'schema_step' ORDER BY rowid";
const COLUMNS: &str = "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid";
/// One moment's state of all tables.
const SNAPSHOT: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
    /// Positions of the primary key's columns, in key order.
    key: Vec<usize>,
}

/// Copies every row of `from` into the empty tables of `to` in one transaction. `schema` is the one
/// of the two that is SQLite.
pub(crate) async fn all(from: &Db, to: &Db, schema: &Db) -> Result<(), StoreError> {
    let tables = tables(schema).await?;
    let mut source = from.begin().await?;
    if from.backend() == Backend::Postgres {
        source.run(SNAPSHOT, &[]).await?;
    }
    let mut target = to.begin().await?;
    for table in &tables {
        table.copy(&mut source, &mut target).await?;
        if to.backend() == Backend::Postgres {
            table.continue_numbers(&mut target).await?;
        }
    }
    target.commit().await
}

async fn tables(schema: &Db) -> Result<Vec<Table>, StoreError> {
    let mut tables = Vec::new();
    for row in schema.all(TABLES, &[]).await? {
        let name = row.text("name")?;
        let mut columns = Vec::new();
        let mut key = Vec::new();
        for (position, row) in schema
            .all(COLUMNS, &args![name.as_str()])
            .await?
            .iter()
            .enumerate()
        {
            let column = row.text("name")?;
            let kind = kind(&row.text("type")?)?;
            columns.push((column, kind));
            if row.int("pk")? > 0 {
                key.push((row.int("pk")?, position));
            }
        }
        key.sort_unstable();
        tables.push(Table {
            name,
            columns,
            key: key.into_iter().map(|(_, position)| position).collect(),
        });
    }
    Ok(tables)
}

fn kind(declared: &str) -> Result<Kind, StoreError> {
    match declared {
        "TEXT" => Ok(Kind::Text),
        "INTEGER" => Ok(Kind::Int),
        "BOOLEAN" => Ok(Kind::Bool),
        "BLOB" => Ok(Kind::Bytes),
        other => Err(StoreError::Stored {
            table: "sqlite_master",
            column: "type",
            value: other.to_owned(),
        }),
    }
}

impl Table {
    async fn copy(&self, source: &mut Tx, target: &mut Tx) -> Result<(), StoreError> {
        let mut after: Vec<Value> = Vec::new();
        loop {
            let found = source.all(&self.select(after.len()), &after).await?;
            let mut values = Vec::with_capacity(found.len() * self.columns.len());
            for row in &found {
                for (position, (_, kind)) in self.columns.iter().enumerate() {
                    values.push(row.at(position, *kind)?);
                }
            }
            let Some(last) = values.chunks(self.columns.len()).next_back() else {
                return Ok(());
            };
            after = self
                .key
                .iter()
                .filter_map(|position| last.get(*position).cloned())
                .collect();
            target.run(&self.insert(found.len()), &values).await?;
        }
    }

    fn rows_at_once(&self) -> usize {
        (limits::COPY_VALUES_MAX / self.columns.len().max(1)).clamp(1, limits::COPY_ROWS)
    }

    /// The next rows in key order, after the key whose parts are bound.
    fn select(&self, bound: usize) -> String {
        let names = |positions: &[usize]| -> String {
            let names: Vec<&str> = positions
                .iter()
                .filter_map(|position| self.columns.get(*position))
                .map(|(name, _)| name.as_str())
                .collect();
            names.join(", ")
        };
        let every: Vec<usize> = (0..self.columns.len()).collect();
        let key = names(&self.key);
        let after = if bound == 0 {
            String::new()
        } else {
            format!(" WHERE ({key}) > ({})", parameters(1, bound))
        };
        format!(
            "SELECT {} FROM {}{after} ORDER BY {key} LIMIT {}",
            names(&every),
            self.name,
            self.rows_at_once()
        )
    }

    fn insert(&self, rows: usize) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let mut sql = format!("INSERT INTO {} ({}) VALUES ", self.name, names.join(", "));
        for row in 0..rows {
            let separator = if row == 0 { "" } else { ", " };
            let list = parameters(row * names.len() + 1, names.len());
            // Writing to a String cannot fail.
            let _ = write!(sql, "{separator}({list})");
        }
        sql
    }

    /// Lets PostgreSQL's own numbering of rows go on after the copied ones.
    async fn continue_numbers(&self, target: &mut Tx) -> Result<(), StoreError> {
        let numbered = matches!(self.columns.first(), Some((name, Kind::Int)) if name == "id");
        if !numbered || self.key != [0] {
            return Ok(());
        }
        let table = &self.name;
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) AS n FROM {table} HAVING MAX(id) > 0"
        );
        target.all(&sql, &[]).await?;
        Ok(())
    }
}

/// `$first, ...`, `count` of them.
fn parameters(first: usize, count: usize) -> String {
    let list: Vec<String> = (first..first + count)
        .map(|number| format!("${number}"))
        .collect();
    list.join(", ")
}
