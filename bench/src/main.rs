//! Figures of the hot paths, each against a floor measured in the same run.
//!
//! `cargo run --release -p bench -- [entries] [--folder DIR] [--only PART]...`
//! The folder is filled once and used again. Nothing here asserts a time: it
//! prints, a person reads. How to read the lines: `bench/README.md`.

mod acts;
mod client;
mod durable;
mod evidence;
mod excel;
mod house;
mod lists;
mod paper;
mod server;
mod tell;
mod text;

use std::path::PathBuf;

use anyhow::Context as _;

use tell::say;

/// Parts in the order in which they are measured.
const PARTS: [&str; 7] = [
    "durable", "lists", "evidence", "paper", "excel", "server", "acts",
];

/// Those that need the filled book.
const IN_THE_BOOK: [&str; 5] = ["durable", "lists", "evidence", "paper", "server"];

struct Asked {
    entries: i64,
    folder: Option<PathBuf>,
    only: Vec<String>,
}

impl Asked {
    fn read(mut words: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut asked = Self {
            entries: 100_000,
            folder: None,
            only: Vec::new(),
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--folder" => asked.folder = Some(words.next().context("--folder DIR")?.into()),
                "--only" => asked.only.push(words.next().context("--only PART")?),
                number => asked.entries = number.parse().context("how many entries?")?,
            }
        }
        if let Some(part) = asked
            .only
            .iter()
            .find(|part| !PARTS.contains(&part.as_str()))
        {
            anyhow::bail!("no part `{part}`; there are {}", PARTS.join(", "));
        }
        Ok(asked)
    }

    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|one| one == part)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::read(std::env::args().skip(1))?;
    let temporary = tempfile::tempdir()?;
    let folder = asked
        .folder
        .clone()
        .unwrap_or_else(|| temporary.path().to_owned());
    say(&format!(
        "{} entries; SQLCipher, WAL, synchronous=FULL; {} build",
        asked.entries,
        if cfg!(debug_assertions) {
            "development"
        } else {
            "release"
        }
    ));
    if IN_THE_BOOK.iter().any(|part| asked.wants(part)) {
        let house = house::open(&folder, asked.entries).await?;
        if asked.wants("durable") {
            durable::measure(&house).await?;
        }
        if asked.wants("lists") {
            lists::measure(&house).await?;
        }
        if asked.wants("evidence") {
            evidence::measure(&house).await?;
        }
        if asked.wants("paper") {
            paper::measure(&house).await?;
        }
        house.close().await;
    }
    if asked.wants("excel") {
        excel::measure(&folder).await?;
    }
    if asked.wants("server") {
        server::measure(&folder, asked.entries).await?;
    }
    if asked.wants("acts") {
        acts::measure(&folder, asked.entries).await?;
    }
    Ok(())
}
