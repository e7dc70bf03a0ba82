//! The fourteen files that stop PDF programs, a hundred mutations, and small files for what the
//! LibreOffice fixture does not have.

use crate::make::{Part, gzip, mutated, page, pdf, stream, zip, zlib, zlib_zeros};
use crate::testing::Collected;
use scan::content::PictureData;
use scan::{Incomplete, Kind, Limits, Markers, Place, Reason, Scanner};

fn read(bytes: &[u8]) -> Collected {
    let mut sink = Collected::default();
    // A stop is the sink's own limit, which an engine notes.
    if scan::formats::pdf::read(bytes, &Limits::default(), &mut sink).is_err() {
        sink.incomplete.push(Incomplete::new(Reason::TooLarge, ""));
    }
    sink
}

fn text(words: &str) -> Vec<u8> {
    stream(
        "",
        format!("BT /F1 12 Tf 72 720 Td ({words}) Tj ET").as_bytes(),
    )
}

/// The places of the objects shift: the reader has to find them again.
fn replaced(mut bytes: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    let at = bytes
        .windows(old.len())
        .position(|window| window == old)
        .unwrap();
    bytes.splice(at..at + old.len(), new.iter().copied());
    bytes
}

/// The files of the design notes, each with what must be said of it: read, or not read whole.
pub fn crafted() -> Vec<(&'static str, Vec<u8>, bool)> {
    let deep = |open: &str, close: &str, count: usize| {
        format!("{}{}", open.repeat(count), close.repeat(count)).into_bytes()
    };
    let forms: Vec<Vec<u8>> = (0..30)
        .map(|index| {
            let next = 7 + index;
            let keys = format!("/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /X {next} 0 R >> >>");
            stream(&keys, if index == 29 { b"q Q" } else { b"/X Do /X Do" })
        })
        .collect();
    let own = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /X 6 0 R >> >>",
        b"/X Do",
    );
    let bomb = zlib_zeros(256);
    let mut junk = b"GARBAGE\n".repeat(40);
    junk.extend(page(text("Junk before"), "", &[]));
    let mut tail = page(text("Long tail"), "", &[]);
    tail.extend(vec![b' '; 2 << 20]);
    let whole = page(text("Cut here"), "", &[]);
    let mut states = String::from("BT /F1 12 Tf 72 720 Td (Many states) Tj ET ");
    states.push_str(&"q ".repeat(2_000_000));
    let cyclic = pdf(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>".to_vec(),
        b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>".to_vec(),
    ]);
    let counted = pdf(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        text("Counted"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ]);
    let huge = replaced(
        page(text("Huge page"), "", &[]),
        b"[0 0 595 842]",
        b"[0 0 1000000000 1000000000]",
    );
    let mut nested = b"<< /Type /Catalog /Pages 2 0 R /X ".to_vec();
    nested.extend(deep("[", "]", 100_000));
    nested.extend(b" >>");
    let mut named = b"<< /Type /Catalog /Pages 2 0 R /X ".to_vec();
    named.extend("<< /A ".repeat(50_000).into_bytes());
    named.extend(b"1");
    named.extend(">> ".repeat(50_000).into_bytes());
    named.extend(b">>");
    let pages = b"<< /Type /Pages /Kids [] /Count 0 >>".to_vec();
    vec![
        ("array nested", pdf(&[nested, pages.clone()]), false),
        ("dictionary nested", pdf(&[named, pages]), false),
        (
            "array nested in content",
            page(stream("", &deep("[", "]", 100_000)), "", &[]),
            false,
        ),
        (
            "flate bomb",
            page(stream("/Filter /FlateDecode", &bomb), "", &[]),
            false,
        ),
        (
            "flate bomb twice",
            page(
                stream("/Filter [/FlateDecode /FlateDecode]", &zlib(&bomb)),
                "",
                &[],
            ),
            false,
        ),
        (
            "forms in forms",
            page(stream("", b"/X Do"), "/XObject << /X 6 0 R >>", &forms),
            false,
        ),
        (
            "form in itself",
            page(stream("", b"/X Do"), "/XObject << /X 6 0 R >>", &[own]),
            false,
        ),
        (
            "two million states",
            page(stream("", states.as_bytes()), "", &[]),
            true,
        ),
        ("junk before the header", junk, true),
        ("pages in a ring", cyclic, false),
        ("pages counted wrong", counted, true),
        ("page without end", huge, true),
        ("tail of two megabytes", tail, true),
        ("cut", whole[..whole.len() / 2].to_vec(), false),
    ]
}

#[test]
fn every_crafted_file_gets_its_verdict() {
    for (name, bytes, is_read) in crafted() {
        let sink = read(&bytes);
        let said = (sink.texts(), &sink.incomplete);
        if is_read {
            assert!(!sink.pieces.is_empty(), "{name}: {said:?}");
        } else {
            assert!(!sink.incomplete.is_empty(), "{name}: {said:?}");
        }
    }
}

#[test]
fn a_hundred_mutations_end() {
    let form = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /Font << /F1 5 0 R >> >>",
        b"BT /F1 9 Tf 72 500 Td (In a form) Tj ET",
    );
    let words = zlib(b"BT /F1 12 Tf 72 720 Td (Before) Tj 0 -20 Td (After) Tj ET /X Do");
    let base = page(
        stream("/Filter /FlateDecode", &words),
        "/XObject << /X 6 0 R >>",
        &[form],
    );
    let whole = read(&base);
    assert_eq!(whole.texts(), ["Before", "After", "In a form"]);
    let mut unchanged = 0;
    for seed in 0..100 {
        let sink = read(&mutated(&base, seed));
        // Whatever was lost is said: the same text, other text, or a part that was not read.
        let told = !sink.pieces.is_empty() || !sink.incomplete.is_empty();
        assert!(told, "seed {seed} is called clean");
        unchanged += usize::from(sink.texts() == whole.texts());
    }
    assert!(unchanged < 100, "the mutations change something");
}

#[test]
fn one_picture_on_a_page_is_handed_on_as_it_is_stored() {
    let jpeg = b"\xff\xd8\xff\xe0 stored as it is \xff\xd9".to_vec();
    let image = stream(
        "/Type /XObject /Subtype /Image /Width 1654 /Height 2339 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        &jpeg,
    );
    let file = page(
        stream("", b"q 595 0 0 842 0 0 cm /I Do Q"),
        "/XObject << /I 6 0 R >>",
        &[image],
    );
    let sink = read(&file);
    assert_eq!(sink.pictures.len(), 1);
    assert_eq!(sink.pictures[0].data, PictureData::Encoded(jpeg));
    let [x, y, width, height] = sink.pictures[0].bbox_mm.unwrap();
    assert!(x.abs() < 0.1 && y.abs() < 0.1);
    assert!((width - 209.9).abs() < 0.2 && (height - 297.0).abs() < 0.2);
    assert!(sink.incomplete.is_empty(), "{:?}", sink.incomplete);
}

#[test]
fn a_small_picture_lets_the_page_be_drawn() {
    let image = stream(
        "/Type /XObject /Subtype /Image /Width 2 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8",
        &[200, 20, 20, 200, 20, 20],
    );
    let file = page(
        stream(
            "",
            b"BT /F1 12 Tf 72 720 Td (Text) Tj ET q 90 0 0 40 100 500 cm /I Do Q",
        ),
        "/XObject << /I 6 0 R >>",
        &[image],
    );
    let sink = read(&file);
    let PictureData::Rgb {
        width,
        height,
        pixels,
    } = &sink.pictures[0].data
    else {
        panic!("the page is drawn");
    };
    assert_eq!((*width, *height), (1239, 1754));
    // The middle of the picture: 145 and 322 points from the left and from the top.
    let at = ((322 * 150 / 72) * 1239 + 145 * 150 / 72) * 3;
    assert_eq!(&pixels[at..at + 3], [200, 20, 20]);
}

#[test]
fn pages_are_not_drawn_where_nobody_looks() {
    let full = stream(
        "/Type /XObject /Subtype /Image /Width 1654 /Height 2339 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        b"\xff\xd8\xff\xe0 stored as it is \xff\xd9",
    );
    let small = stream(
        "/Type /XObject /Subtype /Image /Width 2 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8",
        &[200, 20, 20, 200, 20, 20],
    );
    for (image, place) in [(full, "595 0 0 842 0 0"), (small, "90 0 0 40 100 500")] {
        let content = format!("BT /F1 12 Tf 72 720 Td (Text) Tj ET q {place} cm /I Do Q");
        let file = page(
            stream("", content.as_bytes()),
            "/XObject << /I 6 0 R >>",
            &[image],
        );
        let scanner = Scanner::new(Markers::built_in().unwrap(), None);
        let mut reports = Vec::new();
        scanner.scan("a.pdf", &file, &Limits::default(), &mut |report| {
            reports.push(report);
        });
        let incomplete = [Incomplete::new(Reason::OcrUnavailable, "page 1")];
        assert_eq!(reports[0].incomplete, incomplete, "{place}");
        let mut sink = Collected {
            blind: true,
            ..Collected::default()
        };
        scan::formats::pdf::read(&file, &Limits::default(), &mut sink).unwrap();
        assert!(sink.pictures.is_empty(), "{place}: a picture was made");
        assert_eq!(sink.incomplete, incomplete, "{place}");
        assert_eq!(sink.texts(), ["Text"]);
    }
}

#[test]
fn what_a_page_hides_is_read() {
    let content = stream(
        "",
        b"BT /F1 12 Tf 72 720 Td (Shown) Tj 1 1 1 rg 0 -20 Td (White) Tj 0 g 3 Tr 0 -20 Td (Unseen) Tj 0 Tr ET /OC /L BDC BT /F1 12 Tf 72 600 Td (Layer) Tj ET EMC BT /F1 12 Tf 72 5000 Td (Off page) Tj ET",
    );
    let file = pdf(&[
        b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >> >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> /Properties << /L 6 0 R >> >> >>".to_vec(),
        content,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
        b"<< /Type /OCG /Name (Draft) >>".to_vec(),
    ]);
    let sink = read(&file);
    let place = |text: &str| {
        sink.pieces
            .iter()
            .find(|piece| piece.text == text)
            .map(|piece| piece.place)
    };
    assert_eq!(place("Shown"), Some(Place::Body));
    for text in ["White", "Unseen", "Layer", "Off page"] {
        assert_eq!(place(text), Some(Place::Hidden), "{text}");
    }
    assert_eq!(place("Draft"), Some(Place::Label));
}

#[test]
fn notes_fields_and_attached_files_are_read() {
    let file = pdf(&[
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 7 0 R] >> >> /AcroForm << /Fields [9 0 R] >> /Outlines << /First 10 0 R >> >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [6 0 R] /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        text("Body"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
        b"<< /Type /Annot /Subtype /Stamp /Name /TopSecret /Rect [72 700 172 740] /F 2 /Contents (A note) >>".to_vec(),
        b"<< /Type /Filespec /UF (attached.txt) /EF << /F 8 0 R >> >>".to_vec(),
        stream("/Type /EmbeddedFile", b"inner"),
        b"<< /FT /Tx /T (level) /V (A value) >>".to_vec(),
        b"<< /Title (A bookmark) /Next 10 0 R >>".to_vec(),
    ]);
    let sink = read(&file);
    for text in ["A note", "TopSecret", "A value", "A bookmark", "Body"] {
        assert!(sink.texts().contains(&text), "{text}: {:?}", sink.texts());
    }
    let note = sink
        .pieces
        .iter()
        .find(|piece| piece.text == "A note")
        .unwrap();
    let [x, y, ..] = note.bbox_mm.unwrap();
    assert!((x - 25.4).abs() < 0.1 && (y - 36.0).abs() < 0.2, "{x} {y}");
    assert_eq!(sink.members[0].name, "attached.txt");
    assert_eq!(sink.members[0].bytes, b"inner");
}

#[test]
fn old_fonts_are_read_both_ways() {
    let content = stream("", b"BT /F1 12 Tf 72 720 Td (m\xcbt) Tj ET");
    let sink = read(&replaced(
        page(content, "", &[]),
        b"/Helvetica",
        b"/.VnTimeH",
    ));
    assert_eq!(sink.texts(), ["M\u{1eac}T", "m\u{cb}t"]);
}

#[test]
fn a_page_that_was_not_read_is_said() {
    let outlines = "0 0 0 rg ".to_owned() + &"100 100 m 120 140 130 150 160 100 c f ".repeat(9);
    let cases: [(&str, Vec<u8>, &[Reason]); 4] = [
        (
            "drawn letters",
            stream("", outlines.as_bytes()),
            &[Reason::NoText],
        ),
        ("blank", stream("", b"q 0 0 595 842 re W n Q"), &[]),
        ("nothing at all", stream("", b"  "), &[]),
        (
            "unknown filter",
            stream("/Filter /Unknown", b"BT (x) Tj ET \x01\x02"),
            &[],
        ),
    ];
    for (name, content, expected) in cases {
        // A document that is blank as a whole has no fonts.
        let blank = replaced(page(content, "", &[]), b"/Font <<", b"/Tnof <<");
        let sink = read(&replaced(blank, b"/Type /Font", b"/Type /Tnof"));
        if name == "unknown filter" {
            let told = !sink.incomplete.is_empty() || !sink.pieces.is_empty();
            assert!(told, "{name}");
        } else {
            assert_eq!(sink.reasons(), expected, "{name}");
        }
    }
}

#[test]
fn a_locked_file_is_said() {
    let file = replaced(
        page(text("x"), "", &[]),
        b"/Root 1 0 R",
        b"/Root 1 0 R /ID [<00> <00>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <0000000000000000000000000000000000000000000000000000000000000000> /U <1111111111111111111111111111111111111111111111111111111111111111> >>",
    );
    assert_eq!(read(&file).reasons(), [Reason::Encrypted]);
}

#[test]
fn a_pdf_in_a_zip_in_a_gzip_keeps_its_bytes() {
    let inner = page(text("Deep"), "", &[]);
    let outer = gzip(&zip(&[Part::packed("a.pdf", &inner)]));
    let mut first = Collected::default();
    scan::formats::read(Kind::Gzip, &outer, &Limits::default(), &mut first).unwrap();
    let mut second = Collected::default();
    let bytes = &first.members[0].bytes;
    scan::formats::read(Kind::Zip, bytes, &Limits::default(), &mut second).unwrap();
    assert_eq!(second.members[0].name, "a.pdf");
    assert_eq!(second.members[0].bytes, inner);
}
