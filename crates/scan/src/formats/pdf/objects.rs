//! What a PDF holds beside its pages' content: notes, form fields, bookmarks, layer names, attached
//! files, metadata.

use super::caught;
use super::pages::mm;
use crate::content::{Member, Piece, Place, Sink, Stop};
use crate::formats::xml;
use crate::limits::Limits;
use crate::report::Reason;
use hayro_interpret::kurbo::Rect;
use hayro_interpret::util::TransformExt;
use hayro_syntax::Pdf;
use hayro_syntax::object::{
    Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Rect as PdfRect, Stream,
    String as PdfString,
};
use hayro_syntax::page::Page;
use std::collections::BTreeSet;

/// Most nodes of one tree (fields, bookmarks, names) that are visited.
const NODES_MAX: usize = 20_000;
/// Deepest tree of fields or names.
const TREE_DEPTH_MAX: usize = 32;
/// Most notes of one page.
const ANNOTATIONS_MAX: usize = 5_000;

/// Hands on everything beside the pages' content.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub(super) fn read(
    pdf: &Pdf,
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Stop> {
    // A library that gives up while objects are read must not lose the pages.
    match caught(|| all(pdf, bytes, limits, sink)) {
        Some(done) => done,
        None => {
            sink.missed(Reason::Damaged, "objects");
            Ok(())
        }
    }
}

fn all(pdf: &Pdf, bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    info(pdf, bytes, sink)?;
    let mut reader = Objects {
        sink,
        seen: BTreeSet::new(),
        nodes: 0,
    };
    if let Some(catalog) = catalog(pdf) {
        reader.catalog(&catalog)?;
    }
    let most = usize::try_from(limits.pages).unwrap_or(usize::MAX);
    for (index, page) in pdf.pages().iter().take(most).enumerate() {
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        reader.annotations(page, number)?;
        reader.associated(page.raw())?;
    }
    if reader.nodes > NODES_MAX {
        sink.missed(Reason::TooLarge, "objects");
    }
    Ok(())
}

fn catalog(pdf: &Pdf) -> Option<Dict<'_>> {
    pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())
}

/// Whether some layer of the document is off when it is opened.
pub(super) fn hides_layers(pdf: &Pdf) -> bool {
    if !pdf.xref().has_optional_content_groups() {
        return false;
    }
    let Some(config) = catalog(pdf)
        .and_then(|catalog| catalog.get::<Dict<'_>>(b"OCProperties"))
        .and_then(|properties| properties.get::<Dict<'_>>(b"D"))
    else {
        return false;
    };
    let off = config
        .get::<Array<'_>>(b"OFF")
        .is_some_and(|off| off.raw_iter().next().is_some());
    let base = config.get::<Name<'_>>(b"BaseState");
    off || base.is_some_and(|base| base.as_ref() == b"OFF")
}

/// The information dictionary, all keys: labels of protection tools stand under their own.
fn info(pdf: &Pdf, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Stop> {
    let Some(id) = info_id(bytes) else {
        let known = pdf.metadata();
        for value in [
            &known.title,
            &known.author,
            &known.subject,
            &known.keywords,
            &known.creator,
        ]
        .into_iter()
        .flatten()
        {
            property(&decode(value), sink)?;
        }
        return Ok(());
    };
    let Some(info) = pdf.xref().get::<Dict<'_>>(id) else {
        return Ok(());
    };
    for (key, value) in info.entries().take(NODES_MAX) {
        let resolved = match value {
            MaybeRef::NotRef(object) => Some(object),
            MaybeRef::Ref(_) => info.get::<Object<'_>>(&key),
        };
        let Some(Object::String(value)) = resolved else {
            continue;
        };
        let value = decode(value.as_bytes());
        match key.as_str() {
            "Producer" | "CreationDate" | "ModDate" => {}
            "Title" | "Author" | "Subject" | "Keywords" | "Creator" => property(&value, sink)?,
            other => property(&format!("{other}: {value}"), sink)?,
        }
    }
    Ok(())
}

fn property(text: &str, sink: &mut dyn Sink) -> Result<(), Stop> {
    if text.trim().is_empty() {
        return Ok(());
    }
    sink.piece(Piece::new(Place::Property, text))
}

/// The last `/Info n g R` of the file; trailers, old and new, are never compressed.
fn info_id(bytes: &[u8]) -> Option<ObjectIdentifier> {
    let at = bytes.windows(6).rposition(|six| six == b"/Info ")?;
    let rest = bytes.get(at + 6..)?;
    let head = std::str::from_utf8(
        rest.get(..rest.len().min(24))?
            .split(|b| *b == b'R')
            .next()?,
    )
    .ok()?
    .trim()
    .to_owned();
    let (number, generation) = head.split_once(' ')?;
    Some(ObjectIdentifier::new(
        number.trim().parse().ok()?,
        generation.trim().parse().ok()?,
    ))
}

/// A text string: UTF-16 or UTF-8 with a mark, else PDFDocEncoding, which is Latin-1 but for a few signs.
pub(super) fn decode(bytes: &[u8]) -> String {
    let wide = |unit: fn([u8; 2]) -> u16, rest: &[u8]| {
        char::decode_utf16(rest.as_chunks::<2>().0.iter().map(|pair| unit(*pair)))
            .map(|c| c.unwrap_or('\u{fffd}'))
            .collect()
    };
    match bytes {
        [0xfe, 0xff, rest @ ..] => wide(u16::from_be_bytes, rest),
        [0xff, 0xfe, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}

struct Objects<'s> {
    sink: &'s mut dyn Sink,
    seen: BTreeSet<(u32, i32)>,
    nodes: usize,
}

impl Objects<'_> {
    /// Whether a node may be visited: not seen before, and the budget lasts.
    fn enter(&mut self, node: &Dict<'_>) -> bool {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return false;
        }
        node.obj_id()
            .is_none_or(|id| self.seen.insert((id.obj_number, id.gen_number)))
    }

    fn push(&mut self, place: Place, text: &str) -> Result<(), Stop> {
        if text.trim().is_empty() {
            return Ok(());
        }
        self.sink.piece(Piece::new(place, text.trim()))
    }

    fn catalog(&mut self, catalog: &Dict<'_>) -> Result<(), Stop> {
        if let Some(metadata) = catalog.get::<Stream<'_>>(b"Metadata") {
            self.xml(&metadata, Place::Property)?;
        }
        if let Some(form) = catalog.get::<Dict<'_>>(b"AcroForm") {
            if let Some(fields) = form.get::<Array<'_>>(b"Fields") {
                self.fields(&fields, 0)?;
            }
            self.xfa(&form)?;
        }
        if let Some(outlines) = catalog.get::<Dict<'_>>(b"Outlines") {
            self.outlines(&outlines)?;
        }
        if let Some(properties) = catalog.get::<Dict<'_>>(b"OCProperties")
            && let Some(groups) = properties.get::<Array<'_>>(b"OCGs")
        {
            for group in groups.iter::<Dict<'_>>().take(NODES_MAX) {
                if let Some(name) = group.get::<PdfString<'_>>(b"Name") {
                    self.push(Place::Label, &decode(name.as_bytes()))?;
                }
            }
        }
        if let Some(names) = catalog.get::<Dict<'_>>(b"Names")
            && let Some(files) = names.get::<Dict<'_>>(b"EmbeddedFiles")
        {
            self.names(&files, 0)?;
        }
        self.associated(catalog)
    }

    /// Files that a page or the document names as belonging to it.
    fn associated(&mut self, owner: &Dict<'_>) -> Result<(), Stop> {
        if !owner.contains_key(b"AF") {
            return Ok(());
        }
        if let Some(files) = owner.get::<Array<'_>>(b"AF") {
            for file in files.iter::<Dict<'_>>().take(NODES_MAX) {
                self.file(&file)?;
            }
        }
        Ok(())
    }

    fn names(&mut self, node: &Dict<'_>, depth: usize) -> Result<(), Stop> {
        if depth > TREE_DEPTH_MAX || !self.enter(node) {
            return Ok(());
        }
        if let Some(names) = node.get::<Array<'_>>(b"Names") {
            for entry in names.iter::<Object<'_>>() {
                if let Object::Dict(file) = entry {
                    self.file(&file)?;
                }
            }
        }
        if let Some(kids) = node.get::<Array<'_>>(b"Kids") {
            for kid in kids.iter::<Dict<'_>>() {
                self.names(&kid, depth + 1)?;
            }
        }
        Ok(())
    }

    /// An attached file.
    fn file(&mut self, spec: &Dict<'_>) -> Result<(), Stop> {
        if !self.enter(spec) {
            return Ok(());
        }
        let text = |key: &[u8]| {
            spec.get::<PdfString<'_>>(key)
                .map(|value| decode(value.as_bytes()))
        };
        let name = text(b"UF").or_else(|| text(b"F")).unwrap_or_default();
        if let Some(description) = text(b"Desc") {
            self.push(Place::Annotation, &description)?;
        }
        let Some(embedded) = spec.get::<Dict<'_>>(b"EF") else {
            return Ok(());
        };
        let stream = [b"UF".as_slice(), b"F", b"DOS", b"Unix", b"Mac"]
            .into_iter()
            .find_map(|key| embedded.get::<Stream<'_>>(key));
        match stream.map(|stream| stream.decoded()) {
            Some(Ok(bytes)) => self.sink.member(Member {
                name,
                bytes: bytes.into_owned(),
            }),
            _ => {
                self.sink.missed(Reason::Damaged, &name);
                Ok(())
            }
        }
    }

    fn fields(&mut self, fields: &Array<'_>, depth: usize) -> Result<(), Stop> {
        if depth > TREE_DEPTH_MAX {
            return Ok(());
        }
        for field in fields.iter::<Dict<'_>>() {
            if !self.enter(&field) {
                continue;
            }
            for key in [b"T".as_slice(), b"TU", b"V", b"DV", b"RV"] {
                match field.get::<Object<'_>>(key) {
                    Some(Object::String(value)) => {
                        self.push(Place::Annotation, &decode(value.as_bytes()))?;
                    }
                    Some(Object::Stream(value)) => self.xml(&value, Place::Annotation)?,
                    Some(Object::Array(values)) => {
                        for value in values.iter::<PdfString<'_>>().take(NODES_MAX) {
                            self.push(Place::Annotation, &decode(value.as_bytes()))?;
                        }
                    }
                    _ => {}
                }
            }
            if let Some(kids) = field.get::<Array<'_>>(b"Kids") {
                self.fields(&kids, depth + 1)?;
            }
        }
        Ok(())
    }

    /// Forms kept as XML beside the fields.
    fn xfa(&mut self, form: &Dict<'_>) -> Result<(), Stop> {
        match form.get::<Object<'_>>(b"XFA") {
            Some(Object::Stream(stream)) => self.xml(&stream, Place::Annotation),
            Some(Object::Array(parts)) => {
                for part in parts.iter::<Object<'_>>().take(64) {
                    if let Object::Stream(stream) = part {
                        self.xml(&stream, Place::Annotation)?;
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn xml(&mut self, stream: &Stream<'_>, place: Place) -> Result<(), Stop> {
        let Ok(bytes) = stream.decoded_data() else {
            self.sink.missed(Reason::Damaged, "metadata");
            return Ok(());
        };
        xml::all_text(&bytes, place, self.sink)
    }

    /// Bookmarks: a list of children, each with its own.
    fn outlines(&mut self, root: &Dict<'_>) -> Result<(), Stop> {
        let mut open: Vec<Dict<'_>> = root.get::<Dict<'_>>(b"First").into_iter().collect();
        while let Some(item) = open.pop() {
            if !self.enter(&item) {
                continue;
            }
            if let Some(title) = item.get::<PdfString<'_>>(b"Title") {
                self.push(Place::Label, &decode(title.as_bytes()))?;
            }
            open.extend(item.get::<Dict<'_>>(b"Next"));
            open.extend(item.get::<Dict<'_>>(b"First"));
        }
        Ok(())
    }

    /// Notes, stamps and files pinned to a page. What they draw is read with the page.
    fn annotations(&mut self, page: &Page<'_>, number: u32) -> Result<(), Stop> {
        let Some(annotations) = page.raw().get::<Array<'_>>(b"Annots") else {
            return Ok(());
        };
        for note in annotations.iter::<Dict<'_>>().take(ANNOTATIONS_MAX) {
            let bbox_mm = note.get::<PdfRect>(b"Rect").map(|rect| {
                let rect = Rect::new(rect.x0, rect.y0, rect.x1, rect.y1);
                let placed = page
                    .initial_transform(true)
                    .to_kurbo()
                    .transform_rect_bbox(rect);
                mm(placed)
            });
            for key in [
                b"Contents".as_slice(),
                b"Subj",
                b"T",
                b"OverlayText",
                b"Name",
            ] {
                let text = match note.get::<Object<'_>>(key) {
                    Some(Object::String(value)) => decode(value.as_bytes()),
                    Some(Object::Name(value)) if is_stamp(&note) => value.as_str().to_owned(),
                    _ => continue,
                };
                if !text.trim().is_empty() {
                    self.sink.piece(Piece {
                        page: Some(number),
                        place: Place::Annotation,
                        bbox_mm,
                        emphasised: false,
                        text,
                    })?;
                }
            }
            if let Some(rich) = note.get::<PdfString<'_>>(b"RC") {
                xml::all_text(
                    decode(rich.as_bytes()).as_bytes(),
                    Place::Annotation,
                    self.sink,
                )?;
            }
            if let Some(file) = note.get::<Dict<'_>>(b"FS") {
                self.file(&file)?;
            }
        }
        Ok(())
    }
}

fn is_stamp(note: &Dict<'_>) -> bool {
    note.get::<Name<'_>>(b"Subtype")
        .is_some_and(|kind| kind.as_ref() == b"Stamp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_decoded() {
        assert_eq!(decode(b"\xfe\xff\x00M\x1e\xac\x00T"), "MẬT");
        assert_eq!(decode(b"\xef\xbb\xbfM\xe1\xba\xacT"), "MẬT");
        assert_eq!(decode(b"caf\xe9"), "café");
    }

    #[test]
    fn the_last_information_counts() {
        let id = info_id(b"trailer << /Info 3 0 R >> trailer << /Info 12 0 R /Size 9 >>").unwrap();
        assert_eq!((id.obj_number, id.gen_number), (12, 0));
        assert!(info_id(b"no trailer").is_none());
    }
}
