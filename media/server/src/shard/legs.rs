//! The legs of one shard: each a transport, its SRTP halves and where its media goes.
//! Owned by the loop; holds state and finds it again, decides nothing.

use super::addresses::Place;
use super::path::Path;
use media_control::{ConferenceId, Errand, LegId, ParticipantId, SourceSet, Wish};
use media_core::packet::numbers::Numbers;
use media_core::room::Takes;
use media_core::stream::ids::LegKey;
use media_core::transport::PeerTransport;
use media_core::transport::sdp::OfferPlan;
use media_core::transport::srtp::{SrtpReceiver, SrtpSender};
use std::collections::HashMap;
use std::time::Instant;

/// What flows once DTLS is done.
pub(crate) struct Flow {
    pub(crate) receiver: SrtpReceiver,
    pub(crate) sender: SrtpSender,
    /// Where our media goes now.
    pub(crate) path: Path,
}

/// What is different about a leg whose program brought its own offer.
pub(crate) struct Outside {
    pub(crate) errand: Errand,
    /// How it numbers what we number otherwise.
    pub(crate) numbers: Numbers,
    /// As whom the program speaks by another leg.
    pub(crate) speaks_as: Option<ParticipantId>,
}

impl Outside {
    /// Whether anything is sent to the program.
    pub(crate) const fn receives(&self) -> bool {
        matches!(self.errand, Errand::View { .. })
    }
}

/// One connection of a browser, or of a program with an offer of its own.
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) key: LegKey,
    pub(crate) conference: ConferenceId,
    /// Number of the conference's room on this shard, once the leg is in it.
    pub(crate) room: Option<usize>,
    pub(crate) participant: ParticipantId,
    pub(crate) allowed: SourceSet,
    pub(crate) wishes: Vec<Wish>,
    pub(crate) transport: PeerTransport,
    pub(crate) plan: OfferPlan,
    /// `None` for browsers, which answered our offer and use our numbers.
    pub(crate) outside: Option<Box<Outside>>,
    /// What it receives, as its answer or its offer said.
    pub(crate) takes: Takes,
    /// SSRC of our reports to this leg.
    pub(crate) feedback_ssrc: u32,
    pub(crate) flow: Option<Flow>,
    /// When the next [`media_control::MediaEvent::Stats`] is due.
    pub(crate) figures_at: Instant,
    pub(crate) figures_from: Instant,
    /// Drops of the transport already counted: STUN, DTLS.
    pub(crate) counted: [u64; 2],
}

/// Legs by place and by id.
#[derive(Default)]
pub(crate) struct Legs {
    places: Vec<Option<Leg>>,
    free: Vec<Place>,
    by_id: HashMap<LegId, Place>,
    /// Where the last one was found: packets of one receiver come in a row.
    last: Place,
}

impl Legs {
    /// Puts `leg` in; answers its place.
    pub(crate) fn add(&mut self, leg: Leg) -> Place {
        let place = self.free.pop().unwrap_or(self.places.len() as Place);
        self.by_id.insert(leg.id, place);
        if place as usize == self.places.len() {
            self.places.push(Some(leg));
        } else {
            self.places[place as usize] = Some(leg);
        }
        place
    }

    /// Takes the leg at `place` out.
    pub(crate) fn remove(&mut self, place: Place) -> Option<Leg> {
        let leg = self.places.get_mut(place as usize)?.take()?;
        self.by_id.remove(&leg.id);
        self.free.push(place);
        Some(leg)
    }

    pub(crate) fn place_of(&self, id: LegId) -> Option<Place> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn at(&self, place: Place) -> Option<&Leg> {
        self.places.get(place as usize)?.as_ref()
    }

    pub(crate) fn at_mut(&mut self, place: Place) -> Option<&mut Leg> {
        self.places.get_mut(place as usize)?.as_mut()
    }

    pub(crate) fn by_id_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        if self.at(self.last).is_none_or(|leg| leg.id != id) {
            self.last = *self.by_id.get(&id)?;
        }
        self.at_mut(self.last)
    }

    pub(crate) fn by_key_mut(&mut self, key: LegKey) -> Option<&mut Leg> {
        self.by_id_mut(super::naming::leg_id(key))
    }

    /// One more than the last place in use; places below may be empty.
    pub(crate) fn end(&self) -> Place {
        self.places.len() as Place
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }
}
