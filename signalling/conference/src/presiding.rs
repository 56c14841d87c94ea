//! Who presides: the chair, and by rule a deputy while no chair is there.
//!
//! Called by `lobby` when a chair comes and by `presence` as time passes. A deputy takes over
//! [`TAKE_OVER_MS`] after the chair was lost: another chair, else who was named, else a secretary, each in
//! order of arrival; the chair who comes back presides again at once. Who presides may all that a chair may.

use crate::actor::{Actor, By};
use crate::{Act, Event, Participant, PersonId, Refusal, Role, State, Timestamp};
use media_control::ParticipantId;
use serde::{Deserialize, Serialize};

/// How long the meeting waits for its chair, in milliseconds.
pub const TAKE_OVER_MS: i64 = 15_000;

/// What has happened to the lead of the meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum PresidingEvent {
    Taken {
        participant: ParticipantId,
        /// Who presided before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<ParticipantId>,
    },
    /// Nobody presides; a deputy takes over then.
    Missing {
        until: Timestamp,
    },
    DeputyNamed {
        deputy: Option<Deputy>,
        by: By,
    },
}

/// Who was named to take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputy {
    pub person: PersonId,
    /// The newest number of the person; may have gone.
    pub participant: ParticipantId,
}

const fn is_here(participant: &Participant) -> bool {
    participant.gone_until.is_none()
}

fn a_chair(state: &State) -> Option<&Participant> {
    state.participants.iter().find(|p| p.role == Role::Chair && is_here(p))
}

fn named_deputy(state: &State) -> Option<&Participant> {
    let is_named = |p: &&Participant| state.deputy.is_some_and(|deputy| deputy.person == p.person);
    state.participants.iter().filter(|p| is_here(p)).find(is_named)
}

fn deputy(state: &State) -> Option<&Participant> {
    let a_secretary = || state.participants.iter().find(|p| is_here(p) && p.role == Role::Secretary);
    named_deputy(state).or_else(a_secretary)
}

/// A chair comes into a meeting over which no chair presides.
pub(crate) fn arrives(state: &State, role: Role, participant: ParticipantId) -> Option<Event> {
    let has_chair = state
        .presiding
        .and_then(|id| state.participant(id))
        .is_some_and(|p| p.role == Role::Chair && is_here(p));
    let from = state.presiding;
    (role == Role::Chair && !has_chair)
        .then_some(Event::Presiding(PresidingEvent::Taken { participant, from }))
}

/// Who is invited as deputy comes, and nobody is named.
pub(crate) fn deputy_arrives(state: &State, person: PersonId, participant: ParticipantId) -> Option<Event> {
    let deputy = Some(Deputy { person, participant });
    let by = By::Person { person };
    state.deputy.is_none().then_some(Event::Presiding(PresidingEvent::DeputyNamed { deputy, by }))
}

/// When [`tick`] has something to do; at once is time zero.
pub(crate) fn deadline(state: &State) -> Option<Timestamp> {
    let now = Some(Timestamp(0));
    let chair = a_chair(state);
    let Some(presiding) = state.presiding else {
        // The chair has not come yet: only who was named takes over, a secretary prepares in peace.
        let waits = || named_deputy(state).map(|_| state.missing_until.unwrap_or(Timestamp(0)));
        return chair.and(now).or_else(waits);
    };
    let holder = state.participant(presiding).filter(|p| is_here(p));
    match (holder, chair, state.missing_until) {
        (Some(holder), Some(_), _) if holder.role != Role::Chair => now,
        (Some(_), _, Some(_)) => now,
        (Some(_), ..) => None,
        (None, Some(_), _) | (None, None, None) => now,
        (None, None, Some(until)) => deputy(state).map(|_| until),
    }
}

pub(crate) fn tick(state: &State, now: Timestamp) -> Option<Event> {
    deadline(state).filter(|due| *due <= now)?;
    let from = state.presiding;
    let taken = |p: &Participant| PresidingEvent::Taken { participant: p.id, from };
    let holder = state.presiding.and_then(|id| state.participant(id)).filter(|p| is_here(p));
    let event = match (holder, a_chair(state), state.missing_until) {
        (Some(holder), _, _) if holder.role == Role::Chair => taken(holder),
        (_, Some(chair), _) => taken(chair),
        (Some(holder), None, _) => taken(holder),
        (None, None, None) => PresidingEvent::Missing { until: now.plus_ms(TAKE_OVER_MS) },
        (None, None, Some(_)) => taken(deputy(state)?),
    };
    Some(Event::Presiding(event))
}

/// Names the deputy, or nobody.
pub(crate) fn name_deputy(
    state: &State,
    by: Actor,
    participant: Option<ParticipantId>,
) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::NameDeputy)?;
    let deputy = match participant {
        Some(participant) => Some(Deputy { person: state.admitted(participant)?.person, participant }),
        None => None,
    };
    if state.deputy == deputy {
        return Ok(Vec::new());
    }
    Ok(vec![Event::Presiding(PresidingEvent::DeputyNamed { deputy, by })])
}

pub(crate) fn carry_out(state: &mut State, event: &PresidingEvent) {
    match event {
        PresidingEvent::Taken { participant, .. } => {
            state.presiding = Some(*participant);
            state.missing_until = None;
        }
        PresidingEvent::Missing { until } => state.missing_until = Some(*until),
        PresidingEvent::DeputyNamed { deputy, .. } => state.deputy = *deputy,
    }
}
