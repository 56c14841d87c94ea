//! Cuts the bytes of a TURN connection into whole messages (RFC 8656 section 12.5).
//!
//! Used by `session` before anything looks at a message. Ours, because the library forgets that
//! channel data is padded to four bytes on a stream. Holds at most one read and one message; a
//! stream that is no TURN cannot be resynchronised and ends.

use std::ops::Range;

/// Longest message, header included: a packet of an Ethernet frame with room for attributes.
pub(crate) const MAX_MESSAGE_BYTES: usize = 2048;
const STUN_HEADER_BYTES: usize = 20;
const CHANNEL_HEADER_BYTES: usize = 4;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// The stream carries no TURN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Foreign;

/// Where the first message of `bytes` lies and how far it reaches with its padding; `None` while it
/// is not whole.
pub(crate) fn first(bytes: &[u8]) -> Result<Option<(Range<usize>, usize)>, Foreign> {
    let Some(head) = bytes.first_chunk::<4>() else { return Ok(None) };
    let announced = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let (len, padded) = match head[0] >> 6 {
        0 => {
            let is_cut = announced % 4 != 0;
            let is_foreign = bytes.get(4..8).is_some_and(|cookie| cookie != MAGIC_COOKIE);
            if is_cut || is_foreign {
                return Err(Foreign);
            }
            (STUN_HEADER_BYTES + announced, STUN_HEADER_BYTES + announced)
        }
        1 => {
            let len = CHANNEL_HEADER_BYTES + announced;
            (len, len.next_multiple_of(4))
        }
        _ => return Err(Foreign),
    };
    if len > MAX_MESSAGE_BYTES {
        return Err(Foreign);
    }
    Ok((bytes.len() >= padded).then_some((0..len, padded)))
}

/// Bytes that wait for the rest of their message.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    held: Vec<u8>,
    done: usize,
}

impl Frames {
    /// Adds what was read; call [`Self::next_message`] until it has no more.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.held.drain(..self.done);
        self.done = 0;
        self.held.extend_from_slice(bytes);
    }

    /// The next whole message.
    pub(crate) fn next_message(&mut self) -> Result<Option<&[u8]>, Foreign> {
        let waiting = &self.held[self.done..];
        let Some((message, padded)) = first(waiting)? else { return Ok(None) };
        let found = &waiting[message];
        self.done += padded;
        Ok(Some(found))
    }
}

/// Channel data as a stream wants it: padded to four bytes. STUN always is.
pub(crate) fn pad(mut message: Vec<u8>) -> Vec<u8> {
    message.resize(message.len().next_multiple_of(4), 0);
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn channel(data: &[u8]) -> Vec<u8> {
        let mut message = vec![0x40, 1];
        message.extend_from_slice(&(data.len() as u16).to_be_bytes());
        message.extend_from_slice(data);
        message
    }

    fn stun(body: usize) -> Vec<u8> {
        let mut message = vec![0, 3];
        message.extend_from_slice(&(body as u16).to_be_bytes());
        message.extend_from_slice(&MAGIC_COOKIE);
        message.resize(STUN_HEADER_BYTES + body, 5);
        message
    }

    proptest! {
        #[test]
        fn messages_survive_any_cut_of_the_stream(
            messages in prop::collection::vec(
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..400).prop_map(|data| channel(&data)),
                    (0usize..80).prop_map(|words| stun(words * 4)),
                ], 0..12),
            cuts in prop::collection::vec(1usize..200, 1..40),
        ) {
            let stream: Vec<u8> = messages.iter().cloned().flat_map(pad).collect();
            let (mut frames, mut got, mut rest) = (Frames::default(), Vec::new(), &stream[..]);
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                frames.push(now);
                while let Some(message) = frames.next_message().expect("all of it is TURN") {
                    got.push(message.to_vec());
                }
                rest = later;
            }
            prop_assert_eq!(got, messages);
        }
    }

    #[test]
    fn stream_that_is_no_turn_ends_at_its_first_bytes() {
        for foreign in [&b"GET / HTTP/1.1"[..], &[0x16, 3, 1, 2], &[0x80, 0, 0, 0], &[0, 1, 0, 3], &[0xff; 8]]
        {
            let is_refused = first(foreign) == Err(Foreign);
            // Letters look like channel numbers: what they announce is too long.
            assert!(is_refused, "{foreign:?}");
        }
        assert_eq!(first(&[0, 1, 0, 0, 1, 2, 3, 4]), Err(Foreign), "no magic cookie");
        assert_eq!(first(&[0x40, 0, 0x20, 0]), Err(Foreign), "longer than any packet");
        assert_eq!(first(&[0x40, 0, 0]), Ok(None));
    }
}
