//! Lists and searches through the use case, without HTTP, and the queries that
//! the server is asked as well.

use std::time::Instant;

use store::books::{ListQuery, Sort};

use crate::house::{House, KIND, YEAR};
use crate::tell::{say, spread};
use crate::text::{Dice, sentence, syllable};

/// Reads of each kind.
pub const READS: usize = 300;

/// A list or a search, as an address of the book.
pub struct Query {
    pub q: String,
    pub sort: Sort,
    pub ascending: bool,
    pub level: &'static str,
    pub state: &'static str,
    pub page: i64,
}

impl Query {
    fn new(q: String) -> Self {
        Self {
            q,
            sort: Sort::Serial,
            ascending: false,
            level: "",
            state: "",
            page: 1,
        }
    }

    /// The address without its host.
    pub fn address(&self) -> String {
        let q = self
            .q
            .bytes()
            .map(|byte| format!("%{byte:02x}"))
            .collect::<String>();
        let dir = if self.ascending { "asc" } else { "desc" };
        format!(
            "/books/{KIND}?year={YEAR}&q={q}&sort={}&dir={dir}&level={}&state={}&page={}",
            self.sort.code(),
            self.level,
            self.state,
            self.page
        )
    }

    fn list(&self, unit_id: i64) -> ListQuery {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        ListQuery {
            unit_id,
            kind: KIND.to_owned(),
            year: YEAR,
            words: app::words::words(&self.q),
            level: some(self.level),
            state: some(self.state),
            sort: self.sort,
            ascending: self.ascending,
            page: self.page,
        }
    }
}

type Make = fn(&mut Dice, i64) -> Query;

/// Kinds of lists and searches; each read draws its own words and page.
pub const KINDS: [(&str, Make); 13] = [
    ("list, newest page", |_, _| Query::new(String::new())),
    ("list, any page", |dice, entries| Query {
        page: 1 + whole(dice, entries / 50),
        ..Query::new(String::new())
    }),
    ("list by number, page 1 to 200", |dice, _| Query {
        sort: Sort::Number,
        page: 1 + whole(dice, 200),
        ..Query::new(String::new())
    }),
    ("list of one level", |dice, _| Query {
        level: "toi_mat",
        page: 1 + whole(dice, 20),
        ..Query::new(String::new())
    }),
    ("list of voided lines", |dice, _| Query {
        state: "voided",
        page: 1 + whole(dice, 20),
        ..Query::new(String::new())
    }),
    ("search, one number", |dice, entries| {
        Query::new((1 + whole(dice, entries)).to_string())
    }),
    ("search, one common word", |dice, _| {
        Query::new(syllable(dice.below(6)))
    }),
    ("search, three common words", |dice, _| {
        let start = dice.below(6);
        Query::new(format!(
            "{} {} {}",
            syllable(start),
            syllable(start + 1),
            syllable(start + 2)
        ))
    }),
    ("search, any three words", |dice, _| {
        Query::new(sentence(dice, 3))
    }),
    ("search, eight words of one line", |dice, entries| {
        let mut line = Dice::new(1 + whole(dice, entries));
        line.next();
        line.next();
        Query::new(sentence(&mut line, 8))
    }),
    ("search, common word that still stands", |dice, _| Query {
        state: "active",
        ..Query::new(syllable(dice.below(6)))
    }),
    ("search, common word by date", |dice, _| Query {
        sort: Sort::DocDate,
        ..Query::new(syllable(dice.below(6)))
    }),
    ("search, rare word by number", |dice, _| Query {
        sort: Sort::Number,
        ascending: true,
        ..Query::new(syllable(800 + dice.below(800)))
    }),
];

fn whole(dice: &mut Dice, below: i64) -> i64 {
    let below = usize::try_from(below).unwrap_or(1);
    i64::try_from(dice.below(below)).unwrap_or(0)
}

pub async fn measure(house: &House) -> anyhow::Result<()> {
    let unit = house.reader.actor.unit;
    let entries = house.app.db.last_serial(unit, KIND, YEAR).await?;
    for (name, make) in KINDS {
        let mut dice = Dice::new(4_711);
        let mut times = Vec::with_capacity(READS);
        let mut found = 0;
        for _ in 0..READS {
            let query = make(&mut dice, entries).list(unit);
            let started = Instant::now();
            found += house.app.book_page(&house.reader, &query).await?.rows.len();
            times.push(started.elapsed());
        }
        say(&format!(
            "{name}: {} ({} lines a page)",
            spread(&mut times)?,
            found / READS
        ));
    }
    Ok(())
}
