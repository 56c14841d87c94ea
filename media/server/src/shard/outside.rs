//! Legs of programs that bring their own offer: WHIP and WHEP.
//!
//! Called by `orders`. What becomes of such a leg afterwards is what becomes of any other; only its
//! numbers and what it hears differ.

use super::Shard;
use super::addresses::Place;
use super::legs::{Leg, Outside};
use super::orders::plan;
use super::telling::FIGURES_EVERY;
use super::{naming, secrets};
use media_control::{ConferenceId, Errand, LegId, LegRefusal, MediaEvent, ParticipantId, SourceSet};
use media_core::error::OfferRefused;
use media_core::room::Hearing;
use media_core::stream::ids::ParticipantKey;
use media_core::transport::sdp::{Wanted, parse_outside_offer};
use media_core::transport::{IceCredentials, PeerTransport};
use std::time::Instant;
use tracing::debug;

/// Whose offer it is.
pub(super) struct Visitor {
    pub(super) leg: LegId,
    pub(super) conference: ConferenceId,
    pub(super) participant: ParticipantId,
    pub(super) allowed: SourceSet,
    pub(super) errand: Errand,
}

/// What the owner of `leg` hears.
pub(super) fn hearing(leg: &Leg) -> Hearing {
    match leg.outside.as_ref().map(|outside| outside.errand) {
        None => Hearing::All,
        Some(Errand::Publish) => Hearing::Nothing,
        Some(Errand::View { hears }) => Hearing::One(hears.map(naming::participant_key)),
    }
}

/// As whom the owner of `leg` speaks by another leg.
pub(super) fn voice(leg: &Leg) -> Option<ParticipantKey> {
    leg.outside.as_ref()?.speaks_as.map(naming::participant_key)
}

impl Shard {
    /// Makes a leg from an offer, or says why not.
    pub(super) fn take_offer(&mut self, now: Instant, visitor: Visitor, sdp: &str) {
        let leg = visitor.leg;
        let told = match self.make_visitor(now, visitor, sdp) {
            Ok(answer) => MediaEvent::LegAnswer { leg, shard: self.id, sdp: answer },
            Err(refusal) => MediaEvent::LegRefused { leg, refusal },
        };
        self.teller.tell(told, &mut self.counters);
    }

    fn make_visitor(&mut self, now: Instant, visitor: Visitor, sdp: &str) -> Result<String, LegRefusal> {
        let Visitor { leg, conference, participant, allowed, errand } = visitor;
        if self.legs.place_of(leg).is_some() {
            return Err(LegRefusal::LegTaken);
        }
        if self.legs.len() >= self.max_legs as usize {
            return Err(LegRefusal::Full { limit: self.max_legs });
        }
        let wanted = match errand {
            Errand::Publish => Wanted::Publish,
            Errand::View { .. } => Wanted::View,
        };
        let offer = parse_outside_offer(sdp, wanted).map_err(|refused| {
            debug!(%leg, %refused, "offer refused");
            match refused {
                OfferRefused::Grammar | OfferRefused::TooLarge => LegRefusal::MalformedOffer,
                other => LegRefusal::BadOffer { detail: other.to_string() },
            }
        })?;
        let credentials =
            secrets::ice_credentials(self.id, |ufrag| self.addresses.leg_of_ufrag(ufrag).is_some());
        let transport =
            PeerTransport::answering(now, &self.settings, credentials, &offer).map_err(|failure| {
                debug!(%leg, %failure, "leg of an outside offer could not be made");
                LegRefusal::BadOffer { detail: failure.to_string() }
            })?;
        let base = secrets::ssrc_base();
        let plan = plan(base);
        let answer = transport.answer_to(&offer, &plan);
        let numbers = offer.numbers();
        let place = self.legs.add(Leg {
            id: leg,
            key: naming::leg_key(leg),
            conference,
            room: None,
            participant,
            allowed,
            wishes: Vec::new(),
            transport,
            plan,
            outside: Some(Box::new(Outside { errand, numbers, speaks_as: None })),
            takes: numbers.takes(),
            feedback_ssrc: base,
            flow: None,
            figures_at: now + FIGURES_EVERY,
            figures_from: now,
            counted: [0; 2],
        });
        self.learn_ufrags(place);
        self.serve_transport(now, place, None);
        self.counters.legs_opened += 1;
        Ok(answer)
    }

    /// Takes as whom such a program speaks by another leg.
    pub(super) fn speaks_as(&mut self, place: Place, participant: Option<ParticipantId>) {
        let Some(leg) = self.legs.at_mut(place) else { return };
        let Some(outside) = leg.outside.as_mut() else { return };
        outside.speaks_as = participant;
        // Before it has entered its room that is told when it does.
        let seat = leg.room.and_then(|room| self.rooms.at(room));
        if let Some(seat) = seat {
            seat.room.set_voice(leg.key, voice(leg));
        }
    }

    /// Takes new ICE credentials of such a program.
    pub(super) fn take_restart(&mut self, now: Instant, place: Place, theirs: &IceCredentials) {
        let own = secrets::ice_credentials(self.id, |ufrag| self.addresses.leg_of_ufrag(ufrag).is_some());
        let Some(leg) = self.legs.at_mut(place).filter(|leg| leg.outside.is_some()) else { return };
        if let Err(failure) = leg.transport.restarted_by_peer(now, own, theirs) {
            debug!(leg = %leg.id, %failure, "ice restart refused, old path stays");
            return;
        }
        let event = MediaEvent::LegRestarted { leg: leg.id, fragment: leg.transport.fragment() };
        self.learn_ufrags(place);
        self.serve_transport(now, place, None);
        self.teller.tell(event, &mut self.counters);
    }
}
