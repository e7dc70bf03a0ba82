//! A fictional province to look around in: an authority and twelve units,
//! accounts for every role, books of three years, a directive with tasks at every
//! state, things due soon and overdue relative to the day it is made.
//!
//! Everything goes through the use cases, under a clock that walks through the
//! three years, so the demonstration obeys the same law as real work.

mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::access::Role;
use domain::book::Draft;
use domain::custody::{PermitDraft, TransferDraft};
use domain::task::{Command, ReportDraft};
use law::{BookKind, LegalDate};
use store::accounts::{NewAccount, NewUnit};

use crate::documents::WorkSecretDraft;
use crate::plans::{Chosen, Filter, Ticked};
use crate::{App, AppError, Clock, Who, clock};

/// Password of every demonstration account.
pub const PASSWORD: &str = "khien-trinh-dien";
/// The directive of the demonstration: a public plan of 2022, names dropped.
const PLAN: &[u8] = include_bytes!("demo/plan.txt");

/// An account to print.
#[derive(Debug, Clone)]
pub struct DemoAccount {
    pub login: String,
    pub role: Role,
    pub unit: String,
}

/// A clock that is set by hand.
struct WalkingClock(AtomicI64);

impl Clock for WalkingClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0.load(Ordering::Relaxed))
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// Makes the province in an empty database.
pub async fn make(app: &App) -> Result<Vec<DemoAccount>, AppError> {
    let today = app.today()?;
    let walking = Arc::new(WalkingClock(AtomicI64::new(app.clock.now().as_second())));
    let walker = App {
        clock: walking.clone(),
        ..app.clone()
    };
    let accounts = people(app).await?;
    let mut dice = Dice(20_260_301);
    let mut days = working_days(today)?;
    for (number, unit) in words::UNITS.iter().enumerate() {
        let clerk = app.acting(&format!("vanthu.{}", unit.code)).await?;
        books(&walker, &walking, &clerk, unit, number, &days, &mut dice).await?;
    }
    days.clear();
    walking
        .0
        .store(app.clock.now().as_second(), Ordering::Relaxed);
    tasks(app, today).await?;
    app.checkpoint().await?;
    Ok(accounts)
}

/// Whether the demonstration is already there.
pub async fn is_made(app: &App) -> Result<bool, AppError> {
    Ok(app.db.account_count().await? > 0)
}

/// Names of the accounts, for a demonstration that is already there.
pub fn accounts() -> Vec<DemoAccount> {
    let mut list = Vec::new();
    for unit in words::UNITS {
        for role in [Role::VanThu, Role::CanBo, Role::ThuTruong] {
            list.push(DemoAccount {
                login: format!("{}.{}", words::prefix(role), unit.code),
                role,
                unit: unit.name.to_owned(),
            });
        }
    }
    for role in [Role::QuanTri, Role::GiamSat] {
        list.push(DemoAccount {
            login: words::prefix(role).to_owned(),
            role,
            unit: words::UNITS
                .first()
                .map_or_else(String::new, |unit| unit.name.to_owned()),
        });
    }
    list
}

async fn people(app: &App) -> Result<Vec<DemoAccount>, AppError> {
    let now = clock::instant(app.clock.now());
    let hash = app.hash_new_password(PASSWORD)?;
    let mut tx = app.db.begin().await?;
    let mut ids = Vec::new();
    for unit in words::UNITS {
        let id = tx
            .add_unit(&NewUnit {
                code: unit.code,
                name: unit.name,
                name_key: &vanban::text::collation_key(unit.name),
                kind: unit.kind,
                parent_name: unit.parent,
                place: words::PLACE,
                supervises: unit.supervises,
                created_at: &now,
            })
            .await?;
        ids.push((unit.name, id));
    }
    let list = accounts();
    for (number, account) in list.iter().enumerate() {
        let unit = ids
            .iter()
            .find(|(name, _)| *name == account.unit)
            .map_or(1, |(_, id)| *id);
        let code = account.login.rsplit('.').next().unwrap_or_default();
        let post = words::UNITS
            .iter()
            .find(|one| one.code == code)
            .map_or("", |one| one.post);
        tx.add_account(&NewAccount {
            unit_id: unit,
            login: &account.login,
            display_name: &words::person(number),
            role: account.role.code(),
            post: if account.role == Role::ThuTruong {
                post
            } else {
                ""
            },
            password_hash: &hash,
            must_change: false,
            created_at: &now,
        })
        .await?;
    }
    tx.commit().await?;
    Ok(list)
}

/// A small generator with a fixed seed: the same province every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // Numerical Recipes' constants.
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % (1 << 32);
        usize::try_from(self.0 >> 8).unwrap_or(0) % sides.max(1)
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let index = self.roll(list.len());
        list.get(index).copied().unwrap_or_default()
    }
}

/// Mondays and Thursdays from two years ago to yesterday.
fn working_days(today: LegalDate) -> Result<Vec<LegalDate>, AppError> {
    let mut day = LegalDate::new(today.year() - 2, 1, 5).map_err(|_| AppError::Clock)?;
    let mut days = Vec::new();
    while day < today {
        days.push(day);
        day = day
            .plus_days(if days.len().is_multiple_of(2) { 4 } else { 3 })
            .map_err(|_| AppError::Clock)?;
    }
    Ok(days)
}

/// Lines of one unit through the years: about three in four weeks.
async fn books(
    app: &App,
    walking: &WalkingClock,
    who: &Who,
    unit: &words::DemoUnit,
    number: usize,
    days: &[LegalDate],
    dice: &mut Dice,
) -> Result<(), AppError> {
    let mut outgoing = 0;
    for (index, day) in days.iter().enumerate() {
        if !(index + number).is_multiple_of(4) {
            continue;
        }
        set_clock(walking, *day)?;
        let draft = if dice.roll(5) < 3 {
            incoming(*day, index, dice)
        } else {
            outgoing += 1;
            let number_in_year = outgoing;
            sent(*day, unit, number_in_year, dice)
        };
        let kind = if draft.issuer.is_empty() {
            BookKind::Di
        } else {
            BookKind::Den
        };
        let done = app.register(who, None, kind, &draft).await?;
        let Some(document) = done.document else {
            continue;
        };
        match dice.roll(12) {
            0..=4 => hand_over(app, who, document, *day, dice).await?,
            5 => permit(app, who, unit, document, *day, &draft.level).await?,
            6 => {
                let right = Draft {
                    note: "Bổ sung số bản".to_owned(),
                    quantity: "2".to_owned(),
                    ..draft
                };
                app.correct(who, None, done.entry, &right, "ghi thiếu số bản")
                    .await?;
            }
            7 if index.is_multiple_of(3) => {
                app.void(who, None, done.entry, "vào sổ hai lần").await?
            }
            _ => {}
        }
    }
    let note = WorkSecretDraft {
        number_symbol: format!("07/TB-{}", unit.code.to_uppercase()),
        subject: "Dự kiến phân công nhiệm vụ chưa công bố".to_owned(),
        keeper: "Văn phòng".to_owned(),
        ..WorkSecretDraft::default()
    };
    app.add_work_secret(who, None, &note).await
}

fn set_clock(walking: &WalkingClock, day: LegalDate) -> Result<(), AppError> {
    let morning: jiff::Timestamp = format!("{day}T02:30:00Z")
        .parse()
        .map_err(|_| AppError::Clock)?;
    walking.0.store(morning.as_second(), Ordering::Relaxed);
    Ok(())
}

fn level(dice: &mut Dice) -> &'static str {
    match dice.roll(20) {
        0 => "tuyet_mat",
        1..=5 => "toi_mat",
        _ => "mat",
    }
}

fn incoming(day: LegalDate, index: usize, dice: &mut Dice) -> Draft {
    let level = level(dice);
    let issuer = dice.pick(words::ISSUERS);
    Draft {
        entry_date: day.to_string(),
        number_symbol: format!("{:02}/{}", index + 11, dice.pick(words::SYMBOLS)),
        doc_date: day.plus_days(-3).unwrap_or(day).to_string(),
        doc_type: dice.pick(words::TYPES).to_owned(),
        subject: subject(level, dice),
        level: level.to_owned(),
        issuer: issuer.to_owned(),
        recipient: dice.pick(words::ROOMS).to_owned(),
        receiver_sign: if dice.roll(4) == 0 {
            String::new()
        } else {
            words::person(dice.roll(40))
        },
        quantity: (1 + dice.roll(2)).to_string(),
        arrival_number: format!("{:02}", index + 1),
        ..Draft::default()
    }
}

fn sent(day: LegalDate, unit: &words::DemoUnit, number: usize, dice: &mut Dice) -> Draft {
    let level = level(dice);
    let doc_type = dice.pick(words::TYPES);
    Draft {
        entry_date: day.to_string(),
        number_symbol: format!(
            "{number:02}/{}-{}",
            words::type_code(doc_type),
            unit.code.to_uppercase()
        ),
        doc_date: day.to_string(),
        doc_type: doc_type.to_owned(),
        subject: subject(level, dice),
        level: level.to_owned(),
        signer: unit.leader.to_owned(),
        recipient: format!("{}; {}", dice.pick(words::ISSUERS), dice.pick(words::ROOMS)),
        holder: "Văn thư".to_owned(),
        quantity: (2 + dice.roll(3)).to_string(),
        ..Draft::default()
    }
}

/// Tuyệt mật has no subject here: forbidden since 2026, and before it would
/// need a consent that the demonstration does not have.
fn subject(level: &str, dice: &mut Dice) -> String {
    if level == "tuyet_mat" {
        String::new()
    } else {
        dice.pick(words::SUBJECTS).to_owned()
    }
}

async fn hand_over(
    app: &App,
    who: &Who,
    document: i64,
    day: LegalDate,
    dice: &mut Dice,
) -> Result<(), AppError> {
    let page = app.document_page(who, document).await?;
    let Some(copy) = page.copies.first() else {
        return Ok(());
    };
    let name = words::person(dice.roll(40));
    let draft = TransferDraft {
        on: day.to_string(),
        to_kind: "person".to_owned(),
        to_name: format!("{name} ({})", dice.pick(words::ROOMS)),
        receiver_sign: name,
        copies: vec![(copy.id, copy.moves)],
        note: String::new(),
    };
    app.transfer(who, None, document, &draft).await
}

/// A copy permitted by the unit's own head, where the law of the day lets that
/// post decide; where it does not or is not known, nothing happens.
async fn permit(
    app: &App,
    who: &Who,
    unit: &words::DemoUnit,
    document: i64,
    day: LegalDate,
    level: &str,
) -> Result<(), AppError> {
    let Some(level) = law::Level::parse(level) else {
        return Ok(());
    };
    let ruling = app.law.may(law::Act::Copy, level, unit.post, day);
    if !matches!(ruling, Ok(found) if found.answer == law::Verdict::Yes) {
        return Ok(());
    }
    let draft = PermitDraft {
        decided_on: day.to_string(),
        decider_name: unit.leader.to_owned(),
        decider_post: unit.post.to_owned(),
        form: "sao_y".to_owned(),
        copies: "2".to_owned(),
        recipients: "Phòng chuyên môn".to_owned(),
        performed_by: who.actor.name.clone(),
        note: String::new(),
    };
    app.permit_copying(who, None, document, &draft).await
}

/// The directive is read in and its tasks brought to every state.
async fn tasks(app: &App, today: LegalDate) -> Result<(), AppError> {
    let steering = app.acting("canbo.pa03").await?;
    let read = app
        .read_in(&steering, "ke-hoach-37.txt", PLAN.to_vec())
        .await?;
    let page = app
        .plan_tasks(&steering, read.plan, Filter::default())
        .await?;
    let units = app.units().await?;
    let others: Vec<i64> = units
        .iter()
        .filter(|unit| !unit.supervises)
        .map(|unit| unit.id)
        .collect();
    for (number, task) in page.tasks.iter().enumerate() {
        let ticked = Ticked {
            id: task.row.id,
            version: task.row.version,
        };
        let command = match number % 8 {
            7 => Command::Drop {
                reason: "Không thuộc thẩm quyền theo dõi của đơn vị".to_owned(),
            },
            6 => continue,
            step => {
                let unit = others
                    .get(number % others.len().max(1))
                    .copied()
                    .unwrap_or_default();
                let in_days = [-20, 5, 30, -3, 12, 60].get(step).copied().unwrap_or(30);
                let due = today.plus_days(in_days).map_err(|_| AppError::Clock)?;
                Command::Assign {
                    units: vec![unit],
                    due_on: due.to_string(),
                }
            }
        };
        app.plan_act(
            &steering,
            None,
            read.plan,
            vec![Chosen {
                task: ticked,
                command,
            }],
        )
        .await?;
    }
    report_some(app, &steering, read.plan, today).await
}

/// Some units have reported; some results are accepted, one comes back.
async fn report_some(
    app: &App,
    steering: &Who,
    plan: i64,
    today: LegalDate,
) -> Result<(), AppError> {
    let units = app.units().await?;
    let page = app.plan_tasks(steering, plan, Filter::default()).await?;
    let assigned = page
        .tasks
        .iter()
        .filter(|task| task.row.state == "assigned");
    for (number, task) in assigned.enumerate().filter(|(number, _)| number % 2 == 1) {
        let Some(unit) = units.iter().find(|unit| Some(unit.id) == task.row.unit_id) else {
            continue;
        };
        let officer = app.acting(&format!("canbo.{}", unit.code)).await?;
        let report = Command::Report(ReportDraft {
            result: "Đã tổ chức thực hiện và lưu hồ sơ tại đơn vị".to_owned(),
            number: format!("{:02}/BC-{}", number + 3, unit.code.to_uppercase()),
            date: today.to_string(),
        });
        let ticked = Ticked {
            id: task.row.id,
            version: task.row.version,
        };
        app.task_act(&officer, None, ticked, report).await?;
        let answer = match number % 6 {
            1 => Command::Accept {
                note: String::new(),
            },
            3 => Command::Return {
                reason: "Chưa nêu số cán bộ được phổ biến".to_owned(),
            },
            _ => continue,
        };
        let ticked = Ticked {
            id: task.row.id,
            version: task.row.version + 1,
        };
        app.task_act(steering, None, ticked, answer).await?;
    }
    Ok(())
}
