//! The compact right edge of a log: what an appender must remember.

use crate::digest::{Hash, empty_root, node_hash};
use crate::error::Error;
use crate::limits::LOG_SIZE_MAX;
use crate::proof::{Subtree, fold};
use crate::wire::Cursor;

/// First byte of a stored frontier.
const VERSION: u8 = 1;

/// Size of a log and the roots of the complete subtrees that make it up, largest first: one for each bit set in the
/// size, so at most 63 hashes whatever the length of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    edge: Vec<Hash>,
}

impl Frontier {
    /// The frontier of the empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the log (RFC 6962, section 2.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(&self.edge).unwrap_or_else(empty_root)
    }

    /// Appends one leaf. Gives the subtrees that became complete, the leaf itself first: a store keeps them, and can
    /// answer every plan of [`crate::proof`] from them.
    ///
    /// # Errors
    /// `LEDGER-SIZE` if the log is full.
    pub fn append(&mut self, leaf: Hash) -> Result<Vec<(Subtree, Hash)>, Error> {
        let index = self.size;
        let size = index
            .checked_add(1)
            .filter(|size| *size <= LOG_SIZE_MAX)
            .ok_or(Error::Size { size: index })?;
        let merges = index.trailing_ones();
        let mut complete =
            Vec::with_capacity(usize::try_from(merges).unwrap_or(0).saturating_add(1));
        let mut root = leaf;
        complete.push((Subtree { level: 0, index }, root));
        for level in 1..=merges {
            let left = self.edge.pop().ok_or(Error::FrontierBytes {
                why: "too few hashes",
            })?;
            root = node_hash(&left, &root);
            complete.push((
                Subtree {
                    level: u8::try_from(level).unwrap_or(u8::MAX),
                    index: index >> level,
                },
                root,
            ));
        }
        self.edge.push(root);
        self.size = size;
        Ok(complete)
    }

    /// Bytes to store: version, size, then the hashes, largest subtree first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend_from_slice(&self.size.to_be_bytes());
        self.edge
            .iter()
            .for_each(|hash| out.extend_from_slice(hash));
        out
    }

    /// Reads what [`Frontier::to_bytes`] wrote.
    ///
    /// # Errors
    /// `LEDGER-FRONTIER` if the bytes are damaged, `LEDGER-SIZE` if the size is above the limit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let damaged = |cut: crate::wire::Cut| Error::FrontierBytes { why: cut.why };
        let mut cursor = Cursor::new(bytes);
        if cursor.u8().map_err(damaged)? != VERSION {
            return Err(Error::FrontierBytes {
                why: "unknown version",
            });
        }
        let size = cursor.u64().map_err(damaged)?;
        if size > LOG_SIZE_MAX {
            return Err(Error::Size { size });
        }
        let edge = (0..size.count_ones())
            .map(|_| cursor.array())
            .collect::<Result<_, _>>()
            .map_err(damaged)?;
        cursor.end().map_err(damaged)?;
        Ok(Self { size, edge })
    }
}
