//! Glyphs of a page put together to words, for every reader of PDF in the house.

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, Point};

/// Stands for a glyph whose character the file does not give.
const UNKNOWN: BfString = BfString::Char(char::REPLACEMENT_CHARACTER);
const BLANK: BfString = BfString::Char(' ');
/// A step across the line that starts a new one, in sizes of the letters: more than a footnote
/// mark is raised, less than the closest line spacing.
pub const LINE_STEP: f64 = 0.6;
/// A gap along the line that stands for a blank where no blanks are drawn.
const WORD_GAP: f64 = 0.15;
/// A gap that stands for a blank, such as one between columns, where blanks are drawn.
const WIDE_GAP: f64 = 0.6;
/// Glyphs that a line has room for at first.
const LINE_GLYPHS: usize = 64;
/// Two equal glyphs closer than this are one, drawn twice to look bold.
const DOUBLE_STRIKE: f64 = 0.08;

/// A glyph as it is drawn on the page.
pub struct Drawn {
    /// Where it starts and ends on its base.
    pub start: Point,
    pub end: Point,
    /// Of length 1.
    pub direction: (f64, f64),
    pub size: f64,
    /// The letter or letters; none where the file does not give them.
    text: Option<BfString>,
}

impl Drawn {
    /// `None` for a glyph without a finite place and size.
    #[must_use]
    pub fn new(glyph: &Glyph<'_>, transform: Affine) -> Option<Self> {
        let start = transform * Point::ZERO;
        let unit = transform * Point::new(1000.0, 0.0) - start;
        let size = unit.hypot();
        if !(size.is_finite() && start.x.is_finite() && start.y.is_finite()) || size <= 0.0 {
            return None;
        }
        Some(Self {
            start,
            end: transform * Point::new(f64::from(advance(glyph)), 0.0),
            direction: (unit.x / size, unit.y / size),
            size,
            text: glyph
                .as_unicode()
                .map(single)
                .filter(|text| *text != UNKNOWN),
        })
    }

    /// Length of its text in bytes.
    #[must_use]
    pub fn len_utf8(&self) -> usize {
        match &self.text {
            Some(BfString::Char(c)) => c.len_utf8(),
            Some(BfString::String(text)) => text.len(),
            None => char::REPLACEMENT_CHARACTER.len_utf8(),
        }
    }

    /// Whether the file does not give its character.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.text.is_none()
    }

    /// Whether it shows more than a blank.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        let seen = |c: char| !c.is_whitespace() && !c.is_control();
        match &self.text {
            Some(BfString::Char(c)) => seen(*c),
            Some(BfString::String(text)) => text.chars().any(seen),
            None => true,
        }
    }
}

/// One letter is one letter, however the file gives it: equal glyphs have equal text.
fn single(text: BfString) -> BfString {
    if let BfString::String(text) = &text {
        let mut letters = text.chars();
        if let (Some(one), None) = (letters.next(), letters.next()) {
            return BfString::Char(one);
        }
    }
    text
}

/// Width of a glyph in thousandths of its size.
fn advance(glyph: &Glyph<'_>) -> f32 {
    match glyph {
        Glyph::Outline(outline) => outline.advance_width(),
        Glyph::Type3(glyph) => glyph.advance_width(),
    }
    .filter(|width| width.is_finite())
    .unwrap_or(500.0)
}

/// A glyph on its line.
struct Placed {
    /// Where it starts and ends along the line.
    from: f64,
    to: f64,
    size: f64,
    text: Option<BfString>,
}

/// A line that is being collected: a point on it, its direction, its glyphs.
///
/// A program that takes a missing letter from a second font draws the line in two passes, so the
/// glyphs of one line are put in order by their place.
pub struct Line {
    pub origin: Point,
    direction: (f64, f64),
    /// Size of its first glyph.
    size: f64,
    glyphs: Vec<Placed>,
}

impl Line {
    /// A line that begins at a glyph, still without it.
    #[must_use]
    pub fn at(glyph: &Drawn) -> Self {
        Self {
            origin: glyph.start,
            direction: glyph.direction,
            size: glyph.size,
            glyphs: Vec::with_capacity(LINE_GLYPHS),
        }
    }

    /// Place of a point along and across the line.
    #[must_use]
    pub fn place(&self, point: Point) -> (f64, f64) {
        let (dx, dy) = (point.x - self.origin.x, point.y - self.origin.y);
        (
            dx * self.direction.0 + dy * self.direction.1,
            dx * self.direction.1 - dy * self.direction.0,
        )
    }

    /// Whether a glyph is turned away from the line or stands beside it.
    #[must_use]
    pub fn is_left_by(&self, glyph: &Drawn) -> bool {
        let (x, y) = glyph.direction;
        let turned = x * self.direction.0 + y * self.direction.1 < 0.9;
        turned || self.place(glyph.start).1.abs() > glyph.size.max(self.size) * LINE_STEP
    }

    /// How far a glyph begins behind the last one, in sizes of the letters.
    #[must_use]
    pub fn gap(&self, glyph: &Drawn) -> f64 {
        let last = self.glyphs.last().map_or(0.0, |last| last.to);
        (self.place(glyph.start).0 - last) / glyph.size.max(self.size)
    }

    /// Puts a glyph on the line.
    pub fn push(&mut self, glyph: Drawn) {
        let (from, to) = (self.place(glyph.start).0, self.place(glyph.end).0);
        self.glyphs.push(Placed {
            from,
            to,
            size: glyph.size,
            text: glyph.text,
        });
    }

    /// The line's words.
    #[must_use]
    pub fn text(mut self) -> String {
        self.glyphs
            .sort_by(|one, two| one.from.total_cmp(&two.from));
        let blanks = self
            .glyphs
            .iter()
            .filter(|glyph| glyph.text == Some(BLANK))
            .count();
        // Where blanks are drawn, only a wide gap stands for one more.
        let gap = if blanks * 12 >= self.glyphs.len() {
            WIDE_GAP
        } else {
            WORD_GAP
        };
        let mut out = String::with_capacity(self.glyphs.len() * 2);
        let mut last: Option<&Placed> = None;
        for glyph in &self.glyphs {
            if let Some(last) = last {
                let same = last.text == glyph.text
                    && (glyph.from - last.from).abs() < glyph.size * DOUBLE_STRIKE;
                // A mark that a program draws apart from its letter has no text of its own.
                let mark =
                    glyph.text.is_none() && glyph.from < last.to - glyph.size * DOUBLE_STRIKE;
                if same || mark {
                    continue;
                }
                if glyph.from - last.to > glyph.size.max(last.size) * gap
                    && !out.ends_with(' ')
                    && glyph.text != Some(BLANK)
                {
                    out.push(' ');
                }
            }
            match &glyph.text {
                Some(BfString::Char(c)) => out.push(*c),
                Some(BfString::String(text)) => out.push_str(text),
                None => out.push(char::REPLACEMENT_CHARACTER),
            }
            last = Some(glyph);
        }
        out
    }
}
