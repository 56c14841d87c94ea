//! What shards tell each other: who is where, who looks at what, packets and key-frame wishes.
//! Called by the loop and when legs come, go and choose; the rings themselves are `links`.

use super::Shard;
use super::links::{RelayHead, Word};
use super::naming;
use media_control::ConferenceId;
use media_core::room::Verdict;
use media_core::stream::ids::{LegKey, ParticipantKey, StreamKey};
use media_core::stream::slab::PacketId;
use std::collections::HashSet;
use std::time::Instant;

/// Packets taken from one other shard in one turn; the rest comes with the next.
const RELAYED_PER_TURN: usize = 512;

impl Shard {
    /// Copies an accepted packet to every shard that has viewers of it.
    pub(super) fn relay(
        &mut self,
        now: Instant,
        room: usize,
        stream: StreamKey,
        participant: ParticipantKey,
        packet: PacketId,
    ) {
        let Self { rooms, links, slab, counters, .. } = self;
        let (Some(meta), Some(payload)) = (slab.meta(packet).copied(), slab.payload(packet)) else { return };
        let mut was_dropped = false;
        for to in links.others() {
            if rooms.is_wanted_by(to, room, (participant, stream.source)) {
                was_dropped |= !links.relay(to, RelayHead { stream, meta }, payload, counters);
            }
        }
        // What a full ring dropped no history over there can repair.
        if was_dropped
            && stream.source.is_video()
            && let Some(seat) = rooms.at(room)
        {
            seat.room.keyframe_wanted(now, stream.leg, stream.source);
        }
    }

    /// Tells every shard that a leg is here.
    pub(super) fn say_joined(&mut self, conference: &ConferenceId, leg: LegKey, participant: ParticipantKey) {
        let word = Word::Joined { conference: conference.clone(), leg, participant };
        self.links.say_to_all(&word, &mut self.counters);
    }

    /// Tells every shard that a leg is gone.
    pub(super) fn say_left(&mut self, leg: LegKey) {
        self.links.say_to_all(&Word::Left { leg }, &mut self.counters);
    }

    /// Tells the other shards which pictures the viewers of a room here look at, as far as that
    /// has changed.
    pub(super) fn say_what_is_wanted(&mut self, room: usize) {
        let Self { rooms, legs, links, counters, .. } = self;
        let Some(seat) = rooms.at(room) else { return };
        let mut wanted = HashSet::new();
        for key in &seat.local {
            if let Some(leg) = legs.by_key_mut(*key) {
                wanted.extend(
                    leg.wishes
                        .iter()
                        .map(|w| (naming::participant_key(w.participant), naming::source_kind(w.source))),
                );
            }
        }
        for (participant, source) in wanted.symmetric_difference(&seat.wanted_here) {
            let word = Word::Wanted {
                conference: seat.conference.clone(),
                participant: *participant,
                source: *source,
                is_wanted: wanted.contains(&(*participant, *source)),
            };
            links.say_to_all(&word, counters);
        }
        seat.wanted_here = wanted;
    }

    /// Takes what the other shards said and sent.
    pub(super) fn take_from_shards(&mut self, now: Instant) {
        for from in self.links.others() {
            while let Some(word) = self.links.next_word(from) {
                self.take_word(now, from, word);
            }
            for _ in 0..RELAYED_PER_TURN {
                if !self.take_relayed(now, from) {
                    break;
                }
            }
        }
    }

    fn take_word(&mut self, now: Instant, from: usize, word: Word) {
        match word {
            Word::Joined { conference, leg, participant } => {
                if self.rooms.joined_elsewhere(now, from, &conference, leg, participant) {
                    self.introduce(from, &conference);
                }
            }
            Word::Left { leg } => self.rooms.left_elsewhere(now, leg),
            Word::Wanted { conference, participant, source, is_wanted } => {
                self.rooms.wanted_elsewhere(from, &conference, (participant, source), is_wanted);
            }
            Word::KeyframeNeeded { leg, source } => {
                let room = self.legs.by_key_mut(leg).and_then(|leg| leg.room);
                if let Some(seat) = room.and_then(|room| self.rooms.at(room)) {
                    seat.room.keyframe_wanted(now, leg, source);
                }
            }
            Word::LayersNeeded { leg, source, layers } => {
                let room = self.legs.by_key_mut(leg).and_then(|leg| leg.room);
                if let Some(seat) = room.and_then(|room| self.rooms.at(room)) {
                    seat.room.layers_needed(now, from, leg, source, layers);
                }
            }
        }
    }

    /// Tells a shard that has just come into a conference who is here and what is looked at here.
    fn introduce(&mut self, to: usize, conference: &ConferenceId) {
        let Some(room) = self.rooms.place_of(conference) else { return };
        let Self { rooms, legs, links, counters, .. } = self;
        let Some(seat) = rooms.at(room) else { return };
        for key in &seat.local {
            let Some(leg) = legs.by_key_mut(*key) else { continue };
            let participant = naming::participant_key(leg.participant);
            links.say(to, Word::Joined { conference: conference.clone(), leg: *key, participant }, counters);
        }
        for (participant, source) in &seat.wanted_here {
            let word = Word::Wanted {
                conference: conference.clone(),
                participant: *participant,
                source: *source,
                is_wanted: true,
            };
            links.say(to, word, counters);
        }
    }

    /// Puts the next packet from another shard into the room of its leg.
    fn take_relayed(&mut self, now: Instant, from: usize) -> bool {
        let Self { rooms, links, slab, counters, .. } = self;
        let mut reason = None;
        let has_packet = links.next_packet(from, |head, first, second| {
            counters.ring_packets += 1;
            let room = rooms.remote_leg(head.stream.leg).and_then(|(_, room)| room);
            let Some(seat) = room.and_then(|room| rooms.at(room)) else { return };
            let Some(slot) = slab.take(now) else {
                counters.slab_full += 1;
                return;
            };
            let start = usize::from(head.meta.payload_start);
            let bytes = &mut slab.bytes_mut(&slot)[start..start + first.len() + second.len()];
            let (left, right) = bytes.split_at_mut(first.len());
            left.copy_from_slice(first);
            right.copy_from_slice(second);
            match seat.room.relayed(now, slab, head.stream, slot, head.meta) {
                Verdict::Accepted { .. } => seat.has_packets = true,
                Verdict::Dropped(dropped) => reason = Some(dropped),
            }
        });
        if let Some(reason) = reason {
            self.count_drop(reason);
        }
        has_packet
    }
}
