//! Frames by the word in them: a short word that stands alone, with pieces of four lines around it. On a page of one bit a
//! pixel a worn frame is left in pieces, which are no lines any more, and text that touches it makes one blot of both.

use super::letters::Row;
use super::plane::Grid;
use super::shape::{Run, Tilted, groups};

/// Gaps within a word, in mm: along it wider than between words of a text, so that its lines are not taken for short words;
/// across it less than from a letter to the frame.
const ALONG_MM: f32 = 2.4;
const ACROSS_MM: f32 = 0.3;
/// Sizes of words and of frames, in mm.
const WORD_WIDTH_MM: std::ops::Range<f32> = 4.5..48.0;
const WORD_HEIGHT_MM: std::ops::Range<f32> = 1.8..7.5;
const FRAME_HEIGHT_MM: std::ops::Range<f32> = 5.2..14.0;
/// Most words of a page that are looked at, from its top.
const WORDS_MAX: usize = 500;
/// From the word to the lines above and below it, and to those at its ends, in mm.
const ABOVE_MM: (f32, f32) = (0.4, 3.8);
const BESIDE_MM: (f32, f32) = (0.3, 11.0);
/// Tilts that are tried, in radians, to both sides; a page is tilted less than a stamp on it.
const TILTS: [f32; 6] = [0.0, 0.0175, 0.035, 0.0525, 0.07, 0.09];
/// Least part of each side that has ink, and of all four together.
const SIDE_MIN: f32 = 0.25;
const SIDES_MIN: f32 = 1.6;
/// Where lines that run on past a corner are looked for, in mm from the frame (up and down farther than a line of text is
/// high), how much of the way must have ink, and how many of the eight ways may: text beside a stamp looks like one, a table
/// or a box has more.
const ON_ALONG_MM: (f32, f32) = (1.2, 4.0);
const ON_ACROSS_MM: (f32, f32) = (1.0, 4.5);
const ON_INKED: f32 = 0.8;
const ON_MAX: usize = 1;
/// Where the paper at both ends is blank, in mm from the frame, past a second frame around it; most ink there.
const BLANK_MM: (f32, f32) = (1.5, 3.5);
const BLANK_INKED: f32 = 0.06;

/// Tilts that are tried for a row of letters, beside its own, and those of lines of a page.
const TILTS_NEAR: [f32; 3] = [0.0, -0.0262, 0.0262];
const PAGE_TILTS: [f32; 9] = [
    0.0, -0.013, 0.013, -0.026, 0.026, -0.039, 0.039, -0.052, 0.052,
];
/// Height of capitals in mm, what they mostly have, and how wide the word is against that.
const CAPITALS_MM: std::ops::Range<f32> = 1.9..6.0;
const CAPITAL_MM: f32 = 3.4;
const WIDE: std::ops::Range<f32> = 1.5..11.0;
/// From the word to the edges of most stamps, in heights of its capitals: 13 points in a frame of 8 mm.
const BESIDE_CAPITALS: f32 = 1.6;
const ABOVE_CAPITALS: f32 = 0.75;
/// What is looked at beside a word, in mm from its end to past such a frame, and how much ink is more than a frame has there.
const NEAR_MM: f32 = 0.4;
const ROUND_MM: f32 = 3.0;
const BESIDE_INKED: f32 = 0.13;
/// How far from the letters lines of a table are looked for, which are near, how far past the word's ends they run, in mm,
/// and how much of them has ink.
const CELL_MM: f32 = 8.6;
const CELL_NEAR_MM: f32 = 4.6;
const PAST_FRAMES_MM: f32 = 13.0;
const CELL_INKED: f32 = 0.75;

/// Places with how good they are. `ink` are all runs of `mask`, `unit` is pixels a millimetre, roughly.
pub(super) fn frames(mask: &Grid, ink: &[Run], unit: f32) -> Vec<(Tilted, f32)> {
    let along = (ALONG_MM * unit).round() as usize;
    let across = (ACROSS_MM * unit).round().max(1.0) as usize - 1;
    let words = groups(ink, along, across);
    let tilts = TILTS.into_iter().flat_map(|tilt| [tilt, -tilt]).skip(1);
    words
        .iter()
        .filter_map(|ink| word(ink, unit))
        .take(WORDS_MAX)
        .filter_map(|word| {
            let tilted = tilts.clone().filter_map(|tilt| {
                let look = Look::new(mask, &word, tilt, unit);
                look.framed().map(|frame| (look, frame))
            });
            // The best tilt decides: at another one the lines of a table do not seem to run on.
            let (look, frame) = tilted.max_by(|a, b| a.1.inked.total_cmp(&b.1.inked))?;
            let alone = look.is_alone(&frame);
            alone.then(|| (look.place(&frame), frame.inked))
        })
        .collect()
}

/// What may be the word of a stamp.
fn word(ink: &[Run], unit: f32) -> Option<Row> {
    let left = ink.iter().map(|run| run.from).min()? as f32;
    let right = ink.iter().map(|run| run.to).max()? as f32;
    let (top, bottom) = (ink.first()?.y as f32, ink.last()?.y as f32 + 1.0);
    let (width, height) = (right - left, bottom - top);
    let fits = WORD_WIDTH_MM.contains(&(width / unit))
        && WORD_HEIGHT_MM.contains(&(height / unit))
        && width > 1.2 * height;
    fits.then_some(Row {
        x: f32::midpoint(left, right),
        y: f32::midpoint(top, bottom),
        across: width / 2.0,
        down: height / 2.0,
        slope: 0.0,
    })
}

/// The place of a stamp around a row of letters, and how good it is: by the lines of its frame where they are left, otherwise
/// as large as stamps mostly are, if nothing but a frame can be beside the letters.
pub(super) fn around(row: &Row, mask: &Grid, unit: f32) -> Option<(Tilted, f32)> {
    let tilt = row.slope.atan();
    let high = 2.0 * row.down;
    let (beside, above) = (BESIDE_CAPITALS * high, ABOVE_CAPITALS * high);
    let look = Look::new(mask, row, tilt, unit);
    let ink = look.ink_beside((NEAR_MM * unit, beside + ROUND_MM * unit));
    if ink >= BESIDE_INKED {
        return None;
    }
    let framed = TILTS_NEAR.into_iter().filter_map(|by| {
        let look = Look::new(mask, row, tilt + by, unit);
        look.framed().map(|frame| (look, frame))
    });
    let framed = framed.max_by(|a, b| a.1.inked.total_cmp(&b.1.inked));
    if let Some((look, frame)) = framed.filter(|(look, frame)| look.is_alone(frame)) {
        return Some((look.place(&frame), 1.0 + frame.inked));
    }
    let fits = CAPITALS_MM.contains(&(high / unit)) && WIDE.contains(&(row.across / row.down));
    if !fits || in_cell(row, mask, unit) {
        return None;
    }
    let frame = Frame {
        left: -row.across - beside,
        right: row.across + beside,
        top: -row.down - above,
        bottom: row.down + above,
        inked: 0.0,
    };
    let good = 1.0 - (high / unit - CAPITAL_MM).abs() / 3.0 - 5.0 * ink;
    Some((look.place(&frame), good))
}

/// Lines above and below the letters, or one near them, run on at a side farther than a frame would: they stand in a table.
fn in_cell(row: &Row, mask: &Grid, unit: f32) -> bool {
    let nearest = |down: f32| {
        let lines = PAGE_TILTS.into_iter().flat_map(|tilt| {
            let look = Look::new(mask, row, tilt, unit);
            let steps = (CELL_MM * unit) as usize;
            (0..=steps).find(|step| {
                let v = down * (row.down + ABOVE_MM.0 * unit + *step as f32);
                let runs_on = |side: f32| {
                    let far = side * (row.across + PAST_FRAMES_MM * unit);
                    let (from, to) = (far.min(side * row.across), far.max(side * row.across));
                    look.is_line(v, (from, to), -1..=2)
                };
                look.is_line(v, (-row.across, row.across), 0..=1) && (runs_on(1.0) || runs_on(-1.0))
            })
        });
        lines.min()
    };
    match (nearest(-1.0), nearest(1.0)) {
        (Some(_), Some(_)) => true,
        (Some(line), None) | (None, Some(line)) => (line as f32) < CELL_NEAR_MM * unit,
        (None, None) => false,
    }
}

/// Four lines, along and across a tilt, from the middle of the word, and how much ink they have together.
struct Frame {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
    inked: f32,
}

/// The mask seen along a tilt from the middle of a word.
struct Look<'a> {
    mask: &'a Grid,
    x: f32,
    y: f32,
    tilt: f32,
    sin: f32,
    cos: f32,
    /// Half of the word's size.
    across: f32,
    down: f32,
    unit: f32,
}

impl<'a> Look<'a> {
    fn new(mask: &'a Grid, word: &Row, tilt: f32, unit: f32) -> Self {
        let (sin, cos) = tilt.sin_cos();
        Self {
            mask,
            x: word.x,
            y: word.y,
            tilt,
            sin,
            cos,
            across: word.across,
            down: word.down,
            unit,
        }
    }

    /// Part of what lies beside the letters, at one side or the other, that has ink.
    fn ink_beside(&self, (near, far): (f32, f32)) -> f32 {
        let part = |from: f32| {
            let steps = (far - near).max(1.0) as usize;
            let columns = (0..steps).map(|step| from + step as f32);
            let inked = columns.map(|u| self.column(u, (-self.down, self.down), 0..=0));
            inked.sum::<f32>() / steps as f32
        };
        part(-self.across - far).max(part(self.across + near))
    }

    fn framed(&self) -> Option<Frame> {
        let over = |side: f32| {
            let row =
                |far: f32| self.row(side * (self.down + far), (-self.across, self.across), 0..=1);
            inked_most(ABOVE_MM, self.unit, row)
        };
        let there = |side: &(f32, f32)| side.1 >= SIDE_MIN;
        let (up, above) = over(-1.0).filter(there)?;
        let (below, beneath) = over(1.0).filter(there)?;
        let (top, bottom) = (-self.down - up, self.down + below);
        if !FRAME_HEIGHT_MM.contains(&((bottom - top) / self.unit)) {
            return None;
        }
        let beside = |side: f32| {
            let column = |far: f32| self.column(side * (self.across + far), (top, bottom), 0..=1);
            inked_most(BESIDE_MM, self.unit, column)
        };
        let (back, before) = beside(-1.0).filter(there)?;
        let (forth, after) = beside(1.0).filter(there)?;
        let sides = [above, beneath, before, after];
        let inked: f32 = sides.iter().sum();
        // A word stands in the middle of its stamp.
        let middle = (back - forth).abs() <= 0.4 * back.max(forth) + self.unit;
        (middle && inked >= SIDES_MIN).then_some(Frame {
            left: -self.across - back,
            right: self.across + forth,
            top,
            bottom,
            inked,
        })
    }

    /// Neither a cell of a table nor a word among others.
    fn is_alone(&self, frame: &Frame) -> bool {
        let unit = self.unit;
        let way = |edge: f32, side: f32, (near, far): (f32, f32)| {
            let (a, b) = (edge + side * near * unit, edge + side * far * unit);
            (a.min(b), a.max(b))
        };
        let ends = [(frame.left, -1.0), (frame.right, 1.0)];
        let brims = [(frame.top, -1.0), (frame.bottom, 1.0)];
        let mut runs_on = 0;
        for (edge, side) in ends {
            for (brim, down) in brims {
                let row = self.row(brim, way(edge, side, ON_ALONG_MM), -2..=2);
                let column = self.column(edge, way(brim, down, ON_ACROSS_MM), -2..=2);
                runs_on += usize::from(row > ON_INKED) + usize::from(column > ON_INKED);
            }
        }
        let blank = ends.into_iter().all(|(edge, side)| {
            let (from, to) = way(edge, side, BLANK_MM);
            let steps = (to - from).max(1.0) as usize;
            let inked = (0..steps)
                .map(|step| self.column(from + step as f32, (-self.down, self.down), 0..=1));
            inked.sum::<f32>() <= BLANK_INKED * steps as f32
        });
        runs_on <= ON_MAX && blank
    }

    fn place(&self, frame: &Frame) -> Tilted {
        let u = f32::midpoint(frame.left, frame.right);
        let v = f32::midpoint(frame.top, frame.bottom);
        let (x, y) = self.at(u, v);
        Tilted {
            x,
            y,
            width: frame.right - frame.left + 1.0,
            height: frame.bottom - frame.top + 1.0,
            angle: self.tilt,
        }
    }

    fn at(&self, u: f32, v: f32) -> (f32, f32) {
        (
            self.x + u * self.cos - v * self.sin,
            self.y + u * self.sin + v * self.cos,
        )
    }

    fn inked(&self, u: f32, v: f32) -> bool {
        let (x, y) = self.at(u, v);
        self.mask.under(x, y) != 0
    }

    /// Part of the way along at `v` that has ink there or at one of the `near` pixels beside.
    fn row(&self, v: f32, (from, to): (f32, f32), near: std::ops::RangeInclusive<i8>) -> f32 {
        inked_part(from, to, |u| {
            near.clone()
                .any(|aside| self.inked(u, v + f32::from(aside)))
        })
    }

    /// Has that way ink along nearly all of it? Paper is told soon.
    fn is_line(&self, v: f32, (from, to): (f32, f32), near: std::ops::RangeInclusive<i8>) -> bool {
        let steps = (to - from).max(1.0) as usize;
        let blank = (0..steps).filter(|step| {
            let u = from + *step as f32;
            !near
                .clone()
                .any(|aside| self.inked(u, v + f32::from(aside)))
        });
        let most = (steps as f32 * (1.0 - CELL_INKED)) as usize;
        blank.take(most + 1).count() <= most
    }

    /// The same across, at `u`.
    fn column(&self, u: f32, (from, to): (f32, f32), near: std::ops::RangeInclusive<i8>) -> f32 {
        inked_part(from, to, |v| {
            near.clone()
                .any(|aside| self.inked(u + f32::from(aside), v))
        })
    }
}

fn inked_part(from: f32, to: f32, inked: impl Fn(f32) -> bool) -> f32 {
    let steps = (to - from).max(1.0) as usize;
    let with_ink = (0..steps).filter(|step| inked(from + *step as f32));
    with_ink.count() as f32 / steps as f32
}

/// The distance in pixels at which most has ink, and how much.
fn inked_most((from, to): (f32, f32), unit: f32, inked: impl Fn(f32) -> f32) -> Option<(f32, f32)> {
    let steps = ((to - from) * unit) as usize;
    let each = (0..=steps).map(|step| {
        let far = from * unit + step as f32;
        (far, inked(far))
    });
    each.max_by(|a, b| a.1.total_cmp(&b.1))
}
