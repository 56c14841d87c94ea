//! Resume tokens: proof that a connection once held a place, good over restarts.
//!
//! Issued by `runner` in `welcome`, `waiting` and `resumed`, checked by it on `hello`. Signed, not
//! stored; bound to the person, so that a stolen token is worth nothing without the cookie.

use crate::auth::{Purpose, ServerKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use conference::PersonId;
use hmac::Mac as _;
use media_control::{ConferenceId, ParticipantId};

/// Longest token in characters, as the protocol promises.
pub const RESUME_LIMIT_CHARS: usize = 256;
/// How long a token is good after it was issued, in ms: longer than any sitting.
pub const RESUME_LIFE_MS: i64 = 24 * 3600 * 1000;
const VERSION: u8 = 1;
const BODY_BYTES: usize = 1 + 4 + 8 + 8;

/// The token is expired, foreign, forged or of another conference or person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("resume token cannot be used")]
pub struct BadResume;

/// What a token proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub participant: ParticipantId,
    pub issued_ms: i64,
}

/// Signs the place `participant` of `person`.
#[must_use]
pub fn issue(
    key: &ServerKey,
    conference: &ConferenceId,
    person: PersonId,
    participant: ParticipantId,
    now_ms: i64,
) -> String {
    let mut token = Vec::with_capacity(BODY_BYTES + 32);
    token.push(VERSION);
    token.extend(participant.0.to_be_bytes());
    token.extend(now_ms.to_be_bytes());
    token.extend(rand::random::<[u8; 8]>());
    let mac = signature(key, conference, person, &token).finalize().into_bytes();
    token.extend(mac);
    BASE64.encode(token)
}

/// The place that `token` proves.
///
/// # Errors
/// [`BadResume`] for everything that this server has not signed for this person and conference.
pub fn verify(
    key: &ServerKey,
    conference: &ConferenceId,
    person: PersonId,
    token: &str,
    now_ms: i64,
) -> Result<Held, BadResume> {
    if token.len() > RESUME_LIMIT_CHARS {
        return Err(BadResume);
    }
    let bytes = BASE64.decode(token).map_err(|_| BadResume)?;
    let (body, mac) = bytes.split_at_checked(BODY_BYTES).ok_or(BadResume)?;
    signature(key, conference, person, body).verify_slice(mac).map_err(|_| BadResume)?;
    let [VERSION, a, b, c, d, stamp @ ..] = body else {
        return Err(BadResume);
    };
    let stamp = stamp.first_chunk().ok_or(BadResume)?;
    let issued_ms = i64::from_be_bytes(*stamp);
    let age_ms = now_ms.saturating_sub(issued_ms);
    if age_ms > RESUME_LIFE_MS {
        return Err(BadResume);
    }
    Ok(Held { participant: ParticipantId(u32::from_be_bytes([*a, *b, *c, *d])), issued_ms })
}

fn signature(
    key: &ServerKey,
    conference: &ConferenceId,
    person: PersonId,
    body: &[u8],
) -> hmac::Hmac<sha2::Sha256> {
    let mut mac = key.mac(Purpose::Resume);
    mac.update(body);
    mac.update(&person.0.to_be_bytes());
    mac.update(conference.as_str().as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_good_for_its_person_and_conference_only() {
        let key = ServerKey::random();
        let demo = ConferenceId::new("demo").expect("a good id");
        let other = ConferenceId::new("other").expect("a good id");
        let token = issue(&key, &demo, PersonId(7), ParticipantId(3), 0);
        assert!(token.len() <= RESUME_LIMIT_CHARS);
        let check = |key: &ServerKey, conference, person, now_ms| {
            verify(key, conference, PersonId(person), &token, now_ms)
        };
        assert_eq!(check(&key, &demo, 7, 5), Ok(Held { participant: ParticipantId(3), issued_ms: 0 }));
        assert_eq!(check(&key, &demo, 8, 5), Err(BadResume));
        assert_eq!(check(&key, &other, 7, 5), Err(BadResume));
        assert_eq!(check(&key, &demo, 7, RESUME_LIFE_MS + 1), Err(BadResume));
        assert_eq!(check(&ServerKey::random(), &demo, 7, 5), Err(BadResume));
    }

    #[test]
    fn text_of_any_shape_is_no_resume_token() {
        let key = ServerKey::random();
        let demo = ConferenceId::new("demo").expect("a good id");
        let long = "A".repeat(RESUME_LIMIT_CHARS + 1);
        for text in ["", "AAAA", "é", "{}", long.as_str()] {
            assert_eq!(verify(&key, &demo, PersonId(1), text, 0), Err(BadResume), "{text:?}");
        }
    }
}
