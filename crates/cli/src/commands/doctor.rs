//! `khien doctor`: one line a check.

use crate::open::Place;
use crate::say;

/// Runs every check. Exit 1 when one fails.
pub async fn run(place: &Place, json: bool) -> anyhow::Result<u8> {
    let (install, app) = place.open_beside().await?;
    let now = app::clock::instant(app.clock.now());
    let mut checks = store::doctor::examine(&install, &now).await;
    match app.verify_books().await {
        Ok(books) => checks.push(store::doctor::Check {
            name: "books",
            status: if books.mismatch.is_none() {
                store::doctor::Status::Ok
            } else {
                store::doctor::Status::Fail
            },
            detail: match &books.mismatch {
                None => format!("{} lines match their ledger digests", books.lines),
                Some(wrong) => format!("line {} {}", wrong.entry, wrong.what.code()),
            },
            remedy: "compare with the printed pages, then restore a backup",
        }),
        Err(error) => return Err(error.into()),
    }
    let failed = checks
        .iter()
        .any(|check| check.status == store::doctor::Status::Fail);
    if json {
        let list: Vec<serde_json::Value> = checks
            .iter()
            .map(|check| {
                serde_json::json!({
                    "check": check.name, "status": check.status.code(), "detail": check.detail,
                    "remedy": (check.status != store::doctor::Status::Ok).then_some(check.remedy),
                })
            })
            .collect();
        say::data(&serde_json::to_string_pretty(&list)?)?;
    } else {
        for check in &checks {
            let remedy = if check.status == store::doctor::Status::Ok {
                String::new()
            } else {
                format!("; help: {}", check.remedy)
            };
            say::data(&format!(
                "{:<5} {:<12} {}{remedy}",
                check.status.code(),
                check.name,
                check.detail
            ))?;
        }
    }
    install.close().await;
    Ok(u8::from(failed))
}
