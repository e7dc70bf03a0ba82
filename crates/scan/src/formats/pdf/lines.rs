//! Glyphs of a page to lines with their place, and what else the page draws.

use super::pages::{Found, mm};
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
};
use std::panic::resume_unwind;
use vanban::formats::pdf::glyphs::{Drawn as Glyphed, Line};

/// Thrown through the interpreter when a page draws too much.
pub(super) struct OverBudget;

/// Most drawing calls of one page: glyph runs, paths, pictures.
const DRAWS_MAX: u64 = 400_000;
/// Most clips of one page: each drawn form sets one, so this bounds forms in forms.
const CLIPS_MAX: u64 = 60_000;
/// Longest text of one page, in bytes.
const PAGE_TEXT_BYTES_MAX: usize = 4 << 20;

/// A line of text on a page, in points from the top left corner.
pub(super) struct TextLine {
    pub text: String,
    pub bbox: Rect,
    pub size: f64,
    pub hidden: bool,
}

/// The line that is being collected, with what surrounds it.
struct Open {
    line: Line,
    size: f64,
    hidden: bool,
    bbox: Rect,
}

impl Open {
    /// Whether a glyph does not stand on the line.
    fn is_left_by(&self, glyph: &Glyphed, hidden: bool) -> bool {
        hidden != self.hidden || self.line.is_left_by(glyph) || self.line.gap(glyph) > COLUMN_GAP
    }

    fn close(self) -> TextLine {
        TextLine {
            text: self.line.text(),
            bbox: self.bbox,
            size: self.size,
            hidden: self.hidden,
        }
    }
}

/// A gap along the line that parts columns, in sizes of the letters.
const COLUMN_GAP: f64 = 2.5;
/// Height of a line above and below its base, in sizes of the letters.
const ASCENT: f64 = 0.75;
const DESCENT: f64 = 0.22;
/// From this on, each of red, green and blue, a colour counts as white.
const WHITE: u8 = 247;

/// Collects what one page draws.
pub(super) struct Drawn {
    /// Size of the page in points.
    pub width: f64,
    pub height: f64,
    pub lines: Vec<TextLine>,
    pub pictures: Vec<Found>,
    /// Pictures too small for a stamp.
    pub specks: u64,
    /// Paths that draw something.
    pub paths: u64,
    /// Curves in red or close to it: a stamp drawn as lines.
    pub red_curves: u64,
    /// Glyphs with and without a character.
    pub known: u64,
    pub unknown: u64,
    pub limits_pixels: u64,
    /// Whether anyone looks at pictures.
    pub looks: bool,
    open: Option<Open>,
    draws: u64,
    clips: u64,
    bytes: usize,
}

impl Drawn {
    pub fn new(width: f64, height: f64, limits_pixels: u64, looks: bool) -> Self {
        Self {
            width,
            height,
            lines: Vec::new(),
            pictures: Vec::new(),
            specks: 0,
            paths: 0,
            red_curves: 0,
            known: 0,
            unknown: 0,
            limits_pixels,
            looks,
            open: None,
            draws: 0,
            clips: 0,
            bytes: 0,
        }
    }

    /// Counts one drawing call. The interpreter cannot be stopped but by unwinding.
    fn count(&mut self) {
        self.draws += 1;
        if self.draws > DRAWS_MAX || self.bytes > PAGE_TEXT_BYTES_MAX {
            resume_unwind(Box::new(OverBudget));
        }
    }

    /// Ends the last line.
    pub fn finish(&mut self) {
        let Some(open) = self.open.take() else { return };
        let mut line = open.close();
        if line.text.trim().is_empty() {
            return;
        }
        let page = Rect::new(0.0, 0.0, self.width, self.height);
        line.hidden |= line.bbox.intersect(page).area() <= 0.0;
        self.lines.push(line);
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, transform: Affine, hidden: bool) {
        let Some(glyph) = Glyphed::new(glyph, transform) else {
            return;
        };
        if glyph.is_unknown() {
            self.unknown += 1;
        } else if glyph.is_seen() {
            self.known += 1;
        }
        self.bytes += glyph.len_utf8();
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.is_left_by(&glyph, hidden))
        {
            self.finish();
        }
        let up = (
            glyph.direction.1 * glyph.size,
            -glyph.direction.0 * glyph.size,
        );
        let (start, end) = (glyph.start, glyph.end);
        let bbox = Rect::from_points(
            Point::new(start.x + up.0 * ASCENT, start.y + up.1 * ASCENT),
            Point::new(end.x - up.0 * DESCENT, end.y - up.1 * DESCENT),
        );
        let open = self.open.get_or_insert_with(|| Open {
            line: Line::at(&glyph),
            size: glyph.size,
            hidden,
            bbox,
        });
        open.bbox = open.bbox.union(bbox);
        open.line.push(glyph);
    }
}

fn colour(paint: &Paint<'_>) -> Option<[u8; 4]> {
    match paint {
        Paint::Color(color) => Some(color.to_rgba().to_rgba8()),
        Paint::Pattern(_) => None,
    }
}

fn is_unseen(paint: &Paint<'_>) -> bool {
    matches!(colour(paint), Some([red, green, blue, alpha])
        if alpha < 8 || (red >= WHITE && green >= WHITE && blue >= WHITE))
}

fn is_red(paint: &Paint<'_>) -> bool {
    matches!(colour(paint), Some([red, green, blue, alpha])
        if alpha > 40 && red > 110 && u16::from(red) > u16::from(green.max(blue)) + 60)
}

impl<'a> Device<'a> for Drawn {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, _: &DrawMode) {
        self.count();
        if is_unseen(&props.paint) {
            return;
        }
        self.paths += 1;
        if is_red(&props.paint) {
            let curves = path
                .elements()
                .iter()
                .filter(|element| matches!(element, PathEl::CurveTo(..) | PathEl::QuadTo(..)))
                .count();
            self.red_curves += curves as u64;
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.clips += 1;
        if self.clips > CLIPS_MAX {
            resume_unwind(Box::new(OverBudget));
        }
        self.count();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.count();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.count();
        let hidden = matches!(mode, DrawMode::Invisible) || is_unseen(&props.paint);
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform(), hidden);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count();
        let (width, height) = (image.width(), image.height());
        let area = props.transform.transform_rect_bbox(Rect::new(
            0.0,
            0.0,
            f64::from(width),
            f64::from(height),
        ));
        let found = Found::new(&image, area, props.transform, self);
        if found.is_speck() {
            self.specks += 1;
        } else {
            self.pictures.push(found);
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

impl TextLine {
    /// Left, top, width, height in mm.
    pub fn bbox_mm(&self) -> [f32; 4] {
        mm(self.bbox)
    }
}
