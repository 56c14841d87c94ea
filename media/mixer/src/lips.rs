//! How long voices or pictures of a conference wait, so that what was captured together goes out together.
//!
//! Owned by `hall`, told once a second how old both are when they go out. Players bring the two together by sender
//! reports, but leave some 30 ms as they are, and meeting-room codecs may not do it at all. Pure.

use std::time::Duration;

/// How long packets of voices wait for later ones where pictures do not matter.
const LEAST: Duration = Duration::from_millis(20);
/// Voices wait so much longer at most, and pictures so long: who is later still stands still, or has a line on
/// which others had better not wait for him.
const MOST_VOICE_US: i64 = 100_000;
const MOST_PICTURE_US: i64 = 60_000;
/// Voices are to go out so much older than pictures: a player needs longer to decode and show a composed picture than to
/// play a sound, and sound that comes first disturbs more than sound that comes after (EBU R 37: 40 and 60 ms at most).
const PICTURES_FIRST_US: i64 = 15_000;
/// Closer to that than this they are left alone.
const TOGETHER_US: i64 = 6_000;
/// Share of what is missing that is made up for at a time, since ages are smoothed over two seconds.
const STEP: i64 = 3;

/// See the module's text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lips {
    /// µs that voices wait; below zero, pictures.
    wait_us: i64,
}

impl Lips {
    /// Voices and pictures go out that old, with what they wait now; whether that changes.
    pub fn compare(&mut self, voice_us: u64, picture_us: u64) -> bool {
        let missing = picture_us as i64 + PICTURES_FIRST_US - voice_us as i64;
        if missing.abs() <= TOGETHER_US {
            return false;
        }
        let wait = (self.wait_us + missing / STEP).clamp(-MOST_PICTURE_US, MOST_VOICE_US);
        std::mem::replace(&mut self.wait_us, wait) != wait
    }

    /// How long packets of voices wait at least.
    #[must_use]
    pub fn voice_wait(self) -> Duration {
        LEAST + Duration::from_micros(self.wait_us.max(0) as u64)
    }

    /// How long pictures wait.
    #[must_use]
    pub fn picture_wait(self) -> Duration {
        Duration::from_micros((-self.wait_us).max(0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Age;

    const fn us(of: Duration) -> u64 {
        of.as_micros() as u64
    }

    /// How far they are from where they should be after each of so many seconds, in µs, where voices are `way_us` old before their
    /// buffer, in which they need `needed_us`, and pictures `picture_us` when they are encoded.
    fn apart(picture_us: u64, way_us: u64, needed_us: u64, seconds: usize) -> Vec<i64> {
        let mut lips = Lips::default();
        let mut age = Age::new(60_000.0, 50.0);
        let second = |_| {
            let voice_us = way_us + us(lips.voice_wait()).max(needed_us);
            let picture_us = picture_us + us(lips.picture_wait());
            (0..50).for_each(|_| age.note(2_000_000, 2_000_000 - voice_us));
            lips.compare(age.us(), picture_us);
            picture_us as i64 + PICTURES_FIRST_US - voice_us as i64
        };
        (0..seconds).map(second).collect()
    }

    #[test]
    fn quick_voices_wait_for_pictures_and_stay_with_them() {
        let apart = apart(90_000, 25_000, 20_000, 30);
        assert_eq!(apart[0], 60_000);
        assert!(apart[15..].iter().all(|it| it.abs() < 10_000), "{apart:?}");
    }

    #[test]
    fn quick_pictures_wait_for_voices_and_stay_with_them() {
        let apart = apart(29_000, 49_000, 20_000, 30);
        assert_eq!(apart[0], -25_000);
        assert!(apart[15..].iter().all(|it| it.abs() < 10_000), "{apart:?}");
    }

    #[test]
    fn nobody_waits_longer_than_is_good_for_the_others() {
        let bad_line = apart(60_000, 25_000, 200_000, 40);
        assert_eq!(bad_line.last(), Some(&(75_000 + MOST_PICTURE_US - 225_000)));
        let slow_picture = apart(1_400_000, 25_000, 20_000, 40);
        assert_eq!(slow_picture.last(), Some(&(1_415_000 - 45_000 - MOST_VOICE_US)));
    }

    #[test]
    fn both_never_wait_at_once() {
        let mut lips = Lips::default();
        for (voice_us, picture_us) in [(20_000, 90_000), (90_000, 20_000), (400_000, 20_000)].repeat(9) {
            lips.compare(voice_us, picture_us);
            assert!(lips.voice_wait() == LEAST || lips.picture_wait().is_zero(), "{lips:?}");
        }
    }
}
