//! OpenDocument spreadsheets (ODF 1.2), one pass over `content.xml`.

use std::collections::BTreeSet;
use std::io::Cursor;

use domain::book::import::Cell;
use law::LegalDate;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{Gather, IMPORT_CELL_CHARS_MAX, Workbook, WorkbookError, container, text};

pub(super) fn read(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<Workbook, WorkbookError> {
    let mimetype = container::part(archive, "mimetype")?.unwrap_or_default();
    if !mimetype.starts_with("application/vnd.oasis.opendocument.spreadsheet") {
        return Err(WorkbookError::NotAWorkbook);
    }
    let manifest = container::part(archive, "META-INF/manifest.xml")?.unwrap_or_default();
    if manifest.contains("encryption-data") {
        return Err(WorkbookError::Encrypted);
    }
    let content = container::part(archive, "content.xml")?.unwrap_or_default();
    let mut walker = Walker::default();
    let mut reader = Reader::from_str(&content);
    reader.config_mut().expand_empty_elements = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(Event::DocType(_)) | Err(_) => return Err(WorkbookError::damaged("content.xml")),
            Ok(event) => walker.event(&event)?,
        }
    }
    if walker.depth != 0 {
        return Err(WorkbookError::damaged("content.xml"));
    }
    Ok(walker.gather.workbook)
}

/// A cell being read.
#[derive(Default)]
struct Open {
    /// Depth of its element.
    depth: usize,
    value: Option<Cell>,
    content: String,
    repeated: usize,
    rows: usize,
    cols: usize,
}

#[derive(Default)]
struct Walker {
    gather: Gather,
    depth: usize,
    /// Depth of the table that is read; none outside tables and in hidden ones.
    table: Option<usize>,
    /// Depth of a note or drawing whose text is no content of the cell.
    aside: Option<usize>,
    style: Option<String>,
    hidden_styles: BTreeSet<String>,
    row: usize,
    col: usize,
    row_repeated: usize,
    /// Cells of the row that is read, for rows that stand for several.
    cells: Vec<(usize, Cell)>,
    cell: Option<Open>,
}

impl Walker {
    fn event(&mut self, event: &Event<'_>) -> Result<(), WorkbookError> {
        match event {
            Event::Start(element) => {
                self.depth += 1;
                if self.aside.is_none() {
                    self.start(element)?;
                }
                Ok(())
            }
            Event::End(element) => {
                let depth = self.depth;
                self.depth = depth.saturating_sub(1);
                if self.aside.is_some() {
                    if self.aside == Some(depth) {
                        self.aside = None;
                    }
                    return Ok(());
                }
                self.end(element.name().0, depth)
            }
            Event::Text(content) => {
                self.say(&content.xml10_content());
                Ok(())
            }
            Event::CData(content) => {
                self.say(&content.xml10_content());
                Ok(())
            }
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(c)) => Some(c.to_string()),
                    Ok(None) => quick_xml::escape::resolve_xml_entity(&reference.xml10_content())
                        .map(str::to_owned),
                    Err(_) => None,
                };
                self.say(&resolved.unwrap_or_default());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn say(&mut self, content: &str) {
        if self.aside.is_none()
            && let Some(cell) = &mut self.cell
            // Bytes, so a few characters more than is allowed may pass here.
            && cell.content.len() <= IMPORT_CELL_CHARS_MAX * 4
        {
            cell.content.push_str(content);
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), WorkbookError> {
        match element.name().0 {
            "style:style" => self.style = attribute(element, "style:name")?,
            "style:table-properties" => {
                if attribute(element, "table:display")?.as_deref() == Some("false")
                    && let Some(style) = &self.style
                {
                    self.hidden_styles.insert(style.clone());
                }
            }
            "table:table" if self.table.is_none() && self.cell.is_none() => self.open(element)?,
            "table:table-row" if self.table.is_some() && self.cell.is_none() => {
                self.col = 0;
                self.row_repeated = count(element, "table:number-rows-repeated")?;
                self.cells.clear();
            }
            "table:table-cell" | "table:covered-table-cell"
                if self.table.is_some() && self.cell.is_none() =>
            {
                self.cell = Some(Open {
                    depth: self.depth,
                    value: value(element)?,
                    content: String::new(),
                    repeated: count(element, "table:number-columns-repeated")?,
                    rows: count(element, "table:number-rows-spanned")?,
                    cols: count(element, "table:number-columns-spanned")?,
                });
            }
            "office:annotation" | "draw:frame" | "table:shapes" | "office:forms" => {
                self.aside = Some(self.depth);
            }
            "text:p"
                if self
                    .cell
                    .as_ref()
                    .is_some_and(|cell| !cell.content.is_empty()) =>
            {
                self.say("\n");
            }
            "text:s" | "text:tab" | "text:line-break" => self.say(" "),
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), WorkbookError> {
        let name = attribute(element, "table:name")?.unwrap_or_default();
        let style = attribute(element, "table:style-name")?.unwrap_or_default();
        if self.hidden_styles.contains(&style) {
            self.aside = Some(self.depth);
            return self.gather.hide(&name);
        }
        self.table = Some(self.depth);
        self.row = 0;
        self.gather.open(&name)
    }

    fn end(&mut self, name: &str, depth: usize) -> Result<(), WorkbookError> {
        match name {
            "table:table" if self.table == Some(depth) => self.table = None,
            "table:table-row" if self.table.is_some() && self.cell.is_none() => self.end_row()?,
            "table:table-cell" | "table:covered-table-cell" => {
                if let Some(cell) = self.cell.take_if(|cell| cell.depth == depth) {
                    self.end_cell(cell, name == "table:covered-table-cell")?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end_cell(&mut self, cell: Open, covered: bool) -> Result<(), WorkbookError> {
        let content = match cell.value {
            _ if covered => Cell::Empty,
            Some(value) => value,
            None => text(&cell.content),
        };
        if cell.rows > 1 || cell.cols > 1 {
            let last_row = self.row.saturating_add(cell.rows - 1);
            let last_col = self.col.saturating_add(cell.cols - 1);
            self.gather
                .merge((self.row, last_row), (self.col, last_col))?;
        }
        if !content.is_blank() {
            for col in self.col..self.col.saturating_add(cell.repeated) {
                self.gather.put(self.row, col, content.clone())?;
                self.cells.push((col, content.clone()));
            }
        }
        self.col = self.col.saturating_add(cell.repeated);
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), WorkbookError> {
        if !self.cells.is_empty() {
            for more in 1..self.row_repeated {
                for (col, cell) in &self.cells {
                    self.gather
                        .put(self.row.saturating_add(more), *col, cell.clone())?;
                }
            }
        }
        self.row = self.row.saturating_add(self.row_repeated);
        Ok(())
    }
}

/// The value of a cell by its attributes; none for text, which is its content.
fn value(element: &BytesStart<'_>) -> Result<Option<Cell>, WorkbookError> {
    if attribute(element, "calcext:value-type")?.as_deref() == Some("error") {
        return Ok(Some(Cell::Error("#ERR".to_owned())));
    }
    let kind = attribute(element, "office:value-type")?.unwrap_or_default();
    Ok(match kind.as_str() {
        "float" | "percentage" | "currency" => attribute(element, "office:value")?
            .and_then(|number| number.parse().ok())
            .map(Cell::Number),
        "date" => attribute(element, "office:date-value")?
            .and_then(|day| LegalDate::parse(day.get(..10)?).ok())
            .map(Cell::Date),
        "boolean" => {
            attribute(element, "office:boolean-value")?.map(|value| Cell::Bool(value == "true"))
        }
        _ => None,
    })
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, WorkbookError> {
    let damaged = || WorkbookError::damaged("content.xml");
    let Some(found) = element.try_get_attribute(name).map_err(|_| damaged())? else {
        return Ok(None);
    };
    let value = found
        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
        .map_err(|_| damaged())?;
    Ok(Some(value.into_owned()))
}

/// A count of one or more; one when not given.
fn count(element: &BytesStart<'_>, name: &str) -> Result<usize, WorkbookError> {
    match attribute(element, name)? {
        Some(count) => count
            .parse::<u32>()
            .ok()
            .and_then(|count| usize::try_from(count.max(1)).ok())
            .ok_or_else(|| WorkbookError::damaged("content.xml")),
        None => Ok(1),
    }
}
