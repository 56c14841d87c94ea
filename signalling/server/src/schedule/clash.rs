//! Sites and chairs that two meetings want at the same time.
//!
//! Called when a meeting is made, moved or only looked at. Warns; never refuses: a hall may well take part
//! in two meetings one after the other that overlap on paper.

use super::{Choice, Desk, choose};
use crate::invitations::guests_of;
use crate::protocol::api::ApiError;
use crate::protocol::invitations::InvitedRole;
use crate::protocol::meetings::{Conflict, ConflictCheck, ConflictKind};
use crate::store::{Clash, InvitedSite, Planning as _};
use conference::{PersonId, Timestamp};
use media_control::ConferenceId;

/// Most conflicts that are told.
const CONFLICTS_LIMIT: usize = 100;

fn shown(clash: Clash) -> Conflict {
    Conflict {
        kind: if clash.is_site { ConflictKind::Site } else { ConflictKind::Person },
        id: clash.id,
        name: clash.name,
        conference: clash.conference.to_string(),
        title: clash.title,
        starts_ms: clash.starts.0,
        minutes: clash.minutes,
    }
}

/// What clashes with a meeting of these sites and chairs.
pub(crate) async fn conflicts(
    desk: &Desk<'_>,
    except: &ConferenceId,
    starts: Timestamp,
    minutes: u32,
    sites: &[InvitedSite],
    chairs: &[PersonId],
) -> Result<Vec<Conflict>, ApiError> {
    let until = starts.plus_ms(i64::from(minutes) * 60_000);
    let mut found = desk.store.clashes(except, starts, until, sites, chairs).await?;
    found.truncate(CONFLICTS_LIMIT);
    Ok(found.into_iter().map(shown).collect())
}

/// What would clash with a meeting that is only thought of.
pub(crate) async fn conflicts_of(desk: &Desk<'_>, check: &ConflictCheck) -> Result<Vec<Conflict>, ApiError> {
    // No conference has this name: it is too long for one that is made.
    let nobody = || ConferenceId::new("khong-co-cuoc-hop-nao-ten-nhu-the").expect("a good id");
    let except = check.id.as_deref().and_then(|id| ConferenceId::new(id).ok()).unwrap_or_else(nobody);
    let starts = choose::start(desk, check.starts_ms)?;
    let minutes = choose::minutes(check.minutes)?;
    let choice = Choice { sites: &check.sites, trees: &check.trees, sectors: &check.sectors };
    let sites = choice.resolve(desk).await?;
    let guests = guests_of(desk, &check.people).await?;
    let chairs = guests.iter().filter(|guest| guest.role == InvitedRole::Chair);
    let chairs: Vec<PersonId> = chairs.filter_map(|guest| guest.person).collect();
    conflicts(desk, &except, starts, minutes, &sites, &chairs).await
}
