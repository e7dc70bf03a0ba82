//! Where a stamp may be. Everything here errs on the side of too many; the gate throws most away.

use super::plane::{Grid, Planes};
use super::shape::{Run, Tilted, around, groups, runs};
use super::{letters, lines, words};

/// Proposals of one page that the gate has to look at.
pub(super) const PROPOSALS_MAX: usize = 120;
const RUNS_MAX: usize = 120_000;
const FROM_RED_MAX: usize = 12;
const FROM_FAINT_MAX: usize = 8;
const FROM_TRACES_MAX: usize = 4;
/// Traces lie around ink of full strength too, a little wider than it: a place known from that ink is not proposed again.
const TRACED_BEFORE: f32 = 0.8;
/// Lowest traces, in mm: a frame is as high even where its upper or its lower line is lost, coloured edges of text are not.
const TRACES_MM_MIN: f32 = 5.0;
/// How much redder than the limit ink of full strength is.
const STRONG_ABOVE: u8 = 16;
const FROM_FRAMES_MAX: usize = 20;
const FROM_WORDS_MAX: usize = 4;
/// From rows of letters, on a page of one bit a pixel and in each of the masks of red ink; the widest letter of both, in
/// mm: faint red letters run together.
const FROM_ROWS_MAX: usize = 48;
const FROM_RED_ROWS_MAX: usize = 4;
const LETTER_MM: f32 = 6.5;
const RED_LETTERS_MM: f32 = 40.0;
const FROM_BLOTS_MAX: usize = 8;
/// Gaps, in mm along and across a page of one bit a pixel, between the pieces of a worn frame and its word: as wide as they
/// are where nothing else is near, and less across where a line of text is.
const PIECES_MM: [(f32, f32); 2] = [(2.4, 2.4), (2.4, 1.0)];

/// Proposals in pixels of the planes, the likeliest first. `unit` is pixels a millimetre, roughly.
pub(super) fn proposals(planes: &Planes, unit: f32) -> Vec<Tilted> {
    let mut found: Vec<Tilted> = Vec::new();
    if planes.coloured {
        // Full ink first: at the limit of faint ink the blocks of a hard JPEG show as well.
        for (above, most) in [(STRONG_ABOVE, FROM_RED_MAX), (0, FROM_FAINT_MAX)] {
            let mask = planes.red.above(planes.red_limit.saturating_add(above));
            let ink = runs(&mask, RUNS_MAX);
            add(&mut found, sideways(&mask, &ink, unit), most);
            add(&mut found, inked(&ink, unit), most);
            let rows = alone((&mask, &ink), unit, RED_LETTERS_MM);
            add(&mut found, best(rows, FROM_RED_ROWS_MAX), FROM_RED_ROWS_MAX);
        }
    }
    traces(planes, unit, &mut found);
    let ink = runs(&planes.dark, RUNS_MAX);
    let frames = sideways(&planes.dark, &ink, unit);
    add(&mut found, frames, FROM_FRAMES_MAX);
    if planes.bilevel {
        let framed = both_ways(
            (&planes.dark, &ink),
            |mask, ink| words::frames(mask, ink, unit),
            |(place, good)| (place.transposed(), good),
        );
        add(&mut found, best(framed, FROM_WORDS_MAX), FROM_WORDS_MAX);
        let rows = alone((&planes.dark, &ink), unit, LETTER_MM);
        add(&mut found, best(rows, FROM_ROWS_MAX), FROM_ROWS_MAX);
        for (along, across) in PIECES_MM {
            let pieces = blots(&ink, (along * unit, across * unit), unit);
            add(&mut found, best(pieces, FROM_BLOTS_MAX), FROM_BLOTS_MAX);
        }
    }
    let closed = blots(&ink, (0.3 * unit, 0.3 * unit), unit);
    add(&mut found, best(closed, FROM_BLOTS_MAX), FROM_BLOTS_MAX);
    let loose = blots(&ink, (1.6 * unit, 1.6 * unit), unit);
    let room = PROPOSALS_MAX.saturating_sub(found.len());
    add(
        &mut found,
        best(loose, FROM_BLOTS_MAX),
        room.min(FROM_BLOTS_MAX),
    );
    found.truncate(PROPOSALS_MAX);
    found
}

/// Red ink so faint that it only shows on a page with nearly no other colour.
fn traces(planes: &Planes, unit: f32, found: &mut Vec<Tilted>) {
    if planes.trace_limit >= planes.red_limit {
        return;
    }
    let mask = planes.red.above(planes.trace_limit);
    let ink = runs(&mask, RUNS_MAX);
    for mut places in [sideways(&mask, &ink, unit), inked(&ink, unit)] {
        places.retain(|place| {
            let known = |other: &Tilted| other.overlap(place) >= TRACED_BEFORE;
            place.height >= TRACES_MM_MIN * unit && !found.iter().any(known)
        });
        add(found, places, FROM_TRACES_MAX);
    }
    let rows = alone((&mask, &ink), unit, RED_LETTERS_MM);
    add(found, best(rows, FROM_RED_ROWS_MAX), FROM_RED_ROWS_MAX);
}

/// Connected red ink, also where it is connected only by a wide brush.
fn inked(ink: &[Run], unit: f32) -> Vec<Tilted> {
    let mut found = Vec::new();
    for gap in [0.5, 1.5] {
        found.extend(blots(ink, (gap * unit, gap * unit), unit));
    }
    best(found, FROM_RED_MAX)
}

/// Frames by their lines, along the page and across it.
fn sideways(mask: &Grid, ink: &[Run], unit: f32) -> Vec<Tilted> {
    both_ways(
        (mask, ink),
        |mask, ink| lines::frames(mask, ink, unit),
        Tilted::transposed,
    )
}

/// Places around rows of letters that stand alone, and how good they are.
fn alone((mask, ink): (&Grid, &[Run]), unit: f32, widest: f32) -> Vec<(Tilted, f32)> {
    let find = |mask: &Grid, ink: &[Run]| {
        let rows = letters::rows(ink, unit, widest).into_iter();
        rows.filter_map(|row| words::around(&row, mask, unit))
            .collect()
    };
    both_ways((mask, ink), find, |(place, good)| {
        (place.transposed(), good)
    })
}

/// What is found along the page and, seen through the transposed page, across it.
fn both_ways<T>(
    (mask, ink): (&Grid, &[Run]),
    find: impl Fn(&Grid, &[Run]) -> Vec<T>,
    back: impl Fn(T) -> T,
) -> Vec<T> {
    if ink.is_empty() {
        return Vec::new();
    }
    let mut found = find(mask, ink);
    let turned = mask.transposed();
    let across = find(&turned, &runs(&turned, RUNS_MAX));
    found.extend(across.into_iter().map(back));
    found
}

fn add(found: &mut Vec<Tilted>, more: Vec<Tilted>, most: usize) {
    let mut room = most;
    for tilted in more {
        if room > 0 && found.iter().all(|other| other.overlap(&tilted) < 0.9) {
            found.push(tilted);
            room -= 1;
        }
    }
}

/// Ink of a stamp's size, connected across gaps along and across the page, with how much it looks like one.
fn blots(ink: &[Run], (along, across): (f32, f32), unit: f32) -> Vec<(Tilted, f32)> {
    let gap = |pixels: f32| pixels.round().max(1.0) as usize;
    groups(ink, gap(along), gap(across) - 1)
        .iter()
        .filter(|group| large(group, unit))
        .filter_map(|group| around(group).map(|tilted| (tilted, group)))
        .filter_map(|(tilted, group)| score(&tilted, group, unit).map(|score| (tilted, score)))
        .collect()
}

/// Cheap test before the hull is made.
fn large(group: &[Run], unit: f32) -> bool {
    let left = group.iter().map(|run| run.from).min().unwrap_or_default();
    let right = group.iter().map(|run| run.to).max().unwrap_or_default();
    let top = group.first().map_or(0, |run| run.y);
    let bottom = group.last().map_or(0, |run| run.y + 1);
    let (w, h) = ((right - left) as f32, (bottom - top) as f32);
    w.max(h) >= 6.5 * unit && w.min(h) >= 2.4 * unit && w.max(h) <= 95.0 * unit
}

fn score(tilted: &Tilted, group: &[Run], unit: f32) -> Option<f32> {
    let (w, h) = (tilted.width, tilted.height);
    let aspect = w / h.max(1.0);
    let fits = (6.5 * unit..90.0 * unit).contains(&w)
        && (2.4 * unit..24.0 * unit).contains(&h)
        && (1.15..9.5).contains(&aspect);
    let ink: usize = group.iter().map(|run| run.to - run.from).sum();
    let fill = ink as f32 / (w * h).max(1.0);
    if !fits || !(0.04..0.8).contains(&fill) {
        return None;
    }
    let height = 1.0 - ((h / unit - 8.0) / 12.0).abs();
    Some(height - (fill - 0.35).abs() + framed(tilted, group))
}

/// Part of the ink that lies near the rectangle's edge: a frame has much of it there, a word little.
fn framed(tilted: &Tilted, group: &[Run]) -> f32 {
    let (sin, cos) = tilted.angle.sin_cos();
    let rim = 0.12 * tilted.height + 1.0;
    let (mut near, mut all) = (0.0_f32, 1.0_f32);
    for run in group {
        let length = (run.to - run.from) as f32;
        let (dx, dy) = (
            f32::midpoint(run.from as f32, run.to as f32) - tilted.x,
            run.y as f32 + 0.5 - tilted.y,
        );
        let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
        all += length;
        if u.abs() > tilted.width / 2.0 - rim || v.abs() > tilted.height / 2.0 - rim {
            near += length;
        }
    }
    near / all
}

fn best(mut scored: Vec<(Tilted, f32)>, most: usize) -> Vec<Tilted> {
    scored.sort_by(|a, b| b.1.total_cmp(&a.1));
    scored
        .into_iter()
        .map(|(tilted, _)| tilted)
        .take(most)
        .collect()
}
