//! A client as docs/protocol.md describes it: snapshot on arrival, deltas after.

use conference::view::{ConferenceView, Delta, deltas, snapshot};
use conference::{Event, MAX_CHAT_MESSAGES, State, Texts};
use media_control::ParticipantId;
use std::collections::BTreeMap;

/// Everybody's picture of the conference.
#[derive(Default)]
pub struct Clients {
    pictures: BTreeMap<ParticipantId, ConferenceView>,
}

impl Clients {
    /// Hands a batch out and compares each picture with what a newcomer would be shown.
    pub fn tell(&mut self, state: &State, events: &[Event], texts: &Texts) {
        let told = deltas(state, events, texts);
        self.pictures.retain(|id, _| state.participant(*id).is_some());
        for participant in state.participants() {
            let role = state.role_of(participant);
            let fresh = snapshot(state, texts, role);
            let Some(picture) = self.pictures.get_mut(&participant.id) else {
                self.pictures.insert(participant.id, fresh);
                continue;
            };
            for told in told.iter().filter(|told| told.to.includes(participant.id, role)) {
                apply(picture, &told.delta);
            }
            let text = |view: &ConferenceView| serde_json::to_string(view).expect("plain");
            assert_eq!(text(picture), text(&fresh), "after {events:?}");
        }
    }
}

fn apply(picture: &mut ConferenceView, delta: &Delta) {
    match delta.clone() {
        Delta::Joined { participant } => picture.participants.push(participant),
        Delta::Changed { participant, .. } => {
            let place = picture.participants.iter_mut().find(|p| p.id == participant.id);
            *place.expect("changed participant was told of before") = participant;
        }
        Delta::Left { participant, .. } => picture.participants.retain(|p| p.id != participant),
        Delta::Conference { info, .. } => picture.info = info,
        Delta::Hands { hands } => picture.hands = hands,
        Delta::Chat { message } => {
            picture.chat.push(message);
            let surplus = picture.chat.len().saturating_sub(MAX_CHAT_MESSAGES);
            picture.chat.drain(..surplus);
        }
        Delta::Waiting { waiting } => picture.waiting = waiting,
        Delta::Muted { participants, by, .. } => {
            for person in picture.participants.iter_mut().filter(|p| participants.contains(&p.id)) {
                (person.microphone, person.muted_by) = (false, Some(by));
            }
        }
        Delta::Unmuted { participants, .. } => {
            for person in picture.participants.iter_mut().filter(|p| participants.contains(&p.id)) {
                (person.microphone, person.muted_by) = (true, None);
            }
        }
        Delta::Floor { floor } => picture.floor = floor,
        Delta::Stage { stage } => picture.stage = stage,
        Delta::Pictures { pictures } => picture.pictures = pictures,
        Delta::Agenda { agenda } => picture.agenda = agenda,
        Delta::Sites { sites } => picture.sites = sites,
        Delta::SitesChanged { sites } => {
            for site in sites {
                let place = picture.sites.iter_mut().find(|known| known.id == site.id);
                *place.expect("changed site was told of before") = site;
            }
        }
        Delta::RollCall { roll_call } => picture.roll_call = roll_call,
        Delta::Patrol { patrol } => picture.patrol = patrol,
        Delta::You { .. } => {}
    }
}
