//! Finds the row of column headings under the title rows, and what each column holds.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use law::BookKind;

use super::cells::{Cell, Sheet, letters};
use super::fields::{self, Field};
use crate::{Refusal, limits};

/// Merged ranges looked at for headings; a kept book has a few dozen.
const HEADER_MERGES_MAX: usize = 2_000;
/// Columns that one group heading spans at most.
const GROUP_COLUMNS_MAX: usize = 8;
/// Longest heading; longer cells are titles or data.
const HEADING_CHARS_MAX: usize = 120;

/// A column that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// From 0.
    pub index: usize,
    /// As the office programs name it, `C`.
    pub letter: String,
    pub heading: String,
    pub field: Field,
}

/// A column that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownColumn {
    /// From 0.
    pub index: usize,
    pub letter: String,
    pub heading: String,
    /// What the heading may have meant.
    pub suggestion: Option<Field>,
    /// The field already has a column to the left.
    pub repeated: bool,
    /// Cells with something in them that are left behind.
    pub cells: usize,
}

/// The headings of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub first_row: usize,
    /// First row of data.
    pub data_row: usize,
    pub columns: Vec<Column>,
    pub unknown: Vec<UnknownColumn>,
}

/// Most columns understood, then fewest doubles, then fewest rows.
type Rank = (usize, Reverse<usize>, Reverse<usize>);

/// Finds the headings.
///
/// # Errors
/// `IMPORT-01` no row looks like headings; `IMPORT-02` a column the book cannot do
/// without is missing.
pub(super) fn find(kind: BookKind, sheet: &Sheet) -> Result<Header, Refusal> {
    let zone = Zone::of(sheet);
    let rows = sheet.rows.len().min(limits::IMPORT_HEADER_SEARCH_ROWS);
    let mut best: Option<(Rank, Header)> = None;
    for first in 0..rows {
        for height in 1..=limits::IMPORT_HEADER_ROWS_MAX {
            if zone.cuts_a_range(first) {
                continue;
            }
            let header = zone.headings(kind, first, height);
            let repeated = header
                .unknown
                .iter()
                .filter(|column| column.repeated)
                .count();
            let rank = (header.columns.len(), Reverse(repeated), Reverse(height));
            if best.as_ref().is_none_or(|(before, _)| rank > *before) {
                best = Some((rank, header));
            }
        }
    }
    let Some((_, mut header)) = best.filter(|(_, header)| header.columns.len() >= 3) else {
        return Err(Refusal::new("IMPORT-01")
            .arg("rows", limits::IMPORT_HEADER_SEARCH_ROWS)
            .arg("sheet", &sheet.name));
    };
    complete(kind, &header)?;
    for column in &mut header.unknown {
        column.cells = filled_below(sheet, header.data_row, column.index);
    }
    header
        .unknown
        .retain(|column| column.cells > 0 || !column.heading.is_empty());
    Ok(header)
}

fn complete(kind: BookKind, header: &Header) -> Result<(), Refusal> {
    let has = |field: &Field| header.columns.iter().any(|column| column.field == *field);
    let missing: Vec<&str> = fields::required(kind)
        .iter()
        .filter(|group| !group.iter().any(has))
        .filter_map(|group| group.first().map(|field| field.key()))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut found: Vec<(&str, &str)> = header
        .columns
        .iter()
        .map(|column| (column.letter.as_str(), column.heading.as_str()))
        .chain(
            header
                .unknown
                .iter()
                .map(|column| (column.letter.as_str(), column.heading.as_str())),
        )
        .filter(|(_, heading)| !heading.is_empty())
        .collect();
    found.sort_by_key(|(letter, _)| (letter.len(), *letter));
    let found: Vec<&str> = found.into_iter().map(|(_, heading)| heading).collect();
    Err(Refusal::new("IMPORT-02")
        .arg("missing", missing.join(", "))
        .arg("found", found.join("; "))
        .arg("row", header.first_row + 1))
}

/// The top of the sheet with merged ranges filled in both directions.
struct Zone<'a> {
    sheet: &'a Sheet,
    width: usize,
    source: BTreeMap<(usize, usize), (usize, usize)>,
}

impl<'a> Zone<'a> {
    fn of(sheet: &'a Sheet) -> Self {
        let width = sheet.width().min(limits::IMPORT_COLUMNS_MAX);
        let depth = limits::IMPORT_HEADER_SEARCH_ROWS + limits::IMPORT_HEADER_ROWS_MAX;
        let mut source = BTreeMap::new();
        let merges = sheet.merges.iter().filter(|merge| merge.first_row < depth);
        for merge in merges.take(HEADER_MERGES_MAX) {
            for row in merge.first_row..=merge.last_row.min(depth) {
                for col in merge.first_col..=merge.last_col.min(width) {
                    source
                        .entry((row, col))
                        .or_insert((merge.first_row, merge.first_col));
                }
            }
        }
        Self {
            sheet,
            width,
            source,
        }
    }

    fn origin(&self, row: usize, col: usize) -> (usize, usize) {
        self.source.get(&(row, col)).copied().unwrap_or((row, col))
    }

    /// Headings do not begin inside a range that spans rows.
    fn cuts_a_range(&self, first: usize) -> bool {
        (0..self.width).any(|col| self.origin(first, col).0 < first)
    }

    /// Texts above each other in a column, a merged one once. A group heading whose
    /// cells were not merged reaches to the right over the empty cells beside it.
    fn path(&self, first: usize, height: usize, col: usize) -> Vec<String> {
        let last = first + height - 1;
        let mut origins = Vec::new();
        for row in first..=last {
            let mut origin = self.origin(row, col);
            if row < last && !self.sheet.own(last, col).is_blank() {
                let left = (0..=col).rev().take(GROUP_COLUMNS_MAX);
                origin = left
                    .map(|col| self.origin(row, col))
                    .find(|(row, col)| !self.sheet.own(*row, *col).is_blank())
                    .unwrap_or(origin);
            }
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        origins
            .into_iter()
            .map(|(row, col)| self.sheet.own(row, col))
            .filter_map(|cell| match cell {
                Cell::Text(text) => Some(vanban::text::squeeze(&vanban::text::nfc(text))),
                _ => None,
            })
            .filter(|text| !text.is_empty() && text.chars().count() <= HEADING_CHARS_MAX)
            .collect()
    }

    fn headings(&self, kind: BookKind, first: usize, height: usize) -> Header {
        let mut columns: Vec<Column> = Vec::new();
        let mut unknown = Vec::new();
        let mut taken = BTreeSet::new();
        for index in 0..self.width {
            let path = self.path(first, height, index);
            let heading = path.join(" / ");
            let field = meaning(kind, &path);
            let free = field.filter(|field| *field == Field::Note || !taken.contains(field));
            match free {
                Some(field) => {
                    taken.insert(field);
                    columns.push(Column {
                        index,
                        letter: letters(index),
                        heading,
                        field,
                    });
                }
                None => unknown.push(UnknownColumn {
                    index,
                    letter: letters(index),
                    suggestion: field.or_else(|| fields::suggestion(&fields::plain(&heading))),
                    heading,
                    repeated: field.is_some(),
                    cells: 0,
                }),
            }
        }
        let data_row = self.data_row(first, height, &columns);
        settle(kind, &mut columns);
        Header {
            first_row: first,
            data_row,
            columns,
            unknown,
        }
    }

    /// Below the headings, what they are merged with, and a row of column numbers.
    fn data_row(&self, first: usize, height: usize, columns: &[Column]) -> usize {
        let deepest = columns
            .iter()
            .filter_map(|column| {
                let top = self.origin(first + height - 1, column.index);
                self.sheet
                    .merges
                    .iter()
                    .take(HEADER_MERGES_MAX)
                    .find(|merge| (merge.first_row, merge.first_col) == top)
                    .map(|merge| merge.last_row)
            })
            .max()
            .filter(|last| *last < first + height + limits::IMPORT_HEADER_ROWS_MAX);
        let below = (first + height).max(deepest.map_or(0, |last| last + 1));
        if is_numbering(self.sheet, below) {
            below + 1
        } else {
            below
        }
    }
}

fn filled_below(sheet: &Sheet, data_row: usize, col: usize) -> usize {
    sheet
        .rows
        .iter()
        .skip(data_row)
        .filter(|cells| cells.get(col).is_some_and(|cell| !cell.is_blank()))
        .count()
}

/// What a column holds, by the texts of its heading from top to bottom.
fn meaning(kind: BookKind, path: &[String]) -> Option<Field> {
    let leaf = fields::plain(path.last()?);
    let joined = fields::plain(&path.join(" "));
    fields::exact(kind, &joined)
        .or_else(|| {
            // Below "Đến" or "Văn bản" a bare "Ngày" or "Số" is read with its parent.
            (path.len() > 1)
                .then(|| fields::by_words(kind, &joined))
                .flatten()
                .filter(|_| fields::exact(kind, &leaf).is_some_and(is_bare_day))
        })
        .or_else(|| fields::exact(kind, &leaf))
        .or_else(|| fields::by_words(kind, &leaf))
        .or_else(|| fields::by_words(kind, &joined))
}

fn is_bare_day(field: Field) -> bool {
    matches!(field, Field::DocDate | Field::EntryDate)
}

/// What a heading means beside the others: one column of subjects without a column
/// of types holds both, and a bare "Số" beside "Số, ký hiệu" counts arrivals.
fn settle(kind: BookKind, columns: &mut [Column]) {
    let has = |field: Field| columns.iter().any(|column| column.field == field);
    let has_type = has(Field::DocType);
    let counts = kind == BookKind::Den && has(Field::NumberSymbol) && !has(Field::ArrivalNumber);
    let mixed = if has_type {
        (Field::TypeSubject, Field::Subject)
    } else {
        (Field::Subject, Field::TypeSubject)
    };
    for column in columns {
        if column.field == mixed.0 {
            column.field = mixed.1;
        } else if counts && column.field == Field::Number {
            column.field = Field::ArrivalNumber;
        }
    }
}

/// A row of column numbers under the headings: `(1) (2) (3)`, `1 2 3`.
pub(super) fn is_numbering(sheet: &Sheet, row: usize) -> bool {
    let Some(cells) = sheet.rows.get(row) else {
        return false;
    };
    let texts: Vec<String> = cells
        .iter()
        .filter(|cell| !cell.is_blank())
        .map(|cell| cell.text().into_owned())
        .collect();
    let numbers: Vec<usize> = texts
        .iter()
        .map_while(|text| {
            text.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | '.' | ' '))
                .parse()
                .ok()
        })
        .collect();
    numbers.len() >= 3
        && numbers.len() == texts.len()
        && numbers
            .windows(2)
            .all(|pair| matches!(pair, [left, right] if left < right))
        && numbers.first().is_some_and(|first| *first <= 2)
        && numbers
            .last()
            .is_some_and(|last| *last <= limits::IMPORT_COLUMNS_MAX)
}

/// The headings printed again at the top of a page.
pub(super) fn is_repeated(sheet: &Sheet, row: usize, columns: &[Column]) -> bool {
    let same = columns
        .iter()
        .filter(|column| match sheet.own(row, column.index) {
            Cell::Text(text) => {
                let text = vanban::text::squeeze(&vanban::text::nfc(text));
                !text.is_empty() && column.heading.ends_with(&text)
            }
            _ => false,
        })
        .count();
    same >= 3
}
