//! One-time codes that stand in for a password until its owner has set one.
//!
//! Made by `people` for imported accounts, checked by `auth::login`. A code carries 79 random bits,
//! so a keyed hash is enough where a password needs argon2: 15,000 of them cost milliseconds, not
//! minutes. Never good for anything but the first sign-in.

use super::key::{Purpose, ServerKey};
use hmac::Mac as _;
use rand::seq::IndexedRandom as _;
use std::time::Duration;

/// How long a code is good.
pub const LIFE: Duration = Duration::from_secs(30 * 24 * 3600);
/// Letters and digits of codes: none that look alike.
const LETTERS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// What a stored code begins with, where a password would have `$argon2id$`.
const PREFIX: &str = "$invitation$v=1$";

/// A random text of `groups` groups of `length` letters, e.g. `K7MP-3XQD`.
pub(super) fn grouped(groups: usize, length: usize) -> String {
    let mut rng = rand::rng();
    let mut text = String::with_capacity(groups * (length + 1));
    for at in 0..groups * length {
        if at > 0 && at % length == 0 {
            text.push('-');
        }
        text.push(char::from(*LETTERS.choose(&mut rng).expect("there are letters")));
    }
    text
}

/// As it is typed: capital letters, without hyphens and spaces.
pub(super) fn plain(code: &str) -> String {
    code.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn hash(key: &ServerKey, code: &str) -> String {
    let mut mac = key.mac(Purpose::Invitation);
    mac.update(plain(code).as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// A fresh code, and what is stored of it.
#[must_use]
pub fn fresh(key: &ServerKey, now_ms: i64) -> (String, String) {
    let code = grouped(4, 4);
    let life_ms = i64::try_from(LIFE.as_millis()).unwrap_or(i64::MAX);
    let stored = format!("{PREFIX}{}${}", now_ms.saturating_add(life_ms), hash(key, &code));
    (code, stored)
}

/// Whether what is stored is a code and not a password.
#[must_use]
pub fn is_invitation(stored: &str) -> bool {
    stored.starts_with(PREFIX)
}

/// What a code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    Expired,
    Wrong,
}

/// Checks `code` against what is stored.
#[must_use]
pub fn verify(key: &ServerKey, stored: &str, code: &str, now_ms: i64) -> Verdict {
    let Some((expires, expected)) = stored.strip_prefix(PREFIX).and_then(|rest| rest.split_once('$')) else {
        return Verdict::Wrong;
    };
    let Ok(expected) = hex::decode(expected) else {
        return Verdict::Wrong;
    };
    let mut mac = key.mac(Purpose::Invitation);
    mac.update(plain(code).as_bytes());
    if mac.verify_slice(&expected).is_err() {
        return Verdict::Wrong;
    }
    match expires.parse::<i64>() {
        Ok(expires) if now_ms < expires => Verdict::Right,
        _ => Verdict::Expired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_opens_until_it_expires_however_it_is_typed() {
        let key = ServerKey::random();
        let (code, stored) = fresh(&key, 1_000);
        assert!(is_invitation(&stored) && !stored.contains(&plain(&code)));
        let last = 1_000 + i64::try_from(LIFE.as_millis()).expect("fits");
        assert_eq!(verify(&key, &stored, &code, last - 1), Verdict::Right);
        assert_eq!(verify(&key, &stored, &code, last), Verdict::Expired);
        let typed = code.to_lowercase().replace('-', " ");
        assert_eq!(verify(&key, &stored, &typed, 1_000), Verdict::Right);
        assert_eq!(verify(&key, &stored, "2222-2222-2222-2222", 1_000), Verdict::Wrong);
        assert_eq!(verify(&ServerKey::random(), &stored, &code, 1_000), Verdict::Wrong);
        for broken in ["", "$invitation$v=1$", "$invitation$v=1$x$zz", "$argon2id$v=19$"] {
            assert_eq!(verify(&key, broken, &code, 1_000), Verdict::Wrong, "{broken}");
        }
    }
}
