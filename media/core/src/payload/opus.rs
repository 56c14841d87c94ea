//! What can be told from the size of an Opus packet.
//!
//! Called by `room::voice`. Never decodes.

/// Longest payload that a sender in discontinuous transmission emits: a TOC byte and at most one
/// byte of frame (RFC 6716 section 3.1; libopus emits one or two bytes).
const DTX_MAX_BYTES: usize = 2;

/// Whether a payload is a silence packet of discontinuous transmission (RFC 7587 section 3.1.3).
/// Some senders put a stale audio level on these, so they never win a voice slot.
#[must_use]
pub const fn is_dtx(payload_bytes: usize) -> bool {
    payload_bytes <= DTX_MAX_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bytes_are_silence_and_three_are_sound() {
        assert!(is_dtx(1) && is_dtx(2));
        assert!(!is_dtx(3));
    }
}
