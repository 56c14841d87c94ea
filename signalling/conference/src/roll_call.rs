//! The roll call (điểm danh điểm cầu): walks the invited sites in order.
//!
//! Brings each on the stage with the right to speak, the others without; its result is a row, so the
//! walk goes on where it stood after any interruption. Called by `decide` and `evolve`.

use crate::actor::{Actor, By};
use crate::chapter::{self, ChapterOf};
use crate::sites::Found;
use crate::words::{Said, checked};
use crate::{Act, Event, Refusal, SiteId, State, TextId, Timestamp, speaking};
use media_control::ParticipantId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Longest note at a site, in characters.
pub const MAX_NOTE_CHARS: u32 = 500;
/// Longest list of the names of those who sit at a site, in characters.
pub const MAX_NAMES_CHARS: u32 = 4000;
/// Most people at one site.
pub const MAX_PEOPLE: u32 = 10_000;

/// How a site was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SiteResult {
    /// Đạt.
    Present,
    /// Không tiếng.
    NoSound,
    /// Không hình.
    NoPicture,
    /// Vắng.
    Absent,
}

/// What is asked about the roll call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RollCallAsk {
    /// Begins, or goes on where it was paused. With `failed` only the sites that were not found present
    /// are walked again.
    Start {
        failed: bool,
    },
    /// Calls this site now.
    Call {
        site: SiteId,
    },
    /// Keeps the result; from the called site the walk goes on to the next.
    Mark {
        site: SiteId,
        result: SiteResult,
        note: Option<Said>,
        people: Option<u32>,
        names: Option<Said>,
        /// When the mark was made that the asker has seen, 0 for none: two who mark at once do not
        /// overwrite each other.
        seen: Option<Timestamp>,
    },
    Pause,
    Finish,
}

/// What has happened in the roll call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum RollCallEvent {
    Started {
        number: u32,
        at: Timestamp,
        /// The sites to walk.
        sites: Vec<SiteId>,
        /// Whose microphones are off from now on.
        closes: Vec<ParticipantId>,
        by: By,
    },
    /// On the stage: the others' microphones are off, those of `opens` on.
    Called {
        site: SiteId,
        at: Timestamp,
        closes: Vec<ParticipantId>,
        opens: Vec<ParticipantId>,
        by: By,
    },
    Marked {
        site: SiteId,
        result: SiteResult,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<TextId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        people: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        names: Option<TextId>,
        at: Timestamp,
        by: By,
    },
    /// Every site has been walked, the last one leaves the stage.
    Walked {
        closes: Vec<ParticipantId>,
        by: By,
    },
    Paused {
        closes: Vec<ParticipantId>,
        by: By,
    },
    Continued {
        by: By,
    },
    Finished {
        at: Timestamp,
        closes: Vec<ParticipantId>,
        by: By,
    },
}

/// Where a roll call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RollCallPhase {
    Running,
    Paused,
    Finished,
}

/// The newest roll call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollCall {
    pub number: u32,
    pub phase: RollCallPhase,
    pub started: Timestamp,
    /// Sites of this walk.
    pub walk: u32,
    pub current: Option<SiteId>,
    pub current_since: Option<Timestamp>,
}

impl RollCall {
    /// The site on the stage.
    #[must_use]
    pub fn on_stage(&self) -> Option<&SiteId> {
        if self.phase == RollCallPhase::Running { self.current.as_ref() } else { None }
    }
}

fn event(event: RollCallEvent) -> Event {
    Event::RollCall(event)
}

pub(crate) fn decide(
    state: &State,
    now: Timestamp,
    by: Actor,
    ask: RollCallAsk,
) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::CallRoll)?;
    match ask {
        RollCallAsk::Start { failed } => start(state, now, by, failed),
        RollCallAsk::Call { site } => {
            running(state)?;
            state.invited(&site).ok_or(Refusal::NoSuchSite)?;
            Ok(call(state, now, &site, by).into_iter().collect())
        }
        RollCallAsk::Mark { site, result, note, people, names, seen } => {
            state.roll_call.as_ref().ok_or(Refusal::NoRollCall)?;
            let found = state.invited(&site).ok_or(Refusal::NoSuchSite)?.found.as_ref();
            let marked = found.map_or(Timestamp(0), |found| found.at);
            if seen.is_some_and(|seen| seen != marked) {
                return Err(Refusal::SiteMarked);
            }
            let note = checked(note, MAX_NOTE_CHARS)?;
            let names = checked(names, MAX_NAMES_CHARS)?;
            if people.is_some_and(|people| people > MAX_PEOPLE) {
                return Err(Refusal::TooManyPeople { limit: MAX_PEOPLE });
            }
            let found = Found { result, note, people, names, at: now };
            Ok(mark(state, now, &site, found, by))
        }
        RollCallAsk::Pause => {
            running(state)?;
            Ok(vec![event(RollCallEvent::Paused { closes: opened(state), by })])
        }
        RollCallAsk::Finish => match &state.roll_call {
            Some(roll) if roll.phase != RollCallPhase::Finished => {
                Ok(vec![event(RollCallEvent::Finished { at: now, closes: opened(state), by })])
            }
            Some(_) => Ok(Vec::new()),
            None => Err(Refusal::NoRollCall),
        },
    }
}

fn running(state: &State) -> Result<&RollCall, Refusal> {
    let roll = state.roll_call.as_ref().filter(|roll| roll.phase == RollCallPhase::Running);
    roll.ok_or(Refusal::NoRollCall)
}

fn start(state: &State, now: Timestamp, by: By, failed: bool) -> Result<Vec<Event>, Refusal> {
    match state.roll_call.as_ref().map(|roll| roll.phase) {
        Some(RollCallPhase::Running) if !failed => return Ok(Vec::new()),
        Some(RollCallPhase::Paused) if !failed => {
            let current = state.roll_call.as_ref().and_then(|roll| roll.current.as_ref());
            let called = current.and_then(|site| call(state, now, site, by));
            return Ok(std::iter::once(event(RollCallEvent::Continued { by })).chain(called).collect());
        }
        _ => {}
    }
    let is_failed = |site: &&crate::InvitedSite| {
        !failed || site.found.as_ref().is_none_or(|found| found.result != SiteResult::Present)
    };
    let sites: Vec<SiteId> = state.sites.iter().filter(is_failed).map(|site| site.id.clone()).collect();
    let Some(first) = sites.first().cloned() else { return Err(Refusal::NoSites) };
    let number = state.roll_call.as_ref().map_or(0, |roll| roll.number).saturating_add(1);
    let silenced = silenced(state, &first);
    let begun = RollCallEvent::Started { number, at: now, sites, closes: silenced, by };
    let opens = to_open(state, &first);
    let called = RollCallEvent::Called { site: first, at: now, closes: Vec::new(), opens, by };
    Ok(vec![event(begun), event(called), chapter::written(state, now, ChapterOf::RollCall { number })])
}

/// Whoever speaks now and neither leads nor stands for `site`.
fn silenced(state: &State, site: &SiteId) -> Vec<ParticipantId> {
    let speaks =
        |p: &&crate::Participant| p.microphone && p.site.as_ref() != Some(site) && !speaking::leads(state, p);
    state.participants.iter().filter(speaks).map(|p| p.id).collect()
}

/// Whose microphone the call of `site` switches on: those that somebody else had muted.
fn to_open(state: &State, site: &SiteId) -> Vec<ParticipantId> {
    let is_muted =
        |p: &&crate::Participant| p.site.as_ref() == Some(site) && !p.microphone && p.muted_by.is_some();
    state.participants.iter().filter(is_muted).map(|p| p.id).collect()
}

/// Who may speak now only because their site is called.
fn opened(state: &State) -> Vec<ParticipantId> {
    let Some(site) = state.roll_call.as_ref().and_then(RollCall::on_stage) else { return Vec::new() };
    let speaks =
        |p: &&crate::Participant| p.microphone && p.site.as_ref() == Some(site) && !speaking::leads(state, p);
    state.participants.iter().filter(speaks).map(|p| p.id).collect()
}

fn call(state: &State, now: Timestamp, site: &SiteId, by: By) -> Option<Event> {
    let current = state.roll_call.as_ref().and_then(RollCall::on_stage);
    if current == Some(site) {
        return None;
    }
    // Also those who came in with an open microphone since the last call.
    let closes = silenced(state, site);
    let opens = to_open(state, site);
    Some(event(RollCallEvent::Called { site: site.clone(), at: now, closes, opens, by }))
}

fn mark(state: &State, now: Timestamp, site: &SiteId, found: Found, by: By) -> Vec<Event> {
    let Found { result, note, people, names, at } = found;
    let mut events =
        vec![event(RollCallEvent::Marked { site: site.clone(), result, note, people, names, at, by })];
    let current = state.roll_call.as_ref().and_then(RollCall::on_stage);
    if current == Some(site) {
        match next_after(state, site) {
            Some(next) => events.extend(call(state, now, next, by)),
            None => events.push(event(RollCallEvent::Walked { closes: opened(state), by })),
        }
    }
    events
}

/// The next site of the walk behind `site`, from the top again at the end.
fn next_after<'a>(state: &'a State, site: &SiteId) -> Option<&'a SiteId> {
    let place = state.sites.iter().position(|known| known.id == *site)?;
    let (before, from) = state.sites.split_at(place);
    let mut rest = from.iter().skip(1).chain(before);
    rest.find(|site| site.due).map(|site| &site.id)
}

pub(crate) fn carry_out(state: &mut State, event: &RollCallEvent) {
    match event {
        RollCallEvent::Started { number, at, sites, closes, .. } => {
            for site in &mut state.sites {
                site.due = sites.contains(&site.id);
                if site.due {
                    site.found = None;
                }
            }
            state.roll_call = Some(RollCall {
                number: *number,
                phase: RollCallPhase::Running,
                started: *at,
                walk: u32::try_from(sites.len()).unwrap_or(u32::MAX),
                current: None,
                current_since: None,
            });
            silence(state, closes, event);
        }
        RollCallEvent::Called { site, at, closes, opens, .. } => {
            silence(state, closes, event);
            for participant in opens {
                if let Some(opened) = state.participant_mut(*participant) {
                    opened.microphone = true;
                    opened.muted_by = None;
                }
            }
            if let Some(roll) = &mut state.roll_call {
                roll.phase = RollCallPhase::Running;
                roll.current = Some(site.clone());
                roll.current_since = Some(*at);
            }
        }
        RollCallEvent::Marked { site, result, note, people, names, at, .. } => {
            if let Some(marked) = state.sites.iter_mut().find(|known| known.id == *site) {
                let (result, note, people, names, at) = (*result, *note, *people, *names, *at);
                marked.found = Some(Found { result, note, people, names, at });
                marked.due = false;
            }
        }
        RollCallEvent::Walked { closes, .. } => {
            silence(state, closes, event);
            if let Some(roll) = &mut state.roll_call {
                roll.current = None;
                roll.current_since = None;
            }
        }
        RollCallEvent::Paused { closes, .. } => {
            silence(state, closes, event);
            set_phase(state, RollCallPhase::Paused);
        }
        RollCallEvent::Continued { .. } => set_phase(state, RollCallPhase::Running),
        RollCallEvent::Finished { closes, .. } => {
            silence(state, closes, event);
            set_phase(state, RollCallPhase::Finished);
            if let Some(roll) = &mut state.roll_call {
                roll.current = None;
                roll.current_since = None;
            }
            for site in &mut state.sites {
                site.due = false;
            }
        }
    }
}

fn set_phase(state: &mut State, phase: RollCallPhase) {
    if let Some(roll) = &mut state.roll_call {
        roll.phase = phase;
    }
}

fn silence(state: &mut State, closes: &[ParticipantId], event: &RollCallEvent) {
    let muted_by = event.by().shown();
    for participant in closes {
        if let Some(silenced) = state.participant_mut(*participant) {
            silenced.microphone = false;
            silenced.muted_by = Some(muted_by);
        }
    }
}

impl RollCallEvent {
    /// Who has caused it.
    #[must_use]
    pub const fn by(&self) -> By {
        match self {
            Self::Started { by, .. }
            | Self::Walked { by, .. }
            | Self::Called { by, .. }
            | Self::Marked { by, .. }
            | Self::Paused { by, .. }
            | Self::Continued { by }
            | Self::Finished { by, .. } => *by,
        }
    }

    /// Whose microphones it switches off and on.
    #[must_use]
    pub fn microphones(&self) -> (&[ParticipantId], &[ParticipantId]) {
        match self {
            Self::Started { closes, .. }
            | Self::Walked { closes, .. }
            | Self::Paused { closes, .. }
            | Self::Finished { closes, .. } => (closes, &[]),
            Self::Called { closes, opens, .. } => (closes, opens),
            Self::Marked { .. } | Self::Continued { .. } => (&[], &[]),
        }
    }

    pub(crate) fn texts(&self) -> Vec<TextId> {
        match self {
            Self::Marked { note, names, .. } => note.iter().chain(names).copied().collect(),
            _ => Vec::new(),
        }
    }
}
