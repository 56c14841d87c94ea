//! Conferences as people see them outside the meeting: list and door; and the site tree.
//!
//! Called by the HTTP handlers with somebody who is allowed. What happens inside a conference is
//! the runner's.

use crate::auth::Identity;
use crate::http::refused_to_open;
use crate::protocol::api::{ApiError, ConferenceSummary, Lobby, Person, SiteSummary};
use crate::protocol::meetings::MeetingState;
use crate::runner::{Act, Acted, Input, Runners, Summary};
use crate::schedule::{Desk, Details, state_of, take_role};
use crate::store::{Database, Meeting, Meetings as _, Planned, Planning as _};
use media_control::ConferenceId;
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization as _;

/// Conferences shown in the list, newest first.
const LIST_LIMIT: u32 = 100;
/// How far ahead the opening of a door may be set.
pub(crate) const OPENS_AHEAD_MS: i64 = 400 * 24 * 60 * 60 * 1000;

/// `text` trimmed and in NFC, when it has between `least` and `limit` characters and none that
/// controls the screen.
pub(crate) fn checked_text(field: &str, text: &str, least: usize, limit: usize) -> Result<String, ApiError> {
    let text: String = text.trim().nfc().collect();
    if !(least..=limit).contains(&text.chars().count()) {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        return Err(ApiError::TextLength { field: field.to_owned(), limit });
    }
    if text.chars().any(char::is_control) {
        return Err(ApiError::BadField { field: field.to_owned() });
    }
    Ok(text)
}

/// The conference `id`.
pub(crate) async fn find(store: &Database, id: &ConferenceId) -> Result<Meeting, ApiError> {
    store.meeting(id).await?.ok_or(ApiError::NoSuchConference {})
}

/// The conference `id`, unless it was cancelled: nobody comes into that one.
pub(crate) async fn find_open(store: &Database, id: &ConferenceId) -> Result<Meeting, ApiError> {
    let planned = store.planned(id).await?.ok_or(ApiError::NoSuchConference {})?;
    match planned.plan.cancelled {
        Some(_) => Err(ApiError::KeptOut { why: "cancelled".to_owned() }),
        None => Ok(planned.meeting),
    }
}

/// Asks the conference, whether somebody is in it or not, and waits until what it decided is kept.
pub(crate) async fn act(
    runners: &Runners,
    meeting: &Meeting,
    who: Identity,
    act: Act,
) -> Result<Acted, ApiError> {
    let handle = runners.open(meeting).await.map_err(|failure| refused_to_open(&failure))?;
    let (answer, acted) = oneshot::channel();
    let busy = || ApiError::Busy { retry_s: 2 };
    handle.inputs.send(Input::Act { who, act, answer }).await.map_err(|_| busy())?;
    acted.await.map_err(|_| busy())?.map_err(ApiError::from)
}

/// The newest conferences as `who` sees them; a bearer of a token sees only their own.
pub(crate) async fn list(desk: &Desk<'_>, who: &Identity) -> Result<Vec<ConferenceSummary>, ApiError> {
    let mut list = Vec::new();
    for meeting in desk.store.meetings(LIST_LIMIT).await? {
        if !who.opens(&meeting.id) {
            continue;
        }
        let summary = summary(desk.runners, &meeting).await?;
        let mut who = who.clone();
        take_role(desk.store, &meeting.id, &mut who).await?;
        let planned = desk.find(&meeting.id).await?;
        let state = state_of(desk, &planned);
        list.push(ConferenceSummary {
            id: meeting.id,
            title: meeting.title,
            label: meeting.label,
            open: summary.open && state != MeetingState::Cancelled,
            starts_ms: planned.plan.starts.map(|at| at.0),
            state: Some(state),
            participants: summary.participants,
            role: who.role,
            opens_ms: summary.opens.map(|at| at.0),
        });
    }
    Ok(list)
}

async fn summary(runners: &Runners, meeting: &Meeting) -> Result<Summary, ApiError> {
    if let Some(known) = runners.summary(&meeting.id) {
        return Ok(known);
    }
    let handle = runners.open(meeting).await.map_err(|failure| refused_to_open(&failure))?;
    Ok(handle.summary.borrow().clone())
}

/// Three groups of letters, 10^15 possibilities: nobody finds a conference by trying names.
pub(crate) fn fresh_id() -> ConferenceId {
    const LETTERS: &[u8; 20] = b"bcdfghjkmnpqrstvwxyz";
    let letter = |_| char::from(LETTERS[rand::random_range(0..LETTERS.len())]);
    let group = |_| (0..4).map(letter).collect::<String>();
    let id = (0..3).map(group).collect::<Vec<_>>().join("-");
    ConferenceId::new(&id).expect("letters and inner hyphens")
}

/// What stands at the door of `id`.
pub(crate) async fn lobby(
    desk: &Desk<'_>,
    id: &ConferenceId,
    you: Option<Person>,
) -> Result<Lobby, ApiError> {
    let planned = desk.find(id).await?;
    let summary = summary(desk.runners, &planned.meeting).await?;
    let state = match state_of(desk, &planned) {
        MeetingState::Cancelled => MeetingState::Cancelled,
        _ if summary.ended => MeetingState::Ended,
        state => state,
    };
    let details = Details::of(&planned.plan);
    let Planned { meeting, plan, .. } = planned;
    Ok(Lobby {
        state,
        starts_ms: plan.starts.map(|at| at.0),
        minutes: plan.starts.map(|_| plan.minutes),
        cancel_reason: details.cancel_reason,
        id: meeting.id,
        title: meeting.title,
        label: meeting.label,
        chair: summary.chair,
        open: summary.open && state != MeetingState::Cancelled,
        locked: summary.locked,
        ended: summary.ended,
        waiting_room: summary.waiting_room,
        guests_allowed: meeting.settings.guests,
        participants: summary.participants,
        limit: meeting.settings.limit,
        server_full: desk.runners.capacity().is_full(),
        opens_ms: summary.opens.map(|at| at.0),
        you,
    })
}

/// The sites of `tree`, or of the first tree.
pub(crate) async fn sites(store: &Database, tree: Option<String>) -> Result<Vec<SiteSummary>, ApiError> {
    let tree = match tree {
        Some(tree) => tree,
        None => match store.site_trees().await?.into_iter().next() {
            Some(first) => first,
            None => return Ok(Vec::new()),
        },
    };
    let sites = store.sites(&tree).await?.into_iter();
    Ok(sites
        .map(|site| SiteSummary {
            id: site.id,
            name: site.name,
            kind: site.kind,
            parent: site.parent,
            sector: site.sector,
            sample: site.sample,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_trimmed_composed_and_bounded() {
        assert_eq!(checked_text("name", "  Hạnh ", 1, 4), Ok("Hạnh".to_owned()));
        let limit = ApiError::TextLength { field: "name".to_owned(), limit: 4 };
        assert_eq!(checked_text("name", "   ", 1, 4), Err(limit.clone()));
        assert_eq!(checked_text("name", "Hạnhs", 1, 4), Err(limit));
        let control = ApiError::BadField { field: "name".to_owned() };
        assert_eq!(checked_text("name", "a\u{7}b", 1, 4), Err(control));
    }

    #[test]
    fn made_names_are_conference_ids() {
        assert_eq!(fresh_id().as_str().len(), 14);
        assert_ne!(fresh_id(), fresh_id());
    }
}
