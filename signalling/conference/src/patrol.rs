//! Viewing the sites in turn (patrol): at a set pace, for everybody or for those who lead alone.
//!
//! Called by `decide` and `evolve`. Sites for which nobody is there are passed over. The pace is kept by
//! rows, so every viewer sees the same site.

use crate::actor::{Actor, By};
use crate::{Act, Event, Refusal, SiteId, State, Timestamp};
use serde::{Deserialize, Serialize};

/// Shortest and longest stay at one site, in milliseconds.
pub const SHORTEST_STAY_MS: u32 = 2_000;
/// Longest stay.
pub const LONGEST_STAY_MS: u32 = 10 * 60 * 1000;

/// What is asked about the patrol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatrolAsk {
    /// Begins anew, or changes the pace. Without `sites` every invited one.
    Start {
        sites: Vec<SiteId>,
        stay_ms: u32,
        everybody: bool,
    },
    /// To the next site, or to the one named, now.
    Turn {
        site: Option<SiteId>,
    },
    Stop,
}

/// What has happened to the patrol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum PatrolEvent {
    Started {
        sites: Vec<SiteId>,
        stay_ms: u32,
        everybody: bool,
        site: Option<SiteId>,
        until: Timestamp,
        by: By,
    },
    /// `by` is `None` when its time had come.
    Turned {
        site: Option<SiteId>,
        until: Timestamp,
        by: Option<By>,
    },
    Stopped {
        by: By,
    },
}

/// A patrol under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patrol {
    /// Empty: every invited one.
    pub sites: Vec<SiteId>,
    pub stay_ms: u32,
    pub everybody: bool,
    /// `None` while nobody is there at any site.
    pub site: Option<SiteId>,
    pub until: Timestamp,
}

impl Patrol {
    /// The site that everybody sees.
    #[must_use]
    pub fn on_stage(&self) -> Option<&SiteId> {
        if self.everybody { self.site.as_ref() } else { None }
    }
}

pub(crate) fn decide(
    state: &State,
    now: Timestamp,
    by: Actor,
    ask: PatrolAsk,
) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::SetStage)?;
    match ask {
        PatrolAsk::Start { sites, stay_ms, everybody } => {
            if !(SHORTEST_STAY_MS..=LONGEST_STAY_MS).contains(&stay_ms) {
                return Err(Refusal::BadTime { limit_ms: LONGEST_STAY_MS });
            }
            if state.sites.is_empty() {
                return Err(Refusal::NoSites);
            }
            if sites.iter().any(|site| state.invited(site).is_none()) {
                return Err(Refusal::NoSuchSite);
            }
            let before = state.patrol.as_ref().filter(|patrol| patrol.sites == sites);
            let site = match before.and_then(|patrol| patrol.site.clone()) {
                Some(site) => Some(site),
                None => next(state, &sites, None),
            };
            let until = now.plus_ms(i64::from(stay_ms));
            Ok(vec![Event::Patrol(PatrolEvent::Started { sites, stay_ms, everybody, site, until, by })])
        }
        PatrolAsk::Turn { site } => {
            let patrol = state.patrol.as_ref().ok_or(Refusal::NoPatrol)?;
            let site = match site {
                Some(site) => Some(state.invited(&site).ok_or(Refusal::NoSuchSite)?.id.clone()),
                None => next(state, &patrol.sites, patrol.site.as_ref()),
            };
            Ok(vec![turned(patrol, now, site, Some(by))])
        }
        PatrolAsk::Stop => {
            let is_under_way = state.patrol.is_some();
            Ok(is_under_way.then_some(Event::Patrol(PatrolEvent::Stopped { by })).into_iter().collect())
        }
    }
}

fn turned(patrol: &Patrol, now: Timestamp, site: Option<SiteId>, by: Option<By>) -> Event {
    let until = now.plus_ms(i64::from(patrol.stay_ms));
    Event::Patrol(PatrolEvent::Turned { site, until, by })
}

/// The next site at which somebody is, behind `after`; from the top again at the end.
fn next(state: &State, sites: &[SiteId], after: Option<&SiteId>) -> Option<SiteId> {
    let round: Vec<&SiteId> = if sites.is_empty() {
        state.sites.iter().map(|site| &site.id).collect()
    } else {
        sites.iter().collect()
    };
    let place = after.and_then(|after| round.iter().position(|site| *site == after));
    let from = place.map_or(0, |place| place + 1);
    let is_there = |site: &&&SiteId| state.stands_for(site).is_some_and(|p| p.gone_until.is_none());
    round[from..].iter().chain(&round[..from]).find(is_there).map(|site| (*site).clone())
}

/// The time of a site has come to its end.
pub(crate) fn tick(state: &State, now: Timestamp) -> Option<Event> {
    let patrol = state.patrol.as_ref().filter(|patrol| patrol.until <= now)?;
    Some(turned(patrol, now, next(state, &patrol.sites, patrol.site.as_ref()), None))
}

/// When the patrol goes on. While nobody is in, nobody looks and no row is written.
pub(crate) fn deadline(state: &State) -> Option<Timestamp> {
    if state.participants.is_empty() { None } else { state.patrol.as_ref().map(|patrol| patrol.until) }
}

pub(crate) fn carry_out(state: &mut State, event: &PatrolEvent) {
    match event {
        PatrolEvent::Started { sites, stay_ms, everybody, site, until, .. } => {
            state.patrol = Some(Patrol {
                sites: sites.clone(),
                stay_ms: *stay_ms,
                everybody: *everybody,
                site: site.clone(),
                until: *until,
            });
        }
        PatrolEvent::Turned { site, until, .. } => {
            if let Some(patrol) = &mut state.patrol {
                patrol.site.clone_from(site);
                patrol.until = *until;
            }
        }
        PatrolEvent::Stopped { .. } => state.patrol = None,
    }
}
