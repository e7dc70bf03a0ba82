//! Inclusion and consistency proofs: which stored hashes they need (the plan), and their verification.
//!
//! A plan is pure arithmetic over sizes, so that an asynchronous store can fetch the hashes. Each element of a proof is
//! the root of a range of leaves; the plan names the complete subtrees of that range, and [`fold`] joins their roots.
//! Plans follow RFC 6962 sections 2.1.1 and 2.1.2, verification RFC 9162 sections 2.1.3.2 and 2.1.4.2.

use crate::digest::{Hash, empty_root, node_hash};
use crate::error::Error;
use crate::limits::{LOG_SIZE_MAX, PROOF_HASHES_MAX};

/// A complete subtree: the leaves `index * 2^level` up to, not including, `(index + 1) * 2^level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subtree {
    pub level: u8,
    pub index: u64,
}

/// Subtrees whose roots, joined by [`fold`], give one element of a proof.
pub type Element = Vec<Subtree>;

/// Joins the roots of neighbouring complete subtrees, largest first, as RFC 6962 section 2.1 splits them. `None` for
/// an empty slice.
#[must_use]
pub fn fold(roots: &[Hash]) -> Option<Hash> {
    let (last, rest) = roots.split_last()?;
    Some(
        rest.iter()
            .rev()
            .fold(*last, |right, left| node_hash(left, &right)),
    )
}

/// Looks up every subtree of a plan. `None` as soon as one is missing.
pub fn resolve(
    plan: &[Element],
    mut lookup: impl FnMut(Subtree) -> Option<Hash>,
) -> Option<Vec<Hash>> {
    plan.iter()
        .map(|element| {
            fold(
                &element
                    .iter()
                    .map(|subtree| lookup(*subtree))
                    .collect::<Option<Vec<_>>>()?,
            )
        })
        .collect()
}

/// Subtrees whose joined roots are the root of the first `size` leaves; empty for the empty log.
///
/// # Errors
/// `LEDGER-SIZE` if the size is above the limit.
pub fn root_plan(size: u64) -> Result<Element, Error> {
    check_size(size)?;
    Ok(cover(0, size))
}

/// What the audit path of leaf `index` in a log of `size` leaves consists of, nearest sibling first
/// (RFC 6962, section 2.1.1).
///
/// # Errors
/// `LEDGER-PROOF-INDEX` if there is no such leaf, `LEDGER-SIZE` if the size is above the limit.
pub fn inclusion_plan(index: u64, size: u64) -> Result<Vec<Element>, Error> {
    check_size(size)?;
    if index >= size {
        return Err(Error::ProofIndex { index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut plan = Vec::new();
    while let Some(middle) = split(start, end) {
        if index < middle {
            plan.push(cover(middle, end));
            end = middle;
        } else {
            plan.push(cover(start, middle));
            start = middle;
        }
    }
    plan.reverse();
    Ok(plan)
}

/// What the proof that a log of `new` leaves extends the log of its first `old` leaves consists of
/// (RFC 6962, section 2.1.2). Empty if `old` is 0 or equals `new`.
///
/// # Errors
/// `LEDGER-PROOF-ORDER` if `old` is larger than `new`, `LEDGER-SIZE` if a size is above the limit.
pub fn consistency_plan(old: u64, new: u64) -> Result<Vec<Element>, Error> {
    check_size(new)?;
    if old > new {
        return Err(Error::ProofOrder { old, new });
    }
    let (mut start, mut end) = (0, new);
    let mut plan = Vec::new();
    if old == 0 {
        return Ok(plan);
    }
    while let Some(middle) = split(start, end).filter(|_| old != end) {
        if old <= middle {
            plan.push(cover(middle, end));
            end = middle;
        } else {
            plan.push(cover(start, middle));
            start = middle;
        }
    }
    // The whole old log needs no hash: the verifier has its root.
    if start != 0 {
        plan.push(cover(start, end));
    }
    plan.reverse();
    Ok(plan)
}

/// Proves that the leaf with hash `leaf` is at `index` of the log of `size` leaves with `root`.
///
/// # Errors
/// `LEDGER-INCLUSION` if it does not lead to the root, `LEDGER-PROOF-LENGTH`, `LEDGER-PROOF-INDEX` or `LEDGER-SIZE`
/// if the proof cannot belong to such a log.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Error> {
    check_size(size)?;
    check_proof(proof)?;
    let mut last = match size.checked_sub(1) {
        Some(last) if index <= last => last,
        _ => return Err(Error::ProofIndex { index, size }),
    };
    let mut node = index;
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(Error::ProofLength { found: proof.len() });
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            (node, last) = climb_to_right_child(node, last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(Error::ProofLength { found: proof.len() });
    }
    if hash == *root {
        Ok(())
    } else {
        Err(Error::Inclusion)
    }
}

/// Proves that the log of `new` leaves with `new_root` extends the log of `old` leaves with `old_root`.
///
/// # Errors
/// `LEDGER-CONSISTENCY-OLD` or `LEDGER-CONSISTENCY-NEW` for the root that is not reached; `LEDGER-PROOF-LENGTH`,
/// `LEDGER-PROOF-ORDER` or `LEDGER-SIZE` if the proof cannot belong to such logs.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), Error> {
    check_size(new)?;
    check_proof(proof)?;
    if old > new {
        return Err(Error::ProofOrder { old, new });
    }
    if old == 0 || old == new {
        return verify_trivial_consistency(old, old_root, new, new_root, proof);
    }
    let wrong_length = Error::ProofLength { found: proof.len() };
    // An old log that is one complete subtree is its own first hash (RFC 9162, section 2.1.4.2, step 2).
    let (first, rest) = match proof.split_first() {
        Some(_) if old.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (first, rest),
        None => return Err(wrong_length),
    };
    let shift = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let (mut old_hash, mut new_hash) = (*first, *first);
    for hash in rest {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(hash, &old_hash);
            new_hash = node_hash(hash, &new_hash);
            (node, last) = climb_to_right_child(node, last);
        } else {
            new_hash = node_hash(&new_hash, hash);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(wrong_length);
    }
    if old_hash != *old_root {
        return Err(Error::ConsistencyOld);
    }
    if new_hash == *new_root {
        Ok(())
    } else {
        Err(Error::ConsistencyNew)
    }
}

/// The empty log is extended by every log, and a log by itself; both without a hash.
fn verify_trivial_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), Error> {
    if !proof.is_empty() {
        return Err(Error::ProofLength { found: proof.len() });
    }
    if old == 0 && *old_root != empty_root() {
        return Err(Error::ConsistencyOld);
    }
    if old == new && old_root != new_root {
        return Err(Error::ConsistencyNew);
    }
    Ok(())
}

/// Skips the levels at which the node has no sibling (RFC 9162, section 2.1.3.2, step 4.2). The node is never 0 here:
/// it is odd, or equal to `last`, which is not 0.
fn climb_to_right_child(node: u64, last: u64) -> (u64, u64) {
    let levels = node.trailing_zeros();
    (
        node.checked_shr(levels).unwrap_or(0),
        last.checked_shr(levels).unwrap_or(0),
    )
}

/// Where RFC 6962 splits the leaves `start..end`: at the largest power of two smaller than their number.
fn split(start: u64, end: u64) -> Option<u64> {
    let before_last = end.checked_sub(start)?.checked_sub(2)?.checked_add(1)?;
    Some(start + (1 << before_last.ilog2()))
}

/// The complete subtrees of `start..end`, largest first, where the range is a node of the tree.
fn cover(mut start: u64, end: u64) -> Element {
    let mut element = Vec::new();
    while let Some(level) = end.checked_sub(start).and_then(u64::checked_ilog2) {
        element.push(Subtree {
            level: u8::try_from(level).unwrap_or(u8::MAX),
            index: start >> level,
        });
        start += 1 << level;
    }
    element
}

fn check_size(size: u64) -> Result<(), Error> {
    if size <= LOG_SIZE_MAX {
        Ok(())
    } else {
        Err(Error::Size { size })
    }
}

fn check_proof(proof: &[Hash]) -> Result<(), Error> {
    if proof.len() <= PROOF_HASHES_MAX {
        Ok(())
    } else {
        Err(Error::ProofLength { found: proof.len() })
    }
}
