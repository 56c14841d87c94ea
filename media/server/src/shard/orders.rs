//! Carries out what signalling orders for legs of this shard, and what their transports report.
//! Called by the loop between packets; an order for a leg that is not here is dropped and counted.

use super::Shard;
use super::addresses::Place;
use super::legs::{Flow, Leg};
use super::naming;
use super::outside::{Visitor, hearing, voice};
use super::path::Path;
use super::secrets;
use super::telling::FIGURES_EVERY;
use media_control::{
    ConferenceId, LegId, LegLost, LegRefusal, MAX_WISHES, MediaCommand, MediaEvent, ParticipantId, Source,
    SourceSet, Wish,
};
use media_core::room::{AUDIO_SLOTS, LocalLeg, SLOTS, SlotSsrcs, Takes, VIDEO_SLOTS};
use media_core::transport::sdp::{OfferPlan, SlotSources};
use media_core::transport::{IceCredentials, PeerTransport, Proto, TransportEvent, srtp::SrtpHalves};
use std::time::Instant;
use tracing::{debug, info};

impl Shard {
    /// Carries out one order.
    pub(super) fn carry_out(&mut self, now: Instant, command: MediaCommand) {
        match command {
            MediaCommand::OpenLeg { leg, conference, participant, allowed, .. } => {
                self.open_leg(now, leg, conference, participant, allowed);
            }
            MediaCommand::TakeOffer { leg, conference, participant, allowed, errand, sdp, .. } => {
                self.take_offer(now, Visitor { leg, conference, participant, allowed, errand }, &sdp);
            }
            MediaCommand::TakeRestart { leg, ufrag, pwd } => {
                let theirs = IceCredentials { ufrag, pwd };
                self.with_leg(leg, |shard, place| shard.take_restart(now, place, &theirs))
            }
            MediaCommand::CloseConference { conference } => {
                let places = (0..self.legs.end())
                    .filter(|p| self.legs.at(*p).is_some_and(|l| l.conference == conference));
                for place in places.collect::<Vec<_>>() {
                    self.end_leg(now, place);
                }
            }
            MediaCommand::Answer { leg, sdp } => {
                self.with_leg(leg, |shard, place| shard.answer(now, place, &sdp))
            }
            MediaCommand::RestartIce { leg } => self.with_leg(leg, |shard, place| shard.restart_ice(place)),
            MediaCommand::CloseLeg { leg } => self.with_leg(leg, |shard, place| shard.end_leg(now, place)),
            MediaCommand::Allow { leg, allowed } => {
                self.with_leg(leg, |shard, place| shard.allow(now, place, allowed))
            }
            MediaCommand::Watch { leg, wishes } => {
                self.with_leg(leg, |shard, place| shard.watch(now, place, wishes))
            }
            MediaCommand::SpeaksAs { leg, participant } => {
                self.with_leg(leg, |shard, place| shard.speaks_as(place, participant))
            }
            // No shard's; the door keeps them out.
            MediaCommand::Compose { .. }
            | MediaCommand::StopComposing { .. }
            | MediaCommand::OpenLive { .. }
            | MediaCommand::CloseLive { .. } => self.counters.unknown_leg += 1,
        }
    }

    fn with_leg(&mut self, leg: LegId, act: impl FnOnce(&mut Self, Place)) {
        match self.legs.place_of(leg) {
            Some(place) => act(self, place),
            None => self.counters.unknown_leg += 1,
        }
    }

    fn open_leg(
        &mut self,
        now: Instant,
        leg: LegId,
        conference: ConferenceId,
        participant: ParticipantId,
        allowed: SourceSet,
    ) {
        let refuse = |shard: &mut Self, refusal| {
            shard.teller.tell(MediaEvent::LegRefused { leg, refusal }, &mut shard.counters);
        };
        if self.legs.place_of(leg).is_some() {
            return refuse(self, LegRefusal::LegTaken);
        }
        if self.legs.len() >= self.max_legs as usize {
            return refuse(self, LegRefusal::Full { limit: self.max_legs });
        }
        let credentials =
            secrets::ice_credentials(self.id, |ufrag| self.addresses.leg_of_ufrag(ufrag).is_some());
        let transport = match PeerTransport::new(now, &self.settings, credentials) {
            Ok(transport) => transport,
            Err(failure) => {
                // The settings are the same for every leg and were good for the ones before.
                tracing::error!(%leg, %failure, "leg could not be made");
                return refuse(self, LegRefusal::Full { limit: self.max_legs });
            }
        };
        let base = secrets::ssrc_base();
        let plan = plan(base);
        let sdp = transport.offer(&plan);
        let ufrags: Vec<String> = transport.local_ufrags().map(str::to_owned).collect();
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
            outside: None,
            takes: Takes::NONE,
            feedback_ssrc: base,
            flow: None,
            figures_at: now + FIGURES_EVERY,
            figures_from: now,
            counted: [0; 2],
        });
        self.addresses.set_ufrags(place, ufrags.iter().map(String::as_str));
        self.counters.legs_opened += 1;
        self.teller.tell(MediaEvent::LegOffer { leg, shard: self.id, sdp }, &mut self.counters);
    }

    fn answer(&mut self, now: Instant, place: Place, sdp: &str) {
        let Some(leg) = self.legs.at_mut(place) else { return };
        match leg.transport.set_answer(now, sdp) {
            Ok(answer) => {
                leg.takes = answer.takes();
                self.learn_ufrags(place);
                self.serve_transport(now, place, None);
            }
            Err(refused) => {
                let leg = leg.id;
                debug!(%leg, %refused, "answer refused, leg ends");
                self.end_leg(now, place);
                let refusal = LegRefusal::BadAnswer { detail: refused.to_string() };
                self.teller.tell(MediaEvent::LegRefused { leg, refusal }, &mut self.counters);
            }
        }
    }

    pub(super) fn learn_ufrags(&mut self, place: Place) {
        let Some(leg) = self.legs.at(place) else { return };
        self.addresses.set_ufrags(place, leg.transport.local_ufrags());
    }

    fn restart_ice(&mut self, place: Place) {
        let credentials =
            secrets::ice_credentials(self.id, |ufrag| self.addresses.leg_of_ufrag(ufrag).is_some());
        let Some(leg) = self.legs.at_mut(place) else { return };
        if let Err(failure) = leg.transport.restart_ice(credentials) {
            debug!(leg = %leg.id, %failure, "ice restart refused, old path stays");
            return;
        }
        leg.plan.version += 1;
        let event = MediaEvent::LegOffer { leg: leg.id, shard: self.id, sdp: leg.transport.offer(&leg.plan) };
        self.learn_ufrags(place);
        self.teller.tell(event, &mut self.counters);
    }

    fn allow(&mut self, now: Instant, place: Place, allowed: SourceSet) {
        let Some(leg) = self.legs.at_mut(place) else { return };
        leg.allowed = allowed;
        if let Some(seat) = leg.room.and_then(|room| self.rooms.at(room)) {
            seat.room.allow(now, leg.key, naming::source_kinds(allowed));
        }
    }

    fn watch(&mut self, now: Instant, place: Place, mut wishes: Vec<Wish>) {
        let Some(leg) = self.legs.at_mut(place) else { return };
        let is_mixed = |wish: &Wish| wish.source == Source::Microphone && wish.participant.is_programme();
        wishes.retain(|wish| wish.source.is_video() || is_mixed(wish));
        wishes.truncate(MAX_WISHES);
        leg.wishes = wishes;
        self.apply_wishes(now, place);
    }

    fn apply_wishes(&mut self, now: Instant, place: Place) {
        let Some(leg) = self.legs.at(place) else { return };
        let Some(room) = leg.room else { return };
        let views: Vec<_> = leg.wishes.iter().map(naming::view_wish).collect();
        if let Some(seat) = self.rooms.at(room) {
            seat.room.watch(now, leg.key, &views);
        }
        self.say_what_is_wanted(room);
    }

    /// Carries out what a leg's transport reports.
    pub(super) fn transport_event(&mut self, now: Instant, place: Place, event: TransportEvent) {
        match event {
            TransportEvent::Connected { profile, path } => {
                let Some(leg) = self.legs.at_mut(place) else { return };
                let Some(SrtpHalves { receiver, sender, .. }) = leg.transport.srtp() else { return };
                let id = leg.id;
                let known = self.addresses.path_to(path.remote, path.proto == Proto::Tcp);
                leg.flow = Some(Flow { receiver, sender, path: known.unwrap_or(Path::unheard(path.remote)) });
                let (via, srtp) = (naming::via(path.proto), naming::srtp_profile(profile));
                info!(shard = %self.id, leg = %id, conference = %leg.conference, ?via, ?srtp, "leg connected");
                self.teller.tell(MediaEvent::LegConnected { leg: id, via, srtp }, &mut self.counters);
                self.enter_room(now, place);
            }
            TransportEvent::RemoteAddressChanged { path } => {
                let known = self.addresses.path_to(path.remote, path.proto == Proto::Tcp);
                if let (Some(leg), Some(path)) = (self.legs.at_mut(place), known) {
                    debug!(leg = %leg.id, "leg has a new path");
                    if let Some(flow) = &mut leg.flow {
                        flow.path = path;
                    }
                }
                self.learn_ufrags(place);
            }
            TransportEvent::Closed => self.lose_leg(now, place, LegLost::Closed),
            TransportEvent::Failed { failure } => self.lose_leg(now, place, naming::leg_lost(failure)),
        }
    }

    fn enter_room(&mut self, now: Instant, place: Place) {
        let Some(leg) = self.legs.at_mut(place) else { return };
        let room = self.rooms.open(now, &leg.conference);
        let Some(seat) = self.rooms.at(room) else { return };
        let participant = naming::participant_key(leg.participant);
        let local = LocalLeg {
            leg: leg.key,
            participant,
            allowed: naming::source_kinds(leg.allowed),
            slots: slots(&leg.plan),
            feedback_ssrc: leg.feedback_ssrc,
            takes: leg.takes,
        };
        let (id, key) = (leg.id, leg.key);
        if let Err(refused) = seat.room.join(now, &local) {
            tracing::warn!(leg = %id, %refused, "leg cannot enter its room and ends");
            self.end_leg(now, place);
            let refusal = LegRefusal::Full { limit: self.max_legs };
            self.teller.tell(MediaEvent::LegRefused { leg: id, refusal }, &mut self.counters);
            return;
        }
        seat.room.set_hearing(key, hearing(leg));
        seat.room.set_voice(key, voice(leg));
        leg.room = Some(room);
        seat.local.push(key);
        let conference = leg.conference.clone();
        self.say_joined(&conference, key, participant);
        self.apply_wishes(now, place);
    }

    fn lose_leg(&mut self, now: Instant, place: Place, reason: LegLost) {
        let Some(leg) = self.legs.at(place) else { return };
        let id = leg.id;
        info!(shard = %self.id, leg = %id, conference = %leg.conference, ?reason, "leg lost");
        self.end_leg(now, place);
        self.teller.tell(MediaEvent::LegLost { leg: id, reason }, &mut self.counters);
    }

    /// Ends a leg: tells its browser, takes it out of its room and forgets it.
    pub(super) fn end_leg(&mut self, now: Instant, place: Place) {
        let Some(leg) = self.legs.at_mut(place) else { return };
        let (room, key) = (leg.room.take(), leg.key);
        leg.transport.close(now);
        while let Some(transmit) = leg.transport.poll_transmit() {
            let known = self.addresses.path_to(transmit.path.remote, transmit.path.proto == Proto::Tcp);
            if let Some(path) = known {
                self.wire.put(&transmit.bytes, &path, &mut self.counters);
            }
        }
        if let Some(room) = room {
            if let Some(seat) = self.rooms.at(room) {
                seat.room.leave(now, key);
                seat.local.retain(|local| *local != key);
            }
            self.say_left(key);
            self.legs.remove(place);
            self.say_what_is_wanted(room);
            self.tell_room(room);
            self.rooms.close_if_empty(room);
        } else {
            self.legs.remove(place);
        }
        self.addresses.forget(place);
        self.counters.legs_ended += 1;
    }
}

/// SSRCs of a leg: ours for reports, then two a video slot, then one an audio slot, in a row.
pub(super) fn plan(base: u32) -> OfferPlan {
    let video_at = |slot: usize| base.wrapping_add(1 + 2 * slot as u32);
    let audio_at = |slot: usize| video_at(VIDEO_SLOTS).wrapping_add(slot as u32);
    OfferPlan {
        session_id: secrets::session_id(),
        version: 1,
        video: std::array::from_fn(|n| SlotSources { media: video_at(n), rtx: video_at(n).wrapping_add(1) }),
        audio: std::array::from_fn::<_, AUDIO_SLOTS, _>(audio_at),
    }
}

fn slots(plan: &OfferPlan) -> [SlotSsrcs; SLOTS] {
    std::array::from_fn(|slot| match slot.checked_sub(VIDEO_SLOTS) {
        None => SlotSsrcs { media: plan.video[slot].media, rtx: plan.video[slot].rtx },
        Some(audio) => SlotSsrcs { media: plan.audio[audio], rtx: 0 },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_of_a_leg_has_an_ssrc_of_its_own() {
        let mut all: Vec<u32> =
            slots(&plan(u32::MAX - 20)).iter().flat_map(|s| [s.media, s.rtx]).filter(|s| *s != 0).collect();
        all.push(u32::MAX - 20);
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(count >= 2 * VIDEO_SLOTS + AUDIO_SLOTS);
    }
}
