//! Properties: `ct-merkle` as oracle over random logs, and every mutation of a proof, note, page or export refused.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot build its input must stop"
)]

mod common;

use std::collections::BTreeMap;

use common::{ORIGIN, entry_event, page_proof, page_text, salt, signer};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ledger::checkpoint::Checkpoint;
use ledger::digest::leaf_hash;
use ledger::event::Event;
use ledger::export::{HEADER, Record, verify_export};
use ledger::limits::{EVENT_BYTES_MAX, EXPORT_LINE_BYTES_MAX, NOTE_BYTES_MAX, QR_TEXT_CHARS_MAX};
use ledger::memory::MemoryLog;
use ledger::page::PageProof;
use ledger::proof::{verify_consistency, verify_inclusion};
use ledger::{Error, Frontier, Hash};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use sha2::Sha256;

fn log_of(leaves: &[Vec<u8>]) -> MemoryLog {
    let mut log = MemoryLog::new();
    for leaf in leaves {
        log.append(leaf_hash(leaf)).unwrap();
    }
    log
}

fn any_event() -> impl Strategy<Value = Event> {
    let fields = btree_map("[a-z0-9._-]{1,8}", "\\PC{0,12}", 0..5);
    ("[a-z.]{1,12}", 0..60_u8, "\\PC{0,12}", "\\PC{0,12}", fields).prop_map(
        |(kind, second, actor, object, fields)| {
            let at = format!("2026-02-28T23:59:{second:02}Z");
            Event {
                kind,
                at,
                actor,
                object,
                fields,
            }
        },
    )
}

/// An export of `count` entries, one of which was destroyed, with its checkpoint.
fn export(count: u64, destroyed: u64) -> (String, Checkpoint) {
    let mut text = format!("{HEADER}\n");
    let mut frontier = Frontier::new();
    for number in 0..count {
        let leaf = entry_event(number).encode(&salt(number)).unwrap();
        let record = if number == destroyed {
            Record::Destroyed(leaf_hash(&leaf))
        } else {
            Record::Kept(leaf)
        };
        frontier.append(record.leaf_hash()).unwrap();
        text += &format!("{}\n", record.to_line());
    }
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: count,
        root: frontier.root(),
    };
    (
        format!("{text}\n{}", checkpoint.sign(&signer()).unwrap()),
        checkpoint,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn roots_and_proofs_equal_those_of_ct_merkle(
        leaves in vec(vec(any::<u8>(), 0..8), 1..400),
        place in any::<prop::sample::Index>(),
        earlier in any::<prop::sample::Index>(),
    ) {
        let log = log_of(&leaves);
        let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        leaves.iter().for_each(|leaf| oracle.push(leaf.clone()));
        let (root, expected) = (log.root(), oracle.root());
        prop_assert_eq!(root.as_slice(), expected.as_bytes().as_slice());
        let (index, old) = (place.index(leaves.len()), 1 + earlier.index(leaves.len()));
        let inclusion = log.inclusion(index as u64, log.size()).unwrap();
        let expected = oracle.prove_inclusion(index);
        prop_assert_eq!(inclusion.concat(), expected.as_bytes());
        let consistency = log.consistency(old as u64, log.size()).unwrap();
        if old < leaves.len() {
            let expected = oracle.prove_consistency(leaves.len() - old);
            prop_assert_eq!(consistency.concat(), expected.as_bytes());
        }
        verify_inclusion(&leaf_hash(&leaves[index]), index as u64, log.size(), &inclusion, &log.root()).unwrap();
        verify_consistency(old as u64, log.size(), &log.root_at(old as u64).unwrap(), &log.root(), &consistency).unwrap();
    }

    #[test]
    fn a_stored_frontier_continues_the_same_log(leaves in vec(any::<[u8; 32]>(), 0..80), cut in any::<prop::sample::Index>()) {
        let mut whole = Frontier::new();
        let mut resumed = Frontier::new();
        let cut = cut.index(leaves.len() + 1);
        for (number, leaf) in leaves.iter().enumerate() {
            if number == cut {
                resumed = Frontier::from_bytes(&resumed.to_bytes()).unwrap();
            }
            prop_assert_eq!(whole.append(*leaf).unwrap(), resumed.append(*leaf).unwrap());
        }
        prop_assert_eq!(&whole, &resumed);
        let bytes = whole.to_bytes();
        let longer = [bytes.as_slice(), &[0]].concat();
        prop_assert!(Frontier::from_bytes(&longer).is_err());
        prop_assert!(Frontier::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn an_event_has_one_encoding(event in any_event(), salt in any::<[u8; 16]>()) {
        let bytes = event.encode(&salt).unwrap();
        prop_assert_eq!(Event::decode(&bytes).unwrap(), (event, salt));
    }

    #[test]
    fn bytes_that_read_as_an_event_are_its_encoding(
        event in any_event(), place in any::<prop::sample::Index>(), value in any::<u8>(), noise in vec(any::<u8>(), 0..40),
    ) {
        let mut bytes = event.encode(&[3; 16]).unwrap();
        let at = place.index(bytes.len());
        bytes[at] = value;
        for bytes in [bytes, [&[1; 17], noise.as_slice()].concat(), noise] {
            if let Ok((event, salt)) = Event::decode(&bytes) {
                prop_assert_eq!(event.encode(&salt).unwrap(), bytes);
            }
        }
    }

    #[test]
    fn every_changed_hash_of_a_proof_is_refused(
        leaves in vec(vec(any::<u8>(), 0..4), 2..90),
        place in any::<prop::sample::Index>(), which in any::<prop::sample::Index>(), bit in 0..256_usize,
    ) {
        let log = log_of(&leaves);
        let (size, index) = (log.size(), place.index(leaves.len()) as u64);
        let leaf = leaf_hash(&leaves[index as usize]);
        let flip = |proof: &mut Vec<Hash>| {
            let at = which.index(proof.len());
            proof[at][bit / 8] ^= 1 << (bit % 8);
        };
        let mut proof = log.inclusion(index, size).unwrap();
        flip(&mut proof);
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &log.root()), Err(Error::Inclusion));
        let old = 1 + index;
        let mut proof = log.consistency(old, size).unwrap();
        if !proof.is_empty() {
            flip(&mut proof);
            prop_assert!(verify_consistency(old, size, &log.root_at(old).unwrap(), &log.root(), &proof).is_err());
        }
    }

    #[test]
    fn every_changed_byte_of_a_signed_checkpoint_is_refused(place in any::<prop::sample::Index>(), value in any::<u8>()) {
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size: 12, root: leaf_hash(b"") };
        let note = checkpoint.sign(&signer()).unwrap();
        let mut bytes = note.clone().into_bytes();
        let at = place.index(bytes.len());
        bytes[at] = value;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert_eq!(Checkpoint::open(&changed, signer().verifier()).is_ok(), changed == note);
        }
    }

    #[test]
    fn every_changed_character_of_a_page_proof_is_refused(place in any::<prop::sample::Index>(), value in "[0-9A-Z $%*+./:-]") {
        let text = page_proof(&page_text(), 5, 9).to_qr_text().unwrap();
        let at = place.index(text.len());
        let mut changed = text.clone();
        changed.replace_range(at..=at, &value);
        let verified = PageProof::parse(&changed).and_then(|proof| proof.verify(signer().verifier()));
        prop_assert_eq!(verified.is_ok(), changed == text);
    }

    #[test]
    fn hostile_texts_never_panic(text in "\\PC{0,60}", bytes in vec(any::<u8>(), 0..300)) {
        let key = signer();
        let note = format!("{text}\n\n\u{2014} {text} {text}\n");
        prop_assert!(ledger::note::open(&note, key.verifier()).is_err());
        let qr = format!("KHIEN1:{text}");
        prop_assert!(PageProof::parse(&qr).is_err());
        prop_assert!(Frontier::from_bytes(&bytes).is_err() || bytes.len() % 32 == 9);
        prop_assert!(verify_export(&bytes, key.verifier(), &[]).is_err());
    }

    #[test]
    fn every_changed_byte_of_an_export_is_refused(place in any::<prop::sample::Index>(), value in any::<u8>()) {
        let (text, _) = export(12, 4);
        let mut bytes = text.clone().into_bytes();
        let at = place.index(bytes.len());
        bytes[at] = value;
        let verified = verify_export(&bytes, signer().verifier(), &[]);
        prop_assert_eq!(verified.is_ok(), bytes == text.as_bytes());
    }

    /// Changes, deletions, insertions, swaps, truncations and restored backups, each signed again with the unit's own
    /// key: only a checkpoint that someone else kept finds them, and it finds all of them.
    #[test]
    fn a_rewritten_and_resigned_ledger_contradicts_the_witness(
        count in 6..40_u64, way in 0..5_u8, place in any::<prop::sample::Index>(), later in 0..9_u64,
    ) {
        let (_, witnessed) = export(count, u64::MAX);
        let mut numbers: Vec<u64> = (0..count).collect();
        let at = place.index(count as usize - 1);
        match way {
            0 => numbers[at] = 1_000,
            1 => { numbers.remove(at); }
            2 => numbers.insert(at, 1_000),
            3 => numbers.swap(at, at + 1),
            _ => numbers.truncate(at),
        }
        let honest_tail = if way == 4 { 0 } else { later };
        numbers.extend((0..honest_tail).map(|number| 2_000 + number));
        let mut frontier = Frontier::new();
        let mut text = format!("{HEADER}\n");
        for number in numbers {
            let record = Record::Kept(entry_event(number).encode(&salt(number)).unwrap());
            frontier.append(record.leaf_hash()).unwrap();
            text += &format!("{}\n", record.to_line());
        }
        let forged = Checkpoint { origin: ORIGIN.to_owned(), size: frontier.size(), root: frontier.root() };
        let text = format!("{text}\n{}", forged.sign(&signer()).unwrap());
        let key = signer();
        prop_assert!(verify_export(text.as_bytes(), key.verifier(), &[]).is_ok());
        let found = verify_export(text.as_bytes(), key.verifier(), &[witnessed]);
        prop_assert_eq!(found, Err(Error::ExportWitness { size: count }));
    }
}

#[test]
fn an_honest_export_agrees_with_every_earlier_checkpoint() {
    let earlier: Vec<Checkpoint> = (0..=30).map(|count| export(count, u64::MAX).1).collect();
    let (text, checkpoint) = export(30, 11);
    let report = verify_export(text.as_bytes(), signer().verifier(), &earlier).unwrap();
    assert_eq!(report.checkpoint, checkpoint);
    assert_eq!(
        (report.events, report.destroyed, report.witnessed),
        (29, 1, 31)
    );
}

#[test]
fn an_export_that_lost_entries_but_not_its_checkpoint_says_so() {
    let (text, _) = export(9, u64::MAX);
    let key = signer();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.remove(4);
    let shorter = lines.join("\n") + "\n";
    let found = verify_export(shorter.as_bytes(), key.verifier(), &[]);
    assert_eq!(
        found,
        Err(Error::ExportSize {
            found: 8,
            expected: 9
        })
    );
    lines.insert(5, lines[4]);
    let doubled = lines.join("\n") + "\n";
    assert_eq!(
        verify_export(doubled.as_bytes(), key.verifier(), &[]),
        Err(Error::ExportRoot)
    );
    let cut = text.split("\n\n").next().unwrap().to_owned() + "\n";
    let why = "the file ends before its checkpoint";
    assert_eq!(
        verify_export(cut.as_bytes(), key.verifier(), &[]),
        Err(Error::ExportLine { line: 10, why })
    );
}

fn refusal(event: &Event) -> &'static str {
    event.encode(&salt(0)).unwrap_err().code()
}

fn letters(count: usize) -> String {
    "x".repeat(count)
}

#[test]
fn events_above_the_limits_are_refused() {
    let event = entry_event(1);
    let fields = |count: usize, length| -> BTreeMap<String, String> {
        (0..count)
            .map(|number| (number.to_string(), letters(length)))
            .collect()
    };
    for event in [
        Event {
            actor: letters(257),
            ..event.clone()
        },
        Event {
            kind: letters(65),
            ..event.clone()
        },
        Event {
            fields: fields(1, 4_097),
            ..event.clone()
        },
        Event {
            fields: fields(65, 1),
            ..event.clone()
        },
        Event {
            fields: fields(64, 4_096),
            ..event.clone()
        },
    ] {
        assert_eq!(refusal(&event), "LEDGER-EVENT-LIMIT");
    }
    let largest = Event {
        actor: letters(256),
        object: letters(256),
        fields: fields(15, 4_096),
        ..event
    };
    assert!(largest.encode(&salt(0)).is_ok());
}

#[test]
fn names_and_instants_of_events_have_one_spelling() {
    let event = entry_event(1);
    for kind in ["", "Entry", "entry added", "sổ"] {
        assert_eq!(
            refusal(&Event {
                kind: kind.to_owned(),
                ..event.clone()
            }),
            "LEDGER-EVENT-NAME",
            "{kind}"
        );
    }
    for at in [
        "",
        "2026-03-02",
        "2026-13-02T01:02:03Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T01:02:03+07:00",
        "2026-03-02T01:02:03.Z",
        "2026-03-02T01:02:03.1234567890Z",
        "2026-03-02t01:02:03Z",
    ] {
        assert_eq!(
            refusal(&Event {
                at: at.to_owned(),
                ..event.clone()
            }),
            "LEDGER-EVENT-TIME",
            "{at}"
        );
    }
    assert!(
        Event {
            at: "2026-03-02T01:02:03.123456Z".to_owned(),
            ..event
        }
        .encode(&salt(0))
        .is_ok()
    );
}

#[test]
fn bytes_above_the_limits_are_refused() {
    assert_eq!(
        Event::decode(&vec![1; EVENT_BYTES_MAX + 1])
            .unwrap_err()
            .code(),
        "LEDGER-EVENT-LIMIT"
    );
    let qr = format!("KHIEN1:{}", "0".repeat(QR_TEXT_CHARS_MAX));
    assert_eq!(
        PageProof::parse(&qr),
        Err(Error::PageText { why: "too long" })
    );
    let frontier = [[1].as_slice(), &[255; 8]].concat();
    assert_eq!(
        Frontier::from_bytes(&frontier),
        Err(Error::Size { size: u64::MAX })
    );
    let note = letters(NOTE_BYTES_MAX) + "\n";
    assert_eq!(
        Checkpoint::open(&note, signer().verifier()),
        Err(Error::NoteText { why: "too long" })
    );
    let export = format!("{HEADER}\n+{}\n", letters(EXPORT_LINE_BYTES_MAX));
    let found = verify_export(export.as_bytes(), signer().verifier(), &[]);
    assert_eq!(
        found,
        Err(Error::ExportLine {
            line: 2,
            why: "too long"
        })
    );
}
