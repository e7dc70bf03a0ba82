//! What is printed can be read back from the PDF alone, by two extractors that share no code.

use crate::common::{SUBJECT, book, edition, page, poppler};
use law::BookKind;
use print::book::{Page, PageRows, Row, parse_page_text, parse_pages, pdf};

fn expected(pages: &[Page]) -> Vec<PageRows> {
    pages
        .iter()
        .map(|page| PageRows {
            page: page.number,
            rows: page.compact_rows(),
        })
        .collect()
}

/// Sheets as `pdftotext` gives them in content order.
fn by_poppler(pdf: &[u8]) -> Vec<String> {
    let text = String::from_utf8(poppler(
        "pdftotext",
        &["-raw", "-enc", "UTF-8", "-", "-"],
        pdf,
    ))
    .unwrap();
    text.split_terminator('\u{c}').map(str::to_owned).collect()
}

#[track_caller]
fn check(pages: Vec<Page>, sheets_min: usize) {
    let edition = edition(BookKind::Di, "2026-06-01");
    let expected = expected(&pages);
    let bytes = pdf(&book(edition, pages)).unwrap();
    for sheets in [
        by_poppler(&bytes),
        vanban::formats::pdf::pages(&bytes).unwrap(),
    ] {
        assert!(sheets.len() >= sheets_min, "{} sheets", sheets.len());
        assert_eq!(parse_pages(&sheets).unwrap(), expected);
    }
}

#[test]
fn pages_with_wrapped_subjects_and_strikes_come_back() {
    let edition = edition(BookKind::Di, "2026-06-01");
    check(vec![page(edition, 1, 1..=8), page(edition, 2, 9..=16)], 3);
}

#[test]
fn a_page_that_goes_on_over_several_sheets_comes_back_as_one() {
    let edition = edition(BookKind::Di, "2026-06-01");
    check(vec![page(edition, 7, 1..=40)], 5);
}

#[test]
fn an_entry_longer_than_a_sheet_comes_back_whole() {
    let edition = edition(BookKind::Di, "2026-06-01");
    let mut page = page(edition, 1, 1..=3);
    page.rows[1].cells[3] = format!("{SUBJECT}. ").repeat(25);
    page.rows[1].cells[2] = "123456789/QĐ-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX".to_owned();
    page.rows[2].cells[6] = "Đơn vị nhận thứ nhất;\n".repeat(40);
    check(vec![page], 3);
}

#[test]
fn hostile_cells_cannot_forge_marks() {
    let edition = edition(BookKind::Di, "2026-06-01");
    let mut page = page(edition, 1, 1..=1);
    let columns = page.rows[0].cells.len();
    let texts = [
        "╬2╫",
        "╠9╣x╫╬",
        "a\u{202e}b\u{200b}c",
        "😀 𝔘",
        "tie\u{302}\u{301}ng",
        "#strong[x] $x$ \\",
        "fi ffl -- ...",
        "'\"“”",
        "ב",
        "x",
    ];
    page.rows.push(Row {
        cells: texts
            .iter()
            .take(columns)
            .map(|t| (*t).to_owned())
            .collect(),
        struck: false,
    });
    check(vec![page], 1);
}

#[test]
fn one_sheet_can_be_read_alone_and_an_empty_page_has_no_rows() {
    let edition = edition(BookKind::ChuyenGiao, "2021-06-01");
    let mut empty = page(edition, 2, 1..=1);
    empty.rows.clear();
    (empty.first, empty.last) = (None, None);
    let first = page(edition, 1, 1..=2);
    let expected = first.compact_rows();
    let bytes = pdf(&book(edition, vec![first, empty])).unwrap();
    let sheets = by_poppler(&bytes);
    assert_eq!(parse_page_text(&sheets[0]), None, "the cover is no page");
    assert_eq!(parse_page_text(&sheets[1]), Some(expected));
    assert_eq!(parse_page_text(&sheets[2]), Some(Vec::new()));
}

/// At 200 dots per inch, the least that Nghị định 30/2020/NĐ-CP asks of a scan.
#[test]
fn the_qr_code_of_a_page_is_read_from_a_scan() {
    let edition = edition(BookKind::Den, "2026-06-01");
    let mut page = page(edition, 1, 1..=4);
    let text = format!(
        "KHIEN1:{}",
        "6BFOXN%TS3DHPVO13J /G-/2YRVA.Q/R82JD2FCJG9".repeat(20)
    );
    page.footer.qr = Some(text.clone());
    let mut book = book(edition, vec![page]);
    book.cover = None;
    let bytes = pdf(&book).unwrap();
    let scan = poppler("pdftoppm", &["-r", "200", "-gray", "-"], &bytes);
    let (width, height, pixels) = graymap(&scan);
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let found: Vec<String> = image
        .detect_grids()
        .iter()
        .map(|grid| grid.decode().unwrap().1)
        .collect();
    assert_eq!(found, [text]);
}

/// Width, height and pixels of a binary graymap.
fn graymap(bytes: &[u8]) -> (usize, usize, &[u8]) {
    let mut at = 0;
    let mut fields = Vec::new();
    while fields.len() < 4 {
        let end = at
            + bytes[at..]
                .iter()
                .position(u8::is_ascii_whitespace)
                .unwrap();
        fields.push(std::str::from_utf8(&bytes[at..end]).unwrap());
        at = end + 1;
    }
    assert_eq!((fields[0], fields[3]), ("P5", "255"));
    (
        fields[1].parse().unwrap(),
        fields[2].parse().unwrap(),
        &bytes[at..],
    )
}
