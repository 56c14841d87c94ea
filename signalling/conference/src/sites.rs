//! The invited sites (điểm cầu) of a conference, in the order of their tree, and who stands for them.
//!
//! Called by `decide` and `evolve`. A site is a place, not a person: many people may sit behind its
//! device, and more than one device may stand for it.

use crate::actor::{Actor, OUTSIDE};
use crate::roll_call::SiteResult;
use crate::{Act, Event, Participant, Refusal, SiteId, State, TextId, Timestamp, speaking};
use media_control::ParticipantId;
use serde::{Deserialize, Serialize};

/// Most sites of a conference; more are not invited.
pub const MAX_SITES: usize = 2000;

/// One invited site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedSite {
    pub id: SiteId,
    /// When it was called because it was absent.
    pub called: Option<Timestamp>,
    /// The walk of the running roll call has yet to come to it.
    pub due: bool,
    /// What the roll call has found last.
    pub found: Option<Found>,
    /// What composed pictures write in place of its name.
    #[serde(default)]
    pub caption: Option<TextId>,
}

/// What the roll call has found at a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub result: SiteResult,
    pub note: Option<TextId>,
    /// How many people sit there.
    pub people: Option<u32>,
    /// Their names.
    pub names: Option<TextId>,
    pub at: Timestamp,
}

impl InvitedSite {
    pub(crate) const fn new(id: SiteId) -> Self {
        Self { id, called: None, due: false, found: None, caption: None }
    }
}

/// The invitation as the server has it, when it is another one than before.
pub(crate) fn invite(state: &State, mut sites: Vec<SiteId>) -> Vec<Event> {
    sites.truncate(MAX_SITES);
    let is_known = state.sites.iter().map(|site| &site.id).eq(sites.iter());
    if is_known { Vec::new() } else { vec![Event::SitesInvited { sites }] }
}

/// Says by hand for which site a participant stands.
pub(crate) fn seat(
    state: &State,
    by: Actor,
    participant: ParticipantId,
    site: Option<SiteId>,
) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::CallRoll)?;
    let seated = state.admitted(participant)?;
    if let Some(site) = &site {
        state.invited(site).ok_or(Refusal::NoSuchSite)?;
    }
    if seated.site == site {
        return Ok(Vec::new());
    }
    // Who stands for another site is not heard while this one is called.
    let called = state.roll_call.as_ref().and_then(|roll| roll.on_stage());
    let leaves_call = called.is_some() && called == seated.site.as_ref() && !speaking::leads(state, seated);
    let muted = leaves_call.then_some(Event::Muted { participant, by: OUTSIDE });
    let silenced = muted.filter(|_| seated.microphone);
    Ok(std::iter::once(Event::Seated { participant, site, by }).chain(silenced).collect())
}

/// Notes that absent sites were called. Without `sites`: every one for which nobody is there.
pub(crate) fn call_absent(
    state: &State,
    now: Timestamp,
    by: Actor,
    sites: &[SiteId],
) -> Result<Vec<Event>, Refusal> {
    let by = state.authorise_actor(by, Act::CallRoll)?;
    if sites.iter().any(|site| state.invited(site).is_none()) {
        return Err(Refusal::NoSuchSite);
    }
    let is_meant = |site: &&InvitedSite| sites.is_empty() || sites.contains(&site.id);
    let is_absent = |site: &&InvitedSite| state.stands_for(&site.id).is_none();
    let absent = state.sites.iter().filter(is_meant).filter(is_absent);
    let sites: Vec<SiteId> = absent.map(|site| site.id.clone()).collect();
    if sites.is_empty() { Ok(Vec::new()) } else { Ok(vec![Event::SitesCalled { sites, at: now, by }]) }
}

/// Who stands for `site` now, or why nobody does.
pub(crate) fn resolve(state: &State, site: &SiteId) -> Result<ParticipantId, Refusal> {
    state.invited(site).ok_or(Refusal::NoSuchSite)?;
    state.stands_for(site).map(|participant| participant.id).ok_or(Refusal::SiteAbsent)
}

pub(crate) fn replace(state: &mut State, sites: &[SiteId]) {
    let mut before = std::mem::take(&mut state.sites);
    let keep = |id: &SiteId| {
        let known = before.iter().position(|site| site.id == *id).map(|place| before.swap_remove(place));
        known.unwrap_or_else(|| InvitedSite::new(id.clone()))
    };
    state.sites = sites.iter().map(keep).collect();
}

pub(crate) fn called(state: &mut State, sites: &[SiteId], at: Timestamp) {
    for site in state.sites.iter_mut().filter(|site| sites.contains(&site.id)) {
        site.called = Some(at);
    }
}

impl State {
    /// The invited sites in the order of their tree.
    #[must_use]
    pub fn sites(&self) -> &[InvitedSite] {
        &self.sites
    }

    /// The invited site `id`.
    #[must_use]
    pub fn invited(&self, id: &SiteId) -> Option<&InvitedSite> {
        self.sites.iter().find(|site| site.id == *id)
    }

    /// Who stands for `site`: the first who is there, else the first whose connection is away.
    #[must_use]
    pub fn stands_for(&self, site: &SiteId) -> Option<&Participant> {
        let mut seated = self.participants.iter().filter(|p| p.site.as_ref() == Some(site));
        let first = seated.next()?;
        if first.gone_until.is_none() {
            return Some(first);
        }
        seated.find(|p| p.gone_until.is_none()).or(Some(first))
    }
}
