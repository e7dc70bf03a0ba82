//! Rules that judge text and names.

use thiserror::Error;

/// The rules of `checks/markers/`, ready to judge.
#[derive(Clone, Debug, Default)]
pub struct Markers {}

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
        Ok(Self::default())
    }
}
