//! Connected ink and the tilted rectangles around it.

use super::plane::Grid;

/// A tilted rectangle: middle, width along `angle`, height across it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tilted {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    /// In radians, of the width's direction against the right, growing downwards.
    pub angle: f32,
}

impl Tilted {
    /// Left top, right top, right bottom, left bottom, seen along the width.
    pub fn corners(&self) -> [(f32, f32); 4] {
        let (sin, cos) = self.angle.sin_cos();
        let (w, h) = (self.width / 2.0, self.height / 2.0);
        [(-w, -h), (w, -h), (w, h), (-w, h)]
            .map(|(u, v)| (self.x + u * cos - v * sin, self.y + u * sin + v * cos))
    }

    /// The same rectangle in pixels `by` times smaller.
    #[must_use]
    pub fn scaled(self, by: f32) -> Self {
        Self {
            x: self.x * by,
            y: self.y * by,
            width: self.width * by,
            height: self.height * by,
            angle: self.angle,
        }
    }

    /// The same rectangle with the axes of the page swapped.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            x: self.y,
            y: self.x,
            angle: std::f32::consts::FRAC_PI_2 - self.angle,
            ..self
        }
        .laid()
    }

    /// Width is the longer side, the angle within a quarter turn of the right.
    #[must_use]
    pub fn laid(mut self) -> Self {
        use std::f32::consts::{FRAC_PI_2, PI};
        if self.height > self.width {
            std::mem::swap(&mut self.width, &mut self.height);
            self.angle += FRAC_PI_2;
        }
        while self.angle > FRAC_PI_2 {
            self.angle -= PI;
        }
        while self.angle <= -FRAC_PI_2 {
            self.angle += PI;
        }
        self
    }

    /// Left, top, width and height of the upright box around it.
    pub fn bounds(&self) -> [f32; 4] {
        let corners = self.corners();
        let low = |pick: fn(&(f32, f32)) -> f32| corners.iter().map(pick).fold(f32::MAX, f32::min);
        let high = |pick: fn(&(f32, f32)) -> f32| corners.iter().map(pick).fold(f32::MIN, f32::max);
        let (left, top) = (low(|corner| corner.0), low(|corner| corner.1));
        [
            left,
            top,
            high(|corner| corner.0) - left,
            high(|corner| corner.1) - top,
        ]
    }

    /// Shared area of the upright boxes, as a part of both together.
    pub fn overlap(&self, other: &Self) -> f32 {
        let ([ax, ay, aw, ah], [bx, by, bw, bh]) = (self.bounds(), other.bounds());
        let w = (ax + aw).min(bx + bw) - ax.max(bx);
        let h = (ay + ah).min(by + bh) - ay.max(by);
        if w <= 0.0 || h <= 0.0 {
            return 0.0;
        }
        w * h / (aw * ah + bw * bh - w * h)
    }
}

/// Ink pixels `from..to` of row `y`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub y: usize,
    pub from: usize,
    pub to: usize,
}

/// Runs of ink in reading order, at most `most`. Cells of `mask` are 0 or 1.
pub(super) fn runs(mask: &Grid, most: usize) -> Vec<Run> {
    let mut found = Vec::new();
    for y in 0..mask.height {
        let row = mask.row(y);
        let mut x = 0;
        while let Some(start) = differing(row, x, 0) {
            let end = differing(row, start, 1).unwrap_or(row.len());
            found.push(Run {
                y,
                from: start,
                to: end,
            });
            x = end;
        }
        if found.len() >= most {
            break;
        }
    }
    found
}

/// The first place from `from` on whose cell is not `cell`. Long stretches are passed eight cells at a time.
fn differing(row: &[u8], from: usize, cell: u8) -> Option<usize> {
    let rest = row.get(from..)?;
    let alike = u64::from_ne_bytes([cell; 8]);
    let (eights, _) = rest.as_chunks::<8>();
    let skipped = eights
        .iter()
        .take_while(|eight| u64::from_ne_bytes(**eight) == alike)
        .count()
        * 8;
    let near = rest.get(skipped..)?.iter().position(|other| *other != cell);
    near.map(|at| from + skipped + at)
}

/// Groups runs whose gap is at most `gap_x` sideways and `gap_y` empty rows; groups keep reading order.
pub(super) fn groups(runs: &[Run], gap_x: usize, gap_y: usize) -> Vec<Vec<Run>> {
    let (spans, owners) = spans(runs, gap_x);
    let mut union = Union::new(spans.len());
    let rows: Vec<&[Run]> = spans.chunk_by(|a, b| a.y == b.y).collect();
    let mut base = 0;
    for (at, row) in rows.iter().enumerate() {
        let mut below = base + row.len();
        for next in rows.iter().skip(at + 1) {
            let (Some(a), Some(b)) = (row.first(), next.first()) else {
                break;
            };
            if b.y > a.y + gap_y + 1 {
                break;
            }
            join_row(&mut union, base, row, below, next, gap_x);
            below += next.len();
        }
        base += row.len();
    }
    let mut place = vec![usize::MAX; spans.len()];
    let mut groups: Vec<Vec<Run>> = Vec::new();
    for (run, owner) in runs.iter().zip(owners) {
        let root = union.root(owner);
        let Some(slot) = place.get_mut(root) else {
            continue;
        };
        if *slot == usize::MAX {
            *slot = groups.len();
            groups.push(Vec::new());
        }
        if let Some(group) = groups.get_mut(*slot) {
            group.push(*run);
        }
    }
    groups
}

/// Runs of one row that are near each other as one, and to which of these each run belongs. What is near one run of a
/// span is near the span, and the other way round, because no gap in a span is wider than `gap`.
fn spans(runs: &[Run], gap: usize) -> (Vec<Run>, Vec<usize>) {
    let mut spans: Vec<Run> = Vec::new();
    let mut owners = Vec::with_capacity(runs.len());
    for run in runs {
        match spans.last_mut() {
            Some(last) if last.y == run.y && run.from <= last.to + gap => last.to = run.to,
            _ => spans.push(*run),
        }
        owners.push(spans.len() - 1);
    }
    (spans, owners)
}

/// Joins the runs of two rows that come near each other; both rows are in order, so one pass does.
fn join_row(union: &mut Union, base_a: usize, a: &[Run], base_b: usize, b: &[Run], gap: usize) {
    let mut first = 0;
    for (i, run) in a.iter().enumerate() {
        while b.get(first).is_some_and(|other| other.to + gap < run.from) {
            first += 1;
        }
        let near = b.iter().enumerate().skip(first);
        for (j, _) in near.take_while(|(_, other)| other.from <= run.to + gap) {
            union.join(base_a + i, base_b + j);
        }
    }
}

/// Sets of numbers from 0 on, each named by its least.
pub(super) struct Union {
    parents: Vec<usize>,
}

impl Union {
    pub fn new(count: usize) -> Self {
        Self {
            parents: (0..count).collect(),
        }
    }

    pub fn root(&mut self, mut at: usize) -> usize {
        while let Some(parent) = self.parents.get(at).copied().filter(|parent| *parent != at) {
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(slot) = self.parents.get_mut(at) {
                *slot = above;
            }
            at = above;
        }
        at
    }

    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(slot) = self.parents.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    }
}

/// The smallest tilted rectangle around the runs.
pub(super) fn around(runs: &[Run]) -> Option<Tilted> {
    let hull = hull(runs);
    let mut best: Option<Tilted> = None;
    for (a, b) in hull.iter().zip(hull.iter().cycle().skip(1)) {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = dx.hypot(dy);
        if length < 1e-3 {
            continue;
        }
        let (cos, sin) = (dx / length, dy / length);
        let mut u = (f32::MAX, f32::MIN);
        let mut v = (f32::MAX, f32::MIN);
        for (x, y) in &hull {
            let (along, across) = (x * cos + y * sin, y * cos - x * sin);
            u = (u.0.min(along), u.1.max(along));
            v = (v.0.min(across), v.1.max(across));
        }
        let (width, height) = (u.1 - u.0, v.1 - v.0);
        let smaller = best.is_none_or(|best| width * height < best.width * best.height);
        if smaller {
            let (mu, mv) = (f32::midpoint(u.0, u.1), f32::midpoint(v.0, v.1));
            best = Some(Tilted {
                x: mu * cos - mv * sin,
                y: mu * sin + mv * cos,
                width,
                height,
                angle: sin.atan2(cos),
            });
        }
    }
    best.map(Tilted::laid)
}

/// Convex hull of the runs, by Andrew's monotone chain; of each row only the outer ends can lie on it.
fn hull(runs: &[Run]) -> Vec<(f32, f32)> {
    let mut points: Vec<(i64, i64)> = Vec::new();
    for row in runs.chunk_by(|a, b| a.y == b.y) {
        let from = row.iter().map(|run| run.from).min().unwrap_or_default() as i64;
        let to = row.iter().map(|run| run.to).max().unwrap_or_default() as i64;
        let y = row.first().map_or(0, |run| run.y) as i64;
        points.extend([(from, y), (to, y), (from, y + 1), (to, y + 1)]);
    }
    points.sort_unstable();
    points.dedup();
    let lower = chain(points.iter().copied());
    let upper = chain(points.iter().rev().copied());
    lower
        .iter()
        .take(lower.len().saturating_sub(1))
        .chain(upper.iter().take(upper.len().saturating_sub(1)))
        .map(|(x, y)| (*x as f32, *y as f32))
        .collect()
}

fn chain(points: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, i64)> {
    let mut out: Vec<(i64, i64)> = Vec::new();
    for point in points {
        while let [.., a, b] = out.as_slice() {
            let turn = (b.0 - a.0) * (point.1 - a.1) - (b.1 - a.1) * (point.0 - a.0);
            if turn > 0 {
                break;
            }
            out.pop();
        }
        out.push(point);
    }
    out
}
