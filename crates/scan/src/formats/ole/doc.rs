//! Word 97-2003 (MS-DOC): the piece table gives the characters of the body and of all its companions
//! (notes, heads, comments, text boxes); character and paragraph runs say in which font they stand.

use super::{le16, le32, wide};
use crate::content::{Piece, Place, Sink, Stop};
use crate::formats::legacy_font::{self, Encoding};
use crate::report::Reason;

/// Most pieces, runs and styles that are looked at.
const RUNS_MAX: usize = 400_000;
const STYLES_MAX: usize = 4_096;
/// Longest chain of styles that are based on one another.
const CHAIN_MAX: usize = 16;

/// Reads a document; `tables` are its two table streams.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub(super) fn read(main: &[u8], tables: &[Vec<u8>; 2], sink: &mut dyn Sink) -> Result<(), Stop> {
    const ENCRYPTED: u16 = 0x0100;
    const SECOND_TABLE: u16 = 0x0200;
    let (Some(version), Some(flags)) = (le16(main, 2), le16(main, 10)) else {
        sink.missed(Reason::Damaged, "WordDocument");
        return Ok(());
    };
    if flags & ENCRYPTED != 0 {
        sink.missed(Reason::Encrypted, "");
        return Ok(());
    }
    if version < 0xc1 {
        return before_97(main, sink);
    }
    let [first, second] = tables;
    let table = if flags & SECOND_TABLE != 0 {
        second
    } else {
        first
    };
    let document = Document::open(main, table);
    match document {
        Some(document) => document.read(sink),
        None => {
            sink.missed(Reason::Damaged, "WordDocument");
            Ok(())
        }
    }
}

/// Word 6 and 95: one run of bytes. Files that were saved in pieces are not put together.
fn before_97(main: &[u8], sink: &mut dyn Sink) -> Result<(), Stop> {
    const COMPLEX: u16 = 4;
    let range = le32(main, 24)
        .zip(le32(main, 28))
        .and_then(|(from, to)| Some((usize::try_from(from).ok()?, usize::try_from(to).ok()?)))
        .and_then(|(from, to)| main.get(from..to));
    let is_complex = le16(main, 10).is_some_and(|flags| flags & COMPLEX != 0);
    let Some(raw) = range.filter(|_| !is_complex) else {
        sink.missed(Reason::UnknownType, "WordDocument");
        return Ok(());
    };
    for line in raw.split(|byte| matches!(byte, 7 | 11 | 12 | 13)) {
        let text = vanban::encodings::as_western(line);
        if !text.trim().is_empty() {
            sink.piece(Piece::new(Place::Body, text))?;
        }
    }
    Ok(())
}

/// What a run or a style says of its text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Look {
    /// Index of the font.
    font: Option<u16>,
    bold: Option<bool>,
    hidden: Option<bool>,
    taken_out: bool,
    /// A character of its own meaning: a picture, a field mark.
    style: Option<u16>,
}

impl Look {
    fn over(self, base: Self) -> Self {
        Self {
            font: self.font.or(base.font),
            bold: self.bold.or(base.bold),
            hidden: self.hidden.or(base.hidden),
            taken_out: self.taken_out || base.taken_out,
            style: self.style.or(base.style),
        }
    }

    /// Reads a list of property changes.
    fn of(changes: &[u8]) -> Self {
        let mut look = Self::default();
        let mut at = 0;
        while let Some(code) = le16(changes, at) {
            at += 2;
            let value = le16(changes, at);
            let byte = changes.get(at).copied();
            match code {
                0x4a4f | 0x4a51 => look.font = look.font.or(value),
                0x0835 => look.bold = byte.map(|byte| byte & 1 == 1),
                0x083c => look.hidden = byte.map(|byte| byte & 1 == 1),
                0x0800 => look.taken_out = byte == Some(1),
                0x4a30 => look.style = value,
                _ => {}
            }
            at += match code >> 13 {
                0 | 1 => 1,
                2 | 4 | 5 => 2,
                3 => 4,
                7 => 3,
                _ if matches!(code, 0xd606 | 0xd608) => usize::from(value.unwrap_or(0)) + 1,
                _ => usize::from(byte.unwrap_or(0)) + 1,
            };
        }
        look
    }
}

#[derive(Clone, Copy, Default)]
struct Style {
    base: usize,
    look: Look,
}

/// A stretch of the file with one look.
struct Run<T> {
    to: u32,
    from: u32,
    value: T,
}

struct Document<'d> {
    main: &'d [u8],
    /// First and last character, place in the file, two bytes a character or one.
    pieces: Vec<(u32, u32, u32, bool)>,
    /// Ends of the text, in characters, and what it is.
    companions: Vec<(u32, Place)>,
    characters: Vec<Run<Look>>,
    paragraphs: Vec<Run<u16>>,
    fonts: Vec<Option<Encoding>>,
    styles: Vec<Style>,
    whole: bool,
}

impl<'d> Document<'d> {
    fn open(main: &'d [u8], table: &'d [u8]) -> Option<Self> {
        let part = |index: usize| {
            let at = 154 + 8 * index;
            let from = usize::try_from(le32(main, at)?).ok()?;
            let length = usize::try_from(le32(main, at + 4)?).ok()?;
            table.get(from..from.checked_add(length)?)
        };
        let mut document = Self {
            main,
            pieces: Vec::new(),
            companions: companions(main),
            characters: Vec::new(),
            paragraphs: Vec::new(),
            fonts: fonts(part(15).unwrap_or(&[])),
            styles: styles(part(1).unwrap_or(&[])),
            whole: true,
        };
        document.read_pieces(part(33)?)?;
        document.characters = runs(main, part(12).unwrap_or(&[]), |page, index, count| {
            let word = usize::from(*page.get(4 * (count + 1) + index)?);
            let length = usize::from(*page.get(2 * word)?);
            let changes = page.get(2 * word + 1..2 * word + 1 + length)?;
            Some(if word == 0 {
                Look::default()
            } else {
                Look::of(changes)
            })
        });
        document.paragraphs = runs(main, part(13).unwrap_or(&[]), |page, index, count| {
            let word = usize::from(*page.get(4 * (count + 1) + 13 * index)?);
            let at = 2 * word;
            let start = if *page.get(at)? == 0 { at + 2 } else { at + 1 };
            le16(page, start)
        });
        Some(document)
    }

    fn read_pieces(&mut self, clx: &[u8]) -> Option<()> {
        let mut at = 0;
        while clx.get(at) == Some(&1) {
            at += 3 + usize::from(le16(clx, at + 1)?);
        }
        if clx.get(at) != Some(&2) {
            return None;
        }
        let length = usize::try_from(le32(clx, at + 1)?).ok()?;
        let plc = clx.get(at + 5..)?;
        self.whole &= plc.len() >= length;
        let plc = plc.get(..length).unwrap_or(plc);
        let count = plc.len().checked_sub(4)? / 12;
        for index in 0..count.min(RUNS_MAX) {
            let (from, to) = (le32(plc, 4 * index)?, le32(plc, 4 * index + 4)?);
            let place = le32(plc, 4 * (count + 1) + 8 * index + 2)?;
            let is_narrow = place & 0x4000_0000 != 0;
            let place = place & 0x3fff_ffff;
            let place = if is_narrow { place / 2 } else { place };
            if from < to {
                self.pieces.push((from, to, place, is_narrow));
            }
        }
        Some(())
    }

    /// The look of the text at a place of the file, and where it ends.
    fn look(&self, place: u32) -> (Look, u32) {
        let (own, end) = found(&self.characters, place);
        let (style, end_of_style) = found(&self.paragraphs, place);
        let own = own.unwrap_or_default();
        let paragraph = self.styled(usize::from(style.unwrap_or(0)));
        let character = own
            .style
            .map_or(Look::default(), |style| self.styled(usize::from(style)));
        (own.over(character).over(paragraph), end.min(end_of_style))
    }

    fn styled(&self, index: usize) -> Look {
        let mut look = Look::default();
        let mut next = index;
        for _ in 0..CHAIN_MAX {
            let Some(style) = self.styles.get(next) else {
                break;
            };
            look = look.over(style.look);
            next = style.base;
        }
        Look {
            style: None,
            taken_out: false,
            ..look
        }
    }

    fn read(&self, sink: &mut dyn Sink) -> Result<(), Stop> {
        let mut out = Out::default();
        let mut whole = self.whole;
        for (from, to, place, is_narrow) in &self.pieces {
            let width = if *is_narrow { 1 } else { 2 };
            let bytes = (to - from).saturating_mul(width);
            let end = place.saturating_add(bytes);
            let mut at = *place;
            let mut character = *from;
            while at < end {
                let (look, until) = self.look(at);
                let (companion, border) = self.companion(character);
                let rest = border.saturating_sub(character).saturating_mul(width);
                let mut until = until.min(end).min(at.saturating_add(rest.max(width)));
                // Runs end between characters; a file that says otherwise is read on.
                if until <= at {
                    until = at.saturating_add(width).min(end);
                }
                let Some(raw) = slice(self.main, at, until) else {
                    whole = false;
                    break;
                };
                let encoding = look
                    .font
                    .and_then(|font| self.fonts.get(usize::from(font)).copied().flatten());
                out.place(companion, sink)?;
                out.push(&characters(raw, *is_narrow), look, encoding, sink)?;
                character = character.saturating_add((until - at) / width);
                at = until;
            }
        }
        out.end(sink)?;
        if !whole {
            sink.missed(Reason::Damaged, "WordDocument");
        }
        Ok(())
    }

    fn companion(&self, character: u32) -> (Place, u32) {
        self.companions
            .iter()
            .find(|(end, _)| character < *end)
            .map_or((Place::Body, u32::MAX), |(end, place)| (*place, *end))
    }
}

fn slice(bytes: &[u8], from: u32, to: u32) -> Option<&[u8]> {
    bytes.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)
}

fn characters(raw: &[u8], is_narrow: bool) -> String {
    if is_narrow {
        return vanban::encodings::as_western(raw);
    }
    let units = raw
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_le_bytes(*pair));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or('\u{fffd}'))
        .collect()
}

fn found<T: Copy>(runs: &[Run<T>], place: u32) -> (Option<T>, u32) {
    let index = runs.partition_point(|run| run.to <= place);
    match runs.get(index) {
        Some(run) if run.from <= place => (Some(run.value), run.to),
        Some(run) => (None, run.from),
        None => (None, u32::MAX),
    }
}

fn companions(main: &[u8]) -> Vec<(u32, Place)> {
    const PLACES: [(usize, Place); 8] = [
        (76, Place::Body),
        (80, Place::Note),
        (84, Place::Header),
        (88, Place::Hidden),
        (92, Place::Comment),
        (96, Place::Note),
        (100, Place::TextBox),
        (104, Place::TextBox),
    ];
    let mut end = 0u32;
    PLACES
        .iter()
        .map(|(at, place)| {
            end = end.saturating_add(le32(main, *at).unwrap_or(0));
            (end, *place)
        })
        .collect()
}

/// Runs of the pages that a table points to, in the order of the file.
fn runs<T>(
    main: &[u8],
    table: &[u8],
    value: impl Fn(&[u8], usize, usize) -> Option<T>,
) -> Vec<Run<T>> {
    let mut out = Vec::new();
    let pages = table.len().saturating_sub(4) / 8;
    for page in 0..pages {
        let number = le32(table, 4 * (pages + 1) + 4 * page).unwrap_or(0) & 0x003f_ffff;
        let Some(bytes) = usize::try_from(number)
            .ok()
            .and_then(|number| main.get(number * 512..)?.get(..512))
        else {
            continue;
        };
        let count = usize::from(bytes.last().copied().unwrap_or(0));
        for index in 0..count {
            let (from, to) = (le32(bytes, 4 * index), le32(bytes, 4 * index + 4));
            if let (Some(from), Some(to), Some(value)) = (from, to, value(bytes, index, count))
                && from < to
                && out.len() < RUNS_MAX
            {
                out.push(Run { to, from, value });
            }
        }
    }
    out.sort_by_key(|run| run.to);
    out
}

fn fonts(table: &[u8]) -> Vec<Option<Encoding>> {
    let count = usize::from(le16(table, 0).unwrap_or(0));
    let mut out = Vec::new();
    let mut at = 4;
    for _ in 0..count.min(STYLES_MAX) {
        let Some(length) = table.get(at).map(|length| usize::from(*length)) else {
            break;
        };
        let name = table.get(at + 40..at + 1 + length).map(wide);
        out.push(name.and_then(|name| legacy_font::encoding(&name)));
        at += 1 + length;
    }
    out
}

/// The style sheet: of each style its base and its character properties.
fn styles(table: &[u8]) -> Vec<Style> {
    let mut out = Vec::new();
    let Some(header) = le16(table, 0).map(usize::from) else {
        return out;
    };
    let count = usize::from(le16(table, 2).unwrap_or(0)).min(STYLES_MAX);
    let base_size = usize::from(le16(table, 4).unwrap_or(10));
    let default_font = le16(table, 14);
    let mut at = 2 + header;
    for _ in 0..count {
        let Some(length) = le16(table, at).map(usize::from) else {
            break;
        };
        let bytes = table.get(at + 2..at + 2 + length).unwrap_or(&[]);
        at += 2 + length;
        out.push(style(bytes, base_size).unwrap_or(Style {
            base: usize::MAX,
            look: Look::default(),
        }));
    }
    if let (Some(normal), Some(font)) = (out.first_mut(), default_font) {
        normal.look.font = normal.look.font.or(Some(font));
    }
    out
}

fn style(bytes: &[u8], base_size: usize) -> Option<Style> {
    const PARAGRAPH: u16 = 1;
    const CHARACTER: u16 = 2;
    let kind_and_base = le16(bytes, 2)?;
    let (kind, base) = (kind_and_base & 0xf, usize::from(kind_and_base >> 4));
    let name = usize::from(le16(bytes, base_size)?);
    let mut at = base_size + 2 + 2 * name + 2;
    if kind == PARAGRAPH {
        let length = usize::from(le16(bytes, at)?);
        at = (at + 2 + length).next_multiple_of(2);
    }
    let look = if matches!(kind, PARAGRAPH | CHARACTER) {
        let length = usize::from(le16(bytes, at).unwrap_or(0));
        Look::of(bytes.get(at + 2..at + 2 + length).unwrap_or(&[]))
    } else {
        Look::default()
    };
    Some(Style { base, look })
}

/// Collects characters to paragraphs.
#[derive(Default)]
struct Out {
    place: Option<Place>,
    shown: Vec<(Option<Encoding>, String)>,
    hidden: Vec<(Option<Encoding>, String)>,
    taken_out: Vec<(Option<Encoding>, String)>,
    letters: usize,
    bold: usize,
    /// For each open field, whether its result is being read.
    fields: Vec<bool>,
    field: String,
}

impl Out {
    fn place(&mut self, place: Place, sink: &mut dyn Sink) -> Result<(), Stop> {
        if self.place != Some(place) {
            self.end(sink)?;
            self.place = Some(place);
            self.fields.clear();
        }
        Ok(())
    }

    fn push(
        &mut self,
        text: &str,
        look: Look,
        encoding: Option<Encoding>,
        sink: &mut dyn Sink,
    ) -> Result<(), Stop> {
        for c in text.chars() {
            match c {
                '\r' | '\u{b}' | '\u{c}' | '\u{e}' => self.end(sink)?,
                '\u{7}' => {
                    let place = self.place;
                    if place == Some(Place::Body) {
                        self.place = Some(Place::TableCell);
                    }
                    self.end(sink)?;
                    self.place = place;
                }
                '\u{13}' => self.fields.push(false),
                '\u{14}' => {
                    if let Some(last) = self.fields.last_mut() {
                        *last = true;
                    }
                }
                '\u{15}' => {
                    self.fields.pop();
                }
                '\u{1}' | '\u{2}' | '\u{5}' | '\u{8}' | '\u{3}' | '\u{4}' => {}
                _ if self.fields.last() == Some(&false) => self.field.push(c),
                _ => {
                    let c = match c {
                        '\u{1e}' => '-',
                        '\u{1f}' => continue,
                        c => c,
                    };
                    let out = if look.taken_out {
                        &mut self.taken_out
                    } else if look.hidden == Some(true) {
                        &mut self.hidden
                    } else {
                        &mut self.shown
                    };
                    match out.last_mut() {
                        Some((last, text)) if *last == encoding => text.push(c),
                        _ => out.push((encoding, c.to_string())),
                    }
                    self.letters += 1;
                    self.bold += usize::from(look.bold == Some(true));
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, sink: &mut dyn Sink) -> Result<(), Stop> {
        let emphasised = self.letters > 0 && self.bold * 2 > self.letters;
        (self.letters, self.bold) = (0, 0);
        let field = std::mem::take(&mut self.field);
        if field.contains('"') && !field.contains("HYPERLINK") {
            self.hidden.push((None, field));
        }
        for (place, stretches) in [
            (self.place.unwrap_or(Place::Body), &mut self.shown),
            (Place::Hidden, &mut self.hidden),
            (Place::Deleted, &mut self.taken_out),
        ] {
            let text: String = std::mem::take(stretches)
                .into_iter()
                .map(|(encoding, text)| match encoding {
                    Some(encoding) => legacy_font::decode(encoding, &text),
                    None => text,
                })
                .collect();
            if !text.trim().is_empty() {
                sink.piece(Piece {
                    emphasised,
                    ..Piece::new(place, text)
                })?;
            }
        }
        Ok(())
    }
}
