//! One slot of a viewer: a single endless stream to the browser, whatever stands behind it.
//!
//! Called by the room for each packet that goes to the slot, and for each NACK about it. Numbers,
//! times and picture ids continue over every switch; within a stretch of one source they follow from
//! the source's, so no map per packet is needed to answer a NACK, except for a layered
//! stream of which packets are left out.

use super::course::Course;
pub use super::course::{MAX_STRETCHES, Passed};
use super::slab::PacketMeta;
use super::stretch::{Origin, Rewritten, Stretch};
use super::thinning::Fate;
use crate::payload::Codec;
use std::time::Instant;

/// State of one slot.
pub struct Downlink {
    ssrc: u32,
    rtx_ssrc: u32,
    clock_hz: u32,
    /// Of a slot that has sent something: most slots of a viewer are never used.
    course: Option<Box<Course>>,
}

impl Downlink {
    /// A slot that has sent nothing. `clock_hz` is the RTP clock of its m-line.
    #[must_use]
    pub fn new(ssrc: u32, rtx_ssrc: u32, clock_hz: u32) -> Self {
        Self { ssrc, rtx_ssrc, clock_hz, course: None }
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

    /// RTP time of the last packet; 0 before it.
    #[must_use]
    pub fn timestamp(&self) -> u32 {
        self.course.as_ref().map_or(0, |course| course.timestamp())
    }

    /// Codec of the last packet; Opus before it.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.course.as_ref().map_or(Codec::Opus, |course| course.codec())
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
        self.course().switch(now, stream, meta, fate, live)
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
        self.course.as_mut()?.forward_thinned(now, meta, fate, is_within)
    }

    /// Passes a packet of the running stretch on; `None` when it was passed on before, is older
    /// than the stretch, or so late that only a NACK can still fetch it.
    pub fn forward(&mut self, now: Instant, meta: &PacketMeta) -> Option<Rewritten> {
        self.course.as_mut()?.forward(now, meta)
    }

    /// Where the packet that went out with `sequence` came from.
    #[must_use]
    pub fn origin(&self, sequence: u16) -> Option<Origin> {
        self.course.as_ref()?.origin(sequence)
    }

    /// Index for the next retransmission.
    pub fn next_rtx(&mut self) -> u64 {
        self.course().next_rtx()
    }

    /// RTP time at `now`, packets and payload octets for a sender report; `None` before the
    /// first packet.
    #[must_use]
    pub fn sender_facts(&self, now: Instant) -> Option<(u32, u32, u32)> {
        self.course.as_ref()?.sender_facts(now)
    }

    /// What the RTP time `timestamp` of `stream` is in this slot, when the stream runs here.
    #[must_use]
    pub fn outgoing_time(&self, stream: u32, timestamp: u32) -> Option<u32> {
        self.course.as_ref()?.outgoing_time(stream, timestamp)
    }

    fn running(&self) -> Option<&Stretch> {
        self.course.as_ref()?.running()
    }

    fn course(&mut self) -> &mut Course {
        self.course.get_or_insert_with(|| Box::new(Course::new(self.clock_hz)))
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
            slot.course().next_index = first_index + 1;
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
            let ahead = slot.course().next_index + 5;
            prop_assert!(slot.origin(ahead as u16).is_none());
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
