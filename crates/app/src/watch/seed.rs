//! A fictional watch to look at: three sources with runs of several months, findings in every
//! state, one leak taken down and one handed over. Everything goes through the use cases.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::watch::report::{Marking, Report, Unread};
use domain::watch::source::Draft;
use domain::watch::takedown::Step;
use domain::watch::{review, takedown};

use super::key;
use super::runs::{Ended, begin_run, end_run, set_total};
use super::{HandOverFile, Scope, record_reports};
use crate::{App, AppError, Clock, Who, clock, jobs};

/// Days before today on which the portal is looked at; the last one is today.
const LOOKS: [i64; 6] = [150, 120, 90, 60, 30, 0];
const RULES: &str = "mau-1";
const WORKER: &str = "may-mau";
const PORTAL: &str = "https://cong.tinhmau.example";

/// What was made.
#[derive(Debug, Clone)]
pub struct Seeded {
    /// Sources: portal, shared folder, upload form.
    pub sources: [i64; 3],
    /// The file that hands a leak over to the unit of [`Owner`].
    pub file: HandOverFile,
}

/// The unit that owns the portal.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    pub code: &'a str,
    pub name: &'a str,
}

struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0.load(Ordering::Relaxed))
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

struct Walk {
    app: App,
    clock: Arc<SetClock>,
    now: i64,
}

impl Walk {
    fn days_ago(&self, days: i64, hours: i64) {
        let at = self.now - days * 86_400 + hours.min(days * 24) * 3_600;
        self.clock.0.store(at, Ordering::Relaxed);
    }
}

/// Makes the watch as this person, who must be a watch officer.
///
/// # Errors
/// Those of the use cases.
pub async fn make(app: &App, who: &Who, owner: Owner<'_>) -> Result<Seeded, AppError> {
    let now = app.clock.now().as_second();
    let clock = Arc::new(SetClock(AtomicI64::new(now)));
    let walk = Walk {
        app: App {
            clock: clock.clone(),
            ..app.clone()
        },
        clock,
        now,
    };
    walk.days_ago(151, 0);
    let sources = sources(&walk.app, who, owner).await?;
    for (look, days) in LOOKS.into_iter().enumerate() {
        walk.days_ago(days, 0);
        let [portal, folder, _] = sources;
        let reports = portal_reports(look);
        self::look(&walk.app, who, portal, reports).await?;
        if look % 2 == 0 {
            self::look(&walk.app, who, folder, folder_reports(look)).await?;
        }
        if look == 1 {
            judge(&walk, who).await?;
        }
    }
    walk.days_ago(0, 0);
    let file = hand_over(&walk, who).await?;
    Ok(Seeded { sources, file })
}

async fn sources(app: &App, who: &Who, owner: Owner<'_>) -> Result<[i64; 3], AppError> {
    let draft = |name: &str, kind: &str, place: &str, every: &str| Draft {
        name: name.to_owned(),
        kind: kind.to_owned(),
        place: place.to_owned(),
        owner_code: owner.code.to_owned(),
        owner_name: owner.name.to_owned(),
        rate: String::new(),
        every: every.to_owned(),
    };
    let portal = draft("Cổng thông tin điện tử", "portal", PORTAL, "30");
    let folder = draft("Thư mục dùng chung", "folder", "/chia-se/van-ban", "");
    let upload = draft("Hồ sơ gửi qua biểu mẫu", "upload", "", "");
    Ok([
        app.add_watch_source(who, None, &portal).await?,
        app.add_watch_source(who, None, &folder).await?,
        app.add_watch_source(who, None, &upload).await?,
    ])
}

/// One look as a worker makes it.
async fn look(app: &App, who: &Who, source: i64, reports: Vec<Report>) -> Result<(), AppError> {
    let run = app.start_watch_run(who, None, source).await?;
    let total = i64::try_from(reports.len()).unwrap_or(i64::MAX);
    for job in jobs::lease(app, WORKER, jobs::RUN, 1).await? {
        begin_run(app, run, WORKER, RULES).await?;
        set_total(app, run, total).await?;
        record_reports(app, run, reports.clone()).await?;
        end_run(app, run, Ended::Done).await?;
        jobs::finish(app, WORKER, job.id).await?;
    }
    Ok(())
}

fn plain(path: String) -> Report {
    Report {
        sha256: key(&["seed", &path]),
        path,
        bytes: 48_200,
        kind: "pdf".to_owned(),
        verdict: "clean".to_owned(),
        ..Report::default()
    }
}

fn marked(path: String, rule: &str, level: &str, how: &str, excerpt: &str) -> Report {
    Report {
        verdict: "marked".to_owned(),
        level: Some(level.to_owned()),
        findings: vec![Marking {
            rule: rule.to_owned(),
            level: Some(level.to_owned()),
            page: Some(1),
            bbox_mm: (how == "image").then_some([25.0, 48.0, 20.0, 8.0]),
            how: how.to_owned(),
            confidence: 0.97,
            excerpt: excerpt.to_owned(),
        }],
        ..plain(path)
    }
}

/// The portal fills up; each look finds one more thing, and one leak is gone after it was removed.
fn portal_reports(look: usize) -> Vec<Report> {
    let mut reports: Vec<Report> = (0..40 + look * 3)
        .map(|n| plain(format!("{PORTAL}/van-ban/{n:03}.pdf")))
        .collect();
    if look < 2 {
        let path = format!("{PORTAL}/tep/ke-hoach-dien-tap.pdf");
        reports.push(marked(path, "stamp.level", "mat", "image", "MẬT"));
    }
    for n in 1..=look {
        let (path, rule, how) = match n % 3 {
            0 => (
                format!("{PORTAL}/mau/phieu-{n}.docx"),
                "form.levels",
                "text",
            ),
            1 => (
                format!("{PORTAL}/tep/cong-van-{n}.pdf"),
                "number.secret",
                "text",
            ),
            _ => (format!("{PORTAL}/anh/quet-{n}.jpg"), "stamp.level", "image"),
        };
        let level = if n % 3 == 2 { "toi_mat" } else { "mat" };
        reports.push(marked(path, rule, level, how, "…MẬT…"));
    }
    reports
}

fn folder_reports(look: usize) -> Vec<Report> {
    let mut reports: Vec<Report> = (0..12 + look)
        .map(|n| plain(format!("/chia-se/van-ban/to-trinh-{n:02}.docx")))
        .collect();
    reports.push(Report {
        verdict: "incomplete".to_owned(),
        unread: vec![Unread {
            reason: "encrypted".to_owned(),
            place: String::new(),
        }],
        ..plain("/chia-se/van-ban/luu-tru.zip".to_owned())
    });
    reports
}

/// The first leak goes its whole way; the second finding was a blank form.
async fn judge(walk: &Walk, who: &Who) -> Result<(), AppError> {
    let app = &walk.app;
    let (found, _) = app.watch_findings(who, &Default::default()).await?;
    for finding in found {
        let mut said = review::Said::default();
        if finding.rule == "stamp.level" {
            "true".clone_into(&mut said.verdict);
        } else {
            "false".clone_into(&mut said.verdict);
            "biểu mẫu trống, không có nội dung".clone_into(&mut said.reason);
        }
        app.review_watch_finding(
            who,
            None,
            (finding.id, finding.version),
            &said,
            Scope::Object,
        )
        .await?;
        if said.verdict == "true" {
            for (hours, step) in [(1, Step::Reported), (2, Step::Asked), (9, Step::Removed)] {
                walk.days_ago(120, hours);
                take(app, who, finding.object_id, step).await?;
            }
            walk.days_ago(120, 30);
            let mut said = step_said(app, Step::Verified);
            "đã mở lại địa chỉ, không còn tệp".clone_into(&mut said.note);
            app.take_watch_step(who, None, finding.object_id, &said)
                .await?;
        }
    }
    Ok(())
}

/// The newest scan is confirmed today and handed over.
async fn hand_over(walk: &Walk, who: &Who) -> Result<HandOverFile, AppError> {
    let app = &walk.app;
    let query = store::findings::FindingQuery {
        state: "new".to_owned(),
        how: "image".to_owned(),
        page: 1,
        ..Default::default()
    };
    let (found, _) = app.watch_findings(who, &query).await?;
    let finding = found.first().ok_or(AppError::Absent)?;
    let said = review::Said {
        verdict: "true".to_owned(),
        ..review::Said::default()
    };
    app.review_watch_finding(
        who,
        None,
        (finding.id, finding.version),
        &said,
        Scope::Object,
    )
    .await?;
    take(app, who, finding.object_id, Step::Reported).await?;
    app.hand_over(who, None, finding.object_id).await
}

async fn take(app: &App, who: &Who, object: i64, step: Step) -> Result<(), AppError> {
    app.take_watch_step(who, None, object, &step_said(app, step))
        .await
}

fn step_said(app: &App, step: Step) -> takedown::Said {
    takedown::Said {
        step: step.code().to_owned(),
        outcome: "done".to_owned(),
        at: clock::instant(app.clock.now()),
        note: String::new(),
    }
}
