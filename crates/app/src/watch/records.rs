//! What a run saw: each file once, unchanged ones unread, findings with their judgements kept.

use std::collections::BTreeMap;

use domain::watch::report::{self, Report};
use domain::{Fact, Refusal};
use store::findings::{FindingRow, ObjectRow};
use store::watch::{RunCounts, RunRow};

use super::key;
use super::runs::bounded;
use crate::{Act, App, AppError};

/// A file as it lies there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub address: String,
    pub sha256: String,
}

/// What a batch of reports came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recorded {
    pub marked: i64,
    pub clean: i64,
    pub incomplete: i64,
    /// Reported before in the same run.
    pub twice: i64,
    /// Findings that nobody has seen yet.
    pub new_findings: i64,
    /// Leaks that were gone and are there again.
    pub came_back: i64,
}

/// Which of these files have to be read. The others were read by the same rules with the same
/// content; they and their members are noted as seen.
///
/// # Errors
/// [`AppError::Absent`] for no such run; `WATCH-09` when it has ended.
pub async fn unread(app: &App, run: i64, files: &[Seen]) -> Result<Vec<bool>, AppError> {
    bounded(files.len())?;
    let row = app.db.watch_run(run).await?.ok_or(AppError::Absent)?;
    let who = app.on_behalf(row.asked_by).await?;
    let Ok(mut act) = app.begin(&who, None).await? else {
        return Err(AppError::Stale);
    };
    let mut answers = Vec::with_capacity(files.len());
    let mut counts = RunCounts::default();
    let mut back = 0;
    for file in files {
        let met = act
            .tx
            .watch_file_met(
                row.source_id,
                &key(&[&file.address]),
                &file.sha256,
                &row.rules,
            )
            .await?;
        let now = act.now.clone();
        let mut first = false;
        for one in &met {
            first |= act.tx.same_watch_object(one.id, run, &now).await?;
            if one.gone_at.is_some() {
                act.tx.reopen_watch_object(one.id).await?;
                came_back(&mut act, one.id);
                back += 1;
            }
        }
        counts.same += i64::from(first);
        answers.push(met.is_empty());
    }
    if !act.tx.count_watch_run(run, counts).await? {
        return Err(Refusal::new("WATCH-09").into());
    }
    if counts.same > 0 || back > 0 {
        act.record(
            format!("watch-run:{run}"),
            Fact::new("watch.unchanged").with("files", counts.same),
        );
    }
    act.finish("").await?;
    Ok(answers)
}

/// Takes what was read of some files, all of them or nothing. A file that the same run reported
/// before is left as it is.
///
/// # Errors
/// [`AppError::Absent`] for no such run; `WATCH-07`, `WATCH-08` for a report that is not as the
/// contract says; `WATCH-09` when the run has ended.
pub async fn record_reports(
    app: &App,
    run: i64,
    reports: Vec<Report>,
) -> Result<Recorded, AppError> {
    bounded(reports.len())?;
    let row = app.db.watch_run(run).await?.ok_or(AppError::Absent)?;
    let who = app.on_behalf(row.asked_by).await?;
    let Ok(mut act) = app.begin(&who, None).await? else {
        return Err(AppError::Stale);
    };
    // Its rules may have been set by another worker since.
    let row = act.tx.watch_run(run).await?.ok_or(AppError::Absent)?;
    let recorded = write(&mut act, &row, &reports).await?;
    act.finish("").await?;
    Ok(recorded)
}

/// Writes reports inside an act, with one event for all.
pub(super) async fn write(
    act: &mut Act<'_>,
    run: &RunRow,
    reports: &[Report],
) -> Result<Recorded, AppError> {
    for (at, one) in reports.iter().enumerate() {
        report::check(at + 1, one)?;
    }
    let outermost: BTreeMap<&str, &str> = reports
        .iter()
        .filter(|one| one.member.is_none())
        .map(|one| (one.path.as_str(), one.sha256.as_str()))
        .collect();
    let mut recorded = Recorded::default();
    let mut text = String::new();
    for one in reports {
        let file_sha256 = match outermost.get(one.path.as_str()) {
            Some(sha256) => (*sha256).to_owned(),
            None => act
                .tx
                .watch_file_sha(run.source_id, &key(&[&one.path]))
                .await?
                .unwrap_or_else(|| one.sha256.clone()),
        };
        let seen = row(act, run, one, file_sha256);
        let Some(id) = see(act, &seen, &mut recorded).await? else {
            recorded.twice += 1;
            continue;
        };
        match one.verdict.as_str() {
            "marked" => recorded.marked += 1,
            "clean" => recorded.clean += 1,
            _ => recorded.incomplete += 1,
        }
        for marking in &one.findings {
            let new = finding(act, run, id, marking);
            recorded.new_findings += i64::from(act.tx.add_watch_finding(&new).await?);
        }
        text.push_str(&format!("{} {}\n", one.sha256, one.verdict));
    }
    let counts = RunCounts {
        same: 0,
        marked: recorded.marked,
        clean: recorded.clean,
        incomplete: recorded.incomplete,
    };
    if !act.tx.count_watch_run(run.id, counts).await? {
        return Err(Refusal::new("WATCH-09").into());
    }
    act.record_text(
        format!("watch-run:{}", run.id),
        Fact::new("watch.recorded")
            .with("marked", recorded.marked)
            .with("clean", recorded.clean)
            .with("incomplete", recorded.incomplete)
            .with("new", recorded.new_findings),
        text,
    );
    Ok(recorded)
}

/// Notes an object; `None` when this run noted it before.
async fn see(
    act: &mut Act<'_>,
    seen: &ObjectRow,
    recorded: &mut Recorded,
) -> Result<Option<i64>, AppError> {
    if let Some(id) = act.tx.add_watch_object(seen).await? {
        return Ok(Some(id));
    }
    let met = act
        .tx
        .watch_object_met(seen.source_id, &seen.address_key, &seen.sha256)
        .await?
        .ok_or(AppError::Stale)?;
    if !act.tx.see_watch_object(met.id, seen).await? {
        return Ok(None);
    }
    if met.gone_at.is_some() {
        act.tx.reopen_watch_object(met.id).await?;
        came_back(act, met.id);
        recorded.came_back += 1;
    }
    Ok(Some(met.id))
}

fn came_back(act: &mut Act<'_>, object: i64) {
    act.record(
        format!("watch-object:{object}"),
        Fact::new("watch.came-back"),
    );
}

fn row(act: &Act<'_>, run: &RunRow, one: &Report, file_sha256: String) -> ObjectRow {
    let member = one.member.clone().unwrap_or_default();
    ObjectRow {
        source_id: run.source_id,
        file_key: key(&[&one.path]),
        address_key: key(&[&one.path, &member]),
        address: one.path.clone(),
        member,
        sha256: one.sha256.clone(),
        file_sha256,
        bytes: one.bytes,
        kind: one.kind.clone(),
        verdict: one.verdict.clone(),
        level: one.level.clone(),
        unread: one.unread_lines(),
        rules: run.rules.clone(),
        last_run: run.id,
        last_seen: act.now.clone(),
        ..ObjectRow::default()
    }
}

/// A file that kills whoever reads it: seen, not read, and its content not known.
pub(super) fn unreadable(run: &RunRow, address: &str, at: &str) -> ObjectRow {
    ObjectRow {
        source_id: run.source_id,
        file_key: key(&[address]),
        address_key: key(&[address, ""]),
        address: address.to_owned(),
        kind: "unknown".to_owned(),
        verdict: "incomplete".to_owned(),
        unread: "crash\t".to_owned(),
        // No rules read it, so the next run tries again.
        rules: String::new(),
        last_run: run.id,
        last_seen: at.to_owned(),
        ..ObjectRow::default()
    }
}

/// Notes such a file in its run.
pub(super) async fn unread_file(
    act: &mut Act<'_>,
    run: &RunRow,
    seen: &ObjectRow,
) -> Result<(), AppError> {
    let mut recorded = Recorded::default();
    if see(act, seen, &mut recorded).await?.is_none() {
        return Ok(());
    }
    let one = RunCounts {
        incomplete: 1,
        ..RunCounts::default()
    };
    act.tx.count_watch_run(run.id, one).await?;
    act.record(
        format!("watch-run:{}", run.id),
        Fact::new("watch.unreadable"),
    );
    Ok(())
}

fn finding(act: &Act<'_>, run: &RunRow, object: i64, one: &report::Marking) -> FindingRow {
    FindingRow {
        unit_id: run.unit_id,
        source_id: run.source_id,
        object_id: object,
        mark: one.mark(),
        rule: one.rule.clone(),
        level: one.level.clone(),
        page: one.page,
        bbox: one.bbox(),
        how: one.how.clone(),
        permille: one.permille(),
        excerpt: one.excerpt.clone(),
        found_at: act.now.clone(),
        found_on: act.today.to_string(),
        last_run: run.id,
        ..FindingRow::default()
    }
}
