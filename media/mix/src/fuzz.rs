//! The entries for bytes from outside, for `media/fuzz` and `tests/mix_hostile.rs`.
//!
//! Not part of the crate's interface. Takes any bytes at all and may only return: a panic, an endless loop
//! or a picture or a sound out of bounds is the finding.

use crate::codec::{Codec, Decode as _, Decoder};
use crate::picture::Picture;
use crate::sound::{Level, Loudest, Mixer, Mixing, Packet, SourceId};

/// The first byte is the codec, then follow access units, each behind its length in two bytes.
///
/// # Panics
/// When a decoder hands out what it must not.
pub fn access_units(bytes: &[u8]) {
    let Some((codec, mut rest)) = bytes.split_first() else { return };
    let codec = [Codec::H264, Codec::Vp8, Codec::Vp9, Codec::Av1][usize::from(codec % 4)];
    let mut decoder = Decoder::open(codec).expect("set-up installs all four");
    let mut given = 0;
    while let Some((&[high, low], after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len());
        let (unit, after) = after.split_at(length);
        rest = after;
        given += 1;
        if let Some(picture) = decoder.decode(unit).picture {
            assert!(picture.size().width <= Picture::LARGEST && picture.size().height <= Picture::LARGEST);
            // Every row can be read to its end.
            let read = |at: usize| (0..picture.plane(at).height).map(move |y| (at, y));
            let sum: u64 = (0..3).flat_map(read).map(|(at, y)| sum(picture.plane(at).row(0, y))).sum();
            std::hint::black_box(sum);
        }
    }
    assert_eq!(decoder.counts().units, given);
}

fn sum(row: &[u8]) -> u64 {
    row.iter().map(|it| u64::from(*it)).sum()
}

/// Packets of four microphones, each behind seven bytes: who sends and whether time goes on (1), step of the
/// number (1), step of the timestamp in milliseconds (2), level (1), length (2).
///
/// # Panics
/// When the mixer hands out what it must not.
pub fn voices(bytes: &[u8]) {
    let mut mixer = Mixer::new(Mixing::default()).expect("libopus is compiled in");
    let (mut rest, mut now_us) = (bytes, 1_000_000_u64);
    let (mut sequences, mut timestamps) = ([0_u64; 4], [0_u32; 4]);
    let turn = |mixer: &mut Mixer, now_us: u64| {
        let round = mixer.tick(now_us);
        assert!(round.heard.len() <= Loudest::MOST);
        let frames = round.personal.iter().map(|it| &it.1).chain([&round.common]);
        assert!(frames.flat_map(|it| it.iter()).all(|it| it.is_finite() && it.abs() <= 1.0));
    };
    while let Some((&[who, step, late, soon, level, high, low], after)) = rest.split_first_chunk::<7>() {
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len());
        let (payload, after) = after.split_at(length);
        rest = after;
        let at = usize::from(who & 3);
        sequences[at] = sequences[at].saturating_add_signed(i64::from(step as i8));
        let samples = i32::from(i16::from_be_bytes([late, soon])) * 48;
        timestamps[at] = timestamps[at].wrapping_add_signed(samples);
        let packet = Packet {
            payload,
            sequence: sequences[at],
            timestamp: timestamps[at],
            arrival_us: now_us,
            level: (level < 128).then_some(Level(level)),
        };
        mixer.receive(SourceId(at as u64), &packet);
        if who & 0x80 != 0 {
            now_us += 20_000;
            turn(&mut mixer, now_us);
        }
    }
    for _ in 0..20 {
        now_us += 20_000;
        turn(&mut mixer, now_us);
    }
}
