//! Hands packets out: the batch to its viewers, one viewer at a time, and repairs on demand.
//!
//! Called by the shard through `Room`. Allocates nothing once lists have grown to their load.

use super::evening::even_out;
use super::hearing::heard_in;
use super::pacer::Held;
use super::publisher::{Publisher, STREAMS_PER_LEG, Stream, source_of, split_number};
use super::types::{AUDIO_SLOTS, Outgoing, Purpose, RoomCounters, VIDEO_SLOTS};
use super::viewer::{Slot, Viewer, Work};
use super::{BatchItem, GONE_STREAM, Room};
use crate::packet::negotiated::rtx_of;
use crate::packet::rtp_write::OutgoingHeader;
use crate::payload::Codec;
use crate::stream::downlink::Passed;
use crate::stream::group::Group;
use crate::stream::ids::LegKey;
use crate::stream::slab::{NewFields, PacketId, PacketMeta, PacketSlab};
use crate::stream::stretch::Rewritten;
use crate::stream::thinning::{Fate, Thinning};
use std::time::Instant;

/// Sequence numbers of one NACK that are looked at; a jitter buffer never misses more.
const MAX_NACKED: usize = 256;
/// RTP header with the transport-wide number, as the pacer counts it.
const HEADER_BYTES: usize = 20;
/// A packet of padding only: its last byte tells its length (RFC 3550 section 5.1).
const PADDING: [u8; 255] = {
    let mut bytes = [0; 255];
    bytes[254] = 255;
    bytes
};

/// The shortest packet of padding only.
const FILLING: [u8; 1] = [1];

/// What a viewer's part of a flush works on.
pub(super) struct Fan<'a, S> {
    pub now: Instant,
    pub slab: &'a mut PacketSlab,
    pub publishers: &'a [Option<Publisher>],
    pub counters: &'a mut RoomCounters,
    pub sink: &'a mut S,
}

impl Room {
    /// Hands out everything accepted since the last flush, all packets of one viewer in a row.
    pub fn flush(
        &mut self,
        now: Instant,
        slab: &mut PacketSlab,
        sink: &mut impl FnMut(LegKey, &Outgoing<'_>),
    ) {
        if self.batch.is_empty() {
            return;
        }
        if self.routes_stale {
            self.routes.rebuild(self.publishers.len() * STREAMS_PER_LEG, &self.viewers);
            self.routes_stale = false;
        }
        self.deal();
        even_out(slab, &self.batch);
        // Whoever is served last waits for all others; each is it in turn.
        self.turn = self.turn.wrapping_add(1);
        let turn = self.turn % self.busy.len().max(1);
        self.busy.rotate_left(turn);
        let mut fan = Fan { now, slab, publishers: &self.publishers, counters: &mut self.counters, sink };
        for place in self.busy.drain(..) {
            if let Some(viewer) = &mut self.viewers[place as usize] {
                viewer.pacer.fill(now, viewer.estimate.bps());
                fan.drain(viewer);
                // Taken out for the time of the loop, so that it can be read while slots change.
                let mut work = std::mem::take(&mut viewer.work);
                for Work { item, slot } in work.drain(..) {
                    fan.serve(viewer, &self.batch[item as usize], usize::from(slot));
                }
                viewer.work = work;
            }
        }
        for item in self.batch.drain(..) {
            fan.slab.release(item.packet);
        }
    }

    /// Sends what waited for its turn, and probes. Call every 5–20 ms.
    pub fn pace(
        &mut self,
        now: Instant,
        slab: &mut PacketSlab,
        sink: &mut impl FnMut(LegKey, &Outgoing<'_>),
    ) {
        self.replay(now, slab, sink);
        let mut fan = Fan { now, slab, publishers: &self.publishers, counters: &mut self.counters, sink };
        for viewer in self.viewers.iter_mut().flatten() {
            if viewer.has_transport_feedback {
                viewer.is_plan_wanted |= viewer.estimate.tick(now, viewer.sent.waiting_since());
            }
            if viewer.pacer.is_holding() {
                viewer.pacer.fill(now, viewer.estimate.bps());
                fan.drain(viewer);
            }
            if viewer.reports_arrivals(now) {
                fan.probe(viewer);
            } else if !std::mem::replace(&mut viewer.is_office_line_assumed, true) {
                viewer.estimate.assume_office_line();
                viewer.is_plan_wanted = true;
            }
        }
    }

    /// Sorts the batch by viewer.
    fn deal(&mut self) {
        for (at, item) in self.batch.iter().enumerate() {
            if item.stream == GONE_STREAM {
                continue;
            }
            let speaker = self.publishers[split_number(item.stream).0].as_ref();
            let mut give = |place: usize, viewer: &mut Viewer, slot: u8| {
                if viewer.work.is_empty() {
                    self.busy.push(place as u32);
                }
                viewer.work.push(Work { item: at as u32, slot });
            };
            match item.audio_slot {
                Some(slot) => {
                    for (place, viewer) in self.viewers.iter_mut().enumerate() {
                        let Some(viewer) = viewer else { continue };
                        let packet = (slot, &item.audience);
                        if let Some(slot) = heard_in(viewer, speaker, item.stream, self.lead, packet) {
                            give(place, viewer, slot);
                        }
                    }
                }
                None => {
                    for route in self.routes.of(item.stream) {
                        let place = route.viewer as usize;
                        if let Some(viewer) = &mut self.viewers[place] {
                            give(place, viewer, route.slot);
                        }
                    }
                }
            }
        }
    }

    /// Answers a viewer's NACK (RFC 4585 section 6.2.1) about one of its slots.
    pub fn nack(
        &mut self,
        now: Instant,
        slab: &mut PacketSlab,
        leg: LegKey,
        media_ssrc: u32,
        lost: impl Iterator<Item = u16>,
        sink: &mut impl FnMut(LegKey, &Outgoing<'_>),
    ) {
        let Some(place) = self.roster.place(leg) else { return };
        let Some(viewer) = &mut self.viewers[place] else { return };
        // The search costs, too, whatever it finds.
        if !viewer.feedback.take(now, 1) {
            self.counters.feedback_refused += 1;
            return;
        }
        let Some(slot) = viewer.slot_of(media_ssrc).filter(|slot| *slot < VIDEO_SLOTS) else {
            return;
        };
        let mut fan = Fan { now, slab, publishers: &self.publishers, counters: &mut self.counters, sink };
        for sequence in lost.take(MAX_NACKED) {
            if !viewer.feedback.take(now, 1) {
                fan.counters.feedback_refused += 1;
                return;
            }
            fan.repair(viewer, slot, sequence);
        }
    }
}

impl<S: FnMut(LegKey, &Outgoing<'_>)> Fan<'_, S> {
    fn serve(&mut self, viewer: &mut Viewer, item: &BatchItem, at: usize) {
        let id = item.packet.id();
        let Some(meta) = self.slab.meta(id).copied() else { return };
        if !viewer.takes.has(meta.codec) && !is_strippable(viewer, meta.codec) {
            return;
        }
        let slot = &mut viewer.slots[at];
        let is_live = slot.live == Some(item.stream);
        if is_live && slot.downlink.runs(item.stream, meta.epoch) {
            let is_late_start = self.forward(viewer, at, item.stream, id, &meta);
            if is_late_start {
                self.catch_up(viewer, at, item.stream, meta.sequence);
            }
            return;
        }
        let is_awaited = is_live || slot.target == Some(item.stream) || at >= VIDEO_SLOTS;
        if !is_awaited || !meta.starts_keyframe {
            return;
        }
        self.begin(viewer, at, item.stream, (id, &meta), None);
        if at < VIDEO_SLOTS {
            self.catch_up(viewer, at, item.stream, meta.sequence);
        }
    }

    /// Begins a stream in a slot at the first packet of a key frame.
    fn begin(
        &mut self,
        viewer: &mut Viewer,
        at: usize,
        stream: u32,
        (id, meta): (PacketId, &PacketMeta),
        live: Option<(u16, u32)>,
    ) {
        let slot = &mut viewer.slots[at];
        let fate = self.thin(slot, stream, meta);
        let rewritten = slot.downlink.switch(self.now, stream, meta, fate, live);
        slot.live = Some(stream);
        slot.target = None;
        self.pass(viewer, at, id, rewritten);
    }

    /// Begins a stream in a slot at the key frame that is kept, and passes on all that came since.
    pub(super) fn replay(&mut self, viewer: &mut Viewer, at: usize, stream: u32, group: &Group) {
        let Some(source) = stream_of(self.publishers, stream) else { return };
        let Some(id) = source.history.find(self.slab, group.first, self.now) else { return };
        let Some(meta) = self.slab.meta(id).copied() else { return };
        let Ok(replayed) = u16::try_from(group.newest - group.first) else { return };
        let live = Some((replayed, group.newest_timestamp));
        self.begin(viewer, at, stream, (id, &meta), live);
        self.catch_up(viewer, at, stream, meta.sequence);
    }

    /// Begins to thin a stream that offers a choice, at the first packet of a key frame.
    fn thin(&self, slot: &mut Slot, stream: u32, meta: &PacketMeta) -> Option<Fate> {
        let (leg, place) = split_number(stream);
        let (source, _) = source_of(place);
        let layered = self.publishers.get(leg)?.as_ref()?.layered(source)?;
        let (rung, marks) = (layered.ladder()?.nearest(slot.layer)?, meta.marks?);
        let thinning = Thinning::starting(&marks, rung);
        match &mut slot.thinning {
            Some(known) => **known = thinning,
            none => *none = Some(Box::new(thinning)),
        }
        let ends_picture = marks.ends && marks.spatial == rung.spatial;
        Some(Fate { is_passed: true, ends_picture })
    }

    /// Passes a packet of the running stream on, or leaves it out. True when it brought, late, what the
    /// packets after it refer to.
    fn forward(
        &mut self,
        viewer: &mut Viewer,
        at: usize,
        stream: u32,
        id: PacketId,
        meta: &PacketMeta,
    ) -> bool {
        let slot = &mut viewer.slots[at];
        if !slot.downlink.is_thinned() {
            if let Some(rewritten) = slot.downlink.forward(self.now, meta) {
                self.pass(viewer, at, id, rewritten);
            }
            return false;
        }
        let Some(source) = stream_of(self.publishers, stream) else { return false };
        // Without marks nobody knows yet; its number is kept as if it were missing.
        let (Some(thinning), Some(marks)) = (&mut slot.thinning, &meta.marks) else { return false };
        // A stream that offers no choice any more goes as it comes.
        let wished = source.ladder().and_then(|ladder| ladder.nearest(slot.layer));
        let is_within = thinning.is_newest(marks);
        let fate = thinning.fate(marks, wished.unwrap_or(thinning.rung()));
        match slot.downlink.forward_thinned(self.now, meta, fate, is_within) {
            Some(Passed::Media(rewritten)) => self.pass(viewer, at, id, rewritten),
            Some(Passed::Fill { index, timestamp }) => self.fill(viewer, at, meta.codec, index, timestamp),
            None => return false,
        }
        marks.opens && meta.sequence < source.newest
    }

    // The first packet of the key frame may have been lost and repaired, so that the packets
    // after it have already passed by.
    fn catch_up(&mut self, viewer: &mut Viewer, at: usize, stream: u32, after: u64) {
        let Some(source) = stream_of(self.publishers, stream) else { return };
        for sequence in after + 1..=source.newest {
            let Some(id) = source.history.find(self.slab, sequence, self.now) else { continue };
            let Some(meta) = self.slab.meta(id).copied() else { continue };
            self.forward(viewer, at, stream, id, &meta);
        }
    }

    /// Sends padding in the place of a packet that was missing and turned out to be left out.
    fn fill(&mut self, viewer: &mut Viewer, at: usize, codec: Codec, index: u64, timestamp: u32) {
        let header = OutgoingHeader {
            marker: false,
            is_padded: true,
            payload_type: codec.payload_type(),
            sequence: index as u16,
            timestamp,
            ssrc: viewer.slots[at].downlink.ssrc(),
            transport_sequence: Some(0),
            abs_send_time: None,
            audio_level: None,
            descriptor: &[],
        };
        self.hand_out(viewer, header, index, &FILLING, Purpose::Media);
    }

    /// Sends sound at once and a picture when its turn has come.
    fn pass(&mut self, viewer: &mut Viewer, at: usize, id: PacketId, rewritten: Rewritten) {
        let bytes = self.slab.meta(id).map_or(0, |meta| usize::from(meta.payload_len)) + HEADER_BYTES;
        if at >= VIDEO_SLOTS {
            viewer.pacer.spend(bytes);
            viewer.sound.note(bytes);
        } else if !viewer.pacer.may_pass(bytes) {
            let (sequence, bytes) = (rewritten.index as u16, bytes as u16);
            let held = Held { packet: id, sequence, bytes, slot: at as u8 };
            self.counters.paced += 1;
            viewer.tally.paced = viewer.tally.paced.wrapping_add(1);
            // What is given up here is asked for again and comes from the history.
            if !viewer.pacer.hold(held) {
                self.give_up(viewer);
            }
            return;
        }
        self.send(viewer, at, id, rewritten, None);
    }

    /// Sends what waited and may go now.
    fn drain(&mut self, viewer: &mut Viewer) {
        while let Some(held) = viewer.pacer.next() {
            let at = usize::from(held.slot);
            let rewritten = self.slab.meta(held.packet).and_then(|meta| {
                let origin = viewer.slots[at].downlink.origin(held.sequence)?;
                origin.rewrite(meta)
            });
            match rewritten {
                Some(rewritten) => self.send(viewer, at, held.packet, rewritten, None),
                None => self.give_up(viewer),
            }
        }
    }

    fn give_up(&mut self, viewer: &mut Viewer) {
        self.counters.paced_dropped += 1;
        viewer.tally.given_up = viewer.tally.given_up.wrapping_add(1);
    }

    /// Asks the link for more with padding on a retransmission stream, which every receiver takes
    /// and no decoder sees.
    fn probe(&mut self, viewer: &mut Viewer) {
        while let Some((train, bytes)) = viewer.estimate.probe_due(self.now) {
            let slots = &viewer.slots[..VIDEO_SLOTS];
            let at = slots.iter().position(|slot| slot.live.is_some()).unwrap_or(0);
            let downlink = &mut viewer.slots[at].downlink;
            let codec = if downlink.codec().is_video() { downlink.codec() } else { Codec::Vp8 };
            let Some(payload_type) = rtx_of(codec.payload_type()) else { return };
            let (ssrc, timestamp) = (downlink.rtx_ssrc(), downlink.timestamp());
            let mut left = bytes as usize;
            while left > 0 {
                let index = viewer.slots[at].downlink.next_rtx();
                let mut header = OutgoingHeader {
                    marker: false,
                    is_padded: true,
                    payload_type,
                    sequence: index as u16,
                    timestamp,
                    ssrc,
                    transport_sequence: Some(0),
                    abs_send_time: None,
                    audio_level: None,
                    descriptor: &[],
                };
                let bytes = header.written_len() + PADDING.len();
                header.transport_sequence = Some(viewer.sent.number(self.now, bytes, train));
                viewer.sent_bytes += bytes as u64;
                left = left.saturating_sub(bytes);
                self.counters.probes += 1;
                let out = Outgoing { header, index, payload: &PADDING, purpose: Purpose::Probe };
                (self.sink)(viewer.key, &out);
            }
        }
    }

    fn repair(&mut self, viewer: &mut Viewer, at: usize, sequence: u16) {
        viewer.tally.nacked = viewer.tally.nacked.wrapping_add(1);
        let Some(origin) = viewer.slots[at].downlink.origin(sequence) else {
            self.counters.nacks_missed += 1;
            return;
        };
        let found = stream_of(self.publishers, origin.stream)
            .and_then(|stream| stream.history.find(self.slab, origin.sequence, self.now))
            .and_then(|id| Some((id, origin.rewrite(self.slab.meta(id)?)?)));
        let Some((id, rewritten)) = found else {
            self.counters.nacks_missed += 1;
            return;
        };
        let bytes = self.slab.meta(id).map_or(0, |meta| usize::from(meta.payload_len)) + HEADER_BYTES;
        viewer.pacer.fill(self.now, viewer.estimate.bps());
        if !viewer.may_repair(self.now, at, rewritten.index) || !viewer.pacer.may_repair(bytes) {
            self.counters.nacks_damped += 1;
            return;
        }
        self.counters.nacks_answered += 1;
        viewer.tally.repaired = viewer.tally.repaired.wrapping_add(1);
        self.send(viewer, at, id, rewritten, Some(sequence));
    }

    fn send(
        &mut self,
        viewer: &mut Viewer,
        at: usize,
        id: PacketId,
        rewritten: Rewritten,
        original_sequence: Option<u16>,
    ) {
        let Some(meta) = self.slab.meta(id) else { return };
        let (codec, audio_level, primary_at) = (meta.codec, meta.audio_level, meta.primary_at);
        let has_descriptor = meta.descriptor_len > 0 && viewer.takes.descriptors;
        let is_stripped = is_strippable(viewer, codec);
        let as_sent = || meta.picture.map(|fields| (fields.picture_id, fields.tl0));
        let fields = NewFields {
            // Who reads descriptors gets the payload as it came: it may be encrypted.
            picture: if has_descriptor { as_sent() } else { rewritten.picture },
            frame: rewritten.frame.filter(|_| has_descriptor),
            original_sequence,
            skipped: if is_stripped { primary_at } else { 0 },
        };
        let downlink = &mut viewer.slots[at].downlink;
        let codec = if is_stripped { Codec::Opus } else { codec };
        let media_type = codec.payload_type();
        let (ssrc, payload_type, index) = match original_sequence {
            None => (downlink.ssrc(), media_type, rewritten.index),
            Some(_) => {
                let Some(rtx_type) = rtx_of(media_type) else { return };
                (downlink.rtx_ssrc(), rtx_type, downlink.next_rtx())
            }
        };
        let Some(prepared) = self.slab.prepare(id, &fields) else { return };
        let mut header = OutgoingHeader {
            marker: rewritten.marker,
            is_padded: prepared.is_padded,
            payload_type,
            sequence: index as u16,
            timestamp: rewritten.timestamp,
            ssrc,
            transport_sequence: Some(0),
            abs_send_time: None,
            audio_level,
            descriptor: prepared.descriptor,
        };
        let purpose = match original_sequence {
            None => Purpose::Media,
            Some(_) => Purpose::Repair,
        };
        let bytes = header.written_len() + prepared.payload.len();
        header.transport_sequence = Some(viewer.sent.number(self.now, bytes, 0));
        viewer.sent_bytes += bytes as u64;
        self.counters.forwarded += 1;
        (self.sink)(viewer.key, &Outgoing { header, index, payload: prepared.payload, purpose });
    }

    fn hand_out(
        &mut self,
        viewer: &mut Viewer,
        mut header: OutgoingHeader<'_>,
        index: u64,
        payload: &[u8],
        purpose: Purpose,
    ) {
        let bytes = header.written_len() + payload.len();
        header.transport_sequence = Some(viewer.sent.number(self.now, bytes, 0));
        viewer.sent_bytes += bytes as u64;
        self.counters.forwarded += 1;
        (self.sink)(viewer.key, &Outgoing { header, index, payload, purpose });
    }
}

/// Whether the viewer gets a voice without what it repeats.
fn is_strippable(viewer: &Viewer, codec: Codec) -> bool {
    codec == Codec::Red && !viewer.takes.has(Codec::Red) && viewer.takes.has(Codec::Opus)
}

fn stream_of(publishers: &[Option<Publisher>], stream: u32) -> Option<&Stream> {
    let (leg, place) = split_number(stream);
    publishers.get(leg)?.as_ref()?.streams[place].as_deref()
}

const _: () = assert!(VIDEO_SLOTS + AUDIO_SLOTS <= u8::MAX as usize);
