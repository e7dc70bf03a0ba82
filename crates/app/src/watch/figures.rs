//! Figures of the watch: months for the charts, and a summary that holds counts only, so that it
//! may be shown to anybody.

use std::collections::BTreeMap;

use domain::access::Action;
use law::LegalDate;
use print::record::{Layout, RecordForm, Section, Signer, place_date};
use store::watch::RunMonth;

use crate::papers::{PDF, Paper, blocking};
use crate::{App, AppError, Who, limits};

/// A month of the watch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Month {
    /// `2026-02`.
    pub month: String,
    /// Findings of the month by their state now: new, true, false, declassified.
    pub findings: [i64; 4],
    pub runs: RunMonth,
}

/// Counts between two days, both included. No name, no address, no level of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub from: String,
    pub to: String,
    /// Kind of source and how many are watched now.
    pub sources: Vec<(String, i64)>,
    pub runs: i64,
    /// Read, or unchanged since they were read.
    pub files: i64,
    pub incomplete: i64,
    /// Findings by state: new, true, false, declassified.
    pub findings: [i64; 4],
    /// Files that a person confirmed as leaks, and how many of them are gone.
    pub confirmed: i64,
    pub gone: i64,
    pub handed_over: i64,
}

/// The words of the printed summary.
#[derive(Debug, Clone)]
pub struct SummaryWords {
    pub title: String,
    pub subtitle: String,
    /// Heading of the counts.
    pub heading: String,
    /// Label and count.
    pub rows: Vec<(String, String)>,
    /// What the figures do not say.
    pub remark: String,
    /// Who signs left and right.
    pub signers: [String; 2],
}

impl App {
    /// The last twelve months, oldest first; months without anything are there too.
    pub async fn watch_trends(&self, who: &Who) -> Result<Vec<Month>, AppError> {
        who.require(Action::ReadWatch)?;
        let months = last_months(self.today()?);
        let (Some(first), Some(last)) = (months.first(), months.last()) else {
            return Ok(Vec::new());
        };
        let (from, to) = (format!("{first}-01"), format!("{last}-31"));
        let unit = who.actor.unit;
        let found = self.db.watch_finding_months(unit, &from, &to).await?;
        let runs = self.db.watch_run_months(unit, &from, &to).await?;
        let mut by_month: BTreeMap<String, Month> = BTreeMap::new();
        for month in months {
            let empty = Month {
                month: month.clone(),
                ..Month::default()
            };
            by_month.insert(month, empty);
        }
        for (month, state, n) in found {
            if let Some(slot) = by_month.get_mut(&month).and_then(|one| one.slot(&state)) {
                *slot += n;
            }
        }
        for one in runs {
            if let Some(month) = by_month.get_mut(&one.month) {
                month.runs = one;
            }
        }
        Ok(by_month.into_values().collect())
    }

    /// Counts between two days.
    ///
    /// # Errors
    /// `WATCH-16` when the first day is after the last.
    pub async fn watch_summary(
        &self,
        who: &Who,
        from: LegalDate,
        to: LegalDate,
    ) -> Result<Summary, AppError> {
        who.require(Action::ReadWatch)?;
        if from > to {
            return Err(domain::Refusal::new("WATCH-16").on("from").into());
        }
        let unit = who.actor.unit;
        let (first, last) = (from.to_string(), to.to_string());
        let (since, until) = instants(from, to)?;
        let mut summary = Summary {
            sources: self.db.watch_source_figures(unit).await?,
            from: first.clone(),
            to: last.clone(),
            ..Summary::default()
        };
        let mut month = Month::default();
        for (_, state, n) in self.db.watch_finding_months(unit, &first, &last).await? {
            if let Some(slot) = month.slot(&state) {
                *slot += n;
            }
        }
        summary.findings = month.findings;
        for one in self.db.watch_run_months(unit, &first, &last).await? {
            summary.runs += one.runs;
            summary.files += one.same + one.marked + one.clean + one.incomplete;
            summary.incomplete += one.incomplete;
        }
        (summary.confirmed, summary.gone) =
            self.db.watch_leak_figures(unit, &since, &until).await?;
        summary.handed_over = self.db.hand_overs_count(unit, &since, &until).await?;
        Ok(summary)
    }

    /// The summary as PDF.
    ///
    /// # Errors
    /// Those of the typesetter.
    pub async fn watch_summary_pdf(
        &self,
        who: &Who,
        words: SummaryWords,
    ) -> Result<Paper, AppError> {
        who.require(Action::ReadWatch)?;
        let place = Some(who.unit.place.as_str()).filter(|place| !place.is_empty());
        let form = RecordForm {
            layout: Layout::State,
            parent_body: who.unit.parent_name.clone(),
            body: who.unit.name.clone(),
            number: String::new(),
            place_date: place_date(place, Some(self.today()?)),
            level_stamp: None,
            title: words.title,
            subtitle: words.subtitle,
            form_mark: None,
            bases: Vec::new(),
            sections: vec![
                Section::Rows {
                    heading: words.heading,
                    rows: words.rows,
                },
                Section::Text {
                    heading: String::new(),
                    paragraphs: vec![words.remark],
                },
            ],
            recipients: Vec::new(),
            signers: words
                .signers
                .into_iter()
                .map(|role| Signer {
                    role,
                    name: String::new(),
                })
                .collect(),
            proof: None,
        };
        let bytes = blocking(move || print::record::pdf(&form)).await??;
        Ok(Paper {
            file_name: "tong-hop-giam-sat.pdf".to_owned(),
            media_type: PDF,
            bytes,
        })
    }
}

impl Month {
    fn slot(&mut self, state: &str) -> Option<&mut i64> {
        let place = domain::watch::review::State::ALL
            .iter()
            .position(|one| one.code() == state)?;
        self.findings.get_mut(place)
    }
}

/// The months up to a day, oldest first.
fn last_months(today: LegalDate) -> Vec<String> {
    let months = i32::from(today.year()) * 12 + i32::from(today.month()) - 1;
    (0..limits::TREND_MONTHS)
        .rev()
        .map(|back| months - back)
        .map(|month| {
            format!(
                "{:04}-{:02}",
                month.div_euclid(12),
                month.rem_euclid(12) + 1
            )
        })
        .collect()
}

/// The first instant of a day in Vietnam, and the first after another.
fn instants(from: LegalDate, to: LegalDate) -> Result<(String, String), AppError> {
    let before = |day: LegalDate| -> Result<String, AppError> {
        let eve = day.plus_days(-1).map_err(|_| AppError::Clock)?;
        Ok(format!("{eve}T17:00:00.000000Z"))
    };
    let after = to.plus_days(1).map_err(|_| AppError::Clock)?;
    Ok((before(from)?, before(after)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_months_end_with_this_one() {
        let months = last_months(LegalDate::new(2026, 2, 20).unwrap());
        assert_eq!(months.len(), 12);
        assert_eq!(
            (months[0].as_str(), months[11].as_str()),
            ("2025-03", "2026-02")
        );
    }

    #[test]
    fn a_day_begins_at_seventeen_hours_utc_of_the_day_before() {
        let day = LegalDate::new(2026, 3, 1).unwrap();
        let (from, to) = instants(day, day).unwrap();
        assert_eq!(from, "2026-02-28T17:00:00.000000Z");
        assert_eq!(to, "2026-03-01T17:00:00.000000Z");
    }
}
