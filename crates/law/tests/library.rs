//! Acts, catalogues, citations, procedures: the typed questions other rooms build on.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot build its input must stop"
)]

use law::{
    CitationFault, DeviceRule, EnvelopePlace, Force, LegalDate, Level, Pack, Proceeding, TwoPersons,
};

fn pack() -> &'static Pack {
    Pack::embedded().expect("the embedded pack loads")
}

fn day(text: &str) -> LegalDate {
    LegalDate::parse(text).expect("a date")
}

/// The 31 public decisions in force on 26/3/2026.
const PUBLIC: &[(&str, &str)] = &[
    ("774", "2020-06-05"),
    ("808", "2020-06-18"),
    ("872", "2020-06-19"),
    ("960", "2020-07-07"),
    ("970", "2020-07-07"),
    ("971", "2020-07-07"),
    ("988", "2020-07-09"),
    ("1178", "2020-08-04"),
    ("1180", "2020-08-04"),
    ("1222", "2020-08-11"),
    ("1306", "2020-08-26"),
    ("1441", "2020-09-23"),
    ("1451", "2020-09-24"),
    ("1765", "2020-11-09"),
    ("1923", "2020-11-25"),
    ("2182", "2020-12-21"),
    ("2238", "2020-12-29"),
    ("2288", "2020-12-31"),
    ("39", "2021-01-12"),
    ("211", "2021-02-17"),
    ("277", "2021-02-26"),
    ("741", "2021-05-20"),
    ("504", "2022-04-22"),
    ("531", "2023-05-19"),
    ("440", "2024-05-22"),
    ("562", "2025-03-10"),
    ("1630", "2025-07-30"),
    ("2440", "2025-11-05"),
    ("19", "2026-01-06"),
    ("137", "2026-01-19"),
    ("476", "2026-03-25"),
];

#[test]
fn the_public_catalogues_are_records() {
    let on = day("2026-03-26");
    let in_force = pack().catalogues_on(on);
    assert_eq!(PUBLIC.len(), 31);
    for (number, date) in PUBLIC {
        let number = format!("{number}/QĐ-TTg");
        let found = in_force
            .iter()
            .find(|catalogue| catalogue.act.number == number)
            .unwrap_or_else(|| panic!("{number} is not in force"));
        assert_eq!(found.act.date, Some(day(date)), "{number}");
        assert_eq!(found.act.issuer_vi, "Thủ tướng Chính phủ", "{number}");
        assert!(!found.field_vi.is_empty() && found.replaced_by().is_none());
        assert!(!found.items().is_empty() || found.missing().is_some());
    }
    let not_public: Vec<&str> = in_force
        .iter()
        .map(|catalogue| catalogue.act.number.as_str())
        .filter(|number| {
            !PUBLIC
                .iter()
                .any(|(one, _)| format!("{one}/QĐ-TTg") == **number)
        })
        .collect();
    assert_eq!(not_public, ["41/QĐ-TTg"], "the one that is not public");
}

#[test]
fn a_replaced_catalogue_names_its_successor() {
    let old = pack().catalogue("809/QĐ-TTg", None).expect("a record");
    assert_eq!(old.replaced_by(), Some("531/QĐ-TTg"));
    assert_eq!(old.period.to, Some(day("2023-05-18")));
    let field = |on| {
        pack()
            .catalogue_of("giao_duc", day(on))
            .map(|one| one.act.number.as_str())
    };
    assert_eq!(field("2023-05-18"), Some("809/QĐ-TTg"));
    assert_eq!(field("2023-05-19"), Some("531/QĐ-TTg"));
    assert_eq!(field("2019-01-01"), None);
    assert_eq!(
        pack().catalogue("531/QĐ-TTg", Some(day("2023-05-20"))),
        None
    );
}

#[test]
fn items_say_how_far_they_are_known() {
    let education = pack().catalogue("531/QĐ-TTg", None).expect("a record");
    let exam = education.items().first().expect("an item");
    assert_eq!(exam.level, Level::ToiMat);
    assert_eq!(exam.article, None, "the source gives no article");
    assert!(education.missing().is_some());
    let planning = pack().catalogue("1441/QĐ-TTg", None).expect("a record");
    let item = planning.items().first().expect("an item");
    assert_eq!(planning.cite(item).article, "2");
}

#[test]
fn the_two_directives_of_a_plan_are_told_apart_by_their_date() {
    let on = day("2022-03-01");
    for (date, word) in [
        ("2018-07-04", "không gian mạng"),
        ("2019-11-15", "tình hình mới"),
    ] {
        let check = pack().check_citation("02/CT-TTg", Some(day(date)), on);
        let act = check.act.as_ref().expect("the act meant");
        assert_eq!(act.date, Some(day(date)));
        assert!(act.title_vi.contains(word), "{}", act.title_vi);
        assert_eq!(check.faults, []);
        assert_eq!(check.candidates.len(), 2);
    }
    let without = pack().check_citation("02/CT-TTg", None, on);
    assert_eq!(without.act, None);
    assert_eq!(without.faults, [CitationFault::Ambiguous]);
    let known = vec![day("2018-07-04"), day("2019-11-15")];
    let wrong = pack().check_citation("02/CT- TTg", Some(day("2020-11-15")), on);
    assert_eq!(wrong.faults, [CitationFault::DateDisagrees { known }]);
}

#[test]
fn force_follows_the_day() {
    let check = |on| pack().check_citation("29/2018/QH14", None, day(on));
    assert_eq!(
        check("2018-12-31").force,
        Some(Force::NotYet {
            from: day("2020-07-01")
        })
    );
    assert_eq!(
        check("2019-01-01").force,
        Some(Force::Partly {
            rest_from: Some(day("2020-07-01"))
        })
    );
    assert!(check("2020-07-01").is_clear());
    assert!(check("2026-02-28").is_clear());
    let ended = check("2026-03-01");
    assert_eq!(ended.replaced_by(), Some("117/2025/QH15"));
    assert_eq!(ended.messages_vi().len(), 1);
    assert!(!ended.is_clear());
}

#[test]
fn a_successor_ends_an_act_whose_last_day_is_not_known() {
    let on = |day_text| {
        pack()
            .check_citation("809/QĐ-TTg", None, day(day_text))
            .force
    };
    assert_eq!(on("2023-05-18"), Some(Force::InForce));
    assert_eq!(
        on("2023-05-19"),
        Some(Force::Ended {
            last: None,
            replaced_by: Some("531/QĐ-TTg".to_owned())
        })
    );
}

#[test]
fn slips_of_the_pen_are_named() {
    let on = day("2022-03-01");
    let other_year = pack().check_citation("110/2012/TT-BTC", None, on);
    let near = Some("110/2013/TT-BTC".to_owned());
    assert_eq!(other_year.faults, [CitationFault::UnknownAct { near }]);
    let both = pack().check_citation("26/2020/NĐ-CP", Some(day("2021-02-28")), on);
    let codes: Vec<&str> = both.faults.iter().map(CitationFault::code).collect();
    assert_eq!(codes, ["CITE-YEAR", "CITE-DATE"]);
    assert_eq!(both.messages_vi().len(), 2);
    let not_dated = pack().check_citation("144/2021/NĐ-CP", Some(day("2021-12-31")), on);
    assert_eq!(not_dated.faults, [CitationFault::DateNotKnown]);
    assert!(not_dated.act.is_some());
    for odd in ["", "0", "///", "Đ", "ngày 15"] {
        assert_eq!(pack().check_citation(odd, None, on).act, None, "{odd}");
    }
}

#[test]
fn every_act_of_the_library_is_found_by_its_own_number_and_date() {
    let on = day("2026-11-22");
    for act in pack().acts() {
        let check = pack().check_citation(&act.number, act.date, on);
        let several = check.faults == [CitationFault::Ambiguous];
        assert!(check.act.as_ref() == Some(act) || several, "{}", act.vi());
        assert!(
            !check.faults.iter().any(|fault| matches!(
                fault,
                CitationFault::UnknownAct { .. } | CitationFault::DateDisagrees { .. }
            )),
            "{}",
            act.vi()
        );
    }
}

#[test]
fn a_form_is_checked_against_what_the_law_asks() {
    let carry = pack().procedure(Proceeding::CarryOut, day("2024-05-05"));
    let carry = carry.value.expect("a procedure");
    let request = carry.paper("request").expect("a request");
    let held = [
        "full_name",
        "position",
        "unit",
        "document_type",
        "subject",
        "level",
        "time",
    ];
    let lacking: Vec<&str> = request
        .lacking(&held)
        .into_iter()
        .map(|one| one.key.as_str())
        .collect();
    assert_eq!(lacking, ["purpose", "place", "protection_measures"]);
    let copy = pack().procedure(Proceeding::Copy, day("2024-05-05"));
    let copy = copy.value.expect("a procedure");
    let stamp = copy.paper("last_page").expect("the stamp of the last page");
    assert!(stamp.particulars.iter().any(|one| one.key == "seal"));
    assert!(!stamp.lacking(&[]).iter().any(|one| one.key == "seal"));
}

#[test]
fn acts_that_end_a_secret_need_two_people_and_a_council() {
    let on = day("2024-05-05");
    for (proceeding, council) in [(Proceeding::Destroy, 3), (Proceeding::Declassify, 2)] {
        let rule = pack().procedure(proceeding, on).value.expect("a procedure");
        assert_eq!(rule.two_persons, TwoPersons::Law, "{proceeding:?}");
        let members = rule.council.map(|council| council.members.len());
        assert_eq!(members, Some(council), "{proceeding:?}");
    }
    let adjust = pack().procedure(Proceeding::Adjust, on).value;
    let adjust = adjust.expect("a procedure");
    assert_eq!(adjust.two_persons, TwoPersons::House);
    assert_eq!(adjust.notice.and_then(|notice| notice.days), Some(15));
}

#[test]
fn each_proceeding_is_answered_or_says_what_is_missing() {
    for on in ["2020-07-01", "2026-02-28", "2026-03-01", "2030-01-01"] {
        for proceeding in Proceeding::ALL {
            let finding = pack().procedure(*proceeding, day(on));
            assert!(!finding.because.is_empty(), "{proceeding:?} {on}");
            let partly = finding
                .value
                .as_ref()
                .is_none_or(|one| one.missing.is_some());
            let named = finding
                .notes
                .iter()
                .any(|note| note.starts_with("Thiếu văn bản: "));
            assert_eq!(partly, named, "{proceeding:?} {on}");
        }
    }
}

#[test]
fn levels_differ_in_envelope_and_meeting() {
    let on = day("2024-05-05");
    let letters: Vec<(String, usize)> = Level::ALL
        .iter()
        .filter_map(|level| {
            let envelope = pack().envelope(*level, on).value?;
            Some((envelope.letter()?.to_owned(), envelope.layers.len()))
        })
        .collect();
    let wanted = [("C", 1), ("B", 1), ("A", 2)].map(|(letter, layers)| (letter.to_owned(), layers));
    assert_eq!(letters, wanted);
    let inner = pack().envelope(Level::TuyetMat, on).value.expect("a rule");
    assert_eq!(
        inner.named_opener,
        Some(("named_person".to_owned(), EnvelopePlace::Inner))
    );
    let devices = |level| pack().meeting(level, on).value.map(|rule| rule.devices);
    assert_eq!(devices(Level::Mat), Some(DeviceRule::AsChairRequires));
    assert_eq!(devices(Level::ToiMat), Some(DeviceRule::Forbidden));
    assert_eq!(pack().meeting(Level::Mat, day("2026-03-01")).value, None);
}
