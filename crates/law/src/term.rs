//! Terms of protection, their extension, notices and reports.

use crate::{
    date::LegalDate,
    pack::{Pack, answer},
    rules::{CarrierTerm, DueKey, DueRule, Finding, TermYears, YearDay},
    terms_of_art::{Carrier, Level},
    timeline::Timeline,
};

/// A term of protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Last day of protection; `None` for a place, which is protected while it is used.
    pub until: Option<LegalDate>,
    /// Last day to decide an extension.
    pub extend_decide_by: Option<LegalDate>,
    /// A shorter term may be written on the carrier (activities).
    pub shorter_allowed: bool,
}

/// An extension of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    /// The decision came in time. When not, the item is declassified at the end of its term.
    pub in_time: bool,
    /// Last day on which the decision was in time.
    pub decide_by: LegalDate,
    /// The longest new end of protection; `None` for a place.
    pub until_max: Option<LegalDate>,
    /// Last day to notify in writing; `None` when the rule of notice is not known.
    pub notify_by: Option<LegalDate>,
}

/// A notice and its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// Last day to notify.
    pub by: LegalDate,
    /// The law says "at once".
    pub at_once: bool,
}

/// A report's window and last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// First day of the data.
    pub from: LegalDate,
    /// Last day of the data.
    pub to: LegalDate,
    /// Last day to send it.
    pub by: LegalDate,
}

impl Pack {
    /// The term of protection of an item of a level, determined on a day.
    #[must_use]
    pub fn term(&self, level: Level, carrier: Carrier, determined: LegalDate) -> Finding<Term> {
        let years = answer(
            self.terms.get(&level),
            "thời hạn bảo vệ",
            determined,
            |rule| Some(*rule),
        );
        let Some(rule) = years.value else {
            return unknown(years);
        };
        if rule.in_catalogue_only {
            let mut finding = unknown(years);
            finding
                .notes
                .push("Câu trả lời phụ thuộc việc bí mật còn thuộc danh mục hay không.".to_owned());
            return finding;
        }
        self.term_of(level, carrier, determined, years)
    }

    /// The same when it is known that the item is still in a catalogue: settles
    /// secrets determined before 1/1/2019 (Luật 29/2018/QH14 Điều 28).
    #[must_use]
    pub fn term_in_catalogue(
        &self,
        level: Level,
        carrier: Carrier,
        determined: LegalDate,
    ) -> Finding<Term> {
        let years = answer(
            self.terms.get(&level),
            "thời hạn bảo vệ",
            determined,
            |rule| Some(*rule),
        );
        self.term_of(level, carrier, determined, years)
    }

    fn term_of(
        &self,
        level: Level,
        carrier: Carrier,
        determined: LegalDate,
        years: Finding<TermYears>,
    ) -> Finding<Term> {
        let Some(rule) = years.value else {
            return unknown(years);
        };
        let by_carrier = answer(
            self.carriers.get(&carrier),
            "thời hạn bảo vệ theo hình thức chứa",
            determined,
            |rule| Some(*rule),
        );
        let Some(kind) = by_carrier.value else {
            return unknown(by_carrier);
        };
        let mut because = years.because;
        because.extend(
            by_carrier
                .because
                .into_iter()
                .filter(|_| kind != CarrierTerm::Fixed),
        );
        let mut notes = years.notes;
        notes.extend(by_carrier.notes);
        let until = match kind {
            CarrierTerm::WhileInUse => None,
            CarrierTerm::Fixed | CarrierTerm::MayBeShorter => {
                match determined.plus_years(rule.years, rule.round) {
                    Ok(until) => Some(until),
                    Err(_) => return out_of_calendar(),
                }
            }
        };
        // Secrets older than the rules of extension fall under the first of them (Điều 28).
        let extension = self.extension.get(&level);
        let day = extension
            .and_then(Timeline::start)
            .map_or(determined, |start| start.max(determined));
        let before = extension
            .and_then(|line| line.at(day))
            .and_then(|dated| dated.value.as_ref());
        let days = before.map(|rule| rule.decide_before_days);
        let extend_decide_by = until
            .zip(days)
            .and_then(|(until, days)| until.plus_days(-days).ok());
        let term = Term {
            until,
            extend_decide_by,
            shorter_allowed: kind == CarrierTerm::MayBeShorter,
        };
        Finding {
            value: Some(term),
            because,
            notes,
        }
    }

    /// An extension decided on a day for protection that ends on `until`.
    #[must_use]
    pub fn extend(
        &self,
        level: Level,
        carrier: Carrier,
        until: LegalDate,
        decided: LegalDate,
    ) -> Finding<Extension> {
        let rule = answer(
            self.extension.get(&level),
            "gia hạn thời hạn bảo vệ",
            decided,
            |rule| Some(*rule),
        );
        let Some(extension) = rule.value else {
            return unknown(rule);
        };
        let (Ok(decide_by), Ok(longest)) = (
            until.plus_days(-extension.decide_before_days),
            until.plus_years(extension.years_max, extension.round),
        ) else {
            return out_of_calendar();
        };
        let in_time = decided <= decide_by;
        let mut notes = rule.notes;
        if carrier == Carrier::Place {
            notes.push(
                "Địa điểm được bảo vệ đến khi không còn sử dụng, không đặt thời hạn gia hạn."
                    .to_owned(),
            );
        }
        if !in_time {
            notes.push(late(
                until,
                decided,
                decide_by,
                extension.decide_before_days,
            ));
        }
        let notify_by = self.notify("extend", decided).value.map(|notice| notice.by);
        let until_max = (carrier != Carrier::Place).then_some(longest);
        let extension = Extension {
            in_time,
            decide_by,
            until_max,
            notify_by,
        };
        Finding {
            value: Some(extension),
            because: rule.because,
            notes,
        }
    }

    /// The last day of the written notice that an act decided on a day requires.
    #[must_use]
    pub fn notify(&self, act: &str, decided: LegalDate) -> Finding<Notice> {
        let rule = answer(
            self.notices.get(act),
            "thời hạn thông báo",
            decided,
            |rule| Some(*rule),
        );
        let Some(notice) = rule.value else {
            return unknown(rule);
        };
        match decided.plus_days(notice.days) {
            Ok(by) => Finding {
                value: Some(Notice {
                    by,
                    at_once: notice.days == 0,
                }),
                because: rule.because,
                notes: rule.notes,
            },
            Err(_) => out_of_calendar(),
        }
    }

    /// Acts that have a rule of notice.
    pub fn notice_acts(&self) -> impl Iterator<Item = &str> {
        self.notices.keys().map(String::as_str)
    }

    /// The window and last day of a report of a year under the national rules.
    /// The law in force on 31 December of that year decides.
    #[must_use]
    pub fn due(&self, duty: &str, body: &str, year: i16) -> Finding<Due> {
        self.due_of(
            DueKey {
                province: None,
                duty: duty.to_owned(),
                body: body.to_owned(),
            },
            year,
        )
    }

    /// The same under a province's own rule, which stands before the national one.
    #[must_use]
    pub fn due_in_province(
        &self,
        province: &str,
        duty: &str,
        body: &str,
        year: i16,
    ) -> Finding<Due> {
        let own = own_key(province, duty, body);
        if self.due.contains_key(&own) {
            self.due_of(own, year)
        } else {
            self.due(duty, body, year)
        }
    }

    /// Whether a province has a rule of its own for a report.
    #[must_use]
    pub fn has_own_due(&self, province: &str, duty: &str, body: &str) -> bool {
        self.due.contains_key(&own_key(province, duty, body))
    }

    /// Keys of report rules: duties, bodies, provinces.
    pub fn due_keys(&self) -> impl Iterator<Item = &DueKey> {
        self.due.keys()
    }

    fn due_of(&self, key: DueKey, year: i16) -> Finding<Due> {
        let Ok(on) = LegalDate::new(year, 12, 31) else {
            return out_of_calendar();
        };
        let rule = answer(self.due.get(&key), "thời hạn báo cáo", on, |rule| {
            Some(*rule)
        });
        let Some(due) = rule.value else {
            return unknown(rule);
        };
        let Some(value) = window(&due, year) else {
            return out_of_calendar();
        };
        let mut notes = rule.notes;
        if due.before {
            notes.push(format!(
                "Văn bản ghi “trước ngày {}/{}”, nên ngày cuối cùng còn kịp là {}.",
                due.by.day,
                due.by.month,
                value.by.day_month_year()
            ));
        }
        Finding {
            value: Some(value),
            because: rule.because,
            notes,
        }
    }
}

fn own_key(province: &str, duty: &str, body: &str) -> DueKey {
    DueKey {
        province: Some(province.to_owned()),
        duty: duty.to_owned(),
        body: body.to_owned(),
    }
}

fn window(rule: &DueRule, year: i16) -> Option<Due> {
    let day =
        |day: &YearDay| LegalDate::new(year.checked_add(day.year_offset)?, day.month, day.day).ok();
    let named = day(&rule.by)?;
    let by = if rule.before {
        named.plus_days(-1).ok()?
    } else {
        named
    };
    Some(Due {
        from: day(&rule.from)?,
        to: day(&rule.to)?,
        by,
    })
}

fn late(until: LegalDate, decided: LegalDate, decide_by: LegalDate, days: i32) -> String {
    if decided > until {
        return format!(
            "Thời hạn bảo vệ đã hết ngày {}; bí mật đương nhiên được giải mật, không còn gì để gia hạn.",
            until.day_month_year()
        );
    }
    format!(
        "Quyết định ngày {} là muộn: phải quyết định trước khi hết thời hạn ít nhất {days} ngày, chậm nhất ngày {}.",
        decided.day_month_year(),
        decide_by.day_month_year()
    )
}

fn unknown<T, U>(finding: Finding<T>) -> Finding<U> {
    Finding {
        value: None,
        because: finding.because,
        notes: finding.notes,
    }
}

fn out_of_calendar<T>() -> Finding<T> {
    Finding {
        value: None,
        because: Vec::new(),
        notes: vec!["Ngày tính được nằm ngoài lịch (năm 1 đến 9999).".to_owned()],
    }
}
