//! Wall time for sender reports, tied to the monotonic clock once so that it never jumps.
//! Made when a shard starts; asked by the loop.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Seconds between 1900 and 1970 (RFC 5905 section 6).
const NTP_OFFSET_S: u64 = 2_208_988_800;

/// A fixed pair of monotonic and wall time.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
    since_1970: Duration,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), since_1970 }
    }

    /// Wall time at `now` as NTP 32.32 fixed point.
    pub(crate) fn ntp(&self, now: Instant) -> u64 {
        let wall = self.since_1970 + now.saturating_duration_since(self.started);
        let fraction = (u64::from(wall.subsec_nanos()) << 32) / 1_000_000_000;
        (wall.as_secs() + NTP_OFFSET_S) << 32 | fraction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_second_is_half_of_the_fraction() {
        let clock = Clock { started: Instant::now(), since_1970: Duration::from_secs(10) };
        let ntp = clock.ntp(clock.started + Duration::from_millis(500));
        assert_eq!(ntp, (NTP_OFFSET_S + 10) << 32 | 1 << 31);
    }
}
