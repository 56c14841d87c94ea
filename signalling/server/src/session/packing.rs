//! Large frames travel packed, as binary ones: raw DEFLATE (RFC 1951) of the JSON text.
//!
//! Used by `session::connection` where the client has named `PACKED_SUBPROTOCOL`. A media offer has
//! 38 kB and its answer 42 kB, which take two seconds on a commune's line and stay in the buffers of the
//! connection for as long as it lasts; packed they have a tenth. Keeps nothing between two frames, so that
//! a frame says nothing about another one and a connection costs no memory for it.

use super::gate::FRAME_LIMIT_BYTES;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::io::{Read as _, Write as _};

/// Shorter frames go as text: packing would win them nothing.
pub(crate) const PACKED_FROM_BYTES: usize = 2 * 1024;

/// Why a packed frame could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It would have more than [`FRAME_LIMIT_BYTES`] of text.
    TooLarge,
    /// It is no DEFLATE stream, ends too early, or holds no UTF-8.
    Malformed,
}

/// `text` as the body of a binary frame.
pub(crate) fn pack(text: &str) -> Vec<u8> {
    let mut packer = DeflateEncoder::new(Vec::with_capacity(text.len() / 8), Compression::default());
    packer.write_all(text.as_bytes()).expect("memory takes everything");
    packer.finish().expect("memory takes everything")
}

/// The text of a binary frame; never takes more than [`FRAME_LIMIT_BYTES`] of memory for it.
///
/// # Errors
/// [`Unreadable`].
pub(crate) fn unpack(bytes: &[u8]) -> Result<String, Unreadable> {
    let limit = FRAME_LIMIT_BYTES as u64;
    let mut text = Vec::new();
    let mut source = DeflateDecoder::new(bytes).take(limit + 1);
    source.read_to_end(&mut text).map_err(|_| Unreadable::Malformed)?;
    if text.len() as u64 > limit {
        return Err(Unreadable::TooLarge);
    }
    String::from_utf8(text).map_err(|_| Unreadable::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packed_text_comes_back(text in ".{0,3000}") {
            prop_assert_eq!(unpack(&pack(&text)), Ok(text));
        }

        #[test]
        fn bytes_of_any_shape_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = unpack(&bytes);
        }
    }

    #[test]
    fn frame_that_would_fill_the_memory_is_refused_at_the_limit() {
        let bomb = pack(&"0".repeat(50_000_000));
        assert!(bomb.len() < 60_000, "{} bytes", bomb.len());
        assert_eq!(unpack(&bomb), Err(Unreadable::TooLarge));
    }

    #[test]
    fn frame_that_was_cut_is_malformed() {
        let packed = pack(&"{\"id\":1,\"type\":\"leave\"}".repeat(40));
        assert_eq!(unpack(&packed[..packed.len() / 2]), Err(Unreadable::Malformed));
        assert_eq!(unpack(&pack("\u{0}")), Ok("\u{0}".to_owned()));
    }
}
