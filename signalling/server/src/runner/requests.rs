//! From the protocol's requests to the conference's commands, and back from its refusals.
//!
//! Pure mapping; media requests, `hello` and `chat` are not conference commands and stand elsewhere.

use super::wording::Wording;
use crate::protocol::{AgendaItem, Refused, Request};
use conference::agenda::{AgendaAsk, ItemAsk};
use conference::floor::{FloorAsk, Grantee, Queue, Target};
use conference::patrol::PatrolAsk;
use conference::roll_call::RollCallAsk;
use conference::{Actor, Command, MediaWish, Refusal, SiteId, Timestamp};
use media_control::ParticipantId;

/// The command that `request` of the participant `by` is, if it is one; its words go into `words`.
pub(super) fn command(by: ParticipantId, request: Request, words: &mut Wording) -> Option<Command> {
    let actor = Actor::Inside(by);
    Some(match request {
        Request::SetMedia { microphone, camera, screen } => {
            Command::SetMedia { by, wanted: MediaWish { microphone, camera, screen } }
        }
        Request::RaiseHand {} => Command::RaiseHand { by },
        Request::LowerHand { participant } => Command::LowerHand { by, participant },
        Request::Mute { participant } => Command::Mute { by, participant },
        Request::MuteAll { except } => Command::MuteAll { by: actor, except },
        Request::UndoMute {} => Command::UndoMute { by: actor },
        Request::Microphones { microphones } => Command::Microphones { by: actor, microphones },
        Request::Remove { participant } => Command::Remove { by, participant },
        Request::Lock { locked } => Command::Lock { by, locked },
        Request::OpenDoor {} => Command::OpenDoor { by },
        Request::WaitingRoom { enabled } => Command::WaitingRoom { by, enabled },
        Request::Admit { participant } => Command::Admit { by, participant },
        Request::AdmitAll {} => Command::AdmitAll { by },
        Request::Turn { participant } => Command::TurnAway { by, participant },
        Request::EndForAll {} => Command::EndForAll { by },
        Request::Leave {} => Command::Leave { by },
        Request::SetStage { layout, participants, free } => {
            Command::SetStage { by: actor, layout, chosen: participants, free }
        }
        Request::SetKind { kind } => Command::SetKind { by: actor, kind },
        Request::NameDeputy { participant } => Command::NameDeputy { by: actor, participant },
        Request::Seat { participant, site } => Command::Seat { by: actor, participant, site },
        Request::CallAbsent { sites } => Command::CallAbsent { by: actor, sites },
        request => return course(actor, request, words),
    })
}

/// Requests about live stream, floor, agenda, roll call and patrol.
pub(super) fn course(by: Actor, request: Request, words: &mut Wording) -> Option<Command> {
    Some(match request {
        Request::OpenLive {} => Command::Live { by, open: true },
        Request::CloseLive {} => Command::Live { by, open: false },
        Request::RequestFloor { participant, site, queue, subject } => {
            let who = target(participant, site);
            Command::Floor { by, ask: FloorAsk::Request { who, queue, subject: words.take(&subject) } }
        }
        Request::WithdrawFloor { participant, site, queue } => {
            let who = target(participant, site);
            Command::Floor { by, ask: FloorAsk::Withdraw { who, queue } }
        }
        Request::MoveRequest { participant, queue, place } => {
            let who = Target::Participant(participant);
            Command::Floor { by, ask: FloorAsk::Move { who, queue, place } }
        }
        Request::GrantFloor { participant, site, queue, speaker, position, limit_ms, seen } => {
            let to = grantee(participant, site, queue);
            let (speaker, position) = (words.take(&speaker), words.take(&position));
            Command::Floor { by, ask: FloorAsk::Grant { to, speaker, position, limit_ms, seen } }
        }
        Request::ReleaseFloor { seen } => Command::Floor { by, ask: FloorAsk::Release { seen } },
        Request::FloorTime { limit_ms } => Command::Floor { by, ask: FloorAsk::Time { limit_ms } },
        Request::FloorRegistration { open } => Command::Floor { by, ask: FloorAsk::Registration { open } },
        Request::SetAgenda { items } => {
            Command::Agenda { by, ask: AgendaAsk::Set { items: agenda(&items, words) } }
        }
        Request::OpenItem { item } => Command::Agenda { by, ask: AgendaAsk::Open { item } },
        Request::CloseItem {} => Command::Agenda { by, ask: AgendaAsk::Close },
        Request::ConcludeItem { item, conclusion } => {
            let conclusion = words.always(&conclusion);
            Command::Agenda { by, ask: AgendaAsk::Conclude { item, conclusion } }
        }
        Request::StartRollCall { failed } => Command::RollCall { by, ask: RollCallAsk::Start { failed } },
        Request::CallSite { site } => Command::RollCall { by, ask: RollCallAsk::Call { site } },
        Request::MarkSite { site, result, note, people, names, seen_ms } => {
            let (note, names) = (words.take(&note), words.take(&names));
            let seen = seen_ms.map(Timestamp);
            Command::RollCall { by, ask: RollCallAsk::Mark { site, result, note, people, names, seen } }
        }
        Request::PauseRollCall {} => Command::RollCall { by, ask: RollCallAsk::Pause },
        Request::FinishRollCall {} => Command::RollCall { by, ask: RollCallAsk::Finish },
        Request::ArrangePicture { sites, arrangement } => Command::ArrangePicture { by, sites, arrangement },
        Request::SetCaption { site, caption } => {
            let caption = caption.and_then(|caption| words.take_line(&caption));
            Command::SetCaption { by, site, caption }
        }
        Request::StartPatrol { sites, stay_ms, everybody } => {
            Command::Patrol { by, ask: PatrolAsk::Start { sites, stay_ms, everybody } }
        }
        Request::TurnPatrol { site } => Command::Patrol { by, ask: PatrolAsk::Turn { site } },
        Request::StopPatrol {} => Command::Patrol { by, ask: PatrolAsk::Stop },
        _ => return None,
    })
}

fn target(participant: Option<ParticipantId>, site: Option<SiteId>) -> Option<Target> {
    participant.map(Target::Participant).or(site.map(Target::Site))
}

/// Whom a grant means: the one named, else the first of the queue.
pub(crate) fn grantee(participant: Option<ParticipantId>, site: Option<SiteId>, queue: Queue) -> Grantee {
    match (participant, site) {
        (Some(participant), _) => Grantee::Named(Target::Participant(participant)),
        (None, Some(site)) => Grantee::Named(Target::Site(site)),
        (None, None) => Grantee::Next(queue),
    }
}

/// The items of an agenda, their words under numbers of `words`.
pub(crate) fn agenda(items: &[AgendaItem], words: &mut Wording) -> Vec<ItemAsk> {
    let mut ask = |item: &AgendaItem| ItemAsk {
        item: item.item,
        title: words.always(&item.title),
        speakers: words.take(&item.speakers),
        minutes: item.minutes,
    };
    items.iter().map(&mut ask).collect()
}

/// A refusal of the conference on the wire.
pub(crate) fn refused(refusal: Refusal) -> Refused {
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
        Refusal::MicrophonesClosed => Refused::MicrophonesClosed {},
        Refusal::NotInside => Refused::NotInside {},
        Refusal::RegistrationClosed => Refused::RegistrationClosed {},
        Refusal::NotWaiting(participant) => Refused::NotWaiting { participant },
        Refusal::NobodyWaits => Refused::NobodyWaits {},
        Refusal::Away(participant) => Refused::Away { participant },
        Refusal::FloorChanged { turn } => Refused::FloorChanged { turn },
        Refusal::BadTime { limit_ms } => Refused::BadTime { limit_ms },
        Refusal::NothingToUndo => Refused::NothingToUndo {},
        Refusal::StageFull { limit } => Refused::StageFull { limit },
        Refusal::TooSecret => Refused::TooSecret {},
        Refusal::NoSuchSite => Refused::NoSuchSite {},
        Refusal::NoSites => Refused::NoSites {},
        Refusal::SiteAbsent => Refused::SiteAbsent {},
        Refusal::NoRollCall => Refused::NoRollCall {},
        Refusal::RollCallRuns => Refused::RollCallRuns {},
        Refusal::SiteMarked => Refused::SiteMarked {},
        Refusal::TooManyPeople { limit } => Refused::TooManyPeople { limit },
        Refusal::NoPatrol => Refused::NoPatrol {},
        Refusal::BadSeat { seat } => Refused::BadSeat { seat },
        Refusal::PicturesFull { limit } => Refused::PicturesFull { limit },
        Refusal::AgendaFull { limit } => Refused::AgendaFull { limit },
        Refusal::NoSuchItem { item } => Refused::NoSuchItem { item },
    }
}
