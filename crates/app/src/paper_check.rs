//! Checks printed paper against the public key alone: pure, no database. Cells
//! are named by comparing with a stored book, see [`App::compare_page`].
//!
//! [`App::compare_page`]: crate::App::compare_page

use std::collections::BTreeSet;

use ledger::Event;
use ledger::checkpoint::Checkpoint;
use ledger::note::VerifierKey;
use ledger::page::{PAGE_PRINTED, PageProof, PageText, VerifiedPage};

use crate::dossiers::STEP_TAKEN;
use crate::dossiers::batch::BATCH_STEP;
use crate::reports::REPORT_MADE;

/// What a QR code proves by itself: who signed, which state of the log, which
/// event stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    pub checkpoint: Checkpoint,
    pub index: u64,
    pub event: Event,
    page: Option<VerifiedPage>,
}

impl Proven {
    /// A field of the proven event; empty when it has none of that name.
    pub fn field(&self, name: &str) -> &str {
        self.event.fields.get(name).map_or("", String::as_str)
    }

    /// Number of the proven page; `None` for a report.
    pub fn page(&self) -> Option<u32> {
        self.page.as_ref()?;
        self.field("page").parse().ok()
    }

    /// Compares rows read from paper with the proven digest.
    pub fn holds(&self, rows: &[Vec<String>]) -> bool {
        let Some(page) = &self.page else { return false };
        head(self).is_some_and(|head| page.check_cells(&page_text(&head, rows.to_vec())).is_ok())
    }
}

/// Verifies the text of one QR code: signature, inclusion, event, in this order.
///
/// # Errors
/// The code of the error tells which failed; see [`PageProof::verify`].
pub fn check_code(text: &str, key: &VerifierKey) -> Result<Proven, ledger::Error> {
    let proof = PageProof::parse(text.trim())?;
    let verified = proof.verify(key);
    let page = match verified {
        Ok(page) => Some(page),
        // Signature and inclusion held: only the event is not a page's.
        Err(ledger::Error::PageEvent { why }) => {
            let (event, _) = Event::decode(&proof.leaf)?;
            if ![REPORT_MADE, STEP_TAKEN, BATCH_STEP].contains(&event.kind.as_str()) {
                return Err(ledger::Error::PageEvent { why });
            }
            None
        }
        Err(error) => return Err(error),
    };
    let (event, _) = Event::decode(&proof.leaf)?;
    Ok(Proven {
        checkpoint: proof.checkpoint,
        index: proof.index,
        event,
        page,
    })
}

/// What was found about one page or one code of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Page of the book; `None` when nothing tells it.
    pub page: Option<u32>,
    /// What the code proves, when it holds.
    pub proven: Option<Proven>,
    pub outcome: Outcome,
    /// Rows read from the paper, for naming what differs.
    pub rows: Vec<Vec<String>>,
}

/// Outcome for one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Signature, inclusion and every cell hold.
    Holds,
    /// The proof holds; the cells must be compared by eye.
    ByEye,
    /// The proof holds, the cells are not those that were printed.
    Differs,
    /// The page has no code that proves it.
    NoProof,
    /// The text layer does not read as pages of a book.
    Unreadable,
    /// The code itself fails: the ledger's error code and sentence.
    Refused { code: &'static str, what: String },
}

impl Outcome {
    /// Whether nothing speaks against the page.
    pub fn good(&self) -> bool {
        matches!(self, Self::Holds | Self::ByEye)
    }
}

/// Checks a printed book: its sheets' text layers in content order and the texts
/// of its QR codes. Without sheets only the codes are checked (a scan).
///
/// Every page must have a code that proves exactly its cells.
pub fn check_paper(sheets: &[String], codes: &[String], key: &VerifierKey) -> Vec<Checked> {
    let mut found = Vec::new();
    let mut proven = Vec::new();
    let mut seen = BTreeSet::new();
    for text in codes.iter().filter(|text| seen.insert(text.as_str())) {
        match check_code(text, key) {
            Ok(proof) => proven.push(proof),
            Err(error) => found.push(Checked {
                page: None,
                proven: None,
                outcome: Outcome::Refused {
                    code: error.code(),
                    what: error.to_string(),
                },
                rows: Vec::new(),
            }),
        }
    }
    let has_text = sheets.iter().any(|sheet| !sheet.trim().is_empty());
    let pages = match print::book::parse_pages(sheets) {
        Some(pages) => pages,
        None => {
            found.push(Checked {
                page: None,
                proven: None,
                outcome: Outcome::Unreadable,
                rows: Vec::new(),
            });
            Vec::new()
        }
    };
    let read: BTreeSet<u32> = pages.iter().map(|page| page.page).collect();
    for page in pages {
        found.push(check_rows(page, &proven));
    }
    // A proof without its page: a report, or a scan that holds no text.
    for proof in proven {
        let unread = proof.page().is_none_or(|page| !read.contains(&page));
        if unread {
            let stray = has_text && proof.page().is_some() && !read.is_empty();
            found.push(Checked {
                page: proof.page(),
                proven: Some(proof),
                outcome: if stray {
                    Outcome::Differs
                } else {
                    Outcome::ByEye
                },
                rows: Vec::new(),
            });
        }
    }
    found
}

fn check_rows(page: print::book::PageRows, proven: &[Proven]) -> Checked {
    let own: Vec<&Proven> = proven
        .iter()
        .filter(|proof| proof.page() == Some(page.page))
        .collect();
    let holding = own.iter().find(|proof| proof.holds(&page.rows));
    let (proof, outcome) = match (holding, own.first()) {
        (Some(proof), _) => (Some((*proof).clone()), Outcome::Holds),
        (None, Some(proof)) => (Some((*proof).clone()), Outcome::Differs),
        (None, None) => (None, Outcome::NoProof),
    };
    Checked {
        page: Some(page.page),
        proven: proof,
        outcome,
        rows: page.rows,
    }
}

/// What a page is, beside its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageHead {
    pub book: String,
    /// Code of the unit.
    pub unit: String,
    pub year: u32,
    pub edition: String,
    pub page: u32,
}

/// The text that a page's digest is taken over. Printing and checking both come
/// through here; rows are those of [`print::book::compact_row`].
pub fn page_text(head: &PageHead, rows: Vec<Vec<String>>) -> PageText {
    PageText {
        book: head.book.clone(),
        unit: head.unit.clone(),
        year: head.year,
        edition: head.edition.clone(),
        page: head.page,
        rows,
    }
}

/// The head that a proven page names; `None` when a part is missing.
pub(crate) fn head(proven: &Proven) -> Option<PageHead> {
    if proven.event.kind != PAGE_PRINTED {
        return None;
    }
    Some(PageHead {
        book: proven.field("book").to_owned(),
        unit: proven.field("unit").to_owned(),
        year: proven.field("year").parse().ok()?,
        edition: proven.field("edition").to_owned(),
        page: proven.field("page").parse().ok()?,
    })
}
