//! The written-down formats: keys and notes of other programs, and our own bytes, which must never change.

mod common;

use common::{ORIGIN, entry_event, page_event, page_proof, page_text, salt, signer};
use ledger::Error;
use ledger::checkpoint::Checkpoint;
use ledger::digest::{hex, leaf_hash};
use ledger::event::Event;
use ledger::note::{self, SignerKey, VerifierKey};
use ledger::page::{PageProof, PageText, digest, flow_digest};

/// Key and note of the reference implementation of signed notes (package `note` of the Go module mirror).
const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

#[test]
fn opens_the_note_of_the_reference_implementation() {
    let key: VerifierKey = GO_KEY.parse().unwrap();
    assert_eq!(key.to_string(), GO_KEY);
    let opened = note::open(GO_NOTE, &key).unwrap();
    assert_eq!(opened.text.lines().count(), 2);
    let other = SignerKey::from_seed("PeterNeumann", &[1; 32]).unwrap();
    assert_eq!(
        note::open(GO_NOTE, other.verifier()).unwrap_err().code(),
        "LEDGER-UNSIGNED"
    );
}

#[test]
fn signs_the_note_of_the_reference_implementation() {
    // The published private key of the same example: `PRIVATE+KEY+PeterNeumann+c74f20a3+AYEK...`.
    let seed = [
        0x81, 0x0a, 0x14, 0x02, 0xd5, 0x14, 0x6c, 0x8d, 0x84, 0xf2, 0x44, 0x33, 0x30, 0xf5, 0x40,
        0x80, 0xeb, 0xf9, 0x8e, 0xe1, 0x7d, 0x9c, 0x74, 0xf6, 0x25, 0x2f, 0xc5, 0xd5, 0xc7, 0x28,
        0x31, 0x73,
    ];
    let key = SignerKey::from_seed("PeterNeumann", &seed).unwrap();
    let text = GO_NOTE
        .split_inclusive("\n\n")
        .next()
        .unwrap()
        .strip_suffix('\n')
        .unwrap();
    assert_eq!(key.sign(text).unwrap(), GO_NOTE);
}

#[test]
fn refuses_damaged_key_texts() {
    for (text, code) in [
        ("", "LEDGER-KEY-TEXT"),
        ("PeterNeumann", "LEDGER-KEY-TEXT"),
        (&GO_KEY.replace("c74f20a3", "c74f20a4"), "LEDGER-KEY-TEXT"),
        (&GO_KEY.replace("c74f20a3", "C74F20A3"), "LEDGER-KEY-TEXT"),
        (
            &GO_KEY.replace("PeterNeumann", "Peter Neumann"),
            "LEDGER-KEY-NAME",
        ),
        (&GO_KEY.replace("PeterNeumann", ""), "LEDGER-KEY-NAME"),
        (&GO_KEY.replace("ARpc", "Ahpc"), "LEDGER-KEY-TEXT"),
        (&format!("{GO_KEY}AA"), "LEDGER-KEY-TEXT"),
    ] {
        assert_eq!(
            text.parse::<VerifierKey>().unwrap_err().code(),
            code,
            "{text}"
        );
    }
}

#[test]
fn ignores_foreign_signatures_and_refuses_a_false_one_of_the_known_key() {
    let (ours, theirs) = (
        signer(),
        SignerKey::from_seed("khien.example/tinh", &[9; 32]).unwrap(),
    );
    let text = "khien.example/so-van-hoa\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let (our_note, their_note) = (ours.sign(text).unwrap(), theirs.sign(text).unwrap());
    let both = our_note.clone() + their_note.rsplit_once("\n\n").unwrap().1;
    for key in [ours.verifier(), theirs.verifier()] {
        assert_eq!(note::open(&both, key).unwrap().text, text);
    }
    assert_eq!(Checkpoint::open(&both, ours.verifier()).unwrap().size, 0);
    assert_eq!(
        Checkpoint::open(&both, theirs.verifier())
            .unwrap_err()
            .code(),
        "LEDGER-CHECKPOINT-ORIGIN"
    );
    assert_eq!(
        note::open(&their_note, ours.verifier()).unwrap_err().code(),
        "LEDGER-UNSIGNED"
    );
    let false_line = note::signature_line(ours.verifier(), &[1; 64]);
    for note in [our_note.clone() + &false_line, their_note + &false_line] {
        assert_eq!(
            note::open(&note, ours.verifier()).unwrap_err().code(),
            "LEDGER-SIGNATURE"
        );
    }
    let sixteen = our_note.clone() + &note::signature_line(theirs.verifier(), &[1; 64]).repeat(15);
    assert!(note::open(&sixteen, ours.verifier()).is_ok());
    let too_many = our_note + &note::signature_line(theirs.verifier(), &[1; 64]).repeat(32);
    assert_eq!(
        note::open(&too_many, ours.verifier()),
        Err(Error::NoteText {
            why: "too many signatures"
        })
    );
}

#[test]
fn reads_the_example_of_c2sp_and_refuses_other_spellings() {
    let text =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let checkpoint = Checkpoint::parse(text).unwrap();
    assert_eq!(
        (checkpoint.origin.as_str(), checkpoint.size),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    assert_eq!(checkpoint.to_text(), text);
    assert_eq!(
        Checkpoint::parse(&format!("{text}an extension\n")),
        Ok(checkpoint)
    );
    for (from, to) in [
        ("20852163", "020852163"),
        ("20852163", "+20852163"),
        ("20852163", "-1"),
        ("20852163", ""),
        ("20852163", "99999999999999999999"),
        ("20852163", "0"),
        ("q2I=", "q2I"),
        ("q2I=", "q2J="),
        ("q2I=\n", "q2I=\n\n"),
        ("q2I=\n", "q2I="),
        ("example.com/behind-the-sofa", ""),
    ] {
        let code = Checkpoint::parse(&text.replace(from, to))
            .unwrap_err()
            .code();
        assert_eq!(code, "LEDGER-CHECKPOINT-TEXT", "{to}");
    }
    let huge = text.replace("20852163", "9223372036854775808");
    assert_eq!(Checkpoint::parse(&huge), Err(Error::Size { size: 1 << 63 }));
}

#[test]
fn golden_event_and_its_leaf_hash() {
    let bytes = entry_event(5).encode(&salt(9)).unwrap();
    let head = "01\
        00000000000000090102030405060708\
        000b656e7472792e6164646564\
        0014323032362d30332d30325430313a30323a30335a\
        0007746b2d30303037\
        000964692f323032362f35\
        0002\
        00056c6576656c00036d6174\
        000673657269616c000135";
    assert_eq!(hex(&bytes), head);
    assert_eq!(
        hex(&leaf_hash(&bytes)),
        "98abf8676d86fa49436986a2cb840ba56b9f9f51b69a7b5ba4daf6a107d46a45"
    );
    let why = "field keys not in strictly ascending order";
    let (level, serial) = ("00056c6576656c00036d6174", "000673657269616c000135");
    for (fields, at) in [([serial, level], 85), ([level, level], 86)] {
        let other = head.replace(&[level, serial].concat(), &fields.concat());
        let bytes: Vec<u8> = (0..other.len() / 2)
            .map(|at| u8::from_str_radix(&other[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        assert_eq!(Event::decode(&bytes), Err(Error::EventBytes { why, at }));
    }
}

/// Key, checkpoint, page digest and QR text, as `docs/LEDGER-FORMAT.md` gives them for implementers. `KHIEN_BLESS=1`
/// writes them anew.
#[test]
fn golden_key_checkpoint_and_page() {
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 15,
        root: leaf_hash(b""),
    };
    let found = format!(
        "{}\n\n{}\n{}\n\n{}\n",
        signer().verifier(),
        checkpoint.sign(&signer()).unwrap(),
        hex(&digest(&page_text())),
        page_proof(&page_text(), 1, 1).to_qr_text().unwrap(),
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/signed.txt");
    if std::env::var_os("KHIEN_BLESS").is_some() {
        std::fs::write(path, &found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(path).unwrap());
}

#[test]
fn a_page_proof_tells_what_failed() {
    let text = page_text();
    let proof = page_proof(&text, 5, 9);
    let key = signer();
    let parsed = PageProof::parse(&proof.to_qr_text().unwrap()).unwrap();
    assert_eq!(parsed, proof);
    let page = parsed.verify(key.verifier()).unwrap();
    assert_eq!(
        (page.index, page.checkpoint.size, page.event.object.as_str()),
        (5, 15, "di/2026/trang-3")
    );
    page.check_cells(&text).unwrap();

    let code = |proof: &PageProof| proof.verify(key.verifier()).unwrap_err().code();
    let other = SignerKey::from_seed(ORIGIN, &[8; 32]).unwrap();
    assert_eq!(
        proof.verify(other.verifier()).unwrap_err().code(),
        "LEDGER-UNSIGNED"
    );
    let mut changed = proof.clone();
    changed.checkpoint.size = 14;
    assert_eq!(code(&changed), "LEDGER-SIGNATURE");
    let mut changed = proof.clone();
    changed.leaf[10] ^= 1;
    assert_eq!(code(&changed), "LEDGER-INCLUSION");
    let mut changed = proof.clone();
    changed.inclusion.pop();
    assert_eq!(code(&changed), "LEDGER-PROOF-LENGTH");

    let mut edited = text.clone();
    edited.rows[1][1] = "14/BC-SVH".to_owned();
    assert_eq!(page.check_cells(&edited), Err(Error::PageDigest));
    for head in [
        PageText {
            page: 4,
            ..text.clone()
        },
        PageText {
            year: 2025,
            ..text.clone()
        },
        PageText {
            book: "den".to_owned(),
            ..text.clone()
        },
        PageText {
            unit: "so-y-te".to_owned(),
            ..text.clone()
        },
        PageText {
            edition: "2020".to_owned(),
            ..text.clone()
        },
    ] {
        assert_eq!(page.check_cells(&head), Err(Error::PageDigest));
    }
}

#[test]
fn only_the_printing_of_a_page_proves_a_page() {
    let key = signer();
    let mut event = page_event(&page_text());
    let verify = |event: &Event| {
        let leaf = event.encode(&salt(1)).unwrap();
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            size: 1,
            root: leaf_hash(&leaf),
        };
        let signed = checkpoint.sign(&key).unwrap();
        PageProof::build(&signed, key.verifier(), leaf, 0, vec![])?.verify(key.verifier())
    };
    event.fields.remove("flow");
    let page = verify(&event).unwrap();
    assert_eq!(page.check_flow("").unwrap_err().code(), "LEDGER-PAGE-EVENT");
    event.fields.insert("digest".to_owned(), "AAAA".to_owned());
    assert_eq!(verify(&event).unwrap_err().code(), "LEDGER-PAGE-EVENT");
    event.fields.remove("digest");
    assert_eq!(verify(&event).unwrap_err().code(), "LEDGER-PAGE-EVENT");
    let disguised = Event {
        kind: "entry.added".to_owned(),
        ..page_event(&page_text())
    };
    for event in [disguised, entry_event(1)] {
        assert_eq!(verify(&event).unwrap_err().code(), "LEDGER-PAGE-EVENT");
    }
}

#[test]
fn a_page_may_be_broken_into_lines_anew_but_not_rewritten() {
    let text = page_text();
    let mut reflowed = text.clone();
    // Decomposed letters, line breaks, no-break blanks, soft hyphens and joiners: the same printed text.
    reflowed.rows[0][3] =
        "Ke\u{302}\u{301}\u{a0}hoa\u{323}ch\nkiểm tra\u{200b} hệ\u{ad} thống\u{feff}\r\n"
            .to_owned();
    assert_eq!(digest(&reflowed), digest(&text));
    let mut moved = text.clone();
    let cell = moved.rows[0].remove(0);
    moved.rows[0][0].insert_str(0, &cell);
    let mut split = text.clone();
    let last = split.rows[0].pop().unwrap();
    split.rows[1].insert(0, last);
    for other in [moved, split] {
        assert_ne!(digest(&other), digest(&text));
        assert_eq!(flow(&other), flow(&text));
    }
    let page = page_proof(&text, 0, 0).verify(signer().verifier()).unwrap();
    page.check_flow("1 12/KH-SVH 02/3/2026\nKế hoạch kiểm tra hệ thống\n2 13/BC-SVH 05/3/2026")
        .unwrap();
    let changed =
        page.check_flow("1 12/KH-SVH 02/3/2026\nKế hoạch kiểm tra hệ thống\n2 13/BC-SVH 06/3/2026");
    assert_eq!(changed, Err(Error::PageFlow));
}

fn flow(page: &PageText) -> ledger::Hash {
    flow_digest(&page.rows.concat().concat())
}

#[test]
fn the_private_key_is_not_printed() {
    let printed = format!("{:?}", SignerKey::from_seed(ORIGIN, &[0x41; 32]).unwrap());
    assert!(printed.contains(ORIGIN));
    assert!(
        !printed.contains("65, 65") && !printed.contains("4141"),
        "{printed}"
    );
}
