//! The list of invitations as who plans the meeting sees it, and the outbox.
//!
//! Called by `http::invitations` with somebody who may edit the meeting.

use super::MAIL;
use super::guests::{PEOPLE_LIMIT, guests_of, key_of, rows_of, word};
use super::letter::Letter;
use super::tell::{MAILS_OF_MEETING, addresses, role_of, send_all, take_back};
use crate::protocol::api::ApiError;
use crate::protocol::invitations::{
    DeliveryState, Invitation, InvitationAnswer, InvitedPerson, InvitedRole, MailKind, NewestMail, OutboxLine,
};
use crate::schedule::{Desk, Details};
use crate::store::{
    DispatchFilter, DispatchRow, Dispatches as _, InvitationRow, Inviting as _, Planning as _,
};
use media_control::ConferenceId;
use std::collections::{HashMap, HashSet};

/// Lines of the outbox that are shown.
const OUTBOX_LIMIT: u32 = 200;

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

fn state_of(desk: &Desk<'_>, row: &DispatchRow) -> DeliveryState {
    match row.state.as_str() {
        "sent" => DeliveryState::Sent,
        "refused" => DeliveryState::Refused,
        "given_up" => DeliveryState::GivenUp,
        _ if !desk.has_mail => DeliveryState::NoServer,
        _ => DeliveryState::Waiting,
    }
}

fn invitation(row: InvitationRow, email: String, mail: Option<NewestMail>) -> Invitation {
    Invitation {
        // A guest's person is made by the link and is nobody's account.
        person: row.person.filter(|_| !row.user.is_empty()).map(|person| person.to_string()),
        role: role_of(&row),
        answer: read(&row.answer).unwrap_or(InvitationAnswer::Waiting),
        id: row.id,
        user: row.user,
        name: row.name,
        unit: row.unit,
        email,
        reason: row.reason,
        answered_ms: row.answered.map(|at| at.0),
        delegate_of: row.delegate_of,
        mail,
    }
}

/// All invitations of a meeting, each with its newest mail.
pub(crate) async fn list(desk: &Desk<'_>, id: &ConferenceId) -> Result<Vec<Invitation>, ApiError> {
    let rows = desk.store.invitations(id).await?;
    shown(desk, id, rows).await
}

async fn shown(
    desk: &Desk<'_>,
    id: &ConferenceId,
    rows: Vec<InvitationRow>,
) -> Result<Vec<Invitation>, ApiError> {
    let filter = DispatchFilter {
        channel: MAIL,
        conference: id.to_string(),
        limit: MAILS_OF_MEETING,
        ..DispatchFilter::default()
    };
    let mut newest: HashMap<String, NewestMail> = HashMap::new();
    for mail in desk.store.dispatches(&filter).await? {
        let Some(kind) = read(&mail.word) else { continue };
        let shown = NewestMail { kind, state: state_of(desk, &mail), said: mail.said, at_ms: mail.touched.0 };
        newest.entry(mail.target).or_insert(shown);
    }
    let mut addresses = addresses(desk, &rows).await?;
    let one = |row: InvitationRow| {
        let (email, mail) = (addresses.remove(&row.id).unwrap_or_default(), newest.remove(&row.id));
        invitation(row, email, mail)
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Invites more people; those who are invited already are left out. Returns the new ones.
pub(crate) async fn add(
    desk: &Desk<'_>,
    id: &ConferenceId,
    people: &[InvitedPerson],
) -> Result<Vec<Invitation>, ApiError> {
    let planned = desk.find(id).await?;
    if planned.plan.cancelled.is_some() {
        return Err(ApiError::NotNow { why: "cancelled".to_owned() });
    }
    let rows = desk.store.invitations(id).await?;
    let known: HashSet<String> = rows.iter().map(|row| key_of(row.person, &row.email, &row.name)).collect();
    let mut guests = guests_of(desk, people).await?;
    guests.retain(|guest| !known.contains(&guest.key()));
    if rows.len() + guests.len() > PEOPLE_LIMIT {
        return Err(ApiError::BadField { field: "people".to_owned() });
    }
    let next = rows.iter().map(|row| row.place + 1).max().unwrap_or(0);
    let new = rows_of(desk, id, &planned.plan, &guests, next);
    desk.store.invite(&new).await?;
    if Details::of(&planned.plan).is_told {
        // The others have their invitations: these follow at once.
        send_all(desk, id).await?;
    }
    let names: HashSet<String> = new.into_iter().map(|row| row.id).collect();
    let rows = desk.store.invitations(id).await?.into_iter().filter(|row| names.contains(&row.id));
    shown(desk, id, rows.collect()).await
}

/// Changes what somebody is invited as.
pub(crate) async fn set_role(
    desk: &Desk<'_>,
    id: &ConferenceId,
    invitation: &str,
    role: InvitedRole,
) -> Result<Invitation, ApiError> {
    let mut row = desk.store.invitation(id, invitation).await?.ok_or(ApiError::NotFound {})?;
    row.role = word(role);
    desk.store.change_invitation(&row).await?;
    let mut all = shown(desk, id, vec![row]).await?;
    all.pop().ok_or(ApiError::Failure {})
}

/// Takes an invitation back, with that of who was to come instead.
pub(crate) async fn withdraw(desk: &Desk<'_>, id: &ConferenceId, invitation: &str) -> Result<(), ApiError> {
    let planned = desk.find(id).await?;
    let rows = desk.store.invitations(id).await?;
    if rows.iter().all(|row| row.id != invitation) {
        return Err(ApiError::NotFound {});
    }
    let goes = |row: &&InvitationRow| row.id == invitation || row.delegate_of.as_deref() == Some(invitation);
    for row in rows.iter().filter(goes) {
        take_back(desk, &planned, row).await?;
        desk.store.withdraw_invitation(&row.id).await?;
    }
    Ok(())
}

/// Mails that are waiting or were sent, newest first.
pub(crate) async fn outbox(
    desk: &Desk<'_>,
    conference: Option<&ConferenceId>,
    state: Option<DeliveryState>,
    before: u64,
) -> Result<Vec<OutboxLine>, ApiError> {
    let filter = DispatchFilter {
        channel: MAIL,
        conference: conference.map(ToString::to_string).unwrap_or_default(),
        target: String::new(),
        state: match state {
            None => String::new(),
            Some(DeliveryState::NoServer) => "waiting".to_owned(),
            Some(state) => word(state),
        },
        before,
        limit: OUTBOX_LIMIT,
    };
    let mut titles: HashMap<String, String> = HashMap::new();
    let mut lines = Vec::new();
    for row in desk.store.dispatches(&filter).await? {
        if !titles.contains_key(&row.conference) {
            let planned = match ConferenceId::new(&row.conference) {
                Ok(id) => desk.store.planned(&id).await?,
                Err(_) => None,
            };
            titles.insert(row.conference.clone(), planned.map_or_else(String::new, |p| p.meeting.title));
        }
        let letter: Option<Letter> = serde_json::from_str(&row.body).ok();
        let (Some(letter), Some(kind)) = (letter, read::<MailKind>(&row.word)) else { continue };
        let state = state_of(desk, &row);
        lines.push(OutboxLine {
            id: row.id.to_string(),
            title: titles.get(&row.conference).cloned().unwrap_or_default(),
            conference: row.conference,
            to: letter.to,
            name: letter.name,
            kind,
            state,
            attempts: row.attempts,
            next_ms: (state == DeliveryState::Waiting).then_some(row.next.0),
            at_ms: row.touched.0,
            said: row.said,
        });
    }
    Ok(lines)
}
