//! A sheet as a reader of workbooks hands it over: cells and merged ranges.

use std::borrow::Cow;
use std::collections::BTreeMap;

use law::LegalDate;

/// One cell. A formula is its last computed value.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    Number(f64),
    /// A number that the workbook shows as a date.
    Date(LegalDate),
    Bool(bool),
    /// A formula that failed, e.g. `#REF!`.
    Error(String),
}

impl Cell {
    /// Nothing but blanks.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.chars().all(|c| c.is_whitespace() || c.is_control()),
            _ => false,
        }
    }

    /// The cell as one line of text: whole numbers without `.0`, dates as d/m/yyyy.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Error(text) => Cow::Borrowed(text.trim()),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Date(date) => Cow::Owned(date.day_month_year()),
            Self::Bool(value) => Cow::Borrowed(if *value { "TRUE" } else { "FALSE" }),
        }
    }
}

/// A merged range, rows and columns from 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Merge {
    pub first_row: usize,
    pub last_row: usize,
    pub first_col: usize,
    pub last_col: usize,
}

/// A sheet from its cell A1; rows may have different lengths.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    pub name: String,
    pub rows: Vec<Vec<Cell>>,
    pub merges: Vec<Merge>,
}

const NOTHING: Cell = Cell::Empty;

impl Sheet {
    /// The cell itself; the covered cells of a merged range are empty.
    pub(super) fn own(&self, row: usize, col: usize) -> &Cell {
        self.rows
            .get(row)
            .and_then(|cells| cells.get(col))
            .unwrap_or(&NOTHING)
    }

    /// Nothing in the row itself.
    pub(super) fn is_blank(&self, row: usize) -> bool {
        self.rows
            .get(row)
            .is_none_or(|cells| cells.iter().all(Cell::is_blank))
    }

    /// Columns of the widest row.
    pub(super) fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// Merged ranges that span rows, by their first column.
#[derive(Debug, Default)]
pub(super) struct Downwards {
    columns: BTreeMap<usize, Vec<(usize, usize)>>,
}

impl Downwards {
    pub(super) fn of(sheet: &Sheet) -> Self {
        let mut columns: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for merge in sheet
            .merges
            .iter()
            .filter(|merge| merge.last_row > merge.first_row)
        {
            columns
                .entry(merge.first_col)
                .or_default()
                .push((merge.first_row, merge.last_row));
        }
        for spans in columns.values_mut() {
            spans.sort_unstable();
        }
        Self { columns }
    }

    /// The row that holds the value of this cell: itself, or the top of its range.
    pub(super) fn source(&self, row: usize, col: usize) -> usize {
        let Some(spans) = self.columns.get(&col) else {
            return row;
        };
        let after = spans.partition_point(|(first, _)| *first <= row);
        match after.checked_sub(1).and_then(|at| spans.get(at)) {
            Some((first, last)) if row <= *last => *first,
            _ => row,
        }
    }
}

/// The name of a column as the office programs show it: A, B, ... Z, AA.
pub(super) fn letters(col: usize) -> String {
    let mut rest = col + 1;
    let mut name = Vec::new();
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        name.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    name.iter().rev().collect()
}
