//! What one round of a runner has decided and not yet told.
//!
//! Filled while inputs are taken, committed as one journal transaction, then told.

use super::acting::Acted;
use crate::journal::BatchText;
use crate::protocol::Refused;
use crate::session::line::ConnectionId;
use conference::view::ConferenceView;
use conference::{Event, Role};
use media_control::ParticipantId;
use tokio::sync::oneshot;

/// Most inputs taken into one batch, so that a busy conference still answers everybody.
pub(super) const INPUT_LIMIT: usize = 256;

/// One round.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Carried out in the state already, in this order.
    pub events: Vec<Event>,
    pub texts: Vec<BatchText>,
    pub arrivals: Vec<Arrived>,
    pub replies: Vec<Reply>,
    pub answered: Vec<Answered>,
    /// Who only asked how the conference stands.
    pub shown: Vec<(Role, oneshot::Sender<ConferenceView>)>,
}

/// A connection that has taken a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrived {
    pub participant: ParticipantId,
    pub connection: ConnectionId,
    /// Highest number seen before, when the place was resumed.
    pub seen: Option<u64>,
}

/// The answer to an act by the HTTP API.
#[derive(Debug)]
pub(super) struct Answered {
    pub answer: oneshot::Sender<Result<Acted, Refused>>,
    /// How many microphones it has switched off.
    pub result: Result<u32, Refused>,
    /// What the one who asked may see.
    pub role: Role,
}

/// The answer to one request.
#[derive(Debug)]
pub(super) struct Reply {
    pub connection: ConnectionId,
    /// Of the participant who asked; still told when the place ends in this very round.
    pub participant: ParticipantId,
    pub id: u32,
    pub result: Result<(), Refused>,
}
