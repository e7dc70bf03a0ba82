//! Builds hostile files. Nothing here is read from a disk: every file follows from a few numbers.

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::Write;

/// A random number generator that always gives the same numbers (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit.max(1) as u64)).unwrap()
    }
}

/// A file of the same bytes, changed in a few places, cut or repeated in part.
pub fn mutated(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut out = bytes.to_vec();
    for _ in 0..=dice.below(12) {
        let at = dice.below(out.len());
        match dice.below(6) {
            0 => out.truncate(at.max(16)),
            1 => {
                let end = (at + dice.below(400)).min(out.len());
                let part = out[at..end].to_vec();
                out.splice(at..at, part);
            }
            2 => {
                let end = (at + dice.below(40)).min(out.len());
                out.drain(at..end);
            }
            3 => out[at] ^= 1 << dice.below(8),
            _ => out[at] = u8::try_from(dice.below(256)).unwrap(),
        }
        if out.len() < 16 {
            out.resize(16, 0);
        }
    }
    out
}

pub fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// Zeros, packed without ever standing in memory as a whole.
fn pour(out: &mut dyn Write, mebibytes: usize) {
    let chunk = vec![0u8; 1 << 20];
    for _ in 0..mebibytes {
        out.write_all(&chunk).unwrap();
    }
}

pub fn zlib_zeros(mebibytes: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    pour(&mut encoder, mebibytes);
    encoder.finish().unwrap()
}

pub fn gzip_zeros(mebibytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    pour(&mut encoder, mebibytes);
    encoder.finish().unwrap()
}

pub fn base64(data: &[u8]) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (index, three) in data.chunks(3).enumerate() {
        let mut bits = [0u8; 4];
        bits[1..=three.len()].copy_from_slice(three);
        let bits = u32::from_be_bytes(bits);
        for sign in 0..4 {
            let value = usize::try_from(bits >> (18 - 6 * sign) & 63).unwrap();
            out.push(if sign > three.len() {
                '='
            } else {
                char::from(SIGNS[value])
            });
        }
        if index % 19 == 18 {
            out.push_str("\r\n");
        }
    }
    out
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// `size` zeros.
pub fn zeros(mebibytes: usize) -> Vec<u8> {
    vec![0; mebibytes << 20]
}

/// An entry of a zip as it will be written.
#[derive(Clone)]
pub struct Part {
    pub name: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub data: Vec<u8>,
    pub size: u32,
    pub crc: u32,
}

impl Part {
    pub fn packed(name: &str, plain: &[u8]) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(plain);
        Self {
            name: name.as_bytes().to_vec(),
            method: 8,
            flags: 0,
            data: deflate(plain),
            size: u32::try_from(plain.len()).unwrap(),
            crc: crc.sum(),
        }
    }

    pub fn stored(name: &str, plain: &[u8]) -> Self {
        Self {
            method: 0,
            data: plain.to_vec(),
            ..Self::packed(name, plain)
        }
    }

    /// Zeros whose size in the directory is a small lie, so that only the data itself shows it.
    pub fn zeros(name: &str, mebibytes: usize) -> Self {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
        pour(&mut encoder, mebibytes);
        Self {
            data: encoder.finish().unwrap(),
            size: 1000,
            ..Self::packed(name, b"")
        }
    }

    fn local(&self) -> Vec<u8> {
        let mut out = b"PK\x03\x04\x14\0".to_vec();
        out.extend(self.flags.to_le_bytes());
        out.extend(self.method.to_le_bytes());
        out.extend([0; 4]);
        out.extend(self.crc.to_le_bytes());
        out.extend(u32::try_from(self.data.len()).unwrap().to_le_bytes());
        out.extend(self.size.to_le_bytes());
        out.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        out.extend([0, 0]);
        out.extend(&self.name);
        out.extend(&self.data);
        out
    }

    fn central(&self, at: u32) -> Vec<u8> {
        let mut out = b"PK\x01\x02\x14\0\x14\0".to_vec();
        out.extend(self.flags.to_le_bytes());
        out.extend(self.method.to_le_bytes());
        out.extend([0; 4]);
        out.extend(self.crc.to_le_bytes());
        out.extend(u32::try_from(self.data.len()).unwrap().to_le_bytes());
        out.extend(self.size.to_le_bytes());
        out.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        out.extend([0; 12]);
        out.extend(at.to_le_bytes());
        out.extend(&self.name);
        out
    }
}

/// An archive; `listed` says how often each part stands in the directory.
pub fn zip_listed(parts: &[Part], listed: impl Fn(usize) -> usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    let mut count = 0usize;
    for (index, part) in parts.iter().enumerate() {
        let at = u32::try_from(out.len()).unwrap();
        for _ in 0..listed(index) {
            directory.extend(part.central(at));
            count += 1;
        }
        out.extend(part.local());
    }
    finish(out, &directory, count)
}

pub fn zip(parts: &[Part]) -> Vec<u8> {
    zip_listed(parts, |_| 1)
}

fn finish(mut out: Vec<u8>, directory: &[u8], count: usize) -> Vec<u8> {
    let at = u32::try_from(out.len()).unwrap();
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    let count = u16::try_from(count.min(65_535)).unwrap();
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// Many entries over one and the same data, as in the flat bombs that overlap.
pub fn zip_overlapping(entries: usize, mebibytes: usize) -> Vec<u8> {
    let kernel = Part::packed("kernel", &zeros(mebibytes));
    let out = kernel.local();
    let mut directory = Vec::new();
    for index in 0..entries {
        let mut part = kernel.clone();
        part.name = format!("f{index:06}").into_bytes();
        directory.extend(part.central(0));
    }
    finish(out, &directory, entries)
}

/// A package with one part and what makes it a document.
pub fn package(name: &str, xml: &[u8]) -> Vec<u8> {
    zip(&[
        Part::packed("[Content_Types].xml", b"<Types/>"),
        Part::packed(name, xml),
    ])
}

pub fn opendocument(content: &[u8]) -> Vec<u8> {
    zip(&[
        Part::stored("mimetype", b"application/vnd.oasis.opendocument.text"),
        Part::packed("content.xml", content),
    ])
}

/// A number as RAR 5 writes it: seven bits to a byte.
fn vint(mut value: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while value > 127 {
        out.push(u8::try_from(value & 127).unwrap() | 128);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
    out
}

fn crc(data: &[u8]) -> [u8; 4] {
    let mut crc = flate2::Crc::new();
    crc.update(data);
    crc.sum().to_le_bytes()
}

/// A header of RAR 5 with its sum and size.
pub fn rar5_header(fields: &[u8]) -> Vec<u8> {
    let sized = [vint(fields.len()), fields.to_vec()].concat();
    [crc(&sized).to_vec(), sized].concat()
}

/// The header of a file of RAR 5: what it says of its size and method need not be true.
pub fn rar5_file(name: &str, stored: &[u8], size: usize, method: usize) -> Vec<u8> {
    let mut fields = vec![2, 2];
    fields.extend(vint(stored.len()));
    fields.extend(vint(4));
    fields.extend(vint(size));
    fields.extend(vint(0x20));
    fields.extend(crc(stored));
    fields.extend(vint(method));
    fields.extend([0]);
    fields.extend(vint(name.len()));
    fields.extend(name.as_bytes());
    [rar5_header(&fields), stored.to_vec()].concat()
}

pub const RAR5_MARK: &[u8] = b"Rar!\x1a\x07\x01\0";

/// An archive of stored files.
pub fn rar5(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = RAR5_MARK.to_vec();
    out.extend(rar5_header(&[1, 0, 0]));
    for (name, data) in files {
        out.extend(rar5_file(name, data, data.len(), 0));
    }
    out.extend(rar5_header(&[5, 0, 0]));
    out
}

pub fn tar_header(name: &str, size: &str, kind: u8) -> Vec<u8> {
    let mut block = vec![0u8; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..124 + size.len()].copy_from_slice(size.as_bytes());
    block[156] = kind;
    block[257..263].copy_from_slice(b"ustar\0");
    block[148..156].copy_from_slice(b"        ");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// A PDF of the given objects, the first one its catalogue, with a table of where they are.
pub fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", index + 1).into_bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    out.extend(
        format!(
            "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
            objects.len() + 1
        )
        .into_bytes(),
    );
    out
}

/// A stream object.
pub fn stream(keys: &str, data: &[u8]) -> Vec<u8> {
    let mut out = format!("<< {keys} /Length {} >>\nstream\n", data.len()).into_bytes();
    out.extend(data);
    out.extend(b"\nendstream");
    out
}

/// A PDF of one page with this content, fonts and further objects from number 6 on.
pub fn page(content: Vec<u8>, resources: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> {resources} >> >>").into_bytes(),
        content,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
    ];
    objects.extend_from_slice(more);
    pdf(&objects)
}

/// A compound file: header, one table of sectors, a directory, streams.
pub struct Compound {
    sectors: Vec<[u8; 512]>,
    chain: Vec<u32>,
    entries: Vec<[u8; 128]>,
    /// The entry that each entry stands in.
    parents: Vec<usize>,
}

impl Compound {
    pub fn new() -> Self {
        let mut root = [0u8; 128];
        Self::name(&mut root, "Root Entry", 5);
        Self {
            sectors: Vec::new(),
            chain: Vec::new(),
            entries: vec![root],
            parents: vec![0],
        }
    }

    fn name(entry: &mut [u8; 128], name: &str, kind: u8) {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry[..wide.len()].copy_from_slice(&wide);
        entry[64] = u8::try_from(wide.len() + 2).unwrap();
        entry[66] = kind;
        for at in [68, 72, 76] {
            entry[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        }
        entry[116..120].copy_from_slice(&u32::MAX.to_le_bytes());
    }

    /// Adds a storage; answers its number.
    pub fn storage(&mut self, parent: usize, name: &str) -> usize {
        let mut entry = [0u8; 128];
        Self::name(&mut entry, name, 1);
        self.add(parent, entry)
    }

    fn add(&mut self, parent: usize, mut entry: [u8; 128]) -> usize {
        let number = self.entries.len();
        // Each entry leads to the one before it in the same storage.
        let before = self
            .parents
            .iter()
            .skip(1)
            .rposition(|other| *other == parent);
        if let Some(before) = before {
            let before = u32::try_from(before + 1).unwrap();
            entry[68..72].copy_from_slice(&before.to_le_bytes());
        }
        let own = u32::try_from(number).unwrap();
        self.entries[parent][76..80].copy_from_slice(&own.to_le_bytes());
        self.entries.push(entry);
        self.parents.push(parent);
        number
    }

    /// Adds a stream of at least 4,096 bytes under the root.
    pub fn stream(mut self, name: &str, data: &[u8]) -> Self {
        self.stream_in(0, name, data);
        self
    }

    /// Adds a stream of at least 4,096 bytes under a storage.
    pub fn stream_in(&mut self, parent: usize, name: &str, data: &[u8]) {
        let mut data = data.to_vec();
        data.resize(data.len().max(4096), 0);
        let first = u32::try_from(self.sectors.len()).unwrap();
        for part in data.chunks(512) {
            let mut sector = [0u8; 512];
            sector[..part.len()].copy_from_slice(part);
            self.sectors.push(sector);
            self.chain.push(u32::try_from(self.sectors.len()).unwrap());
        }
        *self.chain.last_mut().unwrap() = 0xffff_fffe;
        let mut entry = [0u8; 128];
        Self::name(&mut entry, name, 2);
        entry[116..120].copy_from_slice(&first.to_le_bytes());
        entry[120..124].copy_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        self.add(parent, entry);
    }

    /// The file; `bend` may change the chains and the directory before they are written.
    pub fn file(mut self, bend: impl Fn(&mut Vec<u32>, &mut Vec<[u8; 128]>)) -> Vec<u8> {
        let directory = u32::try_from(self.sectors.len()).unwrap();
        let sectors = self.entries.len().div_ceil(4);
        for index in 1..=sectors {
            let next = directory + u32::try_from(index).unwrap();
            self.chain
                .push(if index == sectors { 0xffff_fffe } else { next });
        }
        bend(&mut self.chain, &mut self.entries);
        let of_chain = self.chain.len() + self.chain.len().div_ceil(127);
        let mut out = vec![0u8; 512];
        out[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
        for (at, value) in [(24usize, 0x3eu16), (26, 3), (28, 0xfffe), (30, 9), (32, 6)] {
            out[at..at + 2].copy_from_slice(&value.to_le_bytes());
        }
        let tables = of_chain.div_ceil(128).max(1);
        let first_table = directory + u32::try_from(sectors).unwrap();
        for (at, value) in [
            (44usize, u32::try_from(tables).unwrap()),
            (48, directory),
            (56, 4096),
            (60, 0xffff_fffe),
            (68, 0xffff_fffe),
        ] {
            out[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        for index in 0..109usize {
            let value = if index < tables {
                first_table + u32::try_from(index).unwrap()
            } else {
                u32::MAX
            };
            out[76 + 4 * index..80 + 4 * index].copy_from_slice(&value.to_le_bytes());
        }
        for sector in &self.sectors {
            out.extend(sector);
        }
        for entry in &self.entries {
            out.extend(entry);
        }
        out.resize(512 + 512 * (self.sectors.len() + sectors), 0);
        self.chain.resize(tables * 128, 0xffff_fffd);
        for value in &self.chain {
            out.extend(value.to_le_bytes());
        }
        out
    }
}
