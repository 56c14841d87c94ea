//! Why a conference refuses a command.
//!
//! Returned by [`crate::decide`]; the session turns it into the wire's `refused`. No prose: the
//! code and its facts.

use crate::Timestamp;
use media_control::ParticipantId;

/// The caller asked for something that is not allowed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The permission table or the rank of the other participant forbids it; said before it is
    /// known whether the target exists.
    #[error("the role does not allow it")]
    NotAllowed,
    #[error("the conference is locked")]
    Locked,
    /// Participants, or people in the waiting room.
    #[error("full, limit {limit}")]
    Full { limit: u32 },
    #[error("the conference has not been opened")]
    NotOpen,
    /// The door opens at `at`.
    #[error("the door is not open yet")]
    TooEarly { at: Timestamp },
    #[error("the conference has ended")]
    Ended,
    /// The person is in from another device or window and has not said that they move.
    #[error("the person is in from elsewhere")]
    InsideElsewhere,
    /// The participant is not, or no longer, there; also said of `by`.
    #[error("participant {0} is not there")]
    NoSuchParticipant(ParticipantId),
    /// Empty, or more characters than `limit`.
    #[error("text must have 1 to {limit} characters")]
    TextLength { limit: u32 },
    /// A leading role shares its screen; only another leading role takes over.
    #[error("participant {by} shares the screen")]
    ScreenTaken { by: ParticipantId },
}
