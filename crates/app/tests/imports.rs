//! What an import says of a workbook beside its lines: sheets left alone, values that
//! were guessed.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

mod support;

use app::AppError;
use app::imports::{ImportAsk, ImportReport, UnreadSheet};
use law::BookKind;
use support::House;

const DI: &[u8] = include_bytes!("workbook/fixtures/so-di-2024.xlsx");
const DEN: &[u8] = include_bytes!("workbook/fixtures/so-den-2025.xlsx");
const SAO: &[u8] = include_bytes!("workbook/fixtures/so-sao-chup-2023.xls");

async fn look(
    kind: BookKind,
    year: i16,
    sheet: Option<&str>,
    bytes: &[u8],
) -> Result<ImportReport, AppError> {
    let house = House::open().await;
    let ask = ImportAsk {
        kind,
        year: Some(year),
        file_name: "so.xlsx".to_owned(),
        sheet: sheet.map(str::to_owned),
        dry_run: true,
    };
    house
        .app
        .import_book(&house.clerk, &ask, bytes.to_vec())
        .await
}

#[tokio::test]
async fn sheets_left_alone_are_named() {
    let unread = |name: &str, hidden| {
        vec![UnreadSheet {
            name: name.to_owned(),
            hidden,
        }]
    };
    let found = look(BookKind::Di, 2024, None, DI).await.unwrap();
    assert_eq!(found.not_read, unread("Nháp", true));
    let found = look(BookKind::SaoChup, 2023, None, SAO).await.unwrap();
    assert_eq!(
        (found.sheet.as_str(), found.not_read),
        ("Sao chụp", unread("Ghi tạm", false))
    );
}

#[tokio::test]
async fn a_sheet_is_chosen_by_its_name() {
    let found = look(BookKind::SaoChup, 2023, Some("Sao chụp"), SAO)
        .await
        .unwrap();
    assert_eq!(found.sheet, "Sao chụp");
    // What is chosen is judged, and no other sheet in its place.
    let refused = look(BookKind::SaoChup, 2023, Some("Ghi tạm"), SAO)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "IMPORT-01");
    // A hidden sheet cannot be chosen: nobody saw it.
    for absent in ["Nháp", "Sheet9"] {
        let refused = look(BookKind::Di, 2024, Some(absent), DI)
            .await
            .unwrap_err();
        assert!(
            matches!(&refused, AppError::Input { code: "IMPORT-SHEET", what } if what == "Sổ đi 2024"),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn guessed_values_are_listed_with_their_rows() {
    let found = look(BookKind::Den, 2025, None, DEN).await.unwrap();
    let guessed: Vec<_> = found
        .guessed
        .iter()
        .map(|row| (row.sheet_row, row.field, row.value.as_str()))
        .collect();
    assert_eq!(guessed, [(7, "doc_type", "Công văn")]);
}
