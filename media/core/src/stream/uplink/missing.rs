//! Packets of one incoming stream that have not come: when to ask for them, when to give up.
//!
//! Fed by `arrivals`; asked by the room's tick. Bounded by [`MAX_MISSING`].

use std::time::{Duration, Instant};

/// Packets of one stream that are waited for at once; older ones are given up for newer ones.
pub const MAX_MISSING: usize = 128;
/// A packet may be late by this much before it counts as lost: reordering in a network is rarely
/// longer, and a NACK that is not needed costs a packet.
const REORDER_TOLERANCE: Duration = Duration::from_millis(10);
/// Nobody waits longer: the viewer's jitter buffer has moved on.
const GIVE_UP_AFTER: Duration = Duration::from_millis(500);
/// Requests for one packet.
const MAX_TRIES: u8 = 8;
/// Shortest time between two requests for the same packet, whatever the round trip.
const MIN_REPEAT: Duration = Duration::from_millis(20);
/// Round trip assumed until one is measured.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(60);

#[derive(Clone, Copy)]
struct Missing {
    number: u64,
    since: Instant,
    next: Instant,
    tries: u8,
}

/// The list of one stream.
pub struct MissingList {
    list: Vec<Missing>,
    given_up: u64,
}

impl Default for MissingList {
    fn default() -> Self {
        Self { list: Vec::with_capacity(MAX_MISSING), given_up: 0 }
    }
}

impl MissingList {
    /// Packet `number` should have come by now.
    pub fn note(&mut self, number: u64, now: Instant) {
        if self.list.len() == MAX_MISSING {
            self.list.remove(0);
            self.given_up += 1;
        }
        self.list.push(Missing { number, since: now, next: now + REORDER_TOLERANCE, tries: 0 });
    }

    /// Packet `number` came after all. True when it had been asked for.
    pub fn came(&mut self, number: u64) -> bool {
        match self.list.iter().position(|missing| missing.number == number) {
            Some(at) => self.list.remove(at).tries > 0,
            None => false,
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// Packets given up so far.
    #[must_use]
    pub const fn given_up(&self) -> u64 {
        self.given_up
    }

    /// Writes the sequence numbers to ask for now into `out`, oldest first; returns how many.
    pub fn due(&mut self, now: Instant, round_trip: Option<Duration>, out: &mut [u16]) -> usize {
        let before = self.list.len();
        self.list.retain(|missing| {
            missing.tries < MAX_TRIES && now.saturating_duration_since(missing.since) < GIVE_UP_AFTER
        });
        self.given_up += (before - self.list.len()) as u64;
        let repeat = round_trip.unwrap_or(FIRST_ROUND_TRIP).max(MIN_REPEAT) * 5 / 4;
        let mut count = 0;
        for missing in &mut self.list {
            if count == out.len() {
                break;
            }
            if missing.next <= now {
                out[count] = missing.number as u16;
                count += 1;
                missing.tries += 1;
                missing.next = now + repeat;
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loses packet 7 at 0 ms and asks every 5 ms until `until_ms`; tells when it was asked for.
    fn check(came_at_ms: Option<u64>, until_ms: u64, expected: &[u64]) {
        let start = Instant::now();
        let mut list = MissingList::default();
        list.note(7, start);
        let mut asked = Vec::new();
        for ms in (0..until_ms).step_by(5) {
            if came_at_ms == Some(ms) {
                list.came(7);
            }
            let mut out = [0; 4];
            let now = start + Duration::from_millis(ms);
            if list.due(now, Some(Duration::from_millis(80)), &mut out) > 0 {
                assert_eq!(out[0], 7);
                asked.push(ms);
            }
        }
        assert_eq!(asked, expected);
    }

    #[test]
    fn packet_that_comes_within_the_tolerance_is_never_asked_for() {
        check(Some(5), 600, &[]);
    }

    #[test]
    fn lost_packet_is_asked_for_every_round_trip_until_half_a_second() {
        check(None, 1000, &[10, 110, 210, 310, 410]);
        check(Some(150), 1000, &[10, 110]);
    }

    #[test]
    fn list_is_bounded_and_prefers_new_losses() {
        let now = Instant::now();
        let mut list = MissingList::default();
        for number in 0..MAX_MISSING as u64 + 5 {
            list.note(number, now);
        }
        assert_eq!(list.given_up(), 5);
        assert!(!list.came(4));
        let mut out = [0; 1];
        list.due(now + REORDER_TOLERANCE, None, &mut out);
        assert_eq!(out[0], 5);
    }
}
