//! What the tests of this program share.

use std::path::Path;

use store::keys::Cost;
use store::{Db, install, migrate};

/// The instant at which tests write.
pub const NOW: &str = "2026-03-02T08:00:00Z";
/// A key for tests that need a database and no key file.
pub const KEY: [u8; 32] = *b"khien test key, thirty-two bytes";
/// The cheapest guess that Argon2 allows: these tests are about other things.
pub const CHEAP: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};
pub const NAME: &str = "khien.test/T01";
pub const PASSPHRASE: &str = "mật khẩu thử nghiệm";

/// SplitMix64: the same seed gives the same bytes.
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next().to_le_bytes()[0];
        }
    }
}

/// Random bytes as the store takes them.
pub fn random(seed: u64) -> impl FnMut(&mut [u8]) + Send {
    let mut seeded = Seeded::new(seed);
    move |bytes: &mut [u8]| seeded.fill(bytes)
}

/// A new installation with its rows in the folder.
pub fn new() -> install::New<'static> {
    install::New {
        name: NAME,
        passphrase: PASSPHRASE,
        cost: CHEAP,
        database: &install::Database::Folder,
    }
}

/// An encrypted database with schema and empty ledger.
pub async fn sqlite(dir: &Path) -> Db {
    let db = Db::open_sqlite(&dir.join("khien.db"), &KEY).await.unwrap();
    begin(&db).await;
    db
}

/// A PostgreSQL database with schema and empty ledger.
pub async fn postgres(server: &khien_testkit::Postgres) -> Db {
    let db = Db::open_postgres(&server.database().unwrap())
        .await
        .unwrap();
    begin(&db).await;
    db
}

pub async fn begin(db: &Db) {
    migrate::migrate(db).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    tx.init_log().await.unwrap();
    tx.commit().await.unwrap();
}
