//! From the protocol's requests to the conference's commands, and back from its refusals.
//!
//! Pure mapping; media requests and `hello` are not conference commands and stand elsewhere.

use crate::protocol::{Refused, Request};
use conference::{Command, MediaWish, Refusal};
use media_control::ParticipantId;

/// The command that `request` of the participant `by` is, if it is one without words.
pub(super) fn command(by: ParticipantId, request: &Request) -> Option<Command> {
    Some(match *request {
        Request::SetMedia { microphone, camera, screen } => {
            Command::SetMedia { by, wanted: MediaWish { microphone, camera, screen } }
        }
        Request::RaiseHand {} => Command::RaiseHand { by },
        Request::LowerHand { participant } => Command::LowerHand { by, participant },
        Request::Mute { participant } => Command::Mute { by, participant },
        Request::MuteAll {} => Command::MuteAll { by },
        Request::Remove { participant } => Command::Remove { by, participant },
        Request::Lock { locked } => Command::Lock { by, locked },
        Request::OpenDoor {} => Command::OpenDoor { by },
        Request::WaitingRoom { enabled } => Command::WaitingRoom { by, enabled },
        Request::Admit { participant } => Command::Admit { by, participant },
        Request::AdmitAll {} => Command::AdmitAll { by },
        Request::Turn { participant } => Command::TurnAway { by, participant },
        Request::EndForAll {} => Command::EndForAll { by },
        Request::Leave {} => Command::Leave { by },
        Request::Hello { .. }
        | Request::Ack { .. }
        | Request::Ping { .. }
        | Request::OpenMedia {}
        | Request::Answer { .. }
        | Request::RestartIce { .. }
        | Request::Watch { .. }
        | Request::Chat { .. } => return None,
    })
}

/// A refusal of the conference on the wire.
pub(super) fn refused(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::NotAllowed => Refused::NotAllowed {},
        Refusal::Locked => Refused::Locked {},
        Refusal::Full { limit } => Refused::Full { limit },
        Refusal::NotOpen => Refused::NotOpen {},
        Refusal::TooEarly { at } => Refused::TooEarly { opens_ms: at.0 },
        Refusal::Ended => Refused::ConferenceEnded {},
        Refusal::InsideElsewhere => Refused::InsideElsewhere {},
        Refusal::NoSuchParticipant(participant) => Refused::NoSuchParticipant { participant },
        Refusal::TextLength { limit } => Refused::TextLength { limit },
        Refusal::ScreenTaken { by } => Refused::ScreenTaken { by },
    }
}
