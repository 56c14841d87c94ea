//! From the credentials of a request to a person.
//!
//! Called by every handler that must know who asks. A bearer token counts before cookies; within
//! a conference its guest or token cookie counts before the account's session, because it was
//! made for this very conference.

use super::cookie::{GUEST_COOKIE, SESSION_COOKIE, read};
use super::{Activity, Duty, ServerKey, SignIn, SignedIn, token};
use crate::protocol::api::{ApiError, Person};
use crate::store::Account;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};
use conference::{PersonId, Role, SiteId};
use media_control::ConferenceId;

/// Set by our pages on what they ask by themselves, without anybody's doing.
const BACKGROUND: HeaderName = HeaderName::from_static("x-diemcau-background");

/// Whether a request with `headers` is somebody's doing.
#[must_use]
pub fn activity(headers: &HeaderMap) -> Activity {
    if headers.contains_key(BACKGROUND) { Activity::Background } else { Activity::Person }
}

/// Somebody whose credentials were right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub person: PersonId,
    /// Login name; empty without an account.
    pub user: String,
    pub name: String,
    pub unit: String,
    /// The site for which a token stands.
    pub site: Option<SiteId>,
    /// What they are in the conference that is asked about; in the system when none is.
    pub role: Role,
    /// What their account or token says they are.
    pub home_role: Role,
    /// Is invited to this conference as deputy of its chair.
    pub deputy: bool,
    pub guest: bool,
    /// The only conference that this identity opens; `None` for accounts.
    pub only: Option<ConferenceId>,
    /// What must be done before anything else.
    pub duty: Option<Duty>,
}

impl Identity {
    /// Whether this identity is good in `conference`.
    #[must_use]
    pub fn opens(&self, conference: &ConferenceId) -> bool {
        self.only.as_ref().is_none_or(|only| only == conference)
    }

    /// As the API shows it.
    #[must_use]
    pub fn shown(&self) -> Person {
        Person {
            id: self.person.to_string(),
            user: self.user.clone(),
            name: self.name.clone(),
            unit: self.unit.clone(),
            role: self.role,
            guest: self.guest,
            duty: self.duty,
        }
    }
}

impl From<SignedIn> for Identity {
    fn from(SignedIn { account, duty, .. }: SignedIn) -> Self {
        Self::of_account(account, duty)
    }
}

impl Identity {
    /// The holder of `account`, who may have a duty.
    #[must_use]
    pub fn of_account(account: Account, duty: Option<Duty>) -> Self {
        Self {
            person: account.person.id,
            user: account.user,
            name: account.person.name,
            unit: account.person.unit,
            site: None,
            role: account.role,
            home_role: account.role,
            deputy: false,
            guest: false,
            only: None,
            duty,
        }
    }
}

impl From<token::Claims> for Identity {
    fn from(claims: token::Claims) -> Self {
        Self {
            person: claims.person,
            user: String::new(),
            name: claims.name,
            unit: claims.unit,
            site: claims.site,
            role: claims.role,
            home_role: claims.role,
            deputy: false,
            guest: claims.guest,
            only: Some(claims.conference),
            duty: None,
        }
    }
}

/// Who sends a request with `headers`, as seen by `conference` or, without one, by the system.
///
/// # Errors
/// [`ApiError::BadToken`] for a bearer token that is not valid: unlike a stale cookie it was sent
/// on purpose. [`ApiError::Failure`] when the store fails.
pub async fn identify(
    key: &ServerKey,
    sign_in: &SignIn,
    now_ms: i64,
    headers: &HeaderMap,
    conference: Option<&ConferenceId>,
) -> Result<Option<Identity>, ApiError> {
    let from_token = |text: &str| token::verify(key, text, now_ms).ok().map(Identity::from);
    if let Some(value) = headers.get(AUTHORIZATION) {
        let bearer = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
        let bearer = bearer.ok_or(ApiError::BadToken {})?.trim();
        let found = match from_token(bearer) {
            Some(found) => Some(found),
            None => sign_in.signed_in(bearer, activity(headers)).await?.map(Identity::from),
        };
        return found.map(Some).ok_or(ApiError::BadToken {});
    }
    let guest = read(headers, GUEST_COOKIE).and_then(from_token);
    if let (Some(guest), Some(conference)) = (&guest, conference)
        && guest.opens(conference)
    {
        return Ok(Some(guest.clone()));
    }
    if let Some(session) = read(headers, SESSION_COOKIE)
        && let Some(signed_in) = sign_in.signed_in(session, activity(headers)).await?
    {
        return Ok(Some(signed_in.into()));
    }
    // In a conference that it does not open, a guest's identity is nobody.
    Ok(if conference.is_none() { guest } else { None })
}
