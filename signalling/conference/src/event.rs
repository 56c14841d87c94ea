//! What has happened in a conference: the rows of its journal.
//!
//! Made by [`crate::decide`] only, carried out by [`crate::evolve`]. An event holds the outcome,
//! not the rule, so that old rows mean the same for ever: a field is never reused, a new meaning
//! gets a new variant. Events hold ids, never names or texts.

use crate::agenda::AgendaEvent;
use crate::arranging::Arrangement;
use crate::chapter::ChapterOf;
use crate::floor::FloorEvent;
use crate::patrol::PatrolEvent;
use crate::presiding::PresidingEvent;
use crate::roll_call::RollCallEvent;
use crate::speaking::Microphones;
use crate::stage::Stage;
use crate::view::LeaveReason;
use crate::{By, MeetingKind, PersonId, Role, Settings, SiteId, TextId, Timestamp};
use media_control::ParticipantId;
use serde::{Deserialize, Serialize};

/// Version of the JSON form of [`Event`], stored beside each row. A reader that meets a version
/// it does not know must stop, not guess.
pub const EVENT_VERSION: u16 = 1;

/// One committed fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    Opened {
        settings: Settings,
    },
    /// Somebody has planned it anew while nobody was inside.
    Adjusted {
        settings: Settings,
    },
    /// The planned meeting was called off; nobody comes in until it is restored.
    Cancelled {
        by: By,
        at: Timestamp,
    },
    Restored {
        by: By,
        at: Timestamp,
    },
    /// An always-open conference that had been ended begins a new sitting: unlocked, empty chat,
    /// waiting room as in its settings.
    Reopened {},
    Joined(Arrival),
    WaitingStarted {
        arrival: Arrival,
        at: Timestamp,
    },
    /// From the waiting room; `by` is `None` when the waiting room was switched off by nobody.
    Admitted {
        participant: ParticipantId,
        by: Option<ParticipantId>,
    },
    WaitingEnded {
        participant: ParticipantId,
        reason: WaitingEnd,
        by: Option<ParticipantId>,
    },
    /// The connection broke; the place is kept until `until`.
    Reconnecting {
        participant: ParticipantId,
        until: Timestamp,
    },
    Returned {
        participant: ParticipantId,
    },
    Left {
        participant: ParticipantId,
        reason: LeaveReason,
        by: Option<ParticipantId>,
    },
    /// What the participant sends; `by` names who changed it, when somebody else did.
    MediaSet {
        participant: ParticipantId,
        microphone: bool,
        camera: bool,
        screen: bool,
        by: Option<ParticipantId>,
    },
    Muted {
        participant: ParticipantId,
        by: ParticipantId,
    },
    /// Bulk mute; can be taken back until then.
    AllMuted {
        participants: Vec<ParticipantId>,
        by: By,
        until: Timestamp,
    },
    MuteUndone {
        participants: Vec<ParticipantId>,
        by: By,
    },
    MicrophonesSet {
        microphones: Microphones,
        by: By,
    },
    /// Only in rows from before there was a [`FloorEvent::Requested`].
    HandRaised {
        participant: ParticipantId,
    },
    /// As above. `by` is `None` when the participant lowered it or left.
    HandLowered {
        participant: ParticipantId,
        by: Option<ParticipantId>,
    },
    Floor(FloorEvent),
    StageSet {
        stage: Stage,
        by: By,
    },
    PictureArranged {
        sites: Vec<SiteId>,
        arrangement: Option<Arrangement>,
        by: By,
    },
    /// Its name again without any.
    CaptionSet {
        site: SiteId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<TextId>,
        by: By,
    },
    KindSet {
        kind: MeetingKind,
        by: By,
    },
    Presiding(PresidingEvent),
    Agenda(AgendaEvent),
    /// In the order of their tree.
    SitesInvited {
        sites: Vec<SiteId>,
    },
    Seated {
        participant: ParticipantId,
        site: Option<SiteId>,
        by: By,
    },
    SitesCalled {
        sites: Vec<SiteId>,
        at: Timestamp,
        by: By,
    },
    RollCall(RollCallEvent),
    Patrol(PatrolEvent),
    ChapterWritten {
        chapter: u32,
        at: Timestamp,
        of: ChapterOf,
    },
    ChatPosted {
        message: u64,
        from: ParticipantId,
        text: TextId,
        at: Timestamp,
    },
    /// `by` is `None` when the last participant left an always-open conference.
    LockSet {
        locked: bool,
        by: Option<ParticipantId>,
    },
    /// The door is open before the time that was set.
    DoorOpened {
        by: ParticipantId,
    },
    WaitingRoomSet {
        enabled: bool,
        by: ParticipantId,
    },
    /// Nobody sees a composed picture now: the process that made them has ended.
    ProgrammeLost {
        at: Timestamp,
    },
    /// Another process makes them since then.
    ProgrammeBack {
        at: Timestamp,
    },
    LiveOpened {
        at: Timestamp,
        by: By,
    },
    /// `by` is `None` when the meeting ended, or the last participant left.
    LiveClosed {
        at: Timestamp,
        by: Option<By>,
    },
    /// Everybody is out, admitted or waiting.
    Ended {
        by: ParticipantId,
    },
}

/// A person who came to the door and got a participant number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    pub participant: ParticipantId,
    pub person: PersonId,
    pub role: Role,
    pub name: TextId,
    pub unit: TextId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    pub microphone: bool,
    pub camera: bool,
}

/// Why somebody is no longer in the waiting room, other than by admission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingEnd {
    Left,
    /// The connection did not come back within the grace period.
    Lost,
    TurnedAway,
}

impl Event {
    /// The texts that the event brings into use; the caller stores them in the same transaction.
    #[must_use]
    pub fn texts(&self) -> Vec<TextId> {
        match self {
            Self::Joined(arrival) | Self::WaitingStarted { arrival, .. } => {
                vec![arrival.name, arrival.unit]
            }
            Self::ChatPosted { text, .. } => vec![*text],
            Self::CaptionSet { caption, .. } => caption.iter().copied().collect(),
            Self::Floor(event) => event.texts(),
            Self::Agenda(event) => event.texts(),
            Self::RollCall(event) => event.texts(),
            _ => Vec::new(),
        }
    }
}

/// Where a join or resume has led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// Admitted, in a new place.
    New(ParticipantId),
    /// In the waiting room, in a new place.
    Waiting(ParticipantId),
    /// In an earlier place of the same person, admitted or waiting.
    Back(ParticipantId),
}

/// Tells from the events of a [`crate::Command::Join`] or [`crate::Command::Resume`] where the
/// person is now; `None` when the events tell of no arrival (a resume of a place whose old
/// connection had not been noticed as lost gives no event).
#[must_use]
pub fn entered(events: &[Event]) -> Option<Entered> {
    events.iter().find_map(|event| match event {
        Event::Joined(arrival) => Some(Entered::New(arrival.participant)),
        Event::WaitingStarted { arrival, .. } => Some(Entered::Waiting(arrival.participant)),
        Event::Returned { participant } => Some(Entered::Back(*participant)),
        _ => None,
    })
}
