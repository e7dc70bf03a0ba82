//! Rules over the kept lines of one document: what fires, what is silenced, what it comes to.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::data::{Case, DIGITS, File, Form, Rule, Term, Trigger, Word, Zone, squeezed};
use super::gather::Kept;
use super::line::{self, Cell};
use crate::limits::EXCERPT_CHARS_MAX;
use crate::report::{Finding, How, Level};

/// Sum of scores from which a document is marked.
const MARKED: u32 = 100;
/// Findings of one rule in one document; more only repeat.
const FINDINGS_MAX: usize = 8;
/// Lines within which all three levels make a list.
const LIST_LINES: u32 = 10;
const LIST_TERM: &str = "level_small";

/// A line in its readings, which are made when first asked for.
struct Line<'k> {
    kept: &'k Kept,
    readings: OnceCell<Vec<Vec<Cell>>>,
}

impl Line<'_> {
    fn readings(&self) -> &[Vec<Cell>] {
        self.readings
            .get_or_init(|| line::readings(&self.kept.text))
    }

    fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.readings().iter().flatten()
    }
}

/// Whether some rule may fire on a line, whatever stands around it.
pub fn can_fire(file: &File, text: &str) -> bool {
    let readings = line::readings(text);
    file.triggers.iter().any(|trigger| {
        let Some(term) = file.term.get(trigger.term) else {
            return false;
        };
        readings
            .iter()
            .flatten()
            .any(|cell| is_triggered(file, trigger, term, cell))
    })
}

fn is_triggered(file: &File, trigger: &Trigger, term: &Term, cell: &Cell) -> bool {
    match trigger.form {
        Form::Label => label_end(cell, term)
            .is_some_and(|to| may_be_filled(file, trigger.value.as_deref(), cell, to)),
        form => term
            .words
            .iter()
            .any(|word| fits(file, form, trigger.case, cell, word).is_some()),
    }
}

/// Whether a label is followed by a value, or by nothing, so that the next cell may hold it.
fn may_be_filled(file: &File, value: Option<&str>, cell: &Cell, to: usize) -> bool {
    let rest = cell.text.get(to..).unwrap_or("");
    if value == Some(DIGITS) {
        return is_number(rest);
    }
    let bare = squeezed(rest);
    let value = value.and_then(|value| file.term(value));
    bare.is_empty()
        || value.is_some_and(|value| value.words.iter().any(|word| word.letters == bare))
}

struct Hit<'f> {
    rule: &'f Rule,
    at: usize,
    level: Option<Level>,
    excerpt: String,
}

/// Findings in the kept lines of a document; none if all together is not enough.
pub fn judge(file: &File, kept: &[Kept]) -> Vec<Finding> {
    let lines: Vec<Line<'_>> = kept
        .iter()
        .map(|kept| Line {
            kept,
            readings: OnceCell::new(),
        })
        .collect();
    let judge = Judge { file, lines };
    let mut hits = judge.hits();
    let ids: BTreeSet<&str> = hits.iter().map(|hit| hit.rule.id.as_str()).collect();
    let alone: BTreeSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    hits.retain(|hit| {
        hit.rule.with.is_empty() || hit.rule.with.iter().any(|other| alone.contains(other))
    });
    best_of_each_line(&mut hits);
    let score = judge.score(&hits);
    if score < MARKED {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for hit in hits.iter().filter(|hit| !hit.rule.support) {
        let Some(line) = judge.lines.get(hit.at) else {
            continue;
        };
        let same = |finding: &&Finding| finding.rule == hit.rule.id;
        let before: Vec<&Finding> = findings.iter().filter(same).collect();
        let repeated = before
            .iter()
            .any(|finding| finding.page == line.kept.page && finding.level == hit.level);
        if repeated || before.len() >= FINDINGS_MAX {
            continue;
        }
        findings.push(Finding {
            rule: hit.rule.id.clone(),
            level: hit.level,
            page: line.kept.page,
            bbox_mm: line.kept.bbox_mm,
            how: if line.kept.is_property {
                How::Metadata
            } else {
                How::Text
            },
            confidence: confidence(score),
            excerpt: hit.excerpt.clone(),
        });
    }
    findings
}

/// Keeps the strongest hit of each line: a line is one piece of evidence, however many rules it fits.
fn best_of_each_line(hits: &mut Vec<Hit<'_>>) {
    hits.sort_by_key(|hit| (hit.at, std::cmp::Reverse(hit.rule.score)));
    hits.dedup_by_key(|hit| hit.at);
}

/// Findings in the name of a file.
pub fn judge_name(file: &File, name: &str) -> Vec<Finding> {
    let spaced: String = name
        .chars()
        .map(|c| if c == '_' { ' ' } else { c })
        .collect();
    let cells: Vec<Cell> = line::readings(&spaced).into_iter().flatten().collect();
    let mut findings = Vec::new();
    for rule in file
        .rule
        .iter()
        .filter(|rule| rule.zones.contains(&Zone::Name) && rule.score >= MARKED)
    {
        let Some(term) = file.term(&rule.term) else {
            continue;
        };
        for cell in &cells {
            let about = cell
                .words
                .iter()
                .any(|word| contains(&file.compounds.name_about, cell.small(word)));
            if about || !findings.is_empty() {
                continue;
            }
            if let Some((word, from, to)) = term
                .words
                .iter()
                .find_map(|word| inside(file, cell, word).map(|(from, to)| (word, from, to)))
            {
                findings.push(Finding {
                    rule: rule.id.clone(),
                    level: word.level,
                    page: None,
                    bbox_mm: None,
                    how: How::Name,
                    confidence: confidence(rule.score),
                    excerpt: masked(&cell.text, from, to),
                });
            }
        }
    }
    findings
}

struct Judge<'a> {
    file: &'a File,
    lines: Vec<Line<'a>>,
}

impl<'a> Judge<'a> {
    fn hits(&self) -> Vec<Hit<'a>> {
        let mut hits = Vec::new();
        for rule in &self.file.rule {
            let Some(term) = self.term(&rule.term) else {
                continue;
            };
            for at in 0..self.lines.len() {
                hits.extend(self.hit(rule, term, at));
            }
        }
        hits
    }

    fn term(&self, id: &str) -> Option<&'a Term> {
        self.file.term(id)
    }

    fn hit(&self, rule: &'a Rule, term: &'a Term, at: usize) -> Option<Hit<'a>> {
        let line = self.lines.get(at)?;
        if !line.kept.zones.iter().any(|zone| rule.zones.contains(zone)) {
            return None;
        }
        if !rule.requires.is_empty() {
            let small = line.kept.text.to_lowercase();
            if !rule
                .requires
                .iter()
                .any(|needed| small.contains(needed.as_str()))
            {
                return None;
            }
        }
        let (mut level, excerpt) = line.readings().iter().find_map(|cells| {
            cells
                .iter()
                .enumerate()
                .find_map(|(place, cell)| self.in_cell(rule, term, cells, place, cell, at))
        })?;
        if !rule.near.is_empty() && !self.is_near(rule, at) {
            return None;
        }
        if rule.silenced_by_list && self.in_list(at) {
            return None;
        }
        if rule.form == Form::Alone && level == Some(Level::Mat) {
            level = self.wrapped(at)?;
        }
        Some(Hit {
            rule,
            at,
            level,
            excerpt,
        })
    }

    fn in_cell(
        &self,
        rule: &Rule,
        term: &'a Term,
        cells: &[Cell],
        place: usize,
        cell: &Cell,
        at: usize,
    ) -> Option<(Option<Level>, String)> {
        if rule.form == Form::Label {
            let (level, from, to) = self.label(rule, term, cells, place, cell, at)?;
            return Some((level, masked(&cell.text, from, to)));
        }
        term.words.iter().find_map(|word| {
            let (from, to) = fits(self.file, rule.form, rule.case, cell, word)?;
            Some((word.level, masked(&cell.text, from, to)))
        })
    }

    /// A label with its value behind it, in the next cell or on the next line.
    fn label(
        &self,
        rule: &Rule,
        term: &Term,
        cells: &[Cell],
        place: usize,
        cell: &Cell,
        at: usize,
    ) -> Option<(Option<Level>, usize, usize)> {
        let to = label_end(cell, term)?;
        let rest = cell.text.get(to..).unwrap_or("");
        let value = rule.value.as_deref()?;
        if value == DIGITS {
            return is_number(rest).then_some((None, 0, to));
        }
        let values = &self.term(value)?.words;
        let bare = squeezed(rest);
        let same = |letters: &str| values.iter().find(|word| word.letters == letters);
        if !bare.is_empty() {
            return same(&bare).map(|word| (word.level, 0, cell.text.len()));
        }
        let next = cells
            .get(place + 1)
            .or_else(|| self.lines.get(at + 1)?.cells().next())?;
        same(&next.letters).map(|word| (word.level, 0, cell.text.len()))
    }

    fn is_near(&self, rule: &Rule, at: usize) -> bool {
        let Some(here) = self.lines.get(at) else {
            return false;
        };
        let terms: Vec<&Term> = rule.near.iter().filter_map(|id| self.term(id)).collect();
        self.around(at, rule.within).any(|line| {
            line.kept.page == here.kept.page
                && terms
                    .iter()
                    .any(|term| line.cells().any(|cell| is_neighbour(cell, term)))
        })
    }

    /// Lines at most `within` lines away, the line itself too.
    fn around(&self, at: usize, within: u32) -> impl Iterator<Item = &Line<'a>> {
        let number = self.lines.get(at).map_or(0, |line| line.kept.number);
        let span = usize::try_from(within).unwrap_or(usize::MAX);
        let from = at.saturating_sub(span);
        let to = at
            .saturating_add(span)
            .min(self.lines.len().saturating_sub(1));
        self.lines
            .get(from..=to)
            .unwrap_or(&[])
            .iter()
            .filter(move |line| line.kept.number.abs_diff(number) <= within)
    }

    /// Whether all three levels stand close by, each for itself: a form or a table, not a stamp.
    fn in_list(&self, at: usize) -> bool {
        let Some(term) = self.term(LIST_TERM) else {
            return false;
        };
        let mut levels = BTreeSet::new();
        for line in self.around(at, LIST_LINES) {
            // A row of a filled book has other cells beside its level.
            for cells in line.readings() {
                let of_cell = |cell: &Cell| {
                    term.words
                        .iter()
                        .find(|word| word.letters == cell.letters)?
                        .level
                };
                let of_line: Vec<_> = cells
                    .iter()
                    .filter(|cell| !cell.letters.is_empty())
                    .map(of_cell)
                    .collect();
                if of_line.iter().all(Option::is_some) {
                    levels.extend(of_line.into_iter().flatten());
                }
            }
        }
        levels.len() > 2
    }

    /// The level of a line `MẬT`, which may be the end of the line before it: of `TỐI`, or of `BÍ`.
    /// `None` if it is no level.
    fn wrapped(&self, at: usize) -> Option<Option<Level>> {
        let here = self.lines.get(at)?;
        let last = at
            .checked_sub(1)
            .and_then(|before| self.lines.get(before))
            .filter(|line| line.kept.number + 1 == here.kept.number)
            .and_then(|line| line.readings().last()?.last())
            .and_then(|cell| Some((cell, cell.words.last()?)));
        let Some((cell, last)) = last else {
            return Some(Some(Level::Mat));
        };
        match cell.small(last) {
            "tối" if last.capitals => Some(Some(Level::ToiMat)),
            "tuyệt" if last.capitals => Some(Some(Level::TuyetMat)),
            word if last.capitals && contains(&self.file.compounds.before, word) => None,
            _ => Some(Some(Level::Mat)),
        }
    }

    /// Scores of all rules that hit, less what speaks against a marking.
    fn score(&self, hits: &[Hit<'_>]) -> u32 {
        let mut seen = BTreeSet::new();
        let sum: u32 = hits
            .iter()
            .filter(|hit| seen.insert(hit.rule.id.as_str()))
            .map(|hit| hit.rule.score)
            .sum();
        let lowered: u32 = self
            .file
            .against
            .iter()
            .filter(|against| {
                let Some(term) = self.term(&against.term) else {
                    return false;
                };
                let stands = self.lines.iter().any(|line| {
                    line.kept
                        .zones
                        .iter()
                        .any(|zone| against.zones.contains(zone))
                        && line.cells().any(|cell| {
                            term.words.iter().any(|word| {
                                fits(self.file, against.form, against.case, cell, word).is_some()
                            })
                        })
                });
                stands
                    && against
                        .blank
                        .as_ref()
                        .is_none_or(|blank| self.is_blank(blank))
            })
            .map(|against| against.lowers)
            .sum();
        sum.saturating_sub(lowered)
    }

    /// Whether a label of the document is there and every one is empty.
    fn is_blank(&self, id: &str) -> bool {
        let Some(term) = self.term(id) else {
            return false;
        };
        let labels: Vec<bool> = self
            .lines
            .iter()
            .flat_map(Line::cells)
            .filter_map(|cell| {
                let (_, to) = term.words.iter().find_map(|word| starts(cell, word))?;
                let rest = cell.text.get(to..)?.trim_start();
                let rest = rest.strip_prefix(':')?;
                Some(!rest.contains(|c: char| c.is_ascii_digit()))
            })
            .collect();
        !labels.is_empty() && labels.into_iter().all(|empty| empty)
    }
}

/// Where a word stands in a cell in the wanted form, as bytes of its text.
fn fits(file: &File, form: Form, case: Case, cell: &Cell, word: &Word) -> Option<(usize, usize)> {
    let whole = (0, cell.text.len());
    let found = match form {
        Form::Alone => is_alone(cell, word).then_some(whole),
        Form::Starts => {
            starts(cell, word).filter(|(from, to)| !is_compound(file, cell, *from, *to))
        }
        Form::Ends if word.exact => {
            let before = cell.text.strip_suffix(word.text.as_str())?;
            Some((before.len(), cell.text.len()))
        }
        Form::Ends => {
            ends(cell, word).and_then(|end| inside(file, cell, word).filter(|(_, to)| *to == end))
        }
        Form::Inside => inside(file, cell, word),
        Form::Value => {
            (cell.value_letters() == word.letters).then_some((cell.value_from, cell.text.len()))
        }
        Form::Label => starts(cell, word),
    }?;
    let capitals = || {
        cell.words
            .iter()
            .filter(|word| word.from >= found.0 && word.to <= found.1)
            .all(|word| word.capitals || cell.small(word).chars().all(|c| !c.is_alphabetic()))
    };
    (case == Case::Any || capitals()).then_some(found)
}

/// Alone but for signs and one digit, such as the mark of a note.
fn is_alone(cell: &Cell, word: &Word) -> bool {
    cell.digits <= 1 && cell.letters == word.letters
}

/// Where the longest word of a label ends, if a cell starts with one.
fn label_end(cell: &Cell, term: &Term) -> Option<usize> {
    term.words
        .iter()
        .filter_map(|word| starts(cell, word))
        .map(|(_, to)| to)
        .max()
}

/// Whether a label is followed by a colon or a digit, and has some digit behind it.
fn is_number(rest: &str) -> bool {
    let rest = rest.trim_start();
    let filled = rest.starts_with([':', '.']) || rest.starts_with(|c: char| c.is_ascii_digit());
    filled && rest.contains(|c: char| c.is_ascii_digit())
}

fn starts(cell: &Cell, word: &Word) -> Option<(usize, usize)> {
    let words = cell.words.get(..word.parts.len())?;
    same_words(cell, words, word).then(|| span(words)).flatten()
}

/// Where a word ends that is the last of its cell.
fn ends(cell: &Cell, word: &Word) -> Option<usize> {
    let from = cell.words.len().checked_sub(word.parts.len().max(1))?;
    let words = cell.words.get(from..)?;
    same_words(cell, words, word).then(|| Some(words.last()?.to))?
}

fn inside(file: &File, cell: &Cell, word: &Word) -> Option<(usize, usize)> {
    cell.words
        .windows(word.parts.len().max(1))
        .filter(|words| same_words(cell, words, word))
        .filter_map(span)
        .find(|(from, to)| !is_compound(file, cell, *from, *to))
}

fn same_words(cell: &Cell, words: &[line::Word], word: &Word) -> bool {
    words.iter().map(|word| cell.small(word)).eq(&word.parts)
}

fn span(words: &[line::Word]) -> Option<(usize, usize)> {
    Some((words.first()?.from, words.last()?.to))
}

/// Whether the neighbours make another word of it.
fn is_compound(file: &File, cell: &Cell, from: usize, to: usize) -> bool {
    let before = cell.words.iter().rev().find(|word| word.to <= from);
    let after = cell.words.iter().find(|word| word.from >= to);
    before.is_some_and(|word| contains(&file.compounds.before, cell.small(word)))
        || after.is_some_and(|word| contains(&file.compounds.after, cell.small(word)))
}

fn contains(words: &[String], word: &str) -> bool {
    words.iter().any(|other| other == word)
}

fn is_neighbour(cell: &Cell, term: &Term) -> bool {
    term.words.iter().any(|word| {
        if term.anywhere {
            let mut words = cell.words.iter();
            return words.any(|other| cell.small(other) == word.letters);
        }
        starts(cell, word).is_some_and(|(_, to)| {
            let rest = cell.text.get(to..).unwrap_or("").trim_start();
            !term.colon
                || rest.starts_with([':', '.'])
                || rest.starts_with(|c: char| c.is_ascii_digit())
        })
    })
}

/// The text with everything but the marking masked, at most [`EXCERPT_CHARS_MAX`] characters.
fn masked(text: &str, from: usize, to: usize) -> String {
    let mut out = String::new();
    let before = text.get(..from).unwrap_or("");
    let skip = before.chars().count().saturating_sub(8);
    let mask = |c: char| if c.is_alphanumeric() { '•' } else { c };
    out.extend(before.chars().skip(skip).map(mask));
    out.push_str(text.get(from..to).unwrap_or(""));
    out.extend(text.get(to..).unwrap_or("").chars().map(mask));
    out.chars()
        .take(EXCERPT_CHARS_MAX)
        .collect::<String>()
        .trim()
        .to_owned()
}

fn confidence(score: u32) -> f32 {
    // 100 is enough and 250 as sure as text can be.
    let above = u16::try_from(score.saturating_sub(MARKED).min(150)).unwrap_or(150);
    0.8 + f32::from(above) / 150.0 * 0.19
}
