//! What a use case can answer instead of its result. [`AppError::code`] is
//! stable; the sentence for people is `error-<code>` in `locales`.

use domain::Refusal;

/// Why a use case did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// One document of a batch refused, and with it all of them.
    #[error("row {row} of the batch: {error}")]
    InBatch {
        /// Line of the list, from 1.
        row: usize,
        /// Number of the document, for the person who chose it.
        number_symbol: String,
        error: Box<AppError>,
    },
    /// Not there, or not for this person: the same answer.
    #[error("there is no such thing")]
    Absent,
    /// The form was made before somebody else's change.
    #[error("the form is stale: the record has changed")]
    Stale,
    #[error("sign in first")]
    SignedOut,
    #[error("wrong name, password or code")]
    WrongLogin,
    #[error("the account is locked until {until}")]
    Locked { until: String },
    #[error("password refused: {rule}")]
    Password { rule: &'static str },
    #[error("the input is not usable: {what}")]
    Input { code: &'static str, what: String },
    #[error("the clock shows no usable time")]
    Clock,
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    #[error(transparent)]
    Print(#[from] print::PrintError),
}

impl AppError {
    /// A code that scripts and the help pages rely on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::InBatch { error, .. } => error.code(),
            Self::Absent => "ABSENT",
            Self::Stale => "STALE",
            Self::SignedOut => "SIGNED-OUT",
            Self::WrongLogin => "LOGIN-01",
            Self::Locked { .. } => "LOGIN-02",
            Self::Password { .. } => "LOGIN-03",
            Self::Input { code, .. } => code,
            Self::Clock => "CLOCK",
            Self::Store(error) => error.code(),
            Self::Ledger(_) => "LEDGER",
            Self::Print(error) => error.code(),
        }
    }
}
