//! What is not a level stamp and looks like one.

use scan::stamps::Class;

use crate::canvas::{Colour, Point};
use crate::fonts::Set;
use crate::page::{Sheet, Variant};
use crate::rng::Rng;
use crate::stamp::{Border, Die, Press, bounds, press, seal};
use crate::words;

const RED: Colour = [205.0, 30.0, 40.0];
const BLUE: Colour = [40.0, 50.0, 160.0];

/// The matter of a page without a level stamp.
pub fn draw(sheet: &mut Sheet<'_>, variant: Variant, spot: Point, rng: &mut Rng) {
    match variant {
        Variant::Urgency => urgency(sheet, spot, rng),
        Variant::PlainWords => plain_words(sheet, rng),
        Variant::LevelTable => level_table(sheet, rng),
        Variant::CheckBoxes => check_boxes(sheet, rng),
        Variant::Incoming => incoming(sheet, spot, rng),
        Variant::Seal => round_seal(sheet, rng),
        Variant::OtherStamp => other_stamp(sheet, spot, rng),
        Variant::Declassified => declassified(sheet, spot, rng),
        Variant::SignatureText => {
            let place = signature_place(sheet, rng);
            signature_text(sheet, place, rng);
        }
        Variant::NearMiss => near_miss(sheet, spot, rng),
        Variant::Logo => logo(sheet, spot, rng),
        _ => {}
    }
}

/// Places that are tried for a signature beside a stamp.
const PLACES_MAX: usize = 20;

/// What stands beside a stamp on many pages: a seal, an urgency stamp, an incoming stamp.
pub fn company(sheet: &mut Sheet<'_>, variant: Variant, rng: &mut Rng) {
    match rng.below(4) {
        0 | 1 => round_seal(sheet, rng),
        2 if variant != Variant::Urgency && variant != Variant::OverText => {
            let spot = (rng.range(130.0, 180.0), rng.range(45.0, 52.0));
            urgency(sheet, spot, rng);
        }
        _ => {
            let clear = (0..PLACES_MAX)
                .map(|_| signature_place(sheet, rng))
                .find(|place| !sheet.set.stamps_are_clear() || !covers_stamp(sheet, *place));
            if let Some(place) = clear {
                signature_text(sheet, place, rng);
            }
        }
    }
}

fn ink(rng: &mut Rng, hard: f32) -> Press {
    let how = Press::red(rng, hard);
    if rng.chance(0.12) {
        how.black(rng)
    } else {
        how
    }
}

fn urgency(sheet: &mut Sheet<'_>, spot: Point, rng: &mut Rng) {
    let (class, wide) = match rng.below(3) {
        0 => (Class::Khan, 20.0),
        1 => (Class::ThuongKhan, 40.0),
        _ => (Class::HoaToc, 30.0),
    };
    let border = if rng.chance(0.85) {
        Border::Single
    } else {
        Border::Double
    };
    let mut die = Die::new(class.word(), wide, 8.0, border).varied(rng);
    if class == Class::HoaToc && rng.chance(0.2) {
        die.rows = vec!["HỎA TỐC".to_owned(), "HẸN GIỜ".to_owned()];
        die.height_mm *= 1.5;
    }
    let mut how = ink(rng, sheet.hard);
    if rng.chance(0.3) {
        how.angle = rng.spread(0.15) * sheet.hard;
    }
    sheet.stamp(class, &die, spot, &how, rng);
}

fn plain_words(sheet: &mut Sheet<'_>, rng: &mut Rng) {
    for _ in 0..1 + rng.below(3) {
        let line = rng.pick(&[
            "DANH MỤC BÍ MẬT NHÀ NƯỚC ĐỘ TUYỆT MẬT, TỐI MẬT, MẬT",
            "BẢO VỆ BÍ MẬT NHÀ NƯỚC",
            "Tài liệu độ MẬT phải được quản lý riêng",
            "QUẢN LÝ TÀI LIỆU TỐI MẬT",
            "1. Độ mật: Tuyệt mật, Tối mật, Mật",
            "Mật khẩu không được ghi ra giấy",
        ]);
        let (x, y) = (
            sheet.width / 2.0 + rng.spread(15.0),
            rng.range(0.15, 0.9) * sheet.height,
        );
        let points = rng.range(12.0, 16.0);
        blank(sheet, (x - 70.0, y - 6.0), (x + 70.0, y + 3.0));
        sheet.centred(rng.chance(0.8), line, points, (x, y));
    }
}

/// Clears a place for what comes next.
fn blank(sheet: &mut Sheet<'_>, (left, top): Point, (right, bottom): Point) {
    let unit = sheet.unit;
    let paper = sheet.canvas.near(0, 0);
    for y in (top * unit) as i64..(bottom * unit) as i64 {
        for x in (left * unit) as i64..(right * unit) as i64 {
            if let Some(pixel) = sheet.canvas.at_mut(x, y) {
                *pixel = paper;
            }
        }
    }
}

fn level_table(sheet: &mut Sheet<'_>, rng: &mut Rng) {
    let columns = 2 + rng.below(3);
    let wide = rng.range(22.0, 42.0);
    let tall = rng.range(7.0, 12.0);
    let rows = 3 + rng.below(4);
    let left = (sheet.width - wide * columns as f32).max(4.0) * rng.range(0.3, 0.7);
    let top = (rng.range(0.35, 0.7) * sheet.height)
        .min(sheet.height - tall * rows as f32 - 3.0)
        .max(2.0);
    let (right, bottom) = (left + wide * columns as f32, top + tall * rows as f32);
    blank(sheet, (left - 3.0, top - 3.0), (right + 3.0, bottom + 3.0));
    let (unit, dark) = (sheet.unit, sheet.ink);
    let line = (rng.range(0.2, 0.45) * unit).max(1.0);
    let upper = rng.chance(0.7);
    let bold = rng.chance(0.6);
    let levels = if upper {
        ["TUYỆT MẬT", "TỐI MẬT", "MẬT"]
    } else {
        ["Tuyệt mật", "Tối mật", "Mật"]
    };
    let column = rng.below(columns);
    for row in 0..rows {
        for cell in 0..columns {
            let (x, y) = (left + wide * cell as f32, top + tall * row as f32);
            let (from, to) = ((x * unit, y * unit), ((x + wide) * unit, (y + tall) * unit));
            sheet
                .canvas
                .frame(from, (to.0 + line, to.1 + line), line, dark);
            let middle = (x + wide / 2.0, y + tall / 2.0 + 1.6);
            if cell == column {
                let level = levels.get(row % 3).copied().unwrap_or_default();
                sheet.centred(bold, level, rng.range(10.0, 13.0).min(wide * 0.33), middle);
            } else {
                let word = words::run(sheet.lines, 4 + rng.below(9), rng);
                sheet.centred(false, &word, 10.0, middle);
            }
        }
    }
}

fn check_boxes(sheet: &mut Sheet<'_>, rng: &mut Rng) {
    let (unit, dark) = (sheet.unit, sheet.ink);
    let upright = rng.chance(0.5);
    let y = rng.range(0.2, 0.8) * sheet.height;
    let left = rng.range(10.0, 30.0);
    let step = if upright {
        rng.range(6.0, 10.0)
    } else {
        rng.range(30.0, 42.0)
    };
    let line = (0.3 * unit).max(1.0);
    blank(
        sheet,
        (left - 3.0, y - 7.0),
        (left + step.max(40.0) * 3.2, y + step.min(10.0) * 3.0),
    );
    let side = rng.range(3.0, 5.0);
    for (at, word) in ["MẬT", "TỐI MẬT", "TUYỆT MẬT"].into_iter().enumerate() {
        let at = at as f32;
        let (x, base) = if upright {
            (left, y + at * step)
        } else {
            (left + at * step, y)
        };
        let (from, to) = (
            (x * unit, (base - side + 0.7) * unit),
            ((x + side) * unit, (base + 0.7) * unit),
        );
        sheet.canvas.frame(from, to, line, dark);
        if rng.chance(0.3) {
            sheet.canvas.stroke(from, to, line, dark, 0.9);
        }
        sheet.text(
            true,
            word,
            rng.range(11.0, 13.0),
            (x + side + 2.0, base),
            dark,
        );
    }
    if rng.chance(0.4) {
        let (from, to) = (
            (left - 2.0, y - 6.0),
            (
                left + if upright { 38.0 } else { step * 2.9 },
                y + if upright { step * 2.0 + 3.0 } else { 3.0 },
            ),
        );
        let scaled = |(x, y): Point| (x * unit, y * unit);
        sheet.canvas.frame(scaled(from), scaled(to), line, dark);
    }
}

fn incoming(sheet: &mut Sheet<'_>, (x, y): Point, rng: &mut Rng) {
    let ink = if rng.chance(0.6) { RED } else { BLUE };
    let mut die = Die::new(
        rng.pick(&["CÔNG VĂN ĐẾN", "VĂN PHÒNG", "ĐẾN"]),
        rng.range(42.0, 56.0),
        rng.range(20.0, 28.0),
        Border::Single,
    );
    let number = format!(
        "Số: {}  Ngày: {}/{}",
        10 + rng.below(900),
        1 + rng.below(28),
        1 + rng.below(12)
    );
    die.rows.push(number);
    let how = Press {
        ink,
        ..Press::red(rng, sheet.hard)
    };
    sheet.stamp(Class::Other, &die, (x, y.max(15.0)), &how, rng);
}

fn round_seal(sheet: &mut Sheet<'_>, rng: &mut Rng) {
    let unit = sheet.unit;
    let middle = (
        sheet.width * rng.range(0.6, 0.75) * unit,
        (sheet.height * rng.range(0.7, 0.92)) * unit,
    );
    let radius = rng.range(15.0, 19.0) * unit;
    let ink = [
        rng.range(190.0, 225.0),
        rng.range(25.0, 70.0),
        rng.range(35.0, 80.0),
    ];
    if let Some(face) = sheet.bold.first_mut() {
        seal(&mut sheet.canvas, face, middle, radius, ink, rng);
    }
    let mut from = (middle.0 + radius * 0.2, middle.1);
    for _ in 0..7 {
        let to = (
            from.0 + rng.range(0.1, 0.5) * radius,
            middle.1 + rng.spread(0.6) * radius,
        );
        sheet.canvas.stroke(from, to, 0.25 * unit, BLUE, 0.9);
        from = to;
    }
}

fn other_stamp(sheet: &mut Sheet<'_>, spot: Point, rng: &mut Rng) {
    let word = rng.pick(words::OTHER);
    let wide = (word.chars().count() as f32 * rng.range(3.6, 4.6)).clamp(14.0, 60.0);
    let border = match rng.below(5) {
        0 => Border::None,
        1 | 2 => Border::Double,
        _ => Border::Single,
    };
    let die = Die::new(word, wide, 8.0, border).varied(rng);
    let how = ink(rng, sheet.hard);
    sheet.stamp(Class::Other, &die, spot, &how, rng);
}

fn declassified(sheet: &mut Sheet<'_>, spot: Point, rng: &mut Rng) {
    let border = if rng.chance(0.7) {
        Border::Double
    } else {
        Border::Single
    };
    let mut die = Die::new(Class::GiaiMat.word(), 30.0, 13.0, border);
    if rng.chance(0.8) {
        die.rows.push(format!(
            "Từ: {}/{}/202{}",
            10 + rng.below(18),
            10 + rng.below(3),
            rng.below(6)
        ));
    } else {
        die.height_mm = 8.0;
    }
    let die = die.varied(rng);
    let mut how = ink(rng, sheet.hard);
    if rng.chance(0.3) {
        how.angle = rng.spread(0.15) * sheet.hard;
    }
    sheet.stamp(Class::GiaiMat, &die, spot, &how, rng);
}

/// Before the name is written, what a signature will cover is made blank: from its place, in mm.
const SIGNATURE_MM: (Point, Point) = ((-2.0, -5.0), (58.0, 12.0));

fn signature_place(sheet: &Sheet<'_>, rng: &mut Rng) -> Point {
    (
        sheet.width * rng.range(0.1, 0.6),
        sheet.height * rng.range(0.08, 0.9),
    )
}

/// A stamp under a signature that is set on it as a box of its own cannot be seen: there would be no truth in it.
fn covers_stamp(sheet: &Sheet<'_>, (x, y): Point) -> bool {
    let ((left, top), (right, bottom)) = SIGNATURE_MM;
    sheet.truths.iter().any(|truth| {
        let each = truth.corners.map(|(u, v)| (u / sheet.unit, v / sheet.unit));
        let (low, high) = bounds(&each);
        low.0 < x + right && high.0 > x + left && low.1 < y + bottom && high.1 > y + top
    })
}

fn signature_text(sheet: &mut Sheet<'_>, (x, y): Point, rng: &mut Rng) {
    let name = rng.pick(words::PEOPLE);
    let unit = sheet.unit;
    let rows = [
        format!("Ký bởi: {name}"),
        "Cơ quan: Sở Nội vụ tỉnh Hải Sơn".to_owned(),
        format!(
            "Ngày ký: {}-{}-2025 09:{}:12 +07:00",
            10 + rng.below(18),
            1 + rng.below(12),
            10 + rng.below(49)
        ),
    ];
    let ((left, top), (right, bottom)) = SIGNATURE_MM;
    blank(sheet, (x + left, y + top), (x + right, y + bottom));
    for (at, row) in rows.iter().enumerate() {
        sheet.text(false, row, 8.5, (x, y + 4.0 * at as f32), RED);
    }
    if rng.chance(0.5) {
        sheet.canvas.frame(
            ((x - 1.5) * unit, (y - 4.0) * unit),
            ((x + 57.0) * unit, (y + 10.0) * unit),
            (0.25 * unit).max(1.0),
            RED,
        );
    }
}

fn near_miss(sheet: &mut Sheet<'_>, spot: Point, rng: &mut Rng) {
    let nearer = sheet.set == Set::Train && rng.chance(0.5);
    let word = rng.pick(if nearer { words::NEARER } else { words::NEAR });
    let wide = match word.chars().count() {
        0..=4 => 20.0,
        5..=7 => 30.0,
        _ => 40.0,
    };
    let border = if rng.chance(0.75) {
        Border::Double
    } else {
        Border::Single
    };
    let die = Die::new(word, wide, 8.0, border).varied(rng);
    let mut how = ink(rng, sheet.hard);
    if rng.chance(0.2) {
        how.angle = rng.spread(0.12) * sheet.hard;
    }
    sheet.stamp(Class::NearMiss, &die, spot, &how, rng);
}

fn logo(sheet: &mut Sheet<'_>, (x, y): Point, rng: &mut Rng) {
    let word = rng.pick(words::LOGOS);
    let wide = rng.range(22.0, 48.0);
    let border = if rng.chance(0.5) {
        Border::Single
    } else {
        Border::Double
    };
    let mut die = Die::new(word, wide, rng.range(8.0, 15.0), border);
    die.em_mm = rng.range(4.0, 8.0);
    if rng.chance(0.3) {
        die.rows.push(
            rng.pick(&["Uy tín - Chất lượng", "Từ năm 1998", "Hàng Việt Nam"])
                .to_owned(),
        );
    }
    let mut how = Press::red(rng, sheet.hard);
    how.uneven = 0.0;
    let unit = sheet.unit;
    if rng.chance(0.4) {
        let at = |dx: f32, dy: f32| {
            (
                (x + dx * die.width_mm) * unit,
                (y + dy * die.height_mm) * unit,
            )
        };
        let (from, to) = (at(-0.5, -0.5), at(0.5, 0.5));
        sheet.canvas.fill(from, to, RED);
        how.ink = [60.0, 10.0, 15.0];
    }
    let at = rng.below(sheet.bold.len());
    if let Some(face) = sheet.bold.get_mut(at) {
        press(
            &mut sheet.canvas,
            face,
            &die,
            (x * unit, y * unit),
            unit,
            &how,
            rng,
        );
    }
}
