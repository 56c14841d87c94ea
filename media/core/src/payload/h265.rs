//! Finds key frames in H.265 payloads (RFC 7798 section 4.4).
//!
//! Called by `payload::look` where no dependency descriptor says it. Looks at NAL unit types only;
//! never reassembles.

const NAL_FIRST_IRAP: u8 = 16;
const NAL_LAST_IRAP: u8 = 21;
const NAL_VPS: u8 = 32;
const NAL_PPS: u8 = 34;
const NAL_AGGREGATE: u8 = 48;
const NAL_FRAGMENT: u8 = 49;
const NAL_HEADER: usize = 2;

/// Most NAL units looked at in one aggregation packet, as with H.264.
const MAX_AGGREGATED: usize = 32;

/// Whether a key frame begins here; `None` when the structure is broken or its type unknown.
#[must_use]
pub fn starts_keyframe(payload: &[u8]) -> Option<bool> {
    let rest = payload.get(NAL_HEADER..).filter(|rest| !rest.is_empty())?;
    match payload[0] >> 1 & 0x3f {
        0..=47 => Some(opens(payload)),
        NAL_AGGREGATE => aggregate(rest),
        NAL_FRAGMENT => {
            let (&header, body) = rest.split_first()?;
            let is_start = header & 0x80 != 0;
            (!body.is_empty()).then_some(is_start && is_of_keyframe(header & 0x3f))
        }
        _ => None,
    }
}

const fn is_of_keyframe(kind: u8) -> bool {
    matches!(kind, NAL_FIRST_IRAP..=NAL_LAST_IRAP | NAL_VPS..=NAL_PPS)
}

// Of a picture in several slices only the first (first_slice_segment_in_pic_flag) opens it.
fn opens(unit: &[u8]) -> bool {
    match unit[0] >> 1 & 0x3f {
        NAL_FIRST_IRAP..=NAL_LAST_IRAP => unit.get(NAL_HEADER).is_some_and(|byte| byte & 0x80 != 0),
        kind => is_of_keyframe(kind),
    }
}

fn aggregate(mut rest: &[u8]) -> Option<bool> {
    let (mut found, mut units) = (false, 0);
    while !rest.is_empty() && units < MAX_AGGREGATED {
        let len = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
        let unit = rest.get(2..2 + len).filter(|unit| unit.len() >= NAL_HEADER)?;
        found |= opens(unit);
        rest = &rest[2 + len..];
        units += 1;
    }
    (units > 0).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_frames_are_found_in_every_packetization() {
        assert_eq!(starts_keyframe(&[0x40, 1, 0x0c]), Some(true), "VPS");
        assert_eq!(starts_keyframe(&[0x26, 1, 0xaf]), Some(true), "first slice of an IDR picture");
        assert_eq!(starts_keyframe(&[0x26, 1, 0x2f]), Some(false), "second slice");
        assert_eq!(starts_keyframe(&[0x02, 1, 0xd0]), Some(false), "trailing picture");
        assert_eq!(starts_keyframe(&[0x60, 1, 0, 3, 0x42, 1, 1, 0, 3, 0x44, 1, 0xc1]), Some(true));
        assert_eq!(starts_keyframe(&[0x60, 1, 0, 3, 0x02, 1, 0xd0]), Some(false));
        assert_eq!(starts_keyframe(&[0x62, 1, 0x93, 7]), Some(true));
        assert_eq!(starts_keyframe(&[0x62, 1, 0x13, 7]), Some(false), "later fragment");
        assert_eq!(starts_keyframe(&[0x62, 1, 0x81, 7]), Some(false));
    }

    #[test]
    fn broken_structures_are_refused() {
        for payload in [
            &[][..],
            &[0x26],
            &[0x26, 1],
            &[0x60, 1, 0],
            &[0x60, 1, 0, 9, 1],
            &[0x60, 1, 0, 1, 1],
            &[0x62, 1, 0x93],
            &[0x64, 1, 1],
        ] {
            assert_eq!(starts_keyframe(payload), None, "{payload:02x?}");
        }
    }
}
