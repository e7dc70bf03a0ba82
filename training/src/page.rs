//! Draws one page: header, text, stamps and what may be mistaken for them; then what copying does to it.

use scan::stamps::Class;

use crate::canvas::{Canvas, Colour, Point};
use crate::degrade::{self, Damage};
use crate::distract;
use crate::fonts::{Face, Faces, Set};
use crate::rng::Rng;
use crate::stamp::{Border, Die, Press, press};
use crate::words;

/// What a page shows. The first eleven carry a level stamp.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Variant {
    Clean,
    Rotated,
    Faded,
    GreyCopy,
    Photo,
    Partial,
    OverText,
    SingleBorder,
    Bilevel,
    BlackPrint,
    Turned,
    Urgency,
    PlainWords,
    LevelTable,
    CheckBoxes,
    Incoming,
    Seal,
    OtherStamp,
    Declassified,
    SignatureText,
    NearMiss,
    Logo,
    Ordinary,
}

impl Variant {
    pub const ALL: [Self; 23] = [
        Self::Clean,
        Self::Rotated,
        Self::Faded,
        Self::GreyCopy,
        Self::Photo,
        Self::Partial,
        Self::OverText,
        Self::SingleBorder,
        Self::Bilevel,
        Self::BlackPrint,
        Self::Turned,
        Self::Urgency,
        Self::PlainWords,
        Self::LevelTable,
        Self::CheckBoxes,
        Self::Incoming,
        Self::Seal,
        Self::OtherStamp,
        Self::Declassified,
        Self::SignatureText,
        Self::NearMiss,
        Self::Logo,
        Self::Ordinary,
    ];

    pub fn is_stamped(self) -> bool {
        self <= Self::Turned
    }

    /// As in reports and file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Rotated => "rotated",
            Self::Faded => "faded",
            Self::GreyCopy => "grey-copy",
            Self::Photo => "photo",
            Self::Partial => "partial",
            Self::OverText => "over-text",
            Self::SingleBorder => "single-border",
            Self::Bilevel => "bilevel",
            Self::BlackPrint => "black-print",
            Self::Turned => "turned",
            Self::Urgency => "urgency",
            Self::PlainWords => "plain-words",
            Self::LevelTable => "level-table",
            Self::CheckBoxes => "check-boxes",
            Self::Incoming => "incoming",
            Self::Seal => "seal",
            Self::OtherStamp => "other-stamp",
            Self::Declassified => "declassified",
            Self::SignatureText => "signature-text",
            Self::NearMiss => "near-miss",
            Self::Logo => "logo",
            Self::Ordinary => "ordinary",
        }
    }
}

/// One stamp that is on a page.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    pub class: Class,
    /// The reader's output for its word.
    pub output: u8,
    /// Corners of its outer edge in pixels, beginning at the left top of its word.
    pub corners: [Point; 4],
}

/// A drawn page.
#[derive(Clone, Debug)]
pub struct Page {
    pub canvas: Canvas,
    pub truths: Vec<Truth>,
    pub dpi: u32,
    /// Width and height of the paper in mm, as turned.
    pub size_mm: (f32, f32),
    pub bilevel: bool,
}

/// A page being drawn; distances in mm.
pub struct Sheet<'a> {
    pub canvas: Canvas,
    pub unit: f32,
    pub width: f32,
    pub height: f32,
    pub ink: Colour,
    pub bold: &'a mut [Face],
    pub body: &'a mut Face,
    pub lines: &'a [&'static str],
    pub truths: Vec<Truth>,
    /// 1 for training, more for the harder test.
    pub hard: f32,
    pub set: Set,
}

impl Sheet<'_> {
    /// Text with its base line at `x`, `y`; size in points.
    pub fn text(&mut self, bold: bool, text: &str, points: f32, (x, y): Point, ink: Colour) {
        let px = points * 25.4 / 72.0 * self.unit;
        let at = (x * self.unit, y * self.unit);
        let face = if bold { self.bold.first_mut() } else { None };
        self.canvas
            .text(face.unwrap_or(self.body), text, px, at, ink);
    }

    /// The same, with its middle at `x`.
    pub fn centred(&mut self, bold: bool, text: &str, points: f32, (x, y): Point) {
        let px = points * 25.4 / 72.0 * self.unit;
        let face = if bold { self.bold.first_mut() } else { None };
        let width = face.unwrap_or(self.body).width(text, px) / self.unit;
        let ink = self.ink;
        self.text(bold, text, points, (x - width / 2.0, y), ink);
    }

    pub fn rule(&mut self, (x, y): Point, length: f32) {
        let (unit, ink) = (self.unit, self.ink);
        let thick = (0.25 * unit).max(1.0);
        self.canvas.fill(
            (x * unit, y * unit),
            ((x + length) * unit, y * unit + thick),
            ink,
        );
    }

    pub fn stamp(&mut self, class: Class, die: &Die, (x, y): Point, how: &Press, rng: &mut Rng) {
        let at = rng.below(self.bold.len());
        let Some(face) = self.bold.get_mut(at) else {
            return;
        };
        let middle = (x * self.unit, y * self.unit);
        let corners = press(&mut self.canvas, face, die, middle, self.unit, how, rng);
        let word = die.rows.first().map_or("", String::as_str);
        self.truths.push(Truth {
            class,
            output: words::output(class, word),
            corners,
        });
    }
}

/// Draws pages of one set. `hard` scales every distortion.
pub struct Artist {
    faces: Faces,
    lines: Vec<&'static str>,
    hard: f32,
    set: Set,
}

impl Artist {
    pub fn new(set: Set, hard: f32) -> anyhow::Result<Self> {
        Ok(Self {
            faces: Faces::load(set)?,
            lines: words::lines(set),
            hard,
            set,
        })
    }

    /// The page of this variant and number; the same for ever.
    pub fn page(&mut self, variant: Variant, number: u64) -> Page {
        let kind = Variant::ALL
            .iter()
            .position(|other| *other == variant)
            .unwrap_or(0) as u64;
        let mut rng = Rng::new((self.set as u64 + 1) * 1_000_003 + kind * 10_007 + number);
        let roll = rng.below(20);
        let dpi = [100, 150, 150, 200, 200, 200, 300]
            .get(roll % 7)
            .copied()
            .unwrap_or(200);
        // One bit a pixel at 100 dots an inch leaves nothing of a red frame.
        let dpi = if variant == Variant::Bilevel {
            dpi.max(150)
        } else {
            dpi
        };
        self.draw(variant, dpi, (210.0, 297.0), &mut rng)
    }

    /// A piece of a page around one stamp: cheap, for training.
    pub fn piece(&mut self, variant: Variant, number: u64) -> Page {
        let kind = variant as u64;
        let mut rng = Rng::new(77_000_000 + kind * 100_003 + number);
        let dpi = rng.range(85.0, 230.0) as u32;
        self.draw(
            variant,
            dpi,
            (rng.range(75.0, 110.0), rng.range(45.0, 70.0)),
            &mut rng,
        )
    }

    fn draw(
        &mut self,
        variant: Variant,
        dpi: u32,
        (width, height): (f32, f32),
        rng: &mut Rng,
    ) -> Page {
        let unit = dpi as f32 / 25.4;
        let light = rng.range(228.0, 255.0);
        let tint = if rng.chance(0.3) {
            rng.range(0.0, 22.0)
        } else {
            rng.range(0.0, 5.0)
        };
        let paper = [light, light - tint * 0.3, light - tint];
        let dark = rng.range(10.0, 60.0);
        rng.shuffle(&mut self.faces.bold);
        let at = rng.below(self.faces.body.len());
        let Some(body) = self.faces.body.get_mut(at) else {
            unreachable!("a set without text fonts does not load")
        };
        let mut sheet = Sheet {
            canvas: Canvas::new((width * unit) as usize, (height * unit) as usize, paper),
            unit,
            width,
            height,
            ink: [dark; 3],
            bold: &mut self.faces.bold,
            body,
            lines: &self.lines,
            truths: Vec::new(),
            hard: self.hard,
            set: self.set,
        };
        let spot = write(&mut sheet, variant, rng);
        if variant.is_stamped() {
            level_stamp(&mut sheet, variant, spot, rng);
        } else {
            distract::draw(&mut sheet, variant, spot, rng);
        }
        if rng.chance(0.35) && height > 200.0 {
            distract::company(&mut sheet, variant, rng);
        }
        let (canvas, truths) = (sheet.canvas, sheet.truths);
        let damage = Damage::of(variant, self.hard, rng);
        degrade::degrade(canvas, truths, dpi, (width, height), &damage, rng)
    }
}

/// Writes header and text and answers where a stamp would be set.
fn write(sheet: &mut Sheet<'_>, variant: Variant, rng: &mut Rng) -> Point {
    if sheet.height < 200.0 {
        return piece(sheet, variant, rng);
    }
    let first = rng.chance(0.8);
    let top = if first {
        header(sheet, rng)
    } else {
        later(sheet, rng)
    };
    let spot = if first && rng.chance(0.65) {
        (rng.range(36.0, 68.0), rng.range(43.0, 50.0))
    } else {
        match rng.below(4) {
            0 => (rng.range(30.0, 60.0), rng.range(8.0, 13.0)),
            1 => (rng.range(130.0, 180.0), rng.range(9.0, 14.0)),
            2 => (rng.range(130.0, 175.0), top - rng.range(7.0, 10.0)),
            _ => (rng.range(40.0, 80.0), top - rng.range(7.0, 10.0)),
        }
    };
    let end = rng.range(170.0, 275.0);
    text(sheet, (28.0, top), end, rng);
    if end < 245.0 {
        foot(sheet, end + 10.0, rng);
    }
    if variant == Variant::OverText {
        return (rng.range(50.0, 160.0), rng.range(top + 10.0, end - 15.0));
    }
    spot
}

/// A piece of a page: some lines around the middle, touching it or not.
fn piece(sheet: &mut Sheet<'_>, variant: Variant, rng: &mut Rng) -> Point {
    let middle = (
        sheet.width * rng.range(0.4, 0.6),
        sheet.height * rng.range(0.42, 0.58),
    );
    let gap = if variant == Variant::OverText {
        -10.0
    } else {
        rng.range(-0.5, 6.0)
    };
    let left = rng.range(-20.0, 12.0);
    let upper = middle.1 - 5.0 - gap.max(0.0) - sheet.height;
    text(
        sheet,
        (left, upper + sheet.height * 0.35),
        middle.1 - 6.0 - gap,
        rng,
    );
    let (from, to) = (middle.1 + 9.0 + gap, sheet.height + 5.0);
    text(sheet, (left, from), to, rng);
    middle
}

fn header(sheet: &mut Sheet<'_>, rng: &mut Rng) -> f32 {
    let left = rng.range(56.0, 66.0);
    let size = rng.range(11.0, 13.0);
    let over = rng.pick(words::OVER);
    let unit = rng.pick(words::UNIT);
    sheet.centred(false, over, size, (left, 19.0));
    sheet.centred(true, unit, size, (left, 25.0));
    sheet.rule((left - 10.0, 27.0), 20.0);
    let number = format!(
        "Số: {}/{}-VP",
        1 + rng.below(999),
        rng.pick(&["KH", "BC", "QĐ", "TB", "CV"])
    );
    sheet.centred(false, &number, 13.0, (left, 36.0));
    let right = rng.range(142.0, 150.0);
    sheet.centred(
        true,
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        size.min(11.5),
        (right, 19.0),
    );
    sheet.centred(true, "Độc lập - Tự do - Hạnh phúc", size, (right, 25.0));
    sheet.rule((right - 28.0, 27.0), 56.0);
    let date = format!(
        "Hải Sơn, ngày {} tháng {} năm 202{}",
        10 + rng.below(18),
        1 + rng.below(12),
        rng.below(6)
    );
    sheet.centred(false, &date, 13.0, (right, 36.0));
    let kind = rng.pick(words::KINDS);
    sheet.centred(true, kind, 14.0, (105.0, 62.0));
    let subject = rng.pick(words::SUBJECTS);
    sheet.centred(true, subject, 13.0, (105.0, 69.0));
    sheet.rule((92.0, 71.5), 26.0);
    82.0
}

fn later(sheet: &mut Sheet<'_>, rng: &mut Rng) -> f32 {
    let page = (2 + rng.below(30)).to_string();
    sheet.centred(false, &page, 13.0, (105.0, 14.0));
    rng.range(25.0, 33.0)
}

/// Lines of text from `top` to `bottom`, with paragraphs.
pub fn text(sheet: &mut Sheet<'_>, (left, top): Point, bottom: f32, rng: &mut Rng) {
    let points = rng.range(12.0, 14.5);
    let pitch = points * 25.4 / 72.0 * rng.range(1.15, 1.55);
    let right = sheet.width - left.clamp(0.0, 20.0) + rng.range(-2.0, 5.0);
    let px = points * 25.4 / 72.0 * sheet.unit;
    let ink = sheet.ink;
    let mut base = top;
    while base < bottom {
        let last = rng.chance(0.2);
        let indent = if rng.chance(0.2) { 10.0 } else { 0.0 };
        let room = right - left - indent;
        let chars = (room / (points * 0.176)) as usize;
        let mut line = words::run(sheet.lines, if last { chars / 2 } else { chars }, rng);
        while sheet.body.width(&line, px) > room * sheet.unit && line.pop().is_some() {}
        sheet.text(false, &line, points, (left + indent, base), ink);
        base += pitch + if last { 2.0 } else { 0.0 };
    }
}

fn foot(sheet: &mut Sheet<'_>, y: f32, rng: &mut Rng) {
    let ink = sheet.ink;
    sheet.text(true, "Nơi nhận:", 12.0, (28.0, y), ink);
    for at in 0..3_u8 {
        let line = format!("- {};", words::run(sheet.lines, 28, rng));
        sheet.text(
            false,
            &line,
            11.0,
            (28.0, y + 5.0 + 4.5 * f32::from(at)),
            ink,
        );
    }
    sheet.centred(
        true,
        rng.pick(&["GIÁM ĐỐC", "CHÁNH VĂN PHÒNG", "TRƯỞNG BAN"]),
        13.0,
        (148.0, y),
    );
    let name = rng.pick(words::PEOPLE);
    sheet.centred(true, name, 13.0, (148.0, y + 30.0));
}

/// The level stamp of a page of this variant.
fn level_stamp(sheet: &mut Sheet<'_>, variant: Variant, spot: Point, rng: &mut Rng) {
    let (class, wide) = match rng.below(10) {
        0..4 => (Class::Mat, 20.0),
        4..7 => (Class::ToiMat, 30.0),
        _ => (Class::TuyetMat, 40.0),
    };
    let single =
        variant == Variant::SingleBorder || (variant != Variant::Clean && rng.chance(0.12));
    let border = if single {
        Border::Single
    } else {
        Border::Double
    };
    let die = Die::new(class.word(), wide, 8.0, border).varied(rng);
    let hard = sheet.hard;
    let mut how = Press::red(rng, hard);
    match variant {
        Variant::Rotated => {
            how.angle = rng.range(0.05, 0.2) * hard * if rng.chance(0.5) { 1.0 } else { -1.0 }
        }
        Variant::Faded => {
            how.strength = rng.range(0.3, 0.55) / hard.sqrt();
            how.uneven = rng.range(0.25, 0.6) * hard.sqrt();
        }
        Variant::Partial => how.missing = rng.range(0.06, 0.16) * hard.sqrt(),
        Variant::BlackPrint => how = how.black(rng),
        Variant::OverText => how.angle = rng.spread(0.12) * hard,
        Variant::Clean => {
            how.uneven *= 0.4;
            how.angle *= 0.4;
        }
        _ => {}
    }
    how.uneven = how.uneven.min(0.9);
    sheet.stamp(class, &die, spot, &how, rng);
}
