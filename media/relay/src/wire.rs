//! The frames of the relay, version 1: what travels, byte for byte (docs/media-control.md, "Relay").
//!
//! Written and read by `line`. Pure. A frame is a length of two bytes, a kind of one byte and its
//! fields, big endian; nothing in it is believed further than its form.

use crate::audience::Audience;
use crate::bytes::{Fields, put_text};
use crate::error::{Malformed, Refusal};
use media_control::{ConferenceId, LegId, ParticipantId, Rid, Source};

/// Version of everything after the first eight bytes of a greeting.
pub const VERSION: u16 = 3;
/// What every greeting begins with.
const MAGIC: u32 = u32::from_be_bytes(*b"DCRL");
/// Longest frame behind its length.
pub const MAX_FRAME_BYTES: usize = 2048;
/// Longest payload of one packet: what fits a slot of the media server.
pub const MAX_PAYLOAD_BYTES: usize = 1500;
/// Longest name of a relay peer, in bytes.
pub const MAX_NAME_BYTES: usize = 32;
/// Stands for "give me any seat" in a greeting.
const ANY_SEAT: u8 = u8::MAX;

/// A set of shards: bit k is the receiver's k-th shard.
pub type ShardMask = u64;

/// From which shard of the sender (its k-th), to which of the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    pub from: u8,
    pub to: ShardMask,
}

/// One stream: a layer of a source of a leg. A source without layers is the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamName {
    pub leg: LegId,
    pub source: Source,
    pub layer: Rid,
}

/// How a payload is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Vp8,
    H264,
    Vp9,
    Av1,
    H265,
    Opus,
    OpusStereo,
    Red,
}

/// Everything of a packet but its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketHead {
    pub stream: StreamName,
    /// Arrival at the node that took it from the wire, µs since 1970 by the sender's clock.
    pub arrived_us: u64,
    /// Number within the stream, without gaps for what was dropped on purpose.
    pub sequence: u64,
    /// Counts restarts of the stream; numbers of different epochs are not comparable.
    pub epoch: u32,
    /// The RTP timestamp.
    pub timestamp: u32,
    pub marker: bool,
    pub codec: Codec,
    /// Bytes of the dependency descriptor, which goes before the payload; 0 without one.
    pub descriptor_len: u8,
    /// RFC 6464: level below overload in dB, and whether speech was heard.
    pub audio_level: Option<(u8, bool)>,
    /// Of mixed sound: who may hear it.
    pub audience: Audience,
}

/// Something about a leg of the sender, or of the receiver for the two wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegWord {
    /// That leg is gone.
    Left,
    /// A viewer at the sender needs a key frame of a leg of the receiver.
    KeyframeNeeded { source: Source },
    /// The layers that viewers at the sender need of a leg of the receiver, as bits q, h, f.
    LayersNeeded { source: Source, layers: u8 },
    /// The sender report of a stream: this RTP timestamp is this NTP time (32.32) of the browser,
    /// and it came at this time of the sender's clock.
    ClockMap { source: Source, layer: Rid, ntp: u64, timestamp: u32, arrived_us: u64 },
}

/// Something about a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConferenceWord {
    /// A leg of this conference lives at the sender. May be said twice.
    Joined { leg: LegId, participant: ParticipantId },
    /// The sender has, or no longer has, a viewer of this picture.
    Wanted { participant: ParticipantId, source: Source, is_wanted: bool },
    /// The sender listens to the conference without a leg in it, or no longer.
    Attends { is_attending: bool },
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// The first frame of each side. `first_shard` is set by processes of one machine, which number
    /// their shards together; others are given seats.
    Hello {
        shards: u8,
        first_shard: Option<u8>,
        name: &'a str,
    },
    /// The last frame of a side that does not go on.
    Refused(Refusal),
    /// Sent each second: "I live, and my clock shows this".
    Ping {
        sent_us: u64,
    },
    /// The answer: what the ping said, when it came, when this leaves.
    Pong {
        sent_us: u64,
        received_us: u64,
        answered_us: u64,
    },
    Leg {
        route: Route,
        leg: LegId,
        word: LegWord,
    },
    Conference {
        route: Route,
        conference: ConferenceId,
        word: ConferenceWord,
    },
    Packet {
        route: Route,
        head: PacketHead,
        payload: &'a [u8],
    },
}

/// What the first frame of the other side can be.
pub(crate) enum Beginning<'a> {
    Frame(Frame<'a>),
    OtherVersion(u16),
    NoRelay,
}

mod kind {
    pub(super) const HELLO: u8 = 1;
    pub(super) const REFUSED: u8 = 2;
    pub(super) const PING: u8 = 3;
    pub(super) const PONG: u8 = 4;
    pub(super) const JOINED: u8 = 5;
    pub(super) const LEFT: u8 = 6;
    pub(super) const WANTED: u8 = 7;
    pub(super) const KEYFRAME: u8 = 8;
    pub(super) const LAYERS: u8 = 9;
    pub(super) const CLOCK_MAP: u8 = 10;
    pub(super) const ATTENDS: u8 = 11;
    pub(super) const PACKET: u8 = 12;
}

/// Bits of the flags of a packet.
const MARKER: u8 = 1;
const HAS_LEVEL: u8 = 2;
const IS_VOICE: u8 = 4;
const HAS_AUDIENCE: u8 = 8;

impl<'a> Frame<'a> {
    /// Appends the frame with its length to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0; 2]);
        match self {
            Self::Hello { shards, first_shard, name } => {
                out.push(kind::HELLO);
                out.extend_from_slice(&MAGIC.to_be_bytes());
                out.extend_from_slice(&VERSION.to_be_bytes());
                out.extend_from_slice(&[*shards, first_shard.unwrap_or(ANY_SEAT)]);
                put_text(out, &name[..name.floor_char_boundary(MAX_NAME_BYTES.min(name.len()))]);
            }
            Self::Refused(refusal) => {
                let (code, theirs, ours) = match refusal {
                    Refusal::Version { theirs, ours } => (1, *theirs, *ours),
                    Refusal::Full => (2, 0, 0),
                    Refusal::NotYours => (3, 0, 0),
                };
                out.push(kind::REFUSED);
                out.extend_from_slice(&MAGIC.to_be_bytes());
                out.extend_from_slice(&VERSION.to_be_bytes());
                out.push(code);
                out.extend_from_slice(&theirs.to_be_bytes());
                out.extend_from_slice(&ours.to_be_bytes());
            }
            Self::Ping { sent_us } => {
                out.push(kind::PING);
                out.extend_from_slice(&sent_us.to_be_bytes());
            }
            Self::Pong { sent_us, received_us, answered_us } => {
                out.push(kind::PONG);
                for time in [sent_us, received_us, answered_us] {
                    out.extend_from_slice(&time.to_be_bytes());
                }
            }
            Self::Leg { route, leg, word } => write_leg_word(out, *route, *leg, word),
            Self::Conference { route, conference, word } => {
                write_conference_word(out, *route, conference, word);
            }
            Self::Packet { route, head, payload } => write_packet(out, *route, head, payload),
        }
        let length = out.len() - start - 2;
        debug_assert!(length <= MAX_FRAME_BYTES, "every frame of ours fits");
        out[start..start + 2].copy_from_slice(&(length as u16).to_be_bytes());
    }

    /// Reads a frame of our version without its length.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Fields(bytes);
        let kind = fields.u8()?;
        let frame = match kind {
            kind::HELLO | kind::REFUSED => match beginning(bytes)? {
                Beginning::Frame(frame) => return Ok(frame),
                Beginning::OtherVersion(_) | Beginning::NoRelay => return Err(Malformed::BadValue),
            },
            kind::PING => Self::Ping { sent_us: fields.u64()? },
            kind::PONG => {
                Self::Pong { sent_us: fields.u64()?, received_us: fields.u64()?, answered_us: fields.u64()? }
            }
            kind::LEFT | kind::KEYFRAME | kind::LAYERS | kind::CLOCK_MAP => {
                let (route, leg) = (route(&mut fields)?, LegId(fields.u64()?));
                let word = match kind {
                    kind::LEFT => LegWord::Left,
                    kind::KEYFRAME => LegWord::KeyframeNeeded { source: source(fields.u8()?)? },
                    kind::LAYERS => {
                        let (source, layers) = (source(fields.u8()?)?, fields.u8()?);
                        if layers > 7 {
                            return Err(Malformed::BadValue);
                        }
                        LegWord::LayersNeeded { source, layers }
                    }
                    _ => LegWord::ClockMap {
                        source: source(fields.u8()?)?,
                        layer: layer(fields.u8()?)?,
                        ntp: fields.u64()?,
                        timestamp: fields.u32()?,
                        arrived_us: fields.u64()?,
                    },
                };
                Self::Leg { route, leg, word }
            }
            kind::JOINED | kind::WANTED | kind::ATTENDS => {
                let route = route(&mut fields)?;
                let conference = ConferenceId::new(fields.text()?).map_err(|_| Malformed::BadValue)?;
                let word = match kind {
                    kind::JOINED => ConferenceWord::Joined {
                        leg: LegId(fields.u64()?),
                        participant: ParticipantId(fields.u32()?),
                    },
                    kind::WANTED => ConferenceWord::Wanted {
                        participant: ParticipantId(fields.u32()?),
                        source: source(fields.u8()?)?,
                        is_wanted: fields.flag()?,
                    },
                    _ => ConferenceWord::Attends { is_attending: fields.flag()? },
                };
                Self::Conference { route, conference, word }
            }
            kind::PACKET => {
                let (route, head) = (route(&mut fields)?, packet_head(&mut fields)?);
                let payload = fields.rest();
                if payload.len() > MAX_PAYLOAD_BYTES {
                    return Err(Malformed::TooLong { length: payload.len(), limit: MAX_PAYLOAD_BYTES });
                }
                Self::Packet { route, head, payload }
            }
            other => return Err(Malformed::UnknownKind(other)),
        };
        fields.end()?;
        Ok(frame)
    }
}

/// Reads the first frame of a connection: of its first eight bytes the form never changes.
pub(crate) fn beginning(bytes: &[u8]) -> Result<Beginning<'_>, Malformed> {
    let mut fields = Fields(bytes);
    let kind = fields.u8()?;
    if !matches!(kind, kind::HELLO | kind::REFUSED) || fields.u32() != Ok(MAGIC) {
        return Ok(Beginning::NoRelay);
    }
    let version = fields.u16()?;
    if version != VERSION {
        return Ok(Beginning::OtherVersion(version));
    }
    let frame = if kind == kind::HELLO {
        let (shards, first, name) = (fields.u8()?, fields.u8()?, fields.text()?);
        if name.len() > MAX_NAME_BYTES || shards == 0 {
            return Err(Malformed::BadValue);
        }
        Frame::Hello { shards, first_shard: (first != ANY_SEAT).then_some(first), name }
    } else {
        Frame::Refused(match (fields.u8()?, fields.u16()?, fields.u16()?) {
            (1, ours, theirs) => Refusal::Version { theirs, ours },
            (2, ..) => Refusal::Full,
            (3, ..) => Refusal::NotYours,
            _ => return Err(Malformed::BadValue),
        })
    };
    fields.end()?;
    Ok(Beginning::Frame(frame))
}

fn write_route(out: &mut Vec<u8>, kind: u8, route: Route) {
    out.push(kind);
    out.push(route.from);
    out.extend_from_slice(&route.to.to_be_bytes());
}

fn route(fields: &mut Fields<'_>) -> Result<Route, Malformed> {
    Ok(Route { from: fields.u8()?, to: fields.u64()? })
}

fn write_leg_word(out: &mut Vec<u8>, route: Route, leg: LegId, word: &LegWord) {
    let kind = match word {
        LegWord::Left => kind::LEFT,
        LegWord::KeyframeNeeded { .. } => kind::KEYFRAME,
        LegWord::LayersNeeded { .. } => kind::LAYERS,
        LegWord::ClockMap { .. } => kind::CLOCK_MAP,
    };
    write_route(out, kind, route);
    out.extend_from_slice(&leg.0.to_be_bytes());
    match word {
        LegWord::Left => {}
        LegWord::KeyframeNeeded { source } => out.push(source_code(*source)),
        LegWord::LayersNeeded { source, layers } => out.extend_from_slice(&[source_code(*source), *layers]),
        LegWord::ClockMap { source, layer, ntp, timestamp, arrived_us } => {
            out.extend_from_slice(&[source_code(*source), layer_code(*layer)]);
            out.extend_from_slice(&ntp.to_be_bytes());
            out.extend_from_slice(&timestamp.to_be_bytes());
            out.extend_from_slice(&arrived_us.to_be_bytes());
        }
    }
}

fn write_conference_word(out: &mut Vec<u8>, route: Route, conference: &ConferenceId, word: &ConferenceWord) {
    let kind = match word {
        ConferenceWord::Joined { .. } => kind::JOINED,
        ConferenceWord::Wanted { .. } => kind::WANTED,
        ConferenceWord::Attends { .. } => kind::ATTENDS,
    };
    write_route(out, kind, route);
    put_text(out, conference.as_str());
    match word {
        ConferenceWord::Joined { leg, participant } => {
            out.extend_from_slice(&leg.0.to_be_bytes());
            out.extend_from_slice(&participant.0.to_be_bytes());
        }
        ConferenceWord::Wanted { participant, source, is_wanted } => {
            out.extend_from_slice(&participant.0.to_be_bytes());
            out.extend_from_slice(&[source_code(*source), u8::from(*is_wanted)]);
        }
        ConferenceWord::Attends { is_attending } => out.push(u8::from(*is_attending)),
    }
}

fn write_packet(out: &mut Vec<u8>, route: Route, head: &PacketHead, payload: &[u8]) {
    write_route(out, kind::PACKET, route);
    out.extend_from_slice(&head.stream.leg.0.to_be_bytes());
    let codec = match head.codec {
        Codec::Vp8 => 0,
        Codec::H264 => 1,
        Codec::Opus => 2,
        Codec::OpusStereo => 3,
        Codec::Vp9 => 4,
        Codec::Av1 => 5,
        Codec::H265 => 6,
        Codec::Red => 7,
    };
    let (level, is_voice) = head.audio_level.unwrap_or_default();
    let flags = if head.marker { MARKER } else { 0 }
        | if head.audio_level.is_some() { HAS_LEVEL } else { 0 }
        | if is_voice { IS_VOICE } else { 0 }
        | if head.audience == Audience::ALL { 0 } else { HAS_AUDIENCE };
    out.extend_from_slice(&[
        source_code(head.stream.source),
        layer_code(head.stream.layer),
        codec,
        flags,
        level,
        head.descriptor_len,
    ]);
    out.extend_from_slice(&head.arrived_us.to_be_bytes());
    out.extend_from_slice(&head.sequence.to_be_bytes());
    out.extend_from_slice(&head.epoch.to_be_bytes());
    out.extend_from_slice(&head.timestamp.to_be_bytes());
    if head.audience != Audience::ALL {
        head.audience.write(out);
    }
    out.extend_from_slice(payload);
}

fn packet_head(fields: &mut Fields<'_>) -> Result<PacketHead, Malformed> {
    let leg = LegId(fields.u64()?);
    let stream = StreamName { leg, source: source(fields.u8()?)?, layer: layer(fields.u8()?)? };
    let codec = match fields.u8()? {
        0 => Codec::Vp8,
        1 => Codec::H264,
        2 => Codec::Opus,
        3 => Codec::OpusStereo,
        4 => Codec::Vp9,
        5 => Codec::Av1,
        6 => Codec::H265,
        7 => Codec::Red,
        _ => return Err(Malformed::BadValue),
    };
    let (flags, level, descriptor_len) = (fields.u8()?, fields.u8()?, fields.u8()?);
    let has_level = flags & HAS_LEVEL != 0;
    if flags > 15 || level > 127 || (!has_level && (level != 0 || flags & IS_VOICE != 0)) {
        return Err(Malformed::BadValue);
    }
    Ok(PacketHead {
        stream,
        codec,
        marker: flags & MARKER != 0,
        descriptor_len,
        audio_level: has_level.then_some((level, flags & IS_VOICE != 0)),
        arrived_us: fields.u64()?,
        sequence: fields.u64()?,
        epoch: fields.u32()?,
        timestamp: fields.u32()?,
        audience: if flags & HAS_AUDIENCE == 0 { Audience::ALL } else { Audience::read(fields)? },
    })
}

const fn source_code(source: Source) -> u8 {
    match source {
        Source::Microphone => 0,
        Source::Camera => 1,
        Source::Screen => 2,
        Source::ScreenAudio => 3,
    }
}

const fn source(code: u8) -> Result<Source, Malformed> {
    Ok(match code {
        0 => Source::Microphone,
        1 => Source::Camera,
        2 => Source::Screen,
        3 => Source::ScreenAudio,
        _ => return Err(Malformed::BadValue),
    })
}

const fn layer_code(layer: Rid) -> u8 {
    match layer {
        Rid::Q => 0,
        Rid::H => 1,
        Rid::F => 2,
    }
}

const fn layer(code: u8) -> Result<Rid, Malformed> {
    Ok(match code {
        0 => Rid::Q,
        1 => Rid::H,
        2 => Rid::F,
        _ => return Err(Malformed::BadValue),
    })
}
