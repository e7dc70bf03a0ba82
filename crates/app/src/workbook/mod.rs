//! Reads workbooks (.xlsx, .ods, .xls) into sheets of plain cells.
//!
//! The bytes come from outside: size, inflated size, sheets, rows, columns, cells
//! and text have limits, and no bytes make the reader panic or ask for more memory
//! than the limits say. Formulas are their last computed values, covered cells of
//! merged ranges are empty, and hidden sheets are named but not read.

mod container;
mod ods;
mod xls;
mod xlsx;

use domain::book::import::{Cell, Sheet};
use domain::limits::{
    IMPORT_CELL_CHARS_MAX, IMPORT_COLUMNS_MAX, IMPORT_MERGES_MAX, IMPORT_ROWS_MAX,
};

/// Largest workbook file. A book of 100,000 lines takes 10 MB.
pub const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// All parts of a workbook together, inflated.
pub const INFLATED_BYTES_MAX: u64 = 400 * 1024 * 1024;
/// Parts of a workbook.
pub const PARTS_MAX: usize = 2_000;
/// Sheets of a workbook.
pub const SHEETS_MAX: usize = 64;
/// Cells of all sheets together, blank ones between others included.
pub const CELLS_MAX: usize = 6_000_000;
/// Text of all cells together.
pub const TEXT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A workbook as far as it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Workbook {
    /// Visible sheets in their order.
    pub sheets: Vec<Sheet>,
    /// Names of sheets that are hidden and not read.
    pub hidden: Vec<String>,
}

/// Why a workbook is not read. Nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkbookError {
    #[error("workbook of {bytes} bytes, at most {FILE_BYTES_MAX} are read")]
    TooLarge { bytes: u64 },
    #[error("not a workbook")]
    NotAWorkbook,
    #[error("the workbook is protected by a password")]
    Encrypted,
    #[error("the workbook is damaged: {part}")]
    Damaged { part: String },
    #[error("the parts of the workbook inflate to more than {INFLATED_BYTES_MAX} bytes")]
    Inflated,
    #[error("sheet `{sheet}` has more than {IMPORT_ROWS_MAX} rows")]
    TooManyRows { sheet: String },
    #[error("sheet `{sheet}` has something beyond column {IMPORT_COLUMNS_MAX}")]
    TooManyColumns { sheet: String },
    #[error("the workbook has more cells or text than is read")]
    TooMuch,
    #[error("workbook of an older or binary format")]
    OldFormat,
    #[error("the workbook has no visible sheet with anything in it")]
    Empty,
}

impl WorkbookError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "WORKBOOK-01",
            Self::NotAWorkbook => "WORKBOOK-02",
            Self::Encrypted => "WORKBOOK-03",
            Self::Damaged { .. } => "WORKBOOK-04",
            Self::Inflated => "WORKBOOK-05",
            Self::TooManyRows { .. } => "WORKBOOK-06",
            Self::TooManyColumns { .. } => "WORKBOOK-07",
            Self::TooMuch => "WORKBOOK-08",
            Self::OldFormat => "WORKBOOK-09",
            Self::Empty => "WORKBOOK-10",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => {
                "split the book by years into smaller files, or remove pictures from it"
            }
            Self::NotAWorkbook => "give a file saved as .xlsx, .ods or .xls",
            Self::Encrypted => "open it with its password and save a copy without one",
            Self::Damaged { .. } => {
                "open it in the office program, let it repair the file, save it as .xlsx"
            }
            Self::Inflated | Self::TooMuch => "copy the rows of the book into a new workbook",
            Self::TooManyRows { .. } => "split the book by years into several sheets",
            Self::TooManyColumns { .. } => "delete the columns that are not of the book",
            Self::OldFormat => "open it in the office program and save it as .xlsx",
            Self::Empty => "check the file, or show its hidden sheets and save it again",
        }
    }

    fn damaged(part: impl Into<String>) -> Self {
        Self::Damaged { part: part.into() }
    }
}

/// Refuses a file by its size, before it is loaded.
///
/// # Errors
/// [`WorkbookError::TooLarge`].
pub fn check_file_bytes(bytes: u64) -> Result<(), WorkbookError> {
    if bytes > FILE_BYTES_MAX {
        return Err(WorkbookError::TooLarge { bytes });
    }
    Ok(())
}

/// Reads a workbook from the bytes of its file.
///
/// # Errors
/// [`WorkbookError`], each with code and help.
pub fn read(bytes: &[u8]) -> Result<Workbook, WorkbookError> {
    check_file_bytes(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
    let workbook = if bytes.starts_with(b"PK") {
        container::read(bytes)?
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        xls::read(bytes)?
    } else {
        return Err(WorkbookError::NotAWorkbook);
    };
    if workbook.sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        return Err(WorkbookError::Empty);
    }
    Ok(workbook)
}

/// Collects cells under the limits of a workbook.
#[derive(Default)]
struct Gather {
    workbook: Workbook,
    cells: usize,
    text_bytes: usize,
}

impl Gather {
    fn open(&mut self, name: &str) -> Result<(), WorkbookError> {
        if self.workbook.sheets.len() >= SHEETS_MAX {
            return Err(WorkbookError::TooMuch);
        }
        self.workbook.sheets.push(Sheet {
            name: name.to_owned(),
            ..Sheet::default()
        });
        Ok(())
    }

    fn hide(&mut self, name: &str) -> Result<(), WorkbookError> {
        if self.workbook.hidden.len() >= SHEETS_MAX {
            return Err(WorkbookError::TooMuch);
        }
        self.workbook.hidden.push(name.to_owned());
        Ok(())
    }

    /// Puts a cell into the sheet opened last. Blank cells take no room.
    fn put(&mut self, row: usize, col: usize, cell: Cell) -> Result<(), WorkbookError> {
        if cell.is_blank() {
            return Ok(());
        }
        let Some(sheet) = self.workbook.sheets.last_mut() else {
            return Ok(());
        };
        if row >= IMPORT_ROWS_MAX {
            return Err(WorkbookError::TooManyRows {
                sheet: sheet.name.clone(),
            });
        }
        if col >= IMPORT_COLUMNS_MAX {
            return Err(WorkbookError::TooManyColumns {
                sheet: sheet.name.clone(),
            });
        }
        if sheet.rows.len() <= row {
            sheet.rows.resize_with(row + 1, Vec::new);
        }
        let Some(cells) = sheet.rows.get_mut(row) else {
            return Ok(());
        };
        if cells.len() <= col {
            self.cells += col + 1 - cells.len();
            cells.resize(col + 1, Cell::Empty);
        }
        if let Cell::Text(text) | Cell::Error(text) = &cell {
            self.text_bytes += text.len();
        }
        if self.cells > CELLS_MAX || self.text_bytes > TEXT_BYTES_MAX {
            return Err(WorkbookError::TooMuch);
        }
        if let Some(place) = cells.get_mut(col) {
            *place = cell;
        }
        Ok(())
    }

    fn merge(&mut self, rows: (usize, usize), cols: (usize, usize)) -> Result<(), WorkbookError> {
        if rows.1 < rows.0 || cols.1 < cols.0 {
            return Ok(());
        }
        let Some(sheet) = self.workbook.sheets.last_mut() else {
            return Ok(());
        };
        if sheet.merges.len() >= IMPORT_MERGES_MAX {
            return Err(WorkbookError::TooMuch);
        }
        sheet.merges.push(domain::book::import::Merge {
            first_row: rows.0,
            last_row: rows.1,
            first_col: cols.0,
            last_col: cols.1,
        });
        Ok(())
    }
}

/// A text cell. A longer text keeps one character more than is allowed: no field
/// of a book is as long, so its row is refused and the rest of the book is not.
fn text(content: &str) -> Cell {
    match content.char_indices().nth(IMPORT_CELL_CHARS_MAX + 1) {
        Some((end, _)) => Cell::Text(content.get(..end).unwrap_or_default().to_owned()),
        None => Cell::Text(content.to_owned()),
    }
}
