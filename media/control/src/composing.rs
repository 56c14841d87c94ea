//! What signalling asks of the mixer and what the mixer tells: which pictures are composed, of whom, how.
//!
//! Signalling decides all of it; the mixer process obeys and never looks anything up. A composed picture is
//! published into its conference as the camera of a participant that nobody else can be.

use crate::{ConferenceId, LegId, ParticipantId, Source};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use ts_rs::TS;

/// Most people of one composed picture that are told to the mixer: the largest grid four times over.
pub const MAX_COMPOSED: usize = 100;

/// Largest file of a logo.
pub const LOGO_FILE_BYTES: u64 = 1 << 20;
/// Widest and highest picture of a logo; it is shown at some forty lines.
pub const LOGO_SIDE_PX: u32 = 1024;

/// How a composed picture is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tiling {
    Full,
    OneAndOne,
    OneAndThree,
    OneAndFive,
    OneAndSeven,
    Grid2,
    Grid3,
    Grid4,
    Grid5,
    ContentAndRow,
    ContentOnly,
}

impl Tiling {
    /// Every one, the simplest first.
    pub const ALL: [Self; 11] = [
        Self::Full,
        Self::OneAndOne,
        Self::OneAndThree,
        Self::OneAndFive,
        Self::OneAndSeven,
        Self::Grid2,
        Self::Grid3,
        Self::Grid4,
        Self::Grid5,
        Self::ContentAndRow,
        Self::ContentOnly,
    ];

    /// How many are seen at once.
    #[must_use]
    pub const fn seats(self) -> u8 {
        match self {
            Self::Full | Self::ContentOnly => 1,
            Self::OneAndOne => 2,
            Self::OneAndThree | Self::Grid2 => 4,
            Self::ContentAndRow => 5,
            Self::OneAndFive => 6,
            Self::OneAndSeven => 8,
            Self::Grid3 => 9,
            Self::Grid4 => 16,
            Self::Grid5 => 25,
        }
    }

    /// Its first seat is for a document.
    #[must_use]
    pub const fn has_content(self) -> bool {
        matches!(self, Self::ContentAndRow | Self::ContentOnly)
    }

    /// Its first seat is larger than the others, or the only one.
    #[must_use]
    pub const fn has_main(self) -> bool {
        matches!(
            self,
            Self::Full | Self::OneAndOne | Self::OneAndThree | Self::OneAndFive | Self::OneAndSeven
        )
    }
}

/// Somebody who may be seen in a composed picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composed {
    pub participant: ParticipantId,
    /// `Camera` or `Screen`.
    pub source: Source,
    /// What stands in the tile: the place, else the person.
    pub name: String,
    /// The second line: the person where the first names a place.
    pub person: String,
    pub is_muted: bool,
    /// Something is sent; otherwise the name alone is shown where the seat is theirs.
    pub is_sending: bool,
}

/// How a composed picture is coded for those who look at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureCodec {
    /// Constrained baseline: what every room and nearly every browser takes.
    #[default]
    H264,
    /// For browsers without H.264.
    Vp8,
}

/// Which library encodes H.264.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum H264Encoder {
    /// The better picture for the same work; under the GPL.
    #[default]
    X264,
    /// Under the BSD licence.
    #[serde(rename = "openh264")]
    OpenH264,
}

/// A composed picture as it is to be from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composition {
    pub conference: ConferenceId,
    /// As whose camera it is published; see [`ParticipantId::is_programme`].
    pub programme: ParticipantId,
    /// Its leg, which is nobody else's.
    pub leg: LegId,
    pub codec: PictureCodec,
    /// The leg of the mixed sound that belongs to it, published as its microphone.
    pub voice: LegId,
    pub tiling: Tiling,
    pub width: u16,
    pub height: u16,
    pub bitrate_bps: u32,
    /// In the order of the conference, at most [`MAX_COMPOSED`]. Whoever speaks comes in front.
    pub people: Vec<Composed>,
    /// Seats that are given, by number, to places in `people`.
    pub pinned: Vec<(u8, u16)>,
    /// The label that stands on the picture; empty for none.
    pub secrecy: String,
    /// The point of the agenda; empty for none.
    pub agenda: String,
}

/// What became of a composed picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum ProgrammeNews {
    /// Its first picture is on its way.
    Shown,
    /// The process that made it has ended; another is started and told by itself.
    Lost,
    /// It is not made.
    Refused { refusal: NoProgramme },
    /// Every second.
    Counted { figures: ProgrammeFigures },
}

/// What one composed picture took in the last second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeFigures {
    /// Rates that are encoded.
    pub encoders: u8,
    /// As in [`MixerFigures`].
    pub ladder_step: u8,
    /// Pictures encoded, of all rates.
    pub pictures: u32,
    /// Its share of what the sources of its conference took, which all its pictures use.
    pub decode_us: u32,
    pub compose_us: u32,
    pub encode_us: u32,
    /// Packets of sources that wait for others that have not come; of the conference.
    pub waiting_packets: u32,
    /// Pictures of sources given up; of the conference.
    pub late_pictures: u32,
    /// Key frames asked of sources; of the conference.
    pub keyframes_asked: u32,
    /// Key frames that viewers asked for, and those sent.
    pub keyframes_wanted: u32,
    pub keyframes_sent: u32,
}

/// Why a picture is not composed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum NoProgramme {
    #[error("the mixer composes {limit} pictures already, which is its limit")]
    TooMany { limit: u16 },
    /// The ladder of overload has no further step.
    #[error("the mixer has no time for one more picture")]
    NoTime,
    #[error("a picture of {width}x{height} cannot be composed")]
    BadSize { width: u16, height: u16 },
    #[error("the encoder cannot be made")]
    NoEncoder,
}

/// To the mixer process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "with", rename_all = "snake_case")]
pub enum MixerOrder {
    /// The first message to a process.
    Start(MixerStart),
    /// Makes this picture, or makes the one of that name so from now on.
    Compose(Box<Composition>),
    Stop {
        conference: ConferenceId,
        programme: ParticipantId,
    },
}

/// Settings of the mixer process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MixerStart {
    /// Unix sockets of the relays of all media processes.
    pub relays: Vec<PathBuf>,
    /// Memory of its own; it is refused more.
    pub memory_bytes: u64,
    /// Composed pictures at once.
    pub programmes: u16,
    pub encoder: H264Encoder,
}

/// From the mixer process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "with", rename_all = "snake_case")]
pub enum MixerReport {
    /// Connected, locked in and ready for orders.
    Ready {
        /// The kernel keeps it from the file system.
        has_landlock: bool,
        pid: u32,
    },
    Programme {
        conference: ConferenceId,
        programme: ParticipantId,
        news: ProgrammeNews,
    },
    /// Every second.
    Counted(MixerFigures),
}

/// What the mixer did in the last second, and what waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MixerFigures {
    pub programmes: u32,
    /// Encoders that run: one for each rate of each composed picture.
    pub encoders: u32,
    /// How much is given up under overload: 0 nothing, 1 the encoder's trouble, 2 pictures a second, 3 lines,
    /// 4 further pictures.
    pub ladder_step: u8,
    /// Sources of which at least one layer is decoded.
    pub sources: u32,
    pub decoded: u32,
    pub composed: u32,
    pub encoded: u32,
    pub decode_s: f32,
    pub compose_s: f32,
    pub encode_s: f32,
    /// Packets that wait for others that have not come.
    pub waiting_packets: u32,
    /// Pictures that were given up because a packet did not come in time.
    pub late_pictures: u32,
    /// Pictures that could not be read.
    pub broken_pictures: u32,
    /// Turns left out because the ones before took too long.
    pub missed_turns: u32,
    /// Packets of composed pictures that the relay had no room for.
    pub dropped_packets: u32,
    /// Key frames asked of sources.
    pub keyframes_asked: u32,
    /// Key frames that viewers asked for, and those sent.
    pub keyframes_wanted: u32,
    pub keyframes_sent: u32,
    pub sound: SoundFigures,
}

/// What the mixer did with voices in the last second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SoundFigures {
    /// Microphones and sounds of screens that are heard now.
    pub heard: u32,
    /// Frames of 20 ms that were mixed.
    pub rounds: u32,
    pub mix_s: f32,
    pub encoded: u32,
    pub encode_s: f32,
    /// Packets decoded, and those that could not be.
    pub decoded: u32,
    pub broken: u32,
    /// Losses bridged by what the packet behind carries, and those that were made up.
    pub recovered: u32,
    pub concealed: u32,
    /// Frames left out because the ones before took too long.
    pub missed_rounds: u32,
    /// Packets of mixed sound that the relay had no room for.
    pub dropped_packets: u32,
}
