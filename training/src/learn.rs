//! Mini-batch training of the networks, forward and backward: Adam, a cosine of falling steps. Two threads take the
//! packs of a batch as they come; packs are added up in their order, so the same seeds give the same bits.

use std::sync::Mutex;

use scan::stamps::net::{Block, KERNEL, Shape, softmax};

use crate::lanes::{self, LANES};
use crate::rng::Rng;

/// One thing to learn: the planes at the network's size, the aspect, the class.
#[derive(Clone, Debug)]
pub struct Lesson {
    pub input: Vec<f32>,
    pub aspect: f32,
    pub class: usize,
    pub weight: f32,
}

/// Packs of a batch.
const PACKS: usize = 4;
const BATCH: usize = PACKS * LANES;
const RATE: f32 = 2e-3;
/// Part of it for a network that goes on learning.
const GOING_ON: f32 = 0.5;
/// Part of the rate by which each weight shrinks in a step.
const DECAY: f32 = 5e-3;
/// Part of the features that a lesson does without.
const LEFT_OUT: f32 = 0.2;
/// Part of the target given to all classes alike, so that the network does not become surer than it is right.
const SMOOTH: f32 = 0.02;

/// Places of the weights of blocks, hidden and output layer.
struct Parts {
    blocks: Vec<(Block, usize)>,
    hidden: usize,
    output: usize,
}

fn parts(shape: &Shape) -> Parts {
    let mut at = 0;
    let blocks = shape
        .blocks()
        .into_iter()
        .map(|block| {
            let start = at;
            at += block.weights();
            (block, start)
        })
        .collect();
    Parts {
        blocks,
        hidden: at,
        output: at + shape.hidden * (1 + shape.features()),
    }
}

fn slice(values: &[f32], from: usize, count: usize) -> &[f32] {
    values.get(from..from + count).unwrap_or_default()
}

/// Adds the gradient of the loss of sixteen lessons to `gradient`; answers their losses' sum. Lessons that are missing
/// weigh nothing.
fn backward(
    shape: &Shape,
    weights: &[f32],
    lessons: &[Lesson],
    gradient: &mut [f32],
    rng: &mut Rng,
) -> f32 {
    let parts = parts(shape);
    let inputs: Vec<Vec<f32>> = lessons.iter().map(|lesson| lesson.input.clone()).collect();
    let mut layers: Vec<(Vec<f32>, Vec<f32>)> = Vec::new();
    let mut values = lanes::packed(&inputs, shape.width, shape.height);
    for (block, start) in &parts.blocks {
        let mut made = lanes::convolve(block, slice(weights, *start, block.weights()), &values);
        lanes::rectify(&mut made);
        let next = if block.pooled {
            lanes::pool(block, &made)
        } else {
            made.clone()
        };
        layers.push((std::mem::replace(&mut values, next), made));
    }
    let (width, height) = last_size(&parts);
    let mut values = lanes::flattened(&values, width, height);
    // A part of the features is left out each time.
    let kept: Vec<f32> = values
        .iter()
        .map(|_| {
            if rng.chance(LEFT_OUT) {
                0.0
            } else {
                1.0 / (1.0 - LEFT_OUT)
            }
        })
        .collect();
    for (value, keep) in values.iter_mut().zip(&kept) {
        *value *= keep;
    }
    values.extend((0..LANES).map(|lane| lessons.get(lane).map_or(0.0, |lesson| lesson.aspect)));
    let into_hidden = slice(weights, parts.hidden, parts.output - parts.hidden);
    let mut hidden = lanes::dense(shape.hidden, into_hidden, &values);
    lanes::rectify(&mut hidden);
    let into_output = weights.get(parts.output..).unwrap_or_default();
    let mut output = lanes::dense(shape.classes, into_output, &hidden);
    let loss = against(lessons, shape.classes, &mut output);
    let (before, for_output) = gradient.split_at_mut(parts.output);
    let back = lanes::dense_back(&output, &hidden, into_output, for_output);
    let back = lanes::masked(back, &hidden);
    let (for_blocks, for_hidden) = before.split_at_mut(parts.hidden);
    let mut slope = lanes::dense_back(&back, &values, into_hidden, for_hidden);
    slope.truncate(kept.len());
    for (slope, keep) in slope.iter_mut().zip(&kept) {
        *slope *= keep;
    }
    let slope = lanes::bordered(&slope, width, height);
    blocks_back(&parts, &layers, slope, weights, for_blocks);
    loss
}

/// Size of the planes that leave the last block.
fn last_size(parts: &Parts) -> (usize, usize) {
    let (last, _) = parts
        .blocks
        .last()
        .copied()
        .unwrap_or_else(|| unreachable!("a network has blocks"));
    let by = if last.pooled { 2 } else { 1 };
    (last.width / by, last.height / by)
}

/// Turns the outputs into their slopes against the lessons' targets, and answers the loss.
fn against(lessons: &[Lesson], classes: usize, output: &mut [f32]) -> f32 {
    let even = SMOOTH / classes as f32;
    let mut loss = 0.0;
    for lane in 0..LANES {
        let mut parts: Vec<f32> = output.iter().skip(lane).step_by(LANES).copied().collect();
        softmax(&mut parts);
        let lesson = lessons.get(lane);
        let cells = output.iter_mut().skip(lane).step_by(LANES);
        for (class, (slot, part)) in cells.zip(&parts).enumerate() {
            let slope = |lesson: &Lesson| {
                let mine = f32::from(u8::from(class == lesson.class));
                (part - even - mine * (1.0 - SMOOTH)) * lesson.weight
            };
            *slot = lesson.map_or(0.0, slope);
        }
        loss += lesson.map_or(0.0, |lesson| {
            let right = parts.get(lesson.class).copied().unwrap_or(1.0);
            -right.max(1e-9).ln() * lesson.weight
        });
    }
    loss
}

/// The slopes on their way back through the blocks.
fn blocks_back(
    parts: &Parts,
    layers: &[(Vec<f32>, Vec<f32>)],
    mut slope: Vec<f32>,
    weights: &[f32],
    gradient: &mut [f32],
) {
    for (at, ((block, start), (input, made))) in parts.blocks.iter().zip(layers).enumerate().rev() {
        let inner = if block.pooled {
            lanes::unpool(block, &slope, made)
        } else {
            lanes::masked(slope, made)
        };
        if let Some(mine) = gradient.get_mut(*start..*start + block.weights()) {
            lanes::kernels_back(block, &inner, input, mine);
        }
        slope = if at > 0 {
            lanes::values_back(block, &inner, slice(weights, *start, block.weights()))
        } else {
            Vec::new()
        };
    }
}

/// Random weights of a size that keeps the signal's size from layer to layer.
pub fn fresh(shape: &Shape, rng: &mut Rng) -> Vec<f32> {
    let mut out = Vec::with_capacity(shape.weights());
    let mut layer = |outputs: usize, inputs: usize, gain: f32| {
        out.extend(std::iter::repeat_n(0.0, outputs));
        let size = gain * (2.0 / inputs as f32).sqrt();
        out.extend((0..outputs * inputs).map(|_| rng.normal() * size));
    };
    for block in shape.blocks() {
        layer(block.outputs, block.inputs * KERNEL * KERNEL, 1.0);
    }
    layer(shape.hidden, shape.features(), 1.0);
    layer(shape.classes, shape.hidden, 0.5);
    out
}

/// How long and how fast a network learns.
#[derive(Clone, Debug)]
pub struct Course {
    pub rounds: usize,
    pub seed: u64,
    /// What it knows already: it goes on from there, by smaller steps.
    pub known: Option<Vec<f32>>,
}

/// Trains on lessons that `make` builds anew in each round from an index below `count`.
pub fn train(
    shape: &Shape,
    count: usize,
    course: Course,
    make: &(dyn Fn(usize, &mut Rng) -> Lesson + Sync),
    say: &mut dyn FnMut(&str),
) -> Vec<f32> {
    let mut rng = Rng::new(course.seed);
    let rounds = course.rounds;
    let fastest = if course.known.is_some() {
        RATE * GOING_ON
    } else {
        RATE
    };
    let mut weights = course.known.unwrap_or_else(|| fresh(shape, &mut rng));
    let mut order: Vec<usize> = (0..count).collect();
    let (mut first, mut second) = (vec![0.0; weights.len()], vec![0.0; weights.len()]);
    let steps = (rounds * count.div_ceil(BATCH)) as f32;
    let mut step = 0;
    for round in 0..rounds {
        rng.shuffle(&mut order);
        let mut total = 0.0;
        for batch in order.chunks(BATCH) {
            let (gradient, loss) = gradient(shape, &weights, batch, rng.next(), make);
            total += loss;
            step += 1;
            let progress = step as f32 / steps;
            let rate = fastest
                * (0.02 + 0.98 * 0.5 * (1.0 + (std::f32::consts::PI * progress).cos()))
                * (step as f32 / 100.0).min(1.0);
            adam(
                &mut weights,
                &gradient,
                (&mut first, &mut second),
                rate,
                step,
            );
        }
        say(&format!(
            "round {}: loss {:.4}",
            round + 1,
            total / count as f32
        ));
    }
    weights
}

fn gradient(
    shape: &Shape,
    weights: &[f32],
    batch: &[usize],
    seed: u64,
    make: &(dyn Fn(usize, &mut Rng) -> Lesson + Sync),
) -> (Vec<f32>, f32) {
    let left = Mutex::new(batch.chunks(LANES).enumerate());
    let next = || left.lock().ok().and_then(|mut left| left.next());
    let work = || {
        let mut done = Vec::new();
        while let Some((at, items)) = next() {
            let mut rng = Rng::new(seed ^ at as u64);
            let mut sum = vec![0.0; weights.len()];
            let lessons: Vec<Lesson> = items.iter().map(|item| make(*item, &mut rng)).collect();
            let loss = backward(shape, weights, &lessons, &mut sum, &mut rng);
            done.push((at, sum, loss));
        }
        done
    };
    let mut packs = std::thread::scope(|scope| {
        let beside = scope.spawn(work);
        let mut mine = work();
        mine.extend(
            beside
                .join()
                .unwrap_or_else(|_| unreachable!("a training thread does not panic")),
        );
        mine
    });
    packs.sort_by_key(|(at, _, _)| *at);
    let share = 1.0 / batch.len() as f32;
    let mut total = vec![0.0; weights.len()];
    let mut losses = 0.0;
    for (_, sum, loss) in packs {
        losses += loss;
        for (total, sum) in total.iter_mut().zip(sum) {
            *total += sum * share;
        }
    }
    (total, losses)
}

fn adam(
    weights: &mut [f32],
    gradient: &[f32],
    (first, second): (&mut [f32], &mut [f32]),
    rate: f32,
    step: i32,
) {
    let (b1, b2) = (0.9_f32, 0.999_f32);
    let (fix1, fix2) = (1.0 - b1.powi(step), 1.0 - b2.powi(step));
    for (((weight, slope), mean), square) in weights.iter_mut().zip(gradient).zip(first).zip(second)
    {
        *mean = b1 * *mean + (1.0 - b1) * slope;
        *square = b2 * *square + (1.0 - b2) * slope * slope;
        let move_by = (*mean / fix1) / ((*square / fix2).sqrt() + 1e-8);
        *weight -= rate * (move_by + DECAY * *weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small enough for a build without optimisation, with each kind of layer.
    const SMALL: Shape = Shape {
        width: 12,
        height: 8,
        channels: &[2, 4, 8],
        last_pooled: false,
        hidden: 8,
        classes: 3,
    };

    fn lessons(rng: &mut Rng) -> Vec<Lesson> {
        let mut one = |class| Lesson {
            input: (0..2 * SMALL.width * SMALL.height)
                .map(|_| rng.part())
                .collect(),
            aspect: 1.2,
            class,
            weight: 1.0,
        };
        vec![one(1), one(0), one(2)]
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let mut rng = Rng::new(5);
        let weights = fresh(&SMALL, &mut rng);
        let lessons = lessons(&mut rng);
        let mut slopes = vec![0.0; weights.len()];
        backward(&SMALL, &weights, &lessons, &mut slopes, &mut Rng::new(9));
        let loss = |weights: &[f32]| {
            let mut unused = vec![0.0; weights.len()];
            f64::from(backward(
                &SMALL,
                weights,
                &lessons,
                &mut unused,
                &mut Rng::new(9),
            ))
        };
        let mut compared = 0;
        for at in (0..weights.len()).step_by(weights.len() / 40) {
            let moved = |by: f32| {
                let mut other = weights.clone();
                if let Some(weight) = other.get_mut(at) {
                    *weight += by;
                }
                loss(&other)
            };
            let measured = (moved(2e-3) - moved(-2e-3)) / 4e-3;
            let computed = f64::from(slopes.get(at).copied().unwrap_or_default());
            // The target is smoothed, the loss that is told is not.
            assert!(
                (measured - computed).abs() < 0.05 + 0.1 * measured.abs(),
                "weight {at}: {measured} {computed}"
            );
            compared += usize::from(measured.abs() > 0.1);
        }
        assert!(compared > 3, "{compared}");
    }

    #[test]
    fn what_is_trained_is_what_the_scan_runs() {
        let mut rng = Rng::new(6);
        let weights = fresh(&SMALL, &mut rng);
        let lesson = lessons(&mut rng).remove(0);
        let said = SMALL.classify(&weights, &lesson.input, lesson.aspect);
        let parts = parts(&SMALL);
        let mut values = lanes::packed(
            std::slice::from_ref(&lesson.input),
            SMALL.width,
            SMALL.height,
        );
        for (block, start) in &parts.blocks {
            values = lanes::convolve(block, slice(&weights, *start, block.weights()), &values);
            lanes::rectify(&mut values);
            if block.pooled {
                values = lanes::pool(block, &values);
            }
        }
        let (width, height) = last_size(&parts);
        let mut values = lanes::flattened(&values, width, height);
        values.extend([lesson.aspect; LANES]);
        let into_hidden = slice(&weights, parts.hidden, parts.output - parts.hidden);
        let mut hidden = lanes::dense(SMALL.hidden, into_hidden, &values);
        lanes::rectify(&mut hidden);
        let output = lanes::dense(SMALL.classes, slice(&weights, parts.output, 27), &hidden);
        let mut trained: Vec<f32> = output.into_iter().step_by(LANES).collect();
        softmax(&mut trained);
        for (a, b) in said.iter().zip(&trained) {
            assert!((a - b).abs() < 1e-5, "{said:?} {trained:?}");
        }
    }

    #[test]
    fn the_same_seeds_give_the_same_bits() {
        let mut rng = Rng::new(7);
        let all = lessons(&mut rng);
        let make = |at: usize, _: &mut Rng| match all.get(at % 3) {
            Some(lesson) => lesson.clone(),
            None => unreachable!(),
        };
        let run = |seed, known| {
            let course = Course {
                rounds: 2,
                seed,
                known,
            };
            train(&SMALL, 70, course, &make, &mut |_| ())
        };
        assert_eq!(run(1, None), run(1, None));
        assert_ne!(run(1, None), run(2, None));
        // It goes on from there, and not far: by the same seed it would be elsewhere.
        let known = run(1, None);
        let apart = |other: &[f32]| -> f32 {
            let each = known.iter().zip(other);
            each.map(|(a, b)| (a - b).powi(2)).sum()
        };
        let more = run(2, Some(known.clone()));
        assert_ne!(more, known);
        assert!(apart(&more) < apart(&run(2, None)) / 4.0);
    }
}
