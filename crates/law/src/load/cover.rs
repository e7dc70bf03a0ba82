//! What every pack must answer: no level, carrier, act, proceeding or book without a value
//! since the first regime, and no rule of competence that runs in a circle.

use std::collections::BTreeSet;

use super::source::{Log, Node};
use crate::{
    date::LegalDate,
    diagnostic::{Diagnostic, Place},
    limits,
    pack::Pack,
    rules::Dated,
    terms_of_art::{Act, BookKind, Carrier, Level, Proceeding},
    timeline::Timeline,
};

/// Acts that need a notice rule.
const NOTICES: &[&str] = &["adjust", "extend", "declassify"];

/// Reports what is not covered.
pub fn check(pack: &Pack, rules: &[(String, Node<'_>)], log: &mut Log) {
    let Some(first) = pack.regimes.first().map(|regime| regime.period.from) else {
        let empty = || Place {
            path: "rules/regimes.toml".into(),
            text: "".into(),
            span: 0..0,
        };
        let place = rules.first().map_or_else(empty, |(_, node)| node.place());
        let message = "the pack names no regime".to_owned();
        log.push(Diagnostic::new(
            "LAW-COVER",
            &place,
            message,
            "add `rules/regimes.toml`",
        ));
        return;
    };
    let mut report = Report { rules, first, log };
    for level in Level::ALL {
        every_level(pack, *level, &mut report);
    }
    for carrier in Carrier::ALL {
        let what = format!("carrier `{}` has no term", carrier.code());
        report.covered(("carriers", None), &what, pack.carriers.get(carrier));
    }
    for kind in BookKind::ALL {
        let what = format!("book `{}` has no edition", kind.code());
        report.covered(("books", None), &what, pack.books.get(kind));
    }
    for proceeding in Proceeding::ALL {
        let what = format!("proceeding `{}` has no procedure", proceeding.code());
        report.covered(("procedures", None), &what, pack.procedures.get(proceeding));
    }
    for notice in NOTICES {
        let what = format!("act `{notice}` has no time of notice");
        report.covered(("notices", None), &what, pack.notices.get(*notice));
    }
    circles(pack, &mut report);
}

fn every_level(pack: &Pack, level: Level, report: &mut Report<'_, '_>) {
    let code = level.code();
    report.covered(
        ("terms", None),
        &format!("level `{code}` has no term"),
        pack.terms.get(&level),
    );
    let what = format!("level `{code}` has no rule of extension");
    report.covered(("extension", None), &what, pack.extension.get(&level));
    let what = format!("level `{code}` has no rule for the subject line");
    report.covered(("subject_line", None), &what, pack.subject_line.get(&level));
    report.covered(
        ("levels", None),
        &format!("level `{code}` has no fields"),
        pack.levels.get(&level),
    );
    let what = format!("level `{code}` has no rule of envelopes");
    report.covered(("envelopes", None), &what, pack.envelopes.get(&level));
    let what = format!("level `{code}` has no rule of meetings");
    report.covered(("meetings", None), &what, pack.meetings.get(&level));
    for act in Act::ALL {
        let what = format!("nobody is named for `{}` at level `{code}`", act.code());
        report.covered(
            ("competence", Some(*act)),
            &what,
            pack.competence.get(&(*act, level)),
        );
    }
}

/// A subject, and the act for the files of competence.
type About = (&'static str, Option<Act>);

struct Report<'a, 'b> {
    rules: &'a [(String, Node<'b>)],
    first: LegalDate,
    log: &'a mut Log,
}

impl Report<'_, '_> {
    /// Where the file of a subject (and of an act) names it, or the first file of the pack.
    fn place(&self, (subject, act): About) -> Option<Place> {
        let files = || self.rules.iter().filter(|(name, _)| name == subject);
        let of_act =
            act.and_then(|act| files().find(|(_, node)| node.peek("act") == Some(act.code())));
        let file = of_act
            .or_else(|| files().next())
            .or_else(|| self.rules.first());
        file.map(|(_, node)| node.place_of(if of_act.is_some() { "act" } else { "subject" }))
    }

    fn covered<T>(&mut self, about: About, what: &str, line: Option<&Timeline<Dated<T>>>) {
        let start = line.and_then(Timeline::start);
        if start.is_some_and(|start| start <= self.first) {
            return;
        }
        let until = start.map_or_else(String::new, |start| format!(" before {start}"));
        let message = format!(
            "{what}{until}, but the first regime begins on {}",
            self.first
        );
        let help = format!(
            "add the value; if the text is not at hand, one with `evidence = \"unknown\"` in a file with `subject = \"{}\"`",
            about.0
        );
        if let Some(place) = self.place(about) {
            self.log
                .push(Diagnostic::new("LAW-COVER", &place, message, help));
        }
    }
}

/// Reports acts whose `same_as` comes back to itself.
fn circles(pack: &Pack, report: &mut Report<'_, '_>) {
    let mut acts = BTreeSet::new();
    for ((act, level), line) in &pack.competence {
        for (period, _) in line.iter() {
            if endless(pack, (*act, *level), period.from) {
                acts.insert(*act);
            }
        }
    }
    for act in acts {
        let message = format!("`same_as` of `{}` never ends", act.code());
        if let Some(place) = report.place(("competence", Some(act))) {
            report.log.push(Diagnostic::new(
                "LAW-LOOP",
                &place,
                message,
                "let one rule of the chain name posts",
            ));
        }
    }
}

/// Whether following `same_as` takes more steps than any chain may have.
fn endless(pack: &Pack, from: (Act, Level), on: LegalDate) -> bool {
    let mut at = from;
    for _ in 0..=limits::SAME_AS_STEPS_MAX {
        let Some((next, level)) = pack.same_as(at, on) else {
            return false;
        };
        at = (next, level.unwrap_or(at.1));
    }
    true
}
