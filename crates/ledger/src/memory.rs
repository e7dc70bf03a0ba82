//! A whole log in memory: for tests and for work on an exported ledger.

use crate::digest::Hash;
use crate::error::Error;
use crate::frontier::Frontier;
use crate::proof::{self, Subtree, consistency_plan, inclusion_plan, root_plan};

/// All complete subtrees of a log; makes any root and any proof.
#[derive(Debug, Clone, Default)]
pub struct MemoryLog {
    frontier: Frontier,
    levels: Vec<Vec<Hash>>,
}

impl MemoryLog {
    /// The empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Root of the whole log.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Appends a leaf by its hash and gives its position.
    ///
    /// # Errors
    /// `LEDGER-SIZE` if the log is full.
    pub fn append(&mut self, leaf: Hash) -> Result<u64, Error> {
        let index = self.size();
        for (subtree, hash) in self.frontier.append(leaf)? {
            match self.levels.get_mut(usize::from(subtree.level)) {
                Some(level) => level.push(hash),
                None => self.levels.push(vec![hash]),
            }
        }
        Ok(index)
    }

    /// Root of a complete subtree, if the log has it.
    #[must_use]
    pub fn subtree(&self, subtree: Subtree) -> Option<Hash> {
        let index = usize::try_from(subtree.index).ok()?;
        self.levels
            .get(usize::from(subtree.level))?
            .get(index)
            .copied()
    }

    /// Root of the first `size` leaves.
    ///
    /// # Errors
    /// `LEDGER-PROOF-ORDER` if the log is smaller.
    pub fn root_at(&self, size: u64) -> Result<Hash, Error> {
        self.check_size(size)?;
        let hashes = self.resolve(&[root_plan(size)?]);
        Ok(hashes
            .and_then(|hashes| hashes.first().copied())
            .unwrap_or_else(crate::digest::empty_root))
    }

    /// Audit path of leaf `index` in the log of the first `size` leaves.
    ///
    /// # Errors
    /// `LEDGER-PROOF-INDEX` if there is no such leaf, `LEDGER-PROOF-ORDER` if the log is smaller than `size`.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, Error> {
        self.check_size(size)?;
        self.resolve(&inclusion_plan(index, size)?)
            .ok_or(Error::ProofIndex { index, size })
    }

    /// Proof that the first `new` leaves extend the first `old`.
    ///
    /// # Errors
    /// `LEDGER-PROOF-ORDER` if `old` is larger than `new` or the log smaller than `new`.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, Error> {
        self.check_size(new)?;
        self.resolve(&consistency_plan(old, new)?)
            .ok_or(Error::ProofOrder { old, new })
    }

    fn check_size(&self, size: u64) -> Result<(), Error> {
        if size <= self.size() {
            Ok(())
        } else {
            Err(Error::ProofOrder {
                old: size,
                new: self.size(),
            })
        }
    }

    fn resolve(&self, plan: &[proof::Element]) -> Option<Vec<Hash>> {
        proof::resolve(plan, |subtree| self.subtree(subtree))
    }
}
