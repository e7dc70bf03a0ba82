//! What a kernel could not give.

/// A wall that is missing.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("the system refuses the limit `{what}`: {why}")]
    Limit { what: &'static str, why: String },
    #[error("the system does not let this process give up new privileges: {0}")]
    Privileges(String),
    #[error("Landlock does not work here (Linux 5.13 or newer with Landlock switched on): {0}")]
    Landlock(String),
    #[error("seccomp filters do not work here: {0}")]
    Seccomp(String),
    #[error("locking workers is written for Linux; address space asked for: {address_bytes} bytes")]
    Platform { address_bytes: u64 },
}

impl LockError {
    /// Stable code of the missing wall.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Limit { .. } => "SANDBOX-LIMIT",
            Self::Privileges(_) => "SANDBOX-PRIVILEGES",
            Self::Landlock(_) => "SANDBOX-LANDLOCK",
            Self::Seccomp(_) => "SANDBOX-SECCOMP",
            Self::Platform { .. } => "SANDBOX-PLATFORM",
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn platform(limits: &crate::Limits) -> Self {
        Self::Platform {
            address_bytes: limits.address_bytes,
        }
    }
}
