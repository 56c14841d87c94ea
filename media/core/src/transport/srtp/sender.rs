//! Seals what we send, once per receiver, straight into the send arena.
//!
//! Called by the shard for every packet that leaves. Refuses to seal one index of one source twice:
//! with GCM a repeated nonce would give the authentication key away (RFC 7714 section 13).

use super::MAX_OUTGOING_SOURCES;
use super::cipher::{DirectionKeys, RTCP_CLEAR_LEN, RTCP_INDEX_LEN};
use super::window::{Freshness, IndexWindow, SourceTable};
use crate::error::SealRefused;
use crate::packet::rtp::FIXED_HEADER_LEN;
use crate::transport::types::SrtpProfile;

/// Seals our packets.
pub struct SrtpSender {
    keys: DirectionKeys,
    sealed: SourceTable<IndexWindow<8>>,
    // One counter for all our sources: RFC 3711 asks for a fresh index per source and key, and a
    // shared counter gives every source an increasing one.
    next_rtcp_index: u32,
}

impl SrtpSender {
    /// Keys of our direction; `None` when key or salt do not fit the profile.
    #[must_use]
    pub fn new(profile: SrtpProfile, master_key: &[u8], master_salt: &[u8]) -> Option<Self> {
        Some(Self {
            keys: DirectionKeys::derive(profile, master_key, master_salt)?,
            sealed: SourceTable::with_limit(MAX_OUTGOING_SOURCES),
            next_rtcp_index: 0,
        })
    }

    /// Writes `header`, then `prefix` and `body` encrypted, then the tag to `out`; returns the
    /// length: header + prefix + body + [`SrtpProfile::rtp_overhead`].
    ///
    /// `index` is the 48-bit packet index of the header's source: its low 16 bits are the header's
    /// sequence number, and it starts below 2^15 so that the peer counts rollovers alike. `prefix`
    /// is a rewritten payload descriptor or an RTX original sequence number (may be empty), `body`
    /// the rest of the shared payload. Each (source, index) seals once.
    ///
    /// # Errors
    /// [`SealRefused`]; `out` then holds nothing of use.
    pub fn seal_rtp(
        &mut self,
        index: u64,
        header: &[u8],
        prefix: &[u8],
        body: &[u8],
        out: &mut [u8],
    ) -> Result<usize, SealRefused> {
        if header.len() < FIXED_HEADER_LEN || header[2..4] != (index as u16).to_be_bytes() {
            return Err(SealRefused::HeaderMismatch);
        }
        if index >> 48 != 0 {
            return Err(SealRefused::KeyExhausted);
        }
        let source = u32::from_be_bytes([header[8], header[9], header[10], header[11]]);
        if self.sealed.find(source).is_none() && !self.sealed.add(source, IndexWindow::new()) {
            return Err(SealRefused::SourcesFull);
        }
        let window = self.sealed.find(source).expect("the source is known or was just added");
        if window.judge(index) != Freshness::Fresh {
            return Err(SealRefused::IndexUsed);
        }
        let cipher = &self.keys.rtp;
        let total = header.len() + prefix.len() + body.len() + cipher.tag_len();
        let out = out.get_mut(..total).ok_or(SealRefused::BufferFull)?;
        out[..header.len()].copy_from_slice(header);
        // Marked before use: an index must not be tried again even if sealing fails half-way.
        window.mark(index);
        cipher.seal_rtp(source, index, header.len(), prefix, body, out).ok_or(SealRefused::BufferFull)?;
        Ok(total)
    }

    /// Seals a clear compound packet into `out`; returns the length: compound +
    /// [`SrtpProfile::rtcp_overhead`].
    ///
    /// # Errors
    /// [`SealRefused`].
    pub fn seal_rtcp(&mut self, compound: &[u8], out: &mut [u8]) -> Result<usize, SealRefused> {
        if compound.len() < RTCP_CLEAR_LEN {
            return Err(SealRefused::HeaderMismatch);
        }
        let index = self.next_rtcp_index;
        if index >> 31 != 0 {
            return Err(SealRefused::KeyExhausted);
        }
        let cipher = &self.keys.rtcp;
        let total = compound.len() + cipher.tag_len() + RTCP_INDEX_LEN;
        let out = out.get_mut(..total).ok_or(SealRefused::BufferFull)?;
        self.next_rtcp_index = index + 1;
        let source = u32::from_be_bytes([compound[4], compound[5], compound[6], compound[7]]);
        cipher.seal_rtcp(compound, source, index, out).ok_or(SealRefused::BufferFull)?;
        Ok(total)
    }
}
