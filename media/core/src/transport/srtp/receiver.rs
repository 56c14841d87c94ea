//! Opens packets.

use crate::error::SrtpDrop;
use crate::packet::rtp::RtpHeader;

/// Opens the peer's packets.
pub struct SrtpReceiver;

/// One opened RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenedRtp {
    /// 48-bit packet index: rollover counter and sequence number.
    pub index: u64,
    /// Payload bytes written to the caller's buffer, padding included
    /// (see [`RtpHeader::unpadded_len`]).
    pub payload_len: usize,
}

impl SrtpReceiver {
    /// Authenticates `packet` and decrypts its payload into `payload_out`.
    ///
    /// `header` was parsed from `packet`. Nothing is remembered of a packet that fails.
    ///
    /// # Errors
    /// [`SrtpDrop`].
    pub fn open_rtp(
        &mut self,
        _header: &RtpHeader,
        _packet: &[u8],
        _payload_out: &mut [u8],
    ) -> Result<OpenedRtp, SrtpDrop> {
        todo!()
    }

    /// Authenticates a compound SRTCP packet and writes it, decrypted, to `out`; returns its length.
    ///
    /// # Errors
    /// [`SrtpDrop`].
    pub fn open_rtcp(&mut self, _packet: &[u8], _out: &mut [u8]) -> Result<usize, SrtpDrop> {
        todo!()
    }
}
