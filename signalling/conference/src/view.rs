//! What one participant is shown of a conference: the snapshot on arrival and the deltas after it.
//!
//! These types are the wire form of the WebSocket (docs/protocol.md) and are generated to
//! TypeScript. Names and texts come from the caller; the state holds ids only.

mod course;
mod show;
mod show_course;

pub use course::{
    AgendaItemView, FloorView, PatrolView, RequestView, RollCallView, SiteView, SpokenView, StageView,
    TurnView,
};
pub use show::{Audience, Told, deltas, self_view, snapshot};

use crate::arranging::Arrangements;
use crate::role::{Act, Role};
use crate::speaking::Microphones;
use crate::{MeetingKind, Secrecy, SiteId};
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
    pub floor: FloorView,
    pub stage: StageView,
    /// How composed pictures are divided; `null` for those who may not set the stage.
    pub pictures: Option<Arrangements>,
    /// In order; empty without an agenda.
    pub agenda: Vec<AgendaItemView>,
    /// The invited sites in the order of their tree; empty for those who may not call the roll.
    pub sites: Vec<SiteView>,
    /// The newest roll call; `null` before the first and for those who may not call the roll.
    pub roll_call: Option<RollCallView>,
    /// The patrol under way; `null` for those who may not set the stage.
    pub patrol: Option<PatrolView>,
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
    pub kind: MeetingKind,
    pub secrecy: Secrecy,
    /// Who may switch a microphone on.
    pub microphones: Microphones,
    /// Who presides: the chair, or a deputy while no chair is there; may have gone. Absent before a chair
    /// came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub presiding: Option<ParticipantId>,
    /// Who was named to take over; may have gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub deputy: Option<ParticipantId>,
    /// Since when the meeting goes out as a live stream; absent when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub live_since_ms: Option<i64>,
    /// The chair is lost; a deputy takes over then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub takes_over_ms: Option<i64>,
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
    /// Who switched the microphone off, when it was not the participant; until switched on again. 0:
    /// nobody inside.
    pub muted_by: Option<ParticipantId>,
    /// The invited site for which the participant stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub site: Option<SiteId>,
    /// Absent for who has never had the floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub spoken: Option<SpokenView>,
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
    /// What the permission table allows this role, and more while the participant presides as deputy.
    pub may: Vec<Act>,
}

/// One committed change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Delta {
    Joined {
        participant: ParticipantView,
    },
    /// Replaces the participant of the same id. `by` names who caused it, when somebody else did; 0:
    /// nobody inside.
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
    /// The microphones of all these are off. With `undo_until_ms` it can be taken back until then.
    Muted {
        participants: Vec<ParticipantId>,
        by: ParticipantId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        undo_until_ms: Option<i64>,
    },
    /// The microphones of all these are on again as they were.
    Unmuted {
        participants: Vec<ParticipantId>,
        by: ParticipantId,
    },
    Floor {
        floor: FloorView,
    },
    Stage {
        stage: StageView,
    },
    /// Only to those who may set the stage; `null` for who may no longer.
    Pictures {
        pictures: Option<Arrangements>,
    },
    Agenda {
        agenda: Vec<AgendaItemView>,
    },
    /// Only to those who may call the roll: all sites anew.
    Sites {
        sites: Vec<SiteView>,
    },
    /// As above: these sites have changed.
    SitesChanged {
        sites: Vec<SiteView>,
    },
    RollCall {
        roll_call: Option<RollCallView>,
    },
    Patrol {
        patrol: Option<PatrolView>,
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
