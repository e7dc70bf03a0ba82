//! From what the networks saw to what is said: the only place where their numbers are compared with limits.

use super::shape::Tilted;
use super::{Class, Doubt, Seen, Sighting, Tier};

/// Limits chosen on the validation pages and those of the earlier test (`cargo run --release -p training -- limits` prints
/// the former).
#[derive(Clone, Copy, Debug)]
pub struct Thresholds {
    /// Least probability of a level stamp at which the reader is asked.
    pub glimpse: f32,
    /// The same at which a person looks unless the reader dismisses it, and below which nothing counts as read.
    pub gate: f32,
    /// Least probability of one level, times that of a level stamp, at which it counts as read.
    pub confirm: f32,
    /// Least probability of one level alone at which a person looks although the gate doubts; and of another word at which
    /// that counts as read.
    pub alone: f32,
    /// Least probability of all that is no level together at which another word overrules the gate.
    pub dismiss: f32,
    /// The same where the reader sees a word that differs from a level by a mark: an ink that left out one makes it, too.
    pub dismiss_near: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            glimpse: 0.40,
            gate: 0.75,
            confirm: 0.45,
            alone: 0.50,
            dismiss: 0.90,
            dismiss_near: 0.95,
        }
    }
}

/// Parts that both boxes share before they are taken for one stamp.
const SAME: f32 = 0.25;

/// Parts that two proposals share before their readings are taken for readings of the same word.
const ALIKE: f32 = 0.65;
/// Probability of one word at which a proposal counts as holding it, and of words that are no level together at which a
/// level read in a part of it is doubted.
const A_WORD: f32 = 0.6;
const ANOTHER_WORD: f32 = 0.8;
/// Probability of a level at which it is one of a list.
const LISTED: f32 = 0.5;
/// How much wider at least, and higher at most, is what holds a reading as one of its words.
const AROUND: f32 = 1.2;
const ROWS: f32 = 2.2;

/// A second opinion on a place: the level that stands there.
pub type Second<'a> = dyn FnMut(&Seen, Doubt) -> Option<Class> + 'a;

/// Sightings, the surest first; one for each place, from the mean of what was read there. `second` may confirm what the
/// reader holds likeliest, and makes a person look where it reads a level that the reader dismissed.
pub fn judge(seen: &[Seen], thresholds: &Thresholds, second: &mut Second<'_>) -> Vec<Sighting> {
    let mut asked: Vec<&Seen> = seen
        .iter()
        .filter(|one| one.gate >= thresholds.glimpse && !one.read.is_empty())
        .collect();
    asked.sort_by(|a, b| b.gate.total_cmp(&a.gate));
    let mut places: Vec<Vec<&Seen>> = Vec::new();
    for one in asked {
        let known = places.iter_mut().find_map(|place| {
            let first: &Seen = place.first()?;
            same(&first.place, &one.place).then_some((first.gate, place))
        });
        match known {
            // Where the gate is sure of one proposal, doubtful ones say nothing more.
            Some((surest, _)) if surest >= thresholds.gate && one.gate < thresholds.gate => {}
            Some((_, place)) => place.push(one),
            None => places.push(vec![one]),
        }
    }
    let places: Vec<Seen> = places.iter().filter_map(|place| agreed(place)).collect();
    let told = places.iter().filter_map(|one| {
        let told = sighting(one, thresholds, second);
        told.map(|sighting| (one.place, sighting))
    });
    let mut found: Vec<(Tilted, Sighting)> = told.collect();
    for (place, sighting) in &mut found {
        let level = sighting.class.level().is_some();
        if level && seen.iter().any(|one| is_other_word(one, place)) {
            sighting.tier = Tier::Unconfirmed;
        }
    }
    found.sort_by(|(_, a), (_, b)| {
        let order = a.tier.cmp(&b.tier);
        order.then(b.confidence.total_cmp(&a.confidence))
    });
    within_sure(&mut found);
    forms(&mut found);
    found.into_iter().map(|(_, sighting)| sighting).collect()
}

/// The mean of what was read at one place, in the proposals that hold all of what stands there: a part of TUYỆT MẬT
/// reads as MẬT, and as nothing known. A proposal that reads as no word, such as a cell around one or a frame of which a
/// corner is cut off, does not count where others read as one.
fn agreed(place: &[&Seen]) -> Option<Seen> {
    let word = |one: &Seen| {
        let words = Class::ALL.into_iter().zip(&one.read);
        words
            .filter(|(class, _)| *class != Class::Other)
            .any(|(_, part)| *part >= A_WORD)
    };
    let area = |one: &Seen| one.place.width * one.place.height;
    let words = place.iter().filter(|one| word(one));
    let widest = words.max_by(|a, b| area(a).total_cmp(&area(b)));
    let widest = widest.or_else(|| place.first())?;
    let beside = |one: &&&Seen| one.place.overlap(&widest.place) >= ALIKE;
    let mut alike: Vec<&&Seen> = place
        .iter()
        .filter(|one| word(one))
        .filter(beside)
        .collect();
    if alike.is_empty() {
        alike = place.iter().filter(beside).collect();
    }
    let mut sum = Seen::clone(widest);
    for (at, mean) in sum.read.iter_mut().enumerate() {
        let all = alike.iter().filter_map(|one| one.read.get(at)).sum::<f32>();
        *mean = all / alike.len() as f32;
    }
    Some(sum)
}

/// Holds the place of a reading as a part of its own: a level word may be half of what stands there.
pub(super) fn is_around(one: &Tilted, place: &Tilted) -> bool {
    let [left, top, width, height] = one.bounds();
    let holds = (left..left + width).contains(&place.x) && (top..top + height).contains(&place.y);
    holds && one.width > AROUND * place.width && one.height < ROWS * place.height
}

/// A word that is no level was read around the place. The gate, which lets no such word through, is not asked.
fn is_other_word(one: &Seen, place: &Tilted) -> bool {
    let words = Class::ALL.into_iter().zip(&one.read);
    let others = words.filter(|(class, _)| class.level().is_none() && *class != Class::Other);
    others.map(|(_, part)| part).sum::<f32>() >= ANOTHER_WORD && is_around(&one.place, place)
}

/// One box lies in the other, or both share much.
pub(super) fn same(a: &Tilted, b: &Tilted) -> bool {
    let ([ax, ay, aw, ah], [bx, by, bw, bh]) = (a.bounds(), b.bounds());
    let inside = |x: f32, y: f32, w: f32, h: f32, [ox, oy, ow, oh]: [f32; 4]| {
        let (mx, my) = (x + w / 2.0, y + h / 2.0);
        (ox..ox + ow).contains(&mx) && (oy..oy + oh).contains(&my)
    };
    a.overlap(b) > SAME || inside(ax, ay, aw, ah, b.bounds()) || inside(bx, by, bw, bh, a.bounds())
}

fn sighting(seen: &Seen, thresholds: &Thresholds, second: &mut Second<'_>) -> Option<Sighting> {
    let best = |levels: bool| {
        Class::ALL
            .into_iter()
            .zip(seen.read.iter().copied())
            .filter(|(class, _)| class.level().is_some() == levels)
            .max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let level = best(true)?;
    let other = best(false)?;
    let neither: f32 = Class::ALL
        .into_iter()
        .zip(&seen.read)
        .filter(|(class, _)| class.level().is_none())
        .map(|(_, part)| part)
        .sum();
    // Only a word that was read speaks against the gate: what reads as nothing known may be a stamp in ruins.
    let dismissed = match other.0 {
        Class::Other => false,
        Class::NearMiss => neither >= thresholds.dismiss_near,
        _ => neither >= thresholds.dismiss,
    };
    let (class, confidence, tier) = if seen.gate < thresholds.gate {
        if level.1 < thresholds.alone {
            return None;
        }
        (level.0, level.1, Tier::Unconfirmed)
    } else if level.1 * seen.gate >= thresholds.confirm {
        (level.0, level.1, Tier::Confirmed)
    } else if !dismissed {
        let tier = match second(seen, Doubt::Undecided) {
            Some(class) if class == level.0 => Tier::Confirmed,
            _ => Tier::Unconfirmed,
        };
        (level.0, level.1, tier)
    } else if !other.0.word().is_empty() && other.1 >= thresholds.alone {
        (other.0, other.1, Tier::Confirmed)
    } else {
        let class = second(seen, Doubt::Dismissed)?;
        (class, level.1, Tier::Unconfirmed)
    };
    Some(Sighting {
        bbox_px: seen.place.bounds(),
        bbox_mm: None,
        class,
        confidence,
        tier,
    })
}

/// A part of a word that is sure, such as a half of TUYỆT MẬT, is no sighting of its own.
fn within_sure(found: &mut Vec<(Tilted, Sighting)>) {
    let is_sure = |sighting: &Sighting| sighting.tier == Tier::Confirmed;
    let sure = found.iter().filter(|(_, sighting)| is_sure(sighting));
    let sure: Vec<Tilted> = sure.map(|(place, _)| *place).collect();
    found.retain(|(place, sighting)| {
        is_sure(sighting) || !sure.iter().any(|other| same(place, other))
    });
}

/// Different levels side by side or one below the other, of one size: a form that lists the levels, not stamps.
fn forms(kept: &mut [(Tilted, Sighting)]) {
    let listed: Vec<bool> = kept
        .iter()
        .map(|(place, sighting)| {
            kept.iter()
                .any(|(other, beside)| is_list(place, sighting, other, beside))
        })
        .collect();
    for ((_, sighting), listed) in kept.iter_mut().zip(listed) {
        if listed {
            sighting.tier = Tier::Unconfirmed;
        }
    }
}

/// The other one has to be sure or read better than not: what is hardly a word is none of a list.
fn is_list(a: &Tilted, of_a: &Sighting, b: &Tilted, of_b: &Sighting) -> bool {
    let different =
        of_a.class.level().is_some() && of_b.class.level().is_some() && of_a.class != of_b.class;
    let read = of_b.tier == Tier::Confirmed || of_b.confidence >= LISTED;
    let (dx, dy) = ((a.x - b.x).abs(), (a.y - b.y).abs());
    let height = a.height.max(b.height);
    let alike = a.height.min(b.height) > 0.6 * height;
    let column = dx < 1.5 * height && dy < 4.0 * height;
    let row = dy < 0.6 * height && dx < 8.0 * height;
    different && read && alike && (column || row)
}
