//! Who may switch a microphone on, bulk mutes, and undoing them.
//!
//! Called by `decide` and by the other rules. A mute names whom it silenced, so that it can be taken
//! back exactly.

use crate::actor::{Actor, By, OUTSIDE};
use crate::role::may;
use crate::{Act, Arrival, Event, Participant, Refusal, Role, State, Timestamp};
use media_control::ParticipantId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How long a bulk mute can be taken back, in milliseconds.
pub const UNDO_MS: i64 = 8_000;

/// Who may switch a microphone on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Microphones {
    /// Whoever's role may.
    #[default]
    Open,
    /// Who leads, and who has the floor.
    Floor,
}

/// A bulk mute that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    pub participants: Vec<ParticipantId>,
    pub by: By,
    pub until: Timestamp,
}

/// Leads the meeting, so that no rule silences them.
pub(crate) fn leads(state: &State, participant: &Participant) -> bool {
    may(state.role_of(participant), Act::Mute)
}

/// May speak even when the turn that they have now ends.
pub(crate) fn may_without_floor(state: &State, participant: &Participant) -> bool {
    if leads(state, participant) {
        return true;
    }
    if let Some(site) = state.roll_call.as_ref().and_then(|roll| roll.on_stage()) {
        return participant.site.as_ref() == Some(site);
    }
    state.microphones == Microphones::Open && may(participant.role, Act::SendSound)
}

/// May the participant switch the microphone on now?
pub(crate) fn may_switch_on(state: &State, participant: &Participant) -> Result<(), Refusal> {
    let is_called = state.roll_call.as_ref().and_then(|roll| roll.on_stage()).is_some();
    let has_floor = !is_called && state.floor.is_with(participant.id);
    if has_floor || may_without_floor(state, participant) {
        return Ok(());
    }
    Err(if may(participant.role, Act::SendSound) { Refusal::MicrophonesClosed } else { Refusal::NotAllowed })
}

/// Somebody who comes in with an open microphone while only others may speak is muted: by nobody inside,
/// so that it is opened when it is their turn.
pub(crate) fn on_arrival(state: &State, arrival: &Arrival) -> Option<Event> {
    if !arrival.microphone || may(arrival.role, Act::Mute) {
        return None;
    }
    let is_heard = match state.roll_call.as_ref().and_then(|roll| roll.on_stage()) {
        Some(called) => arrival.site.as_ref() == Some(called),
        None => state.microphones == Microphones::Open,
    };
    (!is_heard).then_some(Event::Muted { participant: arrival.participant, by: OUTSIDE })
}

/// While a site is called nobody else is heard: not somebody whose right to lead ends either.
pub(crate) fn silenced_by_call(state: &State, participant: ParticipantId) -> Option<Event> {
    let called = state.roll_call.as_ref().and_then(|roll| roll.on_stage())?;
    let heard = state.participant(participant).filter(|p| p.microphone && !may(p.role, Act::Mute))?;
    let is_called = heard.site.as_ref() == Some(called);
    (!is_called).then_some(Event::Muted { participant, by: OUTSIDE })
}

/// Silences everybody but who asks, the chairs, who has the floor, and `except`.
pub(crate) fn mute_all(
    state: &State,
    now: Timestamp,
    by: Actor,
    except: &[ParticipantId],
) -> Result<Vec<Event>, Refusal> {
    let by_whom = state.authorise_actor(by, Act::Mute)?;
    Ok(silence(state, now, by, by_whom, except).into_iter().collect())
}

fn silence(state: &State, now: Timestamp, actor: Actor, by: By, except: &[ParticipantId]) -> Option<Event> {
    let is_spared = |p: &Participant| {
        actor == Actor::Inside(p.id)
            || state.role_of(p) == Role::Chair
            || state.floor.is_with(p.id)
            || except.contains(&p.id)
    };
    let silenced = state.participants.iter().filter(|p| p.microphone && !is_spared(p));
    let participants: Vec<ParticipantId> = silenced.map(|p| p.id).collect();
    let until = now.plus_ms(UNDO_MS);
    (!participants.is_empty()).then_some(Event::AllMuted { participants, by, until })
}

/// Takes the newest bulk mute back, within its time.
pub(crate) fn undo(state: &State, now: Timestamp, by: Actor) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::Mute)?;
    let undo = state.undo.as_ref().filter(|undo| now <= undo.until).ok_or(Refusal::NothingToUndo)?;
    let is_still_muted = |p: &&Participant| {
        undo.participants.contains(&p.id)
            && !p.microphone
            && p.muted_by == Some(undo.by.shown())
            && may_switch_on(state, p).is_ok()
    };
    let participants = state.participants.iter().filter(is_still_muted).map(|p| p.id).collect();
    Ok(vec![Event::MuteUndone { participants, by }])
}

/// Only who leads and who has the floor, or everybody again.
pub(crate) fn set(
    state: &State,
    now: Timestamp,
    by: Actor,
    microphones: Microphones,
) -> Result<Vec<Event>, Refusal> {
    let by_whom = state.authorise_actor(by, Act::Mute)?;
    if state.microphones == microphones {
        return Ok(Vec::new());
    }
    let mut events = vec![Event::MicrophonesSet { microphones, by: by_whom }];
    if microphones == Microphones::Floor {
        let leaders: Vec<ParticipantId> =
            state.participants.iter().filter(|p| leads(state, p)).map(|p| p.id).collect();
        events.extend(silence(state, now, by, by_whom, &leaders));
    }
    Ok(events)
}

pub(crate) fn muted(state: &mut State, participants: &[ParticipantId], by: By) {
    for participant in participants {
        if let Some(muted) = state.participant_mut(*participant) {
            muted.microphone = false;
            muted.muted_by = Some(by.shown());
        }
    }
}

pub(crate) fn unmuted(state: &mut State, participants: &[ParticipantId]) {
    for participant in participants {
        if let Some(heard) = state.participant_mut(*participant) {
            heard.microphone = true;
            heard.muted_by = None;
        }
    }
    state.undo = None;
}
