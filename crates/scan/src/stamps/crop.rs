//! Cuts a proposal out of a picture, straightened, at the sizes the networks look at.

use super::plane::White;
use super::second::Strip;
use super::shape::Tilted;
use crate::images::Bitmap;

/// Size of a crop; a stamp of any shape is stretched to it, so that its words always stand at the same place.
pub const CROP_WIDTH: usize = 192;
pub const CROP_HEIGHT: usize = 64;
/// First the darkness of the green channel, in which red ink and black are sharp; then the redness, in which black
/// text below a red stamp vanishes.
pub const CROP_CHANNELS: usize = 2;
/// Paper kept around the proposal, in parts of its height: lines that run on tell a table from a stamp.
const MARGIN: f32 = 0.13;
/// Contrast below which a crop is not stretched further, of 255.
const CONTRAST_MIN: f32 = 28.0;
const SAMPLES_MAX: usize = 4;
/// Size of a glance, the gate's smaller crop.
pub const GLANCE_WIDTH: usize = 60;
pub const GLANCE_HEIGHT: usize = 24;
/// Size of a closer look, for the gate's second network.
pub const LOOK_WIDTH: usize = 80;
pub const LOOK_HEIGHT: usize = 32;
/// Rows of a strip's inside, the parts of a stamp's height that its frame takes on each side, white pixels around a strip,
/// and its most columns. JPEG smears colour: redness needs more distance from the frame.
const STRIP_HEIGHT: usize = 64;
const STRIP_INSET: f32 = 0.14;
const STRIP_INSET_RED: f32 = 0.18;
const STRIP_PAPER: usize = 14;
const STRIP_WIDTH_MAX: usize = 660;
/// Places are counted in 65,536ths of a pixel: whole numbers, whose sums are the same in every order.
const PLACES: u32 = 16;

/// What a network sees of one proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Crop {
    /// Two planes of rows of values from 0 (paper) to 1 (ink): [`CROP_WIDTH`] by [`CROP_HEIGHT`] for the reader,
    /// [`GLANCE_WIDTH`] by [`GLANCE_HEIGHT`] for the gate, [`LOOK_WIDTH`] by [`LOOK_HEIGHT`] for its second network.
    pub values: Vec<f32>,
    /// Natural logarithm of width through height of the proposal.
    pub aspect: f32,
}

impl Crop {
    /// The crop turned by half a circle.
    #[must_use]
    pub fn upside_down(&self) -> Self {
        let planes = self
            .values
            .chunks_exact((self.values.len() / CROP_CHANNELS).max(1));
        Self {
            values: planes
                .flat_map(|plane| plane.iter().rev().copied())
                .collect(),
            aspect: self.aspect,
        }
    }
}

/// Cuts `place` out of `bitmap`, whose paper has the light `white`, at a size of columns and rows.
pub(super) fn cut(bitmap: &Bitmap, white: &White, place: &Tilted, size: (usize, usize)) -> Crop {
    let (mut green, mut red) = sampled(bitmap, white, &grown(place, MARGIN), size);
    stretch(&mut green, &mut red);
    green.extend(red);
    Crop {
        values: green,
        aspect: (place.width / place.height.max(1e-3)).max(1e-3).ln(),
    }
}

/// The inside of a frame in its own proportions, black on white, for a program that reads lines: as the green channel
/// has it, or, without the black text that a red stamp lies on, by its redness.
pub(super) fn strip(bitmap: &Bitmap, white: &White, place: &Tilted, by_redness: bool) -> Strip {
    let inset = if by_redness {
        STRIP_INSET_RED
    } else {
        STRIP_INSET
    };
    let inside = grown(place, -inset);
    let long = STRIP_HEIGHT as f32 * inside.width / inside.height.max(1.0);
    let columns = (long as usize).clamp(STRIP_HEIGHT, STRIP_WIDTH_MAX);
    let (mut green, mut red) = sampled(bitmap, white, &inside, (columns, STRIP_HEIGHT));
    stretch(&mut green, &mut red);
    let (width, height) = (columns + 2 * STRIP_PAPER, STRIP_HEIGHT + 2 * STRIP_PAPER);
    let mut pixels = vec![u8::MAX; width * height];
    let rows = pixels.chunks_exact_mut(width).skip(STRIP_PAPER);
    let ink = if by_redness { red } else { green };
    for (into, values) in rows.zip(ink.chunks_exact(columns)) {
        for (pixel, value) in into.iter_mut().skip(STRIP_PAPER).zip(values) {
            *pixel = (255.0 * (1.0 - value)).clamp(0.0, 255.0) as u8;
        }
    }
    Strip {
        width,
        height,
        pixels,
    }
}

/// With so many parts of its height more on every side.
fn grown(place: &Tilted, by: f32) -> Tilted {
    let more = 2.0 * by * place.height;
    Tilted {
        width: place.width + more,
        height: place.height + more,
        ..*place
    }
}

/// Light in the green channel and redness at columns and rows over `place`, in reading order.
fn sampled(
    bitmap: &Bitmap,
    white: &White,
    place: &Tilted,
    (columns, rows): (usize, usize),
) -> (Vec<f32>, Vec<f32>) {
    let (width, height) = (place.width, place.height);
    let (sin, cos) = place.angle.sin_cos();
    let (step_u, step_v) = (width / columns as f32, height / rows as f32);
    let samples = (step_u.max(step_v).round() as usize).clamp(1, SAMPLES_MAX);
    let eye = Eye::new(bitmap, white);
    let fixed = |value: f32| (value * (1_u32 << PLACES) as f32) as i64;
    let finer = samples as f32;
    let (along_x, along_y) = (fixed(step_u * cos / finer), fixed(step_u * sin / finer));
    let mut green = Vec::with_capacity(columns * rows);
    let mut red = Vec::with_capacity(columns * rows);
    let mut sums = vec![(0_u32, 0_u32); columns];
    let share = 1.0 / (samples * samples) as f32;
    for row in 0..rows {
        sums.fill((0, 0));
        for down in 0..samples {
            let u = 0.5 * step_u / finer - width / 2.0;
            let v = (row as f32 + (down as f32 + 0.5) / finer) * step_v - height / 2.0;
            let mut x = fixed(place.x + u * cos - v * sin);
            let mut y = fixed(place.y + u * sin + v * cos);
            for sum in &mut sums {
                for _ in 0..samples {
                    // Many samples a value make up for reading whole pixels only.
                    let seen = if samples == 1 {
                        eye.between(x, y)
                    } else {
                        eye.pixel(x >> PLACES, y >> PLACES)
                    };
                    sum.0 += seen.0;
                    sum.1 += seen.1;
                    x += along_x;
                    y += along_y;
                }
            }
        }
        green.extend(sums.iter().map(|sum| sum.0 as f32 * share));
        red.extend(sums.iter().map(|sum| sum.1 as f32 * share));
    }
    (green, red)
}

/// Paper to 0, the darkest ink to 1; redness in the same way, without inventing it where there is none.
fn stretch(green: &mut [f32], red: &mut [f32]) {
    let (dark, paper) = (quantile(green, 0.03), quantile(green, 0.8));
    let range = (paper - dark).max(CONTRAST_MIN);
    for value in green.iter_mut() {
        *value = ((paper - *value) / range).clamp(0.0, 1.2);
    }
    let most = quantile(red, 0.95).max(CONTRAST_MIN);
    for value in red.iter_mut() {
        *value = (*value / most).clamp(0.0, 1.2);
    }
}

fn quantile(values: &[f32], part: f32) -> f32 {
    let mut counts = [0_usize; 256];
    for value in values {
        if let Some(count) = counts.get_mut(value.clamp(0.0, 255.0) as usize) {
            *count += 1;
        }
    }
    let wanted = (part * values.len() as f32) as usize;
    let mut below = 0;
    let found = counts.iter().position(|count| {
        below += count;
        below > wanted
    });
    found.unwrap_or(255) as f32
}

/// Reads single places of the picture, between pixels too.
struct Eye<'a> {
    bitmap: &'a Bitmap,
    /// Each light on paper made white, for each colour.
    lights: [[u8; 256]; 3],
}

impl<'a> Eye<'a> {
    fn new(bitmap: &'a Bitmap, white: &White) -> Self {
        Self {
            bitmap,
            lights: white.0.map(|light| {
                let gain = 255.0 / light.clamp(64.0, 255.0);
                let mut at = 0.0;
                [(); 256].map(|()| {
                    let light = at * gain;
                    at += 1.0;
                    light.min(255.0) as u8
                })
            }),
        }
    }

    /// Light in the green channel, and redness; both from 0 to 255. Paper beyond the picture's edge.
    fn between(&self, x: i64, y: i64) -> (u32, u32) {
        let half = 1 << (PLACES - 1);
        let (x, y) = (x - half, y - half);
        let part = |place: i64| ((place >> (PLACES - 7)) & 127) as u32;
        let (fx, fy) = (part(x), part(y));
        let (left, top) = (x >> PLACES, y >> PLACES);
        let (a, b) = (self.pixel(left, top), self.pixel(left + 1, top));
        let (c, d) = (self.pixel(left, top + 1), self.pixel(left + 1, top + 1));
        let mix = |a: u32, b: u32, c: u32, d: u32| {
            let upper = a * (128 - fx) + b * fx;
            let lower = c * (128 - fx) + d * fx;
            (upper * (128 - fy) + lower * fy + (1 << 13)) >> 14
        };
        (mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1))
    }

    fn pixel(&self, x: i64, y: i64) -> (u32, u32) {
        let (width, channels) = (self.bitmap.width(), self.bitmap.channels());
        let inside = usize::try_from(x).ok().zip(usize::try_from(y).ok());
        let pixel = inside
            .filter(|(x, _)| *x < width)
            .map(|(x, y)| (y.saturating_mul(width).saturating_add(x)).saturating_mul(channels))
            .and_then(|at| self.bitmap.pixels().get(at..at.saturating_add(channels)));
        let [for_red, for_green, for_blue] = &self.lights;
        let light = |table: &[u8; 256], value: u8| {
            u32::from(table.get(usize::from(value)).copied().unwrap_or(u8::MAX))
        };
        match pixel {
            Some([r, g, b]) => {
                let (r, g, b) = (
                    light(for_red, *r),
                    light(for_green, *g),
                    light(for_blue, *b),
                );
                (g, r.saturating_sub(g.max(b)))
            }
            Some([grey]) => (light(for_red, *grey), 0),
            _ => (255, 0),
        }
    }
}
