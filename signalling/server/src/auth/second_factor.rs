//! The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes.
//!
//! Used by `auth::login` and `auth::own_account`. Secrets leave this file sealed (AES-256-GCM under
//! a key of the data folder) or on their one way to the owner's app. Never decides who needs one.

use super::invitation::{grouped, plain};
use super::key::{Purpose, ServerKey};
use crate::store::Digest;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use conference::PersonId;
use hmac::Mac as _;
use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret: as long as the hash of HMAC-SHA-1 (RFC 4226 section 4, R6).
const SECRET_BYTES: usize = 20;
/// Recovery codes that somebody gets at once.
pub const RECOVERY_CODES: usize = 10;

/// The secret that server and app share.
pub struct SharedSecret([u8; SECRET_BYTES]);

impl SharedSecret {
    /// A fresh one.
    #[must_use]
    pub fn random() -> Self {
        Self(rand::random())
    }

    fn totp(&self) -> Totp {
        // Six digits, 30 s, SHA-1, one step of grace: what every authenticator app takes.
        Builder::new().with_secret(self.0.to_vec()).build().expect("20 bytes are long enough")
    }

    /// As it is typed into an app, in groups of four.
    #[must_use]
    pub fn typed(&self) -> String {
        let text = Secret::from(self.0.to_vec()).to_base32();
        let letters: Vec<char> = text.chars().filter(|c| *c != '=').collect();
        letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
    }

    /// The address that an app reads from the QR code.
    #[must_use]
    pub fn address(&self, user: &str) -> String {
        let issuer = "Diem%20Cau";
        let secret = self.typed().replace(' ', "");
        format!("otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}", percent_encoded(user))
    }

    /// The step whose code `code` is, at `now_ms`; one step early or late is right as well.
    #[must_use]
    pub fn step_of(&self, code: &str, now_ms: i64) -> Option<u64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        if !is_code {
            return None;
        }
        self.totp().check(&code, u64::try_from(now_ms / 1000).ok()?)
    }

    /// Encrypted for the store; opens for the same person only.
    #[must_use]
    pub fn sealed(&self, key: &ServerKey, person: PersonId) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut body = self.0.to_vec();
        let sealing = cipher(key).seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(person.0.to_be_bytes()),
            &mut body,
        );
        sealing.expect("20 bytes can be sealed");
        [nonce.to_vec(), body].concat()
    }

    /// Opens what [`Self::sealed`] made; `None` under another key or for another person.
    #[must_use]
    pub fn open(key: &ServerKey, person: PersonId, sealed: &[u8]) -> Option<Self> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let opened = cipher(key).open_in_place(nonce, Aad::from(person.0.to_be_bytes()), &mut body).ok()?;
        Some(Self((&*opened).try_into().ok()?))
    }
}

fn cipher(key: &ServerKey) -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, &key.derived(Purpose::SecondFactor));
    LessSafeKey::new(key.expect("a derived key has 32 bytes"))
}

/// Fresh recovery codes, each with the keyed hash that is stored.
#[must_use]
pub fn recovery_codes(key: &ServerKey) -> Vec<(String, Digest)> {
    let codes = std::iter::repeat_with(|| grouped(2, 5)).take(RECOVERY_CODES);
    codes.map(|code| (code.clone(), recovery_hash(key, &code))).collect()
}

/// What is stored of a recovery code. Keyed, because 49 bits could be tried out by somebody who has
/// the database alone.
#[must_use]
pub fn recovery_hash(key: &ServerKey, code: &str) -> Digest {
    let mut mac = key.mac(Purpose::Recovery);
    mac.update(plain(code).as_bytes());
    mac.finalize().into_bytes().into()
}

fn percent_encoded(text: &str) -> String {
    let is_free = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if is_free(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, SHA-1; the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = SharedSecret(*b"12345678901234567890");
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(secret.step_of(code, seconds * 1000), u64::try_from(seconds / 30).ok(), "{seconds}");
        }
    }

    #[test]
    fn code_is_good_one_step_early_or_late_and_no_longer() {
        let secret = SharedSecret(*b"12345678901234567890");
        let at = |seconds: i64| secret.step_of("005924", seconds * 1000);
        let step = Some(1_234_567_890 / 30);
        assert_eq!((at(1_234_567_890 - 30), at(1_234_567_890 + 30)), (step, step));
        assert_eq!((at(1_234_567_890 - 60), at(1_234_567_890 + 60)), (None, None));
        for text in ["", "00592", "0059244", "abcdef", "００５９２４", "-05924"] {
            assert_eq!(secret.step_of(text, 1_234_567_890_000), None, "{text}");
        }
        assert_eq!(secret.step_of("005 924", 1_234_567_890_000), step);
    }

    #[test]
    fn sealed_secret_opens_for_its_person_and_server_only() {
        let (key, secret) = (ServerKey::random(), SharedSecret::random());
        let sealed = secret.sealed(&key, PersonId(7));
        assert_eq!(SharedSecret::open(&key, PersonId(7), &sealed).map(|s| s.0), Some(secret.0));
        assert!(SharedSecret::open(&key, PersonId(8), &sealed).is_none());
        assert!(SharedSecret::open(&ServerKey::random(), PersonId(7), &sealed).is_none());
        for length in 0..sealed.len() {
            assert!(SharedSecret::open(&key, PersonId(7), &sealed[..length]).is_none());
        }
        assert_ne!(sealed, secret.sealed(&key, PersonId(7)), "every seal has its own nonce");
    }

    #[test]
    fn app_is_told_an_address_that_holds_any_user_name() {
        let secret = SharedSecret(*b"12345678901234567890");
        let expected = "otpauth://totp/Diem%20Cau:l%C3%AA.a%20b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&\
                        issuer=Diem%20Cau";
        assert_eq!(secret.address("lê.a b"), expected);
    }
}
