//! Level stamps in pictures of pages: MẬT, TỐI MẬT, TUYỆT MẬT in a frame, by a cascade.
//!
//! ```text
//! bitmap ─► planes ─► proposals ─► crop ─► gate ─► closer gate ─► readers ─► judgement
//!           reduced,   tilted       24x60,  0.9 M   2 x 12.6 M confirmed | unconfirmed | nothing
//!           ink masks  rectangles   two     sums    sums
//!                                   planes
//! ```
//!
//! Red ink is found by its colour and read in the green channel; frames of black and grey copies are found by their
//! lines. The networks are trained by the crate `training` on drawn pages; see ARCHITECTURE.md, "Stamps in pictures".

mod crop;
mod finder;
mod judge;
mod letters;
mod lines;
pub mod net;
mod plane;
mod propose;
mod second;
mod shape;
mod weights;
mod words;

#[cfg(test)]
mod tests;

pub use crop::{
    CROP_CHANNELS, CROP_HEIGHT, CROP_WIDTH, Crop, GLANCE_HEIGHT, GLANCE_WIDTH, LOOK_HEIGHT,
    LOOK_WIDTH,
};
pub use finder::{Cascade, RULE};
pub use judge::{Thresholds, judge};
use judge::{is_around, same};
pub use second::{Ask, Doubt, STRIPS_MAX, SecondReader, Strip, level_of};
pub use shape::Tilted;
pub use weights::Weights;

use crate::images::Bitmap;
use crate::report::Level;

/// What a crop says. The vocabulary is closed.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Class {
    Mat,
    ToiMat,
    TuyetMat,
    /// GIẢI MẬT: declassified.
    GiaiMat,
    Khan,
    ThuongKhan,
    HoaToc,
    /// A word that differs by a tone or a letter (MẶT, MẤT, BẢO MẬT...).
    NearMiss,
    /// Anything else, the back of a stamp included.
    Other,
}

impl Class {
    /// In the order of the reader's outputs.
    pub const ALL: [Self; 9] = [
        Self::Mat,
        Self::ToiMat,
        Self::TuyetMat,
        Self::GiaiMat,
        Self::Khan,
        Self::ThuongKhan,
        Self::HoaToc,
        Self::NearMiss,
        Self::Other,
    ];

    /// The level that the stamp gives its page.
    pub fn level(self) -> Option<Level> {
        match self {
            Self::Mat => Some(Level::Mat),
            Self::ToiMat => Some(Level::ToiMat),
            Self::TuyetMat => Some(Level::TuyetMat),
            _ => None,
        }
    }

    /// The word on the stamp; empty for a near miss and for anything else.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mat => "MẬT",
            Self::ToiMat => "TỐI MẬT",
            Self::TuyetMat => "TUYỆT MẬT",
            Self::GiaiMat => "GIẢI MẬT",
            Self::Khan => "KHẨN",
            Self::ThuongKhan => "THƯỢNG KHẨN",
            Self::HoaToc => "HỎA TỐC",
            Self::NearMiss | Self::Other => "",
        }
    }
}

/// How sure a sighting is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Tier {
    /// The reader read it.
    Confirmed,
    /// One of both saw a level stamp and the other neither confirmed nor dismissed it: a person looks.
    Unconfirmed,
}

/// One stamp, or what may be one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sighting {
    /// Left, top, width, height in pixels of the picture.
    pub bbox_px: [f32; 4],
    /// The same in mm from the page's left top corner, if the page's size was given.
    pub bbox_mm: Option<[f32; 4]>,
    /// The word read; for [`Tier::Unconfirmed`] the likeliest level.
    pub class: Class,
    /// Probability that the reader gives `class`, from 0 to 1.
    pub confidence: f32,
    pub tier: Tier,
}

/// A proposal and what the networks said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// In pixels of the picture.
    pub place: Tilted,
    /// Probability that the gate sees a level stamp, whichever way up.
    pub gate: f32,
    /// The stamp stands on its head, as the gate saw it.
    pub turned: bool,
    /// Probabilities in the order of [`Class::ALL`]; empty where the gate let nothing through.
    pub read: Vec<f32>,
}

/// Readings of one place.
pub const READINGS_MAX: usize = 5;
/// Probability of a level at which what lies around it is read, too, and the most such readings of a page.
const LEVEL_SEEN: f32 = 0.4;
const AROUND_MAX: usize = 3;

/// Part of the least probability that a proposal needs at the first glance of the gate before both look closer.
const FIRST_GLANCE: f32 = 0.5;

/// Other looks of the gate at a proposal: how much larger, and moved along and down by parts of its height.
const BESIDE: [(f32, f32, f32); 2] = [(1.05, 0.02, 0.0), (0.96, -0.02, 0.02)];

/// Finds the stamps of one page or picture. `page_mm` is width and height of the paper that the picture shows, if known.
/// Urgency stamps and GIẢI MẬT that were read are among the sightings; they give no level.
/// `second` is asked where the reader was in doubt.
pub fn find(
    bitmap: &Bitmap,
    page_mm: Option<(f32, f32)>,
    second: Option<(&dyn SecondReader, Ask)>,
) -> Vec<Sighting> {
    let thresholds = Thresholds::default();
    let page = Cutter::new(bitmap);
    let seen = look(&page, page_mm, Weights::stored(), thresholds.glimpse);
    let mut left = STRIPS_MAX;
    let mut sightings = judge(&seen, &thresholds, &mut |one, doubt| {
        let (reader, ask) = second?;
        if doubt == Doubt::Dismissed && ask == Ask::Undecided {
            return None;
        }
        page.strips(one).into_iter().find_map(|strip| {
            left = left.checked_sub(1)?;
            level_of(&reader.read(&strip)?)
        })
    });
    if let Some((width, height)) = page_mm {
        let (by_x, by_y) = (
            width / bitmap.width() as f32,
            height / bitmap.height() as f32,
        );
        for sighting in &mut sightings {
            let [x, y, w, h] = sighting.bbox_px;
            sighting.bbox_mm = Some([x * by_x, y * by_y, w * by_x, h * by_y]);
        }
    }
    sightings
}

/// Runs the cascade and keeps everything it saw. The reader only looks where the gate is at least `gate_min`, and at
/// each place [`READINGS_MAX`] times at most: proposals of one stamp lie a little differently, so their readings are
/// opinions of one word.
pub fn examine(
    bitmap: &Bitmap,
    page_mm: Option<(f32, f32)>,
    weights: &Weights,
    gate_min: f32,
) -> Vec<Seen> {
    look(&Cutter::new(bitmap), page_mm, weights, gate_min)
}

fn look(
    page: &Cutter<'_>,
    page_mm: Option<(f32, f32)>,
    weights: &Weights,
    gate_min: f32,
) -> Vec<Seen> {
    let mut seen: Vec<Seen> = page
        .proposals(page_mm)
        .into_iter()
        .map(|place| {
            let (gate, turned) = glance(&page.glance(&place), weights);
            Seen {
                place,
                gate,
                turned,
                read: Vec::new(),
            }
        })
        .collect();
    seen.sort_by(|a, b| b.gate.total_cmp(&a.gate));
    let mut known: Vec<Tilted> = Vec::new();
    for one in &mut seen {
        let beside = known.iter().filter(|other| same(other, &one.place)).count();
        if one.gate >= FIRST_GLANCE * gate_min && beside < READINGS_MAX {
            one.gate = glances(page, one, weights);
            one.read = read(&page.cut(&one.place), one.turned, weights);
            known.push(one.place);
        }
    }
    read_around(page, &mut seen, weights, gate_min);
    seen
}

/// Reads what lies around a level that was read, whatever the gate says of it: it is the gate's work to let no GIẢI MẬT
/// and no MẬT ONG through, and then their second halves stand alone.
fn read_around(page: &Cutter<'_>, seen: &mut [Seen], weights: &Weights, gate_min: f32) {
    let is_level = |one: &&Seen| {
        let words = Class::ALL.into_iter().zip(&one.read);
        words
            .filter(|(class, _)| class.level().is_some())
            .any(|(_, part)| *part >= LEVEL_SEEN)
    };
    let levels: Vec<Tilted> = seen.iter().filter(is_level).map(|one| one.place).collect();
    let around = seen.iter_mut().filter(|one| {
        one.gate < gate_min && levels.iter().any(|place| is_around(&one.place, place))
    });
    for one in around.take(AROUND_MAX) {
        one.read = read(&page.cut(&one.place), one.turned, weights);
    }
}

/// What both gates together say of a proposal, each by the mean over the place itself and the same set a little wider and
/// a little narrower: what one takes for a stamp by chance it takes for none from beside. The mean of both is the
/// geometric one, so that either can say no.
fn glances(page: &Cutter<'_>, seen: &Seen, weights: &Weights) -> f32 {
    let beside = BESIDE.map(|(by, along, down)| Tilted {
        x: seen.place.x + along * seen.place.height,
        y: seen.place.y + down * seen.place.height,
        width: seen.place.width * by,
        height: seen.place.height * by,
        angle: seen.place.angle,
    });
    let looks = (1 + BESIDE.len()) as f32;
    let glances = beside.map(|place| glance(&page.glance(&place), weights).0);
    let gate = (seen.gate + glances.iter().sum::<f32>()) / looks;
    let closer = beside.map(|place| look_closer(&page.look(&place), weights));
    let here = look_closer(&page.look(&seen.place), weights);
    let closer = (here + closer.iter().sum::<f32>()) / looks;
    (gate * closer).sqrt()
}

/// Probability of a level stamp, whichever way up, from a closer look.
fn look_closer(crop: &Crop, weights: &Weights) -> f32 {
    let sides = net::CLOSER_GATE.classify(&weights.closer_gate, &crop.values, crop.aspect);
    sides.iter().skip(1).sum()
}

/// Probability of a level stamp, and whether it stands on its head.
pub fn glance(crop: &Crop, weights: &Weights) -> (f32, bool) {
    let sides = net::GATE.classify(&weights.gate, &crop.values, crop.aspect);
    match *sides.as_slice() {
        [_, upright, turned] => (upright + turned, turned > upright),
        _ => (0.0, false),
    }
}

/// Probabilities of [`Class::ALL`]: the mean of all readers, single near misses counted together.
pub fn read(crop: &Crop, turned: bool, weights: &Weights) -> Vec<f32> {
    let upright = if turned { &crop.upside_down() } else { crop };
    let near_miss = Class::ALL
        .iter()
        .position(|class| *class == Class::NearMiss);
    let places = (0..Class::ALL.len()).chain(std::iter::repeat(near_miss.unwrap_or_default()));
    let mut mean = vec![0.0; Class::ALL.len()];
    for reader in &weights.readers {
        let read = net::READER.classify(reader, &upright.values, upright.aspect);
        for (place, part) in places.clone().zip(read) {
            if let Some(mean) = mean.get_mut(place) {
                *mean += part / weights.readers.len() as f32;
            }
        }
    }
    mean
}

/// A page made ready for proposals and crops.
pub struct Cutter<'a> {
    bitmap: &'a Bitmap,
    planes: plane::Planes,
}

impl<'a> Cutter<'a> {
    pub fn new(bitmap: &'a Bitmap) -> Self {
        Self {
            bitmap,
            planes: plane::planes(bitmap),
        }
    }

    /// Where a stamp may be, in pixels of the picture.
    pub fn proposals(&self, page_mm: Option<(f32, f32)>) -> Vec<Tilted> {
        let by = self.planes.reduction as f32;
        let small = propose::proposals(&self.planes, unit(self.bitmap, page_mm) / by);
        small.into_iter().map(|place| place.scaled(by)).collect()
    }

    /// The crop of one place, for the reader.
    pub fn cut(&self, place: &Tilted) -> Crop {
        let size = (CROP_WIDTH, CROP_HEIGHT);
        crop::cut(self.bitmap, &self.planes.white, place, size)
    }

    /// The inside of the frame, upright, for a second reader; of a coloured page also by its redness.
    pub fn strips(&self, seen: &Seen) -> Vec<Strip> {
        let mut place = seen.place;
        if seen.turned {
            place.angle += std::f32::consts::PI;
        }
        let ways: &[bool] = if self.planes.coloured {
            &[false, true]
        } else {
            &[false]
        };
        ways.iter()
            .map(|by_redness| crop::strip(self.bitmap, &self.planes.white, &place, *by_redness))
            .collect()
    }

    /// The same from the reduced page, for the gate.
    pub fn glance(&self, place: &Tilted) -> Crop {
        self.reduced(place, (GLANCE_WIDTH, GLANCE_HEIGHT))
    }

    /// The same for the closer gate.
    pub fn look(&self, place: &Tilted) -> Crop {
        self.reduced(place, (LOOK_WIDTH, LOOK_HEIGHT))
    }

    fn reduced(&self, place: &Tilted, size: (usize, usize)) -> Crop {
        match &self.planes.small {
            Some(small) => {
                let place = place.scaled(1.0 / self.planes.reduction as f32);
                crop::cut(small, &self.planes.white, &place, size)
            }
            None => crop::cut(self.bitmap, &self.planes.white, place, size),
        }
    }
}

/// Pixels a millimetre. Without a page's size a large picture is taken for an A4 page, a small one for a part of a page
/// at 100 dots an inch.
fn unit(bitmap: &Bitmap, page_mm: Option<(f32, f32)>) -> f32 {
    const LONG_MM: f32 = 297.0;
    const PAGE_PX: usize = 700;
    let long = bitmap.width().max(bitmap.height());
    match page_mm {
        Some((width, height)) if width.max(height) > 1.0 => long as f32 / width.max(height),
        _ if long < PAGE_PX => 100.0 / 25.4,
        _ => long as f32 / LONG_MM,
    }
}
