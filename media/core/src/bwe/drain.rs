//! When pictures rest so that the queue before a place that became narrow empties.
//!
//! Called by `link` when it falls for delay. A line that is cut is full of what was sent before anybody knew:
//! sending a little less than it carries leaves a second of delay on every voice for many seconds. On a line
//! that falls again and again, as that of a radio does, or behind a queue that others fill, a rest brings
//! nothing: only what comes after a calm is a cut.

use std::time::{Duration, Instant};

/// A line that did not fall for this long was calm.
const CALM: Duration = Duration::from_secs(20);
/// Falls within this time are one: it takes a few to find the narrow place.
const SUDDEN: Duration = Duration::from_secs(1);
/// A queue shorter than this empties by itself.
const LONG: Duration = Duration::from_millis(200);
/// What was sent and is not reported yet holds this much that is in no queue: the way there, and the way
/// and the waiting of the report.
const UNDER_WAY: Duration = Duration::from_millis(100);
/// Longest rest.
const LONGEST: Duration = Duration::from_millis(1_500);

/// State of one link.
#[derive(Clone, Debug)]
pub(super) struct Drain {
    /// When it fell first after a calm, and when last.
    fell_first: Option<Instant>,
    fell_last: Option<Instant>,
    rests_until: Option<Instant>,
}

impl Drain {
    pub(super) const fn new() -> Self {
        Self { fell_first: None, fell_last: None, rests_until: None }
    }

    /// Whether pictures rest.
    pub(super) fn is_on(&self, now: Instant) -> bool {
        self.rests_until.is_some_and(|until| now < until)
    }

    /// The link falls; whether that is a cut, which comes after a calm.
    pub(super) fn fell(&mut self, now: Instant) -> bool {
        let since = |at: Instant| now.saturating_duration_since(at);
        if self.fell_last.replace(now).is_none_or(|at| since(at) >= CALM) {
            self.fell_first = Some(now);
        }
        self.fell_first.is_some_and(|at| since(at) < SUDDEN)
    }

    /// Begins a rest when `queue` is long. The link carries `arrived_bps`; of `under_way_bytes` that were sent no
    /// report has said anything.
    pub(super) fn rest(&mut self, now: Instant, queue: Duration, arrived_bps: u64, under_way_bytes: u64) {
        if queue >= LONG {
            let carried = Duration::from_micros(under_way_bytes * 8_000_000 / arrived_bps.max(1));
            self.rests_until = Some(now + carried.saturating_sub(UNDER_WAY).min(LONGEST));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn rest_lasts_until_what_is_under_way_is_carried() {
        let start = Instant::now();
        let mut drain = Drain::new();
        drain.rest(start, 150 * MS, 600_000, 75_000);
        assert!(!drain.is_on(start));
        drain.rest(start, 400 * MS, 600_000, 60_000);
        assert!(drain.is_on(start + 699 * MS) && !drain.is_on(start + 700 * MS));
        drain.rest(start, 400 * MS, 0, u64::from(u32::MAX));
        assert!(drain.is_on(start + LONGEST - MS) && !drain.is_on(start + LONGEST));
    }

    #[test]
    fn only_what_comes_after_a_calm_is_a_cut() {
        let start = Instant::now();
        let mut drain = Drain::new();
        let fell_at = [0, 300, 900, 1_200, 10_000, 29_000, 49_000, 49_500, 51_000];
        let cuts: Vec<_> = fell_at.into_iter().filter(|at| drain.fell(start + *at * MS)).collect();
        assert_eq!(cuts, [0, 300, 900, 49_000, 49_500]);
    }
}
