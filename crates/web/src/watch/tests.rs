//! The golden text of every refusal of the watch, words for every code, and the charts.

use domain::Refusal;

use crate::i18n::missing_keys;

/// Every refusal of the watch, as a person reads it. `UPDATE_GOLDEN=1` writes the file anew.
#[test]
fn refusals_are_as_reviewed() {
    let mut text = String::new();
    let numbers = (1..=30).map(|n| format!("WATCH-{n:02}"));
    for code in numbers.chain(["ACCESS-02".to_owned()]) {
        let refusal = Refusal::new(Box::leak(code.into_boxed_str()))
            .arg("field", "owner_name")
            .arg("line", 3)
            .arg("what", "sha256")
            .arg("sender", "khien/giam-sat")
            .arg("receiver", "STM");
        for language in ["vi", "en"] {
            text.push_str(&crate::sentence(&refusal, language));
            text.push('\n');
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/watch/refusals.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(path).unwrap());
    assert!(!text.contains("refusal-watch"));
}

#[test]
fn every_code_has_its_words() {
    let mut keys: Vec<String> = Vec::new();
    let mut all = |beginning: &str, codes: &[&str]| {
        let key = |code: &&str| format!("{beginning}{}", code.replace('_', "-"));
        keys.extend(codes.iter().map(key));
    };
    use domain::watch::{case, report, review, source, takedown};
    all("watch-kind-", source::KINDS);
    all("watch-verdict-", report::VERDICTS);
    all("watch-how-", report::HOWS);
    all("watch-unread-", report::REASONS);
    all("watch-state-", &review::State::ALL.map(review::State::code));
    all(
        "watch-step-",
        &takedown::Step::ALL.map(takedown::Step::code),
    );
    all("watch-run-", &["queued", "running", "done", "failed"]);
    all("case-", &["open", "closed"]);
    all("case-outcome-", case::OUTCOMES);
    for language in ["vi", "en"] {
        assert_eq!(
            missing_keys(language, keys.iter().map(String::as_str)),
            [""; 0]
        );
    }
}

#[test]
fn bars_stand_on_each_other_and_none_is_too_small_to_see() {
    let month = |n: [i64; 4]| app::watch::Month {
        month: "2026-02".to_owned(),
        findings: n,
        ..app::watch::Month::default()
    };
    let parts = [("a", "A".to_owned()), ("b", "B".to_owned())];
    let of = |month: &app::watch::Month| month.findings[..2].to_vec();
    let chart = super::view::chart(&[month([1, 999, 0, 0]), month([0, 0, 0, 0])], &parts, of);
    assert_eq!(chart.top, 1000);
    assert_eq!(chart.bars.len(), 2);
    assert_eq!((chart.bars[0].y, chart.bars[0].height), (148, 2));
    assert_eq!(chart.bars[1].y + chart.bars[1].height, 148);
    assert_eq!(chart.ticks.len(), 2);
}
