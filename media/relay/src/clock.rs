//! The clock of a node, and how far that of the other side is ahead of it, measured by pings.
//!
//! The measurement is fed by `line`. Of the last ones the one with the shortest round trip counts,
//! since queues only ever make the trip longer (as RFC 5905 section 10 does).

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Measurements that are kept: a quarter of a minute of pings.
const KEPT: usize = 16;

/// Wall time in µs, tied to the monotonic clock once so that it never jumps.
#[derive(Clone, Copy, Debug)]
pub struct NodeClock {
    started: Instant,
    since_1970: Duration,
}

impl NodeClock {
    /// Ties the two clocks together.
    #[must_use]
    pub fn start() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), since_1970 }
    }

    /// What this clock shows at `now`.
    #[must_use]
    pub fn us(&self, now: Instant) -> u64 {
        let wall = self.since_1970 + now.saturating_duration_since(self.started);
        u64::try_from(wall.as_micros()).unwrap_or(u64::MAX)
    }

    /// The instant at which this clock showed `us`; no later than `now`, at most `age` before it.
    #[must_use]
    pub fn instant(&self, us: u64, now: Instant, age: Duration) -> Instant {
        let behind = Duration::from_micros(self.us(now).saturating_sub(us)).min(age);
        now.checked_sub(behind).unwrap_or(now)
    }
}

/// The offset of another clock.
#[derive(Clone, Debug, Default)]
pub struct ClockOffset {
    /// Round trip and offset, in µs.
    samples: [Option<(u64, i64)>; KEPT],
    next: usize,
}

impl ClockOffset {
    /// Takes the four times of one ping and its answer, in µs: sent and heard by our clock,
    /// received and answered by the other. Times that cannot be are passed over.
    pub(crate) fn note(&mut self, sent: u64, received: u64, answered: u64, heard: u64) {
        let (Some(away), Some(held)) = (heard.checked_sub(sent), answered.checked_sub(received)) else {
            return;
        };
        let Some(trip) = away.checked_sub(held) else { return };
        let wide = |time: u64| i128::from(time);
        let offset = ((wide(received) - wide(sent)) + (wide(answered) - wide(heard))) / 2;
        let Ok(offset) = i64::try_from(offset) else { return };
        self.samples[self.next] = Some((trip, offset));
        self.next = (self.next + 1) % KEPT;
    }

    /// µs that the other clock is ahead of ours; `None` before the first answer.
    #[must_use]
    pub fn offset_us(&self) -> Option<i64> {
        self.best().map(|(_, offset)| offset)
    }

    /// The round trip of the measurement that counts: the offset is wrong by at most half of it.
    #[must_use]
    pub fn round_trip_us(&self) -> Option<u64> {
        self.best().map(|(trip, _)| trip)
    }

    /// A time of the other clock as ours shows it.
    #[must_use]
    pub fn to_ours(&self, theirs_us: u64) -> u64 {
        theirs_us.saturating_add_signed(self.offset_us().unwrap_or(0).saturating_neg())
    }

    fn best(&self) -> Option<(u64, i64)> {
        self.samples.iter().flatten().min_by_key(|(trip, _)| *trip).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offset_is_that_of_the_shortest_round_trip() {
        let mut clock = ClockOffset::default();
        assert_eq!((clock.offset_us(), clock.to_ours(700)), (None, 700));
        // 5 s ahead; 1 ms there, 9 ms back through a full queue.
        clock.note(1_000_000, 6_001_000, 6_001_200, 1_010_200);
        // 1 ms each way.
        clock.note(2_000_000, 7_001_000, 7_001_100, 2_002_100);
        assert_eq!((clock.offset_us(), clock.round_trip_us()), (Some(5_000_000), Some(2_000)));
        assert_eq!(clock.to_ours(8_000_000), 3_000_000);
        // Lies and nonsense change nothing.
        clock.note(3_000_000, 9, 5, 3_000_001);
        clock.note(3_000_000, 1, 900, 3_000_001);
        assert_eq!(clock.offset_us(), Some(5_000_000));
        for second in 0..KEPT as u64 {
            clock.note(second, second, second, second + 8_000);
        }
        assert_eq!(clock.round_trip_us(), Some(8_000), "an old measurement is forgotten");
    }
}
