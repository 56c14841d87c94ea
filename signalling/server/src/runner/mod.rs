//! One task per conference: it owns the state, and everything that happens goes through it.
//!
//! Sessions and media events come in by bounded mailboxes; each batch is decided, committed to the
//! journal, and only then told. A task that cannot commit ends; its sessions come back to a new
//! one that replays the journal.

mod acting;
mod agenda;
mod batch;
mod capacity;
mod composing;
mod entering;
mod legs;
mod live;
mod media;
mod orders;
mod outside;
mod outward;
mod place;
mod reach;
mod registry;
mod requests;
mod statistics;
mod task;
mod telling;
mod wording;

pub(crate) use acting::{Act, Acted};
pub(crate) use capacity::Capacity;
pub(crate) use legs::Legs;
pub(crate) use outside::{Bring, NoLeg, OfferTaken};
pub(crate) use reach::NoReach;
pub(crate) use registry::{OpenFailure, Runners};

use crate::auth::{Identity, ServerKey};
use crate::clock::Clock;
use crate::journal::{Journal, JournalWriter};
use crate::media_port::MediaPort;
use crate::news::News;
use crate::protocol::statistics::ConferenceStatistics;
use crate::protocol::{ClientMessage, Refused};
use crate::session::line::{ConnectionId, Line};
use crate::store::Database;
use conference::view::ConferenceView;
use conference::{Role, Timestamp};
use media_control::MediaEvent;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};

/// Inputs that wait for one conference; a session whose input finds no room waits with it.
pub(crate) const MAILBOX_LIMIT: usize = 1024;
/// Media events that wait for one conference; more are dropped and counted.
pub(crate) const MEDIA_MAILBOX_LIMIT: usize = 4096;

/// What a session tells its conference.
#[derive(Debug)]
pub(crate) enum Input {
    /// Somebody is at the door and has not said hello.
    Connected { line: Line, identity: Identity },
    /// A message of the protocol, `ping` excepted.
    Ask { connection: ConnectionId, message: ClientMessage },
    /// A program in its place (WHIP, WHEP) brings what no browser does.
    Bring { connection: ConnectionId, what: Bring },
    /// The session behind the connection was ended: its media connection ends at once, its place
    /// is kept for the time that a lost connection has.
    SignedOut { connection: ConnectionId },
    /// The connection is gone.
    Gone { connection: ConnectionId },
    /// Somebody who may wants to see everybody's media connection.
    Statistics { answer: oneshot::Sender<ConferenceStatistics> },
    /// Somebody acts by the HTTP API; answered when it is kept.
    Act { who: Identity, act: Act, answer: oneshot::Sender<Result<Acted, Refused>> },
    /// The conference as a role may see it.
    Show { role: Role, answer: oneshot::Sender<ConferenceView> },
    /// The plan has changed: ends the task when it holds nobody, so that the next one begins with the
    /// new plan. Answered with whether it does.
    Renew { ends: oneshot::Sender<bool> },
    /// The server stops.
    Stop,
}

/// What everybody may know of a conference without being in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Somebody may join now.
    pub open: bool,
    pub ended: bool,
    pub locked: bool,
    pub waiting_room: bool,
    pub participants: u32,
    /// When the door opens to everybody, while that is set.
    pub opens: Option<Timestamp>,
    /// Name of the first chair who is in; empty when there is none.
    pub chair: String,
}

/// The way to a running conference.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    pub inputs: mpsc::Sender<Input>,
    pub media: mpsc::Sender<MediaEvent>,
    pub summary: watch::Receiver<Summary>,
}

/// What all conferences of a process share.
pub(crate) struct Parts {
    pub key: ServerKey,
    pub clock: Clock,
    pub media: Arc<dyn MediaPort>,
    pub legs: Legs,
    pub capacity: Arc<Capacity>,
    pub journal: Arc<Journal>,
    pub store: Database,
    pub writer: JournalWriter,
    /// What others may want to know; dropped and counted when nobody keeps up.
    pub news: mpsc::Sender<News>,
}
