//! Conferences as people see them outside the meeting: list, make, door; and the site tree.
//!
//! Called by the HTTP handlers with somebody who is allowed. What happens inside a conference is
//! the runner's.

use crate::auth::Identity;
use crate::http::refused_to_open;
use crate::protocol::api::{ApiError, ConferenceSummary, Lobby, NewConference, Person, SiteSummary};
use crate::runner::{Runners, Summary};
use crate::store::{Database, InvitedSite, Meeting, Meetings as _, StoreFailure, Unique};
use conference::{MAX_SITES, Role, Settings, Timestamp};
use media_control::ConferenceId;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization as _;

/// Conferences shown in the list, newest first.
const LIST_LIMIT: u32 = 100;
/// Longest title, in characters.
const TITLE_LIMIT: usize = 200;
/// Longest secrecy label, in characters.
const LABEL_LIMIT: usize = 60;
/// How far ahead the opening of a door may be set.
const OPENS_AHEAD_MS: i64 = 400 * 24 * 60 * 60 * 1000;

/// Who may make conferences. The role of a `diemcau token` counts as that of an account: an
/// operator gave it, so that other programs can set meetings up. Somebody who came by a public
/// link never may, whatever role guests may get one day.
pub(crate) const fn may_create(who: &Identity) -> bool {
    let role = who.role;
    !who.guest
        && matches!(role, Role::Chair | Role::Secretary | Role::Administrator | Role::UnitAdministrator)
}

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

/// The newest conferences as `who` sees them; a bearer of a token sees only their own.
pub(crate) async fn list(
    store: &Database,
    runners: &Runners,
    who: &Identity,
) -> Result<Vec<ConferenceSummary>, ApiError> {
    let mut list = Vec::new();
    for meeting in store.meetings(LIST_LIMIT).await? {
        if !who.opens(&meeting.id) {
            continue;
        }
        let summary = summary(runners, &meeting).await?;
        list.push(ConferenceSummary {
            id: meeting.id,
            title: meeting.title,
            label: meeting.label,
            open: summary.open,
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

/// Makes a conference and returns its name.
pub(crate) async fn create(
    store: &Database,
    who: &Identity,
    new: &NewConference,
    now_ms: i64,
) -> Result<ConferenceId, ApiError> {
    let bad_id = |_| ApiError::BadField { field: "id".to_owned() };
    let id = match &new.id {
        Some(id) => ConferenceId::new(id).map_err(bad_id)?,
        None => fresh_id(),
    };
    if new.opens_ms.is_some_and(|at| !(0..=now_ms.saturating_add(OPENS_AHEAD_MS)).contains(&at)) {
        return Err(ApiError::BadField { field: "opens_ms".to_owned() });
    }
    let settings = Settings {
        waiting_room: new.waiting_room,
        guests: new.guests,
        kind: new.kind,
        secrecy: new.secrecy,
        opens: new.opens_ms.map(Timestamp),
        ..Settings::default()
    };
    let meeting = Meeting {
        id: id.clone(),
        title: checked_text("title", &new.title, 1, TITLE_LIMIT)?,
        label: checked_text("label", &new.label, 0, LABEL_LIMIT)?,
        settings,
        created_by: Some(who.person),
        created: Timestamp(now_ms),
    };
    let invited = sites_of_trees(store, &new.sites).await?;
    match store.create_meeting(&meeting, &invited).await {
        Ok(()) => Ok(id),
        Err(StoreFailure::Taken(Unique::Conference)) => Err(ApiError::ConferenceExists {}),
        Err(failure) => Err(failure.into()),
    }
}

/// The sites of these ids in the order of their trees; the first tree that has an id counts.
async fn sites_of_trees(store: &Database, ids: &[String]) -> Result<Vec<InvitedSite>, ApiError> {
    let mut wanted: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let mut invited = Vec::with_capacity(wanted.len());
    for tree in store.site_trees().await? {
        if wanted.is_empty() {
            break;
        }
        for site in store.sites(&tree).await? {
            if wanted.remove(site.id.as_str()) {
                invited.push(InvitedSite { tree: tree.clone(), id: site.id });
            }
        }
    }
    let is_known = wanted.is_empty() && invited.len() <= MAX_SITES;
    if is_known { Ok(invited) } else { Err(ApiError::BadField { field: "sites".to_owned() }) }
}

/// Three groups of letters, 10^15 possibilities: nobody finds a conference by trying names.
fn fresh_id() -> ConferenceId {
    const LETTERS: &[u8; 20] = b"bcdfghjkmnpqrstvwxyz";
    let letter = |_| char::from(LETTERS[rand::random_range(0..LETTERS.len())]);
    let group = |_| (0..4).map(letter).collect::<String>();
    let id = (0..3).map(group).collect::<Vec<_>>().join("-");
    ConferenceId::new(&id).expect("letters and inner hyphens")
}

/// What stands at the door of `id`.
pub(crate) async fn lobby(
    store: &Database,
    runners: &Runners,
    id: &ConferenceId,
    you: Option<Person>,
) -> Result<Lobby, ApiError> {
    let meeting = find(store, id).await?;
    let summary = summary(runners, &meeting).await?;
    Ok(Lobby {
        id: meeting.id,
        title: meeting.title,
        label: meeting.label,
        chair: summary.chair,
        open: summary.open,
        locked: summary.locked,
        ended: summary.ended,
        waiting_room: summary.waiting_room,
        guests_allowed: meeting.settings.guests,
        participants: summary.participants,
        limit: meeting.settings.limit,
        server_full: runners.capacity().is_full(),
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
