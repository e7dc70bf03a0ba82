//! Stamps as geometry. What is not known of a stamp is absent, never guessed.

use crate::terms_of_art::Evidence;

/// Outline of a stamp, lengths in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outline {
    /// Rectangle.
    Rectangle {
        /// Width.
        width_mm: f64,
        /// Height.
        height_mm: f64,
    },
    /// Circle.
    Circle {
        /// Diameter.
        diameter_mm: f64,
    },
}

/// The border lines of a stamp.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Border {
    /// Number of lines.
    pub lines: u8,
    /// Distance between the lines, millimetres.
    pub gap_mm: Option<f64>,
    /// Distance of the letters from the outer line, millimetres.
    pub letter_offset_mm: Option<f64>,
}

/// A row of words in a stamp.
#[derive(Debug, Clone, PartialEq)]
pub struct StampRow {
    /// The words; dots stand for what is written by hand.
    pub text: String,
    /// Letter size in points.
    pub size_pt: Option<f64>,
    /// Letter height in millimetres, where the source gives that.
    pub height_mm: Option<f64>,
    /// Bold, if known.
    pub bold: Option<bool>,
}

/// A stamp of a generation.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamp {
    /// Code: `level_mat`, `letter_a`, `declassified`.
    pub id: String,
    /// `2015`, `2020` or `2026`.
    pub generation: String,
    /// Name, Vietnamese.
    pub label_vi: String,
    /// Outline, if known.
    pub outline: Option<Outline>,
    /// Border, if known.
    pub border: Option<Border>,
    /// Rows of words from top to bottom.
    pub rows: Vec<StampRow>,
    /// Type family, if known.
    pub font: Option<String>,
    /// Where it is put, Vietnamese.
    pub position_vi: Option<String>,
    /// Evidence for the geometry; `Unknown` when no size is known.
    pub geometry: Evidence,
}
