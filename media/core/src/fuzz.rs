//! One entry per parser of bytes from outside, for `media/fuzz` and `tests/fuzz_smoke.rs`.
//!
//! Not part of the crate's interface. Each function takes any bytes at all and may only return: a
//! panic, an endless loop or an unbounded allocation is the finding.

use crate::packet::demux::{PacketClass, classify};
use crate::packet::descriptor::DescriptorReader;
use crate::packet::negotiated::{PT_OPUS, PT_OPUS_STEREO, PT_RED, VIDEO_FORMATS};
use crate::packet::opening::{self, Opening};
use crate::packet::rtp::{RtpHeader, RtpView};
use crate::packet::{rtcp, stun, tcp_frame};
use crate::payload;
use crate::stream::ids::Layer;
use crate::stream::marks::Ladder;
use crate::stream::thinning::{Numbered, Renumbering, Thinning};
use crate::transport::SrtpProfile;
use crate::transport::sdp::{Wanted, parse_answer, parse_outside_offer};
use crate::transport::srtp::{SrtpReceiver, SrtpSender};
use std::cell::RefCell;
use std::hint::black_box;
use std::time::Instant;

/// A target's name, which is also its corpus folder, and its function of any instant and any bytes.
pub type Target = (&'static str, fn(Instant, &[u8]));

/// All targets.
pub const TARGETS: [Target; 13] = [
    ("rtp", rtp),
    ("rtcp", rtcp),
    ("stun", stun),
    ("tcp_frame", tcp_frame),
    ("opening", opening),
    ("sdp_answer", sdp_answer),
    ("sdp_offer", sdp_offer),
    ("client_hello", client_hello),
    ("srtp", srtp),
    ("srtcp", srtcp),
    ("payload", payload),
    ("descriptor", descriptor),
    ("room", room),
];

/// Demultiplexing, RTP header, extensions and padding.
pub fn rtp(_: Instant, bytes: &[u8]) {
    if classify(bytes) == PacketClass::Unknown {
        return;
    }
    if let Ok(view) = RtpView::parse(bytes) {
        black_box(view.extensions());
        assert!(view.header.extensions(bytes).count() <= bytes.len());
        assert!(view.payload.len() + view.header.header_len <= bytes.len());
    }
}

/// Compound RTCP with everything inside it.
pub fn rtcp(_: Instant, bytes: &[u8]) {
    use rtcp::RtcpPacket;
    for packet in rtcp::compound(bytes) {
        let items = match packet {
            RtcpPacket::SenderReport(_, blocks) | RtcpPacket::ReceiverReport(_, blocks) => blocks.count(),
            RtcpPacket::Goodbye(sources) => sources.count(),
            RtcpPacket::Nack(_, lost) => lost.count(),
            RtcpPacket::Fir(targets) => targets.count(),
            RtcpPacket::TransportFeedback(feedback) => feedback.statuses().count(),
            _ => 0,
        };
        // A run-length chunk may stand for 8191 statuses, but no more than the count field holds.
        assert!(items <= usize::from(u16::MAX));
    }
}

/// The look into a STUN message that routes it.
pub fn stun(_: Instant, bytes: &[u8]) {
    if let Ok(peek) = stun::peek(bytes) {
        black_box(peek);
    }
}

/// A TCP stream, cut into pieces whose lengths the first byte chooses.
pub fn tcp_frame(_: Instant, bytes: &[u8]) {
    let Some((&cut, stream)) = bytes.split_first() else { return };
    let mut decoder = tcp_frame::FrameDecoder::default();
    for piece in stream.chunks(usize::from(cut).max(1)) {
        let result = decoder.feed(piece, |frame| {
            assert!(!frame.is_empty() && frame.len() <= tcp_frame::MAX_FRAME_LEN);
        });
        if result.is_err() {
            return;
        }
    }
}

/// The first bytes of a connection on the port shared with HTTPS: what is known of some of them stays
/// so when more come.
pub fn opening(_: Instant, bytes: &[u8]) {
    let cut = bytes.first().map_or(0, |at| usize::from(*at) % bytes.len());
    let part = opening::opening(&bytes[..cut]);
    let whole = opening::opening(bytes);
    assert!(part == Opening::Incomplete || part == whole);
    assert!(bytes.len() < opening::OPENING_BYTES || whole != Opening::Incomplete);
}

/// A browser's answer.
pub fn sdp_answer(_: Instant, bytes: &[u8]) {
    if let Ok(answer) = parse_answer(&String::from_utf8_lossy(bytes)) {
        assert!(answer.lines.iter().all(|line| line.payload_types.len() <= VIDEO_FORMATS.len()));
    }
}

/// An offer that a program brought, read for both uses; one that is taken must make a table.
pub fn sdp_offer(_: Instant, bytes: &[u8]) {
    for wanted in [Wanted::Publish, Wanted::View] {
        if let Ok(offer) = parse_outside_offer(&String::from_utf8_lossy(bytes), wanted) {
            assert!(offer.has_audio() || offer.has_video());
            black_box(offer.numbers());
        }
    }
}

/// DTLS datagrams (each behind a 16-bit length) as they reach an association, in either role.
pub fn client_hello(now: Instant, bytes: &[u8]) {
    let mut rest = bytes;
    let datagrams = std::iter::from_fn(|| {
        let (len, after) = rest.split_first_chunk::<2>()?;
        let len = usize::from(u16::from_be_bytes(*len)).min(after.len());
        let (datagram, after) = after.split_at(len);
        rest = after;
        Some(datagram)
    });
    crate::transport::fuzz_dtls(now, datagrams);
}

thread_local! {
    static RECEIVERS: RefCell<Vec<SrtpReceiver>> = RefCell::new(
        SrtpProfile::PREFERENCE.iter().filter_map(|profile| receiver(*profile)).collect(),
    );
}

fn receiver(profile: SrtpProfile) -> Option<SrtpReceiver> {
    SrtpReceiver::new(profile, &[1; 32][..profile.key_len()], &[2; 14][..profile.salt_len()])
}

/// Opening SRTP: nothing that did not come from the sender may open.
pub fn srtp(_: Instant, bytes: &[u8]) {
    let Ok(header) = RtpHeader::parse(bytes) else { return };
    let mut out = [0; 2048];
    RECEIVERS.with_borrow_mut(|receivers| {
        for receiver in receivers {
            if let Ok(opened) = receiver.open_rtp(&header, bytes, &mut out) {
                black_box(header.unpadded_len(&out[..opened.payload_len]).ok());
            }
        }
    });
    // The same bytes as clear media: what we seal is longer by exactly the overhead.
    let profile = SrtpProfile::AeadAes128Gcm;
    let Some(mut sender) = SrtpSender::new(profile, &[1; 16], &[2; 12]) else { return };
    let (head, body) = bytes.split_at(header.header_len);
    let index = u64::from(header.sequence);
    if let Ok(len) = sender.seal_rtp(index, head, &[], body, &mut out) {
        assert_eq!(len, bytes.len() + profile.rtp_overhead());
    }
}

/// Opening SRTCP.
pub fn srtcp(now: Instant, bytes: &[u8]) {
    let mut out = [0; 2048];
    RECEIVERS.with_borrow_mut(|receivers| {
        for receiver in receivers {
            if let Ok(len) = receiver.open_rtcp(bytes, &mut out) {
                rtcp(now, &out[..len]);
            }
        }
    });
}

/// Payload descriptors of every codec.
pub fn payload(_: Instant, bytes: &[u8]) {
    let types = VIDEO_FORMATS.into_iter().chain([PT_OPUS, PT_OPUS_STEREO, PT_RED]);
    for codec in types.filter_map(payload::Codec::from_payload_type) {
        black_box(payload::look(codec, &[], bytes));
        black_box(payload::look(codec, &[0x80, 0, 1, 0x80], bytes));
    }
    black_box(payload::Vp9Layers::default().read(bytes));
}

/// Dependency descriptors of one stream, each behind its length, and what a receiver gets of them.
pub fn descriptor(_: Instant, bytes: &[u8]) {
    let (mut reader, mut numbers) = (DescriptorReader::default(), Renumbering::starting(1 << 16, 1));
    let mut thinning: Option<Thinning> = None;
    let (mut rest, mut sequence) = (bytes, 1u64 << 16);
    while let [len, layer, after @ ..] = rest {
        let (one, after) = after.split_at(usize::from(*len).min(after.len()));
        rest = after;
        sequence += u64::from(layer >> 4 & 3);
        let Some(marks) = reader.read(one, true) else { continue };
        let ladder = reader.table().map(|table| Ladder::of(&table, layer & 0x80 != 0)).unwrap_or_default();
        let Some(rung) = ladder.nearest(Layer::ALL[usize::from(layer & 3).min(2)]) else { continue };
        let thinning = thinning.get_or_insert_with(|| Thinning::starting(&marks, rung));
        let is_within = thinning.is_newest(&marks);
        let fate = thinning.fate(&marks, rung);
        if let Numbered::Goes(index) = numbers.number(sequence, fate.is_passed, is_within) {
            assert_eq!(numbers.find(index, 1 << 16).map(|found| found.0), Some(sequence));
        }
    }
}

/// A meeting: packets, RTCP and orders of four legs in any order.
pub fn room(now: Instant, bytes: &[u8]) {
    crate::room::hostile::play(bytes, now);
}
