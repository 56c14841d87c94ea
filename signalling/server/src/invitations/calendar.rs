//! Calendar entries (RFC 5545) for mails (iTIP, RFC 5546) and for the feed that calendars subscribe to.
//!
//! Called by `letter` and by `http::calendar`. Only written, never read: nothing from outside is parsed
//! here. Times are in UTC, so that no time zone has to be described.

use super::guests::link_token;
use crate::protocol::api::ApiError;
use crate::schedule::{Desk, Details};
use crate::store::{Person, Planned, PlannedFilter, Planning as _};
use conference::{PersonId, Secrecy, Timestamp};
use icalendar::{Calendar, Component as _, Event, Property};

/// Meetings in a feed.
const FEED_LIMIT: u32 = 500;
/// How far a feed looks back and ahead.
const FEED_BACK_MS: i64 = 60 * 24 * 60 * 60 * 1000;
/// Longest line (RFC 5545 section 3.1).
const LINE_LIMIT_BYTES: usize = 75;
const FEED_AHEAD_MS: i64 = 400 * 24 * 60 * 60 * 1000;

/// What an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Request,
    Cancel,
    /// A feed: nobody is asked.
    Publish,
}

impl Method {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// What an entry says.
pub(crate) struct Entry<'a> {
    pub planned: &'a Planned,
    pub sequence: u32,
    pub cancelled: bool,
    /// Address of the server, without a slash at its end.
    pub link: &'a str,
    /// Who invites: an address; nobody in a feed without a mail server.
    pub from: Option<&'a str>,
    /// Name and address of who is invited.
    pub to: Option<(&'a str, &'a str)>,
    pub stamp: Timestamp,
}

/// The title as it may leave the system: that of a meeting about state secrets stays inside.
pub(super) fn open_title(planned: &Planned) -> &str {
    match planned.meeting.settings.secrecy {
        Secrecy::StateSecret => "Cuộc họp có nội dung mật",
        _ => &planned.meeting.title,
    }
}

fn utc(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A name in a parameter: no quotation mark and nothing that controls (RFC 5545 section 3.2).
fn quoted(name: &str) -> String {
    let plain: String = name.chars().filter(|letter| *letter != '"' && !letter.is_control()).collect();
    format!("\"{plain}\"")
}

fn person(key: &str, name: &str, address: &str) -> Property {
    let mut property = Property::new(key, format!("mailto:{address}"));
    property.add_parameter("CN", &quoted(name));
    property
}

/// The entry of one meeting; `None` when it has no time.
fn event(entry: &Entry<'_>) -> Option<Event> {
    let Entry { planned, link, .. } = entry;
    let (starts, ends) = (planned.plan.starts?, planned.plan.ends()?);
    let details = Details::of(&planned.plan);
    let is_secret = planned.meeting.settings.secrecy == Secrecy::StateSecret;
    let page = format!("{link}/c/{}", planned.meeting.id);
    let mut said = Vec::new();
    if !planned.meeting.label.is_empty() {
        said.push(format!("Độ mật: {}", planned.meeting.label));
    }
    if !is_secret {
        said.push(details.note.clone());
        said.extend(details.agenda.iter().zip(1..).map(|(item, number)| format!("{number}. {}", item.title)));
    }
    said.push(format!("Vào họp: {page}"));
    said.retain(|line| !line.is_empty());
    let mut event = Event::new();
    event
        .uid(&format!("{}@diemcau", planned.meeting.id))
        .sequence(entry.sequence)
        .summary(open_title(planned))
        .description(&said.join("\n"))
        .add_property("DTSTAMP", utc(entry.stamp))
        .add_property("DTSTART", utc(starts))
        .add_property("DTEND", utc(ends))
        .add_property("LOCATION", "Họp trực tuyến")
        .add_property("URL", page)
        .add_property("STATUS", if entry.cancelled { "CANCELLED" } else { "CONFIRMED" })
        .add_property("TRANSP", "OPAQUE");
    if let Some(from) = entry.from {
        event.append_property(person("ORGANIZER", "Điểm Cầu", from));
    }
    if let Some((name, address)) = entry.to {
        let mut invited = person("ATTENDEE", name, address);
        invited.add_parameter("ROLE", "REQ-PARTICIPANT").add_parameter("PARTSTAT", "NEEDS-ACTION");
        // Answers come by the link of the mail; a reply by mail would reach nobody.
        invited.add_parameter("RSVP", "FALSE");
        event.append_multi_property(invited);
    }
    Some(event.done())
}

/// A calendar with one entry, as a mail brings it; `None` when the meeting has no time.
pub(crate) fn single(method: Method, entry: &Entry<'_>) -> Option<String> {
    Some(calendar(method, vec![event(entry)?]))
}

/// A whole calendar.
fn calendar(method: Method, events: Vec<Event>) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", "-//Diem Cau//Meetings//VI"));
    calendar.append_property(("CALSCALE", "GREGORIAN"));
    calendar.append_property(("METHOD", method.word()));
    if method == Method::Publish {
        calendar.name("Điểm Cầu");
    }
    calendar.extend(events);
    folded(&calendar.to_string())
}

/// Folds anew what the crate has folded: it leaves last parts of lines that are an octet too long.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 32);
    for line in text.replace("\r\n ", "").lines() {
        let mut used = 0;
        for letter in line.chars() {
            if used + letter.len_utf8() > LINE_LIMIT_BYTES {
                out.push_str("\r\n ");
                used = 1;
            }
            used += letter.len_utf8();
            out.push(letter);
        }
        out.push_str("\r\n");
    }
    out
}

/// The feed of one person: what they are invited to, made, or go to with their site.
pub(crate) async fn feed(desk: &Desk<'_>, person: &Person, link: &str) -> Result<String, ApiError> {
    let filter = PlannedFilter {
        text: String::new(),
        from: desk.now.plus_ms(-FEED_BACK_MS),
        until: desk.now.plus_ms(FEED_AHEAD_MS),
        timeless: false,
        kind: String::new(),
        standing: String::new(),
        now: desk.now,
        only: Vec::new(),
        except: Vec::new(),
        of: Some(person.id),
        site_names: [person.unit.clone(), person.name.clone()],
        offset: 0,
        limit: FEED_LIMIT,
        ascending: true,
    };
    let (found, _) = desk.store.planned_list(&filter).await?;
    let mut events = Vec::with_capacity(found.len());
    for planned in &found {
        if has_declined(desk, planned, person.id).await? {
            continue;
        }
        let entry = Entry {
            planned,
            sequence: planned.plan.sequence,
            cancelled: planned.plan.cancelled.is_some(),
            link,
            from: None,
            to: None,
            stamp: desk.now,
        };
        events.extend(event(&entry));
    }
    Ok(calendar(Method::Publish, events))
}

/// Whether the person has said no or sends somebody else: the meeting is not theirs then.
async fn has_declined(desk: &Desk<'_>, planned: &Planned, person: PersonId) -> Result<bool, ApiError> {
    let standing = desk.store.standing(&planned.meeting.id, person).await?;
    Ok(standing.invited.is_some_and(|(_, answer)| answer == "no" || answer == "delegated"))
}

/// The address at which `invitation` is answered.
pub(super) fn answer_link(desk: &Desk<'_>, link: &str, invitation: &str) -> String {
    format!("{link}/tra-loi/{}", link_token(desk.key, invitation))
}
