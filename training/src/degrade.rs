//! What scanners, copiers and telephones do to a page.

use scan::stamps::Class;

use crate::canvas::{Canvas, Noise, Point, Warp, rectangle};
use crate::page::{Page, Truth, Variant};
use crate::rng::Rng;

/// What happens to one page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Damage {
    pub grey: bool,
    pub bilevel: bool,
    pub photo: bool,
    pub quarters: usize,
    /// Tilt of the whole page in radians.
    pub skew: f32,
    pub blur: f32,
    pub noise: f32,
    pub hard: f32,
}

impl Damage {
    pub fn of(variant: Variant, hard: f32, rng: &mut Rng) -> Self {
        let negative = !variant.is_stamped();
        let mut damage = Self {
            skew: if rng.chance(0.5) {
                rng.spread(0.022) * hard
            } else {
                0.0
            },
            blur: rng.range(0.0, 0.55) * hard,
            noise: rng.range(1.0, 6.0) * hard,
            hard,
            ..Self::default()
        };
        let roll = rng.part();
        damage.grey = variant == Variant::GreyCopy || (negative && roll < 0.15);
        damage.bilevel = variant == Variant::Bilevel || (negative && (0.15..0.25).contains(&roll));
        damage.photo = variant == Variant::Photo || (negative && (0.25..0.38).contains(&roll));
        if variant == Variant::Turned || (negative && (0.38..0.46).contains(&roll)) {
            damage.quarters = 1 + rng.below(3);
        }
        if variant == Variant::Clean {
            damage.skew *= 0.3;
            damage.blur *= 0.5;
            damage.noise *= 0.5;
        }
        damage
    }
}

pub fn degrade(
    canvas: Canvas,
    truths: Vec<Truth>,
    dpi: u32,
    (width, height): (f32, f32),
    damage: &Damage,
    rng: &mut Rng,
) -> Page {
    let (mut canvas, mut truths) = (canvas, truths);
    if damage.photo || damage.skew != 0.0 {
        (canvas, truths) = warp(&canvas, &truths, damage, rng);
    }
    texture(&mut canvas, damage, rng);
    if damage.blur > 0.12 || damage.photo {
        let more = if damage.photo { 0.25 } else { 0.0 };
        blur(&mut canvas, damage.blur + more);
    }
    grain(&mut canvas, damage, rng);
    if damage.bilevel {
        bilevel(&mut canvas, rng);
    } else if damage.grey {
        grey(&mut canvas);
    }
    if damage.quarters > 0 {
        let (w, h) = (canvas.width as f32, canvas.height as f32);
        canvas = canvas.turned(damage.quarters);
        for truth in &mut truths {
            truth.corners = truth
                .corners
                .map(|corner| turned(corner, (w, h), damage.quarters));
        }
    }
    let size_mm = if damage.quarters % 2 == 1 {
        (height, width)
    } else {
        (width, height)
    };
    Page {
        canvas,
        truths,
        dpi,
        size_mm,
        bilevel: damage.bilevel,
    }
}

fn turned(point: Point, (w, h): (f32, f32), quarters: usize) -> Point {
    match quarters % 4 {
        1 => (h - point.1, point.0),
        2 => (w - point.0, h - point.1),
        3 => (point.1, w - point.0),
        _ => point,
    }
}

/// Tilt of a scan, perspective of a photograph; the picture keeps its size.
fn warp(canvas: &Canvas, truths: &[Truth], damage: &Damage, rng: &mut Rng) -> (Canvas, Vec<Truth>) {
    let (w, h) = (canvas.width as f32, canvas.height as f32);
    let (sin, cos) = damage.skew.sin_cos();
    let turn = |(x, y): Point| {
        let (dx, dy) = (x - w / 2.0, y - h / 2.0);
        (w / 2.0 + dx * cos - dy * sin, h / 2.0 + dx * sin + dy * cos)
    };
    let mut to = rectangle(w, h).map(turn);
    if damage.photo {
        let inset = 0.05 * damage.hard;
        for corner in &mut to {
            let pull = (rng.range(0.0, inset), rng.range(0.0, inset));
            corner.0 += (w / 2.0 - corner.0) * pull.0;
            corner.1 += (h / 2.0 - corner.1) * pull.1;
        }
    }
    let forth = Warp::between(rectangle(w, h), to);
    let back = Warp::between(to, rectangle(w, h));
    let desk = [
        rng.range(30.0, 200.0),
        rng.range(30.0, 190.0),
        rng.range(20.0, 180.0),
    ];
    let beyond = if damage.photo { desk } else { [246.0; 3] };
    let mut out = Canvas::new(canvas.width, canvas.height, beyond);
    let (wide, height) = (canvas.width as i64, canvas.height as i64);
    for (at, pixel) in out.pixels.iter_mut().enumerate() {
        let place = (
            (at % canvas.width) as f32 + 0.5,
            (at / canvas.width) as f32 + 0.5,
        );
        let (x, y) = back.apply(place);
        let (left, top) = ((x - 0.5).floor(), (y - 0.5).floor());
        if (left as i64) < -1 || (top as i64) < -1 || left as i64 > wide || top as i64 > height {
            continue;
        }
        let (fx, fy) = (x - 0.5 - left, y - 0.5 - top);
        let (l, t) = (left as i64, top as i64);
        let quad = [
            canvas.near(l, t),
            canvas.near(l + 1, t),
            canvas.near(l, t + 1),
            canvas.near(l + 1, t + 1),
        ];
        let weights = [
            (1.0 - fx) * (1.0 - fy),
            fx * (1.0 - fy),
            (1.0 - fx) * fy,
            fx * fy,
        ];
        let mut sum = [0.0_f32; 3];
        for (corner, weight) in quad.iter().zip(weights) {
            for (total, light) in sum.iter_mut().zip(corner) {
                *total += f32::from(*light) * weight;
            }
        }
        *pixel = sum.map(|light| light as u8);
    }
    let moved = truths.iter().map(|truth| Truth {
        class: truth.class,
        output: truth.output,
        corners: truth.corners.map(|corner| forth.apply(corner)),
    });
    (out, moved.collect())
}

/// Clouds of the paper, the light of a photograph.
fn texture(canvas: &mut Canvas, damage: &Damage, rng: &mut Rng) {
    let clouds = Noise::new(rng, canvas.width as f32 / 9.0);
    let deep = if damage.photo { 46.0 } else { 7.0 } * damage.hard;
    let slope = (rng.spread(0.5), rng.spread(0.5));
    let warm = if damage.photo {
        rng.range(-10.0, 24.0)
    } else {
        0.0
    };
    let (width, height) = (canvas.width, canvas.height as f32);
    for (y, row) in canvas.pixels.chunks_exact_mut(width).enumerate() {
        let mut loss = 0.0;
        for (x, pixel) in row.iter_mut().enumerate() {
            if x % 8 == 0 {
                let (u, v) = (x as f32 / width as f32 - 0.5, y as f32 / height - 0.5);
                let lean = if damage.photo {
                    (u * slope.0 + v * slope.1) * deep
                } else {
                    0.0
                };
                loss = deep * clouds.at(x as f32, y as f32) + lean;
            }
            for (light, cast) in pixel.iter_mut().zip([0.0, warm * 0.35, warm]) {
                let factor = 1.0 - (loss + cast) / 255.0;
                *light = (f32::from(*light) * factor).clamp(0.0, 255.0) as u8;
            }
        }
    }
}

/// Three passes would be a Gauss curve; one of three taps each way is what a scanner's optics do.
fn blur(canvas: &mut Canvas, sigma: f32) {
    let side = (sigma * sigma / 2.0).min(0.33);
    let middle = 1.0 - 2.0 * side;
    let width = canvas.width;
    for row in canvas.pixels.chunks_exact_mut(width) {
        let mut before = row.first().copied().unwrap_or_default();
        for at in 0..row.len() {
            let here = row.get(at).copied().unwrap_or_default();
            let after = row.get(at + 1).copied().unwrap_or(here);
            let mixed = mix(before, here, after, side, middle);
            before = here;
            if let Some(pixel) = row.get_mut(at) {
                *pixel = mixed;
            }
        }
    }
    let mut above: Vec<[u8; 3]> = canvas.pixels.iter().take(width).copied().collect();
    for y in 0..canvas.height {
        let next: Vec<[u8; 3]> = canvas
            .pixels
            .iter()
            .skip((y + 1).min(canvas.height - 1) * width)
            .take(width)
            .copied()
            .collect();
        let row = canvas.pixels.iter_mut().skip(y * width).take(width);
        for ((pixel, above), below) in row.zip(&mut above).zip(&next) {
            let here = *pixel;
            *pixel = mix(*above, here, *below, side, middle);
            *above = here;
        }
    }
}

fn mix(a: [u8; 3], b: [u8; 3], c: [u8; 3], side: f32, middle: f32) -> [u8; 3] {
    let mut out = b;
    for ((slot, a), c) in out.iter_mut().zip(a).zip(c) {
        *slot = (f32::from(*slot) * middle + (f32::from(a) + f32::from(c)) * side) as u8;
    }
    out
}

fn grain(canvas: &mut Canvas, damage: &Damage, rng: &mut Rng) {
    let specks = (canvas.pixels.len() as f32 * 2e-5 * damage.hard) as usize;
    for pixel in &mut canvas.pixels {
        let shift = rng.quick_normal() * damage.noise;
        for light in pixel.iter_mut() {
            *light = (f32::from(*light) + shift).clamp(0.0, 255.0) as u8;
        }
    }
    for _ in 0..specks {
        let (x, y) = (
            rng.below(canvas.width) as i64,
            rng.below(canvas.height) as i64,
        );
        canvas.ink(x, y, [40.0; 3], 0.8);
        canvas.ink(x + 1, y, [40.0; 3], 0.6);
    }
}

fn luma([r, g, b]: [u8; 3]) -> f32 {
    0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b)
}

fn grey(canvas: &mut Canvas) {
    for pixel in &mut canvas.pixels {
        *pixel = [luma(*pixel) as u8; 3];
    }
}

fn bilevel(canvas: &mut Canvas, rng: &mut Rng) {
    let limit = rng.range(145.0, 190.0);
    for pixel in &mut canvas.pixels {
        *pixel = [if luma(*pixel) < limit { 0 } else { 255 }; 3];
    }
}

/// Has this page a stamp of a level?
pub fn level_of(page: &Page) -> Option<Class> {
    page.truths
        .iter()
        .map(|truth| truth.class)
        .find(|class| class.level().is_some())
}
