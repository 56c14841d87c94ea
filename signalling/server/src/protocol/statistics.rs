//! Answer of `GET /conferences/ID/statistics`: the media connections of a running conference.
//!
//! Built by `runner::statistics` from what media tells every two seconds; shown by the web client
//! to those who may `see_statistics`. Bounded by the participants and shards. Figures only: what is
//! good or bad is judged where it is shown.

use conference::role::Role;
use media_control::{
    LegStats, ParticipantId, ProgrammeFigures, Rid, ShardId, ShardLoad, Source, StreamStats, Via,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Everybody's media connection at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ConferenceStatistics {
    /// The server's time, ms since 1970-01-01 UTC.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// In order of arrival.
    pub participants: Vec<ParticipantStatistics>,
    /// Media shards of the whole server, for administrators and duty operators; left out for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub shards: Option<Vec<ShardStatistics>>,
    /// Composed pictures that are made; left out where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub programmes: Option<Vec<ProgrammeStatistics>>,
}

/// What one composed picture took of the mixer in the last second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ProgrammeStatistics {
    /// As whose camera it is published.
    #[schema(value_type = u32)]
    pub programme: ParticipantId,
    /// Rates that are encoded: one, or two where the links of its viewers differ.
    pub encoders: u8,
    /// What the mixer gives up under overload: 0 nothing, 1 trouble of the encoder, 2 pictures a second,
    /// 3 lines, 4 further pictures.
    pub ladder_step: u8,
    pub pictures: u32,
    pub decode_us: u32,
    pub compose_us: u32,
    pub encode_us: u32,
    /// Packets of cameras that wait for others that have not come.
    pub waiting_packets: u32,
    /// Pictures of cameras that were given up.
    pub late_pictures: u32,
    /// Key frames asked of cameras.
    pub keyframes_asked: u32,
    /// Key frames that viewers asked for.
    pub keyframes_wanted: u32,
    pub keyframes_sent: u32,
}

impl ProgrammeStatistics {
    /// What the mixer told of `programme`.
    pub(crate) const fn new(programme: ParticipantId, figures: &ProgrammeFigures) -> Self {
        Self {
            programme,
            encoders: figures.encoders,
            ladder_step: figures.ladder_step,
            pictures: figures.pictures,
            decode_us: figures.decode_us,
            compose_us: figures.compose_us,
            encode_us: figures.encode_us,
            waiting_packets: figures.waiting_packets,
            late_pictures: figures.late_pictures,
            keyframes_asked: figures.keyframes_asked,
            keyframes_wanted: figures.keyframes_wanted,
            keyframes_sent: figures.keyframes_sent,
        }
    }
}

/// One participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ParticipantStatistics {
    #[schema(value_type = u32)]
    pub participant: ParticipantId,
    pub name: String,
    pub unit: String,
    #[schema(value_type = String, example = "delegate")]
    pub role: Role,
    /// The connection for messages stands; `false` while it is being restored.
    pub is_here: bool,
    /// `null`: no media connection, or nothing heard of it for some seconds.
    pub link: Option<LinkStatistics>,
}

/// One media connection. Rates and losses are those of the last 2 s; counts run since the
/// connection began and wrap at 2^32.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct LinkStatistics {
    /// The shard that carries it.
    #[schema(value_type = u16)]
    pub shard: ShardId,
    /// `udp` or `tcp`; `null` when not known.
    #[schema(value_type = Option<String>)]
    pub via: Option<Via>,
    /// Towards the server, bit/s.
    pub uplink_bps: u32,
    /// From the server, bit/s.
    pub downlink_bps: u32,
    /// 0.0–1.0, before repair.
    pub uplink_loss: f32,
    /// 0.0–1.0, as the receiver reports it.
    pub downlink_loss: f32,
    /// 0 until measured.
    pub rtt_ms: u32,
    pub jitter_ms: u32,
    /// What the way from the server is believed to carry, bit/s.
    pub estimate_bps: u32,
    /// What the participant sends now.
    pub streams: Vec<StreamStatistics>,
    /// Pictures that the participant is sent: small, medium, large.
    pub shown: Vec<u8>,
    /// Pictures that its link does not carry.
    pub paused: u8,
    /// Packets that wait for their turn.
    pub waiting_packets: u32,
    /// Lost on the way to the server and asked for again.
    pub asked_again: u32,
    /// Of these, those that came.
    pub recovered: u32,
    /// Lost on the way to the participant, as it says.
    pub nacked: u32,
    /// Of these, those that were sent again.
    pub repaired: u32,
    /// Key frames asked of the participant.
    pub keyframes_asked: u32,
    /// Key frames that the participant asked for.
    pub keyframes_wanted: u32,
    /// Packets from the participant that were dropped: muted, malformed, too late.
    pub refused: u32,
    /// Packets to the participant that waited for its rate.
    pub paced: u32,
    /// Of these, those that were given up.
    pub given_up: u32,
}

/// One stream that a participant sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct StreamStatistics {
    #[schema(value_type = String, example = "camera")]
    pub source: Source,
    /// `q`, `h` or `f`; `q` where there is one size only.
    #[schema(value_type = String, example = "h")]
    pub layer: Rid,
    pub bps: u32,
    /// 0 for sound, and until it is known.
    pub height_px: u16,
    pub loss: f32,
    pub jitter_ms: u16,
}

/// How much a media shard has to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ShardStatistics {
    #[schema(value_type = u16)]
    pub shard: ShardId,
    /// Share of one core, 0.0–1.0.
    pub cpu: f32,
    pub legs: u32,
    pub conferences: u32,
    pub received_pps: u32,
    pub sent_pps: u32,
    pub received_bps: u32,
    pub sent_bps: u32,
    /// Packets a second from other shards.
    pub relayed_pps: u32,
    /// Packets that wait for the rate of some receiver.
    pub waiting_packets: u32,
    /// Packets in the fullest ring towards another shard.
    pub ring_packets: u32,
    /// Longest turn of the loop in the last 2 s.
    pub longest_turn_us: u32,
    /// Packets a second that were dropped because something was full.
    pub dropped_pps: u32,
}

impl LinkStatistics {
    /// What media told of a leg on `shard`.
    pub(crate) fn new(shard: ShardId, via: Option<Via>, stats: &LegStats, streams: &[StreamStats]) -> Self {
        let streams = streams.iter().map(|stream| StreamStatistics {
            source: stream.source,
            layer: stream.layer,
            bps: stream.bps,
            height_px: stream.height_px,
            loss: stream.loss,
            jitter_ms: stream.jitter_ms,
        });
        Self {
            shard,
            via,
            uplink_bps: stats.uplink_bps,
            downlink_bps: stats.downlink_bps,
            uplink_loss: stats.uplink_loss,
            downlink_loss: stats.downlink_loss,
            rtt_ms: stats.rtt_ms,
            jitter_ms: stats.jitter_ms,
            estimate_bps: stats.estimate_bps,
            streams: streams.collect(),
            shown: stats.shown.to_vec(),
            paused: stats.paused,
            waiting_packets: stats.waiting_packets,
            asked_again: stats.asked_again,
            recovered: stats.recovered,
            nacked: stats.nacked,
            repaired: stats.repaired,
            keyframes_asked: stats.keyframes_asked,
            keyframes_wanted: stats.keyframes_wanted,
            refused: stats.refused,
            paced: stats.paced,
            given_up: stats.given_up,
        }
    }
}

impl From<ShardLoad> for ShardStatistics {
    fn from(load: ShardLoad) -> Self {
        Self {
            shard: load.shard,
            cpu: load.cpu,
            legs: load.legs,
            conferences: load.conferences,
            received_pps: load.received_pps,
            sent_pps: load.sent_pps,
            received_bps: load.received_bps,
            sent_bps: load.sent_bps,
            relayed_pps: load.relayed_pps,
            waiting_packets: load.waiting_packets,
            ring_packets: load.ring_packets,
            longest_turn_us: load.longest_turn_us,
            dropped_pps: load.dropped_pps,
        }
    }
}
