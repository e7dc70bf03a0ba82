//! Stamps: what is known of each generation, the sizes that an administrator enters
//! for what is not known, and sheets printed at true scale.

use std::collections::BTreeMap;

use domain::access::Action;
use domain::stamp::{self, SizesDraft};
use domain::{Fact, Refusal};
use law::{Citation, LegalDate, Outline, Stamp};
use print::PrintError;
use print::stamps::{
    CalibrationSheet, LabelSheet, Placed, RowSize, Spot, StampPage, StampPrint, StampSizes,
};
use store::unit_papers::StampSizeRow;

use crate::limits::{LABEL_COPIES_MAX, STAMP_FILL_CHARS_MAX};
use crate::papers::{PDF, Paper, blocking};
use crate::{App, AppError, Who};

/// The stamps of one generation.
#[derive(Debug, Clone)]
pub struct StampList {
    /// `2015`, `2020` or `2026`.
    pub generation: String,
    /// Every generation, oldest first.
    pub generations: Vec<String>,
    pub stamps: Vec<StampView>,
}

/// One stamp of a generation.
#[derive(Debug, Clone)]
pub struct StampView {
    pub id: String,
    pub label: String,
    /// `None` when the law at hand says nothing of it in this generation.
    pub stamp: Option<Stamp>,
    pub because: Vec<Citation>,
    pub notes: Vec<String>,
    /// What an administrator entered.
    pub sizes: Option<StampSizeRow>,
    /// The law leaves a length open, so that an administrator may enter it.
    pub open: bool,
    /// `None` when a length is not known from anywhere.
    pub drawing: Option<Drawing>,
}

/// A stamp drawn, lengths in millimetres from its upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    pub round: bool,
    /// Thickness of a border line.
    pub line: f64,
    /// Distances of the middle of each border line from the outer edge.
    pub lines: Vec<f64>,
    pub rows: Vec<DrawnRow>,
    /// A length comes from the unit, not from the law.
    pub supplied: bool,
}

/// Letters of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnRow {
    pub text: String,
    pub base: f64,
    pub size: f64,
    pub bold: bool,
    /// Share of the natural width.
    pub narrow: f64,
}

/// What a printed sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    /// One page to lay a finished paper on, each stamp at its place.
    Page,
    /// Labels to stick on.
    Labels,
    /// Every stamp with its nominal sizes and boxes for the measured ones.
    Calibration,
}

impl SheetKind {
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "page" => Some(Self::Page),
            "labels" => Some(Self::Labels),
            "calibration" => Some(Self::Calibration),
            _ => None,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Labels => "labels",
            Self::Calibration => "calibration",
        }
    }
}

/// A sheet to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetAsk {
    pub kind: SheetKind,
    pub generation: String,
    /// Codes of the stamps; a calibration sheet takes all.
    pub stamps: Vec<String>,
    /// In place of the dots of a stamp that has them.
    pub fill: String,
    /// Labels of each stamp.
    pub copies: i64,
    /// Width and height of a label, millimetres.
    pub label: (i64, i64),
    /// The operator's move to the right and downwards, millimetres.
    pub shift: (i64, i64),
}

impl App {
    /// The stamps of a generation; the one in force today when none is asked for.
    ///
    /// # Errors
    /// [`AppError::Absent`] for those who neither print nor administer, and for an
    /// unknown generation.
    pub async fn stamps(&self, who: &Who, generation: &str) -> Result<StampList, AppError> {
        if !who.may(Action::Administer) {
            who.require(Action::Print)?;
        }
        let days = self.law.stamp_generations();
        let today = self.today()?;
        let year = |day: &LegalDate| day.year().to_string();
        let day = if generation.is_empty() {
            days.iter().rfind(|day| **day <= today)
        } else {
            days.iter().find(|day| year(day) == generation)
        };
        let day = *day.ok_or(AppError::Absent)?;
        let generation = year(&day);
        let mut set = BTreeMap::new();
        for row in self.db.stamp_sizes(&generation).await? {
            set.insert(row.stamp.clone(), row);
        }
        let stamps = self
            .law
            .stamp_names()
            .into_iter()
            .filter_map(|(id, name)| {
                let found = self.law.stamp(id, day);
                // A stamp that came with a later generation is no gap of this one.
                (!found.because.is_empty()).then(|| view(id, name, found, set.remove(id)))
            })
            .collect();
        Ok(StampList {
            generation,
            generations: days.iter().map(year).collect(),
            stamps,
        })
    }

    /// Enters the sizes of a stamp that the law leaves open.
    ///
    /// # Errors
    /// `STAMP-01` to `STAMP-03`; `STAMP-05` when the words do not fit the sizes.
    pub async fn size_stamp(
        &self,
        who: &Who,
        request: Option<&str>,
        generation: &str,
        id: &str,
        draft: &SizesDraft,
    ) -> Result<(), AppError> {
        who.require(Action::Administer)?;
        let list = self.stamps(who, generation).await?;
        let view = list.stamps.into_iter().find(|view| view.id == id);
        let stamp = view.and_then(|view| view.stamp).ok_or(AppError::Absent)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        let (sizes, fact) = stamp::sizes(act.ctx(), &stamp, draft)?;
        let letters: Vec<String> = sizes.letters.iter().map(i64::to_string).collect();
        let row = StampSizeRow {
            stamp: id.to_owned(),
            generation: list.generation,
            round: sizes.round,
            width_um: sizes.width_um,
            height_um: sizes.height_um,
            border_lines: sizes.border_lines,
            border_gap_um: sizes.border_gap_um,
            row_gap_um: sizes.row_gap_um,
            letters: letters.join(" "),
            bold: sizes.bold,
            entered_by: who.actor.account,
            entered_at: act.now.clone(),
        };
        let set = set_sizes(&row);
        print::stamps::geometry(&StampPrint {
            stamp: &stamp,
            sizes: Some(&set),
            fill: None,
        })
        .map_err(refused)?;
        act.tx.set_stamp_size(&row).await?;
        act.record(format!("stamp:{id}"), fact);
        act.finish("sized").await
    }

    /// Prints a sheet of stamps, which the ledger notes.
    ///
    /// # Errors
    /// `STAMP-04` a size is not known; `STAMP-05` a stamp does not fit; `STAMP-06` no
    /// stamp chosen, or a number out of its limits.
    pub async fn stamp_sheet(&self, who: &Who, ask: &SheetAsk) -> Result<Paper, AppError> {
        who.require(Action::Print)?;
        let list = self.stamps(who, &ask.generation).await?;
        let chosen: Vec<StampView> = list
            .stamps
            .into_iter()
            .filter(|view| ask.kind == SheetKind::Calibration || ask.stamps.contains(&view.id))
            .collect();
        check(ask, chosen.len())?;
        let Ok(mut act) = self.begin(who, None).await? else {
            return Err(AppError::Stale);
        };
        let ask = ask.clone();
        let (kind, generation) = (ask.kind.code(), list.generation.clone());
        let count = chosen.len();
        let bytes = blocking(move || sheet(&ask, &list.generation, &chosen))
            .await?
            .map_err(refused)?;
        act.record(
            format!("stamp:{}:{kind}", who.actor.unit),
            Fact::new("stamp.printed")
                .with("sheet", kind)
                .with("generation", &generation)
                .with("stamps", count),
        );
        act.finish("printed").await?;
        Ok(Paper {
            file_name: format!("dau-{generation}-{kind}.pdf"),
            media_type: PDF,
            bytes,
        })
    }
}

fn view(
    id: &str,
    name: &str,
    found: law::Finding<Stamp>,
    sizes: Option<StampSizeRow>,
) -> StampView {
    let set = sizes.as_ref().map(set_sizes);
    let drawing = found.value.as_ref().and_then(|stamp| {
        let print = StampPrint {
            stamp,
            sizes: set.as_ref(),
            fill: None,
        };
        print::stamps::geometry(&print).ok().map(drawing)
    });
    StampView {
        id: id.to_owned(),
        label: name.to_owned(),
        open: found.value.as_ref().is_some_and(stamp::is_open),
        stamp: found.value,
        because: found.because,
        notes: found.notes,
        sizes,
        drawing,
    }
}

fn drawing(found: print::stamps::Geometry) -> Drawing {
    let (width, height) = found.size_mm();
    let line = print::stamps::LINE_MM;
    Drawing {
        width,
        height,
        round: matches!(found.outline, Outline::Circle { .. }),
        line,
        lines: (0..found.border_lines)
            .map(|n| f64::from(n) * (line + found.border_gap_mm) + line / 2.0)
            .collect(),
        rows: found
            .rows
            .into_iter()
            .map(|row| DrawnRow {
                text: if row.dots {
                    format!("{} ………", row.text)
                } else {
                    row.text
                },
                base: row.baseline_mm,
                size: row.size_pt * MM_PER_PT,
                bold: row.bold,
                narrow: row.narrow,
            })
            .collect(),
        supplied: found.supplied,
    }
}

const MM_PER_PT: f64 = 25.4 / 72.0;

/// Micrometres as millimetres; the limits keep them far below the loss of digits.
fn mm(um: i64) -> f64 {
    f64::from(i32::try_from(um).unwrap_or(i32::MAX)) / 1_000.0
}

fn set_sizes(row: &StampSizeRow) -> StampSizes {
    StampSizes {
        outline: if row.round {
            Outline::Circle {
                diameter_mm: mm(row.width_um),
            }
        } else {
            Outline::Rectangle {
                width_mm: mm(row.width_um),
                height_mm: mm(row.height_um),
            }
        },
        border_lines: u8::try_from(row.border_lines).unwrap_or(1),
        border_gap_mm: mm(row.border_gap_um),
        row_gap_mm: row.row_gap_um.map(mm),
        rows: row
            .letters
            .split_whitespace()
            .filter_map(|size| size.parse::<i64>().ok())
            .map(|size| RowSize {
                size_pt: mm(size) * 10.0,
                bold: row.bold,
            })
            .collect(),
    }
}

fn check(ask: &SheetAsk, chosen: usize) -> Result<(), AppError> {
    let wrong = |field: &'static str| AppError::Refused(Refusal::new("STAMP-06").on(field));
    if chosen == 0 {
        return Err(wrong("stamps"));
    }
    if ask.fill.chars().count() > STAMP_FILL_CHARS_MAX {
        return Err(wrong("fill"));
    }
    if ask.kind != SheetKind::Labels {
        return Ok(());
    }
    let (width, height) = ask.label;
    if !(1..=LABEL_COPIES_MAX).contains(&ask.copies) {
        return Err(wrong("copies"));
    }
    if !(10..=A4_MM.0).contains(&width) {
        return Err(wrong("label_width"));
    }
    if !(8..=A4_MM.1).contains(&height) {
        return Err(wrong("label_height"));
    }
    Ok(())
}

const A4_MM: (i64, i64) = (210, 297);
/// Between stamps that stand one under the other.
const STACK_MM: f64 = 4.0;

fn sheet(ask: &SheetAsk, generation: &str, chosen: &[StampView]) -> Result<Vec<u8>, PrintError> {
    let sets: Vec<Option<StampSizes>> = chosen
        .iter()
        .map(|view| view.sizes.as_ref().map(set_sizes))
        .collect();
    let fill = Some(ask.fill.clone()).filter(|fill| !fill.is_empty());
    let prints: Vec<(&str, StampPrint<'_>)> = chosen
        .iter()
        .zip(&sets)
        .filter_map(|(view, set)| {
            let print = StampPrint {
                stamp: view.stamp.as_ref()?,
                sizes: set.as_ref(),
                fill: fill.clone(),
            };
            Some((view.id.as_str(), print))
        })
        .collect();
    let missing: Vec<String> = chosen
        .iter()
        .filter(|view| view.stamp.is_none())
        .map(|view| view.label.clone())
        .collect();
    match ask.kind {
        SheetKind::Calibration => print::stamps::calibration(&CalibrationSheet {
            generation: generation.to_owned(),
            stamps: prints.into_iter().map(|(_, print)| print).collect(),
            missing,
        }),
        kind => {
            if let Some(stamp) = missing.into_iter().next() {
                return Err(PrintError::StampUnknown {
                    stamp,
                    generation: generation.to_owned(),
                    what: "words",
                });
            }
            if kind == SheetKind::Page {
                print::stamps::page(&on_page(ask, prints)?)
            } else {
                print::stamps::labels(&on_labels(ask, prints))
            }
        }
    }
}

/// Level stamps and the like under the number, one below the other; "recall" over the title.
fn on_page<'a>(
    ask: &SheetAsk,
    prints: Vec<(&str, StampPrint<'a>)>,
) -> Result<StampPage<'a>, PrintError> {
    let (right, down) = (mm(ask.shift.0 * 1_000), mm(ask.shift.1 * 1_000));
    let mut below = 0.0;
    let mut stamps = Vec::new();
    for (id, print) in prints {
        let (_, height) = print::stamps::geometry(&print)?.size_mm();
        let above = id == "recall";
        stamps.push(Placed {
            print,
            spot: if above {
                Spot::AboveTitle
            } else {
                Spot::UnderNumber
            },
            right_mm: right,
            down_mm: if above { down } else { down + below },
        });
        if !above {
            below += height + STACK_MM;
        }
    }
    Ok(StampPage { stamps })
}

/// As many labels as lie on the sheet, in its middle.
fn on_labels<'a>(ask: &SheetAsk, prints: Vec<(&str, StampPrint<'a>)>) -> LabelSheet<'a> {
    let (width, height) = ask.label;
    let (columns, rows) = ((A4_MM.0 / width).max(1), (A4_MM.1 / height).max(1));
    let copies = usize::try_from(ask.copies).unwrap_or(1);
    LabelSheet {
        label_width_mm: mm(width * 1_000),
        label_height_mm: mm(height * 1_000),
        columns: u16::try_from(columns).unwrap_or(1),
        rows: u16::try_from(rows).unwrap_or(1),
        left_mm: mm((A4_MM.0 - columns * width) * 500),
        top_mm: mm((A4_MM.1 - rows * height) * 500),
        gap_x_mm: 0.0,
        gap_y_mm: 0.0,
        skip: 0,
        cut_lines: true,
        stamps: prints
            .into_iter()
            .flat_map(|(_, print)| std::iter::repeat_n(print, copies))
            .collect(),
    }
}

/// What a clerk can mend is a refusal; the rest is the program's own fault.
fn refused(error: PrintError) -> AppError {
    match error {
        PrintError::StampUnknown { stamp, .. } => {
            AppError::Refused(Refusal::new("STAMP-04").on("stamps").arg("stamp", stamp))
        }
        PrintError::StampFit { stamp, .. } => {
            AppError::Refused(Refusal::new("STAMP-05").on("stamps").arg("stamp", stamp))
        }
        PrintError::LabelGrid | PrintError::TooMuch { .. } => {
            AppError::Refused(Refusal::new("STAMP-06").on("copies"))
        }
        other => AppError::Print(other),
    }
}
