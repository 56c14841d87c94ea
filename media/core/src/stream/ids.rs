//! Names of legs, participants, sources and layers inside the packet path.
//!
//! The media server maps its own ids onto these newtypes; nothing here knows what signalling
//! calls them. Never holds text: a `mid` or `rid` is turned into one of these once, on arrival.

use crate::payload::Codec;

/// One connection of a participant, local or on another shard. Unique within a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LegKey(pub u64);

/// One participant of the conference; outlives his legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParticipantKey(pub u32);

impl ParticipantKey {
    /// The first of the numbers that stand for nobody: composed pictures and mixed sounds.
    pub const FIRST_PROGRAMME: Self = Self(u32::MAX - 0xffff);

    /// Whether this is a composed picture with its mixed sound, and nobody.
    #[must_use]
    pub const fn is_programme(self) -> bool {
        self.0 >= Self::FIRST_PROGRAMME.0
    }
}

/// One thing that a participant sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    Microphone,
    Camera,
    Screen,
    ScreenAudio,
}

impl SourceKind {
    /// Every source; the position equals `self as usize`.
    pub const ALL: [Self; 4] = [Self::Microphone, Self::Camera, Self::Screen, Self::ScreenAudio];

    /// The source that the m-line `mid` carries, `None` for any other text.
    #[must_use]
    pub fn from_mid(mid: &[u8]) -> Option<Self> {
        match mid {
            b"mic" => Some(Self::Microphone),
            b"cam" => Some(Self::Camera),
            b"scr" => Some(Self::Screen),
            b"sca" => Some(Self::ScreenAudio),
            _ => None,
        }
    }

    /// Whether this source is a picture.
    #[must_use]
    pub const fn is_video(self) -> bool {
        matches!(self, Self::Camera | Self::Screen)
    }

    /// Whether this source may be coded by `codec`: each line of the offer has its own.
    #[must_use]
    pub const fn carries(self, codec: Codec) -> bool {
        match codec {
            Codec::Vp8 | Codec::H264 | Codec::Vp9 | Codec::Av1 | Codec::H265 => self.is_video(),
            Codec::Opus | Codec::Red => matches!(self, Self::Microphone),
            Codec::OpusStereo => matches!(self, Self::ScreenAudio),
        }
    }

    /// Ticks of the RTP clock in a second: 90 kHz for pictures (RFC 7741), 48 kHz for Opus
    /// (RFC 7587).
    #[must_use]
    pub const fn clock_hz(self) -> u32 {
        if self.is_video() { 90_000 } else { 48_000 }
    }
}

/// A set of [`SourceKind`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceKinds(u8);

impl SourceKinds {
    /// No source.
    pub const NONE: Self = Self(0);
    /// Every source.
    pub const ALL: Self = Self(0b1111);

    /// Whether `kind` is in the set.
    #[must_use]
    pub const fn has(self, kind: SourceKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// The set with `kind` added.
    #[must_use]
    pub const fn with(self, kind: SourceKind) -> Self {
        Self(self.0 | (1 << kind as u8))
    }

    /// The set with `kind` taken out.
    #[must_use]
    pub const fn without(self, kind: SourceKind) -> Self {
        Self(self.0 & !(1 << kind as u8))
    }
}

/// Simulcast layers of one source.
pub const MAX_LAYERS: usize = 3;

/// One simulcast layer, 0 the smallest. A source without `rid` is layer 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Layer(u8);

impl Layer {
    /// A quarter of the width and height, or the only layer.
    pub const QUARTER: Self = Self(0);
    /// Half of the width and height.
    pub const HALF: Self = Self(1);
    /// The whole picture.
    pub const FULL: Self = Self(2);
    /// Every layer, smallest first.
    pub const ALL: [Self; MAX_LAYERS] = [Self::QUARTER, Self::HALF, Self::FULL];

    /// The layer that the restriction identifier `rid` (RFC 8851) stands for.
    #[must_use]
    pub fn from_rid(rid: &[u8]) -> Option<Self> {
        match rid {
            b"q" => Some(Self::QUARTER),
            b"h" => Some(Self::HALF),
            b"f" => Some(Self::FULL),
            _ => None,
        }
    }

    /// Position of the layer, 0–2.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of [`Layer`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayerSet(u8);

impl LayerSet {
    /// No layer.
    pub const NONE: Self = Self(0);
    /// Every layer.
    pub const ALL: Self = Self(0b111);

    /// Whether `layer` is in the set.
    #[must_use]
    pub const fn has(self, layer: Layer) -> bool {
        self.0 & (1 << layer.0) != 0
    }

    /// The set with `layer` added.
    #[must_use]
    pub const fn with(self, layer: Layer) -> Self {
        Self(self.0 | (1 << layer.0))
    }

    /// What is in either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this set and not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The layers of the set, smallest first.
    pub fn iter(self) -> impl Iterator<Item = Layer> {
        Layer::ALL.into_iter().filter(move |layer| self.has(*layer))
    }
}

/// One incoming stream: a layer of a source of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamKey {
    pub leg: LegKey,
    pub source: SourceKind,
    pub layer: Layer,
}
