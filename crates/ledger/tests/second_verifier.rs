//! The second verifier (`tests/second_verifier/verify.py`) against this crate: 10,000 generated logs on which both must
//! agree, 10,000 mutated proofs which both must refuse, and checkpoints, events and page proofs of both kinds.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot build its input must stop"
)]
#![expect(clippy::panic, reason = "a test reports what failed")]

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use common::{Numbers, ORIGIN, entry_event, page_proof, page_text, salt, signer};
use ledger::Hash;
use ledger::checkpoint::Checkpoint;
use ledger::digest::{hex, leaf_hash};
use ledger::event::Event;
use ledger::memory::MemoryLog;
use ledger::page::{PageProof, PageText};
use ledger::proof::{verify_consistency, verify_inclusion};

/// One question for the second verifier, and the answer of this crate.
struct Question {
    line: String,
    holds: bool,
}

fn raw(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        "-".to_owned()
    } else {
        hex(bytes)
    }
}

fn many<T: AsRef<[u8]>>(parts: &[T]) -> String {
    parts
        .iter()
        .map(|part| raw(part.as_ref()))
        .collect::<Vec<_>>()
        .join(",")
}

/// Sends all questions through one process and compares answer by answer.
fn compare(questions: &[Question]) {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/second_verifier/verify.py"
    );
    let mut process = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("the second verifier needs `python3`: {error}"));
    let mut input = process.stdin.take().unwrap();
    let text: String = questions
        .iter()
        .map(|question| format!("{}\n", question.line))
        .collect();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "the second verifier stopped");
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), questions.len());
    for (question, answer) in questions.iter().zip(answers.lines()) {
        assert_eq!(
            answer.starts_with("yes"),
            question.holds,
            "{answer}: {}",
            question.line
        );
    }
}

/// A log with its leaves.
struct Sample {
    leaves: Vec<Vec<u8>>,
    log: MemoryLog,
}

fn sample(numbers: &mut Numbers) -> Sample {
    let size = 1 + numbers.below(48);
    let leaves: Vec<Vec<u8>> = (0..size)
        .map(|_| {
            let length = numbers.below(12);
            numbers.bytes(length)
        })
        .collect();
    let mut log = MemoryLog::new();
    for leaf in &leaves {
        log.append(leaf_hash(leaf)).unwrap();
    }
    Sample { leaves, log }
}

fn inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Question {
    let holds = verify_inclusion(leaf, index, size, proof, root).is_ok();
    let line = format!(
        "inclusion {} {index} {size} {} {}",
        hex(leaf),
        hex(root),
        many(proof)
    );
    Question { line, holds }
}

fn consistency(old: u64, new: u64, old_root: &Hash, new_root: &Hash, proof: &[Hash]) -> Question {
    let holds = verify_consistency(old, new, old_root, new_root, proof).is_ok();
    let line = format!(
        "consistency {old} {new} {} {} {}",
        hex(old_root),
        hex(new_root),
        many(proof)
    );
    Question { line, holds }
}

#[test]
fn agrees_on_ten_thousand_logs() {
    let mut numbers = Numbers::seeded();
    let mut questions = Vec::new();
    for _ in 0..10_000 {
        let Sample { leaves, log } = sample(&mut numbers);
        let size = log.size();
        let index = numbers.below(size);
        let old = numbers.below(size + 1);
        let root = log.root();
        let leaf = leaf_hash(&leaves[usize::try_from(index).unwrap()]);
        questions.push(Question {
            line: format!("root {} {}", many(&leaves), hex(&root)),
            holds: true,
        });
        questions.push(inclusion(
            &leaf,
            index,
            size,
            &log.inclusion(index, size).unwrap(),
            &root,
        ));
        let proof = log.consistency(old, size).unwrap();
        questions.push(consistency(
            old,
            size,
            &log.root_at(old).unwrap(),
            &root,
            &proof,
        ));
    }
    assert!(questions.iter().all(|question| question.holds));
    compare(&questions);
}

fn flip(numbers: &mut Numbers, bytes: &mut [u8]) {
    let at = numbers.below(bytes.len() as u64);
    if let Some(byte) = bytes.get_mut(usize::try_from(at).unwrap()) {
        *byte ^= 1 << numbers.below(8);
    }
}

/// Changes the hashes of a proof so that it differs: a flipped bit, one hash less, one more, or two exchanged.
fn mutate_hashes(numbers: &mut Numbers, proof: &mut Vec<Hash>) {
    let before = proof.clone();
    let at = usize::try_from(numbers.below(proof.len().max(1) as u64)).unwrap();
    match numbers.below(4) {
        0 if !proof.is_empty() => {
            proof.remove(at);
        }
        1 => proof.insert(at, leaf_hash(&numbers.bytes(4))),
        2 if proof.len() > 1 => proof.swap(0, at),
        _ => proof
            .iter_mut()
            .skip(at)
            .take(1)
            .for_each(|hash| flip(numbers, hash)),
    }
    if *proof == before {
        proof.push(leaf_hash(b""));
    }
}

fn mutated_inclusion(numbers: &mut Numbers) -> Question {
    let Sample { leaves, log } = sample(numbers);
    let size = log.size();
    let index = numbers.below(size);
    let (mut leaf, mut root) = (
        leaf_hash(&leaves[usize::try_from(index).unwrap()]),
        log.root(),
    );
    let mut proof = log.inclusion(index, size).unwrap();
    let mut claimed = index;
    match numbers.below(5) {
        0 => flip(numbers, &mut leaf),
        1 => flip(numbers, &mut root),
        2 => claimed = (index + 1 + numbers.below(size)) % (size + 1),
        _ => mutate_hashes(numbers, &mut proof),
    }
    inclusion(&leaf, claimed, size, &proof, &root)
}

fn mutated_consistency(numbers: &mut Numbers) -> Question {
    let Sample { log, .. } = sample(numbers);
    let new = log.size();
    let old = 1 + numbers.below(new);
    let (mut old_root, mut new_root) = (log.root_at(old).unwrap(), log.root());
    let mut proof = log.consistency(old, new).unwrap();
    match numbers.below(4) {
        0 => flip(numbers, &mut old_root),
        1 => flip(numbers, &mut new_root),
        _ => mutate_hashes(numbers, &mut proof),
    }
    consistency(old, new, &old_root, &new_root, &proof)
}

#[test]
fn refuses_ten_thousand_mutated_proofs() {
    let mut numbers = Numbers::seeded();
    let mut questions = Vec::new();
    for _ in 0..5_000 {
        questions.push(mutated_inclusion(&mut numbers));
        questions.push(mutated_consistency(&mut numbers));
    }
    assert_eq!(
        questions
            .iter()
            .find(|question| question.holds)
            .map(|question| &question.line),
        None
    );
    compare(&questions);
}

fn checkpoint_question(key: &str, note: &str, expected: &Checkpoint) -> Question {
    let holds = Checkpoint::open(note, signer().verifier()).as_ref() == Ok(expected);
    let line = format!(
        "checkpoint {key} {} {} {}",
        raw(note.as_bytes()),
        expected.size,
        hex(&expected.root)
    );
    Question { line, holds }
}

#[test]
fn agrees_on_checkpoints_and_refuses_mutated_ones() {
    let mut numbers = Numbers::seeded();
    let key = signer().verifier().to_string();
    let mut questions = Vec::new();
    for _ in 0..60 {
        let root = leaf_hash(&numbers.bytes(8));
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            size: 1 + (numbers.next() >> 2),
            root,
        };
        let note = checkpoint.sign(&signer()).unwrap();
        questions.push(checkpoint_question(&key, &note, &checkpoint));
        let mut bytes = note.into_bytes();
        flip(&mut numbers, &mut bytes);
        if let Ok(mutated) = String::from_utf8(bytes) {
            questions.push(checkpoint_question(&key, &mutated, &checkpoint));
        }
    }
    assert_eq!(
        questions.iter().filter(|question| question.holds).count(),
        60
    );
    compare(&questions);
}

#[test]
fn agrees_on_events_whole_and_mutated() {
    let mut numbers = Numbers::seeded();
    let mut questions = Vec::new();
    for number in 0..2_000 {
        let mut bytes = entry_event(number).encode(&salt(number)).unwrap();
        if number % 4 != 0 {
            flip(&mut numbers, &mut bytes);
        }
        let holds = Event::decode(&bytes).is_ok();
        questions.push(Question {
            line: format!("event {}", hex(&bytes)),
            holds,
        });
    }
    // Flipped bits of the salt or of a value leave an event that is readable, and another leaf.
    assert!(questions.iter().any(|question| !question.holds));
    compare(&questions);
}

fn page_question(qr: &str, page: &PageText) -> Question {
    let key = signer();
    let verified =
        PageProof::parse(qr).and_then(|proof| proof.verify(key.verifier())?.check_cells(page));
    let head = [
        &page.book,
        &page.unit,
        &page.year.to_string(),
        &page.edition,
        &page.page.to_string(),
    ]
    .map(|part| part.as_bytes().to_vec());
    let rows: Vec<String> = page.rows.iter().map(|row| many(row)).collect();
    let line = format!(
        "page {} {} {} {}",
        key.verifier(),
        raw(qr.as_bytes()),
        many(&head),
        rows.join(" ")
    );
    Question {
        line,
        holds: verified.is_ok(),
    }
}

#[test]
fn agrees_on_page_proofs_and_refuses_changed_pages() {
    let mut numbers = Numbers::seeded();
    let mut questions = Vec::new();
    for number in 0..40 {
        let page = PageText {
            page: number,
            ..page_text()
        };
        let qr = page_proof(&page, u64::from(number), numbers.below(40))
            .to_qr_text()
            .unwrap();
        questions.push(page_question(&qr, &page));
        let mut changed = page.clone();
        changed.rows[1][0] = "3".to_owned();
        questions.push(page_question(&qr, &changed));
        let mut moved = page.clone();
        let cell = moved.rows[0].remove(0);
        moved.rows[0][0].insert_str(0, &cell);
        questions.push(page_question(&qr, &moved));
        let mut bytes = qr.into_bytes();
        let at = 7 + usize::try_from(numbers.below(bytes.len() as u64 - 7)).unwrap();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        questions.push(page_question(&String::from_utf8(bytes).unwrap(), &page));
    }
    assert_eq!(
        questions.iter().filter(|question| question.holds).count(),
        40
    );
    compare(&questions);
}
