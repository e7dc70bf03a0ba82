//! Judging findings, and taking confirmed leaks down.

use domain::Fact;
use domain::access::Action;
use domain::watch::review::{self, State};
use domain::watch::takedown::{self, Leak, Step, Taken};
use law::{Finding, LegalDate};
use store::cases::HandOverRow;
use store::findings::{FindingQuery, FindingRow, ObjectRow, Review, TakedownRow};
use store::watch::{RunRow, SourceRow};

use crate::{Act, App, AppError, Who, clock};

/// What a judgement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This finding.
    One,
    /// This finding, and all of the same file that nobody judged yet.
    Object,
}

/// A step on the page of a leak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    pub step: Step,
    pub taken: Option<TakedownRow>,
    /// The house's target, as stored.
    pub due_at: String,
    /// Taken after its target, or not taken and past it.
    pub late: bool,
}

/// A finding with all that a person needs to judge it.
#[derive(Debug, Clone)]
pub struct FindingPage {
    pub finding: FindingRow,
    pub object: ObjectRow,
    pub source: SourceRow,
    /// All findings of the same file, this one too.
    pub siblings: Vec<FindingRow>,
    /// Steps of taking down; empty while nobody confirmed the leak.
    pub steps: Vec<StepView>,
    pub hand_overs: Vec<HandOverRow>,
    /// What the law says of reporting a leak found on that day.
    pub duty: Finding<law::Notice>,
    /// The newest finished look at the whole source.
    pub last_look: Option<RunRow>,
}

impl App {
    /// One page of findings and how many there are, counted to 1,000.
    pub async fn watch_findings(
        &self,
        who: &Who,
        query: &FindingQuery,
    ) -> Result<(Vec<FindingRow>, i64), AppError> {
        who.require(Action::ReadWatch)?;
        Ok(self.db.watch_findings(who.actor.unit, query).await?)
    }

    /// One page of what was seen; source 0 and an empty verdict choose nothing.
    pub async fn watch_objects(
        &self,
        who: &Who,
        source: i64,
        verdict: &str,
        page: i64,
    ) -> Result<Vec<ObjectRow>, AppError> {
        who.require(Action::ReadWatch)?;
        let unit = who.actor.unit;
        Ok(self.db.watch_objects(unit, source, verdict, page).await?)
    }

    /// Confirmed leaks that are not gone yet, oldest first, each with its steps.
    pub async fn watch_leaks(
        &self,
        who: &Who,
        page: i64,
    ) -> Result<Vec<(ObjectRow, i64, Vec<StepView>)>, AppError> {
        who.require(Action::ReadWatch)?;
        let mut leaks = Vec::new();
        for object in self.db.watch_leaks(who.actor.unit, page).await? {
            let steps = self.steps(&object).await?;
            let findings = self.db.watch_findings_of(object.id).await?;
            let first = findings.first().map_or(0, |finding| finding.id);
            leaks.push((object, first, steps));
        }
        Ok(leaks)
    }

    /// A finding of one's own unit.
    pub async fn watch_finding(&self, who: &Who, id: i64) -> Result<FindingPage, AppError> {
        who.require(Action::ReadWatch)?;
        let finding = self
            .db
            .watch_finding(id, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        let object = self.db.watch_object(finding.object_id).await?;
        let object = object.ok_or(AppError::Absent)?;
        let source = self.db.watch_source(finding.source_id).await?;
        let found = LegalDate::parse(&finding.found_on).map_err(|_| AppError::Clock)?;
        Ok(FindingPage {
            siblings: self.db.watch_findings_of(object.id).await?,
            steps: self.steps(&object).await?,
            hand_overs: self.db.hand_overs_of(object.id).await?,
            duty: takedown::report_duty(self.law, found),
            last_look: self.db.watch_last_look(finding.source_id).await?,
            source: source.ok_or(AppError::Absent)?,
            finding,
            object,
        })
    }

    async fn steps(&self, object: &ObjectRow) -> Result<Vec<StepView>, AppError> {
        let Some(confirmed) = &object.confirmed_at else {
            return Ok(Vec::new());
        };
        let since: jiff::Timestamp = confirmed.parse().map_err(|_| AppError::Clock)?;
        let now = clock::instant(self.clock.now());
        let taken = self.db.watch_takedown(object.id).await?;
        Step::ALL
            .into_iter()
            .map(|step| {
                let due_at = clock::later(since, step.target_hours() * 60)?;
                let taken = taken.iter().find(|row| row.step == step.code()).cloned();
                let done = taken.as_ref().map_or(now.as_str(), |row| &row.done_at);
                Ok(StepView {
                    step,
                    late: done > due_at.as_str(),
                    taken,
                    due_at,
                })
            })
            .collect()
    }

    /// Judges a finding. "True" starts the clock of its file.
    ///
    /// # Errors
    /// `WATCH-10` to `WATCH-13`; stale when somebody judged it meanwhile.
    pub async fn review_watch_finding(
        &self,
        who: &Who,
        request: Option<&str>,
        (id, version): (i64, i64),
        said: &review::Said,
        scope: Scope,
    ) -> Result<(), AppError> {
        who.require(Action::WriteWatch)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        let found = act.tx.watch_finding(id, who.actor.unit).await?;
        let found = found.ok_or(AppError::Absent)?;
        let steps = act.tx.watch_takedown(found.object_id).await?.len();
        let siblings = act.tx.watch_findings_of(found.object_id).await?;
        let state = State::parse(&found.state).unwrap_or(State::New);
        let judged = review::judge(act.today, state, steps, said)?;
        let review = Review {
            state: judged.state.code().to_owned(),
            reason: judged.reason,
            decision_number: judged.decision_number,
            decision_date: judged.decision_date.map(|date| date.to_string()),
            account_id: who.actor.account,
            at: act.now.clone(),
        };
        if !act.tx.review_watch_finding(id, version, &review).await? {
            return Err(AppError::Stale);
        }
        record(&mut act, id, &review);
        let mut others_true = false;
        for other in siblings.iter().filter(|other| other.id != id) {
            if scope == Scope::Object && other.state == State::New.code() {
                act.tx
                    .review_watch_finding(other.id, other.version, &review)
                    .await?;
                record(&mut act, other.id, &review);
            } else {
                others_true |= other.state == State::True.code();
            }
        }
        let now = act.now.clone();
        if judged.state == State::True {
            act.tx.confirm_watch_object(found.object_id, &now).await?;
        } else if !others_true {
            act.tx.clear_watch_object(found.object_id).await?;
        }
        act.finish("judged").await
    }

    /// Takes a step against a confirmed leak. `said.at` is an instant as stored.
    ///
    /// # Errors
    /// `WATCH-14` to `WATCH-19`, `WATCH-29`.
    pub async fn take_watch_step(
        &self,
        who: &Who,
        request: Option<&str>,
        object: i64,
        said: &takedown::Said,
    ) -> Result<(), AppError> {
        who.require(Action::WriteWatch)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        let row = act.tx.watch_object(object).await?;
        let row = row
            .filter(|row| row.unit_id == who.actor.unit)
            .ok_or(AppError::Absent)?;
        let look = act.tx.watch_last_look(row.source_id).await?;
        let leak = Leak {
            confirmed_at: row.confirmed_at.clone(),
            taken: taken(&act.tx.watch_takedown(object).await?),
            seen_then: look.as_ref().map(|look| row.last_run >= look.id),
            last_look: look.and_then(|look| look.started_at),
        };
        let done = takedown::take(&act.now, &leak, said)?;
        let step = TakedownRow {
            object_id: object,
            step: done.step.code().to_owned(),
            outcome: done.outcome.to_owned(),
            done_at: done.at.clone(),
            note: done.note,
            account_id: who.actor.account,
            created_at: act.now.clone(),
            account_name: String::new(),
        };
        if !act.tx.add_watch_takedown(&step).await? {
            return Err(AppError::Stale);
        }
        if done.gone {
            act.tx.gone_watch_object(object, &done.at).await?;
        }
        act.record_text(
            format!("watch-object:{object}"),
            Fact::new("watch.takedown")
                .with("step", &step.step)
                .with("outcome", &step.outcome)
                .with("at", &step.done_at),
            step.note,
        );
        act.finish("taken").await
    }
}

fn taken(rows: &[TakedownRow]) -> Vec<Taken> {
    rows.iter()
        .filter_map(|row| {
            Some(Taken {
                step: Step::parse(&row.step)?,
                at: row.done_at.clone(),
            })
        })
        .collect()
}

fn record(act: &mut Act<'_>, finding: i64, review: &Review) {
    let mut fact = Fact::new("watch.reviewed").with("state", &review.state);
    if !review.decision_number.is_empty() {
        fact = fact.with("decision", &review.decision_number);
    }
    act.record_text(
        format!("watch-finding:{finding}"),
        fact,
        review.reason.clone(),
    );
}
