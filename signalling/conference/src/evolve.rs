//! Carries events out.
//!
//! Called by the runner after the commit and by every replay. Knows no rule of today: it does
//! what the row says, takes every row in any order without panic (a row about somebody who is not
//! there changes nothing), and reads no clock.

use crate::floor::{self, FloorRequest};
use crate::speaking::Undo;
use crate::view::LeaveReason;
use crate::{Arrival, ChatEntry, Event, Participant, Phase, State, TextId, Timestamp, Waiting};
use crate::{MAX_CHAT_MESSAGES, MAX_REMOVED};
use crate::{agenda, arranging, captioning, patrol, presiding, roll_call, sites, speaking};
use media_control::ParticipantId;

/// Changes `state` as `event` says.
pub fn evolve(state: &mut State, event: &Event) {
    for text in event.texts() {
        state.next_text = state.next_text.max(text.next().0);
    }
    match event {
        Event::Opened { settings } => {
            state.settings = *settings;
            state.waiting_room = settings.waiting_room;
            state.kind = settings.kind;
            state.phase = Phase::Open;
        }
        Event::Adjusted { settings } => {
            state.settings = *settings;
            state.waiting_room = settings.waiting_room;
            state.kind = settings.kind;
            state.opened_early = false;
        }
        Event::Cancelled { .. } => state.cancelled = true,
        Event::Restored { .. } => state.cancelled = false,
        Event::Reopened {} => reopen(state),
        Event::Joined(arrival) => {
            count_arrival(state, arrival);
            enter(state, arrival, None);
        }
        Event::WaitingStarted { arrival, at } => {
            count_arrival(state, arrival);
            state.waiting.push(Waiting { arrival: arrival.clone(), since: *at, gone_until: None });
        }
        Event::Admitted { participant, .. } => {
            if let Some(waiting) = take_waiting(state, *participant) {
                state.removed.retain(|person| *person != waiting.arrival.person);
                enter(state, &waiting.arrival, waiting.gone_until);
            }
        }
        Event::WaitingEnded { participant, .. } => {
            take_waiting(state, *participant);
        }
        Event::AllMuted { participants, by, until } => {
            speaking::muted(state, participants, *by);
            state.undo = Some(Undo { participants: participants.clone(), by: *by, until: *until });
        }
        Event::MuteUndone { participants, .. } => speaking::unmuted(state, participants),
        Event::MicrophonesSet { microphones, .. } => state.microphones = *microphones,
        Event::Floor(event) => floor::carry_out(state, event),
        Event::StageSet { stage, .. } => {
            state.stage.clone_from(stage);
            // A row of another time may name somebody who is not there.
            let State { stage, participants, .. } = state;
            stage.chosen.retain(|id| participants.iter().any(|p| p.id == *id));
        }
        Event::PictureArranged { sites, arrangement, .. } => {
            arranging::carry_out(state, sites, arrangement.as_ref());
        }
        Event::CaptionSet { site, caption, .. } => captioning::carry_out(state, site, *caption),
        Event::KindSet { kind, .. } => state.kind = *kind,
        Event::Presiding(event) => presiding::carry_out(state, event),
        Event::Agenda(event) => agenda::carry_out(state, event),
        Event::SitesInvited { sites } => {
            sites::replace(state, sites);
            arranging::forget_uninvited(state);
        }
        Event::Seated { participant, site, .. } => {
            if let Some(participant) = state.participant_mut(*participant) {
                participant.site.clone_from(site);
            }
        }
        Event::SitesCalled { sites, at, .. } => sites::called(state, sites, *at),
        Event::RollCall(event) => roll_call::carry_out(state, event),
        Event::Patrol(event) => patrol::carry_out(state, event),
        Event::ChapterWritten { chapter, .. } => {
            state.next_chapter = state.next_chapter.max(chapter.saturating_add(1));
        }
        Event::Reconnecting { participant, until } => {
            set_gone(state, *participant, Some(*until));
        }
        Event::Returned { participant } => set_gone(state, *participant, None),
        Event::Left { participant, reason, .. } => leave(state, *participant, *reason),
        Event::MediaSet { participant, microphone, camera, screen, .. } => {
            if let Some(sender) = state.participant_mut(*participant) {
                sender.microphone = *microphone;
                sender.camera = *camera;
                sender.screen = *screen;
                if *microphone {
                    sender.muted_by = None;
                }
            }
        }
        Event::Muted { participant, by } => {
            if let Some(muted) = state.participant_mut(*participant) {
                muted.microphone = false;
                muted.muted_by = Some(*by);
            }
        }
        Event::HandRaised { participant } => {
            let is_new = state.floor.speech.iter().all(|request| request.participant != *participant);
            if state.participant(*participant).is_some() && is_new {
                let request = FloorRequest { participant: *participant, subject: None, since: None };
                state.floor.speech.push(request);
            }
        }
        Event::HandLowered { participant, .. } => {
            state.floor.speech.retain(|request| request.participant != *participant);
        }
        Event::ChatPosted { message, from, text, at } => {
            post(state, *message, *from, *text, *at);
        }
        Event::LockSet { locked, .. } => state.locked = *locked,
        Event::DoorOpened { .. } => state.opened_early = true,
        Event::WaitingRoomSet { enabled, .. } => state.waiting_room = *enabled,
        Event::ProgrammeLost { .. } => state.is_programme_lost = true,
        Event::ProgrammeBack { .. } => state.is_programme_lost = false,
        Event::LiveOpened { at, .. } => state.live = Some(*at),
        Event::LiveClosed { .. } => state.live = None,
        Event::Ended { .. } => {
            state.live = None;
            state.phase = Phase::Ended;
            state.participants.clear();
            state.waiting.clear();
            state.floor.speech.clear();
            state.floor.question.clear();
            state.floor.turn = None;
            state.stage.chosen.clear();
            (state.undo, state.patrol) = (None, None);
            (state.presiding, state.missing_until) = (None, None);
        }
    }
}

fn reopen(state: &mut State) {
    state.phase = Phase::Open;
    state.locked = false;
    state.waiting_room = state.settings.waiting_room;
    state.chat.clear();
    state.removed.clear();
    state.kind = state.settings.kind;
    // The numbers of turns, chapters and items go on: what rows name stays one thing.
    let turns = state.floor.turns;
    state.floor = floor::Floor { turns, ..floor::Floor::default() };
    state.microphones = speaking::Microphones::default();
    state.stage = crate::stage::Stage::default();
    state.arrangements = arranging::Arrangements::default();
    state.agenda.items.clear();
    (state.undo, state.roll_call, state.patrol, state.deputy) = (None, None, None, None);
    for site in &mut state.sites {
        *site = crate::InvitedSite::new(site.id.clone());
    }
}

/// A number once given is never given again.
fn count_arrival(state: &mut State, arrival: &Arrival) {
    let next = arrival.participant.0.saturating_add(1);
    state.next_participant = state.next_participant.max(next);
}

fn enter(state: &mut State, arrival: &Arrival, gone_until: Option<Timestamp>) {
    if let Some(deputy) = state.deputy.as_mut().filter(|deputy| deputy.person == arrival.person) {
        deputy.participant = arrival.participant;
    }
    state.participants.push(Participant {
        id: arrival.participant,
        person: arrival.person,
        role: arrival.role,
        name: arrival.name,
        unit: arrival.unit,
        site: arrival.site.clone(),
        gone_until,
        microphone: arrival.microphone,
        camera: arrival.camera,
        screen: false,
        muted_by: None,
    });
}

fn take_waiting(state: &mut State, participant: ParticipantId) -> Option<Waiting> {
    let index = state.waiting.iter().position(|w| w.arrival.participant == participant)?;
    Some(state.waiting.remove(index))
}

fn set_gone(state: &mut State, participant: ParticipantId, until: Option<Timestamp>) {
    if let Some(inside) = state.participant_mut(participant) {
        inside.gone_until = until;
    } else if let Some(outside) = state.waiting.iter_mut().find(|w| w.arrival.participant == participant) {
        outside.gone_until = until;
    }
}

fn leave(state: &mut State, participant: ParticipantId, reason: LeaveReason) {
    floor::forget_gone(state, participant);
    state.stage.chosen.retain(|chosen| *chosen != participant);
    let Some(index) = state.participants.iter().position(|p| p.id == participant) else {
        return;
    };
    let left = state.participants.remove(index);
    if reason == LeaveReason::Removed && !state.removed.contains(&left.person) {
        if state.removed.len() >= MAX_REMOVED {
            state.removed.pop_front();
        }
        state.removed.push_back(left.person);
    }
}

fn post(state: &mut State, message: u64, from: ParticipantId, text: TextId, at: Timestamp) {
    state.next_message = state.next_message.max(message.saturating_add(1));
    let Some(author) = state.participant(from) else {
        return;
    };
    let entry = ChatEntry { message, from, name: author.name, text, at };
    if state.chat.len() >= MAX_CHAT_MESSAGES {
        state.chat.pop_front();
    }
    state.chat.push_back(entry);
}
