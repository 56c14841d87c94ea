//! Rules of raised hands: one per participant, in the order raised.
//!
//! Called by `decide`.

use crate::{Act, Event, Refusal, State};
use media_control::ParticipantId;

pub(crate) fn raise(state: &State, by: ParticipantId) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::RaiseHand)?;
    if state.hands.contains(&by) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::HandRaised { participant: by }])
}

pub(crate) fn lower(
    state: &State,
    by: ParticipantId,
    participant: Option<ParticipantId>,
) -> Result<Vec<Event>, Refusal> {
    let lowered = participant.unwrap_or(by);
    let other = if lowered == by {
        state.admitted(by)?;
        None
    } else {
        state.authorise(by, Act::LowerHands)?;
        state.admitted(lowered)?;
        Some(by)
    };
    if !state.hands.contains(&lowered) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::HandLowered { participant: lowered, by: other }])
}
