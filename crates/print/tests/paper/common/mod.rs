//! Fictional books and reports, and the programs that read what was printed.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use law::{BookEdition, BookKind, LegalDate, Pack};
use print::book::{BookPrint, Cover, Footer, Page, PageCheckpoint, Row};

/// Long text of a document's subject, wraps over several lines in every column.
pub const SUBJECT: &str = "Kế hoạch kiểm tra việc chấp hành các quy định của pháp luật về bảo vệ bí mật nhà nước và công tác \
    bảo đảm an toàn, an ninh mạng đối với các cơ quan, đơn vị, địa phương trên địa bàn tỉnh";
const ROOT: &str = "3fa94c07d1e8b25560aa9173cd0e44f81b6629d05c7788e1f0a2b3c4d5e6f708";

pub fn date(text: &str) -> LegalDate {
    LegalDate::parse(text).unwrap()
}

/// The edition in force on a day, from the law pack.
pub fn edition(kind: BookKind, on: &str) -> &'static BookEdition {
    Pack::embedded()
        .unwrap()
        .book_edition(kind, date(on))
        .unwrap()
}

/// The text of one cell of a fictional entry.
pub fn cell(key: &str, serial: usize) -> String {
    let long = serial.is_multiple_of(4);
    match key {
        "serial" | "arrival_number" => format!("{serial:02}"),
        "entry_date" => "05/01/2026".to_owned(),
        "doc_date" => "31/12/2025".to_owned(),
        "number_symbol" => format!("{serial:02}/KH-UBND"),
        "type_subject" if long => SUBJECT.to_owned(),
        "type_subject" => "Báo cáo kết quả rà soát, thống kê tài liệu quý IV".to_owned(),
        "level" => ["Mật", "Tối mật", "Mật"][serial % 3].to_owned(),
        "signer" => "Đàng Quảng Sửu".to_owned(),
        "recipient" if long => "Công an tỉnh; Sở Nội vụ;\nLưu: VT".to_owned(),
        "recipient" => "Phòng Tổng hợp".to_owned(),
        "receiver_sign" => "Kiều Ngọc Hải\n06/01/2026".to_owned(),
        "holder" => "Văn thư".to_owned(),
        "issuer" => "UBND tỉnh Phan Sơn".to_owned(),
        "quantity" => "03\n(1–3)".to_owned(),
        "envelope" => format!("{serial:02}/KH-UBND; ký hiệu B"),
        "form" => "Sao y".to_owned(),
        "copy_numbers" => "1–3".to_owned(),
        "permitted_by" => "Phó Chánh Văn phòng".to_owned(),
        "performed_by" => "Văn thư cơ quan".to_owned(),
        "surplus" => "01 bản hỏng, đã hủy".to_owned(),
        _ if long => "Đính chính theo mục số 03".to_owned(),
        _ => String::new(),
    }
}

pub fn rows(edition: &BookEdition, serials: std::ops::RangeInclusive<usize>) -> Vec<Row> {
    let row = |serial: usize| Row {
        cells: edition
            .columns
            .iter()
            .map(|column| cell(&column.key, serial))
            .collect(),
        struck: serial % 5 == 3,
    };
    serials.map(row).collect()
}

pub fn page(edition: &BookEdition, number: u32, serials: std::ops::RangeInclusive<usize>) -> Page {
    Page {
        number,
        first: Some(format!("{:02}", serials.start())),
        last: Some(format!("{:02}", serials.end())),
        rows: rows(edition, serials),
        footer: Footer {
            checkpoint: Some(PageCheckpoint {
                size: 12_048,
                root_hex: ROOT.to_owned(),
            }),
            lines: vec![
                "Kiểm tra trang này: đọc mã bên phải bằng lệnh khien ledger check-page".to_owned(),
            ],
            qr: Some(format!("KHIEN1:{}", "7WN-B8X%*R0CUSB28 8-L4ZYB".repeat(20))),
        },
    }
}

pub fn book(edition: &BookEdition, pages: Vec<Page>) -> BookPrint<'_> {
    BookPrint {
        edition,
        parent_name: Some("Ủy ban nhân dân tỉnh Phan Sơn".to_owned()),
        unit_name: "Sở Nội vụ".to_owned(),
        year: 2026,
        date: date("2026-12-31"),
        cover: Some(Cover {
            from: Some(date("2026-01-05")),
            to: Some(date("2026-12-31")),
            first: Some("01".to_owned()),
            last: Some("128".to_owned()),
            number: Some("01".to_owned()),
        }),
        pages,
        binding: None,
    }
}

/// Runs a program of poppler-utils over `input`.
pub fn poppler(program: &str, args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| {
            panic!("`{program}` cannot be started ({e}); help: install the package poppler-utils")
        });
    let mut stdin = child.stdin.take().unwrap();
    let bytes = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

/// A folder for files of this test run.
pub fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
