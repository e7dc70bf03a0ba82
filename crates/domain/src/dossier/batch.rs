//! A batch (đợt): one act taken on several documents at once, as a council or a
//! consignment does it. Each document keeps its own dossier; a batch only says
//! which values count for all of them and which each has for itself.

use std::collections::{BTreeMap, BTreeSet};

use super::{Field, Input, Kind, Taken};
use crate::custody::{HeldCopy, HolderKind};
use crate::{Refusal, limits};

/// Kinds that one council, consignment, request or notice carries out on several
/// documents. Copying is not among them: its copies, numbers and line in the book
/// belong to one document.
const KINDS: &[&str] = &[
    "cite_item",
    "dispatch",
    "receipt",
    "recall",
    "provide",
    "provide_foreign",
    "carry_out",
    "carry_abroad",
    "extend",
    "adjust",
    "declassify",
    "remark",
    "destroy",
    "destroy_urgent",
    "shelve",
    "deposit",
];

/// Values that are never the same for all: ends of terms, which part is freed.
const OWN: &[(&str, &str)] = &[
    ("extend", "until"),
    ("remark", "until"),
    ("declassify", "extent"),
    ("declassify", "freed_part"),
];

impl Kind {
    /// Whether a batch of this kind may be opened.
    pub fn batched(&self) -> bool {
        KINDS.contains(&self.code)
    }

    /// Whether each document of a batch has its own value of the field.
    pub fn own(&self, field: &Field) -> bool {
        field.input == Input::Copies || OWN.contains(&(self.code, field.name))
    }
}

/// The documents of a batch in the order in which they were chosen, each once.
///
/// # Errors
/// `BATCH-01` none or more than [`limits::BATCH_DOCUMENTS_MAX`].
pub fn chosen(ids: &[i64]) -> Result<Vec<i64>, Refusal> {
    let mut seen = BTreeSet::new();
    let once: Vec<i64> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
    if once.is_empty() || once.len() > limits::BATCH_DOCUMENTS_MAX {
        return Err(Refusal::new("BATCH-01")
            .arg("n", once.len())
            .arg("max", limits::BATCH_DOCUMENTS_MAX));
    }
    Ok(once)
}

/// A form holds only so many copies; what it cannot show is not taken.
///
/// # Errors
/// `BATCH-05`.
pub fn copies_fit(copies: usize) -> Result<(), Refusal> {
    if copies > limits::BATCH_COPIES_MAX {
        return Err(Refusal::new("BATCH-05")
            .arg("n", copies)
            .arg("max", limits::BATCH_COPIES_MAX));
    }
    Ok(())
}

/// The values of one document's step out of what counts for all and what is its own.
///
/// # Errors
/// `BATCH-04` when a value that each document has for itself is given for all.
pub fn values(
    kind: &Kind,
    fields: &[Field],
    common: &BTreeMap<String, String>,
    own: Option<&BTreeMap<String, String>>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut values = BTreeMap::new();
    for field in fields {
        let for_all = common.get(field.name).filter(|text| !text.is_empty());
        let value = if kind.own(field) {
            if for_all.is_some() {
                return Err(Refusal::new("BATCH-04")
                    .on(field.name)
                    .arg("field", field.name));
            }
            own.and_then(|own| own.get(field.name))
        } else {
            for_all
        };
        if let Some(value) = value {
            values.insert(field.name.to_owned(), value.clone());
        }
    }
    Ok(values)
}

/// Copies that a form offers as ticked: those that an earlier step of the dossier
/// named last, else those that lie in the unit.
pub fn offered<'a>(copies: &'a [HeldCopy], past: &[Taken]) -> Vec<&'a HeldCopy> {
    let named: Option<Vec<&str>> = past
        .iter()
        .rev()
        .filter_map(|taken| taken.values.get("copies"))
        .find(|text| !text.is_empty())
        .map(|text| {
            text.split(',')
                .filter_map(|pair| pair.split_once(':').map(|(id, _)| id))
                .collect()
        });
    copies
        .iter()
        .filter(|copy| match &named {
            Some(ids) => {
                ids.contains(&copy.id.to_string().as_str())
                    && !matches!(
                        copy.holder.kind,
                        HolderKind::Destroyed | HolderKind::Archive
                    )
            }
            None => copy.holder.kind == HolderKind::Unit,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{About, KINDS as ALL, kind};
    use super::*;
    use crate::custody::Holder;
    use law::LegalDate;

    fn of(code: &str, step: &str) -> (&'static Kind, &'static [Field]) {
        let kind = kind(code).expect("a kind");
        (kind, kind.step(step).expect("a step").fields)
    }

    fn map(values: &[(&str, &str)]) -> BTreeMap<String, String> {
        values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn only_kinds_about_a_document_are_batched_and_own_values_are_fields_of_theirs() {
        let batched: Vec<&&Kind> = ALL.iter().filter(|kind| kind.batched()).collect();
        assert_eq!(batched.len(), KINDS.len(), "every name is a kind's");
        for kind in batched {
            assert_ne!(kind.about, About::Unit, "{}", kind.code);
        }
        for (code, name) in OWN {
            let kind = kind(code).expect("a kind");
            let mut fields = kind.steps.iter().flat_map(|step| step.fields);
            assert!(
                kind.batched() && fields.any(|field| field.name == *name),
                "{code} {name}"
            );
        }
    }

    #[test]
    fn a_batch_of_one_says_what_the_single_form_says() {
        for kind in ALL.iter().filter(|kind| kind.batched()) {
            for step in kind.steps {
                let all: BTreeMap<String, String> = step
                    .fields
                    .iter()
                    .map(|field| (field.name.to_owned(), format!("lời {}", field.name)))
                    .collect();
                let (own, common): (BTreeMap<_, _>, BTreeMap<_, _>) =
                    all.clone().into_iter().partition(|(name, _)| {
                        step.fields
                            .iter()
                            .any(|field| field.name == name && kind.own(field))
                    });
                let made = values(kind, step.fields, &common, Some(&own));
                assert_eq!(made, Ok(all), "{} {}", kind.code, step.code);
            }
        }
    }

    #[test]
    fn what_is_a_documents_own_is_not_taken_for_all() {
        let (kind, fields) = of("extend", "propose");
        let common = map(&[
            ("on", "2025-06-01"),
            ("reason", "cần"),
            ("until", "2040-01-01"),
        ]);
        let refused = values(kind, fields, &common, None).expect_err("one end for all");
        assert_eq!((refused.code, refused.field), ("BATCH-04", Some("until")));
        let common = map(&[("on", "2025-06-01"), ("reason", "cần"), ("until", "")]);
        let own = map(&[("until", "2040-01-01"), ("reason", "của riêng")]);
        let made = values(kind, fields, &common, Some(&own)).expect("values");
        assert_eq!(
            made,
            map(&[
                ("on", "2025-06-01"),
                ("reason", "cần"),
                ("until", "2040-01-01")
            ])
        );
    }

    #[test]
    fn a_batch_has_each_document_once_and_no_more_than_a_form_holds() {
        assert_eq!(chosen(&[3, 1, 3, 2, 1]), Ok(vec![3, 1, 2]));
        assert_eq!(chosen(&[]).map_err(|refused| refused.code), Err("BATCH-01"));
        let most: Vec<i64> = (1..=200).collect();
        assert_eq!(chosen(&most).map(|ids| ids.len()), Ok(200));
        let more: Vec<i64> = (1..=201).collect();
        assert_eq!(
            chosen(&more).map_err(|refused| refused.code),
            Err("BATCH-01")
        );
        assert_eq!(copies_fit(1_000), Ok(()));
        assert_eq!(
            copies_fit(1_001).map_err(|refused| refused.code),
            Err("BATCH-05")
        );
    }

    #[test]
    fn copies_in_the_unit_are_offered_first_then_those_that_were_named() {
        let since = LegalDate::parse("2025-01-02").expect("a day");
        let copy = |id, kind| HeldCopy {
            id,
            label: format!("Bản số {id:02}"),
            holder: Holder {
                kind,
                name: String::new(),
            },
            since,
            moves: 1,
        };
        let copies = [
            copy(1, HolderKind::Unit),
            copy(2, HolderKind::Body),
            copy(3, HolderKind::Destroyed),
            copy(11, HolderKind::Unit),
        ];
        let ids = |past: &[Taken]| -> Vec<i64> {
            offered(&copies, past).iter().map(|copy| copy.id).collect()
        };
        let taken = |text: &str| Taken {
            step: "minutes".to_owned(),
            on: since,
            account: 1,
            values: map(&[("copies", text)]),
        };
        assert_eq!(ids(&[]), [1, 11]);
        assert_eq!(ids(&[taken("")]), [1, 11]);
        assert_eq!(ids(&[taken("1:1"), taken("2:1,3:1")]), [2]);
        assert_eq!(ids(&[taken("11:4")]), [11]);
    }
}
