//! One incoming RTP stream as its receiver sees it: numbers, losses, jitter, reports about it.
//!
//! Owned by a session, one for each SSRC. Called for every packet, so it never allocates there but for
//! gaps. Knows nothing of keys.

use super::description::Kind;
use super::frames::Frames;
use super::missing::MissingList;
use media_core::packet::rtcp::ReportBlock;
use media_core::stream::sequence::{FIRST_CYCLE, Seen, SeenWindow, extend};
use std::time::{Duration, Instant};

/// A larger jump is a new beginning and no loss.
const MAX_GAP: u64 = 1_000;

/// One stream.
pub struct Track {
    pub ssrc: u32,
    pub kind: Kind,
    /// Distinct packets, repaired ones included.
    pub packets: u64,
    pub duplicates: u64,
    /// Packets that came only after they had been asked for.
    pub repaired: u64,
    pub missing: MissingList,
    /// Of a picture whose packets are decrypted.
    pub frames: Frames,
    first: u64,
    seen: SeenWindow,
    /// Arrival against media time, in units of the clock, and its smoothed change (RFC 3550 A.8).
    transit: Option<i64>,
    jitter: f64,
    last_report: Option<(u32, Instant)>,
    /// Expected and received at the last report.
    reported: (u64, u64),
}

impl Track {
    /// A stream whose first packet has this number.
    pub fn new(ssrc: u32, kind: Kind, sequence: u16) -> Self {
        let first = FIRST_CYCLE + u64::from(sequence);
        Self {
            ssrc,
            kind,
            packets: 1,
            duplicates: 0,
            repaired: 0,
            missing: MissingList::default(),
            frames: Frames::default(),
            first,
            seen: SeenWindow::starting_at(first),
            transit: None,
            jitter: 0.0,
            last_report: None,
            reported: (0, 0),
        }
    }

    #[must_use]
    pub const fn is_video(&self) -> bool {
        matches!(self.kind, Kind::Video(_))
    }

    /// The newest packet's number.
    #[must_use]
    pub const fn newest(&self) -> u64 {
        self.seen.newest()
    }

    /// Jitter so far (RFC 3550).
    #[must_use]
    pub fn jitter_us(&self) -> u64 {
        let clock_hz = if self.is_video() { 90_000.0 } else { 48_000.0 };
        (self.jitter * 1e6 / clock_hz) as u64
    }

    /// A packet came; its number if it is new.
    pub fn note(&mut self, now: Instant, sequence: u16) -> Option<u64> {
        let number = extend(self.seen.newest(), sequence);
        let newest = self.seen.newest();
        match self.seen.note(number) {
            Seen::Newest => {
                if number - newest > MAX_GAP {
                    self.first = self.first.max(number);
                    self.packets = 0;
                    self.reported = (0, 0);
                } else {
                    (newest + 1..number).for_each(|missing| self.missing.note(missing, now));
                }
                self.packets += 1;
                Some(number)
            }
            Seen::Again => {
                self.duplicates += 1;
                None
            }
            _ => {
                // Late: out of order, or sent again under its own number.
                match self.missing.came(number) {
                    Some(was_asked) => {
                        self.repaired += u64::from(was_asked);
                        self.packets += 1;
                        Some(number)
                    }
                    None => {
                        self.duplicates += 1;
                        None
                    }
                }
            }
        }
    }

    /// Arrival time against media time.
    pub fn note_time(&mut self, at_ns: u64, timestamp: u32, clock_hz: u32) {
        let arrival = (u128::from(at_ns) * u128::from(clock_hz) / 1_000_000_000) as i64;
        let transit = arrival.wrapping_sub(i64::from(timestamp));
        if let Some(before) = self.transit {
            // Modulo 2^32, as the timestamp is.
            let change = f64::from((transit.wrapping_sub(before) as i32).unsigned_abs());
            if change < f64::from(clock_hz) {
                self.jitter += (change - self.jitter) / 16.0;
            }
        }
        self.transit = Some(transit);
    }

    /// A sender report came: the middle of its NTP time.
    pub fn note_report(&mut self, now: Instant, ntp: u64) {
        self.last_report = Some(((ntp >> 16) as u32, now));
    }

    /// Packets that there should have been so far.
    pub fn expected(&self) -> u64 {
        (self.seen.newest() + 1).saturating_sub(self.first)
    }

    /// The block of a receiver report.
    pub fn report(&mut self, now: Instant) -> ReportBlock {
        let (expected, received) = (self.expected(), self.packets);
        let of_interval = expected.saturating_sub(self.reported.0);
        let lost_now = of_interval.saturating_sub(received.saturating_sub(self.reported.1));
        self.reported = (expected, received);
        let (last_sr, delay) = self
            .last_report
            .map_or((0, Duration::ZERO), |(middle, at)| (middle, now.saturating_duration_since(at)));
        ReportBlock {
            ssrc: self.ssrc,
            fraction_lost: (lost_now * 256).checked_div(of_interval).unwrap_or(0).min(255) as u8,
            cumulative_lost: expected.saturating_sub(received).min(0x7f_ffff) as i32,
            highest_sequence: (self.seen.newest() - FIRST_CYCLE) as u32,
            jitter: self.jitter as u32,
            last_sr,
            delay_since_last_sr: (delay.as_secs_f64() * 65_536.0) as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(numbers: &[u16]) -> Track {
        let now = Instant::now();
        let mut track = Track::new(1, Kind::Audio, numbers[0]);
        for number in &numbers[1..] {
            track.note(now, *number);
        }
        track
    }

    #[test]
    fn loss_repeats_and_order_are_told_apart() {
        let mut track = track(&[65_534, 65_535, 1, 1, 0, 4]);
        assert_eq!((track.packets, track.expected(), track.duplicates), (5, 7, 1));
        let report = track.report(Instant::now());
        assert_eq!((report.cumulative_lost, report.fraction_lost), (2, 73));
        assert_eq!(report.highest_sequence, 65_536 + 4);
        assert_eq!(track.report(Instant::now()).fraction_lost, 0, "of the time since the last report");
    }

    #[test]
    fn a_jump_begins_anew() {
        let track = track(&[5, 6, 30_000, 30_001]);
        assert_eq!((track.packets, track.expected()), (2, 2));
        assert!(track.missing.is_empty());
    }
}
