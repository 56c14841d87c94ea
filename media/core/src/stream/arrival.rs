//! What the shard tells a room about an RTP packet that it has just opened.
//!
//! Made by the shard from the parsed header; consumed by `Room::incoming`. Holds no bytes.

use super::ids::{Layer, SourceKind};
use crate::packet::rtp::{AudioLevel, Extensions, RtpHeader};

/// Facts of one opened packet. The payload lies in the packet's slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpFacts {
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload_type: u8,
    /// Where the payload starts in the slot; at least 2, so that an RTX prefix fits before it.
    pub payload_start: u16,
    /// Bytes of payload without padding; 0 for a packet of padding only.
    pub payload_len: u16,
    /// Bytes of the whole packet as received, for the bitrate.
    pub wire_len: u16,
    /// Source that the `mid` extension names, where the packet has one.
    pub source: Option<SourceKind>,
    /// Layer that the `rid` extension names.
    pub layer: Option<Layer>,
    /// Layer that the `repaired-rid` extension names.
    pub repaired_layer: Option<Layer>,
    pub transport_sequence: Option<u16>,
    pub audio_level: Option<AudioLevel>,
    /// Bytes of the dependency descriptor, which the shard has put at the start of the slot by
    /// [`super::slab::PacketSlab::keep_descriptor`]; 0 without one.
    pub descriptor_len: u8,
}

impl RtpFacts {
    /// Facts of a packet whose header and extensions were parsed. `payload_start` is where the
    /// opened payload lies in the slot, `payload_len` its length without padding
    /// ([`RtpHeader::unpadded_len`]), `wire_len` the length of the datagram. Lengths beyond a
    /// slot are cut to it.
    #[must_use]
    pub fn new(
        header: &RtpHeader,
        extensions: &Extensions<'_>,
        payload_start: usize,
        payload_len: usize,
        wire_len: usize,
    ) -> Self {
        let fit = |len: usize| u16::try_from(len).unwrap_or(u16::MAX);
        Self {
            ssrc: header.ssrc,
            sequence: header.sequence,
            timestamp: header.timestamp,
            marker: header.marker,
            payload_type: header.payload_type,
            payload_start: fit(payload_start),
            payload_len: fit(payload_len),
            wire_len: fit(wire_len),
            source: extensions.mid.and_then(|mid| SourceKind::from_mid(mid.as_bytes())),
            layer: extensions.rid.and_then(|rid| Layer::from_rid(rid.as_bytes())),
            repaired_layer: extensions.repaired_rid.and_then(|rid| Layer::from_rid(rid.as_bytes())),
            transport_sequence: extensions.transport_sequence,
            audio_level: extensions.audio_level,
            descriptor_len: extensions.descriptor.map_or(0, |it| u8::try_from(it.len()).unwrap_or(0)),
        }
    }
}
