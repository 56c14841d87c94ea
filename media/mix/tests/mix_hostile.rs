//! What hostile senders may try on a decoder: a short, seeded fuzz run on the stable compiler, and the
//! cases that have a name.
//!
//! The runs start from `media/fuzz/corpus/access_units/` and `voices/`. A crash found anywhere becomes a file there.

use media_mix::codec::{Bitrate, Codec, Decode as _, Decoder, Effort, EncoderKind, EncoderWish, encoder};
use media_mix::fuzz::{access_units, voices};
use media_mix::layout::Size;
use media_mix::picture::Picture;
use std::path::PathBuf;
use std::time::Duration;

const ROUNDS: usize = 2_500;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        for _ in 0..=self.roll(6) {
            // Headers are at the front, so that half of the changes are there.
            let reach = if self.roll(2) == 0 { input.len() + 1 } else { input.len().min(64) + 1 };
            let at = self.roll(reach);
            match self.roll(6) {
                0 if at < input.len() => input[at] ^= 1 << self.roll(8),
                1 if at < input.len() => input[at] = [0, 1, 0x7f, 0x80, 0xff][self.roll(5)],
                2 => input.truncate(at.max(1)),
                3 => input.insert(at, self.roll(256) as u8),
                4 if at < input.len() => {
                    let end = (at + 1 + self.roll(16)).min(input.len());
                    input.drain(at..end);
                }
                _ => {
                    let end = (at + self.roll(64)).min(input.len());
                    input.extend_from_within(at.min(end)..end);
                }
            }
        }
        input.truncate(64 << 10);
    }
}

/// From the seeds of one target, then with changes.
fn short_run(target: &str, least: usize, rounds: usize, entry: fn(&[u8])) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut seeds: Vec<Vec<u8>> = std::fs::read_dir(&folder)
        .expect("the corpus is in the repository")
        .map(|entry| std::fs::read(entry.expect("an entry").path()).expect("a file"))
        .collect();
    seeds.sort();
    assert!(seeds.len() >= least, "the corpus of {target} is whole");
    let mut dice = Dice(0x5eed_1234_5678_9abc);
    for round in 0..rounds {
        let mut input = seeds[round % seeds.len()].clone();
        if round >= seeds.len() {
            dice.mutate(&mut input);
        }
        let kept = input.clone();
        let result = std::panic::catch_unwind(move || entry(&input));
        assert!(result.is_ok(), "round {round}: {kept:?}");
    }
}

#[test]
fn decoders_survive_a_short_fuzz_run() {
    short_run("access_units", 10, ROUNDS, access_units);
}

#[test]
fn mixed_voices_survive_a_short_fuzz_run() {
    short_run("voices", 5, ROUNDS / 2, voices);
}

/// A key picture in VP8 that says it has this size.
fn vp8_of(size: Size) -> Vec<u8> {
    let wish = EncoderWish {
        kind: EncoderKind::Vp8,
        size,
        rate: Bitrate::kbit(500),
        pictures_per_second: 25,
        effort: Effort::Least,
    };
    let mut encoder = encoder(wish).expect("is installed");
    encoder.encode(&Picture::black(size), Duration::ZERO, true).expect("encodes").expect("a unit").bytes
}

#[test]
fn a_source_in_4k_is_refused_and_counted_and_the_next_picture_is_shown() {
    let mut decoder = Decoder::open(Codec::Vp8).expect("is installed");
    let refused = decoder.decode(&vp8_of(Size::new(3840, 2160)));
    assert!(refused.picture.is_none() && refused.is_key_needed);
    assert_eq!(decoder.counts().broken, 1);
    assert!(decoder.decode(&vp8_of(Size::new(1280, 720))).picture.is_some());
}

#[test]
fn a_source_may_have_another_size_in_each_picture() {
    let mut decoder = Decoder::open(Codec::Vp8).expect("is installed");
    for size in [Size::new(320, 180), Size::new(16, 16), Size::new(1280, 720), Size::new(638, 358)] {
        let picture = decoder.decode(&vp8_of(size)).picture.expect("a picture");
        assert_eq!(picture.size(), size);
    }
}

#[test]
fn a_source_without_a_key_picture_asks_for_one_and_shows_nothing() {
    let wish = EncoderWish {
        kind: EncoderKind::X264,
        size: Size::new(320, 180),
        rate: Bitrate::kbit(150),
        pictures_per_second: 25,
        effort: Effort::Usual,
    };
    let mut encoder = encoder(wish).expect("is installed");
    let mut decoder = Decoder::open(Codec::H264).expect("is installed");
    for number in 0..50_u32 {
        let at = Duration::from_millis(40) * number;
        let unit = encoder.encode(&Picture::black(wish.size), at, false).expect("encodes").expect("a unit");
        if number > 0 {
            let decoded = decoder.decode(&unit.bytes);
            assert!(decoded.picture.is_none() && decoded.is_key_needed, "{number}");
        }
    }
    assert_eq!(decoder.counts().broken, 49);
}

#[test]
fn an_endless_unit_is_not_looked_at() {
    let mut decoder = Decoder::open(Codec::H264).expect("is installed");
    let decoded = decoder.decode(&vec![0; 5 << 20]);
    assert!(decoded.picture.is_none() && decoded.is_key_needed);
    assert_eq!((decoder.counts().too_long, decoder.counts().broken), (1, 0));
}
