//! Plans as they are shown: one in full, and the list that is searched.
//!
//! Called by `http::meetings`. Everybody sees what they are invited to; who plans or keeps watch sees all.

use super::{Desk, Details, bad, may_edit, may_read, take_role};
use crate::auth::Identity;
use crate::folding::fold;
use crate::protocol::api::ApiError;
use crate::protocol::meetings::{MeetingLine, MeetingList, MeetingPlan, MeetingState, PlannedSite};
use crate::store::{Meetings as _, People as _, Planned, PlannedFilter, Planning as _, Site};
use conference::{MeetingKind, Timestamp};
use media_control::ConferenceId;

/// Meetings on a page.
const PAGE: u32 = 50;
/// Longest search, in characters.
const SEARCH_LIMIT: usize = 100;

/// Where `planned` stands.
pub(crate) fn state_of(desk: &Desk<'_>, planned: &Planned) -> MeetingState {
    let inside = desk.runners.summary(&planned.meeting.id).map_or(0, |summary| summary.participants);
    if planned.plan.cancelled.is_some() {
        MeetingState::Cancelled
    } else if inside > 0 {
        MeetingState::Running
    } else if planned.plan.ended.is_some() {
        MeetingState::Ended
    } else if planned.plan.ends().is_some_and(|end| end < desk.now) {
        MeetingState::Passed
    } else {
        MeetingState::Planned
    }
}

pub(super) fn site(site: Site) -> PlannedSite {
    PlannedSite { id: site.id, name: site.name, parent: site.parent.unwrap_or_default() }
}

/// The plan of `id` for somebody who may read all plans, or is invited.
pub(crate) async fn plan_of(
    desk: &Desk<'_>,
    who: &Identity,
    id: &ConferenceId,
) -> Result<MeetingPlan, ApiError> {
    if !may_read(who) && who.only.is_none() {
        let standing = desk.store.standing(id, who.person).await?;
        if standing.invited.is_none() && !standing.is_maker {
            return Err(ApiError::NotAllowed {});
        }
    }
    let planned = desk.find(id).await?;
    let editable = may_edit(desk, who, &planned.meeting).await?;
    plan(desk, planned, editable).await
}

pub(super) async fn plan(desk: &Desk<'_>, planned: Planned, editable: bool) -> Result<MeetingPlan, ApiError> {
    let details = Details::of(&planned.plan);
    let sites = desk.store.invited_sites(&planned.meeting.id).await?;
    let maker = match planned.meeting.created_by {
        Some(person) => desk.store.person(person).await?.map(|person| person.name),
        None => None,
    };
    let state = state_of(desk, &planned);
    let Planned { meeting, plan, .. } = planned;
    Ok(MeetingPlan {
        id: meeting.id.to_string(),
        title: meeting.title,
        label: meeting.label,
        kind: meeting.settings.kind,
        secrecy: meeting.settings.secrecy,
        waiting_room: meeting.settings.waiting_room,
        guests: meeting.settings.guests,
        opens_ms: meeting.settings.opens.map(|at| at.0),
        starts_ms: plan.starts.map(|at| at.0),
        minutes: plan.minutes,
        note: details.note,
        state,
        cancel_reason: details.cancel_reason,
        agenda: details.agenda,
        sites: sites.into_iter().map(site).collect(),
        series: Some(plan.series).filter(|series| !series.is_empty()),
        sequence: plan.sequence,
        created_by: maker.unwrap_or_default(),
        may_edit: editable,
    })
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub text: String,
    pub from_ms: Option<i64>,
    pub to_ms: Option<i64>,
    pub state: Option<MeetingState>,
    pub kind: Option<MeetingKind>,
    pub mine: bool,
    /// From 1.
    pub page: u32,
}

/// One page of the meetings that `who` may see.
pub(crate) async fn list(desk: &Desk<'_>, who: &Identity, wanted: &Wanted) -> Result<MeetingList, ApiError> {
    if wanted.text.chars().count() > SEARCH_LIMIT {
        return Err(bad("q"));
    }
    let page = wanted.page.clamp(1, 100_000);
    let only_own = wanted.mine || !may_read(who);
    let mut filter = PlannedFilter {
        text: fold(&wanted.text),
        from: Timestamp(wanted.from_ms.unwrap_or(i64::MIN)),
        until: Timestamp(wanted.to_ms.unwrap_or(i64::MAX)),
        timeless: wanted.from_ms.is_none() && wanted.to_ms.is_none(),
        kind: wanted.kind.map_or("", kind_word).to_owned(),
        standing: standing(wanted.state).to_owned(),
        now: desk.now,
        only: who.only.iter().cloned().collect(),
        except: Vec::new(),
        of: (only_own && who.only.is_none()).then_some(who.person),
        site_names: [who.unit.clone(), who.name.clone()],
        offset: (page - 1) * PAGE,
        limit: PAGE,
        ascending: false,
    };
    match wanted.state {
        Some(MeetingState::Running) => {
            let running = desk.runners.running();
            filter.only = running.into_iter().filter(|id| who.opens(id)).collect();
            if filter.only.is_empty() {
                return Ok(MeetingList { meetings: Vec::new(), total: 0, page, pages: 0 });
            }
        }
        // Who is inside is not known to the store.
        Some(MeetingState::Planned | MeetingState::Passed | MeetingState::Ended) => {
            filter.except = desk.runners.running();
        }
        Some(MeetingState::Cancelled) | None => {}
    }
    let (found, total) = desk.store.planned_list(&filter).await?;
    let mut meetings = Vec::with_capacity(found.len());
    for planned in found {
        meetings.push(line(desk, who, planned).await?);
    }
    Ok(MeetingList { meetings, total, page, pages: total.div_ceil(PAGE) })
}

const fn kind_word(kind: MeetingKind) -> &'static str {
    match kind {
        MeetingKind::Normal => "normal",
        MeetingKind::Lecture => "lecture",
        MeetingKind::Questioning => "questioning",
    }
}

const fn standing(state: Option<MeetingState>) -> &'static str {
    match state {
        Some(MeetingState::Planned) => "open",
        Some(MeetingState::Passed) => "passed",
        Some(MeetingState::Ended) => "ended",
        Some(MeetingState::Cancelled) => "cancelled",
        Some(MeetingState::Running) | None => "",
    }
}

async fn line(desk: &Desk<'_>, who: &Identity, planned: Planned) -> Result<MeetingLine, ApiError> {
    let mut inside = who.clone();
    take_role(desk.store, &planned.meeting.id, &mut inside).await?;
    let participants = desk.runners.summary(&planned.meeting.id).map_or(0, |summary| summary.participants);
    Ok(MeetingLine {
        state: state_of(desk, &planned),
        may_edit: may_edit(desk, &inside, &planned.meeting).await?,
        participants,
        role: inside.role,
        id: planned.meeting.id.to_string(),
        title: planned.meeting.title,
        label: planned.meeting.label,
        kind: planned.meeting.settings.kind,
        secrecy: planned.meeting.settings.secrecy,
        starts_ms: planned.plan.starts.map(|at| at.0),
        minutes: planned.plan.minutes,
        series: Some(planned.plan.series).filter(|series| !series.is_empty()),
        sites: planned.sites,
        people: planned.people,
        answered: planned.answered,
    })
}
