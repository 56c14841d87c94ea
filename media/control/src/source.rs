//! What a participant can send, and sets of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One thing that a participant sends. The name is also the `mid` of its m-line in every offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Microphone,
    Camera,
    Screen,
    ScreenAudio,
}

impl Source {
    /// Every source, in the order of the offer's m-lines.
    pub const ALL: [Self; 4] = [Self::Camera, Self::Microphone, Self::Screen, Self::ScreenAudio];

    /// The `mid` of this source's m-line (RFC 9143), at most 4 bytes so that it fits a one-byte
    /// header extension.
    #[must_use]
    pub const fn mid(self) -> &'static str {
        match self {
            Self::Camera => "cam",
            Self::Microphone => "mic",
            Self::Screen => "scr",
            Self::ScreenAudio => "sca",
        }
    }

    /// Whether this source is a picture.
    #[must_use]
    pub const fn is_video(self) -> bool {
        matches!(self, Self::Camera | Self::Screen)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of [`Source`]s; on the wire a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Source>", into = "Vec<Source>")]
pub struct SourceSet(u8);

impl SourceSet {
    /// No source.
    pub const NONE: Self = Self(0);
    /// Every source.
    pub const ALL: Self = Self(0b1111);

    /// Whether `source` is in the set.
    #[must_use]
    pub const fn has(self, source: Source) -> bool {
        self.0 & source.bit() != 0
    }

    /// The set with `source` added.
    #[must_use]
    pub const fn with(self, source: Source) -> Self {
        Self(self.0 | source.bit())
    }

    /// The set with `source` taken out.
    #[must_use]
    pub const fn without(self, source: Source) -> Self {
        Self(self.0 & !source.bit())
    }
}

impl From<Vec<Source>> for SourceSet {
    fn from(list: Vec<Source>) -> Self {
        list.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<SourceSet> for Vec<Source> {
    fn from(set: SourceSet) -> Self {
        Source::ALL.into_iter().filter(|s| set.has(*s)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_holds_what_was_added_and_not_what_was_taken_out() {
        let set = SourceSet::NONE.with(Source::Camera).with(Source::Microphone).without(Source::Camera);
        assert!(set.has(Source::Microphone));
        assert!(!set.has(Source::Camera));
        assert_eq!(Vec::from(SourceSet::ALL).len(), 4);
        assert_eq!(SourceSet::from(Vec::from(set)), set);
    }
}
