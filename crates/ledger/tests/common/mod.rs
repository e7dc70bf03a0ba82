//! What the tests share: seeded numbers, logs, keys, and a page as a unit would print it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot build its input must stop"
)]
#![expect(dead_code, reason = "every test binary uses its own part")]

use std::collections::BTreeMap;

use ledger::checkpoint::Checkpoint;
use ledger::digest::leaf_hash;
use ledger::event::{Event, Salt};
use ledger::memory::MemoryLog;
use ledger::note::SignerKey;
use ledger::page::{self, PageProof, PageText};

/// Name of the test log.
pub const ORIGIN: &str = "khien.example/so-van-hoa";

/// Seeded numbers (SplitMix64): the same tests every time, another seed by `KHIEN_TEST_SEED`.
pub struct Numbers(u64);

impl Numbers {
    pub fn seeded() -> Self {
        let seed = std::env::var("KHIEN_TEST_SEED")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(20_261_122);
        eprintln!("KHIEN_TEST_SEED={seed}");
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    /// A number from 0 up to, not including, `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let index = self.below(items.len() as u64);
        items.get(usize::try_from(index).unwrap()).unwrap()
    }

    pub fn bytes(&mut self, length: u64) -> Vec<u8> {
        (0..length).map(|_| self.next().to_be_bytes()[0]).collect()
    }
}

pub fn signer() -> SignerKey {
    SignerKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

pub fn salt(number: u64) -> Salt {
    let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
    [a, b, c, d, e, f, g, h, 1, 2, 3, 4, 5, 6, 7, 8]
}

pub fn entry_event(number: u64) -> Event {
    Event {
        kind: "entry.added".to_owned(),
        at: "2026-03-02T01:02:03Z".to_owned(),
        actor: "tk-0007".to_owned(),
        object: format!("di/2026/{number}"),
        fields: BTreeMap::from([
            ("level".to_owned(), "mat".to_owned()),
            ("serial".to_owned(), number.to_string()),
        ]),
    }
}

pub fn page_text() -> PageText {
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    PageText {
        book: "di".to_owned(),
        unit: "so-van-hoa".to_owned(),
        year: 2026,
        edition: "2026".to_owned(),
        page: 3,
        rows: vec![
            row(["1", "12/KH-SVH", "02/3/2026", "Kế hoạch kiểm tra hệ thống"]),
            row(["2", "13/BC-SVH", "05/3/2026", ""]),
        ],
    }
}

pub fn page_event(text: &PageText) -> Event {
    Event {
        kind: page::PAGE_PRINTED.to_owned(),
        at: "2026-03-06T08:00:00Z".to_owned(),
        actor: "tk-0007".to_owned(),
        object: "di/2026/trang-3".to_owned(),
        fields: page::event_fields(text),
    }
}

/// A signed log of `before + 1 + after` events in which the page was printed after `before`.
pub fn page_proof(text: &PageText, before: u64, after: u64) -> PageProof {
    let mut log = MemoryLog::new();
    for number in 0..before {
        log.append(leaf_hash(
            &entry_event(number).encode(&salt(number)).unwrap(),
        ))
        .unwrap();
    }
    let leaf = page_event(text).encode(&salt(before)).unwrap();
    let index = log.append(leaf_hash(&leaf)).unwrap();
    for number in 0..after {
        log.append(leaf_hash(&number.to_be_bytes())).unwrap();
    }
    let key = signer();
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: log.size(),
        root: log.root(),
    };
    let inclusion = log.inclusion(index, log.size()).unwrap();
    PageProof::build(
        &checkpoint.sign(&key).unwrap(),
        key.verifier(),
        leaf,
        index,
        inclusion,
    )
    .unwrap()
}
