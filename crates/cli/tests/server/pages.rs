//! A printed page against the book that it was printed from.

use std::path::Path;

use domain::book::Draft;
use law::BookKind;
use store::Install;
use store::install::Database;

use crate::house::{self, House, PASSPHRASE};

/// Three lines, one of them void, printed as a PDF.
async fn printed(house: &House, out: &Path) {
    let install = Install::open(&house.dir, PASSPHRASE, &house.database)
        .await
        .unwrap();
    let app = house::app(&install);
    let clerk = app.acting("vanthu0").await.unwrap();
    let mut entries = Vec::new();
    for n in 1..=3 {
        let line = Draft {
            entry_date: "2025-01-02".to_owned(),
            number_symbol: format!("{n:02}/KH-STM"),
            doc_date: "2025-01-02".to_owned(),
            doc_type: "Kế hoạch".to_owned(),
            subject: format!("Rà soát đợt {n}"),
            level: "mat".to_owned(),
            signer: "Trần Thử Nghiệm".to_owned(),
            recipient: "Văn phòng Tỉnh Mẫu".to_owned(),
            quantity: "1".to_owned(),
            ..Draft::default()
        };
        entries.push(
            app.register(&clerk, None, BookKind::Di, &line)
                .await
                .unwrap()
                .entry,
        );
    }
    app.void(&clerk, None, entries[1], "ghi nhầm sổ")
        .await
        .unwrap();
    install.close().await;
    let made = house
        .command(&[
            "print", "book", "--as", "vanthu0", "--book", "di", "--year", "2025",
        ])
        .arg(format!("--out={}", out.display()))
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
}

fn compare(house: &House, paper: &Path) -> (Option<i32>, serde_json::Value) {
    let said = house
        .command(&["ledger", "check-page", "--json", "--compare"])
        .arg(paper)
        .output()
        .unwrap();
    let found = serde_json::from_slice(&said.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&said.stderr)));
    (said.status.code(), found)
}

#[tokio::test]
async fn a_book_changed_behind_the_program_is_named_by_line_and_column() {
    let place = tempfile::tempdir().unwrap();
    let house = House::make(place.path(), Database::Folder, 1).await;
    let paper = place.path().join("so-di.pdf");
    printed(&house, &paper).await;
    let (exit, found) = compare(&house, &paper);
    assert_eq!(
        (exit, &found["pages"][0]["book_holds"]),
        (Some(0), &true.into())
    );

    let install = Install::open(&house.dir, PASSPHRASE, &house.database)
        .await
        .unwrap();
    let mut tx = install.db.begin().await.unwrap();
    tx.run(
        "UPDATE entry SET signer = 'Người Khác' WHERE serial = 3",
        &[],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    install.close().await;
    let (exit, found) = compare(&house, &paper);
    let page = &found["pages"][0];
    assert_eq!(
        (exit, &page["code"], &page["book_holds"]),
        (Some(1), &"PAGE-HOLDS".into(), &false.into())
    );
    let cells = page["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 1, "{found}");
    assert_eq!(
        (&cells[0]["line"], &cells[0]["column"]),
        (&3.into(), &"Người ký".into())
    );
}
