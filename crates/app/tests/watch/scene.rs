//! A watch with its people and a portal, and short ways to say what a story says often.

use app::rows::{FindingQuery, FindingRow};
use app::watch::{self, Ended, HandOverFile, Marking, Report, RunTask, Scope};
use app::{AppError, Who, jobs};
use domain::watch::source::Draft;
use domain::watch::takedown::Step;
use domain::watch::{review, takedown};
use store::accounts::{NewAccount, NewUnit};

use crate::support::House;

pub const AT: &str = "2026-01-02T01:00:00.000000Z";
pub const RULES: &str = "r1";

/// A watch beside the unit `STM` that owns the portal.
pub struct Scene {
    pub house: House,
    pub watch: Who,
    pub officer: Who,
}

impl Scene {
    pub async fn over(house: House) -> Self {
        let mut tx = house.app.db.begin().await.unwrap();
        let unit = NewUnit {
            code: "KHCN",
            name: "Sở Khoa học Mẫu",
            name_key: "so khoa hoc mau",
            kind: "so",
            parent_name: "Ủy ban nhân dân Tỉnh Mẫu",
            place: "Phan Sơn",
            supervises: false,
            created_at: AT,
        };
        let watch = tx.add_unit(&unit).await.unwrap();
        for (unit_id, login, role) in [
            (watch, "giamsat", "giam_sat"),
            (house.clerk.actor.unit, "canbo", "can_bo"),
        ] {
            let account = NewAccount {
                unit_id,
                login,
                display_name: login,
                role,
                post: "",
                password_hash: "",
                must_change: false,
                created_at: AT,
            };
            tx.add_account(&account).await.unwrap();
        }
        tx.commit().await.unwrap();
        Self {
            watch: house.app.acting("giamsat").await.unwrap(),
            officer: house.app.acting("canbo").await.unwrap(),
            house,
        }
    }

    pub async fn sqlite() -> Self {
        Self::over(House::open().await).await
    }

    pub fn at(&self, at: &str) {
        self.house.clock.set(at);
    }

    pub async fn source(&self) -> i64 {
        let app = &self.house.app;
        app.add_watch_source(&self.watch, None, &draft())
            .await
            .unwrap()
    }

    /// One look at a source by one worker.
    pub async fn look(&self, source: i64, reports: Vec<Report>) -> i64 {
        let app = &self.house.app;
        let run = app
            .start_watch_run(&self.watch, None, source)
            .await
            .unwrap();
        let job = jobs::lease(app, "w1", jobs::RUN, 1)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(RunTask::parse(&job.payload).unwrap().run, run);
        watch::begin_run(app, run, "w1", RULES).await.unwrap();
        watch::record_reports(app, run, reports).await.unwrap();
        watch::end_run(app, run, Ended::Done).await.unwrap();
        assert!(jobs::finish(app, "w1", job.id).await.unwrap());
        run
    }

    pub async fn findings(&self, state: &str) -> Vec<FindingRow> {
        let query = FindingQuery {
            state: state.to_owned(),
            ..FindingQuery::default()
        };
        let app = &self.house.app;
        app.watch_findings(&self.watch, &query).await.unwrap().0
    }

    pub async fn judge(&self, finding: &FindingRow, said: &review::Said) -> Result<(), AppError> {
        let app = &self.house.app;
        let key = (finding.id, finding.version);
        app.review_watch_finding(&self.watch, None, key, said, Scope::Object)
            .await
    }

    pub async fn step(
        &self,
        object: i64,
        step: Step,
        at: &str,
        note: &str,
    ) -> Result<(), AppError> {
        let said = takedown::Said {
            step: step.code().to_owned(),
            outcome: "done".to_owned(),
            at: at.to_owned(),
            note: note.to_owned(),
        };
        let app = &self.house.app;
        app.take_watch_step(&self.watch, None, object, &said).await
    }

    /// A confirmed leak of the unit `STM`, and its file.
    pub async fn handed_over(&self) -> (i64, HandOverFile) {
        let source = self.source().await;
        self.look(source, vec![marked("a.pdf", "a")]).await;
        let finding = self.findings("new").await.remove(0);
        self.judge(&finding, &said("true")).await.unwrap();
        let app = &self.house.app;
        let file = app
            .hand_over(&self.watch, None, finding.object_id)
            .await
            .unwrap();
        (finding.object_id, file)
    }

    pub async fn trust(&self) {
        let app = &self.house.app;
        let key = app.sender_key().unwrap().to_string();
        app.trust_sender(&self.house.admin, &key).await.unwrap();
    }

    pub async fn take(&self, text: &str) -> Result<i64, AppError> {
        let app = &self.house.app;
        app.take_hand_over(&self.officer, None, text.as_bytes())
            .await
    }

    pub async fn events(&self, object: &str) -> Vec<String> {
        let found = self.house.app.db.events_of_object(object).await.unwrap();
        found.into_iter().map(|event| event.kind).collect()
    }
}

pub fn draft() -> Draft {
    Draft {
        name: "Cổng thông tin".to_owned(),
        kind: "portal".to_owned(),
        place: "https://tinhmau.example/".to_owned(),
        owner_code: "STM".to_owned(),
        owner_name: "Sở Thử Nghiệm".to_owned(),
        every: "7".to_owned(),
        ..Draft::default()
    }
}

pub fn sha(content: &str) -> String {
    use sha2::{Digest, Sha256};
    ledger::digest::hex(&Sha256::digest(content.as_bytes()))
}

pub fn clean(path: &str, content: &str) -> Report {
    Report {
        path: path.to_owned(),
        sha256: sha(content),
        bytes: 10,
        kind: "pdf".to_owned(),
        verdict: "clean".to_owned(),
        ..Report::default()
    }
}

pub fn marked(path: &str, content: &str) -> Report {
    let marking = |rule: &str| Marking {
        rule: rule.to_owned(),
        level: Some("mat".to_owned()),
        page: Some(1),
        bbox_mm: Some([25.1, 48.0, 20.2, 8.1]),
        how: "image".to_owned(),
        confidence: 0.97,
        excerpt: "MẬT".to_owned(),
    };
    Report {
        verdict: "marked".to_owned(),
        level: Some("mat".to_owned()),
        findings: vec![marking("stamp.level"), marking("number.secret")],
        ..clean(path, content)
    }
}

pub fn said(verdict: &str) -> review::Said {
    review::Said {
        verdict: verdict.to_owned(),
        ..review::Said::default()
    }
}

pub fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
    result.unwrap_err().code().to_owned()
}
