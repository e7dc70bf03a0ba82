//! Plans and tasks end to end on SQLite: each seed becomes tasks, and a task goes
//! from the document to its acceptance under the eyes of those who may see it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use app::accounts::PasswordCost;
use app::plans::{Chosen, Filter, Owed, Ticked};
use app::{App, AppError, Clock, Random, Signer, Who};
use domain::Actor;
use domain::access::Role;
use domain::task::{Command, ReportDraft, State, Step};
use sha2::{Digest, Sha256};
use store::accounts::{NewAccount, NewUnit};

const AT: &str = "2026-01-02T01:00:00.000000Z";

struct StillClock(AtomicI64);

impl StillClock {
    fn set(&self, at: &str) {
        let at: jiff::Timestamp = at.parse().unwrap();
        self.0.store(at.as_second(), Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

#[derive(Default)]
struct Counted(AtomicU64);

impl Random for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let n = self.0.fetch_add(1, Ordering::SeqCst);
            part.copy_from_slice(&Sha256::digest(n.to_be_bytes())[..part.len()]);
        }
    }
}

/// A province of five units; the first one steers.
struct Province {
    app: App,
    clock: Arc<StillClock>,
    units: Vec<store::accounts::Unit>,
    accounts: Vec<i64>,
    _folder: tempfile::TempDir,
}

const UNITS: [(&str, &str); 5] = [
    (
        "Phòng An ninh chính trị nội bộ - Công an tỉnh Lam Giang",
        "cong_an",
    ),
    ("Sở Tư pháp tỉnh Lam Giang", "so"),
    ("Sở Nội vụ tỉnh Lam Giang", "so"),
    ("UBND xã Bãi Sậy", "xa"),
    ("Ban Tổ chức Tỉnh ủy Lam Giang", "dang"),
];

impl Province {
    async fn open(at: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = store::Db::open_sqlite(&folder.path().join("khien.db"), &[7; 32])
            .await
            .unwrap();
        store::migrate::migrate(&db).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.init_log().await.unwrap();
        let mut accounts = Vec::new();
        let mut ids = Vec::new();
        for (n, (name, kind)) in UNITS.iter().enumerate() {
            let unit = NewUnit {
                code: &format!("U{n}"),
                name,
                name_key: &vanban::text::collation_key(name),
                kind,
                parent_name: "Ủy ban nhân dân tỉnh Lam Giang",
                place: "Lam Giang",
                supervises: n == 0,
                created_at: AT,
            };
            let unit_id = tx.add_unit(&unit).await.unwrap();
            let account = NewAccount {
                unit_id,
                login: &format!("canbo{n}"),
                display_name: &format!("Cán bộ {n}"),
                role: Role::CanBo.code(),
                post: "",
                password_hash: "",
                must_change: false,
                created_at: AT,
            };
            accounts.push(tx.add_account(&account).await.unwrap());
            ids.push(unit_id);
        }
        tx.commit().await.unwrap();
        let mut units = Vec::new();
        for id in ids {
            units.push(db.unit(id).await.unwrap().unwrap());
        }
        let clock = Arc::new(StillClock(AtomicI64::new(0)));
        clock.set(at);
        let app = App {
            db,
            law: law::Pack::embedded().unwrap(),
            clock: clock.clone(),
            random: Arc::new(Counted::default()),
            signer: Arc::new(Signer {
                key: ed25519_dalek::SigningKey::from_bytes(&[3; 32]),
                origin: "khien/thu".to_owned(),
            }),
            passwords: PasswordCost::default(),
        };
        Self {
            app,
            clock,
            units,
            accounts,
            _folder: folder,
        }
    }

    /// Somebody of unit `n` in a role.
    fn who(&self, n: usize, role: Role) -> Who {
        let unit = self.units[n].clone();
        Who {
            actor: Actor {
                account: self.accounts[n],
                unit: unit.id,
                role,
                supervises: unit.supervises,
                post: String::new(),
                name: format!("Cán bộ {n}"),
            },
            unit,
            login: format!("canbo{n}"),
            language: "vi".to_owned(),
            csrf: String::new(),
            must_change: false,
            has_totp: false,
        }
    }

    fn steerer(&self) -> Who {
        self.who(0, Role::CanBo)
    }

    async fn read_seed(&self, n: usize) -> app::plans::ReadIn {
        let name = format!("s{n}.txt");
        self.app
            .read_in(&self.steerer(), &name, seed(n))
            .await
            .unwrap()
    }

    async fn ticked(&self, id: i64) -> Ticked {
        let row = self.app.db.task(id).await.unwrap().unwrap();
        Ticked {
            id,
            version: row.version,
        }
    }

    async fn act(&self, who: &Who, id: i64, command: Command) -> Result<(), AppError> {
        self.app
            .task_act(who, None, self.ticked(id).await, command)
            .await
    }

    async fn events(&self, object: &str) -> Vec<String> {
        let events = self.app.db.events_of_object(object).await.unwrap();
        events.into_iter().rev().map(|event| event.kind).collect()
    }
}

fn seed(n: usize) -> Vec<u8> {
    std::fs::read(format!(
        "{}/../vanban/tests/seeds/s{n}.txt",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

fn assign(units: &[i64], due_on: &str) -> Command {
    Command::Assign {
        units: units.to_vec(),
        due_on: due_on.to_owned(),
    }
}

fn report(result: &str) -> Command {
    Command::Report(ReportDraft {
        result: result.to_owned(),
        number: "12/BC-STP".to_owned(),
        date: "2026-11-20".to_owned(),
    })
}

fn code(result: Result<(), AppError>) -> &'static str {
    result.unwrap_err().code()
}

#[tokio::test]
async fn every_seed_becomes_tasks_to_review() {
    let province = Province::open("2026-11-22T03:00:00Z").await;
    let who = province.steerer();
    let mut figures = Vec::new();
    for n in 0..5 {
        let read = province.read_seed(n).await;
        let document = vanban::reader::read(&seed(n), "x.txt").unwrap();
        let found = province
            .app
            .plan_tasks(&who, read.plan, Filter::default())
            .await
            .unwrap();
        assert_eq!(found.tasks.len(), document.duties.len(), "s{n}");
        assert_eq!(read.tasks, document.duties.len(), "s{n}");
        assert_eq!(found.warnings.len(), document.warnings.len(), "s{n}");
        assert!(read.tasks >= 7 && !read.already, "s{n}");
        for (task, duty) in found.tasks.iter().zip(&document.duties) {
            assert_eq!((&task.row.text, &task.row.at_label), (&duty.text, &duty.at));
            assert_eq!((task.state, task.overdue_days), (State::Proposed, None));
        }
        for (kept, warning) in found.warnings.iter().zip(&document.warnings) {
            assert_eq!(
                (kept.code.as_str(), &kept.at, &kept.text),
                (warning.code, &warning.at, &warning.text)
            );
        }
        assert_eq!(
            province.events(&format!("plan:{}", read.plan)).await,
            ["plan.read"]
        );
        figures.push((found.plan.form, found.plan.number));
    }
    assert_eq!(
        figures[0],
        ("nd30".to_owned(), Some("37/KH-UBND".to_owned()))
    );
    assert_eq!(
        (figures[2].0.as_str(), figures[4].0.as_str()),
        ("web", "dang")
    );
    assert_eq!(province.app.plan_list(&who, 1).await.unwrap().len(), 5);
    province.app.db.verify_log().await.unwrap();
}

#[tokio::test]
async fn the_first_seed_has_its_days_and_units() {
    let province = Province::open("2026-11-22T03:00:00Z").await;
    let read = province.read_seed(0).await;
    let found = province
        .app
        .plan_tasks(&province.steerer(), read.plan, Filter::default())
        .await
        .unwrap();
    let days: Vec<(&str, Option<&str>)> = found
        .tasks
        .iter()
        .filter(|task| task.row.due_text.is_some())
        .map(|task| (task.row.at_label.as_str(), task.row.due_on.as_deref()))
        .collect();
    assert!(days.contains(&("III.1", Some("2022-06-30"))), "{days:?}");
    assert!(days.contains(&("IV.1", Some("2022-03-19"))), "{days:?}");
    assert!(days.contains(&("IV.1", Some("2026-11-29"))), "{days:?}");
    assert!(days.contains(&("IV.2", None)), "{days:?}");
    let justice = found
        .tasks
        .iter()
        .find(|task| task.row.at_label == "III.2")
        .unwrap();
    assert_eq!(
        justice.suggestion.units.iter().copied().collect::<Vec<_>>(),
        [province.units[1].id]
    );
    assert!(justice.is_clear());
}

#[tokio::test]
async fn the_same_file_is_its_plan_and_a_level_is_refused() {
    let province = Province::open("2026-11-22T03:00:00Z").await;
    let first = province.read_seed(0).await;
    let again = province.read_seed(0).await;
    assert_eq!(
        (again.plan, again.tasks, again.already),
        (first.plan, first.tasks, true)
    );
    let text =
        String::from_utf8(seed(0))
            .unwrap()
            .replacen("Số: 37/KH-UBND", "MẬT\nSố: 37/KH-UBND", 1);
    let secret = province
        .app
        .read_in(&province.steerer(), "m.txt", text.into_bytes())
        .await;
    assert_eq!(secret.unwrap_err().code(), "PLAN-LEVEL");
    for (bytes, want) in [
        (Vec::new(), "READ-EMPTY"),
        (b"PK\x03\x04 cut short".to_vec(), "READ-DAMAGED"),
        (
            vec![b'a'; app::limits::PLAN_FILE_BYTES_MAX + 1],
            "PLAN-SIZE",
        ),
    ] {
        let refused = province
            .app
            .read_in(&province.steerer(), "hong.docx", bytes)
            .await;
        assert_eq!(refused.unwrap_err().code(), want);
    }
    assert_eq!(
        province
            .app
            .plan_list(&province.steerer(), 1)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_task_goes_from_the_plan_to_its_acceptance() {
    let province = Province::open("2026-11-22T03:00:00Z").await;
    let (steerer, doer) = (province.steerer(), province.who(1, Role::CanBo));
    let plan = province.read_seed(0).await.plan;
    let found = province
        .app
        .plan_tasks(&steerer, plan, Filter::default())
        .await
        .unwrap();
    let task = found
        .tasks
        .iter()
        .find(|task| task.row.at_label == "III.2")
        .unwrap()
        .row
        .id;
    province
        .act(&steerer, task, assign(&[doer.actor.unit], "2026-11-25"))
        .await
        .unwrap();
    province
        .act(&doer, task, report("Đã tổ chức 2 hội nghị"))
        .await
        .unwrap();
    let waiting = province.app.reported_tasks(&steerer, 1).await.unwrap();
    assert_eq!(
        waiting.iter().map(|one| one.row.id).collect::<Vec<_>>(),
        [task]
    );
    province
        .act(
            &steerer,
            task,
            Command::Return {
                reason: "Chưa có danh sách dự".to_owned(),
            },
        )
        .await
        .unwrap();
    province
        .act(&doer, task, report("Đã tổ chức 2 hội nghị, kèm danh sách"))
        .await
        .unwrap();
    province
        .act(
            &steerer,
            task,
            Command::Accept {
                note: String::new(),
            },
        )
        .await
        .unwrap();

    let page = province.app.task_page(&doer, task).await.unwrap();
    assert_eq!(page.task.state, State::Done);
    assert_eq!(
        page.task.row.result_ref.as_deref(),
        Some("12/BC-STP ngày 20/11/2026")
    );
    assert_eq!(page.next, []);
    let steps: Vec<&str> = page.steps.iter().map(|step| step.act.as_str()).collect();
    assert_eq!(steps, ["assign", "report", "return", "report", "accept"]);
    let kinds = province.events(&format!("task:{task}")).await;
    assert_eq!(
        kinds,
        [
            "task.assigned",
            "task.reported",
            "task.returned",
            "task.reported",
            "task.accepted"
        ]
    );
    assert_eq!(
        province
            .app
            .own_tasks(&doer, Owed::Closed, 1)
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        province
            .app
            .own_tasks(&doer, Owed::Open, 1)
            .await
            .unwrap()
            .len(),
        0
    );
    province.app.db.verify_log().await.unwrap();
}

#[tokio::test]
async fn a_yearly_duty_is_there_again_when_it_is_done() {
    let province = Province::open("2026-11-22T03:00:00Z").await;
    let (steerer, doer) = (province.steerer(), province.who(1, Role::CanBo));
    let plan = province.read_seed(0).await.plan;
    let rows = province.app.db.tasks_of_plan(plan).await.unwrap();
    let yearly = rows
        .iter()
        .find(|row| row.every.as_deref() == Some("year"))
        .unwrap();
    let accept = || Command::Accept {
        note: String::new(),
    };
    let task = yearly.id;
    province
        .act(&steerer, task, assign(&[doer.actor.unit], "2026-11-29"))
        .await
        .unwrap();
    province.act(&doer, task, report("xong")).await.unwrap();
    province.act(&steerer, task, accept()).await.unwrap();
    let open = || province.app.own_tasks(&doer, Owed::Open, 1);
    let next = open().await.unwrap();
    assert_eq!(next.len(), 1);
    let row = &next[0].row;
    assert_eq!(
        (row.due_on.as_deref(), row.state.as_str()),
        (Some("2027-11-29"), "assigned")
    );
    assert_eq!(
        (row.at_label.as_str(), row.text.as_str(), &row.result),
        (yearly.at_label.as_str(), yearly.text.as_str(), &None)
    );
    assert_eq!(
        province.events(&format!("task:{}", row.id)).await,
        ["task.assigned"]
    );
    // Reopened and accepted again: the next period is there already.
    let reopen = Command::Reopen {
        reason: "thiếu phụ lục".to_owned(),
    };
    province.act(&steerer, task, reopen).await.unwrap();
    province.act(&doer, task, report("xong")).await.unwrap();
    province.act(&steerer, task, accept()).await.unwrap();
    assert_eq!(open().await.unwrap().len(), 1);
    province.app.db.verify_log().await.unwrap();
}

#[tokio::test]
async fn others_do_not_know_that_a_task_is_there() {
    let province = Province::open("2026-11-22T03:00:00Z").await;
    let (steerer, doer, other) = (
        province.steerer(),
        province.who(1, Role::CanBo),
        province.who(2, Role::CanBo),
    );
    let plan = province.read_seed(0).await.plan;
    let found = province
        .app
        .plan_tasks(&steerer, plan, Filter::default())
        .await
        .unwrap();
    let (given, waiting) = (found.tasks[2].row.id, found.tasks[3].row.id);
    province
        .act(&steerer, given, assign(&[doer.actor.unit], "2026-01-05"))
        .await
        .unwrap();
    assert!(province.app.task_page(&doer, given).await.is_ok());
    assert_eq!(
        province.app.task_page(&doer, given).await.unwrap().next,
        [Step::Report]
    );
    let absent = [
        province
            .app
            .task_page(&other, given)
            .await
            .unwrap_err()
            .code(),
        province
            .app
            .task_page(&doer, waiting)
            .await
            .unwrap_err()
            .code(),
        province
            .app
            .task_page(&doer, 9_999)
            .await
            .unwrap_err()
            .code(),
        code(province.act(&other, given, report("xong việc")).await),
    ];
    assert_eq!(absent, ["ABSENT"; 4]);
    let hidden = [
        province.app.plan_list(&doer, 1).await.map(|_| ()),
        province
            .app
            .plan_tasks(&doer, plan, Filter::default())
            .await
            .map(|_| ()),
        province.app.late_tasks(&doer, 1).await.map(|_| ()),
        province.app.reported_tasks(&doer, 1).await.map(|_| ()),
        province.app.unit_figures(&doer, None).await.map(|_| ()),
        province
            .app
            .tasks_xlsx(&doer, plan, Filter::default())
            .await
            .map(|_| ()),
        province
            .app
            .read_in(&doer, "s1.txt", seed(1))
            .await
            .map(|_| ()),
        province
            .app
            .plan_list(&province.who(0, Role::QuanTri), 1)
            .await
            .map(|_| ()),
        province
            .app
            .own_tasks(&province.who(1, Role::QuanTri), Owed::Open, 1)
            .await
            .map(|_| ()),
    ];
    assert_eq!(hidden.map(code), ["ACCESS-01"; 9]);
    assert!(
        province
            .app
            .own_tasks(&other, Owed::Open, 1)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn late_tasks_are_counted_by_the_clock() {
    let province = Province::open("2026-11-22T03:00:00Z").await;
    let steerer = province.steerer();
    let plan = province.read_seed(0).await.plan;
    let found = province
        .app
        .plan_tasks(&steerer, plan, Filter::default())
        .await
        .unwrap();
    let days = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", ""];
    for (n, day) in days.iter().enumerate() {
        let unit = province.units[1 + n % 2].id;
        province
            .act(&steerer, found.tasks[n].row.id, assign(&[unit], day))
            .await
            .unwrap();
    }
    let late = |at: &'static str| {
        province.clock.set(at);
        let (app, steerer) = (&province.app, &steerer);
        async move {
            let (rows, total) = app.late_tasks(steerer, 1).await.unwrap();
            let days: Vec<u32> = rows.iter().filter_map(|task| task.overdue_days).collect();
            (total, days)
        }
    };
    assert_eq!(late("2026-11-20T16:59:59Z").await, (0, vec![]));
    // Midnight in Vietnam is 17:00 UTC of the day before.
    assert_eq!(late("2026-11-20T17:00:00Z").await, (1, vec![1]));
    assert_eq!(late("2026-11-22T03:00:00Z").await, (2, vec![2, 1]));
    assert_eq!(late("2026-11-30T03:00:00Z").await, (4, vec![10, 9, 8, 7]));
    province
        .act(
            &province.who(1, Role::ThuTruong),
            found.tasks[0].row.id,
            report("xong"),
        )
        .await
        .unwrap();
    assert_eq!(late("2026-11-30T03:00:00Z").await, (3, vec![9, 8, 7]));
    let figures = province
        .app
        .unit_figures(&steerer, Some(plan))
        .await
        .unwrap();
    let seen: Vec<_> = figures
        .iter()
        .map(|unit| (unit.unit_id, unit.open, unit.late, unit.reported, unit.done))
        .collect();
    let (second, third) = (province.units[1].id, province.units[2].id);
    assert_eq!(seen, [(third, 2, 2, 0, 0), (second, 2, 1, 1, 0)]);
    let filter = Filter {
        overdue: true,
        ..Filter::default()
    };
    assert_eq!(
        province
            .app
            .plan_tasks(&steerer, plan, filter)
            .await
            .unwrap()
            .tasks
            .len(),
        3
    );
    assert!(
        province
            .app
            .unit_figures(&steerer, Some(plan + 1))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_stale_form_changes_nothing_and_a_repeated_one_happens_once() {
    let province = Province::open("2026-11-22T03:00:00Z").await;
    let steerer = province.steerer();
    let plan = province.read_seed(0).await.plan;
    let found = province
        .app
        .plan_tasks(&steerer, plan, Filter::default())
        .await
        .unwrap();
    let ticks: Vec<Ticked> = found
        .tasks
        .iter()
        .map(|task| Ticked {
            id: task.row.id,
            version: task.row.version,
        })
        .collect();
    let drop = |task: Ticked| Chosen {
        task,
        command: Command::Drop {
            reason: "ngoài phạm vi".to_owned(),
        },
    };
    let moved = province
        .app
        .plan_act(&steerer, None, plan, vec![drop(ticks[1])])
        .await
        .unwrap();
    assert_eq!(moved, 1);
    let stale = province
        .app
        .plan_act(&steerer, None, plan, vec![drop(ticks[0]), drop(ticks[1])])
        .await;
    assert_eq!(stale.unwrap_err().code(), "STALE");
    let first = province.app.db.task(ticks[0].id).await.unwrap().unwrap();
    assert_eq!((first.state.as_str(), first.version), ("proposed", 1));
    assert!(
        province
            .events(&format!("task:{}", ticks[0].id))
            .await
            .is_empty()
    );

    let to = [province.units[1].id, province.units[2].id];
    let give = || {
        vec![Chosen {
            task: ticks[0],
            command: assign(&to, ""),
        }]
    };
    let mark = Some("0123456789abcdef0123456789abcdef");
    let before = province.app.db.tasks_of_plan(plan).await.unwrap().len();
    for _ in 0..2 {
        assert_eq!(
            province
                .app
                .plan_act(&steerer, mark, plan, give())
                .await
                .unwrap(),
            1
        );
    }
    let after = province.app.db.tasks_of_plan(plan).await.unwrap();
    assert_eq!(after.len(), before + 1);
    let twins: Vec<_> = after
        .iter()
        .filter(|task| task.position == 1)
        .map(|task| task.unit_id)
        .collect();
    assert_eq!(twins, [Some(to[0]), Some(to[1])]);
    let nothing = province
        .app
        .plan_act(&steerer, None, plan, Vec::new())
        .await;
    assert_eq!(nothing.unwrap_err().code(), "TASK-09");
    let elsewhere = province
        .app
        .plan_act(&steerer, None, plan + 1, vec![drop(ticks[2])])
        .await;
    assert_eq!(elsewhere.unwrap_err().code(), "ABSENT");
}

#[tokio::test]
async fn the_whole_suggested_set_is_given_out_after_its_count() {
    let province = Province::open("2026-11-22T03:00:00Z").await;
    let steerer = province.steerer();
    let plan = province.read_seed(0).await.plan;
    let all = Filter {
        state: Some(State::Proposed),
        ..Filter::default()
    };
    let found = province.app.plan_tasks(&steerer, plan, all).await.unwrap();
    let clear = found.tasks.iter().filter(|task| task.is_clear()).count();
    assert!(
        (3..found.tasks.len()).contains(&clear),
        "{clear} of {}",
        found.tasks.len()
    );
    let other = province
        .app
        .assign_suggested(&steerer, None, plan, all, clear + 1)
        .await;
    assert_eq!(other.unwrap_err().code(), "TASK-10");
    assert_eq!(
        province
            .app
            .assign_suggested(&steerer, None, plan, all, clear)
            .await
            .unwrap(),
        clear
    );
    let rest = province.app.plan_tasks(&steerer, plan, all).await.unwrap();
    assert_eq!(rest.tasks.len(), found.tasks.len() - clear);
    let own = province
        .app
        .own_tasks(&province.who(1, Role::VanThu), Owed::Open, 1)
        .await
        .unwrap();
    assert!(
        own.iter().any(|task| task.row.at_label == "III.2"),
        "the justice department has its task"
    );

    let paper = province
        .app
        .tasks_xlsx(&steerer, plan, Filter::default())
        .await
        .unwrap();
    let again = province
        .app
        .tasks_xlsx(&steerer, plan, Filter::default())
        .await
        .unwrap();
    assert!(paper.bytes.starts_with(b"PK") && paper.file_name.ends_with(".xlsx"));
    assert_eq!(paper.bytes, again.bytes);
}
