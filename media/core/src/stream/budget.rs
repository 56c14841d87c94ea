//! How much of something one leg may ask of the server: a rate, with a burst above it.
//!
//! Owned by what belongs to one leg (`room::publisher`, `room::viewer`) and asked before work is
//! done. Pure arithmetic on the time that is handed in; never says what happens to what is refused.

use std::time::Instant;

/// Parts of one unit that are counted, so that a slow rate loses nothing between two calls.
const PARTS: u64 = 1_000_000;

/// A bucket that fills at a rate.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    per_second: u64,
    most: u64,
    left: u64,
    filled_at: Instant,
}

impl Allowance {
    /// A full one: `burst` units at once, `per_second` on average.
    #[must_use]
    pub const fn new(now: Instant, per_second: u64, burst: u64) -> Self {
        Self { per_second, most: burst * PARTS, left: burst * PARTS, filled_at: now }
    }

    /// Takes `units`, or nothing and answers `false`.
    pub fn take(&mut self, now: Instant, units: u64) -> bool {
        let micros = now.saturating_duration_since(self.filled_at).as_micros() as u64;
        if micros > 0 {
            // Units a second are parts a µs.
            let filled = micros.saturating_mul(self.per_second);
            self.left = self.left.saturating_add(filled).min(self.most);
            self.filled_at = now;
        }
        let needed = units.saturating_mul(PARTS);
        let may = needed <= self.left;
        if may {
            self.left -= needed;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Takes one unit every `every_us`; how many were given in `seconds`.
    fn check(per_second: u64, burst: u64, every_us: u64, seconds: u64, expected: u64) {
        let start = Instant::now();
        let mut allowance = Allowance::new(start, per_second, burst);
        let given = (0..seconds * 1_000_000)
            .step_by(every_us as usize)
            .filter(|us| allowance.take(start + Duration::from_micros(*us), 1))
            .count() as u64;
        assert_eq!(given, expected, "{per_second}/s, burst {burst}, asked every {every_us} us");
    }

    #[test]
    fn burst_is_given_at_once_and_the_rate_after_it() {
        check(10, 5, 1_000, 10, 104);
        check(1000, 1, 100, 2, 2_000);
    }

    #[test]
    fn who_asks_for_less_gets_all() {
        check(100, 1, 20_000, 4, 200);
    }

    #[test]
    fn slow_rate_is_not_lost_between_two_calls() {
        let start = Instant::now();
        let mut allowance = Allowance::new(start, 1, 1);
        assert!(allowance.take(start, 1));
        let given = (1..=4_000_000u64)
            .step_by(37)
            .filter(|us| allowance.take(start + Duration::from_micros(*us), 1))
            .count();
        assert_eq!(given, 3);
    }

    #[test]
    fn absurd_amounts_and_pauses_do_no_harm() {
        let start = Instant::now();
        let mut allowance = Allowance::new(start, u64::MAX / PARTS, 10);
        assert!(!allowance.take(start, u64::MAX));
        assert!(allowance.take(start + Duration::from_secs(1 << 40), 10));
        assert!(!allowance.take(start, 1), "time does not run back");
    }
}
