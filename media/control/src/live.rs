//! What signalling asks of the recorder and what the recorder tells: which meetings go out live, and how each
//! way out does.
//!
//! Signalling decides; the recorder process obeys and never looks anything up.

use crate::{ConferenceId, ParticipantId};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outlet {
    /// Files for the players of our own page.
    Hls,
    Rtmp,
    Srt,
}

impl Outlet {
    /// Its name in metrics and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hls => "hls",
            Self::Rtmp => "rtmp",
            Self::Srt => "srt",
        }
    }
}

/// How a way out does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutletState {
    /// No picture has gone out yet.
    Waiting,
    Running,
    /// It failed or stands still, and is tried again by itself.
    Failed,
    /// Another meeting uses the address already, or as many go out as are allowed.
    Taken,
}

impl OutletState {
    /// Its name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Taken => "taken",
        }
    }
}

/// To the recorder process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "with", rename_all = "snake_case")]
pub enum RecorderOrder {
    /// The first message to a process.
    Start(RecorderStart),
    /// Hands this composed picture on, or goes on with it.
    OpenLive {
        conference: ConferenceId,
        programme: ParticipantId,
    },
    CloseLive {
        conference: ConferenceId,
    },
}

/// Settings of the recorder process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecorderStart {
    /// Unix socket of the relay that the mixer publishes to.
    pub relay: PathBuf,
    /// Where playlists and segments lie, a folder for each meeting; everything in it is the recorder's.
    pub folder: PathBuf,
    /// Memory of its own; it is refused more.
    pub memory_bytes: u64,
    /// Meetings that go out at once.
    pub lives: u16,
    /// `{conference}` stands for the id of the meeting.
    pub rtmp_url: Option<String>,
    pub srt_url: Option<String>,
}

/// From the recorder process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "with", rename_all = "snake_case")]
pub enum RecorderReport {
    /// Connected, locked in and ready for orders.
    Ready {
        /// The kernel keeps it from files that are not its own.
        has_landlock: bool,
        pid: u32,
    },
    Outlet {
        conference: ConferenceId,
        outlet: Outlet,
        state: OutletState,
    },
    /// As many go out already as are allowed.
    TooMany {
        conference: ConferenceId,
        limit: u16,
    },
    /// Every second.
    Counted(RecorderFigures),
}

/// What the recorder did in the last second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecorderFigures {
    pub lives: u32,
    pub pictures: u32,
    /// 20 ms each.
    pub sounds: u32,
    pub segments: u32,
    /// Pictures that a packet was missing of.
    pub lost_pictures: u32,
    /// Pictures and sounds that a way out had no room for.
    pub dropped: u32,
    pub restarts: u32,
}
