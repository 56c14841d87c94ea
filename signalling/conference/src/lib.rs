//! The meeting as a pure state machine: commands are decided into events, events evolve the state.
//!
//! The runner of signalling-server calls [`decide`] with today's rules, commits the events to the
//! journal and lets [`evolve`] carry them out; a replay calls `evolve` alone. Nothing here knows
//! a clock, a socket, a database, a name or a chat text: time and ids come from the caller.

mod chat;
mod close;
mod command;
mod decide;
mod error;
mod event;
mod evolve;
mod hands;
mod id;
mod lobby;
mod media;
mod presence;
pub mod role;
mod state;
mod texts;
pub mod view;

pub use chat::{MAX_CHAT_CHARS, MAX_CHAT_MESSAGES};
pub use command::{Command, MediaWish, Newcomer};
pub use decide::decide;
pub use error::Refusal;
pub use event::{Arrival, EVENT_VERSION, Entered, Event, WaitingEnd, entered};
pub use evolve::evolve;
pub use id::{PersonId, TextId, Timestamp};
pub use lobby::{DEFAULT_LIMIT, DIRECT_RESERVE, MAX_REMOVED, MAX_WAITING};
pub use media::{allowed_sources, media_plan};
pub use presence::GRACE_MS;
pub use role::{Act, Role};
pub use state::{ChatEntry, Participant, Phase, STATE_VERSION, Settings, State, Waiting};
pub use texts::Texts;
