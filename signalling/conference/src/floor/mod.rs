//! The floor: who speaks, who waits to speak or to question, and for how long.
//!
//! A raised hand is a request of the first queue. One grant does everything at once: right to the
//! microphone, stage, lower third, time and chapter follow from its row. `rules` decides, `carry`
//! carries out. The turn outlives the connection of its holder by [`FLOOR_HELD_MS`].

mod carry;
mod rules;

pub(crate) use carry::{carry_out, forget_gone};
pub(crate) use rules::{at_the_end, come_back, decide, departs, go_away, lower_hand, raise_hand, tick};

use crate::actor::By;
use crate::words::Said;
use crate::{PersonId, SiteId, TextId, Timestamp};
use media_control::ParticipantId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How long a turn waits for its holder to come back, in milliseconds.
pub const FLOOR_HELD_MS: i64 = 10_000;
/// Time to speak unless it was set otherwise.
pub const DEFAULT_TURN_MS: u32 = 5 * 60 * 1000;
/// Longest time to speak that can be set.
pub const LONGEST_TURN_MS: u32 = 4 * 60 * 60 * 1000;
/// Longest subject of a request, name and position of a speaker, in characters.
pub const MAX_LINE_CHARS: u32 = 200;
/// Persons whose speaking time is remembered; who spoke longest ago is forgotten first (the journal
/// keeps all).
pub const MAX_SPOKEN: usize = 2000;

/// What somebody waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// To speak (phát biểu): a raised hand.
    #[default]
    Speech,
    /// To question (chất vấn).
    Question,
}

/// What is asked about the floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FloorAsk {
    /// For oneself without `who`.
    Request { who: Option<Target>, queue: Queue, subject: Option<Said> },
    /// From the queue, or from both; for oneself without `who`.
    Withdraw { who: Option<Target>, queue: Option<Queue> },
    /// To the place `place` (0 is the first) of the queue.
    Move { who: Target, queue: Queue, place: u32 },
    /// Gives the floor; a turn that runs ends. `seen` is the turn that the asker has seen (0: none):
    /// when it is another one by now, somebody else was faster and nothing happens.
    Grant {
        to: Grantee,
        speaker: Option<Said>,
        position: Option<Said>,
        limit_ms: Option<u32>,
        seen: Option<u32>,
    },
    /// Ends the turn; the holder may do so too.
    Release { seen: Option<u32> },
    /// Of the turn that runs, else of those to come.
    Time { limit_ms: u32 },
    /// Opens or closes the registration.
    Registration { open: bool },
}

/// Whom an act about the floor means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Participant(ParticipantId),
    /// Whoever stands for the site.
    Site(SiteId),
}

/// Who gets the floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// The first of the queue.
    Next(Queue),
    Named(Target),
}

/// What has happened to the floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum FloorEvent {
    Requested {
        participant: ParticipantId,
        queue: Queue,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<TextId>,
        at: Timestamp,
        by: By,
    },
    Withdrawn {
        participant: ParticipantId,
        queue: Queue,
        /// `None` when the participant has left.
        by: Option<By>,
    },
    Moved {
        participant: ParticipantId,
        queue: Queue,
        place: u32,
        by: By,
    },
    Granted {
        turn: u32,
        participant: ParticipantId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<Queue>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        speaker: Option<TextId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        position: Option<TextId>,
        at: Timestamp,
        limit_ms: u32,
        /// A microphone that somebody else had muted is on again.
        opens: bool,
        by: By,
    },
    /// The holder's connection is gone; the turn waits until then.
    Held {
        until: Timestamp,
    },
    /// The holder is back, perhaps under another number.
    Resumed {
        participant: ParticipantId,
    },
    Released {
        participant: ParticipantId,
        at: Timestamp,
        spoke_ms: u64,
        end: TurnEnd,
        /// The microphone that the grant had opened is muted again.
        closes: bool,
        by: Option<By>,
    },
    TimeSet {
        limit_ms: u32,
        /// Of the turn that runs.
        turn: bool,
        by: By,
    },
    RegistrationSet {
        open: bool,
        by: By,
    },
}

/// Why a turn has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnEnd {
    /// Somebody ended it.
    Released,
    /// Somebody else was given the floor.
    Replaced,
    /// The holder was gone for longer than the turn waits.
    Lost,
    /// The holder was removed, or the meeting ended.
    Gone,
}

/// One who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorRequest {
    pub participant: ParticipantId,
    pub subject: Option<TextId>,
    /// Unknown in rows from before requests had a time.
    pub since: Option<Timestamp>,
}

/// Who has the floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    pub number: u32,
    /// May have left while the turn waits for the person.
    pub participant: ParticipantId,
    pub person: PersonId,
    /// Name and unit of the participant, also when they have left.
    pub name: TextId,
    pub unit: TextId,
    pub site: Option<SiteId>,
    /// What the turn is for; `None` when it was given without a request.
    pub queue: Option<Queue>,
    /// Who speaks behind the device, when it is not its own name.
    pub speaker: Option<TextId>,
    pub position: Option<TextId>,
    pub subject: Option<TextId>,
    pub since: Timestamp,
    pub limit_ms: u32,
    /// The grant switched the microphone on.
    pub opened: bool,
    pub held_until: Option<Timestamp>,
}

/// How often and how long a person had the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    pub person: PersonId,
    pub turns: u32,
    pub total_ms: u64,
}

/// The floor of one conference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    pub(crate) speech: Vec<FloorRequest>,
    pub(crate) question: Vec<FloorRequest>,
    pub(crate) turn: Option<Turn>,
    pub(crate) turns: u32,
    pub(crate) open: bool,
    pub(crate) limit_ms: u32,
    pub(crate) spoken: Vec<Spoken>,
}

impl Default for Floor {
    fn default() -> Self {
        Self {
            speech: Vec::new(),
            question: Vec::new(),
            turn: None,
            turns: 0,
            open: true,
            limit_ms: DEFAULT_TURN_MS,
            spoken: Vec::new(),
        }
    }
}

impl Floor {
    /// Who waits in `queue`, first one first.
    #[must_use]
    pub fn queue(&self, queue: Queue) -> &[FloorRequest] {
        match queue {
            Queue::Speech => &self.speech,
            Queue::Question => &self.question,
        }
    }

    pub(crate) fn queue_mut(&mut self, queue: Queue) -> &mut Vec<FloorRequest> {
        match queue {
            Queue::Speech => &mut self.speech,
            Queue::Question => &mut self.question,
        }
    }

    /// The turn that runs.
    #[must_use]
    pub const fn turn(&self) -> Option<&Turn> {
        self.turn.as_ref()
    }

    /// Whether `participant` has the floor.
    #[must_use]
    pub fn is_with(&self, participant: ParticipantId) -> bool {
        self.turn.as_ref().is_some_and(|turn| turn.participant == participant)
    }

    /// Requests are taken from everybody.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Time of turns to come.
    #[must_use]
    pub const fn limit_ms(&self) -> u32 {
        self.limit_ms
    }

    /// How often and how long `person` has spoken.
    #[must_use]
    pub fn spoken(&self, person: PersonId) -> Option<&Spoken> {
        self.spoken.iter().find(|spoken| spoken.person == person)
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = TextId> {
        let requests = self.speech.iter().chain(&self.question).filter_map(|request| request.subject);
        let turn = self
            .turn
            .iter()
            .flat_map(|turn| [Some(turn.name), Some(turn.unit), turn.speaker, turn.position, turn.subject]);
        requests.chain(turn.flatten())
    }
}

impl FloorEvent {
    pub(crate) fn texts(&self) -> Vec<TextId> {
        match self {
            Self::Requested { subject, .. } => subject.iter().copied().collect(),
            Self::Granted { speaker, position, .. } => speaker.iter().chain(position).copied().collect(),
            _ => Vec::new(),
        }
    }
}
