//! The meetings of one day, or of some days, for one person: those they are invited to, and those their site takes part in.
//!
//! Called by `http::meetings`. Duty operators and administrators see all meetings of the day.

use super::series::{instant, local};
use super::show::{site, state_of};
use super::{Desk, Details, bad, take_role};
use crate::auth::Identity;
use crate::protocol::api::ApiError;
use crate::protocol::meetings::{MeetingState, Today, TodayMeeting};
use crate::store::{Inviting as _, Meetings as _, Planned, PlannedFilter, Planning as _};
use conference::role::may;
use conference::{Act, Role, Timestamp};
use jiff::civil::Date;

/// Most meetings of a day that are shown, on the average of those that are asked for.
const DAY_LIMIT: u32 = 200;
/// Most days that are asked for at once.
const DAYS_LIMIT: u32 = 31;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The meetings of `days` days from `day` on, written as `YYYY-MM-DD`; from today without it.
pub(crate) async fn today(
    desk: &Desk<'_>,
    who: &Identity,
    day: Option<&str>,
    days: u32,
) -> Result<Today, ApiError> {
    if !(1..=DAYS_LIMIT).contains(&days) {
        return Err(bad("days"));
    }
    let day: Date = match day {
        Some(day) => day.parse().map_err(|_| bad("day"))?,
        None => local(desk.now.0).ok_or(ApiError::Failure {})?.date(),
    };
    let from = instant(day.at(0, 0, 0, 0)).ok_or_else(|| bad("day"))?;
    let sees_all = who.only.is_some() || matches!(who.home_role, Role::DutyOperator | Role::Administrator);
    let filter = PlannedFilter {
        text: String::new(),
        from: Timestamp(from),
        until: Timestamp(from.saturating_add(DAY_MS * i64::from(days))),
        timeless: false,
        kind: String::new(),
        standing: String::new(),
        now: desk.now,
        only: who.only.iter().cloned().collect(),
        except: Vec::new(),
        of: (!sees_all).then_some(who.person),
        site_names: [who.unit.clone(), who.name.clone()],
        offset: 0,
        limit: DAY_LIMIT * days,
        ascending: true,
    };
    let (found, _) = desk.store.planned_list(&filter).await?;
    let mut meetings = Vec::with_capacity(found.len());
    for planned in found {
        meetings.push(shown(desk, who, planned).await?);
    }
    Ok(Today { day: day.to_string(), meetings })
}

async fn shown(desk: &Desk<'_>, who: &Identity, planned: Planned) -> Result<TodayMeeting, ApiError> {
    let id = &planned.meeting.id;
    let mut inside = who.clone();
    take_role(desk.store, id, &mut inside).await?;
    let invitations = desk.store.invitations(id).await?;
    let own = invitations.iter().find(|row| row.person == Some(who.person));
    let word = |text: &str| serde_json::Value::String(text.to_owned());
    let summary = desk.runners.summary(id);
    let chair = invitations.iter().find(|row| row.role == "chair" && row.answer != "delegated");
    let chair = chair.map(|row| row.name.clone());
    let leads = summary.as_ref().map(|summary| summary.chair.clone());
    let state = state_of(desk, &planned);
    let opens = match &summary {
        Some(summary) => summary.opens,
        None => planned.meeting.settings.opens,
    };
    let is_early = opens.is_some_and(|at| desk.now < at);
    let passes = !is_early || inside.deputy || may(inside.role, Act::EnterEarly);
    let is_over = matches!(state, MeetingState::Cancelled | MeetingState::Ended);
    let is_ours = |name: &str| !name.is_empty() && (name == who.unit || name == who.name);
    let sites = desk.store.invited_sites(id).await?.into_iter().filter(|site| is_ours(&site.name));
    Ok(TodayMeeting {
        sites: sites.map(site).collect(),
        cancel_reason: Details::of(&planned.plan).cancel_reason,
        state,
        role: inside.role,
        invited_as: own.and_then(|row| serde_json::from_value(word(&row.role)).ok()),
        answer: own.and_then(|row| serde_json::from_value(word(&row.answer)).ok()),
        open: passes && !is_over,
        opens_ms: opens.map(|at| at.0),
        participants: summary.map_or(0, |summary| summary.participants),
        chair: chair.or(leads).unwrap_or_default(),
        id: planned.meeting.id.to_string(),
        title: planned.meeting.title,
        label: planned.meeting.label,
        kind: planned.meeting.settings.kind,
        secrecy: planned.meeting.settings.secrecy,
        starts_ms: planned.plan.starts.map(|at| at.0),
        minutes: planned.plan.minutes,
    })
}
