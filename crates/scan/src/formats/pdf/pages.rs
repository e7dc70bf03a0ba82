//! Page by page: text, pictures, and pages that draw something that was not read.

use super::lines::{Drawn, OverBudget, TextLine};
use super::{caught, objects, second};
use crate::content::{Picture, PictureData, Piece, Place, Sink, Stop};
use crate::formats::legacy_font;
use crate::limits::Limits;
use crate::report::Reason;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use hayro_interpret::kurbo::{Affine, Rect};
use hayro_interpret::util::TransformExt;
use hayro_interpret::{
    Context, Image, ImageData, InterpreterCache, InterpreterSettings, interpret_page,
};
use hayro_syntax::Filter;
use hayro_syntax::Pdf;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Dict, Name};
use hayro_syntax::page::Page;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Points in a millimetre.
const POINTS_PER_MM: f64 = 72.0 / 25.4;
/// Resolution at which pages with pictures are drawn, in dots per inch.
const RASTER_DPI: f64 = 150.0;
/// Most pixels of a page that is drawn.
const RASTER_PIXELS_MAX: f64 = 24_000_000.0;
/// Below this a page drawn smaller says nothing about stamps.
const RASTER_DPI_MIN: f64 = 60.0;
/// Share of the page that a picture fills to count as the page.
const FULL_PAGE: f64 = 0.75;
/// The smallest picture that may show a stamp, in mm: a stamp of one word is 20 by 8.
const STAMP_MM: (f64, f64) = (12.0, 5.0);
/// Red curves from which a page is drawn: a stamp of four letters drawn as lines.
const RED_CURVES_MIN: u64 = 12;
/// Share of glyphs without a character, in percent, from which a page counts as not read.
const UNKNOWN_PERCENT_MAX: u64 = 30;
/// A line this much larger than most lines of its page stands out.
const EMPHASIS: f64 = 1.15;

/// A picture on a page.
pub(super) struct Found {
    /// In points from the top left corner.
    area: Rect,
    /// Its whole bytes, where it can stand for the page.
    data: Option<PictureData>,
    too_large: bool,
}

impl Found {
    /// Notes a picture; takes its bytes if it fills the page, stands upright and is the first.
    pub fn new(image: &Image<'_, '_>, area: Rect, transform: Affine, drawn: &Drawn) -> Self {
        let page = Rect::new(0.0, 0.0, drawn.width, drawn.height);
        let (width, height) = (image.width(), image.height());
        let too_large = u64::from(width) * u64::from(height) > drawn.limits_pixels;
        let fills = area.intersect(page).area() >= page.area() * FULL_PAGE;
        let [a, b, c, d, _, _] = transform.as_coeffs();
        let upright = a > 0.0 && d > 0.0 && b.abs() < a * 0.01 && c.abs() < d * 0.01;
        let data = match image {
            Image::Raster(raster)
                if drawn.looks && fills && upright && !too_large && drawn.pictures.is_empty() =>
            {
                stored(raster).or_else(|| pixels(raster))
            }
            _ => None,
        };
        Self {
            area,
            data,
            too_large,
        }
    }

    /// Too small to show a stamp.
    pub fn is_speck(&self) -> bool {
        let (width, height) = (
            self.area.width() / POINTS_PER_MM,
            self.area.height() / POINTS_PER_MM,
        );
        width.max(height) < STAMP_MM.0 || width.min(height) < STAMP_MM.1
    }
}

/// The JPEG file inside a picture, where its colours need no mapping.
fn stored(raster: &hayro_interpret::RasterImage<'_>) -> Option<PictureData> {
    let stream = raster.stream();
    let dict = stream.dict();
    let plain = stream.filters().as_slice() == [Filter::DctDecode]
        && !dict.contains_key(b"Decode")
        && !dict.contains_key(b"SMask")
        && !dict.contains_key(b"Mask")
        && dict
            .get::<Name<'_>>(b"ColorSpace")
            .is_some_and(|space| matches!(space.as_ref(), b"DeviceRGB" | b"DeviceGray"));
    plain.then(|| PictureData::Encoded(stream.raw_data().into_owned()))
}

/// The pixels of a picture, decoded, white where it is transparent.
fn pixels(raster: &hayro_interpret::RasterImage<'_>) -> Option<PictureData> {
    let mut out = None;
    raster.with_rgba(
        |image, alpha| {
            let (width, height) = (image.width(), image.height());
            let mut pixels = match image {
                ImageData::Rgb(rgb) => rgb.data,
                ImageData::Luma(luma) => luma.data.iter().flat_map(|grey| [*grey; 3]).collect(),
            };
            if let Some(alpha) =
                alpha.filter(|alpha| (alpha.width, alpha.height) == (width, height))
            {
                for (pixel, alpha) in pixels.chunks_exact_mut(3).zip(&alpha.data) {
                    for part in pixel {
                        *part = over_white(*part, *alpha);
                    }
                }
            }
            let whole = u64::from(width) * u64::from(height) * 3 == pixels.len() as u64;
            out = whole.then_some(PictureData::Rgb {
                width,
                height,
                pixels,
            });
        },
        None,
    );
    out
}

fn over_white(part: u8, alpha: u8) -> u8 {
    let blended = (u32::from(part) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
    u8::try_from(blended).unwrap_or(255)
}

/// A rectangle in points as left, top, width, height in mm.
#[expect(
    clippy::cast_possible_truncation,
    reason = "places on paper need no more than six digits"
)]
pub(super) fn mm(area: Rect) -> [f32; 4] {
    [area.x0, area.y0, area.width(), area.height()].map(|value| (value / POINTS_PER_MM) as f32)
}

/// Reads all pages.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub(super) fn read(
    pdf: &Pdf,
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Stop> {
    let count = pdf.pages().len();
    let most = usize::try_from(limits.pages).unwrap_or(usize::MAX);
    if count == 0 {
        sink.missed(Reason::Damaged, "no pages");
    }
    if count > most {
        sink.missed(
            Reason::TooLarge,
            &format!("page {}", most.saturating_add(1)),
        );
    }
    let opened = objects::hides_layers(pdf).then(|| second::opened(bytes));
    if matches!(opened, Some(None)) {
        sink.missed(Reason::NoText, "hidden layers");
    }
    let opened = opened.flatten();
    let looks = sink.looks_at_pictures();
    let reader = Reader::new(limits, looks, opened.is_some());
    let layers = opened
        .as_ref()
        .map(|pdf| (pdf, Reader::new(limits, looks, false)));
    let mut any = false;
    for (index, page) in pdf.pages().iter().take(most).enumerate() {
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        let seen = reader.page(page, number, sink)?;
        any |= seen
            .as_ref()
            .is_none_or(|seen| !seen.blank || seen.pictures > 0);
        if let (Some(seen), Some((pdf, reader))) = (seen, &layers)
            && let Some(page) = pdf.pages().get(index)
        {
            reader.hidden(page, number, &seen, sink)?;
        }
    }
    // A file whose links between objects are broken shows blank pages. Blank pages need no fonts.
    let has_means = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    if !any && count > 0 && (has_means(b"/Font") || has_means(b"/XObject")) {
        sink.missed(Reason::NoText, "");
    }
    Ok(())
}

/// What is kept of a page.
struct Seen {
    /// No text.
    blank: bool,
    /// Its lines, while its hidden layers are compared.
    lines: BTreeSet<String>,
    pictures: usize,
}

struct Reader<'a, 'l> {
    cache: InterpreterCache<'a>,
    raster: RenderCache<'a>,
    settings: InterpreterSettings,
    limits: &'l Limits,
    /// Whether anyone looks at pictures.
    looks: bool,
    /// Whether hidden layers are compared with what the pages show.
    compares: bool,
}

impl<'a, 'l> Reader<'a, 'l> {
    fn new(limits: &'l Limits, looks: bool, compares: bool) -> Self {
        Self {
            cache: InterpreterCache::new(),
            raster: RenderCache::new(),
            settings: InterpreterSettings::default(),
            limits,
            looks,
            compares,
        }
    }

    fn draw(&self, page: &'a Page<'a>) -> Result<Drawn, Reason> {
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width), f64::from(height));
        let mut drawn = Drawn::new(width, height, self.limits.pixels, self.looks);
        let mut context = Context::new(
            page.initial_transform(true).to_kurbo(),
            Rect::new(0.0, 0.0, width, height),
            &self.cache,
            page.xref(),
            self.settings.clone(),
        );
        let done = catch_unwind(AssertUnwindSafe(|| {
            interpret_page(page, &mut context, &mut drawn);
        }));
        match done {
            Ok(()) => {
                drawn.finish();
                Ok(drawn)
            }
            Err(cause) if cause.is::<OverBudget>() => Err(Reason::TooLarge),
            Err(_) => Err(Reason::Damaged),
        }
    }

    fn page(
        &self,
        page: &'a Page<'a>,
        number: u32,
        sink: &mut dyn Sink,
    ) -> Result<Option<Seen>, Stop> {
        let place = format!("page {number}");
        let mut drawn = match self.draw(page) {
            Ok(drawn) => drawn,
            Err(reason) => {
                sink.missed(reason, &place);
                return Ok(None);
            }
        };
        let compared = drawn.lines.iter().filter(|_| self.compares);
        let seen = Seen {
            blank: drawn.lines.is_empty(),
            lines: compared.map(|line| line.text.clone()).collect(),
            pictures: drawn.pictures.len(),
        };
        let legacy = legacy_encoding(page);
        push_lines(&mut drawn, number, legacy, sink)?;
        if let Some(reason) = unread(page, &drawn) {
            sink.missed(reason, &place);
        }
        self.pictures(page, drawn, number, sink)?;
        Ok(Some(seen))
    }

    fn pictures(
        &self,
        page: &'a Page<'a>,
        drawn: Drawn,
        number: u32,
        sink: &mut dyn Sink,
    ) -> Result<(), Stop> {
        if drawn.pictures.iter().any(|found| found.too_large) {
            sink.missed(Reason::TooLarge, &format!("page {number}"));
            return Ok(());
        }
        let text_is_missing = is_mostly_unknown(&drawn) || drawn.known == 0 && drawn.paths > 0;
        let lone = drawn.pictures.len() == 1 && drawn.red_curves < RED_CURVES_MIN;
        if drawn.pictures.is_empty() && drawn.red_curves < RED_CURVES_MIN && !text_is_missing {
            return Ok(());
        }
        if lone
            && let Some(found) = drawn.pictures.into_iter().next()
            && let Some(data) = found.data
        {
            return sink.picture(Picture {
                page: Some(number),
                bbox_mm: Some(mm(found.area)),
                data,
            });
        }
        self.raster(page, number, sink)
    }

    /// Draws the whole page and hands it on.
    fn raster(&self, page: &'a Page<'a>, number: u32, sink: &mut dyn Sink) -> Result<(), Stop> {
        if !self.looks {
            sink.unseen(Some(number));
            return Ok(());
        }
        let (width, height) = page.render_dimensions();
        let area = f64::from(width) * f64::from(height);
        let whole = RASTER_DPI / 72.0;
        let scale = whole.min((RASTER_PIXELS_MAX / area).sqrt());
        let long = f64::from(width.max(height)) * scale;
        if !scale.is_finite() || scale * 72.0 < RASTER_DPI_MIN || long > 30_000.0 {
            sink.missed(Reason::TooLarge, &format!("page {number}"));
            return Ok(());
        }
        let drawn = caught(|| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a scale between 0.8 and 2.1"
            )]
            let scale = scale as f32;
            hayro::render(
                page,
                &self.raster,
                &self.settings,
                &RenderSettings::default(),
                &PixmapSettings {
                    x_scale: scale,
                    y_scale: scale,
                    bg_color: WHITE,
                },
            )
        });
        let Some(pixmap) = drawn else {
            sink.missed(Reason::Damaged, &format!("page {number}"));
            return Ok(());
        };
        // Everything lies on white, so no pixel is transparent.
        let pixels = pixmap
            .data()
            .iter()
            .flat_map(|pixel| [pixel.r, pixel.g, pixel.b])
            .collect();
        sink.picture(Picture {
            page: Some(number),
            bbox_mm: Some(mm(Rect::new(0.0, 0.0, f64::from(width), f64::from(height)))),
            data: PictureData::Rgb {
                width: u32::from(pixmap.width()),
                height: u32::from(pixmap.height()),
                pixels,
            },
        })
    }

    /// What a page shows more once its layers are opened.
    fn hidden(
        &self,
        page: &'a Page<'a>,
        number: u32,
        seen: &Seen,
        sink: &mut dyn Sink,
    ) -> Result<(), Stop> {
        let mut drawn = match self.draw(page) {
            Ok(drawn) => drawn,
            Err(reason) => {
                sink.missed(reason, &format!("page {number}"));
                return Ok(());
            }
        };
        drawn.lines.retain(|line| !seen.lines.contains(&line.text));
        for line in &mut drawn.lines {
            line.hidden = true;
        }
        push_lines(&mut drawn, number, legacy_encoding(page), sink)?;
        if drawn.pictures.len() > seen.pictures {
            self.raster(page, number, sink)?;
        }
        Ok(())
    }
}

/// Hands the lines of a page on.
fn push_lines(
    drawn: &mut Drawn,
    number: u32,
    legacy: Option<legacy_font::Encoding>,
    sink: &mut dyn Sink,
) -> Result<(), Stop> {
    let usual = usual_size(&drawn.lines);
    for line in std::mem::take(&mut drawn.lines) {
        let piece = Piece {
            page: Some(number),
            place: if line.hidden {
                Place::Hidden
            } else {
                Place::Body
            },
            bbox_mm: Some(line.bbox_mm()),
            emphasised: line.size > usual * EMPHASIS,
            text: line.text,
        };
        // Which font drew a letter is not known here: where the page uses an old Vietnamese font,
        // the line is handed on in both readings.
        if let Some(decoded) = legacy
            .map(|encoding| legacy_font::decode(encoding, &piece.text))
            .filter(|decoded| *decoded != piece.text)
        {
            sink.piece(Piece {
                text: decoded,
                ..piece.clone()
            })?;
        }
        sink.piece(piece)?;
    }
    Ok(())
}

/// The size of the letters of most lines.
fn usual_size(lines: &[TextLine]) -> f64 {
    let mut sizes: Vec<f64> = lines.iter().map(|line| line.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(0.0)
}

fn is_mostly_unknown(drawn: &Drawn) -> bool {
    drawn.unknown * 100 > (drawn.known + drawn.unknown) * UNKNOWN_PERCENT_MAX
}

/// Why a page was not read, if something on it was not.
fn unread(page: &Page<'_>, drawn: &Drawn) -> Option<Reason> {
    if is_mostly_unknown(drawn) {
        return Some(Reason::NoText);
    }
    if drawn.known > 0 || !drawn.pictures.is_empty() {
        return None;
    }
    if drawn.paths > 0 {
        return Some(Reason::NoText);
    }
    let content = page.page_stream();
    if content.is_none() && page.raw().contains_key(b"Contents") {
        return Some(Reason::Damaged);
    }
    let blank = content.is_none_or(|content| content.iter().all(u8::is_ascii_whitespace));
    if blank {
        return None;
    }
    // Pages that programs leave empty still set a clip or a colour; what shows or calls something,
    // or cannot be understood at all, was not read.
    let mut operators = page.typed_operations();
    let mut any = false;
    while let Some(operator) = operators.next() {
        any = true;
        if matches!(
            operator,
            TypedInstruction::ShowText(_)
                | TypedInstruction::ShowTexts(_)
                | TypedInstruction::NextLineAndShowText(_)
                | TypedInstruction::ShowTextWithParameters(_)
                | TypedInstruction::XObject(_)
                | TypedInstruction::Fallback(_)
        ) && drawn.specks == 0
        {
            return Some(Reason::NoText);
        }
    }
    (!any).then_some(Reason::NoText)
}

/// The encoding of the old Vietnamese fonts that a page names, if any.
fn legacy_encoding(page: &Page<'_>) -> Option<legacy_font::Encoding> {
    let fonts = &page.resources().fonts;
    fonts.keys().find_map(|key| {
        let font = fonts.get::<Dict<'_>>(&key)?;
        let name = font.get::<Name<'_>>(b"BaseFont")?;
        legacy_font::encoding(name.as_str())
    })
}
