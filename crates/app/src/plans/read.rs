//! A file becomes a plan with tasks to review.

use domain::Fact;
use domain::access::Action;
use domain::task::{self, State};
use law::{LegalDate, Level};
use sha2::{Digest, Sha256};
use store::plans::{PlanRow, TaskRow};
use vanban::reader::{Document, Duty};

use super::{BETWEEN, ReadWarning};
use crate::library::plain_name;
use crate::papers::blocking;
use crate::{Act, App, AppError, Who, limits};

/// What reading a file gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadIn {
    pub plan: i64,
    /// Tasks that wait for review.
    pub tasks: usize,
    /// Things in the document that a person should check.
    pub warnings: usize,
    /// The same file was read before: this is its plan, nothing was added.
    pub already: bool,
}

impl App {
    /// Reads a plan or directive and proposes its duties as tasks.
    ///
    /// # Errors
    /// `PLAN-SIZE` larger than the limit; `READ-...` the file cannot be read;
    /// `PLAN-LEVEL` the document bears a level of secrecy, so its words do not
    /// belong into a list that many units read.
    pub async fn read_in(
        &self,
        who: &Who,
        file_name: &str,
        bytes: Vec<u8>,
    ) -> Result<ReadIn, AppError> {
        who.require(Action::SteerTasks)?;
        if bytes.len() > limits::PLAN_FILE_BYTES_MAX {
            return Err(AppError::Input {
                code: "PLAN-SIZE",
                what: (limits::PLAN_FILE_BYTES_MAX / (1024 * 1024)).to_string(),
            });
        }
        let sha256 = ledger::digest::hex(&Sha256::digest(&bytes));
        let name = plain_name(file_name);
        let named = name.clone();
        let document = blocking(move || vanban::reader::read(&bytes, &named))
            .await?
            .map_err(|error| AppError::Input {
                code: error.code(),
                what: name.clone(),
            })?;
        if let Some(level) = document.level {
            return Err(AppError::Input {
                code: "PLAN-LEVEL",
                what: Level::parse(level)
                    .map_or_else(|| level.to_owned(), |level| level.label_vi().to_owned()),
            });
        }
        let mut act = match self.begin(who, None).await? {
            Ok(act) => act,
            Err(_) => return Err(AppError::Stale),
        };
        if let Some(plan) = act.tx.plan_by_file(who.actor.unit, &sha256).await? {
            let tasks = self.db.tasks_of_plan(plan).await?;
            let waiting = tasks
                .iter()
                .filter(|task| task.state == State::Proposed.code());
            return Ok(ReadIn {
                plan,
                tasks: waiting.count(),
                warnings: document.warnings.len(),
                already: true,
            });
        }
        let done = write(&mut act, who, &name, sha256, &document).await?;
        act.finish("read").await?;
        Ok(done)
    }
}

async fn write(
    act: &mut Act<'_>,
    who: &Who,
    file_name: &str,
    sha256: String,
    document: &Document,
) -> Result<ReadIn, AppError> {
    let row = plan_row(act, who, file_name, sha256, document);
    let plan = act.tx.add_plan(&row).await?;
    let issued = document
        .date
        .as_deref()
        .and_then(|date| LegalDate::parse(date).ok());
    let mut text = row.file_sha256.clone();
    let duties = document.duties.iter().take(limits::PLAN_TASKS_MAX);
    let mut tasks = 0;
    for (duty, position) in duties.zip(1_i64..) {
        let row = task_row(act, plan, position, duty, issued);
        text.push('\n');
        text.push_str(&row.text);
        act.tx.add_task(&row).await?;
        tasks += 1;
    }
    act.record_text(
        format!("plan:{plan}"),
        Fact::new("plan.read")
            .with("form", &row.form)
            .with("tasks", tasks),
        text,
    );
    Ok(ReadIn {
        plan,
        tasks,
        warnings: document.warnings.len(),
        already: false,
    })
}

fn plan_row(
    act: &Act<'_>,
    who: &Who,
    file_name: &str,
    sha256: String,
    document: &Document,
) -> PlanRow {
    let warnings: Vec<String> = document
        .warnings
        .iter()
        .map(|warning| {
            ReadWarning {
                code: warning.code.to_owned(),
                at: warning.at.clone(),
                text: warning.text.replace('\n', " "),
            }
            .line()
        })
        .collect();
    PlanRow {
        id: 0,
        unit_id: who.actor.unit,
        file_name: file_name.to_owned(),
        file_sha256: sha256,
        form: document.form.code().to_owned(),
        type_code: document.type_code.clone(),
        number: document.number.clone(),
        doc_date: document.date.clone(),
        issuer: document.issuer.clone(),
        title: document
            .title
            .clone()
            .unwrap_or_else(|| file_name.to_owned()),
        warnings: warnings.join("\n"),
        created_by: who.actor.account,
        created_at: act.now.clone(),
    }
}

fn task_row(
    act: &Act<'_>,
    plan: i64,
    position: i64,
    duty: &Duty,
    issued: Option<LegalDate>,
) -> TaskRow {
    let deadline = duty.deadline.as_ref();
    let last_day = deadline.and_then(|deadline| task::last_day(deadline, issued, act.today));
    TaskRow {
        id: 0,
        plan_id: plan,
        position,
        at_label: duty.at.clone(),
        text: duty.text.clone(),
        actors: duty.actors.join(BETWEEN),
        with_actors: duty.with.join(BETWEEN),
        due_text: deadline.map(|deadline| deadline.text.clone()),
        every: deadline
            .and_then(|deadline| deadline.every)
            .map(|every| every.code().to_owned()),
        due_on: last_day.map(|day| day.to_string()),
        unit_id: None,
        state: State::Proposed.code().to_owned(),
        result: None,
        result_ref: None,
        reported_on: None,
        reason: None,
        version: 1,
        created_at: act.now.clone(),
        updated_at: act.now.clone(),
        unit_name: None,
        plan_title: String::new(),
    }
}
