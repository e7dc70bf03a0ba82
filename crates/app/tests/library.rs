//! The library: the unit's register of instruments, catalogues read in from files, the
//! drafter's search over both, citations against the register.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

mod support;

use std::io::{Cursor, Write as _};

use app::AppError;
use app::library::{ActAsk, Attached, CatalogueAsk, Ending, InstrumentAsk, ItemsAsk};
use domain::library::citations::Verdict;
use domain::library::instrument::Draft;
use law::LegalDate;
use support::House;

fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
    result.unwrap_err().code().to_owned()
}

fn day(text: &str) -> LegalDate {
    LegalDate::parse(text).unwrap()
}

/// A file of parts as office programs pack them.
fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn docx(paragraphs: &[&str]) -> Vec<u8> {
    let body: String = paragraphs
        .iter()
        .map(|text| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"))
        .collect();
    packed(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"
                .to_owned(),
        ),
        (
            "word/document.xml",
            format!(
                "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
            ),
        ),
    ])
}

fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
    let mut data = String::new();
    for (at, row) in rows.iter().enumerate() {
        data.push_str(&format!("<row r=\"{}\">", at + 1));
        for (cell, column) in row.iter().zip("ABCDE".chars()) {
            data.push_str(&format!(
                "<c r=\"{column}{}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>",
                at + 1
            ));
        }
        data.push_str("</row>");
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    packed(&[
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>".to_owned()),
        ("_rels/.rels", format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")),
        ("xl/workbook.xml", format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>")),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{data}</sheetData></worksheet>")),
    ])
}

fn directive() -> Draft {
    Draft {
        number: "44-CT/TU".to_owned(),
        date: "2024-07-24".to_owned(),
        kind: "chi_thi".to_owned(),
        origin: "superior".to_owned(),
        issuer: "Ban Thường vụ Tỉnh ủy Mẫu".to_owned(),
        title: "Tăng cường công tác bảo vệ bí mật nhà nước".to_owned(),
        ..Draft::default()
    }
}

fn ask(dry_run: bool) -> CatalogueAsk {
    CatalogueAsk {
        number: "12/2025/QĐ-UBND".to_owned(),
        date: "2025-03-14".to_owned(),
        issuer: "UBND tỉnh Mẫu".to_owned(),
        sphere: "giao_duc".to_owned(),
        valid_from: "2025-04-01".to_owned(),
        dry_run,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn number_and_date_stand_once_in_the_register_and_end_once() {
    let house = House::open().await;
    let (app, clerk) = (&house.app, &house.clerk);
    let bytes = b"to be recognised".as_slice();
    let file = Attached {
        name: "C:\\a\\chi-thi.docx",
        bytes,
    };
    let request = Some("0123456789abcdef");
    let id = app
        .add_instrument(clerk, request, &directive(), Some(file))
        .await
        .unwrap();
    let again = app.add_instrument(clerk, request, &directive(), None).await;
    assert_eq!(again.unwrap(), id, "the same form sent twice");
    let row = app.instrument(clerk, id).await.unwrap();
    assert_eq!(row.file_name, "chi-thi.docx");
    assert_eq!(row.file_sha256.len(), 64);
    assert_eq!(
        code(app.add_instrument(clerk, None, &directive(), None).await),
        "LIB-03"
    );
    let mut twin = directive();
    twin.date = "2025-07-24".to_owned();
    app.add_instrument(clerk, None, &twin, None).await.unwrap();
    let found = |words: &str, on: Option<&str>| InstrumentAsk {
        words: words.to_owned(),
        in_force_on: on.map(day),
        ..InstrumentAsk::default()
    };
    let rows = app
        .instruments(clerk, &found("tang cuong bao ve", None))
        .await;
    assert_eq!(rows.unwrap().len(), 2);

    let mut ending = Ending {
        version: 1,
        last_day: "2025-12-31".to_owned(),
        replaced_by: "60-CT/TU".to_owned(),
        replaced_by_date: "2025-12-20".to_owned(),
    };
    app.end_instrument(clerk, None, id, &ending).await.unwrap();
    let rows = app
        .instruments(clerk, &found("44-ct/tu", Some("2026-01-01")))
        .await;
    assert_eq!(rows.unwrap().len(), 1);
    ending.version = 2;
    assert_eq!(
        code(app.end_instrument(clerk, None, id, &ending).await),
        "LIB-06"
    );
    let twin = rows_of(&house).await;
    ending.version = 7;
    assert_eq!(
        code(app.end_instrument(clerk, None, twin, &ending).await),
        "STALE"
    );
}

/// The line that is still in force.
async fn rows_of(house: &House) -> i64 {
    let ask = InstrumentAsk {
        in_force_on: Some(day("2026-01-01")),
        ..InstrumentAsk::default()
    };
    let rows = house.app.instruments(&house.clerk, &ask).await.unwrap();
    rows.first().unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_keep_books_write_and_others_units_see_nothing() {
    let house = House::open().await;
    let app = &house.app;
    for who in [&house.head, &house.admin] {
        let added = app.add_instrument(who, None, &directive(), None).await;
        assert_eq!(code(added), "ACCESS-01");
        let took = app
            .import_catalogue(who, None, &ask(false), "a.docx", Vec::new())
            .await;
        assert_eq!(code(took), "ACCESS-01");
    }
    let id = app
        .add_instrument(&house.clerk, None, &directive(), None)
        .await
        .unwrap();
    let mut other = house.clerk.clone();
    other.actor.unit += 1;
    assert_eq!(code(app.instrument(&other, id).await), "ABSENT");
    let all = InstrumentAsk::default();
    assert!(app.instruments(&other, &all).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_is_looked_at_taken_whole_and_found_with_the_packs_items() {
    let house = House::open().await;
    let (app, clerk) = (&house.app, &house.clerk);
    let good = docx(&[
        "Điều 1. Bí mật nhà nước độ Tối mật gồm:",
        "1. Đề thi tuyển sinh lớp 10 chưa công khai;",
        "2. Hướng dẫn chấm thi:",
        "a) Thang điểm chi tiết;",
    ]);
    let look = app
        .import_catalogue(clerk, None, &ask(true), "a.docx", good.clone())
        .await
        .unwrap();
    assert_eq!((look.items.len(), look.written), (2, None));
    assert!(app.unit_catalogues(clerk).await.unwrap().is_empty());
    let broken = docx(&["Điều 1. Độ Mật", "1. Một", "3. Ba"]);
    let report = app
        .import_catalogue(clerk, None, &ask(false), "a.docx", broken)
        .await
        .unwrap();
    assert_eq!(report.faults[0].row, 3);
    assert_eq!(report.faults[0].refusal.code, "LIB-11");
    assert!(app.unit_catalogues(clerk).await.unwrap().is_empty());

    let took = app
        .import_catalogue(clerk, None, &ask(false), "a.docx", good.clone())
        .await
        .unwrap();
    let id = took.written.unwrap();
    let again = app
        .import_catalogue(clerk, None, &ask(false), "a.docx", good)
        .await;
    assert_eq!(code(again), "LIB-03");
    let find = |words: &str, on: &str| ItemsAsk {
        words: words.to_owned(),
        on: Some(day(on)),
        level: None,
    };
    let found = app
        .find_items(clerk, &find("de thi tuyen sinh", "2026-02-20"))
        .await;
    let found = found.unwrap();
    assert_eq!(found.hits[0].stored, "12/2025/QĐ-UBND|1|1|");
    assert!(found.hits.iter().any(|hit| hit.number == "531/QĐ-TTg"));
    let early = app
        .find_items(clerk, &find("de thi tuyen sinh", "2025-03-20"))
        .await;
    assert!(
        early
            .unwrap()
            .hits
            .iter()
            .all(|hit| hit.number != "12/2025/QĐ-UBND")
    );

    let ending = Ending {
        version: 1,
        last_day: "2025-12-31".to_owned(),
        ..Ending::default()
    };
    app.end_unit_catalogue(clerk, None, id, &ending)
        .await
        .unwrap();
    let late = app
        .find_items(clerk, &find("thang diem chi tiet", "2026-02-20"))
        .await;
    assert!(late.unwrap().hits.is_empty());
    let mut other = clerk.clone();
    other.actor.unit += 1;
    assert_eq!(code(app.unit_catalogue(&other, id).await), "ABSENT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_read_and_other_files_are_refused() {
    let house = House::open().await;
    let (app, clerk) = (&house.app, &house.clerk);
    let sheet = xlsx(&[
        &["Điều", "Khoản", "Điểm", "Nội dung", "Độ mật"],
        &["1", "1", "", "Vị trí kho mẫu", "Mật"],
        &["", "2", "a", "Phương án bảo vệ", "Mật"],
    ]);
    let took = app
        .import_catalogue(clerk, None, &ask(false), "a.xlsx", sheet)
        .await
        .unwrap();
    let page = app
        .unit_catalogue(clerk, took.written.unwrap())
        .await
        .unwrap();
    let stored: Vec<&str> = page.items.iter().map(|(_, item)| item.as_str()).collect();
    assert_eq!(stored, ["12/2025/QĐ-UBND|1|1|", "12/2025/QĐ-UBND|1|2|a"]);
    let mut other = ask(false);
    other.number = "13/2025/QĐ-UBND".to_owned();
    for (name, bytes, want) in [
        ("a.pdf", b"%PDF-1.4".to_vec(), "LIB-17"),
        ("a.docx", docx(&["Kính gửi: Sở Mẫu"]), "LIB-12"),
        ("a.xlsx", b"PK not a workbook".to_vec(), "WORKBOOK-04"),
        ("a.docx", Vec::new(), "READ-EMPTY"),
    ] {
        let refused = app.import_catalogue(clerk, None, &other, name, bytes).await;
        assert_eq!(code(refused), want, "{name}");
    }
    other.sphere = "nowhere".to_owned();
    let refused = app.import_catalogue(clerk, None, &other, "a.docx", Vec::new());
    assert_eq!(code(refused.await), "LIB-04");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citation_of_the_units_own_instrument_is_known() {
    let house = House::open().await;
    let (app, clerk) = (&house.app, &house.clerk);
    let text = "UBND TỈNH MẪU\nSố: 5/KH-UBND\n\nTỉnh Mẫu, ngày 10 tháng 1 năm 2026\n\nKẾ HOẠCH\nThực hiện Chỉ thị số 44-CT/TU ngày 24/7/2024 của Tỉnh ủy\n";
    let bytes = text.as_bytes().to_vec();
    let before = app
        .check_citations(clerk, "a.txt", bytes.clone(), None)
        .await
        .unwrap();
    let one = &before.check.citations[0];
    assert_eq!((one.verdict, before.own_of(one)), (Verdict::NotKnown, None));
    app.add_instrument(clerk, None, &directive(), None)
        .await
        .unwrap();
    let after = app
        .check_citations(clerk, "a.txt", bytes, None)
        .await
        .unwrap();
    let one = &after.check.citations[0];
    assert_eq!(one.verdict, Verdict::Clear);
    assert_eq!(after.own_of(one).unwrap().number, "44-CT/TU");
    let slip = text.replace("24/7/2024", "27/7/2024").into_bytes();
    let slip = app
        .check_citations(clerk, "a.txt", slip, None)
        .await
        .unwrap();
    let one = &slip.check.citations[0];
    assert_eq!((one.verdict, slip.own_of(one)), (Verdict::Wrong, None));
    assert_eq!(slip.own_of_other_date(one)[0].doc_date, "2024-07-24");
    let secret = "MẬT\nUBND TỈNH MẪU\nSố: 5/KH-UBND\n\nTỉnh Mẫu, ngày 10 tháng 1 năm 2026\n\nKẾ HOẠCH\nVề việc mẫu\n";
    let refused = app.check_citations(clerk, "a.txt", secret.as_bytes().to_vec(), None);
    assert_eq!(code(refused.await), "CITE-LEVEL");
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_are_found_without_marks_and_by_their_days() {
    let house = House::open().await;
    let find = |words: &str, on: &str, in_force_only| {
        let ask = ActAsk {
            words: words.to_owned(),
            on: Some(day(on)),
            in_force_only,
            kind: None,
        };
        house.app.acts(&house.clerk, &ask).unwrap()
    };
    let twins = find("2/ct-ttg", "2026-02-20", false);
    assert_eq!(twins.acts.len(), 2);
    let law = find("luat bao ve bi mat nha nuoc 29/2018", "2026-02-28", true);
    assert_eq!(law.acts[0].act.number, "29/2018/QH14");
    let law = find("luat bao ve bi mat nha nuoc 29/2018", "2026-03-01", true);
    assert!(law.acts.is_empty());
    let key = "02-ct-ttg.2019-11-15";
    let page = house.app.act(&house.clerk, key, None).unwrap();
    assert_eq!(page.twins.len(), 1);
    assert_eq!(
        code(house.app.act(&house.clerk, "khong-co", None)),
        "ABSENT"
    );
}
