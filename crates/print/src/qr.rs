//! QR codes as vector drawings.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::PrintError;
use crate::limits::{QR_MM_MAX, QR_MM_MIN, QR_MODULE_MM};

/// Blank modules around the symbol (ISO/IEC 18004, quiet zone).
const QUIET_MODULES: usize = 4;

/// A QR code ready to be placed on paper.
pub(crate) struct Drawing {
    /// SVG text, one path, unit = one module.
    pub svg: String,
    /// Side with the quiet zone, in millimetres.
    pub side_mm: f64,
}

/// Draws `text`. Error correction is M, or L when the text is too long for M.
///
/// # Errors
/// [`PrintError::QrTooLong`] when no symbol holds the text.
pub(crate) fn draw(text: &str) -> Result<Drawing, PrintError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .or_else(|_| QrCode::with_error_correction_level(text, EcLevel::L))
        .map_err(|_| PrintError::QrTooLong {
            chars: text.chars().count(),
        })?;
    let width = code.width();
    let side = width + 2 * QUIET_MODULES;
    let mut path = String::new();
    for (y, line) in code.to_colors().chunks(width).enumerate() {
        trace_line(&mut path, line, y + QUIET_MODULES);
    }
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\"><path d=\"{path}\" fill=\"#000\"/></svg>"
    );
    let modules = f64::from(u32::try_from(side).unwrap_or(u32::MAX));
    let side_mm = (modules * QR_MODULE_MM).clamp(QR_MM_MIN, QR_MM_MAX);
    Ok(Drawing { svg, side_mm })
}

/// One rectangle for each run of dark modules.
fn trace_line(path: &mut String, line: &[Color], y: usize) {
    let mut start = None;
    for (x, color) in line
        .iter()
        .chain(std::iter::once(&Color::Light))
        .enumerate()
    {
        match (*color, start) {
            (Color::Dark, None) => start = Some(x),
            (Color::Light, Some(from)) => {
                let run = x - from;
                let left = from + QUIET_MODULES;
                // Writing into a String cannot fail.
                let _ = write!(path, "M{left} {y}h{run}v1h-{run}z");
                start = None;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_grows_but_stays_within_bounds() {
        let short = draw("KHIEN1:ABC").unwrap();
        let long = draw(&"A".repeat(1_500)).unwrap();
        assert!((short.side_mm - QR_MM_MIN).abs() < 1e-9);
        assert!(
            long.side_mm > 38.0 && long.side_mm <= QR_MM_MAX,
            "{}",
            long.side_mm
        );
    }

    #[test]
    fn text_beyond_the_largest_symbol_is_refused() {
        let error = draw(&"A".repeat(5_000)).err().unwrap();
        assert_eq!(error.code(), "PRINT-03");
    }
}
