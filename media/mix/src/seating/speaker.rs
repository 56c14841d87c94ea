//! Who counts as speaking, so that a cough moves nobody and a talk is not cut up.
//!
//! Called by `Seating` at every look. Believes the levels that it gets; who sends false ones is the
//! business of those who read them.

use super::{Present, SourceId};
use std::time::Duration;

/// How far below the loudest possible, in dB (RFC 6464): 0 is a shout, 127 is silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loudness(pub u8);

impl Loudness {
    /// As the media server tells voice from noise.
    const VOICE: Self = Self(45);

    fn is_voice(self) -> bool {
        self <= Self::VOICE
    }
}

/// When the picture goes to another speaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// A voice must have been the loudest for so long.
    pub attack: Duration,
    /// Whoever came in front stays at least so long.
    pub hold: Duration,
    /// Who interrupts somebody that still speaks must be so much louder.
    pub margin_db: u8,
}

impl Default for Timing {
    /// With 200 ms a switch is seen within the 300 ms that are promised, and a cough is over by then.
    fn default() -> Self {
        Self { attack: Duration::from_millis(200), hold: Duration::from_millis(1_500), margin_db: 6 }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Speaker {
    timing: Timing,
    /// Who speaks, and since when.
    current: Option<(SourceId, Duration)>,
    /// Who would, and since when.
    challenger: Option<(SourceId, Duration)>,
}

impl Speaker {
    pub(super) const fn new(timing: Timing) -> Self {
        Self { timing, current: None, challenger: None }
    }

    /// Who speaks now; in silence whoever spoke last.
    pub(super) fn hear(&mut self, now: Duration, present: &Present<'_>) -> Option<SourceId> {
        self.current = self.current.filter(|(one, _)| present.all.contains(one));
        let current = self.current.map(|(one, _)| one);
        let of_current = present.voices.iter().find(|(one, _)| Some(*one) == current).map(|(_, it)| *it);
        let bar = of_current
            .filter(|it| it.is_voice())
            .map_or(Loudness::VOICE, |it| Loudness(it.0.saturating_sub(self.timing.margin_db)));
        let loudest = present
            .voices
            .iter()
            .filter(|(one, it)| {
                Some(*one) != current && it.is_voice() && *it <= bar && present.all.contains(one)
            })
            .min_by_key(|(_, it)| *it)
            .map(|(one, _)| *one);
        self.challenger = match (loudest, self.challenger) {
            (Some(one), Some((before, since))) if one == before => Some((one, since)),
            (Some(one), _) => Some((one, now)),
            (None, _) => None,
        };
        if let Some((one, since)) = self.challenger
            && now.saturating_sub(since) >= self.timing.attack
            && self.current.is_none_or(|(_, since)| now.saturating_sub(since) >= self.timing.hold)
        {
            self.current = Some((one, now));
            self.challenger = None;
        }
        self.current.map(|(one, _)| one)
    }
}
