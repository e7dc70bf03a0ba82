//! One queue for all machines: what becomes of a job whose worker died or failed.
//!
//! ```text
//!   ready ──lease──► leased ──finish──► done
//!     ▲                │ ├──fail──► ready (later), after five tries failed
//!     └──lease ended───┘ └──the third death──► poison
//! ```

use crate::limits;

/// States of a job.
pub const READY: &str = "ready";
pub const LEASED: &str = "leased";
pub const DONE: &str = "done";
pub const FAILED: &str = "failed";
/// Its worker died too often: nobody takes it again by itself.
pub const POISON: &str = "poison";

/// What becomes of a due job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A worker gets it; so often did a worker of it die.
    Lease { deaths: i64 },
    /// It is set aside.
    Quarantine { deaths: i64 },
}

/// Decides on a job that is due. One that is due while leased lost its worker: it died, or hung
/// until its lease ended.
pub fn next(state: &str, deaths: i64) -> Next {
    let deaths = if state == LEASED { deaths + 1 } else { deaths };
    if deaths >= limits::JOB_DEATHS_MAX {
        Next::Quarantine { deaths }
    } else {
        Next::Lease { deaths }
    }
}

/// What becomes of a job whose worker says that it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It is tried again after so many minutes.
    Again {
        in_min: i64,
    },
    GiveUp,
}

/// Decides on a failed job; `tries` counts its leases so far, this one too.
pub fn failed(tries: i64) -> After {
    if tries >= limits::JOB_TRIES_MAX {
        return After::GiveUp;
    }
    let power = u32::try_from(tries.clamp(1, limits::JOB_TRIES_MAX) - 1).unwrap_or(0);
    After::Again {
        in_min: 5_i64.saturating_pow(power),
    }
}
