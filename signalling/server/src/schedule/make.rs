//! Makes a meeting, or all meetings of a series.
//!
//! Called by `http::conferences` with somebody who may plan. All or none: a series is one transaction.

use super::templates::filled;
use super::{Choice, Desk, Details, bad, choose, conflicts, series};
use crate::auth::Identity;
use crate::invitations::{self, Guest, guests_of, rows_of};
use crate::meetings::OPENS_AHEAD_MS;
use crate::protocol::api::{ApiError, ConferenceCreated, NewConference};
use crate::protocol::invitations::InvitedRole;
use crate::protocol::meetings::Conflict;
use crate::protocol::webhooks::HookEvent;
use crate::store::{InvitedSite, Meeting, NewPlanned, Plan, Planning as _, StoreFailure, Unique};
use crate::webhooks::announce;
use conference::{PersonId, Secrecy, Settings, Timestamp};
use media_control::ConferenceId;

/// Most invitations that one request makes: people times meetings.
const INVITATIONS_LIMIT: usize = 20_000;
/// Most conflicts that are told of a whole series.
const CONFLICTS_LIMIT: usize = 200;

/// Everything that was asked for, checked and looked up.
struct Draft {
    title: String,
    label: String,
    settings: Settings,
    details: Details,
    minutes: u32,
    /// How long before its start the door of a meeting opens.
    opens_before: Option<i64>,
    sites: Vec<InvitedSite>,
    guests: Vec<Guest>,
    series: String,
}

/// Makes what is asked for.
pub(crate) async fn make(
    desk: &Desk<'_>,
    who: &Identity,
    asked: &NewConference,
) -> Result<ConferenceCreated, ApiError> {
    let asked = filled(desk, asked).await?;
    let given = asked.id.as_deref().map(ConferenceId::new).transpose().map_err(|_| bad("id"))?;
    let times = times(desk, &asked)?;
    if given.is_some() && times.len() > 1 {
        return Err(bad("id"));
    }
    let draft = draft(desk, &asked, times.first().copied().flatten()).await?;
    if draft.guests.len() * times.len() > INVITATIONS_LIMIT {
        return Err(bad("people"));
    }
    let chairs = draft.guests.iter().filter(|guest| guest.role == InvitedRole::Chair);
    let chairs: Vec<PersonId> = chairs.filter_map(|guest| guest.person).collect();
    let mut all = Vec::with_capacity(times.len());
    let mut found: Vec<Conflict> = Vec::new();
    for starts in times {
        let id = given.clone().unwrap_or_else(crate::meetings::fresh_id);
        if let Some(starts) = starts.filter(|_| found.len() < CONFLICTS_LIMIT) {
            found.extend(conflicts(desk, &id, starts, draft.minutes, &draft.sites, &chairs).await?);
        }
        all.push(draft.meeting(desk, who, id, starts));
    }
    found.truncate(CONFLICTS_LIMIT);
    desk.store.create_planned(&all).await.map_err(|failure| match failure {
        StoreFailure::Taken(Unique::Conference) => ApiError::ConferenceExists {},
        failure => failure.into(),
    })?;
    let ids: Vec<ConferenceId> = all.iter().map(|new| new.meeting.id.clone()).collect();
    if asked.invite {
        for id in &ids {
            invitations::send_all(desk, id).await?;
        }
    }
    for new in &all {
        let facts = facts(&new.meeting, &new.plan);
        announce(desk, HookEvent::MeetingPlanned, new.meeting.id.as_str(), facts).await;
    }
    let id = ids.first().cloned().ok_or(ApiError::Failure {})?;
    let ids = if ids.len() > 1 { ids.iter().map(ToString::to_string).collect() } else { Vec::new() };
    Ok(ConferenceCreated { id, ids, conflicts: found })
}

/// What a web-hook is told of a meeting: no names of people, and no title that is a state secret.
pub(super) fn facts(meeting: &Meeting, plan: &Plan) -> serde_json::Value {
    let is_secret = meeting.settings.secrecy == Secrecy::StateSecret;
    serde_json::json!({
        "title": if is_secret { "" } else { meeting.title.as_str() },
        "starts_ms": plan.starts.map(|at| at.0),
        "minutes": plan.minutes,
        "sequence": plan.sequence,
    })
}

/// When the meetings are; one without a time when none was given.
fn times(desk: &Desk<'_>, asked: &NewConference) -> Result<Vec<Option<Timestamp>>, ApiError> {
    let Some(starts_ms) = asked.starts_ms else {
        return if asked.series.is_some() { Err(bad("starts_ms")) } else { Ok(vec![None]) };
    };
    choose::start(desk, starts_ms)?;
    match &asked.series {
        None => Ok(vec![Some(Timestamp(starts_ms))]),
        Some(rule) => {
            let times =
                series::times(starts_ms, rule).map_err(|wrong| bad(&format!("series.{}", wrong.0)))?;
            times.into_iter().map(|at| choose::start(desk, at).map(Some)).collect()
        }
    }
}

async fn draft(desk: &Desk<'_>, asked: &NewConference, first: Option<Timestamp>) -> Result<Draft, ApiError> {
    let latest = desk.now.plus_ms(OPENS_AHEAD_MS).0;
    if asked.opens_ms.is_some_and(|at| !(0..=latest).contains(&at)) {
        return Err(bad("opens_ms"));
    }
    let choice = Choice { sites: &asked.sites, trees: &asked.trees, sectors: &asked.sectors };
    let details = Details {
        note: choose::note(&asked.note)?,
        agenda: choose::agenda(&asked.agenda)?,
        ..Details::default()
    };
    Ok(Draft {
        title: choose::title(&asked.title)?,
        label: choose::label(&asked.label)?,
        settings: Settings {
            waiting_room: asked.waiting_room,
            guests: asked.guests,
            kind: asked.kind,
            secrecy: asked.secrecy,
            opens: asked.opens_ms.map(Timestamp),
            ..Settings::default()
        },
        details,
        minutes: choose::minutes(asked.minutes.unwrap_or(60))?,
        opens_before: first.zip(asked.opens_ms).map(|(first, opens)| first.0 - opens),
        sites: choice.resolve(desk).await?,
        guests: guests_of(desk, &asked.people).await?,
        series: if asked.series.is_some() { invitations::fresh_name() } else { String::new() },
    })
}

impl Draft {
    fn meeting(
        &self,
        desk: &Desk<'_>,
        who: &Identity,
        id: ConferenceId,
        starts: Option<Timestamp>,
    ) -> NewPlanned {
        let opens = match (starts, self.opens_before) {
            (Some(starts), Some(before)) => Some(starts.plus_ms(-before)),
            _ => self.settings.opens,
        };
        let mut plan =
            Plan { starts, minutes: self.minutes, series: self.series.clone(), ..Plan::open(String::new()) };
        self.details.keep(&mut plan, &self.title, &self.label);
        NewPlanned {
            invitations: rows_of(desk, &id, &plan, &self.guests, 0),
            meeting: Meeting {
                id,
                title: self.title.clone(),
                label: self.label.clone(),
                settings: Settings { opens, ..self.settings },
                created_by: Some(who.person),
                created: desk.now,
            },
            sites: self.sites.clone(),
            plan,
        }
    }
}
