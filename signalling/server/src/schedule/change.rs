//! Changes and moves a planned meeting, or it and those after it in its series.
//!
//! Called by `http::meetings` with somebody who may. What runs is not changed from here: who leads does
//! that inside. Who was invited is told through `invitations`.

use super::make::facts;
use super::{Choice, Desk, Details, bad, choose, conflicts, may_edit, show, state_of};
use crate::auth::Identity;
use crate::invitations::{self, News};
use crate::meetings::OPENS_AHEAD_MS;
use crate::protocol::api::ApiError;
use crate::protocol::meetings::{MeetingState, PlanChange, PlanChanged, SeriesScope};
use crate::protocol::webhooks::HookEvent;
use crate::store::{InvitedSite, Inviting as _, Meetings as _, Planned, Planning as _};
use crate::webhooks::announce;
use conference::{PersonId, Timestamp};
use media_control::ConferenceId;

pub(super) fn not_now(why: &str) -> ApiError {
    ApiError::NotNow { why: why.to_owned() }
}

/// Why a meeting in this state cannot be planned anew.
pub(super) fn refusal(state: MeetingState) -> Option<ApiError> {
    match state {
        MeetingState::Running => Some(not_now("running")),
        MeetingState::Ended => Some(not_now("ended")),
        MeetingState::Cancelled => Some(not_now("cancelled")),
        MeetingState::Planned | MeetingState::Passed => None,
    }
}

/// The meetings that are meant: the one, or it and those after it that can still be changed.
pub(super) async fn meant(
    desk: &Desk<'_>,
    one: Planned,
    scope: SeriesScope,
) -> Result<Vec<Planned>, ApiError> {
    let Some(starts) = one.plan.starts.filter(|_| scope == SeriesScope::Following) else {
        return Ok(vec![one]);
    };
    if one.plan.series.is_empty() {
        return Ok(vec![one]);
    }
    let later = desk.store.series(&one.plan.series, starts).await?.into_iter();
    let later = later.filter(|other| other.meeting.id != one.meeting.id);
    let open = later.filter(|other| refusal(state_of(desk, other)).is_none());
    let mut all: Vec<Planned> = open.collect();
    all.insert(0, one);
    Ok(all)
}

/// Whether the change touches more than what may change while the meeting runs.
fn is_deep(change: &PlanChange) -> bool {
    let PlanChange { title, label, kind, secrecy, waiting_room, guests, opens_ms, starts_ms, .. } = change;
    title.is_some()
        || label.is_some()
        || kind.is_some()
        || secrecy.is_some()
        || waiting_room.is_some()
        || guests.is_some()
        || opens_ms.is_some()
        || starts_ms.is_some()
        || change.agenda.is_some()
        || change.sites.is_some()
        || change.trees.is_some()
        || change.sectors.is_some()
}

/// Carries out `change`.
pub(crate) async fn change(
    desk: &Desk<'_>,
    who: &Identity,
    id: &ConferenceId,
    change: &PlanChange,
) -> Result<PlanChanged, ApiError> {
    let one = desk.find(id).await?;
    match refusal(state_of(desk, &one)) {
        Some(ApiError::NotNow { why }) if why == "running" && !is_deep(change) => {}
        Some(refused) => return Err(refused),
        None => {}
    }
    let new = New::read(desk, &one, change).await?;
    let chosen = change.sites.is_some() || change.trees.is_some() || change.sectors.is_some();
    let all = meant(desk, one, change.scope.unwrap_or_default()).await?;
    let (mut changed, mut found) = (Vec::new(), Vec::new());
    for planned in all {
        let mut edited = planned.clone();
        new.apply(desk, change, &mut edited)?;
        let id = edited.meeting.id.clone();
        desk.store.change_planned(&edited.meeting, &edited.plan, chosen.then_some(&new.sites[..])).await?;
        desk.runners.renew(&id).await;
        if Details::of(&edited.plan).is_told && change.notify != Some(false) {
            invitations::tell_all(desk, &edited, News::Change).await?;
        }
        announce(desk, HookEvent::MeetingChanged, id.as_str(), facts(&edited.meeting, &edited.plan)).await;
        if let Some(starts) = edited.plan.starts.filter(|_| found.len() < 100) {
            let sites = desk.store.invited_sites(&id).await?;
            let place = |site: crate::store::Site| InvitedSite { tree: String::new(), id: site.id };
            let sites: Vec<InvitedSite> = sites.into_iter().map(place).collect();
            let chairs = chairs(desk, &id).await?;
            found.extend(conflicts(desk, &id, starts, edited.plan.minutes, &sites, &chairs).await?);
        }
        changed.push(id.to_string());
    }
    let planned = desk.find(id).await?;
    let editable = may_edit(desk, who, &planned.meeting).await?;
    Ok(PlanChanged { plan: show::plan(desk, planned, editable).await?, changed, conflicts: found })
}

async fn chairs(desk: &Desk<'_>, id: &ConferenceId) -> Result<Vec<PersonId>, ApiError> {
    let rows = desk.store.invitations(id).await?.into_iter();
    Ok(rows.filter(|row| row.role == "chair").filter_map(|row| row.person).collect())
}

/// What a change says, checked; the same for every meeting of a series.
struct New {
    sites: Vec<InvitedSite>,
    /// By how much the start moves.
    shift_ms: Option<i64>,
    /// For a meeting that had no start.
    starts: Option<Timestamp>,
    /// How long before the start the door opens.
    opens_before: Option<i64>,
}

impl New {
    async fn read(desk: &Desk<'_>, one: &Planned, change: &PlanChange) -> Result<Self, ApiError> {
        let list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
        let (sites, trees, sectors) = (list(&change.sites), list(&change.trees), list(&change.sectors));
        let choice = Choice { sites: &sites, trees: &trees, sectors: &sectors };
        let starts = change.starts_ms.map(|at| choose::start(desk, at)).transpose()?;
        let base = starts.or(one.plan.starts);
        let opens_before = match change.opens_ms {
            None | Some(None) => None,
            Some(Some(at)) if !(0..=desk.now.plus_ms(OPENS_AHEAD_MS).0).contains(&at) => {
                return Err(bad("opens_ms"));
            }
            Some(Some(at)) => base.map(|base| base.0 - at),
        };
        let shift_ms = starts.zip(one.plan.starts).map(|(to, from)| to.0 - from.0);
        Ok(Self { sites: choice.resolve(desk).await?, shift_ms, starts, opens_before })
    }

    fn apply(&self, desk: &Desk<'_>, change: &PlanChange, to: &mut Planned) -> Result<(), ApiError> {
        let (meeting, plan) = (&mut to.meeting, &mut to.plan);
        let mut details = Details::of(plan);
        if let Some(title) = &change.title {
            meeting.title = choose::title(title)?;
        }
        if let Some(label) = &change.label {
            meeting.label = choose::label(label)?;
        }
        if let Some(note) = &change.note {
            details.note = choose::note(note)?;
        }
        if let Some(agenda) = &change.agenda {
            details.agenda = choose::agenda(agenda)?;
        }
        if let Some(minutes) = change.minutes {
            plan.minutes = choose::minutes(minutes)?;
        }
        let settings = &mut meeting.settings;
        settings.kind = change.kind.unwrap_or(settings.kind);
        settings.secrecy = change.secrecy.unwrap_or(settings.secrecy);
        settings.waiting_room = change.waiting_room.unwrap_or(settings.waiting_room);
        settings.guests = change.guests.unwrap_or(settings.guests);
        if let Some(to) = self.starts {
            let moved = match (plan.starts, self.shift_ms) {
                (Some(from), Some(shift)) => from.plus_ms(shift),
                _ => to,
            };
            choose::start(desk, moved.0)?;
            if let Some(from) = plan.starts {
                settings.opens = settings.opens.map(|at| at.plus_ms(moved.0 - from.0));
            }
            if plan.starts != Some(moved) {
                plan.reminded = 0;
            }
            plan.starts = Some(moved);
        }
        if let Some(given) = change.opens_ms {
            settings.opens = match (given, self.opens_before, plan.starts) {
                (Some(_), Some(before), Some(starts)) => Some(starts.plus_ms(-before)),
                (given, ..) => given.map(Timestamp),
            };
        }
        plan.sequence = plan.sequence.saturating_add(1);
        details.keep(plan, &meeting.title, &meeting.label);
        Ok(())
    }
}
