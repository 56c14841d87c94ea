//! Looks at the first bytes of a media payload: codec, key frame, VP8 fields.
//!
//! Called once per accepted packet by `stream::uplink`. Never allocates, never panics on hostile
//! bytes, never looks deeper than the descriptors: payloads may be end-to-end encrypted one day.

mod h264;
mod opus;
mod vp8;

pub use h264::H264Start;
pub use opus::is_dtx;
pub use vp8::{Vp8Descriptor, Vp8Fields, Vp8Malformed};

use crate::packet::negotiated::{PT_H264, PT_OPUS, PT_OPUS_STEREO, PT_VP8};

/// The codecs that the offer negotiates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    Vp8,
    H264,
    /// Voices.
    Opus,
    /// Sound of a shared screen.
    OpusStereo,
}

impl Codec {
    /// The codec of a media payload type; `None` for RTX and unknown numbers.
    #[must_use]
    pub const fn from_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            PT_VP8 => Some(Self::Vp8),
            PT_H264 => Some(Self::H264),
            PT_OPUS => Some(Self::Opus),
            PT_OPUS_STEREO => Some(Self::OpusStereo),
            _ => None,
        }
    }

    /// The payload type that the offer gives this codec.
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Vp8 => PT_VP8,
            Self::H264 => PT_H264,
            Self::Opus => PT_OPUS,
            Self::OpusStereo => PT_OPUS_STEREO,
        }
    }

    /// Whether the codec codes pictures.
    #[must_use]
    pub const fn is_video(self) -> bool {
        matches!(self, Self::Vp8 | Self::H264)
    }
}

/// What the forwarder needs to know of one payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PayloadFacts {
    /// First packet of a key frame; sound always starts one.
    pub starts_keyframe: bool,
    /// Height of the picture in pixels where this payload tells it, else 0.
    pub height_px: u16,
    /// VP8 fields to rewrite.
    pub vp8: Option<Vp8Fields>,
}

/// Looks at `payload`; `None` when it does not follow the codec's payload format.
#[must_use]
pub fn look(codec: Codec, payload: &[u8]) -> Option<PayloadFacts> {
    match codec {
        Codec::Opus | Codec::OpusStereo if payload.is_empty() => None,
        Codec::Opus | Codec::OpusStereo => {
            Some(PayloadFacts { starts_keyframe: true, ..PayloadFacts::default() })
        }
        Codec::Vp8 => {
            let descriptor = Vp8Descriptor::parse(payload).ok()?;
            let height_px = descriptor.keyframe_height_px(payload).unwrap_or(0);
            Some(PayloadFacts {
                starts_keyframe: descriptor.starts_keyframe(payload),
                height_px,
                vp8: Some(descriptor.fields),
            })
        }
        Codec::H264 => {
            let start = H264Start::parse(payload)?;
            Some(PayloadFacts {
                starts_keyframe: start.starts_keyframe,
                height_px: start.height_px,
                vp8: None,
            })
        }
    }
}
