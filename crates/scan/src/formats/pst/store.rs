//! Pages and blocks of a store (MS-PST 2.2): two trees lead from identifiers to bytes.

use super::cipher::Cipher;
use crate::content::Sink;
use crate::formats::archive::{Fault, drain, number};
use flate2::bufread::ZlibDecoder;
use std::collections::BTreeSet;

/// Most entries of one tree; a store of the largest size read has fewer.
const ENTRIES_MAX: usize = 1 << 21;
/// Most nodes under one item.
const SUBNODES_MAX: usize = 10_000;

/// The three layouts there are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// Numbers of 32 bits, text of 8 bits: before Outlook 2003.
    Narrow,
    /// Numbers of 64 bits, pages of 512 bytes.
    Wide,
    /// Numbers of 64 bits, pages of 4,096 bytes, blocks that may be deflated: offline stores since 2013.
    Large,
}

impl Form {
    fn of(version: u64) -> Option<Self> {
        match version {
            14 | 15 => Some(Self::Narrow),
            21..=23 => Some(Self::Wide),
            36 => Some(Self::Large),
            _ => None,
        }
    }

    const fn id_bytes(self) -> usize {
        match self {
            Self::Narrow => 4,
            _ => 8,
        }
    }

    fn id(self, bytes: &[u8], at: usize) -> Option<u64> {
        match self {
            Self::Narrow => number::<4>(bytes, at),
            _ => number::<8>(bytes, at),
        }
    }

    const fn page_bytes(self) -> usize {
        match self {
            Self::Large => 4096,
            _ => 512,
        }
    }

    /// Where the foot of a page begins: its type twice, then checks.
    const fn page_foot(self) -> usize {
        match self {
            Self::Narrow => 500,
            Self::Wide => 496,
            Self::Large => 4072,
        }
    }

    /// Number, size and level of the entries of a page.
    fn page_entries(self, page: &[u8]) -> Option<(usize, usize, u8)> {
        let (count, size, level) = match self {
            Self::Narrow => (number::<1>(page, 496)?, 498, 499),
            Self::Wide => (number::<1>(page, 488)?, 490, 491),
            Self::Large => (number::<2>(page, 4056)?, 4060, 4061),
        };
        Some((
            usize::try_from(count).ok()?,
            usize::from(*page.get(size)?),
            *page.get(level)?,
        ))
    }

    /// Bytes after a block, and the step to which both together are filled up.
    const fn block_foot(self) -> (usize, usize) {
        match self {
            Self::Narrow => (12, 64),
            Self::Wide => (16, 64),
            Self::Large => (24, 512),
        }
    }

    /// Bits of the number of an item in a heap that count within one block.
    pub const fn heap_bits(self) -> u32 {
        match self {
            Self::Large => 14,
            _ => 11,
        }
    }
}

/// Bytes on the disk.
#[derive(Clone, Copy, Debug)]
struct Block {
    id: u64,
    at: u64,
    stored: u16,
    /// Bytes after inflation.
    size: u16,
}

/// An item: its data, and the nodes under it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub id: u32,
    pub data: u64,
    pub under: u64,
    pub parent: u32,
}

impl Node {
    /// The lowest bits tell what a node is.
    pub const fn kind(&self) -> u32 {
        self.id & 0x1f
    }
}

/// An open store.
pub(super) struct Store<'b> {
    bytes: &'b [u8],
    pub form: Form,
    cipher: Cipher,
    blocks: Vec<Block>,
    pub nodes: Vec<Node>,
    /// Some page of a tree makes no sense or is missing.
    pub crooked: bool,
}

impl<'b> Store<'b> {
    pub fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        let version = number::<2>(bytes, 10).ok_or(Fault::Damaged)?;
        let form = Form::of(version).ok_or(Fault::UnknownType)?;
        let (roots, cipher) = match form {
            Form::Narrow => ([188, 196], 461),
            _ => ([224, 240], 513),
        };
        let cipher = *bytes.get(cipher).ok_or(Fault::Damaged)?;
        let mut store = Self {
            bytes,
            form,
            cipher: Cipher::of(cipher).ok_or(Fault::Encrypted)?,
            blocks: Vec::new(),
            nodes: Vec::new(),
            crooked: false,
        };
        for (root, is_nodes) in roots.into_iter().zip([true, false]) {
            let root = form.id(bytes, root).ok_or(Fault::Damaged)?;
            store.tree(root, is_nodes)?;
        }
        store.blocks.sort_by_key(|block| block.id);
        Ok(store)
    }

    /// Walks one tree of pages; each page once.
    fn tree(&mut self, root: u64, is_nodes: bool) -> Result<(), Fault> {
        let mut seen = BTreeSet::new();
        let mut open = vec![(root, u8::MAX)];
        while let Some((at, above)) = open.pop() {
            if !seen.insert(at) {
                self.crooked = true;
                continue;
            }
            let Some((page, count, size, level)) = self.page(at, is_nodes) else {
                self.crooked = true;
                continue;
            };
            if level >= above {
                self.crooked = true;
                continue;
            }
            for index in 0..count {
                let entry = page.get(index * size..(index + 1) * size).unwrap_or(&[]);
                let id = self.form.id_bytes();
                let known = if level > 0 {
                    let below = self.form.id(entry, 2 * id);
                    below.map(|below| open.push((below, level)))
                } else if is_nodes {
                    self.node(entry, 3 * id).map(|node| self.nodes.push(node))
                } else {
                    self.place(entry).map(|block| self.blocks.push(block))
                };
                self.crooked |= known.is_none();
            }
            if self.nodes.len().max(self.blocks.len()) > ENTRIES_MAX {
                return Err(Fault::TooLarge);
            }
        }
        Ok(())
    }

    /// A page with number, size and level of its entries.
    fn page(&mut self, at: u64, is_nodes: bool) -> Option<(&'b [u8], usize, usize, u8)> {
        let at = usize::try_from(at).ok()?;
        let page = self
            .bytes
            .get(at..at.checked_add(self.form.page_bytes())?)?;
        let foot = self.form.page_foot();
        let kind = if is_nodes { 0x81 } else { 0x80 };
        if page.get(foot..foot + 2) != Some(&[kind, kind]) {
            return None;
        }
        let sum = match self.form {
            Form::Narrow => number::<4>(page, foot + 8)?,
            _ => number::<4>(page, foot + 4)?,
        };
        self.crooked |= sum != u64::from(checksum(page.get(..foot)?));
        let (count, size, level) = self.form.page_entries(page)?;
        (count * size <= foot).then_some((page, count, size, level))
    }

    fn place(&self, entry: &[u8]) -> Option<Block> {
        let id = self.form.id_bytes();
        let stored = u16::try_from(number::<2>(entry, 2 * id)?).ok()?;
        let size = match self.form {
            Form::Large => u16::try_from(number::<2>(entry, 2 * id + 2)?).ok()?,
            _ => stored,
        };
        Some(Block {
            id: self.form.id(entry, 0)? & !1,
            at: self.form.id(entry, id)?,
            stored,
            size,
        })
    }

    /// A node whose parent stands at `parent`, if that is in the entry.
    fn node(&self, entry: &[u8], parent: usize) -> Option<Node> {
        let id = self.form.id_bytes();
        let own = self.form.id(entry, 0)?;
        Some(Node {
            id: u32::try_from(own & 0xffff_ffff).ok()?,
            data: self.form.id(entry, id)?,
            under: self.form.id(entry, 2 * id)?,
            parent: number::<4>(entry, parent)
                .and_then(|parent| u32::try_from(parent).ok())
                .unwrap_or(0),
        })
    }

    /// The bytes of one block, opened and checked.
    fn block(&self, id: u64, sink: &mut dyn Sink) -> Result<Vec<u8>, Fault> {
        let found = self
            .blocks
            .binary_search_by_key(&(id & !1), |block| block.id)
            .ok()
            .and_then(|index| self.blocks.get(index));
        let block = found.ok_or(Fault::Damaged)?;
        let mut bytes = self.stored(block).ok_or(Fault::Damaged)?.to_vec();
        if !is_inner(id) {
            self.cipher.open(&mut bytes, block.id);
        }
        if block.size == block.stored {
            sink.inflate(bytes.len() as u64)?;
            return Ok(bytes);
        }
        let mut out = Vec::new();
        let mut inflater = ZlibDecoder::new(bytes.as_slice());
        drain(&mut inflater, u64::from(block.size), &mut out, sink)?;
        if out.len() == usize::from(block.size) {
            Ok(out)
        } else {
            Err(Fault::Damaged)
        }
    }

    /// The bytes of a block as they lie on the disk, if their foot agrees.
    fn stored(&self, block: &Block) -> Option<&'b [u8]> {
        let size = usize::from(block.stored);
        let (foot, step) = self.form.block_foot();
        let at = usize::try_from(block.at).ok()?;
        let whole = self
            .bytes
            .get(at..at.checked_add((size + foot).next_multiple_of(step))?)?;
        let bytes = whole.get(..size)?;
        let foot = whole.get(whole.len() - foot..)?;
        let sum = match self.form {
            Form::Narrow => number::<4>(foot, 8)?,
            _ => number::<4>(foot, 4)?,
        };
        (number::<2>(foot, 0)? == u64::from(block.stored) && sum == u64::from(checksum(bytes)))
            .then_some(bytes)
    }

    /// The data of a node, block by block.
    pub fn leaves(&self, id: u64, limit: u64, sink: &mut dyn Sink) -> Result<Vec<Vec<u8>>, Fault> {
        let mut out = Vec::new();
        let mut room = limit;
        if id != 0 {
            self.gather(id, 3, &mut room, &mut out, sink)?;
        }
        Ok(out)
    }

    /// All blocks under one, which is a list of lists at most.
    fn gather(
        &self,
        id: u64,
        levels: u8,
        room: &mut u64,
        out: &mut Vec<Vec<u8>>,
        sink: &mut dyn Sink,
    ) -> Result<(), Fault> {
        let block = self.block(id, sink)?;
        if !is_inner(id) {
            *room = room
                .checked_sub(block.len() as u64)
                .ok_or(Fault::TooLarge)?;
            out.push(block);
            return Ok(());
        }
        if block.first() != Some(&1) || levels == 0 {
            return Err(Fault::Damaged);
        }
        let count = number::<2>(&block, 2).ok_or(Fault::Damaged)?;
        for index in 0..usize::try_from(count).unwrap_or(0) {
            let below = self.form.id(&block, 8 + index * self.form.id_bytes());
            self.gather(below.ok_or(Fault::Damaged)?, levels - 1, room, out, sink)?;
        }
        Ok(())
    }

    /// The nodes under an item.
    pub fn under(&self, id: u64, sink: &mut dyn Sink) -> Result<Vec<Node>, Fault> {
        let mut out = Vec::new();
        if id != 0 {
            self.descend(id, 2, &mut out, sink)?;
        }
        Ok(out)
    }

    fn descend(
        &self,
        id: u64,
        levels: u8,
        out: &mut Vec<Node>,
        sink: &mut dyn Sink,
    ) -> Result<(), Fault> {
        let block = self.block(id, sink)?;
        let [2, level, ..] = *block.as_slice() else {
            return Err(Fault::Damaged);
        };
        if levels == 0 {
            return Err(Fault::Damaged);
        }
        let id = self.form.id_bytes();
        let count = number::<2>(&block, 2).ok_or(Fault::Damaged)?;
        let size = if level == 0 { 3 * id } else { 2 * id };
        let start = if self.form == Form::Narrow { 4 } else { 8 };
        for index in 0..usize::try_from(count).unwrap_or(0) {
            let from = start + index * size;
            let entry = block.get(from..from + size).ok_or(Fault::Damaged)?;
            if level == 0 {
                // An entry here has no parent: what would be it lies behind its end.
                out.push(self.node(entry, size).ok_or(Fault::Damaged)?);
            } else {
                let below = self.form.id(entry, id).ok_or(Fault::Damaged)?;
                self.descend(below, levels - 1, out, sink)?;
            }
            if out.len() > SUBNODES_MAX {
                return Err(Fault::TooLarge);
            }
        }
        Ok(())
    }
}

/// A block of lists, never opened by the cipher.
const fn is_inner(block: u64) -> bool {
    block & 2 != 0
}

/// The sum of the format: CRC-32 that starts at zero and is not turned at its end.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    // The usual sum starts at all ones: four bytes that cancel it out make it start at zero.
    sum.update(&[0xff; 4]);
    sum.update(bytes);
    !sum.sum()
}
