//! Signing in with a local account: password, one-time code, second factor.
//!
//! Called by the HTTP handlers. Never says which of user and password was wrong, and answers an
//! unknown user exactly like a known one. What follows the sign-in is in `sessions`.

use super::invitation::{self, Verdict};
use super::key::ServerKey;
use super::lockout::{FAILURE_LIMIT, LOCK_DURATION, Lockout};
use super::password::{Verifier, VerifierFull};
use super::policy::AccountPolicy;
use super::second_factor::{SharedSecret, recovery_hash};
use crate::clock::Clock;
use crate::config::Limits;
use crate::store::{Account, Credentials as _, Database, People as _, StoreFailure};
use conference::Timestamp;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use unicode_normalization::UnicodeNormalization as _;

/// Longest user name that is looked up, in bytes.
pub const USER_LIMIT_BYTES: usize = 128;
/// Logins of one name are verified one after the other; names share this many lines.
const LINES: usize = 64;

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginRefused {
    #[error("user and password do not fit")]
    Wrong,
    #[error("locked for {0:?}")]
    Locked(Duration),
    #[error("the one-time code has expired")]
    InvitationExpired,
    #[error("a code of the second factor is needed")]
    CodeNeeded,
    #[error("the code of the second factor is not right")]
    WrongCode,
    #[error("from outside only with a second factor, and there is none")]
    OutsideWithoutSecondFactor,
    #[error(transparent)]
    Full(#[from] VerifierFull),
    #[error(transparent)]
    Store(#[from] StoreFailure),
}

/// Where a sign-in comes from.
#[derive(Clone, Copy, Debug)]
pub struct CameFrom<'a> {
    pub address: IpAddr,
    /// What the browser calls itself.
    pub agent: &'a str,
}

/// Checks passwords and keeps sessions.
#[derive(Debug)]
pub struct SignIn {
    pub(super) store: Database,
    pub(super) clock: Clock,
    pub(super) verifier: Verifier,
    pub(super) policy: AccountPolicy,
    pub(super) key: ServerKey,
    lockout: Mutex<Lockout>,
    // One guess at a time for a name: otherwise a hundred parallel guesses would all be verified
    // before the first failure counts.
    lines: [tokio::sync::Mutex<()>; LINES],
    line_of: RandomState,
    pub(super) idle: Duration,
    pub(super) administrator_idle: Duration,
    pub(super) life: Duration,
    /// Counts sessions that somebody has ended.
    pub(super) ends: watch::Sender<u64>,
}

/// The form under which a user name is stored and looked up: NFC, trimmed, lower case.
#[must_use]
pub fn folded_user(user: &str) -> String {
    user.trim().to_lowercase().nfc().collect()
}

pub(super) fn plus(now: Timestamp, duration: Duration) -> Timestamp {
    now.plus_ms(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}

impl SignIn {
    /// Over `store`, bounded by `limits`, under the rules of `policy`.
    #[must_use]
    pub fn new(
        store: Database,
        clock: Clock,
        limits: &Limits,
        policy: AccountPolicy,
        key: ServerKey,
    ) -> Self {
        Self {
            store,
            clock,
            verifier: Verifier::new(limits.password_checks, limits.password_queue),
            policy,
            key,
            lockout: Mutex::default(),
            lines: std::array::from_fn(|_| tokio::sync::Mutex::default()),
            line_of: RandomState::new(),
            idle: limits.session_idle,
            administrator_idle: limits.administrator_idle,
            life: limits.session_life,
            ends: watch::Sender::new(0),
        }
    }

    /// Verifies and makes a session; returns the account and the session's token for the cookie.
    ///
    /// # Errors
    /// [`LoginRefused`]; nothing tells whether the user exists before the password is right.
    pub async fn login(
        &self,
        user: &str,
        password: &str,
        code: Option<&str>,
        from: CameFrom<'_>,
    ) -> Result<(Account, String), LoginRefused> {
        let user = folded_user(user);
        let _line = self.line(&user).await;
        let account = self.verified(&user, password).await?;
        let is_outside = self.policy.needs_second_factor_from(from.address);
        match code.map(str::trim).filter(|code| !code.is_empty()) {
            None if account.second_factor => return Err(LoginRefused::CodeNeeded),
            Some(code) if account.second_factor => self.use_code(&account, code).await?,
            _ if is_outside => return Err(LoginRefused::OutsideWithoutSecondFactor),
            _ => {}
        }
        self.succeeded(&account).await?;
        let token = self.open_session(&account, from).await?;
        Ok((account, token))
    }

    /// Waits for the line of `user`: one check at a time.
    pub(super) async fn line(&self, user: &str) -> tokio::sync::MutexGuard<'_, ()> {
        let line = self.line_of.hash_one(user) as usize % LINES;
        self.lines[line].lock().await
    }

    /// The account of `user` when `password` is right; counts a failure when it is not. The caller
    /// holds the line.
    pub(super) async fn verified(&self, user: &str, password: &str) -> Result<Account, LoginRefused> {
        if user.is_empty() || user.len() > USER_LIMIT_BYTES {
            return Err(LoginRefused::Wrong);
        }
        let place = self.verifier.queue()?;
        let now = Timestamp(self.clock.now_ms());
        self.lockout().check(now.0, user).map_err(LoginRefused::Locked)?;
        let account = self.store.account_of_user(user).await?;
        if let Some(until) = account.as_ref().and_then(|a| a.locked_until)
            && until > now
        {
            let left_ms = u64::try_from(until.0 - now.0).unwrap_or(0);
            return Err(LoginRefused::Locked(Duration::from_millis(left_ms)));
        }
        // A one-time code is checked in no time; the work of a password is done all the same, so
        // that the answer's time does not tell which accounts are new.
        let hash = account.as_ref().map(|a| a.password_hash.as_str());
        let is_right = self.verifier.verify(place, hash, password).await;
        let verdict = match &account {
            Some(account) if invitation::is_invitation(&account.password_hash) => {
                invitation::verify(&self.key, &account.password_hash, password, now.0)
            }
            _ if is_right => Verdict::Right,
            _ => Verdict::Wrong,
        };
        match (account, verdict) {
            (Some(account), Verdict::Right) if !account.disabled => Ok(account),
            (Some(account), Verdict::Expired) if !account.disabled => Err(LoginRefused::InvitationExpired),
            (account, _) => {
                self.failed(user, account.as_ref()).await?;
                Err(LoginRefused::Wrong)
            }
        }
    }

    /// Uses up a code of the app or a recovery code; a wrong one counts like a wrong password.
    pub(super) async fn use_code(&self, account: &Account, code: &str) -> Result<(), LoginRefused> {
        let person = account.person.id;
        let factor = self.store.second_factor(person).await?.filter(|factor| factor.is_confirmed);
        let secret = factor.and_then(|factor| SharedSecret::open(&self.key, person, &factor.sealed));
        let is_right = match secret.and_then(|secret| secret.step_of(code, self.clock.now_ms())) {
            Some(step) => self.store.use_step(person, step).await?,
            None => self.store.use_recovery_code(person, &recovery_hash(&self.key, code)).await?,
        };
        if is_right {
            return Ok(());
        }
        self.failed(&account.user, Some(account)).await?;
        Err(LoginRefused::WrongCode)
    }

    async fn failed(&self, user: &str, account: Option<&Account>) -> Result<(), StoreFailure> {
        let now = Timestamp(self.clock.now_ms());
        self.lockout().failed(now.0, user);
        if let Some(account) = account {
            let until = plus(now, LOCK_DURATION);
            self.store.record_login_failure(account.person.id, FAILURE_LIMIT, until).await?;
        }
        metrics::counter!("vc_auth_login_failures_total").increment(1);
        Ok(())
    }

    pub(super) async fn succeeded(&self, account: &Account) -> Result<(), StoreFailure> {
        self.lockout().succeeded(&account.user);
        if account.failures > 0 || account.locked_until.is_some() {
            self.store.clear_login_failures(account.person.id).await?;
        }
        Ok(())
    }

    fn lockout(&self) -> std::sync::MutexGuard<'_, Lockout> {
        self.lockout.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
