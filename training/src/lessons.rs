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

/// Moved, slanted and stretched a little; thicker or thinner strokes, another contrast, grain, no colour.
fn changed(crop: &Crop, width: usize, rng: &mut Rng) -> Vec<f32> {
    let height = crop.values.len() / scan::stamps::CROP_CHANNELS / width;
    let warp = Warp::new(width, height, rng);
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
    let slope = if hard > 0.0 { hard * gain } else { gain };
    let base = lift
        + if hard > 0.0 {
            middle * (1.0 - hard) * gain
        } else {
            0.0
        };
    let mut out = Vec::with_capacity(crop.values.len());
    for (plane, factor) in crop.values.chunks_exact(width * height).zip([1.0, colour]) {
        let moved = warp.apply(plane, width, height);
        let mut moved = if heavy > 0.0 {
            weighted(&moved, width, heavy, f32::max)
        } else if heavy < 0.0 {
            weighted(&moved, width, -heavy, f32::min)
        } else {
            moved
        };
        for value in &mut moved {
            *value = *value * slope + base;
        }
        if grain > 0.0 {
            for eight in moved.chunks_mut(8) {
                for (value, byte) in eight.iter_mut().zip(rng.next().to_le_bytes()) {
                    *value += (f32::from(byte) / 127.5 - 1.0) * grain;
                }
            }
        }
        out.extend(moved.iter().map(|value| value.clamp(0.0, 1.2) * factor));
    }
    out
}

/// From a place of the new crop to one of the old: rows moved and stretched, each row moved along by its own way.
struct Warp {
    /// Along for each column, along for each row, from the left.
    x: [f32; 3],
    /// Down for each row, from the top.
    y: [f32; 2],
}

impl Warp {
    fn new(width: usize, height: usize, rng: &mut Rng) -> Self {
        let (w, h) = (width as f32, height as f32);
        let (wide, tall) = (1.0 + rng.spread(0.06), 1.0 + rng.spread(0.07));
        let shear = rng.spread(0.1);
        let (dx, dy) = (rng.spread(0.02) * w, rng.spread(0.05) * h);
        Self {
            x: [wide, shear, dx + (w - wide * w - shear * h) / 2.0],
            y: [tall, dy + (h - tall * h) / 2.0],
        }
    }

    fn apply(&self, plane: &[f32], width: usize, height: usize) -> Vec<f32> {
        let mut out = Vec::with_capacity(plane.len());
        let ([wide, shear, left], [tall, top]) = (self.x, self.y);
        let row = |y: usize| plane.get(y * width..(y + 1) * width).unwrap_or_default();
        let mut line = vec![0.0; width + 1];
        for at in 0..height {
            let y = (tall * at as f32 + top).clamp(0.0, (height - 1) as f32);
            let part = y - (y as usize) as f32;
            let (upper, lower) = (row(y as usize), row((y as usize + 1).min(height - 1)));
            for (slot, (a, b)) in line.iter_mut().zip(upper.iter().zip(lower)) {
                *slot = a + (b - a) * part;
            }
            if let [.., before, last] = line.as_mut_slice() {
                *last = *before;
            }
            let from = shear * at as f32 + left;
            out.extend((0..width).map(|column| {
                let x = (wide * column as f32 + from).clamp(0.0, (width - 1) as f32);
                let (place, part) = (x as usize, x - (x as usize) as f32);
                match line.get(place..place + 2) {
                    Some([a, b]) => a + (b - a) * part,
                    _ => 0.0,
                }
            }));
        }
        out
    }
}

/// Strokes made heavier by a part of the darkest neighbour, or lighter by a part of the lightest.
fn weighted(plane: &[f32], width: usize, part: f32, pick: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    let mut out = plane.to_vec();
    let reach = |out: &mut Vec<f32>, by: usize| {
        let old = out.clone();
        let near = old.iter().zip(old.iter().skip(2 * by));
        for (value, (a, b)) in out.iter_mut().skip(by).zip(near) {
            *value = pick(*value, pick(*a, *b));
        }
    };
    reach(&mut out, 1);
    reach(&mut out, width);
    for (value, old) in out.iter_mut().zip(plane) {
        *value = old + part * (*value - old);
    }
    out
}
