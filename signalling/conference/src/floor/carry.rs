//! Carries out what has happened to the floor.
//!
//! Called by `evolve`. Takes every row in any order.

use super::{FloorEvent, FloorRequest, MAX_SPOKEN, Queue, Spoken, Turn};
use crate::actor::OUTSIDE;
use crate::{PersonId, State};
use media_control::ParticipantId;

pub(crate) fn carry_out(state: &mut State, event: &FloorEvent) {
    match event {
        FloorEvent::Requested { participant, queue, subject, at, .. } => {
            let is_new = !state.floor.queue(*queue).iter().any(|r| r.participant == *participant);
            if is_new && state.participant(*participant).is_some() {
                let request = FloorRequest { participant: *participant, subject: *subject, since: Some(*at) };
                state.floor.queue_mut(*queue).push(request);
            }
        }
        FloorEvent::Withdrawn { participant, queue, .. } => {
            state.floor.queue_mut(*queue).retain(|request| request.participant != *participant);
        }
        FloorEvent::Moved { participant, queue, place, .. } => {
            let waiting = state.floor.queue_mut(*queue);
            if let Some(at) = waiting.iter().position(|request| request.participant == *participant) {
                let request = waiting.remove(at);
                waiting.insert((*place as usize).min(waiting.len()), request);
            }
        }
        FloorEvent::Granted { .. } => grant(state, event),
        FloorEvent::Held { until } => {
            if let Some(turn) = &mut state.floor.turn {
                turn.held_until = Some(*until);
            }
        }
        FloorEvent::Resumed { participant } => {
            if let Some(turn) = &mut state.floor.turn {
                turn.participant = *participant;
                turn.held_until = None;
            }
        }
        FloorEvent::Released { participant, spoke_ms, closes, by, .. } => {
            let Some(turn) = state.floor.turn.take() else { return };
            count(state, turn.person, *spoke_ms);
            if let Some(speaker) = state.participant_mut(*participant).filter(|_| *closes) {
                speaker.microphone = false;
                speaker.muted_by = Some(by.map_or(OUTSIDE, crate::By::shown));
            }
        }
        FloorEvent::TimeSet { limit_ms, turn: true, .. } => {
            if let Some(turn) = &mut state.floor.turn {
                turn.limit_ms = *limit_ms;
            }
        }
        FloorEvent::TimeSet { limit_ms, .. } => state.floor.limit_ms = *limit_ms,
        FloorEvent::RegistrationSet { open, .. } => state.floor.open = *open,
    }
}

fn grant(state: &mut State, event: &FloorEvent) {
    let FloorEvent::Granted { turn, participant, queue, speaker, position, at, limit_ms, opens, .. } = event
    else {
        return;
    };
    state.floor.turns = state.floor.turns.max(*turn);
    let Some(holder) = state.participant_mut(*participant) else { return };
    if *opens {
        holder.microphone = true;
        holder.muted_by = None;
    }
    let (person, site) = (holder.person, holder.site.clone());
    let (name, unit) = (holder.name, holder.unit);
    let mut subject = None;
    if let Some(queue) = queue {
        let waiting = state.floor.queue_mut(*queue);
        if let Some(place) = waiting.iter().position(|request| request.participant == *participant) {
            subject = waiting.remove(place).subject;
        }
    }
    state.floor.turn = Some(Turn {
        number: *turn,
        participant: *participant,
        person,
        name,
        unit,
        site,
        queue: *queue,
        speaker: *speaker,
        position: *position,
        subject,
        since: *at,
        limit_ms: *limit_ms,
        opened: *opens,
        held_until: None,
    });
}

fn count(state: &mut State, person: PersonId, spoke_ms: u64) {
    let spoken = &mut state.floor.spoken;
    let mut entry = match spoken.iter().position(|spoken| spoken.person == person) {
        Some(place) => spoken.remove(place),
        None => Spoken { person, turns: 0, total_ms: 0 },
    };
    entry.turns = entry.turns.saturating_add(1);
    entry.total_ms = entry.total_ms.saturating_add(spoke_ms);
    if spoken.len() >= MAX_SPOKEN {
        spoken.remove(0);
    }
    spoken.push(entry);
}

/// Somebody is out: what they waited for is void. A turn stays until its own row ends it.
pub(crate) fn forget_gone(state: &mut State, participant: ParticipantId) {
    for queue in [Queue::Speech, Queue::Question] {
        state.floor.queue_mut(queue).retain(|request| request.participant != participant);
    }
}
