//! What the server holds for one participant beside the state: connection, numbered messages, leg.
//!
//! Owned by `runner::task`; made on arrival, outlives connections, dropped when the participant is
//! no longer in the conference. Nothing here needs to survive a restart.

use super::capacity::Share;
use super::outside::Awaited;
use super::statistics::LegNews;
use crate::protocol::ComposedStanding;
use crate::session::line::Line;
use crate::session::outbox::Outbox;
use conference::PersonId;
use media_control::{LegId, ParticipantId, Rid, ShardId, SlotAssignment, Source, SourceSet, Via, Wish};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One place.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub outbox: Outbox,
    /// Its part of what the server takes in.
    pub share: Option<Share>,
    /// Name of the person, for last words after the state has forgotten them.
    pub name: String,
    /// `None` while the connection is away.
    pub line: Option<Line>,
    /// When a fresh hello took the place over; resume tokens from before are worth nothing then.
    pub taken_ms: i64,
    /// The client has been given the whole picture and is kept up to date by deltas.
    pub is_welcomed: bool,
    /// Place in the waiting room that the client was told.
    pub waiting_told: Option<u32>,
    pub leg: Option<Leg>,
    /// A leg that was lost while the connection was away.
    pub lost_leg: Option<LegId>,
    /// Newest wishes; a new leg starts with them.
    pub wishes: Vec<Wish>,
    /// Its browser does not decode H.264, as its connection has shown.
    pub lacks_h264: bool,
    /// What the client was last told of its composed picture.
    pub composed_told: Option<ComposedStanding>,
}

impl Place {
    /// Wishes for a composed picture, and has a connection that it can come over.
    pub(super) fn asks_for_composed(&self) -> bool {
        self.leg.is_some() && self.wishes.iter().any(|wish| wish.participant.is_programme())
    }
}

/// The media connection of a place.
#[derive(Debug)]
pub(super) struct Leg {
    pub id: LegId,
    /// The `open_media` that no offer has answered yet.
    pub asked_by: Option<u32>,
    /// An offer that the client has not answered, for a connection that comes back.
    pub offer: Option<Arc<str>>,
    /// What the program of the leg waits for; a browser waits for nothing.
    pub awaited: Awaited,
    /// Whose token the program shows, beside the place of its own that it has.
    pub owner: Option<PersonId>,
    /// What the media server was told of the owner's own place: the program is to hear everybody but it.
    pub speaks_as: Option<ParticipantId>,
    /// The shard that carries it, once media has said so.
    pub shard: Option<ShardId>,
    pub via: Option<Via>,
    /// The newest figures.
    pub news: Option<LegNews>,
    pub slots: Vec<SlotAssignment>,
    /// Layers that the media server needs, once it has said so.
    pub needed: BTreeMap<Source, Vec<Rid>>,
    /// What the media server was told that the leg may send.
    pub allowed: SourceSet,
    /// What the media server was told that the leg looks at: the wishes that the stage allows.
    pub watching: Vec<Wish>,
}
