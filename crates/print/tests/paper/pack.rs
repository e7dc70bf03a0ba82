//! A year's book bound from parts: nothing of a page is lost, sheets count through.

use law::BookKind;
use print::book::{Binding, PageRows, parse_pages, pdf, sheets};
use print::pack::bind;

use crate::common::{book, edition, page, poppler};

fn words(bytes: &[u8]) -> String {
    String::from_utf8(poppler("pdftotext", &["-raw", "-", "-"], bytes)).unwrap()
}

#[test]
fn parts_are_bound_in_order_and_sheets_count_through() {
    let edition = edition(BookKind::Di, "2026-06-01");
    let mut parts = Vec::new();
    let (mut sheet, mut given) = (1, Vec::new());
    for section in 0..3_u32 {
        let pages: Vec<_> = (0..2)
            .map(|n| {
                let number = section * 2 + n + 1;
                let first = usize::try_from(number - 1).unwrap() * 12 + 1;
                page(edition, number, first..=first + 11)
            })
            .collect();
        given.extend(pages.iter().map(|page| PageRows {
            page: page.number,
            rows: page.compact_rows(),
        }));
        let mut loose = book(edition, pages);
        if section > 0 {
            loose.cover = None;
        }
        loose.binding = Some(Binding {
            first_sheet: sheet,
            closing: (section == 2).then(|| vec!["Khóa sổ ngày 05/01/2027".to_owned()]),
        });
        sheet += sheets(&loose).unwrap();
        parts.push(pdf(&loose).unwrap());
    }
    let bound = bind(parts.clone(), "Sổ thử").unwrap();
    assert_eq!(bound, bind(parts, "Sổ thử").unwrap(), "the same bytes");
    let text = words(&bound);
    let leaves: Vec<String> = text.split_terminator('\u{c}').map(str::to_owned).collect();
    for leaves in [leaves, vanban::formats::pdf::pages(&bound).unwrap()] {
        assert_eq!(
            parse_pages(&leaves).unwrap(),
            given,
            "every page is read back"
        );
    }
    for number in 1..sheet {
        assert!(text.contains(&format!("Tờ số {number}")), "{number}");
    }
    assert!(!text.contains(&format!("Tờ số {sheet}")));
    assert!(text.contains("KHÓA SỔ") && text.contains("Khóa sổ ngày 05/01/2027"));
    let info = String::from_utf8(poppler("pdfinfo", &["-"], &bound)).unwrap();
    let count = format!("Pages:           {}", sheet - 1 + 2);
    assert!(info.contains(&count), "{count} in {info}");
    assert!(info.contains("Sổ thử"), "{info}");
}

#[test]
fn what_is_no_pdf_is_not_bound() {
    let refused = bind(vec![b"not a paper".to_vec()], "Sổ thử").unwrap_err();
    assert_eq!(refused.code(), "PRINT-14");
}
