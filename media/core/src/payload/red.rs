//! Finds the voice itself in a packet that repeats what went before (RFC 2198 section 3).
//!
//! Called by `payload::look`. Receivers that know no redundancy get the voice alone. Never decodes.

use crate::packet::negotiated::PT_OPUS;

/// Blocks of one packet; browsers repeat one or two.
const MAX_BLOCKS: usize = 8;
/// Bytes before a block that is not the last one.
const BLOCK_HEAD: usize = 4;

/// Where the voice of this moment begins; `None` when the blocks do not fit or are not Opus.
#[must_use]
pub fn primary_at(payload: &[u8]) -> Option<u16> {
    let (mut at, mut repeated) = (0, 0);
    for _ in 0..MAX_BLOCKS {
        let first = *payload.get(at)?;
        if first & 0x7f != PT_OPUS {
            return None;
        }
        if first & 0x80 == 0 {
            let start = at + 1 + repeated;
            return (start < payload.len()).then(|| u16::try_from(start).ok()).flatten();
        }
        let head = payload.get(at..at + BLOCK_HEAD)?;
        repeated += usize::from(u16::from_be_bytes([head[2] & 3, head[3]]));
        at += BLOCK_HEAD;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u8 = PT_OPUS;
    const BEFORE: u8 = 0x80 | PT_OPUS;

    #[test]
    fn voice_lies_behind_what_it_repeats() {
        assert_eq!(primary_at(&[NOW, 7, 7]), Some(1));
        assert_eq!(primary_at(&[BEFORE, 0x0f, 0, 2, NOW, 1, 1, 7]), Some(7));
        let twice = [BEFORE, 0x1e, 0, 1, BEFORE, 0x0f, 0, 2, NOW, 1, 2, 2, 7, 7];
        assert_eq!(primary_at(&twice), Some(12));
    }

    #[test]
    fn blocks_that_do_not_fit_are_refused() {
        for payload in [
            &[][..],
            &[NOW],
            &[BEFORE, 0, 0],
            &[BEFORE, 0x0f, 0, 2, NOW, 1, 1],
            &[BEFORE, 0x0f, 3, 0xff, NOW, 1, 1, 7],
            &[96, 7],
            &[BEFORE, 0, 0, 0].repeat(40),
        ] {
            assert_eq!(primary_at(payload), None, "{payload:02x?}");
        }
    }
}
