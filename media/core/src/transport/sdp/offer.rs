//! Writes the offer.

use crate::packet::negotiated::{AUDIO_SLOTS, VIDEO_SLOTS};

/// Sources of one outgoing video slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotSources {
    /// SSRC of the media packets.
    pub media: u32,
    /// SSRC of the retransmissions.
    pub rtx: u32,
}

/// What varies between offers of one leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferPlan {
    /// Session id of the `o=` line; constant for the leg, below 2^62.
    pub session_id: u64,
    /// Session version of the `o=` line; one more for every offer.
    pub version: u64,
    /// Sources of `v0`..`v27`.
    pub video: [SlotSources; VIDEO_SLOTS],
    /// Sources of `a0`..`a3`.
    pub audio: [u32; AUDIO_SLOTS],
}
