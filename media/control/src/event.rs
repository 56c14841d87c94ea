//! What media tells signalling.

use crate::{
    ConferenceId, LegId, LegStats, Outlet, OutletState, ParticipantId, ProgrammeNews, ShardId, ShardLoad,
    Source, StreamList,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something that happened on the media side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MediaEvent {
    /// SDP offer for the browser of `leg`: after `OpenLeg` and after `RestartIce`.
    LegOffer { leg: LegId, shard: ShardId, sdp: String },
    /// SDP answer for the program of `leg`: after `TakeOffer`.
    LegAnswer { leg: LegId, shard: ShardId, sdp: String },
    /// Our credentials and candidates as an SDP fragment (RFC 8840): after `TakeRestart`.
    LegRestarted { leg: LegId, fragment: String },
    /// The leg could not be made or its answer could not be used; the leg is gone.
    LegRefused { leg: LegId, refusal: LegRefusal },
    /// ICE and DTLS are done, the fingerprint was right, media can flow.
    LegConnected { leg: LegId, via: Via, srtp: SrtpProfile },
    /// The leg is gone.
    LegLost { leg: LegId, reason: LegLost },
    /// Packets of this source arrive (and are allowed).
    SourceStarted { conference: ConferenceId, participant: ParticipantId, source: Source },
    /// No packet of this source for 2 s, or it is no longer allowed, or its leg is gone.
    SourceStopped { conference: ConferenceId, participant: ParticipantId, source: Source },
    /// The complete occupation of a leg's slots after a change.
    Slots { leg: LegId, slots: Vec<SlotAssignment> },
    /// The layers of a source that anybody needs now, smallest first; the browser may stop the
    /// others. A leg of which nothing was told sends every layer. At most every 250 ms a source.
    LayersNeeded { leg: LegId, source: Source, layers: Vec<Rid> },
    /// Who speaks now, loudest first, at most [`crate::LOUDEST_VOICES`]; only when it changed and
    /// at most every 200 ms per conference.
    Speakers { conference: ConferenceId, speakers: Vec<Speaker> },
    /// Figures of one leg and of each stream that it sends now, at most [`crate::MAX_STREAMS`];
    /// every 2 s.
    Stats { leg: LegId, stats: LegStats, streams: StreamList },
    /// How much a shard has to do, every 2 s; a shard without legs says so less often.
    Load { load: ShardLoad },
    /// What became of a composed picture; told by the mixer's supervisor.
    Programme { conference: ConferenceId, programme: ParticipantId, news: ProgrammeNews },
    /// How a live stream does on one of its ways out; told by the recorder's supervisor.
    Live { conference: ConferenceId, outlet: Outlet, state: OutletState },
}

/// Why a leg could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, TS)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum LegRefusal {
    #[error("every media shard carries its limit of {limit} legs")]
    Full { limit: u32 },
    #[error("the answer cannot be used: {detail}")]
    BadAnswer { detail: String },
    #[error("the offer is no session description")]
    MalformedOffer,
    #[error("the offer cannot be used: {detail}")]
    BadOffer { detail: String },
    #[error("leg id is in use")]
    LegTaken,
    #[error("the media server is stopping")]
    Stopping,
}

/// Why a leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LegLost {
    /// No valid packet or consent check (RFC 7675) for 15 s.
    Silent,
    /// The other side closed DTLS.
    Closed,
    /// The DTLS handshake failed or was not finished in 15 s.
    HandshakeFailed,
    /// The certificate is not the one that the answer announced.
    WrongFingerprint,
    /// The media process that carried the leg has ended; the others go on.
    ProcessLost,
}

/// How a leg's packets travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Udp,
    Tcp,
}

/// The SRTP protection profile in use (RFC 7714, RFC 5764).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SrtpProfile {
    AeadAes128Gcm,
    AeadAes256Gcm,
    Aes128CmSha1_80,
}

/// One simulcast layer as the offer names it (RFC 8851).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Rid {
    /// A quarter of the width and height.
    Q,
    /// Half of the width and height.
    H,
    /// The whole picture.
    F,
}

impl Rid {
    /// Its name in the offer.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Q => "q",
            Self::H => "h",
            Self::F => "f",
        }
    }
}

/// One occupied slot of a leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SlotAssignment {
    /// The slot's `mid`: `v0`…`v27` or `a0`…`a3`.
    pub mid: String,
    pub participant: ParticipantId,
    pub source: Source,
    /// The picture is there, but the leg's link does not carry even its smallest layer; sound goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub is_paused: bool,
    /// The picture is there in a codec that the leg's browser does not decode.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub is_unreadable: bool,
}

/// One voice that is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Speaker {
    pub participant: ParticipantId,
    /// RFC 6464 level, 0 (loudest) to 127 (silence), in −dBov.
    pub level_dbov: u8,
}
