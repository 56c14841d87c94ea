//! Rules of the door: opening and its time, joining, waiting room, lock, capacity.
//!
//! Called by `decide`. Roles that may enter directly pass the lock and the waiting room, and may
//! exceed the limit by a small reserve, so that a full hall never keeps its chair out.

use crate::presence::place_of;
use crate::role::may;
use crate::{Act, Actor, Arrival, Event, Newcomer, Phase, Refusal, Settings, State, Timestamp, WaitingEnd};
use crate::{floor, presiding, speaking};
use media_control::ParticipantId;

/// Most participants of a conference unless its settings say otherwise: 311 points and as many
/// personal listeners.
pub const DEFAULT_LIMIT: u32 = 600;
/// Places above the limit for roles that enter directly.
pub const DIRECT_RESERVE: u32 = 20;
/// Most people in the waiting room; more are refused with `Full`.
pub const MAX_WAITING: u32 = 600;
/// Removed persons remembered; the one removed longest ago is forgotten first.
pub const MAX_REMOVED: usize = 1000;

pub(crate) fn open(state: &State, settings: Settings) -> Vec<Event> {
    if state.phase == Phase::New { vec![Event::Opened { settings }] } else { Vec::new() }
}

/// What was planned anew. Who is inside has the meeting as they found it.
pub(crate) fn adjust(state: &State, settings: Settings) -> Vec<Event> {
    let is_empty = state.participants.is_empty() && state.waiting.is_empty();
    let changes = state.phase == Phase::Open && is_empty && state.settings != settings;
    if changes { vec![Event::Adjusted { settings }] } else { Vec::new() }
}

pub(crate) fn cancel(state: &State, now: Timestamp, by: Actor) -> Vec<Event> {
    if state.cancelled { Vec::new() } else { vec![Event::Cancelled { by: by.by(), at: now }] }
}

pub(crate) fn restore(state: &State, now: Timestamp, by: Actor) -> Vec<Event> {
    if state.cancelled { vec![Event::Restored { by: by.by(), at: now }] } else { Vec::new() }
}

pub(crate) fn join(state: &State, now: Timestamp, newcomer: Newcomer) -> Result<Vec<Event>, Refusal> {
    if !may(newcomer.role, Act::Join) || (newcomer.guest && !state.settings.guests) {
        return Err(Refusal::NotAllowed);
    }
    let reopens = match state.phase {
        Phase::New => return Err(Refusal::NotOpen),
        Phase::Ended if !state.settings.always_open => return Err(Refusal::Ended),
        Phase::Ended => true,
        Phase::Open => false,
    };
    // A reloaded page has lost its token but not its place: the queue position stays.
    if let Some(taken) = place_of(state, &newcomer) {
        return taken;
    }
    // Numbers beyond belong to composed pictures; no conference lasts so long.
    if ParticipantId(state.next_participant).is_programme() {
        return Err(Refusal::Full { limit: state.settings.limit });
    }
    let early = may(newcomer.role, Act::EnterEarly) || newcomer.deputy;
    if let Some(at) = state.opens().filter(|at| now < *at && !early) {
        return Err(Refusal::TooEarly { at });
    }
    let direct = may(newcomer.role, Act::EnterDirectly) || newcomer.deputy;
    if state.locked && !reopens && !direct {
        return Err(Refusal::Locked);
    }
    let mut events = if reopens { vec![Event::Reopened {}] } else { Vec::new() };
    let waiting_room = if reopens { state.settings.waiting_room } else { state.waiting_room };
    let was_removed = !reopens && state.removed.contains(&newcomer.person);
    let (person, deputy) = (newcomer.person, newcomer.deputy);
    let arrival = arrival(state, newcomer);
    if !direct && (waiting_room || was_removed) {
        if state.waiting.len() >= MAX_WAITING as usize {
            return Err(Refusal::Full { limit: MAX_WAITING });
        }
        events.push(Event::WaitingStarted { arrival, at: now });
    } else {
        let limit = state.settings.limit.saturating_add(if direct { DIRECT_RESERVE } else { 0 });
        if free_places(state, limit) == 0 {
            return Err(Refusal::Full { limit: state.settings.limit });
        }
        let (id, role) = (arrival.participant, arrival.role);
        let muted = if reopens { None } else { speaking::on_arrival(state, &arrival) };
        let resumed = floor::come_back(state, person, arrival.site.as_ref(), id);
        events.push(Event::Joined(arrival));
        events.extend(muted);
        events.extend(resumed);
        let taken = presiding::arrives(state, role, id);
        // Who led until now is one like others: not heard while another site is called.
        let former = taken.as_ref().and(state.presiding);
        events.extend(taken);
        events.extend(former.and_then(|former| speaking::silenced_by_call(state, former)));
        events.extend(presiding::deputy_arrives(state, person, id).filter(|_| deputy));
    }
    Ok(events)
}

fn arrival(state: &State, newcomer: Newcomer) -> Arrival {
    let site = newcomer.site.filter(|site| state.invited(site).is_some());
    Arrival {
        participant: ParticipantId(state.next_participant),
        person: newcomer.person,
        role: newcomer.role,
        name: newcomer.name,
        unit: newcomer.unit,
        microphone: newcomer.microphone && may(newcomer.role, Act::SendSound),
        site,
        camera: newcomer.camera && may(newcomer.role, Act::SendPicture),
    }
}

fn free_places(state: &State, limit: u32) -> usize {
    (limit as usize).saturating_sub(state.participants.len())
}

pub(crate) fn lock(state: &State, by: ParticipantId, locked: bool) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::Lock)?;
    if state.locked == locked {
        return Ok(Vec::new());
    }
    Ok(vec![Event::LockSet { locked, by: Some(by) }])
}

/// Opens the door to everybody before its time.
pub(crate) fn open_door(state: &State, now: Timestamp, by: ParticipantId) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::Lock)?;
    let is_shut = state.opens().is_some_and(|at| now < at);
    Ok(if is_shut { vec![Event::DoorOpened { by }] } else { Vec::new() })
}

/// Switching the waiting room off lets in everybody who waits, as far as there is room.
pub(crate) fn waiting_room(state: &State, by: ParticipantId, enabled: bool) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::Lock)?;
    if state.waiting_room == enabled {
        return Ok(Vec::new());
    }
    let mut events = vec![Event::WaitingRoomSet { enabled, by }];
    if !enabled {
        events.extend(admissions(state, by));
    }
    Ok(events)
}

pub(crate) fn admit(
    state: &State,
    by: ParticipantId,
    participant: ParticipantId,
) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::Admit)?;
    let (_, waiting) = state.waiting_place(participant).ok_or(Refusal::NoSuchParticipant(participant))?;
    if free_places(state, state.settings.limit) == 0 {
        return Err(Refusal::Full { limit: state.settings.limit });
    }
    Ok(admission(state, waiting, by))
}

/// Admits as many as there is room for, longest wait first.
pub(crate) fn admit_all(state: &State, by: ParticipantId) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::Admit)?;
    let events = admissions(state, by);
    if events.is_empty() && !state.waiting.is_empty() {
        return Err(Refusal::Full { limit: state.settings.limit });
    }
    Ok(events)
}

fn admissions(state: &State, by: ParticipantId) -> Vec<Event> {
    let free = free_places(state, state.settings.limit);
    state.waiting.iter().take(free).flat_map(|waiting| admission(state, waiting, by)).collect()
}

fn admission(state: &State, waiting: &crate::Waiting, by: ParticipantId) -> Vec<Event> {
    let mut events = vec![Event::Admitted { participant: waiting.arrival.participant, by: Some(by) }];
    events.extend(speaking::on_arrival(state, &waiting.arrival));
    events
}

pub(crate) fn turn_away(
    state: &State,
    by: ParticipantId,
    participant: ParticipantId,
) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::Admit)?;
    state.waiting_place(participant).ok_or(Refusal::NoSuchParticipant(participant))?;
    let reason = WaitingEnd::TurnedAway;
    Ok(vec![Event::WaitingEnded { participant, reason, by: Some(by) }])
}
