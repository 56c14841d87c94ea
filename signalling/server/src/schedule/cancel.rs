//! Cancels a planned meeting, or it and those after it in its series, and takes that back.
//!
//! Called by `http::meetings` with somebody who may. Mails of a cancellation leave a moment later than it, so that
//! a press too many costs nobody a word; taken back after that, everybody who was told gets the entry again.

use super::change::{meant, not_now, refusal};
use super::make::facts;
use super::{Desk, Details, REASON_LIMIT, state_of};
use crate::auth::Identity;
use crate::invitations::{self, News};
use crate::meetings::{self, checked_text};
use crate::protocol::api::ApiError;
use crate::protocol::meetings::{
    Cancellation, CancelledMeetings, Restoration, RestoredMeetings, SeriesScope,
};
use crate::protocol::webhooks::HookEvent;
use crate::runner::Act;
use crate::store::{Planned, Planning as _};
use crate::webhooks::announce;
use conference::Timestamp;
use media_control::ConferenceId;

/// How long the mails of a cancellation wait: as long as a mute of all can be taken back.
pub(crate) const UNDO_MS: i64 = conference::speaking::UNDO_MS;

/// Keeps what has changed, under the next number of the calendar entry.
async fn keep(desk: &Desk<'_>, planned: &mut Planned, details: &Details) -> Result<(), ApiError> {
    planned.plan.sequence = planned.plan.sequence.saturating_add(1);
    details.keep(&mut planned.plan, &planned.meeting.title, &planned.meeting.label);
    Ok(desk.store.change_planned(&planned.meeting, &planned.plan, None).await?)
}

/// Writes who did it into the meeting's journal, which comes first: asked again after a failure, both stand.
async fn note(desk: &Desk<'_>, who: &Identity, planned: &Planned, act: Act) -> Result<(), ApiError> {
    meetings::act(desk.runners, &planned.meeting, who.clone(), act).await?;
    desk.runners.renew(&planned.meeting.id).await;
    Ok(())
}

/// Cancels.
pub(crate) async fn cancel(
    desk: &Desk<'_>,
    who: &Identity,
    id: &ConferenceId,
    asked: &Cancellation,
) -> Result<CancelledMeetings, ApiError> {
    let one = desk.find(id).await?;
    if let Some(refused) = refusal(state_of(desk, &one)) {
        return Err(refused);
    }
    let reason = checked_text("reason", &asked.reason, 0, REASON_LIMIT)?;
    let mut cancelled = Vec::new();
    for mut planned in meant(desk, one, asked.scope).await? {
        let mut details = Details::of(&planned.plan);
        details.cancel_reason.clone_from(&reason);
        planned.plan.cancelled = Some(desk.now);
        note(desk, who, &planned, Act::Cancel).await?;
        keep(desk, &mut planned, &details).await?;
        if details.is_told && asked.notify != Some(false) {
            invitations::tell_all(desk, &planned, News::Cancellation).await?;
        }
        let told = facts(&planned.meeting, &planned.plan);
        announce(desk, HookEvent::MeetingCancelled, planned.meeting.id.as_str(), told).await;
        cancelled.push(planned.meeting.id.to_string());
    }
    Ok(CancelledMeetings { cancelled })
}

/// Takes a cancellation back.
pub(crate) async fn restore(
    desk: &Desk<'_>,
    who: &Identity,
    id: &ConferenceId,
    asked: &Restoration,
) -> Result<RestoredMeetings, ApiError> {
    let one = desk.find(id).await?;
    let Some(at) = one.plan.cancelled else { return Err(not_now("not_cancelled")) };
    let mut restored = Vec::new();
    for mut planned in together(desk, one, at, asked.scope).await? {
        let mut details = Details::of(&planned.plan);
        details.cancel_reason.clear();
        planned.plan.cancelled = None;
        note(desk, who, &planned, Act::Restore).await?;
        keep(desk, &mut planned, &details).await?;
        let was_told = details.is_told && desk.now >= at.plus_ms(UNDO_MS);
        if was_told && asked.notify != Some(false) {
            invitations::tell_all(desk, &planned, News::Restoration).await?;
        }
        let told = facts(&planned.meeting, &planned.plan);
        announce(desk, HookEvent::MeetingChanged, planned.meeting.id.as_str(), told).await;
        restored.push(planned.meeting.id.to_string());
    }
    Ok(RestoredMeetings { restored })
}

/// The meeting, and with `Following` all of its series that were cancelled in the same act.
async fn together(
    desk: &Desk<'_>,
    one: Planned,
    at: Timestamp,
    scope: SeriesScope,
) -> Result<Vec<Planned>, ApiError> {
    if scope == SeriesScope::This || one.plan.series.is_empty() {
        return Ok(vec![one]);
    }
    let all = desk.store.series(&one.plan.series, Timestamp(i64::MIN)).await?.into_iter();
    Ok(all.filter(|planned| planned.plan.cancelled == Some(at)).collect())
}
