//! The paper screens over HTTP: who sees them, what the files are called, what a
//! refused form says.

#[path = "../../app/tests/support/mod.rs"]
mod support;

use app::Who;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::book::Draft;
use law::BookKind;
use support::House;
use tower::ServiceExt as _;

struct Answer {
    status: StatusCode,
    media_type: String,
    disposition: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A house with three lines in its outgoing book, looked at on 5/3/2026.
async fn house() -> House {
    let house = House::open().await;
    house.clock.set("2026-03-05T03:30:00Z");
    for n in 1..=3 {
        let line = Draft {
            entry_date: "2026-03-05".to_owned(),
            number_symbol: format!("{n:02}/BC-STM"),
            doc_date: "2026-03-05".to_owned(),
            doc_type: "Báo cáo".to_owned(),
            level: "mat".to_owned(),
            signer: "Trần Thử Nghiệm".to_owned(),
            recipient: "Công an tỉnh Mẫu".to_owned(),
            ..Draft::default()
        };
        house.app.register(&house.clerk, None, BookKind::Di, &line).await.unwrap();
    }
    house
}

async fn send(house: &House, who: &Who, path: &str, form: Option<&str>) -> Answer {
    let token = house.session(who).await;
    let request = Request::builder()
        .uri(path)
        .header(header::COOKIE, format!("khien_session={token}"));
    let request = match form {
        None => request.body(Body::empty()),
        Some(form) => request
            .method("POST")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf=form-token&{form}"))),
    };
    let answer = web::router(house.app.clone()).oneshot(request.unwrap()).await.unwrap();
    let head = |name| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    Answer {
        status: answer.status(),
        media_type: head(header::CONTENT_TYPE),
        disposition: head(header::CONTENT_DISPOSITION),
        body: axum::body::to_bytes(answer.into_body(), 16 << 20).await.unwrap().to_vec(),
    }
}

#[tokio::test]
async fn a_book_is_chosen_and_sent_as_a_file() {
    let house = house().await;
    let page = send(&house, &house.clerk, "/books/di/print?year=2026", None).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains("/books/di/prints") && text.contains("mẫu 2026"), "{text}");
    let book = send(&house, &house.clerk, "/books/di/prints", Some("year=2026&from=1&to=1&edition=2026")).await;
    assert_eq!((book.status, book.media_type.as_str()), (StatusCode::OK, "application/pdf"));
    assert_eq!(book.disposition, "attachment; filename=\"so-di-2026-mau-2026-trang-1-1.pdf\"");
    assert!(book.body.starts_with(b"%PDF-"));
    let refused = send(&house, &house.clerk, "/books/di/prints", Some("year=2026&from=7&to=7")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("PRINT-RANGE"));
}

#[tokio::test]
async fn the_report_shows_its_figures_before_it_is_made() {
    let house = house().await;
    let page = send(&house, &house.head, "/reports/self-inspection?from=2026-01-01&to=2026-03-31", None).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains("Các sổ đã mở và việc ghi sổ"), "{text}");
    let unknown = send(&house, &house.head, "/reports/self-inspection?year=2026", None).await.text();
    assert!(unknown.contains("Thiếu văn bản"), "{unknown}");
    let form = "from=2026-01-01&to=2026-03-31&format=docx";
    let paper = send(&house, &house.head, "/reports/self-inspection", Some(form)).await;
    assert_eq!(paper.disposition, "attachment; filename=\"bao-cao-tu-kiem-tra-2026-01-01-2026-03-31.docx\"");
    let refused = send(&house, &house.head, "/reports/self-inspection", Some("from=2026-05-01&to=2026-04-01")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_ledger_page_signs_and_compares() {
    let house = house().await;
    let signed = send(&house, &house.clerk, "/ledger/checkpoints", Some("")).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER);
    let text = send(&house, &house.clerk, "/ledger?check=1", None).await.text();
    assert!(text.contains("Đã đối chiếu 1 mốc"), "{text}");
    assert!(text.contains("năm 2026, số 3."), "{text}");
    let hidden = send(&house, &house.admin, "/ledger", None).await.text();
    assert!(!hidden.contains("số 3.") && hidden.contains("Một việc trong sổ"), "{hidden}");
}

#[tokio::test]
async fn the_law_answers_with_its_reasons() {
    let house = house().await;
    let page = send(&house, &house.admin, "/law", None).await;
    assert_eq!(page.status, StatusCode::OK);
    let path = "/law?ask=term&level=mat&carrier=document&determined=2024-02-29";
    let text = send(&house, &house.clerk, path, None).await.text();
    assert!(text.contains("28/02/2034") && text.contains("30/12/2033"), "{text}");
    assert!(text.contains("khoản 1 Điều 19 Luật 29/2018/QH14") && text.contains("đã đối chiếu văn bản"), "{text}");
    let path = "/law?ask=due&duty=annual_report+ubnd_tinh&year=2026";
    let text = send(&house, &house.clerk, path, None).await.text();
    assert!(text.contains("Thiếu văn bản") && text.contains("chưa có toàn văn"), "{text}");
    for ask in ["extend", "may", "notify"] {
        let page = send(&house, &house.clerk, &format!("/law?ask={ask}"), None).await;
        assert_eq!(page.status, StatusCode::OK, "{ask}");
    }
    let broken = send(&house, &house.clerk, "/law?ask=term&level=x&determined=1", None).await;
    assert_eq!(broken.status, StatusCode::OK);
    assert!(broken.text().contains("Câu hỏi chưa đủ"));
}

#[tokio::test]
async fn who_may_not_print_finds_nothing() {
    let house = house().await;
    for path in ["/books/di/print", "/reports/self-inspection", "/books/none/print"] {
        let answer = send(&house, &house.admin, path, None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let answer = send(&house, &house.clerk, "/reports/self-inspection", None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = send(&house, &house.admin, "/books/di/prints", Some("year=2026&from=1&to=1")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
