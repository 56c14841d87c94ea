//! Decodes one source with FFmpeg.
//!
//! Called for each access unit of a source, on the caller's thread. Whatever arrives, it answers with a
//! picture or a count: nothing a sender does is an error of ours.

use super::{Codec, Decode, code, hush};
use crate::error::Failure;
use crate::picture::Picture;
use ffmpeg_next as ff;
use std::sync::Arc;

/// Longest access unit: a key picture of a document at full size has about 1 MB.
const UNIT_LIMIT: usize = 4 << 20;
/// Most pixels of a source, 2560×1600. A picture of 4K would cost as much memory as a hall of cameras.
const PIXEL_LIMIT: i64 = 2_560 * 1_600;
/// Most pictures that one unit may hold: VP9 and AV1 have hidden ones, none has this many.
const PICTURES_PER_UNIT: usize = 16;

/// What came of an access unit.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// The newest picture, if there is one.
    pub picture: Option<Arc<Picture>>,
    /// The stream cannot go on without a key picture.
    pub is_key_needed: bool,
}

/// What a source sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecodeCounts {
    pub units: u64,
    pub pictures: u64,
    /// Units that the codec could not read, or read with damage.
    pub broken: u64,
    /// Units that were not looked at because of their length.
    pub too_long: u64,
    /// Pictures of another kind than I420 (10 bits, 4:4:4), or too large.
    pub unsuitable: u64,
}

/// A decoder of one source.
pub struct Decoder {
    codec: ff::decoder::Video,
    counts: DecodeCounts,
}

impl Decoder {
    /// A decoder that waits for its first key picture.
    ///
    /// # Errors
    /// `CodecAbsent`, `CodecRefused`.
    pub fn open(codec: Codec) -> Result<Self, Failure> {
        hush();
        let name = match codec {
            Codec::H264 => "h264",
            Codec::Vp8 => "vp8",
            Codec::Vp9 => "vp9",
            Codec::Av1 => "libdav1d",
        };
        let found = ff::decoder::find_by_name(name).ok_or(Failure::CodecAbsent { codec: name })?;
        let mut context = ff::codec::context::Context::new_with_codec(found);
        // SAFETY: the context lives, is ours alone and not opened yet; these are plain fields of it.
        unsafe {
            let raw = context.as_mut_ptr();
            (*raw).thread_count = 1;
            (*raw).thread_type = 0;
            (*raw).max_pixels = PIXEL_LIMIT;
            (*raw).flags |= ff::ffi::AV_CODEC_FLAG_LOW_DELAY as i32;
        }
        let refused = |failure| Failure::CodecRefused { codec: name, code: code(failure) };
        let codec =
            context.decoder().open_as(found).and_then(ff::codec::decoder::Opened::video).map_err(refused)?;
        Ok(Self { codec, counts: DecodeCounts::default() })
    }
}

impl Decode for Decoder {
    fn decode(&mut self, unit: &[u8]) -> Decoded {
        self.counts.units += 1;
        if unit.is_empty() || unit.len() > UNIT_LIMIT {
            self.counts.too_long += u64::from(!unit.is_empty());
            return Decoded { picture: None, is_key_needed: !unit.is_empty() };
        }
        let mut decoded = Decoded::default();
        // A copy, because decoders read up to 64 bytes behind the end, which must be zero.
        if self.codec.send_packet(&ff::Packet::copy(unit)).is_err() {
            self.counts.broken += 1;
            decoded.is_key_needed = true;
        }
        for _ in 0..PICTURES_PER_UNIT {
            let mut frame = ff::frame::Video::empty();
            match self.codec.receive_frame(&mut frame) {
                Ok(()) => {
                    if frame.is_corrupt() {
                        self.counts.broken += 1;
                        decoded.is_key_needed = true;
                    }
                    match Picture::decoded(frame) {
                        Some(picture) => {
                            self.counts.pictures += 1;
                            decoded.picture = Some(Arc::new(picture));
                        }
                        None => self.counts.unsuitable += 1,
                    }
                }
                Err(ff::Error::Other { errno: ff::ffi::EAGAIN }) | Err(ff::Error::Eof) => break,
                Err(_) => {
                    self.counts.broken += 1;
                    decoded.is_key_needed = true;
                    break;
                }
            }
        }
        decoded
    }

    fn counts(&self) -> DecodeCounts {
        self.counts
    }
}
