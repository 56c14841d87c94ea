//! Today's rules: what events a command leads to.
//!
//! Called by the runner for every command; one arm per command, the rules stand in the module of
//! their concern. Never changes the state and never asks for the time.

use crate::{
    Command, Event, Refusal, State, Timestamp, agenda, arranging, captioning, chat, close, floor, live,
    lobby, media, patrol, presence, presiding, programme, roll_call, sites, speaking, stage,
};

/// The events that carry out `command`, to be committed together and then given to
/// [`crate::evolve`] in order. No event means that the wish is fulfilled already.
///
/// # Errors
/// The [`Refusal`] to show to the one who asked; authorisation comes before lookup and before
/// validation.
pub fn decide(state: &State, now: Timestamp, command: Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Open { settings } => Ok(lobby::open(state, settings)),
        Command::Adjust { settings } => Ok(lobby::adjust(state, settings)),
        Command::Cancel { by } => Ok(lobby::cancel(state, now, by)),
        Command::Restore { by } => Ok(lobby::restore(state, now, by)),
        Command::Invite { sites } => Ok(sites::invite(state, sites)),
        Command::ServerStarted => Ok(presence::server_started(state, now)),
        Command::Tick => Ok(presence::tick(state, now)),
        Command::NoteProgramme { is_lost } => Ok(programme::note(state, now, is_lost)),
        Command::Join { newcomer } => lobby::join(state, now, newcomer),
        Command::Resume { participant } => presence::resume(state, participant),
        Command::ConnectionLost { participant } => Ok(presence::connection_lost(state, now, participant)),
        Command::Leave { by } => presence::leave(state, now, by),
        Command::SetMedia { by, wanted } => media::set(state, by, wanted),
        Command::RaiseHand { by } => floor::raise_hand(state, now, by),
        Command::LowerHand { by, participant } => floor::lower_hand(state, by, participant),
        Command::Chat { by, text, chars } => chat::post(state, now, by, text, chars),
        Command::Mute { by, participant } => media::mute(state, by, participant),
        Command::MuteAll { by, except } => speaking::mute_all(state, now, by, &except),
        Command::UndoMute { by } => speaking::undo(state, now, by),
        Command::Microphones { by, microphones } => speaking::set(state, now, by, microphones),
        Command::Floor { by, ask } => floor::decide(state, now, by, ask),
        Command::SetStage { by, layout, chosen, free } => stage::set(state, by, layout, chosen, free),
        Command::ArrangePicture { by, sites, arrangement } => {
            arranging::decide(state, by, sites, arrangement)
        }
        Command::SetCaption { by, site, caption } => captioning::decide(state, by, site, caption),
        Command::SetKind { by, kind } => stage::set_kind(state, by, kind),
        Command::NameDeputy { by, participant } => presiding::name_deputy(state, by, participant),
        Command::Agenda { by, ask } => agenda::decide(state, now, by, ask),
        Command::RollCall { by, ask } => roll_call::decide(state, now, by, ask),
        Command::Seat { by, participant, site } => sites::seat(state, by, participant, site),
        Command::CallAbsent { by, sites } => sites::call_absent(state, now, by, &sites),
        Command::Patrol { by, ask } => patrol::decide(state, now, by, ask),
        Command::Remove { by, participant } => close::remove(state, now, by, participant),
        Command::Lock { by, locked } => lobby::lock(state, by, locked),
        Command::OpenDoor { by } => lobby::open_door(state, now, by),
        Command::WaitingRoom { by, enabled } => lobby::waiting_room(state, by, enabled),
        Command::Admit { by, participant } => lobby::admit(state, by, participant),
        Command::AdmitAll { by } => lobby::admit_all(state, by),
        Command::TurnAway { by, participant } => lobby::turn_away(state, by, participant),
        Command::EndForAll { by } => close::end_for_all(state, now, by),
        Command::Live { by, open } => live::set(state, now, by, open),
    }
}
