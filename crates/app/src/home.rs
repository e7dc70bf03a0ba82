//! "Việc của tôi": what is due, overdue, returned, and what to do next.

use domain::access::Action;
use store::documents::DocumentRow;
use store::dossiers::DossierRow;
use store::holdings::HoldingSigns;
use store::plans::TaskRow;

use crate::{App, AppError, Who};

/// The first page after sign-in.
#[derive(Debug, Clone, Default)]
pub struct Home {
    pub today: String,
    /// Open tasks of the unit, soonest due first.
    pub tasks: Vec<TaskRow>,
    /// For a supervising unit: late tasks of all units.
    pub late_elsewhere: i64,
    /// For a supervising unit: results that wait for acceptance.
    pub to_accept: Vec<TaskRow>,
    /// For a supervising unit: duties read from plans that wait for review.
    pub to_review: i64,
    /// Documents whose term ends within a year, soonest first.
    pub expiring: Vec<DocumentRow>,
    /// Open dossiers that are due within a month or late, soonest first.
    pub dossiers: Vec<DossierRow>,
    /// What the holdings want done.
    pub signs: HoldingSigns,
    /// Lines of the transfer and incoming books without a signature.
    pub unsigned: i64,
    /// Copies in the hands of persons.
    pub copies_out: i64,
    /// For a watch: findings that nobody judged yet, counted to 1,000.
    pub watch_new: i64,
    /// For a watch: leaks that are not gone, the oldest page of them.
    pub watch_leaks: usize,
    /// The annual report's window and day, as far as the law is known.
    pub report: Option<ReportDue>,
}

/// When the yearly report is due.
#[derive(Debug, Clone)]
pub struct ReportDue {
    pub from: String,
    pub to: String,
    pub by: String,
    pub because: Vec<law::Citation>,
}

impl App {
    /// Gathers what waits for this person.
    pub async fn home(&self, who: &Who) -> Result<Home, AppError> {
        let today = self.today()?;
        let iso = today.to_string();
        let mut home = Home {
            today: iso.clone(),
            ..Home::default()
        };
        if who.may(Action::ReadTasks) {
            home.tasks = self.db.tasks_of_unit(who.actor.unit, 1).await?;
        }
        if who.may(Action::SteerTasks) {
            home.late_elsewhere = self.db.tasks_late_count(&iso).await?;
            home.to_accept = self.db.tasks_with_state("reported", 1).await?;
            home.to_review = self
                .db
                .plans(&iso, 1)
                .await?
                .iter()
                .map(|row| row.proposed)
                .sum();
        }
        if who.may(Action::ReadWatch) {
            let unit = who.actor.unit;
            let query = store::findings::FindingQuery {
                state: "new".to_owned(),
                ..Default::default()
            };
            home.watch_new = self.db.watch_findings(unit, &query).await?.1;
            home.watch_leaks = self.db.watch_leaks(unit, 1).await?.len();
        }
        if who.may(Action::ReadBooks) {
            let horizon = today
                .plus_days(365)
                .map_err(|_| AppError::Clock)?
                .to_string();
            let month = today
                .plus_days(30)
                .map_err(|_| AppError::Clock)?
                .to_string();
            home.dossiers = self.db.dossiers_due(who.actor.unit, &month).await?;
            home.signs = self.db.holding_signs(who.actor.unit, &iso).await?;
            home.expiring = self.db.documents_expiring(who.actor.unit, &horizon).await?;
            let year = i64::from(today.year());
            home.unsigned = self.db.entries_unsigned(who.actor.unit, year).await?;
            home.copies_out = self.db.copies_out(who.actor.unit).await?;
        }
        Ok(home)
    }
}
