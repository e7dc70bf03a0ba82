//! Compound files: Word, Excel and PowerPoint before 2007, Outlook messages, packaged objects.

mod blips;
mod container;
mod doc;
mod msg;
mod ppt;
mod properties;
mod xls;

use crate::content::{Member, Place, Sink, Stop};
use crate::formats::xml;
use crate::limits::Limits;
use crate::report::Reason;
use container::Container;
pub(super) use msg::unpacked_rtf;
use std::collections::BTreeSet;

/// Reads a compound file: every storage that holds something known, embedded ones too.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let Some(container) = Container::open(bytes) else {
        sink.missed(Reason::Damaged, "");
        return Ok(());
    };
    if container.crooked {
        sink.missed(Reason::Damaged, "directory");
    }
    let mut reader = Reader {
        container: &container,
        limits,
        sink,
        known: false,
    };
    let mut folders: Vec<&[String]> = container.storages().collect();
    folders.sort();
    folders.dedup();
    for folder in folders {
        reader.folder(folder)?;
    }
    reader.streams()?;
    if !reader.known {
        sink.missed(Reason::UnknownType, "");
    }
    Ok(())
}

struct Reader<'c, 's> {
    container: &'c Container<'c>,
    limits: &'c Limits,
    sink: &'s mut dyn Sink,
    /// Something of the file was understood.
    known: bool,
}

impl Reader<'_, '_> {
    /// The bytes of a stream; damage is noted.
    fn stream(&mut self, folder: &[String], name: &str) -> Option<Vec<u8>> {
        let (bytes, whole) = self.container.read(folder, name, self.limits.file_bytes)?;
        if !whole {
            self.sink.missed(Reason::Damaged, name);
        }
        Some(bytes)
    }

    fn folder(&mut self, folder: &[String]) -> Result<(), Stop> {
        if let Some(main) = self.stream(folder, "WordDocument") {
            self.known = true;
            let tables = [
                self.stream(folder, "0Table").unwrap_or_default(),
                self.stream(folder, "1Table").unwrap_or_default(),
            ];
            doc::read(&main, &tables, self.sink)?;
            blips::read(&main, self.sink)?;
            for table in &tables {
                blips::read(table, self.sink)?;
            }
            if let Some(data) = self.stream(folder, "Data") {
                blips::read(&data, self.sink)?;
            }
        }
        for name in ["Workbook", "Book"] {
            if let Some(book) = self.stream(folder, name) {
                self.known = true;
                xls::read(&book, self.sink)?;
            }
        }
        if let Some(slides) = self.stream(folder, "PowerPoint Document") {
            self.known = true;
            let user = self.stream(folder, "Current User").unwrap_or_default();
            ppt::read(&slides, &user, self.sink)?;
            if let Some(pictures) = self.stream(folder, "Pictures") {
                blips::read(&pictures, self.sink)?;
            }
        }
        if self.container.has(folder, "__properties_version1.0") && msg::is_message(folder) {
            self.known = true;
            msg::read(self.container, folder, self.limits, self.sink)?;
        }
        if self.container.has(folder, "EncryptedPackage") {
            self.known = true;
            self.sink.missed(Reason::Encrypted, "");
        }
        Ok(())
    }

    /// Streams that mean the same wherever they stand.
    fn streams(&mut self) -> Result<(), Stop> {
        let container = self.container;
        let mut seen = BTreeSet::new();
        for (folder, name) in container.streams() {
            if !seen.insert((folder, name)) {
                continue;
            }
            match name {
                "\u{5}SummaryInformation" | "\u{5}DocumentSummaryInformation" => {
                    if let Some(bytes) = self.stream(folder, name) {
                        properties::read(&bytes, self.sink)?;
                    }
                }
                "LabelInfo" => {
                    if let Some(bytes) = self.stream(folder, name) {
                        xml::all_text(&bytes, Place::Property, self.sink)?;
                    }
                }
                "\u{1}Ole10Native" => {
                    self.known = true;
                    if let Some(bytes) = self.stream(folder, name) {
                        self.packaged(&bytes)?;
                    }
                }
                "Package" | "CONTENTS" | "EmbeddedOdf" => {
                    self.known = true;
                    if let Some(bytes) = self.stream(folder, name) {
                        self.sink.member(Member {
                            name: format!("{}{name}", prefix(folder)),
                            bytes,
                        })?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A file that was dropped into a document.
    fn packaged(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        match native(bytes) {
            Some((name, data)) => self.sink.member(Member {
                name,
                bytes: data.to_vec(),
            }),
            None => {
                self.sink.missed(Reason::Damaged, "Ole10Native");
                Ok(())
            }
        }
    }
}

fn prefix(folder: &[String]) -> String {
    folder
        .iter()
        .fold(String::new(), |path, part| path + part + "/")
}

/// Name and bytes of a packaged file: size, label, name, two numbers, path, size, bytes.
fn native(bytes: &[u8]) -> Option<(String, &[u8])> {
    let text = |rest: &mut &[u8]| {
        let end = rest.iter().position(|byte| *byte == 0)?;
        let text = vanban::encodings::as_western(rest.get(..end)?);
        *rest = rest.get(end + 1..)?;
        Some(text)
    };
    let mut rest = bytes.get(6..)?;
    let label = text(&mut rest)?;
    text(&mut rest)?;
    rest = rest.get(4..)?;
    let path = usize::try_from(le32(rest, 0)?).ok()?;
    rest = rest.get(4..)?.get(path..)?;
    let size = usize::try_from(le32(rest, 0)?).ok()?;
    let data = rest.get(4..)?;
    Some((label, data.get(..size).unwrap_or(data)))
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..at.checked_add(2)?)
        .and_then(|two| two.try_into().ok())
        .map(u16::from_le_bytes)
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..at.checked_add(4)?)
        .and_then(|four| four.try_into().ok())
        .map(u32::from_le_bytes)
}

/// UTF-16, low byte first; ends at a zero.
fn wide(bytes: &[u8]) -> String {
    let units = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_le_bytes(*pair));
    char::decode_utf16(units.take_while(|unit| *unit != 0))
        .map(|c| c.unwrap_or('\u{fffd}'))
        .collect()
}
