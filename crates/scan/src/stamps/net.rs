//! The two small networks: plain loops over rows, nothing but multiply and add, so the compiler vectorises them.
//! Training uses the same functions, so what is trained is what runs.

use super::crop::{CROP_CHANNELS, CROP_HEIGHT, CROP_WIDTH, GLANCE_HEIGHT, GLANCE_WIDTH};

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

/// Reads the word.
pub const READER: Shape = Shape {
    width: CROP_WIDTH,
    height: CROP_HEIGHT,
    channels: &[CROP_CHANNELS, 12, 24, 48, 64],
    last_pooled: false,
    hidden: 64,
    classes: super::Class::ALL.len(),
};

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
        let mut rest = weights;
        let mut values = input.to_vec();
        for block in self.blocks() {
            let mine = take(&mut rest, block.weights());
            values = convolve(&block, mine, &values);
            rectify(&mut values);
            if block.pooled {
                values = pool(&values, block.width, block.height);
            }
        }
        values.push(aspect);
        let mine = take(&mut rest, self.hidden * (1 + values.len()));
        let mut hidden = dense(self.hidden, mine, &values);
        rectify(&mut hidden);
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

/// Adds a border of one zero around each plane.
pub fn padded(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let wide = width + 2;
    let planes = values.len() / (width * height).max(1);
    let mut out = vec![0.0; planes * wide * (height + 2)];
    let into = out.chunks_exact_mut(wide * (height + 2));
    for (plane, target) in values.chunks_exact(width * height).zip(into) {
        let rows = target.chunks_exact_mut(wide).skip(1);
        for (row, line) in plane.chunks_exact(width).zip(rows) {
            for (value, slot) in row.iter().zip(line.iter_mut().skip(1)) {
                *slot = *value;
            }
        }
    }
    out
}

/// Convolution with a border of zeros. Weights: a bias for each output, then for each output, input and row three
/// factors.
pub fn convolve(block: &Block, weights: &[f32], values: &[f32]) -> Vec<f32> {
    let (width, height) = (block.width, block.height);
    let (wide, tall) = (width + 2, height + 2);
    let input = padded(values, width, height);
    let mut out = vec![0.0; block.outputs * width * height];
    let (biases, kernels) = weights.split_at(block.outputs.min(weights.len()));
    let each = kernels.chunks_exact(block.inputs * KERNEL * KERNEL);
    let planes = out.chunks_exact_mut(width * height);
    for ((plane, bias), kernel) in planes.zip(biases).zip(each) {
        plane.fill(*bias);
        let inputs = input
            .chunks_exact(wide * tall)
            .zip(kernel.chunks_exact(KERNEL * KERNEL));
        for (source, factors) in inputs {
            for (y, line) in plane.chunks_exact_mut(width).enumerate() {
                add_row(
                    line,
                    source.get(y * wide..).unwrap_or_default(),
                    wide,
                    factors,
                );
            }
        }
    }
    out
}

/// Adds three rows of three neighbours, each times its factor.
fn add_row(line: &mut [f32], source: &[f32], wide: usize, factors: &[f32]) {
    let [a, b, c, d, e, f, g, h, i] = *factors else {
        return;
    };
    let width = line.len();
    let row = |at: usize| {
        source
            .get(at * wide..at * wide + width + 2)
            .unwrap_or_default()
    };
    let (upper, middle, lower) = (row(0), row(1), row(2));
    let (Some(u0), Some(m0), Some(l0)) =
        (upper.get(..width), middle.get(..width), lower.get(..width))
    else {
        return;
    };
    let (Some(u1), Some(m1), Some(l1)) = (
        upper.get(1..=width),
        middle.get(1..=width),
        lower.get(1..=width),
    ) else {
        return;
    };
    let (Some(u2), Some(m2), Some(l2)) = (upper.get(2..), middle.get(2..), lower.get(2..)) else {
        return;
    };
    let first = u0.iter().zip(u1).zip(u2);
    let second = m0.iter().zip(m1).zip(m2);
    let third = l0.iter().zip(l1).zip(l2);
    for (((slot, ((x0, x1), x2)), ((y0, y1), y2)), ((z0, z1), z2)) in
        line.iter_mut().zip(first).zip(second).zip(third)
    {
        *slot += a * x0 + b * x1 + c * x2 + d * y0 + e * y1 + f * y2 + g * z0 + h * z1 + i * z2;
    }
}

pub fn rectify(values: &mut [f32]) {
    for value in values {
        *value = value.max(0.0);
    }
}

/// The largest of each square of two by two; sides are even.
pub fn pool(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(values.len() / 4);
    for plane in values.chunks_exact(width * height) {
        for rows in plane.chunks_exact(2 * width) {
            let (upper, lower) = rows.split_at(width);
            let squares = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            out.extend(squares.map(|(a, b)| a.iter().chain(b).copied().fold(f32::MIN, f32::max)));
        }
    }
    out
}

/// Each output is its bias and the sum of all values times their weights.
pub fn dense(outputs: usize, weights: &[f32], values: &[f32]) -> Vec<f32> {
    let (biases, factors) = weights.split_at(outputs.min(weights.len()));
    let each = factors.chunks_exact(values.len().max(1));
    biases
        .iter()
        .zip(each)
        .map(|(bias, row)| bias + dot(row, values))
        .collect()
}

/// Sum of products over eight lanes, whose order never changes.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
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
