//! Acts a second, each acknowledged only when it is durable, against bare
//! one-row commits on the same file through the same driver.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use app::{App, Who};
use domain::book::Draft;
use law::BookKind;
use store::args;

use crate::house::House;
use crate::tell::{rate, say, spread};
use crate::text::{Dice, sentence};

/// Acts of each kind and number of clerks.
const ACTS: usize = 480;

#[derive(Clone)]
struct Desk {
    app: App,
    clerk: Who,
    /// The database.
    file: PathBuf,
}

#[derive(Clone, Copy)]
enum Work {
    /// A one-row commit.
    Bare,
    /// A line of the transfer book: line, words, ledger event, request mark.
    Line,
    /// An incoming document: the same, and the document, a copy and its first move.
    Document,
}

/// What is compared, bare first: it is the floor.
const WORKS: [(&str, Work); 3] = [
    ("bare commit", Work::Bare),
    ("line", Work::Line),
    ("incoming document", Work::Document),
];

pub async fn measure(house: &House) -> anyhow::Result<()> {
    let run = house.app.db.log_head().await?.0;
    let desk = Desk {
        app: house.app.clone(),
        clerk: house.clerk.clone(),
        file: house.file(),
    };
    for (name, work) in WORKS {
        pages(&desk, name, work, run).await?;
    }
    let floor = alone(&desk, run).await?;
    for clerks in [8, 16] {
        for (name, work) in WORKS {
            together(&desk, run, clerks, (name, work), floor).await?;
        }
    }
    Ok(())
}

/// One clerk, each kind of act in turn: whatever else this machine does falls on all alike. Gives
/// the rate of bare commits.
async fn alone(desk: &Desk, run: u64) -> anyhow::Result<f64> {
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for n in 0..ACTS {
        for ((_, work), times) in WORKS.into_iter().zip(&mut times) {
            let started = Instant::now();
            act(desk, work, run, n).await?;
            times.push(started.elapsed());
        }
    }
    let floor = rate(ACTS, times.iter().flatten().take(ACTS).sum());
    for ((name, _), times) in WORKS.into_iter().zip(&mut times) {
        let rate = rate(ACTS, times.iter().sum());
        say(&format!(
            "durable, 1 clerk, {name}: {rate:.0}/s, ratio to bare commits {:.2}; {}",
            rate / floor,
            spread(times)?
        ));
    }
    Ok(floor)
}

/// Many clerks at once, each waiting for its own acknowledgement before its next act.
async fn together(
    desk: &Desk,
    run: u64,
    clerks: usize,
    (name, work): (&str, Work),
    floor: f64,
) -> anyhow::Result<()> {
    let first = ACTS * (1 + clerks * 2);
    let started = Instant::now();
    let mut tasks = Vec::new();
    for clerk in 0..clerks {
        let desk = desk.clone();
        tasks.push(tokio::spawn(async move {
            let mut waits = Vec::new();
            for n in 0..ACTS / clerks * 2 {
                let started = Instant::now();
                act(&desk, work, run, first + n * clerks + clerk).await?;
                waits.push(started.elapsed());
            }
            anyhow::Ok(waits)
        }));
    }
    let mut waits: Vec<Duration> = Vec::new();
    for task in tasks {
        waits.extend(task.await??);
    }
    let rate = rate(waits.len(), started.elapsed());
    say(&format!(
        "durable, {clerks} clerks, {name}: {rate:.0}/s, ratio to one clerk's bare commits {:.2}; each waits {}",
        rate / floor,
        spread(&mut waits)?
    ));
    Ok(())
}

/// Pages that one act writes to the log before its commit.
async fn pages(desk: &Desk, name: &str, work: Work, run: u64) -> anyhow::Result<()> {
    // A log of `n` pages is a head of 32 bytes and `n` times a page with its own head of 24.
    const PAGE: u64 = 4_096 + 24;
    let file = desk.file.with_extension("db-wal");
    let mut counted = Vec::new();
    for n in 0..3 {
        desk.app
            .db
            .all("PRAGMA wal_checkpoint(TRUNCATE)", &[])
            .await?;
        act(desk, work, run, ACTS * 100 + n).await?;
        counted.push(std::fs::metadata(&file)?.len().saturating_sub(32) / PAGE);
    }
    say(&format!("durable, {name}: writes {counted:?} pages"));
    Ok(())
}

async fn act(Desk { app, clerk, .. }: &Desk, work: Work, run: u64, n: usize) -> anyhow::Result<()> {
    let request = format!(
        "{:032x}",
        Dice::new(i64::try_from(n)?).next() ^ run.rotate_left(40)
    );
    match work {
        Work::Bare => {
            let mut tx = app.db.begin().await?;
            let name = format!("bare {run} {n}");
            tx.run(store::accounts::SETTING_PUT, &args![name, "x"])
                .await?;
            tx.commit().await?;
        }
        Work::Line => {
            let draft = line(n);
            app.register(clerk, Some(&request), BookKind::ChuyenGiao, &draft)
                .await?;
        }
        Work::Document => {
            let draft = incoming(run, n);
            let request = format!("{request}d");
            app.register(clerk, Some(&request), BookKind::Den, &draft)
                .await?;
        }
    }
    Ok(())
}

fn line(n: usize) -> Draft {
    let mut dice = Dice::new(i64::try_from(n).unwrap_or(0) + 77_000_000);
    Draft {
        entry_date: "2026-11-20".to_owned(),
        envelope: format!("{}/UBND-NC", dice.below(20_000)),
        level: "mat".to_owned(),
        recipient: format!("Phòng {}", sentence(&mut dice, 4)),
        receiver_sign: sentence(&mut dice, 3),
        note: sentence(&mut dice, 8),
        ..Draft::default()
    }
}

fn incoming(run: u64, n: usize) -> Draft {
    let mut dice = Dice::new(i64::try_from(n).unwrap_or(0) + 88_000_000);
    Draft {
        entry_date: "2026-11-20".to_owned(),
        number_symbol: format!("{}/UBND-D{run}N{n}", dice.below(20_000)),
        doc_date: "2026-11-19".to_owned(),
        doc_type: "Công văn".to_owned(),
        subject: format!("Về việc {}", sentence(&mut dice, 14)),
        level: "mat".to_owned(),
        issuer: format!("Văn phòng {}", sentence(&mut dice, 2)),
        recipient: format!("Phòng {}", sentence(&mut dice, 2)),
        receiver_sign: sentence(&mut dice, 3),
        quantity: "1".to_owned(),
        arrival_number: n.to_string(),
        ..Draft::default()
    }
}
