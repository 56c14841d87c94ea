//! How much a link loses, and how much of that has nothing to do with what we send.
//!
//! Called by `link`. Losses are judged in windows; a link that loses as much after the rate fell as
//! before it (radio, a bad cable) loses by itself, and falling further would only take the picture.

use std::time::{Duration, Instant};

/// Packets are judged together over this time.
const WINDOW: Duration = Duration::from_millis(500);
/// Packets that a window needs; fewer are carried into the next one.
const MIN_PACKETS: u32 = 10;
/// Windows in a row above [`HEAVY_PERCENT`] that bring the estimate down: 1 s.
const HEAVY_WINDOWS: u32 = 2;
/// Loss that brings the estimate down, in percent.
const HEAVY_PERCENT: f32 = 10.0;
/// Loss up to which the estimate may rise, in percent.
const LIGHT_PERCENT: f32 = 2.0;
/// A fall that leaves this share of the loss has not helped.
const NO_HELP: f32 = 0.7;
/// What is taken as the link's own loss, as a share of the loss seen.
const OWN_SHARE: f32 = 0.95;
/// A fall is judged by the losses of this time after it.
const JUDGED_WITHIN: Duration = Duration::from_secs(4);

/// What the losses of the last window ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// The window is not over.
    Unknown,
    /// The rate may rise.
    Light,
    /// The rate stays.
    Some,
    /// The rate must fall.
    Heavy,
}

/// State of one link.
#[derive(Clone, Debug)]
pub(super) struct LossWindows {
    start: Instant,
    arrived: u32,
    lost: u32,
    heavy: u32,
    /// Loss of the last window in percent.
    last: f32,
    /// Loss that the link has by itself, in percent.
    own: f32,
    /// Loss at the last fall, and when that was.
    fell: Option<(f32, Instant)>,
}

impl LossWindows {
    pub(super) const fn new(now: Instant) -> Self {
        Self { start: now, arrived: 0, lost: 0, heavy: 0, last: 0.0, own: 0.0, fell: None }
    }

    /// Share of the last window that was lost, 0.0–1.0.
    pub(super) fn share(&self) -> f32 {
        self.last / 100.0
    }

    /// Takes what was reported since the last call. With `is_queued` packets wait at the narrow place,
    /// so that its losses are its queue's and not the link's own.
    pub(super) fn observe(&mut self, now: Instant, arrived: u32, lost: u32, is_queued: bool) -> Loss {
        self.arrived = self.arrived.saturating_add(arrived);
        self.lost = self.lost.saturating_add(lost);
        let packets = self.arrived.saturating_add(self.lost);
        if now.saturating_duration_since(self.start) < WINDOW || packets < MIN_PACKETS {
            return Loss::Unknown;
        }
        self.last = self.lost as f32 * 100.0 / packets as f32;
        (self.arrived, self.lost) = (0, 0);
        self.start = now;
        self.own = self.own.min(self.last);
        let caused = self.last - self.own;
        if caused <= HEAVY_PERCENT {
            self.heavy = 0;
            return if caused <= LIGHT_PERCENT { Loss::Light } else { Loss::Some };
        }
        self.heavy += 1;
        if self.heavy < HEAVY_WINDOWS {
            return Loss::Some;
        }
        self.heavy = 0;
        let before = self.fell.filter(|(_, at)| now.saturating_duration_since(*at) < JUDGED_WITHIN);
        if !is_queued && before.is_some_and(|(loss, _)| self.last >= loss * NO_HELP) {
            self.own = self.last * OWN_SHARE;
            self.fell = None;
            return Loss::Some;
        }
        self.fell = Some((self.last, now));
        Loss::Heavy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows of 100 packets with these losses in percent, and what each asks for.
    fn check(losses: &[u32], expected: &[Loss]) {
        let start = Instant::now();
        let mut windows = LossWindows::new(start);
        let asked: Vec<_> = losses
            .iter()
            .enumerate()
            .map(|(at, lost)| windows.observe(start + WINDOW * (at as u32 + 1), 100 - lost, *lost, false))
            .collect();
        assert_eq!(asked, expected, "{losses:?}");
    }

    #[test]
    fn light_loss_lets_the_rate_rise_and_moderate_loss_holds_it() {
        check(&[0, 2, 5, 9, 1], &[Loss::Light, Loss::Light, Loss::Some, Loss::Some, Loss::Light]);
    }

    #[test]
    fn second_of_heavy_loss_makes_it_fall() {
        check(&[40, 0, 40, 40, 1], &[Loss::Some, Loss::Light, Loss::Some, Loss::Heavy, Loss::Light]);
    }

    #[test]
    fn loss_that_stays_after_a_fall_is_the_links_own() {
        let expected = [Loss::Some, Loss::Heavy, Loss::Some, Loss::Some, Loss::Light, Loss::Light];
        check(&[15, 15, 15, 15, 15, 14], &expected);
        // Once it has gone, it counts again.
        let expected =
            [Loss::Some, Loss::Heavy, Loss::Some, Loss::Some, Loss::Light, Loss::Some, Loss::Heavy];
        check(&[15, 15, 15, 15, 0, 15, 15], &expected);
    }

    #[test]
    fn loss_of_a_full_queue_is_never_the_links_own() {
        let start = Instant::now();
        let mut windows = LossWindows::new(start);
        let asked: Vec<_> = (1..=6).map(|at| windows.observe(start + WINDOW * at, 80, 20, true)).collect();
        assert_eq!(asked.iter().filter(|it| **it == Loss::Heavy).count(), 3);
    }

    #[test]
    fn few_packets_are_carried_into_the_next_window() {
        let start = Instant::now();
        let mut windows = LossWindows::new(start);
        assert_eq!(windows.observe(start + WINDOW, 3, 2, false), Loss::Unknown);
        assert_eq!(windows.observe(start + WINDOW * 2, 3, 2, false), Loss::Some);
        assert!((windows.share() - 0.4).abs() < 0.001);
    }
}
