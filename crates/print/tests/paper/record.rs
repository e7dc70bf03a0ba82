//! Papers for one act: their look, their text, their limits.

use crate::common::{contains, poppler};
use crate::golden::check;
use law::{LegalDate, Level};
use print::PrintError;
use print::book::{Footer, PageCheckpoint};
use print::record::{FormMark, Layout, RecordForm, Section, Signer, docx, pdf, place_date};

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

fn proof() -> Footer {
    Footer {
        checkpoint: Some(PageCheckpoint {
            size: 12_048,
            root_hex: "3fa94c07d1e8b25560aa9173cd0e44f8".to_owned(),
        }),
        lines: texts(["Kiểm tra giấy này: đọc mã bên phải bằng lệnh khien ledger check-page"]),
        qr: Some(format!("KHIEN1:{}", "7WN-B8X%*R0CUSB28 8-L4ZYB".repeat(12))),
    }
}

fn signer(role: &str, name: &str) -> Signer {
    Signer {
        role: role.to_owned(),
        name: name.to_owned(),
    }
}

fn rows(count: usize) -> Vec<Vec<String>> {
    let row = |n: usize| {
        texts([
            &n.to_string(),
            &format!("{n:02}/KH-UBND"),
            if n.is_multiple_of(3) {
                "Kế hoạch kiểm tra việc chấp hành quy định của pháp luật về bảo vệ bí mật nhà nước năm 2021"
            } else {
                "Báo cáo kết quả rà soát, thống kê tài liệu"
            },
            "Mật",
            "05/01/2021",
            "02",
        ])
    };
    (1..=count).map(row).collect()
}

/// Minutes of a destruction, with three signers and a table over two sheets.
fn minutes(count: usize) -> RecordForm {
    RecordForm {
        layout: Layout::State,
        parent_body: "Ủy ban nhân dân tỉnh Phan Sơn".to_owned(),
        body: "Sở Nội vụ".to_owned(),
        number: "07/BB-SNV".to_owned(),
        place_date: place_date(Some("Phan Sơn"), LegalDate::new(2026, 2, 3).ok()),
        level_stamp: Some(Level::Mat),
        title: "Biên bản".to_owned(),
        subtitle: "Tiêu hủy tài liệu, vật chứa bí mật nhà nước".to_owned(),
        form_mark: Some(FormMark {
            form: "Mẫu 01".to_owned(),
            act: Some("Quy chế số 09/QC-SNV".to_owned()),
            working: true,
        }),
        bases: texts([
            "Căn cứ Luật Bảo vệ bí mật nhà nước ngày 15 tháng 11 năm 2018;",
            "Căn cứ Quyết định số 05/QĐ-SNV ngày 02/02/2026 của Giám đốc Sở Nội vụ về việc tiêu hủy tài liệu chứa bí mật nhà nước.",
        ]),
        sections: vec![
            Section::Rows {
                heading: "1. Thời gian, địa điểm, thành phần".to_owned(),
                rows: [
                    ("Thời gian", "08 giờ 30 phút ngày 03/02/2026"),
                    ("Địa điểm", "Kho lưu trữ Sở Nội vụ"),
                    ("Chủ tịch hội đồng", "Ông Đàng Quảng Sửu, Phó Giám đốc"),
                    ("Hình thức tiêu hủy", ""),
                ]
                .map(|(label, value)| (label.to_owned(), value.to_owned()))
                .to_vec(),
            },
            Section::Table {
                heading: "2. Danh mục tài liệu tiêu hủy".to_owned(),
                header: texts([
                    "STT",
                    "Số, ký hiệu",
                    "Tên loại và trích yếu",
                    "Độ mật",
                    "Ngày tháng",
                    "Số bản",
                ]),
                widths: vec![12, 30, 66, 17, 25, 15],
                rows: rows(count),
            },
            Section::Text {
                heading: "3. Kết luận".to_owned(),
                paragraphs: texts([
                    "Toàn bộ tài liệu nêu trên đã được tiêu hủy, không còn khả năng phục hồi.",
                    "Biên bản lập thành 02 bản, đã đọc cho các thành viên nghe và cùng ký tên./.",
                ]),
            },
        ],
        recipients: texts(["Giám đốc Sở (để báo cáo);", "Lưu: VT, hồ sơ tiêu hủy."]),
        signers: vec![
            signer("Chủ tịch hội đồng", "Đàng Quảng Sửu"),
            signer("Người chứng kiến", ""),
            signer("Người tiêu hủy", "Kiều Ngọc Hải"),
        ],
        proof: Some(proof()),
    }
}

/// A Party body's notice, with one signer and nothing known of its number.
fn notice() -> RecordForm {
    RecordForm {
        layout: Layout::Party,
        parent_body: "Tỉnh ủy Phan Sơn".to_owned(),
        body: "Ban Tổ chức".to_owned(),
        number: "12-TB/BTC".to_owned(),
        place_date: place_date(Some("Phan Sơn"), LegalDate::new(2026, 4, 3).ok()),
        level_stamp: None,
        title: "Thông báo".to_owned(),
        subtitle: "về việc gia hạn thời hạn bảo vệ bí mật nhà nước".to_owned(),
        form_mark: None,
        bases: Vec::new(),
        sections: vec![
            Section::Rows {
                heading: String::new(),
                rows: [
                    (
                        "Văn bản",
                        "Kế hoạch số 05-KH/BTC ngày 05/01/2016, độ Mật, 03 bản",
                    ),
                    ("Thời hạn bảo vệ cũ", "đến ngày 05/01/2026"),
                    ("Thời hạn bảo vệ mới", "đến ngày 05/01/2036"),
                    ("Người có thẩm quyền quyết định", "Trưởng ban Tổ chức"),
                ]
                .map(|(label, value)| (label.to_owned(), value.to_owned()))
                .to_vec(),
            },
            Section::Text {
                heading: String::new(),
                paragraphs: texts([
                    "Ban Tổ chức thông báo để các cơ quan, đơn vị nhận văn bản nêu trên đóng dấu gia hạn lên tài liệu đang lưu giữ và báo lại kết quả bằng văn bản.",
                ]),
            },
        ],
        recipients: texts(["Các cơ quan nhận văn bản,", "Lưu Văn phòng Ban."]),
        signers: vec![signer("K/T Trưởng ban\nPhó Trưởng ban", "Từ Thị Mỹ Lan")],
        proof: Some(proof()),
    }
}

#[test]
fn minutes_of_a_state_body() {
    check("record-state", &pdf(&minutes(21)).unwrap());
}

#[test]
fn notice_of_a_party_body() {
    check("record-party", &pdf(&notice()).unwrap());
}

#[test]
fn the_header_of_a_long_table_stands_on_every_sheet() {
    let bytes = pdf(&minutes(120)).unwrap();
    let text = String::from_utf8(poppler("pdftotext", &["-layout", "-", "-"], &bytes)).unwrap();
    let sheets: Vec<&str> = text.split_terminator('\u{c}').collect();
    assert!(sheets.len() > 5, "{}", sheets.len());
    for (index, sheet) in sheets.iter().enumerate() {
        assert!(sheet.contains("Mốc sổ cái: 12.048 sự kiện"), "{index}");
        let table = sheet.contains("/KH-UBND");
        assert_eq!(table, sheet.contains("Tên loại và trích yếu"), "{index}");
    }
    assert!(text.contains("120/KH-UBND"), "the last row is printed");
}

#[test]
fn a_cell_longer_than_a_sheet_and_a_word_wider_than_its_column_are_printed_whole() {
    let mut form = minutes(2);
    let Section::Table { rows, .. } = &mut form.sections[1] else {
        panic!("the table moved");
    };
    rows[0][2] = "Kế hoạch kiểm tra công tác bảo vệ bí mật nhà nước ".repeat(80);
    rows[1][1] = "123456789012345678901234567890/KH-UBND-X".to_owned();
    let bytes = pdf(&form).unwrap();
    let sheets = vanban::formats::pdf::pages(&bytes).unwrap();
    let text: String = sheets.concat().split_whitespace().collect();
    // One word of each sentence: a sentence may stand on two sheets.
    assert_eq!(text.matches("tác").count(), 80);
    let digits = text.replace('\u{200b}', "");
    assert!(digits.contains("123456789012345678901234567890/KH-UBND-X"));
}

#[test]
fn the_word_file_holds_the_same_words_and_repeats_the_header() {
    for form in [minutes(3), notice()] {
        let bytes = docx(&form).unwrap();
        assert_eq!(bytes, docx(&form).unwrap(), "the same bytes");
        // The parts of the archive are stored, not compressed.
        let text = String::from_utf8_lossy(&bytes);
        let mut words = vec![
            form.number,
            form.body.to_uppercase(),
            form.subtitle,
            form.place_date,
        ];
        words.extend(
            form.signers
                .iter()
                .flat_map(|s| s.role.lines().map(str::to_uppercase)),
        );
        words.extend(form.recipients);
        for section in form.sections {
            match section {
                Section::Rows { rows, .. } => {
                    words.extend(rows.into_iter().map(|(_, value)| value))
                }
                Section::Text { paragraphs, .. } => words.extend(paragraphs),
                Section::Table { rows, .. } => {
                    words.extend(rows.into_iter().flatten());
                    assert_eq!(text.matches("<w:tblHeader />").count(), 1);
                }
            }
        }
        for part in words {
            assert!(text.contains(&part), "{part}");
        }
        assert!(!text.contains("w:trHeight"));
    }
}

#[test]
fn a_state_paper_has_the_national_title_and_a_party_paper_has_not() {
    let title = |form: &RecordForm| {
        let text = poppler("pdftotext", &["-raw", "-", "-"], &pdf(form).unwrap());
        let word = docx(form).unwrap();
        [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "ĐẢNG CỘNG SẢN VIỆT NAM",
        ]
        .map(|title| {
            (
                contains(&text, title.as_bytes()),
                contains(&word, title.as_bytes()),
            )
        })
    };
    assert_eq!(title(&minutes(1)), [(true, true), (false, false)]);
    assert_eq!(title(&notice()), [(false, false), (true, true)]);
}

#[test]
fn what_is_not_known_prints_as_blanks() {
    let mut form = notice();
    form.layout = Layout::State;
    (form.number, form.place_date) = (String::new(), String::new());
    let text = String::from_utf8(poppler(
        "pdftotext",
        &["-layout", "-", "-"],
        &pdf(&form).unwrap(),
    ));
    let text = text.unwrap();
    for blank in ["Số:", "……………, ngày", "tháng", "năm"] {
        assert!(text.contains(blank), "{text}");
    }
    assert_eq!(
        place_date(Some("Phan Sơn"), LegalDate::new(2026, 3, 15).ok()),
        "Phan Sơn, ngày 15 tháng 3 năm 2026"
    );
}

#[test]
fn the_same_paper_gives_the_same_bytes_and_another_word_gives_others() {
    let first = pdf(&minutes(5)).unwrap();
    assert_eq!(first, pdf(&minutes(5)).unwrap());
    let mut changed = minutes(5);
    changed.signers[0].name = "Kiều Ngọc Hải".to_owned();
    assert_ne!(first, pdf(&changed).unwrap());
}

/// Spoils the widths and rows of a table.
type Change = fn(&mut Vec<u16>, &mut Vec<Vec<String>>);

#[test]
fn wrong_papers_are_refused_with_their_code() {
    let code = |change: &dyn Fn(&mut RecordForm)| {
        let mut form = minutes(3);
        change(&mut form);
        let (paper, word) = (pdf(&form), docx(&form));
        let code = |result: Result<Vec<u8>, PrintError>| result.err().map(|e| e.code());
        (code(paper), code(word))
    };
    let table = |change: Change| {
        code(&|form| {
            if let Section::Table { widths, rows, .. } = &mut form.sections[1] {
                change(widths, rows);
            }
        })
    };
    let shape = (Some("PRINT-10"), Some("PRINT-10"));
    assert_eq!(code(&|_| {}), (None, None));
    assert_eq!(table(|_, rows| drop(rows[1].pop())), shape);
    assert_eq!(table(|widths, _| widths.truncate(5)), shape);
    assert_eq!(table(|widths, _| widths[0] = 0), shape);
    let much = (Some("PRINT-05"), Some("PRINT-05"));
    assert_eq!(
        code(&|form| form.signers = vec![Signer::default(); 5]),
        much
    );
    assert_eq!(table(|_, rows| *rows = vec![rows[0].clone(); 20_001]), much);
    let long_qr = |form: &mut RecordForm| {
        form.proof = Some(Footer {
            qr: Some("x".repeat(4_000)),
            ..proof()
        });
    };
    assert_eq!(code(&long_qr), (Some("PRINT-03"), None));
}
