//! Makes the packets of a picture equally long, so that one segment run carries them all.
//!
//! Called once for each batch, before it is handed out. A sender cuts a picture into pieces that differ
//! by a byte or a few, and the system sends a run of packets at once only when they are equally long, the
//! last one excepted. A few bytes of padding cost the line a thousandth, a run for every piece costs the
//! processor half as much again as all else. Never pads sound or a repair.

use super::BatchItem;
use crate::stream::slab::PacketSlab;

/// Most padding of one packet, in bytes: what a header extension of the first or last packet takes away
/// from its payload.
const MAX_PADDING: u16 = 16;
/// Packets shorter than this many times the padding stay as they are: it would be a cost to the line.
const LEAST_SHARE: u16 = 50;

/// Pads the shorter packets of each picture in `batch` up to the longest that is near.
pub(super) fn even_out(slab: &mut PacketSlab, batch: &[BatchItem]) {
    let mut rest = batch;
    while !rest.is_empty() {
        let follows = |pair: &[BatchItem]| is_one_picture(slab, &pair[0], &pair[1]);
        let count = 1 + rest.windows(2).take_while(|pair| follows(pair)).count();
        let (picture, others) = rest.split_at(count);
        pad(slab, picture);
        rest = others;
    }
}

fn is_one_picture(slab: &PacketSlab, one: &BatchItem, other: &BatchItem) -> bool {
    let timestamp = |item: &BatchItem| slab.meta(item.packet.id()).map(|meta| meta.timestamp);
    one.audio_slot.is_none() && one.stream == other.stream && timestamp(one) == timestamp(other)
}

fn pad(slab: &mut PacketSlab, picture: &[BatchItem]) {
    // The last one may be shorter: it ends the run as it is.
    let Some((_, all_but_last)) = picture.split_last() else { return };
    let len =
        |slab: &PacketSlab, item: &BatchItem| slab.meta(item.packet.id()).map_or(0, |meta| meta.payload_len);
    let longest = picture.iter().map(|item| len(slab, item)).max().unwrap_or_default();
    for item in all_but_last {
        let missing = longest - len(slab, item);
        if missing > 0 && missing <= MAX_PADDING && longest >= missing * LEAST_SHARE {
            slab.pad(item.packet.id(), missing as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Codec;
    use crate::room::Audience;
    use crate::stream::ids::Layer;
    use crate::stream::slab::{NewFields, PacketMeta};
    use std::time::{Duration, Instant};

    /// Packets of `(stream, timestamp, payload length)`; a stream of 9 is sound.
    fn check(packets: &[(u32, u32, u16)], expected: &[usize]) {
        let now = Instant::now();
        let mut slab = PacketSlab::new(64, Duration::from_secs(1));
        let mut batch = Vec::new();
        for &(stream, timestamp, payload_len) in packets {
            let packet = slab.take(now).expect("nothing else is here");
            slab.bytes_mut(&packet).fill(0xee);
            let meta = PacketMeta {
                at: now,
                sequence: batch.len() as u64,
                epoch: 1,
                timestamp,
                marker: false,
                codec: Codec::Vp8,
                layer: Layer::FULL,
                starts_keyframe: false,
                height_px: 0,
                payload_start: 30,
                payload_len,
                picture: None,
                descriptor_len: 0,
                frame: 0,
                marks: None,
                primary_at: 0,
                audio_level: None,
            };
            slab.describe(&packet, meta);
            let audio_slot = (stream == 9).then_some(0);
            batch.push(BatchItem { packet, stream, audio_slot, audience: Audience::ALL });
        }
        even_out(&mut slab, &batch);
        let mut lens = Vec::new();
        for (item, &(_, _, payload_len)) in batch.iter().zip(packets) {
            let prepared = slab.prepare(item.packet.id(), &NewFields::default()).expect("described");
            let (payload, padding) = prepared.payload.split_at(usize::from(payload_len));
            assert!(payload.iter().all(|byte| *byte == 0xee), "what was coded is not touched");
            assert_eq!(prepared.is_padded, !padding.is_empty());
            assert!(padding.last().is_none_or(|last| usize::from(*last) == padding.len()));
            lens.push(prepared.payload.len());
            let repair = NewFields { original_sequence: Some(7), ..NewFields::default() };
            let repair = slab.prepare(item.packet.id(), &repair).expect("described");
            assert!(!repair.is_padded && repair.payload.len() == 2 + usize::from(payload_len));
        }
        assert_eq!(lens, expected);
    }

    #[test]
    fn pieces_of_a_picture_that_differ_by_a_little_become_equal() {
        check(&[(1, 0, 1100), (1, 0, 1100), (1, 0, 1101)], &[1101, 1101, 1101]);
        check(&[(1, 0, 1090), (1, 0, 1101), (1, 0, 1100)], &[1101, 1101, 1100]);
    }

    #[test]
    fn short_end_other_pictures_and_sound_stay_as_they_are() {
        check(&[(1, 0, 1101), (1, 0, 1101), (1, 0, 400)], &[1101, 1101, 400]);
        check(&[(1, 0, 1100), (1, 3600, 1101), (2, 3600, 1100)], &[1100, 1101, 1100]);
        check(&[(9, 0, 100), (9, 0, 101)], &[100, 101]);
        check(&[(1, 0, 100), (1, 0, 110)], &[100, 110]);
        check(&[(1, 0, 1000), (1, 0, 1017)], &[1000, 1017]);
    }

    #[test]
    fn padding_may_reach_the_end_of_the_slot() {
        check(&[(1, 0, 1469), (1, 0, 1470)], &[1470, 1470]);
    }
}
