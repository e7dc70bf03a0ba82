//! Mini-batch training of the two networks: forward through the functions that the scan runs, backward written out here,
//! Adam, a cosine of falling steps. Two threads take the halves of a batch; sums are made in a fixed order, so the same
//! seeds give the same bits.

use scan::stamps::net::{
    Block, KERNEL, Shape, convolve, dense, dot, padded, pool, rectify, softmax,
};

use crate::rng::Rng;

/// One thing to learn: the planes at the network's size, the aspect, the class.
#[derive(Clone, Debug)]
pub struct Lesson {
    pub input: Vec<f32>,
    pub aspect: f32,
    pub class: usize,
    pub weight: f32,
}

const BATCH: usize = 32;
const DECAY: f32 = 2e-4;
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

/// Adds the gradient of the loss of one lesson to `gradient`; answers the loss.
fn backward(
    shape: &Shape,
    weights: &[f32],
    lesson: &Lesson,
    gradient: &mut [f32],
    rng: &mut Rng,
) -> f32 {
    let parts = parts(shape);
    let mut layers: Vec<(Vec<f32>, Vec<f32>)> = Vec::new();
    let mut values = lesson.input.clone();
    for (block, start) in &parts.blocks {
        let mut made = convolve(block, slice(weights, *start, block.weights()), &values);
        rectify(&mut made);
        let next = if block.pooled {
            pool(&made, block.width, block.height)
        } else {
            made.clone()
        };
        layers.push((std::mem::replace(&mut values, next), made));
    }
    // A fifth of the features is left out each time.
    let kept: Vec<f32> = values
        .iter()
        .map(|_| if rng.chance(0.2) { 0.0 } else { 1.25 })
        .collect();
    for (value, keep) in values.iter_mut().zip(&kept) {
        *value *= keep;
    }
    values.push(lesson.aspect);
    let into_hidden = shape.hidden * (1 + values.len());
    let mut hidden = dense(
        shape.hidden,
        slice(weights, parts.hidden, into_hidden),
        &values,
    );
    rectify(&mut hidden);
    let out_count = shape.classes * (1 + shape.hidden);
    let mut output = dense(
        shape.classes,
        slice(weights, parts.output, out_count),
        &hidden,
    );
    softmax(&mut output);
    let loss = against(lesson, &mut output);
    let mut back = dense_back(
        &output,
        &hidden,
        slice(weights, parts.output, out_count),
        gradient,
        parts.output,
    );
    for (slope, value) in back.iter_mut().zip(&hidden) {
        *slope *= f32::from(u8::from(*value > 0.0));
    }
    let mut slope = dense_back(
        &back,
        &values,
        slice(weights, parts.hidden, into_hidden),
        gradient,
        parts.hidden,
    );
    slope.pop();
    for (slope, keep) in slope.iter_mut().zip(&kept) {
        *slope *= keep;
    }
    blocks_back(&parts, &layers, slope, weights, gradient);
    loss
}

/// Turns the probabilities into their slopes against the lesson's target, and answers the loss.
fn against(lesson: &Lesson, output: &mut [f32]) -> f32 {
    let right = output.get(lesson.class).copied().unwrap_or(1.0);
    let even = SMOOTH / output.len() as f32;
    for (class, value) in output.iter_mut().enumerate() {
        let mine = f32::from(u8::from(class == lesson.class));
        *value = (*value - even - mine * (1.0 - SMOOTH)) * lesson.weight;
    }
    -right.max(1e-9).ln() * lesson.weight
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
        let mut inner = if block.pooled {
            unpool(&slope, made, block)
        } else {
            slope
        };
        for (slope, value) in inner.iter_mut().zip(made) {
            *slope *= f32::from(u8::from(*value > 0.0));
        }
        kernels_back(block, &inner, input, gradient, *start);
        slope = if at > 0 {
            values_back(block, &inner, slice(weights, *start, block.weights()))
        } else {
            Vec::new()
        };
    }
}

/// Gradient of a dense layer: into `gradient` from `start` on, and of its values as the answer.
fn dense_back(
    slope: &[f32],
    values: &[f32],
    weights: &[f32],
    gradient: &mut [f32],
    start: usize,
) -> Vec<f32> {
    let outputs = slope.len();
    let mut back = vec![0.0; values.len()];
    let Some(mine) = gradient.get_mut(start..) else {
        return back;
    };
    let (biases, factors) = mine.split_at_mut(outputs);
    let rows = weights
        .get(outputs..)
        .unwrap_or_default()
        .chunks_exact(values.len());
    let into = factors.chunks_exact_mut(values.len());
    for (((slope, bias), row), row_into) in slope.iter().zip(biases).zip(rows).zip(into) {
        *bias += slope;
        for (((into, value), weight), back) in
            row_into.iter_mut().zip(values).zip(row).zip(&mut back)
        {
            *into += slope * value;
            *back += slope * weight;
        }
    }
    back
}

/// The slope goes to the largest of each square, the first of equals.
fn unpool(slope: &[f32], made: &[f32], block: &Block) -> Vec<f32> {
    let (width, half) = (block.width, block.width / 2);
    let mut out = vec![0.0; made.len()];
    let rows = made
        .chunks_exact(2 * width)
        .zip(out.chunks_exact_mut(2 * width));
    for ((pair, into), slopes) in rows.zip(slope.chunks_exact(half)) {
        let (upper, lower) = pair.split_at(width);
        let (into_upper, into_lower) = into.split_at_mut(width);
        let above = upper.chunks_exact(2).zip(into_upper.chunks_exact_mut(2));
        let below = lower.chunks_exact(2).zip(into_lower.chunks_exact_mut(2));
        for (((a, into_a), (b, into_b)), slope) in above.zip(below).zip(slopes) {
            let most = a.iter().chain(b).copied().fold(f32::MIN, f32::max);
            let cells = a.iter().chain(b).zip(into_a.iter_mut().chain(into_b));
            if let Some((_, cell)) = { cells }.find(|(value, _)| **value >= most) {
                *cell = *slope;
            }
        }
    }
    out
}

/// Gradient of the kernels: slopes and inputs lie in padded planes, whose zeros keep the rows apart, so that each factor
/// is one long product.
fn kernels_back(block: &Block, slope: &[f32], input: &[f32], gradient: &mut [f32], start: usize) {
    let (wide, tall) = (block.width + 2, block.height + 2);
    let (slopes, inputs) = (
        padded(slope, block.width, block.height),
        padded(input, block.width, block.height),
    );
    let Some(mine) = gradient.get_mut(start..start + block.weights()) else {
        return;
    };
    let (biases, kernels) = mine.split_at_mut(block.outputs);
    let first = wide + 1;
    let length = wide * block.height - 2;
    let planes = slopes.chunks_exact(wide * tall);
    let each = kernels.chunks_exact_mut(block.inputs * KERNEL * KERNEL);
    for ((plane, bias), kernel) in planes.zip(biases).zip(each) {
        *bias += plane.iter().sum::<f32>();
        let plane = slice(plane, first, length);
        for (source, factors) in inputs
            .chunks_exact(wide * tall)
            .zip(kernel.chunks_exact_mut(KERNEL * KERNEL))
        {
            for (at, factor) in factors.iter_mut().enumerate() {
                let shift = (at / KERNEL) * wide + at % KERNEL;
                *factor += dot(plane, slice(source, shift, length));
            }
        }
    }
}

/// Gradient of a block's inputs: the slopes folded with the kernels turned round.
fn values_back(block: &Block, slope: &[f32], weights: &[f32]) -> Vec<f32> {
    let area = KERNEL * KERNEL;
    let turned = Block {
        inputs: block.outputs,
        outputs: block.inputs,
        ..*block
    };
    let mut kernels = vec![0.0; turned.weights()];
    let forward = weights.get(block.outputs..).unwrap_or_default();
    for (output, row) in forward.chunks_exact(block.inputs * area).enumerate() {
        for (input, kernel) in row.chunks_exact(area).enumerate() {
            let place = turned.outputs + (input * turned.inputs + output) * area;
            let into = kernels.get_mut(place..place + area).unwrap_or_default();
            for (slot, factor) in into.iter_mut().zip(kernel.iter().rev()) {
                *slot = *factor;
            }
        }
    }
    convolve(&turned, &kernels, slope)
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

/// Trains on lessons that `make` builds anew in each round from an index below `count`.
pub fn train(
    shape: &Shape,
    count: usize,
    rounds: usize,
    seed: u64,
    make: &(dyn Fn(usize, &mut Rng) -> Lesson + Sync),
    say: &mut dyn FnMut(&str),
) -> Vec<f32> {
    let mut rng = Rng::new(seed);
    let mut weights = fresh(shape, &mut rng);
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
            let rate = 2e-3
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
    let half = |items: &[usize], seed: u64| {
        let mut rng = Rng::new(seed);
        let mut sum = vec![0.0; weights.len()];
        let mut loss = 0.0;
        for item in items {
            let lesson = make(*item, &mut rng);
            loss += backward(shape, weights, &lesson, &mut sum, &mut rng);
        }
        (sum, loss)
    };
    let (left, right) = batch.split_at(batch.len() / 2);
    let ((mut sum, loss), (other, more)) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| half(right, seed ^ 1));
        let mine = half(left, seed);
        (
            mine,
            beside
                .join()
                .unwrap_or_else(|_| unreachable!("a training thread does not panic")),
        )
    });
    let share = 1.0 / batch.len() as f32;
    for (sum, other) in sum.iter_mut().zip(other) {
        *sum = (*sum + other) * share;
    }
    (sum, loss + more)
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
    use scan::stamps::net::GATE;

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let mut rng = Rng::new(5);
        let weights = fresh(&GATE, &mut rng);
        let lesson = Lesson {
            input: (0..2 * GATE.width * GATE.height)
                .map(|_| rng.part())
                .collect(),
            aspect: 1.2,
            class: 1,
            weight: 1.0,
        };
        let loss = |weights: &[f32]| {
            let mut nothing = vec![0.0; weights.len()];
            backward(&GATE, weights, &lesson, &mut nothing, &mut Rng::new(9));
            // The loss with the smoothed target, which is what the gradient belongs to.
            let mut one = vec![0.0; weights.len()];
            f64::from(backward(
                &GATE,
                weights,
                &lesson,
                &mut one,
                &mut Rng::new(9),
            ))
        };
        let mut slopes = vec![0.0; weights.len()];
        backward(&GATE, &weights, &lesson, &mut slopes, &mut Rng::new(9));
        let mut compared = 0;
        for at in [3_usize, 60, 170, 700, 1_000, 5_000, weights.len() - 60] {
            let moved = |by: f32| {
                let mut other = weights.clone();
                if let Some(weight) = other.get_mut(at) {
                    *weight += by;
                }
                loss(&other)
            };
            let measured = (moved(1e-3) - moved(-1e-3)) / 2e-3;
            let computed = f64::from(slopes.get(at).copied().unwrap_or_default());
            assert!(
                (measured - computed).abs() < 0.05 + 0.1 * measured.abs(),
                "weight {at}: {measured} {computed}"
            );
            compared += usize::from(measured.abs() > 1e-3);
        }
        assert!(compared > 0);
    }
}
