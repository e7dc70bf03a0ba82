//! The real clock and the real source of chance: the only ones in the house.

/// The clock of the machine.
pub struct RealClock;

impl app::Clock for RealClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one clock; everything else is given the time"
    )]
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }
}

/// The operating system's random source.
pub struct RealRandom;

impl app::Random for RealRandom {
    fn fill(&self, bytes: &mut [u8]) {
        fill(bytes);
    }
}

/// Fills a buffer from the operating system. A system without a random source
/// cannot make keys, so the program ends.
#[expect(clippy::disallowed_methods, reason = "the one source of randomness")]
pub fn fill(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        crate::say::note(&format!("error: the system gives no random bytes: {error}"));
        std::process::abort();
    }
}
