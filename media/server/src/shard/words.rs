//! What shards tell each other: who is where, who looks at what, packets and key-frame wishes.
//! Called by the loop and when legs come, go and choose; the rings themselves are `links`.

use super::Shard;
use super::addresses::Place;
use super::links::{RelayHead, Word};
use super::naming;
use media_control::ConferenceId;
use media_core::packet::rtcp::SenderReport;
use media_core::room::{Audience, Verdict};
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
        let Some(meta) = slab.meta(packet).copied() else { return };
        let parts = [slab.descriptor(packet), slab.payload(packet)].map(Option::unwrap_or_default);
        let head = RelayHead { stream, meta, audience: Audience::ALL, shards: 0 };
        let mut was_dropped = false;
        let picture = (participant, stream.source);
        for to in links.neighbours() {
            if rooms.is_wanted_by(to, room, picture) {
                was_dropped |= !links.relay(to, head, parts, counters);
            }
        }
        let away = rooms.wanted_away(&links.shards(), room, picture);
        if away != 0 {
            was_dropped |= !links.relay_away(RelayHead { shards: away, ..head }, parts, counters);
        }
        // What a full ring dropped no history over there can repair.
        if was_dropped
            && stream.source.is_video()
            && let Some(seat) = rooms.at(room)
        {
            seat.room.keyframe_wanted(now, stream.leg, stream.source);
        }
    }

    /// Tells the other shards, here and elsewhere, what a sender report says, where the stream is wanted.
    pub(super) fn say_clock(&mut self, now: Instant, place: Place, report: &SenderReport) {
        let Self { rooms, legs, links, counters, .. } = self;
        let Some((leg, room)) = legs.at(place).and_then(|leg| Some((leg, leg.room?))) else { return };
        let participant = naming::participant_key(leg.participant);
        let seen = rooms.at(room).and_then(|seat| seat.room.stream_of(leg.key, report.ssrc));
        let Some((source, layer)) = seen else { return };
        let (ntp, timestamp) = (report.ntp, report.rtp_time);
        let word = Word::ClockMap { leg: leg.key, source, layer, ntp, timestamp, at: now };
        for to in links.neighbours() {
            if rooms.is_wanted_by(to, room, (participant, source)) {
                links.say(to, word.clone(), counters);
            }
        }
        let away = rooms.wanted_away(&links.shards(), room, (participant, source));
        if away != 0 {
            links.say_away(away, word, counters);
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
                        // Sounds come unasked.
                        .filter(|w| w.source.is_video())
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
        for place in self.links.others() {
            self.begin_anew_where_words_were_lost(now, place);
            while let Some((from, word)) = self.links.next_word(place) {
                if let Some(from) = self.rooms.shard_numbered(from)
                    && self.rejoining.admits(from, &word)
                {
                    self.take_word(now, from, word);
                }
            }
            for _ in 0..RELAYED_PER_TURN {
                if !self.take_relayed(now, place) {
                    break;
                }
            }
        }
    }

    /// A neighbour had more to say than its ring and backlog hold, because we were stuck: what it told
    /// may be wrong now. Both forget what they know of each other and tell it anew.
    fn begin_anew_where_words_were_lost(&mut self, now: Instant, place: usize) {
        let Some(shard) = self.links.neighbour_at(place).filter(|_| self.links.has_lost_words(place)) else {
            return;
        };
        let generation = self.rejoining.begin(shard);
        self.counters.neighbours_rejoined += 1;
        self.rooms.shard_gone(now, shard);
        self.links.say(shard, Word::ShardHere { generation }, &mut self.counters);
        for conference in self.rooms.conferences() {
            self.introduce(shard, &conference);
        }
    }

    fn take_word(&mut self, now: Instant, from: usize, word: Word) {
        match word {
            Word::Joined { conference, leg, participant } => {
                // A leg of ours cannot be elsewhere too, whatever a relay peer says.
                if self.legs.by_key_mut(leg).is_some() {
                    self.counters.foreign_words += 1;
                } else if self.rooms.joined_elsewhere(now, from, &conference, leg, participant) {
                    self.introduce(from, &conference);
                }
            }
            Word::Left { leg } => self.rooms.left_elsewhere(now, from, leg),
            Word::Attends { conference, is_attending } => {
                if self.rooms.attends_elsewhere(from, &conference, is_attending) {
                    self.introduce(from, &conference);
                }
            }
            Word::ShardHere { generation } => {
                self.rooms.shard_gone(now, from);
                // Older words would only be passed over.
                self.links.drop_backlog(from);
                self.links.say(from, Word::Began { generation }, &mut self.counters);
                for conference in self.rooms.conferences() {
                    self.introduce(from, &conference);
                }
            }
            Word::ShardGone => self.rooms.shard_gone(now, from),
            // For the relay alone.
            Word::Began { .. } => {}
            Word::ClockMap { leg, source, layer, ntp, timestamp, at } => {
                let home = self.rooms.remote_leg(leg).filter(|(home, _)| *home == from);
                if let Some(seat) = home.and_then(|(_, room)| room).and_then(|room| self.rooms.at(room)) {
                    seat.room.clock_map(at, leg, (source, layer), ntp, timestamp);
                }
            }
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
    fn take_relayed(&mut self, now: Instant, place: usize) -> bool {
        let Self { rooms, links, slab, counters, .. } = self;
        let mut reason = None;
        let has_packet = links.next_packet(place, |head, first, second| {
            counters.ring_packets += 1;
            let home = rooms.remote_leg(head.stream.leg).filter(|(home, _)| *home as u64 == head.shards);
            let Some(seat) = home.and_then(|(_, room)| room).and_then(|room| rooms.at(room)) else { return };
            let Some(slot) = slab.take(now) else {
                counters.slab_full += 1;
                return;
            };
            if !slab.fill(&slot, &head.meta, [first, second]) {
                counters.stream_refused += 1;
                slab.release(slot);
                return;
            }
            match seat.room.relayed(now, slab, head.stream, slot, head.meta, head.audience) {
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
