//! The typesetter: templates and fonts from inside the program, no disk, no clock, no network.
//!
//! The layout cache of typst is global and grows with every document, so it is emptied after each one, whether it
//! succeeded or not (typst/typst#8628). The cache crate is used only through typst's own re-export: a second version of it
//! in the build would make the emptying a silent no-op.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use law::LegalDate;
use typst::comemo;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::layout::Abs;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontInstance, FontVariant, FontVariations, FontWeight};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_pdf::{PdfOptions, Timestamp};

use crate::PrintError;

static FORMS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../law/forms");

/// Path under which a template reads its data.
const DATA_PATH: &str = "/data.json";

/// What never changes between two documents.
struct Stock {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    regular: Option<FontInstance>,
    bold: Option<FontInstance>,
    /// Widths of the first characters in the regular face, so that measuring a book does not read the font for each letter.
    widths: Vec<Option<f64>>,
    sources: BTreeMap<String, Source>,
}

static STOCK: LazyLock<Stock> = LazyLock::new(|| {
    let fonts: Vec<Font> = files("ttf")
        .filter_map(|(_, bytes)| Font::new(Bytes::new(bytes), 0))
        .collect();
    let sources = files("typ")
        .filter_map(|(path, bytes)| {
            let text = std::str::from_utf8(bytes).ok()?;
            Some((path.clone(), Source::new(file_id(&path)?, text.to_owned())))
        })
        .collect();
    let face = |weight| {
        let variant = FontVariant {
            weight,
            ..FontVariant::default()
        };
        let font = fonts.iter().find(|font| font.info().variant == variant)?;
        let variations = FontVariations::default();
        Some(
            font.clone()
                .instantiate(variant, Abs::pt(10.0), &variations),
        )
    };
    let regular = face(FontWeight::REGULAR);
    let bold = face(FontWeight::BOLD);
    Stock {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        widths: (0..WIDTHS_KEPT)
            .map(|c| char::from_u32(c).and_then(|c| width(regular.as_ref()?, c)))
            .collect(),
        regular,
        bold,
        sources,
    }
});

/// Files of `law/forms` with this ending, as `/folder/name`, in the order of their paths.
fn files(extension: &'static str) -> impl Iterator<Item = (String, &'static [u8])> {
    let mut found: BTreeMap<String, &'static [u8]> = BTreeMap::new();
    for folder in FORMS.dirs() {
        for file in folder.files() {
            if file.path().extension().is_some_and(|e| e == extension) {
                let path = file.path().to_string_lossy().replace('\\', "/");
                found.insert(format!("/{path}"), file.contents());
            }
        }
    }
    found.into_iter()
}

fn file_id(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

/// One document's view: the stock and its own data.
struct Desk {
    main: FileId,
    data: Bytes,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &STOCK.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &STOCK.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let path = id.get().vpath().get_with_slash();
        STOCK
            .sources
            .get(path)
            .cloned()
            .ok_or_else(|| FileError::NotFound(path.into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get().vpath().get_with_slash();
        if path == DATA_PATH {
            Ok(self.data.clone())
        } else {
            Err(FileError::NotFound(path.into()))
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        STOCK.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// A document's identity inside the PDF.
pub(crate) struct Identity {
    /// Stable name of the document; the PDF identifier is derived from it.
    pub ident: String,
    /// Written as creation date, at midnight UTC; `None` writes none.
    pub date: Option<LegalDate>,
}

impl Identity {
    pub(crate) fn new(ident: String, date: LegalDate) -> Self {
        let date = Some(date);
        Self { ident, date }
    }

    /// For papers whose date is only in their own words.
    pub(crate) fn undated(ident: String) -> Self {
        Self { ident, date: None }
    }
}

/// A finished PDF.
pub(crate) struct Typeset {
    pub pdf: Vec<u8>,
}

/// Typesets template `form` (path from `law/forms`, with leading slash) over `data` (JSON bytes).
///
/// # Errors
/// [`PrintError::Layout`] and [`PrintError::Export`] carry the first diagnostic.
pub(crate) fn typeset(
    form: &str,
    data: Vec<u8>,
    identity: &Identity,
) -> Result<Typeset, PrintError> {
    let missing = || PrintError::Layout {
        form: form.to_owned(),
        message: "no such form".to_owned(),
    };
    let main = file_id(form).ok_or_else(missing)?;
    let desk = Desk {
        main,
        data: Bytes::new(data),
    };
    let result = run(form, &desk, identity);
    comemo::evict(0);
    result
}

fn run(form: &str, desk: &Desk, identity: &Identity) -> Result<Typeset, PrintError> {
    let compiled = typst::compile(desk);
    let document = compiled.output.map_err(|errors| PrintError::Layout {
        form: form.to_owned(),
        message: first(desk, &errors),
    })?;
    let options = PdfOptions {
        ident: Smart::Custom(identity.ident.clone()),
        creator: Smart::Custom(Some("Khiên".to_owned())),
        timestamp: identity.date.and_then(midnight).map(Timestamp::new_utc),
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| PrintError::Export {
        form: form.to_owned(),
        message: first(desk, &errors),
    })?;
    Ok(Typeset { pdf })
}

fn midnight(date: LegalDate) -> Option<Datetime> {
    let (month, day) = (
        u8::try_from(date.month()).ok()?,
        u8::try_from(date.day()).ok()?,
    );
    Datetime::from_ymd_hms(i32::from(date.year()), month, day, 0, 0, 0)
}

fn first(desk: &Desk, errors: &[SourceDiagnostic]) -> String {
    errors
        .first()
        .map_or_else(|| "no diagnostic".to_owned(), |error| describe(desk, error))
}

/// `message (template:byte)`.
fn describe(desk: &Desk, diagnostic: &SourceDiagnostic) -> String {
    match (diagnostic.span.id(), desk.range(diagnostic.span)) {
        (Some(id), Some(range)) => {
            format!(
                "{} ({}:{})",
                diagnostic.message,
                id.get().vpath().get_with_slash(),
                range.start
            )
        }
        _ => diagnostic.message.to_string(),
    }
}

/// Characters below this one have their widths kept: all that Vietnamese is written with.
const WIDTHS_KEPT: u32 = 0x2100;

fn width(font: &FontInstance, c: char) -> Option<f64> {
    let glyph = font.ttf().glyph_index(c)?;
    Some(f64::from(font.ttf().glyph_hor_advance(glyph)?) / font.units_per_em())
}

/// Width of `c` in the regular face at size 1 point, in points; `None` when the face cannot draw it.
pub(crate) fn advance_em(c: char) -> Option<f64> {
    let kept = usize::try_from(u32::from(c))
        .ok()
        .and_then(|at| STOCK.widths.get(at));
    kept.copied()
        .unwrap_or_else(|| width(STOCK.regular.as_ref()?, c))
}

/// A face inside the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// Family and weight, for people.
    pub name: String,
    /// Vietnamese letters that it cannot draw.
    pub missing: usize,
}

/// Letters beside a to z that Vietnamese is written with.
const LETTERS: &str = "ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ";

/// The faces that papers are set with, and whether they can write Vietnamese.
pub fn fonts() -> Vec<Face> {
    let letters: Vec<char> = ('a'..='z')
        .chain(LETTERS.chars())
        .flat_map(|c| std::iter::once(c).chain(c.to_uppercase()))
        .collect();
    let face = |font: &Font| {
        let info = font.info();
        let set = font
            .clone()
            .instantiate(info.variant, Abs::pt(10.0), &FontVariations::default());
        Face {
            name: format!("{} {:?}", info.family, info.variant),
            missing: letters
                .iter()
                .filter(|c| width(&set, **c).is_none())
                .count(),
        }
    };
    STOCK.fonts.iter().map(face).collect()
}

/// Where the ink of a text lies, in parts of the letter size, from the start of its base line; upwards is positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ink {
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
    pub top: f64,
    /// Width with the blanks at both sides.
    pub advance: f64,
}

/// The ink of a text in the upright face, without kerning; `None` when nothing would be seen.
pub(crate) fn ink(text: &str, bold: bool) -> Option<Ink> {
    let font = if bold { &STOCK.bold } else { &STOCK.regular };
    let (face, em) = (font.as_ref()?.ttf(), font.as_ref()?.units_per_em());
    let mut found: Option<Ink> = None;
    let mut at = 0.0;
    for c in text.chars() {
        let glyph = face.glyph_index(c)?;
        if let Some(edges) = face.glyph_bounding_box(glyph) {
            let part = |units: i16| f64::from(units) / em;
            let ink = found.get_or_insert(Ink {
                left: f64::INFINITY,
                right: f64::NEG_INFINITY,
                bottom: f64::INFINITY,
                top: f64::NEG_INFINITY,
                advance: 0.0,
            });
            ink.left = ink.left.min(at + part(edges.x_min));
            ink.right = ink.right.max(at + part(edges.x_max));
            ink.bottom = ink.bottom.min(part(edges.y_min));
            ink.top = ink.top.max(part(edges.y_max));
        }
        at += f64::from(face.glyph_hor_advance(glyph)?) / em;
    }
    found.map(|ink| Ink { advance: at, ..ink })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_faces_with_vietnamese_are_inside() {
        assert_eq!(STOCK.fonts.len(), 4);
        assert!(
            "aăâbcdđeêạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹƠƯ╠╣╫╬╩╪□"
                .chars()
                .all(|c| advance_em(c).is_some())
        );
        assert!(advance_em('😀').is_none());
    }

    #[test]
    fn the_ink_of_letters_is_known_in_both_faces() {
        let bold = ink("A", true).unwrap();
        assert!((bold.top - bold.bottom - 1_352.0 / 2_048.0).abs() < 1e-9);
        let two = ink("AA", true).unwrap();
        assert!((two.advance - 2.0 * bold.advance).abs() < 1e-9);
        assert!(two.right > bold.right && (two.left - bold.left).abs() < 1e-9);
        assert_ne!(ink("B", false), ink("B", true));
        assert_eq!(
            (ink("", true), ink(" ", true), ink("😀", true)),
            (None, None, None)
        );
    }

    #[test]
    fn a_template_outside_the_program_is_an_error() {
        let identity = Identity::new("x".to_owned(), LegalDate::new(2026, 1, 1).unwrap());
        let error = typeset("/none/none.typ", Vec::new(), &identity)
            .err()
            .unwrap();
        assert_eq!(error.code(), "PRINT-01");
        assert!(error.to_string().contains("/none/none.typ"), "{error}");
    }

    #[test]
    fn data_that_the_template_cannot_read_is_an_error() {
        let identity = Identity::new("x".to_owned(), LegalDate::new(2026, 1, 1).unwrap());
        let error = typeset("/2020/book.typ", b"{}".to_vec(), &identity)
            .err()
            .unwrap();
        assert_eq!(error.code(), "PRINT-01");
    }
}
