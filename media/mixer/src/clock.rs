//! When a sender captured what it stamped so, by our clock, and how long ago that was when we send it on.
//!
//! Fed with what the relay tells of sender reports; asked by `hall` for pictures and by `talk` for voices, so that
//! both speak of the same moments. All streams of a connection share one offset to our clock, however each of
//! them travelled. Pure but for [`ntp_now`].

use media_control::{Rid, Source};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds from 1900, where NTP begins, to 1970.
const NTP_OFFSET: u64 = 2_208_988_800;

/// Streams of one connection: every layer of every source.
const STREAMS: usize = Source::ALL.len() * 3;
/// A clock that differs by more than this from what it showed before was set.
const SET_US: u64 = 2_000_000;
/// How far the offset may grow with each report: of two the one that travelled less counts, but a clock that
/// drifts must be followed.
const DRIFT_US: i64 = 200;
/// What is said to be captured so much before or after now is not believed.
const FAR_US: u64 = 3_000_000;

/// Share of a new age in the smoothed one, for a thing that comes so often a second: about two seconds.
const SMOOTHED_OVER: f32 = 2.0;
/// What is older when it goes out stands still, or its sender's clock is wrong.
const MOST_AGE_US: u64 = 1_500_000;

/// How old what we send is when it goes out, smoothed. The clock of our stream is told by it: what is captured
/// now will be stamped that much later.
#[derive(Clone, Copy, Debug)]
pub struct Age {
    us: f32,
    share: f32,
}

impl Age {
    /// Until it was measured it is `first_us`; something goes out so often a second.
    #[must_use]
    pub fn new(first_us: f32, a_second: f32) -> Self {
        Self { us: first_us, share: 1.0 / (SMOOTHED_OVER * a_second) }
    }

    /// What was captured then goes out at `at_us`.
    pub fn note(&mut self, at_us: u64, captured_us: u64) {
        if let Some(age) = at_us.checked_sub(captured_us).filter(|it| *it <= MOST_AGE_US) {
            self.us += (age as f32 - self.us) * self.share;
        }
    }

    #[must_use]
    pub const fn us(self) -> u64 {
        self.us as u64
    }
}

/// The last report about one stream.
#[derive(Clone, Copy)]
struct Map {
    ntp_us: i64,
    timestamp: u32,
}

/// What a connection tells of its clock.
#[derive(Clone, Default)]
pub struct SenderClock {
    /// µs that our clock is ahead.
    offset_us: Option<i64>,
    maps: [Option<Map>; STREAMS],
}

/// The time as sender reports tell it, 32.32.
#[must_use]
pub fn ntp_now() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(since_1970.subsec_nanos()) << 32) / 1_000_000_000;
    (since_1970.as_secs() + NTP_OFFSET) << 32 | fraction
}

const fn place(source: Source, layer: Rid) -> usize {
    source as usize * 3 + layer as usize
}

const fn clock_hz(source: Source) -> i64 {
    if source.is_video() { 90_000 } else { 48_000 }
}

impl SenderClock {
    /// A report came at `at_us` of our clock: RTP time `timestamp` was captured at `ntp` (32.32) of the sender's.
    pub fn note(&mut self, at_us: u64, source: Source, layer: Rid, ntp: u64, timestamp: u32) {
        let ntp_us = (ntp >> 32) as i64 * 1_000_000 + (((ntp & 0xffff_ffff) * 1_000_000) >> 32) as i64;
        let seen_us = (at_us as i64).wrapping_sub(ntp_us);
        self.offset_us = Some(match self.offset_us {
            Some(known) if seen_us.abs_diff(known) < SET_US => seen_us.min(known + DRIFT_US),
            _ => {
                self.maps = [None; STREAMS];
                seen_us
            }
        });
        self.maps[place(source, layer)] = Some(Map { ntp_us, timestamp });
    }

    /// When `timestamp` was captured, by our clock, which shows `now_us`; `None` while no report tells, or tells
    /// what cannot be.
    #[must_use]
    pub fn captured_us(&self, now_us: u64, source: Source, layer: Rid, timestamp: u32) -> Option<u64> {
        let map = self.maps[place(source, layer)]?;
        let since = i64::from(timestamp.wrapping_sub(map.timestamp) as i32) * 1_000_000 / clock_hz(source);
        let captured = u64::try_from(map.ntp_us.checked_add(self.offset_us?)?.checked_add(since)?).ok()?;
        (captured.abs_diff(now_us) < FAR_US).then_some(captured)
    }
}

/// Hours and minutes in Việt Nam, which has kept one offset since 1975.
#[must_use]
pub fn on_the_wall(now: SystemTime) -> String {
    let minutes = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 60 + 7 * 60;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_follows_what_goes_out_and_passes_over_what_cannot_be() {
        let mut age = Age::new(40_000.0, 50.0);
        for round in 0..500 {
            let at_us = NOW_US + round * 20_000;
            age.note(at_us, at_us - 80_000);
            age.note(at_us, at_us - 9_000_000);
            age.note(at_us, at_us + 5);
        }
        assert!(age.us().abs_diff(80_000) < 500, "{}", age.us());
    }

    const NTP: u64 = 3_900_000_000 << 32;
    const NOW_US: u64 = 1_700_000_000_000_000;

    fn ntp(ms: u64) -> u64 {
        NTP + (ms << 32) / 1_000
    }

    #[test]
    fn streams_of_a_connection_share_the_offset_of_the_quickest_report() {
        let mut clock = SenderClock::default();
        assert_eq!(clock.captured_us(NOW_US, Source::Microphone, Rid::Q, 0), None);
        // The report of the voice took 10 ms, that of the picture 250 ms.
        clock.note(NOW_US + 10_000, Source::Microphone, Rid::Q, ntp(0), 48_000);
        clock.note(NOW_US + 350_000, Source::Camera, Rid::H, ntp(100), 9_000);
        let now = NOW_US + 600_000;
        let voice = clock.captured_us(now, Source::Microphone, Rid::Q, 48_000 + 24_000).expect("told");
        let picture = clock.captured_us(now, Source::Camera, Rid::H, 9_000 + 36_000).expect("told");
        assert!(voice.abs_diff(picture) < 5, "both 500 ms after the first: {voice} {picture}");
        assert_eq!(clock.captured_us(now, Source::Camera, Rid::F, 9_000), None);
    }

    #[test]
    fn lies_and_clocks_that_are_set_are_not_believed() {
        let mut clock = SenderClock::default();
        clock.note(NOW_US, Source::Microphone, Rid::Q, u64::MAX, 0);
        clock.note(NOW_US, Source::Camera, Rid::Q, 0, 0);
        assert_eq!(clock.captured_us(NOW_US, Source::Microphone, Rid::Q, 0), None, "it was set");
        assert_eq!(clock.captured_us(NOW_US, Source::Camera, Rid::Q, 0x7fff_ffff), None, "hours away");
        assert_eq!(clock.captured_us(NOW_US, Source::Camera, Rid::Q, 0), Some(NOW_US));
    }

    #[test]
    fn clock_on_the_picture_is_that_of_viet_nam() {
        let at = |seconds| on_the_wall(UNIX_EPOCH + std::time::Duration::from_secs(seconds));
        assert_eq!((at(0).as_str(), at(17 * 3600 + 61).as_str()), ("07:00", "00:01"));
    }
}
