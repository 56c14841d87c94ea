//! What a link carried lately: bytes that arrived, by the receiver's clock.
//!
//! Called by `link`. A fall of the estimate starts from here, not from what was hoped for.

/// Time over which the rate is taken.
const SLICES: usize = 10;
const SLICE_US: i64 = 50_000;
/// Slices of the shortest time over which it is taken.
const NEWEST_SLICES: i64 = 3;
/// Less than this many slices say nothing.
const MIN_SLICES: usize = 4;

/// State of one link.
#[derive(Clone, Debug)]
pub(super) struct AckedRate {
    slices: [u64; SLICES],
    /// Number of the newest slice since the receiver's clock began.
    newest: i64,
    /// Slices since the beginning or the last pause, at most [`SLICES`].
    filled: usize,
}

impl AckedRate {
    pub(super) const fn new() -> Self {
        Self { slices: [0; SLICES], newest: i64::MIN, filled: 0 }
    }

    pub(super) fn arrived(&mut self, arrival_us: i64, bytes: u16) {
        let slice = arrival_us.div_euclid(SLICE_US);
        let ahead = slice.saturating_sub(self.newest);
        if self.newest == i64::MIN || !(-(SLICES as i64)..=SLICES as i64).contains(&ahead) {
            self.slices = [0; SLICES];
            self.newest = slice;
            self.filled = 1;
        } else if ahead > 0 {
            for number in self.newest + 1..=slice {
                self.slices[number.rem_euclid(SLICES as i64) as usize] = 0;
            }
            self.newest = slice;
            self.filled = (self.filled + ahead as usize).min(SLICES);
        } else if -ahead >= self.filled as i64 {
            return;
        }
        self.slices[slice.rem_euclid(SLICES as i64) as usize] += u64::from(bytes);
    }

    /// Bit/s of the whole slices; `None` until there are enough of them.
    pub(super) fn bps(&self) -> Option<u64> {
        // The newest slice is still being filled.
        let whole = self.filled.saturating_sub(1);
        if whole < MIN_SLICES {
            return None;
        }
        let newest = self.newest.rem_euclid(SLICES as i64) as usize;
        let bytes: u64 = self.slices.iter().enumerate().filter(|(at, _)| *at != newest).map(|it| it.1).sum();
        Some(bytes * 8 * 1_000_000 / (whole as u64 * SLICE_US as u64))
    }

    /// The same of the newest whole slices alone; `None` when one of them is empty, because then the line paused.
    pub(super) fn newest_bps(&self) -> Option<u64> {
        let slice = |back: i64| self.slices[(self.newest - back).rem_euclid(SLICES as i64) as usize];
        if self.filled.saturating_sub(1) < MIN_SLICES || (1..=NEWEST_SLICES).any(|back| slice(back) == 0) {
            return None;
        }
        let bytes: u64 = (1..=NEWEST_SLICES).map(slice).sum();
        Some(bytes * 8 * 1_000_000 / (NEWEST_SLICES * SLICE_US) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(steps: impl Iterator<Item = (i64, u16)>) -> AckedRate {
        let mut rate = AckedRate::new();
        steps.for_each(|(ms, bytes)| rate.arrived(ms * 1000, bytes));
        rate
    }

    #[test]
    fn rate_is_what_arrived_in_the_last_half_second() {
        let steady = fed((0..2000).step_by(10).map(|ms| (ms, 1250)));
        assert_eq!(steady.bps(), Some(1_000_000));
        let fell = fed((0..4000).step_by(10).map(|ms| (ms, if ms < 3000 { 1250 } else { 125 })));
        assert_eq!(fell.bps(), Some(100_000));
        let falls = fed((0..3220).step_by(10).map(|ms| (ms, if ms < 3000 { 1250 } else { 125 })));
        assert_eq!(falls.newest_bps(), Some(100_000));
        assert!(falls.bps().is_some_and(|bps| bps > 500_000));
    }

    #[test]
    fn nothing_is_said_before_there_is_enough_or_after_a_pause() {
        assert_eq!(fed((0..150).step_by(10).map(|ms| (ms, 1250))).bps(), None);
        let paused = fed((0..2000).step_by(10).chain(9000..9100).map(|ms| (ms, 1250)));
        assert_eq!(paused.bps(), None);
    }

    #[test]
    fn late_and_absurd_arrivals_do_no_harm() {
        let mut rate = fed((0..2000).step_by(10).map(|ms| (ms, 1250)));
        rate.arrived(1_990_000 - 100_000, 1250);
        for arrival_us in [i64::MIN, i64::MAX, 0, -1] {
            rate.arrived(arrival_us, u16::MAX);
        }
        assert!(rate.bps().is_none());
    }
}
