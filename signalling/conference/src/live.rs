//! Rules of the live stream: who lets the meeting out, when it ends by itself.
//!
//! Called by `decide`, by `close` and `presence` when the meeting ends or is left, and by `evolve`. The label that
//! forbids recording forbids a live stream as well.

use crate::actor::Actor;
use crate::{Act, Event, Refusal, State, Timestamp, may_record};

/// Opens or closes the stream.
pub(crate) fn set(state: &State, now: Timestamp, by: Actor, open: bool) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::GoLive)?;
    if open {
        may_record(state)?;
    }
    Ok(match (open, state.live) {
        (true, None) => vec![Event::LiveOpened { at: now, by }],
        (false, Some(_)) => vec![Event::LiveClosed { at: now, by: Some(by) }],
        (true, Some(_)) | (false, None) => Vec::new(),
    })
}

/// A stream that runs ends with the meeting, or when nobody is left to watch over it.
pub(crate) fn at_the_end(state: &State, now: Timestamp) -> Option<Event> {
    state.live.map(|_| Event::LiveClosed { at: now, by: None })
}
