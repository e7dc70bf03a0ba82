//! The library of legal acts.

use std::collections::BTreeMap;

use super::{
    source::{Log, Node, Text},
    value::EVIDENCE,
};
use crate::{
    check::year_in,
    citation::Citation,
    date::LegalDate,
    diagnostic::{Diagnostic, Place, nearest},
    rules::ActRecord,
    terms_of_art::{ActKind, Evidence},
};

/// Acts by number; several acts can share a number and differ by date or issuer.
#[derive(Debug, Default)]
pub struct Acts {
    by_number: BTreeMap<String, Vec<ActRecord>>,
    replaced: Vec<(Text, String)>,
}

impl Acts {
    /// Reads one act file.
    pub fn read(&mut self, root: &Node<'_>, log: &mut Log) {
        let Some(act) = root.table("act", log) else {
            if !root.has("act") {
                log.push(Diagnostic::new(
                    "LAW-MISSING",
                    &root.place(),
                    "`[act]` is missing here".to_owned(),
                    "an act file holds one table `[act]`",
                ));
            }
            root.finish(log);
            return;
        };
        root.finish(log);
        let number = act.text("number", log);
        let record = record(&act, log);
        let replaced = act.text_opt("replaced_by", log);
        act.finish(log);
        let (Some(number), Some(mut record)) = (number, record) else {
            return;
        };
        record.number.clone_from(&number.value);
        record.replaced_by = replaced.as_ref().map(|text| text.value.clone());
        check_year(&number, record.date, log);
        check_kind(&number, record.kind, log);
        let same = self.by_number.entry(number.value.clone()).or_default();
        if same
            .iter()
            .any(|other| other.date == record.date && other.issuer_vi == record.issuer_vi)
        {
            let message = format!(
                "the act `{}` of this date and issuer is given twice",
                number.value
            );
            log.push(Diagnostic::new(
                "LAW-DUP",
                &number.place,
                message,
                "keep one file for each act",
            ));
            return;
        }
        same.push(record);
        if let Some(replaced) = replaced {
            self.replaced.push((replaced, number.value));
        }
    }

    /// Reports replacements that are not in the library.
    pub fn check_replacements(&self, log: &mut Log) {
        for (text, number) in &self.replaced {
            if !self.by_number.contains_key(&text.value) {
                let message = format!("`{number}` is replaced by the unknown act `{}`", text.value);
                log.push(Diagnostic::new(
                    "LAW-ACT",
                    &text.place,
                    message,
                    self.suggest(&text.value),
                ));
            }
        }
    }

    /// Every act, by number.
    pub fn into_list(self) -> Vec<ActRecord> {
        self.by_number.into_values().flatten().collect()
    }

    /// The act of that number and date; anything else is reported.
    pub fn find(
        &self,
        number: &Text,
        date: Option<LegalDate>,
        place: &Place,
        log: &mut Log,
    ) -> Option<&ActRecord> {
        let Some(same) = self.by_number.get(&number.value) else {
            let message = format!("unknown act `{}`", number.value);
            log.push(Diagnostic::new(
                "LAW-ACT",
                &number.place,
                message,
                self.suggest(&number.value),
            ));
            return None;
        };
        let found = same.iter().find(|act| act.date == date);
        if found.is_none() {
            let known: Vec<String> = same
                .iter()
                .map(|act| {
                    act.date
                        .map_or("without a known date".to_owned(), |date| date.to_string())
                })
                .collect();
            let given = date.map_or("no date".to_owned(), |date| date.to_string());
            let message = format!("act `{}` is cited with {given}", number.value);
            let help = format!(
                "number and date together name an act; the library has it as: {}",
                known.join(", ")
            );
            log.push(Diagnostic::new("LAW-ACT-DATE", place, message, help));
        }
        found
    }

    /// The act of a citation already checked.
    #[must_use]
    pub fn of(&self, citation: &Citation) -> Option<&ActRecord> {
        let date = LegalDate::parse(&citation.date).ok();
        self.by_number
            .get(&citation.act)?
            .iter()
            .find(|act| act.date == date)
    }

    fn suggest(&self, wrong: &str) -> String {
        nearest(wrong, self.by_number.keys().map(String::as_str)).map_or_else(
            || "add the act as a file under `acts/`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        )
    }
}

fn record(act: &Node<'_>, log: &mut Log) -> Option<ActRecord> {
    let kinds: Vec<&str> = ActKind::ALL.iter().map(|kind| kind.code()).collect();
    let kind = act.word("kind", ActKind::parse, &kinds, log);
    let title = act.text("title_vi", log);
    let issuer = act.text("issuer_vi", log);
    let evidence = act.word("evidence", Evidence::parse, EVIDENCE, log);
    let date = act.date_opt("date", log);
    let in_force_from = act.date_opt("in_force_from", log);
    let partly_from = act.date_opt("partly_from", log);
    let in_force_to = act.date_opt("in_force_to", log);
    let fictional = act.flag("fictional", log);
    let note = act.text_opt("note", log).map(|text| text.value);
    if let (Some(from), Some(to)) = (in_force_from, in_force_to)
        && to < from
    {
        let message = format!("the act ends on {to}, before it begins on {from}");
        log.push(Diagnostic::new(
            "LAW-ORDER",
            &act.place_of("in_force_to"),
            message,
            "swap or correct the dates",
        ));
    }
    Some(ActRecord {
        number: String::new(),
        date,
        kind: kind?,
        title_vi: title?.value,
        issuer_vi: issuer?.value,
        in_force_from,
        partly_from,
        in_force_to,
        replaced_by: None,
        evidence: evidence?,
        fictional,
        note,
    })
}

fn check_year(number: &Text, date: Option<LegalDate>, log: &mut Log) {
    if let (Some(named), Some(date)) = (year_in(&number.value), date)
        && named != date.year()
    {
        let message = format!(
            "the number `{}` names the year {named} but the act is dated {date}",
            number.value
        );
        log.push(Diagnostic::new(
            "LAW-ACT-YEAR",
            &number.place,
            message,
            "correct the number or the date",
        ));
    }
}

/// Endings of numbers that tell the kind of act.
const ENDINGS: &[(&str, ActKind)] = &[
    ("NĐ-CP", ActKind::NghiDinh),
    ("NQ-CP", ActKind::NghiQuyet),
    ("QĐ-TTg", ActKind::QuyetDinh),
    ("QĐ-UBND", ActKind::QuyetDinh),
    ("CT-TTg", ActKind::ChiThi),
    ("TT-BCA", ActKind::ThongTu),
    ("TT-BTC", ActKind::ThongTu),
    ("KH-UBND", ActKind::KeHoach),
];

fn check_kind(number: &Text, kind: ActKind, log: &mut Log) {
    let wanted = ENDINGS
        .iter()
        .find(|(ending, _)| number.value.ends_with(&format!("/{ending}")));
    if let Some((_, wanted)) = wanted.filter(|(_, wanted)| *wanted != kind) {
        let message = format!(
            "the number `{}` belongs to kind `{}`, not `{}`",
            number.value,
            wanted.code(),
            kind.code()
        );
        log.push(Diagnostic::new(
            "LAW-ACT-KIND",
            &number.place,
            message,
            format!("write `kind = \"{}\"`", wanted.code()),
        ));
    }
}
