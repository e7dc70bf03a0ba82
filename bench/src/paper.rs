//! 300 lines of a book as PDF, with an event, a checkpoint and a proof for every
//! page of twelve.

use std::time::Instant;

use app::papers::BookAsk;
use law::BookKind;

use crate::house::{House, YEAR};
use crate::tell::{ms, say, spread};

const PRINTS: i64 = 12;
/// Pages of twelve lines.
const PAGES: i64 = 25;

pub async fn measure(house: &House) -> anyhow::Result<()> {
    let mut times = Vec::new();
    for n in 0..PRINTS {
        let ask = BookAsk {
            kind: BookKind::Den,
            year: YEAR,
            edition: "2026".to_owned(),
            from: 1 + n * PAGES,
            to: (n + 1) * PAGES,
            cover: false,
        };
        let started = Instant::now();
        let paper = house.app.book_pdf(&house.clerk, &ask).await?;
        let time = started.elapsed();
        if n == 0 {
            say(&format!(
                "PDF of {} lines, {} pages, the first of the process: {:.0} ms",
                PAGES * 12,
                paper.pages.len(),
                ms(time)
            ));
        } else {
            times.push(time);
        }
    }
    say(&format!(
        "PDF of {} other lines each: {}",
        PAGES * 12,
        spread(&mut times)?
    ));
    Ok(())
}
