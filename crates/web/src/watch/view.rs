//! Words and pictures that several screens of the watch share.

use app::rows::FindingRow;
use app::watch::Month;

use crate::i18n::{T, missing_keys};

/// A share of 1000 as percent.
pub fn percent(permille: &i64) -> String {
    format!("{} %", permille / 10)
}

/// Where in the file: page and box.
pub fn place(t: T, finding: &FindingRow) -> String {
    let mut parts = Vec::new();
    if let Some(page) = finding.page {
        parts.push(t.a("watch-page-n", "n", page));
    }
    if !finding.bbox.is_empty() {
        let sides = finding.bbox.replace(' ', " × ");
        parts.push(t.a("watch-box", "box", sides));
    }
    parts.join(", ")
}

/// A marker rule in words; a rule without words shows its name.
pub fn rule(t: T, rule: &str) -> String {
    let key = format!("watch-rule-{}", rule.replace(['.', '_'], "-"));
    if missing_keys(t.language(), [key.as_str()]).is_empty() {
        t.s(key)
    } else {
        rule.to_owned()
    }
}

/// A level in words, or a dash.
pub fn level(level: &Option<String>) -> &'static str {
    level.as_deref().map_or("–", crate::shell::level)
}

/// Why parts were not read, one sentence each.
pub fn unread(t: T, lines: &str) -> Vec<String> {
    lines
        .lines()
        .map(|line| {
            let (reason, place) = line.split_once('\t').unwrap_or((line, ""));
            let words = t.s(format!("watch-unread-{}", reason.replace('_', "-")));
            if place.is_empty() {
                words
            } else {
                format!("{words}: {place}")
            }
        })
        .collect()
}

/// One bar of a chart, in its own coordinates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub x: i64,
    pub y: i64,
    pub height: i64,
    pub class: &'static str,
    pub title: String,
}

/// One month under the bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    pub x: i64,
    pub label: String,
}

/// Stacked bars by month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    pub bars: Vec<Bar>,
    pub ticks: Vec<Tick>,
    /// The largest sum of a month.
    pub top: i64,
}

/// Height of the bars and width of a month, in the chart's coordinates.
const HEIGHT: i64 = 140;
const MONTH: i64 = 50;
const MARGIN: i64 = 40;

/// Draws values by month: parts of one month stand on each other.
pub fn chart(
    months: &[Month],
    parts: &[(&'static str, String)],
    of: fn(&Month) -> Vec<i64>,
) -> Chart {
    let top = months
        .iter()
        .map(|month| of(month).iter().sum::<i64>())
        .max()
        .unwrap_or(0);
    let mut chart = Chart {
        top,
        ..Chart::default()
    };
    for (at, month) in months.iter().enumerate() {
        let x = MARGIN + MONTH * i64::try_from(at).unwrap_or(0);
        let mut y = HEIGHT + 10;
        for (value, (class, label)) in of(month).into_iter().zip(parts) {
            if value <= 0 {
                continue;
            }
            // A single one among thousands is still seen.
            let height = (value * HEIGHT / top.max(1)).max(2);
            y -= height;
            chart.bars.push(Bar {
                x,
                y,
                height,
                class,
                title: format!("{}: {label} {value}", short(&month.month)),
            });
        }
        chart.ticks.push(Tick {
            x: x + 15,
            label: short(&month.month),
        });
    }
    chart
}

/// `2026-02` → `02/2026`.
pub fn short(month: &str) -> String {
    month.split_once('-').map_or_else(
        || month.to_owned(),
        |(year, month)| format!("{month}/{year}"),
    )
}
