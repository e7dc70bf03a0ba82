//! Office Open XML workbooks (ECMA-376), cell by cell.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};
use domain::book::import::{Cell, Epoch, date_of_serial};
use law::LegalDate;

use super::{Gather, Workbook, WorkbookError, text};

/// Reads a workbook whose container was checked. The reader of cells is a library
/// that gives up on some malformed parts by a panic: that is a damaged file.
pub(super) fn read(bytes: &[u8]) -> Result<Workbook, WorkbookError> {
    catch_unwind(AssertUnwindSafe(|| sheets(bytes)))
        .unwrap_or_else(|_| Err(WorkbookError::damaged("workbook")))
}

fn sheets(bytes: &[u8]) -> Result<Workbook, WorkbookError> {
    let mut xlsx: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| refused(&error, "workbook"))?;
    let epoch = if xlsx.has_1904_epoch() {
        Epoch::Y1904
    } else {
        Epoch::Y1900
    };
    let listed = xlsx.sheets_metadata().to_vec();
    let mut gather = Gather::default();
    for sheet in listed {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        if sheet.visible != SheetVisible::Visible {
            gather.hide(&sheet.name)?;
            continue;
        }
        gather.open(&sheet.name)?;
        let mut cells = xlsx
            .worksheet_cells_reader(&sheet.name)
            .map_err(|error| refused(&error, &sheet.name))?;
        while let Some(found) = cells
            .next_cell()
            .map_err(|error| refused(&error, &sheet.name))?
        {
            let (row, col) = found.get_position();
            gather.put(place(row), place(col), cell(found.get_value(), epoch))?;
        }
        drop(cells);
        let merges = xlsx
            .merge_cells_by_sheet_name(&sheet.name)
            .map_err(|error| refused(&error, &sheet.name))?;
        for merge in merges {
            let (top, left) = merge.start;
            let (bottom, right) = merge.end;
            gather.merge((place(top), place(bottom)), (place(left), place(right)))?;
        }
    }
    Ok(gather.workbook)
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn cell(value: &DataRef<'_>, epoch: Epoch) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => number.to_string().parse().map_or(Cell::Empty, Cell::Number),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(content) => text(content),
        DataRef::SharedString(content) => text(content),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(value) if value.is_datetime() && value.as_f64() >= 1.0 => {
            let serial = value.as_f64();
            date_of_serial(serial, epoch).map_or(Cell::Number(serial), Cell::Date)
        }
        DataRef::DateTime(value) => Cell::Number(value.as_f64()),
        DataRef::DateTimeIso(content) => content
            .get(..10)
            .and_then(|day| LegalDate::parse(day).ok())
            .map_or_else(|| text(content), Cell::Date),
        DataRef::DurationIso(content) => text(content),
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

fn refused(error: &XlsxError, part: &str) -> WorkbookError {
    match error {
        XlsxError::Password => WorkbookError::Encrypted,
        _ => WorkbookError::damaged(part),
    }
}
