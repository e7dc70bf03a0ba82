//! The watch of the demonstration: the fictional portal is fetched for real, its three leaks are found, one is judged false,
//! one is taken down and seen gone, one is handed over and becomes a case of the unit it belongs to.

use std::path::Path;
use std::sync::Arc;

use app::App;
use app::watch::Scope;
use domain::watch::source::Draft;
use domain::watch::takedown::Step;
use domain::watch::{review, takedown};
use patrol::Pool;
use store::findings::{FindingQuery, FindingRow};

use super::portal::{self, Portal};
use crate::commands::scan::{OcrWord, settings};
use crate::watching::Watching;

/// Requests a minute to the portal of this very machine.
const RATE: &str = "600";

/// Walks the tour. Answers how many markings were found.
pub async fn make(app: &App, portal: &Portal, address: &str, data: &Path) -> anyhow::Result<usize> {
    let who = app.acting("giamsat").await?;
    let owner = app.acting("canbo.stp").await?;
    let pool = Arc::new(settings(OcrWord::Auto).and_then(Pool::start)?);
    let watching = Watching::new(app.clone(), pool, &data.join("watch"))?;
    let source = Draft {
        name: "Cổng thông tin điện tử Sở Tư pháp".to_owned(),
        kind: "portal".to_owned(),
        place: address.to_owned(),
        owner_code: owner.unit.code.clone(),
        owner_name: owner.unit.name.clone(),
        rate: RATE.to_owned(),
        every: String::new(),
    };
    let source = app.add_watch_source(&who, None, &source).await?;
    app.start_watch_run(&who, None, source).await?;
    while watching.turn().await? {}
    let query = FindingQuery {
        page: 1,
        ..FindingQuery::default()
    };
    let (found, _) = app.watch_findings(&who, &query).await?;
    let on = |place: &str| found.iter().find(|one| one.address.ends_with(place));
    if let Some(finding) = on(portal::TEXT) {
        let said = review::Said {
            verdict: "false".to_owned(),
            reason: "văn bản mẫu dùng để tập huấn, nội dung giả định".to_owned(),
            ..review::Said::default()
        };
        judge(app, &who, finding, &said).await?;
    }
    let confirmed = review::Said {
        verdict: "true".to_owned(),
        ..review::Said::default()
    };
    if let Some(finding) = on(portal::SCAN) {
        judge(app, &who, finding, &confirmed).await?;
        for step in [Step::Reported, Step::Asked] {
            take(app, &who, finding.object_id, step, "").await?;
        }
        portal.take_down()?;
        take(app, &who, finding.object_id, Step::Removed, "").await?;
        app.start_watch_run(&who, None, source).await?;
        while watching.turn().await? {}
        let seen = "đã quét lại cổng, không còn tệp";
        take(app, &who, finding.object_id, Step::Verified, seen).await?;
    }
    if let Some(finding) = on(portal::MAIL) {
        judge(app, &who, finding, &confirmed).await?;
        take(app, &who, finding.object_id, Step::Reported, "").await?;
        let file = app.hand_over(&who, None, finding.object_id).await?;
        let administrator = app.acting("quantri").await?;
        let key = app.sender_key()?.to_string();
        app.trust_sender(&administrator, &key).await?;
        app.take_hand_over(&owner, None, file.text.as_bytes())
            .await?;
    }
    Ok(found.len())
}

async fn judge(
    app: &App,
    who: &app::Who,
    finding: &FindingRow,
    said: &review::Said,
) -> anyhow::Result<()> {
    let seen = (finding.id, finding.version);
    app.review_watch_finding(who, None, seen, said, Scope::Object)
        .await?;
    Ok(())
}

async fn take(
    app: &App,
    who: &app::Who,
    object: i64,
    step: Step,
    note: &str,
) -> anyhow::Result<()> {
    let said = takedown::Said {
        step: step.code().to_owned(),
        outcome: "done".to_owned(),
        at: app.clock.now().to_string(),
        note: note.to_owned(),
    };
    app.take_watch_step(who, None, object, &said).await?;
    Ok(())
}
