//! Builds what is shown: the snapshot on arrival and the deltas of committed events.
//!
//! Called by the runner after `evolve`. A delta is built once and goes to its [`Audience`]; what a
//! role may not see is never built for it.

use super::{ChatMessage, ConferenceInfo, ConferenceView, Delta, ParticipantView, SelfView, WaitingPerson};
use crate::role::may;
use crate::{Act, ChatEntry, Event, Participant, Phase, Role, State, Texts};
use media_control::ParticipantId;

/// Who may see a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every participant.
    Everyone,
    /// Participants who may admit.
    Doorkeepers,
}

impl Audience {
    /// Whether somebody of `role` is meant.
    #[must_use]
    pub const fn includes(self, role: Role) -> bool {
        match self {
            Self::Everyone => true,
            Self::Doorkeepers => may(role, Act::Admit),
        }
    }
}

/// One delta and who may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub to: Audience,
    pub delta: Delta,
}

/// The whole conference as somebody of role `viewer` may see it.
#[must_use]
pub fn snapshot(state: &State, texts: &Texts, viewer: Role) -> ConferenceView {
    ConferenceView {
        info: info(state, texts),
        participants: state.participants.iter().map(|p| participant_view(p, texts)).collect(),
        hands: state.hands.clone(),
        chat: state.chat.iter().map(|entry| chat_message(entry, texts)).collect(),
        waiting: if may(viewer, Act::Admit) { waiting(state, texts) } else { Vec::new() },
    }
}

/// The participant's own side; the same for every participant of one role.
#[must_use]
pub fn self_view(participant: &Participant) -> SelfView {
    SelfView {
        participant: participant.id,
        role: participant.role,
        may: Act::ALL.into_iter().filter(|act| may(participant.role, *act)).collect(),
    }
}

/// What a batch of events, already carried out, tells those who were participants before and
/// still are. `state` is the state after the whole batch. Lists (hands, waiting room) and the
/// conference's own facts are told once, at the end.
///
/// A participant who came in with the batch (see [`crate::entered`] and [`Event::Admitted`]) gets
/// a [`snapshot`] of `state` instead.
#[must_use]
pub fn deltas(state: &State, events: &[Event], texts: &Texts) -> Vec<Told> {
    let mut told = Vec::new();
    let mut everyone = |delta| told.push(Told { to: Audience::Everyone, delta });
    let (mut hands_changed, mut waiting_changed) = (false, false);
    let mut info_changed_by: Option<Option<ParticipantId>> = None;
    let shown = |id| state.participant(id).map(|p| participant_view(p, texts));
    for event in events {
        match event {
            Event::Opened { .. } => info_changed_by = Some(None),
            Event::Reopened {} => info_changed_by = Some(None),
            Event::Joined(arrival) => {
                if let Some(participant) = shown(arrival.participant) {
                    everyone(Delta::Joined { participant });
                }
            }
            Event::Admitted { participant, .. } => {
                waiting_changed = true;
                if let Some(participant) = shown(*participant) {
                    everyone(Delta::Joined { participant });
                }
            }
            Event::WaitingStarted { .. } | Event::WaitingEnded { .. } => waiting_changed = true,
            Event::Reconnecting { participant, .. } | Event::Returned { participant } => {
                if let Some(participant) = shown(*participant) {
                    everyone(Delta::Changed { participant, by: None });
                }
            }
            Event::MediaSet { participant, by, .. } => {
                if let Some(participant) = shown(*participant) {
                    everyone(Delta::Changed { participant, by: *by });
                }
            }
            Event::Muted { participant, by } => {
                if let Some(participant) = shown(*participant) {
                    everyone(Delta::Changed { participant, by: Some(*by) });
                }
            }
            Event::Left { participant, reason, .. } => {
                everyone(Delta::Left { participant: *participant, reason: *reason });
            }
            Event::HandRaised { .. } | Event::HandLowered { .. } => hands_changed = true,
            Event::ChatPosted { message, .. } => {
                if let Some(entry) = state.chat.iter().rev().find(|c| c.message == *message) {
                    everyone(Delta::Chat { message: chat_message(entry, texts) });
                }
            }
            Event::LockSet { by, .. } => info_changed_by = Some(*by),
            Event::WaitingRoomSet { by, .. } | Event::DoorOpened { by } | Event::Ended { by } => {
                info_changed_by = Some(Some(*by));
            }
        }
    }
    if hands_changed {
        everyone(Delta::Hands { hands: state.hands.clone() });
    }
    if let Some(by) = info_changed_by {
        everyone(Delta::Conference { info: info(state, texts), by });
    }
    if waiting_changed {
        let delta = Delta::Waiting { waiting: waiting(state, texts) };
        told.push(Told { to: Audience::Doorkeepers, delta });
    }
    told
}

fn info(state: &State, texts: &Texts) -> ConferenceInfo {
    ConferenceInfo {
        id: state.id.clone(),
        title: texts.title.clone(),
        label: texts.label.clone(),
        locked: state.locked,
        waiting_room: state.waiting_room,
        ended: state.phase == Phase::Ended,
        opens_ms: state.opens().map(|at| at.0),
    }
}

fn participant_view(participant: &Participant, texts: &Texts) -> ParticipantView {
    ParticipantView {
        id: participant.id,
        name: texts.text(participant.name).to_owned(),
        unit: texts.text(participant.unit).to_owned(),
        role: participant.role,
        presence: participant.presence(),
        microphone: participant.microphone,
        camera: participant.camera,
        screen: participant.screen,
        muted_by: participant.muted_by,
    }
}

fn chat_message(entry: &ChatEntry, texts: &Texts) -> ChatMessage {
    ChatMessage {
        id: entry.message,
        from: entry.from,
        name: texts.text(entry.name).to_owned(),
        text: texts.text(entry.text).to_owned(),
        at_ms: entry.at.0,
    }
}

fn waiting(state: &State, texts: &Texts) -> Vec<WaitingPerson> {
    let person = |w: &crate::Waiting| WaitingPerson {
        participant: w.arrival.participant,
        name: texts.text(w.arrival.name).to_owned(),
        unit: texts.text(w.arrival.unit).to_owned(),
        since_ms: w.since.0,
    };
    state.waiting.iter().map(person).collect()
}
