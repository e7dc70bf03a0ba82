//! Stamps and their look-alikes: drawn large as coverage, then pressed on a page with uneven ink.

use crate::canvas::{Canvas, Colour, Mask, Noise, Point, Warp, rectangle};
use crate::fonts::Face;
use crate::rng::Rng;

/// Coverage is drawn at this many cells a pixel of the page.
const FINER: f32 = 2.0;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Border {
    Double,
    Single,
    None,
}

/// What is cut into the stamp.
#[derive(Clone, Debug)]
pub struct Die {
    /// One or two rows.
    pub rows: Vec<String>,
    pub width_mm: f32,
    pub height_mm: f32,
    pub border: Border,
    /// Height of an em of the first row, in mm.
    pub em_mm: f32,
}

impl Die {
    pub fn new(word: &str, width_mm: f32, height_mm: f32, border: Border) -> Self {
        Self {
            rows: vec![word.to_owned()],
            width_mm,
            height_mm,
            border,
            // 13 points, the size of the forms.
            em_mm: 13.0 * 25.4 / 72.0,
        }
    }

    /// Sizes of real stamps vary: home-made ones are larger, their letters fill more or less of the frame.
    pub fn varied(mut self, rng: &mut Rng) -> Self {
        if rng.chance(0.6) {
            let by = rng.range(0.85, 1.35);
            self.width_mm *= by * rng.range(0.93, 1.12);
            self.height_mm *= by * rng.range(0.93, 1.12);
            self.em_mm *= by * rng.range(0.88, 1.15);
        }
        self
    }

    /// Coverage at `unit` cells a millimetre.
    fn mask(&self, face: &mut Face, unit: f32, rng: &mut Rng) -> Mask {
        let mut mask = Mask::new(
            (self.width_mm * unit) as usize,
            (self.height_mm * unit) as usize,
        );
        let (width, height) = (mask.width as f32, mask.height as f32);
        let line = rng.range(0.22, 0.5) * unit;
        let mut room = 0.6 * unit;
        if self.border != Border::None {
            mask.frame(0.0, line.max(1.0));
            room += line;
        }
        if self.border == Border::Double {
            let gap = rng.range(0.55, 1.05) * unit;
            let inner = if rng.chance(0.5) {
                line
            } else {
                line * rng.range(0.5, 0.9)
            };
            mask.frame(line + gap, inner.max(1.0));
            room += gap + inner;
        }
        let rows = self.rows.len() as f32;
        let tall = (height - 2.0 * room) / rows;
        for (at, row) in self.rows.iter().enumerate() {
            let mut px = self.em_mm * unit * if at == 0 { 1.0 } else { 0.75 };
            let spacing = if at == 0 {
                rng.range(-0.01, 0.09) * px
            } else {
                0.0
            };
            let wide = face.width(row, px) + spacing * row.chars().count() as f32;
            let most = (width - 2.0 * room) * rng.range(0.93, 1.0);
            let by = (most / wide).min(tall * 1.02 / px).min(1.0);
            px *= by;
            let left = (width - wide * by + spacing * by) / 2.0;
            let base = room + tall * (at as f32 + 0.5) + px * 0.34;
            face.draw(row, px, (left, base), spacing * by, &mut |x, y, cover| {
                mask.put(x, y, cover)
            });
        }
        mask
    }
}

/// How the ink came to the paper.
#[derive(Clone, Copy, Debug)]
pub struct Press {
    pub ink: Colour,
    /// 1 is full ink.
    pub strength: f32,
    /// 0 even, 1 blotchy.
    pub uneven: f32,
    /// Tilt in radians.
    pub angle: f32,
    /// Part of the stamp, on one side, that did not print.
    pub missing: f32,
    /// How much the far side is smaller.
    pub lean: f32,
}

impl Press {
    pub fn red(rng: &mut Rng, hard: f32) -> Self {
        let ink = [
            rng.range(185.0, 235.0),
            rng.range(15.0, 70.0),
            rng.range(20.0, 85.0),
        ];
        Self {
            ink,
            strength: rng.range(0.72, 1.0),
            uneven: rng.range(0.1, 0.5) * hard,
            angle: rng.spread(0.035) * hard,
            missing: 0.0,
            lean: rng.spread(0.02) * hard,
        }
    }

    pub fn black(mut self, rng: &mut Rng) -> Self {
        let dark = rng.range(15.0, 70.0);
        self.ink = [dark, dark, dark + rng.range(0.0, 15.0)];
        self
    }
}

/// Presses `die` with its middle at `middle` (pixels; `unit` pixels a mm) and answers the corners of its outer edge.
pub fn press(
    canvas: &mut Canvas,
    face: &mut Face,
    die: &Die,
    middle: Point,
    unit: f32,
    how: &Press,
    rng: &mut Rng,
) -> [Point; 4] {
    let mask = die.mask(face, unit * FINER, rng);
    let corners = corners(&mask, middle, how);
    let to_mask = Warp::between(corners, rectangle(mask.width as f32, mask.height as f32));
    let coarse = Noise::new(rng, 1.6 * unit);
    let fine = Noise::new(rng, 0.35 * unit);
    let side = rng.below(4);
    let (low, high) = bounds(&corners);
    for y in low.1.floor() as i64..=high.1.ceil() as i64 {
        for x in low.0.floor() as i64..=high.0.ceil() as i64 {
            let mut cover = 0.0;
            for at in 0..4 {
                let (dx, dy) = (0.25 + 0.5 * (at % 2) as f32, 0.25 + 0.5 * (at / 2) as f32);
                let (u, v) = to_mask.apply((x as f32 + dx, y as f32 + dy));
                cover += mask.cover(u, v) / 4.0;
            }
            if cover <= 0.0 {
                continue;
            }
            let (px, py) = (x as f32, y as f32);
            let rough = coarse.at(px, py) * 0.65 + fine.at(px, py) * 0.35;
            let even = 1.0 - how.uneven * (1.15 - 1.9 * rough).clamp(0.0, 1.0);
            let (u, v) = to_mask.apply((px + 0.5, py + 0.5));
            let along = [
                u / mask.width as f32,
                v / mask.height as f32,
                1.0 - u / mask.width as f32,
                1.0 - v / mask.height as f32,
            ];
            let edge = along.get(side).copied().unwrap_or_default();
            let printed = if how.missing > 0.0 {
                ((edge - how.missing) * 9.0 + rough - 0.2).clamp(0.0, 1.0)
            } else {
                1.0
            };
            canvas.ink(x, y, how.ink, cover * how.strength * even * printed);
        }
    }
    corners
}

fn corners(mask: &Mask, middle: Point, how: &Press) -> [Point; 4] {
    let (w, h) = (
        mask.width as f32 / FINER / 2.0,
        mask.height as f32 / FINER / 2.0,
    );
    let (sin, cos) = how.angle.sin_cos();
    let lean = 1.0 + how.lean;
    [
        (-w, -h * lean),
        (w, -h / lean),
        (w, h / lean),
        (-w, h * lean),
    ]
    .map(|(u, v)| (middle.0 + u * cos - v * sin, middle.1 + u * sin + v * cos))
}

pub fn bounds(corners: &[Point; 4]) -> (Point, Point) {
    let fold = |pick: fn(&Point) -> f32, with: fn(f32, f32) -> f32, from: f32| {
        corners.iter().map(pick).fold(from, with)
    };
    (
        (
            fold(|p| p.0, f32::min, f32::MAX),
            fold(|p| p.1, f32::min, f32::MAX),
        ),
        (
            fold(|p| p.0, f32::max, f32::MIN),
            fold(|p| p.1, f32::max, f32::MIN),
        ),
    )
}

/// A round seal with its star; its words are strokes.
pub fn seal(
    canvas: &mut Canvas,
    face: &mut Face,
    (x, y): Point,
    radius: f32,
    ink: Colour,
    rng: &mut Rng,
) {
    use std::f32::consts::TAU;
    let line = radius * 0.035;
    for (part, thick) in [(1.0, line), (0.93, line * 0.6), (0.62, line * 0.6)] {
        let steps = 120;
        for step in 0..steps {
            let on = |at: usize| {
                let (sin, cos) = (TAU * at as f32 / steps as f32).sin_cos();
                (x + radius * part * cos, y + radius * part * sin)
            };
            canvas.stroke(on(step), on(step + 1), thick, ink, 0.9);
        }
    }
    let points: Vec<Point> = (0..10)
        .map(|at| {
            let far = radius * if at % 2 == 0 { 0.3 } else { 0.13 };
            let (sin, cos) = (TAU * (at as f32 / 10.0) - TAU / 4.0).sin_cos();
            (x + far * cos, y + far * sin)
        })
        .collect();
    for (from, to) in points.iter().zip(points.iter().cycle().skip(1)) {
        canvas.stroke(*from, *to, line, ink, 0.9);
    }
    for at in 0..26 {
        let (sin, cos) = (TAU * at as f32 / 26.0).sin_cos();
        let far = radius * 0.77;
        let letter = rng.pick(&["N", "H", "Ủ", "Y", "B", "A", "T", "Ỉ"]);
        canvas.text(
            face,
            letter,
            radius * 0.17,
            (x + far * cos - radius * 0.06, y + far * sin + radius * 0.06),
            ink,
        );
    }
}
