//! Media of one conference: legs, what they may send, and what the media server tells.
//!
//! Part of the runner's task. A participant reaches only the leg of their own place; what a leg
//! may send follows the committed state and nothing else.

use super::batch::Batch;
use super::composing::Programmes;
use super::outside::{Awaited, NoLeg};
use super::place::Leg;
use super::statistics::LegNews;
use super::task::Task;
use super::telling::volatile;
use crate::protocol::{Refused, Volatile};
use conference::stage::{self, Shown};
use conference::{Participant, State, allowed_sources};
use media_control::{
    LegId, LegRefusal, MAX_WISHES, MediaCommand, MediaEvent, ParticipantId, Source, SourceSet, Wish,
};
use std::collections::BTreeMap;

/// The wishes of `viewer` as the media server is told them: those that the stage allows now, and of composed
/// pictures the one that is theirs. The room keeps everybody's own voice out of the mixed sound (docs/adr/0034).
fn allowed_to<'a>(
    state: &'a State,
    programmes: &'a Programmes,
    viewer: &'a Participant,
) -> impl Fn(&Wish) -> Option<Wish> + 'a {
    let shown = (!stage::looks_around(state, viewer)).then(|| stage::shown(state));
    move |wish| {
        // A composed picture shows what is on the stage and no more (`composing`).
        let is_free = wish.participant == viewer.id || wish.participant.is_programme();
        let on_stage =
            |shown: &Shown| is_free || stage::is_on_stage(state, shown, wish.participant, wish.source);
        if shown.as_ref().is_none_or(on_stage) { programmes.resolved(viewer.id, *wish) } else { None }
    }
}

impl Task {
    /// A new leg for the place; an older one is closed.
    pub(super) fn open_media(&mut self, who: ParticipantId, id: u32) -> Result<(), Refused> {
        let Some(participant) = self.state.participant(who) else {
            return Err(Refused::NotAllowed {});
        };
        let allowed = allowed_sources(participant);
        self.close_leg(who);
        let wishes = self.allowed_wishes(who);
        let conference = self.state.id().clone();
        let Some(place) = self.places.get_mut(&who) else {
            return Err(Refused::NotAllowed {});
        };
        let leg = self.parts.legs.open(&conference);
        place.lost_leg = None;
        place.leg = Some(Leg {
            id: leg,
            asked_by: Some(id),
            offer: None,
            awaited: Awaited::default(),
            owner: None,
            speaks_as: None,
            shard: None,
            via: None,
            news: None,
            slots: Vec::new(),
            needed: BTreeMap::new(),
            allowed,
            watching: wishes.clone(),
        });
        self.orders.push(MediaCommand::OpenLeg { leg, conference, participant: who, allowed, shard: None });
        if !wishes.is_empty() {
            self.orders.push(MediaCommand::Watch { leg, wishes });
        }
        Ok(())
    }

    pub(super) fn answer(&mut self, who: ParticipantId, leg: LegId, sdp: String) -> Result<(), Refused> {
        let own = self.own_leg(who, leg)?;
        own.offer = None;
        self.orders.push(MediaCommand::Answer { leg, sdp });
        Ok(())
    }

    pub(super) fn restart_ice(&mut self, who: ParticipantId, leg: LegId) -> Result<(), Refused> {
        self.own_leg(who, leg)?;
        self.orders.push(MediaCommand::RestartIce { leg });
        Ok(())
    }

    pub(super) fn watch(&mut self, who: ParticipantId, wishes: Vec<Wish>) -> Result<(), Refused> {
        if self.state.participant(who).is_none() {
            return Err(Refused::NotAllowed {});
        }
        let is_seen = |wish: &Wish| wish.source.is_video() && (1..=4320).contains(&wish.height_px);
        let is_mixed = |wish: &Wish| wish.source == Source::Microphone && wish.participant.is_programme();
        let fits = |wish: &Wish| is_seen(wish) || is_mixed(wish);
        if wishes.len() > MAX_WISHES || !wishes.iter().all(fits) {
            let limit = u32::try_from(MAX_WISHES).unwrap_or(u32::MAX);
            return Err(Refused::BadWish { limit });
        }
        let Some(place) = self.places.get_mut(&who) else {
            return Err(Refused::NotAllowed {});
        };
        place.wishes = wishes;
        self.tell_wishes(who);
        Ok(())
    }

    /// Tells the media server what the leg of a place looks at.
    pub(super) fn tell_wishes(&mut self, who: ParticipantId) {
        let wishes = self.allowed_wishes(who);
        let Some(leg) = self.places.get_mut(&who).and_then(|place| place.leg.as_mut()) else { return };
        leg.watching.clone_from(&wishes);
        let leg = leg.id;
        self.orders.push(MediaCommand::Watch { leg, wishes });
    }

    /// The wishes of a place that the stage allows now.
    pub(super) fn allowed_wishes(&self, who: ParticipantId) -> Vec<Wish> {
        let (Some(place), Some(viewer)) = (self.places.get(&who), self.state.participant(who)) else {
            return Vec::new();
        };
        place.wishes.iter().filter_map(allowed_to(&self.state, &self.programmes, viewer)).collect()
    }

    /// After a commit: what each leg may look at now, where it has changed.
    fn tell_watched(&mut self) {
        let state = &self.state;
        for viewer in state.participants() {
            let Some(place) = self.places.get_mut(&viewer.id) else { continue };
            let Some(leg) = place.leg.as_mut() else { continue };
            let is_allowed = allowed_to(state, &self.programmes, viewer);
            let allowed = place.wishes.iter().filter_map(&is_allowed);
            if !allowed.clone().eq(leg.watching.iter().copied()) {
                leg.watching = allowed.collect();
                self.orders.push(MediaCommand::Watch { leg: leg.id, wishes: leg.watching.clone() });
            }
        }
    }

    fn own_leg(&mut self, who: ParticipantId, leg: LegId) -> Result<&mut Leg, Refused> {
        let own = self.places.get_mut(&who).and_then(|place| place.leg.as_mut());
        own.filter(|own| own.id == leg).ok_or(Refused::NoSuchLeg { leg })
    }

    pub(super) fn close_leg(&mut self, who: ParticipantId) {
        let Some(place) = self.places.get_mut(&who) else { return };
        place.lacks_h264 = false;
        if let Some(leg) = place.leg.take() {
            self.parts.legs.close(leg.id);
            self.orders.push(MediaCommand::CloseLeg { leg: leg.id });
        }
    }

    /// Ends the media connection of somebody who may come back, and says so then.
    pub(super) fn take_leg(&mut self, who: ParticipantId) {
        let Some(place) = self.places.get_mut(&who) else { return };
        place.lost_leg = place.leg.as_ref().map(|leg| leg.id).or(place.lost_leg);
        self.close_leg(who);
    }

    /// After a commit: what each leg may send now, where it has changed.
    pub(super) fn tell_media(&mut self) {
        for participant in self.state.participants() {
            let Some(leg) = self.places.get_mut(&participant.id).and_then(|p| p.leg.as_mut()) else {
                continue;
            };
            let allowed: SourceSet = allowed_sources(participant);
            if leg.allowed != allowed {
                leg.allowed = allowed;
                self.orders.push(MediaCommand::Allow { leg: leg.id, allowed });
            }
        }
        self.tell_watched();
        self.tell_voices();
        if self.places.is_empty() && !self.speakers.is_empty() {
            self.speakers.clear();
        }
    }

    /// Media news that a connection missed or has never had.
    pub(super) fn tell_media_again(&mut self, who: ParticipantId) {
        let Some(place) = self.places.get_mut(&who) else { return };
        let mut news = Vec::new();
        if let Some(leg) = place.lost_leg.take() {
            news.push(Volatile::MediaLost { leg });
        }
        if let Some(leg) = &place.leg {
            if let Some(sdp) = &leg.offer {
                let relay = self.parts.media.relay(leg.id);
                news.push(Volatile::Offer { leg: leg.id, sdp: sdp.to_string(), relay });
            }
            if !leg.slots.is_empty() {
                news.push(Volatile::Slots { leg: leg.id, slots: leg.slots.clone() });
            }
            for (source, layers) in &leg.needed {
                news.push(Volatile::Wanted { leg: leg.id, source: *source, layers: layers.clone() });
            }
        }
        if let Some(standing) = place.composed_told {
            news.push(Volatile::Composed { standing });
        }
        if !self.speakers.is_empty() {
            news.push(Volatile::Speakers { speakers: self.speakers.clone() });
        }
        for message in news {
            self.tell_volatile(who, volatile(message));
        }
    }

    /// Something happened on the media side of this conference.
    pub(super) fn take_media(&mut self, batch: &mut Batch, event: MediaEvent) {
        match event {
            MediaEvent::LegOffer { leg, shard, sdp } => {
                let Some((who, own)) = self.leg(leg) else { return };
                own.shard = Some(shard);
                own.asked_by = None;
                own.offer = Some(sdp.as_str().into());
                let relay = self.parts.media.relay(leg);
                self.tell_volatile(who, volatile(Volatile::Offer { leg, sdp, relay }));
            }
            MediaEvent::LegAnswer { leg, shard, sdp } => {
                if let Some((_, own)) = self.leg(leg) {
                    own.shard = Some(shard);
                }
                self.offer_taken(leg, sdp);
            }
            MediaEvent::LegRestarted { leg, fragment } => self.leg_restarted(leg, fragment),
            MediaEvent::LegRefused { leg, refusal } => self.leg_refused(leg, &refusal),
            MediaEvent::LegConnected { leg, via, .. } => {
                if let Some((who, own)) = self.leg(leg) {
                    own.via = Some(via);
                    self.tell_volatile(who, volatile(Volatile::MediaConnected { leg }));
                }
            }
            MediaEvent::LegLost { leg, .. } => self.leg_lost(leg),
            MediaEvent::Live { outlet, state, .. } => self.take_live(outlet, state),
            MediaEvent::Programme { programme, news, .. } => self.take_programme(batch, programme, &news),
            MediaEvent::Slots { leg, mut slots } => {
                // Which one it is of those that are composed is the server's business.
                for slot in slots.iter_mut().filter(|slot| slot.participant.is_programme()) {
                    slot.participant = ParticipantId::FIRST_PROGRAMME;
                }
                let lacks_h264 = slots.iter().any(|it| it.participant.is_programme() && it.is_unreadable);
                let Some((who, own)) = self.leg(leg) else { return };
                own.slots.clone_from(&slots);
                if let Some(place) = self.places.get_mut(&who) {
                    place.lacks_h264 |= lacks_h264;
                }
                self.tell_volatile(who, volatile(Volatile::Slots { leg, slots }));
            }
            MediaEvent::LayersNeeded { leg, source, layers } => {
                let Some((who, own)) = self.leg(leg) else { return };
                own.needed.insert(source, layers.clone());
                self.tell_volatile(who, volatile(Volatile::Wanted { leg, source, layers }));
            }
            MediaEvent::Speakers { speakers, .. } => {
                let frame = volatile(Volatile::Speakers { speakers: speakers.clone() });
                self.speakers = speakers;
                let welcomed: Vec<ParticipantId> =
                    self.places.iter().filter(|(_, p)| p.is_welcomed).map(|(id, _)| *id).collect();
                for who in welcomed {
                    self.tell_volatile(who, frame.clone());
                }
            }
            MediaEvent::Stats { leg, stats, streams } => {
                let at_ms = self.parts.clock.now_ms();
                if let Some((who, own)) = self.leg(leg) {
                    own.news = Some(LegNews { at_ms, stats, streams });
                    let link = Volatile::Link {
                        rtt_ms: stats.rtt_ms,
                        uplink_loss: stats.uplink_loss,
                        downlink_loss: stats.downlink_loss,
                        estimate_bps: stats.estimate_bps,
                    };
                    self.tell_volatile(who, volatile(link));
                }
            }
            // Of no conference; the registry keeps it.
            MediaEvent::Load { .. } => {}
            MediaEvent::SourceStarted { participant, source, .. } => {
                tracing::debug!(conference = %self.state.id(), %participant, ?source, "source started");
            }
            MediaEvent::SourceStopped { participant, source, .. } => {
                tracing::debug!(conference = %self.state.id(), %participant, ?source, "source stopped");
            }
        }
    }

    pub(super) fn leg(&mut self, leg: LegId) -> Option<(ParticipantId, &mut Leg)> {
        self.places.iter_mut().find_map(|(who, place)| {
            let own = place.leg.as_mut().filter(|own| own.id == leg)?;
            Some((*who, own))
        })
    }

    fn leg_refused(&mut self, leg: LegId, refusal: &LegRefusal) {
        let Some((_, own)) = self.leg(leg) else { return };
        if let Some(taken) = own.awaited.taken.take() {
            // Who asked may have given up; the leg is gone either way.
            let _ = taken.send(Err(NoLeg::from(refusal)));
            self.forget_leg(leg);
            return;
        }
        let Some(id) = own.asked_by else { return self.leg_lost(leg) };
        let detail = match refusal {
            LegRefusal::Full { .. } => "full",
            LegRefusal::BadAnswer { .. } | LegRefusal::MalformedOffer | LegRefusal::BadOffer { .. } => {
                "bad_answer"
            }
            LegRefusal::LegTaken => "leg_taken",
            LegRefusal::Stopping => "stopping",
        };
        if let Some(who) = self.forget_leg(leg) {
            let refusal = Refused::Media { detail: detail.to_owned() };
            self.tell_volatile(who, volatile(Volatile::Refused { id, refusal }));
        }
    }

    fn leg_lost(&mut self, leg: LegId) {
        let Some(who) = self.forget_leg(leg) else { return };
        match self.places.get_mut(&who) {
            Some(place) if place.line.is_none() => place.lost_leg = Some(leg),
            _ => self.tell_volatile(who, volatile(Volatile::MediaLost { leg })),
        }
    }

    fn forget_leg(&mut self, leg: LegId) -> Option<ParticipantId> {
        let who = self.leg(leg).map(|(who, _)| who)?;
        self.places.get_mut(&who)?.leg = None;
        self.parts.legs.close(leg);
        Some(who)
    }
}
