//! What a unit adds to its papers, and a year's book bound: stamps with sizes of one's own,
//! Word templates, packs.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

mod support;

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use app::AppError;
use app::dossiers::Target;
use app::equipment::FormBy;
use app::stamps::{SheetAsk, SheetKind};
use app::templates::{Source, TemplateDraft, Values};
use domain::book::Draft;
use domain::stamp::SizesDraft;
use law::BookKind;
use support::House;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.unwrap_err().code()
}

fn sheet(kind: SheetKind, stamps: &[&str]) -> SheetAsk {
    SheetAsk {
        kind,
        generation: "2020".to_owned(),
        stamps: stamps.iter().map(|id| (*id).to_owned()).collect(),
        fill: String::new(),
        copies: 3,
        label: (70, 37),
        shift: (0, 0),
    }
}

#[tokio::test]
async fn a_stamp_without_a_size_is_printed_only_with_the_administrators_own() {
    let house = House::open().await;
    let (app, clerk, admin) = (&house.app, &house.clerk, &house.admin);
    let ask = sheet(SheetKind::Labels, &["level_mat"]);
    assert_eq!(code(app.stamp_sheet(clerk, &ask).await), "STAMP-04");
    assert_eq!(code(app.stamp_sheet(admin, &ask).await), "ACCESS-01");
    assert_eq!(
        code(app.stamp_sheet(clerk, &sheet(SheetKind::Page, &[])).await),
        "STAMP-06"
    );
    let mut draft = SizesDraft {
        outline: "rectangle".to_owned(),
        width: "6".to_owned(),
        height: "8".to_owned(),
        border_lines: "2".to_owned(),
        border_gap: "1".to_owned(),
        row_gap: String::new(),
        letters: "13".to_owned(),
        bold: true,
    };
    let size = |draft: SizesDraft| async move {
        app.size_stamp(admin, None, "2020", "level_mat", &draft)
            .await
    };
    assert_eq!(
        code(size(draft.clone()).await),
        "STAMP-05",
        "the letters do not fit"
    );
    "20".clone_into(&mut draft.width);
    let refused = app
        .size_stamp(clerk, None, "2020", "level_mat", &draft)
        .await;
    assert_eq!(code(refused), "ACCESS-01");
    size(draft).await.unwrap();
    let list = app.stamps(clerk, "2020").await.unwrap();
    let view = list
        .stamps
        .iter()
        .find(|view| view.id == "level_mat")
        .unwrap();
    let drawing = view.drawing.as_ref().unwrap();
    assert_eq!(
        (drawing.width, drawing.height, drawing.supplied),
        (20.0, 8.0, true)
    );
    let of_law = list
        .stamps
        .iter()
        .find(|view| view.id == "letter_a")
        .unwrap();
    assert!(!of_law.open && !of_law.drawing.as_ref().unwrap().supplied);
    for kind in [SheetKind::Page, SheetKind::Labels, SheetKind::Calibration] {
        let paper = app
            .stamp_sheet(clerk, &sheet(kind, &["level_mat"]))
            .await
            .unwrap();
        assert!(paper.bytes.starts_with(b"%PDF"), "{kind:?}");
    }
    assert_eq!(code(app.stamps(clerk, "1999").await), "ABSENT");
    let newest = app.stamps(clerk, "").await.unwrap();
    assert_eq!(newest.generation, "2020", "the generation of 20/2/2026");
}

const TYPES: &str = "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";

fn docx(body: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let whole = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    for (name, text) in [
        ("[Content_Types].xml", TYPES),
        ("word/document.xml", &whole),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn template(subject: &str, body: &str) -> TemplateDraft {
    TemplateDraft {
        subject: subject.to_owned(),
        name: "Mẫu của Sở".to_owned(),
        file_name: "mau.docx".to_owned(),
        bytes: docx(body),
    }
}

async fn line(house: &House, n: usize, day: &str) {
    let draft = Draft {
        entry_date: day.to_owned(),
        number_symbol: format!("{n:02}/KH-STM"),
        doc_date: day.to_owned(),
        doc_type: "Kế hoạch".to_owned(),
        level: "mat".to_owned(),
        signer: "Trần Thử <Nghiệm>".to_owned(),
        recipient: "Công an tỉnh Mẫu & Văn phòng".to_owned(),
        quantity: "1".to_owned(),
        ..Draft::default()
    };
    let done = house.app.register(&house.clerk, None, BookKind::Di, &draft);
    done.await.unwrap();
}

#[tokio::test]
async fn a_book_and_a_dossier_fill_templates_of_the_unit() {
    let house = House::open().await;
    let (app, clerk) = (&house.app, &house.clerk);
    for n in 1..=3 {
        line(&house, n, "2026-02-20").await;
    }
    let row = format!(
        "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        paragraph("{{dong.so_tt}}"),
        paragraph("{{dong.noi_nhan}}")
    );
    let body = format!(
        "{}{row}",
        paragraph("{{ten_don_vi}}, {{ten_so}} {{nam_so}}")
    );
    let id = app
        .add_template(clerk, None, template("book:di", &body))
        .await
        .unwrap();
    let from = || Source::Book {
        year: 2026,
        title: "Sổ đi".to_owned(),
    };
    let lines = app.preview_template(clerk, id, from()).await.unwrap();
    let text = lines.join("|");
    assert!(text.contains("Sở Thử Nghiệm, Sổ đi 2026"), "{text}");
    assert!(
        text.contains("03") && text.contains("Công an tỉnh Mẫu & Văn phòng"),
        "{text}"
    );
    let paper = app.fill_template(clerk, id, from()).await.unwrap();
    assert!(paper.bytes.starts_with(b"PK") && paper.file_name.ends_with(".docx"));
    let events = app
        .db
        .events_of_object(&format!("template:{id}"))
        .await
        .unwrap();
    assert_eq!(events.len(), 2, "added and filled");

    let wrong = template("book:di", &paragraph("{{council.chair}}"));
    let refused = app.add_template(clerk, None, wrong).await.unwrap_err();
    let AppError::Refused(refusal) = refused else {
        unreachable!("{refused:?}")
    };
    assert_eq!(
        (refusal.code, refusal.args["name"].as_str()),
        ("TPL-05", "council.chair")
    );
    assert_eq!(refusal.args["paragraph"], "1");
    let good = || {
        template(
            "dossier:container",
            &paragraph("{{set_up.keeper}}; {{ten_viec}}"),
        )
    };
    let refused = app.add_template(&house.head, None, good()).await;
    assert_eq!(code(refused), "ACCESS-01");
    let nameless = TemplateDraft {
        name: " ".to_owned(),
        ..good()
    };
    assert_eq!(
        code(app.add_template(clerk, None, nameless).await),
        "TPL-09"
    );

    let steps = domain::dossier::kind("container").unwrap().steps;
    let opening = steps[0].code;
    let own = template(
        "dossier:container",
        &paragraph(&format!("{{{{{opening}.keeper}}}}")),
    );
    let id = app.add_template(clerk, None, own).await.unwrap();
    let values: BTreeMap<String, String> = [
        ("on", "2026-02-20"),
        ("container_code", "KET-01"),
        ("container_kind", "safe"),
        ("place", "Phòng Văn thư"),
        ("keeper", "Phạm Văn Bách An"),
        ("protection_plan", "35/PA-STM"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let target = Target::Open {
        kind: "container",
        document: None,
    };
    let dossier = app.take_step(clerk, None, target, &values).await.unwrap();
    let words = Values {
        fields: BTreeMap::from([(format!("{opening}.keeper"), "Phạm Văn Bách An".to_owned())]),
        lists: BTreeMap::new(),
    };
    let from = |id| Source::Dossier {
        id,
        values: words.clone(),
    };
    let lines = app
        .preview_template(clerk, id, from(dossier))
        .await
        .unwrap();
    assert_eq!(lines, ["Phạm Văn Bách An"]);
    assert_eq!(
        code(app.fill_template(clerk, id, from(dossier + 7)).await),
        "ABSENT"
    );
    app.retire_template(clerk, id).await.unwrap();
    assert_eq!(
        code(app.fill_template(clerk, id, from(dossier)).await),
        "ABSENT"
    );
    assert_eq!(app.templates(clerk).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_year_of_two_editions_is_bound_with_every_line() {
    let house = House::open().await;
    let (app, clerk) = (&house.app, &house.clerk);
    assert_eq!(
        code(app.book_pack(clerk, BookKind::Di, 2026).await),
        "PRINT-RANGE"
    );
    for n in 1..=14 {
        line(&house, n, "2026-02-20").await;
    }
    house.clock.set("2026-03-05T03:00:00Z");
    for n in 15..=20 {
        line(&house, n, "2026-03-05").await;
    }
    let pack = app.book_pack(clerk, BookKind::Di, 2026).await.unwrap();
    assert_eq!((pack.pages, pack.sections, pack.closed), (2, 2, false));
    let sheets = vanban::formats::pdf::pages(&pack.paper.bytes).unwrap();
    assert_eq!(
        sheets.len(),
        4,
        "cover, two pages of the first edition, one of the second"
    );
    let text = sheets.concat();
    for n in 1..=20 {
        assert!(text.contains(&format!("{n:02}/KH-STM")), "{n}");
    }
    assert!(text.contains("Tờ số 3") && !text.contains("Tờ số 4"));
    assert_eq!(
        code(app.book_pack(&house.admin, BookKind::Di, 2026).await),
        "ACCESS-01"
    );
}

#[tokio::test]
async fn the_check_of_books_stamps_and_forms_shows_what_is_missing_and_what_was_taken_in() {
    let house = House::open().await;
    let (app, clerk) = (&house.app, &house.clerk);
    let before = app.equipment(clerk).await.unwrap();
    assert_eq!(before.books.len(), 4);
    assert!(before.stamps.iter().all(|stamp| stamp.kept.is_empty()));
    let first: Vec<&str> = before
        .stamps
        .iter()
        .map(|stamp| stamp.id.as_str())
        .collect();
    assert!(first[0].starts_with("level_") && first[3] == "letter_a" && first[14] == "duplicate");
    assert_eq!(before.forms.len(), 19);
    let by = |number: &str| {
        let form = before.forms.iter().find(|form| form.number == number);
        form.unwrap().by.clone()
    };
    assert_eq!(by("17"), FormBy::Record("provide"));
    assert_eq!(by("14"), FormBy::Book(BookKind::Di));
    let levels = ["level_mat", "level_toi_mat", "level_tuyet_mat"].map(str::to_owned);
    assert_eq!(by("02"), FormBy::Stamps(levels.to_vec()));
    assert!(before.forms.iter().all(|form| form.by != FormBy::Missing));

    let values = |stamp: &str| {
        let said = [
            ("on", "2026-01-05"),
            ("stamp", stamp),
            ("generation", "2020"),
            ("container_code", "KET-01"),
            ("keeper", "Phạm Văn Bách An"),
            ("impression_checked", "yes"),
        ];
        said.map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    };
    let take_in = Target::Open {
        kind: "stamp",
        document: None,
    };
    let unknown: BTreeMap<String, String> = values("dấu lạ");
    assert_eq!(
        code(app.take_step(clerk, None, take_in, &unknown).await),
        "ACT-04"
    );
    for _ in 0..2 {
        let known: BTreeMap<String, String> = values("level_mat");
        app.take_step(clerk, None, take_in, &known).await.unwrap();
    }
    let after = app.equipment(clerk).await.unwrap();
    let kept: Vec<_> = after
        .stamps
        .iter()
        .filter(|stamp| !stamp.kept.is_empty())
        .map(|stamp| (stamp.id.as_str(), stamp.kept.clone()))
        .collect();
    let two = BTreeMap::from([("2020".to_owned(), 2)]);
    assert_eq!(kept, [("level_mat", two)]);
}
