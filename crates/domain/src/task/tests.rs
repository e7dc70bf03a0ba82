use std::collections::BTreeSet;

use law::LegalDate;
use proptest::prelude::*;
use vanban::reader::{Deadline, DeadlineKind, Every};

use super::*;
use crate::access::Role;
use crate::{Actor, Ctx, Refusal};

const UNITS: [i64; 3] = [2, 3, 4];

fn day(text: &str) -> LegalDate {
    LegalDate::parse(text).expect("a date")
}

fn steerer() -> Actor {
    Actor {
        account: 1,
        unit: 1,
        role: Role::CanBo,
        supervises: true,
        post: String::new(),
        name: "Cán bộ theo dõi".to_owned(),
    }
}

fn doer(unit: i64) -> Actor {
    Actor {
        account: 10 + unit,
        unit,
        supervises: false,
        name: "Cán bộ đơn vị".to_owned(),
        ..steerer()
    }
}

fn act(actor: &Actor, task: &Task, command: &Command) -> Result<Decision, Refusal> {
    let ctx = Ctx {
        law: law::Pack::embedded().expect("the pack loads"),
        today: day("2026-11-22"),
        actor,
    };
    decide(ctx, &BTreeSet::from(UNITS), task, command)
}

fn assign(units: &[i64]) -> Command {
    Command::Assign {
        units: units.to_vec(),
        due_on: "2026-11-29".to_owned(),
    }
}

fn report(result: &str, number: &str, date: &str) -> Command {
    Command::Report(ReportDraft {
        result: result.to_owned(),
        number: number.to_owned(),
        date: date.to_owned(),
    })
}

fn because(text: &str) -> String {
    text.to_owned()
}

fn code(result: Result<Decision, Refusal>) -> &'static str {
    result.expect_err("a refusal").code
}

#[test]
fn a_task_goes_its_whole_way() {
    let read = Task::proposed(None);
    let given = act(&steerer(), &read, &assign(&[3])).expect("assigned");
    assert_eq!(
        (given.task.state, given.task.unit),
        (State::Assigned, Some(3))
    );
    assert_eq!(given.task.due_on, Some(day("2026-11-29")));
    let first = act(
        &doer(3),
        &given.task,
        &report("Đã ban hành", "12/BC-X", "2026-11-20"),
    )
    .expect("reported");
    assert_eq!(
        first.task.result_ref.as_deref(),
        Some("12/BC-X ngày 20/11/2026")
    );
    assert_eq!(first.task.reported_on, Some(day("2026-11-22")));
    let back = act(
        &steerer(),
        &first.task,
        &Command::Return {
            reason: because("Thiếu danh sách"),
        },
    )
    .expect("returned");
    assert_eq!(back.task.reason.as_deref(), Some("Thiếu danh sách"));
    let again = act(&doer(3), &back.task, &report("Đã bổ sung", "", "")).expect("reported again");
    assert_eq!(again.task.result_ref, None);
    let done = act(
        &steerer(),
        &again.task,
        &Command::Accept {
            note: String::new(),
        },
    )
    .expect("accepted");
    assert_eq!((done.task.state, done.task.reason), (State::Done, None));
    assert_eq!(done.fact.kind, "task.accepted");
}

#[test]
fn several_units_get_a_task_each() {
    let given = act(&steerer(), &Task::proposed(None), &assign(&[4, 2, 3, 2])).expect("assigned");
    assert_eq!((given.task.unit, given.also), (Some(2), vec![3, 4]));
}

#[test]
fn refusals_name_their_field() {
    let read = Task::proposed(None);
    let given = act(&steerer(), &read, &assign(&[3]))
        .expect("assigned")
        .task;
    let sent = act(&doer(3), &given, &report("Xong việc", "", ""))
        .expect("reported")
        .task;
    let late = Command::Deadline {
        due_on: "30/11/2026".to_owned(),
    };
    let long = "x".repeat(crate::limits::RESULT_CHARS_MAX + 1);
    let cases: [(
        &'static str,
        Option<&'static str>,
        Result<Decision, Refusal>,
    ); 12] = [
        ("TASK-01", None, act(&steerer(), &given, &assign(&[2]))),
        (
            "TASK-01",
            None,
            act(
                &steerer(),
                &sent,
                &Command::Drop {
                    reason: because("không làm"),
                },
            ),
        ),
        (
            "TASK-02",
            Some("units"),
            act(&steerer(), &read, &assign(&[])),
        ),
        (
            "TASK-03",
            Some("units"),
            act(&steerer(), &read, &assign(&[3, 99])),
        ),
        (
            "TASK-04",
            Some("reason"),
            act(
                &steerer(),
                &read,
                &Command::Drop {
                    reason: because("  x "),
                },
            ),
        ),
        (
            "TASK-05",
            Some("result"),
            act(&doer(3), &given, &report(" \u{7} ", "", "")),
        ),
        ("TASK-06", Some("due_on"), act(&steerer(), &read, &late)),
        (
            "TASK-06",
            Some("date"),
            act(&doer(3), &given, &report("xong", "", "2026-02-30")),
        ),
        (
            "TASK-07",
            Some("date"),
            act(&doer(3), &given, &report("xong", "", "2026-11-23")),
        ),
        (
            "TASK-08",
            Some("result"),
            act(&doer(3), &given, &report(&long, "", "")),
        ),
        (
            "ACCESS-01",
            None,
            act(&doer(2), &given, &report("xong", "", "")),
        ),
        (
            "ACCESS-01",
            None,
            act(
                &doer(3),
                &sent,
                &Command::Accept {
                    note: String::new(),
                },
            ),
        ),
    ];
    for (want, field, result) in cases {
        let refusal = result.expect_err(want);
        assert_eq!((refusal.code, refusal.field), (want, field));
    }
    assert_eq!(
        checked_selection(Vec::new())
            .expect_err("nothing ticked")
            .code,
        "TASK-09"
    );
    assert_eq!(checked_selection(vec![(1, 1)]), Ok(vec![(1, 1)]));
}

#[test]
fn a_clerk_neither_reports_nor_steers() {
    let clerk = Actor {
        role: Role::VanThu,
        supervises: true,
        ..doer(3)
    };
    let given = act(&steerer(), &Task::proposed(None), &assign(&[3]))
        .expect("assigned")
        .task;
    assert_eq!(
        code(act(&clerk, &given, &report("xong", "", ""))),
        "ACCESS-01"
    );
    assert_eq!(next_steps(&clerk, &given), Vec::<Step>::new());
    assert_eq!(next_steps(&doer(3), &given), [Step::Report]);
    assert_eq!(next_steps(&steerer(), &given), [Step::Deadline, Step::Drop]);
}

#[test]
fn reopening_asks_the_same_unit_or_starts_again() {
    let reason = Command::Reopen {
        reason: because("Kết quả chưa đúng"),
    };
    let done = Task {
        state: State::Done,
        unit: Some(3),
        ..Task::proposed(None)
    };
    let again = act(&steerer(), &done, &reason).expect("reopened").task;
    assert_eq!((again.state, again.unit), (State::Assigned, Some(3)));
    let dropped = Task {
        state: State::Dropped,
        unit: Some(3),
        ..Task::proposed(None)
    };
    let again = act(&steerer(), &dropped, &reason).expect("reopened").task;
    assert_eq!((again.state, again.unit), (State::Proposed, None));
}

#[test]
fn a_repeated_duty_is_owed_again_when_it_is_accepted() {
    let accept = Command::Accept {
        note: String::new(),
    };
    let reported = Task {
        state: State::Reported,
        unit: Some(3),
        due_on: Some(day("2026-11-29")),
        result: Some("đã báo cáo".to_owned()),
        reported_on: Some(day("2026-11-20")),
        again: Some(Every::Year),
        ..Task::proposed(None)
    };
    let decision = act(&steerer(), &reported, &accept).expect("accepted");
    let next = decision.next.expect("the next period");
    assert_eq!(
        (next.state, next.unit, next.due_on),
        (State::Assigned, Some(3), Some(day("2027-11-29")))
    );
    assert_eq!((next.result, next.reported_on), (None, None));
    assert_eq!(decision.task.state, State::Done);

    // A quarter whose day nobody set comes again without one.
    let quarter = Task {
        again: Some(Every::Quarter),
        due_on: None,
        ..reported.clone()
    };
    let next = act(&steerer(), &quarter, &accept).expect("accepted").next;
    assert_eq!(next.map(|next| next.due_on), Some(None));

    let once = Task {
        again: None,
        ..reported.clone()
    };
    assert_eq!(
        act(&steerer(), &once, &accept).expect("accepted").next,
        None
    );
    let back = Command::Return {
        reason: because("thiếu phụ lục"),
    };
    assert_eq!(
        act(&steerer(), &reported, &back).expect("returned").next,
        None
    );
}

#[test]
fn the_next_period_keeps_month_ends() {
    let cases = [
        (Every::Year, "2026-11-29", "2027-11-29"),
        (Every::Year, "2028-02-29", "2029-02-28"),
        (Every::Quarter, "2026-03-31", "2026-06-30"),
        (Every::Quarter, "2026-06-30", "2026-09-30"),
        (Every::Quarter, "2026-09-30", "2026-12-31"),
        (Every::Quarter, "2026-12-15", "2027-03-15"),
        (Every::Month, "2026-01-31", "2026-02-28"),
        (Every::Month, "2026-02-28", "2026-03-31"),
        (Every::Month, "2026-01-30", "2026-02-28"),
    ];
    for (every, from, to) in cases {
        assert_eq!(
            next_day(every, day(from)),
            Some(day(to)),
            "{every:?} {from}"
        );
    }
    assert_eq!(next_day(Every::Year, day("9999-12-31")), None);
}

fn any_command() -> impl Strategy<Value = Command> {
    let reason = prop_oneof![Just(String::new()), Just(because("có lý do"))];
    prop_oneof![
        prop::collection::vec(1_i64..6, 0..4).prop_map(|units| assign(&units)),
        prop_oneof![Just("2026-12-01"), Just(""), Just("mai")].prop_map(|due_on| {
            Command::Deadline {
                due_on: due_on.to_owned(),
            }
        }),
        reason.clone().prop_map(|reason| Command::Drop { reason }),
        prop_oneof![Just("xong"), Just("")].prop_map(|result| report(result, "", "")),
        Just(Command::Accept {
            note: String::new()
        }),
        reason.clone().prop_map(|reason| Command::Return { reason }),
        reason.prop_map(|reason| Command::Reopen { reason }),
    ]
}

proptest! {
    /// Closed tasks move by reopening alone; every step is one of the drawing;
    /// whoever owes a result is a unit of the installation.
    #[test]
    fn no_way_around_the_drawing(acts in prop::collection::vec((any_command(), 1_i64..6), 0..40)) {
        let mut task = Task::proposed(None);
        for (command, unit) in acts {
            let actor = if matches!(command, Command::Report(_)) { doer(unit) } else { steerer() };
            let before = task.clone();
            let Ok(decision) = act(&actor, &before, &command) else { continue };
            task = decision.task;
            let step = (before.state, decision.step, task.state);
            let closed = matches!(before.state, State::Done | State::Dropped);
            prop_assert!(!closed || decision.step == Step::Reopen, "{step:?}");
            prop_assert!(closed || decision.step != Step::Reopen, "{step:?}");
            prop_assert!(before.state.steps().contains(&decision.step), "{step:?}");
            prop_assert!(task.state != State::Done || before.state == State::Reported, "{step:?}");
            prop_assert!(task.state != State::Reported || before.unit == Some(unit), "{step:?}");
            let owes = !matches!(task.state, State::Proposed | State::Dropped);
            prop_assert!(!owes || task.unit.is_some_and(|unit| UNITS.contains(&unit)), "{step:?}");
            prop_assert!(task.state != State::Proposed || task.unit.is_none(), "{step:?}");
        }
    }
}

fn deadline(
    date: Option<&str>,
    kind: DeadlineKind,
    every: Option<Every>,
    month_day: Option<&str>,
) -> Deadline {
    Deadline {
        date: date.map(str::to_owned),
        kind,
        every,
        month_day: month_day.map(str::to_owned),
        days: None,
        text: String::new(),
    }
}

#[test]
fn words_become_a_last_day() {
    use DeadlineKind::{Before, By, DaysBefore, Periodic, Within};
    let year = Some(Every::Year);
    let cases = [
        (
            deadline(Some("2022-03-20"), Before, None, None),
            "2026-11-22",
            Some("2022-03-19"),
        ),
        (
            deadline(Some("2022-06-30"), Within, None, None),
            "2026-11-22",
            Some("2022-06-30"),
        ),
        (
            deadline(Some("2026-13-01"), By, None, None),
            "2026-11-22",
            None,
        ),
        (
            deadline(None, Before, year, Some("11-30")),
            "2026-11-22",
            Some("2026-11-29"),
        ),
        (
            deadline(None, Before, year, Some("11-30")),
            "2026-11-29",
            Some("2026-11-29"),
        ),
        (
            deadline(None, Before, year, Some("11-30")),
            "2026-11-30",
            Some("2027-11-29"),
        ),
        (
            deadline(None, Before, year, Some("01-01")),
            "2026-12-31",
            Some("2026-12-31"),
        ),
        (
            deadline(None, By, year, Some("02-29")),
            "2026-11-22",
            Some("2028-02-29"),
        ),
        (
            deadline(None, By, None, Some("06-15")),
            "2026-11-22",
            Some("2022-06-15"),
        ),
        (deadline(None, By, None, Some("03-01")), "2026-11-22", None),
        (
            deadline(None, By, Some(Every::Quarter), Some("03-15")),
            "2026-11-22",
            None,
        ),
        (deadline(None, DaysBefore, None, None), "2026-11-22", None),
        (deadline(None, Periodic, year, None), "2026-11-22", None),
    ];
    for (words, today, want) in cases {
        let last = last_day(&words, Some(day("2022-03-14")), day(today));
        assert_eq!(last, want.map(day), "{words:?} on {today}");
    }
    assert_eq!(
        last_day(
            &deadline(None, By, None, Some("06-15")),
            None,
            day("2026-11-22")
        ),
        None
    );
}

#[test]
fn only_what_is_owed_is_overdue() {
    let due = Some(day("2026-11-20"));
    for (state, on, want) in [
        (State::Assigned, "2026-11-20", None),
        (State::Assigned, "2026-11-21", Some(1)),
        (State::Returned, "2027-11-20", Some(365)),
        (State::Reported, "2026-12-01", None),
        (State::Done, "2026-12-01", None),
        (State::Proposed, "2026-12-01", None),
    ] {
        assert_eq!(overdue_days(state, due, day(on)), want, "{state:?} on {on}");
    }
    assert_eq!(overdue_days(State::Assigned, None, day("2026-12-01")), None);
}

fn province() -> Vec<Body> {
    let names = [
        (
            1,
            "Phòng An ninh chính trị nội bộ - Công an tỉnh Lam Giang",
            true,
        ),
        (2, "Sở Tư pháp", false),
        (3, "Sở Nội vụ tỉnh Lam Giang", false),
        (4, "Sở Thông tin và Truyền thông", false),
        (5, "Văn phòng Uỷ ban nhân dân tỉnh", false),
        (6, "UBND xã Bãi Sậy", false),
        (7, "Ủy ban nhân dân phường Bến Nứa", false),
        (8, "Ban Tổ chức Tỉnh ủy", false),
        (9, "Cục Thuế khu vực Lam Giang", false),
        (10, "Bộ Chỉ huy Quân sự tỉnh Lam Giang", false),
        (11, "Sở Khoa học và Công nghệ", false),
    ];
    names
        .into_iter()
        .map(|(id, name, supervises)| Body {
            id,
            name: name.to_owned(),
            kind: if id == 9 {
                "Cơ quan Trung ương".to_owned()
            } else {
                String::new()
            },
            supervises,
        })
        .collect()
}

fn meant(actor: &str) -> (Vec<i64>, Vec<Note>) {
    let found = suggest(&[actor.to_owned()], &province());
    (
        found.units.into_iter().collect(),
        found.notes.into_iter().collect(),
    )
}

#[test]
fn bodies_with_a_name_are_found_by_it() {
    for (actor, units) in [
        ("Công an tỉnh", vec![1]),
        ("Công an Thành phố", vec![1]),
        ("Sở Tư pháp", vec![2]),
        ("SỞ NỘI VỤ", vec![3]),
        ("Sở Thông tin truyền thông", vec![4]),
        ("Sở TTTT", vec![4]),
        ("Văn phòng UBND tỉnh", vec![5]),
        ("Ban Tổ chức Tỉnh ủy", vec![8]),
        ("BCH Quân sự tỉnh", vec![10]),
    ] {
        assert_eq!(meant(actor), (units, vec![]), "{actor}");
    }
    for actor in [
        "Sở Khoa học",
        "Đảng ủy Công an tỉnh",
        "UBND tỉnh",
        "Đoàn kiểm tra",
        "Trưởng đoàn",
    ] {
        assert_eq!(meant(actor), (vec![], vec![Note::NoUnit]), "{actor}");
    }
    assert_eq!(meant("  "), (vec![], vec![]));
}

#[test]
fn groups_are_found_by_class_and_never_mean_the_steerer() {
    for (actor, units, notes) in [
        (
            "Các Sở, ban, ngành, địa phương",
            vec![2, 3, 4, 5, 6, 7, 10, 11],
            vec![],
        ),
        ("các sở, ban, ngành", vec![2, 3, 4, 5, 10, 11], vec![]),
        ("UBND cấp xã", vec![6, 7], vec![]),
        ("các xã, phường", vec![6, 7], vec![]),
        ("cơ quan Trung ương đóng trên địa bàn tỉnh", vec![9], vec![]),
        (
            "UBND các huyện, thành phố, thị xã",
            vec![],
            vec![Note::DistrictsEnded],
        ),
        (
            "các thành ủy, huyện ủy, đảng ủy trực thuộc Tỉnh ủy",
            vec![8],
            vec![Note::DistrictsEnded],
        ),
        (
            "Các cơ quan, địa phương được kiểm tra",
            vec![],
            vec![Note::SomeOnly],
        ),
        ("các đơn vị liên quan", vec![], vec![Note::SomeOnly]),
    ] {
        assert_eq!(meant(actor), (units, notes), "{actor}");
    }
    let all: Vec<i64> = (2..=11).collect();
    for actor in [
        "người đứng đầu các cơ quan, đơn vị, địa phương",
        "các cơ quan, tổ chức, đơn vị thuộc Thành phố",
        "các đơn vị, địa phương",
    ] {
        assert_eq!(meant(actor), (all.clone(), vec![]), "{actor}");
    }
}

#[test]
fn codes_go_there_and_back() {
    for state in State::ALL {
        assert_eq!(State::parse(state.code()), Some(state));
        assert!(!state.vi().is_empty());
    }
    for step in Step::ALL {
        assert_eq!(Step::parse(step.code()), Some(step));
    }
    assert_eq!((State::parse("late"), Step::parse("late")), (None, None));
}
