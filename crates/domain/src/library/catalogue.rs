//! A file of a catalogue becomes items, all or none.
//!
//! ```text
//!   Điều 1. ... độ Tối mật:      level and article
//!     1. Thông tin về ...        clause: an item, or the lead of its points
//!        a) ...                  point: an item
//! ```
//!
//! Numbers must go on one by one; where they do not, a row is missing or doubled, and
//! the row is named with the number that was expected. Articles on coming into force
//! and the like are passed over.

use std::collections::BTreeSet;

use law::Level;
use vanban::text::{fold, squeeze};

use super::marks::{self, Mark};
use crate::book::import::{Cell, Sheet};
use crate::{Refusal, limits};

/// A line of a file as people count them, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub row: usize,
    pub text: String,
}

/// An item of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub row: usize,
    pub level: Level,
    /// Empty where the file has none.
    pub article: String,
    pub clause: String,
    pub point: String,
    pub text: String,
}

/// A row that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub row: usize,
    pub refusal: Refusal,
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    pub items: Vec<Item>,
    pub faults: Vec<Fault>,
    /// Rows that are no item: preamble, closing articles, signature.
    pub passed: Vec<Line>,
}

/// Reads paragraphs.
///
/// # Errors
/// `LIB-12` no item in it; `LIB-13` too many rows.
pub fn of_lines(lines: &[Line]) -> Result<Read, Refusal> {
    bounded(lines.len())?;
    let mut reader = Reader::default();
    for line in joined(lines) {
        reader.line(&line);
    }
    reader.finish()
}

/// Reads a sheet: columns with headings (Điều, Khoản, Điểm, Độ mật, Nội dung), or
/// lines as in a document.
///
/// # Errors
/// As [`of_lines`].
pub fn of_sheet(sheet: &Sheet) -> Result<Read, Refusal> {
    bounded(sheet.rows.len())?;
    let rows: Vec<(usize, Vec<String>)> = sheet
        .rows
        .iter()
        .enumerate()
        .map(|(at, cells)| {
            let texts = cells.iter().map(|cell: &Cell| squeeze(&cell.text()));
            (at + 1, texts.collect())
        })
        .collect();
    let heading = rows
        .iter()
        .take(limits::IMPORT_HEADER_SEARCH_ROWS)
        .position(|(_, cells)| Columns::of(cells).is_some());
    let found = heading.and_then(|at| Some((at, Columns::of(&rows.get(at)?.1)?)));
    let Some((at, columns)) = found else {
        let lines: Vec<Line> = rows
            .iter()
            .map(|(row, cells)| Line {
                row: *row,
                text: as_line(cells),
            })
            .collect();
        return of_lines(&lines);
    };
    let mut reader = Reader::default();
    for (row, cells) in rows.iter().skip(at + 1) {
        columns.row(&mut reader, *row, cells);
    }
    reader.finish()
}

fn bounded(rows: usize) -> Result<(), Refusal> {
    if rows > limits::CATALOGUE_ROWS_MAX {
        return Err(Refusal::new("LIB-13")
            .on("file")
            .arg("max", limits::CATALOGUE_ROWS_MAX));
    }
    Ok(())
}

/// The cells of a row as one line; a number or letter alone in its cell gets its sign.
fn as_line(cells: &[String]) -> String {
    let mut filled = cells.iter().filter(|cell| !cell.is_empty());
    let Some(first) = filled.next() else {
        return String::new();
    };
    let rest: Vec<&str> = filled.map(String::as_str).collect();
    if rest.is_empty() {
        return first.clone();
    }
    format!("{} {}", with_sign(first), rest.join(" "))
}

fn with_sign(label: &str) -> String {
    if label.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{label}.")
    } else if marks::letter_place(label).is_some() {
        format!("{label})")
    } else {
        label.to_owned()
    }
}

/// Lines without empty ones; a number alone (a cell of a table) goes to the next line.
fn joined(lines: &[Line]) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut label: Option<Line> = None;
    for line in lines {
        let text = squeeze(&line.text);
        if text.is_empty() {
            continue;
        }
        let signed = with_sign(&text);
        if signed != text && label.is_none() {
            label = Some(Line {
                row: line.row,
                text: signed,
            });
            continue;
        }
        match label.take() {
            Some(label) => out.push(Line {
                row: label.row,
                text: format!("{} {text}", label.text),
            }),
            None => out.push(Line {
                row: line.row,
                text,
            }),
        }
    }
    out.extend(label);
    out
}

/// Text that waits for its end: the next lines may go on with it.
#[derive(Debug, Clone, Default)]
struct Open {
    row: usize,
    text: String,
    level: Option<Level>,
    /// It is the lead of points, so no item itself.
    leads: bool,
}

#[derive(Debug, Default)]
struct Reader {
    read: Read,
    level: Option<Level>,
    article: String,
    article_number: u32,
    /// The file has articles; else its sections stand for them.
    has_articles: bool,
    article_text: Option<Open>,
    clause_number: u32,
    clause: Option<Open>,
    point_next: usize,
    point: Option<Open>,
    /// In an article that is no list of secrets.
    outside: bool,
    ended: bool,
    places: BTreeSet<(String, String, String)>,
}

impl Reader {
    fn line(&mut self, line: &Line) {
        let row = line.row;
        let mark = marks::mark(&line.text);
        // What is issued with a decision stands after its signature.
        if self.read.items.is_empty() && matches!(mark, Mark::Article(..) | Mark::Section(..)) {
            self.ended = false;
        }
        if self.ended || closes(&line.text) {
            self.close_article();
            self.ended = true;
            self.read.passed.push(line.clone());
            return;
        }
        match mark {
            Mark::Article(number, rest) => self.article(row, number, &rest),
            Mark::Section(level, label) => self.section(level, &label),
            _ if self.outside => self.read.passed.push(line.clone()),
            Mark::Clause(number, rest) => match marks::section(&rest) {
                Some(level) => {
                    self.level = Some(level);
                    self.clause_mark(row, number, "");
                }
                None => self.clause_mark(row, number, &rest),
            },
            Mark::Point(place, rest) => self.point_mark(row, place, &rest),
            Mark::Plain(text) => self.go_on(row, text),
        }
    }

    fn article(&mut self, row: usize, number: u32, heading: &str) {
        self.close_article();
        let again = number == 1 && self.read.items.is_empty();
        if !again {
            self.expect(
                row,
                format!("Điều {}", self.article_number + 1),
                format!("Điều {number}"),
            );
        }
        self.article_number = number;
        self.article = number.to_string();
        self.has_articles = true;
        self.clause_number = 0;
        self.level = marks::level_in(heading);
        self.outside = self.level.is_none() && is_other(heading);
        let rest = match (self.level, heading.split_once(':')) {
            (Some(_), Some((_, rest))) => rest.trim(),
            _ => "",
        };
        self.article_text = Some(self.open(row, rest));
    }

    fn section(&mut self, level: Level, label: &str) {
        self.close_clause();
        self.level = Some(level);
        if self.has_articles && !self.outside {
            return;
        }
        self.outside = false;
        self.clause_number = 0;
        self.article = if label.is_empty() {
            level.label_vi().to_owned()
        } else {
            format!("Mục {label}")
        };
    }

    fn clause_mark(&mut self, row: usize, number: u32, text: &str) {
        self.close_clause();
        self.expect(
            row,
            format!("khoản {}", self.clause_number + 1),
            format!("khoản {number}"),
        );
        self.lead_article();
        self.clause_number = number;
        self.clause = Some(self.open(row, text));
    }

    fn point_mark(&mut self, row: usize, place: usize, text: &str) {
        self.close_point();
        self.expect(
            row,
            format!("điểm {}", marks::letter(self.point_next)),
            format!("điểm {}", marks::letter(place)),
        );
        self.lead_article();
        if let Some(clause) = &mut self.clause {
            clause.leads = true;
        }
        self.point_next = place + 1;
        self.point = Some(self.open(row, text));
    }

    fn open(&self, row: usize, text: &str) -> Open {
        Open {
            row,
            text: text.to_owned(),
            level: self.level,
            leads: false,
        }
    }

    /// The article's own words lead its clauses and points.
    fn lead_article(&mut self) {
        if let Some(article) = &mut self.article_text {
            article.leads = true;
        }
    }

    fn go_on(&mut self, row: usize, text: String) {
        let open = self
            .point
            .as_mut()
            .or(self.clause.as_mut())
            .or(self.article_text.as_mut().filter(|_| self.level.is_some()));
        match open {
            Some(open) => {
                if !open.text.is_empty() {
                    open.text.push(' ');
                }
                open.text.push_str(&text);
            }
            None => self.read.passed.push(Line { row, text }),
        }
    }

    fn close_point(&mut self) {
        let Some(mut open) = self.point.take() else {
            return;
        };
        let lead = self.clause.as_ref().map_or("", |clause| &clause.text);
        let lead = lead.trim_end_matches([':', ';', '.', ' ']);
        if !lead.is_empty() && !open.text.is_empty() {
            open.text = format!("{lead}: {}", open.text);
        }
        let point = marks::letter(self.point_next.saturating_sub(1));
        self.item(&open, &point);
    }

    fn close_clause(&mut self) {
        self.close_point();
        self.point_next = 0;
        if let Some(open) = self.clause.take().filter(|open| !open.leads) {
            self.item(&open, "");
        }
    }

    fn close_article(&mut self) {
        self.close_clause();
        let own = self.article_text.take();
        if let Some(open) = own.filter(|open| !open.leads && !open.text.is_empty()) {
            self.item(&open, "");
        }
    }

    fn expect(&mut self, row: usize, expected: String, found: String) {
        if expected != found {
            let refusal = Refusal::new("LIB-11")
                .arg("expected", expected)
                .arg("found", found);
            self.fault(row, refusal);
        }
    }

    fn fault(&mut self, row: usize, refusal: Refusal) {
        self.read.faults.push(Fault { row, refusal });
    }

    fn item(&mut self, open: &Open, point: &str) {
        let row = open.row;
        let text = open.text.trim_end_matches([';', '.', ' ']).trim();
        let clause = match self.clause_number {
            0 => String::new(),
            number => number.to_string(),
        };
        let Some(level) = open.level else {
            return self.fault(row, Refusal::new("LIB-10"));
        };
        if text.is_empty() {
            return self.fault(row, Refusal::new("LIB-14"));
        }
        if text.chars().count() > limits::RESULT_CHARS_MAX {
            let refusal = Refusal::new("LIB-15").arg("max", limits::RESULT_CHARS_MAX);
            return self.fault(row, refusal);
        }
        let place = (self.article.clone(), clause, point.to_owned());
        if !self.places.insert(place.clone()) {
            return self.fault(row, Refusal::new("LIB-16"));
        }
        let (article, clause, point) = place;
        self.read.items.push(Item {
            row,
            level,
            article,
            clause,
            point,
            text: text.to_owned(),
        });
    }

    fn finish(mut self) -> Result<Read, Refusal> {
        self.close_article();
        if self.read.items.is_empty() && self.read.faults.is_empty() {
            return Err(Refusal::new("LIB-12").on("file"));
        }
        self.read.faults.sort_by_key(|fault| fault.row);
        Ok(self.read)
    }
}

/// Columns of a sheet by their headings.
#[derive(Debug, Default)]
struct Columns {
    article: Option<usize>,
    clause: Option<usize>,
    point: Option<usize>,
    level: Option<usize>,
    text: Option<usize>,
}

impl Columns {
    fn of(cells: &[String]) -> Option<Self> {
        let mut columns = Self::default();
        let mut ordinal = None;
        for (at, cell) in cells.iter().enumerate() {
            let heading = fold(cell);
            let place = match heading.as_str() {
                "dieu" => &mut columns.article,
                "khoan" => &mut columns.clause,
                "diem" => &mut columns.point,
                "do mat" | "muc do mat" => &mut columns.level,
                "stt" | "tt" | "so tt" | "so thu tu" => &mut ordinal,
                _ if heading.starts_with("noi dung") || heading.starts_with("danh muc") => {
                    &mut columns.text
                }
                _ => continue,
            };
            place.get_or_insert(at);
        }
        let placed = columns.clause.is_some() || columns.level.is_some();
        if columns.clause.is_none() && columns.point.is_none() {
            columns.clause = ordinal;
        }
        (columns.text.is_some() && (placed || columns.article.is_some())).then_some(columns)
    }

    fn row(&self, reader: &mut Reader, row: usize, cells: &[String]) {
        let cell = |at: Option<usize>| {
            at.and_then(|at| cells.get(at))
                .map_or("", |text| text.as_str())
        };
        let mut filled = cells.iter().filter(|cell| !cell.is_empty());
        let Some(first) = filled.next() else { return };
        let alone = filled.next().is_none();
        if alone && !matches!(marks::mark(first), Mark::Plain(_)) {
            return reader.line(&Line {
                row,
                text: first.clone(),
            });
        }
        let (text, level) = (cell(self.text), cell(self.level));
        let article = number(cell(self.article), "dieu");
        if let Some(number) = article.filter(|number| *number != reader.article_number) {
            let kept = reader.level;
            reader.article(row, number, "");
            (reader.level, reader.outside) = (kept, false);
        }
        if !level.is_empty() {
            reader.level = marks::level_in(level);
        }
        let point = cell(self.point).trim_end_matches([')', '.']);
        let clause = number(cell(self.clause), "khoan");
        match (clause, marks::letter_place(point)) {
            (Some(number), None) => reader.clause_mark(row, number, text),
            (Some(number), Some(place)) => {
                if number != reader.clause_number || reader.clause.is_none() {
                    reader.clause_mark(row, number, "");
                }
                reader.point_mark(row, place, text);
            }
            (None, Some(place)) => reader.point_mark(row, place, text),
            (None, None) => reader.go_on(row, text.to_owned()),
        }
    }
}

/// A number with or without its word: `2`, `Điều 2`, `2.`.
fn number(cell: &str, word: &str) -> Option<u32> {
    let folded = fold(cell);
    let bare = folded.strip_prefix(word).unwrap_or(&folded);
    bare.trim().trim_end_matches(['.', ')']).parse().ok()
}

/// An article that is not a list: coming into force, duties, scope.
fn is_other(heading: &str) -> bool {
    let folded = fold(heading);
    [
        "hieu luc",
        "trach nhiem",
        "thi hanh",
        "thuc hien",
        "pham vi dieu chinh",
        "doi tuong ap dung",
        "giai thich",
        "ban hanh kem theo",
    ]
    .iter()
    .any(|words| folded.contains(words))
}

/// The text ends here: recipients, signature.
fn closes(line: &str) -> bool {
    let folded = fold(line);
    folded.starts_with("noi nhan")
        || ["tm. ", "kt. ", "tl. ", "q. "]
            .iter()
            .any(|sign| folded.starts_with(sign))
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
