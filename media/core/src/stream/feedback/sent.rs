//! Numbers every packet that goes to a leg and learns from the leg's reports what arrived.
//!
//! Called by the room for each outgoing packet and each transport-wide report. Bounded by a ring;
//! a report about a number that left the ring is passed over.

use crate::stream::sequence::extend;
use std::time::{Duration, Instant};

/// Packets that a report can still speak of: 2 s at 1,000 packets/s.
const WINDOW: usize = 2048;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Flying,
    Lost,
    Arrived,
}

/// Twelve bytes, because every viewer has [`WINDOW`] of them.
#[derive(Clone, Copy)]
struct SentPacket {
    /// Low half of the endless number; the ring is far smaller than its range.
    number: u32,
    /// Time of sending in units of 64 µs since the start of the state: wraps after 76 hours, and
    /// only differences of seconds are taken.
    at: u32,
    bytes: u16,
    fate: Fate,
}

/// What a leg's reports said since the figures were last taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentFigures {
    pub sent_bytes: u64,
    pub arrived: u32,
    pub arrived_bytes: u64,
    pub lost: u32,
    /// Shortest time from sending to the report; the round trip plus at most one report
    /// interval.
    pub report_delay: Option<Duration>,
}

/// State of one leg.
pub struct TransportSent {
    ring: Box<[SentPacket]>,
    origin: Instant,
    next: u64,
    figures: SentFigures,
}

impl TransportSent {
    /// Nothing sent yet.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        let empty = SentPacket { number: 0, at: 0, bytes: 0, fate: Fate::Arrived };
        Self {
            ring: vec![empty; WINDOW].into_boxed_slice(),
            origin: now,
            next: WINDOW as u64,
            figures: SentFigures::default(),
        }
    }

    /// The number for a packet of `bytes` that goes out now.
    pub fn number(&mut self, now: Instant, bytes: usize) -> u16 {
        let number = self.next;
        self.next += 1;
        self.figures.sent_bytes += bytes as u64;
        let at = self.clock(now);
        self.ring[number as usize % WINDOW] = SentPacket {
            number: number as u32,
            at,
            bytes: u16::try_from(bytes).unwrap_or(u16::MAX),
            fate: Fate::Flying,
        };
        number as u16
    }

    /// A report says that packet `sequence` arrived, or did not so far.
    pub fn reported(&mut self, now: Instant, sequence: u16, has_arrived: bool) {
        let number = extend(self.next, sequence);
        let clock = self.clock(now);
        let packet = &mut self.ring[number as usize % WINDOW];
        if packet.number != number as u32 || number >= self.next {
            return;
        }
        match (packet.fate, has_arrived) {
            (Fate::Flying, false) => {
                packet.fate = Fate::Lost;
                self.figures.lost += 1;
            }
            (Fate::Flying | Fate::Lost, true) => {
                // Reported lost in one report and arrived in the next: it was only late.
                if packet.fate == Fate::Lost {
                    self.figures.lost = self.figures.lost.saturating_sub(1);
                }
                packet.fate = Fate::Arrived;
                self.figures.arrived += 1;
                self.figures.arrived_bytes += u64::from(packet.bytes);
                let delay = Duration::from_micros(u64::from(clock.wrapping_sub(packet.at)) << 6);
                let shortest = self.figures.report_delay.map_or(delay, |known| known.min(delay));
                self.figures.report_delay = Some(shortest);
            }
            _ => {}
        }
    }

    fn clock(&self, now: Instant) -> u32 {
        (now.saturating_duration_since(self.origin).as_micros() >> 6) as u32
    }

    /// Figures since the last call.
    pub fn take_figures(&mut self) -> SentFigures {
        std::mem::take(&mut self.figures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_packet_is_not_lost_and_foreign_numbers_are_passed_over() {
        let now = Instant::now();
        let mut sent = TransportSent::new(now);
        let numbers: Vec<_> = (0..4).map(|_| sent.number(now, 100)).collect();
        let later = now + Duration::from_millis(30);
        sent.reported(later, numbers[0], true);
        sent.reported(later, numbers[1], false);
        sent.reported(later, numbers[2], false);
        sent.reported(later, numbers[1], true);
        sent.reported(later, numbers[0], true);
        sent.reported(later, numbers[3].wrapping_add(500), true);
        let figures = sent.take_figures();
        assert_eq!((figures.arrived, figures.lost), (2, 1));
        assert_eq!((figures.sent_bytes, figures.arrived_bytes), (400, 200));
        let delay = figures.report_delay.expect("something arrived");
        assert!(delay.abs_diff(Duration::from_millis(30)) < Duration::from_micros(100));
        assert_eq!(sent.take_figures(), SentFigures::default());
    }

    #[test]
    fn numbers_run_on_over_the_wrap() {
        let now = Instant::now();
        let mut sent = TransportSent::new(now);
        let mut before = sent.number(now, 1);
        for _ in 0..70_000 {
            let number = sent.number(now, 1);
            assert_eq!(number, before.wrapping_add(1));
            sent.reported(now, number, true);
            before = number;
        }
        assert_eq!(sent.take_figures().arrived, 70_000);
    }
}
