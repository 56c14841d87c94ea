//! The numbers of a peer that brought its own offer, and their way to ours and back.
//!
//! Made by `transport::sdp` from such an offer, kept by the shard with the leg, asked per packet. A
//! browser that answered our offer has none: it uses the numbers of [`super::negotiated`] as they are.
//! Allocates nothing; whatever the offer did not name counts as absent, never as something of ours.

use super::negotiated::{
    EXT_ABS_SEND_TIME, EXT_AUDIO_LEVEL, EXT_DEPENDENCY, EXT_MID, EXT_REPAIRED_RID, EXT_RID, EXT_TRANSPORT_CC,
    PT_OPUS, PT_OPUS_STEREO,
};
use super::rtp::{Extensions, RtpHeader};
use super::rtp_write::OutgoingHeader;
use crate::payload::Codec;
use crate::room::Takes;
use crate::stream::arrival::RtpFacts;
use crate::stream::ids::{Layer, MAX_LAYERS, SourceKind};

/// Payload types of one leg at most: five video codecs with their repairs, Opus and its redundant form.
pub const MAX_PAYLOADS: usize = 12;
/// Longest rid that is told apart, in bytes.
pub const MAX_RID_LEN: usize = 16;
/// Payload type that stands for one that was not negotiated: no codec of ours has it.
const UNKNOWN_PAYLOAD: u8 = 127;

/// Ids of header extensions, 0 for those that were not negotiated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtensionIds {
    pub audio_level: u8,
    pub abs_send_time: u8,
    pub transport_cc: u8,
    pub mid: u8,
    pub rid: u8,
    pub repaired_rid: u8,
    pub descriptor: u8,
}

impl ExtensionIds {
    /// The ids of our own offer.
    pub const OURS: Self = Self {
        audio_level: EXT_AUDIO_LEVEL,
        abs_send_time: EXT_ABS_SEND_TIME,
        transport_cc: EXT_TRANSPORT_CC,
        mid: EXT_MID,
        rid: EXT_RID,
        repaired_rid: EXT_REPAIRED_RID,
        descriptor: EXT_DEPENDENCY,
    };

    /// The place of what our offers call `ours`.
    pub fn of_mut(&mut self, ours: u8) -> Option<&mut u8> {
        Some(match ours {
            EXT_AUDIO_LEVEL => &mut self.audio_level,
            EXT_ABS_SEND_TIME => &mut self.abs_send_time,
            EXT_TRANSPORT_CC => &mut self.transport_cc,
            EXT_MID => &mut self.mid,
            EXT_RID => &mut self.rid,
            EXT_REPAIRED_RID => &mut self.repaired_rid,
            EXT_DEPENDENCY => &mut self.descriptor,
            _ => return None,
        })
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct RidName {
    bytes: [u8; MAX_RID_LEN],
    len: u8,
}

/// What one peer calls what we name otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub extensions: ExtensionIds,
    /// Theirs, ours.
    payloads: [Option<(u8, u8)>; MAX_PAYLOADS],
    /// Smallest layer first.
    rids: [Option<RidName>; MAX_LAYERS],
}

impl Numbers {
    /// Notes that the peer's payload type `theirs` is what our offers call `ours`; false when there is
    /// no room or one of them is taken.
    pub fn add_payload(&mut self, theirs: u8, ours: u8) -> bool {
        let clashes = |(their, our): &(u8, u8)| *their == theirs || *our == ours;
        if self.payloads.iter().flatten().any(clashes) {
            return false;
        }
        let Some(free) = self.payloads.iter_mut().find(|place| place.is_none()) else { return false };
        *free = Some((theirs, ours));
        true
    }

    /// Names the layers of the peer's camera, smallest first. Longer names and more layers are passed
    /// over.
    pub fn name_layers<'a>(&mut self, rids: impl Iterator<Item = &'a str>) {
        for (place, rid) in self.rids.iter_mut().zip(rids.filter(|rid| rid.len() <= MAX_RID_LEN)) {
            let mut name = RidName { len: rid.len() as u8, ..RidName::default() };
            name.bytes[..rid.len()].copy_from_slice(rid.as_bytes());
            *place = Some(name);
        }
    }

    /// The facts of an opened packet of this peer, whose extensions were read by its ids. One line of each kind is all that it may send, so the
    /// payload type tells camera from microphone, with or without a `mid`.
    #[must_use]
    pub fn facts(
        &self,
        header: &RtpHeader,
        extensions: &Extensions<'_>,
        payload_start: usize,
        payload_len: usize,
        wire_len: usize,
    ) -> RtpFacts {
        let mut facts = RtpFacts::new(header, extensions, payload_start, payload_len, wire_len);
        let ours = self.payloads.iter().flatten().find(|(theirs, _)| *theirs == header.payload_type);
        facts.payload_type = ours.map_or(UNKNOWN_PAYLOAD, |(_, ours)| *ours);
        facts.source = ours.map(|(_, ours)| match *ours {
            PT_OPUS | PT_OPUS_STEREO => SourceKind::Microphone,
            _ => SourceKind::Camera,
        });
        facts.layer = extensions.rid.and_then(|rid| self.layer(rid));
        facts.repaired_layer = extensions.repaired_rid.and_then(|rid| self.layer(rid));
        facts
    }

    fn layer(&self, rid: &str) -> Option<Layer> {
        let is_named = |name: &Option<RidName>| {
            name.as_ref().is_some_and(|name| name.bytes[..usize::from(name.len)] == *rid.as_bytes())
        };
        self.rids.iter().position(is_named).map(|place| Layer::ALL[place])
    }

    /// `header` as the peer reads it; `None` when it does not take this codec.
    #[must_use]
    pub fn outgoing<'a>(&self, header: &OutgoingHeader<'a>) -> Option<OutgoingHeader<'a>> {
        // The sound of a shared screen goes where the voices go: there is one line for both.
        let wanted = if header.payload_type == PT_OPUS_STEREO { PT_OPUS } else { header.payload_type };
        let (theirs, _) = self.payloads.iter().flatten().find(|(_, ours)| *ours == wanted)?;
        let ids = &self.extensions;
        Some(OutgoingHeader {
            payload_type: *theirs,
            transport_sequence: header.transport_sequence.filter(|_| fits_one_byte(ids.transport_cc)),
            abs_send_time: header.abs_send_time.filter(|_| fits_one_byte(ids.abs_send_time)),
            audio_level: header.audio_level.filter(|_| fits_one_byte(ids.audio_level)),
            descriptor: if fits_one_byte(ids.descriptor) { header.descriptor } else { &[] },
            ..*header
        })
    }

    /// All that the peer takes. The sound of a shared screen goes where the voices go.
    #[must_use]
    pub fn takes(&self) -> Takes {
        let codecs = self.payloads.iter().flatten().filter_map(|(_, ours)| Codec::from_payload_type(*ours));
        let descriptors = fits_one_byte(self.extensions.descriptor);
        let takes = codecs.fold(Takes::NONE.reading(descriptors), Takes::with);
        if takes.has(Codec::Opus) { takes.with(Codec::OpusStereo) } else { takes }
    }
}

/// Ids 1–14 go into the one-byte form, which is all that we write (RFC 8285 section 4.2).
const fn fits_one_byte(id: u8) -> bool {
    id >= 1 && id <= 14
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::negotiated::{PT_H264, PT_H264_RTX};
    use crate::packet::rtp_write::MAX_WRITTEN_HEADER_LEN;

    fn numbers() -> Numbers {
        let mut numbers = Numbers::default();
        assert!(numbers.add_payload(106, PT_H264) && numbers.add_payload(105, PT_H264_RTX));
        assert!(numbers.add_payload(96, PT_OPUS));
        numbers.extensions = ExtensionIds { transport_cc: 4, rid: 10, ..ExtensionIds::default() };
        numbers.name_layers(["low", "high"].into_iter());
        numbers
    }

    fn facts(payload_type: u8, extension: &[u8; 4]) -> RtpFacts {
        let mut packet = vec![0x90, payload_type, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xbe, 0xde, 0, 1];
        packet.extend_from_slice(extension);
        let (numbers, header) = (numbers(), RtpHeader::parse(&packet).unwrap());
        numbers.facts(&header, &Extensions::read_by(&header, &packet, &numbers.extensions), 20, 0, 20)
    }

    #[test]
    fn payload_types_and_layers_of_the_peer_become_ours() {
        let camera = facts(106, &[0xa3, b'h', b'i', b'g']);
        assert_eq!((camera.payload_type, camera.source), (PT_H264, Some(SourceKind::Camera)));
        assert_eq!(camera.layer, None, "cut off, so it names nothing");
        assert_eq!(facts(105, &[0xa2, b'l', b'o', b'w']).layer, Some(Layer::QUARTER));
        assert_eq!(facts(96, &[0x41, 0, 9, 0]).transport_sequence, Some(9));
        assert_eq!(facts(96, &[0x41, 0, 9, 0]).source, Some(SourceKind::Microphone));
    }

    #[test]
    fn number_of_ours_that_the_peer_did_not_negotiate_means_nothing() {
        // 102 and extension 3 are ours, but this peer never spoke of them.
        let foreign = facts(102, &[0x31, 0, 9, 0]);
        assert_eq!((foreign.source, foreign.transport_sequence), (None, None));
        assert_eq!(Codec::from_payload_type(foreign.payload_type), None);
    }

    #[test]
    fn outgoing_header_carries_their_numbers_and_nothing_else() {
        let header = OutgoingHeader {
            marker: true,
            is_padded: false,
            payload_type: PT_H264,
            sequence: 5,
            timestamp: 6,
            ssrc: 7,
            transport_sequence: Some(8),
            abs_send_time: None,
            audio_level: None,
            descriptor: &[],
        };
        let numbers = numbers();
        let translated = numbers.outgoing(&header).unwrap();
        let mut out = [0; MAX_WRITTEN_HEADER_LEN];
        let len = translated.write_by(&numbers.extensions, &mut out).unwrap();
        assert_eq!((out[1] & 0x7f, out[16], len), (106, 0x41, 20));
        let stereo = OutgoingHeader { payload_type: PT_OPUS_STEREO, ..header };
        assert_eq!(numbers.outgoing(&stereo).map(|header| header.payload_type), Some(96));
        let vp8 = OutgoingHeader { payload_type: crate::packet::negotiated::PT_VP8, ..header };
        assert_eq!(numbers.outgoing(&vp8), None);
    }

    #[test]
    fn table_is_bounded_and_holds_each_number_once() {
        let mut numbers = Numbers::default();
        assert!(numbers.add_payload(100, PT_H264));
        assert!(!numbers.add_payload(100, PT_OPUS) && !numbers.add_payload(101, PT_H264));
        assert_eq!((0..40).filter(|n| numbers.add_payload(*n, *n)).count(), MAX_PAYLOADS - 1);
    }
}
