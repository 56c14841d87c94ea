//! Events and states to stored JSON and back.
//!
//! Called when rows are appended and loaded. Every version ever written stays readable here; an
//! unknown one stops the load.

use conference::{EVENT_VERSION, Event, STATE_VERSION, State};

/// Why a stored event cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EventUnreadable {
    #[error("event version {found}, this program knows up to {EVENT_VERSION}")]
    Version { found: u16 },
    #[error("event is not of its version's form")]
    Form(#[from] serde_json::Error),
}

/// The JSON of an event, in the form of [`EVENT_VERSION`].
#[must_use]
pub fn encode_event(event: &Event) -> String {
    serde_json::to_string(event).expect("events hold no map and no failing type")
}

/// The event of a stored row.
///
/// # Errors
/// [`EventUnreadable`] for an unknown version or other JSON.
pub fn decode_event(version: u16, body: &str) -> Result<Event, EventUnreadable> {
    match version {
        1 => Ok(serde_json::from_str(body)?),
        found => Err(EventUnreadable::Version { found }),
    }
}

pub(super) fn encode_state(state: &State) -> String {
    serde_json::to_string(state).expect("states hold no map and no failing type")
}

/// `None` when it is of another version; the journal is replayed instead.
pub(super) fn decode_state(version: u16, body: &str) -> Option<State> {
    if version == STATE_VERSION { serde_json::from_str(body).ok() } else { None }
}
