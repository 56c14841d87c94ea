//! Writes our answer to an outside offer, and the fragment that answers an ICE restart.
//!
//! Called by `PeerTransport`. Pure text from values; repeats of the offer only what `lines` has checked
//! to be plain tokens.

use super::{Accepted, Line, OurRole, OutsideOffer, Wanted};
use crate::packet::negotiated::{PT_OPUS, rtx_of};
use crate::transport::sdp::EXTENSION_URIS;
use crate::transport::sdp::offer::{CNAME, OfferPlan, OfferTransport, SlotSources, line, write_candidate};

/// Writes the whole answer, about 2 kB.
pub(in crate::transport) fn write_outside_answer(
    offer: &OutsideOffer,
    plan: &OfferPlan,
    transport: &OfferTransport<'_>,
) -> String {
    let mut text = String::with_capacity(4 * 1024);
    line(&mut text, format_args!("v=0"));
    line(&mut text, format_args!("o=- {} {} IN IP4 127.0.0.1", plan.session_id, plan.version));
    line(&mut text, format_args!("s=-"));
    line(&mut text, format_args!("t=0 0"));
    let accepted = offer.lines.iter().filter(|line| line.accepted.is_some());
    let mids: Vec<&str> = accepted.filter_map(|line| line.mid.as_deref()).collect();
    if !mids.is_empty() {
        line(&mut text, format_args!("a=group:BUNDLE {}", mids.join(" ")));
    }
    if offer.allows_mixed {
        line(&mut text, format_args!("a=extmap-allow-mixed"));
    }
    line(&mut text, format_args!("a=msid-semantic: WMS *"));
    line(&mut text, format_args!("a=ice-lite"));
    let mut is_first = true;
    for offered in &offer.lines {
        match &offered.accepted {
            Some(accepted) => {
                write_accepted(&mut text, offer, offered, accepted, plan, transport, is_first);
                is_first = false;
            }
            None => write_rejected(&mut text, offered),
        }
    }
    text
}

fn write_rejected(text: &mut String, offered: &Line) {
    line(text, format_args!("m={} 0 {} {}", offered.kind, offered.protocol, offered.formats));
    line(text, format_args!("c=IN IP4 0.0.0.0"));
    if let Some(mid) = &offered.mid {
        line(text, format_args!("a=mid:{mid}"));
    }
    line(text, format_args!("a=inactive"));
}

fn write_accepted(
    text: &mut String,
    offer: &OutsideOffer,
    offered: &Line,
    accepted: &Accepted,
    plan: &OfferPlan,
    transport: &OfferTransport<'_>,
    is_first: bool,
) {
    let numbers = accepted.formats.iter().flat_map(|format| [Some(format.theirs), format.rtx]).flatten();
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    line(text, format_args!("m={} 9 {} {}", offered.kind, offered.protocol, numbers.join(" ")));
    line(text, format_args!("c=IN IP4 0.0.0.0"));
    line(text, format_args!("a=rtcp:9 IN IP4 0.0.0.0"));
    line(text, format_args!("a=ice-ufrag:{}", transport.ice.ufrag));
    line(text, format_args!("a=ice-pwd:{}", transport.ice.pwd));
    line(text, format_args!("a=fingerprint:sha-256 {}", transport.fingerprint));
    let setup = if offer.role == OurRole::Client { "active" } else { "passive" };
    line(text, format_args!("a=setup:{setup}"));
    if let Some(mid) = &offered.mid {
        line(text, format_args!("a=mid:{mid}"));
    }
    if is_first {
        for (place, candidate) in transport.candidates.iter().enumerate() {
            write_candidate(text, place, candidate);
        }
        line(text, format_args!("a=end-of-candidates"));
    }
    for (theirs, ours) in &accepted.extensions {
        if let Some((_, uri)) = EXTENSION_URIS.iter().find(|(known, _)| known == ours) {
            line(text, format_args!("a=extmap:{theirs} {uri}"));
        }
    }
    let direction = if offer.wanted == Wanted::Publish { "recvonly" } else { "sendonly" };
    line(text, format_args!("a={direction}"));
    line(text, format_args!("a=rtcp-mux"));
    line(text, format_args!("a=rtcp-rsize"));
    for format in &accepted.formats {
        write_format(text, format);
    }
    if !accepted.rids.is_empty() {
        for rid in &accepted.rids {
            line(text, format_args!("a=rid:{rid} recv"));
        }
        line(text, format_args!("a=simulcast:recv {}", accepted.rids.join(";")));
    }
    if offer.wanted == Wanted::View {
        write_sources(text, accepted, plan);
    }
}

fn write_format(text: &mut String, format: &super::Format) {
    let number = format.theirs;
    line(text, format_args!("a=rtpmap:{number} {}", format.rtpmap));
    for feedback in &format.feedback {
        line(text, format_args!("a=rtcp-fb:{number} {feedback}"));
    }
    if let Some(parameters) = &format.fmtp {
        line(text, format_args!("a=fmtp:{number} {parameters}"));
    }
    if let Some(rtx) = format.rtx.filter(|_| rtx_of(format.ours).is_some()) {
        line(text, format_args!("a=rtpmap:{rtx} rtx/90000"));
        line(text, format_args!("a=fmtp:{rtx} apt={number}"));
    }
}

/// The first slot of each kind is the only one that a viewer has; both are one stream, so that picture
/// and sound stay together.
fn write_sources(text: &mut String, accepted: &Accepted, plan: &OfferPlan) {
    let is_audio = accepted.formats.iter().any(|format| format.ours == PT_OPUS);
    if is_audio {
        line(text, format_args!("a=msid:{CNAME} a0"));
        line(text, format_args!("a=ssrc:{} cname:{CNAME}", plan.audio[0]));
        return;
    }
    let SlotSources { media, rtx } = plan.video[0];
    line(text, format_args!("a=msid:{CNAME} v0"));
    if accepted.formats.iter().any(|format| format.rtx.is_some()) {
        line(text, format_args!("a=ssrc-group:FID {media} {rtx}"));
        line(text, format_args!("a=ssrc:{media} cname:{CNAME}"));
        line(text, format_args!("a=ssrc:{rtx} cname:{CNAME}"));
    } else {
        line(text, format_args!("a=ssrc:{media} cname:{CNAME}"));
    }
}

/// Writes what an ICE restart changes: credentials, and the candidates once more.
pub(in crate::transport) fn write_fragment(transport: &OfferTransport<'_>) -> String {
    let mut text = String::with_capacity(1024);
    line(&mut text, format_args!("a=ice-lite"));
    line(&mut text, format_args!("a=ice-ufrag:{}", transport.ice.ufrag));
    line(&mut text, format_args!("a=ice-pwd:{}", transport.ice.pwd));
    for (place, candidate) in transport.candidates.iter().enumerate() {
        write_candidate(&mut text, place, candidate);
    }
    line(&mut text, format_args!("a=end-of-candidates"));
    text
}
