//! Rules that judge text and names, with their data in `checks/markers/`.
//!
//! ```text
//! text ──► needles (one pass over the bytes) ──► kept lines with their places ──► rules ──► findings
//! ```
//! A rule looks for a term in a form (alone on its line, after a label...) in a zone (head of the page,
//! text box...). Scores of all rules that hit are added, what speaks against a marking is taken off, and
//! from 100 on the document is marked. So the levels in running prose, which laws and news are full of,
//! weigh nothing.

mod data;
mod gather;
mod judge;
mod letter;
mod line;
mod needles;

use std::sync::Arc;

use thiserror::Error;

pub use gather::Gathered;

use crate::content::Piece;
use crate::report::Finding;
use data::File;
use needles::Needles;

/// The rules that the program carries.
const BUILT_IN: [(&str, &str); 2] = [
    (
        "terms.toml",
        include_str!("../../../../checks/markers/terms.toml"),
    ),
    (
        "rules.toml",
        include_str!("../../../../checks/markers/rules.toml"),
    ),
];

/// Rules, ready to judge. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Markers {
    file: Arc<File>,
    needles: Arc<Needles>,
}

/// Why rules could not be loaded.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("marker rules `{file}`: {problem}")]
pub struct MarkerError {
    pub file: String,
    pub problem: String,
}

impl Markers {
    /// The rules that the program carries.
    ///
    /// # Errors
    /// [`MarkerError`] if a rule is broken, which a test excludes.
    pub fn built_in() -> Result<Self, MarkerError> {
        Self::with(&[])
    }

    /// The rules that the program carries and those of an agency: pairs of a file's name and its text.
    ///
    /// # Errors
    /// [`MarkerError`] if a rule is broken.
    pub fn with(own: &[(&str, &str)]) -> Result<Self, MarkerError> {
        let files: Vec<(&str, &str)> = BUILT_IN.iter().chain(own).copied().collect();
        let file = File::merged(&files)?;
        let needles = Needles::new(&file)?;
        Ok(Self {
            file: Arc::new(file),
            needles: Arc::new(needles),
        })
    }

    /// Identifiers of all rules that can give a finding.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.file
            .rule
            .iter()
            .filter(|rule| !rule.support)
            .map(|rule| rule.id.as_str())
    }

    /// Place of the next line in UTF-8 text from `from` on which a rule may fire: of a needle in it.
    #[must_use]
    pub fn next_interest(&self, text: &str, from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(found) = self.needles.next(text, at) {
            let (start, end) = line_around(text, found);
            if judge::can_fire(&self.file, text.get(start..end).unwrap_or("")) {
                return Some(found);
            }
            at = end.max(found + 1);
        }
        None
    }

    /// Whether a rule may fire on a line, whatever stands around it.
    fn is_candidate(&self, line: &str) -> bool {
        self.needles.hits(line) && judge::can_fire(&self.file, line)
    }

    /// Adds a piece to the lines of its document.
    pub fn gather(&self, lines: &mut Gathered, piece: &Piece) {
        lines.piece(piece, self);
    }

    /// What the lines of a document come to.
    #[must_use]
    pub fn judge(&self, lines: &Gathered) -> Vec<Finding> {
        if lines.found {
            judge::judge(&self.file, &lines.kept)
        } else {
            Vec::new()
        }
    }

    /// What the name of a file says, without its folders.
    #[must_use]
    pub fn judge_name(&self, name: &str) -> Vec<Finding> {
        let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
        judge::judge_name(&self.file, last)
    }
}

/// Start and end of the line at `found`, or of as much of it as rules look at.
fn line_around(text: &str, found: usize) -> (usize, usize) {
    let floor = text.floor_char_boundary(found.saturating_sub(gather::LINE_BYTES_MAX));
    let ceiling = text.ceil_char_boundary((found + gather::LINE_BYTES_MAX).min(text.len()));
    let before = text.get(floor..found).unwrap_or("");
    let after = text.get(found..ceiling).unwrap_or("");
    let rest = before.rsplit(gather::LINE_ENDS).next().unwrap_or("");
    let end = after.find(gather::LINE_ENDS);
    (found - rest.len(), end.map_or(ceiling, |at| found + at))
}
