//! The layout cache is emptied after every document: a thousand pages do not grow the process. Alone in its file, so that no
//! other test shares the process.

use crate::common::{book, edition, page};
use law::BookKind;

/// Resident memory of this process, kilobytes; `None` where the system does not tell.
fn resident_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn a_thousand_pages_leave_the_memory_as_it_was() {
    let edition = edition(BookKind::Di, "2026-06-01");
    let print = |round: usize| {
        // Other text each time: nothing can be taken from the cache.
        let pages = (1..=20)
            .map(|n| page(edition, n, round * 20..=round * 20))
            .collect();
        assert!(!print::book::pdf(&book(edition, pages)).unwrap().is_empty());
        // A failure must empty it as well.
        let mut wrong = book(edition, Vec::new());
        wrong.unit_name = "x".repeat(round);
        wrong.pages = vec![page(edition, 1, 1..=1)];
        wrong.pages[0].footer.qr = Some("x".repeat(4_000));
        assert!(print::book::pdf(&wrong).is_err());
    };
    (0..10).for_each(print);
    let before = resident_kb();
    (10..50).for_each(print);
    if let (Some(before), Some(after)) = (before, resident_kb()) {
        let grown = after.saturating_sub(before);
        assert!(grown < 20_000, "grew by {grown} kB over 800 pages");
    }
}
