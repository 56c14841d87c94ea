//! Seals packets.

use crate::error::SealRefused;

/// Seals our packets.
pub struct SrtpSender;

impl SrtpSender {
    /// Writes `header`, then `prefix` and `body` encrypted, then the tag to `out`; returns the
    /// length: header + prefix + body + [`super::super::SrtpProfile::rtp_overhead`].
    ///
    /// `index` is the 48-bit packet index of the header's source: its low 16 bits are the header's
    /// sequence number. `prefix` is a rewritten payload descriptor or an RTX original sequence
    /// number (may be empty), `body` the rest of the shared payload. Each (source, index) seals
    /// once.
    ///
    /// # Errors
    /// [`SealRefused`].
    pub fn seal_rtp(
        &mut self,
        _index: u64,
        _header: &[u8],
        _prefix: &[u8],
        _body: &[u8],
        _out: &mut [u8],
    ) -> Result<usize, SealRefused> {
        todo!()
    }

    /// Seals a clear compound packet into `out`; returns the length: compound +
    /// [`super::super::SrtpProfile::rtcp_overhead`].
    ///
    /// # Errors
    /// [`SealRefused`].
    pub fn seal_rtcp(&mut self, _compound: &[u8], _out: &mut [u8]) -> Result<usize, SealRefused> {
        todo!()
    }
}
