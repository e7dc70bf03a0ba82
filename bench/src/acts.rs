//! Acts on secrets in a unit with very many holdings: the law asked, a sweep after a catalogue was replaced, the first
//! page, the drafter's search, a year's book bound. In a house of their own beside the book that the other parts use.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use app::library::{CatalogueAsk, ItemsAsk};
use law::{BookKind, LegalDate, Pack};
use rust_xlsxwriter::Workbook;
use store::documents::{CopyRow, DocumentRow};

use crate::house::{self, House, YEAR};
use crate::tell::{ms, rate, say, spread};
use crate::text::{Dice, sentence};

const QUESTIONS: usize = 20_000;
const BATCH: i64 = 5_000;
/// The catalogue that was replaced; one document in two cites it.
const REPLACED: &str = "960/QĐ-TTg";
const KEPT: &str = "774/QĐ-TTg";
/// Catalogues read in by the unit, and items in each.
const CATALOGUES: usize = 10;
const ITEMS: usize = 300;
const SEARCHES: i64 = 300;
const VISITS: usize = 200;
/// Pages of the bound book, twelve lines each.
const PAGES: i64 = 300;

pub async fn measure(folder: &Path, holdings: i64) -> anyhow::Result<()> {
    ask()?;
    let house = house::at(&folder.join("acts")).await?;
    fill(&house, holdings).await?;
    sweep(&house).await?;
    visits(&house).await?;
    search(&house).await?;
    house::fill(&house, PAGES * 12).await?;
    pack(&house).await?;
    house.close().await;
    Ok(())
}

/// Every kind of question in turn; the floor is reading the question as JSON.
fn ask() -> anyhow::Result<()> {
    let pack = Pack::embedded().map_err(|_| anyhow::anyhow!("law pack"))?;
    let posts: Vec<&str> = pack.posts().map(|post| post.id.as_str()).collect();
    let days = ["2021-03-01", "2024-02-29", "2025-07-02", "2026-11-22"];
    let levels = ["tuyet_mat", "toi_mat", "mat"];
    let mut dice = Dice::new(7);
    let mut draw = |from: &[&'static str]| from.get(dice.below(from.len())).copied().unwrap_or("");
    let mut questions = Vec::with_capacity(QUESTIONS);
    for n in 0..QUESTIONS {
        let (day, level) = (draw(&days), draw(&levels));
        let post = posts.get(n % posts.len()).copied().unwrap_or_default();
        questions.push(match n % 3 {
            0 => format!(
                r#"{{"ask":"may","act":"copy","level":"{level}","post":"{post}","on":"{day}"}}"#
            ),
            1 => format!(
                r#"{{"ask":"term","level":"{level}","carrier":"document","determined":"{day}"}}"#
            ),
            _ => format!(
                r#"{{"ask":"due","duty":"annual_report","body":"ubnd_tinh","year":{}}}"#,
                2021 + n % 5
            ),
        });
    }
    let mut read = Vec::with_capacity(QUESTIONS);
    let mut asked = Vec::with_capacity(QUESTIONS);
    for question in &questions {
        let started = Instant::now();
        black_box(serde_json::from_str::<serde_json::Value>(question)?);
        read.push(started.elapsed());
        let started = Instant::now();
        black_box(law::ask::answer(pack, question).map_err(|error| anyhow::anyhow!("{error}"))?);
        asked.push(started.elapsed());
    }
    let (floor, p99) = (part(&mut read, 50), part(&mut asked, 99));
    say(&format!(
        "law ask, in process: p50 {:.1} µs, p99 {:.1} µs; {:.0} times reading the question as JSON (p50 {:.2} µs)",
        micros(part(&mut asked, 50)),
        micros(p99),
        micros(part(&mut asked, 50)) / micros(floor),
        micros(floor)
    ));
    Ok(())
}

fn part(times: &mut [Duration], share: usize) -> Duration {
    times.sort_unstable();
    let at = (times.len() * share / 100).min(times.len().saturating_sub(1));
    times.get(at).copied().unwrap_or_default()
}

fn micros(time: Duration) -> f64 {
    ms(time) * 1_000.0
}

/// Documents without lines: a sweep and the first page ask for documents.
async fn fill(house: &House, holdings: i64) -> anyhow::Result<()> {
    let unit = house.clerk.actor.unit;
    let there = house
        .app
        .db
        .all("SELECT COUNT(*) AS n FROM document", &[])
        .await?;
    let mut done = match there.first() {
        Some(row) => row.int("n")?,
        None => 0,
    };
    let (first, started) = (done, Instant::now());
    while done < holdings {
        let mut tx = house.app.db.begin().await?;
        let to = (done + BATCH).min(holdings);
        while done < to {
            done += 1;
            let id = tx.add_document(&document(unit, done)).await?;
            let catalogue = if done % 2 == 0 { REPLACED } else { KEPT };
            let item = format!("{catalogue}|Điều 2|khoản {}", 1 + done % 9);
            tx.set_catalogue_item(id, &item).await?;
            // A seventh is no secret any more.
            if done % 7 == 0 {
                tx.set_document_status(id, "declassified").await?;
            }
            let copy = tx.add_copy(&kept(id, done)).await?;
            tx.put_copy(copy, id, "Tủ 1").await?;
        }
        tx.commit().await?;
    }
    say(&format!(
        "holdings: {holdings}, {} new at {:.0}/s",
        holdings - first,
        rate(usize::try_from(holdings - first)?, started.elapsed())
    ));
    Ok(())
}

/// One copy of each document; one in 100 is with a person.
fn kept(document_id: i64, n: i64) -> CopyRow {
    let out = n % 100 == 0;
    CopyRow {
        id: 0,
        document_id,
        label: "1".to_owned(),
        origin: "received".to_owned(),
        holder_kind: if out { "person" } else { "unit" }.to_owned(),
        holder_name: if out { "Cán bộ đo" } else { "" }.to_owned(),
        since: "2026-06-01".to_owned(),
        moves: 0,
        container: String::new(),
    }
}

fn document(unit: i64, n: i64) -> DocumentRow {
    let mut dice = Dice::new(n);
    let level = ["mat", "mat", "mat", "toi_mat"].get(dice.below(4));
    let year = 2019 + n % 7;
    let day = format!("{year}-{:02}-{:02}", 1 + n % 12, 1 + n % 28);
    DocumentRow {
        id: 0,
        unit_id: unit,
        direction: if n % 10 == 0 { "di" } else { "den" }.to_owned(),
        number_symbol: format!("{n}/BC-DO"),
        doc_date: Some(day.clone()),
        doc_type: "Báo cáo".to_owned(),
        subject: None,
        level: level.map_or_else(String::new, |level| (*level).to_owned()),
        issuer: sentence(&mut dice, 3),
        signer: String::new(),
        term_until: Some(format!("{}{}", year + 10, day.get(4..).unwrap_or_default())),
        determined_on: Some(day),
        regime: "2018".to_owned(),
        copies_issued: 1,
        status: "active".to_owned(),
        carrier: "document".to_owned(),
        catalogue_item: String::new(),
        judged: false,
        created_by: 1,
        created_at: "2026-06-01T01:00:00.000000Z".to_owned(),
    }
}

/// The floor writes as many rows of two numbers in the same file, in one transaction that is given up.
async fn sweep(house: &House) -> anyhow::Result<()> {
    let started = Instant::now();
    let id = house
        .app
        .open_sweep(&house.clerk, None, REPLACED, "1000/QĐ-TTg")
        .await?;
    let swept = started.elapsed();
    let (sweep, _) = house.app.sweep_page(&house.clerk, id, "", 1).await?;
    let mut tx = house.app.db.begin().await?;
    tx.run("CREATE TABLE floor (a INTEGER PRIMARY KEY, b INTEGER)", &[])
        .await?;
    let started = Instant::now();
    tx.run(
        "INSERT INTO floor SELECT id, unit_id FROM document WHERE id % 2 = 0",
        &[],
    )
    .await?;
    let bare = started.elapsed();
    drop(tx);
    say(&format!(
        "sweep: {} holdings found in {:.0} ms; {:.1} times a bare copy of as many ids ({:.0} ms)",
        sweep.found,
        ms(swept),
        ms(swept) / ms(bare),
        ms(bare)
    ));
    Ok(())
}

async fn visits(house: &House) -> anyhow::Result<()> {
    for (name, who) in [("clerk", &house.clerk), ("reader", &house.reader)] {
        let mut times = Vec::new();
        for _ in 0..VISITS {
            let started = Instant::now();
            black_box(house.app.home(who).await?);
            times.push(started.elapsed());
        }
        say(&format!("first page, {name}: {}", spread(&mut times)?));
    }
    Ok(())
}

async fn search(house: &House) -> anyhow::Result<()> {
    let there = house.app.unit_catalogues(&house.clerk).await?.len();
    for n in there..CATALOGUES {
        let ask = CatalogueAsk {
            number: format!("{}/QĐ-DO", 100 + n),
            date: "2024-01-02".to_owned(),
            issuer: "Đơn vị đo".to_owned(),
            sphere: "kinh_te".to_owned(),
            ..CatalogueAsk::default()
        };
        let report = house
            .app
            .import_catalogue(&house.clerk, None, &ask, "do.xlsx", items(n)?)
            .await?;
        anyhow::ensure!(report.written.is_some(), "the catalogue was not written");
    }
    let on = Some(LegalDate::new(YEAR.try_into()?, 2, 1)?);
    let mut times = Vec::new();
    let mut searched = 0;
    for n in 0..SEARCHES {
        let ask = ItemsAsk {
            words: sentence(&mut Dice::new(n), 4),
            on,
            level: None,
        };
        let started = Instant::now();
        searched = house.app.find_items(&house.clerk, &ask).await?.searched;
        times.push(started.elapsed());
    }
    say(&format!(
        "catalogue search over {searched} items: {}",
        spread(&mut times)?
    ));
    Ok(())
}

fn items(seed: usize) -> anyhow::Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, head) in ["Điều", "Khoản", "Điểm", "Nội dung", "Độ mật"]
        .iter()
        .enumerate()
    {
        sheet.write(0, u16::try_from(at)?, *head)?;
    }
    for n in 0..ITEMS {
        let row = u32::try_from(n + 1)?;
        let mut dice = Dice::new(i64::try_from(seed * ITEMS + n)?);
        sheet.write(row, 0, "1")?;
        sheet.write(row, 1, (n + 1).to_string())?;
        sheet.write(row, 3, sentence(&mut dice, 25))?;
        sheet.write(row, 4, "Mật")?;
    }
    Ok(book.save_to_buffer()?)
}

async fn pack(house: &House) -> anyhow::Result<()> {
    let started = Instant::now();
    let pack = house
        .app
        .book_pack(&house.clerk, BookKind::Den, YEAR)
        .await?;
    say(&format!(
        "a year's book bound, {} pages in {} sections: {:.1} s",
        pack.pages,
        pack.sections,
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}
