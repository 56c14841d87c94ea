//! The packets that a shard holds: one bounded slab, whose slots are used again in the order in which they
//! were taken, and which widens with the load.
//!
//! The shard takes a slot, opens SRTP straight into it and gives the slot to a room. While a slot
//! is *pinned* it cannot be used again; history keeps only weak [`PacketId`]s, so the oldest
//! unpinned packet makes way for a new one and its id goes stale. Never allocates after `new`.

use super::ids::Layer;
use super::marks::FrameMarks;
use crate::packet::descriptor::renumber;
use crate::packet::rtp::AudioLevel;
use crate::payload::{Codec, PictureFields};
use std::time::{Duration, Instant};

/// Bytes of one slot: an Ethernet frame's worth, so every UDP datagram without fragments fits.
pub const SLOT_BYTES: usize = 1500;

/// Slots looked at before a full slab gives up; pinned slots are those of one receive batch, so
/// a longer run of them means that somebody forgot to flush.
const MAX_PINNED_RUN: usize = 4096;

/// The right to a slot; give it to a room or back by [`PacketSlab::release`].
#[derive(Debug)]
#[must_use = "a slot that is not given back stays taken"]
pub struct PacketRef(PacketId);

impl PacketRef {
    /// The weak name of the slot.
    #[must_use]
    pub const fn id(&self) -> PacketId {
        self.0
    }
}

/// Weak name of a packet; goes stale when the slab uses the slot again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketId {
    slot: u32,
    generation: u32,
}

impl PacketId {
    /// Names no packet.
    pub const NONE: Self = Self { slot: u32::MAX, generation: 0 };
}

/// What is known of an accepted packet; all that another shard needs beside the payload.
#[derive(Clone, Copy, Debug)]
pub struct PacketMeta {
    /// When it arrived here, or at the shard that took it from the wire.
    pub at: Instant,
    /// Number within the stream without gaps for packets that were dropped on purpose.
    pub sequence: u64,
    /// Counts restarts of the stream; numbers of different epochs are not comparable.
    pub epoch: u32,
    /// The sender's RTP timestamp.
    pub timestamp: u32,
    pub marker: bool,
    pub codec: Codec,
    pub layer: Layer,
    /// First packet of a key frame.
    pub starts_keyframe: bool,
    /// Height of the picture in pixels where this packet tells it, else 0.
    pub height_px: u16,
    /// Where the payload lies in the slot.
    pub payload_start: u16,
    /// Payload without padding, in bytes.
    pub payload_len: u16,
    /// Picture ids that are rewritten per receiver.
    pub picture: Option<PictureFields>,
    /// Bytes of the dependency descriptor, which lies at the start of the slot; 0 without one.
    pub descriptor_len: u8,
    /// The descriptor's frame number.
    pub frame: u16,
    /// The frame, where the packet tells it and its room has read it.
    pub marks: Option<FrameMarks>,
    /// Where the voice itself begins in the payload of a packet with redundancy, else 0.
    pub primary_at: u16,
    /// RFC 6464 level, where the packet has one.
    pub audio_level: Option<AudioLevel>,
}

struct Slot {
    generation: u32,
    pins: u32,
    /// The slot that was taken next after this one.
    next: u32,
    kept_at: Option<Instant>,
    meta: Option<PacketMeta>,
    /// Bytes of RTP padding that lie behind the payload.
    padding: u8,
}

/// What happened to slots since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlabCounters {
    /// Slots taken.
    pub taken: u64,
    /// Packets that made way before their time (`keep` of [`PacketSlab::new`]): the slab is too
    /// small for this load and NACKs will go unanswered.
    pub evicted_early: u64,
    /// Times that no slot was free because all were pinned.
    pub refused_full: u64,
}

/// See the module's text.
pub struct PacketSlab {
    bytes: Box<[u8]>,
    slots: Box<[Slot]>,
    /// Slots that were ever taken: memory behind them is not touched before the load asks for it.
    used: usize,
    /// Ends of the line in which they stand, by when they were taken; without meaning while none was.
    oldest: u32,
    newest: u32,
    keep: Duration,
    counters: SlabCounters,
}

impl PacketSlab {
    /// A slab of `capacity` slots (at least 16) that wants to keep packets for `keep`.
    #[must_use]
    pub fn new(capacity: usize, keep: Duration) -> Self {
        let capacity = capacity.clamp(16, u32::MAX as usize - 1);
        let slots = (0..capacity)
            .map(|_| Slot { generation: 0, pins: 0, next: 0, kept_at: None, meta: None, padding: 0 })
            .collect();
        Self {
            bytes: vec![0; capacity * SLOT_BYTES].into_boxed_slice(),
            slots,
            used: 0,
            oldest: 0,
            newest: 0,
            keep,
            counters: SlabCounters::default(),
        }
    }

    /// Takes the oldest unpinned slot for a new packet, or a fresh one as long as that is still wanted;
    /// `None` (counted) when all are pinned.
    pub fn take(&mut self, now: Instant) -> Option<PacketRef> {
        for _ in 0..self.used.min(MAX_PINNED_RUN) {
            let at = self.oldest as usize;
            let is_wanted = self.is_wanted(at, now);
            if is_wanted && self.used < self.slots.len() {
                break;
            }
            self.oldest = self.slots[at].next;
            self.line_up(at);
            if self.slots[at].pins == 0 {
                self.counters.evicted_early += u64::from(is_wanted);
                return Some(self.give(at));
            }
        }
        if self.used < self.slots.len() {
            let at = self.used;
            self.used += 1;
            self.line_up(at);
            return Some(self.give(at));
        }
        self.counters.refused_full += 1;
        None
    }

    /// Puts a slot, which has just left the front of the line or was never in it, at the end.
    fn line_up(&mut self, at: usize) {
        if self.used == 1 {
            self.oldest = at as u32;
        } else {
            self.slots[self.newest as usize].next = at as u32;
        }
        self.newest = at as u32;
    }

    fn is_wanted(&self, at: usize, now: Instant) -> bool {
        self.slots[at].kept_at.is_some_and(|kept| now.saturating_duration_since(kept) < self.keep)
    }

    fn give(&mut self, at: usize) -> PacketRef {
        let slot = &mut self.slots[at];
        slot.generation = slot.generation.wrapping_add(1);
        slot.pins = 1;
        slot.kept_at = None;
        slot.meta = None;
        slot.padding = 0;
        self.counters.taken += 1;
        PacketRef(PacketId { slot: at as u32, generation: slot.generation })
    }

    /// All bytes of a taken slot, to write the opened packet into.
    pub fn bytes_mut(&mut self, packet: &PacketRef) -> &mut [u8] {
        let start = packet.0.slot as usize * SLOT_BYTES;
        &mut self.bytes[start..start + SLOT_BYTES]
    }

    /// All bytes of a taken slot.
    #[must_use]
    pub fn bytes(&self, packet: &PacketRef) -> &[u8] {
        let start = packet.0.slot as usize * SLOT_BYTES;
        &self.bytes[start..start + SLOT_BYTES]
    }

    /// Pins a packet once more; `None` when the id is stale.
    pub fn pin(&mut self, id: PacketId) -> Option<PacketRef> {
        let slot = self.slots.get_mut(id.slot as usize)?;
        if slot.generation != id.generation {
            return None;
        }
        slot.pins += 1;
        Some(PacketRef(id))
    }

    /// Gives a pin back. Without other pins the packet stays readable until its slot is needed.
    pub fn release(&mut self, packet: PacketRef) {
        let slot = &mut self.slots[packet.0.slot as usize];
        debug_assert_eq!(slot.generation, packet.0.generation, "a pinned slot is never reused");
        slot.pins = slot.pins.saturating_sub(1);
    }

    /// What is known of an accepted packet; `None` when the id is stale or was never accepted.
    #[must_use]
    pub fn meta(&self, id: PacketId) -> Option<&PacketMeta> {
        let slot = self.slots.get(id.slot as usize)?;
        if slot.generation == id.generation { slot.meta.as_ref() } else { None }
    }

    /// Stores the dependency descriptor of a packet at the start of its slot. The header that it stood
    /// in was longer, so the payload and two bytes before it are not touched.
    pub fn keep_descriptor(&mut self, packet: &PacketRef, descriptor: &[u8]) {
        self.bytes_mut(packet)[..descriptor.len()].copy_from_slice(descriptor);
    }

    /// Dependency descriptor of an accepted packet, its frame number as some receiver last saw it;
    /// empty without one.
    #[must_use]
    pub fn descriptor(&self, id: PacketId) -> Option<&[u8]> {
        let meta = self.meta(id)?;
        let start = id.slot as usize * SLOT_BYTES;
        self.bytes.get(start..start + usize::from(meta.descriptor_len))
    }

    /// Takes over a packet whose descriptor and payload follow one another in `parts`; false when they
    /// are not as long as `meta` says or do not fit.
    pub fn fill(&mut self, packet: &PacketRef, meta: &PacketMeta, parts: [&[u8]; 2]) -> bool {
        let (descriptor, start) = (usize::from(meta.descriptor_len), usize::from(meta.payload_start));
        let len = descriptor + usize::from(meta.payload_len);
        let fits = start + usize::from(meta.payload_len) <= SLOT_BYTES && descriptor + 2 <= start;
        if !fits || parts[0].len() + parts[1].len() != len {
            return false;
        }
        let slot = self.bytes_mut(packet);
        let mut at = 0;
        for part in parts {
            let (head, tail) = part.split_at(descriptor.saturating_sub(at).min(part.len()));
            slot[at..at + head.len()].copy_from_slice(head);
            at += head.len();
            let to = start + at - descriptor.min(at);
            slot[to..to + tail.len()].copy_from_slice(tail);
            at += tail.len();
        }
        true
    }

    /// Notes marks that were read late.
    pub(crate) fn mark(&mut self, id: PacketId, marks: FrameMarks) {
        let slot = self.slots.get_mut(id.slot as usize);
        if let Some(meta) = slot.filter(|it| it.generation == id.generation).and_then(|it| it.meta.as_mut()) {
            meta.marks = Some(marks);
        }
    }

    /// Payload of an accepted packet, as some receiver last saw it: picture ids are those of
    /// the last rewriting. Another shard rewrites them again, from [`PacketMeta::picture`].
    #[must_use]
    pub fn payload(&self, id: PacketId) -> Option<&[u8]> {
        let meta = self.meta(id)?;
        let start = id.slot as usize * SLOT_BYTES + meta.payload_start as usize;
        self.bytes.get(start..start + meta.payload_len as usize)
    }

    /// Counters since the start.
    #[must_use]
    pub const fn counters(&self) -> SlabCounters {
        self.counters
    }

    /// Stores what is known of a packet. `meta` must describe bytes inside the slot.
    pub(crate) fn describe(&mut self, packet: &PacketRef, meta: PacketMeta) {
        debug_assert!(meta.payload_start as usize + meta.payload_len as usize <= SLOT_BYTES);
        let slot = &mut self.slots[packet.0.slot as usize];
        slot.kept_at = Some(meta.at);
        slot.meta = Some(meta);
    }

    /// Puts `padding` bytes of RTP padding (RFC 3550 section 5.1) behind the payload of an accepted packet,
    /// which every receiver then gets as long as it is not a repair; nothing when the slot has no room.
    pub(crate) fn pad(&mut self, id: PacketId, padding: u8) {
        let known = self.slots.get_mut(id.slot as usize).filter(|slot| slot.generation == id.generation);
        let Some((known, meta)) = known.and_then(|slot| slot.meta.map(|meta| (slot, meta))) else { return };
        let end = id.slot as usize * SLOT_BYTES + usize::from(meta.payload_start + meta.payload_len);
        let limit = (id.slot as usize + 1) * SLOT_BYTES;
        let Some(place) = self.bytes[..limit].get_mut(end..end + usize::from(padding)) else { return };
        place.fill(0);
        if let Some(last) = place.last_mut() {
            *last = padding;
        }
        known.padding = padding;
    }

    /// What to send to one receiver: picture ids and frame number replaced, the payload preceded by
    /// the original sequence number when it travels as RTX (RFC 4588 section 4).
    ///
    /// All is written into the slot itself: the fields are absolute, so the next receiver
    /// overwrites them, and the two bytes before the payload are header that nobody needs again.
    pub(crate) fn prepare(&mut self, id: PacketId, fields: &NewFields) -> Option<Prepared<'_>> {
        let known = self.slots.get(id.slot as usize).filter(|slot| slot.generation == id.generation)?;
        let meta = known.meta.as_ref()?;
        let slot_start = id.slot as usize * SLOT_BYTES;
        let slot = &mut self.bytes[slot_start..slot_start + SLOT_BYTES];
        let start = meta.payload_start as usize;
        let end = start + meta.payload_len as usize;
        let start = start + usize::from(fields.skipped);
        if let (Some(known), Some((picture_id, tl0))) = (meta.picture, fields.picture) {
            known.rewrite(slot.get_mut(start..end)?, picture_id, tl0);
        }
        let mut first = start;
        let padding = if fields.original_sequence.is_none() { known.padding } else { 0 };
        if let Some(original) = fields.original_sequence {
            first = start.checked_sub(2)?;
            slot[first..start].copy_from_slice(&original.to_be_bytes());
        }
        let (head, rest) = slot.split_at_mut_checked(first)?;
        let descriptor = head.get_mut(..usize::from(meta.descriptor_len))?;
        let descriptor = match fields.frame {
            Some(frame) => {
                renumber(descriptor, frame);
                &*descriptor
            }
            None => &[],
        };
        let payload = rest.get(..end - first + usize::from(padding))?;
        Some(Prepared { payload, is_padded: padding > 0, descriptor })
    }
}

/// What differs between receivers of one packet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NewFields {
    /// Picture id and TL0PICIDX.
    pub(crate) picture: Option<(u16, u8)>,
    /// Frame number of the descriptor; `None` for receivers that read none.
    pub(crate) frame: Option<u16>,
    pub(crate) original_sequence: Option<u16>,
    /// Only what is behind this many bytes of the payload.
    pub(crate) skipped: u16,
}

/// One packet, ready for one receiver.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prepared<'a> {
    /// With its padding.
    pub(crate) payload: &'a [u8],
    pub(crate) is_padded: bool,
    /// Empty for receivers that read none.
    pub(crate) descriptor: &'a [u8],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinned_slots_survive_and_unpinned_ones_make_way_oldest_first() {
        let now = Instant::now();
        let mut slab = PacketSlab::new(16, Duration::from_secs(1));
        let first = slab.take(now).expect("empty slab");
        let held = first.id();
        for _ in 0..40 {
            let next = slab.take(now).expect("only one slot is pinned");
            assert_ne!(next.id().slot, held.slot);
            slab.release(next);
        }
        slab.release(first);
        assert!(slab.pin(held).is_some_and(|again| {
            slab.release(again);
            true
        }));
        for _ in 0..16 {
            let next = slab.take(now).expect("nothing is pinned");
            slab.release(next);
        }
        assert!(slab.pin(held).is_none(), "the id is stale once its slot was used again");
    }

    #[test]
    fn slab_widens_only_as_far_as_packets_are_wanted() {
        let start = Instant::now();
        let keep = Duration::from_secs(1);
        let mut slab = PacketSlab::new(4_096, keep);
        let mut oldest_wanted = std::collections::VecDeque::new();
        for step in 0..10_000u32 {
            let now = start + Duration::from_millis(10) * step;
            let packet = slab.take(now).expect("nothing stays pinned");
            slab.slots[packet.id().slot as usize].kept_at = Some(now);
            oldest_wanted.push_back((now, packet.id()));
            slab.release(packet);
            while oldest_wanted.front().is_some_and(|(at, _)| now.duration_since(*at) >= keep) {
                oldest_wanted.pop_front();
            }
            assert!(oldest_wanted.iter().all(|(_, id)| slab.pin(*id).map(|it| slab.release(it)).is_some()));
        }
        assert_eq!(slab.counters().evicted_early, 0);
        assert!(slab.used <= 101, "{} slots for 100 wanted packets", slab.used);
    }

    /// Pictures of a film have not all as many packets as that of two seconds before.
    #[test]
    fn slab_stays_as_wide_as_the_most_packets_that_were_wanted_at_once() {
        let start = Instant::now();
        let keep = Duration::from_secs(2);
        let mut slab = PacketSlab::new(32_768, keep);
        let mut wanted = std::collections::VecDeque::new();
        let mut most = 0;
        for picture in 0..6_000u32 {
            let now = start + Duration::from_millis(40) * picture;
            while wanted.front().is_some_and(|at| now.duration_since(*at) >= keep) {
                wanted.pop_front();
            }
            for _ in 0..8 + picture.wrapping_mul(2_654_435_761) % 7 {
                let packet = slab.take(now).expect("nothing stays pinned");
                slab.slots[packet.id().slot as usize].kept_at = Some(now);
                slab.release(packet);
                wanted.push_back(now);
            }
            most = most.max(wanted.len());
        }
        assert_eq!(slab.counters().evicted_early, 0);
        assert!(slab.used <= most, "{} slots for at most {most} wanted packets", slab.used);
    }

    #[test]
    fn slab_of_pinned_slots_refuses_and_counts() {
        let now = Instant::now();
        let mut slab = PacketSlab::new(16, Duration::from_secs(1));
        let held: Vec<_> = (0..16).map(|_| slab.take(now).expect("free slot")).collect();
        assert!(slab.take(now).is_none());
        assert_eq!(slab.counters().refused_full, 1);
        for packet in held {
            slab.release(packet);
        }
        assert!(slab.take(now).is_some());
    }
}
