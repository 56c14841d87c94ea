//! Takes packets into the room: latch, number, look, select voices, keep, queue for the flush.
//!
//! Called by the shard per packet through `Room`. Allocates only on the first packet of a stream.

use super::audience::Audience;
use super::publisher::{STREAMS_PER_LEG, Stream, source_of, stream_number};
use super::types::{Drop, VIDEO_SLOTS, VOICES, Verdict};
use super::voice::Heard;
use super::{BatchItem, Room};
use crate::packet::descriptor::DescriptorHead;
use crate::packet::negotiated::repaired_by;
use crate::payload::{self, Codec};
use crate::stream::arrival::RtpFacts;
use crate::stream::history::History;
use crate::stream::ids::{Layer, LegKey, SourceKind, StreamKey};
use crate::stream::marks::FrameMarks;
use crate::stream::slab::{PacketId, PacketMeta, PacketRef, PacketSlab, SLOT_BYTES};
use crate::stream::uplink::{Arrivals, Latched};
use std::time::{Duration, Instant};

/// A sound of a shared screen keeps its slot until it was silent for this long.
const SCREEN_SOUND_GONE: Duration = Duration::from_secs(2);

/// Level of a sound without the RFC 6464 extension: just loud enough to be heard when a slot is
/// free, never enough to take one over. Such a browser must not be mute for all.
const UNKNOWN_LEVEL_DBOV: u8 = 59;

impl Room {
    /// Takes an opened packet of a local leg. The slot is the room's from here on.
    pub fn incoming(
        &mut self,
        now: Instant,
        slab: &mut PacketSlab,
        leg: LegKey,
        packet: PacketRef,
        facts: &RtpFacts,
    ) -> Verdict {
        match self.admit(now, slab, leg, &packet, facts) {
            Ok((place, what, meta)) => self.accept(now, slab, (place, what), packet, meta, Audience::ALL),
            Err(reason) => {
                self.tally_refusal(leg, reason);
                self.refuse(slab, packet, reason)
            }
        }
    }

    fn tally_refusal(&mut self, leg: LegKey, reason: Drop) {
        let publisher = self.roster.place(leg).and_then(|place| self.publishers[place].as_mut());
        if let Some(uplink) = publisher.and_then(|publisher| publisher.uplink.as_mut()) {
            uplink.tally.refuse(reason);
        }
    }

    /// Takes a packet that another shard accepted. The slot must hold the payload at
    /// `meta.payload_start` (at least 2); `meta` is otherwise as [`PacketSlab::meta`] gave it
    /// there. `audience` counts for mixed sound only.
    pub fn relayed(
        &mut self,
        now: Instant,
        slab: &mut PacketSlab,
        stream: StreamKey,
        packet: PacketRef,
        meta: PacketMeta,
        audience: Audience,
    ) -> Verdict {
        let Some(place) = self.roster.place(stream.leg) else {
            return self.refuse(slab, packet, Drop::NoSuchLeg);
        };
        let fits_before = u16::from(meta.descriptor_len) + 2 <= meta.payload_start;
        if !fits(meta.payload_start, meta.payload_len) || !fits_before {
            return self.refuse(slab, packet, Drop::Malformed);
        }
        let what = Latched { source: stream.source, layer: stream.layer, is_rtx: false };
        self.accept(now, slab, (place, what), packet, PacketMeta { marks: None, ..meta }, audience)
    }

    fn refuse(&mut self, slab: &mut PacketSlab, packet: PacketRef, reason: Drop) -> Verdict {
        slab.release(packet);
        self.counters.dropped[reason as usize] += 1;
        Verdict::Dropped(reason)
    }

    fn admit(
        &mut self,
        now: Instant,
        slab: &PacketSlab,
        leg: LegKey,
        packet: &PacketRef,
        facts: &RtpFacts,
    ) -> Result<(usize, Latched, PacketMeta), Drop> {
        let place = self.roster.place(leg).ok_or(Drop::NoSuchLeg)?;
        let what = self.latch(now, place, facts)?;
        let publisher = self.publishers[place].as_mut().ok_or(Drop::NoSuchLeg)?;
        let uplink = publisher.uplink.as_mut().ok_or(Drop::NoSuchLeg)?;
        let stream_place = stream_number(0, what.source, what.layer) as usize;
        let arrivals = uplink.arrivals[stream_place].as_mut().ok_or(Drop::Unlatched)?;
        if !publisher.allowed.has(what.source) {
            // When it may be sent again, the pause is no loss.
            arrivals.restart();
            return Err(Drop::NotAllowed);
        }
        let media_type = repaired_by(facts.payload_type).unwrap_or(facts.payload_type);
        let codec = Codec::from_payload_type(media_type)
            .filter(|codec| what.source.carries(*codec))
            .ok_or(Drop::WrongCodec)?;
        if !fits(facts.payload_start, facts.payload_len) {
            return Err(Drop::Malformed);
        }
        let (mut start, mut len) = (facts.payload_start, facts.payload_len);
        let placed = if what.is_rtx {
            let bytes = &slab.bytes(packet)[usize::from(start)..usize::from(start + len)];
            let &[high, low, _, ..] = bytes else { return Err(Drop::Padding) };
            (start, len) = (start + 2, len - 2);
            arrivals.place_repaired(now, u16::from_be_bytes([high, low]), facts.timestamp)?
        } else {
            arrivals.place(now, facts.sequence, facts.timestamp, len > 0)?
        };
        uplink.tally.recovered = uplink.tally.recovered.wrapping_add(u32::from(placed.was_missing));
        let slot = slab.bytes(packet);
        let bytes = &slot[usize::from(start)..usize::from(start + len)];
        // The header that it stood in was longer than the descriptor itself.
        let descriptor = Some(&slot[..usize::from(facts.descriptor_len)]);
        let descriptor = descriptor.filter(|it| it.len() + 2 <= usize::from(start)).unwrap_or_default();
        let seen = payload::look(codec, descriptor, bytes).ok_or(Drop::Malformed)?;
        let meta = PacketMeta {
            at: now,
            sequence: placed.sequence,
            epoch: placed.epoch,
            timestamp: facts.timestamp,
            marker: facts.marker,
            codec,
            layer: what.layer,
            starts_keyframe: seen.starts_keyframe,
            height_px: seen.height_px,
            payload_start: start,
            payload_len: len,
            picture: seen.picture,
            descriptor_len: descriptor.len() as u8,
            frame: DescriptorHead::parse(descriptor).map_or(0, |head| head.frame),
            marks: None,
            primary_at: seen.primary_at,
            audio_level: facts.audio_level,
        };
        Ok((place, what, meta))
    }

    fn latch(&mut self, now: Instant, place: usize, facts: &RtpFacts) -> Result<Latched, Drop> {
        let is_rtx = repaired_by(facts.payload_type).is_some();
        let publisher = self.publishers[place].as_mut().ok_or(Drop::NoSuchLeg)?;
        let uplink = publisher.uplink.as_mut().ok_or(Drop::NoSuchLeg)?;
        publisher.has_arrived = true;
        uplink.bytes += u64::from(facts.wire_len);
        let is_sound = Codec::from_payload_type(facts.payload_type).is_some_and(|codec| !codec.is_video());
        if !uplink.may_send(now, u64::from(facts.wire_len), is_sound) {
            return Err(Drop::OverLimit);
        }
        if let Some(sequence) = facts.transport_sequence {
            uplink.recorder.note(now, sequence);
            uplink.media_ssrc = facts.ssrc;
        }
        if let Some(what) = uplink.table.known(facts.ssrc, now) {
            return if what.is_rtx == is_rtx { Ok(what) } else { Err(Drop::WrongCodec) };
        }
        // SSRCs of other legs do not matter: each leg is an RTP session of its own (RFC 3550 section
        // 3), and two of 2,500 random SSRCs of a large meeting are the same now and then.
        let what = uplink.table.latch(facts, is_rtx, now)?;
        if !is_rtx {
            match &mut uplink.arrivals[stream_number(0, what.source, what.layer) as usize] {
                Some(arrivals) => arrivals.replace_ssrc(facts.ssrc),
                empty => {
                    let clock_hz = what.source.clock_hz();
                    let repairs = what.source.is_video();
                    *empty = Some(Box::new(Arrivals::new(facts.ssrc, clock_hz, repairs, now)));
                }
            }
        }
        Ok(what)
    }

    fn accept(
        &mut self,
        now: Instant,
        slab: &mut PacketSlab,
        (place, what): (usize, Latched),
        packet: PacketRef,
        mut meta: PacketMeta,
        audience: Audience,
    ) -> Verdict {
        let number = stream_number(place, what.source, what.layer);
        let Some(publisher) = self.publishers[place].as_mut() else {
            return self.refuse(slab, packet, Drop::NoSuchLeg);
        };
        let history_packets = if what.source.is_video() { self.limits.history_packets } else { 0 };
        let stream = publisher.streams[number as usize % STREAMS_PER_LEG].get_or_insert_with(|| {
            let history = History::new(history_packets, self.limits.history_age);
            Box::new(Stream::new(now, history, meta.codec))
        });
        self.plan_wanted |= std::mem::replace(&mut stream.codec, meta.codec) != meta.codec;
        if stream.epoch == 0 || stream.source_epoch != meta.epoch {
            self.counters.stream_jumps += u64::from(stream.epoch != 0);
            stream.source_epoch = meta.epoch;
            stream.epoch = self.next_epoch;
            stream.newest = meta.sequence;
            stream.restart(now);
            self.next_epoch = self.next_epoch.wrapping_add(1).max(1);
        }
        meta.epoch = stream.epoch;
        let is_newest = meta.sequence >= stream.newest;
        stream.newest = stream.newest.max(meta.sequence);
        stream.note(now, usize::from(meta.payload_len), meta.height_px);
        let id = packet.id();
        slab.describe(&packet, meta);
        let mut layer = what.layer;
        if what.source.is_video() {
            stream.history.keep(meta.sequence, id);
            let opens_group = stream.group.note(&meta);
            let (marks, has_changed) = read_marks(stream, now, slab, id, is_newest);
            self.plan_wanted |= has_changed;
            layer = marks.as_ref().and_then(|marks| stream.layer_of(marks)).unwrap_or(layer);
            if !is_newest && meta.starts_keyframe {
                // What came before the structure that it refers to can be read now.
                for sequence in meta.sequence + 1..=stream.newest {
                    if let Some(late) = stream.history.find(slab, sequence, now) {
                        read_marks(stream, now, slab, late, true);
                        if let Some(meta) = slab.meta(late).filter(|_| opens_group) {
                            stream.group.note(meta);
                        }
                    }
                }
            }
        }
        let source = &mut publisher.sources[what.source as usize];
        source.last_at = Some(now);
        if !source.is_active {
            source.begin(now);
            self.plan_wanted = true;
            if publisher.uplink.is_some() {
                self.source_events.push((publisher.participant, what.source, true));
            }
        }
        source.simulcast = source.simulcast.with(what.layer);
        source.seen = source.seen.with(layer);
        if meta.starts_keyframe && what.source.is_video() {
            source.keyframes.came(what.layer);
        }
        let is_mixed = self.publishers[place].as_ref().is_some_and(|it| it.participant.is_programme());
        let audio_slot = match what.source {
            SourceKind::Camera | SourceKind::Screen => None,
            // Mixed sound competes with nobody; who it is for is said in `hearing`.
            SourceKind::Microphone if is_mixed => Some(0),
            SourceKind::ScreenAudio if is_mixed => return self.refuse(slab, packet, Drop::NotAllowed),
            SourceKind::Microphone => {
                let before = self.voices.holders();
                let heard = Heard {
                    stream: number,
                    level_dbov: meta.audio_level.map_or(UNKNOWN_LEVEL_DBOV, |level| level.below_overload_db),
                    is_dtx: payload::is_dtx(usize::from(meta.payload_len.saturating_sub(meta.primary_at))),
                };
                let slot = self.voices.hear(now, heard);
                self.voices_changed |= before != self.voices.holders();
                let Some(slot) = slot else {
                    return self.refuse(slab, packet, Drop::NotLoudest);
                };
                Some(slot)
            }
            SourceKind::ScreenAudio => {
                if !self.takes_screen_sound(now, number) {
                    return self.refuse(slab, packet, Drop::NotLoudest);
                }
                Some(VOICES)
            }
        };
        if self.batch.len() == self.limits.batch {
            return self.refuse(slab, packet, Drop::BatchFull);
        }
        let ends_picture = what.source.is_video().then_some(meta.marker);
        self.gathering.note(now, self.batch.is_empty(), ends_picture);
        self.batch.push(BatchItem {
            packet,
            stream: number,
            audio_slot: audio_slot.map(|slot| (VIDEO_SLOTS + slot) as u8),
            audience,
        });
        self.counters.accepted += 1;
        let (source, layer) = source_of(number as usize % STREAMS_PER_LEG);
        let relay = self.publishers[place].as_ref().is_some_and(|it| it.uplink.is_some());
        let leg = self.publishers[place].as_ref().map_or(LegKey(0), |it| it.key);
        Verdict::Accepted { stream: StreamKey { leg, source, layer }, packet: id, relay }
    }

    fn takes_screen_sound(&mut self, now: Instant, stream: u32) -> bool {
        let is_open = self.screen_sound.is_none_or(|(holder, last)| {
            holder == stream || now.saturating_duration_since(last) >= SCREEN_SOUND_GONE
        });
        if is_open {
            self.voices_changed |= self.screen_sound.is_none_or(|(holder, _)| holder != stream);
            self.screen_sound = Some((stream, now));
        }
        is_open
    }

    /// Another shard, or a viewer here, waits for a key frame of `source`.
    pub fn keyframe_wanted(&mut self, now: Instant, leg: LegKey, source: SourceKind) {
        let Some(place) = self.roster.place(leg) else { return };
        if let Some(publisher) = self.publishers[place].as_mut().filter(|_| source.is_video()) {
            // A request about one layer makes a key frame on all that are sent.
            let is_layered = publisher.layered(source).is_some();
            let smallest = Layer::ALL.into_iter().find(|layer| publisher.is_arriving(now, source, *layer));
            let smallest = smallest.map(|layer| if is_layered { Layer::QUARTER } else { layer });
            if let Some(smallest) = smallest {
                publisher.sources[source as usize].keyframes.want(smallest);
            }
        }
    }
}

/// Reads the marks of a packet that has none yet, and tells whether its stream's layers have changed.
fn read_marks(
    stream: &mut Stream,
    now: Instant,
    slab: &mut PacketSlab,
    id: PacketId,
    is_newest: bool,
) -> (Option<FrameMarks>, bool) {
    let known = slab.meta(id).map(|meta| (meta.codec, meta.marks, meta.frame));
    let (Some((codec, None, frame)), Some(descriptor), Some(payload)) =
        (known, slab.descriptor(id), slab.payload(id))
    else {
        return (None, false);
    };
    let has_descriptor = !descriptor.is_empty();
    let mut read = stream.read_marks(now, codec, descriptor, payload, is_newest);
    if let Some(marks) = &mut read.0 {
        if has_descriptor {
            // A receiver may have been sent it under another number.
            marks.frame = frame;
        }
        slab.mark(id, *marks);
    }
    read
}

const fn fits(payload_start: u16, payload_len: u16) -> bool {
    payload_start >= 2 && payload_start as usize + payload_len as usize <= SLOT_BYTES
}
