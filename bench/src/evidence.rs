//! The whole ledger read and hashed again; one event proven; the books compared
//! with their events.

use std::time::Instant;

use crate::house::House;
use crate::tell::{memory_mib, ms, say, spread};
use crate::text::Dice;

const PROOFS: usize = 100;

pub async fn measure(house: &House) -> anyhow::Result<()> {
    for _ in 0..2 {
        let started = Instant::now();
        let (size, _) = house.app.db.verify_log().await?;
        say(&format!(
            "ledger verify: {size} events in {:.2} s",
            started.elapsed().as_secs_f64()
        ));
    }
    let size = house.app.db.log_head().await?.0;
    let mut dice = Dice::new(1);
    let mut times = Vec::new();
    for _ in 0..PROOFS {
        let event = u64::try_from(dice.below(usize::try_from(size)?))?;
        let started = Instant::now();
        house.app.db.inclusion(event, size).await?;
        times.push(started.elapsed());
    }
    say(&format!("inclusion proof: {}", spread(&mut times)?));
    let started = Instant::now();
    let verified = house.app.verify_books().await?;
    say(&format!(
        "books compared with their events: {} lines in {:.2} s; first that differs: {:?}",
        verified.lines,
        ms(started.elapsed()) / 1_000.0,
        verified.mismatch.map(|mismatch| mismatch.serial)
    ));
    say(&format!(
        "resident memory of the bench after it: {} MiB",
        memory_mib("self", "VmRSS")?
    ));
    Ok(())
}
