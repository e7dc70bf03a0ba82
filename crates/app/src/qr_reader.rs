//! Reads QR codes off papers: pages of a PDF, drawn as a printer would draw them,
//! and scans. Slow (a page is some hundred milliseconds); callers run it where it
//! does not hold up others.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::page::Page;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};

/// Drawing resolutions, tried in this order: dots per inch.
const DPI: [f32; 2] = [300.0, 450.0];
/// Points of a PDF in an inch.
const POINTS_PER_INCH: f32 = 72.0;
/// Longest side of a drawn page or a scan, in pixels.
const SIDE_PX_MAX: f32 = 8_000.0;
/// Pages of one PDF.
pub const PAGES_MAX: usize = 600;
/// Largest file.
pub const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Why no code was looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// Not a PDF that can be drawn.
    #[error("the PDF cannot be drawn")]
    Pdf,
    /// Not a PNG or JPEG picture.
    #[error("the picture cannot be read: {0}")]
    Picture(String),
    /// Larger than the limits of this reader.
    #[error("the file is larger than this reader allows: {0}")]
    TooLarge(&'static str),
}

impl QrError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pdf => "QR-PDF",
            Self::Picture(_) => "QR-PICTURE",
            Self::TooLarge(_) => "QR-LIMIT",
        }
    }
}

/// Texts of the QR codes on all pages of a PDF, each once, in the order of pages.
///
/// # Errors
/// [`QrError::Pdf`] when it cannot be drawn, [`QrError::TooLarge`].
pub fn from_pdf(bytes: Vec<u8>) -> Result<Vec<String>, QrError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(QrError::TooLarge("bytes"));
    }
    // A damaged file must not end the process.
    catch_unwind(AssertUnwindSafe(|| draw(bytes))).map_err(|_| QrError::Pdf)?
}

/// Texts of the QR codes on a scan (PNG, JPEG).
///
/// # Errors
/// [`QrError::Picture`] when it is no picture, [`QrError::TooLarge`].
pub fn from_picture(bytes: &[u8]) -> Result<Vec<String>, QrError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(QrError::TooLarge("bytes"));
    }
    let unreadable = |error: &dyn std::fmt::Display| QrError::Picture(error.to_string());
    let mut reader = image::ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| unreadable(&error))?;
    let mut limits = image::Limits::default();
    // Scans at 600 dpi of A3 have about 70 million dots.
    limits.max_image_width = Some(16_000);
    limits.max_image_height = Some(16_000);
    reader.limits(limits);
    let picture = reader
        .decode()
        .map_err(|error| unreadable(&error))?
        .to_luma8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let grey = picture.into_raw();
    Ok(codes(width, height, &grey))
}

fn draw(bytes: Vec<u8>) -> Result<Vec<String>, QrError> {
    let pdf = Pdf::new(bytes).map_err(|_| QrError::Pdf)?;
    let pages = pdf.pages();
    if pages.len() > PAGES_MAX {
        return Err(QrError::TooLarge("pages"));
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for page in pages.iter() {
        for text in page_codes(page) {
            if seen.insert(text.clone()) {
                found.push(text);
            }
        }
    }
    Ok(found)
}

/// Codes of one page; a finer drawing is tried when the coarse one shows none.
fn page_codes(page: &Page<'_>) -> Vec<String> {
    for dpi in DPI {
        let (width, height, grey) = grey(page, dpi);
        let found = codes(width, height, &grey);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// The page in grey, one byte a pixel.
fn grey(page: &Page<'_>, dpi: f32) -> (usize, usize, Vec<u8>) {
    let (width, height) = page.render_dimensions();
    let longest = width.max(height).max(1.0);
    let scale = (dpi / POINTS_PER_INCH).min(SIDE_PX_MAX / longest);
    let pixmap = hayro::render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &PixmapSettings {
            x_scale: scale,
            y_scale: scale,
            bg_color: WHITE,
        },
    );
    let luma = |r: u8, g: u8, b: u8| {
        ((u32::from(r) * 299 + u32::from(g) * 587 + u32::from(b) * 114) / 1_000) as u8
    };
    let grey = pixmap
        .data()
        .iter()
        .map(|dot| luma(dot.r, dot.g, dot.b))
        .collect();
    (
        usize::from(pixmap.width()),
        usize::from(pixmap.height()),
        grey,
    )
}

fn codes(width: usize, height: usize, grey: &[u8]) -> Vec<String> {
    let dot = |x: usize, y: usize| grey.get(y * width + x).copied().unwrap_or(u8::MAX);
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, dot);
    let grids = picture.detect_grids();
    grids
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect()
}
