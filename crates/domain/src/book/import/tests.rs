//! Sheets as clerks keep them, in small.

use law::{BookKind, LegalDate};
use proptest::prelude::*;

use super::*;
use crate::Actor;
use crate::access::Role;

/// A sheet from text: cells by `|`, rows by line; `#45356` is a number, `!x` a failed
/// formula, `@2024-03-05` a date cell.
fn sheet(text: &str) -> Sheet {
    let cell = |text: &str| {
        let text = text.trim();
        if text.is_empty() {
            Cell::Empty
        } else if let Some(number) = text.strip_prefix('#') {
            Cell::Number(number.parse().expect("a number"))
        } else if let Some(error) = text.strip_prefix('!') {
            Cell::Error(error.to_owned())
        } else if let Some(date) = text.strip_prefix('@') {
            Cell::Date(LegalDate::parse(date).expect("a date"))
        } else {
            Cell::Text(text.to_owned())
        }
    };
    Sheet {
        name: "Sổ đi".to_owned(),
        rows: text
            .lines()
            .map(|line| line.split('|').map(cell).collect())
            .collect(),
        merges: Vec::new(),
    }
}

const DI: &str = "STT | Số, ký hiệu | Ngày tháng VB | Tên loại và trích yếu nội dung | Độ mật | Người ký | Nơi nhận | SL | Ghi chú";

/// An outgoing sheet of 2024: title, headings, the rows.
fn outgoing(rows: &str) -> Sheet {
    sheet(&format!("SỔ ĐĂNG KÝ\n\n{DI}\n{rows}"))
}

fn read(rows: &str) -> Recognised {
    recognise(BookKind::Di, &outgoing(rows), 2024).expect("a book")
}

/// Code of the only row that is left behind.
fn left(rows: &str) -> (usize, &'static str, Option<&'static str>) {
    let read = read(rows);
    assert_eq!(read.skipped.len(), 1, "{:?}", read.skipped);
    let row = &read.skipped[0];
    (row.sheet_row, row.refusal.code, row.refusal.field)
}

const GOOD: &str =
    "1 | 12/KH-STP | 5/3/2024 | Kế hoạch kiểm tra kho | Mật | Giám đốc | Công an tỉnh | 02 | x";

#[test]
fn a_row_becomes_a_draft() {
    let read = read(GOOD);
    assert_eq!((read.header_row, read.blank_rows), (3, 0));
    assert!(read.unknown.is_empty() && read.skipped.is_empty());
    let row = &read.taken[0];
    assert_eq!((row.sheet_row, row.serial.as_str()), (4, "1"));
    assert!(row.guessed.is_empty());
    let draft = &row.draft;
    assert_eq!(
        (draft.entry_date.as_str(), draft.doc_date.as_str()),
        ("2024-03-05", "2024-03-05")
    );
    assert_eq!(
        (draft.doc_type.as_str(), draft.subject.as_str()),
        ("Kế hoạch", "kiểm tra kho")
    );
    assert_eq!(
        (draft.level.as_str(), draft.quantity.as_str()),
        ("mat", "2")
    );
}

#[test]
fn dates_are_read_as_clerks_write_them() {
    for (text, day) in [
        ("5/3/2024", "2024-03-05"),
        ("05-03-24", "2024-03-05"),
        ("5.3.2024", "2024-03-05"),
        (" 05 / 03 / 2024 ", "2024-03-05"),
        ("2024-03-05", "2024-03-05"),
        ("2024-03-05 00:00:00", "2024-03-05"),
        ("ngày 5 tháng 3 năm 2024", "2024-03-05"),
        ("Ngày 05 tháng 03 năm 2024", "2024-03-05"),
        ("5/3", "2024-03-05"),
        ("#45356", "2024-03-05"),
        ("#45356.75", "2024-03-05"),
        ("@2024-02-29", "2024-02-29"),
        ("29/02/2024", "2024-02-29"),
    ] {
        let read = read(&GOOD.replace("5/3/2024", text));
        assert_eq!(read.taken[0].draft.doc_date, day, "{text}");
        let guessed: &[&str] = if text == "5/3" { &["doc_date"] } else { &[] };
        assert_eq!(read.taken[0].guessed, guessed, "{text}");
    }
    for text in [
        "30/2/2024",
        "3/25/2024",
        "5/3/1024",
        "tháng 3",
        "x",
        "#60",
        "#-1",
        "5/3/202",
        "1/2/3/4",
        "45356",
    ] {
        let found = left(&GOOD.replace("5/3/2024", text));
        assert_eq!(found, (4, "IMPORT-13", Some("doc_date")), "{text}");
    }
    assert_eq!(
        left(&GOOD.replace("2024", "2023")),
        (4, "IMPORT-14", Some("entry_date"))
    );
    assert_eq!(
        left(&GOOD.replace("5/3/2024", " ")),
        (4, "BOOK-06", Some("doc_date"))
    );
}

#[test]
fn serial_days_follow_the_workbook_count() {
    let day = |serial, epoch| date_of_serial(serial, epoch).map(|date| date.to_string());
    assert_eq!(day(1.0, Epoch::Y1900).as_deref(), Some("1900-01-01"));
    assert_eq!(day(59.9, Epoch::Y1900).as_deref(), Some("1900-02-28"));
    assert_eq!(day(60.0, Epoch::Y1900), None);
    assert_eq!(day(61.0, Epoch::Y1900).as_deref(), Some("1900-03-01"));
    assert_eq!(
        day(2_958_465.0, Epoch::Y1900).as_deref(),
        Some("9999-12-31")
    );
    assert_eq!(day(43_894.0, Epoch::Y1904).as_deref(), Some("2024-03-05"));
    for serial in [0.0, -1.0, 2_958_466.0, f64::NAN, f64::INFINITY] {
        assert_eq!(day(serial, Epoch::Y1900), None, "{serial}");
    }
}

#[test]
fn levels_have_their_reasons() {
    for (text, code) in [
        ("TM", "BOOK-16"),
        ("Bí mật công tác", "BOOK-11"),
        ("Khẩn", "BOOK-03"),
    ] {
        assert_eq!(
            left(&GOOD.replace("| Mật |", &format!("| {text} |"))),
            (4, code, Some("level"))
        );
    }
    for (text, level) in [("M", "mat"), ("B", "toi_mat"), ("TUYỆT MẬT", "tuyet_mat")] {
        let read = read(&GOOD.replace("| Mật |", &format!("| {text} |")));
        assert_eq!(read.taken[0].draft.level, level);
    }
}

#[test]
fn a_number_stands_once() {
    let again =
        format!("{GOOD}\n\n2 | 12 / KH-STP | 6/3/2024 | Kế hoạch khác | Mật | Giám đốc | A | 1 |");
    let read = read(&again);
    assert_eq!((read.taken.len(), read.blank_rows), (1, 1));
    let refusal = &read.skipped[0].refusal;
    assert_eq!((read.skipped[0].sheet_row, refusal.code), (6, "IMPORT-12"));
    assert_eq!(refusal.args.get("row").map(String::as_str), Some("4"));
}

#[test]
fn totals_headings_and_signatures_are_no_lines() {
    for (row, code) in [
        ("Tổng cộng | | | | | | | #2 |", "IMPORT-11"),
        (" | Cộng: 12 văn bản | | | | | | |", "IMPORT-15"),
        (" | | | Cộng: | | | | #2 |", "IMPORT-11"),
        ("TONG CONG | | | | | | | #2 |", "IMPORT-11"),
        ("THÁNG 4 | | | | | | | |", "IMPORT-15"),
        (" | | | | | | Người lập | |", "IMPORT-15"),
        (
            "(1) | (2) | (3) | (4) | (5) | (6) | (7) | (8) | (9)",
            "IMPORT-16",
        ),
        (DI, "IMPORT-16"),
    ] {
        let found = left(&format!("{GOOD}\n{row}"));
        // A count in the number column reads as a number and is judged as a line.
        if row.starts_with(" | Cộng") {
            assert_eq!((found.0, found.1), (5, "BOOK-06"), "{row}");
        } else {
            assert_eq!((found.0, found.1), (5, code), "{row}");
        }
    }
    let names = "2 | 13/STP-VP | 6/3/2024 | Công an tỉnh đề nghị | Mật | Tổng cục trưởng | Tổng công ty | 1 |";
    assert_eq!(read(names).taken.len(), 1);
}

#[test]
fn a_failed_formula_and_a_mangled_number_are_told() {
    assert_eq!(
        left(&GOOD.replace("Giám đốc", "!#REF!")),
        (4, "IMPORT-17", Some("signer"))
    );
    assert_eq!(
        left(&GOOD.replace("12/KH-STP", "@2024-12-03")),
        (4, "IMPORT-18", Some("number_symbol"))
    );
    let serial = read(&GOOD.replace("1 |", "!#VALUE! |").replace("02 | x", "2 | x"));
    assert_eq!(serial.taken.len(), 1);
}

#[test]
fn quantities_with_words_and_copy_numbers() {
    for (text, quantity, copies) in [
        ("#3", "3", ""),
        ("03", "3", ""),
        ("3.0", "3", ""),
        ("3 bản", "3", ""),
        ("02 (số 01, 02)", "2", "01, 02"),
        ("3 bản (01-03)", "3", "01, 02, 03"),
        ("3 bản (từ số 5 đến số 7)", "3", "05, 06, 07"),
        ("", "", ""),
    ] {
        let draft = &read(&GOOD.replace("| 02 |", &format!("| {text} |"))).taken[0].draft;
        assert_eq!(
            (draft.quantity.as_str(), draft.copy_numbers.as_str()),
            (quantity, copies),
            "{text}"
        );
    }
    for text in ["ba", "#-1", "#2.5", "3 lần"] {
        assert_eq!(
            left(&GOOD.replace("| 02 |", &format!("| {text} |"))),
            (4, "BOOK-12", Some("quantity")),
            "{text}"
        );
    }
}

#[test]
fn type_and_subject_come_apart() {
    for (number, text, doc_type, subject, guessed) in [
        (
            "12/KH-STP",
            "Kế hoạch: kiểm tra",
            "Kế hoạch",
            "kiểm tra",
            false,
        ),
        (
            "12/KH-STP",
            "KẾ HOẠCH kiểm tra",
            "Kế hoạch",
            "kiểm tra",
            false,
        ),
        (
            "15/TTr-STP",
            "Đề nghị phê duyệt",
            "Tờ trình",
            "Đề nghị phê duyệt",
            true,
        ),
        (
            "15/QD-STP",
            "V/v cử cán bộ",
            "Quyết định",
            "V/v cử cán bộ",
            true,
        ),
        (
            "15/STP-VP",
            "V/v phối hợp",
            "Công văn",
            "V/v phối hợp",
            true,
        ),
        (
            "15/2024/STP-VP",
            "V/v phối hợp",
            "Công văn",
            "V/v phối hợp",
            true,
        ),
        ("15/ĐA-STP", "Xây dựng kho", "Đề án", "Xây dựng kho", true),
        ("15/da-STP", "Xây dựng kho", "", "Xây dựng kho", false),
        ("15", "Phối hợp", "", "Phối hợp", false),
        ("15", "Kế hoạchX", "", "Kế hoạchX", false),
        ("15", "Tờ trình", "Tờ trình", "", false),
    ] {
        let rows = GOOD
            .replace("12/KH-STP", number)
            .replace("Kế hoạch kiểm tra kho", text);
        let row = &read(&rows).taken[0];
        assert_eq!(
            (row.draft.doc_type.as_str(), row.draft.subject.as_str()),
            (doc_type, subject),
            "{text}"
        );
        assert_eq!(row.guessed.contains(&"doc_type"), guessed, "{text}");
    }
}

#[test]
fn ditto_marks_repeat_the_cell_above() {
    let rows = format!(
        "{GOOD}\n2 | 13/BC-STP | -nt- | Báo cáo quý | \" | nt | Như trên | 1 |\n3 | 14/BC-STP | nt | Báo cáo | nt | nt | nt | 1 |"
    );
    let read = read(&rows);
    assert_eq!(read.taken.len(), 3);
    for row in &read.taken {
        assert_eq!(row.draft.doc_date, "2024-03-05");
        assert_eq!(
            (row.draft.level.as_str(), row.draft.signer.as_str()),
            ("mat", "Giám đốc")
        );
    }
}

#[test]
fn merged_cells_pass_their_value_down_and_join_recipients() {
    let mut sheet = outgoing(
        "1 | 12/KH-STP | 5/3/2024 | Kế hoạch kiểm tra | Mật | Giám đốc | Công an tỉnh | 2 | x\n\
         2 | 13/BC-STP | | Báo cáo quý | M | Giám đốc | Tỉnh ủy | 1 |\n\
         3 | 14/BC-STP | 6/3/2024 | Báo cáo tháng | M | Giám đốc | Sở A | 1 |\n\
         | | | | | | Sở B | 2 | gửi sau",
    );
    let merge = |col, first_row, last_row| Merge {
        first_row,
        last_row,
        first_col: col,
        last_col: col,
    };
    sheet.merges = vec![
        merge(2, 3, 4),
        merge(0, 5, 6),
        merge(1, 5, 6),
        merge(3, 5, 6),
    ];
    let read = recognise(BookKind::Di, &sheet, 2024).expect("a book");
    assert!(read.skipped.is_empty(), "{:?}", read.skipped);
    assert_eq!(read.taken[1].draft.doc_date, "2024-03-05");
    let joined = &read.taken[2];
    assert_eq!(joined.joined, [7]);
    assert_eq!(joined.draft.recipient, "Sở A; Sở B");
    assert_eq!(
        (joined.draft.quantity.as_str(), joined.draft.note.as_str()),
        ("3", "gửi sau")
    );
    sheet.rows[5][4] = Cell::Text("TM".to_owned());
    let read = recognise(BookKind::Di, &sheet, 2024).expect("a book");
    let left: Vec<(usize, &str)> = read
        .skipped
        .iter()
        .map(|row| (row.sheet_row, row.refusal.code))
        .collect();
    assert_eq!(left, [(6, "BOOK-16"), (7, "IMPORT-19")]);
}

#[test]
fn two_row_headings_with_merged_groups() {
    let text = "STT | Đến | | Văn bản | | | | Mức độ mật | Đơn vị, người nhận | Ký nhận | Ghi chú\n\
                | Ngày | Số | Cơ quan ban hành | Số và ký hiệu | Ngày tháng năm | Trích yếu nội dung | | | |\n\
                (1) | (2) | (3) | (4) | (5) | (6) | (7) | (8) | (9) | (10) | (11)\n\
                1 | 7/3/2024 | #15.0 | UBND tỉnh | 12/KH-UBND | 5/3/2024 | Kế hoạch bảo vệ | Mật | Phòng A | đã ký | x";
    let mut sheet = sheet(text);
    let merge = |first_row, last_row, first_col, last_col| Merge {
        first_row,
        last_row,
        first_col,
        last_col,
    };
    sheet.merges = vec![
        merge(0, 1, 0, 0),
        merge(0, 0, 1, 2),
        merge(0, 0, 3, 6),
        merge(0, 1, 7, 7),
    ];
    for merges in [sheet.merges.clone(), Vec::new()] {
        sheet.merges = merges;
        let read = recognise(BookKind::Den, &sheet, 2024).expect("a book");
        let fields: Vec<&str> = read
            .columns
            .iter()
            .map(|column| column.field.key())
            .collect();
        assert_eq!(
            fields,
            [
                "serial",
                "entry_date",
                "arrival_number",
                "issuer",
                "number_symbol",
                "doc_date",
                "type_subject",
                "level",
                "recipient",
                "receiver_sign",
                "note",
            ]
        );
        let draft = &read.taken[0].draft;
        assert_eq!(
            (draft.entry_date.as_str(), draft.doc_date.as_str()),
            ("2024-03-07", "2024-03-05")
        );
        assert_eq!(
            (draft.arrival_number.as_str(), draft.doc_type.as_str()),
            ("15", "Kế hoạch")
        );
    }
}

#[test]
fn headings_of_all_editions_and_books_are_understood() {
    for (kind, headings, keys) in [
        (
            BookKind::Di,
            "Số thứ tự | Số, ký hiệu tài liệu, vật chứa | Ngày tháng xác định tài liệu, vật chứa | Tên loại và trích yếu | Độ mật | Người ký | Nơi nhận và ký nhận | Đơn vị lưu | Số lượng | Ghi chú",
            "serial number_symbol doc_date type_subject level signer recipient holder quantity note",
        ),
        (
            BookKind::Di,
            "TT | Số | Ký hiệu | Ngày tháng | Loại VB | Trích yếu | Dấu mật | Họ tên người ký | Đơn vị nhận | Số bản | Người lưu giữ | Ý kiến đồng ý ghi trích yếu",
            "serial number symbol doc_date doc_type subject level signer recipient quantity holder subject_consent",
        ),
        (
            BookKind::Den,
            "STT | Ngày đến | Số đến | Cơ quan, tổ chức ban hành | Số, ký hiệu | Ngày tháng | Tên loại và trích yếu | Độ mật | Đơn vị và ký nhận | Ghi chú",
            "serial entry_date arrival_number issuer number_symbol doc_date type_subject level receiver_sign note",
        ),
        (
            BookKind::Den,
            "Ngày tháng đến | Số đến | Tác giả | Số KH | Ngày VB | Trích yếu | Mức độ mật | Người nhận | Chữ ký",
            "entry_date arrival_number issuer number_symbol doc_date type_subject level recipient receiver_sign",
        ),
        (
            BookKind::ChuyenGiao,
            "Ngày tháng | Ký hiệu ngoài bì | Độ mật | SL | Nơi nhận | Ký nhận | Ghi chú",
            "entry_date envelope level quantity recipient receiver_sign note",
        ),
        (
            BookKind::SaoChup,
            "STT | Ngày sao | Số, ký hiệu | Độ mật | Hình thức sao, chụp | Số lượng | Bản số | Người cho phép | Người thực hiện | Nơi nhận | Bản thừa, hỏng đã hủy | Ghi chú",
            "serial entry_date number_symbol level form quantity copy_numbers permitted_by performed_by recipient surplus note",
        ),
    ] {
        let read = recognise(kind, &sheet(headings), 2024).expect("headings");
        let found: Vec<&str> = read
            .columns
            .iter()
            .map(|column| column.field.key())
            .collect();
        assert_eq!(found.join(" "), keys, "{headings}");
        assert!(read.unknown.is_empty(), "{:?}", read.unknown);
    }
}

#[test]
fn an_unknown_column_is_listed_with_a_suggestion() {
    let mut sheet = outgoing(&format!("{GOOD} | kho A | x"));
    sheet.rows[2].extend([
        Cell::Text("Tình trạng mật".to_owned()),
        Cell::Text("Độ mật".to_owned()),
    ]);
    let read = recognise(BookKind::Di, &sheet, 2024).expect("a book");
    assert_eq!(read.unknown.len(), 2);
    assert_eq!(
        (read.unknown[0].letter.as_str(), read.unknown[0].cells),
        ("J", 1)
    );
    assert!(!read.unknown[0].repeated);
    assert_eq!(read.unknown[0].suggestion, Some(Field::Level));
    assert!(read.unknown[1].repeated);
    assert_eq!(read.unknown[1].suggestion, Some(Field::Level));
}

#[test]
fn a_sheet_that_is_no_such_book_is_refused_whole() {
    let refusal = recognise(BookKind::Di, &sheet("Danh bạ | Số điện thoại\nA | 1"), 2024)
        .expect_err("a refusal");
    assert_eq!(refusal.code, "IMPORT-01");
    let refusal = recognise(BookKind::Den, &outgoing(GOOD), 2024).expect_err("a refusal");
    assert_eq!(refusal.code, "IMPORT-02");
    assert_eq!(
        refusal.args.get("missing").map(String::as_str),
        Some("entry_date, issuer")
    );
    assert!(
        refusal
            .args
            .get("found")
            .is_some_and(|found| found.contains("Nơi nhận; SL; Ghi chú"))
    );
    let wide = Sheet {
        rows: vec![vec![Cell::Empty; 65]],
        ..Sheet::default()
    };
    assert_eq!(
        recognise(BookKind::Di, &wide, 2024)
            .expect_err("a refusal")
            .code,
        "IMPORT-04"
    );
    assert_eq!(
        recognise(BookKind::Di, &Sheet::default(), 2024)
            .expect_err("a refusal")
            .code,
        "IMPORT-01"
    );
}

fn judged(recognised: Recognised, role: Role) -> Result<Judged, Refusal> {
    let actor = Actor {
        account: 1,
        unit: 1,
        role,
        supervises: false,
        post: String::new(),
        name: "Văn thư".to_owned(),
    };
    let today = LegalDate::parse("2026-11-22").expect("a date");
    judge(
        Ctx {
            law: law::Pack::embedded().expect("the pack loads"),
            today,
            actor: &actor,
        },
        recognised,
    )
}

#[test]
fn rows_are_judged_by_the_law_of_their_day() {
    let rows = format!(
        "{GOOD}\n2 | 13/BC-STP | 6/3/2024 | Báo cáo riêng | A | Giám đốc | Tỉnh ủy | 1 |\n\
         3 | 14/BC-STP | 6/3/2024 | Báo cáo | TUYỆT MẬT | Giám đốc | Tỉnh ủy | 1 |\n\
         4 | 15/BC-STP | 7/3/2024 | Báo cáo tháng | M | | Tỉnh ủy | 1 |\nTổng cộng | | | | | | | 4 |"
    );
    let done = judged(read(&rows), Role::VanThu).expect("judged");
    let rows: Vec<usize> = done.rows.iter().map(|row| row.sheet_row).collect();
    assert_eq!(rows, [4, 6]);
    assert!(done.rows.iter().all(|row| !row.entry.late));
    let left: Vec<(usize, &str)> = done
        .skipped
        .iter()
        .map(|row| (row.sheet_row, row.refusal.code))
        .collect();
    assert_eq!(left, [(5, "BOOK-05"), (7, "BOOK-06"), (8, "IMPORT-11")]);
    assert!(!done.skipped[0].refusal.because.is_empty());
    assert_eq!(
        judged(read(GOOD), Role::QuanTri)
            .expect_err("a refusal")
            .code,
        "ACCESS-01"
    );
    let mut consent = outgoing(&format!("{} | 01/CV-VP", GOOD.replace("| Mật |", "| A |")));
    consent.rows[2].push(Cell::Text("Văn bản đồng ý ghi trích yếu".to_owned()));
    let read = recognise(BookKind::Di, &consent, 2024).expect("a book");
    let done = judged(read, Role::VanThu).expect("judged");
    assert_eq!(
        done.rows[0].entry.subject_consent.as_deref(),
        Some("01/CV-VP")
    );
}

#[test]
fn no_word_of_a_subject_enters_a_reason() {
    let rows = "1 | 12/KH-STP | 30/2/2024 | Kế hoạch CHUYỆN KÍN | A | Giám đốc | Tỉnh ủy | 1 |\n\
                2 | 13/KH-STP | 3/2/2024 | Kế hoạch CHUYỆN KÍN | A | Giám đốc | Tỉnh ủy | 1 |\n\
                3 | 14/KH-STP | 3/2/2024 | Kế hoạch CHUYỆN KÍN | TM | Giám đốc | Tỉnh ủy | 1 |\n\
                4 | 14/KH-STP | 3/2/2024 | !CHUYỆN KÍN | Mật | | Tỉnh ủy | ba |";
    let done = judged(read(rows), Role::VanThu).expect("judged");
    assert_eq!(done.skipped.len(), 4);
    assert!(
        !format!(
            "{:?}",
            done.skipped[..3]
                .iter()
                .map(|row| &row.refusal.args)
                .collect::<Vec<_>>()
        )
        .contains("KÍN")
    );
}

proptest! {
    /// Every row of data is taken, joined, left behind with a reason, or blank.
    #[test]
    fn every_row_is_accounted_for(
        cells in proptest::collection::vec(proptest::collection::vec(
            prop_oneof![
                Just(Cell::Empty),
                "\\PC{0,12}".prop_map(Cell::Text),
                "[0-9]{1,2}/[0-9]{1,2}/2024".prop_map(Cell::Text),
                "[0-9]{1,3}/[A-Z]{2}-STP".prop_map(Cell::Text),
                prop_oneof![Just("Mật"), Just("TM"), Just("nt"), Just("Tổng cộng")].prop_map(|text| Cell::Text(text.to_owned())),
                any::<f64>().prop_map(Cell::Number),
            ], 0..12), 0..30),
        merges in proptest::collection::vec((0..40_usize, 0..6_usize, 0..10_usize, 0..4_usize), 0..8),
        kind in 0..4_usize,
    ) {
        let mut sheet = outgoing("");
        sheet.rows.extend(cells);
        sheet.rows.push(vec![Cell::Text("x".to_owned())]);
        sheet.merges = merges.into_iter().map(|(first_row, rows, first_col, cols)| Merge {
            first_row, last_row: first_row + rows, first_col, last_col: first_col + cols,
        }).collect();
        if let Ok(read) = recognise(BookKind::ALL[kind], &sheet, 2024) {
            let joined: usize = read.taken.iter().map(|row| row.joined.len()).sum();
            let accounted = read.taken.len() + joined + read.skipped.len() + read.blank_rows;
            prop_assert!(accounted + 3 <= sheet.rows.len());
            prop_assert!(accounted + 3 + limits::IMPORT_HEADER_ROWS_MAX * 3 >= sheet.rows.len());
            for row in &read.taken {
                prop_assert!(LegalDate::parse(&row.draft.entry_date).is_ok());
            }
        }
    }

    #[test]
    fn no_text_breaks_the_readers_of_dates_and_levels(text in "\\PC{0,30}") {
        if let Some(dates::Read::Date(date)) = dates::of_text(&text, 2024) {
            prop_assert!(text.chars().any(|c| c.is_numeric()), "{date} from {text}");
        }
        let level = crate::book::level_from_text(&text);
        prop_assert!(level.is_ok() || level.is_err_and(|refusal| refusal.code.starts_with("BOOK-")));
        let parts = doctype::split(&text, &text);
        prop_assert!(parts.subject.len() <= text.len() * 3);
    }
}
