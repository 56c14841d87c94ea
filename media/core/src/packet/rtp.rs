//! Reads RTP headers (RFC 3550 section 5.1) and header extensions (RFC 8285) without copying.
//!
//! Called by the shard and `stream` on every incoming packet, before and after it is opened.
//! Never allocates and never touches the payload, which is still encrypted at header time.

use super::numbers::ExtensionIds;
use crate::error::PacketDrop;

/// Bytes of the fixed RTP header.
pub const FIXED_HEADER_LEN: usize = 12;
/// Longest mid, rid or repaired-rid we accept; ours are at most three characters.
pub const MAX_STREAM_NAME_LEN: usize = 16;

const ONE_BYTE_PROFILE: u16 = 0xbede;
const TWO_BYTE_PROFILE: u16 = 0x1000;

/// The header of one RTP packet. Valid for encrypted packets: padding is judged after opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpHeader {
    /// Marker bit: last packet of a picture, or first after silence.
    pub marker: bool,
    /// Payload type, 0..=127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Media time in units of the payload type's clock.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
    /// The last byte of the (opened) payload counts padding bytes.
    pub has_padding: bool,
    /// Number of contributing sources, 0..=15.
    pub csrc_count: u8,
    /// Bytes from the start of the packet to its payload.
    pub header_len: usize,
    extension_profile: u16,
    extension_start: usize,
}

fn be16(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

impl RtpHeader {
    /// Parses the header of an RTP or SRTP packet.
    ///
    /// # Errors
    /// `WrongVersion` unless version 2; `Truncated` when CSRC list or extension reach past the end.
    pub fn parse(packet: &[u8]) -> Result<Self, PacketDrop> {
        if packet.len() < FIXED_HEADER_LEN {
            return Err(PacketDrop::Truncated);
        }
        if packet[0] >> 6 != 2 {
            return Err(PacketDrop::WrongVersion);
        }
        let csrc_count = packet[0] & 0x0f;
        let mut header_len = FIXED_HEADER_LEN + 4 * usize::from(csrc_count);
        let (mut extension_profile, mut extension_start) = (0, header_len);
        if packet[0] & 0x10 != 0 {
            if packet.len() < header_len + 4 {
                return Err(PacketDrop::Truncated);
            }
            extension_profile = be16(packet, header_len);
            extension_start = header_len + 4;
            header_len = extension_start + 4 * usize::from(be16(packet, header_len + 2));
        }
        if packet.len() < header_len {
            return Err(PacketDrop::Truncated);
        }
        Ok(Self {
            marker: packet[1] & 0x80 != 0,
            payload_type: packet[1] & 0x7f,
            sequence: be16(packet, 2),
            timestamp: be32(packet, 4),
            ssrc: be32(packet, 8),
            has_padding: packet[0] & 0x20 != 0,
            csrc_count,
            header_len,
            extension_profile,
            extension_start,
        })
    }

    /// Length of the opened `payload` without its padding.
    ///
    /// # Errors
    /// `WrongLength` when the padding count is zero or exceeds the payload (RFC 3550 section 5.1).
    pub fn unpadded_len(&self, payload: &[u8]) -> Result<usize, PacketDrop> {
        if !self.has_padding {
            return Ok(payload.len());
        }
        match payload.last() {
            Some(&count) if count > 0 && usize::from(count) <= payload.len() => {
                Ok(payload.len() - usize::from(count))
            }
            _ => Err(PacketDrop::WrongLength),
        }
    }

    /// All header extensions of `packet`, the one this header was parsed from.
    #[must_use]
    pub fn extensions<'a>(&self, packet: &'a [u8]) -> ExtensionIter<'a> {
        let form = match self.extension_profile {
            ONE_BYTE_PROFILE => Form::OneByte,
            profile if profile & 0xfff0 == TWO_BYTE_PROFILE => Form::TwoByte,
            _ => Form::Opaque,
        };
        let rest = packet.get(self.extension_start..self.header_len);
        ExtensionIter { form, rest: rest.unwrap_or_default() }
    }
}

#[derive(Debug, Clone, Copy)]
enum Form {
    OneByte,
    TwoByte,
    Opaque,
}

/// Walks header extensions as `(id, value)`; stops at the first element that does not fit.
#[derive(Debug, Clone)]
pub struct ExtensionIter<'a> {
    form: Form,
    rest: &'a [u8],
}

impl<'a> Iterator for ExtensionIter<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let first = *self.rest.first()?;
            if first == 0 && !matches!(self.form, Form::Opaque) {
                self.rest = &self.rest[1..];
                continue;
            }
            let (id, len, value_at) = match self.form {
                // Id 15 ends the list (RFC 8285 section 4.2).
                Form::OneByte if first >> 4 == 15 => return None,
                Form::OneByte => (first >> 4, usize::from(first & 0x0f) + 1, 1),
                Form::TwoByte => (first, usize::from(*self.rest.get(1)?), 2),
                Form::Opaque => return None,
            };
            let value = self.rest.get(value_at..value_at + len)?;
            self.rest = &self.rest[value_at + len..];
            return Some((id, value));
        }
    }
}

/// RFC 6464 audio level of one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioLevel {
    /// The sender's voice activity detector heard speech.
    pub is_voice: bool,
    /// Loudness below overload in dB: 0 is loudest, 127 is silence.
    pub below_overload_db: u8,
}

/// The negotiated header extensions of one packet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extensions<'a> {
    /// RFC 6464 level.
    pub audio_level: Option<AudioLevel>,
    /// 6.18 fixed point seconds, 24 bits.
    pub abs_send_time: Option<u32>,
    /// Transport-wide sequence number.
    pub transport_sequence: Option<u16>,
    /// Media identification of the line this packet belongs to.
    pub mid: Option<&'a str>,
    /// Simulcast layer.
    pub rid: Option<&'a str>,
    /// Simulcast layer that this retransmission repairs.
    pub repaired_rid: Option<&'a str>,
    /// Dependency descriptor, not looked into.
    pub descriptor: Option<&'a [u8]>,
}

impl<'a> Extensions<'a> {
    /// Reads the negotiated extensions; values of the wrong size or alphabet count as absent.
    #[must_use]
    pub fn read(header: &RtpHeader, packet: &'a [u8]) -> Self {
        Self::read_by(header, packet, &ExtensionIds::OURS)
    }

    /// Reads the extensions of a peer that negotiated numbers of its own.
    #[must_use]
    pub fn read_by(header: &RtpHeader, packet: &'a [u8], ids: &ExtensionIds) -> Self {
        let mut found = Self::default();
        for (id, value) in header.extensions(packet) {
            match value {
                // The two-byte form may carry id 0, which is what an absent extension has here.
                _ if id == 0 => {}
                [level] if id == ids.audio_level => {
                    found.audio_level =
                        Some(AudioLevel { is_voice: level & 0x80 != 0, below_overload_db: level & 0x7f });
                }
                [a, b, c] if id == ids.abs_send_time => {
                    found.abs_send_time = Some(u32::from_be_bytes([0, *a, *b, *c]));
                }
                [hi, lo] if id == ids.transport_cc => {
                    found.transport_sequence = Some(u16::from_be_bytes([*hi, *lo]));
                }
                name if id == ids.mid => found.mid = stream_name(name),
                name if id == ids.rid => found.rid = stream_name(name),
                name if id == ids.repaired_rid => found.repaired_rid = stream_name(name),
                descriptor if id == ids.descriptor && !descriptor.is_empty() => {
                    found.descriptor = Some(descriptor);
                }
                _ => {}
            }
        }
        found
    }
}

// RFC 8852 section 3.1 allows letters and digits only; mids are tokens, ours are of this alphabet.
fn stream_name(bytes: &[u8]) -> Option<&str> {
    let fits = !bytes.is_empty() && bytes.len() <= MAX_STREAM_NAME_LEN;
    if fits && bytes.iter().all(|b| b.is_ascii_alphanumeric()) {
        std::str::from_utf8(bytes).ok()
    } else {
        None
    }
}

/// A whole clear RTP packet: header, extensions and payload without padding.
#[derive(Debug, Clone, Copy)]
pub struct RtpView<'a> {
    /// The parsed header.
    pub header: RtpHeader,
    /// The whole packet.
    pub packet: &'a [u8],
    /// Payload without padding.
    pub payload: &'a [u8],
}

impl<'a> RtpView<'a> {
    /// Parses a clear packet including its padding.
    ///
    /// # Errors
    /// As [`RtpHeader::parse`] and [`RtpHeader::unpadded_len`].
    pub fn parse(packet: &'a [u8]) -> Result<Self, PacketDrop> {
        let header = RtpHeader::parse(packet)?;
        let padded = &packet[header.header_len..];
        let payload = &padded[..header.unpadded_len(padded)?];
        Ok(Self { header, packet, payload })
    }

    /// The negotiated extensions of this packet.
    #[must_use]
    pub fn extensions(&self) -> Extensions<'a> {
        Extensions::read(&self.header, self.packet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(first: u8, tail: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first, 0xe0, 0x12, 0x34, 0, 0, 0, 9, 0, 0, 0, 7];
        bytes.extend_from_slice(tail);
        bytes
    }

    #[test]
    fn plain_header_is_read() {
        let bytes = packet(0x80, b"xyz");
        let view = RtpView::parse(&bytes).unwrap();
        assert_eq!(view.payload, b"xyz");
        assert!(view.header.marker);
        assert_eq!(view.header.payload_type, 96);
        assert_eq!((view.header.sequence, view.header.timestamp, view.header.ssrc), (0x1234, 9, 7));
    }

    #[test]
    fn csrc_list_and_padding_are_skipped() {
        let bytes = packet(0xa1, &[1, 2, 3, 4, b'p', b'q', 0, 2]);
        assert_eq!(RtpView::parse(&bytes).unwrap().payload, b"pq");
    }

    #[test]
    fn padding_that_exceeds_the_payload_is_refused() {
        for count in [0u8, 4, 255] {
            let bytes = packet(0xa0, &[9, 9, count]);
            assert_eq!(RtpView::parse(&bytes).unwrap_err(), PacketDrop::WrongLength);
        }
        assert_eq!(RtpView::parse(&packet(0xa0, &[])).unwrap_err(), PacketDrop::WrongLength);
    }

    #[test]
    fn one_byte_extensions_are_read() {
        let ext = [
            0xbe, 0xde, 0, 4, 0x10, 0x85, 0x31, 0xab, 0xcd, 0x42, b'c', b'a', b'm', 0, 0x50, b'q', 0x22, 1,
            2, 3,
        ];
        let bytes = packet(0x90, &ext);
        let read = RtpView::parse(&bytes).unwrap().extensions();
        let level = read.audio_level.unwrap();
        assert!(level.is_voice);
        assert_eq!(level.below_overload_db, 5);
        assert_eq!(read.transport_sequence, Some(0xabcd));
        assert_eq!((read.mid, read.rid), (Some("cam"), Some("q")));
        assert_eq!(read.abs_send_time, Some(0x01_0203));
    }

    #[test]
    fn two_byte_extensions_are_read_and_empty_values_skipped() {
        let ext = [0x10, 0, 0, 2, 9, 0, 3, 2, 0, 5, 6, 1];
        let mut bytes = packet(0x90, &ext);
        assert_eq!(RtpView::parse(&bytes).unwrap().extensions().transport_sequence, Some(5));
        bytes.truncate(bytes.len() - 1);
        assert_eq!(RtpHeader::parse(&bytes).unwrap_err(), PacketDrop::Truncated);
    }

    #[test]
    fn element_that_overruns_its_block_ends_the_walk() {
        let bytes = packet(0x90, &[0xbe, 0xde, 0, 1, 0x4f, b'a', b'b', b'c']);
        assert_eq!(RtpView::parse(&bytes).unwrap().extensions(), Extensions::default());
    }

    #[test]
    fn stream_names_outside_the_alphabet_count_as_absent() {
        let bytes = packet(0x90, &[0xbe, 0xde, 0, 1, 0x42, b'a', b'"', b'c']);
        assert_eq!(RtpView::parse(&bytes).unwrap().extensions().mid, None);
    }

    #[test]
    fn every_truncation_is_refused_or_shorter() {
        let bytes = packet(0x91, &[0, 0, 0, 1, 0xbe, 0xde, 0, 1, 0x31, 0, 1, 0, b'p']);
        for len in 0..bytes.len() - 1 {
            if let Ok(view) = RtpView::parse(&bytes[..len]) {
                assert!(view.payload.is_empty());
            }
        }
        let mut wrong = bytes;
        wrong[0] = 0x40;
        assert_eq!(RtpView::parse(&wrong).unwrap_err(), PacketDrop::WrongVersion);
    }
}
