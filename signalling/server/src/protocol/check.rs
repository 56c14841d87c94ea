//! JSON bodies of the connection test under `/api/v1/check`.
//!
//! Shapes and their words in the log; part of `protocol::api`.

use super::server::Relay;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Answer of `GET /check/clock`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct CheckClock {
    #[ts(type = "number")]
    pub server_time_ms: i64,
}

/// Answer of `POST /check/upload`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct CheckUploaded {
    pub bytes: u32,
}

/// Answer of `POST /check/leg`: an offer, and the key that its answer is sent with.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct CheckLeg {
    pub key: String,
    pub sdp: String,
    /// The way through the HTTPS port, where it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub relay: Option<Relay>,
}

/// Body of `POST /check/leg/KEY/answer`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct CheckAnswer {
    pub sdp: String,
}

/// What one line of a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckStep {
    Browser,
    Camera,
    Microphone,
    Speaker,
    Server,
    Udp,
    Tcp,
    Tls,
    Download,
    Upload,
    Clock,
}

impl CheckStep {
    /// As in the log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Camera => "camera",
            Self::Microphone => "microphone",
            Self::Speaker => "speaker",
            Self::Server => "server",
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Download => "download",
            Self::Upload => "upload",
            Self::Clock => "clock",
        }
    }
}

/// How a step ended, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckGrade {
    Skipped,
    Good,
    Weak,
    Bad,
}

impl CheckGrade {
    /// As in the log and in metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Good => "good",
            Self::Weak => "weak",
            Self::Bad => "bad",
        }
    }
}

/// One line of a report.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct CheckLine {
    pub step: CheckStep,
    pub grade: CheckGrade,
    /// kbit/s for bandwidth, ms for delays and clocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub figure: Option<f64>,
}

/// Body of `POST /check`. Holds no name, no device and no address.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct CheckReport {
    /// What the browser says it is, at most 200 characters.
    pub browser: String,
    /// At most 24.
    pub lines: Vec<CheckLine>,
}

/// Answer of `POST /check`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct CheckReceipt {
    /// The id of the report, the same in the server's log as `check=`.
    pub id: String,
}
