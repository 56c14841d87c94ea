//! Loss-based estimate of one viewer's link: fast down, slow up, a pause after each fall.
//!
//! Fed by the room with what transport-wide feedback or receiver reports say. Without delay and
//! probing it learns a limit only by meeting it; the pause doubles each time it meets one soon
//! after rising, so that a narrow link is not pushed into loss again and again.

use std::time::{Duration, Instant};

/// Believed until something is known: a provincial office line carries it.
pub const FIRST_BPS: u32 = 6_000_000;
/// Never believed to be less: sound and one thumbnail.
pub const MIN_BPS: u32 = 200_000;
/// Never believed to be more; 28 pictures at the full layer need it.
pub const MAX_BPS: u32 = 80_000_000;

/// Reports are judged together over this time.
const WINDOW: Duration = Duration::from_millis(500);
/// Windows in a row above [`HEAVY_LOSS`] that bring the estimate down: 1 s.
const HEAVY_WINDOWS: u32 = 2;
/// Loss that brings the estimate down, in percent.
const HEAVY_LOSS_PERCENT: u32 = 10;
/// Loss up to which the estimate rises, in percent.
const LIGHT_LOSS_PERCENT: u32 = 2;
/// Packets that a window needs to be judged; fewer are carried into the next one.
const MIN_PACKETS: u32 = 10;
/// Rise a second, in percent.
const RISE_PERCENT: u64 = 8;
/// Pause between a fall and the next rise, at first and at most.
const FIRST_HOLD: Duration = Duration::from_secs(4);
const MAX_HOLD: Duration = Duration::from_secs(60);

/// State of one viewer's link.
#[derive(Clone, Debug)]
pub struct LossEstimate {
    bps: u32,
    window_start: Instant,
    arrived: u32,
    lost: u32,
    arrived_bytes: u64,
    heavy_windows: u32,
    last_loss: f32,
    hold: Duration,
    hold_until: Option<Instant>,
    last_rise: Instant,
}

impl LossEstimate {
    /// Nothing known yet.
    #[must_use]
    pub const fn new(now: Instant) -> Self {
        Self {
            bps: FIRST_BPS,
            window_start: now,
            arrived: 0,
            lost: 0,
            arrived_bytes: 0,
            heavy_windows: 0,
            last_loss: 0.0,
            hold: FIRST_HOLD,
            hold_until: None,
            last_rise: now,
        }
    }

    /// The estimate in bit/s, [`MIN_BPS`]–[`MAX_BPS`].
    #[must_use]
    pub const fn bps(&self) -> u32 {
        self.bps
    }

    /// Loss of the last judged window, 0.0–1.0.
    #[must_use]
    pub const fn loss(&self) -> f32 {
        self.last_loss
    }

    /// Takes what was reported since the last call; true when the estimate changed.
    pub fn observe(&mut self, now: Instant, arrived: u32, lost: u32, arrived_bytes: u64) -> bool {
        self.arrived += arrived;
        self.lost += lost;
        self.arrived_bytes += arrived_bytes;
        let span = now.saturating_duration_since(self.window_start);
        let packets = self.arrived + self.lost;
        if span < WINDOW || packets < MIN_PACKETS {
            return false;
        }
        self.last_loss = self.lost as f32 / packets as f32;
        let loss_percent = self.lost * 100 / packets;
        let arrived_bps =
            (self.arrived_bytes * 8 * 1_000_000 / span.as_micros() as u64).min(u64::from(MAX_BPS)) as u32;
        (self.arrived, self.lost, self.arrived_bytes) = (0, 0, 0);
        self.window_start = now;
        let before = self.bps;
        if loss_percent > HEAVY_LOSS_PERCENT {
            self.heavy_windows += 1;
            if self.heavy_windows >= HEAVY_WINDOWS {
                self.fall(now, arrived_bps);
            }
        } else {
            self.heavy_windows = 0;
            if loss_percent <= LIGHT_LOSS_PERCENT {
                self.rise(now);
            } else {
                self.last_rise = now;
            }
        }
        self.bps != before
    }

    // What arrived is what the link carried; a tenth is left for the queue to drain.
    fn fall(&mut self, now: Instant, arrived_bps: u32) {
        self.heavy_windows = 0;
        let carried = (u64::from(arrived_bps) * 9 / 10) as u32;
        self.bps = self.bps.min(carried).max(MIN_BPS);
        let fell_again_soon = self.hold_until.is_some_and(|until| now < until + self.hold * 2);
        self.hold = if fell_again_soon { (self.hold * 2).min(MAX_HOLD) } else { FIRST_HOLD };
        self.hold_until = Some(now + self.hold);
        self.last_rise = now;
    }

    fn rise(&mut self, now: Instant) {
        if self.hold_until.is_some_and(|until| now < until) {
            self.last_rise = now;
            return;
        }
        let millis = now.saturating_duration_since(self.last_rise).as_millis().min(2_000) as u64;
        self.last_rise = now;
        let step = u64::from(self.bps) * RISE_PERCENT * millis / 100_000;
        self.bps = (u64::from(self.bps) + step).min(u64::from(MAX_BPS)) as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link of `capacity_bps` under `offered_bps` with random-like loss on top, for
    /// `seconds`; returns the estimate in kbit/s at every full second.
    fn check(offered: impl Fn(u32) -> u64, capacity_bps: u64, loss_percent: u64, seconds: u32) -> Vec<u32> {
        let start = Instant::now();
        let mut estimate = LossEstimate::new(start);
        let mut seen = Vec::new();
        for step in 1..=seconds * 10 {
            let now = start + Duration::from_millis(u64::from(step) * 100);
            let bytes = offered(estimate.bps()) / 80;
            let sent = bytes / 1000 + 1;
            let through = sent.min(capacity_bps / 80 / 1000 + 1) * (100 - loss_percent) / 100;
            estimate.observe(now, through as u32, (sent - through) as u32, through * 1000);
            if step % 10 == 0 {
                seen.push(estimate.bps() / 1000);
            }
        }
        seen
    }

    #[test]
    fn clean_link_rises_slowly() {
        let seen = check(|_| 2_000_000, 100_000_000, 0, 10);
        assert!(seen.windows(2).all(|pair| pair[1] > pair[0]), "{seen:?}");
        assert!(seen[9] < 14_000, "{seen:?}");
    }

    #[test]
    fn heavy_loss_brings_it_below_the_link_within_two_seconds() {
        let seen = check(u64::from, 1_500_000, 0, 4);
        assert!(seen[1] <= 1_600, "{seen:?}");
    }

    #[test]
    fn moderate_loss_holds_it_still() {
        let seen = check(|_| 4_000_000, 100_000_000, 5, 10);
        assert!(seen.iter().all(|kbps| *kbps == seen[0]), "{seen:?}");
    }

    #[test]
    fn narrow_link_is_pushed_into_loss_less_and_less_often() {
        let start = Instant::now();
        let mut estimate = LossEstimate::new(start);
        let mut falls = Vec::new();
        let mut before = estimate.bps();
        for step in 1..6000u64 {
            let now = start + Duration::from_millis(step * 100);
            let sent = estimate.bps() / 80_000 + 1;
            let through = sent.min(13);
            estimate.observe(now, through, sent - through, u64::from(through) * 1000);
            if estimate.bps() < before {
                falls.push(step / 10);
            }
            before = estimate.bps();
        }
        assert!(falls.len() < 40, "{falls:?}");
    }
}
