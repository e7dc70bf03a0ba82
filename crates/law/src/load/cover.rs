//! What every pack must answer: no level, carrier, act or book without a value
//! since the first regime, and no rule of competence that runs in a circle.

use super::source::{Log, Node};
use crate::{
    date::LegalDate,
    diagnostic::{Diagnostic, Place},
    limits,
    pack::Pack,
    rules::Dated,
    terms_of_art::{Act, BookKind, Carrier, Level},
    timeline::Timeline,
};

/// Acts that need a notice rule.
const NOTICES: &[&str] = &["adjust", "extend", "declassify"];

/// Reports what is not covered.
pub fn check(pack: &Pack, rules: &[(String, Node<'_>)], log: &mut Log) {
    let Some(first) = pack.regimes.first().map(|regime| regime.period.from) else {
        if let Some((_, node)) = rules.first() {
            log.push(Diagnostic::new(
                "LAW-COVER",
                &node.place(),
                "the pack names no regime".to_owned(),
                "add `rules/regimes.toml`",
            ));
        }
        return;
    };
    let mut report = Report { rules, first, log };
    for level in Level::ALL {
        report.covered(
            "terms",
            &format!("level `{}` has no term", level.code()),
            pack.terms.get(level),
        );
        report.covered(
            "extension",
            &format!("level `{}` has no rule of extension", level.code()),
            pack.extension.get(level),
        );
        report.covered(
            "subject_line",
            &format!("level `{}` has no rule for the subject line", level.code()),
            pack.subject_line.get(level),
        );
        report.covered(
            "levels",
            &format!("level `{}` has no fields", level.code()),
            pack.levels.get(level),
        );
        for act in Act::ALL {
            let what = format!(
                "nobody is named for `{}` at level `{}`",
                act.code(),
                level.code()
            );
            report.covered("competence", &what, pack.competence.get(&(*act, *level)));
        }
    }
    for carrier in Carrier::ALL {
        report.covered(
            "carriers",
            &format!("carrier `{}` has no term", carrier.code()),
            pack.carriers.get(carrier),
        );
    }
    for kind in BookKind::ALL {
        report.covered(
            "books",
            &format!("book `{}` has no edition", kind.code()),
            pack.books.get(kind),
        );
    }
    for notice in NOTICES {
        report.covered(
            "notices",
            &format!("act `{notice}` has no time of notice"),
            pack.notices.get(*notice),
        );
    }
    circles(pack, &mut report);
}

struct Report<'a, 'b> {
    rules: &'a [(String, Node<'b>)],
    first: LegalDate,
    log: &'a mut Log,
}

impl Report<'_, '_> {
    /// Where a subject's file names it, or the first file of the pack.
    fn place(&self, subject: &str) -> Option<Place> {
        let file = self
            .rules
            .iter()
            .find(|(name, _)| name == subject)
            .or_else(|| self.rules.first());
        file.map(|(_, node)| node.place_of("subject"))
    }

    fn covered<T>(&mut self, subject: &str, what: &str, line: Option<&Timeline<Dated<T>>>) {
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
            "add the value; if the text is not at hand, one with `evidence = \"unknown\"` in a file with `subject = \"{subject}\"`"
        );
        if let Some(place) = self.place(subject) {
            self.log
                .push(Diagnostic::new("LAW-COVER", &place, message, help));
        }
    }
}

/// Follows `same_as` from every rule; a chain that does not end is a circle.
fn circles(pack: &Pack, report: &mut Report<'_, '_>) {
    for ((act, level), line) in &pack.competence {
        for (period, _) in line.iter() {
            let mut at = (*act, *level);
            let mut steps = 0;
            while let Some((next, next_level)) = pack.same_as(at, period.from) {
                at = (next, next_level.unwrap_or(at.1));
                steps += 1;
                if steps > limits::SAME_AS_STEPS_MAX {
                    let message = format!(
                        "`same_as` of `{}` at level `{}` never ends",
                        act.code(),
                        level.code()
                    );
                    if let Some(place) = report.place("competence") {
                        report.log.push(Diagnostic::new(
                            "LAW-LOOP",
                            &place,
                            message,
                            "let one rule of the chain name posts",
                        ));
                    }
                    break;
                }
            }
        }
    }
}
