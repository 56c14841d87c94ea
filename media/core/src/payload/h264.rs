//! Finds key frames in H.264 payloads (RFC 6184 section 5.2).
//!
//! Called by `payload::look`. Looks at NAL unit types only, plus the sequence parameter set when
//! it stands in the clear at the start; never reassembles.

mod sps;

const NAL_IDR: u8 = 5;
const NAL_SPS: u8 = 7;
const NAL_STAP_A: u8 = 24;
const NAL_FU_A: u8 = 28;

/// Most NAL units looked at in one aggregation packet; an encoder puts parameter sets and slices
/// of one picture there, far fewer.
const MAX_AGGREGATED: usize = 32;

/// How an H.264 payload starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct H264Start {
    /// The payload opens a key frame: it holds a sequence parameter set, or the first bytes of
    /// an IDR slice.
    pub starts_keyframe: bool,
    /// Height of the picture in pixels when a readable parameter set is inside, else 0.
    pub height_px: u16,
}

impl H264Start {
    /// Looks at `payload`; `None` when its structure is broken or its type is not allowed in
    /// packetization mode 1.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let (&indicator, rest) = payload.split_first()?;
        match indicator & 0x1f {
            1..=23 if rest.is_empty() => None,
            1..=23 => Some(Self::of_unit(payload)),
            NAL_STAP_A => Self::of_aggregate(rest),
            NAL_FU_A => {
                let (&header, body) = rest.split_first()?;
                if body.is_empty() {
                    return None;
                }
                let is_start = header & 0x80 != 0;
                let kind = header & 0x1f;
                let starts_keyframe = is_start && matches!(kind, NAL_IDR | NAL_SPS);
                Some(Self { starts_keyframe, height_px: 0 })
            }
            _ => None,
        }
    }

    // An IDR picture may come as several NAL units in several packets. Only its first slice
    // (first_mb_in_slice = 0, coded as a leading 1 bit) opens it.
    fn of_unit(unit: &[u8]) -> Self {
        let starts_keyframe = match unit[0] & 0x1f {
            NAL_SPS => true,
            NAL_IDR => unit.get(1).is_some_and(|byte| byte & 0x80 != 0),
            _ => false,
        };
        let height_px = if unit[0] & 0x1f == NAL_SPS { sps::height_px(&unit[1..]).unwrap_or(0) } else { 0 };
        Self { starts_keyframe, height_px }
    }

    fn of_aggregate(mut rest: &[u8]) -> Option<Self> {
        let mut found = Self { starts_keyframe: false, height_px: 0 };
        let mut units = 0;
        while !rest.is_empty() && units < MAX_AGGREGATED {
            let len = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
            let unit = rest.get(2..2 + len)?;
            if unit.is_empty() {
                return None;
            }
            let start = Self::of_unit(unit);
            found.starts_keyframe |= start.starts_keyframe;
            found.height_px = found.height_px.max(start.height_px);
            rest = &rest[2 + len..];
            units += 1;
        }
        (units > 0).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(payload: &[u8], keyframe: Option<bool>) {
        let seen = H264Start::parse(payload).map(|start| start.starts_keyframe);
        assert_eq!(seen, keyframe, "{payload:02x?}");
    }

    #[test]
    fn key_frames_are_found_in_every_packetization() {
        check(&[0x67, 0x42], Some(true));
        check(&[0x65, 0x88], Some(true));
        check(&[0x65, 0x08], Some(false));
        check(&[0x61, 0x88], Some(false));
        check(&[0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce], Some(true));
        check(&[0x78, 0, 2, 0x61, 0x9a], Some(false));
        check(&[0x7c, 0x85, 0x88], Some(true));
        check(&[0x7c, 0x05, 0x88], Some(false));
        check(&[0x7c, 0x81, 0x9a], Some(false));
    }

    #[test]
    fn broken_structures_are_refused() {
        for payload in [
            &[][..],
            &[0x65],
            &[0x78],
            &[0x78, 0],
            &[0x78, 0, 0],
            &[0x78, 0, 9, 0x67],
            &[0x7c],
            &[0x7c, 0x85],
            &[0x79, 1, 2],
            &[0x00, 1],
            &[0x1f, 1],
        ] {
            check(payload, None);
        }
    }
}
