//! The unit's side: trusted senders, hand-over files that open cases, closing them.

use domain::access::Action;
use domain::watch::case::{self, Arrived};
use domain::{Fact, Refusal};
use ledger::note::{self, VerifierKey};
use sha2::{Digest, Sha256};
use store::cases::{CaseRow, SenderRow};

use super::hand_over::{Document, FORMAT};
use crate::{App, AppError, Who, clock, limits};

/// Start of a signature line: em dash and blank (C2SP signed-note).
const SIGNATURE: &str = "\u{2014} ";

/// A case with what its file says.
#[derive(Debug, Clone)]
pub struct CasePage {
    pub case: CaseRow,
    pub document: Document,
}

impl App {
    /// Watch installations whose files are taken.
    pub async fn senders(&self, who: &Who) -> Result<Vec<SenderRow>, AppError> {
        if !who.may(Action::Administer) && !who.may(Action::ReadWatch) {
            who.require(Action::ReadCases)?;
        }
        Ok(self.db.senders().await?)
    }

    /// Trusts the key of a watch installation, as its page of keys shows it. The key comes on paper or
    /// by another way than the files.
    ///
    /// # Errors
    /// `WATCH-01` it is no key; `WATCH-26` another key stands under its name.
    pub async fn trust_sender(&self, who: &Who, text: &str) -> Result<(), AppError> {
        who.require(Action::Administer)?;
        let key: VerifierKey = text
            .trim()
            .parse()
            .map_err(|_| Refusal::new("WATCH-01").on("key").arg("field", "key"))?;
        let Ok(mut act) = self.begin(who, None).await? else {
            return Ok(());
        };
        let kept = act.tx.sender(key.name()).await?;
        let kept = kept.as_ref().map(|kept| kept.key.as_str());
        let text = case::trust(text, kept)?;
        let row = SenderRow {
            name: key.name().to_owned(),
            key: text,
            added_by: who.actor.account,
            added_at: act.now.clone(),
            ..SenderRow::default()
        };
        act.tx.add_sender(&row).await?;
        act.record(
            format!("sender:{}", row.name),
            Fact::new("watch.sender-trusted").with("key", ledger::digest::hex(&key.id())),
        );
        act.finish("").await
    }

    /// Takes a hand-over file and opens a case of one's own unit.
    ///
    /// # Errors
    /// `WATCH-20` it is no such file; `WATCH-21` its sender is not trusted; `WATCH-22` its signature
    /// does not hold; `WATCH-23` it is for another unit; `WATCH-24` it was taken before.
    pub async fn take_hand_over(
        &self,
        who: &Who,
        request: Option<&str>,
        bytes: &[u8],
    ) -> Result<i64, AppError> {
        who.require(Action::WriteCases)?;
        let (text, sender) = outside(bytes)?;
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return outcome.parse().map_err(|_| AppError::Stale),
        };
        let trusted = act.tx.sender(sender).await?;
        let trusted =
            trusted.ok_or_else(|| Refusal::new("WATCH-21").on("file").arg("sender", sender))?;
        let key: VerifierKey = trusted.key.parse()?;
        let opened = note::open(text, &key).map_err(|_| Refusal::new("WATCH-22").on("file"))?;
        let document = Document::parse(opened.text).ok_or_else(no_file)?;
        let known = act
            .tx
            .same_case(who.actor.unit, sender, &document.number)
            .await?;
        case::arrive(&Arrived {
            reader: &who.unit.code,
            receiver: &document.receiver.code,
            known: known.is_some(),
        })
        .map_err(|refusal| refusal.on("file"))?;
        let sha256 = ledger::digest::hex(&Sha256::digest(bytes));
        let row = CaseRow {
            unit_id: who.actor.unit,
            sender: sender.to_owned(),
            number: document.number.clone(),
            file_sha256: sha256.clone(),
            note: text.to_owned(),
            address: document.object.address.clone(),
            level: document.object.level.clone(),
            confirmed_on: day(&document.object.confirmed_at)?,
            received_by: who.actor.account,
            received_at: act.now.clone(),
            ..CaseRow::default()
        };
        let id = act.tx.add_leak_case(&row).await?;
        act.record(
            format!("case:{id}"),
            Fact::new("case.opened")
                .with("sender", sender)
                .with("number", &document.number)
                .with("file", sha256),
        );
        act.finish(&id.to_string()).await?;
        Ok(id)
    }

    /// One page of the unit's cases, newest first; an empty state is every state.
    pub async fn leak_cases(
        &self,
        who: &Who,
        state: &str,
        page: i64,
    ) -> Result<Vec<CaseRow>, AppError> {
        who.require(Action::ReadCases)?;
        Ok(self.db.leak_cases(who.actor.unit, state, page).await?)
    }

    /// A case of one's own unit.
    pub async fn leak_case(&self, who: &Who, id: i64) -> Result<CasePage, AppError> {
        who.require(Action::ReadCases)?;
        let case = self.db.leak_case(id, who.actor.unit).await?;
        let case = case.ok_or(AppError::Absent)?;
        let text = case.note.rsplit_once("\n\n").map(|(text, _)| text);
        let document = text
            .and_then(|text| Document::parse(&format!("{text}\n")))
            .ok_or_else(no_file)?;
        Ok(CasePage { case, document })
    }

    /// Closes a case.
    ///
    /// # Errors
    /// `WATCH-27`, `WATCH-28`.
    pub async fn close_leak_case(
        &self,
        who: &Who,
        request: Option<&str>,
        id: i64,
        (outcome, words): (&str, &str),
    ) -> Result<(), AppError> {
        who.require(Action::WriteCases)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        let row = act.tx.leak_case(id, who.actor.unit).await?;
        let row = row.ok_or(AppError::Absent)?;
        let (outcome, words) = case::close(row.state == "open", outcome, words)?;
        let (by, at) = (who.actor.account, act.now.clone());
        if !act.tx.close_leak_case(id, outcome, &words, by, &at).await? {
            return Err(AppError::Stale);
        }
        act.record_text(
            format!("case:{id}"),
            Fact::new("case.closed").with("outcome", outcome),
            words,
        );
        act.finish("closed").await
    }
}

fn no_file() -> Refusal {
    Refusal::new("WATCH-20").on("file")
}

/// The text of a file and the name that signed it, before anything is believed.
fn outside(bytes: &[u8]) -> Result<(&str, &str), Refusal> {
    if bytes.len() > limits::HAND_OVER_BYTES_MAX {
        return Err(no_file());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| no_file())?;
    let known = text
        .strip_prefix(FORMAT)
        .is_some_and(|rest| rest.starts_with('\n'));
    let signature = text.rsplit_once("\n\n").map(|(_, lines)| lines);
    let name = signature
        .filter(|_| known)
        .and_then(|lines| lines.strip_prefix(SIGNATURE))
        .and_then(|line| line.split(' ').next())
        .filter(|name| !name.is_empty() && name.len() <= ledger::limits::KEY_NAME_BYTES_MAX)
        .ok_or_else(no_file)?;
    Ok((text, name))
}

/// The day in Vietnam of an instant.
fn day(instant: &str) -> Result<String, Refusal> {
    let at: jiff::Timestamp = instant.parse().map_err(|_| no_file())?;
    clock::vietnam_day(at)
        .map(|day| day.to_string())
        .map_err(|_| no_file())
}
