//! Use cases: authorise, load, decide, and save rows, ledger event and request
//! mark in one transaction.
//!
//! Every public function of a use case takes [`Who`] first: a person with a live
//! session. What that person may not see is answered with [`AppError::Absent`].

pub mod accounts;
pub mod act;
pub mod book_years;
pub mod books;
pub mod clock;
pub mod demo;
pub mod documents;
pub mod dossiers;
pub mod equipment;
pub mod error;
pub mod evidence;
pub mod holdings;
pub mod home;
pub mod imports;
pub mod jobs;
pub mod ledger_view;
pub mod library;
pub mod limits;
pub mod packs;
pub mod paper_check;
pub mod papers;
pub mod plans;
pub mod qr_reader;
pub mod reports;
pub mod stamps;
pub mod templates;
pub mod watch;
pub mod workbook;

pub use act::{Act, Who};
pub use clock::{Clock, Random};
pub use error::AppError;

use std::sync::Arc;

/// Everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: store::Db,
    pub law: &'static law::Pack,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub signer: Arc<Signer>,
    /// Cost of new password hashes.
    pub passwords: accounts::PasswordCost,
}

/// The installation's signing key and the name it signs under.
pub struct Signer {
    pub key: ed25519_dalek::SigningKey,
    /// Origin of the log and name of the key, e.g. `khien/demo`.
    pub origin: String,
}

impl App {
    /// The day in Vietnam (UTC+7, no summer time) at this moment.
    pub fn today(&self) -> Result<law::LegalDate, AppError> {
        clock::vietnam_day(self.clock.now())
    }
}

/// Stored rows that screens and prints show as they are.
pub mod rows {
    pub use store::accounts::{Account, Unit};
    pub use store::batches::{BatchMember, BatchRow};
    pub use store::book_years::BookYearRow;
    pub use store::books::{EntryRow, ListPage, ListQuery, Sort};
    pub use store::cases::{CaseRow, HandOverRow, SenderRow};
    pub use store::documents::{Balance, CopyRow, DocumentRow, MoveRow, PermitRow, WorkSecretRow};
    pub use store::dossiers::{DossierQuery, DossierRow, DossierStepRow};
    pub use store::findings::{FindingQuery, FindingRow, ObjectRow, TakedownRow};
    pub use store::holdings::{
        HoldingFigure, HoldingSigns, StockLineRow, StockTakeRow, SweepItemRow, SweepRow,
    };
    pub use store::jobs::JobRow;
    pub use store::library::{InstrumentRow, UnitCatalogueRow, UnitItemRow};
    pub use store::limits::{PAGE_DEPTH_MAX, PAGE_ROWS};
    pub use store::log::{CheckpointRow, EventRow};
    pub use store::plans::{PlanFigures, PlanRow, StepRow, TaskRow, UnitFigures};
    pub use store::unit_papers::{StampSizeRow, TemplateRow};
    pub use store::watch::{RunRow, SourceLine, SourceRow};
}

/// How words are compared and ordered, for searches and lists.
pub mod words {
    pub use vanban::text::{collation_key, words};
}
