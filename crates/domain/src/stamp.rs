//! Sizes that an administrator enters for a stamp of which the law at hand gives
//! words but not every length. They are the unit's own: screens and sheets say so,
//! and what the law gives is never replaced.

use law::Stamp;

use crate::access::{self, Action};
use crate::limits::{
    STAMP_GAP_UM_MAX, STAMP_LETTER_MAX, STAMP_LETTER_MIN, STAMP_SIDE_UM_MAX, STAMP_SIDE_UM_MIN,
};
use crate::{Ctx, Fact, Refusal};

/// What was typed, lengths in millimetres, letters in points; a comma or a point
/// before the decimals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SizesDraft {
    /// `rectangle` or `circle`.
    pub outline: String,
    /// Width, or diameter of a circle.
    pub width: String,
    pub height: String,
    pub border_lines: String,
    pub border_gap: String,
    /// Distance of the rows; empty shares the height equally.
    pub row_gap: String,
    /// Letters of each row from top to bottom, with blanks between.
    pub letters: String,
    pub bold: bool,
}

/// Sizes as they are kept: lengths in micrometres, letters in hundredths of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    pub round: bool,
    pub width_um: i64,
    pub height_um: i64,
    pub border_lines: i64,
    pub border_gap_um: i64,
    pub row_gap_um: Option<i64>,
    pub letters: Vec<i64>,
    pub bold: bool,
}

/// Whether the law leaves a length of the stamp open.
pub fn is_open(stamp: &Stamp) -> bool {
    let border = stamp
        .border
        .is_none_or(|border| border.lines > 1 && border.gap_mm.is_none());
    let letters = stamp
        .rows
        .iter()
        .any(|row| row.size_pt.is_none() && row.height_mm.is_none());
    !stamp.rows.is_empty() && (stamp.outline.is_none() || border || letters)
}

/// Judges sizes for a stamp.
///
/// # Errors
/// `ACCESS-01`; `STAMP-01` a value that is no number or out of its limits;
/// `STAMP-02` the law leaves nothing open, or not even the words are known;
/// `STAMP-03` not one letter size for each row.
pub fn sizes(ctx: Ctx<'_>, stamp: &Stamp, draft: &SizesDraft) -> Result<(Sizes, Fact), Refusal> {
    access::require(ctx.actor, Action::Administer)?;
    if !is_open(stamp) {
        return Err(Refusal::new("STAMP-02"));
    }
    let round = draft.outline == "circle";
    let side = (STAMP_SIDE_UM_MIN, STAMP_SIDE_UM_MAX);
    let gap = (0, STAMP_GAP_UM_MAX);
    let width_um = scaled("width", &draft.width, 1_000, side)?;
    let height_um = if round {
        width_um
    } else {
        scaled("height", &draft.height, 1_000, side)?
    };
    let border_lines = scaled("border_lines", &draft.border_lines, 1, (1, 3))?;
    let border_gap_um = if border_lines > 1 {
        scaled("border_gap", &draft.border_gap, 1_000, gap)?
    } else {
        0
    };
    let row_gap_um = if draft.row_gap.trim().is_empty() {
        None
    } else {
        Some(scaled("row_gap", &draft.row_gap, 1_000, gap)?)
    };
    let letters = draft
        .letters
        .split_whitespace()
        .take(stamp.rows.len() + 1)
        .map(|text| scaled("letters", text, 100, (STAMP_LETTER_MIN, STAMP_LETTER_MAX)))
        .collect::<Result<Vec<_>, _>>()?;
    if letters.len() != stamp.rows.len() {
        return Err(Refusal::new("STAMP-03")
            .on("letters")
            .arg("rows", stamp.rows.len()));
    }
    let sizes = Sizes {
        round,
        width_um,
        height_um,
        border_lines,
        border_gap_um,
        row_gap_um,
        letters,
        bold: draft.bold,
    };
    let fact = Fact::new("stamp.sized")
        .with("stamp", &stamp.id)
        .with("generation", &stamp.generation)
        .with("width_um", width_um)
        .with("height_um", height_um);
    Ok((sizes, fact))
}

/// A decimal number in parts of `1 / parts`, between limits.
fn scaled(
    field: &'static str,
    text: &str,
    parts: i64,
    (least, most): (i64, i64),
) -> Result<i64, Refusal> {
    let unit = |n: i64| format!("{}", n / parts);
    let wrong = || {
        Refusal::new("STAMP-01")
            .on(field)
            .arg("field", field)
            .arg("text", text.chars().take(20).collect::<String>())
            .arg("least", unit(least))
            .arg("most", unit(most))
    };
    let plain = text.trim().replace(',', ".");
    let (whole, rest) = plain.split_once('.').unwrap_or((plain.as_str(), ""));
    let digits = |text: &str| text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(rest) {
        return Err(wrong());
    }
    let mut value = whole.parse::<i64>().map_err(|_| wrong())? * parts;
    let mut part = parts;
    for digit in rest.bytes() {
        part /= 10;
        value += i64::from(digit - b'0') * part;
    }
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::access::Role;
    use law::LegalDate;

    fn stamp(id: &str) -> Stamp {
        let day = LegalDate::new(2021, 1, 1).expect("a date");
        let pack = law::Pack::embedded().expect("the pack loads");
        pack.stamp(id, day).value.expect("a stamp")
    }

    fn judge(role: Role, id: &str, change: impl FnOnce(&mut SizesDraft)) -> Result<Sizes, Refusal> {
        let actor = Actor {
            account: 1,
            unit: 1,
            role,
            supervises: false,
            post: String::new(),
            name: "Quản trị".to_owned(),
        };
        let ctx = Ctx {
            law: law::Pack::embedded().expect("the pack loads"),
            today: LegalDate::new(2026, 2, 1).expect("a date"),
            actor: &actor,
        };
        let mut draft = SizesDraft {
            outline: "rectangle".to_owned(),
            width: "20".to_owned(),
            height: "8,5".to_owned(),
            border_lines: "2".to_owned(),
            border_gap: "1".to_owned(),
            row_gap: String::new(),
            letters: "13".to_owned(),
            bold: true,
        };
        change(&mut draft);
        sizes(ctx, &stamp(id), &draft).map(|(sizes, _)| sizes)
    }

    fn code(result: Result<Sizes, Refusal>) -> (&'static str, Option<&'static str>) {
        let refusal = result.expect_err("a refusal");
        (refusal.code, refusal.field)
    }

    #[test]
    fn sizes_are_kept_to_the_micrometre() {
        let found = judge(Role::QuanTri, "level_mat", |_| {}).expect("sizes");
        assert_eq!((found.width_um, found.height_um), (20_000, 8_500));
        assert_eq!((found.letters, found.border_gap_um), (vec![1_300], 1_000));
        let circle = judge(Role::QuanTri, "level_mat", |draft| {
            "circle".clone_into(&mut draft.outline);
            "15.25".clone_into(&mut draft.width);
            "".clone_into(&mut draft.height);
        });
        let circle = circle.expect("sizes");
        assert_eq!((circle.width_um, circle.height_um), (15_250, 15_250));
    }

    #[test]
    fn what_is_out_of_limits_or_known_is_refused() {
        type Change = fn(&mut SizesDraft);
        let cases: [(Change, &str, &str); 6] = [
            (
                |draft| "2,9".clone_into(&mut draft.width),
                "STAMP-01",
                "width",
            ),
            (
                |draft| "121".clone_into(&mut draft.width),
                "STAMP-01",
                "width",
            ),
            (
                |draft| "-5".clone_into(&mut draft.height),
                "STAMP-01",
                "height",
            ),
            (
                |draft| "4".clone_into(&mut draft.border_lines),
                "STAMP-01",
                "border_lines",
            ),
            (
                |draft| "3".clone_into(&mut draft.letters),
                "STAMP-01",
                "letters",
            ),
            (
                |draft| "13 12".clone_into(&mut draft.letters),
                "STAMP-03",
                "letters",
            ),
        ];
        for (change, expected, field) in cases {
            assert_eq!(
                code(judge(Role::QuanTri, "level_mat", change)),
                (expected, Some(field))
            );
        }
        let known = judge(Role::QuanTri, "level_tuyet_mat", |_| {});
        assert_eq!(code(known).0, "STAMP-02", "the law's own size stays");
        let clerk = judge(Role::VanThu, "level_mat", |_| {});
        assert_eq!(code(clerk).0, "ACCESS-01");
    }
}
