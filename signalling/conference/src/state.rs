//! What is true of a conference now.
//!
//! Changed by [`crate::evolve`] only; read by `decide`, the views and the runner. Everything in it
//! is bounded: participants and waiting people by the limits of `lobby`, chat by
//! [`crate::MAX_CHAT_MESSAGES`], hands by the participants.

use crate::agenda::Agenda;
use crate::arranging::Arrangements;
use crate::floor::{Floor, Queue};
use crate::patrol::Patrol;
use crate::presiding::Deputy;
use crate::roll_call::RollCall;
use crate::speaking::{Microphones, Undo};
use crate::stage::Stage;
use crate::view::Presence;
use crate::{
    Act, Actor, Arrival, By, InvitedSite, MeetingKind, PersonId, Refusal, Role, Secrecy, SiteId, TextId,
    Timestamp, role,
};
use media_control::{ConferenceId, ParticipantId};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Version of the JSON form of [`State`] in stored snapshots; one of another version is ignored
/// and the journal replayed instead.
pub const STATE_VERSION: u16 = 2;

/// What was chosen when the conference was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Arrivals wait until somebody admits them; can be switched during the meeting.
    pub waiting_room: bool,
    /// People without an account may come by link.
    pub guests: bool,
    /// Opens again by itself when somebody comes after "end for all".
    pub always_open: bool,
    /// Most participants at once, see [`crate::DEFAULT_LIMIT`].
    pub limit: u32,
    /// Until then only those come in who may [`Act::EnterEarly`]; `None`: open from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "is_usual")]
    pub kind: MeetingKind,
    #[serde(default, skip_serializing_if = "is_usual")]
    pub secrecy: Secrecy,
}

/// Left out of rows, which then read as those from before the field.
fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            waiting_room: false,
            guests: true,
            always_open: false,
            limit: crate::DEFAULT_LIMIT,
            opens: None,
            kind: MeetingKind::Normal,
            secrecy: Secrecy::Public,
        }
    }
}

/// Where a conference stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// No event yet.
    New,
    Open,
    Ended,
}

/// Somebody admitted and not left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    pub id: ParticipantId,
    pub person: PersonId,
    pub role: Role,
    pub name: TextId,
    pub unit: TextId,
    /// The site that they stand for.
    pub site: Option<SiteId>,
    /// `None` while the connection is there; else when the place is given up.
    pub gone_until: Option<Timestamp>,
    /// The participant wants it and nobody has muted it.
    pub microphone: bool,
    pub camera: bool,
    pub screen: bool,
    /// Who switched the microphone off, when it was not the participant; [`crate::OUTSIDE`] when it was
    /// nobody inside.
    pub muted_by: Option<ParticipantId>,
}

impl Participant {
    /// Whether the connection is there.
    #[must_use]
    pub const fn presence(&self) -> Presence {
        if self.gone_until.is_none() { Presence::Here } else { Presence::Reconnecting }
    }
}

/// Somebody in the waiting room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub arrival: Arrival,
    pub since: Timestamp,
    /// As in [`Participant::gone_until`].
    pub gone_until: Option<Timestamp>,
}

/// One chat message, without its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatEntry {
    pub message: u64,
    pub from: ParticipantId,
    /// The author's name at the time of writing.
    pub name: TextId,
    pub text: TextId,
    pub at: Timestamp,
}

/// One conference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub(crate) id: ConferenceId,
    pub(crate) settings: Settings,
    pub(crate) phase: Phase,
    pub(crate) locked: bool,
    pub(crate) waiting_room: bool,
    /// Somebody has opened the door before its time.
    #[serde(default)]
    pub(crate) opened_early: bool,
    /// Called off.
    #[serde(default)]
    pub(crate) cancelled: bool,
    pub(crate) participants: Vec<Participant>,
    pub(crate) waiting: Vec<Waiting>,
    pub(crate) floor: Floor,
    pub(crate) kind: MeetingKind,
    pub(crate) microphones: Microphones,
    pub(crate) undo: Option<Undo>,
    pub(crate) stage: Stage,
    /// How composed pictures are divided.
    #[serde(default)]
    pub(crate) arrangements: Arrangements,
    pub(crate) agenda: Agenda,
    pub(crate) sites: Vec<InvitedSite>,
    pub(crate) roll_call: Option<RollCall>,
    pub(crate) patrol: Option<Patrol>,
    /// Who presides; may have gone.
    pub(crate) presiding: Option<ParticipantId>,
    /// A deputy takes over then.
    pub(crate) missing_until: Option<Timestamp>,
    /// Who was named deputy.
    pub(crate) deputy: Option<Deputy>,
    pub(crate) next_chapter: u32,
    /// Composed pictures are gone, as far as the journal knows.
    #[serde(default)]
    pub(crate) is_programme_lost: bool,
    /// Since when the meeting goes out as a live stream.
    #[serde(default)]
    pub(crate) live: Option<Timestamp>,
    pub(crate) chat: VecDeque<ChatEntry>,
    /// Who was removed lately and must be admitted to come back, longest ago first.
    pub(crate) removed: VecDeque<PersonId>,
    pub(crate) next_participant: u32,
    pub(crate) next_text: u64,
    pub(crate) next_message: u64,
}

impl State {
    /// A conference of which nothing has happened yet.
    #[must_use]
    pub fn new(id: ConferenceId) -> Self {
        Self {
            id,
            settings: Settings::default(),
            phase: Phase::New,
            locked: false,
            waiting_room: false,
            opened_early: false,
            cancelled: false,
            participants: Vec::new(),
            waiting: Vec::new(),
            floor: Floor::default(),
            kind: MeetingKind::Normal,
            microphones: Microphones::Open,
            undo: None,
            stage: Stage::default(),
            arrangements: Arrangements::default(),
            agenda: Agenda::default(),
            sites: Vec::new(),
            roll_call: None,
            patrol: None,
            presiding: None,
            missing_until: None,
            deputy: None,
            next_chapter: 1,
            is_programme_lost: false,
            live: None,
            chat: VecDeque::new(),
            removed: VecDeque::new(),
            next_participant: 1,
            next_text: 1,
            next_message: 1,
        }
    }

    /// Name of the conference.
    #[must_use]
    pub const fn id(&self) -> &ConferenceId {
        &self.id
    }

    /// When the door opens to everybody; `None` when no time was set or somebody has opened it.
    /// May lie in the past.
    #[must_use]
    pub const fn opens(&self) -> Option<Timestamp> {
        if self.opened_early { None } else { self.settings.opens }
    }

    /// What was chosen when the conference was made.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Where the conference stands in its life.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Nobody has ever come to the door.
    #[must_use]
    pub const fn is_untouched(&self) -> bool {
        self.next_participant == 1
    }

    /// Nobody else is let in.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.locked
    }

    /// Arrivals wait until somebody admits them.
    #[must_use]
    pub const fn has_waiting_room(&self) -> bool {
        self.waiting_room
    }

    /// Everyone admitted and not left, in order of admission.
    #[must_use]
    pub fn participants(&self) -> &[Participant] {
        &self.participants
    }

    /// Who waits for admission, longest wait first.
    #[must_use]
    pub fn waiting(&self) -> &[Waiting] {
        &self.waiting
    }

    /// Raised hands, first raised first: who waits to speak.
    #[must_use]
    pub fn hands(&self) -> Vec<ParticipantId> {
        self.floor.queue(Queue::Speech).iter().map(|request| request.participant).collect()
    }

    /// Who speaks and who waits.
    #[must_use]
    pub const fn floor(&self) -> &Floor {
        &self.floor
    }

    /// What kind of meeting it is now.
    #[must_use]
    pub const fn kind(&self) -> MeetingKind {
        self.kind
    }

    /// Who may switch a microphone on.
    #[must_use]
    pub const fn microphones(&self) -> Microphones {
        self.microphones
    }

    /// The bulk mute that may still be taken back.
    #[must_use]
    pub const fn undo(&self) -> Option<&Undo> {
        self.undo.as_ref()
    }

    /// What was set for the stage; what is shown: [`crate::stage::shown`].
    #[must_use]
    pub const fn stage(&self) -> &Stage {
        &self.stage
    }

    /// What was chosen for composed pictures.
    #[must_use]
    pub const fn arrangements(&self) -> &Arrangements {
        &self.arrangements
    }

    /// The agenda.
    #[must_use]
    pub const fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// The newest roll call.
    #[must_use]
    pub const fn roll_call(&self) -> Option<&RollCall> {
        self.roll_call.as_ref()
    }

    /// Since when the meeting goes out as a live stream.
    #[must_use]
    pub const fn live(&self) -> Option<Timestamp> {
        self.live
    }

    /// The patrol under way.
    #[must_use]
    pub const fn patrol(&self) -> Option<&Patrol> {
        self.patrol.as_ref()
    }

    /// Who presides, when they are inside.
    #[must_use]
    pub fn presiding(&self) -> Option<&Participant> {
        self.participant(self.presiding?)
    }

    /// The named deputy.
    #[must_use]
    pub const fn deputy(&self) -> Option<Deputy> {
        self.deputy
    }

    /// The newest messages, oldest first.
    pub fn chat(&self) -> impl ExactSizeIterator<Item = &ChatEntry> {
        self.chat.iter()
    }

    /// The admitted participant `id`.
    #[must_use]
    pub fn participant(&self, id: ParticipantId) -> Option<&Participant> {
        self.participants.iter().find(|p| p.id == id)
    }

    /// `id` in the waiting room, with its place from 1.
    #[must_use]
    pub fn waiting_place(&self, id: ParticipantId) -> Option<(u32, &Waiting)> {
        let index = self.waiting.iter().position(|w| w.arrival.participant == id)?;
        Some((u32::try_from(index + 1).unwrap_or(u32::MAX), &self.waiting[index]))
    }

    /// The number for the next text; the one after it is [`TextId::next`], and so on.
    #[must_use]
    pub const fn next_text(&self) -> TextId {
        TextId(self.next_text)
    }

    /// Every text that a view of this state may show.
    #[must_use]
    pub fn used_texts(&self) -> Vec<TextId> {
        let inside = self.participants.iter().flat_map(|p| [p.name, p.unit]);
        let outside = self.waiting.iter().flat_map(|w| [w.arrival.name, w.arrival.unit]);
        let chat = self.chat.iter().flat_map(|c| [c.name, c.text]);
        let sites = self.sites.iter().filter_map(|site| site.found.as_ref());
        let found = sites.flat_map(|found| [found.note, found.names]).flatten();
        let captions = self.sites.iter().filter_map(|site| site.caption);
        let run = self.floor.texts().chain(self.agenda.texts()).chain(found).chain(captions);
        let mut used: Vec<TextId> = inside.chain(outside).chain(chat).chain(run).collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// When time itself changes something next; the runner gives a [`crate::Command::Tick`] then.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let inside = self.participants.iter().filter_map(|p| p.gone_until);
        let outside = self.waiting.iter().filter_map(|w| w.gone_until);
        let held = self.floor.turn.iter().filter_map(|turn| turn.held_until);
        let rules = [crate::presiding::deadline(self), crate::patrol::deadline(self)];
        inside.chain(outside).chain(held).chain(rules.into_iter().flatten()).min()
    }

    /// Who shares a screen; at most one does.
    #[must_use]
    pub fn presenter(&self) -> Option<&Participant> {
        self.participants.iter().find(|p| p.screen)
    }

    /// The participant `by`, if it is there and its role may do `act`. Asked before anything is
    /// looked up or validated.
    pub(crate) fn authorise(&self, by: ParticipantId, act: Act) -> Result<&Participant, Refusal> {
        let asker = self.admitted(by)?;
        if role::may(self.role_of(asker), act) { Ok(asker) } else { Err(Refusal::NotAllowed) }
    }

    /// As [`State::authorise`], also for somebody outside. Nothing happens in a meeting that has ended.
    pub(crate) fn authorise_actor(&self, actor: Actor, act: Act) -> Result<By, Refusal> {
        match actor {
            Actor::Inside(participant) => {
                self.authorise(participant, act)?;
            }
            Actor::Outside { role, .. } if !role::may(role, act) => return Err(Refusal::NotAllowed),
            Actor::Outside { .. } => match self.phase {
                Phase::Open => {}
                Phase::New => return Err(Refusal::NotOpen),
                Phase::Ended => return Err(Refusal::Ended),
            },
        }
        Ok(actor.by())
    }

    /// What the participant may do goes by this role: a deputy who presides acts as chair.
    #[must_use]
    pub fn role_of(&self, participant: &Participant) -> Role {
        if self.presiding == Some(participant.id) { Role::Chair } else { participant.role }
    }

    /// The admitted participant `id`, or the refusal that says it is not there.
    pub(crate) fn admitted(&self, id: ParticipantId) -> Result<&Participant, Refusal> {
        self.participant(id).ok_or(Refusal::NoSuchParticipant(id))
    }

    pub(crate) fn participant_mut(&mut self, id: ParticipantId) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|p| p.id == id)
    }
}
