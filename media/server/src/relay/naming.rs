//! Turns words and packets of shards into those of the relay and back. Used by `endpoint` and `peer`.
//! What comes from a peer is looked at here once more before a shard sees it.

use crate::shard::links::{RelayHead, Word};
use crate::shard::naming as names;
use media_control::Rid;
use media_core::packet::descriptor::DescriptorHead;
use media_core::packet::rtp::AudioLevel;
use media_core::payload::{self, Codec};
use media_core::room::Audience;
use media_core::stream::ids::{Layer, LayerSet, StreamKey};
use media_core::stream::slab::{PacketMeta, SLOT_BYTES};
use media_relay::{self as relay, ClockOffset, ConferenceWord, Frame, LegWord, NodeClock, PacketHead, Route};
use std::time::{Duration, Instant};

/// Oldest arrival that is believed; history here is no longer either.
const OLDEST: Duration = Duration::from_secs(2);
/// Where a payload lies in its slot, if it leaves that much room.
const PAYLOAD_START: usize = 100;
/// Least room before a payload: the prefix of a repair (RFC 4588).
const LEAST_START: usize = 2;

const fn rid(layer: Layer) -> Rid {
    match layer.index() {
        0 => Rid::Q,
        1 => Rid::H,
        _ => Rid::F,
    }
}

const fn layer(rid: Rid) -> Layer {
    match rid {
        Rid::Q => Layer::QUARTER,
        Rid::H => Layer::HALF,
        Rid::F => Layer::FULL,
    }
}

fn layer_bits(layers: LayerSet) -> u8 {
    layers.iter().fold(0, |bits, layer| bits | 1 << layer.index())
}

fn layer_set(bits: u8) -> LayerSet {
    let named = Layer::ALL.into_iter().filter(|layer| bits & 1 << layer.index() != 0);
    named.fold(LayerSet::NONE, LayerSet::with)
}

/// The frame for `word`; `None` for words that stay in the process.
pub(crate) fn frame(word: Word, route: Route, clock: &NodeClock) -> Option<Frame<'static>> {
    let of_leg = |leg, word| Some(Frame::Leg { route, leg: names::leg_id(leg), word });
    match word {
        Word::Joined { conference, leg, participant } => {
            let (leg, participant) = (names::leg_id(leg), names::participant_id(participant));
            Some(Frame::Conference { route, conference, word: ConferenceWord::Joined { leg, participant } })
        }
        Word::Wanted { conference, participant, source, is_wanted } => {
            let (participant, source) = (names::participant_id(participant), names::source(source));
            let word = ConferenceWord::Wanted { participant, source, is_wanted };
            Some(Frame::Conference { route, conference, word })
        }
        Word::Left { leg } => of_leg(leg, LegWord::Left),
        Word::KeyframeNeeded { leg, source } => {
            of_leg(leg, LegWord::KeyframeNeeded { source: names::source(source) })
        }
        Word::LayersNeeded { leg, source, layers } => {
            let source = names::source(source);
            of_leg(leg, LegWord::LayersNeeded { source, layers: layer_bits(layers) })
        }
        Word::ClockMap { leg, source, layer, ntp, timestamp, at } => {
            let (source, layer, arrived_us) = (names::source(source), rid(layer), clock.us(at));
            of_leg(leg, LegWord::ClockMap { source, layer, ntp, timestamp, arrived_us })
        }
        Word::Attends { .. } | Word::ShardHere { .. } | Word::ShardGone | Word::Began { .. } => None,
    }
}

/// The word of a peer about a leg; the time of a clock map becomes one of our clock.
pub(crate) fn leg_word(leg: media_control::LegId, word: LegWord, times: &Times<'_>) -> Word {
    let leg = names::leg_key(leg);
    match word {
        LegWord::Left => Word::Left { leg },
        LegWord::KeyframeNeeded { source } => {
            Word::KeyframeNeeded { leg, source: names::source_kind(source) }
        }
        LegWord::LayersNeeded { source, layers } => {
            Word::LayersNeeded { leg, source: names::source_kind(source), layers: layer_set(layers) }
        }
        LegWord::ClockMap { source, layer: rid, ntp, timestamp, arrived_us } => {
            let (source, layer) = (names::source_kind(source), layer(rid));
            let at = times.clock.instant(times.theirs.to_ours(arrived_us), times.now, OLDEST);
            Word::ClockMap { leg, source, layer, ntp, timestamp, at }
        }
    }
}

/// The word of a peer about a conference.
pub(crate) fn conference_word(conference: media_control::ConferenceId, word: ConferenceWord) -> Word {
    match word {
        ConferenceWord::Joined { leg, participant } => {
            let (leg, participant) = (names::leg_key(leg), names::participant_key(participant));
            Word::Joined { conference, leg, participant }
        }
        ConferenceWord::Wanted { participant, source, is_wanted } => {
            let (participant, source) = (names::participant_key(participant), names::source_kind(source));
            Word::Wanted { conference, participant, source, is_wanted }
        }
        ConferenceWord::Attends { is_attending } => Word::Attends { conference, is_attending },
    }
}

/// The head of a packet on its way out.
pub(crate) fn packet_head(head: &RelayHead, clock: &NodeClock) -> PacketHead {
    let StreamKey { leg, source, layer } = head.stream;
    let (leg, source) = (names::leg_id(leg), names::source(source));
    PacketHead {
        stream: relay::StreamName { leg, source, layer: rid(layer) },
        arrived_us: clock.us(head.meta.at),
        sequence: head.meta.sequence,
        epoch: head.meta.epoch,
        timestamp: head.meta.timestamp,
        marker: head.meta.marker,
        descriptor_len: head.meta.descriptor_len,
        codec: match head.meta.codec {
            Codec::Vp8 => relay::Codec::Vp8,
            Codec::H264 => relay::Codec::H264,
            Codec::Vp9 => relay::Codec::Vp9,
            Codec::Av1 => relay::Codec::Av1,
            Codec::H265 => relay::Codec::H265,
            Codec::Opus => relay::Codec::Opus,
            Codec::OpusStereo => relay::Codec::OpusStereo,
            Codec::Red => relay::Codec::Red,
        },
        audio_level: head.meta.audio_level.map(|level| (level.below_overload_db, level.is_voice)),
        audience: relay::Audience::ALL,
    }
}

/// The clocks that tell when a packet arrived at its first node.
pub(crate) struct Times<'a> {
    pub(crate) now: Instant,
    pub(crate) clock: &'a NodeClock,
    pub(crate) theirs: &'a ClockOffset,
}

/// The head of a packet from shard `from` of a peer, whose `body` is descriptor and payload; `None` when
/// they are not what the head says. Nothing that can be read in the payload is taken from the head.
pub(crate) fn relay_head(
    head: &PacketHead,
    body: &[u8],
    from: usize,
    times: &Times<'_>,
) -> Option<RelayHead> {
    let source = names::source_kind(head.stream.source);
    let codec = match head.codec {
        relay::Codec::Vp8 => Codec::Vp8,
        relay::Codec::H264 => Codec::H264,
        relay::Codec::Vp9 => Codec::Vp9,
        relay::Codec::Av1 => Codec::Av1,
        relay::Codec::H265 => Codec::H265,
        relay::Codec::Opus => Codec::Opus,
        relay::Codec::OpusStereo => Codec::OpusStereo,
        relay::Codec::Red => Codec::Red,
    };
    let layer = layer(head.stream.layer);
    if !source.carries(codec) || (!source.is_video() && layer != Layer::QUARTER) {
        return None;
    }
    let (descriptor, payload) = body.split_at_checked(usize::from(head.descriptor_len))?;
    let least = LEAST_START + descriptor.len();
    let room = SLOT_BYTES.checked_sub(payload.len()).filter(|room| *room >= least)?;
    let seen = payload::look(codec, descriptor, payload)?;
    let stream = StreamKey { leg: names::leg_key(head.stream.leg), source, layer };
    let arrived_us = times.theirs.to_ours(head.arrived_us);
    let meta = PacketMeta {
        at: times.clock.instant(arrived_us, times.now, OLDEST),
        sequence: head.sequence,
        epoch: head.epoch,
        timestamp: head.timestamp,
        marker: head.marker,
        codec,
        layer,
        starts_keyframe: seen.starts_keyframe,
        height_px: seen.height_px,
        payload_start: PAYLOAD_START.max(least).min(room) as u16,
        payload_len: payload.len() as u16,
        picture: seen.picture,
        descriptor_len: head.descriptor_len,
        frame: DescriptorHead::parse(descriptor).map_or(0, |head| head.frame),
        marks: None,
        primary_at: seen.primary_at,
        audio_level: head
            .audio_level
            .map(|(below_overload_db, is_voice)| AudioLevel { is_voice, below_overload_db }),
    };
    let named = head.audience.named().iter().map(|it| names::participant_key(*it));
    let audience = Audience::of(head.audience.is_only(), named);
    Some(RelayHead { stream, meta, audience, shards: from as u64 })
}
