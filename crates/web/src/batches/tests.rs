//! The golden text of every refusal of a batch, and what a posted form says.

use app::AppError;
use domain::Refusal;
use domain::dossier::kind;

use super::{pairs, typed};
use crate::fault;
use crate::fields::Fields;
use crate::i18n::T;

/// Every refusal of a batch, as a person reads it. `UPDATE_GOLDEN=1` writes the file anew.
#[test]
fn refusals_are_as_reviewed() {
    let mut text = String::new();
    for n in 1..=5 {
        let code = format!("BATCH-{n:02}");
        let refusal = Refusal::new(Box::leak(code.into_boxed_str()))
            .arg("field", "until")
            .arg("n", 1234)
            .arg("max", 200);
        for language in ["vi", "en"] {
            text.push_str(&crate::sentence(&refusal, language));
            text.push('\n');
        }
    }
    for error in [
        AppError::Refused(Refusal::new("ACT-03").on("chair").arg("field", "chair")),
        AppError::Stale,
    ] {
        let in_batch = AppError::InBatch {
            row: 2,
            number_symbol: "97/BC-STP".to_owned(),
            error: Box::new(error),
        };
        for language in ["vi", "en"] {
            let problem = fault::problem(&in_batch, T::new(language));
            text.push_str(&format!("{} ({})\n", problem.message, problem.code));
            assert_eq!(problem.row, 2);
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/batches/refusals.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(path).unwrap());
    assert!(!text.contains("refusal-batch") && !text.contains("batch-refused"));
}

#[test]
fn a_form_says_what_counts_for_all_and_what_is_a_documents_own() {
    let kind = kind("declassify").unwrap();
    let step = kind.step("minutes").unwrap();
    let form = "on=2026-02-10&minutes_number=01-5&extent-7=whole&extent-9=part&freed_part-9=M%E1%BB%A5c+I\
                &note-9=x&extent-b=part&copies-7=1%3A1&strange-7=x";
    let typed = typed(kind, step, &Fields::decode(form.as_bytes()));
    let common: Vec<_> = typed.common.into_iter().collect();
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        common,
        [text("minutes_number", "01-5"), text("on", "2026-02-10")]
    );
    let own: Vec<(i64, Vec<_>)> = typed
        .own
        .into_iter()
        .map(|(document, own)| (document, own.into_iter().collect()))
        .collect();
    let part = vec![text("extent", "part"), text("freed_part", "Mục I")];
    assert_eq!(own, [(7, vec![text("extent", "whole")]), (9, part)]);
}

#[test]
fn all_ticked_copies_of_a_document_are_its_value() {
    let kind = kind("destroy").unwrap();
    let step = kind.step("minutes").unwrap();
    let fields = Fields::decode(
        b"copies-3=1%3A2&copies-3=4%3A1&copies-5=9%3A1&dossier=8%3A2&dossier=x&dossier=9",
    );
    let typed = typed(kind, step, &fields);
    assert!(typed.common.is_empty());
    assert_eq!(typed.own[&3]["copies"], "1:2,4:1");
    assert_eq!(typed.own[&5]["copies"], "9:1");
    assert_eq!(pairs(fields.all("dossier")), [(8, 2)]);
}
