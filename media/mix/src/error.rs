//! Why something of this crate cannot be made or go on.
//!
//! For the caller to log once and to show on a card. What comes from a hostile sender is no failure:
//! decoders count it.

use crate::layout::Size;

/// The failures of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("font {file} cannot be read: {source}")]
    FontUnreadable { file: String, source: std::io::Error },
    #[error("font {file} has {bytes} bytes, limit {limit}")]
    FontTooLarge { file: String, bytes: u64, limit: u64 },
    #[error("font {file} is no TrueType or OpenType font")]
    NoFont { file: String },
    #[error("font {file} lacks the Vietnamese letter {letter}")]
    FontLacksLetter { file: String, letter: char },
    #[error("logo {file} cannot be read: {source}")]
    LogoUnreadable { file: String, source: std::io::Error },
    #[error("logo {file} has {bytes} bytes, limit {limit}")]
    LogoTooLarge { file: String, bytes: u64, limit: u64 },
    #[error("logo {file} is of {size:?}, limit {limit} pixels a side")]
    LogoTooWide { file: String, size: Size, limit: u32 },
    #[error("logo {file} is no PNG picture: {source}")]
    NoLogo { file: String, source: png::DecodingError },
    /// The library was built without it.
    #[error("codec {codec} is not in the FFmpeg of this machine")]
    CodecAbsent { codec: &'static str },
    #[error("codec {codec} cannot be opened (error {code})")]
    CodecRefused { codec: &'static str, code: i32 },
    #[error("encoder {codec} failed (error {code})")]
    EncodeFailed { codec: &'static str, code: i32 },
    #[error("codec {codec} cannot be opened or failed: {said}")]
    SoundRefused { codec: &'static str, said: &'static str },
    #[error("{limit} sound encoders are running, which is the limit")]
    TooManyEncoders { limit: usize },
    /// A picture of another size than the encoder was made for.
    #[error("encoder was made for {wanted:?}, the picture is {given:?}")]
    OtherSize { wanted: Size, given: Size },
}

impl Failure {
    /// What libopus says.
    pub(crate) fn refused(codec: &'static str, failure: &opus::Error) -> Self {
        Self::SoundRefused { codec, said: failure.description() }
    }
}
