//! Holdings: places and containers, deposit in the archive, closing of a book's
//! year (Luật 29/2018/QH14 Điều 12; NĐ 30/2020/NĐ-CP Điều 15, 30).

use super::super::rules::{NOTE, ON, handed, moves, secret, unit};
use super::super::{About, Change, Done, Group, Input, Kind, Step, View, may, need};
use crate::Refusal;
use crate::access::Action;
use crate::book::Closing;
use crate::custody::{Holder, HolderKind};

/// Copies laid into a safe, cupboard or room.
pub static SHELVE: Kind = Kind {
    code: "shelve",
    group: Group::Holdings,
    about: About::Document,
    proceeding: None,
    steps: &[Step {
        code: "lay",
        from: &[],
        action: Action::WriteBooks,
        fields: &[
            ON,
            need("copies", Input::Copies),
            need("container_code", Input::Text),
            NOTE,
        ],
        form: None,
        decide: lay,
    }],
    closed: &["shelved"],
    after_end: true,
};

fn lay(view: &View<'_>) -> Result<Done, Refusal> {
    let moved = moves(view, HolderKind::Unit, &unit(secret(view)?))?;
    let copies = moved.iter().map(|step| step.copy).collect();
    let container = view.said.text("container_code").to_owned();
    Ok(Done::to("shelved", view.said.on(view.ctx)).change(Change::Put(copies, container)))
}

/// Copies handed to a historical archive for good.
pub static DEPOSIT: Kind = Kind {
    code: "deposit",
    group: Group::Holdings,
    about: About::Document,
    proceeding: None,
    steps: &[Step {
        code: "hand_in",
        from: &[],
        action: Action::WriteBooks,
        fields: &[
            ON,
            need("copies", Input::Copies),
            need("archive", Input::Text),
            need("minutes_number", Input::Text),
            need("receiver_sign", Input::Text),
            NOTE,
        ],
        form: None,
        decide: hand_in,
    }],
    closed: &["deposited"],
    after_end: true,
};

fn hand_in(view: &View<'_>) -> Result<Done, Refusal> {
    let to = Holder {
        kind: HolderKind::Archive,
        name: view.said.text("archive").to_owned(),
    };
    handed(view, HolderKind::Unit, &to, "deposited")
}

/// A safe, cupboard or room where copies lie, its keeper and its checks.
pub static CONTAINER: Kind = Kind {
    code: "container",
    group: Group::Holdings,
    about: About::Unit,
    proceeding: None,
    steps: &[
        Step {
            code: "set_up",
            from: &[],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("container_code", Input::Text),
                need(
                    "container_kind",
                    Input::Choice(&["safe", "cupboard", "room", "archive_store"]),
                ),
                need("place", Input::Text),
                need("keeper", Input::Text),
                need("protection_plan", Input::Text),
            ],
            form: None,
            decide: set_up,
        },
        Step {
            code: "check",
            from: &["in_use"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("locks", Input::Choice(&["in_order", "damaged"])),
                may("found", Input::Long),
            ],
            form: None,
            decide: set_up,
        },
        Step {
            code: "new_keeper",
            from: &["in_use"],
            action: Action::WriteBooks,
            fields: &[
                ON,
                need("keeper", Input::Text),
                need("minutes_number", Input::Text),
            ],
            form: None,
            decide: set_up,
        },
        Step {
            code: "retire",
            from: &["in_use"],
            action: Action::WriteBooks,
            fields: &[ON, need("reason", Input::Long), need("emptied", Input::Yes)],
            form: None,
            decide: retire,
        },
    ],
    closed: &["retired"],
    after_end: false,
};

fn set_up(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("in_use", view.said.on(view.ctx)))
}

fn retire(view: &View<'_>) -> Result<Done, Refusal> {
    Ok(Done::to("retired", view.said.on(view.ctx)))
}

/// The closing line of a book's year (series from 01 on 1/1, closed on 31/12:
/// NĐ 30/2020/NĐ-CP Điều 15 khoản 1). After it the book takes no number.
pub static YEAR_CLOSE: Kind = Kind {
    code: "year_close",
    group: Group::Delivery,
    about: About::Unit,
    proceeding: None,
    steps: &[Step {
        code: "close",
        from: &[],
        action: Action::WriteBooks,
        fields: &[
            ON,
            need(
                "book",
                Input::Choice(&["di", "den", "chuyen_giao", "sao_chup"]),
            ),
            need("year", Input::Count),
            need("last_serial", Input::CountOrNone),
            need("pages", Input::Count),
            need("closed_by", Input::Text),
            NOTE,
        ],
        form: None,
        decide: close,
    }],
    closed: &["closed"],
    after_end: false,
};

/// Only a year that is over. Whether the numbers agree with the book is judged with
/// the book at hand ([`crate::book::close`]).
fn close(view: &View<'_>) -> Result<Done, Refusal> {
    let on = view.said.on(view.ctx);
    let year = view.said.count("year");
    if year >= i64::from(on.year()) {
        return Err(Refusal::new("ACT-26").on("year").arg("year", year));
    }
    let book = view.said.text("book");
    let kind = law::BookKind::parse(book).ok_or_else(|| {
        Refusal::new("ACT-04")
            .on("book")
            .arg("field", "book")
            .arg("text", book)
    })?;
    Ok(Done::to("closed", on).change(Change::CloseBook(Closing {
        kind,
        year,
        on,
        last_serial: view.said.count("last_serial"),
        pages: view.said.count("pages"),
        closed_by: view.said.text("closed_by").to_owned(),
    })))
}
