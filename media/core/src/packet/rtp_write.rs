//! Writes the RTP header of an outgoing packet into a send arena.
//!
//! Called by `stream` once per receiver and packet, right before the payload is sealed behind it.
//! Never allocates; the extensions are those the offer negotiates for sent lines.

use super::descriptor::MAX_DESCRIPTOR_LEN;
use super::numbers::ExtensionIds;
use super::rtp::AudioLevel;
use crate::error::BufferFull;

/// Longest header that [`OutgoingHeader::write`] produces, in bytes.
pub const MAX_WRITTEN_HEADER_LEN: usize = 12 + 4 + (4 + 5 + 3 + 2 + MAX_DESCRIPTOR_LEN).next_multiple_of(4);
/// Longest value in the one-byte form of extensions (RFC 8285 section 4.2).
const MAX_ONE_BYTE_LEN: usize = 16;

/// Everything an outgoing header carries. No CSRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutgoingHeader<'a> {
    /// Marker bit.
    pub marker: bool,
    /// Padding bit: the payload ends in padding whose last byte tells its length (RFC 3550 section
    /// 5.1).
    pub is_padded: bool,
    /// Payload type, 0..=127.
    pub payload_type: u8,
    /// Sequence number: the low 16 bits of the index given to the sealer.
    pub sequence: u16,
    /// Rewritten media time.
    pub timestamp: u32,
    /// Our SSRC of the slot.
    pub ssrc: u32,
    /// Transport-wide sequence number; every outgoing packet of a leg has its own.
    pub transport_sequence: Option<u16>,
    /// 6.18 fixed point seconds; the upper 8 bits are ignored.
    pub abs_send_time: Option<u32>,
    /// RFC 6464 level of a voice as its sender measured it, so that receivers can draw it without
    /// listening to the sound.
    pub audio_level: Option<AudioLevel>,
    /// Dependency descriptor, at most [`MAX_DESCRIPTOR_LEN`] bytes; empty for none.
    pub descriptor: &'a [u8],
}

impl OutgoingHeader<'_> {
    /// Bytes that [`Self::write`] will produce.
    #[must_use]
    pub fn written_len(&self) -> usize {
        let body = self.extension_bytes();
        if body == 0 { 12 } else { 16 + body.next_multiple_of(4) }
    }

    fn extension_bytes(&self) -> usize {
        let head = self.element_head();
        self.transport_sequence.map_or(0, |_| head + 2)
            + self.abs_send_time.map_or(0, |_| head + 3)
            + self.audio_level.map_or(0, |_| head + 1)
            + if self.descriptor.is_empty() { 0 } else { head + self.descriptor.len() }
    }

    /// Bytes before each value: one form holds for all.
    const fn element_head(&self) -> usize {
        if self.descriptor.len() > MAX_ONE_BYTE_LEN { 2 } else { 1 }
    }

    /// Writes the header and returns its length.
    ///
    /// # Errors
    /// `BufferFull` when `out` is shorter than [`Self::written_len`].
    pub fn write(&self, out: &mut [u8]) -> Result<usize, BufferFull> {
        self.write_by(&ExtensionIds::OURS, out)
    }

    /// Writes the header for a peer with extension ids of its own, 1–14 for every extension that the
    /// header carries.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_by(&self, ids: &ExtensionIds, out: &mut [u8]) -> Result<usize, BufferFull> {
        let total = self.written_len();
        if self.descriptor.len() > MAX_DESCRIPTOR_LEN {
            return Err(BufferFull);
        }
        let out = out.get_mut(..total).ok_or(BufferFull)?;
        out[0] = if total == 12 { 0x80 } else { 0x90 } | (u8::from(self.is_padded) << 5);
        out[1] = (u8::from(self.marker) << 7) | (self.payload_type & 0x7f);
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        if total == 12 {
            return Ok(total);
        }
        let is_long = self.element_head() == 2;
        out[12..14].copy_from_slice(if is_long { &[0x10, 0] } else { &[0xbe, 0xde] });
        let words = ((total - 16) / 4) as u16;
        out[14..16].copy_from_slice(&words.to_be_bytes());
        let mut at = 16;
        let mut put = |id: u8, value: &[u8]| {
            let head: &[u8] =
                if is_long { &[id, value.len() as u8] } else { &[id << 4 | (value.len() as u8 - 1)] };
            out[at..at + head.len()].copy_from_slice(head);
            at += head.len();
            out[at..at + value.len()].copy_from_slice(value);
            at += value.len();
        };
        if let Some(sequence) = self.transport_sequence {
            put(ids.transport_cc, &sequence.to_be_bytes());
        }
        if let Some(time) = self.abs_send_time {
            put(ids.abs_send_time, &time.to_be_bytes()[1..]);
        }
        if let Some(level) = self.audio_level {
            put(ids.audio_level, &[(u8::from(level.is_voice) << 7) | level.below_overload_db.min(127)]);
        }
        if !self.descriptor.is_empty() {
            put(ids.descriptor, self.descriptor);
        }
        out[at..].fill(0);
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::rtp::RtpView;

    #[test]
    fn written_header_reads_back() {
        let voice = AudioLevel { is_voice: true, below_overload_db: 33 };
        let long = [7; MAX_DESCRIPTOR_LEN];
        let descriptors = [&[][..], &[1, 2, 3], &long[..16], &long[..17], &long];
        for (transport_sequence, descriptor) in
            descriptors.into_iter().flat_map(|it| [(None, it), (Some(0xfffe), it)])
        {
            for (abs_send_time, audio_level) in
                [(None, None), (Some(0x00ab_cdef), None), (None, Some(voice)), (Some(1), Some(voice))]
            {
                let header = OutgoingHeader {
                    marker: true,
                    is_padded: false,
                    payload_type: 96,
                    sequence: 65_535,
                    timestamp: 0x8000_0001,
                    ssrc: 0x1234_5678,
                    transport_sequence,
                    abs_send_time,
                    audio_level,
                    descriptor,
                };
                let mut buffer = [0xffu8; MAX_WRITTEN_HEADER_LEN];
                let len = header.write(&mut buffer).unwrap();
                assert_eq!(len, header.written_len());
                let view = RtpView::parse(&buffer[..len]).unwrap();
                assert_eq!(view.header.sequence, 65_535);
                assert_eq!(view.header.ssrc, 0x1234_5678);
                assert_eq!(view.header.timestamp, 0x8000_0001);
                assert!(view.header.marker && view.payload.is_empty());
                assert_eq!(view.extensions().transport_sequence, transport_sequence);
                assert_eq!(view.extensions().abs_send_time, abs_send_time);
                assert_eq!(view.extensions().audio_level, audio_level);
                assert_eq!(view.extensions().descriptor.unwrap_or_default(), descriptor);
                assert_eq!(header.write(&mut buffer[..len - 1]), Err(BufferFull));
            }
        }
    }
}
