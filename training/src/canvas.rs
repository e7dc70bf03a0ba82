//! A page being drawn: colours, blending, warping.

use crate::fonts::Face;
use crate::rng::Rng;

pub type Colour = [f32; 3];
pub type Point = (f32, f32);

/// Red, green and blue, 0 to 255, rows from the top.
#[derive(Clone, Debug)]
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[u8; 3]>,
}

impl Canvas {
    pub fn new(width: usize, height: usize, paper: Colour) -> Self {
        let paper = paper.map(|light| light.clamp(0.0, 255.0) as u8);
        Self {
            width,
            height,
            pixels: vec![paper; width * height],
        }
    }

    pub fn at_mut(&mut self, x: i64, y: i64) -> Option<&mut [u8; 3]> {
        let x = usize::try_from(x).ok().filter(|x| *x < self.width)?;
        let y = usize::try_from(y).ok().filter(|y| *y < self.height)?;
        self.pixels.get_mut(y * self.width + x)
    }

    /// The pixel, or its nearest neighbour at the edge.
    pub fn near(&self, x: i64, y: i64) -> [u8; 3] {
        let x = x.clamp(0, self.width as i64 - 1) as usize;
        let y = y.clamp(0, self.height as i64 - 1) as usize;
        self.pixels
            .get(y * self.width + x)
            .copied()
            .unwrap_or([255; 3])
    }

    /// Ink lets the darker of both through: `ink` times the paper, `cover` of 1.
    pub fn ink(&mut self, x: i64, y: i64, ink: Colour, cover: f32) {
        if let Some(pixel) = self.at_mut(x, y) {
            for (light, ink) in pixel.iter_mut().zip(ink) {
                let old = f32::from(*light);
                *light = (old * (1.0 - cover) + old * ink / 255.0 * cover) as u8;
            }
        }
    }

    pub fn text(&mut self, face: &mut Face, text: &str, px: f32, at: Point, ink: Colour) {
        face.draw(text, px, at, 0.0, &mut |x, y, cover| {
            self.ink(x, y, ink, f32::from(cover) / 255.0);
        });
    }

    pub fn fill(&mut self, (left, top): Point, (right, bottom): Point, ink: Colour) {
        for y in top.round() as i64..bottom.round().max(top.round() + 1.0) as i64 {
            for x in left.round() as i64..right.round().max(left.round() + 1.0) as i64 {
                self.ink(x, y, ink, 1.0);
            }
        }
    }

    pub fn frame(&mut self, (left, top): Point, (right, bottom): Point, line: f32, ink: Colour) {
        self.fill((left, top), (right, top + line), ink);
        self.fill((left, bottom - line), (right, bottom), ink);
        self.fill((left, top), (left + line, bottom), ink);
        self.fill((right - line, top), (right, bottom), ink);
    }

    /// A stroke of a pen.
    pub fn stroke(&mut self, from: Point, to: Point, radius: f32, ink: Colour, cover: f32) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let steps = (length * 1.5).ceil().max(1.0) as usize;
        let reach = radius.ceil() as i64;
        for step in 0..=steps {
            let part = step as f32 / steps as f32;
            let (x, y) = (
                from.0 + (to.0 - from.0) * part,
                from.1 + (to.1 - from.1) * part,
            );
            for dy in -reach..=reach {
                for dx in -reach..=reach {
                    let (px, py) = (x.floor() as i64 + dx, y.floor() as i64 + dy);
                    let far = (px as f32 + 0.5 - x).hypot(py as f32 + 0.5 - y);
                    self.ink(
                        px,
                        py,
                        ink,
                        cover * (radius + 0.5 - far).clamp(0.0, 1.0) * 0.7,
                    );
                }
            }
        }
    }

    /// A quarter turn to the right, `quarters` times.
    pub fn turned(&self, quarters: usize) -> Self {
        (0..quarters % 4).fold(self.clone(), |old, _| {
            let (width, height) = (old.height, old.width);
            let pixels = (0..height * width)
                .map(|at| old.near((at / width) as i64, (width - 1 - at % width) as i64))
                .collect();
            Self {
                width,
                height,
                pixels,
            }
        })
    }
}

/// Coverage drawn larger than the page, to be laid on it tilted.
#[derive(Clone, Debug)]
pub struct Mask {
    pub width: usize,
    pub height: usize,
    pub cover: Vec<u8>,
}

impl Mask {
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            cover: vec![0; width * height],
        }
    }

    pub fn put(&mut self, x: i64, y: i64, cover: u8) {
        let inside = usize::try_from(x).ok().zip(usize::try_from(y).ok());
        let cell = inside
            .filter(|(x, _)| *x < self.width)
            .and_then(|(x, y)| self.cover.get_mut(y * self.width + x));
        if let Some(cell) = cell {
            *cell = (*cell).max(cover);
        }
    }

    pub fn fill(&mut self, (left, top): Point, (right, bottom): Point) {
        for y in top.round() as i64..bottom.round() as i64 {
            for x in left.round() as i64..right.round() as i64 {
                self.put(x, y, 255);
            }
        }
    }

    pub fn frame(&mut self, inset: f32, line: f32) {
        let (right, bottom) = (self.width as f32 - inset, self.height as f32 - inset);
        self.fill((inset, inset), (right, inset + line));
        self.fill((inset, bottom - line), (right, bottom));
        self.fill((inset, inset), (inset + line, bottom));
        self.fill((right - line, inset), (right, bottom));
    }

    /// Between cells; nothing outside.
    pub fn cover(&self, x: f32, y: f32) -> f32 {
        let (left, top) = ((x - 0.5).floor(), (y - 0.5).floor());
        let (fx, fy) = (x - 0.5 - left, y - 0.5 - top);
        let cell = |dx: i64, dy: i64| {
            let x = usize::try_from(left as i64 + dx)
                .ok()
                .filter(|x| *x < self.width);
            let y = usize::try_from(top as i64 + dy).ok();
            let found = x
                .zip(y)
                .and_then(|(x, y)| self.cover.get(y * self.width + x));
            found.map_or(0.0, |cover| f32::from(*cover) / 255.0)
        };
        let upper = cell(0, 0) * (1.0 - fx) + cell(1, 0) * fx;
        let lower = cell(0, 1) * (1.0 - fx) + cell(1, 1) * fx;
        upper * (1.0 - fy) + lower * fy
    }
}

/// Smooth noise: random lights at the knots of a net, between them straight.
pub struct Noise {
    seed: u64,
    step: f32,
}

impl Noise {
    pub fn new(rng: &mut Rng, step: f32) -> Self {
        Self {
            seed: rng.next(),
            step,
        }
    }

    /// From 0 to 1.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x / self.step, y / self.step);
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let knot = |dx: f32, dy: f32| {
            let (a, b) = ((left + dx) as i64 as u64, (top + dy) as i64 as u64);
            Rng::new(self.seed ^ a.wrapping_mul(0x8DA6_B343) ^ b.wrapping_mul(0xD816_3841_0000))
                .part()
        };
        let upper = knot(0.0, 0.0) * (1.0 - fx) + knot(1.0, 0.0) * fx;
        let lower = knot(0.0, 1.0) * (1.0 - fx) + knot(1.0, 1.0) * fx;
        upper * (1.0 - fy) + lower * fy
    }
}

/// A projective map of the plane.
#[derive(Clone, Copy, Debug)]
pub struct Warp([f64; 9]);

impl Warp {
    /// The map that takes the four points of `from` to those of `to`; both go round in the same sense.
    pub fn between(from: [Point; 4], to: [Point; 4]) -> Self {
        let mut rows: Vec<[f64; 9]> = Vec::with_capacity(8);
        for ((x, y), (u, v)) in from.into_iter().zip(to) {
            let (x, y, u, v) = (f64::from(x), f64::from(y), f64::from(u), f64::from(v));
            rows.push([x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u]);
            rows.push([0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v]);
        }
        let mut solved = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        for column in 0..8 {
            let value = |row: &[f64; 9], at: usize| row.get(at).copied().unwrap_or_default();
            let best = (column..8).max_by(|a, b| {
                let size = |at: &usize| rows.get(*at).map_or(0.0, |row| value(row, column).abs());
                size(a).total_cmp(&size(b))
            });
            rows.swap(column, best.unwrap_or(column));
            let pivot = rows.get(column).copied().unwrap_or([0.0; 9]);
            let top = value(&pivot, column);
            for (at, row) in rows.iter_mut().enumerate().filter(|(at, _)| *at != column) {
                let factor = if at == column {
                    0.0
                } else {
                    value(row, column) / top
                };
                for (cell, above) in row.iter_mut().zip(pivot) {
                    *cell -= factor * above;
                }
            }
        }
        for (at, (slot, row)) in solved.iter_mut().zip(&rows).enumerate() {
            let diagonal = row.get(at).copied().unwrap_or(1.0);
            *slot = row.last().copied().unwrap_or_default() / diagonal;
        }
        Self(solved)
    }

    pub fn apply(&self, (x, y): Point) -> Point {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let (x, y) = (f64::from(x), f64::from(y));
        let w = g * x + h * y + i;
        (
            ((a * x + b * y + c) / w) as f32,
            ((d * x + e * y + f) / w) as f32,
        )
    }
}

pub fn rectangle(width: f32, height: f32) -> [Point; 4] {
    [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
}
