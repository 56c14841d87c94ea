//! Decoders and encoders against one another, and what FFmpeg's own tools say of what was encoded.

use media_mix::codec::{
    Bitrate, Codec, Decode as _, Decoder, Effort, Encode, EncoderKind, EncoderWish, Unit, encoder,
};
use media_mix::error::Failure;
use media_mix::layout::{Rect, Size};
use media_mix::picture::{Colour, Picture};
use std::time::Duration;

const SIZE: Size = Size::new(640, 360);
const TICK: Duration = Duration::from_millis(40);

fn wish(kind: EncoderKind) -> EncoderWish {
    let rate = Bitrate::kbit(600);
    EncoderWish { kind, size: SIZE, rate, pictures_per_second: 25, effort: Effort::Usual }
}

/// A scene in motion: a block that wanders over stripes.
fn scene(size: Size, number: u32) -> Picture {
    let mut picture = Picture::black(size);
    for stripe in 0..size.width / 16 {
        let y = 40 + ((stripe * 37 + number * 3) % 150) as u8;
        let rect = Rect { x: stripe * 16, y: 0, width: 16, height: size.height };
        picture.fill(rect, Colour { y, u: 100 + (stripe % 50) as u8, v: 140 });
    }
    let at = |side: u32| (number * 6 % (side - 64)) / 2 * 2;
    let block = Rect { x: at(size.width), y: at(size.height), width: 64, height: 64 };
    picture.fill(block, Colour { y: 210, u: 90, v: 170 });
    picture
}

fn units(encoder: &mut dyn Encode, numbers: std::ops::Range<u32>, keys: &[u32]) -> Vec<Unit> {
    let one = |number: u32| {
        let unit = encoder.encode(&scene(SIZE, number), TICK * number, keys.contains(&number));
        unit.expect("encodes").expect("no picture is left out")
    };
    numbers.map(one).collect()
}

/// What no encoder can foresee: small blocks that all change.
fn noise(number: u32) -> Picture {
    let mut picture = Picture::black(SIZE);
    let mut dice = u64::from(number) + 0x5eed;
    for block in 0..(SIZE.width / 8) * (SIZE.height / 8) {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (x, y) = (block % (SIZE.width / 8) * 8, block / (SIZE.width / 8) * 8);
        picture
            .fill(Rect { x, y, width: 8, height: 8 }, Colour { y: 80 + (dice >> 59) as u8, u: 128, v: 128 });
    }
    picture
}

fn difference(one: &Picture, other: &Picture) -> f64 {
    let (one, other) = (one.plane(0), other.plane(0));
    let rows = (0..one.height).flat_map(|row| one.row(0, row).iter().zip(other.row(0, row)));
    let sum: u64 = rows.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / (one.width * one.height) as f64
}

const KINDS: [(EncoderKind, Codec); 3] =
    [(EncoderKind::X264, Codec::H264), (EncoderKind::OpenH264, Codec::H264), (EncoderKind::Vp8, Codec::Vp8)];

#[test]
fn what_is_encoded_is_decoded_to_the_same_picture_at_once() {
    for (kind, codec) in KINDS {
        let mut encoder = encoder(wish(kind)).expect("is installed");
        let mut decoder = Decoder::open(codec).expect("is installed");
        for (number, unit) in units(&mut *encoder, 0..30, &[]).iter().enumerate() {
            let decoded = decoder.decode(&unit.bytes);
            let picture = decoded.picture.expect("a picture for each unit");
            assert!(!decoded.is_key_needed);
            assert_eq!(picture.size(), SIZE);
            let off = difference(&picture, &scene(SIZE, number as u32));
            assert!(off < 8.0, "{kind:?}, picture {number}: {off}");
        }
        assert_eq!((decoder.counts().pictures, decoder.counts().broken), (30, 0));
    }
}

#[test]
fn a_key_picture_comes_when_it_is_asked_for_and_a_decoder_can_begin_there() {
    for (kind, codec) in KINDS {
        let mut encoder = encoder(wish(kind)).expect("is installed");
        let units = units(&mut *encoder, 0..30, &[17]);
        let keys: Vec<usize> =
            units.iter().enumerate().filter(|(_, it)| it.is_key).map(|(at, _)| at).collect();
        assert_eq!(keys, [0, 17], "{kind:?}");
        let mut late = Decoder::open(codec).expect("is installed");
        let pictures: Vec<bool> =
            units[15..20].iter().map(|it| late.decode(&it.bytes).picture.is_some()).collect();
        assert_eq!(pictures, [false, false, true, true, true], "{kind:?}");
    }
}

/// NAL unit types of a byte stream, and the three bytes behind the type of each parameter set.
fn nal_units(bytes: &[u8]) -> Vec<(u8, [u8; 3])> {
    let starts = (0..bytes.len().saturating_sub(7)).filter(|at| bytes[*at..at + 3] == [0, 0, 1]);
    starts.map(|at| (bytes[at + 3] & 0x1f, [bytes[at + 4], bytes[at + 5], bytes[at + 6]])).collect()
}

#[test]
fn rooms_get_constrained_baseline_with_its_parameter_sets_in_each_key_picture() {
    for kind in [EncoderKind::X264, EncoderKind::OpenH264] {
        for effort in [Effort::Usual, Effort::Least] {
            let mut encoder = encoder(EncoderWish { effort, ..wish(kind) }).expect("is installed");
            for unit in units(&mut *encoder, 0..20, &[9]).iter().filter(|it| it.is_key) {
                let units = nal_units(&unit.bytes);
                let set = units.iter().find(|(kind, _)| *kind == 7).expect("a sequence parameter set");
                // profile_idc 66 with constraint_set1_flag (H.264 annex A.2.1.1).
                assert_eq!((set.1[0], set.1[1] & 0x40), (66, 0x40), "{kind:?} {effort:?}");
                assert!(units.iter().any(|(kind, _)| *kind == 8), "a picture parameter set");
                assert!(units.iter().any(|(kind, _)| *kind == 5), "an IDR picture");
            }
        }
    }
}

#[test]
fn the_rate_follows_while_it_runs() {
    for (kind, codec) in KINDS {
        let high = Bitrate::kbit(1_200);
        let mut encoder = encoder(EncoderWish { rate: high, ..wish(kind) }).expect("is installed");
        let mut all = Vec::new();
        for number in 0..200 {
            if number == 75 {
                encoder.set_rate(Bitrate::kbit(200)).expect("changes");
            }
            let unit = encoder.encode(&noise(number), TICK * number, false).expect("encodes");
            // Only openh264 leaves pictures out where nothing else keeps the rate.
            assert!(unit.is_some() || kind == EncoderKind::OpenH264, "{kind:?} {number}");
            all.push(unit.unwrap_or(Unit { bytes: Vec::new(), is_key: false }));
        }
        let bits = |units: &[Unit]| units.iter().map(|it| it.bytes.len() * 8).sum::<usize>();
        // The buffer of a second may still be spent at the old rate.
        let (before, later) = (bits(&all[..75]) / 3, bits(&all[125..]) / 3);
        assert!(later * 2 < before && later < 300_000, "{kind:?}: {before} then {later} bit/s");
        let mut decoder = Decoder::open(codec).expect("is installed");
        for unit in units(&mut *encoder, 200..203, &[200]) {
            assert!(decoder.decode(&unit.bytes).picture.is_some());
        }
    }
}

#[test]
fn the_effort_changes_while_it_runs_and_what_follows_can_be_decoded() {
    for (kind, codec) in KINDS {
        let mut encoder = encoder(wish(kind)).expect("is installed");
        let mut decoder = Decoder::open(codec).expect("is installed");
        let mut all = units(&mut *encoder, 0..5, &[]);
        encoder.set_effort(Effort::Least).expect("changes");
        all.extend(units(&mut *encoder, 5..10, &[]));
        encoder.set_effort(Effort::Usual).expect("changes");
        all.extend(units(&mut *encoder, 10..15, &[]));
        for unit in &all {
            assert!(decoder.decode(&unit.bytes).picture.is_some(), "{kind:?}");
        }
    }
}

#[test]
fn a_picture_of_another_size_is_refused() {
    for (kind, _) in KINDS {
        let mut encoder = encoder(wish(kind)).expect("is installed");
        let refused = encoder.encode(&Picture::black(Size::new(320, 180)), TICK, false);
        assert!(matches!(refused, Err(Failure::OtherSize { wanted: SIZE, .. })), "{kind:?}");
    }
}

#[test]
fn time_that_goes_back_stops_nothing() {
    for (kind, _) in KINDS {
        let mut encoder = encoder(wish(kind)).expect("is installed");
        for at in [10_000, 10_040, 3, 3, 0, 20_000] {
            let unit = encoder.encode(&scene(SIZE, 1), Duration::from_millis(at), false);
            assert!(unit.expect("encodes").is_some(), "{kind:?} at {at}");
        }
    }
}

#[test]
fn painting_on_a_picture_that_an_encoder_holds_changes_what_it_holds_in_nothing() {
    let picture = std::sync::Arc::new(scene(SIZE, 3));
    let mut encoder = encoder(wish(EncoderKind::X264)).expect("is installed");
    let mut mine = scene(SIZE, 3);
    let first = encoder.encode(&mine, TICK, true).expect("encodes").expect("a unit");
    mine.fill(Rect { x: 0, y: 0, width: 640, height: 360 }, Colour::WHITE);
    let mut decoder = Decoder::open(Codec::H264).expect("is installed");
    let seen = decoder.decode(&first.bytes).picture.expect("a picture");
    assert!(difference(&seen, &picture) < 8.0);
}
