//! From examples to lessons: small changes that are new in each round.

use scan::stamps::net::{GATE, halved};
use scan::stamps::{CROP_HEIGHT, CROP_WIDTH, Class, Crop};

use crate::examples::Example;
use crate::learn::Lesson;
use crate::rng::Rng;

/// For the gate: nothing, a level stamp upright, a level stamp upside down. Near misses are left to the reader.
pub fn for_gate(example: &Example, rng: &mut Rng) -> Lesson {
    let mut crop = example.crop();
    let mut turned = example.turned;
    if rng.chance(0.5) {
        crop = crop.upside_down();
        turned = !turned;
    }
    change(&mut crop, rng);
    let level = example.class.level().is_some();
    let class = match (level, turned) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => 2,
    };
    let input = halved(&crop);
    debug_assert_eq!(input.len(), 2 * GATE.width * GATE.height);
    Lesson {
        input,
        aspect: crop.aspect,
        class,
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
    if class != Class::Other && rng.chance(0.04) {
        crop = crop.upside_down();
        class = Class::Other;
    }
    change(&mut crop, rng);
    Lesson {
        aspect: crop.aspect,
        class: Class::ALL
            .iter()
            .position(|other| *other == class)
            .unwrap_or_default(),
        weight: if class == Class::NearMiss { 1.2 } else { 1.0 },
        input: crop.values,
    }
}

/// A shift, another contrast, grain, no colour, another aspect.
fn change(crop: &mut Crop, rng: &mut Rng) {
    let (dx, dy) = (rng.below(5) as i64 - 2, rng.below(5) as i64 - 2);
    let gain = rng.range(0.8, 1.15);
    let lift = rng.range(-0.04, 0.06);
    let grain = if rng.chance(0.5) {
        rng.range(0.0, 0.06)
    } else {
        0.0
    };
    let colour = f32::from(u8::from(!rng.chance(0.15)));
    crop.aspect += rng.spread(0.06);
    let old = std::mem::take(&mut crop.values);
    let planes = old
        .chunks_exact(CROP_WIDTH * CROP_HEIGHT)
        .zip([1.0, colour]);
    for (plane, factor) in planes {
        for y in 0..CROP_HEIGHT as i64 {
            let from = (y + dy).clamp(0, CROP_HEIGHT as i64 - 1) as usize * CROP_WIDTH;
            let row = plane.get(from..from + CROP_WIDTH).unwrap_or_default();
            for x in 0..CROP_WIDTH as i64 {
                let at = (x + dx).clamp(0, CROP_WIDTH as i64 - 1) as usize;
                let value = row.get(at).copied().unwrap_or_default();
                let grained =
                    value * gain + lift + if grain > 0.0 { rng.spread(grain) } else { 0.0 };
                crop.values.push(grained.clamp(0.0, 1.2) * factor);
            }
        }
    }
}
