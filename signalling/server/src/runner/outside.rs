//! Legs of programs that bring their own offer (WHIP, WHEP), as far as the conference is concerned.
//!
//! Part of the runner's task. Such a program has joined like anybody else; only its media connection
//! is made from its offer instead of ours, and it waits for the answer.

use super::place::Leg;
use super::task::Task;
use crate::protocol::Relay;
use crate::session::line::ConnectionId;
use conference::{PersonId, allowed_sources};
use media_control::{Errand, LegId, LegRefusal, MediaCommand, ParticipantId};
use std::collections::BTreeMap;
use tokio::sync::oneshot;

/// What a program brings.
#[derive(Debug)]
pub(crate) enum Bring {
    /// An offer: a leg is made from it, an older leg of the place is closed.
    /// `owner` holds the token, where the program has a place of its own beside the owner's.
    Offer {
        errand: Errand,
        owner: Option<PersonId>,
        sdp: String,
        taken: oneshot::Sender<Result<OfferTaken, NoLeg>>,
    },
    /// New ICE credentials for its leg; `restarted` gets the fragment that answers them, or is dropped.
    Restart { ufrag: String, pwd: String, restarted: oneshot::Sender<String> },
}

/// The answer to an offer.
#[derive(Debug)]
pub(crate) struct OfferTaken {
    pub sdp: String,
    /// The way through the HTTPS port, when there is one.
    pub relay: Option<Relay>,
}

/// Why no leg was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoLeg {
    #[error("the media server has no room")]
    Busy,
    #[error("the offer is no session description")]
    Malformed,
    #[error("{detail}")]
    Unusable { detail: String },
}

impl From<&LegRefusal> for NoLeg {
    fn from(refusal: &LegRefusal) -> Self {
        match refusal {
            LegRefusal::MalformedOffer => Self::Malformed,
            LegRefusal::BadOffer { detail } => Self::Unusable { detail: detail.clone() },
            LegRefusal::BadAnswer { detail } => Self::Unusable { detail: detail.clone() },
            LegRefusal::Full { .. } | LegRefusal::LegTaken | LegRefusal::Stopping => Self::Busy,
        }
    }
}

/// What the program behind a leg still waits for.
#[derive(Debug, Default)]
pub(super) struct Awaited {
    pub taken: Option<oneshot::Sender<Result<OfferTaken, NoLeg>>>,
    pub restarted: Option<oneshot::Sender<String>>,
}

impl Task {
    /// Takes what the program behind `connection` brings. Without a place it hears nothing: its end of
    /// the channel is dropped.
    pub(super) fn bring(&mut self, connection: ConnectionId, what: Bring) {
        let Some(&who) = self.connections.get(&connection) else { return };
        match what {
            Bring::Offer { errand, owner, sdp, taken } => {
                self.take_offer(who, (errand, owner), sdp, taken);
                self.tell_voices();
            }
            Bring::Restart { ufrag, pwd, restarted } => {
                let Some(leg) = self.places.get_mut(&who).and_then(|place| place.leg.as_mut()) else {
                    return;
                };
                leg.awaited.restarted = Some(restarted);
                self.orders.push(MediaCommand::TakeRestart { leg: leg.id, ufrag, pwd });
            }
        }
    }

    fn take_offer(
        &mut self,
        who: ParticipantId,
        (errand, owner): (Errand, Option<PersonId>),
        sdp: String,
        taken: oneshot::Sender<Result<OfferTaken, NoLeg>>,
    ) {
        let Some(participant) = self.state.participant(who) else { return };
        if self.orders.are_crowded() {
            // Who asked may have given up.
            let _ = taken.send(Err(NoLeg::Busy));
            return;
        }
        let allowed = allowed_sources(participant);
        self.close_leg(who);
        let wishes = self.allowed_wishes(who);
        let conference = self.state.id().clone();
        let Some(place) = self.places.get_mut(&who) else { return };
        let leg = self.parts.legs.open(&conference);
        place.lost_leg = None;
        place.leg = Some(Leg {
            id: leg,
            asked_by: None,
            offer: None,
            awaited: Awaited { taken: Some(taken), restarted: None },
            owner,
            speaks_as: None,
            shard: None,
            via: None,
            news: None,
            slots: Vec::new(),
            needed: BTreeMap::new(),
            allowed,
            watching: wishes.clone(),
        });
        let participant = who;
        let order =
            MediaCommand::TakeOffer { leg, conference, participant, allowed, shard: None, errand, sdp };
        self.orders.push(order);
        if !wishes.is_empty() {
            self.orders.push(MediaCommand::Watch { leg, wishes });
        }
    }

    /// Tells the media server as whom programs speak whose owner has a place besides (the encoder beside the player of
    /// a meeting room), where that has changed.
    pub(super) fn tell_voices(&mut self) {
        let legs = self.places.values_mut().filter_map(|place| place.leg.as_mut());
        let mut owned = legs.filter_map(|leg| Some((leg.owner?, leg))).peekable();
        if owned.peek().is_none() {
            return;
        }
        let places: BTreeMap<PersonId, ParticipantId> =
            self.state.participants().iter().map(|it| (it.person, it.id)).collect();
        for (owner, leg) in owned {
            let own = places.get(&owner).copied();
            if std::mem::replace(&mut leg.speaks_as, own) != own {
                self.orders.push(MediaCommand::SpeaksAs { leg: leg.id, participant: own });
            }
        }
    }

    pub(super) fn offer_taken(&mut self, leg: LegId, sdp: String) {
        let relay = self.parts.media.relay(leg);
        let taken = self.leg(leg).and_then(|(_, own)| own.awaited.taken.take());
        if let Some(taken) = taken {
            // Who asked may have given up; the leg then ends with the place.
            let _ = taken.send(Ok(OfferTaken { sdp, relay }));
        }
    }

    pub(super) fn leg_restarted(&mut self, leg: LegId, fragment: String) {
        if let Some(restarted) = self.leg(leg).and_then(|(_, own)| own.awaited.restarted.take()) {
            let _ = restarted.send(fragment);
        }
    }
}
