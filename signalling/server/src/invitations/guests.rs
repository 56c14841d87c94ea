//! From the people that are asked for to invitations: accounts found, addresses checked, nobody twice.
//!
//! Called where people are invited. The link of an invitation is a keyed hash of its number, so that the
//! same link goes out each time; the store keeps only a hash of it.

use crate::auth::{Purpose, ServerKey, folded_user};
use crate::meetings::checked_text;
use crate::protocol::api::ApiError;
use crate::protocol::invitations::{InvitedPerson, InvitedRole};
use crate::schedule::Desk;
use crate::store::{Digest, InvitationRow, People as _, Plan};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use conference::{PersonId, Timestamp};
use hmac::Mac as _;
use media_control::ConferenceId;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;

/// Most people in one list.
pub(crate) const PEOPLE_LIMIT: usize = 1000;
/// Longest name and unit, in characters.
pub(super) const NAME_LIMIT: usize = 120;
/// Longest address, in bytes (RFC 5321 section 4.5.3.1.3).
const ADDRESS_LIMIT: usize = 254;
/// A link is good for so long after the meeting, or from now on when it has no time.
const LINK_AFTER_MS: i64 = 24 * 60 * 60 * 1000;
const LINK_LIFE_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// Somebody to invite, looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guest {
    pub person: Option<PersonId>,
    pub email: String,
    pub name: String,
    pub unit: String,
    pub role: InvitedRole,
}

impl Guest {
    /// What makes them one person.
    pub(super) fn key(&self) -> String {
        key_of(self.person, &self.email, &self.name)
    }
}

pub(super) fn key_of(person: Option<PersonId>, email: &str, name: &str) -> String {
    match person {
        Some(person) => format!("#{person}"),
        None if !email.is_empty() => email.to_lowercase(),
        None => format!("={name}"),
    }
}

/// A name that nobody guesses: 80 bits.
pub(crate) fn fresh_name() -> String {
    hex::encode(rand::random::<[u8; 10]>())
}

/// Whether mail can be sent to `text`.
pub(crate) fn is_address(text: &str) -> bool {
    text.len() <= ADDRESS_LIMIT
        && text.parse::<lettre::Address>().is_ok_and(|address| address.domain().contains('.'))
        && !text.contains(char::is_control)
}

/// The people that are asked for, each once.
pub(crate) async fn guests_of(desk: &Desk<'_>, asked: &[InvitedPerson]) -> Result<Vec<Guest>, ApiError> {
    if asked.len() > PEOPLE_LIMIT {
        return Err(ApiError::BadField { field: "people".to_owned() });
    }
    let mut known = HashSet::new();
    let mut guests = Vec::with_capacity(asked.len());
    for (place, person) in asked.iter().enumerate() {
        let guest = guest(desk, place, person).await?;
        if known.insert(guest.key()) {
            guests.push(guest);
        }
    }
    Ok(guests)
}

pub(super) async fn guest(desk: &Desk<'_>, place: usize, asked: &InvitedPerson) -> Result<Guest, ApiError> {
    let bad = |field: &str| ApiError::BadField { field: format!("people.{place}.{field}") };
    let email = asked.email.as_deref().unwrap_or_default().trim().to_owned();
    if !email.is_empty() && !is_address(&email) {
        return Err(bad("email"));
    }
    let account = match (&asked.person, &asked.user) {
        (Some(person), _) => {
            let id: u64 = person.parse().map_err(|_| bad("person"))?;
            Some(desk.store.account_of_person(PersonId(id)).await?.ok_or_else(|| bad("person"))?)
        }
        (None, Some(user)) => {
            Some(desk.store.account_of_user(&folded_user(user)).await?.ok_or_else(|| bad("user"))?)
        }
        (None, None) if email.is_empty() => return Err(bad("email")),
        (None, None) => None,
    };
    if account.as_ref().is_some_and(|account| account.disabled) {
        return Err(bad("user"));
    }
    let name = checked_text("people.name", &asked.name, 0, NAME_LIMIT)?;
    let unit = checked_text("people.unit", &asked.unit, 0, NAME_LIMIT)?;
    Ok(match account {
        Some(account) => Guest {
            person: Some(account.person.id),
            name: account.person.name,
            unit: if unit.is_empty() { account.person.unit } else { unit },
            email,
            role: asked.role,
        },
        None => Guest {
            person: None,
            name: if name.is_empty() { email.clone() } else { name },
            unit,
            email,
            role: asked.role,
        },
    })
}

/// Until when the links of a meeting answer.
pub(super) fn link_ends(desk: &Desk<'_>, plan: &Plan) -> Timestamp {
    match plan.ends() {
        Some(end) => end.plus_ms(LINK_AFTER_MS),
        None => desk.now.plus_ms(LINK_LIFE_MS),
    }
}

/// The secret of an invitation's link.
pub(super) fn link_token(key: &ServerKey, id: &str) -> String {
    let mut mac = key.mac(Purpose::Answer);
    mac.update(id.as_bytes());
    format!("{id}.{}", BASE64.encode(mac.finalize().into_bytes()))
}

/// What the store keeps of it.
pub(super) fn token_hash(token: &str) -> Digest {
    Sha256::digest(token.as_bytes()).into()
}

pub(super) fn word<T: serde::Serialize>(value: T) -> String {
    let value = serde_json::to_value(value).expect("a word");
    value.as_str().expect("words of the protocol have no fields").to_owned()
}

/// Invitations of `guests` to a meeting, from place `first` on.
pub(crate) fn rows_of(
    desk: &Desk<'_>,
    conference: &ConferenceId,
    plan: &Plan,
    guests: &[Guest],
    first: u32,
) -> Vec<InvitationRow> {
    let row = |(place, guest): (u32, &Guest)| {
        let id = fresh_name();
        InvitationRow {
            token_hash: Some(token_hash(&link_token(desk.key, &id))),
            id,
            conference: conference.clone(),
            place,
            person: guest.person,
            user: String::new(),
            email: guest.email.clone(),
            name: guest.name.clone(),
            unit: guest.unit.clone(),
            role: word(guest.role),
            answer: "waiting".to_owned(),
            reason: String::new(),
            answered: None,
            delegate_of: None,
            token_expires: link_ends(desk, plan),
        }
    };
    (first..).zip(guests).map(row).collect()
}
