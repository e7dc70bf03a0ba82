//! From examples to lessons: small changes that are new in each round.

use scan::stamps::{Class, Crop};

use crate::canvas::Noise;
use crate::examples::Example;
use crate::learn::Lesson;
use crate::rng::Rng;
use crate::words;

/// Parts of the lessons whose ink is uneven, and over which text lies.
const UNEVEN: f32 = 0.4;
const TEXT_OVER: f32 = 0.12;

/// For the gate: nothing, a level stamp upright, a level stamp upside down. Near misses are left to the reader.
/// `other` lies over some of them.
pub fn for_gate(example: &Example, other: &Example, rng: &mut Rng) -> Lesson {
    let crops = (example.glance(), other.glance());
    level_or_not(example, crops, scan::stamps::GLANCE_WIDTH, rng)
}

/// The same from a closer look.
pub fn for_closer_gate(example: &Example, other: &Example, rng: &mut Rng) -> Lesson {
    let crops = (example.look(), other.look());
    level_or_not(example, crops, scan::stamps::LOOK_WIDTH, rng)
}

fn level_or_not(
    example: &Example,
    (mut crop, other): (Crop, Crop),
    width: usize,
    rng: &mut Rng,
) -> Lesson {
    worn(&mut crop, &other, width, rng);
    let mut turned = example.turned;
    if rng.chance(0.5) {
        crop = crop.upside_down();
        turned = !turned;
    }
    let level = example.class.level().is_some();
    Lesson {
        aspect: crop.aspect + rng.spread(0.06),
        input: changed(&crop, width, rng),
        class: match (level, turned) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => 2,
        },
        weight: if level { 1.5 } else { 1.0 },
    }
}

/// For the reader: the class or the near miss; a stamp upside down is nothing, because the gate turns it first.
pub fn for_reader(example: &Example, other: &Example, rng: &mut Rng) -> Lesson {
    let mut crop = example.crop();
    worn(&mut crop, &other.crop(), scan::stamps::CROP_WIDTH, rng);
    let (mut class, mut output) = (example.class, example.output);
    if example.turned {
        crop = crop.upside_down();
    }
    if class != Class::Other && rng.chance(0.03) {
        crop = crop.upside_down();
        class = Class::Other;
        output = words::output(class, "");
    }
    Lesson {
        aspect: crop.aspect + rng.spread(0.06),
        input: changed(&crop, scan::stamps::CROP_WIDTH, rng),
        class: usize::from(output),
        weight: if class == Class::NearMiss { 1.3 } else { 1.0 },
    }
}

/// Ink that took unevenly or not at all at one side, and black text over it.
fn worn(crop: &mut Crop, other: &Crop, width: usize, rng: &mut Rng) {
    let size = crop.values.len() / scan::stamps::CROP_CHANNELS;
    if rng.chance(UNEVEN) {
        let ink = patches(width, size / width, rng);
        for plane in crop.values.chunks_exact_mut(size) {
            for (value, part) in plane.iter_mut().zip(&ink) {
                *value *= part;
            }
        }
    }
    if rng.chance(TEXT_OVER) {
        let weaker = rng.range(0.35, 1.0);
        let (green, red) = crop.values.split_at_mut(size);
        for ((green, red), text) in green.iter_mut().zip(red).zip(&other.values) {
            *green = (*green * weaker).max(*text);
            *red *= 1.0 - 0.8 * text.min(1.0);
        }
    }
}

/// How much ink of a stamp took at each place, from 0 to 1.
fn patches(width: usize, height: usize, rng: &mut Rng) -> Vec<f32> {
    let per_mm = height as f32 / 10.0;
    let (coarse, fine) = (Noise::new(rng, 1.6 * per_mm), Noise::new(rng, 0.5 * per_mm));
    let uneven = rng.range(0.2, 0.85);
    let missing = if rng.chance(0.3) {
        rng.range(0.1, 0.26)
    } else {
        0.0
    };
    let side = rng.below(4);
    let mut out = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
            let rough = 0.65 * coarse.at(x as f32, y as f32) + 0.35 * fine.at(x as f32, y as f32);
            let even = 1.0 - uneven * (1.15 - 1.9 * rough).clamp(0.0, 1.0);
            let edge = [u, v, 1.0 - u, 1.0 - v].get(side).copied();
            let printed = edge.map_or(1.0, |edge| {
                ((edge - missing) * 9.0 + rough - 0.2).clamp(0.0, 1.0)
            });
            out.push(if missing > 0.0 { even * printed } else { even });
        }
    }
    out
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
    let hard = if rng.chance(0.2) {
        rng.range(2.0, 6.0)
    } else {
        0.0
    };
    let blur = if rng.chance(0.35) {
        rng.range(0.05, 0.3)
    } else {
        0.0
    };
    let middle = rng.range(0.3, 0.6);
    let gain = rng.range(0.75, 1.15);
    let lift = rng.range(-0.04, 0.06);
    let grain = if rng.chance(0.5) {
        rng.range(0.0, 0.12)
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
        let moved = blurred(warp.apply(plane, width, height), width, blur);
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

/// Each value with a part of its neighbours on either side, along and across: what a scanner's optics do.
fn blurred(plane: Vec<f32>, width: usize, part: f32) -> Vec<f32> {
    let pass = |old: Vec<f32>, by: usize| {
        let mut out = old.clone();
        let beside = old.iter().zip(old.iter().skip(2 * by));
        for (value, (a, b)) in out.iter_mut().skip(by).zip(beside) {
            *value = *value * (1.0 - 2.0 * part) + (a + b) * part;
        }
        out
    };
    if part > 0.0 {
        pass(pass(plane, 1), width)
    } else {
        plane
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
