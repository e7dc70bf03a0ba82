//! Tasks from a plan or directive (nhiệm vụ): what the document asks of whom,
//! accepted by the supervising unit, given to units, reported with evidence and
//! closed (NĐ 30/2020/NĐ-CP Phụ lục I for the shape of the document; who steers
//! and who reports is the house's own rule).
//!
//! ```text
//!   proposed ──assign──► assigned ──report──► reported ──accept──► done
//!      │                  │     ▲              │    ▲                │
//!      │                  │     │            return │              reopen
//!      │                  │     │              ▼    │                │
//!      │                  │     └──────────────│────│────────────────┘
//!      │                  │                 returned──report
//!     drop               drop                drop
//!      └──────────────────┴────► dropped ◄─────┘     (reopen ──► proposed)
//! ```
//!
//! A task given to several units is one task for each: every unit answers for
//! its own. A repeated duty (định kỳ) leaves a task for the next period when it is
//! accepted. Nothing leaves `done` or `dropped` but by reopening with a reason.

mod decide;
mod due;
mod state;
mod suggest;
#[cfg(test)]
mod tests;

pub use decide::{checked_selection, decide, next_steps};
pub use due::{last_day, next_day, overdue_days};
pub use state::{Command, Decision, ReportDraft, State, Step, Task};
pub use suggest::{Body, BodyClass, Note, Suggestion, suggest};
