//! Payloads of packets to access units and back.
//!
//! Called by `feed` and `output`. The work is rtc-rtp's; here its answers are bounded and its panics over
//! hostile bytes become an answer, since whoever sends decides what is read.

use crate::reorder::Arrived;
use bytes::Bytes;
use media_mix::codec::{self, EncoderKind};
use media_relay::Codec;
use rtc_rtp::codec::av1::Av1Depacketizer;
use rtc_rtp::codec::h264::{FUA_NALU_TYPE, H264Packet, H264Payloader, NALU_TYPE_BITMASK, STAPA_NALU_TYPE};
use rtc_rtp::codec::vp8::Vp8Packet;
use rtc_rtp::codec::vp9::Vp9Packet;
use rtc_rtp::packetizer::{Depacketizer, Payloader};
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};

/// Longest payload that is sent: it fits every way with SRTP, TURN and TLS around it.
const MTU: usize = 1_180;
/// The first fragment of a unit (RFC 6184 section 5.8).
const FRAGMENT_START: u8 = 0x80;

/// Bytes in front of each part of a VP8 picture, and the bits in them.
const VP8_HEAD_BYTES: usize = 4;
const VP8_EXTENDED: u8 = 0x80;
const VP8_START: u8 = 0x10;
const VP8_HAS_PICTURE_ID: u8 = 0x80;
const VP8_LONG_PICTURE_ID: u8 = 0x80;
const PICTURE_ID_MASK: u16 = 0x7fff;

/// The packets of a picture make no access unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// The decoder for a codec of the relay; `None` where there is none.
#[must_use]
pub const fn decoder_of(codec: Codec) -> Option<codec::Codec> {
    match codec {
        Codec::Vp8 => Some(codec::Codec::Vp8),
        Codec::H264 => Some(codec::Codec::H264),
        Codec::Vp9 => Some(codec::Codec::Vp9),
        Codec::Av1 => Some(codec::Codec::Av1),
        Codec::H265 | Codec::Opus | Codec::OpusStereo | Codec::Red => None,
    }
}

/// What a decoder takes, one after the other: one access unit, or a frame for each layer of VP9.
///
/// # Errors
/// [`Unreadable`], also for codecs that are not decoded.
pub fn units(packets: &[Arrived]) -> Result<Vec<Vec<u8>>, Unreadable> {
    let codec = packets.first().ok_or(Unreadable)?.codec;
    if packets.iter().any(|it| it.codec != codec) {
        return Err(Unreadable);
    }
    // The library reads behind the end of some malformed payloads, which Rust answers with a panic.
    IS_READING.set(true);
    let read = catch_unwind(AssertUnwindSafe(|| match codec {
        Codec::Vp8 => vp8(packets),
        Codec::H264 => h264(packets),
        Codec::Vp9 => vp9(packets),
        Codec::Av1 => joined(&mut Av1Depacketizer::new(), packets),
        Codec::H265 | Codec::Opus | Codec::OpusStereo | Codec::Red => Err(Unreadable),
    }));
    IS_READING.set(false);
    read.unwrap_or(Err(Unreadable))
}

/// What a packet of sound with copies (RFC 2198) carries of its own time; empty when it makes no sense.
#[must_use]
pub fn primary(payload: &[u8]) -> &[u8] {
    let (mut rest, mut copies) = (payload, 0);
    loop {
        match rest {
            [first, _, third, fourth, after @ ..] if first & 0x80 != 0 => {
                copies += usize::from(third & 3) << 8 | usize::from(*fourth);
                rest = after;
            }
            [first, after @ ..] if first & 0x80 == 0 => return after.get(copies..).unwrap_or_default(),
            _ => return &[],
        }
    }
}

thread_local! {
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}

/// Keeps what hostile payloads make the library say out of the log: it is counted. Called once by `main`.
pub fn hush() {
    let told = panic::take_hook();
    panic::set_hook(Box::new(move |what| {
        if !IS_READING.get() {
            told(what);
        }
    }));
}

fn joined(depacketizer: &mut impl Depacketizer, packets: &[Arrived]) -> Result<Vec<Vec<u8>>, Unreadable> {
    let mut unit = Vec::new();
    for packet in packets {
        unit.extend_from_slice(&depacketizer.depacketize(&packet.payload).map_err(|_| Unreadable)?);
    }
    Ok(vec![unit])
}

fn vp8(packets: &[Arrived]) -> Result<Vec<Vec<u8>>, Unreadable> {
    let mut first = Vp8Packet::default();
    first.depacketize(&packets.first().ok_or(Unreadable)?.payload).map_err(|_| Unreadable)?;
    if first.s != 1 || first.pid != 0 {
        return Err(Unreadable);
    }
    joined(&mut Vp8Packet::default(), packets)
}

fn h264(packets: &[Arrived]) -> Result<Vec<Vec<u8>>, Unreadable> {
    let first = &packets.first().ok_or(Unreadable)?.payload;
    let begins_within =
        first.len() > 1 && first[0] & NALU_TYPE_BITMASK == FUA_NALU_TYPE && first[1] & FRAGMENT_START == 0;
    if begins_within || !packets.iter().all(|it| is_sound_aggregate(&it.payload)) {
        return Err(Unreadable);
    }
    joined(&mut H264Packet::default(), packets)
}

/// Whether the units of a STAP-A lie inside it; true for anything else.
fn is_sound_aggregate(payload: &[u8]) -> bool {
    let Some((head, mut rest)) = payload.split_first() else { return false };
    if head & NALU_TYPE_BITMASK != STAPA_NALU_TYPE {
        return true;
    }
    while let [high, low, units @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some(behind) = units.get(length..) else { return false };
        rest = behind;
    }
    rest.is_empty()
}

fn vp9(packets: &[Arrived]) -> Result<Vec<Vec<u8>>, Unreadable> {
    let (mut frames, mut frame) = (Vec::new(), Vec::new());
    for packet in packets {
        let mut head = Vp9Packet::default();
        let bytes = head.depacketize(&packet.payload).map_err(|_| Unreadable)?;
        if head.b != frame.is_empty() {
            return Err(Unreadable);
        }
        frame.extend_from_slice(&bytes);
        if head.e {
            frames.push(std::mem::take(&mut frame));
        }
    }
    if frame.is_empty() { Ok(frames) } else { Err(Unreadable) }
}

/// Cuts the access units of one encoder into payloads.
pub struct Cutter {
    way: Way,
    pub codec: Codec,
}

enum Way {
    H264(H264Payloader),
    /// The number of the next picture.
    Vp8(u16),
}

impl Cutter {
    #[must_use]
    pub fn new(kind: EncoderKind) -> Self {
        match kind {
            EncoderKind::X264 | EncoderKind::OpenH264 => {
                Self { way: Way::H264(H264Payloader::default()), codec: Codec::H264 }
            }
            EncoderKind::Vp8 => Self { way: Way::Vp8(0), codec: Codec::Vp8 },
        }
    }

    /// The payloads of one access unit; the last one ends the picture.
    pub fn cut(&mut self, unit: Vec<u8>) -> Vec<Bytes> {
        match &mut self.way {
            // Our own units are well formed; nothing but an empty one has no payloads.
            Way::H264(payloader) => payloader.payload(MTU, &Bytes::from(unit)).unwrap_or_default(),
            Way::Vp8(next) => {
                let number = *next;
                *next = (number + 1) & PICTURE_ID_MASK;
                let parts = unit.chunks(MTU - VP8_HEAD_BYTES).enumerate();
                parts.map(|(at, part)| [&vp8_head(number, at == 0)[..], part].concat().into()).collect()
            }
        }
    }
}

/// RFC 7741 section 4.2, always with a picture id of 15 bits: rooms rewrite the id in place, so that its length
/// must not change within a stream. The library's payloader leaves out 0 and writes less up to 127.
fn vp8_head(picture_id: u16, is_first: bool) -> [u8; VP8_HEAD_BYTES] {
    let [high, low] = picture_id.to_be_bytes();
    [VP8_EXTENDED | if is_first { VP8_START } else { 0 }, VP8_HAS_PICTURE_ID, VP8_LONG_PICTURE_ID | high, low]
}

#[cfg(test)]
mod tests {
    use super::*;
    use media_mix::codec::{Bitrate, Decode as _, Decoder, Effort, EncoderWish, encoder};
    use media_mix::layout::Size;
    use media_mix::picture::Picture;
    use proptest::prelude::*;
    use std::time::Duration;

    const ALL: [Codec; 8] = [
        Codec::Vp8,
        Codec::H264,
        Codec::Vp9,
        Codec::Av1,
        Codec::H265,
        Codec::Opus,
        Codec::OpusStereo,
        Codec::Red,
    ];

    fn arrived(codec: Codec, sequence: u64, payload: Bytes) -> Arrived {
        Arrived { epoch: 0, sequence, timestamp: 0, marker: false, codec, payload }
    }

    #[test]
    fn what_is_cut_is_put_together_again_and_decoded() {
        for kind in [EncoderKind::X264, EncoderKind::OpenH264, EncoderKind::Vp8] {
            let size = Size::new(640, 360);
            let wish = EncoderWish {
                kind,
                size,
                rate: Bitrate::kbit(8_000),
                pictures_per_second: 25,
                effort: Effort::Usual,
            };
            let mut encoder = encoder(wish).expect("an encoder");
            let mut noisy = Picture::black(size);
            let mut seed = 1_u32;
            for row in 0..360 {
                for byte in noisy.plane_mut(0).row(0, row, 640) {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    *byte = (seed >> 24) as u8;
                }
            }
            let unit = encoder.encode(&noisy, Duration::ZERO, true).expect("encoded").expect("a unit");
            let mut cutter = Cutter::new(kind);
            let payloads = cutter.cut(unit.bytes);
            assert!(payloads.len() > 3, "{kind:?}: {}", payloads.len());
            assert!(payloads.iter().all(|it| it.len() <= MTU));
            let packets: Vec<Arrived> =
                (0..).zip(payloads).map(|(at, it)| arrived(cutter.codec, at, it)).collect();
            let units = units(&packets).expect("readable");
            let mut decoder = Decoder::open(decoder_of(cutter.codec).expect("decoded")).expect("a decoder");
            let picture = decoder.decode(&units[0]).picture.expect("a picture");
            assert_eq!(picture.size(), size);
            let last = &packets[packets.len() - 1..];
            assert_eq!(super::units(last), Err(Unreadable), "{kind:?} without its beginning");
        }
    }

    #[test]
    fn pictures_of_vp8_are_numbered_in_fifteen_bits_and_begin_anew() {
        let mut cutter = Cutter::new(EncoderKind::Vp8);
        let mut last = None;
        for _ in 0..0x8002 {
            let payloads = cutter.cut(vec![7; MTU]);
            let numbers: Vec<u16> = payloads.iter().map(|it| u16::from_be_bytes([it[2], it[3]])).collect();
            let [first, second] = numbers[..] else { panic!("two payloads, not {numbers:?}") };
            assert_eq!((first, payloads[0][0], payloads[1][0]), (second, 0x90, 0x80));
            assert!(last.is_none_or(|last: u16| first == 0x8000 | (last.wrapping_add(1) & PICTURE_ID_MASK)));
            last = Some(first);
        }
        assert_eq!(last, Some(0x8001));
    }

    #[test]
    fn layers_of_vp9_are_decoded_one_after_the_other() {
        // Two frames of one picture: beginning and end marked in the first byte (RFC 9628).
        let packets = [&[0x08, 1][..], &[0x04, 2], &[0x0c, 3]];
        let packets = packets.map(|it| arrived(Codec::Vp9, 0, Bytes::copy_from_slice(it)));
        assert_eq!(units(&packets), Ok(vec![vec![1, 2], vec![3]]));
        assert_eq!(units(&packets[..1]), Err(Unreadable));
    }

    proptest! {
        #[test]
        fn hostile_payloads_never_end_the_process(
            codec in prop::sample::select(ALL.to_vec()),
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..24), 0..6),
        ) {
            let packets: Vec<Arrived> =
                payloads.into_iter().map(|it| arrived(codec, 0, Bytes::from(it))).collect();
            let _ = units(&packets);
        }
    }
}
