//! Rules of being there: broken connections, the grace period, coming back, leaving.
//!
//! Called by `decide`. A place outlives its connection by [`GRACE_MS`]; role, hand, waiting
//! position and mute stay with it.

use crate::role::may;
use crate::view::LeaveReason;
use crate::{Act, Event, Newcomer, Refusal, State, Timestamp, WaitingEnd};
use media_control::ParticipantId;

/// How long a place is kept for a broken connection, in milliseconds.
pub const GRACE_MS: i64 = 60_000;

pub(crate) fn connection_lost(state: &State, now: Timestamp, participant: ParticipantId) -> Vec<Event> {
    match gone_until(state, participant) {
        Some(None) => vec![Event::Reconnecting { participant, until: now.plus_ms(GRACE_MS) }],
        Some(Some(_)) | None => Vec::new(),
    }
}

pub(crate) fn resume(state: &State, participant: ParticipantId) -> Result<Vec<Event>, Refusal> {
    match gone_until(state, participant) {
        Some(Some(_)) => Ok(vec![Event::Returned { participant }]),
        Some(None) => Ok(Vec::new()),
        None => Err(Refusal::NoSuchParticipant(participant)),
    }
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
        let microphone = newcomer.microphone && may(place.role, Act::SendSound);
        let camera = newcomer.camera && may(place.role, Act::SendPicture);
        let participant = place.id;
        let mut events = vec![Event::Returned { participant }];
        if (place.microphone, place.camera, place.screen) != (microphone, camera, false) {
            let screen = false;
            events.push(Event::MediaSet { participant, microphone, camera, screen, by: None });
        }
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
    inside
        .chain(outside.map(|w| w.arrival.participant))
        .map(|participant| Event::Reconnecting { participant, until })
        .collect()
}

pub(crate) fn tick(state: &State, now: Timestamp) -> Vec<Event> {
    let over = |gone: Option<Timestamp>| gone.is_some_and(|until| until <= now);
    let inside = state.participants.iter().filter(|p| over(p.gone_until)).map(|p| p.id);
    let mut events = departures(state, &inside.collect::<Vec<_>>(), LeaveReason::Lost, None);
    for waiting in state.waiting.iter().filter(|w| over(w.gone_until)) {
        let participant = waiting.arrival.participant;
        events.push(Event::WaitingEnded { participant, reason: WaitingEnd::Lost, by: None });
    }
    events
}

pub(crate) fn leave(state: &State, by: ParticipantId) -> Result<Vec<Event>, Refusal> {
    if state.waiting_place(by).is_some() {
        let reason = WaitingEnd::Left;
        return Ok(vec![Event::WaitingEnded { participant: by, reason, by: None }]);
    }
    state.admitted(by)?;
    Ok(departures(state, &[by], LeaveReason::Left, None))
}

/// Takes `leaving` out with their hands. The lock of an always-open conference falls with its
/// last participant: nobody would be left to open the door.
pub(crate) fn departures(
    state: &State,
    leaving: &[ParticipantId],
    reason: LeaveReason,
    by: Option<ParticipantId>,
) -> Vec<Event> {
    let mut events = Vec::new();
    for &participant in leaving {
        if state.hands.contains(&participant) {
            events.push(Event::HandLowered { participant, by: None });
        }
        events.push(Event::Left { participant, reason, by });
    }
    let all_gone = !leaving.is_empty() && leaving.len() == state.participants.len();
    if all_gone && state.locked && state.settings.always_open {
        events.push(Event::LockSet { locked: false, by: None });
    }
    events
}
