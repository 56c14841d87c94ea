//! Brings voices to one loudness.
//!
//! Called by [`super::Mixer`] for each heard source and frame. Slow up, fast down, within bounds; what is no
//! voice raises nothing, so that the hiss of a silent hall stays where it is.

use super::{FRAME, Frame, decibels};

/// Loudness of a voice, as the root of the mean square below full scale: peaks have 12 to 15 dB more.
pub const TARGET_DB: f32 = -23.0;
/// Most that a quiet voice is raised, and a loud one is lowered.
pub const MOST_DB: f32 = 24.0;
const LEAST_DB: f32 = -12.0;
/// In a frame: 8 dB a second up, 100 dB a second down.
const UP_DB: f32 = 0.16;
const DOWN_DB: f32 = 2.0;
/// Below this nothing counts as a voice, nor what is less than [`ABOVE_DB`] above the hiss.
const SILENCE_DB: f32 = -52.0;
const ABOVE_DB: f32 = 9.0;
/// The hiss is not thought to be louder than this: a tone may go on without a pause.
const HISS_DB: f32 = -58.0;
/// The hiss rises in a frame: 2 dB a second.
const HISS_UP_DB: f32 = 0.04;
/// The voice is followed at this share of the distance upwards; downwards as slowly as words are spaced.
const VOICE_UP: f32 = 0.3;
const VOICE_DOWN_DB: f32 = 0.12;

/// What is known of one source's loudness.
#[derive(Clone, Copy, Debug)]
pub struct Volume {
    voice_db: f32,
    hiss_db: f32,
    gain_db: f32,
}

impl Default for Volume {
    fn default() -> Self {
        Self { voice_db: TARGET_DB, hiss_db: HISS_DB, gain_db: 0.0 }
    }
}

impl Volume {
    pub const fn gain_db(&self) -> f32 {
        self.gain_db
    }

    pub fn apply(&mut self, frame: &mut Frame) {
        let loud_db = decibels(frame);
        self.hiss_db = if loud_db < self.hiss_db { loud_db } else { self.hiss_db + HISS_UP_DB }.min(HISS_DB);
        let before = amplitude(self.gain_db);
        if loud_db > SILENCE_DB && loud_db > self.hiss_db + ABOVE_DB {
            let step = loud_db - self.voice_db;
            self.voice_db += if step > 0.0 { VOICE_UP * step } else { step.max(-VOICE_DOWN_DB) };
            let wanted = (TARGET_DB - self.voice_db).clamp(LEAST_DB, MOST_DB);
            self.gain_db += (wanted - self.gain_db).clamp(-DOWN_DB, UP_DB);
        }
        let step = (amplitude(self.gain_db) - before) / FRAME as f32;
        for (at, sample) in frame.iter_mut().enumerate() {
            *sample *= before + step * at as f32;
        }
    }
}

fn amplitude(db: f32) -> f32 {
    10.0_f32.powf(db / 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(db: f32, frame: usize) -> Frame {
        let amplitude = amplitude(db) * std::f32::consts::SQRT_2;
        std::array::from_fn(|at| {
            amplitude * ((frame * FRAME + at) as f32 * std::f32::consts::TAU * 300.0 / 48_000.0).sin()
        })
    }

    /// Level at the end of so many seconds.
    fn after(volume: &mut Volume, db: f32, seconds: usize) -> f32 {
        let mut loud = 0.0;
        for number in 0..seconds * 50 {
            let mut frame = tone(db, number);
            volume.apply(&mut frame);
            loud = decibels(&frame);
        }
        loud
    }

    #[test]
    fn a_voice_20_db_too_low_is_right_within_five_seconds() {
        let (mut volume, mut first) = (Volume::default(), Volume::default());
        let loud = after(&mut volume, TARGET_DB - 20.0, 5);
        assert!((loud - TARGET_DB).abs() <= 2.0, "{loud}");
        let early = after(&mut first, TARGET_DB - 20.0, 1);
        assert!(early < TARGET_DB - 10.0, "no leap: {early}");
    }

    #[test]
    fn a_voice_too_loud_is_lowered_within_half_a_second() {
        let mut volume = Volume::default();
        for number in 0..25 {
            volume.apply(&mut tone(TARGET_DB + 12.0, number));
        }
        assert!(volume.gain_db() < -10.0, "{}", volume.gain_db());
    }

    #[test]
    fn silence_and_hiss_raise_nothing() {
        let mut volume = Volume::default();
        after(&mut volume, -70.0, 10);
        after(&mut volume, -56.0, 10);
        assert!(volume.gain_db().abs() < 1.0, "{}", volume.gain_db());
        assert!(after(&mut volume, TARGET_DB - 60.0, 20) < TARGET_DB - 59.0);
    }
}
