//! The published Certificate Transparency test vectors (RFC 6962 trees of eight leaves) and every small tree against
//! the recursive definitions of RFC 6962 section 2.1, written here a second time.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot build its input must stop"
)]

use ledger::digest::{empty_root, hex, leaf_hash, node_hash};
use ledger::memory::MemoryLog;
use ledger::proof::{verify_consistency, verify_inclusion};
use ledger::{Error, Frontier, Hash};

const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn log(leaves: u64) -> MemoryLog {
    let mut log = MemoryLog::new();
    for number in 0..leaves {
        log.append(leaf_hash(&number.to_be_bytes())).unwrap();
    }
    log
}

fn vectors() -> MemoryLog {
    let mut log = MemoryLog::new();
    for leaf in LEAVES {
        log.append(leaf_hash(leaf)).unwrap();
    }
    log
}

fn text(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| hex(hash)).collect()
}

#[test]
fn roots_of_the_published_trees() {
    let log = vectors();
    let mut frontier = Frontier::new();
    for (size, root) in ROOTS.iter().enumerate() {
        assert_eq!(hex(&log.root_at(size as u64).unwrap()), *root);
        assert_eq!(hex(&frontier.root()), *root);
        if let Some(leaf) = LEAVES.get(size) {
            frontier.append(leaf_hash(leaf)).unwrap();
        }
    }
}

#[test]
fn published_inclusion_proofs() {
    let log = vectors();
    assert_eq!(
        text(&log.inclusion(0, 8).unwrap()),
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
    );
    assert_eq!(
        text(&log.inclusion(5, 8).unwrap()),
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn published_consistency_proofs() {
    let log = vectors();
    assert_eq!(
        text(&log.consistency(6, 8).unwrap()),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
    assert_eq!(
        text(&log.consistency(2, 5).unwrap()),
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]
    );
}

/// `MTH` of RFC 6962 section 2.1.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&mth(left), &mth(right))
        }
    }
}

/// `PATH` of RFC 6962 section 2.1.1.
fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return vec![];
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut below, sibling) = if m < left.len() {
        (path(m, left), mth(right))
    } else {
        (path(m - left.len(), right), mth(left))
    };
    below.push(sibling);
    below
}

/// `SUBPROOF` of RFC 6962 section 2.1.2.
fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { vec![] } else { vec![mth(leaves)] };
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut below, sibling) = if m <= left.len() {
        (subproof(m, left, whole), mth(right))
    } else {
        (subproof(m - left.len(), right, false), mth(left))
    };
    below.push(sibling);
    below
}

#[test]
fn every_proof_of_every_small_tree_follows_the_recursive_definition() {
    const SIZE: u64 = 70;
    let log = log(SIZE);
    let leaves: Vec<Hash> = (0..SIZE)
        .map(|number| leaf_hash(&number.to_be_bytes()))
        .collect();
    for size in 1..=SIZE {
        let tree = &leaves[..size as usize];
        let root = log.root_at(size).unwrap();
        assert_eq!(root, mth(tree));
        for index in 0..size {
            let proof = log.inclusion(index, size).unwrap();
            assert_eq!(proof, path(index as usize, tree), "leaf {index} of {size}");
            verify_inclusion(&leaves[index as usize], index, size, &proof, &root).unwrap();
        }
        for old in 1..=size {
            let proof = log.consistency(old, size).unwrap();
            assert_eq!(proof, subproof(old as usize, tree, true), "{old} to {size}");
            verify_consistency(old, size, &log.root_at(old).unwrap(), &root, &proof).unwrap();
        }
    }
}

#[test]
fn the_empty_log_is_extended_by_every_log_and_by_nothing_false() {
    let log = log(5);
    let root = log.root();
    verify_consistency(0, 5, &empty_root(), &root, &[]).unwrap();
    verify_consistency(0, 0, &empty_root(), &empty_root(), &[]).unwrap();
    assert_eq!(
        verify_consistency(0, 5, &root, &root, &[]),
        Err(Error::ConsistencyOld)
    );
    assert_eq!(
        verify_consistency(5, 5, &root, &empty_root(), &[]),
        Err(Error::ConsistencyNew)
    );
    assert_eq!(
        verify_consistency(0, 5, &empty_root(), &root, &[root]),
        Err(Error::ProofLength { found: 1 })
    );
    assert_eq!(
        verify_consistency(5, 4, &root, &root, &[]),
        Err(Error::ProofOrder { old: 5, new: 4 })
    );
}

#[test]
fn hostile_sizes_are_refused_without_overflow() {
    let hash = leaf_hash(b"");
    let many = vec![hash; 64];
    for size in [1 << 63, u64::MAX] {
        assert_eq!(
            verify_inclusion(&hash, 0, size, &many[..63], &hash),
            Err(Error::Size { size })
        );
        assert_eq!(
            verify_consistency(1, size, &hash, &hash, &many[..63]),
            Err(Error::Size { size })
        );
        assert_eq!(
            ledger::proof::inclusion_plan(0, size),
            Err(Error::Size { size })
        );
        assert_eq!(
            ledger::proof::consistency_plan(1, size),
            Err(Error::Size { size })
        );
    }
    let largest = (1 << 63) - 1;
    assert_eq!(
        verify_inclusion(&hash, 0, largest, &many, &hash),
        Err(Error::ProofLength { found: 64 })
    );
    assert_eq!(
        verify_inclusion(&hash, 0, largest, &many[..63], &hash),
        Err(Error::Inclusion)
    );
    assert_eq!(
        verify_inclusion(&hash, 0, largest, &many[..62], &hash),
        Err(Error::ProofLength { found: 62 })
    );
    assert_eq!(
        verify_inclusion(&hash, 5, 5, &[], &hash),
        Err(Error::ProofIndex { index: 5, size: 5 })
    );
    assert_eq!(
        verify_inclusion(&hash, 0, 0, &[], &hash),
        Err(Error::ProofIndex { index: 0, size: 0 })
    );
    assert_eq!(ledger::proof::inclusion_plan(0, largest).unwrap().len(), 63);
    assert_eq!(
        ledger::proof::inclusion_plan(largest - 1, largest)
            .unwrap()
            .len(),
        62
    );
    assert!(
        ledger::proof::consistency_plan(largest - 1, largest)
            .unwrap()
            .len()
            <= 63
    );
}
