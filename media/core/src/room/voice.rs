//! The loudest voices of a room and the slots they are heard in.
//!
//! Called for every packet of a microphone, before it is kept. A voice gets a free slot with its
//! very first loud packet, so that no syllable is cut; a full house is taken over only from a
//! voice that is clearly quieter, so that slots do not flicker.

use super::types::VOICES;
use std::time::{Duration, Instant};

/// Levels of RFC 6464 at or above this (quieter) are not speech, whatever the sender says.
const SPEECH_FLOOR_DBOV: u8 = 60;
/// A holder that was not loud for this long may lose its slot to any speech: the pauses between
/// sentences are shorter.
const IDLE_AFTER: Duration = Duration::from_millis(800);
/// A holder without packets for this long leaves its slot.
const GONE_AFTER: Duration = Duration::from_secs(2);
/// How much louder a newcomer must be than the quietest holder, smoothed, in dB.
const TAKE_OVER_DB: f32 = 6.0;
/// For how long it must be that much louder.
const TAKE_OVER_AFTER: Duration = Duration::from_millis(200);
/// A slot is safe for its new holder for this long.
const SAFE_FOR: Duration = Duration::from_millis(1000);
/// Newcomers watched at once; the quietest makes way.
const MAX_CHALLENGERS: usize = 8;
/// Share of a new level that enters the smoothed one: at once up, slowly down (20 ms packets).
const ATTACK: f32 = 0.4;
const DECAY: f32 = 0.05;
/// Someone counts as speaking while the smoothed loudness is above this and was loud within
/// [`SPEAKING_FOR`].
const SPEAKING_LOUDNESS: f32 = 35.0;
const SPEAKING_FOR: Duration = Duration::from_millis(700);

/// One packet's loudness.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// The room's number of the microphone's stream.
    pub stream: u32,
    /// RFC 6464 level, 0 loudest.
    pub level_dbov: u8,
    /// Silence packet of discontinuous transmission.
    pub is_dtx: bool,
}

#[derive(Clone, Copy, Debug)]
struct Holder {
    stream: u32,
    /// 127 − level, smoothed.
    loudness: f32,
    since: Instant,
    last_loud: Instant,
    last_packet: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Challenger {
    stream: u32,
    loudness: f32,
    louder_since: Option<Instant>,
    last_packet: Instant,
}

/// Slots and challengers of one room.
#[derive(Debug, Default)]
pub struct Voices {
    holders: [Option<Holder>; VOICES],
    challengers: [Option<Challenger>; MAX_CHALLENGERS],
}

impl Voices {
    /// Judges one packet: the slot it is heard in, `None` when it is not among the loudest.
    pub fn hear(&mut self, now: Instant, heard: Heard) -> Option<usize> {
        let is_loud = !heard.is_dtx && heard.level_dbov < SPEECH_FLOOR_DBOV;
        let loudness = if heard.is_dtx { 0.0 } else { f32::from(127 - heard.level_dbov.min(127)) };
        if let Some(slot) = self.slot_of(heard.stream) {
            if let Some(holder) = &mut self.holders[slot] {
                smooth(&mut holder.loudness, loudness);
                holder.last_packet = now;
                if is_loud {
                    holder.last_loud = now;
                }
            }
            return Some(slot);
        }
        if !is_loud {
            self.forget_challenger(heard.stream);
            return None;
        }
        let smoothed = self.challenge(now, heard.stream, loudness);
        let slot = self.open_slot(now, smoothed, heard.stream)?;
        self.forget_challenger(heard.stream);
        self.holders[slot] = Some(Holder {
            stream: heard.stream,
            loudness: smoothed,
            since: now,
            last_loud: now,
            last_packet: now,
        });
        Some(slot)
    }

    /// The microphone is gone or may not be heard any more; true when that frees a slot.
    pub fn forget(&mut self, stream: u32) -> bool {
        self.forget_challenger(stream);
        let slot = self.slot_of(stream);
        if let Some(slot) = slot {
            self.holders[slot] = None;
        }
        slot.is_some()
    }

    /// Frees the slots of microphones that have stopped sending; true when one was freed.
    pub fn expire(&mut self, now: Instant) -> bool {
        let mut changed = false;
        for place in &mut self.holders {
            let gone = |holder: &Holder| now.saturating_duration_since(holder.last_packet) >= GONE_AFTER;
            if place.as_ref().is_some_and(gone) {
                *place = None;
                changed = true;
            }
        }
        changed
    }

    /// Who holds each slot.
    #[must_use]
    pub fn holders(&self) -> [Option<u32>; VOICES] {
        self.holders.map(|holder| holder.map(|holder| holder.stream))
    }

    /// Who speaks now with smoothed level in −dBov, loudest first.
    pub fn speaking(&self, now: Instant) -> impl Iterator<Item = (u32, u8)> {
        let mut speaking: [Option<(u32, f32)>; VOICES] = self.holders.map(|holder| {
            let holder = holder?;
            let recent = now.saturating_duration_since(holder.last_loud) < SPEAKING_FOR;
            (recent && holder.loudness > SPEAKING_LOUDNESS).then_some((holder.stream, holder.loudness))
        });
        speaking.sort_by(|a, b| {
            let loudness = |entry: &Option<(u32, f32)>| entry.map_or(-1.0, |(_, loudness)| loudness);
            loudness(b).total_cmp(&loudness(a))
        });
        speaking
            .into_iter()
            .flatten()
            .map(|(stream, loudness)| (stream, (127.0 - loudness).clamp(0.0, 127.0) as u8))
    }

    fn slot_of(&self, stream: u32) -> Option<usize> {
        self.holders.iter().position(|holder| holder.is_some_and(|holder| holder.stream == stream))
    }

    fn forget_challenger(&mut self, stream: u32) {
        for place in &mut self.challengers {
            if place.is_some_and(|challenger| challenger.stream == stream) {
                *place = None;
            }
        }
    }

    /// Notes a loud packet of someone without a slot; returns its smoothed loudness.
    fn challenge(&mut self, now: Instant, stream: u32, loudness: f32) -> f32 {
        let fresh = Challenger { stream, loudness, louder_since: None, last_packet: now };
        let at = self.challengers.iter().position(|c| c.is_some_and(|c| c.stream == stream));
        let place = at.or_else(|| {
            self.challengers
                .iter()
                .position(|c| c.is_none_or(|c| now.saturating_duration_since(c.last_packet) >= IDLE_AFTER))
        });
        let place = place.or_else(|| {
            let quietest = (0..MAX_CHALLENGERS).min_by(|a, b| {
                let of = |at: usize| self.challengers[at].map_or(0.0, |c| c.loudness);
                of(*a).total_cmp(&of(*b))
            })?;
            self.challengers[quietest].is_none_or(|c| c.loudness < loudness).then_some(quietest)
        });
        let Some(place) = place else { return loudness };
        let challenger = self.challengers[place].get_or_insert(fresh);
        if challenger.stream != stream {
            *challenger = fresh;
        }
        smooth(&mut challenger.loudness, loudness);
        challenger.last_packet = now;
        challenger.loudness
    }

    /// A slot for someone of this loudness: free, idle, or taken over.
    fn open_slot(&mut self, now: Instant, loudness: f32, stream: u32) -> Option<usize> {
        if let Some(free) = self.holders.iter().position(Option::is_none) {
            return Some(free);
        }
        let idle_for = |holder: &Holder| now.saturating_duration_since(holder.last_loud);
        let longest_idle = (0..VOICES)
            .filter_map(|slot| Some((slot, idle_for(self.holders[slot].as_ref()?))))
            .max_by_key(|(_, idle)| *idle)?;
        if longest_idle.1 >= IDLE_AFTER {
            return Some(longest_idle.0);
        }
        let (slot, quietest) = (0..VOICES)
            .filter_map(|slot| Some((slot, self.holders[slot]?)))
            .min_by(|a, b| a.1.loudness.total_cmp(&b.1.loudness))?;
        let challenger =
            self.challengers.iter_mut().flatten().find(|challenger| challenger.stream == stream)?;
        if loudness < quietest.loudness + TAKE_OVER_DB {
            challenger.louder_since = None;
            return None;
        }
        let since = *challenger.louder_since.get_or_insert(now);
        let is_safe = now.saturating_duration_since(quietest.since) < SAFE_FOR;
        (!is_safe && now.saturating_duration_since(since) >= TAKE_OVER_AFTER).then_some(slot)
    }
}

fn smooth(smoothed: &mut f32, new: f32) {
    let share = if new > *smoothed { ATTACK } else { DECAY };
    *smoothed += (new - *smoothed) * share;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays `script`: each entry is (from ms, to ms, microphone, level); 20 ms packets. Returns
    /// for each microphone the times in ms at which it began or ceased to be heard.
    fn check(script: &[(u64, u64, u32, u8)], expected: &[(u32, &str)]) {
        let start = Instant::now();
        let mut voices = Voices::default();
        let end = script.iter().map(|entry| entry.1).max().unwrap_or(0);
        let mut log: std::collections::BTreeMap<u32, (bool, Vec<String>)> = Default::default();
        for ms in (0..end).step_by(20) {
            let now = start + Duration::from_millis(ms);
            for (_, _, stream, level) in script.iter().filter(|e| (e.0..e.1).contains(&ms)) {
                let heard = Heard { stream: *stream, level_dbov: *level, is_dtx: false };
                let is_heard = voices.hear(now, heard).is_some();
                let entry = log.entry(*stream).or_default();
                if entry.0 != is_heard {
                    entry.0 = is_heard;
                    entry.1.push(format!("{}{ms}", if is_heard { '+' } else { '-' }));
                }
            }
        }
        for (stream, times) in expected {
            let seen = log.get(stream).map(|entry| entry.1.join(" ")).unwrap_or_default();
            assert_eq!(seen, *times, "microphone {stream}");
        }
    }

    #[test]
    fn first_syllable_is_heard_when_a_slot_is_free() {
        check(&[(0, 400, 1, 100), (400, 800, 1, 25)], &[(1, "+400")]);
    }

    #[test]
    fn first_syllable_is_heard_when_a_holder_has_paused() {
        check(
            &[(0, 5000, 1, 25), (0, 5000, 2, 25), (0, 1000, 3, 25), (1000, 5000, 3, 90), (3000, 5000, 4, 30)],
            &[(1, "+0"), (2, "+0"), (3, "+0 -3020"), (4, "+3000")],
        );
    }

    #[test]
    fn louder_voice_takes_over_only_after_a_while() {
        check(
            &[(0, 4000, 1, 25), (0, 4000, 2, 25), (0, 4000, 3, 50), (2000, 4000, 4, 20)],
            &[(1, "+0"), (2, "+0"), (3, "+0 -2220"), (4, "+2200")],
        );
    }

    #[test]
    fn equally_loud_voice_does_not_make_slots_flicker() {
        check(
            &[(0, 9000, 1, 25), (0, 9000, 2, 26), (0, 9000, 3, 27), (1000, 9000, 4, 25)],
            &[(1, "+0"), (2, "+0"), (3, "+0"), (4, "")],
        );
    }

    #[test]
    fn loud_level_on_packets_of_silence_neither_gets_a_slot_nor_keeps_one_for_a_second() {
        let start = Instant::now();
        let mut voices = Voices::default();
        let mut hear = |ms: u64, stream, level_dbov, is_dtx| {
            voices.hear(start + Duration::from_millis(ms), Heard { stream, level_dbov, is_dtx }).is_some()
        };
        for ms in (0..2000).step_by(20) {
            (1..=VOICES as u32).for_each(|stream| assert!(hear(ms, stream, 20, false)));
            assert!(!hear(ms, 9, 0, true), "never heard, however loud it claims to be");
        }
        // A holder turns to packets of silence that claim to be loud, and somebody speaks.
        let mut taken_at = None;
        for ms in (2000..4000).step_by(20) {
            (2..=VOICES as u32).for_each(|stream| assert!(hear(ms, stream, 20, false)));
            hear(ms, 1, 0, true);
            if hear(ms, 4, 30, false) {
                taken_at.get_or_insert(ms);
            }
        }
        assert!(taken_at.is_some_and(|ms| ms <= 3000), "{taken_at:?}");
    }

    #[test]
    fn silent_microphones_never_get_a_slot() {
        check(&[(0, 1000, 1, 127), (0, 1000, 2, 61)], &[(1, ""), (2, "")]);
    }
}
