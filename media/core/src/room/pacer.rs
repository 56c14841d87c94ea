//! Spreads what goes to one viewer over time, so that a key frame does not fill the queue of a
//! narrow link at once.
//!
//! Owned by `Viewer`, asked by `fanout` for each picture packet, emptied by `Room::pace`. Sound and
//! repairs never wait; they only use up the rate. Never keeps bytes: packets stay in the slab.

use crate::stream::slab::PacketId;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Pictures go out at this share of the estimate, in percent: a frame is to arrive well before the
/// next one.
const RATE_PERCENT: u64 = 250;
/// What may go out at once, in bytes: an ordinary frame of 12 packets stays one segment run.
const BURST_BYTES: i64 = 16_000;
/// Unused rate is kept for this long.
const BURST: Duration = Duration::from_millis(10);
/// Everything that waits is gone after this time, whatever the estimate says.
const MAX_WAIT: Duration = Duration::from_millis(250);
/// Packets that wait: 0.3 MB, more than a key frame of 1080 lines.
pub(super) const MAX_HELD: usize = 256;
/// Places that a viewer begins with; for more it asks when a key frame needs them, three times at most, and keeps them.
const FIRST_PLACES: usize = 32;

/// Repairs take at most this share of the estimate, in percent: where more is lost they would only
/// fill the queue that loses it.
const REPAIR_PERCENT: u64 = 25;
/// Repairs that may go out at once, in bytes.
const REPAIR_BURST_BYTES: i64 = 24_000;

/// One packet that waits; 16 bytes, because every viewer may hold [`MAX_HELD`].
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub packet: PacketId,
    /// Outgoing sequence number, by which the slot finds how the packet is to be rewritten.
    pub sequence: u16,
    pub bytes: u16,
    pub slot: u8,
}

/// State of one viewer.
pub(super) struct Pacer {
    /// Bytes that may go out now; below 0 after sound and repairs.
    credit: i64,
    repair_credit: i64,
    filled_at: Instant,
    held: VecDeque<Held>,
    held_bytes: u64,
    /// Rate at which the most that waited since nothing did is gone in time, bit/s.
    emptying_bps: u64,
}

impl Pacer {
    pub fn new(now: Instant) -> Self {
        Self {
            credit: BURST_BYTES,
            repair_credit: REPAIR_BURST_BYTES,
            filled_at: now,
            held: VecDeque::with_capacity(FIRST_PLACES),
            held_bytes: 0,
            emptying_bps: 0,
        }
    }

    /// Lets the rate of `bps` fill up until `now`.
    pub fn fill(&mut self, now: Instant, bps: u32) {
        let micros = now.saturating_duration_since(self.filled_at).as_micros() as u64;
        if micros == 0 {
            return;
        }
        self.filled_at = now;
        let paced = u64::from(bps) * RATE_PERCENT / 100;
        let bytes = |bps: u64, micros: u64| (bps * micros.min(1_000_000) / 8_000_000) as i64;
        let most = BURST_BYTES.max(bytes(paced, BURST.as_micros() as u64));
        let repairs = bytes(u64::from(bps) * REPAIR_PERCENT / 100, micros);
        self.repair_credit = (self.repair_credit + repairs).min(REPAIR_BURST_BYTES);
        self.credit = (self.credit + bytes(paced.max(self.emptying_bps), micros)).min(most);
    }

    /// Whether a picture packet of `bytes` may go out now; it then counts.
    pub fn may_pass(&mut self, bytes: usize) -> bool {
        let passes = self.held.is_empty() && self.credit > 0;
        if passes {
            self.credit -= bytes as i64;
        }
        passes
    }

    /// Whether a repair of `bytes` may go out now; it then counts.
    pub fn may_repair(&mut self, bytes: usize) -> bool {
        let may = self.repair_credit > 0;
        if may {
            self.repair_credit -= bytes as i64;
            self.spend(bytes);
        }
        may
    }

    /// Counts a packet that does not wait.
    pub fn spend(&mut self, bytes: usize) {
        self.credit = (self.credit - bytes as i64).max(-BURST_BYTES);
    }

    /// Lets a packet wait; `false` when too many do.
    pub fn hold(&mut self, held: Held) -> bool {
        let has_room = self.held.len() < MAX_HELD;
        if has_room {
            self.held_bytes += u64::from(held.bytes);
            let emptying = self.held_bytes * 8 * 1000 / MAX_WAIT.as_millis() as u64;
            self.emptying_bps = self.emptying_bps.max(emptying);
            self.held.push_back(held);
        }
        has_room
    }

    /// The next packet whose turn has come; it then counts.
    pub fn next(&mut self) -> Option<Held> {
        let held = self.held.pop_front_if(|_| self.credit > 0)?;
        self.credit -= i64::from(held.bytes);
        self.held_bytes -= u64::from(held.bytes);
        if self.held.is_empty() {
            self.emptying_bps = 0;
        }
        Some(held)
    }

    /// How many packets wait.
    pub fn waiting(&self) -> usize {
        self.held.len()
    }

    /// Payload and headers of them.
    pub fn waiting_bytes(&self) -> u64 {
        self.held_bytes
    }

    /// Whether anything waits.
    pub fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(bytes: u16, sequence: u16) -> Held {
        Held { packet: PacketId::NONE, slot: 0, sequence, bytes }
    }

    /// A key frame of `packets` of 1,200 bytes at once to a link of `bps`: how many go out at once,
    /// and after how many ms the last one.
    fn check(bps: u32, packets: u16, expected: (u16, u64)) {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);
        let at_once = (0..packets)
            .filter(|index| {
                let passes = pacer.may_pass(1200);
                assert!(passes || pacer.hold(held(1200, *index)));
                passes
            })
            .count() as u16;
        let (mut next, mut ms) = (at_once, 0);
        while pacer.is_holding() {
            ms += 10;
            pacer.fill(start + Duration::from_millis(ms), bps);
            while let Some(held) = pacer.next() {
                assert_eq!(held.sequence, next, "order");
                next += 1;
            }
        }
        assert_eq!((at_once, ms), expected, "{packets} packets at {bps}");
    }

    #[test]
    fn ordinary_frame_goes_out_at_once_and_a_key_frame_is_spread() {
        check(6_000_000, 12, (12, 0));
        check(6_000_000, 80, (14, 50));
        check(1_000_000, 80, (14, 250));
        check(60_000, 80, (14, 250));
    }

    #[test]
    fn sound_and_repairs_use_up_the_rate() {
        let mut pacer = Pacer::new(Instant::now());
        pacer.spend(20_000);
        assert!(!pacer.may_pass(100));
    }

    #[test]
    fn repairs_get_a_quarter_of_the_link() {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);
        let mut repaired = 0;
        for ms in 0..10_000 {
            pacer.fill(start + Duration::from_millis(ms), 1_000_000);
            repaired += u64::from(pacer.may_repair(1200)) * 1200;
        }
        let share = REPAIR_BURST_BYTES as u64 + 250_000 / 8 * 10;
        assert!(repaired.abs_diff(share) < 2400, "{repaired} of {share}");
    }

    #[test]
    fn number_of_waiting_packets_is_bounded() {
        let mut pacer = Pacer::new(Instant::now());
        let taken = (0..2 * MAX_HELD as u16).filter(|index| pacer.hold(held(1200, *index))).count();
        assert_eq!(taken, MAX_HELD);
    }
}
