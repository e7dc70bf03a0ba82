//! Marks the cascade on drawn pages, by variant, with Wilson's 95 % intervals.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Instant;

use scan::images::first_page;
use scan::stamps::{Class, Seen, Thresholds, Tier, Weights, examine, judge};

use crate::page::Variant;
use crate::samples::Sample;

/// What the networks saw on a page, and how long it took.
pub struct Answer {
    pub seen: Vec<Seen>,
    pub decode_ms: f64,
    pub find_ms: f64,
}

pub fn answer(sample: &Sample, weights: &Weights, gate: f32) -> anyhow::Result<Answer> {
    let begun = processor_ms();
    let bitmap = first_page(&sample.file, &scan::Limits::default())
        .map_err(|reason| anyhow::anyhow!("{reason:?}"))?;
    let decoded = processor_ms();
    let seen = examine(&bitmap, None, weights, gate);
    Ok(Answer {
        seen,
        decode_ms: decoded - begun,
        find_ms: processor_ms() - decoded,
    })
}

/// Milliseconds that this thread has run, as Linux counts them, so that other programs on the machine do not count;
/// elsewhere the time of the clock.
fn processor_ms() -> f64 {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = told.and_then(|told| told.split_whitespace().next()?.parse::<f64>().ok());
    ran.map_or_else(|| BEGUN.elapsed().as_secs_f64() * 1e3, |ran| ran / 1e6)
}

/// What the page is said to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Said {
    Marked(Class),
    Review,
    Nothing,
}

impl Said {
    /// A stamped page is marked with its level, of another nothing is said.
    pub fn is_right(self, level: Option<Class>) -> bool {
        self == level.map_or(Self::Nothing, Self::Marked)
    }
}

/// On a stamped page only what lies on its stamp counts.
pub fn said(seen: &[Seen], middle: Option<(f32, f32)>, thresholds: &Thresholds) -> Said {
    let sightings = judge(seen, thresholds, &mut |_, _| None);
    let levels = sightings.iter().filter(|sighting| {
        let [left, top, width, height] = sighting.bbox_px;
        let holds = |(x, y): (f32, f32)| {
            (left..left + width).contains(&x) && (top..top + height).contains(&y)
        };
        sighting.class.level().is_some() && middle.is_none_or(holds)
    });
    let marked = levels
        .clone()
        .filter(|sighting| sighting.tier == Tier::Confirmed)
        .max_by_key(|sighting| sighting.class);
    match marked {
        Some(sighting) => Said::Marked(sighting.class),
        None if levels.count() > 0 => Said::Review,
        None => Said::Nothing,
    }
}

/// Counts of one group of pages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub pages: usize,
    pub marked: usize,
    pub review: usize,
    pub level_right: usize,
}

impl Tally {
    pub fn add(&mut self, said: Said, level: Option<Class>) {
        self.pages += 1;
        match said {
            Said::Marked(class) => {
                self.marked += 1;
                self.level_right += usize::from(level == Some(class));
            }
            Said::Review => self.review += 1,
            Said::Nothing => {}
        }
    }
}

/// Lower and upper end of Wilson's interval of `hits` in `all`, in percent.
pub fn wilson(hits: usize, all: usize) -> (f64, f64) {
    if all == 0 {
        return (0.0, 100.0);
    }
    let (n, p, z) = (all as f64, hits as f64 / all as f64, 1.96_f64);
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    (100.0 * (middle - half), 100.0 * (middle + half))
}

pub fn ratio(hits: usize, all: usize) -> String {
    let (low, high) = wilson(hits, all);
    format!(
        "{hits}/{all} ({:.1} %, {low:.1}-{high:.1})",
        100.0 * hits as f64 / all.max(1) as f64
    )
}

/// The table of a test, as Markdown.
pub fn table(answers: &[(Variant, Option<Class>, Said)]) -> String {
    let mut tallies: BTreeMap<Variant, Tally> = BTreeMap::new();
    let (mut stamped, mut others) = (Tally::default(), Tally::default());
    for (variant, level, said) in answers {
        tallies.entry(*variant).or_default().add(*said, *level);
        let sum = if level.is_some() {
            &mut stamped
        } else {
            &mut others
        };
        sum.add(*said, *level);
    }
    let mut out = String::from(
        "| variant | marked | marked or review | level right of marked |\n|---|---|---|---|\n",
    );
    let row = |name: &str, tally: &Tally| {
        let either = ratio(tally.marked + tally.review, tally.pages);
        let level = if tally.level_right > 0 {
            ratio(tally.level_right, tally.marked)
        } else {
            "-".to_owned()
        };
        format!(
            "| {name} | {} | {either} | {level} |\n",
            ratio(tally.marked, tally.pages)
        )
    };
    for (variant, tally) in &tallies {
        out.push_str(&row(variant.name(), tally));
    }
    out.push_str(&row("**all stamped**", &stamped));
    out.push_str(&row("**all without a level stamp**", &others));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_gives_the_published_interval() {
        let (low, high) = wilson(96, 100);
        assert!(
            (low - 90.2).abs() < 0.1 && (high - 98.4).abs() < 0.1,
            "{low} {high}"
        );
        assert_eq!(wilson(0, 0), (0.0, 100.0));
    }
}
