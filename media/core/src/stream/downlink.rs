//! One slot of a viewer: a single endless stream to the browser, whatever stands behind it.
//!
//! Called by the room for each packet that goes to the slot, and for each NACK about it. Numbers,
//! times and picture ids continue over every switch; within a stretch of one source they follow from
//! the source's, so no map per packet is needed to answer a NACK, except for a layered
//! stream of which packets are left out.

use super::sequence::{Seen, SeenWindow, extend};
use super::slab::PacketMeta;
use super::stretch::{Origin, Rewritten, Stretch, hurried_ticks};
use super::thinning::{Fate, Numbered, Renumbering};
use crate::payload::Codec;
use std::time::Instant;

/// Switches that a NACK can look back over.
pub const MAX_STRETCHES: usize = 8;
/// First index of a slot; the rollover counter of SRTP starts at 0 (RFC 3711 section 3.3.1), so
/// there is no spare cycle below it.
const FIRST_INDEX: u64 = 1;
/// A stream whose times go on where those of the one before are, within this part of a second, shares its clock.
const CLOSE: u32 = 20;

/// What goes out for a packet of a layered stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// The packet itself.
    Media(Rewritten),
    /// Padding in its place: it was given a number when it was missing, and is not part of what goes.
    Fill { index: u64, timestamp: u32 },
}

/// State of one slot.
pub struct Downlink {
    ssrc: u32,
    rtx_ssrc: u32,
    clock_hz: u32,
    /// The last [`MAX_STRETCHES`], in a circle; most slots of a viewer are never used.
    stretches: Vec<Stretch>,
    newest_stretch: usize,
    /// Numbers of the stream that runs, or indices where packets are left out.
    sent: SeenWindow,
    /// Of a slot that has had a layered stream.
    numbers: Option<Box<Renumbering>>,
    next_index: u64,
    next_rtx_index: u64,
    codec: Codec,
    last_timestamp: u32,
    last_at: Option<Instant>,
    last_picture_id: u16,
    last_tl0: u8,
    last_frame: u16,
    packets: u32,
    octets: u32,
}

impl Downlink {
    /// A slot that has sent nothing. `clock_hz` is the RTP clock of its m-line.
    #[must_use]
    pub fn new(ssrc: u32, rtx_ssrc: u32, clock_hz: u32) -> Self {
        Self {
            ssrc,
            rtx_ssrc,
            clock_hz,
            stretches: Vec::new(),
            newest_stretch: 0,
            sent: SeenWindow::default(),
            numbers: None,
            next_index: FIRST_INDEX,
            next_rtx_index: FIRST_INDEX,
            codec: Codec::Opus,
            last_timestamp: 0,
            last_at: None,
            last_picture_id: 0,
            last_tl0: 0,
            last_frame: 0,
            packets: 0,
            octets: 0,
        }
    }

    /// SSRC of the media.
    #[must_use]
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// SSRC of the retransmissions.
    #[must_use]
    pub const fn rtx_ssrc(&self) -> u32 {
        self.rtx_ssrc
    }

    /// RTP time of the last packet.
    #[must_use]
    pub const fn timestamp(&self) -> u32 {
        self.last_timestamp
    }

    /// Codec of the last packet.
    #[must_use]
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Whether the running stretch is of this stream in this epoch.
    #[must_use]
    pub fn runs(&self, stream: u32, epoch: u32) -> bool {
        self.running().is_some_and(|run| run.stream == stream && run.epoch == epoch)
    }

    /// Whether the running stretch leaves packets out.
    #[must_use]
    pub fn is_thinned(&self) -> bool {
        self.running().is_some_and(|run| run.is_thinned)
    }

    /// Begins a stretch at `meta`, the first packet of a key frame or any packet of sound, and
    /// passes it on. `fate` says what became of it in a layered stream, of which packets are left
    /// out; the first such stretch of a slot allocates. `live` says how many packets behind `meta` are
    /// replayed, and the time of the newest one.
    pub fn switch(
        &mut self,
        now: Instant,
        stream: u32,
        meta: &PacketMeta,
        fate: Option<Fate>,
        live: Option<(u16, u32)>,
    ) -> Rewritten {
        let newest = live.map_or(meta.timestamp, |(_, timestamp)| timestamp);
        let behind = newest.wrapping_sub(meta.timestamp);
        let timestamp = match self.last_at {
            // Elapsed wall time: the browser's jitter buffer then sees a pause, not a jump.
            Some(last_at) => {
                let least = hurried_ticks(behind) + 1;
                let elapsed = self.ticks_since(last_at, now).max(least);
                let along =
                    self.ticks_along(newest).filter(|it| it.abs_diff(elapsed) <= self.clock_hz / CLOSE);
                self.last_timestamp.wrapping_add(along.filter(|_| live.is_none()).unwrap_or(elapsed))
            }
            None => newest,
        };
        let (picture_id, tl0) = meta.picture.map_or((0, 0), |fields| (fields.picture_id, fields.tl0));
        let stretch = Stretch {
            stream,
            epoch: meta.epoch,
            first_index: self.next_index,
            first_sequence: meta.sequence,
            timestamp_offset: timestamp.wrapping_sub(newest),
            picture_id_offset: self.last_picture_id.wrapping_add(1).wrapping_sub(picture_id),
            tl0_offset: self.last_tl0.wrapping_add(1).wrapping_sub(tl0),
            frame_offset: self.last_frame.wrapping_add(1).wrapping_sub(meta.frame),
            replayed: live.map_or(0, |(count, _)| count),
            live_timestamp: newest,
            is_thinned: fate.is_some(),
        };
        if self.stretches.len() < MAX_STRETCHES {
            self.stretches.reserve_exact(MAX_STRETCHES - self.stretches.len());
            self.newest_stretch = self.stretches.len();
            self.stretches.push(stretch);
        } else {
            self.newest_stretch = (self.newest_stretch + 1) % MAX_STRETCHES;
            self.stretches[self.newest_stretch] = stretch;
        }
        self.sent = SeenWindow::starting_at(meta.sequence);
        let is_marked = fate.is_some_and(|fate| fate.ends_picture);
        if fate.is_some() {
            self.sent = SeenWindow::starting_at(self.next_index);
            let numbers = match &mut self.numbers {
                Some(numbers) => {
                    numbers.restart(meta.sequence, self.next_index);
                    numbers
                }
                none => none.insert(Box::new(Renumbering::starting(meta.sequence, self.next_index))),
            };
            if is_marked {
                numbers.mark(self.next_index);
            }
        }
        let mut rewritten = stretch.rewrite(meta, self.next_index, is_marked);
        // RFC 3551 section 4.1: the first packet after silence is marked.
        rewritten.marker |= !meta.codec.is_video();
        self.count(now, meta, &rewritten);
        rewritten
    }

    /// Passes a packet of a layered stream on, or not. `is_within` says that it belongs to the same
    /// frame as the newest one before it.
    pub fn forward_thinned(
        &mut self,
        now: Instant,
        meta: &PacketMeta,
        fate: Fate,
        is_within: bool,
    ) -> Option<Passed> {
        let stretch = *self.running()?;
        if meta.sequence < stretch.first_sequence {
            return None;
        }
        let numbers = self.numbers.as_mut()?;
        let (index, is_filled) = match numbers.number(meta.sequence, fate.is_passed, is_within) {
            Numbered::Goes(index) => (index, false),
            Numbered::Fill(index) => (index, true),
            Numbered::Left => return None,
        };
        if fate.ends_picture {
            numbers.mark(index);
        }
        let seen = self.sent.note(index);
        if matches!(seen, Seen::Again | Seen::Unknown) {
            return None;
        }
        if is_filled {
            self.packets = self.packets.wrapping_add(1);
            return Some(Passed::Fill { index, timestamp: self.last_timestamp });
        }
        let rewritten = stretch.rewrite(meta, index, fate.ends_picture);
        self.note(now, meta, &rewritten, seen);
        Some(Passed::Media(rewritten))
    }

    /// Passes a packet of the running stretch on; `None` when it was passed on before, is older
    /// than the stretch, or so late that only a NACK can still fetch it.
    pub fn forward(&mut self, now: Instant, meta: &PacketMeta) -> Option<Rewritten> {
        let stretch = *self.running()?;
        if meta.sequence < stretch.first_sequence {
            return None;
        }
        let seen = self.sent.note(meta.sequence);
        if matches!(seen, Seen::Again | Seen::Unknown) {
            return None;
        }
        let rewritten = stretch.rewrite(meta, stretch.index(meta.sequence), false);
        self.note(now, meta, &rewritten, seen);
        Some(rewritten)
    }

    /// Where the packet that went out with `sequence` came from.
    #[must_use]
    pub fn origin(&self, sequence: u16) -> Option<Origin> {
        let newest = self.next_index.checked_sub(1)?;
        // The index has no spare cycle below it, so `extend` may wrap far up: caught by the test
        // against `newest`.
        let index = extend(newest, sequence);
        if index > newest {
            return None;
        }
        let stretch = self
            .stretches
            .iter()
            .filter(|stretch| stretch.first_index <= index)
            .max_by_key(|stretch| stretch.first_index)?;
        let (sequence, is_marked) = if stretch.is_thinned {
            self.numbers.as_ref()?.find(index, stretch.first_sequence)?
        } else {
            (stretch.first_sequence + (index - stretch.first_index), false)
        };
        Some(Origin { stream: stretch.stream, sequence, index, is_marked, stretch: *stretch })
    }

    /// Index for the next retransmission.
    pub fn next_rtx(&mut self) -> u64 {
        let index = self.next_rtx_index;
        self.next_rtx_index += 1;
        index
    }

    /// RTP time at `now`, packets and payload octets for a sender report; `None` before the
    /// first packet.
    #[must_use]
    pub fn sender_facts(&self, now: Instant) -> Option<(u32, u32, u32)> {
        let last_at = self.last_at?;
        let timestamp = self.last_timestamp.wrapping_add(self.ticks_since(last_at, now));
        Some((timestamp, self.packets, self.octets))
    }

    /// What the RTP time `timestamp` of `stream` is in this slot, when the stream runs here.
    #[must_use]
    pub fn outgoing_time(&self, stream: u32, timestamp: u32) -> Option<u32> {
        let run = self.running().filter(|run| run.stream == stream)?;
        Some(timestamp.wrapping_add(run.timestamp_offset))
    }

    fn running(&self) -> Option<&Stretch> {
        self.stretches.get(self.newest_stretch)
    }

    /// By how much the time of a packet is later than the last one, were it of the running stretch: two mixes of
    /// one mixer share a clock, and their samples follow each other without a gap. `None` when it is not later.
    fn ticks_along(&self, timestamp: u32) -> Option<u32> {
        let as_before = timestamp.wrapping_add(self.running()?.timestamp_offset);
        let ticks = as_before.wrapping_sub(self.last_timestamp);
        (1..1 << 31).contains(&ticks).then_some(ticks)
    }

    fn ticks_since(&self, then: Instant, now: Instant) -> u32 {
        let micros = now.saturating_duration_since(then).as_micros();
        (micros * u128::from(self.clock_hz) / 1_000_000) as u32
    }

    fn note(&mut self, now: Instant, meta: &PacketMeta, rewritten: &Rewritten, seen: Seen) {
        if seen == Seen::Newest {
            return self.count(now, meta, rewritten);
        }
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(u32::from(meta.payload_len));
    }

    fn count(&mut self, now: Instant, meta: &PacketMeta, rewritten: &Rewritten) {
        self.next_index = rewritten.index + 1;
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(u32::from(meta.payload_len));
        self.codec = meta.codec;
        if self.last_at.is_none() || rewritten.timestamp != self.last_timestamp {
            self.last_timestamp = rewritten.timestamp;
            self.last_at = Some(now);
        }
        self.last_frame = rewritten.frame.unwrap_or(self.last_frame);
        if let Some((picture_id, tl0)) = rewritten.picture {
            self.last_picture_id = picture_id;
            self.last_tl0 = tl0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Vp8Descriptor;
    use crate::stream::ids::Layer;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::time::Duration;

    fn meta(at: Instant, sequence: u64, frame: u16, tl0: u8, timestamp: u32) -> PacketMeta {
        let id = (0x8000 | frame).to_be_bytes();
        let payload = [0x90, 0xc0, id[0], id[1], tl0, 1];
        PacketMeta {
            at,
            sequence,
            epoch: 1,
            timestamp,
            marker: true,
            codec: Codec::Vp8,
            layer: Layer::QUARTER,
            starts_keyframe: false,
            height_px: 0,
            payload_start: 12,
            payload_len: 6,
            picture: Some(Vp8Descriptor::parse(&payload).expect("valid").fields),
            descriptor_len: 0,
            frame: 0,
            marks: None,
            primary_at: 0,
            audio_level: None,
        }
    }

    proptest! {
        // Stretches of random sources, each of one packet a frame with small reorderings: what
        // goes out has no gap, no repetition and no jump, and every packet of the last stretches
        // is found again by its outgoing number.
        #[test]
        fn everything_stays_continuous_over_random_switches_and_can_be_found_again(
            stretches in prop::collection::vec(
                (0u32..6, 100_000u64..1 << 34, any::<u16>(), any::<u8>(), any::<u32>(), 1u64..90),
                1..40,
            ),
            first_index in 0u64..200_000,
            swaps: u64,
        ) {
            let start = Instant::now();
            let mut slot = Downlink::new(1, 2, 90_000);
            slot.next_index = first_index + 1;
            let mut clock = start;
            let mut out: BTreeMap<u64, (Rewritten, u32, u64)> = BTreeMap::new();
            for (at, (stream, sequence, frame, tl0, timestamp, len)) in stretches.iter().enumerate() {
                let mut order: Vec<u64> = (0..*len).collect();
                for i in 1..order.len().saturating_sub(1) {
                    if swaps >> (i % 64) & 1 == 1 {
                        order.swap(i, i + 1);
                    }
                }
                for (place, step) in order.into_iter().enumerate() {
                    clock += Duration::from_millis(40);
                    let packet = meta(
                        clock,
                        sequence + step,
                        frame.wrapping_add(step as u16) & 0x7fff,
                        tl0.wrapping_add(step as u8),
                        timestamp.wrapping_add(step as u32 * 3600),
                    );
                    let rewritten = if place == 0 {
                        slot.switch(clock, *stream, &packet, None, None)
                    } else {
                        prop_assert!(slot.runs(*stream, 1));
                        slot.forward(clock, &packet).expect("reordered by one only")
                    };
                    let before = out.insert(rewritten.index, (rewritten, *stream, packet.sequence));
                    prop_assert!(before.is_none(), "index {} twice", rewritten.index);
                    prop_assert!(slot.forward(clock, &packet).is_none(), "a repetition passed");
                }
                let _ = at;
            }
            let mut before: Option<Rewritten> = None;
            for (rewritten, _, _) in out.values() {
                if let Some(before) = before {
                    prop_assert_eq!(rewritten.index, before.index + 1);
                    let (id, tl0) = rewritten.picture.expect("vp8");
                    let (id_before, tl0_before) = before.picture.expect("vp8");
                    prop_assert_eq!(id, (id_before + 1) & 0x7fff);
                    prop_assert_eq!(tl0, tl0_before.wrapping_add(1));
                    let step = rewritten.timestamp.wrapping_sub(before.timestamp) as i32;
                    prop_assert!(step > 0 && step <= 3 * 3600, "step {}", step);
                }
                before = Some(*rewritten);
            }
            let reach: u64 = stretches.iter().rev().take(MAX_STRETCHES).map(|it| it.5).sum();
            for (rewritten, stream, sequence) in out.values().rev().take(reach as usize) {
                let origin = slot.origin(rewritten.index as u16).expect("within reach");
                prop_assert_eq!((origin.stream, origin.sequence), (*stream, *sequence));
            }
            prop_assert!(slot.origin((slot.next_index + 5) as u16).is_none());
        }
    }

    #[test]
    fn pause_becomes_elapsed_time_and_sender_reports_go_on_counting() {
        let start = Instant::now();
        let mut slot = Downlink::new(1, 2, 90_000);
        assert!(slot.sender_facts(start).is_none());
        slot.switch(start, 1, &meta(start, 100_000, 5, 5, 777), None, None);
        let later = start + Duration::from_secs(2);
        let after = slot.switch(later, 2, &meta(later, 200_000, 900, 90, 123_456_789), None, None);
        assert_eq!(after.timestamp, 777 + 180_000);
        let facts = slot.sender_facts(later + Duration::from_millis(100)).expect("has sent");
        assert_eq!(facts, (777 + 189_000, 2, 12));
    }

    #[test]
    fn streams_that_share_a_clock_follow_each_other_to_the_sample() {
        let start = Instant::now();
        let mut slot = Downlink::new(1, 2, 48_000);
        slot.switch(start, 1, &meta(start, 100_000, 5, 5, 777), None, None);
        // Three milliseconds late, then early.
        for (stream, at, timestamp) in [(2, 23, 777 + 960), (1, 37, 777 + 1_920)] {
            let at = start + Duration::from_millis(at);
            let sent = slot.switch(at, stream, &meta(at, 7, 5, 5, timestamp), None, None);
            assert_eq!(sent.timestamp, timestamp);
        }
        // Another clock, and one that stands where it was.
        for (at, timestamp) in [(57, 5_000_000), (77, 5_000_000)] {
            let at = start + Duration::from_millis(at);
            let before = slot.timestamp();
            let sent = slot.switch(at, 3, &meta(at, 7, 5, 5, timestamp), None, None);
            assert_eq!(sent.timestamp, before + 960);
        }
    }

    #[test]
    fn stream_that_was_restarted_answers_no_old_nack() {
        let start = Instant::now();
        let mut slot = Downlink::new(1, 2, 90_000);
        let first = meta(start, 100_000, 5, 5, 777);
        let sent = slot.switch(start, 1, &first, None, None);
        let origin = slot.origin(sent.index as u16).expect("just sent");
        assert_eq!(origin.rewrite(&first), Some(sent));
        let mut restarted = first;
        restarted.epoch = 2;
        assert_eq!(origin.rewrite(&restarted), None);
    }

    #[test]
    fn replayed_pictures_stand_close_together_and_those_after_them_keep_their_pace() {
        let start = Instant::now();
        let mut slot = Downlink::new(1, 2, 90_000);
        slot.switch(start, 1, &meta(start, 100_000, 5, 5, 777), None, None);
        let now = start + Duration::from_millis(5);
        let packet = |step: u16| {
            let timestamp = (u32::MAX - 60_000).wrapping_add(u32::from(step) * 3_600);
            meta(now, 500_000 + u64::from(step), step, step as u8, timestamp)
        };
        let live = Some((49, packet(49).timestamp));
        let mut out = vec![slot.switch(now, 2, &packet(0), None, live)];
        out.extend((1..60).map(|step| slot.forward(now, &packet(step)).expect("in order")));
        let steps: Vec<_> =
            out.windows(2).map(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp)).collect();
        assert!(out[0].timestamp > 777, "{}", out[0].timestamp);
        assert!(steps[..49].iter().all(|step| (1..60).contains(step)), "{steps:?}");
        assert!(steps[49..].iter().all(|step| *step == 3_600), "{steps:?}");
        for (step, sent) in (0..60).zip(&out) {
            let origin = slot.origin(sent.index as u16).expect("just sent");
            assert_eq!(origin.rewrite(&packet(step)), Some(*sent));
        }
    }
}
