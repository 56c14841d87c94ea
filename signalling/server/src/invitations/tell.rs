//! Puts mails into the outbox: invitations, changes, cancellations, reminders.
//!
//! Called by `schedule`, the HTTP side and `remind`. A mail is put in once for each thing to be told; what
//! it says is written when it is sent, so that it never tells what is no longer so.

use super::MAIL;
use super::guests::link_ends;
use super::letter::Letter;
use crate::protocol::api::ApiError;
use crate::protocol::invitations::{InvitedRole, MailKind, SendInvitations, SentInvitations};
use crate::schedule::{Desk, Details, UNDO_MS};
use crate::store::{
    DispatchFilter, Dispatches as _, InvitationRow, Inviting as _, NewDispatch, Planned, Planning as _,
};
use conference::{PersonId, Timestamp};
use media_control::ConferenceId;
use std::collections::{HashMap, HashSet};

/// Most mails that wait; more are not put in and counted.
pub(crate) const MAILS_LIMIT: u32 = 50_000;
/// Mails of one meeting that are looked at.
pub(super) const MAILS_OF_MEETING: u32 = 10_000;
/// Longest that a mail is worth sending.
const MAIL_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    Invitation,
    Change,
    Cancellation,
    /// It was cancelled, and takes place after all.
    Restoration,
    /// So many minutes before the start.
    Reminder(u32),
}

impl News {
    pub(super) const fn kind(self) -> MailKind {
        match self {
            Self::Invitation => MailKind::Invitation,
            Self::Change | Self::Restoration => MailKind::Change,
            Self::Cancellation => MailKind::Cancellation,
            Self::Reminder(_) => MailKind::Reminder,
        }
    }
}

/// The addresses of `rows`: their own, else the ones that their accounts have given.
pub(super) async fn addresses(
    desk: &Desk<'_>,
    rows: &[InvitationRow],
) -> Result<HashMap<String, String>, ApiError> {
    let people: Vec<PersonId> =
        rows.iter().filter(|row| row.email.is_empty()).filter_map(|row| row.person).collect();
    let book: HashMap<PersonId, String> = desk.store.addresses(&people).await?.into_iter().collect();
    let address = |row: &InvitationRow| {
        let known = row.person.and_then(|person| book.get(&person)).cloned().unwrap_or_default();
        let email = if row.email.is_empty() { known } else { row.email.clone() };
        (row.id.clone(), email)
    };
    Ok(rows.iter().map(address).collect())
}

/// Which invitations were ever written to.
async fn written_to(desk: &Desk<'_>, id: &ConferenceId) -> Result<HashSet<String>, ApiError> {
    let filter = DispatchFilter {
        channel: MAIL,
        conference: id.to_string(),
        limit: MAILS_OF_MEETING,
        ..DispatchFilter::default()
    };
    Ok(desk.store.dispatches(&filter).await?.into_iter().map(|row| row.target).collect())
}

/// Tells `rows` of `news`.
async fn tell(
    desk: &Desk<'_>,
    planned: &Planned,
    rows: &[InvitationRow],
    news: News,
) -> Result<SentInvitations, ApiError> {
    let addresses = addresses(desk, rows).await?;
    let mut without_address = 0;
    let mut new = Vec::with_capacity(rows.len());
    for row in rows {
        let to = addresses.get(&row.id).cloned().unwrap_or_default();
        if to.is_empty() {
            without_address += 1;
            continue;
        }
        let (plan, id) = (&planned.plan, &row.id);
        let token = match news {
            // Sent again by hand it is a mail of its own.
            News::Invitation => format!("inv-{id}-{}", desk.now.0),
            News::Change => format!("chg-{id}-{}", plan.sequence),
            News::Cancellation => format!("can-{id}-{}", plan.sequence),
            News::Restoration => format!("res-{id}-{}", plan.sequence),
            News::Reminder(minutes) => {
                format!("rem-{id}-{}-{minutes}", plan.starts.map_or(0, |at| at.0))
            }
        };
        let letter = Letter {
            to,
            name: row.name.clone(),
            role: role_of(row),
            sequence: plan.sequence,
            withdrawn: false,
            restored: news == News::Restoration,
        };
        new.push(NewDispatch {
            channel: MAIL,
            token,
            conference: planned.meeting.id.to_string(),
            target: id.clone(),
            word: super::guests::word(news.kind()),
            next: if news == News::Cancellation { desk.now.plus_ms(UNDO_MS) } else { desk.now },
            ends: ends(desk, planned, news),
            body: serde_json::to_string(&letter).expect("plain fields"),
        });
    }
    let queued = desk.store.put_out(&new, desk.now, MAILS_LIMIT).await?;
    desk.bell.notify_one();
    metrics::counter!("vc_outbox_queued_total", "channel" => MAIL).increment(queued.into());
    Ok(SentInvitations { queued, without_address, no_server: !desk.has_mail })
}

pub(super) fn role_of(row: &InvitationRow) -> InvitedRole {
    let word = serde_json::Value::String(row.role.clone());
    serde_json::from_value(word).unwrap_or(InvitedRole::Delegate)
}

fn ends(desk: &Desk<'_>, planned: &Planned, news: News) -> Timestamp {
    let life = desk.now.plus_ms(MAIL_LIFE_MS);
    match (news, planned.plan.starts) {
        (News::Reminder(_), Some(starts)) => starts,
        (News::Cancellation, _) | (_, None) => life,
        (_, Some(_)) => planned.plan.ends().unwrap_or(life).min(life),
    }
}

/// Tells everybody whom it concerns of a change, a cancellation, or that it is soon.
pub(crate) async fn tell_all(desk: &Desk<'_>, planned: &Planned, news: News) -> Result<(), ApiError> {
    let written = written_to(desk, &planned.meeting.id).await?;
    let mut rows = desk.store.invitations(&planned.meeting.id).await?;
    let stays_away = |row: &InvitationRow| matches!(row.answer.as_str(), "no" | "delegated");
    rows.retain(|row| written.contains(&row.id));
    rows.retain(|row| news == News::Cancellation || !stays_away(row));
    keep_links(desk, planned, &mut rows).await?;
    tell(desk, planned, &rows, news).await?;
    Ok(())
}

/// A link is good as long as the meeting is ahead: moves its end with the meeting's.
async fn keep_links(desk: &Desk<'_>, planned: &Planned, rows: &mut [InvitationRow]) -> Result<(), ApiError> {
    let end = link_ends(desk, &planned.plan);
    for row in rows.iter_mut().filter(|row| row.token_expires < end && planned.plan.starts.is_some()) {
        row.token_expires = end;
        desk.store.change_invitation(row).await?;
    }
    Ok(())
}

/// Sends the invitations that nobody has sent yet.
pub(crate) async fn send_all(desk: &Desk<'_>, id: &ConferenceId) -> Result<SentInvitations, ApiError> {
    send(desk, id, &SendInvitations::default()).await
}

/// Sends invitations, again if that is asked for.
pub(crate) async fn send(
    desk: &Desk<'_>,
    id: &ConferenceId,
    asked: &SendInvitations,
) -> Result<SentInvitations, ApiError> {
    let mut planned = desk.find(id).await?;
    if planned.plan.cancelled.is_some() {
        return Err(ApiError::NotNow { why: "cancelled".to_owned() });
    }
    let written = written_to(desk, id).await?;
    let mut rows = desk.store.invitations(id).await?;
    if !asked.only.is_empty() {
        rows.retain(|row| asked.only.contains(&row.id));
    } else if asked.unanswered {
        rows.retain(|row| row.answer == "waiting");
    } else {
        rows.retain(|row| !written.contains(&row.id) && row.answer != "delegated");
    }
    keep_links(desk, &planned, &mut rows).await?;
    let sent = tell(desk, &planned, &rows, News::Invitation).await?;
    let mut details = Details::of(&planned.plan);
    if sent.queued > 0 && !details.is_told {
        details.is_told = true;
        let (title, label) = (planned.meeting.title.clone(), planned.meeting.label.clone());
        details.keep(&mut planned.plan, &title, &label);
        desk.store.change_planned(&planned.meeting, &planned.plan, None).await?;
    }
    Ok(sent)
}

/// Tells somebody whose invitation was taken back that the meeting is off for them.
pub(super) async fn take_back(
    desk: &Desk<'_>,
    planned: &Planned,
    row: &InvitationRow,
) -> Result<(), ApiError> {
    if !written_to(desk, &planned.meeting.id).await?.contains(&row.id) {
        return Ok(());
    }
    let to = addresses(desk, std::slice::from_ref(row)).await?.remove(&row.id).unwrap_or_default();
    if to.is_empty() {
        return Ok(());
    }
    // One above what they have: their calendar takes it for the newer word.
    let sequence = planned.plan.sequence.saturating_add(1);
    let letter =
        Letter { to, name: row.name.clone(), role: role_of(row), sequence, withdrawn: true, restored: false };
    let new = NewDispatch {
        channel: MAIL,
        token: format!("off-{}", row.id),
        conference: planned.meeting.id.to_string(),
        target: row.id.clone(),
        word: super::guests::word(MailKind::Cancellation),
        next: desk.now,
        ends: ends(desk, planned, News::Cancellation),
        body: serde_json::to_string(&letter).expect("plain fields"),
    };
    desk.store.put_out(&[new], desk.now, MAILS_LIMIT).await?;
    desk.bell.notify_one();
    Ok(())
}
