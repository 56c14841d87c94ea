//! Numbers every packet that goes to a leg and learns from the leg's reports what arrived.
//!
//! Called by the room for each outgoing packet and each transport-wide report. Bounded by a ring that
//! widens with what is under way; a report about a number that left it is passed over.

use crate::stream::sequence::extend;
use std::time::{Duration, Instant};

/// Most packets that a report can still speak of: 2 s at 1,000 packets/s.
const WINDOW: usize = 2048;
/// What a leg begins with: a quarter of a second of one picture and three voices.
const FIRST_WINDOW: usize = 128;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Flying,
    Lost,
    Arrived,
}

/// Twelve bytes, because every viewer may have [`WINDOW`] of them.
#[derive(Clone, Copy)]
struct SentPacket {
    /// Low half of the endless number; the ring is far smaller than its range.
    number: u32,
    /// Time of sending in units of 64 µs since the start of the state: wraps after 76 hours, and
    /// only differences of seconds are taken.
    at: u32,
    bytes: u16,
    fate: Fate,
    /// Train of probes that the packet belongs to, 0 for none.
    probe: u8,
}

const EMPTY: SentPacket = SentPacket { number: 0, at: 0, bytes: 0, fate: Fate::Arrived, probe: 0 };

/// One packet that arrived, as a report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// When it left, in µs since the state was made.
    pub sent_us: u64,
    /// When it arrived, in µs on the reporter's clock.
    pub arrival_us: i64,
    /// Bytes of header and payload.
    pub bytes: u16,
    /// Train of probes that it belongs to, 1–127, or 0 for a packet of use.
    pub probe: u8,
}

/// What a leg's reports said since the figures were last taken. Losses of probes, which are meant
/// to find the limit, are not among them.
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
    /// As many places as a power of two. Memory for twice as many is set aside when half of them are under way.
    ring: Vec<SentPacket>,
    origin: Instant,
    next: u64,
    /// When the first packet after the last report went out.
    waiting_since: Option<Instant>,
    /// Behind the newest packet that a report spoke of.
    reported_to: u64,
    figures: SentFigures,
}

impl TransportSent {
    /// Nothing sent yet.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        let ring = vec![EMPTY; FIRST_WINDOW];
        let next = WINDOW as u64;
        let figures = SentFigures::default();
        Self { ring, origin: now, next, waiting_since: None, reported_to: next, figures }
    }

    /// Sets memory aside for the next time that more is under way; [`TransportSent::number`], which is on
    /// the packet path, asks for none. To be called several times a second.
    pub fn set_aside(&mut self) {
        let under_way = self.next - self.reported_to;
        if under_way * 2 >= self.ring.len() as u64 {
            let wanted = (self.ring.len() * 2).min(WINDOW);
            self.ring.reserve_exact(wanted - self.ring.len());
        }
    }

    /// The number for a packet of `bytes` that goes out now, as part of train `probe` if that is not
    /// 0.
    pub fn number(&mut self, now: Instant, bytes: usize, probe: u8) -> u16 {
        let number = self.next;
        self.next += 1;
        self.waiting_since.get_or_insert(now);
        self.figures.sent_bytes += bytes as u64;
        let at = self.clock(now);
        self.widen_for(number);
        let place = self.place(number);
        self.ring[place] = SentPacket {
            number: number as u32,
            at,
            bytes: u16::try_from(bytes).unwrap_or(u16::MAX),
            fate: Fate::Flying,
            probe,
        };
        number as u16
    }

    /// Whether packet `sequence` went out and is remembered.
    #[must_use]
    pub fn has_sent(&self, sequence: u16) -> bool {
        let number = extend(self.next, sequence);
        number < self.next && self.ring[self.place(number)].number == number as u32
    }

    fn place(&self, number: u64) -> usize {
        number as usize % self.ring.len()
    }

    /// Widens the ring when `number` would take the place of a packet that may still arrive: on a line that
    /// stalls, what was reported lost comes seconds later.
    fn widen_for(&mut self, number: u64) {
        let has_arrived = self.ring[self.place(number)].fate == Fate::Arrived;
        let before = self.ring.len();
        // Where memory is not set aside yet, the oldest packet is forgotten.
        if has_arrived || before >= WINDOW || self.ring.capacity() < before * 2 {
            return;
        }
        self.ring.resize(before * 2, EMPTY);
        for at in 0..before {
            let place = self.ring[at].number as usize % self.ring.len();
            self.ring.swap(at, place);
        }
    }

    /// A report says when packet `sequence` arrived, or that it did not so far. Answers what that
    /// tells about the link, once for each packet.
    pub fn reported(&mut self, now: Instant, sequence: u16, arrival_us: Option<i64>) -> Option<Told> {
        let number = extend(self.next, sequence);
        let clock = self.clock(now);
        let place = self.place(number);
        let packet = &mut self.ring[place];
        if packet.number != number as u32 || number >= self.next {
            return None;
        }
        self.waiting_since = None;
        self.reported_to = self.reported_to.max(number + 1);
        let is_probe = packet.probe != 0;
        match (packet.fate, arrival_us) {
            (Fate::Flying, None) => {
                packet.fate = Fate::Lost;
                self.figures.lost += u32::from(!is_probe);
                None
            }
            (Fate::Flying | Fate::Lost, Some(arrival_us)) => {
                // Reported lost in one report and arrived in the next: it was only late.
                if packet.fate == Fate::Lost && !is_probe {
                    self.figures.lost = self.figures.lost.saturating_sub(1);
                }
                packet.fate = Fate::Arrived;
                self.figures.arrived += u32::from(!is_probe);
                self.figures.arrived_bytes += u64::from(packet.bytes);
                let ago = Duration::from_micros(u64::from(clock.wrapping_sub(packet.at)) << 6);
                let shortest = self.figures.report_delay.map_or(ago, |known| known.min(ago));
                self.figures.report_delay = Some(shortest);
                let now_us = now.saturating_duration_since(self.origin).as_micros() as u64;
                let sent_us = now_us.saturating_sub(ago.as_micros() as u64);
                Some(Told { sent_us, arrival_us, bytes: packet.bytes, probe: packet.probe })
            }
            _ => None,
        }
    }

    /// Since when packets go out of which no report has said anything.
    #[must_use]
    pub const fn waiting_since(&self) -> Option<Instant> {
        self.waiting_since
    }

    /// Bytes that went out behind the newest packet of which a report has said anything, as far back as
    /// they are remembered.
    #[must_use]
    pub fn under_way_bytes(&self) -> u64 {
        let first = self.reported_to.max(self.next.saturating_sub(self.ring.len() as u64));
        (first..self.next).map(|number| u64::from(self.ring[self.place(number)].bytes)).sum()
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
        let numbers: Vec<_> = (0..4).map(|_| sent.number(now, 100, 0)).collect();
        let later = now + Duration::from_millis(30);
        sent.reported(later, numbers[0], Some(7));
        sent.reported(later, numbers[1], None);
        sent.reported(later, numbers[2], None);
        sent.reported(later, numbers[1], Some(7));
        sent.reported(later, numbers[0], Some(7));
        sent.reported(later, numbers[3].wrapping_add(500), Some(7));
        assert_eq!(sent.under_way_bytes(), 100);
        let figures = sent.take_figures();
        assert_eq!((figures.arrived, figures.lost), (2, 1));
        assert_eq!((figures.sent_bytes, figures.arrived_bytes), (400, 200));
        let delay = figures.report_delay.expect("something arrived");
        assert!(delay.abs_diff(Duration::from_millis(30)) < Duration::from_micros(100));
        assert_eq!(sent.take_figures(), SentFigures::default());
    }

    #[test]
    fn ring_widens_with_what_is_under_way_and_no_further() {
        let now = Instant::now();
        let mut sent = TransportSent::new(now);
        for second in 0..10 {
            for step in 0..1_000 {
                let at = now + Duration::from_millis(second * 1_000 + step);
                if step % 100 == 0 {
                    sent.set_aside();
                }
                let number = sent.number(at, 100, 0);
                assert!(sent.has_sent(number.wrapping_sub(200)) || step < 200);
                // Reports come a second late.
                if second > 0 {
                    assert!(sent.reported(at, number.wrapping_sub(1_000), Some(0)).is_some());
                }
            }
        }
        assert_eq!(sent.ring.len(), 1_024);
        let silent = now + Duration::from_secs(11);
        for _ in 0..200 {
            (0..100).for_each(|_| _ = sent.number(silent, 100, 0));
            sent.set_aside();
        }
        assert_eq!(sent.ring.len(), WINDOW);
    }

    #[test]
    fn numbers_run_on_over_the_wrap() {
        let now = Instant::now();
        let mut sent = TransportSent::new(now);
        let mut before = sent.number(now, 1, 0);
        for _ in 0..70_000 {
            let number = sent.number(now, 1, 0);
            assert_eq!(number, before.wrapping_add(1));
            sent.reported(now, number, Some(0));
            before = number;
        }
        assert_eq!(sent.take_figures().arrived, 70_000);
    }
}
