//! The last packets of one incoming stream, shared by all its viewers, to answer NACKs.
//!
//! Filled by the room on every accepted video packet; read when a viewer misses one. Holds weak
//! ids only: the slab decides how long packets live. Never allocates after `new`.

use super::slab::{PacketId, PacketSlab};
use std::time::{Duration, Instant};

#[derive(Clone, Copy)]
struct Entry {
    sequence: u64,
    packet: PacketId,
}

/// Ring of one stream.
pub struct History {
    ring: Box<[Entry]>,
    age: Duration,
}

impl History {
    /// A ring for `packets` packets (0 keeps none) that are not older than `age`.
    #[must_use]
    pub fn new(packets: usize, age: Duration) -> Self {
        let empty = Entry { sequence: u64::MAX, packet: PacketId::NONE };
        Self { ring: vec![empty; packets].into_boxed_slice(), age }
    }

    /// Keeps `packet` under its number; the packet that had the place is forgotten.
    pub fn keep(&mut self, sequence: u64, packet: PacketId) {
        if let Some(at) = self.place(sequence) {
            self.ring[at] = Entry { sequence, packet };
        }
    }

    /// The packet with this number, unless it was overwritten, evicted or is too old.
    #[must_use]
    pub fn find(&self, slab: &PacketSlab, sequence: u64, now: Instant) -> Option<PacketId> {
        let entry = self.ring[self.place(sequence)?];
        if entry.sequence != sequence {
            return None;
        }
        let meta = slab.meta(entry.packet)?;
        (now.saturating_duration_since(meta.at) <= self.age).then_some(entry.packet)
    }

    /// Forgets everything: the numbers start anew.
    pub fn clear(&mut self) {
        self.ring.fill(Entry { sequence: u64::MAX, packet: PacketId::NONE });
    }

    fn place(&self, sequence: u64) -> Option<usize> {
        (!self.ring.is_empty()).then(|| (sequence % self.ring.len() as u64) as usize)
    }
}
