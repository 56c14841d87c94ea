//! What people change about their own account: password, second factor.
//!
//! Called by the HTTP handlers under `/api/v1/me`. Each change asks for the password again (or rests
//! on the one-time code just given), so that an unattended screen is not enough.

use super::login::{CameFrom, LoginRefused, SignIn};
use super::policy::Duty;
use super::rules::{self, PasswordRule};
use super::second_factor::{SharedSecret, recovery_codes};
use super::sessions::SignedIn;
use super::{invitation, password};
use crate::store::{Account, Credentials as _, People as _, StoreFailure};
use conference::Timestamp;

/// Why an account is not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRefused {
    #[error(transparent)]
    Login(#[from] LoginRefused),
    #[error("the password breaks rules")]
    Weak(Vec<PasswordRule>),
    #[error("a second factor is in use")]
    SecondFactorOn,
    #[error("no second factor was begun")]
    SecondFactorOff,
    #[error("the role needs its second factor")]
    SecondFactorNeeded,
}

impl From<StoreFailure> for ChangeRefused {
    fn from(failure: StoreFailure) -> Self {
        Self::Login(failure.into())
    }
}

impl From<password::VerifierFull> for ChangeRefused {
    fn from(full: password::VerifierFull) -> Self {
        Self::Login(full.into())
    }
}

impl SignIn {
    /// Sets another password, ends every session and opens a new one, whose token is returned.
    ///
    /// # Errors
    /// [`ChangeRefused`], with every rule that the new password breaks.
    pub async fn change_password(
        &self,
        who: &SignedIn,
        current: &str,
        new: &str,
        from: CameFrom<'_>,
    ) -> Result<String, ChangeRefused> {
        let account = &who.account;
        let _line = self.line(&account.user).await;
        // The code that was asked for at the sign-in moments ago is not asked for again.
        if who.duty != Some(Duty::SetPassword) {
            self.verified(&account.user, current).await?;
            self.succeeded(account).await?;
        }
        let mut broken = rules::broken(new, &account.user, account.second_factor);
        if broken.is_empty() && self.was_used_before(account, new).await? {
            broken.push(PasswordRule::Reused);
        }
        if !broken.is_empty() {
            return Err(ChangeRefused::Weak(broken));
        }
        let new = new.to_owned();
        let hashed = tokio::task::spawn_blocking(move || password::hash(&new)).await;
        let hash = match hashed {
            Ok(Ok(hash)) => hash,
            // The rules allow only lengths that can be hashed.
            _ => return Err(ChangeRefused::Weak(vec![PasswordRule::TooLong])),
        };
        let person = account.person.id;
        self.store.set_password(person, &hash, Timestamp(self.clock.now_ms())).await?;
        self.tell_ended();
        tracing::info!(%person, "password changed by its owner");
        Ok(self.open_session(account, from).await?)
    }

    /// Whether `new` is one of the last ten passwords.
    async fn was_used_before(&self, account: &Account, new: &str) -> Result<bool, ChangeRefused> {
        let mut hashes = self.store.former_passwords(account.person.id).await?;
        hashes.push(account.password_hash.clone());
        for hash in hashes.iter().filter(|hash| !invitation::is_invitation(hash)) {
            if self.verifier.verify(self.verifier.queue()?, Some(hash), new).await {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Begins a second factor: a fresh secret, not asked for until its first code was right.
    ///
    /// # Errors
    /// A wrong password; [`ChangeRefused::SecondFactorOn`].
    pub async fn begin_second_factor(
        &self,
        who: &SignedIn,
        password: &str,
    ) -> Result<SharedSecret, ChangeRefused> {
        let account = self.asked_again(who, password).await?;
        let secret = SharedSecret::random();
        let person = account.person.id;
        if !self.store.propose_second_factor(person, &secret.sealed(&self.key, person)).await? {
            return Err(ChangeRefused::SecondFactorOn);
        }
        Ok(secret)
    }

    /// Confirms the second factor by its first code; returns the recovery codes, for once, and the
    /// token of a session that rests on it. All other sessions end.
    ///
    /// # Errors
    /// A wrong code, which counts as a wrong password; [`ChangeRefused::SecondFactorOff`].
    pub async fn confirm_second_factor(
        &self,
        who: &SignedIn,
        code: &str,
        from: CameFrom<'_>,
    ) -> Result<(Vec<String>, String), ChangeRefused> {
        let person = who.account.person.id;
        let factor = self.store.second_factor(person).await?.ok_or(ChangeRefused::SecondFactorOff)?;
        if factor.is_confirmed {
            return Err(ChangeRefused::SecondFactorOn);
        }
        let secret = SharedSecret::open(&self.key, person, &factor.sealed);
        let secret = secret.ok_or(ChangeRefused::SecondFactorOff)?;
        // The secret is not asked for yet, so a wrong first code is a slip and not a guess.
        let step = secret.step_of(code, self.clock.now_ms()).ok_or(LoginRefused::WrongCode)?;
        let (codes, hashes): (Vec<_>, Vec<_>) = recovery_codes(&self.key).into_iter().unzip();
        self.store.confirm_second_factor(person, step, &hashes).await?;
        self.store.end_other_sessions(person, &[0; 32]).await?;
        self.tell_ended();
        let account = Account { second_factor: true, ..who.account.clone() };
        let token = self.open_session(&account, from).await?;
        tracing::info!(%person, "second factor confirmed");
        Ok((codes, token))
    }

    /// Makes fresh recovery codes, returned for once; those that were left are worth nothing any more.
    ///
    /// # Errors
    /// A wrong password; [`ChangeRefused::SecondFactorOff`].
    pub async fn renew_recovery_codes(
        &self,
        who: &SignedIn,
        password: &str,
    ) -> Result<Vec<String>, ChangeRefused> {
        let account = self.asked_again(who, password).await?;
        if !account.second_factor {
            return Err(ChangeRefused::SecondFactorOff);
        }
        let person = account.person.id;
        let (codes, hashes): (Vec<_>, Vec<_>) = recovery_codes(&self.key).into_iter().unzip();
        self.store.renew_recovery_codes(person, &hashes).await?;
        tracing::info!(%person, "recovery codes renewed by their owner");
        Ok(codes)
    }

    /// Does without the second factor from now on.
    ///
    /// # Errors
    /// Roles that need it; a wrong password; a password that is too weak to stand alone.
    pub async fn remove_second_factor(&self, who: &SignedIn, password: &str) -> Result<(), ChangeRefused> {
        if self.policy.needs_second_factor(who.account.role) {
            return Err(ChangeRefused::SecondFactorNeeded);
        }
        let account = self.asked_again(who, password).await?;
        let broken = rules::broken(password, &account.user, false);
        if !broken.is_empty() {
            return Err(ChangeRefused::Weak(broken));
        }
        let person = account.person.id;
        self.store.remove_second_factor(person).await?;
        tracing::info!(%person, "second factor removed by its owner");
        Ok(())
    }

    /// How many recovery codes the person has left.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn recovery_codes_left(&self, who: &SignedIn) -> Result<u32, StoreFailure> {
        self.store.recovery_codes_left(who.account.person.id).await
    }

    async fn asked_again(&self, who: &SignedIn, password: &str) -> Result<Account, ChangeRefused> {
        let user = &who.account.user;
        let _line = self.line(user).await;
        let account = self.verified(user, password).await?;
        self.succeeded(&account).await?;
        Ok(account)
    }
}
