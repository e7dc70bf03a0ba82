//! From examples to lessons: small changes that are new in each round.

use scan::stamps::{Class, Crop};

use crate::examples::Example;
use crate::learn::Lesson;
use crate::rng::Rng;

/// For the gate: nothing, a level stamp upright, a level stamp upside down. Near misses are left to the reader.
pub fn for_gate(example: &Example, rng: &mut Rng) -> Lesson {
    let mut crop = example.glance();
    let mut turned = example.turned;
    if rng.chance(0.5) {
        crop = crop.upside_down();
        turned = !turned;
    }
    let level = example.class.level().is_some();
    Lesson {
        aspect: crop.aspect + rng.spread(0.06),
        input: changed(&crop, scan::stamps::GLANCE_WIDTH, rng),
        class: match (level, turned) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => 2,
        },
        weight: if level { 1.5 } else { 1.0 },
    }
}

/// For the reader: the class; a stamp upside down is nothing, because the gate turns it first.
pub fn for_reader(example: &Example, rng: &mut Rng) -> Lesson {
    let mut crop = example.crop();
    let mut class = example.class;
    if example.turned {
        crop = crop.upside_down();
    }
    if class != Class::Other && rng.chance(0.03) {
        crop = crop.upside_down();
        class = Class::Other;
    }
    let place = Class::ALL.iter().position(|other| *other == class);
    Lesson {
        aspect: crop.aspect + rng.spread(0.06),
        input: changed(&crop, scan::stamps::CROP_WIDTH, rng),
        class: place.unwrap_or_default(),
        weight: if class == Class::NearMiss { 1.3 } else { 1.0 },
    }
}

/// Moved, sheared and stretched a little; thicker or thinner strokes, another contrast, grain, no colour.
fn changed(crop: &Crop, width: usize, rng: &mut Rng) -> Vec<f32> {
    let height = crop.values.len() / scan::stamps::CROP_CHANNELS / width;
    let warp = Affine::new(width, height, rng);
    let heavy = if rng.chance(0.35) {
        rng.range(-0.6, 0.6)
    } else {
        0.0
    };
    let hard = if rng.chance(0.12) {
        rng.range(2.0, 6.0)
    } else {
        0.0
    };
    let middle = rng.range(0.3, 0.6);
    let gain = rng.range(0.75, 1.15);
    let lift = rng.range(-0.04, 0.06);
    let grain = if rng.chance(0.5) {
        rng.range(0.0, 0.09)
    } else {
        0.0
    };
    let colour = f32::from(u8::from(!rng.chance(0.2)));
    let mut out = Vec::with_capacity(crop.values.len());
    for (plane, factor) in crop.values.chunks_exact(width * height).zip([1.0, colour]) {
        let moved = warp.apply(plane, width, height);
        let moved = weighted(moved, width, heavy);
        out.extend(moved.iter().map(|value| {
            let sharp = if hard > 0.0 {
                (value - middle) * hard + middle
            } else {
                *value
            };
            let grained = if grain > 0.0 { rng.spread(grain) } else { 0.0 };
            (sharp * gain + lift + grained).clamp(0.0, 1.2) * factor
        }));
    }
    out
}

/// From a place of the new crop to one of the old, between pixels.
struct Affine {
    x: [f32; 3],
    y: [f32; 3],
}

impl Affine {
    fn new(width: usize, height: usize, rng: &mut Rng) -> Self {
        let (w, h) = (width as f32, height as f32);
        let tilt = rng.spread(0.03);
        let (xx, yy) = (1.0 + rng.spread(0.06), 1.0 + rng.spread(0.07));
        let (xy, yx) = (rng.spread(0.08) - tilt, tilt);
        let (dx, dy) = (rng.spread(0.02) * w, rng.spread(0.05) * h);
        Self {
            x: [xx, xy, w / 2.0 + dx - (xx * w + xy * h) / 2.0],
            y: [yx, yy, h / 2.0 + dy - (yx * w + yy * h) / 2.0],
        }
    }

    fn apply(&self, plane: &[f32], width: usize, height: usize) -> Vec<f32> {
        let mut out = Vec::with_capacity(plane.len());
        let (last_x, last_y) = ((width - 1) as f32, (height - 1) as f32);
        for row in 0..height {
            for column in 0..width {
                let (u, v) = (column as f32, row as f32);
                let [a, b, c] = self.x;
                let [d, e, f] = self.y;
                let x = (a * u + b * v + c).clamp(0.0, last_x);
                let y = (d * u + e * v + f).clamp(0.0, last_y);
                let (left, top) = (x as usize, y as usize);
                let (fx, fy) = (x - left as f32, y - top as f32);
                let right = (left + 1).min(width - 1);
                let near = |y: usize| {
                    let row = plane.get(y * width..(y + 1) * width).unwrap_or_default();
                    let light = |x: usize| row.get(x).copied().unwrap_or_default();
                    light(left) * (1.0 - fx) + light(right) * fx
                };
                out.push(near(top) * (1.0 - fy) + near((top + 1).min(height - 1)) * fy);
            }
        }
        out
    }
}

/// Strokes made heavier by a part of the darkest neighbour, or lighter by a part of the lightest.
fn weighted(plane: Vec<f32>, width: usize, heavy: f32) -> Vec<f32> {
    if heavy == 0.0 {
        return plane;
    }
    let pick = if heavy > 0.0 { f32::max } else { f32::min };
    let blank = vec![0.0; width];
    let rows: Vec<&[f32]> = plane.chunks_exact(width).collect();
    let mut out = Vec::with_capacity(plane.len());
    for (at, row) in rows.iter().enumerate() {
        let above = at.checked_sub(1).and_then(|at| rows.get(at).copied());
        let below = rows.get(at + 1).copied().unwrap_or(&blank);
        let upright = row.iter().zip(above.unwrap_or(&blank)).zip(below);
        let upright: Vec<f32> = upright.map(|((a, b), c)| pick(*a, pick(*b, *c))).collect();
        for (at, value) in row.iter().enumerate() {
            let near = |at: usize| upright.get(at).copied().unwrap_or(*value);
            let left = at.checked_sub(1).map_or(*value, near);
            let most = pick(near(at), pick(left, near(at + 1)));
            out.push(value + heavy.abs() * (most - value));
        }
    }
    out
}
