//! One act of one person: a write transaction, the facts it leaves in the
//! ledger, and the mark that a repeated form finds its first outcome by.

use domain::access::{self, Action};
use domain::{Actor, Ctx, Fact};
use law::LegalDate;

use crate::{App, AppError, clock};

/// A person with a live session.
#[derive(Debug, Clone)]
pub struct Who {
    pub actor: Actor,
    pub unit: store::accounts::Unit,
    pub login: String,
    pub language: String,
    pub csrf: String,
    pub must_change: bool,
    pub has_totp: bool,
}

impl Who {
    /// Answers "absent" to those who may not even look.
    pub fn require(&self, action: Action) -> Result<(), AppError> {
        access::require(&self.actor, action).map_err(AppError::from)
    }

    pub fn may(&self, action: Action) -> bool {
        access::may(self.actor.role, self.actor.supervises, action)
    }
}

/// An open act. Dropped without [`Act::finish`], nothing happened.
pub struct Act<'a> {
    pub tx: store::Tx,
    pub today: LegalDate,
    /// The instant of the act as stored.
    pub now: String,
    app: &'a App,
    who: &'a Who,
    request: Option<String>,
    facts: Vec<(String, Fact, Option<String>)>,
}

impl App {
    /// Opens an act. With a request id that was finished before, the answer is
    /// its outcome instead.
    pub async fn begin<'a>(
        &'a self,
        who: &'a Who,
        request: Option<&str>,
    ) -> Result<Result<Act<'a>, String>, AppError> {
        let tx = self.db.begin().await?;
        self.opened(tx, who, request).await
    }

    /// As [`App::begin`], for an act that reads only inside its own transaction: clerks who finish
    /// at the same time share one durable commit.
    pub async fn begin_shared<'a>(
        &'a self,
        who: &'a Who,
        request: Option<&str>,
    ) -> Result<Result<Act<'a>, String>, AppError> {
        let tx = self.db.begin_shared().await?;
        self.opened(tx, who, request).await
    }

    async fn opened<'a>(
        &'a self,
        mut tx: store::Tx,
        who: &'a Who,
        request: Option<&str>,
    ) -> Result<Result<Act<'a>, String>, AppError> {
        let now = self.clock.now();
        let at = clock::instant(now);
        if let Some(id) = request
            && !tx.claim_request(id, who.actor.account, &at).await?
        {
            let outcome = tx.request(id, who.actor.account).await?;
            // The first form's act may stand in the same shared commit: wait until it is durable.
            tx.commit().await?;
            return outcome.map(Err).ok_or(AppError::Stale);
        }
        Ok(Ok(Act {
            tx,
            today: clock::vietnam_day(now)?,
            now: at,
            app: self,
            who,
            request: request.map(str::to_owned),
            facts: Vec::new(),
        }))
    }
}

impl<'a> Act<'a> {
    /// The context of a decision inside this act.
    pub fn ctx(&self) -> Ctx<'a> {
        Ctx {
            law: self.app.law,
            today: self.today,
            actor: &self.who.actor,
        }
    }

    /// Notes a fact about an object (`entry:12`) for the ledger.
    pub fn record(&mut self, object: String, fact: Fact) {
        self.facts.push((object, fact, None));
    }

    /// As [`Act::record`], committing to a text by its salted digest.
    pub fn record_text(&mut self, object: String, fact: Fact, text: String) {
        self.facts.push((object, fact, Some(text)));
    }

    /// Appends the facts, marks the request and makes all durable.
    pub async fn finish(mut self, outcome: &str) -> Result<(), AppError> {
        let mut encoded = Vec::with_capacity(self.facts.len());
        for (object, fact, text) in self.facts {
            let mut salt = [0_u8; 16];
            self.app.random.fill(&mut salt);
            let mut fields: std::collections::BTreeMap<String, String> = fact
                .fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            if let Some(text) = text {
                fields.insert("digest".to_owned(), salted_digest(&salt, &text));
            }
            let event = ledger::Event {
                kind: fact.kind.to_owned(),
                at: self.now.clone(),
                actor: format!("account:{}", self.who.actor.account),
                object: object.clone(),
                fields,
            };
            encoded.push((fact.kind, object, event.encode(&salt)?));
        }
        let unit = Some(self.who.actor.unit);
        let events: Vec<(Option<i64>, &str, &str, &[u8])> = encoded
            .iter()
            .map(|(kind, object, bytes)| (unit, *kind, object.as_str(), bytes.as_slice()))
            .collect();
        let mark = self.request.as_deref().map(|id| store::log::RequestMark {
            id,
            account: self.who.actor.account,
            outcome,
        });
        if !events.is_empty() || mark.is_some() {
            self.tx.close_act(&events, mark.as_ref()).await?;
        }
        self.tx.commit().await?;
        Ok(())
    }
}

/// SHA-256 over the event's salt and a text, in hex: the ledger commits to the
/// text without holding a word of it.
pub fn salted_digest(salt: &[u8; 16], text: &str) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(text.as_bytes());
    ledger::digest::hex(&hasher.finalize())
}
