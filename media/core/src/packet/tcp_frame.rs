//! Packets on a TCP stream: two bytes of length, then the packet (RFC 4571 section 2).
//!
//! Called by the shard for each ICE-TCP connection. Never buffers more than one frame: a longer one
//! is an error that ends the connection, because the stream cannot be resynchronised.

use crate::error::{BufferFull, PacketDrop};

/// Longest frame we accept, in bytes: an Ethernet MTU with room for SRTP trailers.
pub const MAX_FRAME_LEN: usize = 2048;
/// Bytes of the length prefix.
pub const PREFIX_LEN: usize = 2;

/// Cuts a TCP stream into packets. Allocates once, at construction.
#[derive(Debug)]
pub struct FrameDecoder {
    held: Box<[u8; PREFIX_LEN + MAX_FRAME_LEN]>,
    held_len: usize,
}

impl Default for FrameDecoder {
    fn default() -> Self {
        Self { held: Box::new([0; PREFIX_LEN + MAX_FRAME_LEN]), held_len: 0 }
    }
}

impl FrameDecoder {
    /// Takes bytes from the front of `input` and hands each complete packet to `deliver`, in order.
    ///
    /// Empty frames (keep-alives) are skipped. All of `input` is consumed; what is incomplete waits
    /// inside.
    ///
    /// # Errors
    /// `FrameTooLong` when a prefix announces more than [`MAX_FRAME_LEN`]; close the connection.
    pub fn feed(&mut self, mut input: &[u8], mut deliver: impl FnMut(&[u8])) -> Result<(), PacketDrop> {
        loop {
            if self.held_len == 0 {
                // Whole frames are handed out where they lie, without a copy.
                while let Some((frame, rest)) = split_frame(input)? {
                    if !frame.is_empty() {
                        deliver(frame);
                    }
                    input = rest;
                }
            }
            if input.is_empty() {
                return Ok(());
            }
            let wanted = match self.held.first_chunk::<PREFIX_LEN>() {
                Some(prefix) if self.held_len >= PREFIX_LEN => {
                    PREFIX_LEN + usize::from(u16::from_be_bytes(*prefix))
                }
                _ => PREFIX_LEN,
            };
            let taken = (wanted - self.held_len).min(input.len());
            self.held[self.held_len..self.held_len + taken].copy_from_slice(&input[..taken]);
            self.held_len += taken;
            input = &input[taken..];
            if let Some((frame, _)) = split_frame(&self.held[..self.held_len])? {
                if !frame.is_empty() {
                    deliver(frame);
                }
                self.held_len = 0;
            }
        }
    }

    /// Bytes of an incomplete frame that wait for the rest.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.held_len
    }
}

/// A complete frame, and what follows it.
type Split<'a> = Option<(&'a [u8], &'a [u8])>;

/// Splits the first complete frame off; `None` when `input` does not hold one yet.
fn split_frame(input: &[u8]) -> Result<Split<'_>, PacketDrop> {
    let Some((prefix, rest)) = input.split_first_chunk::<PREFIX_LEN>() else {
        return Ok(None);
    };
    let len = usize::from(u16::from_be_bytes(*prefix));
    if len > MAX_FRAME_LEN {
        return Err(PacketDrop::FrameTooLong);
    }
    Ok(rest.split_at_checked(len))
}

/// Writes prefix and `packet` into `out`; returns the bytes written.
///
/// # Errors
/// `BufferFull` when `out` is too short or the packet exceeds [`MAX_FRAME_LEN`].
pub fn encode(packet: &[u8], out: &mut [u8]) -> Result<usize, BufferFull> {
    if packet.len() > MAX_FRAME_LEN {
        return Err(BufferFull);
    }
    let total = PREFIX_LEN + packet.len();
    let out = out.get_mut(..total).ok_or(BufferFull)?;
    out[..PREFIX_LEN].copy_from_slice(&(packet.len() as u16).to_be_bytes());
    out[PREFIX_LEN..].copy_from_slice(packet);
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn frames_survive_any_cut_of_the_stream(
            frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..12),
            cuts in prop::collection::vec(1usize..200, 1..40),
        ) {
            let mut stream = Vec::new();
            for frame in &frames {
                let mut out = [0; 512];
                let len = encode(frame, &mut out).unwrap();
                stream.extend_from_slice(&out[..len]);
            }
            let mut decoder = FrameDecoder::default();
            let mut got = Vec::new();
            let mut rest = &stream[..];
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                decoder.feed(now, |frame| got.push(frame.to_vec())).unwrap();
                rest = later;
            }
            let wanted: Vec<_> = frames.into_iter().filter(|f| !f.is_empty()).collect();
            prop_assert_eq!(got, wanted);
            prop_assert_eq!(decoder.held_bytes(), 0);
        }
    }

    #[test]
    fn frame_over_the_limit_ends_the_stream_however_it_is_cut() {
        let whole = FrameDecoder::default().feed(&[0xff, 0xff, 1], |_| {});
        assert_eq!(whole, Err(PacketDrop::FrameTooLong));
        let mut decoder = FrameDecoder::default();
        decoder.feed(&[0x08], |_| {}).unwrap();
        assert_eq!(decoder.feed(&[0x01], |_| {}), Err(PacketDrop::FrameTooLong));
    }
}
