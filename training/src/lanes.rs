//! The layers of a network for sixteen lessons at once: each value is a pack of sixteen, one of each lesson, so that
//! every loop runs over whole packs and the order of all sums is fixed, whatever the processor's width.
//!
//! Planes carry a border of one empty pack. Forward, they compute what [`scan::stamps::net`] computes for one crop, but
//! for the rounding of single sums.

use scan::stamps::net::{Block, KERNEL};

/// Lessons side by side.
pub const LANES: usize = 16;
const AREA: usize = KERNEL * KERNEL;

/// Numbers in a row and in a plane of a block's size, with the border.
fn row_and_plane(width: usize, height: usize) -> (usize, usize) {
    let row = (width + 2) * LANES;
    (row, row * (height + 2))
}

/// Sixteen pictures of planes without a border, packed.
pub fn packed(pictures: &[Vec<f32>], width: usize, height: usize) -> Vec<f32> {
    let (row, plane) = row_and_plane(width, height);
    let count = pictures
        .first()
        .map_or(0, |first| first.len() / (width * height));
    let mut out = vec![0.0; count * plane];
    for (lane, picture) in pictures.iter().enumerate().take(LANES) {
        let planes = picture.chunks_exact(width * height);
        for (values, into) in planes.zip(out.chunks_exact_mut(plane)) {
            let rows = into.chunks_exact_mut(row).skip(1);
            for (line, into) in values.chunks_exact(width).zip(rows) {
                let packs = into.chunks_exact_mut(LANES).skip(1);
                for (value, pack) in line.iter().zip(packs) {
                    if let Some(slot) = pack.get_mut(lane) {
                        *slot = *value;
                    }
                }
            }
        }
    }
    out
}

/// Convolution of a block; two outputs are made together from the same inputs.
pub fn convolve(block: &Block, weights: &[f32], input: &[f32]) -> Vec<f32> {
    let (row, plane) = row_and_plane(block.width, block.height);
    let mut out = vec![0.0; block.outputs * plane];
    let (biases, kernels) = weights.split_at(block.outputs);
    let size = block.inputs * AREA;
    let pairs = out.chunks_exact_mut(2 * plane);
    let factors = kernels.chunks_exact(2 * size);
    for ((pair, bias), kernel) in pairs.zip(biases.chunks_exact(2)).zip(factors) {
        let (first, second) = pair.split_at_mut(plane);
        let (for_first, for_second) = kernel.split_at(size);
        let rows = first
            .chunks_exact_mut(row)
            .zip(second.chunks_exact_mut(row));
        for (y, (a, b)) in rows.skip(1).take(block.height).enumerate() {
            let (Some(a), Some(b)) = (a.get_mut(LANES..row - LANES), b.get_mut(LANES..row - LANES))
            else {
                continue;
            };
            if let [bias_a, bias_b] = *bias {
                a.fill(bias_a);
                b.fill(bias_b);
            }
            let each = for_first
                .chunks_exact(AREA)
                .zip(for_second.chunks_exact(AREA));
            for (source, (ka, kb)) in input.chunks_exact(plane).zip(each) {
                let near = source.get(y * row..(y + 3) * row).unwrap_or_default();
                add_rows(a, b, near, (ka, kb));
            }
        }
    }
    out
}

/// Adds three rows of three neighbours, each times its factor, to a row of two outputs.
#[inline(never)]
fn add_rows(a: &mut [f32], b: &mut [f32], near: &[f32], (ka, kb): (&[f32], &[f32])) {
    let ([a0, a1, a2, a3, a4, a5, a6, a7, a8], [b0, b1, b2, b3, b4, b5, b6, b7, b8]) = (ka, kb)
    else {
        return;
    };
    let length = a.len();
    let row = length + 2 * LANES;
    let part = |y: usize, x: usize| {
        let from = y * row + x * LANES;
        near.get(from..from + length).unwrap_or_default()
    };
    let upper = part(0, 0).iter().zip(part(0, 1)).zip(part(0, 2));
    let middle = part(1, 0).iter().zip(part(1, 1)).zip(part(1, 2));
    let lower = part(2, 0).iter().zip(part(2, 1)).zip(part(2, 2));
    let outs = a.iter_mut().zip(b.iter_mut());
    for ((((a, b), ((x0, x1), x2)), ((x3, x4), x5)), ((x6, x7), x8)) in
        outs.zip(upper).zip(middle).zip(lower)
    {
        let (mut s, mut t) = (*a, *b);
        s = x0.mul_add(*a0, s);
        t = x0.mul_add(*b0, t);
        s = x1.mul_add(*a1, s);
        t = x1.mul_add(*b1, t);
        s = x2.mul_add(*a2, s);
        t = x2.mul_add(*b2, t);
        s = x3.mul_add(*a3, s);
        t = x3.mul_add(*b3, t);
        s = x4.mul_add(*a4, s);
        t = x4.mul_add(*b4, t);
        s = x5.mul_add(*a5, s);
        t = x5.mul_add(*b5, t);
        s = x6.mul_add(*a6, s);
        t = x6.mul_add(*b6, t);
        s = x7.mul_add(*a7, s);
        t = x7.mul_add(*b7, t);
        s = x8.mul_add(*a8, s);
        t = x8.mul_add(*b8, t);
        *a = s;
        *b = t;
    }
}

/// The largest of each square of two by two.
pub fn pool(block: &Block, values: &[f32]) -> Vec<f32> {
    let (row, plane) = row_and_plane(block.width, block.height);
    let (half_row, half_plane) = row_and_plane(block.width / 2, block.height / 2);
    let mut out = vec![0.0; block.outputs * half_plane];
    let planes = out
        .chunks_exact_mut(half_plane)
        .zip(values.chunks_exact(plane));
    for (into, from) in planes {
        let inner = from.get(row..plane - row).unwrap_or_default();
        let lines = into
            .chunks_exact_mut(half_row)
            .skip(1)
            .zip(inner.chunks_exact(2 * row));
        for (line, pair) in lines {
            let (upper, lower) = pair.split_at(row);
            let squares = squares(upper).zip(squares(lower));
            let packs = line.chunks_exact_mut(LANES).skip(1);
            for (pack, ((a, b), (c, d))) in packs.zip(squares) {
                let cells = a.iter().zip(b).zip(c).zip(d);
                for (slot, (((a, b), c), d)) in pack.iter_mut().zip(cells) {
                    *slot = a.max(*b).max(c.max(*d));
                }
            }
        }
    }
    out
}

/// Neighbouring packs of a row, without its border.
fn squares(line: &[f32]) -> impl Iterator<Item = (&[f32], &[f32])> {
    let inner = line.get(LANES..line.len() - LANES).unwrap_or_default();
    inner
        .chunks_exact(2 * LANES)
        .map(|pair| pair.split_at(LANES))
}

/// The slope goes to the largest of each square, the first of equals, and nowhere if that is zero.
pub fn unpool(block: &Block, slope: &[f32], made: &[f32]) -> Vec<f32> {
    let (row, plane) = row_and_plane(block.width, block.height);
    let (half_row, half_plane) = row_and_plane(block.width / 2, block.height / 2);
    let mut out = vec![0.0; made.len()];
    let planes = out
        .chunks_exact_mut(plane)
        .zip(made.chunks_exact(plane))
        .zip(slope.chunks_exact(half_plane));
    for ((into, made), slopes) in planes {
        let (Some(into), Some(made)) = (into.get_mut(row..plane - row), made.get(row..plane - row))
        else {
            continue;
        };
        let lines = into
            .chunks_exact_mut(2 * row)
            .zip(made.chunks_exact(2 * row))
            .zip(slopes.chunks_exact(half_row).skip(1));
        for ((into, made), slopes) in lines {
            unpool_rows(into, made, slopes);
        }
    }
    out
}

fn unpool_rows(into: &mut [f32], made: &[f32], slopes: &[f32]) {
    let (upper_made, lower_made) = made.split_at(made.len() / 2);
    let (upper, lower) = into.split_at_mut(made.len() / 2);
    let end = upper.len() - LANES;
    let (Some(upper), Some(lower)) = (upper.get_mut(LANES..end), lower.get_mut(LANES..end)) else {
        return;
    };
    let into = upper
        .chunks_exact_mut(2 * LANES)
        .zip(lower.chunks_exact_mut(2 * LANES));
    let made = squares(upper_made).zip(squares(lower_made));
    let slopes = slopes.chunks_exact(LANES).skip(1);
    for (((above, below), ((a, b), (c, d))), slope) in into.zip(made).zip(slopes) {
        let (into_a, into_b) = above.split_at_mut(LANES);
        let (into_c, into_d) = below.split_at_mut(LANES);
        let cells = a.iter().zip(b).zip(c).zip(d).zip(slope);
        let into = into_a.iter_mut().zip(into_b).zip(into_c).zip(into_d);
        for ((((into_a, into_b), into_c), into_d), ((((a, b), c), d), slope)) in into.zip(cells) {
            let most = a.max(*b).max(c.max(*d));
            let mut left = if most > 0.0 { *slope } else { 0.0 };
            for (slot, value) in [(into_a, a), (into_b, b), (into_c, c), (into_d, d)] {
                let mine = if *value >= most { left } else { 0.0 };
                left -= mine;
                *slot = mine;
            }
        }
    }
}

/// Nothing below zero.
pub fn rectify(values: &mut [f32]) {
    for value in values {
        *value = value.max(0.0);
    }
}

/// No slope where the rectifier gave zero.
pub fn masked(mut slope: Vec<f32>, made: &[f32]) -> Vec<f32> {
    for (slope, value) in slope.iter_mut().zip(made) {
        *slope = if *value > 0.0 { *slope } else { 0.0 };
    }
    slope
}

/// Gradient of a block's weights, added to `gradient`. The borders' zeros keep the rows apart, so that each factor is
/// one long product.
pub fn kernels_back(block: &Block, slope: &[f32], input: &[f32], gradient: &mut [f32]) {
    let (row, plane) = row_and_plane(block.width, block.height);
    let (biases, kernels) = gradient.split_at_mut(block.outputs);
    let size = block.inputs * AREA;
    let length = row * block.height - 2 * LANES;
    let pairs = slope.chunks_exact(2 * plane);
    let into = biases
        .chunks_exact_mut(2)
        .zip(kernels.chunks_exact_mut(2 * size));
    for (pair, (bias, kernel)) in pairs.zip(into) {
        let (first, second) = pair.split_at(plane);
        for (bias, plane) in bias.iter_mut().zip([first, second]) {
            *bias += total(plane);
        }
        let from = row + LANES;
        let (Some(first), Some(second)) = (
            first.get(from..from + length),
            second.get(from..from + length),
        ) else {
            continue;
        };
        let (for_first, for_second) = kernel.split_at_mut(size);
        let each = for_first
            .chunks_exact_mut(AREA)
            .zip(for_second.chunks_exact_mut(AREA));
        for (source, (ka, kb)) in input.chunks_exact(plane).zip(each) {
            for y in 0..KERNEL {
                let near = source
                    .get(y * row..y * row + length + 2 * LANES)
                    .unwrap_or_default();
                let sums = products(first, second, near);
                let (Some(ka), Some(kb)) = (
                    ka.get_mut(y * KERNEL..(y + 1) * KERNEL),
                    kb.get_mut(y * KERNEL..(y + 1) * KERNEL),
                ) else {
                    continue;
                };
                for (factor, sum) in ka.iter_mut().chain(kb).zip(sums) {
                    *factor += sum;
                }
            }
        }
    }
}

/// Products of two slopes with an input at three places: the first's three, then the second's.
#[inline(never)]
fn products(first: &[f32], second: &[f32], near: &[f32]) -> [f32; 2 * KERNEL] {
    let packs = |from: usize| {
        near.get(from * LANES..from * LANES + first.len())
            .unwrap_or_default()
            .as_chunks::<LANES>()
            .0
    };
    let slopes = first
        .as_chunks::<LANES>()
        .0
        .iter()
        .zip(second.as_chunks::<LANES>().0);
    let inputs = packs(0).iter().zip(packs(1)).zip(packs(2));
    let mut a0 = [0.0; LANES];
    let (mut a1, mut a2) = (a0, a0);
    let (mut b0, mut b1, mut b2) = (a0, a0, a0);
    for ((a, b), ((x, y), z)) in slopes.zip(inputs) {
        a0 = grown(a0, a, x);
        a1 = grown(a1, a, y);
        a2 = grown(a2, a, z);
        b0 = grown(b0, b, x);
        b1 = grown(b1, b, y);
        b2 = grown(b2, b, z);
    }
    [a0, a1, a2, b0, b1, b2].map(|lanes| lanes.iter().sum())
}

#[inline(always)]
fn grown(mut sum: [f32; LANES], a: &[f32; LANES], b: &[f32; LANES]) -> [f32; LANES] {
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        *sum = a.mul_add(*b, *sum);
    }
    sum
}

fn total(values: &[f32]) -> f32 {
    let mut sum = [0.0; LANES];
    let one = [1.0; LANES];
    for pack in values.as_chunks::<LANES>().0 {
        sum = grown(sum, pack, &one);
    }
    sum.iter().sum()
}

/// Gradient of a block's inputs: the slopes folded with the kernels turned round.
pub fn values_back(block: &Block, slope: &[f32], weights: &[f32]) -> Vec<f32> {
    let turned = Block {
        inputs: block.outputs,
        outputs: block.inputs,
        ..*block
    };
    let mut kernels = vec![0.0; turned.weights()];
    let forward = weights.get(block.outputs..).unwrap_or_default();
    for (output, row) in forward.chunks_exact(block.inputs * AREA).enumerate() {
        for (input, kernel) in row.chunks_exact(AREA).enumerate() {
            let place = turned.outputs + (input * turned.inputs + output) * AREA;
            let into = kernels.get_mut(place..place + AREA).unwrap_or_default();
            for (slot, factor) in into.iter_mut().zip(kernel.iter().rev()) {
                *slot = *factor;
            }
        }
    }
    convolve(&turned, &kernels, slope)
}

/// The planes' packs without their borders, in the order of the features.
pub fn flattened(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let (row, plane) = row_and_plane(width, height);
    let planes = values.chunks_exact(plane);
    let lines = planes.flat_map(|plane| plane.chunks_exact(row).skip(1).take(height));
    lines
        .flat_map(|line| line.get(LANES..row - LANES).unwrap_or_default())
        .copied()
        .collect()
}

/// The other way round.
pub fn bordered(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let (row, plane) = row_and_plane(width, height);
    let inner = width * height * LANES;
    let mut out = vec![0.0; values.len() / inner * plane];
    let planes = out.chunks_exact_mut(plane).zip(values.chunks_exact(inner));
    for (into, from) in planes {
        let lines = into.chunks_exact_mut(row).skip(1);
        for (line, values) in lines.zip(from.chunks_exact(width * LANES)) {
            if let Some(line) = line.get_mut(LANES..row - LANES) {
                line.copy_from_slice(values);
            }
        }
    }
    out
}

/// Each output is its bias and the sum of all values times their weights.
pub fn dense(outputs: usize, weights: &[f32], values: &[f32]) -> Vec<f32> {
    let (biases, factors) = weights.split_at(outputs);
    let packs = values.as_chunks::<LANES>().0;
    let rows = factors.chunks_exact(packs.len());
    let mut out = Vec::with_capacity(outputs * LANES);
    for (bias, row) in biases.iter().zip(rows) {
        // Four sums side by side: each waits for its own last addition only.
        let mut sums = [[0.0; LANES]; 4];
        for (packs, factors) in packs.chunks(4).zip(row.chunks(4)) {
            for (sum, (pack, factor)) in sums.iter_mut().zip(packs.iter().zip(factors)) {
                *sum = grown(*sum, pack, &[*factor; LANES]);
            }
        }
        let [a, b, c, d] = sums;
        let four = a.iter().zip(b).zip(c).zip(d);
        out.extend(four.map(|(((a, b), c), d)| bias + ((a + b) + (c + d))));
    }
    out
}

/// Gradient of a dense layer: of its weights into `gradient`, of its values as the answer.
pub fn dense_back(
    slope: &[f32],
    values: &[f32],
    weights: &[f32],
    gradient: &mut [f32],
) -> Vec<f32> {
    let slopes = slope.as_chunks::<LANES>().0;
    let packs = values.as_chunks::<LANES>().0;
    let mut back = vec![[0.0; LANES]; packs.len()];
    let (biases, into) = gradient.split_at_mut(slopes.len());
    let factors = weights.get(slopes.len()..).unwrap_or_default();
    let rows = factors
        .chunks_exact(packs.len())
        .zip(into.chunks_exact_mut(packs.len()));
    for ((slope, bias), (row, into)) in slopes.iter().zip(biases).zip(rows) {
        *bias += slope.iter().sum::<f32>();
        let cells = packs.iter().zip(&mut back).zip(row).zip(into);
        for (((pack, back), factor), into) in cells {
            let products = grown([0.0; LANES], pack, slope);
            *into += products.iter().sum::<f32>();
            *back = grown(*back, slope, &[*factor; LANES]);
        }
    }
    back.into_flattened()
}
