//! The entry for bytes from outside, for `media/fuzz` and `tests/mix_hostile.rs`.
//!
//! Not part of the crate's interface. Takes any bytes at all and may only return: a panic, an endless loop
//! or a picture out of bounds is the finding.

use crate::codec::{Codec, Decode as _, Decoder};
use crate::picture::Picture;

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
