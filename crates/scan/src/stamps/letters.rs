//! Short rows of letters, as what is left of a stamp whose frame is worn away or runs into text.

use super::shape::{Run, Union, groups};

/// Sizes of letters, in mm, capitals with their marks; a faint word may be one piece.
const LETTER_WIDTH_MM: f32 = 0.2;
const LETTER_HEIGHT_MM: std::ops::Range<f32> = 1.6..6.2;
/// Gap within a letter that took badly, and the widest between two letters of a stamp, one of which may be missing.
const WITHIN_MM: f32 = 0.3;
const BETWEEN_MM: f32 = 3.6;
/// How far two letters of a row stand from one another in height, as a part of the higher one, and how much lower the
/// other one may be.
const STEP: f32 = 0.45;
const RATIO: f32 = 0.5;
const ROW_WIDTH_MM: std::ops::Range<f32> = 5.0..48.0;
/// Most letters of a page and of a row (a letter may be in pieces), and most rows.
const LETTERS_MAX: usize = 6_000;
const ROW_MAX: usize = 40;
const ROWS_MAX: usize = 500;
/// Narrowest square to tick, in mm, how wide to how high it is, and which part of its edges has ink.
const BOX_MM: f32 = 2.2;
const BOX_ASPECT: std::ops::Range<f32> = 0.75..1.35;
const BOX_INKED: f32 = 0.8;

/// A row of letters: its middle, half of its width, half of the height of its middling letter, and how it slopes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub x: f32,
    pub y: f32,
    pub across: f32,
    pub down: f32,
    pub slope: f32,
}

/// Connected ink as large as a letter.
#[derive(Clone, Copy)]
struct Letter {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
    is_box: bool,
}

impl Letter {
    fn of(ink: &[Run], unit: f32, widest: f32) -> Option<Self> {
        let mut letter = Self {
            left: ink.iter().map(|run| run.from).min()? as f32,
            right: ink.iter().map(|run| run.to).max()? as f32,
            top: ink.first()?.y as f32,
            bottom: ink.last()?.y as f32 + 1.0,
            is_box: false,
        };
        let fits = (LETTER_WIDTH_MM..widest).contains(&(letter.width() / unit))
            && LETTER_HEIGHT_MM.contains(&(letter.height() / unit));
        letter.is_box = fits && letter.width() >= BOX_MM * unit && letter.has_edges(ink);
        fits.then_some(letter)
    }

    fn width(&self) -> f32 {
        self.right - self.left
    }

    fn height(&self) -> f32 {
        self.bottom - self.top
    }

    fn middle(&self) -> (f32, f32) {
        (
            f32::midpoint(self.left, self.right),
            f32::midpoint(self.top, self.bottom),
        )
    }

    fn goes_with(&self, other: &Self) -> bool {
        let low = self.height().min(other.height());
        let high = self.height().max(other.height());
        low >= RATIO * high && (self.middle().1 - other.middle().1).abs() <= STEP * high
    }

    /// A square has ink along all four edges, no letter has.
    fn has_edges(&self, ink: &[Run]) -> bool {
        if !BOX_ASPECT.contains(&(self.width() / self.height())) {
            return false;
        }
        let near = 0.15 * self.width() + 1.0;
        let (mut top, mut bottom, mut left, mut right) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
        for row in ink.chunk_by(|a, b| a.y == b.y) {
            let y = row.first().map_or(0.0, |run| run.y as f32);
            let inked: usize = row.iter().map(|run| run.to - run.from).sum();
            let part = inked as f32 / self.width();
            if y < self.top + near {
                top = top.max(part);
            }
            if y >= self.bottom - near {
                bottom = bottom.max(part);
            }
            let begins = row.iter().any(|run| run.from as f32 <= self.left + near);
            let ends = row.iter().any(|run| run.to as f32 >= self.right - near);
            left += f32::from(u8::from(begins)) / self.height();
            right += f32::from(u8::from(ends)) / self.height();
        }
        [top, bottom, left, right]
            .iter()
            .all(|part| *part > BOX_INKED)
    }
}

/// Short rows of letters at most `widest` mm wide; those with a square to tick are left out. `ink` are all runs of a mask,
/// `unit` is pixels a millimetre, roughly.
pub(super) fn rows(ink: &[Run], unit: f32, widest: f32) -> Vec<Row> {
    let parts = groups(ink, (WITHIN_MM * unit).round() as usize, 0);
    let mut letters: Vec<Letter> = parts
        .iter()
        .filter_map(|part| Letter::of(part, unit, widest))
        .take(LETTERS_MAX)
        .collect();
    letters.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut union = Union::new(letters.len());
    for (at, letter) in letters.iter().enumerate() {
        let reach = letter.right + BETWEEN_MM * unit;
        let next = letters.iter().enumerate().skip(at + 1);
        for (other, next) in next.take_while(|(_, next)| next.left <= reach) {
            if letter.goes_with(next) {
                union.join(at, other);
            }
        }
    }
    let mut together: Vec<Vec<Letter>> = vec![Vec::new(); letters.len()];
    for (at, letter) in letters.iter().enumerate() {
        if let Some(row) = together.get_mut(union.root(at)) {
            row.push(*letter);
        }
    }
    let rows = together.iter().filter_map(|letters| row(letters));
    rows.filter(|row| ROW_WIDTH_MM.contains(&(2.0 * row.across / unit)))
        .take(ROWS_MAX)
        .collect()
}

fn row(letters: &[Letter]) -> Option<Row> {
    if letters.len() > ROW_MAX || letters.iter().any(|letter| letter.is_box) {
        return None;
    }
    let left = letters.iter().map(|letter| letter.left).reduce(f32::min)?;
    let right = letters.iter().map(|letter| letter.right).reduce(f32::max)?;
    let x = f32::midpoint(left, right);
    // A mark moves a letter's middle: the middling slope between letters far from one another is that of the row.
    let far = (right - left) / 3.0;
    let mut slopes = Vec::new();
    for (at, (ax, ay)) in letters.iter().map(Letter::middle).enumerate() {
        let others = letters.iter().skip(at + 1).map(Letter::middle);
        let others = others.filter(|(bx, _)| (bx - ax).abs() >= far);
        slopes.extend(others.map(|(bx, by)| (by - ay) / (bx - ax)));
    }
    let slope = middling(slopes);
    let heights = letters.iter().map(Letter::height).collect();
    let at_x = |(along, y): (f32, f32)| y - slope * (along - x);
    Some(Row {
        x,
        y: middling(letters.iter().map(Letter::middle).map(at_x).collect()),
        across: (right - left) / 2.0,
        down: middling(heights) / 2.0,
        slope,
    })
}

fn middling(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
