//! Looks at the first bytes of a media payload: codec, key frame, picture ids.
//!
//! Called once per accepted packet by `room::intake`. Never allocates, never panics on hostile
//! bytes, and decides nothing by the payload of a packet with a dependency descriptor: it may be
//! encrypted end to end.

mod av1;
mod h264;
mod h265;
mod opus;
mod picture;
mod red;
mod vp8;
mod vp9;

pub use h264::H264Start;
pub use opus::is_dtx;
pub use picture::PictureFields;
pub use vp8::{Vp8Descriptor, Vp8Malformed};
pub use vp9::{Vp9Descriptor, Vp9Layers};

use crate::packet::descriptor::DescriptorHead;
use crate::packet::negotiated::{PT_AV1, PT_H264, PT_H265, PT_OPUS, PT_OPUS_STEREO, PT_RED, PT_VP8, PT_VP9};

/// The codecs that the offer negotiates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    Vp8,
    H264,
    Vp9,
    Av1,
    H265,
    /// Voices.
    Opus,
    /// Sound of a shared screen.
    OpusStereo,
    /// Voices, each packet with what went before (RFC 2198).
    Red,
}

impl Codec {
    /// The codec of a media payload type; `None` for RTX and unknown numbers.
    #[must_use]
    pub const fn from_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            PT_VP8 => Some(Self::Vp8),
            PT_H264 => Some(Self::H264),
            PT_VP9 => Some(Self::Vp9),
            PT_AV1 => Some(Self::Av1),
            PT_H265 => Some(Self::H265),
            PT_OPUS => Some(Self::Opus),
            PT_OPUS_STEREO => Some(Self::OpusStereo),
            PT_RED => Some(Self::Red),
            _ => None,
        }
    }

    /// The payload type that the offer gives this codec.
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Vp8 => PT_VP8,
            Self::H264 => PT_H264,
            Self::Vp9 => PT_VP9,
            Self::Av1 => PT_AV1,
            Self::H265 => PT_H265,
            Self::Opus => PT_OPUS,
            Self::OpusStereo => PT_OPUS_STEREO,
            Self::Red => PT_RED,
        }
    }

    /// Whether the codec codes pictures.
    #[must_use]
    pub const fn is_video(self) -> bool {
        !matches!(self, Self::Opus | Self::OpusStereo | Self::Red)
    }
}

/// What the forwarder needs to know of one payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PayloadFacts {
    /// First packet of a key frame; sound always starts one.
    pub starts_keyframe: bool,
    /// Height of the picture in pixels where this payload tells it, else 0.
    pub height_px: u16,
    /// Picture ids to rewrite.
    pub picture: Option<PictureFields>,
    /// Where the voice itself begins behind what it repeats, else 0.
    pub primary_at: u16,
}

/// Looks at `payload`; `None` when it does not follow the codec's payload format. Where there is a
/// dependency `descriptor`, it alone decides; of the payload only the picture ids are taken, for
/// receivers that read no descriptors.
#[must_use]
pub fn look(codec: Codec, descriptor: &[u8], payload: &[u8]) -> Option<PayloadFacts> {
    if descriptor.is_empty() || !codec.is_video() {
        return read(codec, payload);
    }
    let head = DescriptorHead::parse(descriptor)?;
    let picture = read(codec, payload).and_then(|told| told.picture);
    let facts = PayloadFacts { starts_keyframe: head.opens, picture, ..PayloadFacts::default() };
    (!payload.is_empty()).then_some(facts)
}

fn read(codec: Codec, payload: &[u8]) -> Option<PayloadFacts> {
    let plain = |starts_keyframe| PayloadFacts { starts_keyframe, ..PayloadFacts::default() };
    match codec {
        Codec::Opus | Codec::OpusStereo => (!payload.is_empty()).then_some(plain(true)),
        Codec::Vp8 => {
            let descriptor = Vp8Descriptor::parse(payload).ok()?;
            let height_px = descriptor.keyframe_height_px(payload).unwrap_or(0);
            Some(PayloadFacts {
                starts_keyframe: descriptor.starts_keyframe(payload),
                height_px,
                picture: Some(descriptor.fields),
                primary_at: 0,
            })
        }
        Codec::Vp9 => {
            let descriptor = Vp9Descriptor::parse(payload)?;
            Some(PayloadFacts {
                starts_keyframe: descriptor.starts_keyframe(),
                height_px: descriptor.height_px(),
                picture: Some(descriptor.fields),
                primary_at: 0,
            })
        }
        Codec::H264 => {
            let start = H264Start::parse(payload)?;
            Some(PayloadFacts { height_px: start.height_px, ..plain(start.starts_keyframe) })
        }
        Codec::Red => Some(PayloadFacts { primary_at: red::primary_at(payload)?, ..plain(true) }),
        Codec::Av1 => av1::starts_keyframe(payload).map(plain),
        Codec::H265 => h265::starts_keyframe(payload).map(plain),
    }
}
