//! One conference as one shard sees it: who is there, who sees what, who is heard.
//!
//! Driven by the shard: `incoming` for every opened packet of a batch, `flush` once per batch,
//! `tick` every 5–20 ms, `events` after both. Knows no socket and no clock, allocates only when
//! somebody joins, wishes or starts a stream, never per packet.
//!
//! ```text
//! slab.take → open SRTP into it → Room::incoming ─┐            ┌→ sink(leg, Outgoing): write header,
//! ring from another shard ─────→ Room::relayed ───┴→ flush ────┘   seal payload, one leg at a time
//! RTCP → keyframe_asked, nack, sender_report, receiver_report, transport_feedback
//! ```

mod types;

pub use types::{
    AUDIO_SLOTS, Drop, Feedback, JoinRefused, LegFigures, LocalLeg, Outgoing, RoomCounters,
    RoomEvent, RoomLimits, SLOTS, SlotSsrcs, SlotUse, Tick, VIDEO_SLOTS, VOICES, Verdict, ViewWish,
    Voice,
};

use crate::packet::rtcp::ReportBlock;
use crate::stream::arrival::RtpFacts;
use crate::stream::ids::{LegKey, ParticipantKey, SourceKind, SourceKinds, StreamKey};
use crate::stream::slab::{PacketMeta, PacketRef, PacketSlab};
use std::time::Instant;

/// See the module's text.
pub struct Room {
    limits: RoomLimits,
    counters: RoomCounters,
}

impl Room {
    /// An empty room.
    #[must_use]
    pub fn new(_now: Instant, limits: RoomLimits) -> Self {
        Self { limits, counters: RoomCounters::default() }
    }

    /// Adds a browser leg of this shard.
    ///
    /// # Errors
    /// [`JoinRefused`] when the room is full or the leg is in it.
    pub fn join(&mut self, _now: Instant, _leg: &LocalLeg) -> Result<(), JoinRefused> {
        Err(JoinRefused::Full { limit: self.limits.legs })
    }

    /// Adds a leg that lives on another shard; its packets come through [`Room::relayed`].
    ///
    /// # Errors
    /// As [`Room::join`].
    pub fn join_remote(
        &mut self,
        _now: Instant,
        _leg: LegKey,
        _participant: ParticipantKey,
    ) -> Result<(), JoinRefused> {
        Err(JoinRefused::Full { limit: self.limits.legs })
    }

    /// Takes a leg out, local or remote. Unknown legs are passed over.
    pub fn leave(&mut self, _now: Instant, _leg: LegKey) {}

    /// Replaces what a leg may send.
    pub fn allow(&mut self, _now: Instant, _leg: LegKey, _allowed: SourceKinds) {}

    /// Replaces what a local leg looks at, most important first.
    pub fn watch(&mut self, _now: Instant, _leg: LegKey, _wishes: &[ViewWish]) {}

    /// Whether nobody is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        true
    }

    /// Takes an opened packet of a local leg. The slot is the room's from here on.
    pub fn incoming(
        &mut self,
        _now: Instant,
        slab: &mut PacketSlab,
        _leg: LegKey,
        packet: PacketRef,
        _facts: &RtpFacts,
    ) -> Verdict {
        slab.release(packet);
        Verdict::Dropped(Drop::NoSuchLeg)
    }

    /// Takes a packet that another shard accepted. The slot must hold the payload at
    /// `meta.payload_start`; `meta` is otherwise as [`PacketSlab::meta`] gave it there.
    pub fn relayed(
        &mut self,
        _now: Instant,
        slab: &mut PacketSlab,
        _stream: StreamKey,
        packet: PacketRef,
        _meta: PacketMeta,
    ) -> Verdict {
        slab.release(packet);
        Verdict::Dropped(Drop::NoSuchLeg)
    }

    /// Hands out everything accepted since the last flush, all packets of one viewer in a row.
    pub fn flush(
        &mut self,
        _now: Instant,
        _slab: &mut PacketSlab,
        _sink: &mut impl FnMut(LegKey, &Outgoing<'_>),
    ) {
    }

    /// Answers a viewer's NACK (RFC 4585 section 6.2.1) about one of its slots.
    pub fn nack(
        &mut self,
        _now: Instant,
        _slab: &mut PacketSlab,
        _leg: LegKey,
        _media_ssrc: u32,
        _lost: impl Iterator<Item = u16>,
        _sink: &mut impl FnMut(LegKey, &Outgoing<'_>),
    ) {
    }

    /// A viewer asks for a key frame of a slot (PLI or FIR).
    pub fn keyframe_asked(&mut self, _now: Instant, _leg: LegKey, _media_ssrc: u32) {}

    /// Another shard needs a key frame of a local leg.
    pub fn keyframe_wanted(&mut self, _now: Instant, _leg: LegKey, _source: SourceKind) {}

    /// A sender report about a stream of a local leg.
    pub fn sender_report(&mut self, _now: Instant, _leg: LegKey, _ssrc: u32, _ntp: u64) {}

    /// A viewer's report block about one of its slots. `ntp` is our wall time now.
    pub fn receiver_report(&mut self, _now: Instant, _ntp: u64, _leg: LegKey, _block: &ReportBlock) {}

    /// A viewer's transport-wide feedback: every sequence number that it covers, and whether the
    /// packet arrived.
    pub fn transport_feedback(
        &mut self,
        _now: Instant,
        _leg: LegKey,
        _packets: impl Iterator<Item = (u16, bool)>,
    ) {
    }

    /// Lets time pass: reports, feedback, repeated requests, layer choices.
    pub fn tick(&mut self, _tick: Tick, _feedback: &mut impl FnMut(LegKey, Feedback<'_>)) {}

    /// Hands out what happened since the last call.
    pub fn events(&mut self, _tell: &mut impl FnMut(RoomEvent<'_>)) {}

    /// Figures of a local leg since the last call; `None` for other legs.
    pub fn figures(&mut self, _now: Instant, _leg: LegKey) -> Option<LegFigures> {
        None
    }

    /// Counters since the start.
    #[must_use]
    pub const fn counters(&self) -> &RoomCounters {
        &self.counters
    }
}
