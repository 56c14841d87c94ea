//! Offers that others make (WHIP, WHEP) and our answers to them (RFC 9725, RFC 8829).
//!
//! Used by `PeerTransport` and the shard. At most one picture and one sound are taken out of such an
//! offer, every other line is rejected; the answer names the offerer's own numbers, and [`Numbers`]
//! tells the shard what they mean.

mod answer;
mod formats;
mod lines;
mod offer;
#[cfg(test)]
mod tests;

pub(in crate::transport) use answer::{write_fragment, write_outside_answer};
pub(in crate::transport) use offer::are_usable;
pub use offer::{MAX_OUTSIDE_OFFER_LEN, OutsideOffer, parse_outside_offer};

use crate::packet::numbers::Numbers;

/// What the offerer wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// To send a camera and a microphone.
    Publish,
    /// To receive one picture and one sound.
    View,
}

/// The DTLS role that the offer leaves to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OurRole {
    Client,
    Server,
}

/// One media format that both sides know: the offerer's number, ours, and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub theirs: u8,
    pub ours: u8,
    /// Retransmissions: the offerer's number.
    pub rtx: Option<u8>,
    pub rtpmap: String,
    pub fmtp: Option<String>,
    /// Feedback that both sides understand.
    pub feedback: Vec<String>,
}

/// One m-line that is answered with media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    pub formats: Vec<Format>,
    /// Header extensions: the offerer's id and our id.
    pub extensions: Vec<(u8, u8)>,
    /// Simulcast layers in the order of the offer.
    pub rids: Vec<String>,
}

/// One m-line of the offer, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub kind: String,
    /// Transport protocol and formats as offered, for a line that is rejected.
    pub protocol: String,
    pub formats: String,
    pub mid: Option<String>,
    pub accepted: Option<Accepted>,
}

impl OutsideOffer {
    /// The table by which packets of this peer are read and written.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::default();
        for accepted in self.lines.iter().filter_map(|line| line.accepted.as_ref()) {
            for format in &accepted.formats {
                let rtx = format.rtx.zip(crate::packet::negotiated::rtx_of(format.ours));
                if numbers.add_payload(format.theirs, format.ours)
                    && let Some((theirs, ours)) = rtx
                {
                    numbers.add_payload(theirs, ours);
                }
            }
            for (theirs, ours) in &accepted.extensions {
                if let Some(place) = numbers.extensions.of_mut(*ours) {
                    *place = *theirs;
                }
            }
            if !accepted.rids.is_empty() {
                numbers.name_layers(lines::smallest_first(&accepted.rids).into_iter());
            }
        }
        numbers
    }
}
