//! What is made public was looked through, and another person decided.

use super::*;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// A dossier in which the gate has answered.
fn looked_through(world: &mut World, answer: &str) -> Open {
    let mut open = Open::default();
    let asked = [
        ("matter", "Kế hoạch đào tạo"),
        ("drafted_by", "Lê Thị Mẫu"),
        ("channel", "own_portal"),
    ];
    assert_eq!(
        world.take(&mut open, "publish", "request", 1, &asked),
        Ok("asked")
    );
    let said = [("file_digest", DIGEST), ("gate_answer", answer)];
    assert_eq!(
        world.take(&mut open, "publish", "check", 2, &said),
        Ok("looked_through")
    );
    open
}

#[test]
fn what_the_gate_let_through_is_cleared_by_a_third_person_and_then_published() {
    let mut world = World::new(Level::Mat, true);
    let mut open = looked_through(&mut world, "gate_allow");
    let granted = decided(&[("outcome", "granted")]);
    for own in [1, 2] {
        let decided = world.take(&mut open, "publish", "decide", own, &granted);
        assert_eq!(code(decided), "ACT-06");
    }
    assert_eq!(
        world.take(&mut open, "publish", "decide", 3, &granted),
        Ok("cleared")
    );
    let address = [("address", "https://portal.example/tin/1")];
    assert_eq!(
        world.take(&mut open, "publish", "publish", 1, &address),
        Ok("published")
    );
}

#[test]
fn what_the_gate_held_is_not_cleared_and_what_it_could_not_read_wants_a_reason() {
    let mut world = World::new(Level::Mat, true);
    let granted = decided(&[("outcome", "granted")]);
    let mut held = looked_through(&mut world, "gate_block");
    let cleared = world.take(&mut held, "publish", "decide", 3, &granted);
    assert_eq!(code(cleared), "ACT-29");
    let refused = decided(&[("outcome", "refused")]);
    let silent = world.take(&mut held, "publish", "decide", 3, &refused);
    assert_eq!(code(silent), "ACT-03");
    let refused = decided(&[("outcome", "refused"), ("reason", "Có dấu Mật")]);
    assert_eq!(
        world.take(&mut held, "publish", "decide", 3, &refused),
        Ok("refused")
    );
    let mut unread = looked_through(&mut world, "gate_review");
    let silent = world.take(&mut unread, "publish", "decide", 3, &granted);
    assert_eq!(code(silent), "ACT-03");
    let seen = decided(&[("outcome", "granted"), ("reason", "Đã xem từng trang")]);
    assert_eq!(
        world.take(&mut unread, "publish", "decide", 3, &seen),
        Ok("cleared")
    );
}

#[test]
fn a_digest_has_sixty_four_digits() {
    let mut world = World::new(Level::Mat, true);
    let mut open = Open::default();
    let asked = [
        ("matter", "Kế hoạch"),
        ("drafted_by", "Lê Thị Mẫu"),
        ("channel", "press"),
    ];
    world
        .take(&mut open, "publish", "request", 1, &asked)
        .expect("asked");
    for wrong in [&DIGEST[1..], "x", &DIGEST.replace('9', "g")] {
        let said = [("file_digest", wrong), ("gate_answer", "gate_allow")];
        let checked = world.take(&mut open, "publish", "check", 2, &said);
        assert_eq!(code(checked), "ACT-28", "{wrong}");
    }
}
