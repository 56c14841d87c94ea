//! Encoded pictures to plain ones, and back.
//!
//! Called by whoever feeds `compose` and sends on what it makes. The libraries behind it are C: hostile input
//! reaches them only through [`Decoder`], which bounds it, and the process around them is expected to be one
//! that may die. No codec starts a thread of its own.

mod decode;
mod encode;
mod openh264;

pub use decode::{DecodeCounts, Decoded, Decoder};

use crate::error::Failure;
use crate::layout::Size;
use crate::picture::Picture;
use std::sync::Once;
use std::time::Duration;

/// What sources may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    H264,
    Vp8,
    Vp9,
    Av1,
}

/// What turns access units into pictures.
pub trait Decode: Send {
    /// Takes one access unit: all of a picture, as the depacketiser puts it together.
    fn decode(&mut self, unit: &[u8]) -> Decoded;

    fn counts(&self) -> DecodeCounts;
}

/// Bits a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bitrate(pub u32);

impl Bitrate {
    #[must_use]
    pub const fn kbit(kbits: u32) -> Self {
        Self(kbits * 1_000)
    }
}

/// The encoders, by setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EncoderKind {
    /// H.264 constrained baseline by x264, under the GPL.
    X264,
    /// The same by openh264, under the BSD licence.
    OpenH264,
    /// For browsers without H.264.
    Vp8,
}

/// How much work a picture is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effort {
    /// The knee: more brings little, less costs much of the picture (x264 superfast).
    Usual,
    /// Under overload (x264 ultrafast): about half the work.
    Least,
}

/// What an encoder is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EncoderWish {
    pub kind: EncoderKind,
    pub size: Size,
    pub rate: Bitrate,
    pub pictures_per_second: u32,
    pub effort: Effort,
}

/// An encoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// H.264 as a byte stream, a key picture with its parameter sets; VP8 as a frame.
    pub bytes: Vec<u8>,
    pub is_key: bool,
}

/// What turns pictures into access units, one for each at once.
pub trait Encode: Send {
    /// The picture of this moment. Moments must not go back; one that does counts as the next tick.
    /// `None` when the encoder left the picture out to keep its rate.
    ///
    /// # Errors
    /// `OtherSize`, `EncodeFailed`.
    fn encode(
        &mut self,
        picture: &Picture,
        at: Duration,
        is_key_wanted: bool,
    ) -> Result<Option<Unit>, Failure>;

    /// From the next picture on.
    ///
    /// # Errors
    /// When the encoder has to be made anew and cannot; the old one then goes on.
    fn set_rate(&mut self, rate: Bitrate) -> Result<(), Failure>;

    /// From the next picture on, which may then be a key picture.
    ///
    /// # Errors
    /// As [`Encode::set_rate`].
    fn set_effort(&mut self, effort: Effort) -> Result<(), Failure>;
}

/// An encoder as wished for.
///
/// # Errors
/// `CodecAbsent`, `CodecRefused`.
pub fn encoder(wish: EncoderWish) -> Result<Box<dyn Encode>, Failure> {
    match wish.kind {
        EncoderKind::X264 | EncoderKind::Vp8 => Ok(Box::new(encode::Encoder::open(wish)?)),
        EncoderKind::OpenH264 => Ok(Box::new(openh264::Encoder::open(wish)?)),
    }
}

/// The most pictures between two key pictures: somebody whose request got lost has a picture by then.
const KEY_EVERY_S: u32 = 10;
/// Ticks of the clock of encoders, as RTP has them.
const TICKS_PER_SECOND: u32 = 90_000;

fn ticks(at: Duration) -> i64 {
    (at.as_micros() as u64).saturating_mul(u64::from(TICKS_PER_SECOND)).div_euclid(1_000_000) as i64
}

/// FFmpeg writes on standard error whatever a broken stream makes it say; counters say it better.
pub(crate) fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Quiet));
}

/// The number behind an error of FFmpeg.
pub(crate) fn code(failure: ffmpeg_next::Error) -> i32 {
    failure.into()
}
