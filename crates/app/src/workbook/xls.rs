//! Workbooks of Excel 97 to 2003 (MS-XLS, BIFF8 in a compound file).

mod records;
mod strings;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use domain::book::import::{Cell, Epoch, date_of_serial};

use self::records::{Record, Records};
use super::{FILE_BYTES_MAX, Gather, SHEETS_MAX, Workbook, WorkbookError, text};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;

pub(super) fn read(bytes: &[u8]) -> Result<Workbook, WorkbookError> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes))
        .map_err(|_| WorkbookError::damaged("container"))?;
    if file.is_stream("/EncryptedPackage") {
        return Err(WorkbookError::Encrypted);
    }
    if !file.is_stream("/Workbook") {
        return Err(if file.is_stream("/Book") {
            WorkbookError::OldFormat
        } else {
            WorkbookError::NotAWorkbook
        });
    }
    let damaged = |_| WorkbookError::damaged("Workbook");
    let mut stream = Vec::new();
    file.open_stream("/Workbook")
        .map_err(damaged)?
        .take(FILE_BYTES_MAX)
        .read_to_end(&mut stream)
        .map_err(damaged)?;
    let book = Globals::read(&stream)?;
    let mut gather = Gather::default();
    for listed in &book.sheets {
        if listed.hidden {
            gather.hide(&listed.name)?;
        } else {
            gather.open(&listed.name)?;
            book.sheet(&stream, listed, &mut gather)?;
        }
    }
    Ok(gather.workbook)
}

/// A sheet as the workbook lists it.
struct Listed {
    offset: usize,
    name: String,
    hidden: bool,
}

/// What the sheets need of the workbook.
struct Globals {
    epoch: Epoch,
    /// For each cell format: its numbers are dates.
    dates: Vec<bool>,
    strings: Vec<String>,
    sheets: Vec<Listed>,
}

impl Globals {
    fn read(stream: &[u8]) -> Result<Self, WorkbookError> {
        let damaged = || WorkbookError::damaged("Workbook");
        let mut records = Records::new(stream, 0);
        let first = records.next().ok_or_else(damaged)?;
        if first.kind != BOF {
            return Err(damaged());
        }
        if first.u16(0) != Some(0x0600) {
            return Err(WorkbookError::OldFormat);
        }
        let mut custom: BTreeMap<u16, bool> = BTreeMap::new();
        let mut formats = Vec::new();
        let mut globals = Self {
            epoch: Epoch::Y1900,
            dates: Vec::new(),
            strings: Vec::new(),
            sheets: Vec::new(),
        };
        for record in records {
            match record.kind {
                0x002f => return Err(WorkbookError::Encrypted),
                0x0022 if record.u16(0) == Some(1) => globals.epoch = Epoch::Y1904,
                0x041e => {
                    let pattern = strings::long(&record, 2).ok_or_else(damaged)?;
                    let index = record.u16(0).ok_or_else(damaged)?;
                    custom.insert(index, is_date_pattern(&pattern));
                }
                0x00e0 => formats.push(record.u16(2).ok_or_else(damaged)?),
                0x0085 => globals.list(&record).ok_or_else(damaged)?,
                0x00fc => globals.strings = strings::table(&record).ok_or_else(damaged)?,
                EOF => break,
                _ => {}
            }
        }
        globals.dates = formats
            .into_iter()
            .map(|format| {
                custom
                    .get(&format)
                    .copied()
                    .unwrap_or(matches!(format, 14..=17 | 22 | 27..=31 | 34..=36 | 50..=58))
            })
            .collect();
        globals.check()?;
        Ok(globals)
    }

    fn list(&mut self, record: &Record<'_>) -> Option<()> {
        let offset = usize::try_from(record.u32(0)?).ok()?;
        let state = record.byte(4)? & 0x03;
        let is_sheet = record.byte(5)? == 0;
        let name = strings::short(record, 6)?;
        if is_sheet {
            self.sheets.push(Listed {
                offset,
                name,
                hidden: state != 0,
            });
        }
        Some(())
    }

    /// Sheets that share their records would be read again and again.
    fn check(&self) -> Result<(), WorkbookError> {
        let offsets: BTreeSet<usize> = self.sheets.iter().map(|sheet| sheet.offset).collect();
        if self.sheets.len() > SHEETS_MAX {
            return Err(WorkbookError::TooMuch);
        }
        if offsets.len() != self.sheets.len() {
            return Err(WorkbookError::damaged("Workbook"));
        }
        Ok(())
    }

    fn sheet(
        &self,
        stream: &[u8],
        listed: &Listed,
        gather: &mut Gather,
    ) -> Result<(), WorkbookError> {
        let damaged = || WorkbookError::damaged(listed.name.as_str());
        let mut records = Records::new(stream, listed.offset);
        if records.next().is_none_or(|record| record.kind != BOF) {
            return Err(damaged());
        }
        // Charts inside the sheet have cells of their own.
        let mut depth = 0_usize;
        let mut formula = None;
        for record in records {
            match record.kind {
                BOF => depth += 1,
                EOF if depth == 0 => return Ok(()),
                EOF => depth -= 1,
                _ if depth > 0 => {}
                0x0207 => {
                    if let Some((row, col)) = formula.take() {
                        let content = strings::long(&record, 0).ok_or_else(damaged)?;
                        gather.put(row, col, text(&content))?;
                    }
                }
                0x00e5 => merges(&record, gather)?,
                0x00bd => self.several(&record, gather)?.ok_or_else(damaged)?,
                0x0006 | 0x0203 | 0x0204 | 0x0205 | 0x027e | 0x00fd => {
                    let (row, col, cell) = self.cell(&record).ok_or_else(damaged)?;
                    if record.kind == 0x0006 {
                        formula = Some((row, col));
                    }
                    gather.put(row, col, cell)?;
                }
                _ => {}
            }
        }
        Err(damaged())
    }

    fn cell(&self, record: &Record<'_>) -> Option<(usize, usize, Cell)> {
        let (row, col) = (record.u16(0)?, record.u16(2)?);
        let format = record.u16(4)?;
        let cell = match record.kind {
            0x0203 => self.number(record.f64(6)?, format),
            0x027e => self.number(packed(record.u32(6)?), format),
            0x00fd => {
                let index = usize::try_from(record.u32(6)?).ok()?;
                text(self.strings.get(index)?)
            }
            0x0204 => text(&strings::long(record, 6)?),
            0x0205 => coded(record.byte(6)?, record.byte(7)? == 1),
            _ if record.u16(12)? != 0xffff => self.number(record.f64(6)?, format),
            _ => match record.byte(6)? {
                1 => coded(record.byte(8)?, false),
                2 => coded(record.byte(8)?, true),
                // A text follows in its own record.
                _ => Cell::Empty,
            },
        };
        Some((usize::from(row), usize::from(col), cell))
    }

    /// Numbers side by side in one record.
    fn several(
        &self,
        record: &Record<'_>,
        gather: &mut Gather,
    ) -> Result<Option<()>, WorkbookError> {
        let (Some(row), Some(first)) = (record.u16(0), record.u16(2)) else {
            return Ok(None);
        };
        let count = record.len().saturating_sub(6) / 6;
        for index in 0..count {
            let at = 4 + index * 6;
            let (Some(format), Some(bits)) = (record.u16(at), record.u32(at + 2)) else {
                return Ok(None);
            };
            let cell = self.number(packed(bits), format);
            gather.put(usize::from(row), usize::from(first) + index, cell)?;
        }
        Ok(Some(()))
    }

    fn number(&self, number: f64, format: u16) -> Cell {
        let is_date = self.dates.get(usize::from(format)).copied() == Some(true);
        match date_of_serial(number, self.epoch) {
            Some(date) if is_date && number >= 1.0 => Cell::Date(date),
            _ => Cell::Number(number),
        }
    }
}

fn merges(record: &Record<'_>, gather: &mut Gather) -> Result<(), WorkbookError> {
    let count = record.u16(0).map_or(0, usize::from);
    for index in 0..count {
        let part = |offset: usize| record.u16(2 + index * 8 + offset).map(usize::from);
        let (Some(top), Some(bottom), Some(left), Some(right)) =
            (part(0), part(2), part(4), part(6))
        else {
            return Err(WorkbookError::damaged("Workbook"));
        };
        gather.merge((top, bottom), (left, right))?;
    }
    Ok(())
}

/// RkNumber (MS-XLS 2.5.217): 30 bits of an integer or of a double, or a hundredth.
fn packed(bits: u32) -> f64 {
    let number = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & 0xffff_fffc) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 {
        number
    } else {
        number / 100.0
    }
}

/// Bes (MS-XLS 2.5.10): a truth value or an error.
fn coded(value: u8, is_error: bool) -> Cell {
    if !is_error {
        return Cell::Bool(value != 0);
    }
    let name = match value {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    };
    Cell::Error(name.to_owned())
}

/// A number pattern that shows a day: `dd/mm/yyyy`, `[$-42A]d "tháng" m`.
fn is_date_pattern(pattern: &str) -> bool {
    let mut letters = BTreeSet::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            '[' => while chars.next().is_some_and(|c| c != ']') {},
            '\\' | '_' | '*' => {
                chars.next();
            }
            ';' => break,
            _ if c.is_alphabetic() => {
                letters.extend(c.to_lowercase());
            }
            _ => {}
        }
    }
    let known = letters
        .iter()
        .all(|c| matches!(c, 'd' | 'm' | 'y' | 'h' | 's' | 'a' | 'p' | 'e' | 'g' | 'b'));
    known && (letters.contains(&'d') || letters.contains(&'y'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers() {
        assert!((packed(0x3ff0_0000) - 1.0).abs() < f64::EPSILON);
        assert!((packed((45_356 << 2) | 2) - 45_356.0).abs() < f64::EPSILON);
        assert!((packed((150 << 2) | 3) - 1.5).abs() < f64::EPSILON);
        assert!((packed(((-7_i32) << 2).cast_unsigned() | 2) + 7.0).abs() < f64::EPSILON);
    }

    #[test]
    fn patterns_of_dates() {
        for pattern in [
            "dd/mm/yyyy",
            "d/m/yy;@",
            "[$-42A]dd \"tháng\" mm",
            "yyyy\\-mm\\-dd",
            "m/d/yy h:mm",
        ] {
            assert!(is_date_pattern(pattern), "{pattern}");
        }
        for pattern in [
            "General",
            "Standard",
            "0.00",
            "h:mm:ss",
            "\"ngày\" 0",
            "@",
            "#,##0 \\d",
            "[Red]0",
        ] {
            assert!(!is_date_pattern(pattern), "{pattern}");
        }
    }
}
