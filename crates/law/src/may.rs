//! Who may permit an act: `pack.may`.

use crate::{
    citation::Citation,
    date::LegalDate,
    pack::Pack,
    rules::{Competence, Dated, Delegate, Finding, Grant, Post, Verdict},
    terms_of_art::{Act, Evidence, Level},
};

/// The answer to "may the holder of this post permit this act".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct May {
    /// Yes, no, or unknown.
    pub answer: Verdict,
    /// Whether the power may be delegated; `None` when the text does not say.
    pub delegate: Option<Delegate>,
    /// Where it stands.
    pub because: Vec<Citation>,
    /// Remarks, Vietnamese; for "unknown" one names the missing text.
    pub notes: Vec<String>,
}

/// The question names a post that the pack does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown post `{0}`")]
pub struct UnknownPost(pub String);

impl UnknownPost {
    /// Stable code of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "ASK-POST"
    }
}

impl May {
    fn unknown(because: Vec<Citation>, notes: Vec<String>) -> Self {
        Self {
            answer: Verdict::Unknown,
            delegate: None,
            because,
            notes,
        }
    }
}

impl Pack {
    /// Whether the holder of a post may, in own right, permit an act at a level on a day.
    ///
    /// # Errors
    /// [`UnknownPost`] when the pack has no such post at any time.
    pub fn may(
        &self,
        act: Act,
        level: Level,
        post: &str,
        on: LegalDate,
    ) -> Result<May, UnknownPost> {
        let post = self
            .post(post)
            .ok_or_else(|| UnknownPost(post.to_owned()))?;
        if let Some(gone) = self.not_existing(act, level, post, on) {
            return Ok(gone);
        }
        let may = self.by_rule(act, level, post, on);
        Ok(self.under_head(act, level, post, on, may))
    }

    /// The same for a deputy who holds a written delegation of the head.
    ///
    /// # Errors
    /// [`UnknownPost`] when the pack has no such post at any time.
    pub fn may_delegated(
        &self,
        act: Act,
        level: Level,
        post: &str,
        on: LegalDate,
    ) -> Result<May, UnknownPost> {
        let own = self.may(act, level, post, on)?;
        if own.answer != Verdict::No {
            return Ok(own);
        }
        let mut may = own;
        if may.delegate == Some(Delegate::FromHead) {
            may.answer = Verdict::Yes;
            may.delegate = Some(Delegate::No);
            may.notes = vec!["Ủy quyền phải bằng văn bản, nêu rõ phạm vi, nội dung, thời hạn; người được ủy quyền chịu trách nhiệm và không được ủy quyền tiếp.".to_owned()];
        } else {
            may.notes
                .push("Việc ủy quyền nêu trong câu hỏi không làm phát sinh thẩm quyền.".to_owned());
        }
        Ok(may)
    }

    fn not_existing(&self, act: Act, level: Level, post: &Post, on: LegalDate) -> Option<May> {
        if post.exists_on(on) {
            return None;
        }
        // An article that was not seen cannot be the ground of a "no".
        let seen = |citation: &&Citation| citation.evidence != Evidence::Unknown;
        let rule = self.competence_at((act, level), on);
        let because = rule
            .map(|dated| dated.because.iter().filter(seen).cloned().collect())
            .unwrap_or_default();
        let when = match (post.valid_from, post.valid_to) {
            (None, Some(to)) => format!("không còn từ sau ngày {}", to.day_month_year()),
            (Some(from), None) => format!("chỉ có từ ngày {}", from.day_month_year()),
            _ => "không tồn tại vào ngày này".to_owned(),
        };
        let note = format!(
            "Chức vụ “{}” {when} ({}: {}).",
            post.label_vi,
            post.evidence.label_vi(),
            post.source
        );
        Some(May {
            answer: Verdict::No,
            delegate: None,
            because,
            notes: vec![note],
        })
    }

    /// A chain of `same_as` ends: the loader refuses a pack where it does not.
    fn by_rule(&self, act: Act, level: Level, post: &Post, on: LegalDate) -> May {
        let line = self.competence.get(&(act, level));
        let Some(dated) = line.and_then(|line| line.at(on)) else {
            let start = line.and_then(crate::timeline::Timeline::start);
            let subject = format!("thẩm quyền {}", act.label_vi());
            let nothing = Finding::<()>::nothing_in_force(&subject, on, start);
            return May::unknown(nothing.because, nothing.notes);
        };
        let Some(rule) = &dated.value else {
            let missing = Finding::<()>::text_missing(dated);
            return May::unknown(missing.because, missing.notes);
        };
        if let Some(grant) = rule.posts.get(&post.id) {
            return granted(grant, rule, dated);
        }
        if let Some((other, other_level)) = rule.same_as {
            let same = self.by_rule(other, other_level.unwrap_or(level), post, on);
            return referred(same, dated);
        }
        match rule.ranks.get(&post.rank) {
            Some(grant) => granted(grant, rule, dated),
            None => not_named(post, rule, dated),
        }
    }

    /// A deputy who is not named acts only when the head may and delegates.
    fn under_head(&self, act: Act, level: Level, post: &Post, on: LegalDate, may: May) -> May {
        let Some(head) = post.deputy_of.as_ref().and_then(|head| self.post(head)) else {
            return may;
        };
        if may.answer == Verdict::Yes {
            return may;
        }
        let of_head = self.by_rule(act, level, head, on);
        match (of_head.answer, of_head.delegate) {
            (Verdict::Yes, Some(Delegate::ToDeputy)) => {
                let note = format!(
                    "Cấp phó chỉ được thực hiện khi “{}” ủy quyền bằng văn bản, nêu rõ phạm vi, nội dung, thời hạn.",
                    head.label_vi
                );
                May {
                    answer: Verdict::No,
                    delegate: Some(Delegate::FromHead),
                    because: of_head.because,
                    notes: vec![note],
                }
            }
            (Verdict::Unknown, _) => May::unknown(of_head.because, of_head.notes),
            _ => may,
        }
    }
}

fn granted(grant: &Grant, rule: &Competence, dated: &Dated<Competence>) -> May {
    let mut because = grant.because.clone();
    if grant.delegate.is_some() {
        because.extend(rule.delegate_because.iter().cloned());
    }
    let mut notes = grant.notes.clone();
    notes.extend(dated.notes.iter().cloned());
    if grant.verdict == Verdict::Unknown {
        notes.extend(
            rule.missing
                .iter()
                .map(|missing| format!("Thiếu văn bản: {missing}.")),
        );
    }
    May {
        answer: grant.verdict,
        delegate: grant.delegate,
        because,
        notes,
    }
}

/// The answer of the rule referred to, with this rule's article in front. Its
/// delegation is not taken over: the reference names persons, not powers.
fn referred(same: May, dated: &Dated<Competence>) -> May {
    let mut because = dated.because.clone();
    because.extend(
        same.because
            .into_iter()
            .filter(|citation| !dated.because.contains(citation)),
    );
    let mut notes = dated.notes.clone();
    notes.extend(
        same.notes
            .into_iter()
            .filter(|note| !dated.notes.contains(note)),
    );
    May {
        answer: same.answer,
        delegate: None,
        because,
        notes,
    }
}

fn not_named(post: &Post, rule: &Competence, dated: &Dated<Competence>) -> May {
    let verdict = rule
        .others
        .get(&post.tier)
        .copied()
        .unwrap_or(Verdict::Unknown);
    let mut notes = dated.notes.clone();
    if verdict == Verdict::Unknown {
        notes.extend(
            rule.missing
                .iter()
                .map(|missing| format!("Thiếu văn bản: {missing}.")),
        );
        return May::unknown(dated.because.clone(), notes);
    }
    notes.push(format!(
        "Quy định không nêu “{}” trong số người có thẩm quyền.",
        post.label_vi
    ));
    May {
        answer: verdict,
        delegate: None,
        because: dated.because.clone(),
        notes,
    }
}
