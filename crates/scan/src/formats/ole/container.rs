//! The compound file itself, read leniently: chains are followed at most once around the file, and a
//! directory that makes no sense loses its entries, not the program.

use super::{le16, le32, wide};
use std::collections::{BTreeMap, BTreeSet};

const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Values of a chain from this on end it.
const CHAIN_END: u32 = 0xffff_fffc;
const NONE: u32 = 0xffff_ffff;
/// Most entries of the directory.
const ENTRIES_MAX: usize = 50_000;
/// Deepest nesting of storages.
const DEPTH_MAX: usize = 64;

struct Stream {
    start: u32,
    size: u64,
}

/// An open compound file.
pub(super) struct Container<'b> {
    bytes: &'b [u8],
    sector: usize,
    mini_sector: usize,
    mini_limit: u64,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini: Vec<u8>,
    /// Streams by storage and name.
    streams: BTreeMap<(Vec<String>, String), Stream>,
    storages: BTreeSet<Vec<String>>,
    /// Chains loop or lead nowhere.
    pub crooked: bool,
}

impl<'b> Container<'b> {
    /// Opens a file; none if even its header makes no sense.
    pub fn open(bytes: &'b [u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        let (shift, mini_shift) = (le16(bytes, 30)?, le16(bytes, 32)?);
        if !matches!(shift, 9 | 12) || mini_shift >= shift {
            return None;
        }
        let mut container = Self {
            bytes,
            sector: 1 << shift,
            mini_sector: 1 << mini_shift,
            mini_limit: u64::from(le32(bytes, 56)?),
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini: Vec::new(),
            streams: BTreeMap::new(),
            storages: BTreeSet::new(),
            crooked: false,
        };
        container.read_fat()?;
        let mini_fat = container.chain(le32(bytes, 60)?, u64::MAX).0;
        container.mini_fat = numbers(&mini_fat);
        let (directory, whole) = container.chain(le32(bytes, 48)?, u64::MAX);
        container.crooked |= !whole;
        container.read_directory(&directory);
        Some(container)
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector + 1
    }

    fn sector_bytes(&self, number: u32) -> Option<&'b [u8]> {
        let at = usize::try_from(number)
            .ok()?
            .checked_add(1)?
            .checked_mul(self.sector)?;
        let rest = self.bytes.get(at..)?;
        // The last sector of a file is often cut short.
        Some(rest.get(..self.sector).unwrap_or(rest))
    }

    fn read_fat(&mut self) -> Option<()> {
        let mut of_fat: Vec<u32> = numbers(self.bytes.get(76..512)?);
        let mut next = le32(self.bytes, 68)?;
        let mut seen = BTreeSet::new();
        while next < CHAIN_END && seen.insert(next) {
            let Some(sector) = self.sector_bytes(next) else {
                self.crooked = true;
                break;
            };
            let mut more = numbers(sector);
            next = more.pop().unwrap_or(NONE);
            of_fat.extend(more);
        }
        self.crooked |= next < CHAIN_END;
        // A file has no more sectors than bytes for them, whatever the table says.
        let most = self.sectors().div_ceil(self.sector / 4) + 1;
        for number in of_fat
            .into_iter()
            .filter(|number| *number < CHAIN_END)
            .take(most)
        {
            match self.sector_bytes(number) {
                Some(sector) => self.fat.extend(numbers(sector)),
                None => self.crooked = true,
            }
        }
        Some(())
    }

    /// Bytes of a chain of sectors, and whether it reached its end.
    fn chain(&self, start: u32, size: u64) -> (Vec<u8>, bool) {
        let mut out = Vec::new();
        let mut next = start;
        for _ in 0..self.sectors() {
            if next >= CHAIN_END || out.len() as u64 >= size {
                break;
            }
            let Some(sector) = self.sector_bytes(next) else {
                return (out, false);
            };
            out.extend_from_slice(sector);
            next = usize::try_from(next)
                .ok()
                .and_then(|index| self.fat.get(index).copied())
                .unwrap_or(NONE);
        }
        let whole = next >= CHAIN_END || out.len() as u64 >= size;
        out.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        (out, whole)
    }

    fn mini_chain(&self, start: u32, size: u64) -> (Vec<u8>, bool) {
        let mut out = Vec::new();
        let mut next = start;
        for _ in 0..=self.mini_fat.len() {
            if next >= CHAIN_END || out.len() as u64 >= size {
                break;
            }
            let Some(index) = usize::try_from(next).ok() else {
                break;
            };
            let Some(rest) = self.mini.get(index * self.mini_sector..) else {
                return (out, false);
            };
            out.extend_from_slice(rest.get(..self.mini_sector).unwrap_or(rest));
            next = self.mini_fat.get(index).copied().unwrap_or(NONE);
        }
        let whole = out.len() as u64 >= size;
        out.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        (out, whole)
    }

    fn read_directory(&mut self, directory: &[u8]) {
        let entries: Vec<&[u8]> = directory.chunks_exact(128).take(ENTRIES_MAX).collect();
        self.crooked |= directory.len() / 128 > ENTRIES_MAX;
        let Some(root) = entries.first() else {
            self.crooked = true;
            return;
        };
        let field = |entry: &[u8], at| le32(entry, at).unwrap_or(NONE);
        let (mini, _) = self.chain(field(root, 116), u64::from(field(root, 120)));
        self.mini = mini;
        self.storages.insert(Vec::new());
        let mut open = vec![(field(root, 76), Vec::<String>::new())];
        let mut seen = BTreeSet::new();
        while let Some((index, folder)) = open.pop() {
            if index == NONE {
                continue;
            }
            let entry = usize::try_from(index)
                .ok()
                .and_then(|index| entries.get(index));
            let Some(entry) = entry.filter(|_| seen.insert(index)) else {
                self.crooked = true;
                continue;
            };
            open.push((field(entry, 68), folder.clone()));
            open.push((field(entry, 72), folder.clone()));
            let length = usize::from(le16(entry, 64).unwrap_or(0)).clamp(2, 64) - 2;
            let name = wide(entry.get(..length).unwrap_or(&[]));
            match entry.get(66) {
                Some(1) if folder.len() < DEPTH_MAX => {
                    let mut inner = folder;
                    inner.push(name);
                    open.push((field(entry, 76), inner.clone()));
                    self.storages.insert(inner);
                }
                Some(2) => {
                    let size = if self.sector == 512 {
                        u64::from(field(entry, 120))
                    } else {
                        u64::from(field(entry, 120)) | u64::from(field(entry, 124)) << 32
                    };
                    let stream = Stream {
                        start: field(entry, 116),
                        size,
                    };
                    self.streams.insert((folder, name), stream);
                }
                _ => self.crooked = true,
            }
        }
    }

    /// All storages, the root among them as the empty path.
    pub fn storages(&self) -> impl Iterator<Item = &[String]> {
        self.storages.iter().map(Vec::as_slice)
    }

    /// All streams by storage and name.
    pub fn streams(&self) -> impl Iterator<Item = (&[String], &str)> {
        self.streams
            .keys()
            .map(|(folder, name)| (folder.as_slice(), name.as_str()))
    }

    /// Whether a storage holds a stream of that name.
    pub fn has(&self, folder: &[String], name: &str) -> bool {
        self.streams
            .contains_key(&(folder.to_vec(), name.to_owned()))
    }

    /// The bytes of a stream, and whether they are all there.
    pub fn read(&self, folder: &[String], name: &str, limit: u64) -> Option<(Vec<u8>, bool)> {
        let stream = self.streams.get(&(folder.to_vec(), name.to_owned()))?;
        let size = stream.size.min(limit).min(self.bytes.len() as u64);
        let (bytes, whole) = if stream.size < self.mini_limit {
            self.mini_chain(stream.start, size)
        } else {
            self.chain(stream.start, size)
        };
        let whole = whole && bytes.len() as u64 == stream.size;
        Some((bytes, whole))
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|four| u32::from_le_bytes(*four))
        .collect()
}
