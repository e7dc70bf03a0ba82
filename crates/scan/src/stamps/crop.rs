//! Cuts a proposal out of the full picture, straightened, at the size the networks read.

use super::plane::White;
use super::shape::Tilted;
use crate::images::Bitmap;

/// Size of a crop; a stamp of any shape is stretched to it, so that its words always stand at the same place.
pub const CROP_WIDTH: usize = 120;
pub const CROP_HEIGHT: usize = 48;
/// First the darkness of the green channel, in which red ink and black are sharp; then the redness, in which black
/// text below a red stamp vanishes.
pub const CROP_CHANNELS: usize = 2;
/// Paper kept around the proposal, in parts of its height: lines that run on tell a table from a stamp.
const MARGIN: f32 = 0.13;
/// Contrast below which a crop is not stretched further, of 255.
const CONTRAST_MIN: f32 = 28.0;
const SAMPLES_MAX: usize = 4;

/// What the networks see of one proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Crop {
    /// Two planes of [`CROP_HEIGHT`] rows of [`CROP_WIDTH`] values from 0 (paper) to 1 (ink).
    pub values: Vec<f32>,
    /// Natural logarithm of width through height of the proposal.
    pub aspect: f32,
}

impl Crop {
    /// The crop turned by half a circle.
    #[must_use]
    pub fn upside_down(&self) -> Self {
        let planes = self.values.chunks_exact(CROP_WIDTH * CROP_HEIGHT);
        Self {
            values: planes
                .flat_map(|plane| plane.iter().rev().copied())
                .collect(),
            aspect: self.aspect,
        }
    }
}

/// Cuts `place` out of `bitmap`, whose paper has the light `white`.
pub(super) fn cut(bitmap: &Bitmap, white: &White, place: &Tilted) -> Crop {
    let margin = MARGIN * place.height;
    let (width, height) = (place.width + 2.0 * margin, place.height + 2.0 * margin);
    let (sin, cos) = place.angle.sin_cos();
    let (step_u, step_v) = (width / CROP_WIDTH as f32, height / CROP_HEIGHT as f32);
    let samples = (step_u.max(step_v).round() as usize).clamp(1, SAMPLES_MAX);
    let eye = Eye::new(bitmap, white);
    let mut green = Vec::with_capacity(CROP_WIDTH * CROP_HEIGHT);
    let mut red = Vec::with_capacity(CROP_WIDTH * CROP_HEIGHT);
    let share = 1.0 / (samples * samples) as f32;
    let inner: Vec<f32> = (0..samples)
        .map(|at| (at as f32 + 0.5) / samples as f32)
        .collect();
    for row in 0..CROP_HEIGHT {
        for column in 0..CROP_WIDTH {
            let (mut g, mut r) = (0.0, 0.0);
            for down in &inner {
                for along in &inner {
                    let u = (column as f32 + along) * step_u - width / 2.0;
                    let v = (row as f32 + down) * step_v - height / 2.0;
                    let (x, y) = (place.x + u * cos - v * sin, place.y + u * sin + v * cos);
                    // Many samples a value make up for reading whole pixels only.
                    let seen = if samples == 1 {
                        eye.between(x, y)
                    } else {
                        eye.pixel(x.floor() as i64, y.floor() as i64)
                    };
                    g += seen.0;
                    r += seen.1;
                }
            }
            green.push(g * share);
            red.push(r * share);
        }
    }
    stretch(&mut green, &mut red);
    green.extend(red);
    Crop {
        values: green,
        aspect: (place.width / place.height.max(1e-3)).max(1e-3).ln(),
    }
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
    gains: [f32; 3],
}

impl<'a> Eye<'a> {
    fn new(bitmap: &'a Bitmap, white: &White) -> Self {
        Self {
            bitmap,
            gains: white.0.map(|light| 255.0 / light.clamp(64.0, 255.0)),
        }
    }

    /// Light in the green channel, and redness; both from 0 to 255. Paper beyond the picture's edge.
    fn between(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let (left, top) = (left as i64, top as i64);
        let mut total = (0.0, 0.0);
        for (dx, dy, weight) in [
            (0, 0, (1.0 - fx) * (1.0 - fy)),
            (1, 0, fx * (1.0 - fy)),
            (0, 1, (1.0 - fx) * fy),
            (1, 1, fx * fy),
        ] {
            let pixel = self.pixel(left + dx, top + dy);
            total.0 += weight * pixel.0;
            total.1 += weight * pixel.1;
        }
        total
    }

    fn pixel(&self, x: i64, y: i64) -> (f32, f32) {
        let inside = usize::try_from(x).ok().zip(usize::try_from(y).ok());
        let channels = self.bitmap.channels();
        let pixel = inside
            .filter(|(x, _)| *x < self.bitmap.width())
            .and_then(|(x, y)| self.bitmap.row(y).get(x * channels..(x + 1) * channels));
        match (pixel, self.gains) {
            (Some([r, g, b]), [gain_r, gain_g, gain_b]) => {
                let r = (f32::from(*r) * gain_r).min(255.0);
                let g = (f32::from(*g) * gain_g).min(255.0);
                let b = (f32::from(*b) * gain_b).min(255.0);
                (g, (r - g.max(b)).max(0.0))
            }
            (Some([grey]), [gain, ..]) => ((f32::from(*grey) * gain).min(255.0), 0.0),
            _ => (255.0, 0.0),
        }
    }
}
