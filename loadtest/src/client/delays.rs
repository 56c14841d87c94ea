//! When each packet was sent, found again by its content at those who received it.
//!
//! Senders note, sampled receivers look up. By content, because servers renumber everything else: the
//! end of a payload comes through every server as it was. Bounded by [`KEPT`].

use super::histogram::Histogram;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};

/// Packets remembered; some seconds of the largest run.
const KEPT: usize = 1 << 16;
/// Bytes of a payload's end that tell it from all others.
const TAIL: usize = 24;
/// The same content sent again within this time cannot be told apart.
const AMBIGUOUS_NS: u64 = 2_000_000_000;

/// Sent packets and how long they took.
#[derive(Default)]
pub struct Delays {
    /// Time by content, 0 when it cannot be told apart, and who sent it.
    sent: HashMap<u64, (u64, usize)>,
    order: VecDeque<(u64, u64)>,
    hasher: RandomState,
    /// Of packets whose sending time is known, in microseconds.
    pub found: Histogram,
    /// Packets whose content was not sent by anybody here.
    pub unknown: u64,
}

impl Delays {
    fn key(&self, payload: &[u8]) -> u64 {
        self.hasher.hash_one(&payload[payload.len().saturating_sub(TAIL)..])
    }

    /// A packet with this clear payload goes out at `at_ns`.
    pub fn note_sent(&mut self, payload: &[u8], at_ns: u64, sender: usize) {
        let key = self.key(payload);
        let before = self.sent.insert(key, (at_ns, sender));
        if before.is_some_and(|(before, _)| at_ns.saturating_sub(before) < AMBIGUOUS_NS) {
            self.sent.insert(key, (0, sender));
        }
        self.order.push_back((key, at_ns));
        if self.order.len() > KEPT
            && let Some((oldest, at_ns)) = self.order.pop_front()
            // A clip that began anew has sent the same content since.
            && self.sent.get(&oldest).is_some_and(|(newest, _)| *newest <= at_ns)
        {
            self.sent.remove(&oldest);
        }
    }

    /// A packet with this clear payload came at `at_ns`; `is_counted` in the phase that is measured. Who
    /// has sent it.
    pub fn note_received(&mut self, payload: &[u8], at_ns: u64, is_counted: bool) -> Option<usize> {
        let Some((sent, sender)) = self.sent.get(&self.key(payload)) else {
            self.unknown += 1;
            return None;
        };
        if *sent != 0 && is_counted {
            self.found.note(at_ns.saturating_sub(*sent) / 1_000);
        }
        Some(*sender)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_found_by_its_end_however_it_begins() {
        let mut delays = Delays::default();
        let payload: Vec<u8> = (0..100).collect();
        delays.note_sent(&payload, 5_000_000, 3);
        let mut changed = payload.clone();
        changed[0] = 0xff;
        assert_eq!(delays.note_received(&changed, 7_000_000, true), Some(3));
        delays.note_received(&[1; 50], 7_000_000, true);
        assert_eq!((delays.found.count(), delays.unknown), (1, 1));
        assert!((1_900..2_100).contains(&delays.found.quantile(0.99)));
    }

    #[test]
    fn content_sent_twice_is_not_measured() {
        let mut delays = Delays::default();
        delays.note_sent(&[7; 40], 1_000_000_000, 0);
        delays.note_sent(&[7; 40], 1_100_000_000, 1);
        delays.note_received(&[7; 40], 1_200_000_000, true);
        assert_eq!((delays.found.count(), delays.unknown), (0, 0));
    }
}
