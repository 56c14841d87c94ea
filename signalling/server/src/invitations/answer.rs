//! Answers to invitations: yes, no with a reason, or somebody else comes instead (ủy quyền).
//!
//! Called by the HTTP side for somebody who is signed in, and for who holds the link of a mail. A link
//! answers for one invitation and opens one meeting, never an account.

use super::guests::{Guest, NAME_LIMIT, guest, key_of, rows_of, token_hash, word};
use super::tell::{role_of, send_all, take_back};
use crate::auth::Identity;
use crate::auth::token::{Bearer, Claims, issue, issue_for};
use crate::meetings::checked_text;
use crate::protocol::api::ApiError;
use crate::protocol::invitations::{Delegate, GivenAnswer, InvitationAnswer, InvitationShown, InvitedPerson};
use crate::protocol::meetings::MeetingState;
use crate::protocol::webhooks::HookEvent;
use crate::schedule::{Desk, Details, REASON_LIMIT, state_of};
use crate::store::{InvitationRow, Inviting as _, People as _, Planned};
use crate::webhooks::announce;
use media_control::ConferenceId;
use std::time::Duration;

/// Longest text that is looked at as the secret of a link.
const TOKEN_LIMIT_BYTES: usize = 128;

/// The invitation whose link has this secret; expired and unknown ones look the same.
pub(crate) async fn with_token(desk: &Desk<'_>, token: &str) -> Result<InvitationRow, ApiError> {
    if token.len() > TOKEN_LIMIT_BYTES {
        return Err(ApiError::NotFound {});
    }
    let found = desk.store.invitation_of_token(&token_hash(token)).await?;
    found.filter(|row| desk.now < row.token_expires).ok_or(ApiError::NotFound {})
}

/// The invitation of somebody who is signed in.
pub(crate) async fn own_invitation(
    desk: &Desk<'_>,
    who: &Identity,
    id: &ConferenceId,
) -> Result<InvitationRow, ApiError> {
    let rows = desk.store.invitations(id).await?;
    rows.into_iter().find(|row| row.person == Some(who.person)).ok_or(ApiError::NotFound {})
}

fn not_now(why: &str) -> ApiError {
    ApiError::NotNow { why: why.to_owned() }
}

/// Takes an answer; a later one replaces it.
pub(crate) async fn answer(
    desk: &Desk<'_>,
    mut row: InvitationRow,
    given: &GivenAnswer,
) -> Result<InvitationRow, ApiError> {
    let planned = desk.find(&row.conference).await?;
    match state_of(desk, &planned) {
        MeetingState::Cancelled => return Err(not_now("cancelled")),
        MeetingState::Ended | MeetingState::Passed => return Err(not_now("passed")),
        MeetingState::Planned | MeetingState::Running => {}
    }
    let least = usize::from(given.answer == InvitationAnswer::No);
    let reason = checked_text("reason", &given.reason, least, REASON_LIMIT)?;
    let delegate = match (given.answer, &given.delegate) {
        (InvitationAnswer::Waiting, _) => return Err(ApiError::BadField { field: "answer".to_owned() }),
        (InvitationAnswer::Delegated, Some(delegate)) => {
            Some(delegated(desk, &planned, &row, delegate).await?)
        }
        (InvitationAnswer::Delegated, None) => {
            return Err(ApiError::BadField { field: "delegate".to_owned() });
        }
        _ => None,
    };
    for before in desk.store.invitations(&row.conference).await? {
        if before.delegate_of.as_ref() == Some(&row.id) {
            take_back(desk, &planned, &before).await?;
            desk.store.withdraw_invitation(&before.id).await?;
        }
    }
    row.answer = word(given.answer);
    row.reason = reason;
    row.answered = Some(desk.now);
    desk.store.change_invitation(&row).await?;
    if let Some(new) = delegate {
        desk.store.invite(&[new]).await?;
        if Details::of(&planned.plan).is_told {
            send_all(desk, &row.conference).await?;
        }
    }
    let facts = serde_json::json!({ "invitation": row.id, "answer": row.answer });
    announce(desk, HookEvent::InvitationAnswered, row.conference.as_str(), facts).await;
    Ok(row)
}

/// The invitation of who comes instead.
async fn delegated(
    desk: &Desk<'_>,
    planned: &Planned,
    row: &InvitationRow,
    delegate: &Delegate,
) -> Result<InvitationRow, ApiError> {
    if row.delegate_of.is_some() {
        // Who was sent does not send on: nobody would know who comes.
        return Err(not_now("delegated_already"));
    }
    let bad = || ApiError::BadField { field: "delegate".to_owned() };
    let (name, unit) = (delegate.name.clone().unwrap_or_default(), delegate.unit.clone().unwrap_or_default());
    let is_named = delegate.user.is_none() && delegate.person.is_none() && delegate.email.is_none();
    let new = if is_named {
        Guest {
            person: None,
            email: String::new(),
            name: checked_text("delegate.name", &name, 1, NAME_LIMIT)?,
            unit: checked_text("delegate.unit", &unit, 0, NAME_LIMIT)?,
            role: role_of(row),
        }
    } else {
        let asked = InvitedPerson {
            user: delegate.user.clone(),
            person: delegate.person.clone(),
            email: delegate.email.clone(),
            name,
            unit,
            role: role_of(row),
        };
        guest(desk, 0, &asked).await.map_err(|_| bad())?
    };
    let others = desk.store.invitations(&row.conference).await?;
    let counts = others.iter().filter(|other| other.delegate_of.as_ref() != Some(&row.id));
    if counts.map(|other| key_of(other.person, &other.email, &other.name)).any(|key| key == new.key()) {
        return Err(not_now("invited_already"));
    }
    let mut made = rows_of(desk, &row.conference, &planned.plan, &[new], row.place);
    let mut made = made.pop().ok_or(ApiError::Failure {})?;
    made.delegate_of = Some(row.id.clone());
    Ok(made)
}

/// An invitation as its link shows it.
pub(crate) async fn shown(desk: &Desk<'_>, row: &InvitationRow) -> Result<InvitationShown, ApiError> {
    let planned = desk.find(&row.conference).await?;
    let rows = desk.store.invitations(&row.conference).await?;
    let chair = rows.iter().find(|row| row.role == "chair" && row.answer != "delegated");
    let delegate = rows.iter().find(|other| other.delegate_of.as_ref() == Some(&row.id));
    let state = state_of(desk, &planned);
    let details = Details::of(&planned.plan);
    let value = serde_json::Value::String(row.answer.clone());
    Ok(InvitationShown {
        conference: row.conference.to_string(),
        title: planned.meeting.title,
        label: planned.meeting.label,
        starts_ms: planned.plan.starts.map(|at| at.0),
        minutes: planned.plan.minutes,
        state,
        cancel_reason: details.cancel_reason,
        chair: chair.map(|row| row.name.clone()).unwrap_or_default(),
        name: row.name.clone(),
        unit: row.unit.clone(),
        role: role_of(row),
        answer: serde_json::from_value(value).unwrap_or(InvitationAnswer::Waiting),
        reason: row.reason.clone(),
        delegate: delegate.map(|row| row.name.clone()).unwrap_or_default(),
    })
}

/// Lets the holder of a link into its meeting without an account. Who has an account signs in: a mail is
/// no second factor.
pub(crate) async fn enter(
    desk: &Desk<'_>,
    mut row: InvitationRow,
    life: Duration,
) -> Result<(ConferenceId, String), ApiError> {
    let planned = desk.find(&row.conference).await?;
    if planned.plan.cancelled.is_some() {
        return Err(ApiError::KeptOut { why: "cancelled".to_owned() });
    }
    if !row.user.is_empty() || row.answer == "delegated" {
        return Err(ApiError::NotAllowed {});
    }
    let role = role_of(&row);
    let known = match row.person {
        Some(person) => desk.store.person(person).await?,
        None => None,
    };
    let life_ms = i64::try_from(life.as_millis()).unwrap_or(i64::MAX);
    if let Some(person) = known {
        // The same person as before, so that they find their place again.
        let claims = Claims {
            conference: row.conference.clone(),
            person: person.id,
            name: row.name.clone(),
            unit: row.unit.clone(),
            site: None,
            role: role.role(),
            guest: false,
            expires_ms: desk.now.plus_ms(life_ms).0,
        };
        return Ok((row.conference, issue(desk.key, &claims)));
    }
    let bearer = Bearer {
        conference: &row.conference,
        name: &row.name,
        unit: &row.unit,
        site: None,
        role: role.role(),
        guest: false,
    };
    let (token, claims) = issue_for(desk.key, desk.store, &bearer, desk.now.0, life).await?;
    row.person = Some(claims.person);
    desk.store.change_invitation(&row).await?;
    Ok((row.conference, token))
}
