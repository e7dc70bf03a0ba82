//! A prepared installation and the real server on it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use app::accounts::PasswordCost;
use app::{App, Clock, Random, Signer};
use store::accounts::{NewAccount, NewUnit};
use store::install::{Database, Install, New};
use store::keys::Cost;

pub const PASSPHRASE: &str = "câu mật khẩu của bài thử";
pub const PASSWORD: &str = "mat-khau-bai-thu";
const AT: &str = "2025-01-02T01:00:00.000000Z";
/// The cheapest guess that Argon2 allows: these tests are about other things.
const CHEAP: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};

/// SplitMix64: the same seed gives the same bytes.
pub struct Seeded(pub u64);

impl Seeded {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> jiff::Timestamp {
        AT.parse().unwrap()
    }
}

struct Same;

impl Random for Same {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// Folder of an installation with one unit and `clerks` accounts `vanthu0`, `vanthu1`...
pub struct House {
    pub dir: PathBuf,
    pub database: Database,
    secret: PathBuf,
}

impl House {
    pub async fn make(place: &Path, database: Database, clerks: usize) -> Self {
        let dir = place.join("data");
        let mut seeded = Seeded(5);
        let mut random = move |bytes: &mut [u8]| {
            for byte in bytes {
                *byte = seeded.below(256).to_le_bytes()[0];
            }
        };
        let new = New {
            name: "khien.test/T01",
            passphrase: PASSPHRASE,
            cost: CHEAP,
            database: &database,
        };
        let install = Install::create(&dir, new, &mut random).await.unwrap();
        let hash = app(&install).hash_new_password(PASSWORD).unwrap();
        let mut tx = install.db.begin().await.unwrap();
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
        for n in 0..clerks {
            let account = NewAccount {
                unit_id,
                login: &format!("vanthu{n}"),
                display_name: &format!("Văn thư {n}"),
                role: "van_thu",
                post: "",
                password_hash: &hash,
                must_change: false,
                created_at: AT,
            };
            tx.add_account(&account).await.unwrap();
        }
        tx.commit().await.unwrap();
        install.close().await;
        let secret = place.join("passphrase.txt");
        std::fs::write(&secret, PASSPHRASE).unwrap();
        Self {
            dir,
            database,
            secret,
        }
    }

    /// A command of the program on this installation.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_khien"));
        command
            .args(words)
            .arg("--passphrase-file")
            .arg(&self.secret)
            .arg("--data")
            .arg(&self.dir);
        if let Database::Postgres(url) = &self.database {
            command.args(["--database-url", url]);
        }
        command
    }

    /// Starts the server; the answer is its process and address.
    pub fn serve(&self) -> (Child, String) {
        let mut server = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
        for line in lines.by_ref() {
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("http://") {
                let address = address.to_owned();
                // Somebody must read on, or the server waits for it.
                std::thread::spawn(move || lines.for_each(drop));
                return (server, address);
            }
            said.push_str(&line);
        }
        server.wait().unwrap();
        panic!("the server did not start: {said}");
    }
}

/// The use cases over an installation, at the time of its making.
pub fn app(install: &Install) -> App {
    App {
        db: install.db.clone(),
        law: law::Pack::embedded().unwrap(),
        clock: Arc::new(Still),
        random: Arc::new(Same),
        signer: Arc::new(Signer {
            key: ed25519_dalek::SigningKey::from_bytes(install.keys.signing_seed()),
            origin: install.keys.name().to_owned(),
        }),
        passwords: PasswordCost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        },
    }
}
