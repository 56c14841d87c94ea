//! Keeps a sum of voices below full scale without cutting it off.
//!
//! Called by [`super::Mixer`] for each output. Looks over the whole frame first, so that it is quieter before
//! a peak comes; only a peak right at the front of a frame meets the bend at the top.

use super::{FRAME, Frame};

/// -1 dB of full scale: resampling and encoding swing a little over what they are given.
const CEILING: f32 = 0.89;
/// Parts of a frame with a gain of their own, 2.5 ms each.
const PARTS: usize = 8;
const PART: usize = FRAME / PARTS;
/// How the gain comes back in each part: 40 dB a second.
const RELEASE: f32 = 1.011_58;

/// The limiter of one output.
#[derive(Clone, Copy, Debug)]
pub struct Limiter {
    gain: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { gain: 1.0 }
    }
}

impl Limiter {
    pub fn apply(&mut self, frame: &mut Frame) {
        let mut wanted = [1.0_f32; PARTS + 1];
        for (wanted, part) in wanted.iter_mut().zip(frame.chunks_exact(PART)) {
            let peak = part.iter().fold(0.0_f32, |peak, it| peak.max(it.abs()));
            *wanted = (CEILING / peak.max(CEILING)).min(1.0);
        }
        wanted[PARTS] = wanted[PARTS - 1];
        if self.gain >= 1.0 && wanted.iter().all(|it| *it >= 1.0) {
            return;
        }
        for (number, part) in frame.chunks_exact_mut(PART).enumerate() {
            let end = wanted[number].min(wanted[number + 1]).min(self.gain * RELEASE);
            let step = (end - self.gain) / PART as f32;
            for (at, sample) in part.iter_mut().enumerate() {
                *sample = bent(*sample * (self.gain + step * at as f32));
            }
            self.gain = end;
        }
    }
}

/// Straight up to the ceiling, from there towards full scale, which is never reached.
fn bent(sample: f32) -> f32 {
    let over = sample.abs() - CEILING;
    if over <= 0.0 {
        return sample;
    }
    let room = 1.0 - CEILING;
    (CEILING + room * (over / room).tanh()).min(0.999) * sample.signum()
}
