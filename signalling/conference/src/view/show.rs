//! Builds what is shown: the snapshot on arrival and the deltas of committed events.
//!
//! Called by the runner after `evolve`. A delta is built once and goes to its [`Audience`]; what a
//! role may not see is never built for it.

use super::show_course as course;
use super::{ChatMessage, ConferenceInfo, ConferenceView, Delta, ParticipantView, SelfView, WaitingPerson};
use crate::floor::FloorEvent;
use crate::presiding::PresidingEvent;
use crate::role::may;
use crate::roll_call::RollCallEvent;
use crate::{Act, ChatEntry, Event, Participant, Phase, Role, SiteId, State, Texts};
use media_control::ParticipantId;
use std::collections::BTreeSet;

/// Who may see a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every participant.
    Everyone,
    /// Participants who may do that act.
    Whoever(Act),
    /// This participant.
    One(ParticipantId),
}

impl Audience {
    /// Whether `participant` is meant, who acts as `role` (see [`State::role_of`]).
    #[must_use]
    pub fn includes(self, participant: ParticipantId, role: Role) -> bool {
        match self {
            Self::Everyone => true,
            Self::Whoever(act) => may(role, act),
            Self::One(one) => one == participant,
        }
    }
}

/// One delta and who may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub to: Audience,
    pub delta: Delta,
}

/// The whole conference as somebody who acts as `viewer` may see it.
#[must_use]
pub fn snapshot(state: &State, texts: &Texts, viewer: Role) -> ConferenceView {
    let calls_roll = may(viewer, Act::CallRoll);
    ConferenceView {
        info: info(state, texts),
        participants: state.participants.iter().map(|p| participant_view(state, p, texts)).collect(),
        hands: state.hands(),
        chat: state.chat.iter().map(|entry| chat_message(entry, texts)).collect(),
        waiting: if may(viewer, Act::Admit) { waiting(state, texts) } else { Vec::new() },
        floor: course::floor(state, texts),
        stage: course::stage(state),
        pictures: may(viewer, Act::SetStage).then(|| state.arrangements().clone()),
        agenda: course::agenda(state, texts),
        sites: if calls_roll { course::sites(state, texts) } else { Vec::new() },
        roll_call: if calls_roll { course::roll_call(state) } else { None },
        patrol: if may(viewer, Act::SetStage) { course::patrol(state) } else { None },
    }
}

/// The participant's own side.
#[must_use]
pub fn self_view(state: &State, participant: &Participant) -> SelfView {
    let role = state.role_of(participant);
    SelfView {
        participant: participant.id,
        role: participant.role,
        may: Act::ALL.into_iter().filter(|act| may(role, *act)).collect(),
    }
}

/// What a batch has changed beside single participants; each is told once, at the end.
#[derive(Default)]
struct Changed {
    info: Option<Option<ParticipantId>>,
    hands: bool,
    waiting: bool,
    floor: bool,
    stage: bool,
    pictures: bool,
    agenda: bool,
    roll_call: bool,
    patrol: bool,
    all_sites: bool,
    sites: BTreeSet<SiteId>,
    /// Who presides, or did: their own rights have changed.
    leads: BTreeSet<ParticipantId>,
}

/// What a batch of events, already carried out, tells those who were participants before and
/// still are. `state` is the state after the whole batch. Lists (hands, waiting room, floor …) and the
/// conference's own facts are told once, at the end.
///
/// A participant who came in with the batch (see [`crate::entered`] and [`Event::Admitted`]) gets
/// a [`snapshot`] of `state` instead.
#[must_use]
pub fn deltas(state: &State, events: &[Event], texts: &Texts) -> Vec<Told> {
    let mut told = Vec::new();
    let mut changed = Changed::default();
    for event in events {
        let delta = of_event(state, event, texts);
        let microphones = if let Event::RollCall(event) = event { of_roll_call(event) } else { Vec::new() };
        let all = delta.into_iter().chain(microphones);
        told.extend(all.map(|delta| Told { to: Audience::Everyone, delta }));
        changed.note(state, event);
    }
    changed.tell(state, texts, &mut told);
    told
}

/// What one event tells everybody by itself.
fn of_event(state: &State, event: &Event, texts: &Texts) -> Option<Delta> {
    let shown = |id| state.participant(id).map(|p| participant_view(state, p, texts));
    let changed = |id, by| shown(id).map(|participant| Delta::Changed { participant, by });
    match event {
        Event::Joined(arrival) => shown(arrival.participant).map(|participant| Delta::Joined { participant }),
        Event::Admitted { participant, .. } => {
            shown(*participant).map(|participant| Delta::Joined { participant })
        }
        Event::Reconnecting { participant, .. } | Event::Returned { participant } => {
            changed(*participant, None)
        }
        Event::MediaSet { participant, by, .. } => changed(*participant, *by),
        Event::Muted { participant, by } => changed(*participant, Some(*by)),
        Event::Seated { participant, by, .. } => changed(*participant, Some(by.shown())),
        Event::Left { participant, reason, .. } => {
            Some(Delta::Left { participant: *participant, reason: *reason })
        }
        Event::ChatPosted { message, .. } => {
            let entry = state.chat.iter().rev().find(|c| c.message == *message)?;
            Some(Delta::Chat { message: chat_message(entry, texts) })
        }
        Event::AllMuted { participants, by, until } => Some(Delta::Muted {
            participants: participants.clone(),
            by: by.shown(),
            undo_until_ms: Some(until.0),
        }),
        Event::MuteUndone { participants, by } => {
            Some(Delta::Unmuted { participants: participants.clone(), by: by.shown() })
        }
        Event::Floor(FloorEvent::Granted { participant, opens: true, by, .. }) => {
            changed(*participant, Some(by.shown()))
        }
        // Also for the time that the participant has spoken.
        Event::Floor(FloorEvent::Released { participant, by, .. }) => {
            changed(*participant, by.map(crate::By::shown))
        }
        _ => None,
    }
}

/// Whom a step of the roll call silences, and whom it lets speak.
fn of_roll_call(event: &RollCallEvent) -> Vec<Delta> {
    let (closes, opens) = event.microphones();
    let by = event.by().shown();
    let mut told = Vec::new();
    if !closes.is_empty() {
        told.push(Delta::Muted { participants: closes.to_vec(), by, undo_until_ms: None });
    }
    if !opens.is_empty() {
        told.push(Delta::Unmuted { participants: opens.to_vec(), by });
    }
    told
}

impl Changed {
    fn note(&mut self, state: &State, event: &Event) {
        match event {
            Event::Opened { .. } | Event::Adjusted { .. } => self.info = Some(None),
            Event::Reopened {} => {
                self.info = Some(None);
                (self.hands, self.floor, self.stage, self.agenda) = (true, true, true, true);
                (self.roll_call, self.patrol, self.all_sites, self.pictures) = (true, true, true, true);
            }
            Event::LockSet { by, .. } => self.info = Some(*by),
            Event::WaitingRoomSet { by, .. } | Event::DoorOpened { by } => self.info = Some(Some(*by)),
            Event::Ended { by } => {
                self.info = Some(Some(*by));
                (self.hands, self.floor, self.stage, self.patrol) = (true, true, true, true);
            }
            Event::KindSet { by, .. } | Event::MicrophonesSet { by, .. } => {
                self.info = Some(Some(by.shown()))
            }
            Event::LiveOpened { by, .. } => self.info = Some(Some(by.shown())),
            Event::LiveClosed { by, .. } => self.info = Some(by.map(crate::By::shown)),
            Event::Joined(arrival) => {
                self.note_seat(state, arrival.site.as_ref());
                if state.deputy.is_some_and(|deputy| deputy.participant == arrival.participant) {
                    self.info = Some(self.info.flatten());
                }
            }
            Event::Admitted { participant, .. } => {
                self.waiting = true;
                self.note_presence(state, *participant);
                if state.deputy.is_some_and(|deputy| deputy.participant == *participant) {
                    self.info = Some(self.info.flatten());
                }
            }
            Event::WaitingStarted { .. } | Event::WaitingEnded { .. } => self.waiting = true,
            Event::Reconnecting { participant, .. } | Event::Returned { participant } => {
                self.note_presence(state, *participant);
            }
            // For which site they stood is no longer known.
            Event::Left { participant, .. } => {
                let has_floor = state.floor().turn().is_some_and(|turn| turn.participant == *participant);
                self.stage |= has_floor || state.presiding == Some(*participant);
                self.stage |= self.site_on_stage(state).is_some();
            }
            Event::Seated { .. } => (self.stage, self.floor) = (true, true),
            Event::HandRaised { .. } | Event::HandLowered { .. } => (self.hands, self.floor) = (true, true),
            Event::Floor(event) => {
                (self.hands, self.floor) = (true, true);
                self.stage |= matches!(
                    event,
                    FloorEvent::Granted { .. }
                        | FloorEvent::Held { .. }
                        | FloorEvent::Resumed { .. }
                        | FloorEvent::Released { .. }
                );
            }
            Event::StageSet { .. } => self.stage = true,
            Event::Presiding(event) => {
                self.info = Some(self.info.flatten());
                self.stage = true;
                if let PresidingEvent::Taken { participant, from } = event {
                    self.leads.extend(from.iter().chain([participant]));
                }
            }
            Event::Agenda(_) => self.agenda = true,
            Event::PictureArranged { .. } => self.pictures = true,
            Event::SitesInvited { .. } => {
                (self.all_sites, self.roll_call, self.pictures) = (true, true, true);
            }
            Event::SitesCalled { sites, .. } => self.sites.extend(sites.iter().cloned()),
            Event::CaptionSet { site, .. } => {
                self.sites.insert(site.clone());
            }
            Event::RollCall(event) => self.note_roll_call(event),
            Event::Patrol(_) => (self.patrol, self.stage) = (true, true),
            Event::Cancelled { .. }
            | Event::Restored { .. }
            | Event::AllMuted { .. }
            | Event::MuteUndone { .. }
            | Event::Muted { .. }
            | Event::MediaSet { .. }
            | Event::ChatPosted { .. }
            | Event::ChapterWritten { .. }
            | Event::ProgrammeLost { .. }
            | Event::ProgrammeBack { .. } => {}
        }
    }

    fn note_roll_call(&mut self, event: &RollCallEvent) {
        (self.roll_call, self.stage) = (true, true);
        match event {
            RollCallEvent::Started { .. } | RollCallEvent::Finished { .. } => self.all_sites = true,
            RollCallEvent::Marked { site, .. } => {
                self.sites.insert(site.clone());
            }
            _ => {}
        }
    }

    /// Somebody's being there changes who stands for a site, and the site may be on the stage.
    fn note_seat(&mut self, state: &State, site: Option<&SiteId>) {
        self.stage |= site.is_some() && site == self.site_on_stage(state);
    }

    fn site_on_stage<'a>(&self, state: &'a State) -> Option<&'a SiteId> {
        let called = state.roll_call().and_then(crate::roll_call::RollCall::on_stage);
        called.or_else(|| state.patrol().and_then(crate::patrol::Patrol::on_stage))
    }

    fn note_presence(&mut self, state: &State, participant: ParticipantId) {
        let site = state.participant(participant).and_then(|p| p.site.as_ref());
        self.note_seat(state, site);
    }

    fn tell(self, state: &State, texts: &Texts, told: &mut Vec<Told>) {
        let mut tell = |to, delta| told.push(Told { to, delta });
        let everyone = Audience::Everyone;
        // The floor first: who sees the own hand go must know by then that it was called.
        if self.floor {
            tell(everyone, Delta::Floor { floor: course::floor(state, texts) });
        }
        if self.hands {
            tell(everyone, Delta::Hands { hands: state.hands() });
        }
        if self.stage {
            tell(everyone, Delta::Stage { stage: course::stage(state) });
        }
        if self.pictures {
            let pictures = Some(state.arrangements().clone());
            tell(Audience::Whoever(Act::SetStage), Delta::Pictures { pictures });
        }
        if self.agenda {
            tell(everyone, Delta::Agenda { agenda: course::agenda(state, texts) });
        }
        if let Some(by) = self.info {
            tell(everyone, Delta::Conference { info: info(state, texts), by });
        }
        let doorkeepers = Audience::Whoever(Act::Admit);
        let callers = Audience::Whoever(Act::CallRoll);
        if self.waiting {
            tell(doorkeepers, Delta::Waiting { waiting: waiting(state, texts) });
        }
        if self.all_sites {
            tell(callers, Delta::Sites { sites: course::sites(state, texts) });
        } else if !self.sites.is_empty() {
            let changed = state.sites().iter().filter(|site| self.sites.contains(&site.id));
            let sites = changed.map(|site| course::site(site, texts)).collect();
            tell(callers, Delta::SitesChanged { sites });
        }
        if self.roll_call {
            tell(callers, Delta::RollCall { roll_call: course::roll_call(state) });
        }
        if self.patrol {
            tell(Audience::Whoever(Act::SetStage), Delta::Patrol { patrol: course::patrol(state) });
        }
        for id in self.leads {
            if let Some(participant) = state.participant(id) {
                tell_rights(state, texts, participant, &mut tell);
            }
        }
    }
}

/// Somebody's rights have changed: what they see now, or no longer.
fn tell_rights(
    state: &State,
    texts: &Texts,
    participant: &Participant,
    tell: &mut impl FnMut(Audience, Delta),
) {
    // A role that leads by itself sees all of it whoever presides.
    if may(participant.role, Act::NameDeputy) {
        return;
    }
    let one = Audience::One(participant.id);
    let view = snapshot(state, texts, state.role_of(participant));
    tell(one, Delta::You { you: self_view(state, participant) });
    tell(one, Delta::Waiting { waiting: view.waiting });
    tell(one, Delta::Sites { sites: view.sites });
    tell(one, Delta::RollCall { roll_call: view.roll_call });
    tell(one, Delta::Patrol { patrol: view.patrol });
    tell(one, Delta::Pictures { pictures: view.pictures });
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
        kind: state.kind,
        secrecy: state.settings.secrecy,
        microphones: state.microphones,
        presiding: state.presiding,
        deputy: state.deputy.map(|deputy| deputy.participant),
        live_since_ms: state.live.map(|at| at.0),
        takes_over_ms: state.missing_until.map(|at| at.0),
    }
}

fn participant_view(state: &State, participant: &Participant, texts: &Texts) -> ParticipantView {
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
        site: participant.site.clone(),
        spoken: course::spoken(state, participant),
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
