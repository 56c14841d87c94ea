//! What is true of a conference now.
//!
//! Changed by [`crate::evolve`] only; read by `decide`, the views and the runner. Everything in it
//! is bounded: participants and waiting people by the limits of `lobby`, chat by
//! [`crate::MAX_CHAT_MESSAGES`], hands by the participants.

use crate::view::Presence;
use crate::{Act, Arrival, PersonId, Refusal, Role, TextId, Timestamp, role};
use media_control::{ConferenceId, ParticipantId};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Version of the JSON form of [`State`] in stored snapshots; one of another version is ignored
/// and the journal replayed instead.
pub const STATE_VERSION: u16 = 1;

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
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            waiting_room: false,
            guests: true,
            always_open: false,
            limit: crate::DEFAULT_LIMIT,
            opens: None,
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
    /// `None` while the connection is there; else when the place is given up.
    pub gone_until: Option<Timestamp>,
    /// The participant wants it and nobody has muted it.
    pub microphone: bool,
    pub camera: bool,
    pub screen: bool,
    /// Who switched the microphone off, when it was not the participant.
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
    pub(crate) participants: Vec<Participant>,
    pub(crate) waiting: Vec<Waiting>,
    pub(crate) hands: Vec<ParticipantId>,
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
            participants: Vec::new(),
            waiting: Vec::new(),
            hands: Vec::new(),
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

    /// Raised hands, first raised first.
    #[must_use]
    pub fn hands(&self) -> &[ParticipantId] {
        &self.hands
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
        let mut used: Vec<TextId> = inside.chain(outside).chain(chat).collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// When the next grace period ends; the runner gives a [`crate::Command::Tick`] then.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let inside = self.participants.iter().filter_map(|p| p.gone_until);
        let outside = self.waiting.iter().filter_map(|w| w.gone_until);
        inside.chain(outside).min()
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
        if role::may(asker.role, act) { Ok(asker) } else { Err(Refusal::NotAllowed) }
    }

    /// The admitted participant `id`, or the refusal that says it is not there.
    pub(crate) fn admitted(&self, id: ParticipantId) -> Result<&Participant, Refusal> {
        self.participant(id).ok_or(Refusal::NoSuchParticipant(id))
    }

    pub(crate) fn participant_mut(&mut self, id: ParticipantId) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|p| p.id == id)
    }
}
