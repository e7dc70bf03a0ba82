//! Extension, change of level, declassification, and what recipients do when the notice comes.

use super::*;

#[test]
fn an_extension_is_decided_sixty_days_before_the_end_and_never_longer_than_law() {
    let mut world = World::new(Level::Mat, true);
    assert_eq!(world.secret.term_until, Some(date("2030-05-12")));
    world.today = date("2026-02-20");
    let propose = [("reason", "còn hiệu lực"), ("until", "2041-01-01")];
    let mut open = Open::default();
    assert_eq!(
        code(world.take(&mut open, "extend", "propose", 1, &propose)),
        "ACT-18"
    );
    let propose = [("reason", "còn hiệu lực"), ("until", "2035-05-12")];
    assert_eq!(
        world.take(&mut open, "extend", "propose", 1, &propose),
        Ok("proposed")
    );
    let decision = decided(&[("outcome", "granted"), ("decision_number", "07/QĐ-STP")]);
    assert_eq!(
        world.take(&mut open, "extend", "decide", 2, &decision),
        Ok("decided")
    );
    assert_eq!(world.secret.term_until, Some(date("2035-05-12")));

    let mut late = World::new(Level::Mat, true);
    late.secret.term_until = Some(date("2025-07-15"));
    let propose = [("reason", "còn hiệu lực"), ("until", "2030-07-15")];
    assert_eq!(
        code(late.take(&mut Open::default(), "extend", "propose", 1, &propose)),
        "ACT-11"
    );
}

#[test]
fn a_term_that_ran_out_ends_the_secret_without_an_act() {
    let mut world = World::new(Level::Mat, true);
    world.secret.term_until = Some(date("2025-05-31"));
    assert_eq!(
        world.secret.clone().on(world.today).status,
        Status::Declassified
    );
    let propose = [("reason", "còn hiệu lực"), ("until", "2030-07-15")];
    assert_eq!(
        code(world.take(&mut Open::default(), "extend", "propose", 1, &propose)),
        "ACT-08"
    );
    assert_eq!(
        world.secret.clone().on(date("2025-05-31")).status,
        Status::Active,
        "the last day still protects"
    );
}

#[test]
fn what_was_proposed_in_time_does_not_bring_an_ended_secret_back() {
    let mut world = World::new(Level::Mat, true);
    world.secret.term_until = Some(date("2025-12-31"));
    world.today = date("2025-10-01");
    let propose = [
        ("level", "toi_mat"),
        ("catalogue_item", "1/QĐ|Điều 1"),
        ("sphere", "kinh_te"),
        ("reason", "danh mục mới"),
    ];
    let mut open = Open::default();
    assert_eq!(
        world.take(&mut open, "adjust", "propose", 1, &propose),
        Ok("proposed")
    );
    world.today = date("2026-01-15");
    let decision = decided(&[("outcome", "granted"), ("decision_number", "09/QĐ-STP")]);
    assert_eq!(
        code(world.take(&mut open, "adjust", "decide", 2, &decision)),
        "ACT-08"
    );
    assert_eq!(world.secret.facts.level, Level::Mat);
    let twice = [("copies", "1:1,1:1"), ("container_code", "KET-01")];
    let mut again = Open::default();
    assert_eq!(
        code(world.take(&mut again, "shelve", "lay", 1, &twice)),
        "ACT-04"
    );
}

#[test]
fn an_extension_may_last_to_the_last_day_that_the_law_allows_and_is_notified_in_fifteen_days() {
    let mut world = World::new(Level::Mat, true);
    let mut open = Open::default();
    let propose = [("reason", "còn hiệu lực"), ("until", "2040-05-12")];
    assert_eq!(
        world.take(&mut open, "extend", "propose", 1, &propose),
        Ok("proposed")
    );
    assert_eq!(world.due, Some(date("2030-03-13")), "sixty days before");
    let decision = decided(&[("outcome", "granted"), ("decision_number", "07/QĐ-STP")]);
    world
        .take(&mut open, "extend", "decide", 2, &decision)
        .expect("decided");
    assert_eq!(world.due, Some(date("2025-06-16")));
}

#[test]
fn where_the_length_of_an_extension_is_not_known_the_units_own_ground_is_asked_for() {
    let mut world = World::new(Level::Mat, true);
    world.today = date("2026-11-22");
    let mut open = Open::default();
    let propose = [("reason", "còn hiệu lực"), ("until", "2035-05-12")];
    assert_eq!(
        code(world.take(&mut open, "extend", "propose", 1, &propose)),
        "ACT-27"
    );
    let mut grounded = propose.to_vec();
    grounded.push(("basis", "Điều khoản do đơn vị đã đọc"));
    assert_eq!(
        world.take(&mut open, "extend", "propose", 1, &grounded),
        Ok("proposed")
    );
    let kept = |note: &String| note.ends_with("chưa đối chiếu: Điều khoản do đơn vị đã đọc");
    assert!(world.notes.iter().any(kept), "{:?}", world.notes);
    let mut known = World::new(Level::Mat, true);
    known
        .take(&mut Open::default(), "extend", "propose", 1, &grounded)
        .expect("proposed");
    assert!(!known.notes.iter().any(kept), "the law's own length counts");
}

/// A dossier of declassification whose council has met; the freed part may be empty.
fn met(world: &mut World, extent: &str, freed: &str) -> (Open, &'static str) {
    let mut open = Open::default();
    let council = [
        ("decision_number", "01/QĐ-STP"),
        ("chair", "Trần Văn Thử"),
        ("members", "Ba người"),
        ("reason", "Đã công khai một phần"),
    ];
    world
        .take(&mut open, "declassify", "council", 1, &council)
        .expect("a council");
    let minutes = [
        ("minutes_number", "02/BB"),
        ("extent", extent),
        ("freed_part", freed),
        ("council_view", "council_agrees"),
    ];
    let refused = code(world.take(&mut open, "declassify", "minutes", 1, &minutes));
    (open, refused)
}

#[test]
fn what_is_freed_in_part_stays_secret_and_what_is_freed_whole_does_not() {
    let granted = decided(&[("outcome", "granted"), ("decision_number", "03/QĐ-STP")]);
    let mut part = World::new(Level::Mat, true);
    assert_eq!(met(&mut part, "part", "").1, "ACT-03");
    let (mut open, _) = met(&mut part, "part", "Phụ lục 2");
    part.take(&mut open, "declassify", "decide", 2, &granted)
        .expect("decided");
    assert_eq!(part.secret.status, Status::Active);

    let mut whole = World::new(Level::Mat, true);
    let (mut open, refused) = met(&mut whole, "whole", "");
    assert_eq!(refused, "");
    let mut held = open.clone();
    whole
        .take(&mut open, "declassify", "decide", 2, &granted)
        .expect("decided");
    assert_eq!(whole.secret.status, Status::Declassified);
    assert_eq!(whole.due, Some(date("2025-06-16")));

    let mut kept = World::new(Level::Mat, true);
    let silent = decided(&[("outcome", "refused")]);
    let refused = kept.take(&mut held, "declassify", "decide", 2, &silent);
    assert_eq!(code(refused), "ACT-03");
}

/// What a recipient says of a notice, with the values of its kind.
fn notice<'a>(about: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let said = [
        ("about", about),
        ("notice_number", "12/TB"),
        ("notice_from", "Văn phòng Mẫu"),
        ("decided_on", "2025-05-20"),
        ("stamped", "yes"),
    ];
    said.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn a_recipient_takes_over_what_the_notice_says_within_the_law() {
    let mark = |values: &[(&str, &str)]| {
        let mut world = World::new(Level::Mat, false);
        let taken = world.take(&mut Open::default(), "remark", "mark", 1, values);
        (code(taken), world)
    };
    let (_, extended) = mark(&notice("extended", &[("until", "2040-05-12")]));
    assert_eq!(extended.secret.term_until, Some(date("2040-05-12")));
    assert_eq!(extended.secret.status, Status::Active);
    let until = |day| mark(&notice("extended", &[("until", day)])).0;
    assert_eq!(until("2040-05-13"), "ACT-18");
    assert_eq!(until("2030-05-12"), "ACT-20");
    assert_eq!(mark(&notice("extended", &[])).0, "ACT-03");

    let (_, raised) = mark(&notice("level_changed", &[("level", "toi_mat")]));
    assert_eq!(raised.secret.facts.level, Level::ToiMat);
    assert_eq!(raised.secret.term_until, Some(date("2040-05-12")));
    assert_eq!(raised.secret.status, Status::Active);
    let same = mark(&notice("level_changed", &[("level", "mat")])).0;
    assert_eq!(same, "ACT-24");

    let (_, freed) = mark(&notice("declassified", &[]));
    assert_eq!(freed.secret.status, Status::Declassified);
}

#[test]
fn a_changed_level_is_notified_in_fifteen_days_and_brings_its_own_term() {
    let mut world = World::new(Level::Mat, true);
    let mut open = Open::default();
    let propose = [
        ("level", "toi_mat"),
        ("catalogue_item", "1/QĐ|Điều 1"),
        ("sphere", "kinh_te"),
        ("reason", "danh mục mới"),
    ];
    world
        .take(&mut open, "adjust", "propose", 1, &propose)
        .expect("proposed");
    let granted = decided(&[("outcome", "granted"), ("decision_number", "08/QĐ-STP")]);
    world
        .take(&mut open, "adjust", "decide", 2, &granted)
        .expect("decided");
    assert_eq!(world.due, Some(date("2025-06-16")));
    assert_eq!(world.secret.term_until, Some(date("2040-05-12")));
}
