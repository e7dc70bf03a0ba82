//! The three small networks: plain loops over rows, nothing but multiply and add, so the compiler vectorises them, for each
//! width of registers apart; the sums are the same on all. Training uses the same functions, so what is trained is what runs.

use fearless_simd::{Level, dispatch};

use super::crop::{
    CROP_CHANNELS, CROP_HEIGHT, CROP_WIDTH, GLANCE_HEIGHT, GLANCE_WIDTH, LOOK_HEIGHT, LOOK_WIDTH,
};

/// Rows and columns of the kernels.
pub const KERNEL: usize = 3;

/// Size and weights' places of one network: blocks of convolution, rectifier and 2 x 2 maximum, then two dense layers.
/// The last block has no maximum if `last_pooled` is false. The first dense layer takes the crop's aspect as one more value.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub width: usize,
    pub height: usize,
    pub channels: &'static [usize],
    pub last_pooled: bool,
    pub hidden: usize,
    pub classes: usize,
}

/// Glances at a proposal: nothing, a level stamp upright, a level stamp upside down.
pub const GATE: Shape = Shape {
    width: GLANCE_WIDTH,
    height: GLANCE_HEIGHT,
    channels: &[CROP_CHANNELS, 8, 16, 24],
    last_pooled: false,
    hidden: 32,
    classes: 3,
};

/// The same from a closer look, for the few proposals that the gate does not rule out.
pub const CLOSER_GATE: Shape = Shape {
    width: LOOK_WIDTH,
    height: LOOK_HEIGHT,
    channels: GATE.channels,
    last_pooled: false,
    hidden: 32,
    classes: 3,
};

/// Reads the word. Behind the outputs of the classes stand those of single near misses: what tells MẶT from MẬT is learnt
/// better when both are words than when one is a word and the other a kind.
pub const READER: Shape = Shape {
    width: CROP_WIDTH,
    height: CROP_HEIGHT,
    channels: &[CROP_CHANNELS, 8, 16, 32, 64],
    last_pooled: true,
    hidden: 96,
    classes: super::Class::ALL.len() + NEAR_MISSES,
};

/// Words of which each has an output of its own (`training/src/words.rs`).
pub const NEAR_MISSES: usize = 88;

/// One block: what goes in, what comes out.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub inputs: usize,
    pub outputs: usize,
    pub width: usize,
    pub height: usize,
    pub pooled: bool,
}

impl Block {
    /// Weights of the block, biases first.
    pub fn weights(&self) -> usize {
        self.outputs * (1 + self.inputs * KERNEL * KERNEL)
    }
}

impl Shape {
    pub fn blocks(&self) -> Vec<Block> {
        let (mut width, mut height) = (self.width, self.height);
        let last = self.channels.len().saturating_sub(2);
        let pairs = self.channels.iter().zip(self.channels.iter().skip(1));
        pairs
            .enumerate()
            .map(|(at, (inputs, outputs))| {
                let pooled = at < last || self.last_pooled;
                let block = Block {
                    inputs: *inputs,
                    outputs: *outputs,
                    width,
                    height,
                    pooled,
                };
                if pooled {
                    (width, height) = (width / 2, height / 2);
                }
                block
            })
            .collect()
    }

    /// Values that enter the first dense layer.
    pub fn features(&self) -> usize {
        let last = self.blocks().last().map_or(0, |block| {
            let by = if block.pooled { 2 } else { 1 };
            block.outputs * (block.width / by) * (block.height / by)
        });
        last + 1
    }

    /// All weights, in order: blocks, hidden layer, output layer; each with its biases first.
    pub fn weights(&self) -> usize {
        let blocks: usize = self.blocks().iter().map(Block::weights).sum();
        blocks + self.hidden * (1 + self.features()) + self.classes * (1 + self.hidden)
    }

    /// Probability of each class. `input` is the planes at the network's own size.
    pub fn classify(&self, weights: &[f32], input: &[f32], aspect: f32) -> Vec<f32> {
        self.classify_with(Level::new(), weights, input, aspect)
    }

    fn classify_with(&self, level: Level, weights: &[f32], input: &[f32], aspect: f32) -> Vec<f32> {
        let mut rest = weights;
        let mut values = padded(input, self.width, self.height);
        let (mut width, mut height) = (self.width, self.height);
        for block in self.blocks() {
            let mine = take(&mut rest, block.weights());
            values = dispatch!(level, _ => convolve(&block, mine, &values));
            if block.pooled {
                values = pool(&block, &values);
                (width, height) = (width / 2, height / 2);
            }
        }
        let mut values = flattened(&values, width, height);
        values.push(aspect);
        let mine = take(&mut rest, self.hidden * (1 + values.len()));
        let mut hidden = dispatch!(level, _ => dense(self.hidden, mine, &values));
        for value in &mut hidden {
            *value = value.max(0.0);
        }
        let mut logits = dense(self.classes, rest, &hidden);
        softmax(&mut logits);
        logits
    }
}

fn take<'a>(rest: &mut &'a [f32], count: usize) -> &'a [f32] {
    let (mine, others) = rest.split_at(count.min(rest.len()));
    *rest = others;
    mine
}

/// Adds a border of one zero around each plane. All planes between the layers have one.
fn padded(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let (row, size) = (width + 2, (width + 2) * (height + 2));
    let mut out = vec![0.0; values.len() / (width * height).max(1) * size];
    let planes = out.chunks_exact_mut(size);
    for (into, plane) in planes.zip(values.chunks_exact(width * height)) {
        let rows = into.chunks_exact_mut(row).skip(1);
        for (into, line) in rows.zip(plane.chunks_exact(width)) {
            if let Some(into) = into.get_mut(1..=width) {
                into.copy_from_slice(line);
            }
        }
    }
    out
}

/// The planes without their borders.
fn flattened(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let planes = values.chunks_exact((width + 2) * (height + 2));
    let rows = planes.flat_map(|plane| plane.chunks_exact(width + 2).skip(1).take(height));
    rows.flat_map(|row| row.get(1..=width).unwrap_or_default())
        .copied()
        .collect()
}

/// 3 x 3 convolution and rectifier. Two outputs are made together from the same inputs, and each plane as one long row,
/// border included; what was written on the border is cleared at last.
#[inline(always)]
fn convolve(block: &Block, weights: &[f32], input: &[f32]) -> Vec<f32> {
    let (row, rows) = (block.width + 2, block.height + 2);
    let size = row * rows;
    let mut out = vec![0.0; block.outputs * size];
    let (biases, kernels) = weights.split_at(block.outputs.min(weights.len()));
    let area = KERNEL * KERNEL;
    let factors = kernels.chunks_exact(2 * block.inputs * area);
    let pairs = out.chunks_exact_mut(2 * size).zip(biases.chunks_exact(2));
    for ((pair, bias), kernel) in pairs.zip(factors) {
        let (first, second) = pair.split_at_mut(size);
        let (for_first, for_second) = kernel.split_at(block.inputs * area);
        let (Some(a), Some(b)) = (
            first.get_mut(row + 1..size - row - 1),
            second.get_mut(row + 1..size - row - 1),
        ) else {
            continue;
        };
        if let [bias_a, bias_b] = *bias {
            a.fill(bias_a);
            b.fill(bias_b);
        }
        let each = for_first
            .chunks_exact(area)
            .zip(for_second.chunks_exact(area));
        for (source, (ka, kb)) in input.chunks_exact(size).zip(each) {
            add_plane(a, b, source, row, (ka, kb));
        }
    }
    for plane in out.chunks_exact_mut(size) {
        for line in plane.chunks_exact_mut(row).skip(1).take(block.height) {
            for value in line.iter_mut() {
                *value = value.max(0.0);
            }
            if let [first, .., last] = line {
                (*first, *last) = (0.0, 0.0);
            }
        }
    }
    out
}

/// Adds three rows of three neighbours, each times its factor, to the inner places of two planes.
#[inline(always)]
fn add_plane(a: &mut [f32], b: &mut [f32], source: &[f32], row: usize, (ka, kb): (&[f32], &[f32])) {
    let ([a0, a1, a2, a3, a4, a5, a6, a7, a8], [b0, b1, b2, b3, b4, b5, b6, b7, b8]) = (ka, kb)
    else {
        return;
    };
    let length = a.len();
    let part = |y: usize, x: usize| {
        let from = y * row + x;
        source.get(from..from + length).unwrap_or_default()
    };
    let upper = part(0, 0).iter().zip(part(0, 1)).zip(part(0, 2));
    let middle = part(1, 0).iter().zip(part(1, 1)).zip(part(1, 2));
    let lower = part(2, 0).iter().zip(part(2, 1)).zip(part(2, 2));
    let outs = a.iter_mut().zip(b.iter_mut());
    for ((((a, b), ((x0, x1), x2)), ((x3, x4), x5)), ((x6, x7), x8)) in
        outs.zip(upper).zip(middle).zip(lower)
    {
        *a += (a0 * x0 + a1 * x1 + a2 * x2)
            + (a3 * x3 + a4 * x4 + a5 * x5)
            + (a6 * x6 + a7 * x7 + a8 * x8);
        *b += (b0 * x0 + b1 * x1 + b2 * x2)
            + (b3 * x3 + b4 * x4 + b5 * x5)
            + (b6 * x6 + b7 * x7 + b8 * x8);
    }
}

/// The largest of each square of two by two; sides are even.
fn pool(block: &Block, values: &[f32]) -> Vec<f32> {
    let (row, rows) = (block.width + 2, block.height + 2);
    let (half_row, half_rows) = (block.width / 2 + 2, block.height / 2 + 2);
    let mut out = vec![0.0; block.outputs * half_row * half_rows];
    let planes = out.chunks_exact_mut(half_row * half_rows);
    for (into, plane) in planes.zip(values.chunks_exact(row * rows)) {
        let inner = plane.get(row..(rows - 1) * row).unwrap_or_default();
        let lines = into.chunks_exact_mut(half_row).skip(1);
        for (into, pair) in lines.zip(inner.chunks_exact(2 * row)) {
            let (upper, lower) = pair.split_at(row);
            let (Some(upper), Some(lower)) = (upper.get(1..row - 1), lower.get(1..row - 1)) else {
                continue;
            };
            let squares = upper
                .as_chunks::<2>()
                .0
                .iter()
                .zip(lower.as_chunks::<2>().0);
            for (slot, ([a, b], [c, d])) in into.iter_mut().skip(1).zip(squares) {
                *slot = a.max(*b).max(c.max(*d));
            }
        }
    }
    out
}

/// Each output is its bias and the sum of all values times their weights.
#[inline(always)]
fn dense(outputs: usize, weights: &[f32], values: &[f32]) -> Vec<f32> {
    let (biases, factors) = weights.split_at(outputs.min(weights.len()));
    let each = factors.chunks_exact(values.len().max(1));
    biases
        .iter()
        .zip(each)
        .map(|(bias, row)| bias + dot(row, values))
        .collect()
}

/// Sum of products over eight lanes, whose order never changes.
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (whole_a, whole_b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = whole_a
        .remainder()
        .iter()
        .zip(whole_b.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in whole_a.zip(whole_b) {
        for ((lane, x), y) in lanes.iter_mut().zip(x).zip(y) {
            *lane += x * y;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

pub fn softmax(values: &mut [f32]) {
    let most = values.iter().copied().fold(f32::MIN, f32::max);
    for value in values.iter_mut() {
        *value = (*value - most).exp();
    }
    let sum: f32 = values.iter().sum();
    for value in values.iter_mut() {
        *value /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamps::Weights;

    #[test]
    fn every_width_of_registers_gives_the_same_bits() {
        let stored = Weights::stored();
        let networks = [
            (&GATE, &stored.gate),
            (&CLOSER_GATE, &stored.closer_gate),
            (&READER, &stored.readers[0]),
        ];
        for (shape, weights) in networks {
            let count = shape.channels[0] * shape.width * shape.height;
            let input: Vec<f32> = (0..count)
                .map(|at| (at * 37 % 101) as f32 / 101.0)
                .collect();
            let widest = shape.classify(weights, &input, 1.3);
            let narrowest = shape.classify_with(Level::baseline(), weights, &input, 1.3);
            let bits = |said: &[f32]| said.iter().map(|part| part.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&widest), bits(&narrowest));
        }
    }
}
