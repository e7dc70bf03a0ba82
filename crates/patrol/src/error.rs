//! Why a run cannot go on. What is wrong with one file is never an error: it is in that file's report.

/// Errors of this crate.
#[derive(Debug, thiserror::Error)]
pub enum PatrolError {
    #[error("cannot start a scan worker: {0}")]
    Start(String),
    #[error("a scan worker could not lock itself ({code}): {why}")]
    Unlocked { code: String, why: String },
    #[error("a scan worker does not speak the protocol of this program: {0}")]
    Protocol(String),
    #[error("no second reader: tesseract with Vietnamese is not installed")]
    NoSecond,
    #[error("cannot use `{path}`: {why}")]
    Path { path: String, why: String },
    #[error("cannot write the report: {0}")]
    Write(#[from] std::io::Error),
}

impl PatrolError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Start(_) => "PATROL-START",
            Self::Unlocked { .. } => "PATROL-UNLOCKED",
            Self::Protocol(_) => "PATROL-PROTOCOL",
            Self::NoSecond => "PATROL-SECOND",
            Self::Path { .. } => "PATROL-PATH",
            Self::Write(_) => "PATROL-WRITE",
        }
    }

    /// What the operator can do.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Start(_) => Some("check that the program may start processes here"),
            Self::Unlocked { .. } => Some(
                "use Linux 5.13 or newer with Landlock and seccomp; --unlocked scans without these walls, at your own decision, and says so in the report",
            ),
            Self::NoSecond => Some(
                "install the Debian packages tesseract-ocr and tesseract-ocr-vie, or use --ocr auto",
            ),
            _ => None,
        }
    }

    pub(crate) fn path(path: &std::path::Path, why: impl std::fmt::Display) -> Self {
        Self::Path {
            path: crate::names::plain(&crate::names::of(path)),
            why: why.to_string(),
        }
    }
}
