//! How far the endless stream of one slot has come: numbers, times and picture ids of what went out.
//!
//! Owned by `Downlink`, from the first packet of its slot on.

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

/// How far the stream of a slot has come.
pub(super) struct Course {
    clock_hz: u32,
    /// The last [`MAX_STRETCHES`], in a circle.
    stretches: Vec<Stretch>,
    newest_stretch: usize,
    /// Numbers of the stream that runs, or indices where packets are left out.
    sent: SeenWindow,
    /// Of a slot that has had a layered stream.
    numbers: Option<Box<Renumbering>>,
    /// Index of the next packet of media.
    pub(super) next_index: u64,
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

impl Course {
    /// Nothing sent yet.
    pub fn new(clock_hz: u32) -> Self {
        Self {
            clock_hz,
            stretches: Vec::with_capacity(MAX_STRETCHES),
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

    /// RTP time of the last packet.
    pub const fn timestamp(&self) -> u32 {
        self.last_timestamp
    }

    /// Codec of the last packet.
    pub const fn codec(&self) -> Codec {
        self.codec
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

    pub fn running(&self) -> Option<&Stretch> {
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
