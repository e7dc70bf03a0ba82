//! `content.xml` and `styles.xml` of OpenDocument.

use crate::content::{Piece, Place, Sink};
use crate::formats::legacy_font::{self, Encoding};
use crate::formats::xml::{self, Fault, Walk, attribute};
use quick_xml::events::BytesStart;
use std::collections::BTreeMap;

/// How text under a style looks.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    encoding: Option<Encoding>,
    hidden: bool,
    bold: bool,
}

/// Styles by name, and the fonts they name.
#[derive(Debug, Default)]
pub(super) struct Looks {
    /// Name of a font in the document to its encoding.
    fonts: BTreeMap<String, Encoding>,
    styles: BTreeMap<String, Look>,
}

/// Reads a part; styles that it defines are kept for the parts after it.
///
/// # Errors
/// [`Fault`] as [`xml::walk`].
pub(super) fn read(bytes: &[u8], looks: &mut Looks, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut walker = Content {
        looks,
        sink,
        places: Vec::new(),
        paragraphs: Vec::new(),
        style: None,
        name: Vec::new(),
        cells: Vec::new(),
        columns: Columns::default(),
        page: None,
        loose: None,
    };
    let done = xml::walk(bytes, &mut walker);
    let mut rest = Ok(());
    while rest.is_ok() && !walker.paragraphs.is_empty() {
        rest = walker.end_paragraph();
    }
    done.and(rest)
}

/// An open paragraph. Frames hold paragraphs inside the paragraph that anchors them.
struct Paragraph {
    base: Look,
    /// Styles of the spans that are open.
    spans: Vec<Look>,
    stretches: Vec<(Look, String)>,
}

struct Content<'l, 's> {
    looks: &'l mut Looks,
    sink: &'s mut dyn Sink,
    places: Vec<Place>,
    paragraphs: Vec<Paragraph>,
    /// The style that is being defined.
    style: Option<(String, Look)>,
    /// Open elements whose end matters, by name.
    name: Vec<Open>,
    /// Looks of the open table cells.
    cells: Vec<Look>,
    columns: Columns,
    page: Option<u32>,
    /// Text of an element that is no paragraph, and where it goes, if anywhere.
    loose: Option<(Option<Place>, String)>,
}

/// Looks of the columns of a table, for cells that have none of their own.
#[derive(Default)]
struct Columns {
    looks: Vec<Option<Look>>,
    /// The column of the next cell.
    next: usize,
}

/// Columns of a table that are told apart.
const COLUMNS_MAX: usize = 1_024;

/// What the end of an element undoes.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    Place,
    Cell,
    Paragraph,
    Span,
    Style,
    Loose,
}

impl Content<'_, '_> {
    fn place(&self) -> Place {
        self.places.last().copied().unwrap_or(Place::Body)
    }

    fn say(&mut self, place: Place, text: &str, emphasised: bool) -> Result<(), Fault> {
        for line in text.split('\n').filter(|line| !line.trim().is_empty()) {
            self.sink.piece(Piece {
                page: self.page,
                emphasised,
                ..Piece::new(place, line)
            })?;
        }
        Ok(())
    }

    fn end_paragraph(&mut self) -> Result<(), Fault> {
        let Some(paragraph) = self.paragraphs.pop() else {
            return Ok(());
        };
        let (mut shown, mut hidden) = (String::new(), String::new());
        let (mut letters, mut bold) = (0, 0);
        for (look, text) in paragraph.stretches {
            letters += text.len();
            if look.bold {
                bold += text.len();
            }
            let out = if look.hidden { &mut hidden } else { &mut shown };
            match look.encoding {
                Some(encoding) => out.push_str(&legacy_font::decode(encoding, &text)),
                None => out.push_str(&text),
            }
        }
        let emphasised = letters > 0 && bold * 2 > letters;
        self.say(self.place(), &shown, emphasised)?;
        self.say(Place::Hidden, &hidden, emphasised)
    }

    fn push(&mut self, text: &str) {
        if let Some((_, loose)) = &mut self.loose {
            loose.push_str(text);
            return;
        }
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        let look = paragraph.spans.last().copied().unwrap_or(paragraph.base);
        match paragraph.stretches.last_mut() {
            Some((last, out))
                if last.encoding == look.encoding
                    && last.hidden == look.hidden
                    && last.bold == look.bold =>
            {
                out.push_str(text);
            }
            _ => paragraph.stretches.push((look, text.to_owned())),
        }
    }

    fn look(&self, element: &BytesStart<'_>, base: Look) -> Look {
        let found = attribute(element, "style-name")
            .or_else(|| attribute(element, "class-name"))
            .and_then(|name| self.looks.styles.get(&name).copied());
        match found {
            Some(look) => Look {
                encoding: look.encoding.or(base.encoding),
                hidden: look.hidden || base.hidden,
                bold: look.bold || base.bold,
            },
            None => base,
        }
    }

    fn paragraph(&mut self, element: &BytesStart<'_>) {
        let cell = self.cells.last().copied().unwrap_or_default();
        let base = self.look(element, cell);
        self.paragraphs.push(Paragraph {
            base,
            spans: Vec::new(),
            stretches: Vec::new(),
        });
    }

    /// Whether the span stands in a paragraph.
    fn span(&mut self, element: &BytesStart<'_>) -> bool {
        let base = self.paragraphs.last().map_or(Look::default(), |paragraph| {
            paragraph.spans.last().copied().unwrap_or(paragraph.base)
        });
        let look = self.look(element, base);
        match self.paragraphs.last_mut() {
            Some(paragraph) => {
                paragraph.spans.push(look);
                true
            }
            None => false,
        }
    }

    fn column(&mut self, element: &BytesStart<'_>) {
        let look = attribute(element, "default-cell-style-name")
            .and_then(|name| self.looks.styles.get(&name).copied());
        for _ in 0..repeated(element) {
            if self.columns.looks.len() < COLUMNS_MAX {
                self.columns.looks.push(look);
            }
        }
    }

    fn cell(&mut self, element: &BytesStart<'_>) {
        let column = self.columns.looks.get(self.columns.next).copied().flatten();
        self.columns.next = self.columns.next.saturating_add(repeated(element));
        let own =
            attribute(element, "style-name").and_then(|name| self.looks.styles.get(&name).copied());
        self.cells.push(own.or(column).unwrap_or_default());
    }

    fn style_text(&mut self, element: &BytesStart<'_>) {
        let encoding = ["font-name", "font-family"].iter().find_map(|key| {
            let font = attribute(element, key)?;
            let font = font.trim_matches('\'');
            self.looks
                .fonts
                .get(font)
                .copied()
                .or_else(|| legacy_font::encoding(font))
        });
        let hidden = attribute(element, "display").is_some_and(|value| value == "none")
            || attribute(element, "color")
                .is_some_and(|value| value.eq_ignore_ascii_case("#ffffff"));
        let bold = attribute(element, "font-weight").is_some_and(|value| value == "bold");
        if let Some((_, look)) = &mut self.style {
            look.encoding = encoding.or(look.encoding);
            look.hidden |= hidden;
            look.bold |= bold;
        }
    }

    fn place_of(name: &str) -> Option<Place> {
        Some(match name {
            "header" | "header-left" | "header-first" => Place::Header,
            "footer" | "footer-left" | "footer-first" => Place::Footer,
            "note-body" | "notes" => Place::Note,
            "annotation" => Place::Comment,
            "text-box" | "custom-shape" | "rect" | "ellipse" | "line" | "polygon" | "path" => {
                Place::TextBox
            }
            "deletion" => Place::Deleted,
            "table-cell" | "covered-table-cell" => Place::TableCell,
            "hidden-paragraph" => Place::Hidden,
            _ => return None,
        })
    }

    fn names(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        let key = match name {
            "table" | "section" | "named-range" | "bookmark" | "bookmark-start" => "name",
            "page" => {
                self.page = Some(self.page.unwrap_or(0).saturating_add(1));
                "name"
            }
            "user-defined" => "name",
            "user-field-decl" => "string-value",
            "hidden-text" => "string-value",
            _ => return Ok(()),
        };
        let place = if name == "hidden-text" {
            Place::Hidden
        } else {
            Place::Label
        };
        match attribute(element, key) {
            Some(text) if !text.starts_with('_') => self.say(place, &text, false),
            _ => Ok(()),
        }
    }
}

/// How many columns an element stands for.
fn repeated(element: &BytesStart<'_>) -> usize {
    attribute(element, "number-columns-repeated")
        .and_then(|count| count.parse::<usize>().ok())
        .unwrap_or(1)
        .min(COLUMNS_MAX)
}

impl Walk for Content<'_, '_> {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        self.names(name, element)?;
        let mut undo = Open::Nothing;
        match name {
            "font-face" => {
                let family = attribute(element, "font-family").unwrap_or_default();
                let encoding = legacy_font::encoding(family.trim_matches('\''));
                if let (Some(font), Some(encoding)) = (attribute(element, "name"), encoding) {
                    self.looks.fonts.insert(font, encoding);
                }
            }
            "style" | "default-style" => {
                let style = attribute(element, "name").unwrap_or_default();
                let base = attribute(element, "parent-style-name")
                    .and_then(|parent| self.looks.styles.get(&parent).copied())
                    .unwrap_or_default();
                self.style = Some((style, base));
                undo = Open::Style;
            }
            "text-properties" => self.style_text(element),
            "p" | "h" => {
                self.paragraph(element);
                undo = Open::Paragraph;
            }
            "span" if self.span(element) => undo = Open::Span,
            "tab" => self.push("\t"),
            "line-break" => self.push("\n"),
            "s" => {
                let count = attribute(element, "c")
                    .and_then(|count| count.parse::<usize>().ok())
                    .unwrap_or(1);
                self.push(&" ".repeat(count.min(100)));
            }
            "title" | "desc" | "creator" => {
                self.loose = Some((Some(Place::Label), String::new()));
                undo = Open::Loose;
            }
            "date" | "date-string" | "note-citation" => {
                self.loose = Some((None, String::new()));
                undo = Open::Loose;
            }
            "table" => self.columns = Columns::default(),
            "table-row" => self.columns.next = 0,
            "table-column" => self.column(element),
            _ => {
                if let Some(place) = Self::place_of(name) {
                    let place = match (place, self.place()) {
                        (Place::TableCell, outer) if outer != Place::Body => outer,
                        (place, _) => place,
                    };
                    self.places.push(place);
                    undo = Open::Place;
                    if name.ends_with("table-cell") {
                        self.cell(element);
                        undo = Open::Cell;
                    }
                }
            }
        }
        self.name.push(undo);
        Ok(())
    }

    fn close(&mut self, _: &str) -> Result<(), Fault> {
        match self.name.pop().unwrap_or(Open::Nothing) {
            Open::Nothing => Ok(()),
            Open::Place => {
                self.places.pop();
                Ok(())
            }
            Open::Cell => {
                self.places.pop();
                self.cells.pop();
                Ok(())
            }
            Open::Paragraph => self.end_paragraph(),
            Open::Span => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.spans.pop();
                }
                Ok(())
            }
            Open::Style => {
                if let Some((name, look)) = self.style.take() {
                    self.looks.styles.insert(name, look);
                }
                Ok(())
            }
            Open::Loose => match self.loose.take() {
                Some((Some(place), text)) => self.say(place, &text, false),
                _ => Ok(()),
            },
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        self.push(text);
        Ok(())
    }
}
