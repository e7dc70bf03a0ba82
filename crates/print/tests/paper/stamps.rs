//! Stamps at true scale: drawn at 300 dots per inch by two programs that share no code, found by their ink and measured.

use std::ops::Range;

use crate::common::{contains, date, poppler};
use crate::golden::{check, decode};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use law::{Border, Evidence, Outline, Pack, Stamp};
use print::PrintError;
use print::stamps::{
    CalibrationSheet, LabelSheet, Placed, RowSize, SUPPLIED_NOTE, Spot, StampPage, StampPrint,
    StampSizes, calibration, geometry, labels, page,
};

const DPI: f64 = 300.0;
const MM_PER_DOT: f64 = 25.4 / DPI;
/// How far a print may be from its data, millimetres.
const TOLERANCE_MM: f64 = 0.2;

/// One drawn page: red, black or white dots.
struct Drawn {
    width: usize,
    dots: Vec<Dot>,
}

#[derive(Clone, Copy, PartialEq)]
enum Dot {
    White,
    Red,
    Dark,
}

/// A dot has the colour that covers at least half of it.
fn dot(red: u8, green: u8) -> Dot {
    match (red > 140, green < 128) {
        (_, false) => Dot::White,
        (true, true) => Dot::Red,
        (false, true) => Dot::Dark,
    }
}

fn by_hayro(bytes: &[u8]) -> Drawn {
    let pdf = Pdf::new(bytes.to_vec()).unwrap();
    let scale = (DPI / 72.0) as f32;
    let pixmap = hayro::render(
        &pdf.pages()[0],
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &PixmapSettings {
            x_scale: scale,
            y_scale: scale,
            bg_color: WHITE,
        },
    );
    Drawn {
        width: usize::from(pixmap.width()),
        dots: pixmap.data().iter().map(|p| dot(p.r, p.g)).collect(),
    }
}

fn by_poppler(bytes: &[u8]) -> Drawn {
    let picture = decode(&poppler(
        "pdftoppm",
        &["-r", "300", "-png", "-f", "1", "-l", "1", "-"],
        bytes,
    ));
    assert_eq!(
        picture.samples.len(),
        (picture.width * picture.height * 3) as usize
    );
    Drawn {
        width: picture.width as usize,
        dots: picture.samples.chunks(3).map(|p| dot(p[0], p[1])).collect(),
    }
}

/// A place on the page in millimetres.
#[derive(Debug, Clone, PartialEq)]
struct Area {
    x: Range<f64>,
    y: Range<f64>,
}

impl Area {
    fn size(&self) -> (f64, f64) {
        (self.x.end - self.x.start, self.y.end - self.y.start)
    }

    fn middle(&self) -> (f64, f64) {
        (
            f64::midpoint(self.x.start, self.x.end),
            f64::midpoint(self.y.start, self.y.end),
        )
    }
}

fn mm(dots: usize) -> f64 {
    dots as f64 * MM_PER_DOT
}

fn dots(mm: f64) -> usize {
    (mm / MM_PER_DOT).round() as usize
}

impl Drawn {
    fn at(&self, x: usize, y: usize) -> Dot {
        self.dots[y * self.width + x]
    }

    /// Only the part with red dots, so that measuring does not read the whole page again and again.
    fn cropped(&self) -> Self {
        let red: Vec<usize> = (0..self.dots.len())
            .filter(|at| self.dots[*at] == Dot::Red)
            .collect();
        let columns = || red.iter().map(|at| at % self.width);
        let (left, right) = (columns().min().unwrap(), columns().max().unwrap() + 1);
        let (top, bottom) = (red[0] / self.width, red[red.len() - 1] / self.width + 1);
        let rows =
            (top..bottom).flat_map(|y| &self.dots[y * self.width + left..y * self.width + right]);
        Self {
            width: right - left,
            dots: rows.copied().collect(),
        }
    }

    /// Edges of all red dots whose middle satisfies `wanted` (millimetres).
    fn red(&self, wanted: impl Fn(f64, f64) -> bool) -> Area {
        let half = MM_PER_DOT / 2.0;
        let mut area = Area {
            x: f64::INFINITY..0.0,
            y: f64::INFINITY..0.0,
        };
        for (index, dot) in self.dots.iter().enumerate() {
            let (x, y) = (mm(index % self.width), mm(index / self.width));
            if *dot == Dot::Red && wanted(x + half, y + half) {
                area.x = area.x.start.min(x)..area.x.end.max(x + MM_PER_DOT);
                area.y = area.y.start.min(y)..area.y.end.max(y + MM_PER_DOT);
            }
        }
        assert!(area.x.start.is_finite(), "nothing red was found");
        area
    }

    /// Lengths of the first two runs of dots, red then not red, from the edge of a stamp inwards; millimetres.
    fn line_and_gap(&self, from: (usize, usize), step: (usize, usize)) -> (f64, f64) {
        let walk = |start: usize, red: bool| {
            (start..)
                .take_while(|n| {
                    let at = self.at(from.0 + n * step.0, from.1 + n * step.1);
                    (at == Dot::Red) == red
                })
                .count()
        };
        let line = walk(0, true);
        (mm(line), mm(walk(line, false)))
    }

    /// Extent of the red dots along the diagonal, millimetres.
    fn diagonal(&self) -> f64 {
        let red = self
            .dots
            .iter()
            .enumerate()
            .filter(|(_, dot)| **dot == Dot::Red);
        let along: Vec<usize> = red
            .map(|(at, _)| at % self.width + at / self.width)
            .collect();
        let (low, high) = (along.iter().min().unwrap(), along.iter().max().unwrap());
        mm(high - low) / f64::sqrt(2.0) + MM_PER_DOT
    }
}

/// A length of the data beside the measured one, millimetres.
type Compared = (&'static str, f64, f64);

/// Measures the only stamp of a page against data that it should have.
fn compare(page: &Drawn, data: &Stamp) -> Vec<Compared> {
    let drawn = &page.cropped();
    let area = drawn.red(|_, _| true);
    let (width, height) = area.size();
    let (middle_x, middle_y) = area.middle();
    let mut compared = match data.outline.unwrap() {
        Outline::Rectangle {
            width_mm,
            height_mm,
        } => {
            vec![("width", width_mm, width), ("height", height_mm, height)]
        }
        Outline::Circle { diameter_mm } => vec![
            ("diameter across", diameter_mm, width),
            ("diameter down", diameter_mm, height),
            ("diameter along the diagonal", diameter_mm, drawn.diagonal()),
        ],
    };
    let gap_mm = data.border.unwrap().gap_mm.unwrap();
    let (left, top) = (dots(area.x.start), dots(area.y.start));
    let (line, gap) = drawn.line_and_gap((left, dots(middle_y)), (1, 0));
    compared.push(("border gap at the left", gap_mm, gap));
    compared.push(("border line at the left", print::stamps::LINE_MM, line));
    let (_, gap) = drawn.line_and_gap((dots(middle_x), top), (0, 1));
    compared.push(("border gap at the top", gap_mm, gap));
    compared.extend(letters(drawn, data, &area));
    compared
}

/// Height of the letters of each row: of the whole row where the data says so in millimetres, else of its first letter.
fn letters(drawn: &Drawn, data: &Stamp, area: &Area) -> Vec<Compared> {
    let (middle_x, middle_y) = area.middle();
    let border = 2.0 * print::stamps::LINE_MM + data.border.unwrap().gap_mm.unwrap();
    if let Outline::Circle { diameter_mm } = data.outline.unwrap() {
        let inside = diameter_mm / 2.0 - border - 0.05;
        let ink = drawn.red(|x, y| (x - middle_x).hypot(y - middle_y) < inside);
        let height = data.rows[0].height_mm.unwrap();
        return vec![("letter height", height, ink.size().1)];
    }
    let (width, height) = area.size();
    let inside = |x: f64, y: f64| {
        (x - middle_x).abs() < width / 2.0 - border - 0.1
            && (y - middle_y).abs() < height / 2.0 - border - 0.1
    };
    let mut compared = Vec::new();
    let mut top = area.y.start;
    for (row, drawn_row) in data
        .rows
        .iter()
        .zip(&geometry(&print(data, None)).unwrap().rows)
    {
        // From the row above to just under the base line: the first letter reaches no lower, a dot under a vowel does.
        let base = area.y.start + drawn_row.baseline_mm;
        let in_row = |x: f64, y: f64| inside(x, y) && y > top && y < base + 0.4;
        let start = drawn.red(in_row).x.start;
        let first = drawn.red(|x, y| in_row(x, y) && x < start + 2.5);
        // Liberation Serif, both faces: T is 1341 units of 2048 high, G 1376.
        let units = if row.text.starts_with('T') {
            1_341.0
        } else {
            1_376.0
        };
        let data = row.size_pt.unwrap() * 25.4 / 72.0 * units / 2_048.0;
        compared.push(("height of a first letter", data, first.size().1));
        top = base + 1.2;
    }
    compared
}

fn pack() -> &'static Pack {
    Pack::embedded().unwrap()
}

fn stamp(id: &str, on: &str) -> Stamp {
    pack().stamp(id, date(on)).value.unwrap()
}

fn print<'a>(stamp: &'a Stamp, sizes: Option<&'a StampSizes>) -> StampPrint<'a> {
    StampPrint {
        stamp,
        sizes,
        fill: None,
    }
}

fn placed(print: StampPrint<'_>, spot: Spot) -> StampPage<'_> {
    StampPage {
        stamps: vec![Placed {
            print,
            spot,
            right_mm: 0.0,
            down_mm: 0.0,
        }],
    }
}

/// Every stamp of the pack whose sizes are all known, in all generations.
fn known() -> Vec<&'static Stamp> {
    ["2016-01-01", "2024-01-01", "2026-06-01"]
        .into_iter()
        .flat_map(|on| pack().stamps_on(date(on)))
        .filter(|stamp| geometry(&print(stamp, None)).is_ok())
        .collect()
}

fn sizes() -> StampSizes {
    StampSizes {
        outline: Outline::Rectangle {
            width_mm: 32.0,
            height_mm: 9.0,
        },
        border_lines: 2,
        border_gap_mm: 1.0,
        row_gap_mm: None,
        rows: vec![RowSize {
            size_pt: 12.0,
            bold: true,
        }],
    }
}

/// Odd places, so that no edge lies on the dots by chance.
const ODD: Spot = Spot::At {
    x_mm: 50.037,
    y_mm: 61.911,
};

#[test]
fn every_known_stamp_measures_as_its_data() {
    let known = known();
    let ids: Vec<&str> = known.iter().map(|stamp| stamp.id.as_str()).collect();
    let expected = [
        "declassified",
        "letter_a",
        "letter_b",
        "letter_c",
        "level_toi_mat",
        "level_tuyet_mat",
    ];
    assert_eq!(ids, expected, "the pack knows other stamps now");
    for stamp in known {
        let bytes = page(&placed(print(stamp, None), ODD)).unwrap();
        for (program, drawn) in [("hayro", by_hayro(&bytes)), ("poppler", by_poppler(&bytes))] {
            for (what, data, measured) in compare(&drawn, stamp) {
                let off = measured - data;
                eprintln!(
                    "FIG {} {program} {what} {data:.3} {measured:.3} {off:+.3}",
                    stamp.id
                );
                assert!(
                    off.abs() <= TOLERANCE_MM,
                    "{} drawn by {program}: {what} is {measured:.3} mm, {data:.3} mm in the data",
                    stamp.id
                );
            }
        }
    }
}

#[test]
fn three_tenths_of_a_millimetre_are_noticed() {
    let off = |id: &str, change: &dyn Fn(&mut Stamp)| -> Vec<&'static str> {
        let data = stamp(id, "2024-01-01");
        let mut wrong = data.clone();
        change(&mut wrong);
        let bytes = page(&placed(print(&wrong, None), ODD)).unwrap();
        let compared = compare(&by_hayro(&bytes), &data).into_iter();
        compared
            .filter(|(_, data, measured)| (measured - data).abs() > TOLERANCE_MM)
            .map(|(what, ..)| what)
            .collect()
    };
    let rectangle = |width_mm, height_mm| {
        move |stamp: &mut Stamp| {
            stamp.outline = Some(Outline::Rectangle {
                width_mm,
                height_mm,
            });
        }
    };
    assert_eq!(off("level_tuyet_mat", &rectangle(40.3, 8.0)), ["width"]);
    assert_eq!(off("level_tuyet_mat", &rectangle(40.0, 8.3)), ["height"]);
    let gap = |stamp: &mut Stamp| {
        stamp.border = stamp.border.map(|border| Border {
            gap_mm: Some(0.7),
            ..border
        });
    };
    assert_eq!(
        off("level_toi_mat", &gap),
        ["border gap at the left", "border gap at the top"]
    );
    let circle = |stamp: &mut Stamp| stamp.outline = Some(Outline::Circle { diameter_mm: 15.3 });
    assert_eq!(
        off("letter_b", &circle),
        [
            "diameter across",
            "diameter down",
            "diameter along the diagonal"
        ]
    );
    let lower = |stamp: &mut Stamp| stamp.rows[0].height_mm = Some(9.7);
    assert_eq!(off("letter_c", &lower), ["letter height"]);
    let smaller = |stamp: &mut Stamp| stamp.rows[0].size_pt = Some(11.7);
    assert_eq!(off("level_toi_mat", &smaller), ["height of a first letter"]);
}

#[test]
fn a_stamp_with_sizes_set_by_an_administrator_measures_as_they_say() {
    let old = stamp("level_tuyet_mat", "2016-01-01");
    let set = sizes();
    let bytes = page(&placed(print(&old, Some(&set)), ODD)).unwrap();
    // Its outline is in the pack, its border and letters are not.
    let (width, height) = by_hayro(&bytes).red(|_, _| true).size();
    assert!((width - 40.0).abs() <= TOLERANCE_MM && (height - 8.0).abs() <= TOLERANCE_MM);
    let unknown = stamp("copy_number", "2024-01-01");
    let bytes = page(&placed(print(&unknown, Some(&set)), ODD)).unwrap();
    let (width, height) = by_hayro(&bytes).red(|_, _| true).size();
    assert!((width - 32.0).abs() <= TOLERANCE_MM && (height - 9.0).abs() <= TOLERANCE_MM);
    assert!(contains(&words(&bytes), SUPPLIED_NOTE.as_bytes()));
}

/// The text layer of all pages.
fn words(pdf: &[u8]) -> Vec<u8> {
    poppler("pdftotext", &["-layout", "-", "-"], pdf)
}

#[test]
fn stamps_stand_in_their_boxes_and_move_with_the_operator() {
    let stamp = stamp("level_tuyet_mat", "2024-01-01");
    let middle = |spot, right_mm, down_mm| {
        let mut sheet = placed(print(&stamp, None), spot);
        (sheet.stamps[0].right_mm, sheet.stamps[0].down_mm) = (right_mm, down_mm);
        by_hayro(&page(&sheet).unwrap()).red(|_, _| true).middle()
    };
    let close = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() < 0.1 && (a.1 - b.1).abs() < 0.1;
    // 10a: left column, 42 mm from the top; 11: right column, ends 18 mm from the top.
    assert!(close(middle(Spot::UnderNumber, 0.0, 0.0), (67.0, 46.0)));
    assert!(close(middle(Spot::UnderNumber, 2.5, -1.3), (69.5, 44.7)));
    assert!(close(middle(Spot::AboveTitle, 0.0, 0.0), (150.5, 14.0)));
}

#[test]
fn what_is_unknown_or_does_not_fit_is_refused() {
    let code = |result: Result<Vec<u8>, PrintError>| result.err().map(|e| e.code());
    let unknown = stamp("level_mat", "2024-01-01");
    let known = stamp("level_tuyet_mat", "2024-01-01");
    assert_eq!(
        code(page(&placed(print(&unknown, None), ODD))),
        Some("PRINT-11")
    );
    assert_eq!(
        code(labels(&grid(vec![print(&unknown, None)]))),
        Some("PRINT-11")
    );
    let outside = Spot::At {
        x_mm: 180.0,
        y_mm: 20.0,
    };
    assert_eq!(
        code(page(&placed(print(&known, None), outside))),
        Some("PRINT-12")
    );
    let nowhere = Spot::At {
        x_mm: f64::NAN,
        y_mm: 20.0,
    };
    assert_eq!(
        code(page(&placed(print(&known, None), nowhere))),
        Some("PRINT-12")
    );
    let mut small = grid(vec![print(&known, None)]);
    small.label_width_mm = 39.0;
    assert_eq!(code(labels(&small)), Some("PRINT-12"));
    let wrong = |change: &dyn Fn(&mut LabelSheet<'_>)| {
        let mut sheet = grid(vec![print(&known, None)]);
        change(&mut sheet);
        code(labels(&sheet))
    };
    assert_eq!(wrong(&|_| {}), None);
    assert_eq!(wrong(&|sheet| sheet.columns = 5), Some("PRINT-13"));
    assert_eq!(wrong(&|sheet| sheet.rows = 0), Some("PRINT-13"));
    assert_eq!(wrong(&|sheet| sheet.gap_y_mm = f64::NAN), Some("PRINT-13"));
    assert_eq!(wrong(&|sheet| sheet.skip = 40), Some("PRINT-13"));
    let many = |sheet: &mut LabelSheet<'_>| sheet.stamps = vec![sheet.stamps[0].clone(); 2_001];
    assert_eq!(wrong(&many), Some("PRINT-05"));
}

fn grid(stamps: Vec<StampPrint<'_>>) -> LabelSheet<'_> {
    LabelSheet {
        label_width_mm: 45.0,
        label_height_mm: 25.0,
        columns: 4,
        rows: 10,
        left_mm: 12.0,
        top_mm: 20.0,
        gap_x_mm: 2.0,
        gap_y_mm: 1.0,
        skip: 0,
        cut_lines: true,
        stamps,
    }
}

#[test]
fn labels_hold_different_stamps_and_go_on_over_sheets() {
    let copy = stamp("copy_number", "2024-01-01");
    let set = sizes();
    let mut stamps: Vec<StampPrint<'_>> = known()
        .into_iter()
        .map(|stamp| print(stamp, None))
        .collect();
    stamps.extend((1..=6).map(|n| StampPrint {
        fill: Some(format!("{n:02}")),
        ..print(&copy, Some(&set))
    }));
    let mut sheet = grid(stamps);
    sheet.skip = 3;
    let bytes = labels(&sheet).unwrap();
    check("stamp-labels", &bytes);
    assert_eq!(bytes, labels(&sheet).unwrap(), "the same bytes");
    assert!(contains(&words(&bytes), "Bản số: 06".as_bytes()));
    sheet.stamps.resize(78, sheet.stamps[0].clone());
    let text = words(&labels(&sheet).unwrap());
    assert_eq!(text.iter().filter(|byte| **byte == b'\x0c').count(), 3);
}

fn calibrated(on: &str, generation: &str) -> Vec<u8> {
    let set = sizes();
    let stamps = pack().stamps_on(date(on));
    let print = |stamp| StampPrint {
        sizes: (stamp == "level_mat").then_some(&set),
        ..print(stamps.iter().find(|s| s.id == stamp).unwrap(), None)
    };
    calibration(&CalibrationSheet {
        generation: generation.to_owned(),
        stamps: stamps
            .iter()
            .map(|stamp| print(stamp.id.as_str()))
            .collect(),
        missing: vec!["Dấu thử".to_owned()],
    })
    .unwrap()
}

#[test]
fn the_calibration_sheet_shows_what_is_known_and_names_the_rest() {
    let bytes = calibrated("2024-01-01", "2020");
    check("stamp-calibration", &bytes);
    let text = String::from_utf8(words(&bytes)).unwrap();
    for part in [
        "THẾ HỆ 2020",
        "40 × 8 mm; viền 2 nét cách 1 mm; chữ 13 pt",
        "đường kính 15 mm",
        "chữ cao 10 mm",
        SUPPLIED_NOTE,
        "Dấu thử",
        "Dấu Tài liệu thu hồi",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let of_2026 = calibrated("2026-06-01", "2026");
    assert!(contains(
        &words(&of_2026),
        "Chưa có kích thước nên không in: Dấu thử.".as_bytes()
    ));
}

/// The rulers are what a printer is judged by.
#[test]
fn the_rulers_measure_themselves() {
    let bytes = calibrated("2024-01-01", "2020");
    for drawn in [by_hayro(&bytes), by_poppler(&bytes)] {
        // Ends of the long ticks of 0 and 180 mm, and of 0 and 260 mm.
        let across: Vec<usize> = (dots(13.0)..dots(197.0))
            .filter(|x| drawn.at(*x, dots(18.0)) == Dot::Dark)
            .collect();
        let down: Vec<usize> = (dots(22.0)..dots(286.0))
            .filter(|y| drawn.at(dots(18.0), *y) == Dot::Dark)
            .collect();
        for (found, length) in [(across, 180.0), (down, 260.0)] {
            let measured = mm(found[found.len() - 1] - found[0]);
            assert!(
                (measured - length).abs() <= TOLERANCE_MM,
                "{measured} for {length}"
            );
            assert!(found.len() > length as usize / 10);
        }
    }
}

#[test]
fn the_evidence_of_the_pack_stands_beside_the_sizes() {
    let stamp = stamp("letter_a", "2024-01-01");
    assert_eq!(stamp.geometry, Evidence::Secondary);
    let text = String::from_utf8(words(&calibrated("2024-01-01", "2020"))).unwrap();
    assert!(
        text.contains("kích thước theo dữ liệu, chưa đối chiếu Công báo"),
        "{text}"
    );
    assert!(text.contains("chữ thu hẹp còn"), "{text}");
}
