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

/// Sixteen numbers, one of each lesson.
type Pack = [f32; LANES];
/// Outputs made together from the same inputs; a block's outputs are a multiple of them.
const TOGETHER: usize = 4;

/// Convolution of a block; four outputs are made together from the same inputs.
pub fn convolve(block: &Block, weights: &[f32], input: &[f32]) -> Vec<f32> {
    let (row, plane) = row_and_plane(block.width, block.height);
    let mut out = vec![0.0; block.outputs * plane];
    let (biases, kernels) = weights.split_at(block.outputs);
    let size = block.inputs * AREA;
    let groups = out.chunks_exact_mut(TOGETHER * plane);
    let biases = biases.as_chunks::<TOGETHER>().0;
    let factors = kernels.chunks_exact(TOGETHER * size);
    for ((group, bias), kernel) in groups.zip(biases).zip(factors) {
        let mut each = kernel.chunks_exact(size);
        let kernels: [&[[f32; AREA]]; TOGETHER] =
            std::array::from_fn(|_| each.next().map_or(&[][..], |one| one.as_chunks().0));
        for y in 0..block.height {
            let mut planes = group.chunks_exact_mut(plane);
            let mut rows: [&mut [f32]; TOGETHER] = std::array::from_fn(|_| {
                let (from, to) = ((y + 1) * row + LANES, (y + 2) * row - LANES);
                let line = planes.next().and_then(|plane| plane.get_mut(from..to));
                line.unwrap_or_default()
            });
            for (row, bias) in rows.iter_mut().zip(bias) {
                row.fill(*bias);
            }
            for (at, source) in input.chunks_exact(plane).enumerate() {
                let near = source.get(y * row..(y + 3) * row).unwrap_or_default();
                let factors = kernels.map(|kernel| kernel.get(at).copied().unwrap_or_default());
                add_rows(&mut rows, near, &factors);
            }
        }
    }
    out
}

/// Adds three rows of three neighbours, each times its factor, to a row of four outputs.
#[inline(never)]
fn add_rows(outs: &mut [&mut [f32]; TOGETHER], near: &[f32], factors: &[[f32; AREA]; TOGETHER]) {
    let [
        [a0, a1, a2, a3, a4, a5, a6, a7, a8],
        [b0, b1, b2, b3, b4, b5, b6, b7, b8],
        [c0, c1, c2, c3, c4, c5, c6, c7, c8],
        [d0, d1, d2, d3, d4, d5, d6, d7, d8],
    ] = factors;
    let [a, b, c, d] = outs;
    let length = a.len();
    let row = length + 2 * LANES;
    let part = |y: usize, x: usize| {
        let from = y * row + x * LANES;
        near.get(from..from + length).unwrap_or_default()
    };
    let upper = part(0, 0).iter().zip(part(0, 1)).zip(part(0, 2));
    let middle = part(1, 0).iter().zip(part(1, 1)).zip(part(1, 2));
    let lower = part(2, 0).iter().zip(part(2, 1)).zip(part(2, 2));
    let outs = a
        .iter_mut()
        .zip(b.iter_mut())
        .zip(c.iter_mut())
        .zip(d.iter_mut());
    for (((((a, b), c), d), ((x0, x1), x2)), (((x3, x4), x5), ((x6, x7), x8))) in
        outs.zip(upper).zip(middle.zip(lower))
    {
        let (mut s, mut t, mut u, mut v) = (*a, *b, *c, *d);
        s = x0.mul_add(*a0, s);
        t = x0.mul_add(*b0, t);
        u = x0.mul_add(*c0, u);
        v = x0.mul_add(*d0, v);
        s = x1.mul_add(*a1, s);
        t = x1.mul_add(*b1, t);
        u = x1.mul_add(*c1, u);
        v = x1.mul_add(*d1, v);
        s = x2.mul_add(*a2, s);
        t = x2.mul_add(*b2, t);
        u = x2.mul_add(*c2, u);
        v = x2.mul_add(*d2, v);
        s = x3.mul_add(*a3, s);
        t = x3.mul_add(*b3, t);
        u = x3.mul_add(*c3, u);
        v = x3.mul_add(*d3, v);
        s = x4.mul_add(*a4, s);
        t = x4.mul_add(*b4, t);
        u = x4.mul_add(*c4, u);
        v = x4.mul_add(*d4, v);
        s = x5.mul_add(*a5, s);
        t = x5.mul_add(*b5, t);
        u = x5.mul_add(*c5, u);
        v = x5.mul_add(*d5, v);
        s = x6.mul_add(*a6, s);
        t = x6.mul_add(*b6, t);
        u = x6.mul_add(*c6, u);
        v = x6.mul_add(*d6, v);
        s = x7.mul_add(*a7, s);
        t = x7.mul_add(*b7, t);
        u = x7.mul_add(*c7, u);
        v = x7.mul_add(*d7, v);
        s = x8.mul_add(*a8, s);
        t = x8.mul_add(*b8, t);
        u = x8.mul_add(*c8, u);
        v = x8.mul_add(*d8, v);
        (*a, *b, *c, *d) = (s, t, u, v);
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

/// Gradient of a block's weights, added to `gradient`: of four outputs together, row by row, so that the rows stay near.
pub fn kernels_back(block: &Block, slope: &[f32], input: &[f32], gradient: &mut [f32]) {
    let (row, plane) = row_and_plane(block.width, block.height);
    let (biases, kernels) = gradient.split_at_mut(block.outputs);
    let size = block.inputs * AREA;
    let groups = slope.chunks_exact(TOGETHER * plane);
    let into = biases
        .chunks_exact_mut(TOGETHER)
        .zip(kernels.chunks_exact_mut(TOGETHER * size));
    for (group, (bias, kernel)) in groups.zip(into) {
        for (bias, plane) in bias.iter_mut().zip(group.chunks_exact(plane)) {
            *bias += total(plane);
        }
        for (at, source) in input.chunks_exact(plane).enumerate() {
            let mut sums = [[[[0.0; LANES]; KERNEL]; TOGETHER]; KERNEL];
            for y in 0..block.height {
                let mut planes = group.chunks_exact(plane);
                let slopes: [&[Pack]; TOGETHER] = std::array::from_fn(|_| {
                    let line = planes
                        .next()
                        .and_then(|plane| plane.get((y + 1) * row + LANES..(y + 2) * row - LANES));
                    line.unwrap_or_default().as_chunks().0
                });
                for (down, sums) in sums.iter_mut().enumerate() {
                    let line = source.get((y + down) * row..(y + down + 1) * row);
                    *sums = products(*sums, slopes, line.unwrap_or_default().as_chunks().0);
                }
            }
            for (down, sums) in sums.iter().enumerate() {
                for (kernel, sums) in kernel.chunks_exact_mut(size).zip(sums) {
                    let from = at * AREA + down * KERNEL;
                    let factors = kernel.get_mut(from..from + KERNEL).unwrap_or_default();
                    for (factor, sum) in factors.iter_mut().zip(sums) {
                        *factor += sum.iter().sum::<f32>();
                    }
                }
            }
        }
    }
}

/// Adds the products of four rows of slopes with an input at three places.
#[inline(never)]
fn products(
    mut sums: [[Pack; KERNEL]; TOGETHER],
    [a, b, c, d]: [&[Pack]; TOGETHER],
    near: &[Pack],
) -> [[Pack; KERNEL]; TOGETHER] {
    let slopes = a.iter().zip(b).zip(c).zip(d);
    for ((((a, b), c), d), places) in slopes.zip(near.windows(KERNEL)) {
        for (sums, slope) in sums.iter_mut().zip([a, b, c, d]) {
            for (sum, place) in sums.iter_mut().zip(places) {
                *sum = grown(*sum, slope, place);
            }
        }
    }
    sums
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
