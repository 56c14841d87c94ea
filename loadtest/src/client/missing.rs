//! Packets of one incoming stream that have not come: when to ask for them, when to give up.
//!
//! Fed and asked by `track`, as a browser does it: a short wait for reordering, then a request that is
//! repeated. Bounded by [`MAX_MISSING`]. Knows numbers and times, no packets.

use std::time::{Duration, Instant};

/// Packets that are waited for at once; the oldest gives way.
pub const MAX_MISSING: usize = 256;
/// A packet may come late by this much before it is asked for.
const REORDER_TOLERANCE: Duration = Duration::from_millis(10);
/// Between two requests for the same packet.
const REPEAT: Duration = Duration::from_millis(100);
/// Requests for one packet, as libwebrtc has it.
const MAX_TRIES: u8 = 10;
/// Nobody waits longer: the picture has been given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug)]
struct Missing {
    number: u64,
    since: Instant,
    ask_at: Instant,
    tries: u8,
}

/// What is missing of one stream.
#[derive(Debug, Default)]
pub struct MissingList {
    list: Vec<Missing>,
    given_up: u64,
}

impl MissingList {
    /// `number` should have come before one that has.
    pub fn note(&mut self, number: u64, now: Instant) {
        if self.list.len() == MAX_MISSING {
            self.list.remove(0);
            self.given_up += 1;
        }
        self.list.push(Missing { number, since: now, ask_at: now + REORDER_TOLERANCE, tries: 0 });
    }

    /// `number` came after all; whether it was missing and had been asked for.
    pub fn came(&mut self, number: u64) -> Option<bool> {
        let at = self.list.iter().position(|it| it.number == number)?;
        Some(self.list.remove(at).tries > 0)
    }

    /// Whether the packet with these low bits of its number is missing.
    #[must_use]
    pub fn has(&self, sequence: u16) -> bool {
        self.list.iter().any(|it| it.number as u16 == sequence)
    }

    /// Numbers to ask for now, ascending, appended to `out`.
    pub fn due(&mut self, now: Instant, out: &mut Vec<u16>) {
        let before = self.list.len();
        self.list
            .retain(|it| it.tries < MAX_TRIES && now.saturating_duration_since(it.since) < GIVE_UP_AFTER);
        self.given_up += (before - self.list.len()) as u64;
        for it in self.list.iter_mut().filter(|it| it.ask_at <= now) {
            it.tries += 1;
            it.ask_at = now + REPEAT;
            out.push(it.number as u16);
        }
    }

    /// Whether nothing is missing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Packets that never came.
    #[must_use]
    pub const fn given_up(&self) -> u64 {
        self.given_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(list: &mut MissingList, now: Instant) -> Vec<u16> {
        let mut out = Vec::new();
        list.due(now, &mut out);
        out
    }

    #[test]
    fn a_reordered_packet_is_not_asked_for() {
        let (mut list, now) = (MissingList::default(), Instant::now());
        list.note(7, now);
        assert_eq!(list.came(7), Some(false));
        assert!(due(&mut list, now + REORDER_TOLERANCE).is_empty());
    }

    #[test]
    fn a_lost_packet_is_asked_for_again_until_it_is_given_up() {
        let (mut list, start) = (MissingList::default(), Instant::now());
        list.note(7, start);
        list.note(8, start);
        let mut asked = 0;
        for step in 0..200 {
            asked += due(&mut list, start + Duration::from_millis(step * 10)).len();
        }
        assert_eq!((asked, list.given_up(), list.is_empty()), (20, 2, true));
    }

    #[test]
    fn a_long_gap_stays_within_the_limit() {
        let (mut list, now) = (MissingList::default(), Instant::now());
        (0..1000).for_each(|number| list.note(number, now));
        assert_eq!(due(&mut list, now + REORDER_TOLERANCE).len(), MAX_MISSING);
        assert_eq!(list.given_up(), 1000 - MAX_MISSING as u64);
    }
}
