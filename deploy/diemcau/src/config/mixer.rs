//! Settings of composed pictures: by which library they are encoded.
//!
//! Called by `config::read`. Whether the library is there is known to `diemcau-mixer` alone, which links it.

use super::reader::Reader;
use signalling_server::H264Encoder;

/// Composed pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mixer {
    /// By which H.264 is made.
    pub encoder: H264Encoder,
}

pub(super) fn mixer(reader: &mut Reader<'_>) -> Mixer {
    let words = [("x264", H264Encoder::X264), ("openh264", H264Encoder::OpenH264)];
    Mixer { encoder: reader.word("mixer.encoder", &words, H264Encoder::default()) }
}
