//! Everything that can be asked of a conference.
//!
//! The runner makes commands from client messages, connections and its timer, and gives them to
//! [`crate::decide`]. A command carries no words: see [`TextId`].

use crate::agenda::AgendaAsk;
use crate::arranging::Arrangement;
use crate::floor::FloorAsk;
use crate::patrol::PatrolAsk;
use crate::roll_call::RollCallAsk;
use crate::speaking::Microphones;
use crate::stage::Layout;
use crate::{Actor, MeetingKind, PersonId, Role, Said, Settings, SiteId, TextId};
use media_control::ParticipantId;

/// One request to a conference. `by` is the participant who asks and must be admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    // From the system.
    /// First command of a new conference; without effect when it is open already.
    Open {
        settings: Settings,
    },
    /// What was chosen has changed since; without effect while anybody is inside or waits.
    Adjust {
        settings: Settings,
    },
    /// Calls the planned meeting off. Who may edit the plan was asked before: that does not follow from the role.
    Cancel {
        by: Actor,
    },
    /// Takes a cancellation back; as above.
    Restore {
        by: Actor,
    },
    /// The sites that are invited, in the order of their tree; after [`Command::Open`].
    Invite {
        sites: Vec<SiteId>,
    },
    /// The server has started anew: every connection that the journal believes in is gone. The
    /// grace period begins for everybody.
    ServerStarted,
    /// Time has passed; see [`crate::State::next_deadline`].
    Tick,
    /// The process that composes pictures has ended, or shows them again.
    NoteProgramme {
        is_lost: bool,
    },

    // From a connection.
    /// A person comes to the door. [`crate::entered`] tells from the events where they are now.
    Join {
        newcomer: Newcomer,
    },
    /// The holder of the place's resume token is back, admitted or waiting.
    Resume {
        participant: ParticipantId,
    },
    /// The connection broke without a leave, admitted or waiting.
    ConnectionLost {
        participant: ParticipantId,
    },
    /// Goes for good, admitted or waiting.
    Leave {
        by: ParticipantId,
    },

    // From an admitted participant.
    /// What `by` wants to send from now on.
    SetMedia {
        by: ParticipantId,
        wanted: MediaWish,
    },
    RaiseHand {
        by: ParticipantId,
    },
    /// Own hand when `participant` is `None`.
    LowerHand {
        by: ParticipantId,
        participant: Option<ParticipantId>,
    },
    /// `text` is [`crate::State::next_text`], under which the caller keeps the words (NFC,
    /// trimmed); `chars` is how many Unicode scalar values they have.
    Chat {
        by: ParticipantId,
        text: TextId,
        chars: usize,
    },
    Mute {
        by: ParticipantId,
        participant: ParticipantId,
    },
    /// Everyone but `by`, the chairs, who has the floor, and `except`.
    MuteAll {
        by: Actor,
        except: Vec<ParticipantId>,
    },
    /// Takes the newest `MuteAll` back.
    UndoMute {
        by: Actor,
    },
    Microphones {
        by: Actor,
        microphones: Microphones,
    },
    Floor {
        by: Actor,
        ask: FloorAsk,
    },
    SetStage {
        by: Actor,
        layout: Layout,
        chosen: Vec<ParticipantId>,
        free: bool,
    },
    /// How composed pictures are divided, for these sites, or for all without any; as before that was chosen
    /// when there is no arrangement.
    ArrangePicture {
        by: Actor,
        sites: Vec<SiteId>,
        arrangement: Option<Arrangement>,
    },
    /// What composed pictures write under a site; its name again without words.
    SetCaption {
        by: Actor,
        site: SiteId,
        caption: Option<Said>,
    },
    SetKind {
        by: Actor,
        kind: MeetingKind,
    },
    NameDeputy {
        by: Actor,
        participant: Option<ParticipantId>,
    },
    Agenda {
        by: Actor,
        ask: AgendaAsk,
    },
    RollCall {
        by: Actor,
        ask: RollCallAsk,
    },
    /// Says for which site a participant stands.
    Seat {
        by: Actor,
        participant: ParticipantId,
        site: Option<SiteId>,
    },
    /// Notes that absent sites were called; every absent one without `sites`.
    CallAbsent {
        by: Actor,
        sites: Vec<SiteId>,
    },
    Patrol {
        by: Actor,
        ask: PatrolAsk,
    },
    Remove {
        by: ParticipantId,
        participant: ParticipantId,
    },
    Lock {
        by: ParticipantId,
        locked: bool,
    },
    /// Lets everybody come before the time that was set.
    OpenDoor {
        by: ParticipantId,
    },
    WaitingRoom {
        by: ParticipantId,
        enabled: bool,
    },
    Admit {
        by: ParticipantId,
        participant: ParticipantId,
    },
    AdmitAll {
        by: ParticipantId,
    },
    TurnAway {
        by: ParticipantId,
        participant: ParticipantId,
    },
    EndForAll {
        by: ParticipantId,
    },
    /// Lets the meeting out as a live stream, or no longer.
    Live {
        by: Actor,
        open: bool,
    },
}

/// Who comes to the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newcomer {
    pub person: PersonId,
    pub role: Role,
    /// Came by link without an account.
    pub guest: bool,
    /// [`crate::State::next_text`]; used only if an event of the decision names it.
    pub name: TextId,
    /// The number after `name`.
    pub unit: TextId,
    /// The site that the person stands for; left off when it is not invited.
    pub site: Option<SiteId>,
    /// What was chosen in the lobby; what the role may not send is left off silently.
    pub microphone: bool,
    pub camera: bool,
    /// Takes over a place that the person still holds from another device or window.
    pub moves: bool,
    /// Is invited as deputy: passes the door like who leads, and is named deputy when nobody is.
    pub deputy: bool,
}

/// What a participant wants to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaWish {
    pub microphone: bool,
    pub camera: bool,
    /// The screen and its sound.
    pub screen: bool,
}
