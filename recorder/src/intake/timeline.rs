//! When each packet of a stream was made, by our clock: evenly as its own timestamps, anchored where it came.

/// As far from its arrival, a timestamp is believed to belong to a stream that began anew.
const ASTRAY_US: u64 = 250_000;

/// One stream whose timestamps count `rate` a second.
#[derive(Debug)]
pub struct Timeline {
    rate: u64,
    anchor: Option<(u64, u32)>,
    last: u64,
}

impl Timeline {
    pub const fn new(rate: u64) -> Self {
        Self { rate, anchor: None, last: 0 }
    }

    /// The stream begins anew.
    pub const fn restart(&mut self) {
        self.anchor = None;
    }

    /// The time in µs of what came at `arrived_us` with `timestamp`; later than that of anything before.
    pub fn at(&mut self, arrived_us: u64, timestamp: u32) -> u64 {
        let even = self.anchor.map(|(from_us, from)| {
            let ticks = i64::from(timestamp.wrapping_sub(from) as i32);
            from_us.saturating_add_signed(ticks * 1_000_000 / self.rate as i64)
        });
        let at = match even.filter(|at| at.abs_diff(arrived_us) <= ASTRAY_US) {
            Some(at) => {
                // Moves on with each packet, so that timestamps may wrap.
                self.anchor = Some((at, timestamp));
                at
            }
            None => {
                self.anchor = Some((arrived_us, timestamp));
                arrived_us
            }
        };
        self.last = at.max(self.last + 1);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_even_though_packets_come_early_and_late() {
        let mut timeline = Timeline::new(90_000);
        let came = [1_000_000, 1_070_000, 1_081_000, 1_119_000];
        let times: Vec<u64> = came.iter().zip(0..).map(|(at, n)| timeline.at(*at, n * 3_600)).collect();
        assert_eq!(times, [1_000_000, 1_040_000, 1_080_000, 1_120_000]);
    }

    #[test]
    fn jump_is_followed_and_time_never_goes_back() {
        let mut timeline = Timeline::new(90_000);
        assert_eq!(timeline.at(1_000_000, u32::MAX - 3_599), 1_000_000);
        assert_eq!(timeline.at(1_040_000, 0), 1_040_000, "timestamps wrap");
        assert_eq!(timeline.at(9_000_000, 77), 9_000_000);
        timeline.restart();
        assert_eq!(timeline.at(8_000_000, 5), 9_000_001);
    }
}
