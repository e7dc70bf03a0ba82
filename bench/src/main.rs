//! Figures of the hot paths of the store, each against a floor measured in the
//! same run. Usage: `cargo run --release -p bench -- [entries]`.
//!
//! Nothing here asserts a time: it prints, a person reads.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use store::accounts::{NewAccount, NewUnit};
use store::books::{EntryRow, ListQuery, Sort};
use store::{Db, args, migrate};

/// Entries in one transaction while filling.
const BATCH: i64 = 5_000;
/// Reads of each kind.
const READS: usize = 400;
/// Durable commits of each kind.
const COMMITS: usize = 300;
const KEY: [u8; 32] = [7; 32];
const SYLLABLES: [&str; 24] = [
    "bao", "cao", "kiem", "tra", "ra", "soat", "danh", "muc", "to", "chuc", "can", "bo", "phuong",
    "an", "dien", "tap", "khu", "vuc", "thu", "hoi", "hoi", "nghi", "so", "lieu",
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let entries: i64 = std::env::args()
        .nth(1)
        .map_or(Ok(100_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let db = Db::open_sqlite(&folder.path().join("bench.db"), &KEY).await?;
    migrate::migrate(&db).await?;
    let (unit, account) = house(&db).await?;
    say(&format!(
        "entries {entries}, SQLCipher, WAL, synchronous=FULL"
    ));

    let started = Instant::now();
    fill(&db, unit, account, entries).await?;
    let seconds = started.elapsed().as_secs_f64();
    say(&format!(
        "fill: {:.0} entries/s in batches of {BATCH}",
        to_f64(entries) / seconds
    ));

    durable(&db, unit, account).await?;
    lists(&db, unit, entries).await?;

    let started = Instant::now();
    let (size, _) = db.verify_log().await?;
    say(&format!(
        "ledger verify: {size} events in {:.2} s",
        started.elapsed().as_secs_f64()
    ));
    let started = Instant::now();
    let middle = size / 2;
    let proof = db.inclusion(middle, size).await?;
    say(&format!(
        "inclusion proof: {} hashes in {:.2} ms",
        proof.len(),
        ms(started.elapsed())
    ));
    say(&format!("resident memory: {} MiB", resident_mib()?));
    db.close().await;
    Ok(())
}

fn say(line: &str) {
    // Nobody is left to tell when stdout is closed.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn to_f64(n: i64) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

async fn house(db: &Db) -> anyhow::Result<(i64, i64)> {
    let mut tx = db.begin().await?;
    tx.init_log().await?;
    let unit = tx
        .add_unit(&NewUnit {
            code: "b",
            name: "Đơn vị đo",
            name_key: "don vi do",
            kind: "so",
            parent_name: "",
            place: "",
            supervises: false,
            created_at: "",
        })
        .await?;
    let account = tx
        .add_account(&NewAccount {
            unit_id: unit,
            login: "bench",
            display_name: "bench",
            role: "van_thu",
            post: "",
            password_hash: "",
            must_change: false,
            created_at: "",
        })
        .await?;
    tx.commit().await?;
    Ok((unit, account))
}

fn words(n: i64) -> Vec<String> {
    let mut state = u64::try_from(n)
        .unwrap_or(0)
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1);
    let mut list: Vec<String> = (0..8)
        .filter_map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let index = usize::try_from(state >> 33).ok()? % SYLLABLES.len();
            SYLLABLES.get(index).map(|word| (*word).to_owned())
        })
        .collect();
    list.push(n.to_string());
    list.sort();
    list.dedup();
    list
}

fn row(unit: i64, account: i64, serial: i64) -> EntryRow {
    let subject = words(serial).join(" ");
    EntryRow {
        id: 0,
        unit_id: unit,
        kind: "den".to_owned(),
        year: 2026,
        serial,
        edition: "2026".to_owned(),
        document_id: None,
        entry_date: "2026-06-01".to_owned(),
        number_symbol: format!("{serial}/UBND-NC"),
        number_key: format!("{serial}/ubnd-nc"),
        doc_date: Some("2026-05-30".to_owned()),
        doc_type: "Công văn".to_owned(),
        subject: Some(subject),
        subject_consent: None,
        level: Some("mat".to_owned()),
        signer: String::new(),
        issuer: "Văn phòng UBND tỉnh".to_owned(),
        recipient: "Phòng Tổ chức".to_owned(),
        receiver_sign: String::new(),
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
        imported: false,
        late: false,
        created_by: account,
        created_at: "2026-06-01T01:00:00.000000Z".to_owned(),
    }
}

/// One entry with its words and its ledger event, as the use case writes it.
async fn write(tx: &mut store::Tx, unit: i64, account: i64) -> anyhow::Result<()> {
    let serial = tx
        .next_number(&store::books::book_series(unit, "den", 2026))
        .await?;
    let id = tx
        .add_entry(&row(unit, account, serial), &words(serial))
        .await?;
    let event = ledger::Event {
        kind: "entry.registered".to_owned(),
        at: "2026-06-01T01:00:00.000000Z".to_owned(),
        actor: format!("account:{account}"),
        object: format!("entry:{id}"),
        fields: [("serial".to_owned(), serial.to_string())].into(),
    };
    let bytes = event.encode(&[9; 16])?;
    tx.append_events(&[(Some(unit), "entry.registered", "entry", &bytes)])
        .await?;
    Ok(())
}

async fn fill(db: &Db, unit: i64, account: i64, entries: i64) -> anyhow::Result<()> {
    let mut left = entries;
    while left > 0 {
        let mut tx = db.begin().await?;
        for _ in 0..left.min(BATCH) {
            write(&mut tx, unit, account).await?;
        }
        tx.commit().await?;
        left -= BATCH;
    }
    Ok(())
}

/// One entry a commit, in turn with a bare one-row commit on the same file.
async fn durable(db: &Db, unit: i64, account: i64) -> anyhow::Result<()> {
    let (mut entry, mut bare) = (Duration::ZERO, Duration::ZERO);
    for n in 0..COMMITS {
        let started = Instant::now();
        let mut tx = db.begin().await?;
        write(&mut tx, unit, account).await?;
        tx.commit().await?;
        entry += started.elapsed();
        let started = Instant::now();
        let mut tx = db.begin().await?;
        tx.run(
            store::accounts::SETTING_PUT,
            &args![format!("bare{n}"), "x"],
        )
        .await?;
        tx.commit().await?;
        bare += started.elapsed();
    }
    let rate =
        |time: Duration| f64::from(u32::try_from(COMMITS).unwrap_or(u32::MAX)) / time.as_secs_f64();
    say(&format!(
        "durable: {:.0} entries/s, bare commits {:.0}/s, ratio {:.2}",
        rate(entry),
        rate(bare),
        rate(entry) / rate(bare)
    ));
    Ok(())
}

async fn lists(db: &Db, unit: i64, entries: i64) -> anyhow::Result<()> {
    let base = ListQuery {
        unit_id: unit,
        kind: "den".to_owned(),
        year: 2026,
        page: 1,
        ..ListQuery::default()
    };
    let word = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let queries = [
        ("list, first page", base.clone()),
        (
            "list, middle page",
            ListQuery {
                page: entries / 100,
                ..base.clone()
            },
        ),
        (
            "list by number",
            ListQuery {
                sort: Sort::Number,
                ..base.clone()
            },
        ),
        (
            "search, one number",
            ListQuery {
                words: word(&(entries / 2).to_string()),
                ..base.clone()
            },
        ),
        (
            "search, common word",
            ListQuery {
                words: word("kiem"),
                ..base.clone()
            },
        ),
        (
            "search, three common words",
            ListQuery {
                words: word("kiem tra soat"),
                ..base.clone()
            },
        ),
    ];
    for (name, query) in queries {
        let mut times = Vec::with_capacity(READS);
        for _ in 0..READS {
            let started = Instant::now();
            db.entries(&query).await?;
            times.push(started.elapsed());
        }
        times.sort();
        let at = |share: usize| {
            times
                .get(times.len() * share / 100)
                .copied()
                .context("no reads")
        };
        say(&format!(
            "{name}: p50 {:.2} ms, p95 {:.2} ms",
            ms(at(50)?),
            ms(at(95)?)
        ));
    }
    Ok(())
}

fn resident_mib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .context("no VmRSS")?;
    let kib: u64 = line
        .split_whitespace()
        .nth(1)
        .context("no figure")?
        .parse()?;
    Ok(kib / 1_024)
}
