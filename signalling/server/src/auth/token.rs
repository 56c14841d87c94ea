//! Signed tokens that let a bearer into one conference: made by `diemcau token` and, for guests,
//! by the HTTP API as the value of the guest cookie.
//!
//! A token carries its own claims, so anonymous visitors cost no row in the store. It says who
//! somebody is and in which conference, never what a role may do.

use super::key::{Purpose, ServerKey};
use crate::store::{Database, People as _, StoreFailure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use conference::{PersonId, Role, SiteId, Timestamp};
use hmac::Mac as _;
use media_control::ConferenceId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// First part of every token; another version gets another prefix.
const PREFIX: &str = "dct1";
/// Longest token that is looked at, in bytes: longer ones are refused unread.
pub const TOKEN_LIMIT_BYTES: usize = 1536;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The only conference that it opens.
    #[serde(rename = "c")]
    pub conference: ConferenceId,
    /// The bearer's number in the store, from [`issue_for`].
    #[serde(rename = "p")]
    pub person: PersonId,
    /// Display name, NFC.
    #[serde(rename = "n")]
    pub name: String,
    /// Unit line; may be empty.
    #[serde(rename = "u", default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// The site for which the bearer stands.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    #[serde(rename = "r")]
    pub role: Role,
    /// Came by the public link rather than by a token of an operator.
    #[serde(rename = "g", default)]
    pub guest: bool,
    /// End of validity, ms since 1970-01-01 UTC.
    #[serde(rename = "e")]
    pub expires_ms: i64,
}

/// Why a token is refused; the bearer is told only that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    #[error("not a token of this form")]
    Form,
    #[error("signature is not of this server")]
    Foreign,
    #[error("expired")]
    Expired,
}

/// Signs `claims`.
#[must_use]
pub fn issue(key: &ServerKey, claims: &Claims) -> String {
    let body = serde_json::to_vec(claims).expect("claims are plain fields");
    let signed = format!("{PREFIX}.{}", BASE64.encode(body));
    let mut mac = key.mac(Purpose::Token);
    mac.update(signed.as_bytes());
    format!("{signed}.{}", BASE64.encode(mac.finalize().into_bytes()))
}

/// Reads a token that this server signed and that has not expired at `now_ms`.
///
/// # Errors
/// [`BadToken`] tells which check failed, the signature before anything inside is believed.
pub fn verify(key: &ServerKey, token: &str, now_ms: i64) -> Result<Claims, BadToken> {
    if token.len() > TOKEN_LIMIT_BYTES {
        return Err(BadToken::Form);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(BadToken::Form)?;
    let body = signed.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix('.'));
    let body = body.ok_or(BadToken::Form)?;
    let signature = BASE64.decode(signature).map_err(|_| BadToken::Form)?;
    let mut mac = key.mac(Purpose::Token);
    mac.update(signed.as_bytes());
    mac.verify_slice(&signature).map_err(|_| BadToken::Foreign)?;
    let body = BASE64.decode(body).map_err(|_| BadToken::Form)?;
    let claims: Claims = serde_json::from_slice(&body).map_err(|_| BadToken::Form)?;
    if claims.expires_ms <= now_ms { Err(BadToken::Expired) } else { Ok(claims) }
}

/// Makes a person of `conference` in the store and signs a token for them, good for
/// `life` from `now_ms`.
/// For `diemcau token` and for guests.
///
/// # Errors
/// Failures of the store.
pub async fn issue_for(
    key: &ServerKey,
    store: &Database,
    bearer: &Bearer<'_>,
    now_ms: i64,
    life: Duration,
) -> Result<(String, Claims), StoreFailure> {
    let Bearer { conference, name, unit, site, role, guest } = *bearer;
    let person = store.create_guest(conference, name, unit, Timestamp(now_ms)).await?;
    let claims = Claims {
        conference: conference.clone(),
        person,
        name: name.to_owned(),
        unit: unit.to_owned(),
        site: site.cloned(),
        role,
        guest,
        expires_ms: now_ms.saturating_add(i64::try_from(life.as_millis()).unwrap_or(i64::MAX)),
    };
    Ok((issue(key, &claims), claims))
}

/// Whom a token is for.
#[derive(Clone, Copy, Debug)]
pub struct Bearer<'a> {
    pub conference: &'a ConferenceId,
    /// Display name, NFC, 1–80 characters.
    pub name: &'a str,
    /// Unit line, at most 120 characters; may be empty.
    pub unit: &'a str,
    /// The site for which the bearer stands.
    pub site: Option<&'a SiteId>,
    pub role: Role,
    /// Came by the public link; guests enter only where they are allowed.
    pub guest: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims {
            conference: ConferenceId::new("demo").expect("a good id"),
            person: PersonId(7),
            name: "Phòng họp xã Tân Mỹ".to_owned(),
            unit: String::new(),
            site: None,
            role: Role::Delegate,
            guest: false,
            expires_ms: 1_000,
        }
    }

    #[test]
    fn token_says_what_was_signed_until_it_expires() {
        let (key, claims) = (ServerKey::random(), claims());
        let token = issue(&key, &claims);
        assert_eq!(verify(&key, &token, 999), Ok(claims));
        assert_eq!(verify(&key, &token, 1_000), Err(BadToken::Expired));
    }

    #[test]
    fn foreign_or_changed_token_is_refused() {
        let key = ServerKey::random();
        let token = issue(&key, &claims());
        assert_eq!(verify(&ServerKey::random(), &token, 0), Err(BadToken::Foreign));
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("still ASCII");
            assert!(verify(&key, &changed, 0).is_err(), "byte {at}");
        }
    }

    #[test]
    fn text_of_any_shape_is_no_token() {
        let key = ServerKey::random();
        let long = "x".repeat(TOKEN_LIMIT_BYTES + 1);
        for text in ["", ".", "..", "dct1", "dct1..", "dct1.e30.", "dct1.é.é", long.as_str()] {
            assert!(verify(&key, text, 0).is_err(), "{text:?}");
        }
    }
}
