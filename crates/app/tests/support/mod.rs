//! An installation of a test: one unit, a clerk, a head, an administrator, a clock
//! that stands still and chance that repeats.

// Each test program uses a part of this.
#![expect(dead_code, reason = "shared by several test programs")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use app::accounts::PasswordCost;
use app::rows::EntryRow;
use app::{App, Clock, Random, Signer, Who};
use domain::Actor;
use domain::access::Role;
use law::BookKind;
use sha2::{Digest, Sha256};
use store::accounts::{NewAccount, NewSession, NewUnit};

/// A clock that shows what the test sets.
pub struct StillClock(AtomicI64);

impl StillClock {
    pub fn set(&self, at: &str) {
        let at: jiff::Timestamp = at.parse().unwrap();
        self.0.store(at.as_second(), Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Bytes counted out of SHA-256.
#[derive(Default)]
struct Counted(AtomicU64);

impl Random for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let n = self.0.fetch_add(1, Ordering::SeqCst);
            let block = Sha256::digest(n.to_be_bytes());
            part.copy_from_slice(&block[..part.len()]);
        }
    }
}

pub struct House {
    pub app: App,
    pub clock: Arc<StillClock>,
    pub clerk: Who,
    pub head: Who,
    pub admin: Who,
    _folder: Option<tempfile::TempDir>,
}

const AT: &str = "2026-01-02T01:00:00.000000Z";

impl House {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = store::Db::open_sqlite(&folder.path().join("khien.db"), &[7; 32])
            .await
            .unwrap();
        let house = Self::over(db).await;
        Self {
            _folder: Some(folder),
            ..house
        }
    }

    /// The same installation over an empty database.
    pub async fn over(db: store::Db) -> Self {
        store::migrate::migrate(&db).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.init_log().await.unwrap();
        let unit_id = tx
            .add_unit(&NewUnit {
                code: "STM",
                name: "Sở Thử Nghiệm",
                name_key: "so thu nghiem",
                kind: "so",
                parent_name: "Ủy ban nhân dân Tỉnh Mẫu",
                place: "Phan Sơn",
                supervises: false,
                created_at: AT,
            })
            .await
            .unwrap();
        let mut ids = Vec::new();
        let roles = [
            ("vanthu", Role::VanThu),
            ("thutruong", Role::ThuTruong),
            ("quantri", Role::QuanTri),
        ];
        for (login, role) in roles {
            let new = NewAccount {
                unit_id,
                login,
                display_name: login,
                role: role.code(),
                post: "giam_doc_so",
                password_hash: "",
                must_change: false,
                created_at: AT,
            };
            ids.push((tx.add_account(&new).await.unwrap(), login, role));
        }
        tx.commit().await.unwrap();
        let unit = db.unit(unit_id).await.unwrap().unwrap();
        let clock = Arc::new(StillClock(AtomicI64::new(0)));
        clock.set("2026-02-20T03:00:00Z");
        let who = |(account, login, role): (i64, &str, Role)| Who {
            actor: Actor {
                account,
                unit: unit_id,
                role,
                supervises: false,
                post: "giam_doc_so".to_owned(),
                name: format!("Người {login}"),
            },
            unit: unit.clone(),
            login: login.to_owned(),
            language: "vi".to_owned(),
            csrf: String::new(),
            must_change: false,
            has_totp: false,
        };
        let app = App {
            db,
            law: law::Pack::embedded().unwrap(),
            clock: clock.clone(),
            random: Arc::new(Counted::default()),
            signer: Arc::new(Signer {
                key: ed25519_dalek::SigningKey::from_bytes(&[3; 32]),
                origin: "khien/thu".to_owned(),
            }),
            passwords: PasswordCost::default(),
        };
        Self {
            app,
            clock,
            clerk: who(ids[0]),
            head: who(ids[1]),
            admin: who(ids[2]),
            _folder: None,
        }
    }

    pub async fn serial(&self, kind: BookKind, year: i64, serial: i64) -> EntryRow {
        let found = self
            .app
            .db
            .entry_by_serial(self.clerk.actor.unit, kind.code(), year, serial)
            .await;
        found.unwrap().unwrap()
    }

    /// Opens a session for a person; the answer is the cookie's secret.
    pub async fn session(&self, who: &Who) -> String {
        let token = self.app.secret();
        let mut tx = self.app.db.begin().await.unwrap();
        tx.add_session(&NewSession {
            token_hash: &Sha256::digest(token.as_bytes()),
            account_id: who.actor.account,
            csrf: "form-token",
            language: "vi",
            created_at: "2026-03-05T03:00:00.000000Z",
            expires_at: "2026-03-06T03:00:00.000000Z",
        })
        .await
        .unwrap();
        tx.commit().await.unwrap();
        token
    }

    /// What no use case does: a statement straight to the database.
    pub async fn run(&self, sql: &str) {
        let mut tx = self.app.db.begin().await.unwrap();
        tx.run(sql, &[]).await.unwrap();
        tx.commit().await.unwrap();
    }
}
