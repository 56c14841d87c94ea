//! Credentials that are good for one participant and a few minutes, without a table of them.
//!
//! Minted by `relays` for every offer, examined by `session` when an allocation is asked for. The
//! name says until when, the password is an HMAC over the name, so that only we can make a pair.
//! Pure: the time is given.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::time::Duration;

/// How long a credential opens allocations. One that is open goes on; an ICE restart brings a new one.
pub const GRANT_LIFE: Duration = Duration::from_secs(600);
/// Longest name looked at: two numbers of at most 20 digits and a colon.
const NAME_BYTES: usize = 41;

/// What a browser needs for `RTCIceServer`.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// `EXPIRES:SUBJECT`, the first in seconds since 1970.
    pub username: String,
    pub credential: String,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("username", &self.username).finish_non_exhaustive()
    }
}

/// The key of this process; credentials of the process before are good for nobody.
pub(crate) struct Secret(hmac::Key);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl Secret {
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// Credentials for `subject`, good from `now_s` on for [`GRANT_LIFE`].
    pub(crate) fn grant(&self, now_s: u64, subject: u64) -> Grant {
        let username = format!("{}:{subject}", now_s.saturating_add(GRANT_LIFE.as_secs()));
        let credential = self.password(&username);
        Grant { username, credential }
    }

    /// The password that goes with `username`; `None` when it is none of ours or too old. Whether
    /// the client knows the password shows in the integrity of its request.
    pub(crate) fn password_for(&self, username: &str, now_s: u64) -> Option<String> {
        if username.len() > NAME_BYTES {
            return None;
        }
        let (expires, subject) = username.split_once(':')?;
        let expires_s: u64 = expires.parse().ok()?;
        let _: u64 = subject.parse().ok()?;
        (now_s < expires_s).then(|| self.password(username))
    }

    fn password(&self, username: &str) -> String {
        STANDARD.encode(hmac::sign(&self.0, username.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: u64 = 1_800_000_000;

    #[test]
    fn credential_is_good_for_ten_minutes() {
        let secret = Secret::new(&[7; 32]);
        let grant = secret.grant(NOW_S, 42);
        let at = |now_s| secret.password_for(&grant.username, now_s);
        assert_eq!(at(NOW_S), Some(grant.credential.clone()));
        assert_eq!(at(NOW_S + 599), Some(grant.credential.clone()));
        assert_eq!(at(NOW_S + 600), None);
    }

    #[test]
    fn neither_another_name_nor_another_process_has_the_same_password() {
        let (secret, other) = (Secret::new(&[7; 32]), Secret::new(&[8; 32]));
        let grant = secret.grant(NOW_S, 42);
        assert_ne!(secret.grant(NOW_S, 43).credential, grant.credential);
        assert_ne!(other.password_for(&grant.username, NOW_S), Some(grant.credential));
    }

    #[test]
    fn name_that_is_none_of_ours_has_no_password() {
        let secret = Secret::new(&[7; 32]);
        let long = format!("{}:1", "9".repeat(60));
        for name in ["", ":", "1800000600", "x:1", "1800000600:x", "-1:1", "1800000600:1:2", &long] {
            assert_eq!(secret.password_for(name, NOW_S), None, "{name}");
        }
    }

    #[test]
    fn secrets_do_not_show_in_logs() {
        let secret = Secret::new(&[7; 32]);
        let grant = secret.grant(NOW_S, 42);
        assert!(!format!("{grant:?} {secret:?}").contains(&grant.credential));
    }
}
