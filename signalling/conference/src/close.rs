//! Rules of removing somebody and of ending for all.
//!
//! Called by `decide`. A removed person who comes again waits for admission, whatever the waiting
//! room says.

use crate::presence::departures;
use crate::role::may_remove;
use crate::view::LeaveReason;
use crate::{Act, Event, Refusal, State};
use media_control::ParticipantId;

/// Nobody removes himself (that is leaving) or somebody of higher rank.
pub(crate) fn remove(
    state: &State,
    by: ParticipantId,
    participant: ParticipantId,
) -> Result<Vec<Event>, Refusal> {
    let asker = state.authorise(by, Act::Remove)?;
    if participant == by {
        return Err(Refusal::NotAllowed);
    }
    let target = state.admitted(participant)?;
    if !may_remove(asker.role, target.role) {
        return Err(Refusal::NotAllowed);
    }
    Ok(departures(state, &[participant], LeaveReason::Removed, Some(by)))
}

pub(crate) fn end_for_all(state: &State, by: ParticipantId) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::EndForAll)?;
    Ok(vec![Event::Ended { by }])
}
