//! The page as the proposals see it: reduced to about 100 dots an inch, its paper made white, ink as two masks.

use crate::images::Bitmap;

/// Longest side of the reduced page that is aimed at, in pixels: A4 at 100 dots an inch.
const SIDE_PX: usize = 1_170;
/// Largest reduction; sums of `REDUCTION_MAX` squared bytes fit 16 bits.
const REDUCTION_MAX: usize = 16;
/// Side of the blocks over which the paper's light is taken, in reduced pixels.
const BLOCK_PX: usize = 16;
/// How much redder than nine tenths of the page a pixel of red ink is, after white balance; and the least and most
/// that this may come to.
const RED_ABOVE: u8 = 8;
const RED_MIN: u8 = 11;
const RED_MAX: u8 = 70;
/// How much redder than all but two hundredths of the page traces of red ink are.
const TRACE_ABOVE: u8 = 3;

/// Rows of bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    pub width: usize,
    pub height: usize,
    cells: Vec<u8>,
}

impl Grid {
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            cells: vec![0; width * height],
        }
    }

    pub fn row(&self, y: usize) -> &[u8] {
        let start = y.saturating_mul(self.width);
        self.cells
            .get(start..start.saturating_add(self.width))
            .unwrap_or_default()
    }

    pub fn at(&self, x: i64, y: i64) -> u8 {
        let inside = usize::try_from(x).ok().zip(usize::try_from(y).ok());
        inside
            .and_then(|(x, y)| self.row(y).get(x))
            .copied()
            .unwrap_or_default()
    }

    /// The cell in which a place lies.
    pub fn under(&self, x: f32, y: f32) -> u8 {
        self.at(floor(x), floor(y))
    }

    fn rows_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        self.cells.chunks_exact_mut(self.width.max(1))
    }

    /// 1 where a cell is above `limit`, 0 elsewhere.
    pub fn above(&self, limit: u8) -> Self {
        Self {
            width: self.width,
            height: self.height,
            cells: self
                .cells
                .iter()
                .map(|cell| u8::from(*cell > limit))
                .collect(),
        }
    }

    /// Rows become columns, eight at a time.
    pub fn transposed(&self) -> Self {
        let mut turned = Self::new(self.height, self.width);
        let blank = vec![0; self.width];
        for top in (0..self.height).step_by(8) {
            let rows: [&[u8]; 8] = std::array::from_fn(|at| {
                let row = self.row(top + at);
                if row.is_empty() {
                    blank.as_slice()
                } else {
                    row
                }
            });
            // Most of a page is blank, of a mask of red ink nearly all.
            if rows.iter().all(|row| blank_row(row)) {
                continue;
            }
            let [a, b, c, d, e, f, g, h] = rows.map(<[u8]>::iter);
            let eights = a.zip(b).zip(c).zip(d).zip(e.zip(f).zip(g).zip(h));
            for (out, ((((a, b), c), d), (((e, f), g), h))) in turned.rows_mut().zip(eights) {
                let eight = [*a, *b, *c, *d, *e, *f, *g, *h];
                let column = out.get_mut(top..).unwrap_or_default();
                if let Some(into) = column.first_chunk_mut::<8>() {
                    *into = eight;
                } else {
                    for (into, cell) in column.iter_mut().zip(eight) {
                        *into = cell;
                    }
                }
            }
        }
        turned
    }
}

/// By conversion: without the instruction for it, which not every processor has, `f32::floor` is a call.
fn floor(place: f32) -> i64 {
    let whole = place as i64;
    whole - i64::from(whole as f32 > place)
}

fn blank_row(row: &[u8]) -> bool {
    row.iter().fold(0, |all, cell| all | cell) == 0
}

/// Light of white paper in each colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct White(pub [f32; 3]);

/// What the proposals look at.
#[derive(Debug)]
pub(super) struct Planes {
    /// Whole pixels of the bitmap a side of one pixel of the planes.
    pub reduction: usize,
    /// The reduced page; `None` if it is the page itself.
    pub small: Option<Bitmap>,
    pub white: White,
    /// How much redder than anything else each pixel is.
    pub red: Grid,
    /// What is redder than this may be faint red ink.
    pub red_limit: u8,
    /// What is redder than this stands out of a page without any other colour.
    pub trace_limit: u8,
    /// Bytes that are not 0 are dark in the green channel: black ink, and red ink too.
    pub dark: Grid,
    /// Is there any colour on the page?
    pub coloured: bool,
    /// Was the page scanned as one bit a pixel?
    pub bilevel: bool,
}

/// Reduces the page and finds its ink.
pub(super) fn planes(bitmap: &Bitmap) -> Planes {
    let long = bitmap.width().max(bitmap.height());
    let reduction = ((long * 10 + SIDE_PX * 5) / (SIDE_PX * 10)).clamp(1, REDUCTION_MAX);
    let small = reduce(bitmap, reduction);
    let channels = bitmap.channels();
    let width = (bitmap.width() / reduction).max(1);
    let height = small.len() / channels.max(1) / width;
    let white = white(&small, channels, width);
    let mut green = Grid::new(width, height);
    let mut red = Grid::new(width, height);
    let (mut coloured, mut limit, mut trace) = (false, RED_MIN, RED_MIN);
    if channels == 3 {
        let gains = white.0.map(gain);
        let rows = green.rows_mut().zip(red.rows_mut());
        for ((green, red), pixels) in rows.zip(small.chunks_exact(width * 3)) {
            split(pixels, gains, green, red);
        }
        (limit, trace) = red_limits(&red);
        coloured = red.cells.iter().any(|cell| *cell > limit);
    } else {
        green.cells.copy_from_slice(&small);
    }
    let dark = darker(&green);
    let small = if reduction == 1 {
        None
    } else if channels == 3 {
        Bitmap::rgb(width, height, small)
    } else {
        Bitmap::grey(width, height, small)
    };
    Planes {
        reduction,
        small,
        white,
        red,
        red_limit: limit,
        trace_limit: trace,
        dark,
        coloured,
        bilevel: bitmap
            .pixels()
            .iter()
            .all(|light| matches!(*light, 0 | u8::MAX)),
    }
}

/// Factor, in 128ths, that makes `light` 255.
fn gain(light: f32) -> u16 {
    (255.0 * 128.0 / light.clamp(64.0, 255.0)) as u16
}

fn split(pixels: &[u8], [r, g, b]: [u16; 3], green: &mut [u8], red: &mut [u8]) {
    for ((pixel, green), red) in pixels.chunks_exact(3).zip(green).zip(red) {
        if let [pr, pg, pb] = *pixel {
            let scaled = |value: u8, gain: u16| ((u32::from(value) * u32::from(gain)) >> 7) as u16;
            let (sr, sg, sb) = (scaled(pr, r), scaled(pg, g), scaled(pb, b));
            *green = pg;
            *red = sr.saturating_sub(sg.max(sb)).min(255) as u8;
        }
    }
}

/// Limits of ink and of its traces. A photograph in warm light is a little red everywhere; ink is redder than that. Where
/// nearly the whole page has no colour at all, less is enough.
fn red_limits(red: &Grid) -> (u8, u8) {
    let mut counts = [0_usize; 256];
    let mut all = 0;
    for cell in red.cells.iter().step_by(7) {
        if let Some(count) = counts.get_mut(usize::from(*cell)) {
            *count += 1;
        }
        all += 1;
    }
    let light = |hundredths: usize| {
        let mut below = 0;
        let most = counts.iter().position(|count| {
            below += count;
            below * 100 >= all * hundredths
        });
        u8::try_from(most.unwrap_or(0)).unwrap_or(u8::MAX)
    };
    let ink = light(90).saturating_add(RED_ABOVE).clamp(RED_MIN, RED_MAX);
    let trace = light(98).saturating_add(TRACE_ABOVE).min(ink);
    (ink, trace)
}

/// Means of squares of `by` pixels a side; an incomplete square at the right or the bottom is left out.
fn reduce(bitmap: &Bitmap, by: usize) -> Vec<u8> {
    let channels = bitmap.channels();
    let width = (bitmap.width() / by).max(1);
    let height = (bitmap.height() / by).max(1);
    if by == 1 || bitmap.width() < by || bitmap.height() < by {
        return bitmap.pixels().to_vec();
    }
    let mut out = Vec::with_capacity(width * height * channels);
    let mut sums = vec![0_u16; width * by * channels];
    let scale = 65_536 / (by * by) as u32;
    for y in 0..height {
        sums.fill(0);
        for row in 0..by {
            for (sum, value) in sums.iter_mut().zip(bitmap.row(y * by + row)) {
                *sum = sum.wrapping_add(u16::from(*value));
            }
        }
        if channels == 3 && by == 2 {
            reduce_pairs(&sums, &mut out);
        } else if channels == 3 {
            reduce_colours(&sums, by, scale, &mut out);
        } else {
            let squares = sums.chunks_exact(by).map(|square| {
                let sum: u32 = square.iter().map(|sum| u32::from(*sum)).sum();
                ((sum * scale) >> 16) as u8
            });
            out.extend(squares);
        }
    }
    out
}

/// The commonest reduction, of 200 dots an inch.
fn reduce_pairs(sums: &[u16], out: &mut Vec<u8>) {
    let from = out.len();
    out.resize(from + sums.len() / 2, 0);
    let row = out.get_mut(from..).unwrap_or_default();
    let pairs = sums.as_chunks::<6>().0.iter();
    for ([r, g, b], [pr, pg, pb, qr, qg, qb]) in row.as_chunks_mut::<3>().0.iter_mut().zip(pairs) {
        *r = (pr.wrapping_add(*qr) >> 2) as u8;
        *g = (pg.wrapping_add(*qg) >> 2) as u8;
        *b = (pb.wrapping_add(*qb) >> 2) as u8;
    }
}

fn reduce_colours(sums: &[u16], by: usize, scale: u32, out: &mut Vec<u8>) {
    for square in sums.chunks_exact(by * 3) {
        let mut totals = [0_u32; 3];
        for pixel in square.chunks_exact(3) {
            for (total, value) in totals.iter_mut().zip(pixel) {
                *total = total.wrapping_add(u32::from(*value));
            }
        }
        let [r, g, b] = totals.map(|total| (total.wrapping_mul(scale) >> 16) as u8);
        out.push(r);
        out.push(g);
        out.push(b);
    }
}

/// The light that only a tenth of every fourth row exceeds, in each colour.
fn white(small: &[u8], channels: usize, width: usize) -> White {
    let mut counts = [[0_u32; 256]; 3];
    for row in small.chunks_exact(width * channels).step_by(4) {
        for pixel in row.chunks_exact(channels) {
            for (count, value) in counts.iter_mut().zip(pixel) {
                if let Some(count) = count.get_mut(usize::from(*value)) {
                    *count += 1;
                }
            }
        }
    }
    let lights = counts.map(|count| {
        let all: u32 = count.iter().sum();
        let mut above = 0;
        let light = count.iter().enumerate().rev().find(|(_, number)| {
            above += **number;
            above * 10 > all
        });
        light.map_or(255.0, |(light, _)| light as f32)
    });
    if channels == 3 {
        White(lights)
    } else {
        let [grey, ..] = lights;
        White([grey; 3])
    }
}

/// Marks what is darker than the paper around it.
fn darker(green: &Grid) -> Grid {
    let across = green.width.div_ceil(BLOCK_PX);
    let mut paper: Vec<Vec<u8>> = Vec::with_capacity(green.height.div_ceil(BLOCK_PX));
    for top in (0..green.height).step_by(BLOCK_PX) {
        let mut lights = vec![0_u16; across];
        let mut counts = vec![1_u16; across];
        let mut means = vec![0_u8; across];
        let rows = || (top..top + BLOCK_PX).step_by(2).map(|y| green.row(y));
        for row in rows() {
            for (mean, block) in means.iter_mut().zip(row.chunks(BLOCK_PX)) {
                *mean = (*mean).max(mean_of(block));
            }
        }
        for row in rows() {
            let cells = lights.iter_mut().zip(&mut counts).zip(&means);
            for (((light, count), mean), block) in cells.zip(row.chunks(BLOCK_PX)) {
                let (bright, number) = bright(block, *mean);
                *light = light.wrapping_add(bright);
                *count = count.wrapping_add(number);
            }
        }
        let lights = lights.iter().zip(&counts);
        paper.push(lights.map(|(light, count)| (light / count) as u8).collect());
    }
    let smooth = smoothed(&paper);
    let mut dark = Grid::new(green.width, green.height);
    for (y, out) in dark.rows_mut().enumerate() {
        let lights = smooth
            .get(y / BLOCK_PX)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let blocks = green.row(y).chunks(BLOCK_PX).zip(out.chunks_mut(BLOCK_PX));
        for ((values, marks), light) in blocks.zip(lights) {
            let limit = light.saturating_sub(light / 12).saturating_sub(8);
            for (mark, value) in marks.iter_mut().zip(values) {
                *mark = u8::from(*value < limit);
            }
        }
    }
    dark
}

/// Sums of one row of a block fit 16 bits, as do those of its eight rows that are looked at; without checks of overflow
/// they are made many at a time.
fn mean_of(block: &[u8]) -> u8 {
    let add = |sum: u16, value: &u8| sum.wrapping_add(u16::from(*value));
    let sum = match block.first_chunk::<BLOCK_PX>() {
        Some(whole) => whole.iter().fold(0, add),
        None => block.iter().fold(0, add),
    };
    (usize::from(sum) / block.len().max(1)) as u8
}

/// Sum and number of what is not darker than `mean`.
fn bright(block: &[u8], mean: u8) -> (u16, u16) {
    let add = |(sum, count): (u16, u16), value: &u8| {
        let bright = u16::from(*value >= mean);
        let kept = u16::from(*value) & bright.wrapping_neg();
        (sum.wrapping_add(kept), count.wrapping_add(bright))
    };
    match block.first_chunk::<BLOCK_PX>() {
        Some(whole) => whole.iter().fold((0, 0), add),
        None => block.iter().fold((0, 0), add),
    }
}

/// The mean of the brighter half of each block's neighbours: a block full of ink takes the light of the next paper.
fn smoothed(paper: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let rows = paper.len();
    let each = |y: usize, row: &Vec<u8>| {
        let near: Vec<&Vec<u8>> = paper
            .iter()
            .take((y + 2).min(rows))
            .skip(y.saturating_sub(1))
            .collect();
        let cell = |x: usize| {
            let mut lights: Vec<u8> = near
                .iter()
                .flat_map(|row| row.iter().take(x + 2).skip(x.saturating_sub(1)))
                .copied()
                .collect();
            lights.sort_unstable();
            let bright = lights.split_off(lights.len() / 2);
            let sum: usize = bright.iter().map(|light| usize::from(*light)).sum();
            (sum / bright.len().max(1)) as u8
        };
        (0..row.len()).map(cell).collect()
    };
    paper
        .iter()
        .enumerate()
        .map(|(y, row)| each(y, row))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_the_brightest_paper_and_a_short_one_are_summed_whole() {
        let mut block = [u8::MAX; BLOCK_PX];
        assert_eq!((mean_of(&block), bright(&block, 255)), (255, (4_080, 16)));
        block[3] = 15;
        assert_eq!((mean_of(&block), bright(&block, 240)), (240, (3_825, 15)));
        assert_eq!(
            (mean_of(&block[2..5]), bright(&block[2..5], 16)),
            (175, (510, 2))
        );
    }

    #[test]
    fn a_place_lies_in_the_cell_below_it_on_both_sides_of_zero() {
        for place in [
            -7.0, -2.5, -1.0, -0.25, -0.0, 0.0, 0.75, 1.0, 826.999, 4_096.5,
        ] {
            assert_eq!(floor(place), place.floor() as i64, "{place}");
        }
        let mut grid = Grid::new(2, 1);
        grid.rows_mut().next().expect("a row")[0] = 1;
        let seen = [-0.5, 0.5, 1.5, 2.5].map(|x| grid.under(x, 0.9));
        assert_eq!(seen, [0, 1, 0, 0]);
    }

    #[test]
    fn rows_become_columns_past_blank_ones() {
        let mut grid = Grid::new(3, 19);
        for (x, y) in [(2, 0), (1, 16), (0, 18)] {
            grid.rows_mut().nth(y).expect("a row")[x] = 1;
        }
        let turned = grid.transposed();
        assert_eq!((turned.width, turned.height), (19, 3));
        for y in 0..19 {
            for x in 0..3 {
                assert_eq!(turned.at(y, x), grid.at(x, y), "{x} {y}");
            }
        }
    }
}
