//! Pages of a set as files, with what is on them; kept in a folder if one is given, because drawing takes long.

use std::ops::Range;
use std::path::Path;

use anyhow::Context as _;
use scan::stamps::Class;
use serde::{Deserialize, Serialize};

use crate::canvas::Point;
use crate::degrade::level_of;
use crate::encode::encode;
use crate::fonts::Set;
use crate::page::{Artist, Variant};
use crate::rng::Rng;

/// One page as a file, and what is on it.
#[derive(Clone, Debug)]
pub struct Sample {
    pub variant: Variant,
    pub dpi: u32,
    pub file: Vec<u8>,
    pub level: Option<Class>,
    /// Corners of the level stamp in pixels.
    pub corners: Option<[Point; 4]>,
    pub number: u64,
}

/// The same as a line of `truth.json`.
#[derive(Debug, Deserialize, Serialize)]
struct Record {
    file: String,
    variant: String,
    number: u64,
    dpi: u32,
    /// The word on the stamp; empty without one.
    level: String,
    corners: Option<[Point; 4]>,
}

impl Sample {
    /// Middle of the level stamp.
    pub fn middle(&self) -> Option<Point> {
        let [a, b, c, d] = self.corners?;
        Some(((a.0 + b.0 + c.0 + d.0) / 4.0, (a.1 + b.1 + c.1 + d.1) / 4.0))
    }
}

/// `each` pages of every variant, those of `folder` if they are there already.
pub fn samples(
    set: Set,
    each: u64,
    hard: f32,
    folder: Option<&Path>,
) -> anyhow::Result<Vec<Sample>> {
    let Some(folder) = folder else {
        return draw(set, 0..each, hard);
    };
    if folder.join("truth.json").exists() {
        return load(folder);
    }
    let samples = draw(set, 0..each, hard)?;
    save(&samples, folder)?;
    Ok(samples)
}

/// Pages of these numbers of every variant. Two threads, each half of the variants.
pub fn draw(set: Set, numbers: Range<u64>, hard: f32) -> anyhow::Result<Vec<Sample>> {
    let half = |variants: &[Variant]| -> anyhow::Result<Vec<Sample>> {
        let mut artist = Artist::new(set, hard)?;
        let pages = variants
            .iter()
            .flat_map(|variant| numbers.clone().map(move |number| (*variant, number)));
        pages
            .map(|(variant, number)| one(&mut artist, variant, number))
            .collect()
    };
    let (first, second) = Variant::ALL.split_at(Variant::ALL.len() / 2);
    let (first, second) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| half(second));
        (
            half(first),
            beside
                .join()
                .unwrap_or_else(|_| anyhow::bail!("a drawing thread panicked")),
        )
    });
    let mut all = first?;
    all.extend(second?);
    Ok(all)
}

fn one(artist: &mut Artist, variant: Variant, number: u64) -> anyhow::Result<Sample> {
    let drawn = artist.page(variant, number);
    let mut rng = Rng::new(variant as u64 * 1_009 + number);
    let stamp = drawn
        .truths
        .iter()
        .find(|truth| truth.class.level().is_some());
    Ok(Sample {
        variant,
        dpi: drawn.dpi,
        file: encode(&drawn, &mut rng)?,
        level: level_of(&drawn),
        corners: stamp.map(|truth| truth.corners),
        number,
    })
}

pub fn save(samples: &[Sample], folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut truth = Vec::new();
    for sample in samples {
        let kind = if sample.file.starts_with(&[0xFF, 0xD8]) {
            "jpg"
        } else {
            "png"
        };
        let name = format!("{}-{:02}.{kind}", sample.variant.name(), sample.number);
        std::fs::write(folder.join(&name), &sample.file)?;
        truth.push(Record {
            file: name,
            variant: sample.variant.name().to_owned(),
            number: sample.number,
            dpi: sample.dpi,
            level: sample.level.map_or("", Class::word).to_owned(),
            corners: sample.corners,
        });
    }
    std::fs::write(
        folder.join("truth.json"),
        serde_json::to_vec_pretty(&truth)?,
    )?;
    Ok(())
}

fn load(folder: &Path) -> anyhow::Result<Vec<Sample>> {
    let truth: Vec<Record> = serde_json::from_slice(&std::fs::read(folder.join("truth.json"))?)?;
    let read = |record: Record| -> anyhow::Result<Sample> {
        let named = |variant: &Variant| variant.name() == record.variant;
        Ok(Sample {
            variant: Variant::ALL
                .into_iter()
                .find(named)
                .context("no such variant")?,
            dpi: record.dpi,
            file: std::fs::read(folder.join(&record.file))?,
            level: Class::ALL
                .into_iter()
                .find(|class| !record.level.is_empty() && class.word() == record.level),
            corners: record.corners,
            number: record.number,
        })
    };
    truth.into_iter().map(read).collect()
}
