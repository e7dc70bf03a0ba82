//! Crops with what they are, cut from drawn pages by the same code that cuts them in a scan.

use scan::images::{Bitmap, first_page};
use scan::stamps::{
    CROP_CHANNELS, CROP_HEIGHT, CROP_WIDTH, Class, Crop, Cutter, GLANCE_HEIGHT, GLANCE_WIDTH,
    LOOK_HEIGHT, LOOK_WIDTH, Tilted,
};

use crate::encode::encode;
use crate::fonts::Set;
use crate::page::{Artist, Page, Truth, Variant};
use crate::rng::Rng;
use crate::words;

/// One proposal as the three networks see it. Values are kept as bytes: a hundred thousand of them stand in memory.
#[derive(Clone, Debug)]
pub struct Example {
    glance: Vec<u8>,
    look: Vec<u8>,
    crop: Vec<u8>,
    pub aspect: f32,
    pub class: Class,
    /// The reader's output that says what it is.
    pub output: u8,
    /// The stamp is upside down in the crop.
    pub turned: bool,
    /// The reader learns it, too.
    pub for_reader: bool,
}

/// Parts of the proposals on nothing that are kept, and that the reader learns: there are ten on each page, and it meets
/// few of them.
const OTHERS_KEPT: f32 = 0.25;
const OTHERS_READ: f32 = 0.1;
const STEP: f32 = 200.0;

impl Example {
    fn new(cutter: &Cutter<'_>, place: &Tilted, shown: Shown, for_reader: bool) -> Self {
        let bytes = |crop: &Crop| {
            let each = crop.values.iter();
            each.map(|value| (value * STEP) as u8).collect()
        };
        let crop = cutter.cut(place);
        Self {
            glance: bytes(&cutter.glance(place)),
            look: bytes(&cutter.look(place)),
            crop: bytes(&crop),
            aspect: crop.aspect,
            class: shown.class,
            output: shown.output,
            turned: shown.turned,
            for_reader,
        }
    }

    fn of(&self, bytes: &[u8]) -> Crop {
        let values = bytes.iter().map(|value| f32::from(*value) / STEP);
        Crop {
            values: values.collect(),
            aspect: self.aspect,
        }
    }

    /// For the reader.
    pub fn crop(&self) -> Crop {
        self.of(&self.crop)
    }

    /// For the gate.
    pub fn glance(&self) -> Crop {
        self.of(&self.glance)
    }

    /// For the closer gate.
    pub fn look(&self) -> Crop {
        self.of(&self.look)
    }
}

pub fn bitmap_of(page: &Page, rng: &mut Rng) -> anyhow::Result<Bitmap> {
    let file = encode(page, rng)?;
    first_page(&file, &scan::Limits::default())
        .map_err(|reason| anyhow::anyhow!("a drawn page is {reason:?}"))
}

/// What the cascade would cut out of the page, and around each stamp some crops more, loosely set.
pub fn of_page(page: &Page, loose: usize, rng: &mut Rng) -> anyhow::Result<Vec<Example>> {
    let bitmap = bitmap_of(page, rng)?;
    let cutter = Cutter::new(&bitmap);
    let mut out = Vec::new();
    for place in cutter.proposals(Some(page.size_mm)) {
        if let Some(shown) = label(&place, &page.truths) {
            let roll = match shown.class {
                Class::Other => rng.part(),
                _ => 0.0,
            };
            if roll < OTHERS_KEPT {
                out.push(Example::new(&cutter, &place, shown, roll < OTHERS_READ));
            }
        }
    }
    for truth in &page.truths {
        for _ in 0..loose {
            let place = jittered(&outline(truth), rng);
            if let Some(shown) = label(&place, &page.truths) {
                out.push(Example::new(&cutter, &place, shown, true));
            }
        }
    }
    Ok(out)
}

/// The tilted rectangle nearest to the corners; its angle keeps the way up of the word.
pub fn outline(truth: &Truth) -> Tilted {
    let [a, b, c, d] = truth.corners;
    let side = |(x, y): (f32, f32), (u, v): (f32, f32)| (u - x).hypot(v - y);
    let along = (b.0 - a.0 + c.0 - d.0, b.1 - a.1 + c.1 - d.1);
    Tilted {
        x: (a.0 + b.0 + c.0 + d.0) / 4.0,
        y: (a.1 + b.1 + c.1 + d.1) / 4.0,
        width: f32::midpoint(side(a, b), side(d, c)),
        height: f32::midpoint(side(a, d), side(b, c)),
        angle: along.1.atan2(along.0),
    }
}

fn jittered(place: &Tilted, rng: &mut Rng) -> Tilted {
    let small = if rng.chance(0.25) {
        rng.range(0.72, 0.95)
    } else {
        1.0
    };
    Tilted {
        x: place.x + rng.spread(0.05) * place.height,
        y: place.y + rng.spread(0.05) * place.height,
        width: place.width * rng.range(0.95, 1.07) * small.max(0.85),
        height: place.height * rng.range(0.93, 1.10) * small,
        angle: place.angle + rng.spread(0.03),
    }
    .laid()
}

/// What a place shows.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub class: Class,
    /// The reader's output that says so.
    pub output: u8,
    /// A stamp upside down.
    pub turned: bool,
}

/// What the place shows: a stamp whole and alone, or nothing; `None` where it is between both.
pub fn label(place: &Tilted, truths: &[Truth]) -> Option<Shown> {
    let mut clear = true;
    for truth in truths {
        let stamp = outline(truth);
        let (sin, cos) = stamp.angle.sin_cos();
        let (mut u, mut v) = ((f32::MAX, f32::MIN), (f32::MAX, f32::MIN));
        for (x, y) in place.corners() {
            let (dx, dy) = (x - stamp.x, y - stamp.y);
            let (along, across) = (
                (dx * cos + dy * sin) / stamp.width,
                (dy * cos - dx * sin) / stamp.height,
            );
            u = (u.0.min(along), u.1.max(along));
            v = (v.0.min(across), v.1.max(across));
        }
        let holds = u.0 < -0.33 && u.1 > 0.33 && v.0 < -0.29 && v.1 > 0.29;
        let tight = u.0 > -0.63 && u.1 < 0.63 && v.0 > -0.72 && v.1 < 0.72;
        let tilt = (place.angle - stamp.angle).cos();
        if holds && tight && tilt.abs() > 0.985 {
            return Some(Shown {
                class: truth.class,
                output: truth.output,
                turned: tilt < 0.0,
            });
        }
        let apart = u.1 < -0.5 || u.0 > 0.5 || v.1 < -0.5 || v.0 > 0.5;
        clear &= apart || place.overlap(&stamp) < 0.08;
    }
    clear.then(|| Shown {
        class: Class::Other,
        output: words::output(Class::Other, ""),
        turned: false,
    })
}

/// Which variants, how many pieces and how many whole pages of each.
pub const PLAN: [(Variant, u64, u64); 23] = [
    (Variant::Clean, 600, 10),
    (Variant::Rotated, 800, 12),
    (Variant::Faded, 1300, 24),
    (Variant::GreyCopy, 700, 20),
    (Variant::Photo, 1000, 24),
    (Variant::Partial, 1300, 16),
    (Variant::OverText, 1400, 40),
    (Variant::SingleBorder, 450, 10),
    (Variant::Bilevel, 2600, 30),
    (Variant::BlackPrint, 600, 20),
    (Variant::Turned, 450, 20),
    (Variant::Urgency, 1100, 40),
    (Variant::PlainWords, 200, 70),
    (Variant::LevelTable, 800, 70),
    (Variant::CheckBoxes, 600, 60),
    (Variant::Incoming, 700, 40),
    (Variant::Seal, 60, 24),
    (Variant::OtherStamp, 1400, 40),
    (Variant::Declassified, 1300, 40),
    (Variant::SignatureText, 500, 60),
    (Variant::NearMiss, 8000, 40),
    (Variant::Logo, 1300, 50),
    (Variant::Ordinary, 60, 160),
];

/// All examples of the training set, in a fixed order, drawn by two threads. `part` of 1 is all of the plan.
pub fn all(part: f32, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<Vec<Example>> {
    let half = |which: usize| -> anyhow::Result<Vec<Vec<Example>>> {
        let mut artist = Artist::new(Set::Train, 1.0)?;
        let mine = PLAN
            .into_iter()
            .enumerate()
            .filter(|(at, _)| at % 2 == which);
        mine.map(|(_, plan)| {
            let found = of_variant(&mut artist, plan, part)?;
            say(&format!("{}: {} crops", plan.0.name(), found.len()));
            Ok(found)
        })
        .collect()
    };
    let (even, odd) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| half(1));
        (
            half(0),
            beside
                .join()
                .unwrap_or_else(|_| anyhow::bail!("a drawing thread panicked")),
        )
    });
    let mut odd = odd?.into_iter();
    let mut out = Vec::new();
    for more in even? {
        out.extend(more);
        out.extend(odd.next().unwrap_or_default());
    }
    Ok(out)
}

fn of_variant(
    artist: &mut Artist,
    (variant, pieces, pages): (Variant, u64, u64),
    part: f32,
) -> anyhow::Result<Vec<Example>> {
    let scaled = |count: u64| (count as f32 * part).ceil() as u64;
    let mut rng = Rng::new(31 + variant as u64);
    let mut out = Vec::new();
    for number in 0..scaled(pieces) {
        out.extend(of_page(&artist.piece(variant, number), 1, &mut rng)?);
    }
    for number in 0..scaled(pages) {
        out.extend(of_page(&artist.page(variant, number), 1, &mut rng)?);
    }
    Ok(out)
}

/// Crops as a file, for another training on the same ones.
pub fn save(examples: &[Example]) -> Vec<u8> {
    let mut out = Vec::new();
    for example in examples {
        let class = Class::ALL
            .iter()
            .position(|class| *class == example.class)
            .unwrap_or_default();
        out.extend([class as u8, example.output]);
        out.extend([u8::from(example.turned), u8::from(example.for_reader)]);
        out.extend(example.aspect.to_le_bytes());
        out.extend(&example.glance);
        out.extend(&example.look);
        out.extend(&example.crop);
    }
    out
}

pub fn load(bytes: &[u8]) -> Vec<Example> {
    let read = |record: &[u8]| {
        let (head, values) = record.split_at_checked(HEAD)?;
        let (kind, aspect) = head.split_at_checked(4)?;
        let (glance, values) = values.split_at_checked(GLANCE)?;
        let (look, crop) = values.split_at_checked(LOOK)?;
        Some(Example {
            glance: glance.to_vec(),
            look: look.to_vec(),
            crop: crop.to_vec(),
            aspect: f32::from_le_bytes(aspect.try_into().ok()?),
            class: *Class::ALL.get(usize::from(*kind.first()?))?,
            output: *kind.get(1)?,
            turned: kind.get(2) == Some(&1),
            for_reader: kind.get(3) == Some(&1),
        })
    };
    const GLANCE: usize = CROP_CHANNELS * GLANCE_WIDTH * GLANCE_HEIGHT;
    const LOOK: usize = CROP_CHANNELS * LOOK_WIDTH * LOOK_HEIGHT;
    const HEAD: usize = 8;
    let size = HEAD + GLANCE + LOOK + CROP_CHANNELS * CROP_WIDTH * CROP_HEIGHT;
    bytes.chunks_exact(size).filter_map(read).collect()
}
