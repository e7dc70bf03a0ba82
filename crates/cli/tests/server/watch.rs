//! The watch over HTTP, page by page in one process: who sees what, the forms with their refusals,
//! the JSON beside them, and a hand-over file from the watch to the unit.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use sha2::{Digest, Sha256};
use store::accounts::{NewAccount, NewSession, NewUnit};
use store::install::Database;
use store::{Install, Tx};
use tower::ServiceExt as _;

use app::accounts::PasswordCost;
use app::{App, Clock, Random, Signer};

use crate::house;

const AT: &str = "2026-02-20T03:00:00.000000Z";
const CSRF: &str = "form-token";

struct Still;

impl Clock for Still {
    fn now(&self) -> jiff::Timestamp {
        AT.parse().unwrap()
    }
}

#[derive(Default)]
struct Counted(AtomicU64);

impl Random for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let n = self.0.fetch_add(1, Ordering::SeqCst);
            part.copy_from_slice(&Sha256::digest(n.to_be_bytes())[..part.len()]);
        }
    }
}

struct House {
    app: App,
    _folder: tempfile::TempDir,
}

/// A unit and its people, each named by their role and signed in.
async fn people(tx: &mut Tx, (code, name): (&str, &str), roles: &[&str]) {
    let unit = NewUnit {
        code,
        name,
        name_key: code,
        kind: "so",
        parent_name: "Ủy ban nhân dân Tỉnh Mẫu",
        place: "Phan Sơn",
        supervises: false,
        created_at: AT,
    };
    let unit_id = tx.add_unit(&unit).await.unwrap();
    for role in roles {
        let account = NewAccount {
            unit_id,
            login: role,
            display_name: role,
            role,
            post: "",
            password_hash: "",
            must_change: false,
            created_at: AT,
        };
        let session = NewSession {
            token_hash: &Sha256::digest(role.as_bytes()),
            account_id: tx.add_account(&account).await.unwrap(),
            csrf: CSRF,
            language: "vi",
            created_at: AT,
            expires_at: "2026-03-06T03:00:00.000000Z",
        };
        tx.add_session(&session).await.unwrap();
    }
}

struct Answer {
    status: StatusCode,
    location: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl House {
    /// A unit `STM` with people of every role, a watch `KHCN`, each signed in under their login.
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = store::Db::open_sqlite(&folder.path().join("khien.db"), &[7; 32])
            .await
            .unwrap();
        store::migrate::migrate(&db).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.init_log().await.unwrap();
        let unit = ["van_thu", "can_bo", "thu_truong", "quan_tri"];
        people(&mut tx, ("STM", "Sở Thử Nghiệm"), &unit).await;
        people(&mut tx, ("KHCN", "Sở Khoa học Mẫu"), &["giam_sat"]).await;
        tx.commit().await.unwrap();
        let app = App {
            db,
            law: law::Pack::embedded().unwrap(),
            clock: Arc::new(Still),
            random: Arc::new(Counted::default()),
            signer: Arc::new(Signer {
                key: ed25519_dalek::SigningKey::from_bytes(&[3; 32]),
                origin: "khien/thu".to_owned(),
            }),
            passwords: PasswordCost::default(),
        };
        Self {
            app,
            _folder: folder,
        }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let answer = web::router(self.app.clone())
            .oneshot(request)
            .await
            .unwrap();
        let status = answer.status();
        let location = answer
            .headers()
            .get("location")
            .map_or("", |value| value.to_str().unwrap())
            .to_owned();
        let body = axum::body::to_bytes(answer.into_body(), 8 << 20)
            .await
            .unwrap();
        Answer {
            status,
            location,
            body: body.to_vec(),
        }
    }

    async fn get(&self, login: &str, path: &str) -> Answer {
        let request = Request::get(path)
            .header("cookie", format!("khien_session={login}"))
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    async fn post(&self, login: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut fields = form_urlencoded::Serializer::new(String::new());
        fields.append_pair("csrf", CSRF);
        fields.extend_pairs(form);
        let request = Request::post(path)
            .header("cookie", format!("khien_session={login}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(fields.finish()))
            .unwrap();
        self.send(request).await
    }

    async fn upload(&self, login: &str, path: &str, csrf: &str, bytes: &[u8]) -> Answer {
        let mut body = format!(
            "--line\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--line\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"tep\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--line--\r\n");
        let request = Request::post(path)
            .header("cookie", format!("khien_session={login}"))
            .header("content-type", "multipart/form-data; boundary=line")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    async fn seeded(&self) -> app::watch::seed::Seeded {
        let who = self.app.acting("giam_sat").await.unwrap();
        let owner = app::watch::seed::Owner {
            code: "STM",
            name: "Sở Thử Nghiệm",
        };
        app::watch::seed::make(&self.app, &who, owner)
            .await
            .unwrap()
    }
}

const PAGES: [&str; 10] = [
    "/watch/sources",
    "/watch/sources/1",
    "/watch/runs",
    "/watch/runs/1",
    "/watch/objects",
    "/watch/findings",
    "/watch/findings/1",
    "/watch/leaks",
    "/watch/trends",
    "/watch/summary",
];

#[tokio::test]
async fn the_watch_is_there_for_its_officer_and_absent_for_everybody_else() {
    let house = House::open().await;
    house.seeded().await;
    for page in PAGES {
        let answer = house.get("giam_sat", page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        let text = answer.text();
        assert!(
            text.contains("href=\"/watch/leaks\"") && !text.contains("href=\"/books/di\""),
            "{page}"
        );
        assert!(!text.contains(" style="), "{page}");
        for login in ["van_thu", "can_bo", "thu_truong", "quan_tri"] {
            let answer = house.get(login, page).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{login} {page}");
        }
    }
    let menu = house.get("can_bo", "/").await.text();
    assert!(menu.contains("href=\"/cases\"") && !menu.contains("/watch/findings"));
    let menu = house.get("van_thu", "/").await.text();
    assert!(!menu.contains("href=\"/cases\""));
    for page in ["/cases", "/watch/hand-over/import"] {
        assert_eq!(
            house.get("giam_sat", page).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(house.get("can_bo", page).await.status, StatusCode::OK);
    }
    let head = house.get("thu_truong", "/watch/hand-over/import").await;
    assert_eq!(
        head.status,
        StatusCode::NOT_FOUND,
        "reads cases, opens none"
    );
    assert_eq!(
        house.get("thu_truong", "/cases").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_form_of_another_session_changes_nothing() {
    let house = House::open().await;
    house.seeded().await;
    let request = Request::post("/watch/findings/3/review")
        .header("cookie", "khien_session=giam_sat")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("csrf=other&verdict=true&version=1"))
        .unwrap();
    assert_eq!(house.send(request).await.status, StatusCode::FORBIDDEN);
    let answer = house
        .upload("giam_sat", "/watch/sources/1/reports", "other", b"{}")
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_run_shows_its_progress_until_it_ends() {
    let house = House::open().await;
    let form = [
        ("name", "Cổng mẫu"),
        ("kind", "portal"),
        ("place", "https://tinhmau.example/"),
        ("owner_name", "Sở Thử Nghiệm"),
    ];
    let wrong = house.post("giam_sat", "/watch/sources", &form[..3]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("(WATCH-01)") && wrong.text().contains("Đơn vị chủ quản"));
    assert!(
        wrong.text().contains("value=\"Cổng mẫu\""),
        "what was typed stays"
    );
    let added = house.post("giam_sat", "/watch/sources", &form).await;
    assert_eq!(added.location, "/watch/sources/1?done=watch-source");
    let started = house.post("giam_sat", "/watch/sources/1/runs", &[]).await;
    assert_eq!(started.location, "/watch/runs/1?done=watch-run");
    let page = house.get("giam_sat", "/watch/runs/1").await.text();
    assert!(page.contains("http-equiv=\"refresh\"") && !page.contains("<progress"));
    app::watch::begin_run(&house.app, 1, "w1", "r1")
        .await
        .unwrap();
    app::watch::set_total(&house.app, 1, 4).await.unwrap();
    let report = app::watch::Report {
        path: "a".to_owned(),
        sha256: "ab".repeat(32),
        kind: "txt".to_owned(),
        verdict: "clean".to_owned(),
        ..app::watch::Report::default()
    };
    app::watch::record_reports(&house.app, 1, vec![report])
        .await
        .unwrap();
    let page = house.get("giam_sat", "/watch/runs/1").await.text();
    assert!(page.contains("value=\"25\""), "{page}");
    let again = house.post("giam_sat", "/watch/sources/1/runs", &[]).await;
    assert!(again.text().contains("(WATCH-06)"));
    app::watch::end_run(&house.app, 1, app::watch::Ended::Failed("PORTAL-DOWN"))
        .await
        .unwrap();
    let page = house.get("giam_sat", "/watch/runs/1").await.text();
    assert!(!page.contains("http-equiv=\"refresh\"") && page.contains("PORTAL-DOWN"));
    let run = house.get("giam_sat", "/api/v1/watch/runs/1").await.json();
    assert_eq!(
        (&run["state"], &run["clean"]),
        (&"failed".into(), &1.into())
    );
}

#[tokio::test]
async fn a_finding_is_judged_taken_down_and_handed_over() {
    let house = House::open().await;
    house.seeded().await;
    let found = house
        .get("giam_sat", "/api/v1/watch/findings?state=new&how=text")
        .await
        .json();
    let one = &found["findings"][0];
    let (id, address) = (
        one["id"].as_i64().unwrap(),
        one["address"].as_str().unwrap().to_owned(),
    );
    let page = format!("/watch/findings/{id}");
    let path = |act: &str| format!("{page}/{act}");
    let version = one["version"].to_string();
    let wrong = [("verdict", "false"), ("version", version.as_str())];
    let refused = house.post("giam_sat", &path("review"), &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("(WATCH-11)"));
    let early = house.post("giam_sat", &path("hand-over"), &[]).await;
    assert!(early.text().contains("(WATCH-17)"));
    let right = [("verdict", "true"), ("version", version.as_str())];
    let judged = house.post("giam_sat", &path("review"), &right).await;
    assert_eq!(judged.location, format!("{page}?done=watch-judged"));
    let stale = house.post("giam_sat", &path("review"), &right).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let text = house.get("giam_sat", &page).await.text();
    assert!(text.contains("26/2020/NĐ-CP") && text.contains("không phải thời hạn của pháp luật"));
    // Ten o'clock in Vietnam is this minute.
    let step = |step: &'static str, time: &'static str| {
        [
            ("step", step),
            ("outcome", "done"),
            ("at_day", "2026-02-20"),
            ("at_time", time),
        ]
    };
    for (form, expected) in [
        (step("removed", "10:00"), "(WATCH-14)"),
        (step("asked", "09:59"), "(WATCH-16)"),
        (step("asked", "10:01"), "(WATCH-16)"),
        (step("asked", "mười giờ"), "(WATCH-16)"),
    ] {
        let refused = house.post("giam_sat", &path("takedown"), &form).await;
        assert!(refused.text().contains(expected), "{expected}");
    }
    let taken = house
        .post("giam_sat", &path("takedown"), &step("asked", "10:00"))
        .await;
    assert_eq!(taken.location, format!("{page}?done=watch-step"));
    let json = house
        .get("giam_sat", &format!("/api/v1{page}"))
        .await
        .json();
    assert_eq!(json["takedown"][1]["outcome"], "done");
    assert_eq!(json["report"]["at_once"], true);
    let made = house.post("giam_sat", &path("hand-over"), &[]).await;
    assert_eq!(made.location, format!("{page}?done=watch-handed-over"));
    let object = one["object"].to_string();
    let file = house
        .get("giam_sat", &format!("/watch/objects/{object}/hand-over"))
        .await;
    assert!(file.text().starts_with("khien-hand-over/1\n") && file.text().contains(&address));
    case(&house, &file.body).await;
}

async fn case(house: &House, file: &[u8]) {
    let path = "/watch/hand-over/import";
    let unknown = house.upload("can_bo", path, CSRF, file).await;
    assert!(unknown.text().contains("(WATCH-21)"));
    let key = house.app.sender_key().unwrap().to_string();
    let shown = house.get("giam_sat", "/watch/senders").await.text();
    assert!(shown.contains("khien/thu"));
    let refused = house
        .post("can_bo", "/watch/senders", &[("key", &key)])
        .await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let trusted = house
        .post("quan_tri", "/watch/senders", &[("key", &key)])
        .await;
    assert_eq!(trusted.location, "/watch/senders?done=sender");
    let mut altered = file.to_vec();
    let at = altered.iter().position(|byte| *byte == b'7').unwrap();
    altered[at] = b'8';
    let answer = house
        .upload("can_bo", "/api/v1/cases", CSRF, &altered)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["error"], "WATCH-22");
    let opened = house.upload("can_bo", path, CSRF, file).await;
    assert_eq!(opened.location, "/cases/1?done=case-opened");
    let again = house.upload("can_bo", "/api/v1/cases", CSRF, file).await;
    assert_eq!(again.json()["error"], "WATCH-24");
    let page = house.get("thu_truong", "/cases/1").await.text();
    assert!(page.contains("Sở Khoa học Mẫu") && !page.contains("action=\"/cases/1/close\""));
    let form = [
        ("outcome", "not_secret"),
        ("words", "đối chiếu, không phải bí mật"),
    ];
    let refused = house.post("thu_truong", "/cases/1/close", &form).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let closed = house.post("can_bo", "/cases/1/close", &form).await;
    assert_eq!(closed.location, "/cases/1?done=case-closed");
    let page = house.get("can_bo", "/cases/1").await.text();
    assert!(page.contains("Không phải bí mật nhà nước"));
    let list = house
        .get("can_bo", "/api/v1/cases?state=closed")
        .await
        .json();
    assert_eq!(list["cases"][0]["outcome"], "not_secret");
}

#[tokio::test]
async fn a_file_of_reports_comes_in_by_page_and_by_api() {
    let house = House::open().await;
    house.seeded().await;
    let line = format!(
        r#"{{"path":"ho-so.docx","member":null,"sha256":"{}","bytes":5,"type":"docx","verdict":"clean","level":null,"findings":[],"incomplete":[],"ms":1}}"#,
        "cd".repeat(32)
    );
    let taken = house
        .upload(
            "giam_sat",
            "/watch/sources/3/reports",
            CSRF,
            line.as_bytes(),
        )
        .await;
    assert!(
        taken.location.ends_with("?done=watch-reports"),
        "{}",
        taken.text()
    );
    let api = "/api/v1/watch/sources/3/reports";
    let taken = house.upload("giam_sat", api, CSRF, line.as_bytes()).await;
    assert_eq!(
        (taken.status, &taken.json()["clean"]),
        (StatusCode::CREATED, &1.into())
    );
    let refused = house.upload("giam_sat", api, CSRF, b"{\"path\":1}").await;
    assert_eq!(refused.json()["error"], "WATCH-07");
    let refused = house.upload("can_bo", api, CSRF, line.as_bytes()).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_summary_names_nobody() {
    let house = House::open().await;
    house.seeded().await;
    let page = house
        .get("giam_sat", "/watch/summary?from=2025-01-01")
        .await
        .text();
    let shown = page.split("<main").nth(1).unwrap();
    for name in ["tinhmau", "STM", "Sở", "MẬT", "Cổng thông tin điện tử"] {
        assert!(!shown.contains(name), "{name}");
    }
    let json = house
        .get("giam_sat", "/api/v1/watch/summary?from=2025-01-01")
        .await
        .json();
    assert_eq!((&json["confirmed"], &json["gone"]), (&2.into(), &1.into()));
    let wrong = house
        .get("giam_sat", "/api/v1/watch/summary?from=hôm%20nay")
        .await;
    assert_eq!(wrong.json()["error"], "WATCH-16");
    let pdf = house
        .get("giam_sat", "/watch/summary/pdf?from=2025-01-01")
        .await;
    assert!(pdf.body.starts_with(b"%PDF"));
    let months = house.get("giam_sat", "/api/v1/watch/trends").await.json();
    assert_eq!(months["months"].as_array().unwrap().len(), 12);
    let chart = house.get("giam_sat", "/watch/trends").await.text();
    assert!(chart.matches("<rect class=\"bar-bad\"").count() >= 2);
}

#[tokio::test]
async fn lists_go_page_by_page_and_take_only_known_filters() {
    let house = House::open().await;
    house.seeded().await;
    let first = house
        .get("giam_sat", "/watch/objects?source=1")
        .await
        .text();
    let second = house
        .get("giam_sat", "/watch/objects?source=1&page=2")
        .await
        .text();
    assert!(first.contains("rel=\"next\"") && second.contains("rel=\"prev\""));
    let rows = |page: &str| page.matches("<td class=\"break\">").count();
    assert_eq!(rows(&first), 50);
    assert!(rows(&second) > 0 && rows(&second) < 50);
    let odd = house
        .get("giam_sat", "/watch/findings?state=%22%3E%3Cscript%3E")
        .await
        .text();
    assert!(!odd.contains("<script>"));
}

/// Reports and a hand-over file by the command line, on a real installation.
#[tokio::test]
async fn commands_take_reports_and_hand_over_files() {
    let place = tempfile::tempdir().unwrap();
    let house = house::House::make(place.path(), Database::Folder, 1).await;
    let install = Install::open(&house.dir, house::PASSPHRASE, &house.database)
        .await
        .unwrap();
    let mut tx = install.db.begin().await.unwrap();
    let all = ["giam_sat", "can_bo", "quan_tri"];
    people(&mut tx, ("KHCN", "Sở Khoa học Mẫu"), &all).await;
    tx.commit().await.unwrap();
    let app = house::app(&install);
    let who = app.acting("giam_sat").await.unwrap();
    let source = domain::watch::source::Draft {
        name: "Hồ sơ gửi lên".to_owned(),
        kind: "upload".to_owned(),
        owner_code: "KHCN".to_owned(),
        owner_name: "Sở Khoa học Mẫu".to_owned(),
        ..Default::default()
    };
    app.add_watch_source(&who, None, &source).await.unwrap();
    install.close().await;
    let reports = place.path().join("quet.jsonl");
    let line = |verdict: &str, findings: &str| {
        format!(
            r#"{{"path":"a.pdf","member":null,"sha256":"{}","bytes":5,"type":"pdf","verdict":"{verdict}","level":null,"findings":[{findings}],"incomplete":[],"ms":1}}"#,
            "cd".repeat(32)
        )
    };
    let marking = r#"{"rule":"stamp.level","level":"mat","page":1,"bbox_mm":null,"how":"image","confidence":0.9,"excerpt":"MẬT"}"#;
    std::fs::write(&reports, line("clean", marking)).unwrap();
    let said = import(&house, &["scan", "--source=1"], &reports);
    assert_eq!(said.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&said.stderr).contains("WATCH-07"));
    std::fs::write(&reports, line("marked", marking)).unwrap();
    let said = import(&house, &["scan", "--source=1"], &reports);
    assert_eq!(said.status.code(), Some(1), "something is marked");
    assert!(String::from_utf8_lossy(&said.stdout).contains("1 new findings"));

    handed_over(&house, &who, place.path()).await;
}

fn import(house: &house::House, words: &[&str], file: &Path) -> Output {
    let words = [&["import"], words].concat();
    house.command(&words).arg(file).output().unwrap()
}

/// The found leak as a file, taken by the unit of the same installation.
async fn handed_over(house: &house::House, who: &app::Who, place: &Path) {
    let install = Install::open(&house.dir, house::PASSPHRASE, &house.database)
        .await
        .unwrap();
    let app = house::app(&install);
    let said = domain::watch::review::Said {
        verdict: "true".to_owned(),
        ..Default::default()
    };
    app.review_watch_finding(who, None, (1, 1), &said, app::watch::Scope::One)
        .await
        .unwrap();
    let file = app.hand_over(who, None, 1).await.unwrap();
    let key = app.sender_key().unwrap().to_string();
    install.close().await;
    let paper = place.join(&file.file_name);
    std::fs::write(&paper, &file.text).unwrap();
    let said = import(house, &["hand-over", "--as=can_bo"], &paper);
    assert!(String::from_utf8_lossy(&said.stderr).contains("WATCH-21"));
    let said = import(house, &["sender"], Path::new(&key));
    assert_eq!(
        said.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    let said = import(house, &["hand-over", "--as=can_bo"], &paper);
    assert_eq!(
        said.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    let said = import(house, &["hand-over", "--as=can_bo"], &paper);
    assert_eq!(said.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&said.stderr).contains("WATCH-24"));
}
