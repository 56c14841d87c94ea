//! What goes into a room and what comes out of it, as plain values.
//!
//! Shared by `room` and the shard that drives it. No behaviour beyond construction.

use crate::packet::rtcp::{ReportBlock, SenderReport};
use crate::packet::rtp_write::OutgoingHeader;
use crate::packet::twcc::Arrival;
use crate::payload::Codec;
use crate::stream::ids::{LayerSet, LegKey, ParticipantKey, SourceKind, SourceKinds};
use std::time::{Duration, Instant};

/// Video slots of a viewer (`v0`…`v27`).
pub const VIDEO_SLOTS: usize = crate::packet::negotiated::VIDEO_SLOTS;
/// Audio slots of a viewer (`a0`…`a3`): three voices and the sound of a screen.
pub const AUDIO_SLOTS: usize = crate::packet::negotiated::AUDIO_SLOTS;
/// All slots of a viewer; the audio slots follow the video slots.
pub const SLOTS: usize = VIDEO_SLOTS + AUDIO_SLOTS;
/// Voices heard at once.
pub const VOICES: usize = crate::packet::negotiated::SCREEN_AUDIO_SLOT;

/// Sizes of one room; everything in it is bounded by these.
#[derive(Clone, Copy, Debug)]
pub struct RoomLimits {
    /// Legs of the whole conference, wherever they live; a join beyond is refused. How many a shard carries
    /// itself is the shard's to say.
    pub legs: usize,
    /// Packets of one batch between two flushes; more are dropped and counted.
    pub batch: usize,
    /// Packets of one video stream that can be asked for again.
    pub history_packets: usize,
    /// Age up to which a packet can be asked for again.
    pub history_age: Duration,
}

impl Default for RoomLimits {
    fn default() -> Self {
        Self { legs: 10_000, batch: 1024, history_packets: 512, history_age: Duration::from_secs(2) }
    }
}

/// Why a leg cannot join a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinRefused {
    #[error("the room has its limit of {limit} legs")]
    Full { limit: usize },
    #[error("the leg is in the room already")]
    AlreadyHere,
}

/// SSRCs of one slot as the offer announced them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotSsrcs {
    pub media: u32,
    /// Retransmissions; 0 for audio, which has none.
    pub rtx: u32,
}

/// A browser leg of this shard.
#[derive(Clone, Copy, Debug)]
pub struct LocalLeg {
    pub leg: LegKey,
    pub participant: ParticipantKey,
    /// What it may send.
    pub allowed: SourceKinds,
    /// `v0`…`v27`, then `a0`…`a3`.
    pub slots: [SlotSsrcs; SLOTS],
    /// SSRC of our receiver reports and feedback to this leg.
    pub feedback_ssrc: u32,
    pub takes: Takes,
}

/// What a leg can receive, as its answer or offer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takes {
    codecs: u16,
    /// It reads dependency descriptors.
    pub descriptors: bool,
}

impl Takes {
    /// Every codec, and descriptors.
    pub const ALL: Self = Self { codecs: u16::MAX, descriptors: true };
    /// No codec.
    pub const NONE: Self = Self { codecs: 0, descriptors: false };

    /// Reading descriptors, or not.
    #[must_use]
    pub const fn reading(self, descriptors: bool) -> Self {
        Self { descriptors, ..self }
    }

    /// With `codec` besides.
    #[must_use]
    pub const fn with(self, codec: Codec) -> Self {
        Self { codecs: self.codecs | 1 << codec as u16, ..self }
    }

    /// Whether `codec` is among them.
    #[must_use]
    pub const fn has(self, codec: Codec) -> bool {
        self.codecs >> codec as u16 & 1 == 1
    }
}

/// One picture that a viewer's window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViewWish {
    pub participant: ParticipantKey,
    /// Camera or screen; of sounds only the mixed one of a programme, any other wish for sound is passed over.
    pub source: SourceKind,
    /// Height on the screen in physical pixels.
    pub height_px: u16,
}

/// One packet to seal and send to one viewer.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// Ready to be written; carries the transport-wide sequence number.
    pub header: OutgoingHeader<'a>,
    /// Sequence number with rollover counter, for the sealer. Every index of an SSRC is given
    /// once; indices may come slightly out of order when a late packet is passed on.
    pub index: u64,
    /// Clear payload.
    pub payload: &'a [u8],
    /// What it is for; the shard may count it.
    pub purpose: Purpose,
}

/// Why a packet goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Media that somebody watches or hears.
    Media,
    /// Answers a NACK.
    Repair,
    /// Padding that asks a link whether it carries more.
    Probe,
}

/// What became of an incoming packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted; goes out with the next flush. `relay` is true when other shards of this
    /// conference need it too.
    Accepted { stream: crate::stream::ids::StreamKey, packet: crate::stream::slab::PacketId, relay: bool },
    /// Dropped and counted.
    Dropped(Drop),
}

/// Why an incoming packet goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drop {
    /// The leg is not in the room.
    NoSuchLeg,
    /// The SSRC is unknown and the packet does not say what it is.
    Unlatched,
    /// The SSRC or the layer already belongs to someone else.
    SsrcTaken,
    /// The leg uses more SSRCs than it may.
    TooManySsrcs,
    /// The leg may not send this source (muted by the chair).
    NotAllowed,
    /// Unknown payload type, or one that does not fit the source.
    WrongCodec,
    /// The payload does not follow its format.
    Malformed,
    /// Received before.
    Duplicate,
    /// Too far behind to be of use.
    TooOld,
    /// Padding or a bandwidth probe: counted for feedback, nothing to forward.
    Padding,
    /// A jump in sequence numbers or of the stream's clock that is not confirmed yet.
    Unconfirmed,
    /// A voice that is not among the loudest.
    NotLoudest,
    /// The batch is full.
    BatchFull,
    /// The leg sends more than a leg may: bytes, packets, or sound.
    OverLimit,
}

impl Drop {
    /// Number of reasons.
    pub const COUNT: usize = 14;
}

/// Drops of a room by reason, and other things worth a metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoomCounters {
    pub accepted: u64,
    pub forwarded: u64,
    /// Indexed by [`Drop`] `as usize`.
    pub dropped: [u64; Drop::COUNT],
    pub nacks_answered: u64,
    /// Asked for again too soon after the last answer.
    pub nacks_damped: u64,
    /// Asked for, but not held (any more).
    pub nacks_missed: u64,
    pub keyframes_requested: u64,
    /// Pictures that began from the key-frame group kept here, so that no sender was asked.
    pub keyframes_replayed: u64,
    /// Key-frame requests of viewers for a slot that shows nothing.
    pub keyframes_ignored: u64,
    /// Key-frame requests of viewers who had too many lately.
    pub keyframes_damped: u64,
    /// Pieces of viewers' feedback that were passed over: more than one viewer may send.
    pub feedback_refused: u64,
    /// Statuses in viewers' feedback about packets that were never sent, or long ago.
    pub feedback_foreign: u64,
    /// Streams that began anew because their numbers or their clock jumped.
    pub stream_jumps: u64,
    /// Packets that waited for their turn because the link's rate was used up.
    pub paced: u64,
    /// Packets that were given up because too many waited, or waited too long.
    pub paced_dropped: u64,
    /// Packets of probes sent.
    pub probes: u64,
}

/// One piece of RTCP for one leg. Several for the same leg follow each other, so that the shard
/// can put them into one compound packet.
#[derive(Clone, Copy, Debug)]
pub enum Feedback<'a> {
    /// Reports about streams received from the leg; `sender` is our feedback SSRC.
    Reports { sender: u32, blocks: &'a [ReportBlock] },
    /// Report about a slot that we send.
    Sender(SenderReport),
    /// Ask for lost packets again; `lost` is sorted, oldest first.
    Nack { sender: u32, media: u32, lost: &'a [u16] },
    /// Ask for a key frame (PLI, RFC 4585 section 6.3.1).
    KeyframeRequest { sender: u32, media: u32 },
    /// Transport-wide feedback. Give the fields to `RtcpWriter::transport_feedback`; all arrivals fit into one packet of
    /// 1,000 bytes.
    Transport { sender: u32, media: u32, base_sequence: u16, feedback_count: u8, arrivals: &'a [Arrival] },
}

/// One occupied slot of a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotUse {
    /// 0–27 is `v0`…`v27`, 28–31 is `a0`…`a3`.
    pub slot: u8,
    pub participant: ParticipantKey,
    pub source: SourceKind,
    /// The picture is there, but the viewer's link does not carry even its smallest layer.
    pub is_paused: bool,
    /// The picture is there in a codec that the viewer does not decode.
    pub is_unreadable: bool,
}

/// One voice that is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voice {
    pub participant: ParticipantKey,
    /// Smoothed RFC 6464 level in −dBov, 0 loudest.
    pub level_dbov: u8,
}

/// Something that the rest of the product wants to know.
#[derive(Clone, Copy, Debug)]
pub enum RoomEvent<'a> {
    /// Packets of a source of a *local* leg arrive.
    SourceStarted { participant: ParticipantKey, source: SourceKind },
    /// No packet for 2 s, not allowed any more, or the leg left. Local legs only.
    SourceStopped { participant: ParticipantKey, source: SourceKind },
    /// The complete occupation of a viewer's slots.
    Slots { leg: LegKey, slots: &'a [SlotUse] },
    /// Who speaks, loudest first. Every shard of a conference tells it; one is enough.
    Speakers(&'a [Voice]),
    /// A viewer here needs a key frame of a leg that lives on another shard: tell that shard's
    /// room by [`super::Room::keyframe_wanted`].
    RemoteKeyframe { leg: LegKey, source: SourceKind },
    /// The layers of a camera or screen of a local leg that any viewer needs; before the first one
    /// all of them. At most one every 250 ms for each source.
    LayersNeeded { leg: LegKey, source: SourceKind, layers: LayerSet },
    /// The same for a leg of another shard, as far as viewers here go: tell that shard's room by
    /// [`super::Room::layers_needed`].
    RemoteLayersNeeded { leg: LegKey, source: SourceKind, layers: LayerSet },
}

/// Time that a room's caller hands in with every tick.
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    pub now: Instant,
    /// Wall time as NTP 32.32 fixed point, for sender reports.
    pub ntp: u64,
}
