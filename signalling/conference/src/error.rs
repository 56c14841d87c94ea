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
    /// Only who leads and who has the floor may speak now.
    #[error("microphones are open only to who leads and who has the floor")]
    MicrophonesClosed,
    /// Somebody outside cannot ask for themselves.
    #[error("only somebody inside can ask for themselves")]
    NotInside,
    #[error("no requests are taken now")]
    RegistrationClosed,
    #[error("participant {0} is not waiting")]
    NotWaiting(ParticipantId),
    #[error("nobody who waits is there")]
    NobodyWaits,
    /// The connection of the participant is away.
    #[error("participant {0} is away")]
    Away(ParticipantId),
    /// Somebody else was faster: turn `turn` runs, none when 0.
    #[error("the floor has changed, turn {turn} runs")]
    FloorChanged { turn: u32 },
    /// Too short or longer than `limit_ms`.
    #[error("time must be at most {limit_ms} ms")]
    BadTime { limit_ms: u32 },
    #[error("nothing can be taken back any more")]
    NothingToUndo,
    /// More than `limit`, or somebody twice.
    #[error("at most {limit} different participants fit on the stage")]
    StageFull { limit: u32 },
    #[error("the label forbids recording and live streams")]
    TooSecret,
    #[error("no such site is invited")]
    NoSuchSite,
    #[error("no site is invited, or none is left")]
    NoSites,
    #[error("nobody stands for the site")]
    SiteAbsent,
    #[error("no roll call runs")]
    NoRollCall,
    /// Pause or finish it first.
    #[error("a site is being called")]
    RollCallRuns,
    #[error("somebody else has marked the site since")]
    SiteMarked,
    #[error("at most {limit} people sit at a site")]
    TooManyPeople { limit: u32 },
    #[error("no patrol is under way")]
    NoPatrol,
    /// The layout has no such seat, or it or its holder is named twice.
    #[error("seat {seat} cannot be given so")]
    BadSeat { seat: u8 },
    /// Groups of sites with a picture of their own.
    #[error("at most {limit} groups have a picture of their own")]
    PicturesFull { limit: u32 },
    #[error("at most {limit} items")]
    AgendaFull { limit: u32 },
    #[error("no item {item}")]
    NoSuchItem { item: u32 },
}
