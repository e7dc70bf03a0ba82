//! Files made to exhaust or to deceive a reader. Each is answered with "not read whole", never with
//! "clean", in bounded memory and time.

use crate::crafted_pdf::crafted;
use crate::make::{
    Compound, Part, RAR5_MARK, gzip, opendocument, package, page, pdf, rar5, rar5_file,
    rar5_header, stream, tar_header, zeros, zip, zip_listed, zip_overlapping, zlib, zlib_zeros,
};
use scan::{FileReport, Limits, Markers, Scanner, Verdict};
use std::path::Path;

/// Longest time on a processor for one file in an unoptimised build, in ms.
const TIME_MS_MAX: u64 = 15_000;
/// How many kinds each table holds, in the order of the tests.
const KINDS: [usize; 9] = [20, 18, 8, 12, 16, 15, 13, 14, 9];
/// Most memory beyond what the process had before, in KiB. Other tests may run beside this one.
const MEMORY_KIB_MAX: u64 = 320 * 1024;

type Bomb = (&'static str, &'static str, Vec<u8>);

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

fn cut(mut bytes: Vec<u8>, part: usize) -> Vec<u8> {
    bytes.truncate(bytes.len() * part / 10);
    bytes
}

fn patched(mut bytes: Vec<u8>, at: usize, with: &[u8]) -> Vec<u8> {
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

fn find(bytes: &[u8], needle: &[u8]) -> usize {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
        .unwrap()
}

/// A file inside itself as often as asked, each time under the same name.
fn nested(levels: usize, wrap: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut bytes = b"core".to_vec();
    for _ in 0..levels {
        bytes = wrap(&bytes);
    }
    bytes
}

fn zip_bombs() -> Vec<Bomb> {
    let good = || zip(&[Part::packed("a.txt", b"text that is read")]);
    let many: Vec<Part> = vec![Part::packed("zeros", &zeros(4)); 200];
    let empty: Vec<Part> = vec![Part::stored("e", b""); 30_000];
    let tree = nested(6, |bytes| zip(&vec![Part::packed("lib.zip", bytes); 12]));
    let flagged = |flags, method| {
        zip(&[Part {
            flags,
            method,
            ..Part::packed("a.txt", b"text")
        }])
    };
    let central = find(&good(), b"PK\x01\x02");
    let end = find(&good(), b"PK\x05\x06");
    let large = {
        let mut bytes = patched(good(), end + 12, &[0xff; 8]);
        let record = u64::try_from(bytes.len()).unwrap();
        bytes.splice(end..end, {
            let mut locator = b"PK\x06\x07\0\0\0\0".to_vec();
            locator.extend(record.to_le_bytes());
            locator.extend([1, 0, 0, 0]);
            locator
        });
        patched(bytes, central, b"PKxx")
    };
    vec![
        (
            "zip: 400 MiB of zeros",
            "a.zip",
            zip(&[Part::zeros("zeros", 400)]),
        ),
        ("zip: 200 files of zeros", "a.zip", zip(&many)),
        (
            "zip: in itself 8 times",
            "a.zip",
            nested(8, |b| zip(&[Part::packed("a.zip", b)])),
        ),
        (
            "zip: in itself 60 times",
            "a.zip",
            nested(60, |b| zip(&[Part::stored("a.zip", b)])),
        ),
        ("zip: twelve in each of twelve", "a.zip", tree),
        (
            "zip: entries over one another",
            "a.zip",
            zip_overlapping(2_000, 1),
        ),
        (
            "zip: the same entry listed often",
            "a.zip",
            zip_listed(&[Part::packed("a", &zeros(1))], |_| 500),
        ),
        ("zip: 30,000 entries of one name", "a.zip", zip(&empty)),
        ("zip: encrypted", "a.zip", flagged(1, 8)),
        ("zip: encrypted with AES", "a.zip", flagged(0, 99)),
        ("zip: unknown method", "a.zip", flagged(0, 97)),
        (
            "zip: wrong size",
            "a.zip",
            patched(good(), central + 24, &[1, 0, 0, 0]),
        ),
        (
            "zip: size beyond all limits",
            "a.zip",
            patched(good(), central + 24, &[0xfe, 0xff, 0xff, 0xff]),
        ),
        (
            "zip: wrong checksum",
            "a.zip",
            patched(good(), central + 16, &[1, 2, 3, 4]),
        ),
        (
            "zip: header far away",
            "a.zip",
            patched(good(), central + 42, &[0, 0, 0, 0x7f]),
        ),
        (
            "zip: directory missing",
            "a.zip",
            good()[..central].to_vec(),
        ),
        ("zip: cut", "a.zip", cut(good(), 3)),
        ("zip: large directory that is none", "a.zip", large),
        (
            "zip: names that climb, encrypted",
            "a.zip",
            zip(&[Part {
                flags: 1,
                ..Part::packed("../../../etc/passwd", b"x")
            }]),
        ),
        (
            "zip: picture of huge size",
            "a.zip",
            zip(&[Part::packed("p.png", &huge_png())]),
        ),
    ]
}

/// A picture whose header says 100,000 by 100,000.
fn huge_png() -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    out.extend(100_000u32.to_be_bytes());
    out.extend(100_000u32.to_be_bytes());
    out.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    out.extend(zlib_zeros(8));
    out
}

fn packed_bombs() -> Vec<Bomb> {
    let gz = || gzip(b"text that is read");
    let mut members = Vec::new();
    let one = gzip(&zeros(1));
    for _ in 0..500 {
        members.extend(&one);
    }
    let mut trailing = gz();
    trailing.extend(b"something else");
    // Blocks of Zstandard that repeat one byte 128 KiB times.
    let mut runs = b"\x28\xb5\x2f\xfd\x00\x58".to_vec();
    for _ in 0..16_000 {
        runs.extend([0x02, 0x00, 0x10, 0x41]);
    }
    let dictionary = b"\x28\xb5\x2f\xfd\x03\x58\x01\x02\x03\x04\x01\x00\x00".to_vec();
    let skip = b"\x50\x2a\x4d\x18\xff\xff\xff\x7fabc".to_vec();
    let mut skipped = runs[..6].to_vec();
    skipped.extend([0x0b, 0, 0, 0x41]);
    skipped.extend(&skip);
    vec![
        ("gz: 400 MiB of zeros", "a.gz", crate::make::gzip_zeros(400)),
        ("gz: in itself 12 times", "a.gz", nested(12, gzip)),
        (
            "gz: 400 MiB, twice packed",
            "a.gz",
            gzip(&crate::make::gzip_zeros(400)),
        ),
        ("gz: 500 members", "a.gz", members),
        ("gz: cut", "a.gz", cut(gz(), 7)),
        ("gz: followed by something else", "a.gz", trailing),
        ("zst: 2 GiB in runs", "a.zst", runs.clone()),
        ("zst: cut", "a.zst", runs[..9].to_vec()),
        ("zst: unknown dictionary", "a.zst", dictionary),
        ("zst: skips beyond the end", "a.zst", skipped),
        ("7z: 320 MiB of zeros", "a.7z", fixture("zeros.7z")),
        ("7z: encrypted", "a.7z", fixture("locked.7z")),
        ("7z: encrypted with its names", "a.7z", fixture("hidden.7z")),
        ("7z: cut", "a.7z", cut(fixture("small.7z"), 8)),
        (
            "7z: header far away",
            "a.7z",
            patched(fixture("small.7z"), 12, &[0xff; 8]),
        ),
        (
            "7z: header of 4 GiB",
            "a.7z",
            patched(
                fixture("small.7z"),
                20,
                &[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
            ),
        ),
        ("rar", "a.rar", b"Rar!\x1a\x07\x01\0 and so on".to_vec()),
        ("bz2", "a.bz2", b"BZh91AY&SY and so on".to_vec()),
    ]
}

fn tar_bombs() -> Vec<Bomb> {
    let joined = |parts: &[&[u8]]| parts.concat();
    let end = vec![0u8; 1024];
    let file = tar_header("a.txt", "00000000004", b'0');
    let mut block = b"text".to_vec();
    block.resize(512, 0);
    let huge = tar_header("a", "\u{80}", b'0');
    let mut bytes = huge.clone();
    bytes[124] = 0xff;
    let many: Vec<u8> = (0..12_000)
        .flat_map(|index| tar_header(&format!("f{index}"), "00000000000", b'0'))
        .collect();
    vec![
        (
            "tar: 8 GiB said, nothing there",
            "a.tar",
            joined(&[&tar_header("a", "77777777777", b'0'), &block]),
        ),
        (
            "tar: wrong checksum",
            "a.tar",
            patched(joined(&[&file, &block, &end]), 0, b"b"),
        ),
        (
            "tar: size in bytes beyond all",
            "a.tar",
            joined(&[&bytes, &block]),
        ),
        (
            "tar: long name of 8 GiB",
            "a.tar",
            joined(&[&tar_header("a", "77777777777", b'L'), &block]),
        ),
        (
            "tar: pax of 8 GiB",
            "a.tar",
            joined(&[&tar_header("a", "77777777777", b'x'), &block]),
        ),
        ("tar: 12,000 files", "a.tar", joined(&[&many, &end])),
        ("tar: no end", "a.tar", joined(&[&file, &block])),
        ("tar: cut", "a.tar", joined(&[&file, &block[..3]])),
    ]
}

fn xml_bombs() -> Vec<Bomb> {
    let laughs = |root: &str| {
        let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY l0 \"lol\">");
        for level in 1..10 {
            let below = format!("&l{};", level - 1).repeat(10);
            text.push_str(&format!("<!ENTITY l{level} \"{below}\">"));
        }
        text.push_str(&format!("]><{root}>&l9;</{root}>"));
        text.into_bytes()
    };
    let deep =
        |count: usize| format!("{}x{}", "<a>".repeat(count), "</a>".repeat(count)).into_bytes();
    let outside = b"<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><d>&x;</d>";
    let unknown = b"<d><p><r><t>&unknown;</t></r></p></d>";
    let one = format!("<sst><si><t>{}</t></si></sst>", "A".repeat(1 << 20));
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(20_000);
    let shared = zip(&[
        Part::packed("[Content_Types].xml", b"<Types/>"),
        Part::packed("xl/sharedStrings.xml", one.as_bytes()),
        Part::packed(
            "xl/worksheets/sheet1.xml",
            format!("<worksheet><row>{cells}</row></worksheet>").as_bytes(),
        ),
    ]);
    let long = format!("<d><p><r><t>{}</t></r></p></d>", "ab".repeat(6 << 20));
    let locked = zip(&[
        Part::stored("mimetype", b"application/vnd.oasis.opendocument.text"),
        Part::packed(
            "META-INF/manifest.xml",
            b"<manifest><encryption-data/></manifest>",
        ),
        Part::packed("content.xml", b"\x01\x02\x03"),
    ]);
    let inside = zip(&[
        Part::packed("[Content_Types].xml", b"<Types/>"),
        Part::zeros("word/document.xml", 200),
    ]);
    vec![
        (
            "docx: a billion laughs",
            "a.docx",
            package("word/document.xml", &laughs("d")),
        ),
        ("odt: a billion laughs", "a.odt", opendocument(&laughs("d"))),
        (
            "docx: entity from outside",
            "a.docx",
            package("word/document.xml", outside),
        ),
        (
            "docx: unknown entity",
            "a.docx",
            package("word/document.xml", unknown),
        ),
        (
            "docx: 100,000 deep",
            "a.docx",
            package("word/document.xml", &deep(100_000)),
        ),
        ("odt: 100,000 deep", "a.odt", opendocument(&deep(100_000))),
        (
            "docx: never closed",
            "a.docx",
            package("word/document.xml", &b"<d><p><r><t>".repeat(40)),
        ),
        ("docx: part of 200 MiB", "a.docx", inside),
        (
            "docx: text of 12 MiB",
            "a.docx",
            package("word/document.xml", long.as_bytes()),
        ),
        ("xlsx: one string 20,000 times", "a.xlsx", shared),
        (
            "pptx: broken slide",
            "a.pptx",
            package("ppt/slides/slide1.xml", b"<sld><p></sld>"),
        ),
        ("odt: encrypted", "a.odt", locked),
    ]
}

fn pdf_bombs() -> Vec<Bomb> {
    let mut out: Vec<Bomb> = crafted()
        .into_iter()
        .filter(|(_, _, is_read)| !is_read)
        .map(|(name, bytes, _)| (name, "a.pdf", bytes))
        .collect();
    let runs = stream("/Filter /RunLengthDecode", &[129u8, b'q'].repeat(2 << 20));
    let image = stream(
        "/Type /XObject /Subtype /Image /Width 100000 /Height 100000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode",
        &zlib_zeros(8),
    );
    let shown = |image: Vec<u8>| {
        page(
            stream("", b"q 500 0 0 700 0 0 cm /I Do Q"),
            "/XObject << /I 6 0 R >>",
            &[image],
        )
    };
    let objects = pdf(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [] /Count 0 >>".to_vec(),
        stream(
            "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode",
            &zlib_zeros(256),
        ),
    ]);
    let kids = (0..6_000)
        .map(|n| format!("{} 0 R ", n + 3))
        .collect::<String>();
    let mut pages = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count 6000 >>").into_bytes(),
    ];
    pages.resize(
        6_002,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>".to_vec(),
    );
    let hidden = {
        let filter = b"/FlateDecode".to_vec();
        page(stream("/Filter 6 0 R", &zlib_zeros(256)), "", &[filter])
    };
    out.extend([
        ("pdf: run lengths", "a.pdf", page(runs, "", &[])),
        ("pdf: picture of huge size", "a.pdf", shown(image)),
        ("pdf: objects of 256 MiB", "a.pdf", objects),
        ("pdf: 6,000 pages", "a.pdf", pdf(&pages)),
        ("pdf: filter by reference", "a.pdf", hidden),
        ("pdf: nothing but its head", "a.pdf", b"%PDF-1.7\n".to_vec()),
        (
            "pdf: double in a picture",
            "a.pdf",
            shown(stream(
                "/Subtype /Image /Width 9 /Height 9 /Filter [/FlateDecode /FlateDecode]",
                &zlib(&zlib_zeros(256)),
            )),
        ),
    ]);
    out
}

fn ole_bombs() -> Vec<Bomb> {
    let unbent = |_: &mut Vec<u32>, _: &mut Vec<[u8; 128]>| {};
    let word = || {
        let mut main = vec![0u8; 8192];
        main[..4].copy_from_slice(&[0xec, 0xa5, 0xc1, 0]);
        main[11] = 2;
        main
    };
    let lies = {
        let mut main = word();
        main[76..80].copy_from_slice(&u32::MAX.to_le_bytes());
        main[418..426].copy_from_slice(&[0, 0, 0, 0, 0xff, 0, 0, 0]);
        let mut table = vec![2u8, 28, 0, 0, 0];
        for value in [0u32, 0x7fff_ffff, 0xffff_ffff] {
            table.extend(value.to_le_bytes());
        }
        table.extend([0, 0, 0xff, 0xff, 0xff, 0x3f, 0, 0].repeat(2));
        Compound::new()
            .stream("WordDocument", &main)
            .stream("1Table", &table)
            .file(unbent)
    };
    let mut locked = word();
    locked[11] = 1;
    let sheet = |records: &[u8]| {
        let mut book = vec![9, 8, 16, 0, 0, 6, 5, 0];
        book.extend([0; 12]);
        book.extend(records);
        Compound::new().stream("Workbook", &book).file(unbent)
    };
    let talk = {
        let mut slides = vec![0x0f, 0, 0xe8, 3, 0xff, 0xff, 0xff, 0x7f];
        slides.extend([0, 0, 0xa0, 0x0f, 0xff, 0xff, 0xff, 0x7f, b'a', 0]);
        slides.resize(5000, 0);
        Compound::new()
            .stream("PowerPoint Document", &slides)
            .file(unbent)
    };
    let plain = || Compound::new().stream("WordDocument", &word());
    vec![
        (
            "ole: sectors in a ring",
            "a.doc",
            plain().file(|chain, _| chain[3] = 0),
        ),
        (
            "ole: directory in a ring",
            "a.doc",
            plain().file(|chain, _| *chain.last_mut().unwrap() = 16),
        ),
        (
            "ole: entries in a ring",
            "a.doc",
            plain().file(|_, entries| entries[1][68..72].copy_from_slice(&[1, 0, 0, 0])),
        ),
        (
            "ole: stream of 4 GiB",
            "a.doc",
            plain().file(|_, entries| entries[1][120..124].copy_from_slice(&[0xff; 4])),
        ),
        (
            "ole: stream far away",
            "a.doc",
            plain().file(|_, entries| entries[1][116..120].copy_from_slice(&[0, 0, 0, 0x7f])),
        ),
        (
            "ole: table of tables in a ring",
            "a.doc",
            patched(plain().file(unbent), 68, &[0, 0, 0, 0]),
        ),
        ("ole: cut", "a.doc", cut(plain().file(unbent), 4)),
        (
            "ole: only a head",
            "a.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
        ),
        (
            "ole: nothing known",
            "a.bin",
            Compound::new().stream("Something", b"x").file(unbent),
        ),
        (
            "ole: locked package",
            "a.docx",
            Compound::new()
                .stream("EncryptedPackage", b"x")
                .file(unbent),
        ),
        ("doc: pieces that lie", "a.doc", lies),
        (
            "doc: encrypted",
            "a.doc",
            Compound::new().stream("WordDocument", &locked).file(unbent),
        ),
        ("xls: encrypted", "a.xls", sheet(&[0x2f, 0, 2, 0, 1, 0])),
        (
            "xls: strings that are not there",
            "a.xls",
            sheet(&[
                0xfc, 0, 8, 0, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f,
            ]),
        ),
        ("ppt: records longer than the file", "a.ppt", talk),
    ]
}

fn mail_bombs() -> Vec<Bomb> {
    let parts: String = (0..2_000)
        .map(|level| {
            format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n")
        })
        .collect();
    let forwards = "Content-Type: message/rfc822\r\n\r\n".repeat(2_000);
    let endless = format!(
        "From a@donvi.example Mon Jan  5 08:00:00 2026\nFrom: a@donvi.example\nTo: b@donvi.example\nSubject: {}\n\nx",
        "a".repeat(9 << 20)
    );
    let many =
        "From a@donvi.example Mon Jan  5 08:00:00 2026\nSubject: x\nTo: b\n\nx\n\n".repeat(12_000);
    let fields = (0..5_000)
        .map(|n| format!("X-{n}: y\r\n"))
        .collect::<String>();
    let head = |rest: &str| {
        format!("From: a@donvi.example\r\nTo: b@donvi.example\r\nSubject: x\r\n{rest}").into_bytes()
    };
    let web = |body: &[u8], length: &str| {
        let mut out = format!("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: application/http\r\nContent-Length: {length}\r\n\r\n").into_bytes();
        out.extend(body);
        out.extend(b"\r\n\r\n");
        out
    };
    let mut packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
    packed.extend(crate::make::gzip_zeros(300));
    let length = packed.len().to_string();
    let brotli = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n\x01";
    vec![
        ("eml: lists of parts 2,000 deep", "a.eml", head(&parts)),
        ("eml: messages 2,000 deep", "a.eml", head(&forwards)),
        (
            "eml: encrypted",
            "a.eml",
            head(
                "Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAG\r\n",
            ),
        ),
        (
            "eml: cut",
            "a.eml",
            head("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext"),
        ),
        ("eml: 5,000 fields", "a.eml", head(&fields)),
        (
            "eml: bomb attached",
            "a.eml",
            head(&format!(
                "Content-Type: application/gzip; name=a.gz\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
                crate::make::base64(&crate::make::gzip_zeros(300))
            )),
        ),
        ("mbox: head without end", "a.mbox", endless.into_bytes()),
        ("mbox: 12,000 messages", "a.mbox", many.into_bytes()),
        (
            "warc: length beyond the end",
            "a.warc",
            web(b"HTTP/1.1 200 OK\r\n\r\nx", "99999999999"),
        ),
        (
            "warc: length that is none",
            "a.warc",
            web(b"HTTP/1.1 200 OK\r\n\r\nx", "-1"),
        ),
        ("warc: bomb in a response", "a.warc", web(&packed, &length)),
        (
            "warc: compression not read",
            "a.warc",
            web(brotli, &brotli.len().to_string()),
        ),
        (
            "warc: head without end",
            "a.warc",
            [b"WARC/1.0\r\n".to_vec(), vec![b'a'; 1 << 20]].concat(),
        ),
    ]
}

fn more_packed_bombs() -> Vec<Bomb> {
    let archive = |files: &[Vec<u8>]| {
        let mut out = RAR5_MARK.to_vec();
        out.extend(rar5_header(&[1, 0, 0]));
        out.extend(files.concat());
        out.extend(rar5_header(&[5, 0, 0]));
        out
    };
    let whole = rar5(&[("a.txt", b"text that is read")]);
    let header = find(&whole, b"a.txt");
    // Method 3 over bytes that are none of it.
    let junk: Vec<u8> = (0..400u16).map(|n| (n * 37 % 251) as u8).collect();
    let many = vec![rar5_file("e", b"", 0, 0); 30_000];
    vec![
        ("xz: 300 MiB of zeros", "a.xz", fixture("packed/zeros.xz")),
        (
            "xz: dictionary of 1 GiB",
            "a.xz",
            fixture("packed/dictionary.xz"),
        ),
        ("xz: cut", "a.xz", cut(fixture("packed/letter.tar.xz"), 7)),
        (
            "bz2: 300 MiB of zeros",
            "a.bz2",
            fixture("packed/zeros.bz2"),
        ),
        (
            "bz2: cut",
            "a.bz2",
            cut(fixture("packed/letter.tar.bz2"), 7),
        ),
        (
            "lzma: cut",
            "a.lzma",
            cut(fixture("packed/letter.txt.lzma"), 7),
        ),
        ("rar: encrypted", "a.rar", fixture("rar/rar5-psw.rar")),
        (
            "rar: encrypted with its names",
            "a.rar",
            fixture("rar/rar3-comment-hpsw.rar"),
        ),
        (
            "rar: one of three volumes",
            "a.rar",
            fixture("rar/rar5-vols.part3.rar"),
        ),
        ("rar: cut", "a.rar", cut(fixture("rar/rar5-crc.rar"), 6)),
        (
            "rar: wrong header",
            "a.rar",
            patched(whole.clone(), header, b"b.txt"),
        ),
        (
            "rar: 1 GiB out of 400 bytes",
            "a.rar",
            archive(&[rar5_file("a.txt", &junk, 1 << 30, 3 << 7)]),
        ),
        (
            "rar: dictionary of 4 GiB",
            "a.rar",
            archive(&[rar5_file("a.txt", &junk, 1 << 20, 3 << 7 | 15 << 10)]),
        ),
        ("rar: 30,000 files", "a.rar", archive(&many)),
    ]
}

fn store_bombs() -> Vec<Bomb> {
    let stores = crate::pst::hostile().into_iter();
    stores.map(|(what, bytes)| (what, "a.pst", bytes)).collect()
}

/// A number out of `/proc/self/status`, in KiB.
fn status(field: &str) -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap()
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .and_then(|rest| rest.trim_start_matches(':').trim().split(' ').next())
        .and_then(|number| number.parse().ok())
        .unwrap()
}

/// Time that this thread had a processor, in ms.
fn busy() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<u64>().unwrap() / 1_000_000
}

fn all_are_told(bombs: Vec<Bomb>, kinds: usize) {
    assert_eq!(bombs.len(), kinds);
    let scanner = Scanner::new(Markers::built_in().unwrap(), None);
    for (what, name, bytes) in bombs {
        // The highest mark starts anew from what is used now.
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = status("VmRSS");
        let start = busy();
        let mut reports: Vec<FileReport> = Vec::new();
        scanner.scan(name, &bytes, &Limits::default(), &mut |report| {
            reports.push(report)
        });
        let (took, extra) = (busy() - start, status("VmHWM").saturating_sub(before));
        if std::env::var_os("SCAN_MEASURE").is_some() {
            println!("{what}\t{} bytes\t{} KiB\t{} ms", bytes.len(), extra, took);
        }
        let told = reports
            .iter()
            .any(|report| report.verdict == Verdict::Incomplete);
        let outer = reports.last().unwrap();
        assert!(told, "{what}: {outer:?}");
        assert!(took < TIME_MS_MAX, "{what}: {took} ms");
        assert!(extra < MEMORY_KIB_MAX, "{what}: {extra} KiB");
    }
}

#[test]
fn zip_bombs_are_told() {
    all_are_told(zip_bombs(), KINDS[0]);
}

#[test]
fn packed_bombs_are_told() {
    all_are_told(packed_bombs(), KINDS[1]);
}

#[test]
fn tar_bombs_are_told() {
    all_are_told(tar_bombs(), KINDS[2]);
}

#[test]
fn xml_bombs_are_told() {
    all_are_told(xml_bombs(), KINDS[3]);
}

#[test]
fn pdf_bombs_are_told() {
    all_are_told(pdf_bombs(), KINDS[4]);
}

#[test]
fn ole_bombs_are_told() {
    all_are_told(ole_bombs(), KINDS[5]);
}

#[test]
fn mail_bombs_are_told() {
    all_are_told(mail_bombs(), KINDS[6]);
}

#[test]
fn more_packed_bombs_are_told() {
    all_are_told(more_packed_bombs(), KINDS[7]);
}

#[test]
fn store_bombs_are_told() {
    all_are_told(store_bombs(), KINDS[8]);
}

#[test]
fn there_are_sixty_kinds() {
    assert!(KINDS.iter().sum::<usize>() >= 60);
}

/// Files that were not bent are read whole by the same builders.
#[test]
fn honest_files_of_the_same_builders_are_read() {
    let scanner = Scanner::new(Markers::built_in().unwrap(), None);
    let word = package("word/document.xml", b"<d><p><r><t>text</t></r></p></d>");
    let tar = [
        tar_header("a.txt", "00000000004", b'0'),
        b"text".to_vec(),
        vec![0; 508 + 1024],
    ]
    .concat();
    let honest: Vec<Bomb> = vec![
        (
            "zip",
            "a.zip",
            zip(&[
                Part::packed("a.txt", b"text"),
                Part::stored("b.txt", b"text"),
            ]),
        ),
        ("docx", "a.docx", word),
        ("odt", "a.odt", opendocument(b"<d><p>text</p></d>")),
        ("gz", "a.gz", gzip(b"text")),
        ("tar", "a.tar", tar),
        ("7z", "a.7z", fixture("small.7z")),
        (
            "pdf",
            "a.pdf",
            page(stream("", b"BT /F1 9 Tf (text) Tj ET"), "", &[]),
        ),
        (
            "zst",
            "a.zst",
            b"\x28\xb5\x2f\xfd\x00\x58\x21\x00\x00text".to_vec(),
        ),
    ];
    for (what, name, bytes) in honest {
        let mut reports: Vec<FileReport> = Vec::new();
        scanner.scan(name, &bytes, &Limits::default(), &mut |report| {
            reports.push(report)
        });
        for report in reports {
            assert_ne!(report.verdict, Verdict::Incomplete, "{what}: {report:?}");
        }
    }
}
