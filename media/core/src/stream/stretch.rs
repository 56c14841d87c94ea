//! A run of packets of one incoming stream through one slot: how they are rewritten, and found again.
//!
//! Made by `downlink` at each switch. Within a stretch everything is the source's plus constants, so that
//! no map per packet is needed; only the times of what is replayed stand closer together. Knows no slot
//! and keeps nothing that changes.

use super::slab::PacketMeta;

/// Times of replayed pictures stand this many times closer together than they were taken: 2 s become
/// 31 ms, so that a receiver shows each as soon as it is decoded and ends at what is sent now.
const HURRY: u32 = 64;

/// Fields that replace those of the packet in the slab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// Sequence number with rollover counter.
    pub index: u64,
    pub timestamp: u32,
    pub marker: bool,
    /// Picture id and TL0PICIDX.
    pub picture: Option<(u16, u8)>,
    /// Frame number of the dependency descriptor.
    pub frame: Option<u16>,
}

/// How much time before the live picture one is sent that was taken `behind` ticks before it.
pub(super) const fn hurried_ticks(behind: u32) -> u32 {
    behind.div_ceil(HURRY)
}

/// Where a packet that a viewer misses can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The room's number of the incoming stream.
    pub stream: u32,
    /// Number within that stream.
    pub sequence: u64,
    pub(super) index: u64,
    pub(super) is_marked: bool,
    pub(super) stretch: Stretch,
}

impl Origin {
    /// The packet as it went out the first time; `None` when the stream was restarted since.
    #[must_use]
    pub fn rewrite(&self, meta: &PacketMeta) -> Option<Rewritten> {
        (meta.epoch == self.stretch.epoch).then(|| self.stretch.rewrite(meta, self.index, self.is_marked))
    }
}

/// A run of packets from one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) stream: u32,
    pub(super) epoch: u32,
    pub(super) first_index: u64,
    pub(super) first_sequence: u64,
    pub(super) timestamp_offset: u32,
    pub(super) picture_id_offset: u16,
    pub(super) tl0_offset: u8,
    pub(super) frame_offset: u16,
    /// How many packets behind the first one are replayed: they were here before the switch.
    pub(super) replayed: u16,
    /// Time of the newest of them.
    pub(super) live_timestamp: u32,
    /// Packets are left out, so that numbers are found by [`super::thinning::Renumbering`].
    pub(super) is_thinned: bool,
}

impl Stretch {
    pub(super) fn index(&self, sequence: u64) -> u64 {
        self.first_index + (sequence - self.first_sequence)
    }

    fn time(&self, meta: &PacketMeta) -> u32 {
        let is_replayed =
            self.replayed > 0 && meta.sequence.wrapping_sub(self.first_sequence) <= self.replayed.into();
        let behind = if is_replayed { self.live_timestamp.wrapping_sub(meta.timestamp) } else { 0 };
        let saved = if behind as i32 > 0 { behind - hurried_ticks(behind) } else { 0 };
        meta.timestamp.wrapping_add(saved).wrapping_add(self.timestamp_offset)
    }

    pub(super) fn rewrite(&self, meta: &PacketMeta, index: u64, is_marked: bool) -> Rewritten {
        let has_descriptor = meta.descriptor_len > 0;
        Rewritten {
            index,
            timestamp: self.time(meta),
            marker: meta.marker || is_marked,
            picture: meta.picture.map(|fields| {
                (
                    fields.picture_id.wrapping_add(self.picture_id_offset) & 0x7fff,
                    fields.tl0.wrapping_add(self.tl0_offset),
                )
            }),
            frame: has_descriptor.then(|| meta.frame.wrapping_add(self.frame_offset)),
        }
    }
}
