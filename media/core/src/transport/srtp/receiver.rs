//! Opens what the peer sends: authenticates, refuses replays, decrypts into the caller's slot.
//!
//! Called by the shard once per incoming packet. Never remembers anything of a packet that fails,
//! and never allocates: the tables of sources are made with the keys.

use super::cipher::{DirectionKeys, RTCP_CLEAR_LEN, RTCP_INDEX_LEN};
use super::window::{Freshness, IndexWindow, SourceTable};
use super::{MAX_INCOMING_SOURCES, SrtpCounters};
use crate::error::{PacketDrop, SrtpDrop};
use crate::packet::rtp::RtpHeader;
use crate::transport::types::SrtpProfile;

/// Opens the peer's packets.
pub struct SrtpReceiver {
    keys: DirectionKeys,
    // 512 packets: half a second of one 8 Mbit/s picture, far beyond any reordering seen.
    rtp: SourceTable<IndexWindow<8>>,
    rtcp: SourceTable<IndexWindow<2>>,
    counters: SrtpCounters,
}

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
    /// Keys of the peer's direction; `None` when key or salt do not fit the profile.
    #[must_use]
    pub fn new(profile: SrtpProfile, master_key: &[u8], master_salt: &[u8]) -> Option<Self> {
        Some(Self {
            keys: DirectionKeys::derive(profile, master_key, master_salt)?,
            rtp: SourceTable::with_limit(MAX_INCOMING_SOURCES),
            rtcp: SourceTable::with_limit(MAX_INCOMING_SOURCES),
            counters: SrtpCounters::default(),
        })
    }

    /// Authenticates `packet` and decrypts its payload into `payload_out`.
    ///
    /// `header` was parsed from `packet`. Nothing is remembered of a packet that fails.
    ///
    /// # Errors
    /// [`SrtpDrop`]; each is also counted in [`Self::counters`].
    pub fn open_rtp(
        &mut self,
        header: &RtpHeader,
        packet: &[u8],
        payload_out: &mut [u8],
    ) -> Result<OpenedRtp, SrtpDrop> {
        let result = self.try_open_rtp(header, packet, payload_out);
        self.counters.note(result.as_ref().err());
        result
    }

    fn try_open_rtp(
        &mut self,
        header: &RtpHeader,
        packet: &[u8],
        payload_out: &mut [u8],
    ) -> Result<OpenedRtp, SrtpDrop> {
        let cipher = &self.keys.rtp;
        let payload_len =
            packet.len().checked_sub(header.header_len + cipher.tag_len()).ok_or(PacketDrop::Truncated)?;
        let out = payload_out.get_mut(..payload_len).ok_or(SrtpDrop::BufferFull)?;
        let fresh_window = IndexWindow::new();
        let window = self.rtp.find(header.ssrc);
        let is_new = window.is_none();
        let known = window.as_deref().unwrap_or(&fresh_window);
        let index = known.estimate(header.sequence).ok_or(SrtpDrop::TooOld)?;
        match known.judge(index) {
            Freshness::Fresh => {}
            Freshness::Seen => return Err(SrtpDrop::Replayed),
            Freshness::TooOld => return Err(SrtpDrop::TooOld),
        }
        cipher.open_rtp(header.ssrc, index, packet, header.header_len, out).ok_or(SrtpDrop::Forged)?;
        match window {
            Some(window) => window.mark(index),
            None => debug_assert!(is_new),
        }
        if is_new {
            let mut window = fresh_window;
            window.mark(index);
            if !self.rtp.add(header.ssrc, window) {
                return Err(SrtpDrop::SourcesFull);
            }
        }
        Ok(OpenedRtp { index, payload_len })
    }

    /// Authenticates a compound SRTCP packet and writes it, decrypted, to `out`; returns its length.
    ///
    /// # Errors
    /// [`SrtpDrop`]; each is also counted in [`Self::counters`].
    pub fn open_rtcp(&mut self, packet: &[u8], out: &mut [u8]) -> Result<usize, SrtpDrop> {
        let result = self.try_open_rtcp(packet, out);
        self.counters.note(result.as_ref().err());
        result
    }

    fn try_open_rtcp(&mut self, packet: &[u8], out: &mut [u8]) -> Result<usize, SrtpDrop> {
        let cipher = &self.keys.rtcp;
        let clear_len = packet
            .len()
            .checked_sub(cipher.tag_len() + RTCP_INDEX_LEN)
            .filter(|len| *len >= RTCP_CLEAR_LEN)
            .ok_or(PacketDrop::Truncated)?;
        if packet[0] >> 6 != 2 {
            return Err(PacketDrop::WrongVersion.into());
        }
        let out = out.get_mut(..clear_len).ok_or(SrtpDrop::BufferFull)?;
        let word = cipher.rtcp_index_word(packet).ok_or(PacketDrop::Truncated)?;
        if word >> 31 == 0 {
            return Err(SrtpDrop::NotEncrypted);
        }
        let index = u64::from(word & 0x7fff_ffff);
        let source = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
        let window = self.rtcp.find(source);
        match window.as_deref().map_or(Freshness::Fresh, |window| window.judge(index)) {
            Freshness::Fresh => {}
            Freshness::Seen => return Err(SrtpDrop::Replayed),
            Freshness::TooOld => return Err(SrtpDrop::TooOld),
        }
        cipher.open_rtcp(packet, source, word, out).ok_or(SrtpDrop::Forged)?;
        if let Some(window) = window {
            window.mark(index);
        } else {
            let mut window = IndexWindow::new();
            window.mark(index);
            if !self.rtcp.add(source, window) {
                return Err(SrtpDrop::SourcesFull);
            }
        }
        Ok(clear_len)
    }

    /// Packets opened, and dropped by reason.
    #[must_use]
    pub fn counters(&self) -> &SrtpCounters {
        &self.counters
    }
}
