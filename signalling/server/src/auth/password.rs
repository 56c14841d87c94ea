//! Password hashes (argon2id) and their verification off the async threads.
//!
//! Called by `auth::login` and by `diemcau admin create`. A user that does not exist costs the
//! same work as one that does, so that the answer's time tells nothing.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Longest password that is hashed, in bytes; longer ones are refused unread.
pub const PASSWORD_LIMIT_BYTES: usize = 512;
/// Shortest password that [`hash`] takes, in characters.
pub const PASSWORD_MIN_CHARACTERS: usize = 8;

/// Why a password cannot be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    #[error("a password has at least {PASSWORD_MIN_CHARACTERS} characters")]
    TooShort,
    #[error("a password has at most {PASSWORD_LIMIT_BYTES} bytes")]
    TooLong,
}

/// More verifications wait than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords wait for verification")]
pub struct VerifierFull;

// OWASP password storage cheat sheet: 19 MiB, 2 passes, 1 lane.
fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("constant parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// PHC text of `password` under a fresh salt. Takes about 20 ms of CPU.
///
/// # Errors
/// [`PasswordRefused`] when the length is out of range.
pub fn hash(password: &str) -> Result<String, PasswordRefused> {
    if password.chars().count() < PASSWORD_MIN_CHARACTERS {
        return Err(PasswordRefused::TooShort);
    }
    if password.len() > PASSWORD_LIMIT_BYTES {
        return Err(PasswordRefused::TooLong);
    }
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).expect("16 bytes fit a salt");
    let hash = hasher().hash_password(password.as_bytes(), &salt);
    Ok(hash.expect("length was checked").to_string())
}

fn matches(phc: &str, password: &str) -> bool {
    PasswordHash::new(phc).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Verifies with bounded concurrency: each verification holds 19 MiB and one core.
#[derive(Clone, Debug)]
pub struct Verifier {
    running: Arc<Semaphore>,
    queued: Arc<Semaphore>,
    /// Hash of a random password: what a user that does not exist is measured against.
    nobody: Arc<str>,
}

impl Verifier {
    /// At most `concurrent` at once and `waiting` more in line.
    #[must_use]
    pub fn new(concurrent: usize, waiting: usize) -> Self {
        let nobody = hash(&hex::encode(rand::random::<[u8; 16]>())).expect("32 characters fit");
        Self {
            running: Arc::new(Semaphore::new(concurrent)),
            queued: Arc::new(Semaphore::new(concurrent + waiting)),
            nobody: nobody.into(),
        }
    }

    /// Takes a place in the line.
    ///
    /// # Errors
    /// [`VerifierFull`] when the line is full.
    pub fn queue(&self) -> Result<QueuePlace, VerifierFull> {
        let place = self.queued.clone().try_acquire_owned();
        place.map(QueuePlace).map_err(|_| VerifierFull)
    }

    /// Whether `password` belongs to `phc`; `None` (no such user) costs the same and is false.
    pub async fn verify(&self, place: QueuePlace, phc: Option<&str>, password: &str) -> bool {
        if password.len() > PASSWORD_LIMIT_BYTES {
            return false;
        }
        let running = self.running.clone().acquire_owned().await;
        let running = running.expect("the semaphore is never closed");
        let exists = phc.is_some();
        let phc: Arc<str> = phc.map_or_else(|| self.nobody.clone(), Into::into);
        let password = password.to_owned();
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, running);
            matches(&phc, &password)
        });
        // A panic of the pool counts as a wrong password: closed, not open.
        done.await.unwrap_or(false) && exists
    }
}

/// A place in the line of a [`Verifier`]; given back when dropped.
#[derive(Debug)]
pub struct QueuePlace(#[allow(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_real_user_passes() {
        let verifier = Verifier::new(1, 1);
        let phc = hash("mật khẩu đúng").expect("long enough");
        let check = async |phc: Option<&str>, password: &str| {
            verifier.verify(verifier.queue().expect("there is room"), phc, password).await
        };
        assert!(check(Some(&phc), "mật khẩu đúng").await);
        assert!(!check(Some(&phc), "mật khẩu sai").await);
        assert!(!check(None, "mật khẩu đúng").await);
        assert!(!check(Some("not a hash"), "mật khẩu đúng").await);
    }

    #[test]
    fn full_line_refuses_instead_of_growing() {
        let verifier = Verifier::new(1, 0);
        let first = verifier.queue().expect("the line is empty");
        assert_eq!(verifier.queue().err(), Some(VerifierFull));
        drop(first);
        assert!(verifier.queue().is_ok());
    }

    #[test]
    fn password_outside_the_length_limits_is_refused() {
        assert_eq!(hash("ngắn"), Err(PasswordRefused::TooShort));
        assert_eq!(hash(&"x".repeat(PASSWORD_LIMIT_BYTES + 1)), Err(PasswordRefused::TooLong));
    }
}
