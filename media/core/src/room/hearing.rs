//! Which voices a leg hears: browsers all slots, a viewer with a single line of sound one at a time,
//! a sender nothing.
//!
//! Set by the shard when a leg joins, asked by `fanout` per voice packet. The one voice is the loudest,
//! with hysteresis, so that the sound does not jump between two who talk at once. Mixed sound is no voice: it
//! takes part in no choice and reaches only who asked for it, who then hears nothing besides. Of its packets of the
//! same number each listener hears the one that lacks the own voice: one stream for the ear, whichever it is.

use super::Room;
use super::audience::Audience;
use super::publisher::{Publisher, split_number};
use super::types::{SlotUse, VIDEO_SLOTS, VOICES};
use super::viewer::Viewer;
use crate::stream::ids::{LegKey, ParticipantKey};
use std::time::Instant;

/// How much louder another voice must be to become the one that is heard, in dB.
const LEAD_DB: u8 = 6;

/// What a leg hears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hearing {
    /// Every audio slot, each on its line.
    #[default]
    All,
    /// One voice at a time on the first audio slot: this participant's, or the loudest.
    One(Option<ParticipantKey>),
    /// Nothing.
    Nothing,
}

impl Room {
    /// Says what `leg` hears from now on; a leg that joins hears all.
    pub fn set_hearing(&mut self, leg: LegKey, hearing: Hearing) {
        let place = self.roster.place(leg);
        if let Some(viewer) = place.and_then(|place| self.viewers[place].as_mut()) {
            viewer.hearing = hearing;
        }
    }

    /// Says that who hears over `leg` speaks by another leg, as `voice`; `None` when nobody does.
    pub fn set_voice(&mut self, leg: LegKey, voice: Option<ParticipantKey>) {
        let place = self.roster.place(leg);
        if let Some(viewer) = place.and_then(|place| self.viewers[place].as_mut()) {
            viewer.voice = voice.unwrap_or(viewer.participant);
            // What it was told of its line of sound may be another now.
            viewer.slots_changed = true;
        }
    }

    /// Chooses the one voice anew. Cheap: looks at the holders of the voice slots.
    pub(super) fn choose_lead(&mut self, now: Instant) {
        let holders = self.voices.holders();
        let screen = self.screen_sound.map(|(stream, _)| stream);
        let standing = self.lead.filter(|lead| holders.contains(&Some(*lead)) || screen == Some(*lead));
        let level_of = |stream: u32| self.voices.speaking(now).find(|it| it.0 == stream).map(|it| it.1);
        let loudest = self.voices.speaking(now).next();
        self.lead = match (standing, loudest) {
            (Some(lead), Some((stream, level))) => {
                // Who has stopped speaking gives way at once.
                let is_beaten = level_of(lead).is_none_or(|own| level.saturating_add(LEAD_DB) <= own);
                Some(if is_beaten { stream } else { lead })
            }
            (Some(lead), None) if screen.is_none() => Some(lead),
            (None, Some((stream, _))) => Some(stream),
            (_, None) => screen.or_else(|| holders.into_iter().flatten().next()),
        };
    }
}

/// The slot of `viewer` for a packet of `speaker` in the audio slot `slot`; `None` when it is not for
/// its ears.
pub(super) fn heard_in(
    viewer: &Viewer,
    speaker: Option<&Publisher>,
    stream: u32,
    lead: Option<u32>,
    (slot, audience): (u8, &Audience),
) -> Option<u8> {
    let own = speaker.map(|speaker| speaker.participant);
    // Nobody hears himself, on whichever of his legs.
    if Some(viewer.participant) == own {
        return None;
    }
    let is_voice = usize::from(slot) < VIDEO_SLOTS + VOICES;
    let is_mixed = own.is_some_and(ParticipantKey::is_programme);
    match viewer.ears() {
        Hearing::All => (!is_mixed).then_some(slot),
        Hearing::Nothing => None,
        Hearing::One(Some(of)) => {
            let is_for_it = own == Some(of) && is_voice && (!is_mixed || audience.has(viewer.voice));
            is_for_it.then_some(VIDEO_SLOTS as u8)
        }
        Hearing::One(None) => {
            (lead == Some(stream) && own != Some(viewer.voice)).then_some(VIDEO_SLOTS as u8)
        }
    }
}

/// Whether `viewer` is told of a voice in `slot_use`, and in which of its slots.
pub(super) fn told_in(
    viewer: &Viewer,
    slot_use: SlotUse,
    lead: Option<u32>,
    publishers: &[Option<Publisher>],
) -> Option<SlotUse> {
    let first = SlotUse { slot: VIDEO_SLOTS as u8, ..slot_use };
    match viewer.ears() {
        Hearing::All => Some(slot_use),
        Hearing::Nothing => None,
        Hearing::One(Some(of)) => (slot_use.participant == of).then_some(first),
        Hearing::One(None) => {
            let leading = lead.and_then(|lead| publishers.get(split_number(lead).0)?.as_ref());
            let leading = leading.filter(|it| it.participant != viewer.voice);
            leading.is_some_and(|it| it.participant == slot_use.participant).then_some(first)
        }
    }
}
