//! One direction of a bad network, made up: what it loses, how long it holds each datagram.
//!
//! Used by `wire`, two for each client on a link that a scenario describes: this kernel cannot do it. State
//! apart from I/O: is told when a datagram enters and says when it leaves, from a seed, so that a run can
//! be repeated. Never sees a byte of one.

use std::time::{Duration, Instant};

/// Bytes that a datagram has on the wire beside its own: UDP, IP.
pub const OVERHEAD: usize = 28;

/// How good one direction is. The default is a perfect one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// Share lost, 0 to 1.
    pub loss: f64,
    pub delay: Duration,
    /// Added to the delay, evenly between nothing and this.
    pub jitter: Duration,
    /// Share that is held back by [`Self::held_back`] and so overtaken, 0 to 1.
    pub reordered: f64,
    pub held_back: Duration,
    /// Without a limit when `None`.
    pub rate_bps: Option<u64>,
    /// Longest that the queue before a limited rate grows; what would wait longer is dropped.
    pub queue: Duration,
    /// Nothing comes through.
    pub is_cut: bool,
}

impl Quality {
    /// Whether it does nothing at all.
    #[must_use]
    pub fn is_perfect(&self) -> bool {
        *self == Self { queue: self.queue, held_back: self.held_back, ..Self::default() }
    }
}

/// What becomes of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Leaves at `at`, having waited `queued` before the narrow place.
    Leaves {
        at: Instant,
        queued: Duration,
    },
    Lost,
    /// The queue was full.
    Dropped,
}

/// One direction at work.
#[derive(Clone, Debug)]
pub struct Link {
    quality: Quality,
    chance: u64,
    /// Until when the narrow place is busy with what has entered.
    busy_until: Option<Instant>,
    /// When the last datagram leaves that was not held back.
    last: Option<Instant>,
}

impl Link {
    #[must_use]
    pub fn new(quality: Quality, seed: u64) -> Self {
        // Zero would stay zero.
        Self { quality, chance: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, busy_until: None, last: None }
    }

    /// The link gets better or worse; what is on its way stays so.
    pub fn become_like(&mut self, quality: Quality) {
        self.quality = quality;
        if quality.rate_bps.is_none() {
            self.busy_until = None;
        }
    }

    /// Between 0 and 1, by xorshift64*.
    fn draw(&mut self) -> f64 {
        self.chance ^= self.chance >> 12;
        self.chance ^= self.chance << 25;
        self.chance ^= self.chance >> 27;
        (self.chance.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A datagram of `bytes` enters at `now`; times never go back.
    pub fn enter(&mut self, now: Instant, bytes: usize) -> Fate {
        let quality = self.quality;
        // All are drawn each time, so that another share of losses does not change the delays.
        let (loss, jitter, reordering) = (self.draw(), self.draw(), self.draw());
        let mut queued = Duration::ZERO;
        let mut at = now;
        if let Some(rate) = quality.rate_bps {
            let begins = self.busy_until.map_or(now, |busy| busy.max(now));
            queued = begins.saturating_duration_since(now);
            if queued > quality.queue {
                return Fate::Dropped;
            }
            at = begins + Duration::from_secs_f64((bytes + OVERHEAD) as f64 * 8.0 / rate.max(1) as f64);
            self.busy_until = Some(at);
        }
        if quality.is_cut || loss < quality.loss {
            return Fate::Lost;
        }
        at += quality.delay + quality.jitter.mul_f64(jitter);
        if reordering < quality.reordered {
            return Fate::Leaves { at: at + quality.held_back, queued };
        }
        // Jitter comes from queues, and queues keep the order.
        let at = self.last.map_or(at, |last| last.max(at));
        self.last = Some(at);
        Fate::Leaves { at, queued }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn through(quality: Quality, seed: u64, gaps_us: &[u64], bytes: usize) -> Vec<(Instant, Fate)> {
        let start = Instant::now();
        let mut link = Link::new(quality, seed);
        let mut now = start;
        let enter = |gap: &u64| {
            now += Duration::from_micros(*gap);
            (now, link.enter(now, bytes))
        };
        gaps_us.iter().map(enter).collect()
    }

    fn qualities() -> impl Strategy<Value = Quality> {
        let rate = proptest::option::of(10_000_u64..10_000_000);
        let delays = (0_u64..200, 0_u64..100, 0_u64..400);
        (0.0..0.5_f64, delays, 0.0..0.3_f64, rate).prop_map(
            |(loss, (delay, jitter, queue), reordered, rate_bps)| Quality {
                loss,
                delay: Duration::from_millis(delay),
                jitter: Duration::from_millis(jitter),
                reordered,
                held_back: Duration::from_millis(20),
                rate_bps,
                queue: Duration::from_millis(queue),
                is_cut: false,
            },
        )
    }

    proptest! {
        #[test]
        fn nothing_leaves_too_early_too_late_or_out_of_order(
            quality in qualities(), seed: u64, gaps in proptest::collection::vec(0_u64..50_000, 1..200),
        ) {
            let straight = Quality { reordered: 0.0, ..quality };
            let mut last = None;
            for (entered, fate) in through(straight, seed, &gaps, 1_200) {
                let Fate::Leaves { at, queued } = fate else { continue };
                prop_assert!(at >= entered + quality.delay + queued);
                prop_assert!(queued <= quality.queue);
                let sending = Duration::from_secs_f64(1_228.0 * 8.0 / quality.rate_bps.unwrap_or(u64::MAX) as f64);
                // Who comes behind somebody with more jitter waits for them, but no longer.
                let latest = quality.delay + quality.jitter * 2 + queued + sending + Duration::from_millis(1);
                prop_assert!(at <= (entered + latest).max(last.unwrap_or(entered)));
                prop_assert!(last.is_none_or(|before| before <= at));
                last = Some(at);
            }
        }

        #[test]
        fn the_same_seed_gives_the_same_fates(
            quality in qualities(), seed: u64, gaps in proptest::collection::vec(0_u64..50_000, 1..100),
        ) {
            let offsets = |all: Vec<(Instant, Fate)>| -> Vec<Option<Duration>> {
                all.into_iter().map(|(entered, fate)| match fate {
                    Fate::Leaves { at, .. } => Some(at - entered),
                    _ => None,
                }).collect()
            };
            let once = offsets(through(quality, seed, &gaps, 500));
            prop_assert_eq!(once, offsets(through(quality, seed, &gaps, 500)));
        }

        #[test]
        fn no_more_than_the_rate_comes_through(rate in 50_000_u64..5_000_000, seed: u64) {
            let quality = Quality { rate_bps: Some(rate), queue: Duration::from_millis(100), ..Quality::default() };
            let all = through(quality, seed, &[500; 2_000], 1_200);
            let (first, last) = (all[0].0, all[all.len() - 1].0);
            let inside = all.iter().filter(|(_, fate)| matches!(fate, Fate::Leaves { at, .. } if *at <= last));
            let most = (last - first).as_secs_f64() * rate as f64 / (1_228.0 * 8.0) + 1.0;
            prop_assert!(inside.count() as f64 <= most);
        }
    }

    #[test]
    fn losses_come_as_often_as_wanted() {
        for wanted in [0.01, 0.05, 0.3] {
            let all = through(Quality { loss: wanted, ..Quality::default() }, 7, &[10; 50_000], 100);
            let lost = all.iter().filter(|(_, fate)| *fate == Fate::Lost).count() as f64 / 50_000.0;
            assert!((lost - wanted).abs() < wanted / 10.0, "{wanted}: {lost}");
        }
    }

    #[test]
    fn who_is_held_back_is_overtaken() {
        let held_back = Duration::from_millis(20);
        let quality = Quality { reordered: 0.1, held_back, ..Quality::default() };
        let all = through(quality, 3, &[1_000; 5_000], 100);
        let times: Vec<Instant> = all
            .iter()
            .filter_map(|(_, fate)| if let Fate::Leaves { at, .. } = fate { Some(*at) } else { None })
            .collect();
        let overtaken = times.windows(2).filter(|pair| pair[1] < pair[0]).count();
        assert!((400..600).contains(&overtaken), "{overtaken}");
    }

    #[test]
    fn a_cut_line_carries_nothing_and_a_freed_one_everything() {
        let now = Instant::now();
        let mut link = Link::new(Quality { is_cut: true, ..Quality::default() }, 1);
        assert_eq!(link.enter(now, 100), Fate::Lost);
        link.become_like(Quality::default());
        assert_eq!(link.enter(now, 100), Fate::Leaves { at: now, queued: Duration::ZERO });
        assert!(
            Quality::default().is_perfect() && !Quality { is_cut: true, ..Quality::default() }.is_perfect()
        );
    }
}
