//! Tells what changed: sources, slots, speakers, needed layers, wishes for other
//! shards.
//!
//! `tell_changes` gathers at each tick, `events` hands out. Rates are limited here, so that a
//! lively discussion does not flood signalling.

use super::Room;
use super::hearing::told_in;
use super::publisher::{Publisher, split_number};
use super::types::{RoomEvent, SLOTS, SlotUse, VIDEO_SLOTS, VOICES, Voice};
use crate::stream::ids::{LegKey, ParticipantKey, SourceKind};
use std::time::{Duration, Instant};

/// Shortest time between two lists of speakers, and between two lists of slots that differ in
/// voices only.
const VOICES_EVERY: Duration = Duration::from_millis(200);

/// How much louder someone must be than the first of the list to become first, in dB.
const LEAD_DB: u8 = 6;

impl Room {
    /// Hands out what happened since the last call. Cheap when nothing did.
    pub fn events(&mut self, tell: &mut impl FnMut(RoomEvent<'_>)) {
        for (participant, source, has_started) in self.source_events.drain(..) {
            tell(if has_started {
                RoomEvent::SourceStarted { participant, source }
            } else {
                RoomEvent::SourceStopped { participant, source }
            });
        }
        for (leg, source) in self.remote_keyframes.drain(..) {
            tell(RoomEvent::RemoteKeyframe { leg, source });
        }
        for (leg, source, layers, is_local) in self.layer_news.drain(..) {
            tell(if is_local {
                RoomEvent::LayersNeeded { leg, source, layers }
            } else {
                RoomEvent::RemoteLayersNeeded { leg, source, layers }
            });
        }
        let audio = self.audio_uses();
        // A large room has many viewers, and mostly none of them is to be told anything.
        let viewers = if std::mem::take(&mut self.has_slot_news) { &mut self.viewers[..] } else { &mut [] };
        for viewer in viewers.iter_mut().flatten().filter(|viewer| viewer.slots_changed) {
            viewer.slots_changed = false;
            let none = SlotUse {
                slot: 0,
                participant: ParticipantKey(0),
                source: SourceKind::Camera,
                is_paused: false,
                is_unreadable: false,
            };
            let mut uses = [none; SLOTS];
            let mut count = 0;
            let video = viewer.slots[..VIDEO_SLOTS].iter().enumerate().filter_map(|(at, slot)| {
                let wish = slot.wish?;
                Some(SlotUse {
                    slot: at as u8,
                    participant: wish.participant,
                    source: wish.source,
                    is_paused: slot.is_paused,
                    is_unreadable: slot.is_unreadable,
                })
            });
            let own = viewer.participant;
            let heard = audio.iter().flatten().copied().filter(|it| it.participant != own);
            let heard = heard.filter_map(|it| told_in(viewer, it, self.lead, &self.publishers));
            for slot_use in video.chain(heard) {
                uses[count] = slot_use;
                count += 1;
            }
            tell(RoomEvent::Slots { leg: viewer.key, slots: &uses[..count] });
        }
        if self.speakers_changed {
            self.speakers_changed = false;
            tell(RoomEvent::Speakers(&self.speakers[..self.speaker_count]));
        }
    }

    pub(super) fn tell_changes(&mut self, now: Instant) {
        if now < self.next_voices_at {
            return;
        }
        if self.voices_changed {
            self.voices_changed = false;
            self.has_slot_news = true;
            self.next_voices_at = now + VOICES_EVERY;
            for viewer in self.viewers.iter_mut().flatten() {
                viewer.slots_changed = true;
            }
        }
        let mut speakers = [Voice { participant: ParticipantKey(0), level_dbov: 127 }; VOICES];
        let mut count = 0;
        for (stream, level_dbov) in self.voices.speaking(now) {
            if let Some(publisher) = publisher_of(&self.publishers, stream) {
                speakers[count] = Voice { participant: publisher.participant, level_dbov };
                count += 1;
            }
        }
        if is_news(&self.speakers[..self.speaker_count], &speakers[..count]) {
            (self.speakers, self.speaker_count) = (speakers, count);
            self.speakers_changed = true;
            self.next_voices_at = now + VOICES_EVERY;
        }
    }

    fn audio_uses(&self) -> [Option<SlotUse>; VOICES + 1] {
        let holders = self.voices.holders();
        std::array::from_fn(|at| {
            let (stream, source) = match holders.get(at) {
                Some(holder) => ((*holder)?, SourceKind::Microphone),
                None => (self.screen_sound?.0, SourceKind::ScreenAudio),
            };
            let participant = publisher_of(&self.publishers, stream)?.participant;
            let slot = (VIDEO_SLOTS + at) as u8;
            Some(SlotUse { slot, participant, source, is_paused: false, is_unreadable: false })
        })
    }

    pub(super) fn note_stopped(&mut self, leg: &Publisher) {
        if leg.uplink.is_none() {
            return;
        }
        for source in SourceKind::ALL.into_iter().filter(|source| leg.is_sending(*source)) {
            self.source_events.push((leg.participant, source, false));
        }
    }

    pub(super) fn forget_wishes_for(&mut self, leg: LegKey) {
        self.remote_keyframes.retain(|(other, _)| *other != leg);
        self.layer_news.retain(|(other, ..)| *other != leg);
    }
}

/// Whether `now` differs from `before` in who speaks, or in who leads by a clear margin. Two people
/// of the same loudness do not change places five times a second.
fn is_news(before: &[Voice], now: &[Voice]) -> bool {
    let level_now = |of: &Voice| now.iter().find(|it| it.participant == of.participant);
    let same_people = before.len() == now.len() && before.iter().all(|it| level_now(it).is_some());
    let (Some(leader), Some(loudest)) = (before.first().and_then(level_now), now.first()) else {
        return !same_people;
    };
    !same_people || loudest.level_dbov + LEAD_DB <= leader.level_dbov
}

fn publisher_of(publishers: &[Option<Publisher>], stream: u32) -> Option<&Publisher> {
    publishers.get(split_number(stream).0)?.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &[(u32, u8)], now: &[(u32, u8)], expected: bool) {
        let voices = |list: &[(u32, u8)]| -> Vec<Voice> {
            list.iter()
                .map(|(participant, level_dbov)| Voice {
                    participant: ParticipantKey(*participant),
                    level_dbov: *level_dbov,
                })
                .collect()
        };
        assert_eq!(is_news(&voices(before), &voices(now)), expected, "{before:?} {now:?}");
    }

    #[test]
    fn list_of_speakers_is_told_when_people_change_or_the_lead_does_clearly() {
        check(&[], &[], false);
        check(&[], &[(1, 30)], true);
        check(&[(1, 30)], &[], true);
        check(&[(1, 30)], &[(2, 30)], true);
        check(&[(1, 30), (2, 31)], &[(2, 28), (1, 30)], false);
        check(&[(1, 30), (2, 31)], &[(2, 24), (1, 30)], true);
        check(&[(1, 30), (2, 31)], &[(1, 30), (2, 50)], false);
    }
}
