//! Rules of removing somebody and of ending for all.
//!
//! Called by `decide`. A removed person who comes again waits for admission, whatever the waiting
//! room says.

use crate::presence::departures;
use crate::role::may_remove;
use crate::view::LeaveReason;
use crate::{Act, Event, Refusal, State, Timestamp, agenda, floor, live};
use media_control::ParticipantId;

/// Nobody removes himself (that is leaving) or somebody of higher rank.
pub(crate) fn remove(
    state: &State,
    now: Timestamp,
    by: ParticipantId,
    participant: ParticipantId,
) -> Result<Vec<Event>, Refusal> {
    let asker = state.authorise(by, Act::Remove)?;
    if participant == by {
        return Err(Refusal::NotAllowed);
    }
    let target = state.admitted(participant)?;
    if !may_remove(state.role_of(asker), state.role_of(target)) {
        return Err(Refusal::NotAllowed);
    }
    Ok(departures(state, now, &[participant], LeaveReason::Removed, Some(by)))
}

pub(crate) fn end_for_all(state: &State, now: Timestamp, by: ParticipantId) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::EndForAll)?;
    // What runs ends with its own row, so that reports need no rule of their own.
    let mut events = floor::at_the_end(state, now);
    events.extend(agenda::at_the_end(state, now, by.into()));
    events.extend(live::at_the_end(state, now));
    events.push(Event::Ended { by });
    Ok(events)
}
