//! Makes a voice a little shorter or longer without changing its pitch.
//!
//! Called by [`super::voice`] when its delay is to change. Takes out or repeats one stretch that looks like
//! what follows it (waveform similarity), a few milliseconds at a time.

use super::ms;

/// Shortest and longest stretch: pitches of 400 Hz down to 83 Hz.
const LEAST: usize = ms(1) as usize * 5 / 2;
const MOST: usize = ms(12) as usize;
/// Over which one goes into the other.
const OVERLAP: usize = ms(5) as usize;
/// Each so many samples are looked at while searching: voices have little above 6 kHz.
const STRIDE: usize = 4;

/// Samples that must be there to take something out and still have `wanted`.
pub const fn needed(wanted: usize) -> usize {
    wanted + MOST
}

/// Takes a stretch out of the front of `samples`; how much.
pub fn shorten(samples: &mut Vec<f32>) -> usize {
    let Some(lag) = similar(samples) else { return 0 };
    for at in 0..OVERLAP {
        let share = at as f32 / OVERLAP as f32;
        samples[lag + at] = samples[at] * (1.0 - share) + samples[lag + at] * share;
    }
    samples.drain(..lag);
    lag
}

/// Says a stretch at the front of `samples` twice; how much.
pub fn lengthen(samples: &mut Vec<f32>) -> usize {
    let Some(lag) = similar(samples) else { return 0 };
    // What is played: up to `lag` as it is, then again from the start, blended in over the overlap.
    let mut twice: Vec<f32> = samples[..lag].to_vec();
    for at in 0..OVERLAP {
        let share = at as f32 / OVERLAP as f32;
        twice.push(samples[lag + at] * (1.0 - share) + samples[at] * share);
    }
    twice.extend_from_slice(&samples[OVERLAP..]);
    let longer = twice.len() - samples.len();
    *samples = twice;
    longer
}

/// How far behind the front `samples` go on as they begin. `None` when there are too few.
fn similar(samples: &[f32]) -> Option<usize> {
    if samples.len() < MOST + OVERLAP {
        return None;
    }
    let front = &samples[..OVERLAP];
    let likeness = |lag: usize| {
        let other = &samples[lag..lag + OVERLAP];
        let pairs = front.iter().zip(other).step_by(STRIDE);
        let (product, power) =
            pairs.fold((0.0, 1e-9), |(product, power), (one, two)| (product + one * two, power + two * two));
        product / f32::sqrt(power)
    };
    let lags = (LEAST..=MOST).step_by(STRIDE);
    lags.map(|lag| (lag, likeness(lag))).max_by(|one, two| one.1.total_cmp(&two.1)).map(|it| it.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(length: usize) -> Vec<f32> {
        (0..length).map(|at| (at as f32 * std::f32::consts::TAU * 200.0 / 48_000.0).sin()).collect()
    }

    /// The largest step between two samples, which a click would exceed.
    fn steepest(samples: &[f32]) -> f32 {
        samples.windows(2).map(|it| (it[1] - it[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_tone_gets_shorter_and_longer_without_a_click() {
        let smooth = steepest(&tone(3_000));
        let mut shorter = tone(3_000);
        let taken = shorten(&mut shorter);
        assert!((LEAST..=MOST).contains(&taken) && shorter.len() == 3_000 - taken);
        assert!(steepest(&shorter) < 1.3 * smooth, "{} {smooth}", steepest(&shorter));
        let mut longer = tone(3_000);
        let given = lengthen(&mut longer);
        assert!((LEAST..=MOST).contains(&given) && longer.len() == 3_000 + given);
        assert!(steepest(&longer) < 1.3 * smooth, "{} {smooth}", steepest(&longer));
    }

    #[test]
    fn what_is_too_short_stays() {
        let mut short = tone(300);
        assert_eq!((shorten(&mut short), lengthen(&mut short), short.len()), (0, 0, 300));
    }
}
