//! The sessions that follow a sign-in: their idle ends, and the list that their owner sees.
//!
//! Called by `identity`, the HTTP handlers and, for a live call, by the WebSocket's door. Only what
//! a person does moves the idle end; what a page asks by itself does not.

use super::login::{CameFrom, SignIn, plus};
use super::policy::{Duty, is_administrator};
use crate::store::{Account, Credentials as _, Digest, People as _, Session, SessionKind, StoreFailure};
use conference::{Role, Timestamp};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// A session's use is written down at most this often.
const TOUCH_EVERY_MS: i64 = 15_000;
/// Longest description of a browser that is kept, in characters.
const AGENT_LIMIT: usize = 200;
/// Hexadecimal digits of a token, and of an open session's name.
const TOKEN_DIGITS: usize = 64;
const NAME_BYTES: usize = 8;

/// Whether a request is somebody's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Somebody did something: the idle end moves.
    Person,
    /// A page asked by itself.
    Background,
}

/// A session and whose it is.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub account: Account,
    pub session: Session,
    /// What must be done before anything else.
    pub duty: Option<Duty>,
}

/// Under which name a session's owner sees it; tells nothing about the token.
#[must_use]
pub fn session_name(session: &Session) -> String {
    hex::encode(&session.token_hash[..NAME_BYTES])
}

fn digest(token: &str) -> Digest {
    Sha256::digest(token.as_bytes()).into()
}

impl SignIn {
    /// How long a session of `role` may rest.
    #[must_use]
    pub fn idle_of(&self, role: Role) -> Duration {
        if is_administrator(role) { self.administrator_idle.min(self.idle) } else { self.idle }
    }

    fn idle_end(&self, role: Role, created: Timestamp, now: Timestamp) -> Timestamp {
        plus(now, self.idle_of(role)).min(plus(created, self.life))
    }

    /// The rules of this installation.
    #[must_use]
    pub const fn policy(&self) -> &super::policy::AccountPolicy {
        &self.policy
    }

    pub(super) async fn open_session(
        &self,
        account: &Account,
        from: CameFrom<'_>,
    ) -> Result<String, StoreFailure> {
        let token = hex::encode(rand::random::<[u8; 32]>());
        let now = Timestamp(self.clock.now_ms());
        let agent = from.agent.chars().filter(|c| !c.is_control()).take(AGENT_LIMIT);
        let session = Session {
            token_hash: digest(&token),
            person: account.person.id,
            kind: SessionKind::Browser,
            created: now,
            expires: self.idle_end(account.role, now, now),
            seen: now,
            address: from.address.to_string(),
            agent: agent.collect(),
            second_factor: account.second_factor,
        };
        self.store.create_session(&session).await?;
        Ok(token)
    }

    async fn session(&self, token: &str) -> Result<Option<Session>, StoreFailure> {
        if token.len() != TOKEN_DIGITS {
            return Ok(None);
        }
        let session = self.store.session(&digest(token)).await?;
        let now = Timestamp(self.clock.now_ms());
        Ok(session.filter(|session| session.expires > now && session.kind == SessionKind::Browser))
    }

    /// The account and session of `token`; moves the idle end when it is somebody's doing.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn signed_in(&self, token: &str, activity: Activity) -> Result<Option<SignedIn>, StoreFailure> {
        let Some(mut session) = self.session(token).await? else {
            return Ok(None);
        };
        let account = self.store.account_of_person(session.person).await?;
        let Some(account) = account.filter(|account| !account.disabled) else {
            return Ok(None);
        };
        let now = Timestamp(self.clock.now_ms());
        if activity == Activity::Person && now.0 - session.seen.0 >= TOUCH_EVERY_MS {
            session.seen = now;
            session.expires = self.idle_end(account.role, session.created, now);
            self.store.touch_session(&session.token_hash, session.seen, session.expires).await?;
        }
        let duty = self.policy.duty(&account, now);
        Ok(Some(SignedIn { account, session, duty }))
    }

    /// Whether the session of `token` rests on a second factor; true for what is no session, which
    /// opens nothing anyway.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn is_good_outside(&self, token: &str) -> Result<bool, StoreFailure> {
        Ok(self.session(token).await?.is_none_or(|session| session.second_factor))
    }

    /// Returns when somebody has ended the session of `token`: signed out, from here or elsewhere, or
    /// renewed by a new password. A session that ends by its age ends no call.
    pub async fn ended(&self, token: &str) {
        let mut ends = self.ends.subscribe();
        let Ok(Some(session)) = self.session(token).await else { return std::future::pending().await };
        let life_ms = i64::try_from(self.life.as_millis()).unwrap_or(i64::MAX);
        while ends.changed().await.is_ok() {
            let is_there = self.store.session(&session.token_hash).await;
            let is_over = session.created.plus_ms(life_ms) <= Timestamp(self.clock.now_ms());
            // A failing store has its own alarm and ends nobody's call.
            if !is_over && matches!(is_there, Ok(None)) {
                return;
            }
        }
    }

    /// To be called whenever somebody has ended sessions.
    pub(super) fn tell_ended(&self) {
        self.ends.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// The person's own sessions, last used first.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn sessions(&self, who: &SignedIn) -> Result<Vec<Session>, StoreFailure> {
        self.store.sessions_of(who.account.person.id, Timestamp(self.clock.now_ms())).await
    }

    /// Ends the person's own session of that name; false when there is none.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn end_named(&self, who: &SignedIn, name: &str) -> Result<bool, StoreFailure> {
        let found = self.sessions(who).await?.into_iter().find(|session| session_name(session) == name);
        let Some(session) = found else {
            return Ok(false);
        };
        self.store.end_session(&session.token_hash).await?;
        self.tell_ended();
        tracing::info!(person = %who.account.person.id, "session ended by its owner");
        Ok(true)
    }

    /// Ends every other session of the person; returns how many.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn end_others(&self, who: &SignedIn) -> Result<u64, StoreFailure> {
        let person = who.account.person.id;
        let ended = self.store.end_other_sessions(person, &who.session.token_hash).await?;
        self.tell_ended();
        tracing::info!(%person, ended, "other sessions ended by their owner");
        Ok(ended)
    }

    /// Ends the session of `token`, if there is one.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn logout(&self, token: &str) -> Result<(), StoreFailure> {
        self.store.end_session(&digest(token)).await?;
        self.tell_ended();
        Ok(())
    }
}
