//! The meeting as a pure state machine: commands are decided into events, events evolve the state.
//!
//! The runner of signalling-server calls [`decide`] with today's rules, commits the events to the
//! journal and lets [`evolve`] carry them out; a replay calls `evolve` alone. Nothing here knows
//! a clock, a socket, a database, a name or a chat text: time and ids come from the caller.

mod actor;
pub mod agenda;
pub mod arranging;
mod captioning;
mod chapter;
mod chat;
mod close;
mod command;
mod decide;
mod error;
mod event;
mod evolve;
pub mod floor;
mod id;
mod kind;
mod live;
mod lobby;
mod media;
pub mod patrol;
mod presence;
pub mod presiding;
mod programme;
pub mod role;
pub mod roll_call;
mod sites;
pub mod speaking;
pub mod stage;
mod state;
mod texts;
pub mod view;
mod words;

pub use actor::{Actor, By, OUTSIDE};
pub use captioning::MAX_CAPTION_CHARS;
pub use chapter::ChapterOf;
pub use chat::{MAX_CHAT_CHARS, MAX_CHAT_MESSAGES};
pub use command::{Command, MediaWish, Newcomer};
pub use decide::decide;
pub use error::Refusal;
pub use event::{Arrival, EVENT_VERSION, Entered, Event, WaitingEnd, entered};
pub use evolve::evolve;
pub use id::{BadSiteId, PersonId, SiteId, TextId, Timestamp};
pub use kind::{MeetingKind, Secrecy, may_record};
pub use lobby::{DEFAULT_LIMIT, DIRECT_RESERVE, MAX_REMOVED, MAX_WAITING};
pub use media::{allowed_sources, media_plan};
pub use presence::GRACE_MS;
pub use role::{Act, Role};
pub use sites::{Found, InvitedSite, MAX_SITES};
pub use state::{ChatEntry, Participant, Phase, STATE_VERSION, Settings, State, Waiting};
pub use texts::{SiteWords, Texts};
pub use words::Said;
