//! Whole lives of secrets through the steps, every refusal once, and what no
//! order of commands can bring about.

mod destruction;
mod publication;
mod term;

use std::collections::BTreeMap;

use law::{BookKind, Carrier, LegalDate, Level};
use proptest::prelude::*;

use super::*;
use crate::access::Role;
use crate::book::{
    BookState, BookYear, Draft, Numbering, choose_numbering, close, register, require_open,
};
use crate::custody::{DocumentFacts, HeldCopy, Holder, HolderKind};
use crate::{Actor, Ctx};

const UNIT: &str = "Sở Tư pháp";

fn date(text: &str) -> LegalDate {
    LegalDate::parse(text).expect("a date")
}

/// A document with its copies and dossiers, as the application keeps them.
#[derive(Clone)]
struct World {
    secret: Secret,
    copies: Vec<HeldCopy>,
    made: i64,
    today: LegalDate,
    lines: usize,
    books: BTreeMap<(&'static str, i64), Book>,
    /// Until when the step taken last lets the next one be due, and its remarks.
    due: Option<LegalDate>,
    notes: Vec<String>,
    /// The line written last.
    line: Draft,
}

/// A book's year as the application keeps it: how it stands, its two kinds of counters, and the
/// numbers that were given.
#[derive(Clone, Debug, Default, PartialEq)]
struct Book {
    stand: BookYear,
    last: i64,
    levels: BTreeMap<&'static str, i64>,
    given: Vec<(i64, Option<(&'static str, i64)>)>,
}

/// One dossier of the world.
#[derive(Clone, Default)]
struct Open {
    state: String,
    past: Vec<Taken>,
}

fn actor(account: i64) -> Actor {
    Actor {
        account,
        unit: 1,
        role: if account == 1 {
            Role::VanThu
        } else {
            Role::CanBo
        },
        supervises: false,
        post: String::new(),
        name: "Nguyễn Văn Mẫu".to_owned(),
    }
}

/// Judges something on a day, as one account.
fn on<T>(today: LegalDate, account: i64, judge: impl FnOnce(Ctx<'_>) -> T) -> T {
    let actor = actor(account);
    judge(Ctx {
        law: law::Pack::embedded().expect("the pack loads"),
        today,
        actor: &actor,
    })
}

impl World {
    /// A document of the unit, determined on 12/5/2020, with copies in the unit.
    fn new(level: Level, issued: bool) -> Self {
        let since = date("2020-05-12");
        let unit = Holder {
            kind: HolderKind::Unit,
            name: UNIT.to_owned(),
        };
        let pack = law::Pack::embedded().expect("the pack loads");
        Self {
            secret: Secret {
                facts: DocumentFacts {
                    number_symbol: "12/KH-STP".to_owned(),
                    doc_type: "Kế hoạch".to_owned(),
                    subject: None,
                    level,
                    since,
                    unit_name: UNIT.to_owned(),
                    copied: 0,
                },
                carrier: Carrier::Document,
                issued,
                status: Status::Active,
                term_until: pack
                    .term(level, Carrier::Document, since)
                    .value
                    .and_then(|term| term.until),
                catalogue_item: String::new(),
            },
            copies: (1..=3)
                .map(|id| HeldCopy {
                    id,
                    label: format!("Bản số {id:02}"),
                    holder: unit.clone(),
                    since,
                    moves: 1,
                })
                .collect(),
            made: 3,
            today: date("2025-06-01"),
            lines: 0,
            books: BTreeMap::new(),
            due: None,
            notes: Vec::new(),
            line: Draft::default(),
        }
    }

    fn book(&mut self, kind: BookKind, year: i64) -> &mut Book {
        self.books.entry((kind.code(), year)).or_default()
    }

    /// A line as the application writes it: the number first, then whether the year is open.
    fn line(&mut self, kind: BookKind, draft: &Draft) -> Result<(), Refusal> {
        let state = BookState::default();
        let entry = on(self.today, 1, |ctx| register(ctx, kind, &state, draft))?;
        let book = self.book(kind, entry.year);
        require_open(entry.year, book.stand)?;
        book.last += 1;
        let level = entry.level.map(Level::code);
        let by_level = level.filter(|_| book.stand.numbering == Numbering::ByLevel);
        let of_level = by_level.map(|level| {
            let last = book.levels.entry(level).or_default();
            *last += 1;
            (level, *last)
        });
        let given = (book.last, of_level);
        book.given.push(given);
        Ok(())
    }

    fn renumber(&mut self, kind: BookKind, way: Numbering) -> Result<(), Refusal> {
        let (today, year) = (self.today, i64::from(self.today.year()));
        let book = self.book(kind, year);
        let (stand, last) = (book.stand, book.last);
        on(today, 1, |ctx| {
            choose_numbering(ctx, kind, year, stand, last, way)
        })?;
        book.stand.numbering = way;
        Ok(())
    }

    fn take(
        &mut self,
        open: &mut Open,
        code: &str,
        step: &str,
        account: i64,
        values: &[(&str, &str)],
    ) -> Result<&'static str, Refusal> {
        let mut raw: BTreeMap<String, String> = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        raw.entry("on".to_owned())
            .or_insert_with(|| self.today.to_string());
        let kind = kind(code).expect("a kind");
        let step = kind.step(step).expect("a step");
        let secret = self.secret.clone().on(self.today);
        let stand = Stand {
            secret: (kind.about != About::Unit).then_some(&secret),
            copies: &self.copies,
            state: &open.state,
            past: &open.past,
        };
        let (said, done) = on(self.today, account, |ctx| {
            take(ctx, kind, step, stand, &raw)
        })?;
        let mut after = self.clone();
        for change in &done.changes {
            after.change(change.clone())?;
        }
        after.due = done.due;
        after.notes.clone_from(&done.notes);
        *self = after;
        open.past.push(Taken {
            step: step.code.to_owned(),
            on: done.on,
            account,
            values: said
                .values()
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        });
        done.state.clone_into(&mut open.state);
        Ok(done.state)
    }

    fn change(&mut self, change: Change) -> Result<(), Refusal> {
        match change {
            Change::Move(moves, _) => {
                for step in moves {
                    let copy = self
                        .copies
                        .iter_mut()
                        .find(|copy| copy.id == step.copy)
                        .expect("a copy of this document");
                    assert_eq!(copy.holder, step.from, "a copy leaves where it is");
                    assert_eq!(copy.moves + 1, step.move_no);
                    copy.holder = step.to;
                    copy.moves = step.move_no;
                    copy.since = step.on;
                }
            }
            Change::Make(new) => {
                for one in new {
                    self.made += 1;
                    assert!(
                        self.copies.iter().all(|copy| copy.label != one.label),
                        "number {} twice",
                        one.label
                    );
                    self.secret.facts.copied += 1;
                    self.copies.push(HeldCopy {
                        id: self.made,
                        label: one.label,
                        holder: one.to,
                        since: one.on,
                        moves: 1,
                    });
                }
            }
            Change::Line(kind, draft) => {
                self.line(kind, &draft)?;
                self.lines += 1;
                self.line = *draft;
            }
            Change::Level(level) => self.secret.facts.level = level,
            Change::Term(until) => self.secret.term_until = Some(until),
            Change::CatalogueItem(item) => self.secret.catalogue_item = item,
            Change::Status(status) => self.secret.status = status,
            Change::CloseBook(closing) => {
                let book = self.book(closing.kind, closing.year);
                close(book.stand, book.last, &closing)?;
                book.stand.closed_on = Some(closing.on);
            }
            Change::Put(..) => {}
        }
        Ok(())
    }

    /// Number, how many, which copies and for whom the line written last says.
    fn says(&self, wanted: &str) {
        let Draft {
            number_symbol,
            quantity,
            copy_numbers,
            recipient,
            ..
        } = &self.line;
        assert_eq!(
            format!("{number_symbol}: {quantity}, {copy_numbers}, {recipient}"),
            wanted
        );
    }

    fn held_by(&self, kind: HolderKind) -> usize {
        self.copies
            .iter()
            .filter(|copy| copy.holder.kind == kind)
            .count()
    }
}

fn code(result: Result<&'static str, Refusal>) -> &'static str {
    result.err().map_or("", |refusal| refusal.code)
}

const HEAD: [(&str, &str); 2] = [
    ("decider_name", "Trần Văn Thử"),
    ("decider_post", "giam_doc_so"),
];

/// Values of a step with the head of a department as decider.
fn decided<'a>(values: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    HEAD.iter().chain(values).copied().collect()
}

#[test]
fn a_permit_to_carry_out_closes_when_the_copy_is_back_and_its_use_reported() {
    let mut world = World::new(Level::ToiMat, true);
    let mut open = Open::default();
    let request = [
        ("bearer_name", "Lê Thị Ví Dụ"),
        ("bearer_post", "Chuyên viên"),
        ("purpose", "họp"),
        ("destination", "Hà Nội"),
        ("from_day", "2025-06-02"),
        ("return_by", "2025-06-05"),
        ("measures", "cặp có khóa"),
    ];
    let mut wrong = request;
    wrong[5].1 = "2025-06-01";
    assert_eq!(
        code(world.take(&mut open, "carry_out", "request", 1, &wrong)),
        "ACT-20"
    );
    assert_eq!(
        world.take(&mut open, "carry_out", "request", 1, &request),
        Ok("requested")
    );
    let out = [
        ("copies", "1:1"),
        ("container_sealed", "yes"),
        ("receiver_sign", "Lê Thị Ví Dụ"),
    ];
    assert_eq!(
        code(world.take(&mut open, "carry_out", "take_out", 1, &out)),
        "ACT-05"
    );
    let grant = decided(&[("outcome", "granted")]);
    assert_eq!(
        world.take(&mut open, "carry_out", "decide", 2, &grant),
        Ok("granted")
    );
    assert_eq!(
        world.take(&mut open, "carry_out", "take_out", 1, &out),
        Ok("out")
    );
    assert_eq!(world.held_by(HolderKind::Person), 1);
    world.says("12/KH-STP: 1, Bản số 01, Lê Thị Ví Dụ");
    let mut second = Open::default();
    let pack = [
        ("recipient", "Công an tỉnh"),
        ("carried_by", "clerk"),
        ("packing_checked", "yes"),
    ];
    assert_eq!(
        world.take(&mut second, "dispatch", "pack", 1, &pack),
        Ok("packed")
    );
    let hand = [("copies", "1:2"), ("receiver_sign", "Phạm Văn Giả")];
    assert_eq!(
        code(world.take(&mut second, "dispatch", "hand_over", 1, &hand)),
        "ACT-09",
        "a copy that is out is not delivered"
    );
    let back = [("copies", "1:2"), ("receiver_sign", "Nguyễn Văn Mẫu")];
    assert_eq!(
        world.take(&mut open, "carry_out", "bring_back", 1, &back),
        Ok("back")
    );
    let report = [("use_report", "đúng mục đích"), ("reported_to", "Giám đốc")];
    assert_eq!(
        world.take(&mut open, "carry_out", "report_use", 1, &report),
        Ok("reported_back")
    );
    assert_eq!(world.lines, 2, "out and back stand in the transfer book");
}

#[test]
fn no_more_copies_are_provided_than_were_granted() {
    let mut world = World::new(Level::Mat, true);
    let mut open = Open::default();
    let request = [
        ("requester_kind", "person"),
        ("requester_name", "Phạm Văn Giả"),
        ("asked_for", "bản kế hoạch"),
        ("purpose", "công tác"),
        ("undertaking", "yes"),
    ];
    assert_eq!(
        code(world.take(&mut open, "provide", "request", 1, &request)),
        "ACT-03",
        "a person is known by a paper of identity"
    );
    let mut whole = request.to_vec();
    whole.extend([("identity_number", "000000000001"), ("address", "Phan Sơn")]);
    assert_eq!(
        world.take(&mut open, "provide", "request", 1, &whole),
        Ok("requested")
    );
    let grant = decided(&[("outcome", "granted"), ("granted_copies", "1")]);
    assert_eq!(
        world.take(&mut open, "provide", "decide", 2, &grant),
        Ok("granted")
    );
    let two = [("copies", "1:1,2:1"), ("receiver_sign", "Phạm Văn Giả")];
    assert_eq!(
        code(world.take(&mut open, "provide", "deliver", 1, &two)),
        "ACT-10"
    );
    let stale = [("copies", "1:9"), ("receiver_sign", "Phạm Văn Giả")];
    assert_eq!(
        code(world.take(&mut open, "provide", "deliver", 1, &stale)),
        "CUST-02"
    );
    let one = [("copies", "1:1"), ("receiver_sign", "Phạm Văn Giả")];
    assert_eq!(
        world.take(&mut open, "provide", "deliver", 1, &one),
        Ok("delivered")
    );
}

#[test]
fn a_level_outside_its_fields_or_without_an_item_is_stopped() {
    let mut world = World::new(Level::Mat, true);
    let proposal = |level: &'static str, item: &'static str, reason: &'static str| {
        vec![
            ("carrier", "document"),
            ("matter", "Kế hoạch kiểm tra"),
            ("sphere", "kinh_te"),
            ("level", level),
            ("catalogue_item", item),
            ("reason", reason),
            ("drafter", "Lê Thị Ví Dụ"),
            ("recipients", "Công an tỉnh"),
            ("issued_copies", "3"),
            ("copying", "copying_forbidden"),
        ]
    };
    let mut try_it = |values: &[(&str, &str)]| {
        world.take(&mut Open::default(), "classify", "propose", 1, values)
    };
    assert_eq!(code(try_it(&proposal("mat", "", ""))), "ACT-13");
    assert_eq!(
        code(try_it(&proposal("tuyet_mat", "1/QĐ|Điều 1", ""))),
        "ACT-19"
    );
    assert_eq!(try_it(&proposal("mat", "1/QĐ|Điều 1", "")), Ok("proposed"));
    let mut inside = proposal("mat", "1/QĐ|Điều 1", "");
    inside.push(("levels_inside", "toi_mat"));
    assert_eq!(code(try_it(&inside)), "ACT-12");
    let mut open = Open::default();
    assert_eq!(
        world.take(
            &mut open,
            "classify",
            "propose",
            1,
            &proposal("mat", "", "chưa có mục")
        ),
        Ok("proposed")
    );
    let decision = decided(&[("outcome", "agreed")]);
    assert_eq!(
        code(world.take(&mut open, "classify", "decide", 1, &decision)),
        "ACT-06",
        "what is in no catalogue is decided by another person, with a reason"
    );
    assert_eq!(
        code(world.take(&mut open, "classify", "decide", 2, &decision)),
        "ACT-03"
    );
}

#[test]
fn where_the_law_is_not_known_the_deciders_own_ground_is_asked_for() {
    let mut world = World::new(Level::Mat, true);
    world.today = date("2026-11-22");
    let unknown = law::Pack::embedded()
        .expect("the pack loads")
        .may(law::Act::Adjust, Level::Mat, "giam_doc_so", world.today)
        .expect("a post");
    assert_eq!(
        unknown.answer,
        law::Verdict::Unknown,
        "the test needs an unknown rule"
    );
    let mut open = Open::default();
    let propose = [
        ("level", "toi_mat"),
        ("catalogue_item", "1/QĐ|Điều 1"),
        ("sphere", "kinh_te"),
        ("reason", "danh mục mới"),
    ];
    assert_eq!(
        world.take(&mut open, "adjust", "propose", 1, &propose),
        Ok("proposed")
    );
    let decision = decided(&[("outcome", "granted"), ("decision_number", "08/QĐ-STP")]);
    assert_eq!(
        code(world.take(&mut open, "adjust", "decide", 2, &decision)),
        "ACT-02"
    );
    let mut grounded = decision.clone();
    grounded.push(("basis", "Điều khoản do đơn vị đã đọc"));
    assert_eq!(
        world.take(&mut open, "adjust", "decide", 2, &grounded),
        Ok("decided")
    );
    assert_eq!(world.secret.facts.level, Level::ToiMat);
}

#[test]
fn a_step_comes_neither_before_the_document_nor_before_the_step_before_it() {
    let mut world = World::new(Level::Mat, true);
    let mut open = Open::default();
    let council = [
        ("decision_number", "01/QĐ-STP"),
        ("chair", "Trần Văn Thử"),
        ("keeper", "Lê Thị Mẫu"),
        ("members", "Ba người"),
        ("reason", "Hết giá trị"),
    ];
    let mut on = |open: &mut Open, day: &str| {
        let values: Vec<_> = council.iter().copied().chain([("on", day)]).collect();
        code(world.take(open, "destroy", "council", 1, &values))
    };
    assert_eq!(on(&mut open, "2020-05-11"), "ACT-07");
    assert_eq!(on(&mut open, "2020-05-12"), "");
    let minutes = [
        ("on", "2020-05-11"),
        ("minutes_number", "02/BB"),
        ("copies", "1:1"),
        ("council_view", "council_agrees"),
    ];
    let early = world.take(&mut open, "destroy", "minutes", 1, &minutes);
    assert_eq!(code(early), "ACT-07");
}

#[test]
fn every_kind_can_be_opened_and_every_state_is_reached_or_final() {
    for kind in KINDS {
        assert!(kind.opening().is_some(), "{}", kind.code);
        let openings = kind
            .steps
            .iter()
            .filter(|step| step.from.is_empty())
            .count();
        assert_eq!(openings, 1, "{}", kind.code);
        let mut fields = Vec::new();
        for step in kind.steps {
            fields.clear();
            for field in step.fields {
                assert!(
                    !fields.contains(&field.name),
                    "{} {}",
                    kind.code,
                    field.name
                );
                fields.push(field.name);
            }
            for from in step.from {
                assert!(!kind.is_closed(from), "{} leads on from {from}", kind.code);
            }
        }
    }
}

/// A value that a field may be given, by a small number.
fn value(field: &Field, pick: u8, copies: &[HeldCopy], today: LegalDate) -> String {
    let days = i32::from(pick) * 37;
    match field.input {
        Input::Text | Input::Long => format!("lời {pick}"),
        Input::Day => today.plus_days(-(days % 60)).expect("a day").to_string(),
        Input::AnyDay => today.plus_days(days * 3).expect("a day").to_string(),
        Input::Count if field.name == "year" => (today.year() - 1).to_string(),
        Input::Count => (1 + i64::from(pick % 4)).to_string(),
        Input::CountOrNone => i64::from(pick % 3).to_string(),
        Input::Post => ["giam_doc_so", "chu_tich_ubnd_tinh", "truong_phong_so"]
            [usize::from(pick % 3)]
        .to_owned(),
        Input::Level => Level::ALL[usize::from(pick) % 3].code().to_owned(),
        Input::Sphere => ["chinh_tri", "kinh_te"][usize::from(pick % 2)].to_owned(),
        Input::Stamp => ["level_mat", "recall"][usize::from(pick % 2)].to_owned(),
        Input::Copies => copies
            .iter()
            .filter(|copy| (copy.id + i64::from(pick)) % 2 == 0)
            .map(|copy| format!("{}:{}", copy.id, copy.moves))
            .collect::<Vec<_>>()
            .join(","),
        Input::Yes => "yes".to_owned(),
        Input::Choice(codes) => codes[usize::from(pick) % codes.len()].to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No order of commands loses a copy, gives a number twice, brings a
    /// declassified document back, or sets a term longer than the law's.
    #[test]
    fn no_order_of_commands_breaks_custody_numbers_status_or_term(
        commands in proptest::collection::vec((0_usize..40, 0_usize..8, any::<[u8; 8]>(), 1_i64..3, 0_i32..40), 1..60),
        issued in any::<bool>(),
        level in 0_usize..3,
    ) {
        let level = Level::ALL[level];
        let mut world = World::new(level, issued);
        let mut dossiers: BTreeMap<&'static str, Open> = BTreeMap::new();
        let years = |level: Level| match level { Level::TuyetMat => 30, Level::ToiMat => 20, Level::Mat => 10 };
        for (pick, step, bytes, account, later) in commands {
            world.today = world.today.plus_days(later).expect("a day");
            let kind = KINDS[pick % KINDS.len()];
            let step = &kind.steps[step % kind.steps.len()];
            let before = world.clone();
            let open = dossiers.entry(kind.code).or_default();
            if kind.is_closed(&open.state) {
                *open = Open::default();
            }
            let values: Vec<(&str, String)> = step.fields.iter().enumerate()
                .map(|(n, field)| (field.name, value(field, bytes[n % 8].wrapping_add(u8::try_from(n).unwrap_or(0)), &world.copies, world.today)))
                .collect();
            let given: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            // Refused for a book with lines; then nothing changes.
            let _ = world.renumber(BookKind::ChuyenGiao, Numbering::ALL[usize::from(bytes[0] % 2)]);
            let before_books = world.books.clone();
            let state = open.state.clone();
            let mut copy = open.clone();
            let taken = world.take(&mut copy, kind.code, step.code, account, &given);
            *open = copy;
            if taken.is_err() {
                prop_assert_eq!(&open.state, &state);
                prop_assert_eq!(&world.copies, &before.copies);
                prop_assert_eq!(&world.secret, &before.secret);
                prop_assert_eq!(&world.books, &before_books);
            }
            for (name, book) in &world.books {
                let was = before_books.get(name).cloned().unwrap_or_default();
                prop_assert_eq!(book.given.get(..was.given.len()), Some(was.given.as_slice()));
                if was.stand.closed_on.is_some() {
                    prop_assert_eq!(&book.given, &was.given, "a closed book takes no number");
                }
                prop_assert!(book.given.iter().map(|line| line.0).eq(1..=book.last));
                let levels: Vec<_> = book.given.iter().filter_map(|line| line.1).collect();
                prop_assert!(levels.is_empty() || levels.len() == book.given.len());
                for (level, last) in &book.levels {
                    let of_level = levels.iter().filter(|of| of.0 == *level).map(|of| of.1);
                    prop_assert!(of_level.eq(1..=*last));
                }
            }
            let total: usize = HolderKind::ALL.into_iter().map(|kind| world.held_by(kind)).sum();
            prop_assert_eq!(i64::try_from(total).unwrap_or(0), world.made);
            let mut labels: Vec<&str> = world.copies.iter().map(|copy| copy.label.as_str()).collect();
            labels.sort_unstable();
            labels.dedup();
            prop_assert_eq!(labels.len(), world.copies.len());
            if before.secret.clone().on(world.today).status != Status::Active {
                prop_assert_ne!(world.secret.clone().on(world.today).status, Status::Active);
            }
            for copy in &before.copies {
                if copy.holder.kind == HolderKind::Destroyed {
                    let now = world.copies.iter().find(|now| now.id == copy.id).expect("still listed");
                    prop_assert_eq!(now.holder.kind, HolderKind::Destroyed);
                }
            }
            if let (Some(now), Some(old)) = (world.secret.term_until, before.secret.term_until)
                && now > old
                && law::Pack::embedded().expect("the pack loads")
                    .extend(world.secret.facts.level, Carrier::Document, old, world.today).value.is_some()
            {
                let longest = old.plus_years(years(world.secret.facts.level), law::Round::Down).expect("a day");
                let own = world.secret.facts.since.plus_years(years(world.secret.facts.level), law::Round::Up).expect("a day");
                prop_assert!(now <= longest.max(own), "{now} after {old}");
            }
        }
    }
}
