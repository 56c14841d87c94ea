//! What the clock of a sender shows: at which wall time each RTP time of its streams was captured.
//!
//! Fed by the room with sender reports (RFC 3550 section 6.4.1), those of its own legs and those that a
//! relay carries; asked for the sender reports of the slots that pass the streams on. All streams of a
//! leg share one offset to our clock, so that voice and lips stay together however each of them
//! travelled. Nothing in a report is believed further than that: a lie moves only its own leg.

use super::ids::MAX_LAYERS;
use super::ids::SourceKind;

/// Streams of one leg.
const STREAMS: usize = SourceKind::ALL.len() * MAX_LAYERS;
/// A clock that differs by more than this from what it showed before was set.
const SET_US: i64 = 2_000_000;
/// How far the offset may grow with each report: of two reports the one that travelled less counts, but
/// a clock that drifts must be followed.
const DRIFT_US: i64 = 200;
/// A report older than this says nothing of now.
const STALE_US: i64 = 60_000_000;

/// The last report about one stream.
#[derive(Clone, Copy)]
struct Map {
    ntp_us: i64,
    timestamp: u32,
}

/// State of one leg.
#[derive(Default)]
pub struct SenderClock {
    /// µs that our clock is ahead of the sender's, with the shortest way of a report.
    offset_us: Option<i64>,
    maps: [Option<Map>; STREAMS],
}

impl SenderClock {
    /// A report about stream `place` came at `at_us` of our clock: RTP time `timestamp` was captured at
    /// `ntp` (32.32) of the sender's.
    pub fn note(&mut self, at_us: i64, place: usize, ntp: u64, timestamp: u32) {
        let ntp_us = (ntp >> 32) as i64 * 1_000_000 + (((ntp & 0xffff_ffff) * 1_000_000) >> 32) as i64;
        let seen_us = at_us - ntp_us;
        self.offset_us = Some(match self.offset_us {
            Some(known) if seen_us.abs_diff(known) < SET_US.unsigned_abs() => seen_us.min(known + DRIFT_US),
            _ => {
                self.maps = [None; STREAMS];
                seen_us
            }
        });
        if let Some(map) = self.maps.get_mut(place) {
            *map = Some(Map { ntp_us, timestamp });
        }
    }

    /// The RTP time of stream `place` at `at_us` of our clock; `None` while no report tells.
    #[must_use]
    pub fn timestamp_at(&self, at_us: i64, place: usize, clock_hz: u32) -> Option<u32> {
        let map = (*self.maps.get(place)?)?;
        let since_us = at_us - self.offset_us? - map.ntp_us;
        if since_us.abs() > STALE_US {
            return None;
        }
        let ticks = since_us * i64::from(clock_hz) / 1_000_000;
        Some(map.timestamp.wrapping_add(ticks as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NTP: u64 = 3_900_000_000 << 32;

    fn ntp(ms: u64) -> u64 {
        NTP + (ms << 32) / 1000
    }

    #[test]
    fn streams_of_one_leg_share_the_offset_of_the_quickest_report() {
        let mut clock = SenderClock::default();
        assert_eq!(clock.timestamp_at(0, 0, 48_000), None);
        // The voice's report took 10 ms, the picture's 250 ms.
        clock.note(1_010_000, 0, ntp(1_000), 48_000);
        clock.note(1_350_000, 3, ntp(1_100), 9_000);
        // Captured at the same moment: 2 s and 1.9 s after what the reports say.
        let at_us = 3_010_000;
        // The second report moved the offset by what a clock may drift, 200 µs.
        let voice = clock.timestamp_at(at_us, 0, 48_000).expect("reported");
        assert!(voice.abs_diff(48_000 * 3) <= 10, "{voice}");
        let picture = clock.timestamp_at(at_us, 3, 90_000).expect("reported");
        assert!(picture.abs_diff(9_000 + 90 * 1_900) <= 90, "{picture}");
    }

    #[test]
    fn clock_that_was_set_begins_anew_and_absurd_times_do_no_harm() {
        let mut clock = SenderClock::default();
        clock.note(0, 0, ntp(0), 7);
        clock.note(20_000, 1, ntp(3_600_000), 9);
        assert_eq!(clock.timestamp_at(20_000, 0, 48_000), None, "what was said before counts no more");
        assert_eq!(clock.timestamp_at(20_000, 1, 48_000), Some(9));
        assert_eq!(clock.timestamp_at(90_000_000, 1, 48_000), None, "long ago");
        for ntp in [0, u64::MAX, 1, NTP] {
            clock.note(i64::from(u32::MAX), 99, ntp, u32::MAX);
            let _ = clock.timestamp_at(i64::from(u32::MAX), 1, 90_000);
        }
    }
}
