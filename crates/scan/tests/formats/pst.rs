//! Stores of Outlook in all three forms, built here: real ones hold the letters of real people.

use crate::make::mutated;
use crate::packed::reports;
use scan::{Reason, Verdict};

/// Offsets and sizes that differ between the forms (MS-PST 2.2).
#[derive(Clone, Copy, PartialEq)]
pub enum Form {
    Narrow,
    Wide,
    Large,
}

use Form::{Large, Narrow, Wide};

fn put(bytes: &mut [u8], at: usize, number: u64, size: usize) {
    bytes[at..at + size].copy_from_slice(&number.to_le_bytes()[..size]);
}

fn sum(bytes: &[u8]) -> u64 {
    let mut crc = flate2::Crc::new();
    crc.update(&[0xff; 4]);
    crc.update(bytes);
    u64::from(!crc.sum())
}

impl Form {
    fn id(self, number: u64) -> Vec<u8> {
        number.to_le_bytes()[..self.width()].to_vec()
    }

    fn width(self) -> usize {
        if self == Narrow { 4 } else { 8 }
    }

    fn wide(self, text: &str) -> (u16, Vec<u8>) {
        match self {
            Narrow => (0x1e, text.as_bytes().to_vec()),
            _ => (
                0x1f,
                text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            ),
        }
    }
}

/// What a property holds.
pub enum Value {
    Text(&'static str),
    Bytes(Vec<u8>),
    Number(u32),
    /// Stands in a node under the item.
    Below(u16, u32),
}

/// A store that is being built.
pub struct Pst {
    form: Form,
    blocks: Vec<(u64, Vec<u8>)>,
    nodes: Vec<Vec<u8>>,
    deflated: bool,
}

impl Pst {
    pub fn new(form: Form) -> Self {
        Self {
            form,
            blocks: Vec::new(),
            nodes: Vec::new(),
            deflated: false,
        }
    }

    /// Adds a block; answers its number.
    pub fn block(&mut self, bytes: Vec<u8>, is_list: bool) -> u64 {
        let id = 4 * (self.blocks.len() as u64 + 1) + if is_list { 2 } else { 0 };
        self.blocks.push((id, bytes));
        id
    }

    /// A list of nodes under an item.
    pub fn under(&mut self, nodes: &[(u32, u64, u64)]) -> u64 {
        let mut out = vec![2, 0];
        out.extend(u16::try_from(nodes.len()).unwrap().to_le_bytes());
        if self.form != Narrow {
            out.extend([0; 4]);
        }
        for (id, data, under) in nodes {
            out.extend(self.form.id(u64::from(*id)));
            out.extend(self.form.id(*data));
            out.extend(self.form.id(*under));
        }
        self.block(out, true)
    }

    /// A table of properties in a heap.
    pub fn item(&mut self, properties: &[(u16, Value)]) -> u64 {
        let mut pieces: Vec<Vec<u8>> = vec![vec![0xb5, 2, 6, 0, 0x40, 0, 0, 0], Vec::new()];
        let mut table = Vec::new();
        for (id, value) in properties {
            let mut piece = |bytes: Vec<u8>| {
                pieces.push(bytes);
                u32::try_from(pieces.len()).unwrap() << 5
            };
            let (kind, value) = match value {
                Value::Number(number) => (3, *number),
                Value::Below(kind, node) => (*kind, *node),
                Value::Bytes(bytes) => (0x102, piece(bytes.clone())),
                Value::Text(text) => {
                    let (kind, bytes) = self.form.wide(text);
                    (kind, piece(bytes))
                }
            };
            table.extend(id.to_le_bytes());
            table.extend(kind.to_le_bytes());
            table.extend(value.to_le_bytes());
        }
        pieces[1] = table;
        let mut out = vec![0, 0, 0xec, 0xbc, 0x20, 0, 0, 0, 0, 0, 0, 0];
        let mut map = u16::try_from(pieces.len()).unwrap().to_le_bytes().to_vec();
        map.extend([0, 0, 12, 0]);
        for piece in pieces {
            out.extend(piece);
            map.extend(u16::try_from(out.len()).unwrap().to_le_bytes());
        }
        let at = out.len() as u64;
        put(&mut out, 0, at, 2);
        out.extend(map);
        self.block(out, false)
    }

    pub fn node(&mut self, id: u32, data: u64, under: u64, parent: u32) {
        let mut entry = self.form.id(u64::from(id));
        entry.extend(self.form.id(data));
        entry.extend(self.form.id(under));
        entry.extend(parent.to_le_bytes());
        entry.resize(4 * self.form.width(), 0);
        self.nodes.push(entry);
    }

    /// A page of a tree with its foot.
    fn page(&self, kind: u8, entries: &[Vec<u8>]) -> Vec<u8> {
        let (size, foot, count) = match self.form {
            Narrow => (512, 500, 496),
            Wide => (512, 496, 488),
            Large => (4096, 4072, 4056),
        };
        let mut page = entries.concat();
        assert!(page.len() <= count, "one page only");
        page.resize(size, 0);
        let width = if self.form == Large { 2 } else { 1 };
        put(&mut page, count, entries.len() as u64, width);
        page[count + 2 * width] = u8::try_from(entries.first().map_or(0, Vec::len)).unwrap();
        page[foot..foot + 2].copy_from_slice(&[kind, kind]);
        let check = sum(&page[..foot]);
        let at = foot + if self.form == Narrow { 8 } else { 4 };
        put(&mut page, at, check, 4);
        page
    }

    /// The file.
    pub fn file(&self) -> Vec<u8> {
        let (foot, step) = match self.form {
            Narrow => (12, 64),
            Wide => (16, 64),
            Large => (24, 512),
        };
        let mut out = vec![0u8; 4096];
        let mut places = Vec::new();
        for (id, bytes) in &self.blocks {
            let deflated = crate::make::zlib(bytes);
            let stored = match self.deflated && deflated.len() < bytes.len() {
                true => deflated,
                false => bytes.clone(),
            };
            let mut entry = self.form.id(*id);
            entry.extend(self.form.id(out.len() as u64));
            entry.extend(u16::try_from(stored.len()).unwrap().to_le_bytes());
            entry.extend(u16::try_from(bytes.len()).unwrap().to_le_bytes());
            entry.resize(if self.form == Narrow { 12 } else { 24 }, 0);
            places.push(entry);
            let start = out.len();
            out.extend(&stored);
            out.resize(start + (stored.len() + foot).next_multiple_of(step), 0);
            let at = out.len() - foot;
            put(&mut out, at, stored.len() as u64, 2);
            let at = at + if self.form == Narrow { 8 } else { 4 };
            put(&mut out, at, sum(&stored), 4);
        }
        out.resize(out.len().next_multiple_of(4096), 0);
        let nodes = out.len();
        out.extend(self.page(0x81, &self.nodes));
        let blocks = out.len();
        out.extend(self.page(0x80, &places));
        let (version, roots) = match self.form {
            Narrow => (14, [188, 196]),
            Wide => (23, [224, 240]),
            Large => (36, [224, 240]),
        };
        out[..4].copy_from_slice(b"!BDN");
        out[8..10].copy_from_slice(b"SM");
        put(&mut out, 10, version, 2);
        put(&mut out, roots[0], nodes as u64, self.form.width());
        put(&mut out, roots[1], blocks as u64, self.form.width());
        out
    }
}

/// A folder with a letter: text in every form, a file, a letter within the letter.
pub fn mailbox(form: Form) -> Pst {
    let mut pst = Pst::new(form);
    let folder = pst.item(&[(0x3001, Value::Text("Hộp thư đến"))]);
    pst.node(0x22, folder, 0, 0x22);
    let file = pst.item(&[
        (
            0x3701,
            Value::Bytes("Phụ lục\n\nMẬT\n\nDanh sách.\n".into()),
        ),
        (0x3705, Value::Number(1)),
        (0x3707, Value::Text("phụ lục.txt")),
    ]);
    let inner = pst.item(&[
        (0x0037, Value::Text("Thư bên trong")),
        (0x1000, Value::Text("TỐI MẬT\r\nNội dung chuyển tiếp.")),
    ]);
    let object = [0x64u32.to_le_bytes(), [0; 4]].concat();
    let forwarded = pst.item(&[
        (0x3001, Value::Text("Thư bên trong")),
        (0x3701, Value::Below(0x0d, 0x81)),
        (0x3705, Value::Number(5)),
    ]);
    let object = pst.block(object, false);
    let of_forwarded = pst.under(&[(0x81, object, 0), (0x64, inner, 0)]);
    let half = pst.block(b"<html><body><p>TUY\xca\xf2T ".to_vec(), false);
    let rest = pst.block(b"M\xc2\xf2T</p></body></html>".to_vec(), false);
    let mut list = vec![1, 1, 2, 0, 0, 0, 0, 0];
    list.extend(form.id(half));
    list.extend(form.id(rest));
    let html = pst.block(list, true);
    let under = pst.under(&[
        (0x25, file, 0),
        (0x45, forwarded, of_forwarded),
        (0x9f, html, 0),
    ]);
    let letter = pst.item(&[
        (0x0037, Value::Text("\u{1}\u{1}Lịch họp")),
        (
            0x007d,
            Value::Text("X-Nhan: MAT\r\nContent-Type: text/plain\r\n"),
        ),
        (0x0c1a, Value::Text("Nguyễn Văn Thử")),
        (0x1013, Value::Below(0x102, 0x9f)),
        (0x3fde, Value::Number(1258)),
    ]);
    pst.node(0x44, letter, under, 0x22);
    pst
}

#[test]
fn every_form_of_a_store_is_read_to_its_end() {
    for form in [Narrow, Wide, Large] {
        let bytes = mailbox(form).file();
        let reports = reports("thu.pst", &bytes);
        let told: Vec<(&str, Verdict, &str)> = reports
            .iter()
            .map(|one| {
                let name = one.member.as_deref().unwrap_or("");
                (name, one.verdict, one.kind.as_str())
            })
            .collect();
        let letter = "Hộp thư đến/0001.eml";
        assert_eq!(
            told,
            [
                (
                    format!("{letter}/phụ lục.txt").as_str(),
                    Verdict::Marked,
                    "text"
                ),
                (
                    format!("{letter}/Thư bên trong.eml").as_str(),
                    Verdict::Marked,
                    "eml"
                ),
                (letter, Verdict::Marked, "eml"),
                ("", Verdict::Clean, "pst"),
            ]
        );
        assert!(reports.iter().all(|one| one.incomplete.is_empty()));
    }
}

#[test]
fn the_letter_keeps_subject_people_and_fields() {
    let mut sink = crate::testing::Collected::default();
    let limits = scan::Limits::default();
    scan::formats::pst::read(&mailbox(Wide).file(), &limits, &mut sink).unwrap();
    assert_eq!(sink.texts(), ["Hộp thư đến"]);
    let letter = sink.members.remove(0);
    let mut inner = crate::testing::Collected::default();
    scan::formats::read(scan::Kind::Eml, &letter.bytes, &limits, &mut inner).unwrap();
    for text in [
        "Lịch họp",
        "X-Mapi-0C1A: Nguyễn Văn Thử",
        "X-Nhan: MAT",
        "TUYỆT MẬT",
    ] {
        assert!(
            inner.texts().contains(&text),
            "{text} in {:?}",
            inner.texts()
        );
    }
    assert_eq!(inner.members.len(), 2);
}

#[test]
fn deflated_blocks_of_a_large_store_are_read() {
    let mut pst = mailbox(Large);
    pst.deflated = true;
    let reports = reports("thu.ost", &pst.file());
    assert_eq!(reports.len(), 4);
    assert!(reports.iter().all(|one| one.incomplete.is_empty()));
}

/// One byte of a letter is not what was written: the letter and the store both say so.
#[test]
fn a_bent_block_is_told_in_letter_and_store() {
    let mut bytes = mailbox(Wide).file();
    let html = bytes.windows(6).position(|six| six == b"<html>").unwrap();
    bytes[html + 1] ^= 1;
    let reports = reports("thu.pst", &bytes);
    let letter = reports.iter().rev().nth(1).unwrap();
    assert_eq!(letter.incomplete[0].reason, Reason::Damaged);
    let store = reports.last().unwrap();
    assert_eq!(store.incomplete[0].reason, Reason::Damaged);
    assert_eq!(store.incomplete[0].place, "Hộp thư đến/0001.eml");
}

#[test]
fn mutated_stores_never_end_the_program() {
    for form in [Narrow, Wide, Large] {
        let whole = mailbox(form).file();
        for seed in 0..200 {
            assert!(!reports("thu.pst", &mutated(&whole, seed)).is_empty());
        }
    }
}

/// Hostile stores for the table of bombs.
pub fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let whole = mailbox(Wide).file();
    let with = |at: usize, bytes: &[u8]| {
        let mut out = whole.clone();
        out[at..at + bytes.len()].copy_from_slice(bytes);
        out
    };
    let letter = |build: &dyn Fn(&mut Pst) -> u64| {
        let mut pst = Pst::new(Wide);
        let html = build(&mut pst);
        let under = pst.under(&[(0x9f, html, 0)]);
        let item = pst.item(&[(0x1013, Value::Below(0x102, 0x9f))]);
        pst.node(0x44, item, under, 0x22);
        pst.file()
    };
    let list = |level: u8, ids: &[u64]| {
        let mut out = vec![1, level];
        out.extend(u16::try_from(ids.len()).unwrap().to_le_bytes());
        out.extend([0; 4]);
        out.extend(ids.iter().flat_map(|id| id.to_le_bytes()));
        out
    };
    let mut nested = Pst::new(Wide);
    let mut inner = nested.item(&[(0x1000, Value::Text("MẬT"))]);
    let mut under = 0;
    for _ in 0..6 {
        let object = nested.block([0x64u32.to_le_bytes(), [0; 4]].concat(), false);
        let of_attached = nested.under(&[(0x81, object, 0), (0x64, inner, under)]);
        let attached = nested.item(&[
            (0x3701, Value::Below(0x0d, 0x81)),
            (0x3705, Value::Number(5)),
        ]);
        under = nested.under(&[(0x25, attached, of_attached)]);
        inner = attached;
    }
    nested.blocks.truncate(20);
    nested.node(0x44, inner, under, 0x22);
    vec![
        ("pst: only a head", b"!BDN and so on".to_vec()),
        ("pst: a version to come", with(10, &[99, 0])),
        ("pst: locked by a key", with(513, &[0x10])),
        ("pst: no tree of blocks", with(240, &[0; 8])),
        ("pst: trees beyond the end", with(224, &[0xff; 24])),
        ("pst: cut", whole[..whole.len() / 2].to_vec()),
        (
            "pst: a list of itself",
            letter(&|pst| {
                let own = 4 * (pst.blocks.len() as u64 + 1) + 2;
                pst.block(list(1, &[own; 900]), true)
            }),
        ),
        (
            "pst: eight million blocks in one value",
            letter(&|pst| {
                let data = pst.block(vec![b'a'; 8000], false);
                let one = pst.block(list(1, &[data; 1000]), true);
                pst.block(list(2, &[one; 1000]), true)
            }),
        ),
        ("pst: letters six deep", nested.file()),
    ]
}
