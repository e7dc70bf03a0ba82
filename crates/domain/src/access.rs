//! Who may do what. One predicate for rows, counts, exports and error texts:
//! what an actor may not see is absent.
//!
//! Roles follow product.md: văn thư keeps the books, cán bộ bảo vệ bí mật nhà
//! nước keeps them too and answers for tasks and reports, thủ trưởng decides,
//! quản trị administers accounts and reads no book. A supervising unit (Công an
//! tỉnh, phòng An ninh chính trị nội bộ) sees plans and tasks of all units and
//! no subject of any of them.

use crate::{Actor, Refusal};

/// The role of an account inside its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    VanThu,
    CanBo,
    ThuTruong,
    QuanTri,
    /// Cán bộ giám sát: watches portals, folders and mailboxes on the Internet side; keeps no book.
    GiamSat,
}

impl Role {
    pub const ALL: [Self; 5] = [
        Self::VanThu,
        Self::CanBo,
        Self::ThuTruong,
        Self::QuanTri,
        Self::GiamSat,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::VanThu => "van_thu",
            Self::CanBo => "can_bo",
            Self::ThuTruong => "thu_truong",
            Self::QuanTri => "quan_tri",
            Self::GiamSat => "giam_sat",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// What an account may try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Read the unit's books and documents.
    ReadBooks,
    /// Write lines, corrections, transfers, imports.
    WriteBooks,
    /// Permit copying (the post is checked against the law besides).
    PermitCopy,
    /// Print books and reports.
    Print,
    /// Read the unit's tasks.
    ReadTasks,
    /// Report the result of the unit's task.
    ReportTask,
    /// Read in plans, review and assign tasks of all units, see the late list.
    SteerTasks,
    /// Produce the unit's self-inspection report.
    Report,
    /// Read the ledger page and checkpoints.
    ReadLedger,
    /// Accounts and units.
    Administer,
    /// Ask the law.
    AskLaw,
    /// Sources, runs and findings of the watch.
    ReadWatch,
    /// Sources and runs, judging findings, taking down, handing over.
    WriteWatch,
    /// Cases that hand-over files opened in the unit.
    ReadCases,
    /// Take hand-over files, close cases.
    WriteCases,
}

impl Action {
    pub const ALL: [Self; 15] = [
        Self::ReadBooks,
        Self::WriteBooks,
        Self::PermitCopy,
        Self::Print,
        Self::ReadTasks,
        Self::ReportTask,
        Self::SteerTasks,
        Self::Report,
        Self::ReadLedger,
        Self::Administer,
        Self::AskLaw,
        Self::ReadWatch,
        Self::WriteWatch,
        Self::ReadCases,
        Self::WriteCases,
    ];
}

/// Whether a role may try an action in its own unit.
pub fn may(role: Role, supervises: bool, action: Action) -> bool {
    use Action::{
        Administer, AskLaw, PermitCopy, Print, ReadBooks, ReadCases, ReadLedger, ReadTasks,
        ReadWatch, Report, ReportTask, SteerTasks, WriteBooks, WriteCases, WriteWatch,
    };
    match role {
        Role::VanThu => matches!(
            action,
            ReadBooks | WriteBooks | PermitCopy | Print | ReadTasks | ReadLedger | AskLaw
        ),
        Role::CanBo => {
            matches!(
                action,
                ReadBooks
                    | WriteBooks
                    | PermitCopy
                    | Print
                    | ReadTasks
                    | ReportTask
                    | Report
                    | ReadLedger
                    | AskLaw
                    | ReadCases
                    | WriteCases
            ) || (supervises && action == SteerTasks)
        }
        Role::ThuTruong => {
            matches!(
                action,
                ReadBooks
                    | PermitCopy
                    | Print
                    | ReadTasks
                    | ReportTask
                    | Report
                    | ReadLedger
                    | AskLaw
                    | ReadCases
            ) || (supervises && action == SteerTasks)
        }
        Role::QuanTri => matches!(action, Administer | ReadLedger | AskLaw),
        Role::GiamSat => matches!(action, ReadWatch | WriteWatch | ReadLedger | AskLaw),
    }
}

/// A watch installation stands on the Internet side and has no register: nobody there has an
/// account that reads books.
///
/// # Errors
/// `ACCESS-02`.
pub fn fits_watch(role: Role) -> Result<(), Refusal> {
    if may(role, true, Action::ReadBooks) {
        Err(Refusal::new("ACCESS-02").on("role"))
    } else {
        Ok(())
    }
}

/// Refuses with `ACCESS-01` when the actor's role does not allow the action.
pub fn require(actor: &Actor, action: Action) -> Result<(), Refusal> {
    if may(actor.role, actor.supervises, action) {
        Ok(())
    } else {
        Err(Refusal::new("ACCESS-01"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole matrix, printed and compared: a change of one cell is a change
    /// of this text, seen by a reviewer.
    #[test]
    fn matrix_is_as_reviewed() {
        let mut text = String::new();
        for role in Role::ALL {
            for supervises in [false, true] {
                let allowed: Vec<String> = Action::ALL
                    .into_iter()
                    .filter(|action| may(role, supervises, *action))
                    .map(|action| format!("{action:?}"))
                    .collect();
                text.push_str(&format!(
                    "{} {}: {}\n",
                    role.code(),
                    if supervises {
                        "supervising"
                    } else {
                        "ordinary"
                    },
                    allowed.join(" ")
                ));
            }
        }
        assert_eq!(text, include_str!("access_matrix.txt"));
    }

    #[test]
    fn administrator_reads_no_book() {
        for supervises in [false, true] {
            assert!(!may(Role::QuanTri, supervises, Action::ReadBooks));
            assert!(!may(Role::QuanTri, supervises, Action::Report));
        }
    }

    #[test]
    fn who_watches_reads_no_book_and_who_keeps_books_does_not_watch() {
        for role in Role::ALL {
            let watches = may(role, true, Action::ReadWatch);
            assert!(!(watches && may(role, true, Action::ReadBooks)), "{role:?}");
            assert_eq!(
                fits_watch(role).is_ok(),
                !may(role, false, Action::ReadBooks)
            );
        }
        assert!(fits_watch(Role::GiamSat).is_ok() && fits_watch(Role::QuanTri).is_ok());
    }

    #[test]
    fn only_supervising_units_steer() {
        for role in Role::ALL {
            assert!(!may(role, false, Action::SteerTasks));
        }
    }
}
