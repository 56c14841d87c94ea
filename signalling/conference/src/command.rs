//! Everything that can be asked of a conference.
//!
//! The runner makes commands from client messages, connections and its timer, and gives them to
//! [`crate::decide`]. A command carries no words: see [`TextId`].

use crate::{PersonId, Role, Settings, TextId};
use media_control::ParticipantId;

/// One request to a conference. `by` is the participant who asks and must be admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    // From the system.
    /// First command of a new conference; without effect when it is open already.
    Open {
        settings: Settings,
    },
    /// The server has started anew: every connection that the journal believes in is gone. The
    /// grace period begins for everybody.
    ServerStarted,
    /// Time has passed; see [`crate::State::next_deadline`].
    Tick,

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
    /// Everyone but `by`.
    MuteAll {
        by: ParticipantId,
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
}

/// Who comes to the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newcomer {
    pub person: PersonId,
    pub role: Role,
    /// Came by link without an account.
    pub guest: bool,
    /// [`crate::State::next_text`]; used only if an event of the decision names it.
    pub name: TextId,
    /// The number after `name`.
    pub unit: TextId,
    /// What was chosen in the lobby; what the role may not send is left off silently.
    pub microphone: bool,
    pub camera: bool,
    /// Takes over a place that the person still holds from another device or window.
    pub moves: bool,
}

/// What a participant wants to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaWish {
    pub microphone: bool,
    pub camera: bool,
    /// The screen and its sound.
    pub screen: bool,
}
