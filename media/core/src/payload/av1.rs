//! Finds key frames in AV1 payloads (RTP payload format for AV1, section 4.4).
//!
//! Called by `payload::look` where no dependency descriptor says it. Reads the first byte alone.

/// First packet of a new coded video sequence, which begins with a key frame.
const STARTS_SEQUENCE: u8 = 0x08;
/// The payload goes on with a unit of the packet before.
const CONTINUES: u8 = 0x80;

/// Whether a key frame begins here; `None` for what cannot be an AV1 payload.
#[must_use]
pub fn starts_keyframe(payload: &[u8]) -> Option<bool> {
    let (header, units) = payload.split_first()?;
    // A new sequence cannot go on with a unit of the old one.
    let is_broken = units.is_empty() || header & (STARTS_SEQUENCE | CONTINUES) == STARTS_SEQUENCE | CONTINUES;
    (!is_broken).then_some(header & STARTS_SEQUENCE != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_sequence_is_a_key_frame() {
        assert_eq!(starts_keyframe(&[0x18, 0x0a, 0x0b]), Some(true));
        assert_eq!(starts_keyframe(&[0x10, 0x32]), Some(false));
        assert_eq!(starts_keyframe(&[0x90, 0x32]), Some(false));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for payload in [&[][..], &[0x18], &[0x98, 0x32]] {
            assert_eq!(starts_keyframe(payload), None);
        }
    }
}
