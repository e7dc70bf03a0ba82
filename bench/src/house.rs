//! The installation that is measured: made and filled once, then used again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use app::accounts::PasswordCost;
use app::{App, Signer, Who};
use store::accounts::{NewAccount, NewUnit};
use store::books::{EntryRow, book_series};
use store::install::{Database, Install, New};
use store::keys::Cost;

use crate::tell::{rate, say};
use crate::text::{Dice, sentence};

/// Entries in one transaction while filling.
const BATCH: i64 = 5_000;
/// One line in so many is voided.
const VOIDED: i64 = 200;
pub const YEAR: i64 = 2026;
/// The book that is filled.
pub const KIND: &str = "den";
/// Writes books.
pub const CLERK: &str = "vanthu.do";
/// Reads books and writes none: the least privileged role that reads them.
pub const READER: &str = "thutruong.do";
pub const PASSWORD: &str = "mật khẩu để đo 2026";
pub const PASSPHRASE: &str = "câu mật khẩu của bản đo";

pub struct House {
    install: Install,
    pub app: App,
    pub clerk: Who,
    pub reader: Who,
}

impl House {
    /// The database.
    pub fn file(&self) -> PathBuf {
        self.install.dir().join(store::install::DATABASE)
    }

    pub async fn close(self) {
        drop(self.app);
        self.install.close().await;
    }
}

struct RealClock;

impl app::Clock for RealClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "measures the program with the clock that it has"
    )]
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }
}

struct RealRandom;

impl app::Random for RealRandom {
    fn fill(&self, bytes: &mut [u8]) {
        fill_random(bytes);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures the program with the randomness that it has"
)]
fn fill_random(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        say("the system gives no random bytes");
        std::process::abort();
    }
}

/// The folder of the installation inside the folder of the bench.
pub fn place(folder: &Path) -> PathBuf {
    folder.join("house")
}

/// Opens the installation of a folder, makes it if there is none, and fills its
/// book up to a number of entries.
pub async fn open(folder: &Path, entries: i64) -> anyhow::Result<House> {
    std::fs::create_dir_all(folder)?;
    let house = at(&place(folder)).await?;
    fill(&house, entries).await?;
    Ok(house)
}

/// Opens or makes an installation with a unit, a clerk and a reader.
pub async fn at(dir: &Path) -> anyhow::Result<House> {
    let made = dir.join(store::keys::FILE).exists();
    let install = if made {
        Install::open(dir, PASSPHRASE, &Database::Folder).await?
    } else {
        let new = New {
            name: "khien/do",
            passphrase: PASSPHRASE,
            cost: Cost::INIT,
            database: &Database::Folder,
        };
        Install::create(dir, new, &mut fill_random).await?
    };
    let law = law::Pack::embedded().map_err(|_| anyhow::anyhow!("law pack"))?;
    let app = App {
        db: install.db.clone(),
        law,
        clock: Arc::new(RealClock),
        random: Arc::new(RealRandom),
        signer: Arc::new(Signer {
            key: ed25519_dalek::SigningKey::from_bytes(install.keys.signing_seed()),
            origin: install.keys.name().to_owned(),
        }),
        passwords: PasswordCost::default(),
    };
    if !made {
        people(&app).await?;
    }
    Ok(House {
        clerk: app.acting(CLERK).await?,
        reader: app.acting(READER).await?,
        install,
        app,
    })
}

async fn people(app: &App) -> anyhow::Result<()> {
    let password_hash = app.hash_new_password(PASSWORD)?;
    let mut tx = app.db.begin().await?;
    let unit = tx
        .add_unit(&NewUnit {
            code: "DO",
            name: "Đơn vị đo",
            name_key: "don vi do",
            kind: "so",
            parent_name: "",
            place: "Tỉnh Thử",
            supervises: false,
            created_at: "2026-01-01T00:00:00.000000Z",
        })
        .await?;
    for (login, role) in [(CLERK, "van_thu"), (READER, "thu_truong")] {
        tx.add_account(&NewAccount {
            unit_id: unit,
            login,
            display_name: "Người Đo",
            role,
            post: "",
            password_hash: &password_hash,
            must_change: false,
            created_at: "2026-01-01T00:00:00.000000Z",
        })
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Fills the incoming book up to a number of entries.
pub async fn fill(house: &House, entries: i64) -> anyhow::Result<()> {
    let unit = house.clerk.actor.unit;
    let there = house.app.db.last_serial(unit, KIND, YEAR).await?;
    if there >= entries {
        say(&format!("filled before: {there} entries"));
        return Ok(());
    }
    let started = Instant::now();
    let mut done = there;
    while done < entries {
        let mut tx = house.app.db.begin().await?;
        let to = (done + BATCH).min(entries);
        while done < to {
            done = line(&mut tx, &house.clerk, entries).await?;
        }
        tx.commit().await?;
        if done % (BATCH * 10) == 0 {
            say(&format!("  filling: {done} of {entries}"));
        }
    }
    say(&format!(
        "fill: {:.0} entries/s in transactions of {BATCH}",
        rate(usize::try_from(entries - there)?, started.elapsed())
    ));
    Ok(())
}

/// One line with its words, request mark and ledger event, as the use case writes it.
async fn line(tx: &mut store::Tx, who: &Who, entries: i64) -> anyhow::Result<i64> {
    let unit = who.actor.unit;
    let serial = tx.next_number(&book_series(unit, KIND, YEAR)).await?;
    let mut dice = Dice::new(serial);
    let row = row(who, serial, entries, &mut dice);
    let words: Vec<String> = [
        row.number_symbol.as_str(),
        &row.doc_type,
        row.subject.as_deref().unwrap_or_default(),
        &row.issuer,
        &row.recipient,
        &row.receiver_sign,
        &row.arrival_number,
    ]
    .into_iter()
    .flat_map(app::words::words)
    .collect();
    let id = tx.add_entry(&row, &words).await?;
    let facts = [
        ("book", KIND.to_owned()),
        ("year", YEAR.to_string()),
        ("serial", serial.to_string()),
    ];
    let text = app::books::entry_text(&row);
    record(tx, who, ("entry.registered", id), &facts, &text, &mut dice).await?;
    let request = format!("{:016x}{:016x}", dice.next(), dice.next());
    tx.claim_request(&request, who.actor.account, &row.created_at)
        .await?;
    tx.finish_request(&request, who.actor.account, "done")
        .await?;
    if serial % VOIDED == 0 {
        tx.close_entry(id, "voided", "ghi nhầm", None).await?;
        record(tx, who, ("entry.voided", id), &facts, "ghi nhầm", &mut dice).await?;
    }
    Ok(serial)
}

/// The ledger event of an act on a line.
async fn record(
    tx: &mut store::Tx,
    who: &Who,
    (kind, id): (&str, i64),
    facts: &[(&str, String)],
    text: &str,
    dice: &mut Dice,
) -> anyhow::Result<()> {
    let salt = [dice.next().to_be_bytes(), dice.next().to_be_bytes()];
    let salt: &[u8; 16] = salt.as_flattened().try_into()?;
    let digest = ("digest", app::act::salted_digest(salt, text));
    let object = format!("entry:{id}");
    let bytes = ledger::Event {
        kind: kind.to_owned(),
        at: "2026-06-01T01:00:00.000000Z".to_owned(),
        actor: format!("account:{}", who.actor.account),
        object: object.clone(),
        fields: facts
            .iter()
            .chain([&digest])
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    }
    .encode(salt)?;
    tx.append_events(&[(Some(who.actor.unit), kind, &object, &bytes)])
        .await?;
    Ok(())
}

fn row(who: &Who, serial: i64, entries: i64, dice: &mut Dice) -> EntryRow {
    let day = serial * 260 / entries.max(1);
    let entry_date = format!("2026-{:02}-{:02}", 3 + day / 28 % 8, 1 + day % 28);
    let level = ["mat", "mat", "mat", "toi_mat"].get(dice.below(4));
    let number = dice.below(20_000);
    EntryRow {
        id: 0,
        unit_id: who.actor.unit,
        kind: KIND.to_owned(),
        year: YEAR,
        serial,
        edition: "2026".to_owned(),
        document_id: None,
        number_symbol: format!("{number}/UBND-NC{serial}"),
        number_key: format!("{number}/ubnd-nc{serial}"),
        doc_date: Some(entry_date.clone()),
        entry_date,
        doc_type: "Công văn".to_owned(),
        subject: Some(format!("Về việc {}", sentence(dice, 14))),
        subject_consent: None,
        level: level.map(|level| (*level).to_owned()),
        signer: String::new(),
        issuer: format!("Văn phòng {}", sentence(dice, 2)),
        recipient: format!("Phòng {}", sentence(dice, 2)),
        receiver_sign: sentence(dice, 3),
        holder: String::new(),
        quantity: Some(1),
        copy_numbers: String::new(),
        arrival_number: serial.to_string(),
        envelope: String::new(),
        form: String::new(),
        permitted_by: String::new(),
        performed_by: String::new(),
        surplus: String::new(),
        note: String::new(),
        state: "active".to_owned(),
        reason: None,
        corrects_serial: None,
        corrected_by_serial: None,
        corrected_by_year: None,
        level_serial: None,
        imported: false,
        late: false,
        created_by: who.actor.account,
        created_at: "2026-06-01T01:00:00.000000Z".to_owned(),
    }
}

/// Size of a file in MB of 1,000,000 bytes.
pub fn megabytes(file: &Path) -> anyhow::Result<u64> {
    let size = std::fs::metadata(file).with_context(|| file.display().to_string())?;
    Ok(size.len() / 1_000_000)
}
