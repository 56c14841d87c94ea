//! Which requested repairs a viewer gets: not one that is still on its way to it, and no flood.
//!
//! Owned by `Viewer`, asked by `fanout` for each number of a NACK. Bounded by [`PLACES`].

use std::time::{Duration, Instant};

/// Answers remembered to tell a request that crossed its answer from a second loss.
const PLACES: usize = 128;
/// A repair is not repeated sooner than this, whatever the round trip.
const MIN_REPEAT: Duration = Duration::from_millis(20);
/// A request may come sooner than a round trip after the one before by a quarter of it, and at most this.
const MAX_EARLY: Duration = Duration::from_millis(30);
/// Round trip assumed until one is measured.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(50);
/// Repairs in one [`WINDOW`]: about 12 Mbit/s; a NACK flood gets no more out of us.
const MAX_REPAIRS: u32 = 128;
const WINDOW: Duration = Duration::from_millis(100);

/// What is known of the line to the viewer.
#[derive(Clone, Copy, Default)]
pub(super) struct Line {
    pub round_trip: Option<Duration>,
    /// Packets stand in a queue on the way, so repairs come late and not in vain.
    pub is_queued: bool,
}

/// One repair lately sent; 12 bytes, because every viewer has [`PLACES`] of them.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Repaired {
    slot: u8,
    /// Low half of the packet's index.
    index: u32,
    /// In ms since the state was made: wraps after 49 days, and only short differences are taken.
    at_ms: u32,
}

/// Repairs lately sent.
pub(super) struct Repairs {
    /// Empty before the first one: on a good line there is none.
    places: Vec<Option<Repaired>>,
    origin: Instant,
    window_start: Instant,
    in_window: u32,
}

impl Repairs {
    pub fn new(now: Instant) -> Self {
        Self { places: Vec::new(), origin: now, window_start: now, in_window: 0 }
    }

    /// Whether a repair of packet `index` may go out now; it then counts as sent.
    ///
    /// The same one again only after nearly a round trip: who repeats a request at about the round trip, as
    /// receivers do, is heard a little sooner when the line's delay varies, and to refuse that one costs
    /// the picture a whole round more. On a line with a queue a shorter time would send everything twice.
    pub fn may_go(&mut self, now: Instant, line: Line, slot: usize, index: u64) -> bool {
        if now.saturating_duration_since(self.window_start) >= WINDOW {
            self.window_start = now;
            self.in_window = 0;
        }
        if self.in_window >= MAX_REPAIRS {
            return false;
        }
        let trip = line.round_trip.unwrap_or(FIRST_ROUND_TRIP);
        let early = if line.is_queued { Duration::ZERO } else { (trip / 4).min(MAX_EARLY) };
        let repeat = (trip - early).max(MIN_REPEAT);
        let at = (index as usize).wrapping_add(slot * 31) % PLACES;
        let at_ms = now.saturating_duration_since(self.origin).as_millis() as u32;
        self.places.resize(PLACES, None);
        let repair = Repaired { slot: slot as u8, index: index as u32, at_ms };
        let last = self.places[at].replace(repair);
        let is_again = last.is_some_and(|last| {
            let elapsed = Duration::from_millis(u64::from(at_ms.wrapping_sub(last.at_ms)));
            (last.slot, last.index) == (repair.slot, repair.index) && elapsed < repeat
        });
        if is_again {
            self.places[at] = last;
            return false;
        }
        self.in_window += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn request_that_crosses_its_answer_is_refused_and_the_next_round_is_heard() {
        let start = Instant::now();
        let mut repairs = Repairs::new(start);
        let line = Line { round_trip: Some(ms(110)), is_queued: false };
        assert!(repairs.may_go(start, line, 0, 7));
        assert!(!repairs.may_go(start + ms(40), line, 0, 7));
        assert!(repairs.may_go(start + ms(90), line, 0, 7), "a receiver repeats after 100 ms, jitter aside");
        assert!(repairs.may_go(start + ms(91), line, 0, 8));
        assert!(repairs.may_go(start + ms(92), line, 1, 7));
        let queued = Line { is_queued: true, ..line };
        assert!(!repairs.may_go(start + ms(180), queued, 0, 7), "it stands in the queue");
    }

    #[test]
    fn flood_of_requests_gets_a_bounded_answer() {
        let start = Instant::now();
        let mut repairs = Repairs::new(start);
        let sent = (0..100_000u64)
            .filter(|at| repairs.may_go(start + ms(at / 100), Line::default(), 0, *at))
            .count();
        assert_eq!(sent, 10 * MAX_REPAIRS as usize);
    }
}
