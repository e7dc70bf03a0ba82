//! From a question of the address to an answer of the law pack.

use law::{Act, Carrier, Citation, Delegate, Evidence, Finding, LegalDate, Level, Pack, Verdict};

use super::Asked;
use crate::i18n::T;
use crate::shell::day;

/// An answer ready to show.
pub(super) struct Answer {
    /// `good`, `bad` or `warn`.
    pub tone: &'static str,
    pub headline: String,
    /// Name and value, in order.
    pub facts: Vec<(String, String)>,
    pub because: Vec<Reason>,
    pub notes: Vec<String>,
}

/// A citation with its evidence.
pub(super) struct Reason {
    pub text: String,
    pub tone: &'static str,
    pub evidence: &'static str,
}

/// The answer; `None` while nothing is asked.
pub(super) fn answer(pack: &Pack, asked: &Asked, t: T) -> Option<Answer> {
    let found = match asked.ask.as_str() {
        "term" if !asked.determined.is_empty() => term(pack, asked, t),
        "extend" if !asked.until.is_empty() => extend(pack, asked, t),
        "may" if !asked.post.is_empty() => may(pack, asked, t),
        "due" if !asked.duty.is_empty() => due(pack, asked, t),
        "notify" if !asked.act.is_empty() => notify(pack, asked, t),
        _ => return None,
    };
    Some(found.unwrap_or_else(|| Answer {
        tone: "bad",
        headline: t.s("law-not-understood"),
        facts: Vec::new(),
        because: Vec::new(),
        notes: Vec::new(),
    }))
}

fn date(text: &str) -> Option<LegalDate> {
    LegalDate::parse(text).ok()
}

fn shown(date: LegalDate) -> String {
    day(&date.to_string())
}

fn reasons(because: &[Citation]) -> Vec<Reason> {
    because
        .iter()
        .map(|citation| Reason {
            // The words of a citation end in its mark; here the mark is a badge.
            text: Citation {
                evidence: Evidence::Verified,
                ..citation.clone()
            }
            .vi(),
            tone: match citation.evidence {
                Evidence::Verified => "good",
                Evidence::Secondary => "warn",
                Evidence::Unknown => "bad",
            },
            evidence: citation.evidence.label_vi(),
        })
        .collect()
}

/// An answer out of a finding; without a value it says "unknown".
fn of<V>(
    finding: Finding<V>,
    t: T,
    tell: impl FnOnce(V) -> (&'static str, String, Vec<(String, String)>),
) -> Answer {
    let (tone, headline, facts) = match finding.value {
        Some(value) => tell(value),
        None => ("warn", t.s("law-unknown"), Vec::new()),
    };
    Answer {
        tone,
        headline,
        facts,
        because: reasons(&finding.because),
        notes: finding.notes,
    }
}

fn term(pack: &Pack, asked: &Asked, t: T) -> Option<Answer> {
    let (level, carrier) = (Level::parse(&asked.level)?, Carrier::parse(&asked.carrier)?);
    let finding = pack.term(level, carrier, date(&asked.determined)?);
    Some(of(finding, t, |term| {
        let headline = match term.until {
            Some(until) => t.a("law-term-until", "date", shown(until)),
            None => t.s("law-term-while-used"),
        };
        let mut facts = Vec::new();
        if let Some(by) = term.extend_decide_by {
            facts.push((t.s("law-extend-decide-by"), shown(by)));
        }
        if term.shorter_allowed {
            facts.push((t.s("law-term-shorter"), t.s("law-yes")));
        }
        ("good", headline, facts)
    }))
}

fn extend(pack: &Pack, asked: &Asked, t: T) -> Option<Answer> {
    let (level, carrier) = (Level::parse(&asked.level)?, Carrier::parse(&asked.carrier)?);
    let finding = pack.extend(level, carrier, date(&asked.until)?, date(&asked.decided)?);
    Some(of(finding, t, |extension| {
        let (tone, headline) = if extension.in_time {
            ("good", t.s("law-extend-in-time"))
        } else {
            ("bad", t.s("law-extend-late"))
        };
        let mut facts = vec![(t.s("law-extend-decide-by"), shown(extension.decide_by))];
        if let Some(until) = extension.until_max.filter(|_| extension.in_time) {
            facts.push((t.s("law-extend-until-max"), shown(until)));
        }
        if let Some(by) = extension.notify_by.filter(|_| extension.in_time) {
            facts.push((t.s("law-notify-by"), shown(by)));
        }
        (tone, headline.clone(), facts)
    }))
}

fn may(pack: &Pack, asked: &Asked, t: T) -> Option<Answer> {
    let (act, level) = (Act::parse(&asked.act)?, Level::parse(&asked.level)?);
    let may = pack.may(act, level, &asked.post, date(&asked.on)?).ok()?;
    let (tone, headline) = match may.answer {
        Verdict::Yes => ("good", t.s("law-may-yes")),
        Verdict::No => ("bad", t.s("law-may-no")),
        Verdict::Unknown => ("warn", t.s("law-unknown")),
    };
    let delegate = may.delegate.map(|delegate| match delegate {
        Delegate::ToDeputy => t.s("law-delegate-to-deputy"),
        Delegate::FromHead => t.s("law-delegate-from-head"),
        Delegate::No => t.s("law-delegate-no"),
    });
    Some(Answer {
        tone,
        headline,
        facts: delegate
            .map(|words| (t.s("law-delegate"), words))
            .into_iter()
            .collect(),
        because: reasons(&may.because),
        notes: may.notes,
    })
}

fn due(pack: &Pack, asked: &Asked, t: T) -> Option<Answer> {
    let mut parts = asked.duty.split(' ');
    let (duty, body, province) = (parts.next()?, parts.next()?, parts.next());
    let year: i16 = asked
        .year
        .parse()
        .ok()
        .filter(|year| (1900..=2200).contains(year))?;
    let finding = match province {
        Some(province) => pack.due_in_province(province, duty, body, year),
        None => pack.due(duty, body, year),
    };
    Some(of(finding, t, |due| {
        let facts = vec![(
            t.s("law-due-window"),
            format!("{} – {}", shown(due.from), shown(due.to)),
        )];
        ("good", t.a("law-due-by", "date", shown(due.by)), facts)
    }))
}

fn notify(pack: &Pack, asked: &Asked, t: T) -> Option<Answer> {
    let finding = pack.notify(&asked.act, date(&asked.decided)?);
    Some(of(finding, t, |notice| {
        let headline = if notice.at_once {
            t.s("law-notify-at-once")
        } else {
            t.a("law-notify-until", "date", shown(notice.by))
        };
        ("good", headline, Vec::new())
    }))
}
