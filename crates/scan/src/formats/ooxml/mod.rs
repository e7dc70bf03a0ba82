//! Word, Excel and PowerPoint documents of ECMA-376, every part: body, heads and feet, text boxes,
//! comments, notes, what tracked changes took out, properties, label metadata, pictures, embedded files.

mod sheet;
mod slide;
mod style;
mod types;
mod word;

pub(super) use sheet::without_codes;

use super::archive::Fault;
use super::archive::zip::{self, Entry, Zip};
use super::xml::{self, Walk};
use crate::content::{Member, Picture, PictureData, Piece, Place, Sink, Stop};
use crate::limits::{Limits, PART_BYTES_MAX};
use crate::report::Reason;
use quick_xml::events::BytesStart;
use std::collections::BTreeSet;

/// Reads a document.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let package = Zip::open(bytes);
    zip::faults(&package, sink);
    let mut reader = Package {
        zip: &package,
        limits,
        sink,
    };
    reader.comment()?;
    let types = reader.types()?;
    let styles = reader.word_styles()?;
    let book = Book::of(&types);
    let workbook = reader.workbook(&book)?;
    // A name may stand twice; then both are read.
    let mut parts: Vec<(Part, String, &Entry)> = package
        .entries
        .iter()
        .filter(|entry| !entry.is_folder())
        .map(|entry| {
            let path = entry
                .name
                .replace('\\', "/")
                .trim_start_matches('/')
                .to_lowercase();
            // What was read before is not read again; else the table of types knows better than the name.
            let part = if book.holds(&path) {
                Part::Mute
            } else {
                types.part(&path).unwrap_or_else(|| Part::of(&path))
            };
            (part, path, entry)
        })
        .collect();
    parts.sort_by(|one, two| (&one.0, number(&one.1)).cmp(&(&two.0, number(&two.1))));
    for (part, path, entry) in parts {
        reader.part(part, &path, entry, &styles, &workbook)?;
    }
    Ok(())
}

/// What a part of the package is, in the order of reading.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Part {
    Word(Place),
    Sheet,
    Slide(Place),
    /// Text and attributes of unknown shape.
    Loose(Place),
    CustomProperties,
    Drawing,
    Picture,
    /// A picture of drawing commands.
    Metafile,
    File,
    /// Says nothing of its own.
    Mute,
}

impl Part {
    fn of(path: &str) -> Self {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension {
            "rels" => return Self::Mute,
            "png" | "jpg" | "jpeg" | "jpe" | "gif" | "bmp" | "tif" | "tiff" | "webp" | "jp2"
            | "heic" | "jfif" | "dib" => return Self::Picture,
            "emf" | "wmf" | "emz" | "wmz" => return Self::Metafile,
            "vml" => return Self::Drawing,
            "svg" => return Self::Loose(Place::TextBox),
            "odttf" | "fntdata" => return Self::Mute,
            _ => {}
        }
        if extension == "xml" {
            return Self::of_xml(folder, name);
        }
        match name {
            "mimetype" | "vbaproject.bin" | "vbaprojectsignature.bin" => Self::Mute,
            _ if folder.ends_with("printersettings") || folder.ends_with("activex") => Self::Mute,
            _ => Self::File,
        }
    }

    fn of_xml(folder: &str, name: &str) -> Self {
        let top = folder.split('/').next().unwrap_or("");
        let starts = |start: &str| name.starts_with(start);
        match (top, folder) {
            ("", _) if name == "[content_types].xml" => Self::Mute,
            ("docprops", _) if name == "custom.xml" => Self::CustomProperties,
            ("docprops" | "docmetadata" | "customxml", _) => Self::Loose(Place::Property),
            ("word", "word" | "word/glossary") => match name {
                "styles.xml"
                | "fonttable.xml"
                | "websettings.xml"
                | "numbering.xml"
                | "styleswitheffects.xml" => Self::Mute,
                "settings.xml" => Self::Mute,
                _ if starts("header") => Self::Word(Place::Header),
                _ if starts("footer") => Self::Word(Place::Footer),
                _ if starts("footnotes") || starts("endnotes") => Self::Word(Place::Note),
                _ if starts("comments") => Self::Word(Place::Comment),
                _ => Self::Word(Place::Body),
            },
            ("xl", "xl") => match name {
                "styles.xml" | "calcchain.xml" => Self::Mute,
                _ if starts("comments") => Self::Slide(Place::Comment),
                _ => Self::Loose(Place::Label),
            },
            ("xl", "xl/worksheets" | "xl/chartsheets" | "xl/dialogsheets" | "xl/macrosheets") => {
                Self::Sheet
            }
            ("xl", "xl/threadedcomments") => Self::Loose(Place::Comment),
            ("xl", _) if starts("comments") => Self::Slide(Place::Comment),
            ("ppt", "ppt/slides") => Self::Slide(Place::Body),
            ("ppt", "ppt/notesslides") => Self::Slide(Place::Note),
            ("ppt", "ppt/comments") => Self::Loose(Place::Comment),
            (
                "ppt",
                "ppt/slidelayouts" | "ppt/slidemasters" | "ppt/notesmasters" | "ppt/handoutmasters",
            ) => Self::Slide(Place::Header),
            ("ppt", "ppt") => Self::Loose(Place::Label),
            _ if folder.ends_with("/theme") || folder.ends_with("_rels") => Self::Mute,
            _ if folder.ends_with("/diagrams")
                && (starts("colors") || starts("quickstyle") || starts("layout")) =>
            {
                Self::Mute
            }
            _ if folder.ends_with("/charts") && (starts("colors") || starts("style")) => Self::Mute,
            _ if folder.ends_with("/charts")
                || folder.ends_with("/diagrams")
                || folder.ends_with("/drawings") =>
            {
                Self::Slide(Place::TextBox)
            }
            _ => Self::Loose(Place::Label),
        }
    }
}

/// Parts of a workbook that are read before its sheets, in lower case.
struct Book {
    workbook: String,
    strings: String,
}

impl Book {
    fn of(types: &types::Types) -> Self {
        let named = |end, usual: &str| types.named(end).unwrap_or(usual).to_owned();
        Self {
            workbook: named("sheet.main+xml", "xl/workbook.xml"),
            strings: named("spreadsheetml.sharedstrings+xml", "xl/sharedstrings.xml"),
        }
    }

    fn holds(&self, path: &str) -> bool {
        path == self.workbook || path == self.strings
    }
}

/// The number in the name of a part: `ppt/slides/slide12.xml` is the twelfth.
fn number(path: &str) -> u32 {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let digits: String = name
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap_or(0)
}

struct Package<'p, 's> {
    zip: &'p Zip<'p>,
    limits: &'p Limits,
    sink: &'s mut dyn Sink,
}

impl Package<'_, '_> {
    fn comment(&mut self) -> Result<(), Stop> {
        let comment = self.zip.comment.trim();
        if comment.is_empty() {
            return Ok(());
        }
        self.sink.piece(Piece::new(Place::Property, comment))
    }

    /// The bytes of a part, as far as they can be read; a fault is noted.
    fn bytes(&mut self, entry: &Entry, limit: u64) -> Result<Option<Vec<u8>>, Stop> {
        match self.zip.data(entry, limit, self.sink) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(fault) => {
                fault.note(&entry.name, self.sink)?;
                Ok(None)
            }
        }
    }

    fn named(&mut self, name: &str) -> Result<Option<Vec<u8>>, Stop> {
        let zip = self.zip;
        match zip.entries.iter().find(|entry| {
            entry
                .name
                .trim_start_matches('/')
                .eq_ignore_ascii_case(name)
        }) {
            Some(entry) => self.bytes(entry, PART_BYTES_MAX),
            None => Ok(None),
        }
    }

    fn types(&mut self) -> Result<types::Types, Stop> {
        const TYPES: &str = "[Content_Types].xml";
        let mut types = types::Types::default();
        if let Some(bytes) = self.named(TYPES)? {
            let done = xml::walk(&bytes, &mut types);
            xml::note(done, TYPES, self.sink)?;
        }
        Ok(types)
    }

    fn word_styles(&mut self) -> Result<style::Styles, Stop> {
        let mut styles = style::Styles::default();
        if let Some(bytes) = self.named("word/styles.xml")? {
            let done = xml::walk(&bytes, &mut styles);
            xml::note(done, "word/styles.xml", self.sink)?;
        }
        Ok(styles)
    }

    fn workbook(&mut self, book: &Book) -> Result<sheet::Workbook, Stop> {
        let mut workbook = sheet::Workbook::default();
        if let Some(bytes) = self.named(&book.workbook)? {
            let done = workbook.names(&bytes, self.sink);
            xml::note(done, &book.workbook, self.sink)?;
        }
        if let Some(bytes) = self.named("xl/styles.xml")? {
            let done = workbook.styles(&bytes);
            xml::note(done, "xl/styles.xml", self.sink)?;
        }
        if let Some(bytes) = self.named(&book.strings)? {
            let done = workbook.strings(&bytes);
            xml::note(done, &book.strings, self.sink)?;
        }
        Ok(workbook)
    }

    fn part(
        &mut self,
        part: Part,
        path: &str,
        entry: &Entry,
        styles: &style::Styles,
        workbook: &sheet::Workbook,
    ) -> Result<(), Stop> {
        match part {
            Part::Mute => return Ok(()),
            Part::Picture | Part::File | Part::Metafile => return self.inner(part, entry),
            _ => {}
        }
        let Some(bytes) = self.bytes(entry, PART_BYTES_MAX)? else {
            return Ok(());
        };
        let done = match part {
            Part::Word(place) => word::read(&bytes, place, styles, self.sink),
            Part::Drawing => {
                // The drawings of older versions are not always well-formed; nothing else is.
                match word::read(&bytes, Place::Label, styles, self.sink) {
                    Err(xml::Fault::Stop) => return Err(Stop),
                    _ => return Ok(()),
                }
            }
            Part::Sheet => sheet::read(&bytes, workbook, self.sink),
            Part::Slide(place) => {
                let page = path.starts_with("ppt/slides/").then(|| number(path));
                slide::read(&bytes, place, page, self.sink)
            }
            Part::CustomProperties => custom_properties(&bytes, self.sink),
            _ => return loose(&bytes, part, self.sink),
        };
        xml::note(done, &entry.name, self.sink)
    }

    fn inner(&mut self, part: Part, entry: &Entry) -> Result<(), Stop> {
        let mut data = match self.zip.data(entry, self.limits.file_bytes, self.sink) {
            Ok(data) => data,
            Err(Fault::Stop) => return Err(Stop),
            Err(fault) => return fault.note(&entry.name, self.sink),
        };
        match part {
            Part::Picture => self.sink.picture(Picture {
                page: None,
                bbox_mm: None,
                data: PictureData::Encoded(data),
            }),
            Part::Metafile => {
                if data.starts_with(b"\x1f\x8b") {
                    let mut out = Vec::new();
                    let mut decoder = flate2::bufread::GzDecoder::new(data.as_slice());
                    let done = super::archive::drain(
                        &mut decoder,
                        self.limits.file_bytes,
                        &mut out,
                        self.sink,
                    );
                    if let Err(fault) = done {
                        fault.note(&entry.name, self.sink)?;
                    }
                    data = out;
                }
                super::metafile::read(&data, &entry.name, self.sink)
            }
            _ => self.sink.member(Member {
                name: entry.name.clone(),
                bytes: data,
            }),
        }
    }
}

fn loose(bytes: &[u8], part: Part, sink: &mut dyn Sink) -> Result<(), Stop> {
    match part {
        Part::Loose(place) => xml::all_text(bytes, place, sink),
        _ => {
            sink.missed(Reason::UnknownType, "part");
            Ok(())
        }
    }
}

/// Custom properties as `name: value`: labels of protection tools stand here.
fn custom_properties(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), xml::Fault> {
    struct Custom<'s> {
        name: String,
        value: String,
        sink: &'s mut dyn Sink,
    }
    impl Walk for Custom<'_> {
        fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), xml::Fault> {
            if name == "property" {
                self.name = xml::attribute(element, "name").unwrap_or_default();
                self.value.clear();
            }
            Ok(())
        }

        fn close(&mut self, name: &str) -> Result<(), xml::Fault> {
            if name == "property" {
                let text = format!("{}: {}", self.name, self.value.trim());
                self.sink.piece(Piece::new(Place::Property, text))?;
            }
            Ok(())
        }

        fn text(&mut self, text: &str) -> Result<(), xml::Fault> {
            self.value.push_str(text);
            Ok(())
        }
    }
    xml::walk(
        bytes,
        &mut Custom {
            name: String::new(),
            value: String::new(),
            sink,
        },
    )
}

/// Texts of the chosen one of two readings of the same drawing, so that the other says only what is new.
#[derive(Default)]
struct Alternatives {
    open: Vec<(bool, BTreeSet<String>)>,
}

impl Alternatives {
    fn open(&mut self, name: &str) {
        match name {
            "AlternateContent" => self.open.push((false, BTreeSet::new())),
            "Fallback" => {
                if let Some(last) = self.open.last_mut() {
                    last.0 = true;
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "AlternateContent" => {
                self.open.pop();
            }
            "Fallback" => {
                if let Some(last) = self.open.last_mut() {
                    last.0 = false;
                }
            }
            _ => {}
        }
    }

    /// Whether the text was said before by the other reading.
    fn is_told(&mut self, text: &str) -> bool {
        let told = self
            .open
            .iter()
            .any(|(fallback, told)| *fallback && told.contains(text));
        if let Some((false, last)) = self.open.last_mut() {
            last.insert(text.to_owned());
        }
        told
    }
}
