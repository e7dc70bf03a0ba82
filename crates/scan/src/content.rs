//! What a reader hands on: pieces of text, pictures, inner files, and what it could not read.
//! Readers push into a [`Sink`], so a large container never stands in memory as a whole.

use crate::report::{Incomplete, Reason};

/// Where in a document a piece of text stands; rules weigh it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Place {
    Body,
    /// Running head or foot of the page.
    Header,
    Footer,
    TextBox,
    TableCell,
    Comment,
    /// Footnote or endnote.
    Note,
    /// PDF annotation, form field or stamp annotation.
    Annotation,
    /// Tracked change that took the text out.
    Deleted,
    /// White, hidden or off-page text.
    Hidden,
    /// Document property, e-mail header, label metadata.
    Property,
    /// Name of a sheet, slide, bookmark or layer.
    Label,
}

/// One paragraph, cell, text box or line, in reading order, already decoded to Unicode (legacy fonts
/// included). Not yet normalised: rules fold it.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// From 1; `None` where the format has no pages.
    pub page: Option<u32>,
    pub place: Place,
    /// Left, top, width, height in mm from the top left corner of the page, where known.
    pub bbox_mm: Option<[f32; 4]>,
    /// Bold or larger than the body, where known.
    pub emphasised: bool,
    pub text: String,
}

impl Piece {
    /// A piece without page and position.
    pub fn new(place: Place, text: impl Into<String>) -> Self {
        Self {
            page: None,
            place,
            bbox_mm: None,
            emphasised: false,
            text: text.into(),
        }
    }
}

/// The bytes of a picture file, or pixels that a reader drew itself.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureData {
    /// JPEG, PNG, TIFF... as stored; decoded by [`crate::images`].
    Encoded(Vec<u8>),
    /// `width * height * 3` bytes, rows from the top.
    Rgb {
        width: u32,
        height: u32,
        pixels: Vec<u8>,
    },
}

/// A picture that may carry a stamp.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub page: Option<u32>,
    /// Left, top, width, height of the picture on its page in mm, where known. A scan fills its page.
    pub bbox_mm: Option<[f32; 4]>,
    pub data: PictureData,
}

/// A file inside a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// As stored, made safe to show by [`crate::names`]; never used as a path on disk.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The caller has had enough: a limit was reached and is already noted. The reader returns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stop;

/// Takes what a reader finds. Every method may answer [`Stop`]; a reader then returns at once.
pub trait Sink {
    /// # Errors
    /// [`Stop`] when the text limit of the file is reached.
    fn piece(&mut self, piece: Piece) -> Result<(), Stop>;
    /// # Errors
    /// [`Stop`] when the picture limit of the file is reached.
    fn picture(&mut self, picture: Picture) -> Result<(), Stop>;
    /// # Errors
    /// [`Stop`] when the limit of inner files is reached.
    fn member(&mut self, member: Member) -> Result<(), Stop>;
    /// Asks leave for `bytes` more inflated bytes before they are made.
    ///
    /// # Errors
    /// [`Stop`] when the file would inflate beyond its limit.
    fn inflate(&mut self, bytes: u64) -> Result<(), Stop>;
    /// Whether anyone looks at pictures. A reader that would have to draw one first asks.
    fn looks_at_pictures(&self) -> bool {
        true
    }

    /// Notes a picture that nobody looks at, instead of handing it on.
    fn unseen(&mut self, page: Option<u32>) {
        let place = page.map(|page| format!("page {page}")).unwrap_or_default();
        self.missed(Reason::OcrUnavailable, &place);
    }

    /// Notes a part that was not read; the reader goes on with the rest.
    fn incomplete(&mut self, incomplete: Incomplete);

    /// Place of the next byte of a text from `from` that is worth reading; `None` if no more is.
    /// A reader of long text passes over what lies between.
    fn next_interest(&self, text: &str, from: usize) -> Option<usize> {
        (from < text.len()).then_some(from)
    }

    /// Counts lines that a reader passed over.
    fn skipped(&mut self, _lines: u32) {}

    /// Short form of [`Sink::incomplete`].
    fn missed(&mut self, reason: Reason, place: &str) {
        self.incomplete(Incomplete::new(reason, place));
    }
}
