//! The queue between the walk and those who scan: entries in their order, taken by the handful.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::limits::{HAND_FILES, WINDOW_FILES};
use crate::walk::Entry;

/// An entry and its place in the walk.
pub(crate) type Numbered = (u64, Entry);

/// One walk fills it, some threads empty it. Neither side runs away from the report that is due next.
#[derive(Default)]
pub(crate) struct Hands {
    state: Mutex<State>,
    /// Entries came, or no more will.
    filled: Condvar,
    /// Entries were reported.
    freed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Numbered>,
    /// Entries put in and not reported yet.
    open: usize,
    /// Threads that wait for an entry. Waking nobody still costs a call of the system.
    idle: usize,
    ended: bool,
    stopped: bool,
}

impl Hands {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts in every entry, waiting while too many are open; the last call of the walk.
    pub(crate) fn fill(&self, entries: impl Iterator<Item = Entry>) {
        for numbered in (0..).zip(entries) {
            let mut state = self.state();
            // Half of the window is free before the walk goes on: it is woken once for many entries.
            if state.open >= WINDOW_FILES {
                while state.open > WINDOW_FILES / 2 && !state.stopped {
                    state = wait(&self.freed, state);
                }
            }
            if state.stopped {
                return;
            }
            state.open += 1;
            state.waiting.push_back(numbered);
            if state.idle > 0 {
                self.filled.notify_one();
            }
        }
        self.state().ended = true;
        self.filled.notify_all();
    }

    /// The next entries: one while few wait, so that `takers` share them. Empty: there are no more.
    pub(crate) fn take(&self, takers: usize) -> Vec<Numbered> {
        let mut state = self.state();
        while state.waiting.is_empty() && !state.ended && !state.stopped {
            state.idle += 1;
            state = wait(&self.filled, state);
            state.idle -= 1;
        }
        if state.stopped {
            return Vec::new();
        }
        let waiting = state.waiting.len();
        let most = (waiting / (2 * takers.max(1))).clamp(1, HAND_FILES);
        state.waiting.drain(..most.min(waiting)).collect()
    }

    /// So many entries were reported.
    pub(crate) fn reported(&self, count: usize) {
        let mut state = self.state();
        let before = state.open;
        state.open = before.saturating_sub(count);
        let half = WINDOW_FILES / 2;
        if before > half && state.open <= half {
            self.freed.notify_one();
        }
    }

    /// Nobody listens any more.
    pub(crate) fn stop(&self) {
        self.state().stopped = true;
        self.filled.notify_all();
        self.freed.notify_all();
    }
}

fn wait<'a>(condition: &Condvar, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
    condition
        .wait(state)
        .unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: usize) -> impl Iterator<Item = Entry> {
        (0..count).map(|number| Entry::File(number.to_string().into()))
    }

    fn numbers(hand: &[Numbered]) -> Vec<u64> {
        hand.iter().map(|(number, _)| *number).collect()
    }

    #[test]
    fn few_entries_are_shared_and_many_are_taken_together() {
        let hands = Hands::default();
        hands.fill(entries(100));
        assert_eq!(hands.take(2).len(), HAND_FILES);
        let next = hands.take(4);
        assert_eq!(numbers(&next), (16..26).collect::<Vec<_>>());
        let mut last = 0;
        loop {
            let hand = hands.take(2);
            if hand.is_empty() {
                break;
            }
            last = hand.len();
        }
        assert_eq!(last, 1);
    }

    #[test]
    fn the_walk_waits_for_the_report() {
        let hands = Hands::default();
        std::thread::scope(|scope| {
            scope.spawn(|| hands.fill(entries(3 * WINDOW_FILES)));
            let mut taken = 0;
            loop {
                let hand = hands.take(1);
                if hand.is_empty() {
                    break;
                }
                taken += hand.len();
                assert!(hands.state().open <= WINDOW_FILES);
                hands.reported(hand.len());
            }
            assert_eq!(taken, 3 * WINDOW_FILES);
        });
    }

    #[test]
    fn a_failed_run_ends_both_sides() {
        let hands = Hands::default();
        std::thread::scope(|scope| {
            scope.spawn(|| hands.fill(entries(10 * WINDOW_FILES)));
            assert!(!hands.take(1).is_empty());
            hands.stop();
        });
        assert!(hands.take(1).is_empty());
    }
}
