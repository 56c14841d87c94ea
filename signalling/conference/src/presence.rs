//! Rules of being there: broken connections, the grace period, coming back, leaving.
//!
//! Called by `decide`. A place outlives its connection by [`GRACE_MS`]; role, hand, waiting
//! position and mute stay with it.

use crate::role::may;
use crate::view::LeaveReason;
use crate::{Act, Event, Newcomer, Refusal, State, Timestamp, WaitingEnd};
use crate::{floor, live, patrol, presiding, speaking};
use media_control::ParticipantId;

/// How long a place is kept for a broken connection, in milliseconds.
pub const GRACE_MS: i64 = 60_000;

pub(crate) fn connection_lost(state: &State, now: Timestamp, participant: ParticipantId) -> Vec<Event> {
    match gone_until(state, participant) {
        Some(None) => {
            let mut events = vec![Event::Reconnecting { participant, until: now.plus_ms(GRACE_MS) }];
            events.extend(floor::go_away(state, now, participant));
            events
        }
        Some(Some(_)) | None => Vec::new(),
    }
}

pub(crate) fn resume(state: &State, participant: ParticipantId) -> Result<Vec<Event>, Refusal> {
    match gone_until(state, participant) {
        Some(Some(_)) => {
            let mut events = vec![Event::Returned { participant }];
            events.extend(floor_again(state, participant));
            Ok(events)
        }
        Some(None) => Ok(Vec::new()),
        None => Err(Refusal::NoSuchParticipant(participant)),
    }
}

/// A turn that waits for the holder of this place goes on.
fn floor_again(state: &State, participant: ParticipantId) -> Option<Event> {
    let place = state.participant(participant)?;
    floor::come_back(state, place.person, place.site.as_ref(), participant)
}

/// The inner value is the end of the grace period, the outer says whether there is such a place.
fn gone_until(state: &State, participant: ParticipantId) -> Option<Option<Timestamp>> {
    state
        .participant(participant)
        .map(|p| p.gone_until)
        .or_else(|| state.waiting_place(participant).map(|(_, w)| w.gone_until))
}

/// What happens when `newcomer` has a place already: a broken one is taken back with the lobby's new
/// choice of media, a connected one only by who says that they move. `None` without such a place.
pub(crate) fn place_of(state: &State, newcomer: &Newcomer) -> Option<Result<Vec<Event>, Refusal>> {
    let is_free = |gone: Option<Timestamp>| gone.is_some() || newcomer.moves;
    if let Some(place) = state.participants.iter().find(|p| p.person == newcomer.person) {
        if !is_free(place.gone_until) {
            return Some(Err(Refusal::InsideElsewhere));
        }
        let microphone = newcomer.microphone && speaking::may_switch_on(state, place).is_ok();
        let camera = newcomer.camera && may(place.role, Act::SendPicture);
        let participant = place.id;
        let mut events = vec![Event::Returned { participant }];
        if (place.microphone, place.camera, place.screen) != (microphone, camera, false) {
            let screen = false;
            events.push(Event::MediaSet { participant, microphone, camera, screen, by: None });
        }
        if newcomer.microphone && !microphone && may(place.role, Act::SendSound) {
            events.push(Event::Muted { participant, by: crate::OUTSIDE });
        }
        events.extend(floor_again(state, participant));
        return Some(Ok(events));
    }
    let place = state.waiting.iter().find(|w| w.arrival.person == newcomer.person)?;
    if !is_free(place.gone_until) {
        return Some(Err(Refusal::InsideElsewhere));
    }
    Some(Ok(vec![Event::Returned { participant: place.arrival.participant }]))
}

pub(crate) fn server_started(state: &State, now: Timestamp) -> Vec<Event> {
    let inside = state.participants.iter().filter(|p| p.gone_until.is_none()).map(|p| p.id);
    let outside = state.waiting.iter().filter(|w| w.gone_until.is_none());
    let until = now.plus_ms(GRACE_MS);
    let all = inside.chain(outside.map(|w| w.arrival.participant));
    let away = all.map(|participant| Event::Reconnecting { participant, until });
    let holder = state.floor.turn().map(|turn| turn.participant);
    away.chain(holder.and_then(|holder| floor::go_away(state, now, holder))).collect()
}

pub(crate) fn tick(state: &State, now: Timestamp) -> Vec<Event> {
    let over = |gone: Option<Timestamp>| gone.is_some_and(|until| until <= now);
    let inside = state.participants.iter().filter(|p| over(p.gone_until)).map(|p| p.id);
    let mut events = departures(state, now, &inside.collect::<Vec<_>>(), LeaveReason::Lost, None);
    for waiting in state.waiting.iter().filter(|w| over(w.gone_until)) {
        let participant = waiting.arrival.participant;
        events.push(Event::WaitingEnded { participant, reason: WaitingEnd::Lost, by: None });
    }
    events.extend(floor::tick(state, now));
    if let Some(taken) = presiding::tick(state, now) {
        events.push(taken);
        let former = state.presiding.and_then(|former| speaking::silenced_by_call(state, former));
        events.extend(former);
    }
    events.extend(patrol::tick(state, now));
    events
}

pub(crate) fn leave(state: &State, now: Timestamp, by: ParticipantId) -> Result<Vec<Event>, Refusal> {
    if state.waiting_place(by).is_some() {
        let reason = WaitingEnd::Left;
        return Ok(vec![Event::WaitingEnded { participant: by, reason, by: None }]);
    }
    state.admitted(by)?;
    Ok(departures(state, now, &[by], LeaveReason::Left, None))
}

/// The set stage without somebody who goes.
fn stage_without(state: &State, participant: ParticipantId) -> Option<Event> {
    let mut stage = state.stage.clone();
    stage.chosen.retain(|chosen| *chosen != participant);
    let by = crate::By::Participant(participant);
    (stage != state.stage).then_some(Event::StageSet { stage, by })
}

/// Takes `leaving` out with what they wait for. The lock of an always-open conference falls with its
/// last participant: nobody would be left to open the door.
pub(crate) fn departures(
    state: &State,
    now: Timestamp,
    leaving: &[ParticipantId],
    reason: LeaveReason,
    by: Option<ParticipantId>,
) -> Vec<Event> {
    let mut events = Vec::new();
    for &participant in leaving {
        events.extend(floor::departs(state, now, participant, reason == LeaveReason::Removed));
        events.extend(stage_without(state, participant));
        events.push(Event::Left { participant, reason, by });
    }
    let all_gone = !leaving.is_empty() && leaving.len() == state.participants.len();
    if all_gone && state.locked && state.settings.always_open {
        events.push(Event::LockSet { locked: false, by: None });
    }
    if all_gone {
        events.extend(live::at_the_end(state, now));
    }
    events
}
