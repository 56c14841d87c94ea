//! Cuts encoded frames into RTP payloads the way a browser's sender does.
//!
//! Called once for each frame when a film is read. VP8 by RFC 7741 with a picture id of 15 bits, H.264
//! by RFC 6184 in packetization mode 1. Pieces of one frame are about equally long.

/// Longest payload: 1,200 bytes of datagram less RTP header, extensions, GCM tag and RTX number.
pub const MAX_PAYLOAD_BYTES: usize = 1_150;

/// X bit, and I bit with the picture id (RFC 7741 section 4.2).
const DESCRIPTOR_BYTES: usize = 4;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

/// Payloads of a VP8 frame; their picture id is 0 until [`number_picture`].
pub fn vp8(frame: &[u8]) -> Vec<Box<[u8]>> {
    let pieces = equal_pieces(frame, MAX_PAYLOAD_BYTES - DESCRIPTOR_BYTES);
    let payload = |(number, piece): (usize, &[u8])| {
        // The S bit stands on the first packet of the one partition.
        let first = if number == 0 { 0x90 } else { 0x80 };
        [&[first, 0x80, 0x80, 0][..], piece].concat().into_boxed_slice()
    };
    pieces.enumerate().map(payload).collect()
}

/// Sets the picture id in a payload that [`vp8`] made.
pub fn number_picture(payload: &mut [u8], picture: u16) {
    payload[2..4].copy_from_slice(&(picture | 0x8000).to_be_bytes());
}

/// Payloads of one H.264 picture: small units together, large ones in fragments.
pub fn h264(units: &[&[u8]]) -> Vec<Box<[u8]>> {
    let mut payloads = Vec::new();
    let mut small: Vec<&[u8]> = Vec::new();
    let aggregate_len = |units: &[&[u8]]| 1 + units.iter().map(|it| 2 + it.len()).sum::<usize>();
    for unit in units {
        let fits = aggregate_len(&small) + 2 + unit.len() <= MAX_PAYLOAD_BYTES;
        if !fits {
            payloads.extend(together(&std::mem::take(&mut small)));
        }
        if unit.len() <= MAX_PAYLOAD_BYTES - 3 {
            small.push(unit);
        } else {
            payloads.extend(fragments(unit));
        }
    }
    payloads.extend(together(&small));
    payloads
}

fn together(units: &[&[u8]]) -> Option<Box<[u8]>> {
    match units {
        [] => None,
        [one] => Some((*one).into()),
        several => {
            // The highest importance among them (RFC 6184 section 5.7.1).
            let importance = several.iter().map(|it| it[0] & 0x60).max().unwrap_or(0);
            let mut payload = vec![importance | STAP_A];
            for unit in several {
                payload.extend((unit.len() as u16).to_be_bytes());
                payload.extend_from_slice(unit);
            }
            Some(payload.into_boxed_slice())
        }
    }
}

fn fragments(unit: &[u8]) -> Vec<Box<[u8]>> {
    let (kind, importance) = (unit[0] & 0x1f, unit[0] & 0x60);
    let pieces: Vec<&[u8]> = equal_pieces(&unit[1..], MAX_PAYLOAD_BYTES - 2).collect();
    let last = pieces.len() - 1;
    let payload = |(number, piece): (usize, &&[u8])| {
        let ends = if number == 0 { 0x80 } else { 0 } | if number == last { 0x40 } else { 0 };
        [&[importance | FU_A, ends | kind][..], piece].concat().into_boxed_slice()
    };
    pieces.iter().enumerate().map(payload).collect()
}

/// As few pieces as `limit` allows, the last ones one byte longer than the first where they cannot be
/// equal, as libwebrtc cuts.
fn equal_pieces(bytes: &[u8], limit: usize) -> impl Iterator<Item = &[u8]> {
    let count = bytes.len().div_ceil(limit).max(1);
    let (short, longer) = (bytes.len() / count, bytes.len() % count);
    let begins = move |number: usize| number * short + number.saturating_sub(count - longer);
    (0..count).map(move |number| &bytes[begins(number)..begins(number + 1)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(payloads: &[Box<[u8]>]) -> Vec<usize> {
        payloads.iter().map(|it| it.len()).collect()
    }

    #[test]
    fn a_large_vp8_frame_is_cut_equally_and_begins_once() {
        let mut payloads = vp8(&[3; 3_000]);
        assert_eq!(lengths(&payloads), [1_004, 1_004, 1_004]);
        number_picture(&mut payloads[1], 0x1234);
        assert_eq!(payloads.iter().map(|it| it[0]).collect::<Vec<_>>(), [0x90, 0x80, 0x80]);
        assert_eq!(payloads[1][1..5], [0x80, 0x92, 0x34, 3]);
    }

    #[test]
    fn parameter_sets_travel_together_and_a_large_slice_in_fragments() {
        let slice = [&[0x65_u8][..], &[9; 2_000]].concat();
        let payloads = h264(&[&[0x67, 1, 2], &[0x68, 3], &slice]);
        assert_eq!(&*payloads[0], [0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3]);
        assert_eq!(payloads[1][..2], [0x7c, 0x85]);
        assert_eq!(payloads[2][..2], [0x7c, 0x45]);
        assert_eq!(lengths(&payloads), [10, 1_002, 1_002]);
    }

    #[test]
    fn pieces_that_cannot_be_equal_end_with_the_longer_ones() {
        let pieces: Vec<usize> = equal_pieces(&[0; 11], 3).map(<[u8]>::len).collect();
        assert_eq!(pieces, [2, 3, 3, 3]);
    }

    #[test]
    fn a_small_picture_is_one_plain_packet() {
        assert_eq!(h264(&[&[0x41, 1, 2]]), [Box::from([0x41, 1, 2])]);
    }
}
