//! Merges the key-frame wishes of all viewers of one source into few requests.
//!
//! One per source of a leg, asked by the room's tick. A request for one simulcast layer makes a
//! key frame on all of them (measured with Chromium, 2026-11), so wishes are merged per encoder.

use super::ids::{Layer, MAX_LAYERS};
use std::time::{Duration, Instant};

/// Shortest time between two requests.
pub const REQUEST_EVERY: Duration = Duration::from_millis(300);
/// Requests without an answer after which the pace drops to [`SLOW_REQUEST_EVERY`].
const PATIENT_TRIES: u32 = 10;
/// Pace towards a sender that does not answer.
const SLOW_REQUEST_EVERY: Duration = Duration::from_secs(1);

/// Wishes for one source.
#[derive(Debug, Default)]
pub struct KeyframeWishes {
    wanted: [bool; MAX_LAYERS],
    last_request: Option<Instant>,
    unanswered: u32,
}

impl KeyframeWishes {
    /// A viewer waits for a key frame of `layer`.
    pub fn want(&mut self, layer: Layer) {
        self.wanted[layer.index()] = true;
    }

    /// Whether somebody waits for a key frame of `layer` already.
    #[must_use]
    pub fn is_wanted(&self, layer: Layer) -> bool {
        self.wanted[layer.index()]
    }

    /// A key frame of `layer` has begun.
    pub fn came(&mut self, layer: Layer) {
        self.wanted[layer.index()] = false;
        self.unanswered = 0;
    }

    /// Nobody waits for `layer` any more.
    pub fn forget(&mut self, layer: Layer) {
        self.wanted[layer.index()] = false;
    }

    /// Nobody waits any more.
    pub fn clear(&mut self) {
        self.wanted = [false; MAX_LAYERS];
    }

    /// The smallest wanted layer when a request is due now; it counts as sent.
    pub fn due(&mut self, now: Instant) -> Option<Layer> {
        let layer = Layer::ALL.into_iter().find(|layer| self.wanted[layer.index()])?;
        let pace = if self.unanswered < PATIENT_TRIES { REQUEST_EVERY } else { SLOW_REQUEST_EVERY };
        if self.last_request.is_some_and(|last| now.saturating_duration_since(last) < pace) {
            return None;
        }
        self.last_request = Some(now);
        self.unanswered += 1;
        Some(layer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs `wish` every 20 ms and tells when requests went out.
    fn check(until_ms: u64, mut wish: impl FnMut(u64, &mut KeyframeWishes), expected: &[u64]) {
        let start = Instant::now();
        let mut wishes = KeyframeWishes::default();
        let mut sent = Vec::new();
        for ms in (0..until_ms).step_by(20) {
            wish(ms, &mut wishes);
            if wishes.due(start + Duration::from_millis(ms)).is_some() {
                sent.push(ms);
            }
        }
        assert_eq!(sent, expected);
    }

    #[test]
    fn wishes_of_many_viewers_make_one_request_per_300_ms() {
        let all = |_, wishes: &mut KeyframeWishes| Layer::ALL.into_iter().for_each(|l| wishes.want(l));
        check(1000, all, &[0, 300, 600, 900]);
    }

    #[test]
    fn request_is_repeated_until_the_key_frame_of_that_layer_comes() {
        check(
            2000,
            |ms, wishes| match ms {
                0 => wishes.want(Layer::HALF),
                400 => wishes.came(Layer::FULL),
                700 => wishes.came(Layer::HALF),
                _ => {}
            },
            &[0, 300, 600],
        );
    }

    #[test]
    fn sender_that_never_answers_is_asked_once_a_second() {
        check(
            5000,
            |ms, wishes| {
                if ms == 0 {
                    wishes.want(Layer::QUARTER)
                }
            },
            &[0, 300, 600, 900, 1200, 1500, 1800, 2100, 2400, 2700, 3700, 4700],
        );
    }
}
