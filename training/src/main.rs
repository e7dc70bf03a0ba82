//! Draws stamped and ordinary pages, trains the stamp gate and reader on them, measures them.

mod canvas;
mod degrade;
mod distract;
mod encode;
mod examples;
mod fonts;
mod lanes;
mod learn;
mod lessons;
mod page;
mod rng;
mod samples;
mod score;
mod stamp;
mod words;

use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, bail};
use scan::stamps::net::{CLOSER_GATE, GATE, READER, Shape};
use scan::stamps::{Class, Cutter, Thresholds, Weights};
use sha2::{Digest as _, Sha256};

use crate::examples::Example;
use crate::fonts::Set;
use crate::learn::{Course, Lesson};
use crate::page::{Artist, Variant};
use crate::rng::Rng;
use crate::samples::Sample;
use crate::score::Tally;

/// Pages of each variant in the validation set and in the frozen tests.
const VALIDATION: u64 = 40;
const TEST: u64 = 30;
const LARGE_TEST: u64 = 100;
/// Times that each network sees all its crops.
const GATE_ROUNDS: usize = 6;
const CLOSER_GATE_ROUNDS: usize = 24;
const READER_ROUNDS: usize = 16;
/// Times more, for readers that are there.
const MORE_ROUNDS: usize = 14;
const SEED: u64 = 11;
/// Added to it for the first reader.
const READERS: usize = 100;
/// Part of the plan of pages that is drawn.
const PART: f32 = 1.0;
/// Distortion of both, where the training pages have 1.
const HARD: f32 = 1.5;
const WEIGHTS: &str = "crates/scan/src/stamps/weights.bin";

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["train"] => train(None, None),
        ["train", folder] => train(Some(Path::new(folder)), None),
        [
            "train",
            folder,
            which @ ("gate" | "closer-gate" | "reader" | "more"),
        ] => train(Some(Path::new(folder)), Some(which)),
        ["draw", folder] => drawn(Some(Path::new(folder))).map(|_| ()),
        ["limits"] => limits(None),
        ["limits", folder] => limits(Some(Path::new(folder))),
        ["validation", from, to, folder] => {
            validation(from.parse()?..to.parse()?, Path::new(folder))
        }
        ["test"] => test(Set::FifthTest, None),
        ["test", folder] => test(Set::FifthTest, Some(Path::new(folder))),
        ["fourth-test", folder] => test(Set::FourthTest, Some(Path::new(folder))),
        ["third-test", folder] => test(Set::ThirdTest, Some(Path::new(folder))),
        ["second-test", folder] => test(Set::SecondTest, Some(Path::new(folder))),
        ["wrong", folder] => wrong(Path::new(folder)),
        ["first-test", folder] => test(Set::Test, Some(Path::new(folder))),
        ["missed", folder] => missed(Path::new(folder)),
        ["crops", file, folder] => crops(Path::new(file), Path::new(folder)),
        ["page", variant, number, file] => page(variant, number.parse()?, Path::new(file)),
        ["sample", count, folder] => sample(count.parse()?, Path::new(folder)),
        _ => bail!(
            "help: train [FOLDER [gate | closer-gate | reader | more]] | draw FOLDER | limits [FOLDER] | validation FROM TO FOLDER | test [FOLDER] | fourth-test FOLDER | third-test FOLDER | second-test FOLDER | first-test FOLDER | wrong FOLDER | missed FOLDER | crops FILE FOLDER | page VARIANT NUMBER FILE | sample COUNT FOLDER"
        ),
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _closed = writeln!(out, "{line}");
}

/// Crops are read from `folder` if they are there, and written to it otherwise.
fn drawn(folder: Option<&Path>) -> anyhow::Result<Vec<Example>> {
    let kept = folder.map(|folder| folder.join("crops.bin"));
    let examples = match &kept {
        Some(file) if file.exists() => examples::load(&std::fs::read(file)?),
        _ => examples::all(PART, &say)?,
    };
    if let Some(file) = kept.filter(|file| !file.exists()) {
        std::fs::write(file, examples::save(&examples))?;
    }
    Ok(examples)
}

/// Trains gates and reader; or one gate alone, one more reader beside those there, or all readers there some rounds more.
fn train(folder: Option<&Path>, which: Option<&str>) -> anyhow::Result<()> {
    let begun = Instant::now();
    let examples = drawn(folder)?;
    let seconds = || begun.elapsed().as_secs_f32();
    say(&format!(
        "{} crops after {:.0} s",
        examples.len(),
        seconds()
    ));
    for class in Class::ALL {
        let of_class = examples.iter().filter(|example| example.class == class);
        say(&format!("  {class:?}: {}", of_class.count()));
    }
    let mut all = weights().unwrap_or_else(|_| Weights::empty());
    teach(&mut all, &examples, which);
    let bytes = all.encode();
    std::fs::write(WEIGHTS, &bytes)
        .context("failed to write the weights; help: run in the project's folder")?;
    say(&format!(
        "{} bytes of weights after {:.0} s, sha256 {}",
        bytes.len(),
        seconds(),
        digest(&bytes)
    ));
    Ok(())
}

fn teach(all: &mut Weights, examples: &[Example], which: Option<&str>) {
    let course = |rounds, at, known| Course {
        rounds,
        seed: SEED + at as u64,
        known,
    };
    let kept = |(_, example): &(usize, &Example)| example.class != Class::NearMiss;
    if matches!(which, None | Some("closer-gate")) {
        let course = course(CLOSER_GATE_ROUNDS, 0, None);
        let lesson = lessons::for_closer_gate;
        all.closer_gate = learnt((&CLOSER_GATE, course), examples, kept, lesson);
    }
    if matches!(which, None | Some("gate")) {
        let course = course(GATE_ROUNDS, 0, None);
        all.gate = learnt((&GATE, course), examples, kept, lessons::for_gate);
    }
    if which.is_none() {
        all.readers.clear();
    }
    let kept = |(_, example): &(usize, &Example)| example.for_reader;
    let reader = |course| learnt((&READER, course), examples, kept, lessons::for_reader);
    match which {
        Some("gate" | "closer-gate") => {}
        Some("more") => {
            for known in &mut all.readers {
                *known = reader(course(MORE_ROUNDS, READERS, Some(std::mem::take(known))));
            }
        }
        _ => {
            // No two readers begin alike.
            let at = READERS + all.readers.len();
            all.readers.push(reader(course(READER_ROUNDS, at, None)));
        }
    }
}

fn learnt(
    (shape, course): (&Shape, Course),
    examples: &[Example],
    kept: impl Fn(&(usize, &Example)) -> bool,
    lesson: impl Fn(&Example, &Example, &mut Rng) -> Lesson + Sync,
) -> Vec<f32> {
    let each = examples.iter().enumerate().filter(kept);
    let mine: Vec<&Example> = each.map(|(_, example)| example).collect();
    let plain: Vec<&Example> = mine
        .iter()
        .filter(|example| example.class == Class::Other)
        .copied()
        .collect();
    let one = |at: usize, rng: &mut Rng| match (mine.get(at), plain.get(rng.below(plain.len()))) {
        (Some(example), Some(other)) => lesson(example, other, rng),
        _ => unreachable!("lessons are counted"),
    };
    learn::train(shape, mine.len(), course, &one, &mut say)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn weights() -> anyhow::Result<Weights> {
    let bytes = std::fs::read(WEIGHTS)
        .context("failed to read the weights; help: run in the project's folder")?;
    Weights::decode(&bytes).context("the weights are of another network; help: train again")
}

/// Pages of the validation set under many limits, to choose those that the scan uses.
fn limits(folder: Option<&Path>) -> anyhow::Result<()> {
    let weights = weights()?;
    let samples = samples::samples(Set::Validation, VALIDATION, HARD, folder)?;
    let mut answers = Vec::new();
    for sample in &samples {
        answers.push(score::answer(sample, &weights, 0.1)?);
    }
    say(
        "gate confirm dismiss | marked, either, level right of the stamped | marked, review of the others",
    );
    for gate in [0.4, 0.5, 0.6, 0.7, 0.75, 0.8] {
        for confirm in [0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95] {
            for dismiss in [0.7, 0.8, 0.9, 0.95, 0.97] {
                let thresholds = Thresholds {
                    gate,
                    confirm,
                    dismiss,
                    ..Thresholds::default()
                };
                let (mut stamped, mut others) = (Tally::default(), Tally::default());
                for (sample, answer) in samples.iter().zip(&answers) {
                    let sum = if sample.level.is_some() {
                        &mut stamped
                    } else {
                        &mut others
                    };
                    sum.add(
                        score::said(&answer.seen, sample.middle(), &thresholds),
                        sample.level,
                    );
                }
                say(&format!(
                    "{gate} {confirm} {dismiss} | {} {} {} of {} | {} {} of {}",
                    stamped.marked,
                    stamped.marked + stamped.review,
                    stamped.level_right,
                    stamped.pages,
                    others.marked,
                    others.review,
                    others.pages
                ));
            }
        }
    }
    report(&samples, &answers);
    Ok(())
}

/// Validation pages of these numbers, kept in a folder: more than `limits` draws.
fn validation(numbers: Range<u64>, folder: &Path) -> anyhow::Result<()> {
    samples::save(&samples::draw(Set::Validation, numbers, HARD)?, folder)
}

fn report(samples: &[Sample], answers: &[score::Answer]) {
    let thresholds = Thresholds::default();
    let mut all = Vec::new();
    for (sample, answer) in samples.iter().zip(answers) {
        let said = score::said(&answer.seen, sample.middle(), &thresholds);
        if !said.is_right(sample.level) {
            let best = answer.seen.iter().map(|seen| seen.gate).fold(0.0, f32::max);
            say(&format!(
                "- {} {} ({} dpi, {:?}): {said:?}, best gate {best:.2}",
                sample.variant.name(),
                sample.number,
                sample.dpi,
                sample.level
            ));
        }
        all.push((sample.variant, sample.level, said));
    }
    say(&score::table(&all));
    let mean = |pick: fn(&score::Answer) -> f64| {
        answers.iter().map(pick).sum::<f64>() / answers.len().max(1) as f64
    };
    let read = answers
        .iter()
        .flat_map(|answer| &answer.seen)
        .filter(|seen| !seen.read.is_empty())
        .count();
    let seen: usize = answers.iter().map(|answer| answer.seen.len()).sum();
    say(&format!(
        "a page: decoding {:.1} ms, finding {:.1} ms; {:.1} proposals, {:.2} readings",
        mean(|answer| answer.decode_ms),
        mean(|answer| answer.find_ms),
        seen as f64 / answers.len().max(1) as f64,
        read as f64 / answers.len().max(1) as f64,
    ));
}

/// A frozen test, with the thresholds as they are.
fn test(set: Set, folder: Option<&Path>) -> anyhow::Result<()> {
    let weights = weights()?;
    let each = match set {
        Set::ThirdTest | Set::FourthTest | Set::FifthTest => LARGE_TEST,
        _ => TEST,
    };
    let samples = samples::samples(set, each, HARD, folder)?;
    let mut together = Sha256::new();
    for sample in &samples {
        together.update(digest(&sample.file));
    }
    let frozen: String = together
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    say(&format!("{} pages, sha256 of all {frozen}", samples.len()));
    let mut answers = Vec::new();
    for sample in &samples {
        answers.push(score::answer(
            sample,
            &weights,
            Thresholds::default().glimpse,
        )?);
    }
    report(&samples, &answers);
    Ok(())
}

/// One page of the training set, and its proposals beside it, to look at.
fn page(variant: &str, number: u64, file: &Path) -> anyhow::Result<()> {
    let variant = Variant::ALL
        .into_iter()
        .find(|one| one.name() == variant)
        .context("no such variant")?;
    let mut artist = Artist::new(Set::Train, 1.0)?;
    let drawn = if file.extension().is_some_and(|kind| kind == "png") {
        artist.piece(variant, number)
    } else {
        artist.page(variant, number)
    };
    std::fs::write(file, encode::encode(&drawn, &mut Rng::new(number))?)?;
    say(&format!("{} stamps, {} dpi", drawn.truths.len(), drawn.dpi));
    Ok(())
}

/// `count` pages of the frozen test spread over its variants, with their truth: for other programs and for the tests.
/// All of it is drawn, because a page depends on those drawn before it.
fn sample(count: usize, folder: &Path) -> anyhow::Result<()> {
    let each = count.div_ceil(Variant::ALL.len()) as u64;
    let mut samples = samples::samples(Set::SecondTest, TEST, HARD, None)?;
    samples.retain(|sample| sample.number < each);
    samples::save(&samples, folder)
}

/// What the networks saw at each likely place of those validation pages that are judged wrong.
fn wrong(folder: &Path) -> anyhow::Result<()> {
    const LIKELY: f32 = 0.3;
    let weights = weights()?;
    let samples = samples::samples(Set::Validation, VALIDATION, HARD, Some(folder))?;
    for sample in &samples {
        let answer = score::answer(sample, &weights, LIKELY)?;
        let said = score::said(&answer.seen, sample.middle(), &Thresholds::default());
        if said.is_right(sample.level) {
            continue;
        }
        let name = sample.variant.name();
        let (number, dpi, level) = (sample.number, sample.dpi, sample.level);
        say(&format!("{name} {number} ({dpi} dpi, {level:?}): {said:?}"));
        for seen in answer.seen.iter().filter(|seen| seen.gate >= LIKELY) {
            let [x, y, w, h] = seen.place.bounds().map(f32::round);
            let words = Class::ALL.into_iter().zip(&seen.read);
            let read: Vec<String> = words
                .filter(|(_, part)| **part > 0.05)
                .map(|(class, part)| format!("{class:?} {part:.2}"))
                .collect();
            let read = read.join(", ");
            say(&format!(
                "  gate {:.2}, {w}x{h} at {x},{y}: {read}",
                seen.gate
            ));
        }
    }
    Ok(())
}

/// Stamped pages of a kept set on which no proposal holds the stamp: nothing behind can mend that.
fn missed(folder: &Path) -> anyhow::Result<()> {
    let samples = samples::samples(Set::Validation, VALIDATION, HARD, Some(folder))?;
    let (mut stamped, mut missed) = (0, 0);
    for sample in &samples {
        let (Some(class), Some(corners)) = (sample.level, sample.corners) else {
            continue;
        };
        let bitmap = scan::images::first_page(&sample.file, &scan::Limits::default())
            .map_err(|reason| anyhow::anyhow!("{reason:?}"))?;
        let truth = [page::Truth {
            class,
            output: words::output(class, ""),
            corners,
        }];
        let found = Cutter::new(&bitmap).proposals(None);
        stamped += 1;
        if !found
            .iter()
            .any(|place| examples::label(place, &truth).is_some_and(|shown| shown.class == class))
        {
            missed += 1;
            say(&format!(
                "- {} {} ({} dpi), {} proposals",
                sample.variant.name(),
                sample.number,
                sample.dpi,
                found.len()
            ));
        }
    }
    say(&format!("{missed} of {stamped} stamps without a proposal"));
    Ok(())
}

/// What the networks see of a picture: every proposal as an image, named by what was read.
fn crops(file: &Path, folder: &Path) -> anyhow::Result<()> {
    let weights = weights()?;
    let bitmap = scan::images::first_page(&std::fs::read(file)?, &scan::Limits::default())
        .map_err(|reason| anyhow::anyhow!("{reason:?}"))?;
    std::fs::create_dir_all(folder)?;
    let (width, height) = (
        u32::try_from(scan::stamps::CROP_WIDTH)?,
        u32::try_from(scan::stamps::CROP_HEIGHT)?,
    );
    let page = Cutter::new(&bitmap);
    for (at, place) in page.proposals(None).into_iter().enumerate() {
        let crop = page.cut(&place);
        let (gate, turned) = scan::stamps::glance(&page.glance(&place), &weights);
        let read = scan::stamps::read(&crop, turned, &weights);
        let best = Class::ALL
            .into_iter()
            .zip(read)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let [x, y, w, h] = place.bounds().map(|side| side as i64);
        say(&format!(
            "{at:02}: {w}x{h} at {x},{y}; gate {gate:.3}, {best:?}"
        ));
        let lights: Vec<u8> = crop
            .values
            .iter()
            .map(|value| 255 - (value * 212.0) as u8)
            .collect();
        let image = image::GrayImage::from_raw(width, height * 2, lights)
            .context("a crop of another size")?;
        image.save(folder.join(format!("{at:02}.png")))?;
    }
    Ok(())
}
