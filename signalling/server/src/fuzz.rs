//! One entry per parser of bytes from outside, for `signalling/fuzz` and
//! `tests/storage/mutated_input.rs`.
//!
//! Not part of the crate's interface. Each function takes any bytes at all and may only return,
//! saying whether they were accepted: a panic, an endless loop or an unbounded allocation is the
//! finding.

use crate::auth::cookie::{self, GUEST_COOKIE, SESSION_COOKIE};
use crate::auth::{ServerKey, folded_user, token};
use crate::http::{client_address, is_ours, read_json};
use crate::invitations::{Entry, Method, is_address, read_file, read_workbook, single};
use crate::journal::{decode_event, encode_event};
use crate::meetings::checked_text;
use crate::people::{ROW_LIMIT, Scope, compared};
use crate::protocol::ClientMessage;
use crate::protocol::api::{GuestEntry, Login, NewConference, TokenLogin};
use crate::protocol::invitations::{GivenAnswer, InvitePeople};
use crate::protocol::meetings::{Cancellation, PlanChange, PlannedItem, SeriesAsked};
use crate::schedule::{Details, note, times};
use crate::session::gate::Gate;
use crate::session::resume;
use crate::store::{Meeting, Plan, Planned, Unit};
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use conference::{PersonId, Settings, State, Timestamp, evolve};
use media_control::ConferenceId;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

/// A target's name, which is also its corpus folder, and its function of any bytes.
pub type Target = (&'static str, fn(&[u8]) -> bool);

/// All targets.
pub const TARGETS: [Target; 8] = [
    ("client_frame", client_frame),
    ("api_body", api_body),
    ("credentials", credentials),
    ("event_row", event_row),
    ("people_file", people_file),
    ("invited_file", invited_file),
    ("meeting_plan", meeting_plan),
    ("calendar_entry", calendar_entry),
];

/// Key of the signed seeds; no server has it.
const KEY: ServerKey = ServerKey::new([7; 32]);

fn hop() -> ConferenceId {
    ConferenceId::new("hop").expect("a good id")
}

/// A frame of the WebSocket, as text and as a packed one, through the gate that a connection has.
pub fn client_frame(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let now = Instant::now();
    let plain = Gate::new(now).read(now, &text);
    let Ok(message) = plain.or_else(|_| Gate::new(now).read_packed(now, bytes)) else { return false };
    let again = serde_json::to_string(&message).expect("plain values");
    assert_eq!(serde_json::from_str::<ClientMessage>(&again).expect("own frame"), message);
    true
}

/// The body of an API request; the first byte says of which.
pub fn api_body(bytes: &[u8]) -> bool {
    let Some((&kind, body)) = bytes.split_first() else { return false };
    match kind {
        b'l' => read_json::<Login>(body).is_ok_and(|login| !folded_user(&login.user).is_empty()),
        b't' => read_json::<TokenLogin>(body).is_ok_and(|login| token::verify(&KEY, &login.token, 0).is_ok()),
        b'c' => read_json::<NewConference>(body).is_ok_and(|new| {
            let id = new.id.is_none_or(|id| ConferenceId::new(&id).is_ok());
            id & text("title", &new.title, 200) & text("label", &new.label, 60)
        }),
        _ => read_json::<GuestEntry>(body)
            .is_ok_and(|guest| text("name", &guest.name, 120) & text("unit", &guest.unit, 120)),
    }
}

fn text(field: &str, given: &str, limit: usize) -> bool {
    let Ok(kept) = checked_text(field, given, 0, limit) else { return false };
    assert!(kept.chars().count() <= limit && !kept.chars().any(char::is_control));
    assert_eq!(checked_text(field, &kept, 0, limit).as_ref(), Ok(&kept), "what is kept is a fixed point");
    true
}

/// Headers and tokens: every line is tried as each of them.
pub fn credentials(bytes: &[u8]) -> bool {
    let proxy = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut accepted = false;
    for line in bytes.split(|byte| *byte == b'\n') {
        let line_text = String::from_utf8_lossy(line);
        if let Ok(claims) = token::verify(&KEY, &line_text, 0) {
            assert_eq!(token::issue(&KEY, &claims), line_text, "only what we signed is believed");
            accepted = true;
        }
        accepted |= resume::verify(&KEY, &hop(), PersonId(1), &line_text, 0).is_ok();
        let Ok(value) = HeaderValue::from_bytes(line) else { continue };
        let mut headers = HeaderMap::new();
        for name in [COOKIE, ORIGIN, HOST, HeaderName::from_static("x-forwarded-for")] {
            headers.append(name, value.clone());
        }
        accepted |= cookie::read(&headers, SESSION_COOKIE).is_some();
        accepted |= cookie::read(&headers, GUEST_COOKIE).is_some();
        accepted |= is_ours(&headers, &Uri::from_static("/api/v1/auth/login"), &[]);
        accepted |= client_address(proxy, &headers, &[proxy]) != proxy;
    }
    accepted
}

/// Journal rows that somebody edited, one a line, carried out one after the other.
pub fn event_row(bytes: &[u8]) -> bool {
    let mut state = State::new(hop());
    let mut accepted = false;
    for line in bytes.split(|byte| *byte == b'\n') {
        let body = String::from_utf8_lossy(line);
        assert!(decode_event(0, &body).is_err() && decode_event(2, &body).is_err());
        let Ok(event) = decode_event(1, &body) else { continue };
        assert_eq!(decode_event(1, &encode_event(&event)).expect("own row"), event);
        evolve(&mut state, &event);
        accepted = true;
    }
    accepted
}

/// A CSV file of people or units, compared with one unit that is there.
pub fn people_file(bytes: &[u8]) -> bool {
    let there = [Unit { code: "BG".to_owned(), name: "Tỉnh Bắc Giang".to_owned(), parent: None }];
    let Ok((_, plan)) = compared(bytes, &[], &there, &Scope::Everybody(None)) else { return false };
    assert!(plan.lines.len() <= ROW_LIMIT);
    assert!(plan.lines.is_sorted_by_key(|line| line.line), "rows keep their order");
    true
}

/// A file of people to invite: a workbook when it begins like one, else CSV.
pub fn invited_file(bytes: &[u8]) -> bool {
    let read = if bytes.starts_with(b"PK") { read_workbook(bytes) } else { read_file(bytes) };
    let Ok(lines) = read else { return false };
    assert!(lines.people.len() + lines.problems.len() <= 1000);
    assert!(lines.people.is_sorted_by_key(|(line, _)| *line) || bytes.starts_with(b"PK"));
    for (_, person) in &lines.people {
        assert!(person.email.as_deref().is_none_or(is_address));
        assert!(![&person.name, &person.unit].into_iter().any(|text| text.starts_with(['=', '+', '@', '-'])));
    }
    true
}

/// Bodies about planned meetings; the first byte says of which: a series, a change, an answer, people.
pub fn meeting_plan(bytes: &[u8]) -> bool {
    let Some((&kind, body)) = bytes.split_first() else { return false };
    match kind {
        b's' => read_json::<SeriesAsked>(body).is_ok_and(|asked| {
            let Ok(found) = times(asked.starts_ms, &asked.rule) else { return false };
            assert!((1..=60).contains(&found.len()) && found.is_sorted());
            assert!(found.iter().all(|at| *at >= asked.starts_ms));
            true
        }),
        b'c' => read_json::<PlanChange>(body).is_ok_and(|change| {
            change.note.is_none_or(|text| note(&text).is_ok())
                & text("title", &change.title.unwrap_or_default(), 200)
        }),
        b'x' => read_json::<Cancellation>(body).is_ok_and(|asked| text("reason", &asked.reason, 500)),
        b'p' => read_json::<InvitePeople>(body).is_ok(),
        _ => read_json::<GivenAnswer>(body).is_ok_and(|given| text("reason", &given.reason, 500)),
    }
}

/// The calendar entry of a meeting with whatever title, label, name and address, one a line, and the rest as its
/// note: nothing of it becomes a property of its own.
pub fn calendar_entry(bytes: &[u8]) -> bool {
    let all = String::from_utf8_lossy(bytes);
    let mut words = all.splitn(5, '\n');
    let mut word = || words.next().unwrap_or_default();
    let (title, label, name, address) = (word(), word(), word(), word());
    let Ok(title) = checked_text("title", title, 1, 200) else { return false };
    let Ok(label) = checked_text("label", label, 0, 60) else { return false };
    let Ok(said) = note(word()) else { return false };
    if !is_address(address) {
        return false;
    }
    let item = PlannedItem { title: title.clone(), speakers: String::new(), minutes: 5 };
    let details = Details { note: said, agenda: vec![item], ..Details::default() };
    let mut plan = Plan { starts: Some(Timestamp(1_800_000_000_000)), ..Plan::open(String::new()) };
    details.keep(&mut plan, &title, &label);
    let meeting = Meeting {
        id: hop(),
        title,
        label,
        settings: Settings::default(),
        created_by: None,
        created: Timestamp(0),
    };
    let planned = Planned { meeting, plan, sites: 0, people: 1, answered: 0 };
    let entry = Entry {
        planned: &planned,
        sequence: 3,
        cancelled: false,
        link: "https://hop.example.vn",
        from: Some("hop@tinh.example.vn"),
        to: Some((name, address)),
        stamp: Timestamp(0),
    };
    let written = single(Method::Request, &entry).expect("it has a time");
    assert!(written.split("\r\n").all(|line| line.len() <= 75), "folded (RFC 5545 section 3.1)");
    let unfolded = written.replace("\r\n ", "");
    let properties: Vec<&str> =
        unfolded.split("\r\n").map(|line| line.split([':', ';']).next().unwrap_or_default()).collect();
    assert_eq!(properties.iter().filter(|name| **name == "BEGIN").count(), 2, "{written}");
    assert_eq!(properties.iter().filter(|name| **name == "ATTENDEE").count(), 1, "{written}");
    const KNOWN: [&str; 20] = [
        "",
        "BEGIN",
        "END",
        "VERSION",
        "PRODID",
        "CALSCALE",
        "METHOD",
        "UID",
        "SEQUENCE",
        "SUMMARY",
        "DESCRIPTION",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "LOCATION",
        "URL",
        "STATUS",
        "TRANSP",
        "ORGANIZER",
        "ATTENDEE",
    ];
    assert!(properties.iter().all(|name| KNOWN.contains(name)), "{written}");
    true
}
