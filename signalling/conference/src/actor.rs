//! Who acts in a meeting: a participant, or somebody who leads it from outside by the HTTP API.
//!
//! [`Actor`] comes with a command, [`By`] stays in its rows. A row holds the person's number, never a
//! name; a participant's number leads to the person by the row of the arrival.

use crate::{PersonId, Role};
use media_control::ParticipantId;
use serde::{Deserialize, Serialize};

/// Stands for "nobody inside" where a view names a participant: a rule, or somebody outside. No
/// participant ever has this number.
pub const OUTSIDE: ParticipantId = ParticipantId(0);

/// Who asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Inside(ParticipantId),
    /// An account or the bearer of a token that has no place in the meeting.
    Outside {
        person: PersonId,
        role: Role,
    },
}

impl Actor {
    /// As rows keep it.
    #[must_use]
    pub const fn by(self) -> By {
        match self {
            Self::Inside(participant) => By::Participant(participant),
            Self::Outside { person, .. } => By::Person { person },
        }
    }
}

impl From<ParticipantId> for Actor {
    fn from(participant: ParticipantId) -> Self {
        Self::Inside(participant)
    }
}

/// Who did something. A participant is a bare number, as in rows from before there was anybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum By {
    Participant(ParticipantId),
    Person { person: PersonId },
}

impl By {
    /// As views name it.
    #[must_use]
    pub const fn shown(self) -> ParticipantId {
        match self {
            Self::Participant(participant) => participant,
            Self::Person { .. } => OUTSIDE,
        }
    }
}
