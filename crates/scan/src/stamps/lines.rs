//! Frames by their long sides: two parallel lines of like length and something standing at their ends. This finds a
//! frame that text runs into, where connected ink would be one large blot.

use super::plane::Grid;
use super::shape::{Run, Tilted, groups};

/// Shortest runs of ink that lines are made of, with the widest gap sideways and the empty rows between: first whole
/// lines that text touches, which no letter is as long as, then shorter ones, then lines that a worn stamp left in pieces.
const RUNS: [(usize, usize, usize); 3] = [(30, 4, 0), (12, 4, 1), (5, 5, 1)];
const LINES_MAX: usize = 160;
/// Steepest line, as a tangent: 13 degrees.
const SLOPE_MAX: f32 = 0.23;

/// A straight stroke: `y = middle + slope * (x - (from + to) / 2)`.
#[derive(Clone, Copy, Debug)]
struct Line {
    from: f32,
    to: f32,
    middle: f32,
    slope: f32,
}

impl Line {
    /// The same stroke, found twice.
    fn is(&self, other: &Self) -> bool {
        let ends = (self.from - other.from)
            .abs()
            .max((self.to - other.to).abs());
        ends < 3.0 && (self.middle - other.middle).abs() < 1.5
    }

    fn y(&self, x: f32) -> f32 {
        self.middle + self.slope * (x - f32::midpoint(self.from, self.to))
    }
}

/// Frames whose long sides lie near the horizontal. `unit` is pixels a millimetre, roughly.
/// `ink` are all runs of `mask`.
pub(super) fn frames(mask: &Grid, ink: &[Run], unit: f32) -> Vec<Tilted> {
    let mut lines: Vec<Line> = Vec::new();
    for (shortest, gap, rows) in RUNS {
        let long = ink.iter().filter(|run| run.to - run.from >= shortest);
        let strokes: Vec<Run> = long.copied().collect();
        let found = groups(&strokes, gap, rows);
        for line in found.iter().filter_map(|group| straight(group, unit)) {
            if lines.iter().all(|known| !known.is(&line)) {
                lines.push(line);
            }
        }
    }
    lines.sort_by(|a, b| (b.to - b.from).total_cmp(&(a.to - a.from)));
    lines.truncate(LINES_MAX);
    lines.sort_by(|a, b| a.middle.total_cmp(&b.middle));
    let mut found = Vec::new();
    for (at, top) in lines.iter().enumerate() {
        found.extend(
            [1.0, -1.0]
                .map(|down| hanging(mask, top, down, unit))
                .into_iter()
                .flatten(),
        );
        for bottom in lines.iter().skip(at + 1) {
            if let Some(frame) = frame(mask, top, bottom, unit) {
                found.push(frame);
            }
        }
    }
    outermost(found)
}

/// Of a double frame's four readings, the outer one.
fn outermost(mut found: Vec<(Tilted, f32)>) -> Vec<Tilted> {
    found.sort_by(|a, b| (b.1).total_cmp(&a.1));
    let mut kept: Vec<Tilted> = Vec::new();
    for (frame, _) in found {
        let near = kept
            .iter()
            .filter(|other| other.overlap(&frame) > 0.6)
            .count();
        if near < 2 && kept.iter().all(|other| other.overlap(&frame) < 0.93) {
            kept.push(frame);
        }
    }
    kept
}

fn straight(group: &[Run], unit: f32) -> Option<Line> {
    let from = group.iter().map(|run| run.from).min()? as f32;
    let to = group.iter().map(|run| run.to).max()? as f32;
    let length = to - from;
    if length < 7.0 * unit || length > 90.0 * unit {
        return None;
    }
    let (mut n, mut sx, mut sy, mut sxx, mut sxy) = (0.0_f32, 0.0, 0.0, 0.0, 0.0);
    for run in group {
        let weight = (run.to - run.from) as f32;
        let x = f32::midpoint(run.from as f32, run.to as f32) - from;
        let y = run.y as f32 + 0.5;
        n += weight;
        sx += weight * x;
        sy += weight * y;
        sxx += weight * x * x + weight.powi(3) / 12.0;
        sxy += weight * x * y;
    }
    let spread = n * sxx - sx * sx;
    let slope = if spread > 1e-3 {
        (n * sxy - sx * sy) / spread
    } else {
        0.0
    };
    let thickness = n / length;
    let most = 1.3 * unit + 1.5;
    if slope.abs() > SLOPE_MAX || thickness < 0.5 || thickness > most {
        return None;
    }
    let offset = (sy - slope * sx) / n;
    let stray: f32 = group
        .iter()
        .map(|run| {
            let x = f32::midpoint(run.from as f32, run.to as f32) - from;
            (run.to - run.from) as f32 * (run.y as f32 + 0.5 - offset - slope * x).powi(2)
        })
        .sum();
    if (stray / n).sqrt() > 0.35 * unit + 0.8 {
        return None;
    }
    Some(Line {
        from,
        to,
        middle: offset + slope * length / 2.0,
        slope,
    })
}

/// The frame between two lines and how good it is: closed at its ends, of a stamp's height.
fn frame(mask: &Grid, top: &Line, bottom: &Line, unit: f32) -> Option<(Tilted, f32)> {
    if (top.slope - bottom.slope).abs() > 0.06 {
        return None;
    }
    let slope = f32::midpoint(top.slope, bottom.slope);
    // The lower line is the upper one moved down along the normal.
    let drop = bottom.middle - top.middle;
    let shift = -slope * drop;
    let from = top.from.max(bottom.from - shift);
    let to = top.to.min(bottom.to - shift);
    let longest = (top.to - top.from).max(bottom.to - bottom.from);
    let length = to - from;
    if length < 7.0 * unit || length < 0.45 * longest {
        return None;
    }
    let x = f32::midpoint(from, to);
    let height = (bottom.y(x + shift / 2.0) - top.y(x)) / (1.0 + slope * slope).sqrt();
    if height < 3.2 * unit || height > 20.0 * unit || !(1.15..9.5).contains(&(length / height)) {
        return None;
    }
    let closed = |(left, right): (f32, f32)| {
        side(mask, top, bottom, left, shift) + side(mask, top, bottom, right, shift)
    };
    let mut best = ends(top, bottom, (from, to), longest);
    let mut ink = closed(best);
    if length < 0.88 * longest {
        // A worn line is short; the sides may stand at the ends of the other one.
        let whole = (
            (top.from).min(bottom.from - shift),
            top.to.max(bottom.to - shift),
        );
        let of_whole = closed(whole);
        if of_whole > ink {
            (best, ink) = (whole, of_whole);
        }
    }
    let ((left, right), closed) = (best, ink);
    if closed < 0.55 {
        return None;
    }
    let middle = f32::midpoint(left, right);
    let width = (right - left) * (1.0 + slope * slope).sqrt();
    let tilted = Tilted {
        x: middle + shift / 2.0,
        y: f32::midpoint(top.y(middle), bottom.y(middle + shift)),
        width,
        height: height + 1.0,
        angle: slope.atan(),
    };
    Some((tilted, closed + 1.0 - (height / unit - 8.0).abs() / 10.0))
}

/// The frame under (or, with -1, above) one line with a side at each end, where text hides the line across from it.
fn hanging(mask: &Grid, line: &Line, down: f32, unit: f32) -> Option<(Tilted, f32)> {
    let length = line.to - line.from;
    if length < 14.0 * unit || length > 62.0 * unit {
        return None;
    }
    let reach = |x: f32| {
        let most = (16.0 * unit) as usize;
        let mut missing = 0;
        let step = (1..most).find(|step| {
            let far = *step as f32 * down;
            let (px, py) = (x - line.slope * far, line.y(x) + far);
            let inked = (-2..=2).any(|aside| mask.under(px + aside as f32, py) != 0);
            missing = if inked { 0 } else { missing + 1 };
            missing > 2
        });
        step.unwrap_or(most) as f32 - missing as f32
    };
    let height = reach(line.from + 1.0).min(reach(line.to - 2.0));
    if height < 5.0 * unit || height > 15.0 * unit || !(1.15..9.5).contains(&(length / height)) {
        return None;
    }
    let (middle, half) = (f32::midpoint(line.from, line.to), height / 2.0 * down);
    let tilted = Tilted {
        x: middle - line.slope * half,
        y: line.middle + half,
        width: length * (1.0 + line.slope * line.slope).sqrt(),
        height: height + 1.0,
        angle: line.slope.atan(),
    };
    Some((tilted, 1.4 - (height / unit - 8.0).abs() / 10.0))
}

/// Both lines nearly as long: their common ends are the mean of both. Otherwise the shorter decides.
fn ends(top: &Line, bottom: &Line, common: (f32, f32), longest: f32) -> (f32, f32) {
    if common.1 - common.0 > 0.88 * longest {
        let from = f32::midpoint(top.from, bottom.from).min(common.0);
        let to = f32::midpoint(top.to, bottom.to).max(common.1);
        return (from, to);
    }
    common
}

/// Part of the way from the upper to the lower line, near `x`, on which there is ink.
fn side(mask: &Grid, top: &Line, bottom: &Line, x: f32, shift: f32) -> f32 {
    let (start, end) = (top.y(x), bottom.y(x + shift));
    let steps = (end - start).max(1.0) as usize;
    let best = (-3..=3).map(|aside| {
        let inked = (0..steps).filter(|step| {
            let part = *step as f32 / steps as f32;
            let (px, py) = (
                x + shift * part + aside as f32,
                start + (end - start) * part,
            );
            mask.under(px, py) != 0
        });
        inked.count()
    });
    best.max().unwrap_or(0) as f32 / steps as f32
}
