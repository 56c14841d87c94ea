//! Who is heard of many.
//!
//! Called by [`super::Mixer`] with what senders say of their loudness, before their sound is played, so that
//! a first syllable is not lost. Pure. Believes a sender until what was decoded proves it wrong.

use super::SourceId;
use std::collections::BTreeMap;

/// Loudness in dB below the loudest possible (RFC 6464): 0 is a shout, 127 is silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(pub u8);

impl Level {
    pub const SILENT: Self = Self(127);
}

/// Louder than 50 dB below overload may be a voice, however far from its microphone.
const VOICE: f32 = 77.0;
/// What counts as silence, so that a first word is known at once.
const QUIET: f32 = 47.0;
/// How quickly a level is followed, of the distance at each packet.
const RISE: f32 = 0.7;
const FALL: f32 = 0.1;
/// Without a packet for so long a source is silent.
const STALE_US: u64 = 400_000;
/// Who has become silent stays so long where nobody needs the place, and so long where somebody does.
const HOLD_US: u64 = 1_000_000;
const GIVE_WAY_US: u64 = 300_000;
/// Who is to push out somebody that speaks must be so much louder for so long, and the other heard so long.
const MARGIN: f32 = 6.0;
const PRESS_US: u64 = 300_000;
const STAY_US: u64 = 500_000;
/// A claim so far above what is decoded, in so many ticks on end, is believed no more for so long.
const LIE: f32 = 20.0;
const LIES: u32 = 25;
const CLAIM_US: u64 = 150_000;
const DISTRUST_US: u64 = 10_000_000;

#[derive(Clone, Copy, Debug)]
struct Known {
    /// 127 less the level, followed smoothly: more is louder.
    loud: f32,
    /// As it was told last.
    claim: f32,
    told_us: u64,
    pressing_since_us: Option<u64>,
    lies: u32,
    distrusted_until_us: u64,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    source: SourceId,
    since_us: u64,
    spoke_us: u64,
}

/// The places of those who are heard.
#[derive(Clone, Debug)]
pub struct Loudest {
    places: usize,
    known: BTreeMap<SourceId, Known>,
    taken: Vec<Place>,
    heard: Vec<SourceId>,
}

impl Loudest {
    /// Most voices at once: more than five nobody understands.
    pub const MOST: usize = 5;

    /// For so many at once, at most [`Self::MOST`].
    #[must_use]
    pub fn new(places: usize) -> Self {
        let places = places.clamp(1, Self::MOST);
        Self { places, known: BTreeMap::new(), taken: Vec::new(), heard: Vec::new() }
    }

    /// How loud a source is by a packet that has come.
    pub fn tell(&mut self, source: SourceId, level: Level, now_us: u64) {
        let known = self.known.entry(source).or_insert(Known {
            loud: QUIET,
            claim: QUIET,
            told_us: now_us,
            pressing_since_us: None,
            lies: 0,
            distrusted_until_us: 0,
        });
        known.told_us = now_us;
        let loud = (127.0 - f32::from(level.0.min(127))).max(QUIET);
        known.claim = loud;
        if now_us < known.distrusted_until_us {
            return;
        }
        known.loud += (loud - known.loud) * if loud > known.loud { RISE } else { FALL };
    }

    /// How loud somebody who is heard has proved to be.
    pub fn check(&mut self, source: SourceId, level: Level, now_us: u64) {
        let Some(known) = self.known.get_mut(&source) else { return };
        let decoded = (127.0 - f32::from(level.0.min(127))).max(QUIET);
        // Who leaves out his pauses claims nothing in them.
        let is_claim = now_us.saturating_sub(known.told_us) < CLAIM_US;
        known.lies = if is_claim && known.claim > decoded + LIE { known.lies + 1 } else { 0 };
        if known.lies >= LIES {
            known.distrusted_until_us = now_us + DISTRUST_US;
            (known.loud, known.lies) = (decoded, 0);
        }
    }

    /// It is heard no more from now on, as if it were silent, for so long.
    pub(super) fn distrust(&mut self, source: SourceId, until_us: u64) {
        if let Some(known) = self.known.get_mut(&source) {
            (known.loud, known.distrusted_until_us) = (QUIET, until_us);
        }
        self.taken.retain(|it| it.source != source);
    }

    /// It has left.
    pub fn forget(&mut self, source: SourceId) {
        self.known.remove(&source);
        self.taken.retain(|it| it.source != source);
    }

    /// Who is heard now: who was heard before keeps the place as long as nobody has a better claim.
    pub fn choose(&mut self, now_us: u64) -> &[SourceId] {
        for known in self.known.values_mut() {
            if now_us.saturating_sub(known.told_us) > STALE_US {
                known.loud = QUIET;
            }
        }
        for place in &mut self.taken {
            if self.known[&place.source].loud > VOICE {
                place.spoke_us = now_us;
            }
        }
        self.taken.retain(|it| now_us.saturating_sub(it.spoke_us) < HOLD_US);
        let is_heard = |source: SourceId| self.taken.iter().any(|it| it.source == source);
        let mut waiting: Vec<(SourceId, f32)> = Vec::new();
        for (source, known) in &mut self.known {
            if known.loud > VOICE && !is_heard(*source) {
                waiting.push((*source, known.loud));
            } else {
                known.pressing_since_us = None;
            }
        }
        // Stable: of two that are equally loud the lower number comes first.
        waiting.sort_by(|one, two| two.1.total_cmp(&one.1));
        for (source, loud) in waiting {
            let place = Place { source, since_us: now_us, spoke_us: now_us };
            if self.taken.len() < self.places {
                self.taken.push(place);
            } else if let Some(weakest) = self.weakest()
                && self.has_better_claim(source, loud, weakest, now_us)
            {
                self.taken[weakest] = place;
            }
        }
        self.heard.clear();
        self.heard.extend(self.taken.iter().map(|it| it.source));
        &self.heard
    }

    fn weakest(&self) -> Option<usize> {
        let by_loudness = |one: &usize, two: &usize| {
            let loud = |at: usize| self.known[&self.taken[at].source].loud;
            loud(*one).total_cmp(&loud(*two))
        };
        (0..self.taken.len()).min_by(by_loudness)
    }

    fn has_better_claim(&mut self, source: SourceId, loud: f32, weakest: usize, now_us: u64) -> bool {
        let holder = self.taken[weakest];
        if now_us.saturating_sub(holder.spoke_us) >= GIVE_WAY_US {
            return true;
        }
        let is_louder = loud >= self.known[&holder.source].loud + MARGIN;
        let Some(known) = self.known.get_mut(&source) else { return false };
        if !is_louder {
            known.pressing_since_us = None;
            return false;
        }
        let since = *known.pressing_since_us.get_or_insert(now_us);
        now_us.saturating_sub(since) >= PRESS_US && now_us.saturating_sub(holder.since_us) >= STAY_US
    }
}
