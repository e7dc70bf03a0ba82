//! Keeps the lines around a needle and forgets the rest, so that a text of any length takes little memory.

use std::collections::VecDeque;

use super::Markers;
use super::data::Zone;
use crate::content::{Piece, Place};

/// Lines kept before and after a candidate.
const CONTEXT_LINES: usize = 40;
/// Longest line that rules look at, in bytes; a longer one is cut.
pub const LINE_BYTES_MAX: usize = 2048;
/// What parts lines.
pub const LINE_ENDS: [char; 7] = [
    '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}',
];
/// All kept lines together, in bytes.
const KEPT_BYTES_MAX: usize = 2 << 20;
/// Lines of the first page that its head has, and of every later one.
const HEAD_LINES: u32 = 30;
const HEAD_LINES_LATER: u32 = 8;
/// Height of the head of a page, where positions are known.
const HEAD_MM: f32 = 120.0;

/// A line worth judging.
#[derive(Clone, Debug)]
pub struct Kept {
    pub text: String,
    pub page: Option<u32>,
    pub bbox_mm: Option<[f32; 4]>,
    /// Running number in its document.
    pub number: u32,
    pub zones: Vec<Zone>,
    /// Whether a rule may fire on this line; the others are what stands around it.
    pub hit: bool,
    /// Document property.
    pub is_property: bool,
}

/// The lines of one document.
#[derive(Debug, Default)]
pub struct Gathered {
    pub kept: Vec<Kept>,
    before: VecDeque<Kept>,
    after: usize,
    number: u32,
    page: Option<u32>,
    on_page: u32,
    bytes: usize,
    /// Whether there was a candidate at all.
    pub found: bool,
    /// More lines were worth keeping than the limit allows.
    pub overflowed: bool,
}

impl Gathered {
    /// Takes a piece, line by line.
    pub fn piece(&mut self, piece: &Piece, markers: &Markers) {
        if piece.page != self.page && piece.page.is_some() {
            self.page = piece.page;
            self.on_page = 0;
        }
        for line in piece.text.split(LINE_ENDS) {
            if line.len() <= LINE_BYTES_MAX {
                self.line(piece, line, markers);
            } else {
                self.long_line(piece, line, markers);
            }
        }
    }

    /// Counts lines that were passed over because no rule can fire on them.
    pub fn skipped(&mut self, lines: u32) {
        self.number = self.number.saturating_add(lines);
        self.on_page = self.on_page.saturating_add(lines);
        self.before.clear();
        self.after = 0;
    }

    fn long_line(&mut self, piece: &Piece, line: &str, markers: &Markers) {
        let mut rest = line;
        while !rest.is_empty() {
            let mut end = rest.floor_char_boundary(LINE_BYTES_MAX);
            if end < rest.len() {
                end = rest
                    .get(..end)
                    .and_then(|part| part.rfind(' '))
                    .filter(|blank| *blank > 0)
                    .unwrap_or(end);
            }
            let (part, next) = rest.split_at(end);
            self.line(piece, part, markers);
            rest = next.trim_start_matches(' ');
        }
    }

    fn line(&mut self, piece: &Piece, line: &str, markers: &Markers) {
        if line.trim().is_empty() {
            return;
        }
        self.number = self.number.saturating_add(1);
        let counted = matches!(piece.place, Place::Body | Place::TableCell);
        self.on_page = self.on_page.saturating_add(u32::from(counted));
        let hit = markers.is_candidate(line);
        self.found |= hit;
        if self.overflowed {
            return;
        }
        if hit {
            self.after = CONTEXT_LINES + 1;
        }
        let kept = Kept {
            text: line.to_owned(),
            page: piece.page,
            bbox_mm: piece.bbox_mm,
            number: self.number,
            zones: self.zones(piece),
            hit,
            is_property: piece.place == Place::Property,
        };
        if self.after == 0 {
            if self.before.len() == CONTEXT_LINES {
                self.before.pop_front();
            }
            self.before.push_back(kept);
            return;
        }
        self.after -= 1;
        while let Some(earlier) = self.before.pop_front() {
            self.keep(earlier);
        }
        self.keep(kept);
    }

    fn keep(&mut self, kept: Kept) {
        self.bytes += kept.text.len();
        if self.bytes > KEPT_BYTES_MAX {
            self.overflowed = true;
        } else {
            self.kept.push(kept);
        }
    }

    fn zones(&self, piece: &Piece) -> Vec<Zone> {
        let zone = match piece.place {
            Place::Body => Zone::Body,
            Place::Header | Place::Footer => Zone::Running,
            Place::TextBox => Zone::Box,
            Place::TableCell => Zone::Table,
            Place::Comment => Zone::Comment,
            Place::Note => Zone::Note,
            Place::Annotation => Zone::Annotation,
            Place::Deleted => Zone::Deleted,
            Place::Hidden => Zone::Hidden,
            Place::Property => Zone::Property,
            Place::Label => Zone::Label,
        };
        let mut zones = vec![zone];
        if matches!(zone, Zone::Body | Zone::Table) {
            let first = piece.page.is_none_or(|page| page <= 1);
            let lines = if first { HEAD_LINES } else { HEAD_LINES_LATER };
            let high = first
                && piece
                    .bbox_mm
                    .is_some_and(|[_, top, _, _]| (0.0..HEAD_MM).contains(&top));
            if high || self.on_page <= lines {
                zones.push(Zone::Head);
            }
        }
        zones
    }
}
