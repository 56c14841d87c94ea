//! Writes the RTP header of an outgoing packet into a send arena.
//!
//! Called by `stream` once per receiver and packet, right before the payload is sealed behind it.
//! Never allocates; the extensions are those the offer negotiates for sent lines.

use super::numbers::ExtensionIds;
use super::rtp::AudioLevel;
use crate::error::BufferFull;

/// Longest header that [`OutgoingHeader::write`] produces, in bytes.
pub const MAX_WRITTEN_HEADER_LEN: usize = 12 + 4 + 12;

/// Everything an outgoing header carries. No CSRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutgoingHeader {
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
}

impl OutgoingHeader {
    /// Bytes that [`Self::write`] will produce.
    #[must_use]
    pub fn written_len(&self) -> usize {
        let body = self.extension_bytes();
        if body == 0 { 12 } else { 16 + body.next_multiple_of(4) }
    }

    fn extension_bytes(&self) -> usize {
        self.transport_sequence.map_or(0, |_| 3)
            + self.abs_send_time.map_or(0, |_| 4)
            + self.audio_level.map_or(0, |_| 2)
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
        let out = out.get_mut(..total).ok_or(BufferFull)?;
        out[0] = if total == 12 { 0x80 } else { 0x90 } | (u8::from(self.is_padded) << 5);
        out[1] = (u8::from(self.marker) << 7) | (self.payload_type & 0x7f);
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        if total == 12 {
            return Ok(total);
        }
        out[12..14].copy_from_slice(&[0xbe, 0xde]);
        let words = ((total - 16) / 4) as u16;
        out[14..16].copy_from_slice(&words.to_be_bytes());
        let mut at = 16;
        if let Some(sequence) = self.transport_sequence {
            out[at] = (ids.transport_cc << 4) | 1;
            out[at + 1..at + 3].copy_from_slice(&sequence.to_be_bytes());
            at += 3;
        }
        if let Some(time) = self.abs_send_time {
            out[at] = (ids.abs_send_time << 4) | 2;
            out[at + 1..at + 4].copy_from_slice(&time.to_be_bytes()[1..]);
            at += 4;
        }
        if let Some(level) = self.audio_level {
            out[at] = ids.audio_level << 4;
            out[at + 1] = (u8::from(level.is_voice) << 7) | level.below_overload_db.min(127);
            at += 2;
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
        for transport_sequence in [None, Some(0xfffe)] {
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
                assert_eq!(header.write(&mut buffer[..len - 1]), Err(BufferFull));
            }
        }
    }
}
