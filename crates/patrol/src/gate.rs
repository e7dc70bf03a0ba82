//! The publication gate: one file, or everything that is sent to a door, becomes `allow`, `block` or `review`.

pub mod folder;
pub mod http;
pub mod icap;
mod parts;

use std::sync::Arc;

use scan::{FileReport, Reason, Verdict};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::error::PatrolError;
use crate::limits::{HELD_MIB_MAX, REASONS_MAX};
use crate::names::plain;
use crate::pool::{Pool, unread};
use crate::report::{Object, level, reason, word};
use crate::source::Body;

/// What the gate says of a file.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Read whole, nothing found.
    Allow,
    /// Not read whole: a person decides.
    Review,
    /// A marking.
    Block,
}

impl Decision {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Review => "review",
            Self::Block => "block",
        }
    }

    /// Exit code of `khien gate FILE`.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Allow => 0,
            Self::Block => 1,
            Self::Review => 3,
        }
    }
}

/// One ground of a decision.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Ground {
    /// Rule that fired, or `incomplete.` and the reason.
    pub code: String,
    /// The same in words for the person who sent the file.
    pub text: String,
}

/// Decision, grounds, and the reports they rest on.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub decision: Decision,
    pub grounds: Vec<Ground>,
    pub reports: Vec<FileReport>,
}

#[derive(Serialize)]
struct Shown<'a> {
    decision: Decision,
    reasons: &'a [Ground],
    report: Vec<Object<'a>>,
}

impl Outcome {
    /// The object that `gate` answers with.
    #[must_use]
    pub fn json(&self) -> String {
        let shown = Shown {
            decision: self.decision,
            reasons: &self.grounds,
            report: self.reports.iter().map(Object::from).collect(),
        };
        serde_json::to_string(&shown).unwrap_or_default()
    }

    /// The outcome for something that could not even be given to a worker.
    #[must_use]
    pub fn unseen(name: &str, bytes: u64, missed: Reason, place: &str) -> Self {
        decide(vec![unread(name, bytes, missed, place)])
    }
}

/// A marking blocks; anything not read whole asks for a person; nothing at all is let through.
#[must_use]
pub fn decide(reports: Vec<FileReport>) -> Outcome {
    let decision = reports
        .iter()
        .map(|report| match report.verdict {
            Verdict::Marked => Decision::Block,
            Verdict::Incomplete => Decision::Review,
            Verdict::Clean => Decision::Allow,
        })
        .max()
        .unwrap_or(Decision::Allow);
    let grounds = reports.iter().flat_map(grounds).take(REASONS_MAX).collect();
    Outcome {
        decision,
        grounds,
        reports,
    }
}

fn grounds(report: &FileReport) -> Vec<Ground> {
    let name = plain(report.member.as_ref().unwrap_or(&report.path));
    let findings = report.findings.iter().map(|finding| {
        let level = finding.level.map_or("không rõ mức", level);
        let page = finding
            .page
            .map(|page| format!(", trang {page}"))
            .unwrap_or_default();
        Ground {
            code: finding.rule.clone(),
            text: format!("“{name}”{page}: dấu hiệu bí mật nhà nước, {level}."),
        }
    });
    let missed = report.incomplete.iter().map(|missed| Ground {
        code: format!("incomplete.{}", word(missed.reason)),
        text: format!("“{name}” chưa kiểm tra hết: {}.", reason(missed.reason)),
    });
    findings.chain(missed).collect()
}

/// A piece of an upload.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    name: String,
    bytes: Vec<u8>,
}

/// The doors' common work: workers, and room for what is held until its verdict.
#[derive(Clone)]
pub struct Gate {
    pool: Arc<Pool>,
    room_mib: Arc<Semaphore>,
}

impl Gate {
    /// A gate over workers.
    #[must_use]
    pub fn new(pool: Arc<Pool>) -> Self {
        Self {
            pool,
            room_mib: Arc::new(Semaphore::new(HELD_MIB_MAX as usize)),
        }
    }

    fn file_bytes_max(&self) -> u64 {
        self.pool.limits().file_bytes
    }

    /// Scans all parts of one upload on a blocking thread.
    async fn judge(&self, parts: Vec<Part>) -> Result<Outcome, PatrolError> {
        let pool = Arc::clone(&self.pool);
        let scanned = tokio::task::spawn_blocking(move || {
            let mut reports = Vec::new();
            for part in parts {
                reports.extend(
                    pool.scan(&part.name, &Body::Memory(part.bytes.into()))?
                        .reports,
                );
            }
            Ok(decide(reports))
        });
        scanned
            .await
            .map_err(|error| PatrolError::Start(error.to_string()))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    #[test]
    fn the_worst_part_decides() {
        let mut clean = unread("a.txt", 1, Reason::Crash, "");
        clean.incomplete.clear();
        let clean = clean.judged();
        let files = examples::files();
        assert_eq!(decide(vec![clean.clone()]).decision, Decision::Allow);
        assert_eq!(
            decide(vec![clean.clone(), files[1].clone()]).decision,
            Decision::Review
        );
        let all = decide(vec![files[0].clone(), files[1].clone(), clean]);
        assert_eq!(all.decision, Decision::Block);
        let grounds: Vec<&str> = all
            .grounds
            .iter()
            .map(|ground| ground.text.as_str())
            .collect();
        assert_eq!(
            grounds,
            [
                "“trang/một.jpg”, trang 2: dấu hiệu bí mật nhà nước, Tối mật.",
                "“=HYPERLINK(1).zip” chưa kiểm tra hết: có mật khẩu hoặc mã hóa.",
                "“=HYPERLINK(1).zip” chưa kiểm tra hết: quá thời gian đọc.",
            ]
        );
        assert!(
            all.json()
                .starts_with(r#"{"decision":"block","reasons":[{"code":"stamp.level","#)
        );
        assert_eq!(Decision::Review.exit_code(), 3);
    }
}
