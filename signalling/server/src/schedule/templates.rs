//! Meetings kept to make others from.
//!
//! Called by `http::meetings` and `make`. A template is what somebody would send to make the meeting, less
//! its name, its time and its series.

use super::{Desk, Details, bad};
use crate::auth::Identity;
use crate::meetings::checked_text;
use crate::protocol::api::{ApiError, NewConference};
use crate::protocol::invitations::InvitedPerson;
use crate::protocol::meetings::{MeetingTemplate, NewTemplate};
use crate::store::{Inviting as _, Meetings as _, TemplateRow};
use media_control::ConferenceId;

/// Most templates.
const TEMPLATES_LIMIT: u32 = 200;
/// Longest name, in characters.
const NAME_LIMIT: usize = 120;

/// All templates by name; one that cannot be read any more is left out.
pub(crate) async fn templates(desk: &Desk<'_>) -> Result<Vec<MeetingTemplate>, ApiError> {
    let rows = desk.store.templates().await?.into_iter();
    Ok(rows.filter_map(shown).collect())
}

fn shown(row: TemplateRow) -> Option<MeetingTemplate> {
    let meeting = serde_json::from_str(&row.body).ok()?;
    Some(MeetingTemplate { id: row.id, name: row.name, created_ms: row.created.0, meeting })
}

/// Keeps a template.
pub(crate) async fn save_template(
    desk: &Desk<'_>,
    who: &Identity,
    new: &NewTemplate,
) -> Result<MeetingTemplate, ApiError> {
    let name = checked_text("name", &new.name, 1, NAME_LIMIT)?;
    let meeting = match (&new.meeting, &new.from) {
        (Some(meeting), None) => meeting.clone(),
        (None, Some(from)) => of_meeting(desk, from).await?,
        _ => return Err(bad("meeting")),
    };
    let timeless = NewConference {
        id: None,
        starts_ms: None,
        opens_ms: None,
        series: None,
        template: None,
        invite: false,
        ..meeting
    };
    let row = TemplateRow {
        id: crate::invitations::fresh_name(),
        name,
        created: desk.now,
        created_by: Some(who.person),
        body: serde_json::to_string(&timeless).expect("plain fields"),
    };
    if !desk.store.save_template(&row, TEMPLATES_LIMIT).await? {
        return Err(ApiError::NotNow { why: "templates_full".to_owned() });
    }
    shown(row).ok_or(ApiError::Failure {})
}

/// Forgets a template.
pub(crate) async fn delete_template(desk: &Desk<'_>, id: &str) -> Result<(), ApiError> {
    if desk.store.delete_template(id).await? { Ok(()) } else { Err(ApiError::NotFound {}) }
}

/// What would make the meeting `from` once more.
async fn of_meeting(desk: &Desk<'_>, from: &str) -> Result<NewConference, ApiError> {
    let id = ConferenceId::new(from).map_err(|_| ApiError::NoSuchConference {})?;
    let planned = desk.find(&id).await?;
    let sites = desk.store.invited_sites(&id).await?;
    let invitations = desk.store.invitations(&id).await?;
    let details = Details::of(&planned.plan);
    let role = |word: &str| serde_json::from_value(serde_json::Value::String(word.to_owned())).ok();
    let people = invitations.into_iter().filter(|row| row.delegate_of.is_none()).filter_map(|row| {
        Some(InvitedPerson {
            user: None,
            role: role(&row.role)?,
            person: row.person.map(|person| person.to_string()),
            email: Some(row.email).filter(|email| !email.is_empty()),
            name: row.name,
            unit: row.unit,
        })
    });
    let settings = planned.meeting.settings;
    Ok(NewConference {
        title: planned.meeting.title,
        label: planned.meeting.label,
        waiting_room: settings.waiting_room,
        guests: settings.guests,
        kind: settings.kind,
        secrecy: settings.secrecy,
        minutes: Some(planned.plan.minutes),
        note: details.note,
        agenda: details.agenda,
        sites: sites.into_iter().map(|site| site.id).collect(),
        people: people.collect(),
        ..empty()
    })
}

fn empty() -> NewConference {
    serde_json::from_value(serde_json::json!({ "title": "" })).expect("everything else may be left out")
}

/// `asked` with what its template says where it says nothing itself.
pub(super) async fn filled(desk: &Desk<'_>, asked: &NewConference) -> Result<NewConference, ApiError> {
    let Some(id) = &asked.template else { return Ok(asked.clone()) };
    let rows = desk.store.templates().await?;
    let template =
        rows.into_iter().find(|row| row.id == *id).and_then(shown).ok_or_else(|| bad("template"))?;
    let (mut all, from) = (asked.clone(), template.meeting);
    fn text(own: &mut String, other: String) {
        if own.trim().is_empty() {
            *own = other;
        }
    }
    fn list<T>(own: &mut Vec<T>, other: Vec<T>) {
        if own.is_empty() {
            *own = other;
        }
    }
    text(&mut all.title, from.title);
    text(&mut all.label, from.label);
    text(&mut all.note, from.note);
    list(&mut all.agenda, from.agenda);
    list(&mut all.people, from.people);
    // Sites are chosen together: one's own choice replaces the template's.
    if all.sites.is_empty() && all.trees.is_empty() && all.sectors.is_empty() {
        (all.sites, all.trees, all.sectors) = (from.sites, from.trees, from.sectors);
    }
    all.minutes = all.minutes.or(from.minutes);
    all.waiting_room |= from.waiting_room;
    all.guests |= from.guests;
    if all.kind == Default::default() {
        all.kind = from.kind;
    }
    if all.secrecy == Default::default() {
        all.secrecy = from.secrecy;
    }
    Ok(all)
}
