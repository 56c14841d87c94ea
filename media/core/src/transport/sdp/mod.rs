//! The session descriptions of a leg: to browsers we offer, and they answer (RFC 8829). Programs that
//! bring their own offer get an answer from `outside`.
//!
//! Used by `PeerTransport`. The m-lines are fixed for the life of the leg, so an answer is checked
//! against the offer's plan and nothing is ever renegotiated except ICE credentials.

mod answer;
#[cfg(test)]
mod browsers;
mod offer;
mod outside;
#[cfg(test)]
mod tests;

pub use answer::{Answer, AnswerLine, Direction, parse_answer};
pub use offer::{OfferPlan, SlotSources, mids};
pub(super) use offer::{OfferTransport, write_offer};
pub use outside::{MAX_OUTSIDE_OFFER_LEN, OurRole, OutsideOffer, Wanted, parse_outside_offer};
pub(super) use outside::{are_usable, write_fragment, write_outside_answer};

/// URIs of the header extensions, by the ids of `packet::negotiated`.
pub(crate) const EXTENSION_URIS: [(u8, &str); 7] = {
    use crate::packet::negotiated as ids;
    [
        (ids::EXT_AUDIO_LEVEL, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
        (ids::EXT_ABS_SEND_TIME, "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"),
        (ids::EXT_TRANSPORT_CC, "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"),
        (ids::EXT_MID, "urn:ietf:params:rtp-hdrext:sdes:mid"),
        (ids::EXT_RID, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"),
        (ids::EXT_REPAIRED_RID, "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"),
        (
            ids::EXT_DEPENDENCY,
            "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
        ),
    ]
};
