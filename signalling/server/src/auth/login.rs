//! Signing in with a local account, and the sessions that follow.
//!
//! Called by the HTTP handlers. Never says which of user and password was wrong, and answers an
//! unknown user exactly like a known one.

use super::lockout::{FAILURE_LIMIT, LOCK_DURATION, Lockout};
use super::password::{Verifier, VerifierFull};
use crate::clock::Clock;
use crate::config::Limits;
use crate::store::{Account, Database, Digest, People as _, Session, SessionKind, StoreFailure};
use conference::Timestamp;
use sha2::{Digest as _, Sha256};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use unicode_normalization::UnicodeNormalization as _;

/// Longest user name that is looked up, in bytes.
pub const USER_LIMIT_BYTES: usize = 128;
/// Logins of one name are verified one after the other; names share this many lines.
const LINES: usize = 64;
/// A session's use is written down at most this often.
const TOUCH_EVERY_MS: i64 = 60_000;

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginRefused {
    #[error("user and password do not fit")]
    Wrong,
    #[error("locked for {0:?}")]
    Locked(Duration),
    #[error(transparent)]
    Full(#[from] VerifierFull),
    #[error(transparent)]
    Store(#[from] StoreFailure),
}

/// Checks passwords and keeps sessions.
#[derive(Debug)]
pub struct SignIn {
    store: Database,
    clock: Clock,
    verifier: Verifier,
    lockout: Mutex<Lockout>,
    // One guess at a time for a name: otherwise a hundred parallel guesses would all be verified
    // before the first failure counts.
    lines: [tokio::sync::Mutex<()>; LINES],
    line_of: RandomState,
    idle: Duration,
    life: Duration,
}

/// The form under which a user name is stored and looked up: NFC, trimmed, lower case.
#[must_use]
pub fn folded_user(user: &str) -> String {
    user.trim().to_lowercase().nfc().collect()
}

fn digest(token: &str) -> Digest {
    Sha256::digest(token.as_bytes()).into()
}

fn plus(now: Timestamp, duration: Duration) -> Timestamp {
    now.plus_ms(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}

impl SignIn {
    /// Over `store`, bounded by `limits`.
    #[must_use]
    pub fn new(store: Database, clock: Clock, limits: &Limits) -> Self {
        Self {
            store,
            clock,
            verifier: Verifier::new(limits.password_checks, limits.password_queue),
            lockout: Mutex::default(),
            lines: std::array::from_fn(|_| tokio::sync::Mutex::default()),
            line_of: RandomState::new(),
            idle: limits.session_idle,
            life: limits.session_life,
        }
    }

    /// Verifies and makes a session; returns the account and the session's token for the cookie.
    ///
    /// # Errors
    /// [`LoginRefused`]; nothing tells whether the user exists.
    pub async fn login(&self, user: &str, password: &str) -> Result<(Account, String), LoginRefused> {
        let user = folded_user(user);
        if user.is_empty() || user.len() > USER_LIMIT_BYTES {
            return Err(LoginRefused::Wrong);
        }
        let place = self.verifier.queue()?;
        let line = self.line_of.hash_one(&user) as usize % LINES;
        let _line = self.lines[line].lock().await;
        let now = Timestamp(self.clock.now_ms());
        self.lockout().check(now.0, &user).map_err(LoginRefused::Locked)?;
        let account = self.store.account_of_user(&user).await?;
        if let Some(until) = account.as_ref().and_then(|a| a.locked_until)
            && until > now
        {
            let left_ms = u64::try_from(until.0 - now.0).unwrap_or(0);
            return Err(LoginRefused::Locked(Duration::from_millis(left_ms)));
        }
        let hash = account.as_ref().map(|a| a.password_hash.as_str());
        let is_right = self.verifier.verify(place, hash, password).await;
        match account {
            Some(account) if is_right && !account.disabled => {
                self.lockout().succeeded(&user);
                if account.failures > 0 || account.locked_until.is_some() {
                    self.store.clear_login_failures(account.person.id).await?;
                }
                let token = self.open_session(&account, now).await?;
                Ok((account, token))
            }
            account => {
                self.lockout().failed(now.0, &user);
                if let Some(account) = account {
                    let until = plus(now, LOCK_DURATION);
                    let person = account.person.id;
                    self.store.record_login_failure(person, FAILURE_LIMIT, until).await?;
                }
                metrics::counter!("vc_auth_login_failures_total").increment(1);
                Err(LoginRefused::Wrong)
            }
        }
    }

    async fn open_session(&self, account: &Account, now: Timestamp) -> Result<String, StoreFailure> {
        let token = hex::encode(rand::random::<[u8; 32]>());
        let session = Session {
            token_hash: digest(&token),
            person: account.person.id,
            kind: SessionKind::Browser,
            created: now,
            expires: plus(now, self.idle.min(self.life)),
            seen: now,
        };
        self.store.create_session(&session).await?;
        Ok(token)
    }

    /// The account whose session `token` is, and moves the session's idle end.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn account_of(&self, token: &str) -> Result<Option<Account>, StoreFailure> {
        if token.len() != 64 {
            return Ok(None);
        }
        let (hash, now) = (digest(token), Timestamp(self.clock.now_ms()));
        let Some(session) = self.store.session(&hash).await? else {
            return Ok(None);
        };
        if session.expires <= now || session.kind != SessionKind::Browser {
            return Ok(None);
        }
        if now.0 - session.seen.0 >= TOUCH_EVERY_MS {
            let end = plus(now, self.idle).min(plus(session.created, self.life));
            self.store.touch_session(&hash, now, end).await?;
        }
        let account = self.store.account_of_person(session.person).await?;
        Ok(account.filter(|account| !account.disabled))
    }

    /// Ends the session of `token`, if there is one.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn logout(&self, token: &str) -> Result<(), StoreFailure> {
        self.store.end_session(&digest(token)).await
    }

    fn lockout(&self) -> std::sync::MutexGuard<'_, Lockout> {
        self.lockout.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
