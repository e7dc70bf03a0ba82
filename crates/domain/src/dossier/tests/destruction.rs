//! Destruction by council, and by the holder.

use super::*;

#[test]
fn a_document_is_destroyed_only_after_council_minutes_and_another_persons_decision() {
    let mut world = World::new(Level::Mat, true);
    let mut open = Open::default();
    let council = [
        ("decision_number", "05/QĐ-STP"),
        ("chair", "Trần Văn Thử"),
        ("keeper", "Lê Thị Ví Dụ"),
        ("members", "Phạm Văn Giả"),
        ("reason", "không còn cần lưu giữ"),
    ];
    let carry = [
        ("copies", "1:1,2:1,3:1"),
        ("minutes_number", "02/BB"),
        ("method", "shredded"),
        ("performed_by", "Lê Thị Ví Dụ"),
        ("witness", "Phạm Văn Giả"),
        ("not_restorable", "yes"),
    ];
    assert_eq!(
        code(world.take(&mut open, "destroy", "carry_out", 1, &carry)),
        "ACT-05"
    );
    assert_eq!(
        world.take(&mut open, "destroy", "council", 1, &council),
        Ok("council")
    );
    let minutes = [
        ("minutes_number", "01/BB"),
        ("copies", "1:1,2:1,3:1"),
        ("council_view", "council_agrees"),
    ];
    assert_eq!(
        world.take(&mut open, "destroy", "minutes", 1, &minutes),
        Ok("minutes")
    );
    let decision = decided(&[("outcome", "granted"), ("decision_number", "06/QĐ-STP")]);
    assert_eq!(
        code(world.take(&mut open, "destroy", "decide", 1, &decision)),
        "ACT-06"
    );
    let clerk = [
        ("decider_name", "Trần Văn Thử"),
        ("decider_post", "truong_phong_so"),
        ("outcome", "granted"),
        ("decision_number", "06/QĐ-STP"),
    ];
    let refused = world
        .take(&mut open, "destroy", "decide", 2, &clerk)
        .unwrap_err();
    assert_eq!(
        refused.code, "ACT-01",
        "heads of phòng may not decide destruction"
    );
    assert!(!refused.because.is_empty());
    assert_eq!(
        world.take(&mut open, "destroy", "decide", 2, &decision),
        Ok("decided")
    );
    assert_eq!(
        world.take(&mut open, "destroy", "carry_out", 1, &carry),
        Ok("destroyed")
    );
    assert_eq!(world.secret.status, Status::Destroyed);
    assert_eq!(world.held_by(HolderKind::Destroyed), 3);
    let mut again = Open::default();
    assert_eq!(
        code(world.take(&mut again, "provide", "request", 1, &[])),
        "ACT-08"
    );
}

#[test]
fn nobody_witnesses_his_own_destruction_and_what_was_not_listed_stays() {
    let mut world = World::new(Level::Mat, true);
    let mut open = Open {
        state: "decided".to_owned(),
        past: vec![Taken {
            step: "minutes".to_owned(),
            on: date("2025-06-01"),
            account: 1,
            values: BTreeMap::from([("copies".to_owned(), "1:1".to_owned())]),
        }],
    };
    let carry = |copies: &'static str, witness: &'static str| {
        [
            ("copies", copies),
            ("minutes_number", "02/BB"),
            ("method", "shredded"),
            ("performed_by", "Lê Thị Ví Dụ"),
            ("witness", witness),
            ("not_restorable", "yes"),
        ]
    };
    let mut try_it =
        |values: &[(&str, &str)]| world.take(&mut open, "destroy", "carry_out", 1, values);
    assert_eq!(code(try_it(&carry("1:1", "Lê Thị Ví Dụ"))), "ACT-06");
    assert_eq!(code(try_it(&carry("1:1,2:1", "Phạm Văn Giả"))), "ACT-25");
    assert_eq!(try_it(&carry("1:1", "Phạm Văn Giả")), Ok("destroyed"));
    assert_eq!(world.secret.status, Status::Active, "two copies are left");
}
