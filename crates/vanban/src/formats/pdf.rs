//! The text layer of a PDF, page by page in the order of its content.
//!
//! The interpreter has no budget of its own: content streams are measured before it runs, and a
//! document that draws without end is left by unwinding from the drawing calls. What remains (a
//! stack that overflows, memory inside a decoder) is what the sandbox of the caller is for.

pub mod glyphs;

use self::glyphs::{Drawn, Line};
use super::{Kind, Source};
use crate::error::ReadError;
use crate::limits::{
    LINES_MAX, PDF_DRAWS_MAX, PDF_PAGES_MAX, PDF_STREAM_BYTES_MAX, PDF_STREAMS_BYTES_MAX,
    TEXT_BYTES_MAX,
};
use flate2::read::ZlibDecoder;
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};
use hayro_syntax::{LoadPdfError, Pdf};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Lines of all pages.
///
/// # Errors
/// As [`pages`].
pub fn source(bytes: &[u8]) -> Result<Source, ReadError> {
    let lines = pages(bytes)?
        .iter()
        .flat_map(|page| page.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    Ok(Source {
        kind: Kind::Pdf,
        lines,
        notes: Vec::new(),
    })
}

/// The text of each page, lines in content order.
///
/// # Errors
/// [`ReadError::NoText`] if no page has text, [`ReadError::Encrypted`], [`ReadError::Damaged`], or
/// [`ReadError::Limit`].
pub fn pages(bytes: &[u8]) -> Result<Vec<String>, ReadError> {
    check_streams(bytes)?;
    let found = catch_unwind(AssertUnwindSafe(|| interpret(bytes)));
    let pages = match found {
        Ok(pages) => pages?,
        Err(cause) if cause.is::<OverBudget>() => return Err(over("drawing calls", PDF_DRAWS_MAX)),
        Err(_) => return Err(damaged("the interpreter gave up")),
    };
    let count = |keep: fn(char) -> bool| {
        pages
            .iter()
            .flat_map(|page| page.chars())
            .filter(|c| keep(*c))
            .count()
    };
    let (known, unknown) = (count(char::is_alphanumeric), count(|c| c == '\u{fffd}'));
    if known == 0 || unknown * 100 > (known + unknown) * UNKNOWN_PERCENT_MAX {
        return Err(ReadError::NoText {
            kind: "pdf",
            pages: pages.len(),
        });
    }
    Ok(pages)
}

fn over(what: &'static str, limit: u64) -> ReadError {
    ReadError::Limit {
        kind: "pdf",
        what,
        limit,
    }
}

fn damaged(detail: &str) -> ReadError {
    ReadError::Damaged {
        kind: "pdf",
        detail: detail.to_owned(),
    }
}

fn interpret(bytes: &[u8]) -> Result<Vec<String>, ReadError> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => ReadError::Encrypted { kind: "pdf" },
        LoadPdfError::Invalid => damaged("no pages can be found"),
    })?;
    if pdf.pages().len() > PDF_PAGES_MAX {
        return Err(over("pages", PDF_PAGES_MAX as u64));
    }
    let cache = InterpreterCache::new();
    let mut sink = Sink::default();
    let mut out = Vec::new();
    for page in pdf.pages().iter() {
        let mut context = Context::new(
            Affine::IDENTITY,
            Rect::new(0.0, 0.0, 1.0, 1.0),
            &cache,
            pdf.xref(),
            InterpreterSettings::default(),
        );
        interpret_page(page, &mut context, &mut sink);
        out.push(sink.take());
    }
    if sink.bytes > TEXT_BYTES_MAX || sink.lines_total > LINES_MAX {
        return Err(over("text", TEXT_BYTES_MAX as u64));
    }
    Ok(out)
}

/// Thrown through the interpreter when a document draws too much.
struct OverBudget;

/// Share of unknown glyphs, in percent, from which a document counts as having no text.
const UNKNOWN_PERCENT_MAX: usize = 30;

/// Collects glyphs to lines.
#[derive(Default)]
struct Sink {
    lines: Vec<(f64, String)>,
    line: Option<Line>,
    /// A point on the line before.
    before: Option<Point>,
    draws: u64,
    bytes: usize,
    lines_total: usize,
}

impl Sink {
    /// Counts one drawing call. The interpreter cannot be stopped but by unwinding.
    fn count(&mut self) {
        self.draws += 1;
        if self.draws > PDF_DRAWS_MAX || self.bytes > TEXT_BYTES_MAX {
            resume_unwind(Box::new(OverBudget));
        }
    }

    fn take(&mut self) -> String {
        self.end_line();
        self.before = None;
        spaced(&std::mem::take(&mut self.lines))
    }

    fn end_line(&mut self) {
        let Some(line) = self.line.take() else { return };
        let step = self.before.map_or(0.0, |before| -line.place(before).1);
        let origin = line.origin;
        let text = line.text();
        if !text.trim().is_empty() {
            self.lines_total += 1;
            self.lines.push((step, text));
            self.before = Some(origin);
        }
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, transform: Affine) {
        let Some(drawn) = Drawn::new(glyph, transform) else {
            return;
        };
        self.bytes += drawn.len_utf8();
        if self
            .line
            .as_ref()
            .is_some_and(|line| line.is_left_by(&drawn))
        {
            self.end_line();
        }
        self.line
            .get_or_insert_with(|| Line::at(&drawn))
            .push(drawn);
    }
}

/// The lines of a page, with an empty line where the step is wider than usual or leads back, as
/// between paragraphs and columns.
fn spaced(lines: &[(f64, String)]) -> String {
    let mut steps: Vec<f64> = lines
        .iter()
        .map(|(step, _)| step.abs())
        .filter(|step| *step > 0.0)
        .collect();
    steps.sort_by(f64::total_cmp);
    let usual = steps.get(steps.len() / 2).copied().unwrap_or(0.0);
    // The sign of a step down depends on how the page was set up: most steps lead down.
    let down = lines
        .iter()
        .map(|(step, _)| step.signum())
        .sum::<f64>()
        .signum();
    let mut out = String::new();
    for (index, (step, line)) in lines.iter().enumerate() {
        if index > 0 {
            out.push('\n');
            if step.abs() > usual * WIDE_STEP || step * down < 0.0 {
                out.push('\n');
            }
        }
        out.push_str(line);
    }
    out
}

/// A step between lines, in usual steps, that parts paragraphs.
const WIDE_STEP: f64 = 1.2;
impl<'a> Device<'a> for Sink {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.count();
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.count();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.count();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        self.count();
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform());
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.count();
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// Inflates every compressed stream that is not a picture, to nowhere, and refuses a document
/// whose streams unfold beyond the limits.
fn check_streams(bytes: &[u8]) -> Result<(), ReadError> {
    let mut total = 0u64;
    let mut at = 0;
    while let Some(found) = find(bytes, at, b"stream") {
        at = found + 6;
        let Some(rest) = bytes.get(at..) else { break };
        let data = if let Some(data) = rest.strip_prefix(b"\r\n") {
            data
        } else if let Some(data) = rest.strip_prefix(b"\n") {
            data
        } else {
            continue;
        };
        let dictionary = dictionary(bytes, found);
        let filters = filters(dictionary);
        if filters == 0 || find(dictionary, 0, b"/Image").is_some() {
            continue;
        }
        total = total.saturating_add(inflated(data, filters)?);
        if total > PDF_STREAMS_BYTES_MAX {
            return Err(over("inflated bytes", PDF_STREAMS_BYTES_MAX));
        }
    }
    Ok(())
}

/// Longest dictionary looked at before a stream, in bytes.
const DICTIONARY_BYTES_MAX: usize = 2048;
/// Most filters laid over one another.
const FILTERS_MAX: usize = 4;

fn dictionary(bytes: &[u8], stream: usize) -> &[u8] {
    let before = bytes
        .get(stream.saturating_sub(DICTIONARY_BYTES_MAX)..stream)
        .unwrap_or(&[]);
    let from = before
        .windows(3)
        .rposition(|three| three == b"obj")
        .unwrap_or(0);
    before.get(from..).unwrap_or(before)
}

fn filters(dictionary: &[u8]) -> usize {
    let count = |name: &[u8]| {
        dictionary
            .windows(name.len())
            .filter(|window| *window == name)
            .count()
    };
    (count(b"/FlateDecode") + count(b"/Fl ") + count(b"/Fl/") + count(b"/Fl]")).min(FILTERS_MAX)
}

fn inflated(data: &[u8], filters: usize) -> Result<u64, ReadError> {
    let mut reader: Box<dyn Read + '_> = Box::new(data);
    for _ in 0..filters {
        reader = Box::new(ZlibDecoder::new(reader).take(PDF_STREAM_BYTES_MAX + 1));
    }
    let mut buffer = [0u8; 16 * 1024];
    let mut total = 0u64;
    // A stream that breaks off is left to the interpreter.
    while let Ok(read) = reader.read(&mut buffer) {
        if read == 0 {
            break;
        }
        total += read as u64;
        if total > PDF_STREAM_BYTES_MAX {
            return Err(over("inflated bytes", PDF_STREAM_BYTES_MAX));
        }
    }
    Ok(total)
}

fn find(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    bytes
        .get(from..)?
        .windows(needle.len())
        .position(|window| window == needle)
        .map(|at| at + from)
}
