//! The hand-over file: what was found and where, never what it says. One line that names the
//! format, one line of JSON with its keys in order, and the signature of the installation, as a
//! C2SP signed note like the checkpoints of the ledger.

use domain::Fact;
use domain::access::Action;
use domain::watch::case;
use domain::watch::review::State;
use ledger::note::VerifierKey;
use serde::{Deserialize, Serialize};
use store::cases::HandOverRow;
use store::findings::{FindingRow, ObjectRow, TakedownRow};
use store::watch::SourceRow;

use crate::{Act, App, AppError, Who};

/// First line of every such file.
pub(super) const FORMAT: &str = "khien-hand-over/1";

/// The metadata of one confirmed leak. Fields stand in the order of their names: one document has one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub findings: Vec<DocumentFinding>,
    /// Legal basis of the report with its evidence; empty when the text in force is not known.
    pub law: Vec<String>,
    pub made_at: String,
    pub number: String,
    pub object: DocumentObject,
    pub receiver: DocumentUnit,
    pub sender: DocumentUnit,
    pub source: DocumentSource,
    pub takedown: Vec<DocumentStep>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentFinding {
    pub bbox_mm: String,
    pub confidence_permille: i64,
    /// Masked, at most 40 characters.
    pub excerpt: String,
    pub how: String,
    pub level: Option<String>,
    pub page: Option<i64>,
    pub rule: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentObject {
    pub address: String,
    pub bytes: i64,
    pub confirmed_at: String,
    pub file_sha256: String,
    pub first_seen: String,
    pub last_seen: String,
    pub level: Option<String>,
    pub member: String,
    pub sha256: String,
    #[serde(rename = "type")]
    pub kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentUnit {
    pub code: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentSource {
    pub kind: String,
    pub name: String,
    pub place: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentStep {
    pub at: String,
    pub outcome: String,
    pub step: String,
}

/// A file ready to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverFile {
    /// ASCII, without blanks.
    pub file_name: String,
    pub text: String,
}

impl Document {
    /// The text that is signed.
    pub(super) fn to_text(&self) -> Result<String, AppError> {
        let json = serde_json::to_string(self).map_err(|_| AppError::Input {
            code: "INTERNAL",
            what: String::new(),
        })?;
        Ok(format!("{FORMAT}\n{json}\n"))
    }

    /// Reads the signed text; only what [`Document::to_text`] writes is one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let json = text.strip_prefix(FORMAT)?.strip_prefix('\n')?;
        let document: Self = serde_json::from_str(json).ok()?;
        document
            .to_text()
            .ok()
            .filter(|written| written == text)
            .map(|_| document)
    }
}

impl App {
    /// Makes the signed file of a confirmed leak for the unit that owns the source, and records
    /// that it was made. Asked again, the same file comes out.
    ///
    /// # Errors
    /// `WATCH-17` nobody confirmed it; `WATCH-25` the source does not say whose it is.
    pub async fn hand_over(
        &self,
        who: &Who,
        request: Option<&str>,
        object: i64,
    ) -> Result<HandOverFile, AppError> {
        who.require(Action::WriteWatch)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return self.handed_over(who, object).await;
        };
        let (row, source) = owned(&mut act, who, object).await?;
        case::hand_over(row.confirmed_at.is_some(), &source.owner_code)?;
        let made = act.tx.hand_overs_of(object).await?;
        if let Some(file) = made
            .into_iter()
            .find(|file| file.receiver_code == source.owner_code)
        {
            return Ok(named(file));
        }
        // One key signs for all units here, so their numbers are one series.
        let series = format!("hand-over:{}", act.today.year());
        let serial = act.tx.next_number(&series).await?;
        let number = format!("{serial}/{}", act.today.year());
        let findings = act.tx.watch_findings_of(object).await?;
        let steps = act.tx.watch_takedown(object).await?;
        let because = domain::watch::takedown::report_duty(self.law, act.today);
        let mut document = document(who, &row, &source, &findings, &steps);
        document.made_at.clone_from(&act.now);
        document.number.clone_from(&number);
        if because.value.is_some() {
            document.law = because.because.iter().map(law::Citation::vi).collect();
        }
        let note = self.signer_key()?.sign(&document.to_text()?)?;
        let file = HandOverRow {
            unit_id: who.actor.unit,
            object_id: object,
            number: number.clone(),
            receiver_code: source.owner_code.clone(),
            receiver_name: source.owner_name.clone(),
            note: note.clone(),
            created_by: who.actor.account,
            created_at: act.now.clone(),
            ..HandOverRow::default()
        };
        act.tx.add_hand_over(&file).await?;
        act.record_text(
            format!("watch-object:{object}"),
            Fact::new("watch.handed-over")
                .with("number", &number)
                .with("receiver", &source.owner_code),
            note,
        );
        act.finish("handed-over").await?;
        Ok(named(file))
    }

    /// The file by which an object was handed over.
    ///
    /// # Errors
    /// [`AppError::Absent`] when there is none.
    pub async fn handed_over(&self, who: &Who, object: i64) -> Result<HandOverFile, AppError> {
        who.require(Action::ReadWatch)?;
        let made = self.db.hand_overs_of(object).await?;
        made.into_iter()
            .rev()
            .find(|file| file.unit_id == who.actor.unit)
            .map(named)
            .ok_or(AppError::Absent)
    }

    /// The key by which units know this installation's files.
    pub fn sender_key(&self) -> Result<VerifierKey, AppError> {
        self.public_key()
    }
}

async fn owned(
    act: &mut Act<'_>,
    who: &Who,
    object: i64,
) -> Result<(ObjectRow, SourceRow), AppError> {
    let row = act.tx.watch_object(object).await?;
    let row = row
        .filter(|row| row.unit_id == who.actor.unit)
        .ok_or(AppError::Absent)?;
    let source = act.tx.watch_source(row.source_id).await?;
    Ok((row, source.ok_or(AppError::Absent)?))
}

/// `ban-giao-12-2026-STM.khien`
fn named(file: HandOverRow) -> HandOverFile {
    let plain = |text: &str| -> String {
        let ascii = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        vanban::text::fold(text).chars().map(ascii).collect()
    };
    HandOverFile {
        file_name: format!(
            "ban-giao-{}-{}.khien",
            plain(&file.number),
            plain(&file.receiver_code)
        ),
        text: file.note,
    }
}

fn document(
    who: &Who,
    row: &ObjectRow,
    source: &SourceRow,
    findings: &[FindingRow],
    steps: &[TakedownRow],
) -> Document {
    let real = |finding: &&FindingRow| finding.state == State::True.code();
    let found = |finding: &FindingRow| DocumentFinding {
        bbox_mm: finding.bbox.clone(),
        confidence_permille: finding.permille,
        excerpt: finding.excerpt.clone(),
        how: finding.how.clone(),
        level: finding.level.clone(),
        page: finding.page,
        rule: finding.rule.clone(),
    };
    let step = |row: &TakedownRow| DocumentStep {
        at: row.done_at.clone(),
        outcome: row.outcome.clone(),
        step: row.step.clone(),
    };
    Document {
        findings: findings.iter().filter(real).map(found).collect(),
        law: Vec::new(),
        made_at: String::new(),
        number: String::new(),
        object: DocumentObject {
            address: row.address.clone(),
            bytes: row.bytes,
            confirmed_at: row.confirmed_at.clone().unwrap_or_default(),
            file_sha256: row.file_sha256.clone(),
            first_seen: row.first_seen.clone(),
            last_seen: row.last_seen.clone(),
            level: row.level.clone(),
            member: row.member.clone(),
            sha256: row.sha256.clone(),
            kind: row.kind.clone(),
        },
        receiver: DocumentUnit {
            code: source.owner_code.clone(),
            name: source.owner_name.clone(),
        },
        sender: DocumentUnit {
            code: who.unit.code.clone(),
            name: who.unit.name.clone(),
        },
        source: DocumentSource {
            kind: source.kind.clone(),
            name: source.name.clone(),
            place: source.place.clone(),
        },
        takedown: steps.iter().map(step).collect(),
    }
}
