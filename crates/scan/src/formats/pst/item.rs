//! Items of a store (MS-PST 2.3): a heap of small pieces, and in it a table of properties.

use super::store::{Form, Node, Store};
use crate::content::Sink;
use crate::formats::archive::{Fault, number};
use std::collections::BTreeSet;

/// Most properties of one item.
const PROPERTIES_MAX: usize = 10_000;

/// A property: its number, its type, and its value or where that stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Property {
    pub id: u16,
    pub kind: u16,
    value: u32,
}

/// An item whose properties are known.
pub(super) struct Item<'s, 'b> {
    store: &'s Store<'b>,
    heap: Heap,
    pub properties: Vec<Property>,
    /// Attachments, large values, people.
    pub under: Vec<Node>,
    limit: u64,
}

impl<'s, 'b> Item<'s, 'b> {
    /// Reads the table of properties of a node. No value is longer than `limit` bytes.
    pub fn open(
        store: &'s Store<'b>,
        node: Node,
        limit: u64,
        sink: &mut dyn Sink,
    ) -> Result<Self, Fault> {
        let heap = Heap {
            blocks: store.leaves(node.data, limit, sink)?,
            form: store.form,
        };
        Ok(Self {
            store,
            properties: heap.properties().ok_or(Fault::Damaged)?,
            heap,
            under: store.under(node.under, sink)?,
            limit,
        })
    }

    pub fn find(&self, id: u16) -> Option<Property> {
        self.properties.iter().copied().find(|one| one.id == id)
    }

    /// A number of 32 bits or less.
    pub fn number(&self, id: u16) -> Option<u32> {
        let property = self.find(id)?;
        matches!(property.kind, 2 | 3 | 0xb).then_some(property.value)
    }

    /// The bytes of a value that does not fit in the table itself.
    pub fn bytes(&self, property: Property, sink: &mut dyn Sink) -> Result<Vec<u8>, Fault> {
        match property.value {
            0 => Ok(Vec::new()),
            place if place & 0x1f == 0 => {
                let found = self.heap.piece(place).ok_or(Fault::Damaged)?;
                Ok(found.to_vec())
            }
            node => {
                let node = self.below(node).ok_or(Fault::Damaged)?;
                self.data(node, sink)
            }
        }
    }

    /// All data of a node under this one.
    pub fn data(&self, node: Node, sink: &mut dyn Sink) -> Result<Vec<u8>, Fault> {
        Ok(self.store.leaves(node.data, self.limit, sink)?.concat())
    }

    pub fn below(&self, id: u32) -> Option<Node> {
        self.under.iter().copied().find(|node| node.id == id)
    }

    /// The text of a property; `None` if it is not one of text.
    pub fn text(&self, property: Property, sink: &mut dyn Sink) -> Result<Option<String>, Fault> {
        let one = match property.kind {
            0x1f | 0x101f => wide,
            0x1e | 0x101e => narrow,
            _ => return Ok(None),
        };
        let bytes = self.bytes(property, sink)?;
        if property.kind & 0x1000 == 0 {
            return Ok(Some(one(&bytes)));
        }
        Ok(Some(
            many(&bytes)
                .into_iter()
                .map(one)
                .collect::<Vec<_>>()
                .join("; "),
        ))
    }

    /// The text of the property with this number, empty where there is none.
    pub fn text_of(&self, id: u16, sink: &mut dyn Sink) -> Result<String, Fault> {
        match self.find(id) {
            Some(property) => Ok(self.text(property, sink)?.unwrap_or_default()),
            None => Ok(String::new()),
        }
    }
}

/// Values of a list: their number, where each begins, then the values.
fn many(bytes: &[u8]) -> Vec<&[u8]> {
    let place = |index: usize| {
        let at = number::<4>(bytes, 4 + 4 * index)?;
        usize::try_from(at).ok()
    };
    let count = number::<4>(bytes, 0)
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(0)
        .min(bytes.len() / 4);
    (0..count)
        .filter_map(|index| {
            let end = if index + 1 == count {
                bytes.len()
            } else {
                place(index + 1)?
            };
            bytes.get(place(index)?..end)
        })
        .collect()
}

fn wide(bytes: &[u8]) -> String {
    let units = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_le_bytes(*pair));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or('\u{fffd}'))
        .collect::<String>()
        .trim_end_matches('\0')
        .to_owned()
}

fn narrow(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => vanban::encodings::as_western(bytes),
    };
    text.trim_end_matches('\0').to_owned()
}

/// Pieces of at most one block each.
struct Heap {
    blocks: Vec<Vec<u8>>,
    form: Form,
}

impl Heap {
    fn piece(&self, place: u32) -> Option<&[u8]> {
        if place & 0x1f != 0 {
            return None;
        }
        let bits = self.form.heap_bits();
        let index = usize::try_from(place >> 5 & ((1 << bits) - 1)).ok()?;
        let block = self
            .blocks
            .get(usize::try_from(place >> (5 + bits)).ok()?)?;
        let at = |at: usize| usize::try_from(number::<2>(block, at)?).ok();
        // The map stands at the end of the block: how many, how many free, where each begins.
        let map = at(0)?;
        if index == 0 || index > at(map)? {
            return None;
        }
        block.get(at(map + 2 + 2 * index)?..at(map + 4 + 2 * index)?)
    }

    /// The table of properties: a tree of entries, the key of two bytes and six of value.
    fn properties(&self) -> Option<Vec<Property>> {
        let first = self.blocks.first()?;
        if first.get(2..4)? != [0xec, 0xbc] {
            return None;
        }
        let root = u32::try_from(number::<4>(first, 4)?).ok()?;
        let [0xb5, 2, 6, levels, place @ ..] = self.piece(root)? else {
            return None;
        };
        let place = u32::try_from(number::<4>(place, 0)?).ok()?;
        let mut out = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![(place, *levels)];
        while let Some((place, level)) = open.pop() {
            if place == 0 {
                continue;
            }
            if !seen.insert(place) {
                return None;
            }
            let piece = self.piece(place)?;
            if level > 0 {
                for entry in piece.as_chunks::<6>().0 {
                    let [_, _, below @ ..] = *entry;
                    open.push((u32::from_le_bytes(below), level - 1));
                }
            } else {
                for entry in piece.as_chunks::<8>().0 {
                    let [a, b, c, d, value @ ..] = *entry;
                    out.push(Property {
                        id: u16::from_le_bytes([a, b]),
                        kind: u16::from_le_bytes([c, d]),
                        value: u32::from_le_bytes(value),
                    });
                }
            }
            if out.len().max(open.len()) > PROPERTIES_MAX {
                return None;
            }
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_text_are_parted() {
        let mut bytes = vec![2, 0, 0, 0, 12, 0, 0, 0, 14, 0, 0, 0];
        bytes.extend(b"abMAT");
        assert_eq!(many(&bytes), [b"ab".as_slice(), b"MAT"]);
        assert!(many(&[0xff; 16]).is_empty());
    }

    #[test]
    fn a_piece_stands_where_the_map_says() {
        let mut block = vec![12, 0, 0xec, 0xbc, 0, 0, 0, 0];
        block.extend(b"abMA");
        block.extend([2, 0, 0, 0, 8, 0, 10, 0, 12, 0]);
        let heap = Heap {
            blocks: vec![block],
            form: Form::Wide,
        };
        assert_eq!(heap.piece(0x20), Some(b"ab".as_slice()));
        assert_eq!(heap.piece(0x40), Some(b"MA".as_slice()));
        assert_eq!(heap.piece(0x60), None);
        assert_eq!(heap.piece(0x1_0020), None);
    }
}
