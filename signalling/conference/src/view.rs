//! What one participant is shown of a conference: the snapshot on arrival and the deltas after it.
//!
//! These types are the wire form of the WebSocket (docs/protocol.md) and are generated to
//! TypeScript. Names and texts come from the caller; the state holds ids only.

mod show;

pub use show::{Audience, Told, deltas, self_view, snapshot};

use crate::role::{Act, Role};
use media_control::{ConferenceId, ParticipantId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A whole conference as one participant may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConferenceView {
    pub info: ConferenceInfo,
    /// Everyone admitted and not left, in order of arrival.
    pub participants: Vec<ParticipantView>,
    /// Raised hands, first raised first.
    pub hands: Vec<ParticipantId>,
    /// The newest 500 messages, oldest first.
    pub chat: Vec<ChatMessage>,
    /// Who waits for admission, longest wait first; empty for those who may not admit.
    pub waiting: Vec<WaitingPerson>,
}

/// What is true of the conference as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConferenceInfo {
    pub id: ConferenceId,
    pub title: String,
    /// Secrecy label shown everywhere, e.g. "Nội bộ"; empty when none.
    pub label: String,
    /// Nobody else is let in.
    pub locked: bool,
    /// Arrivals wait until somebody admits them.
    pub waiting_room: bool,
    /// Ended for all.
    pub ended: bool,
    /// When the door opens to everybody, ms since 1970-01-01 UTC, perhaps past; absent when no time
    /// was set or somebody has opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub opens_ms: Option<i64>,
}

/// One participant as the others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ParticipantView {
    pub id: ParticipantId,
    /// Display name, NFC.
    pub name: String,
    /// Unit or site (điểm cầu) line under the name; may be empty.
    pub unit: String,
    pub role: Role,
    pub presence: Presence,
    /// Microphone is on: the participant wants it and nobody has muted it.
    pub microphone: bool,
    pub camera: bool,
    pub screen: bool,
    /// Who switched the microphone off, when it was not the participant; until switched on again.
    pub muted_by: Option<ParticipantId>,
}

/// Whether a participant's connection is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Here,
    /// The connection broke; the place, hand and role are kept for the grace period.
    Reconnecting,
}

/// One chat message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatMessage {
    /// Numbered from 1 within the conference.
    #[ts(type = "number")]
    pub id: u64,
    pub from: ParticipantId,
    /// Name at the time of writing, so that it stays readable after the author left.
    pub name: String,
    /// NFC, 1–2000 characters.
    pub text: String,
    /// Milliseconds since 1970-01-01 UTC.
    #[ts(type = "number")]
    pub at_ms: i64,
}

/// Somebody in the waiting room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WaitingPerson {
    pub participant: ParticipantId,
    pub name: String,
    pub unit: String,
    #[ts(type = "number")]
    pub since_ms: i64,
}

/// The participant's own side of the conference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SelfView {
    pub participant: ParticipantId,
    pub role: Role,
    /// What the permission table allows this role.
    pub may: Vec<Act>,
}

/// One committed change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Delta {
    Joined {
        participant: ParticipantView,
    },
    /// Replaces the participant of the same id. `by` names who caused it, when somebody else did.
    Changed {
        participant: ParticipantView,
        by: Option<ParticipantId>,
    },
    Left {
        participant: ParticipantId,
        reason: LeaveReason,
    },
    Conference {
        info: ConferenceInfo,
        by: Option<ParticipantId>,
    },
    Hands {
        hands: Vec<ParticipantId>,
    },
    Chat {
        message: ChatMessage,
    },
    /// Only to those who may admit.
    Waiting {
        waiting: Vec<WaitingPerson>,
    },
    /// The recipient's own role or permissions changed.
    You {
        you: SelfView,
    },
}

/// Why somebody is no longer a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    Left,
    /// The connection did not come back within the grace period.
    Lost,
    Removed,
    Ended,
}
