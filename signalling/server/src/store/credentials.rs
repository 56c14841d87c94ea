//! The store's fifth part: what proves that somebody is who they say, and who belongs to which unit.
//!
//! Called by `auth` and `people` through [`super::Database`]; implemented once for each database.
//! Holds hashes and sealed secrets only. Never decides whether a password or code is right.

use super::contract::Answer;
use super::record::{Digest, ImportedAccount, SecondFactor, Session, Unit};
use conference::{PersonId, Timestamp};
use std::future::Future;

/// Most sessions of one person that are listed.
pub(super) const SESSION_LIST_LIMIT: i64 = 100;
/// Passwords before the present one that are remembered: with it the last ten.
pub(super) const FORMER_PASSWORDS: i64 = 9;

/// Sessions as their owner sees them, former passwords, second factors, units.
pub trait Credentials {
    /// The person's sessions that live at `now`, last used first, at most 100.
    fn sessions_of(
        &self,
        person: PersonId,
        now: Timestamp,
    ) -> impl Future<Output = Answer<Vec<Session>>> + Send;

    /// Ends every session of the person but `kept`; returns how many.
    fn end_other_sessions(&self, person: PersonId, kept: &Digest)
    -> impl Future<Output = Answer<u64>> + Send;

    /// Hashes of the nine passwords before the present one, newest first.
    fn former_passwords(&self, person: PersonId) -> impl Future<Output = Answer<Vec<String>>> + Send;

    /// The person's second factor, confirmed or not.
    fn second_factor(&self, person: PersonId) -> impl Future<Output = Answer<Option<SecondFactor>>> + Send;

    /// Keeps a secret that is to be confirmed, in place of an earlier one; false, and nothing
    /// changed, when one is confirmed already.
    fn propose_second_factor(
        &self,
        person: PersonId,
        sealed: &[u8],
    ) -> impl Future<Output = Answer<bool>> + Send;

    /// From now on the second factor is asked for: its first code was right at `step`.
    fn confirm_second_factor(
        &self,
        person: PersonId,
        step: u64,
        recovery_codes: &[Digest],
    ) -> impl Future<Output = Answer<()>> + Send;

    /// Uses up the codes of `step` and all before it; false when they are used up already.
    fn use_step(&self, person: PersonId, step: u64) -> impl Future<Output = Answer<bool>> + Send;

    /// Uses up a recovery code; false when there is no such code.
    fn use_recovery_code(&self, person: PersonId, hash: &Digest)
    -> impl Future<Output = Answer<bool>> + Send;

    /// How many recovery codes are left.
    fn recovery_codes_left(&self, person: PersonId) -> impl Future<Output = Answer<u32>> + Send;

    /// Puts these in the place of the recovery codes that were left.
    fn renew_recovery_codes(
        &self,
        person: PersonId,
        recovery_codes: &[Digest],
    ) -> impl Future<Output = Answer<()>> + Send;

    /// Forgets secret and recovery codes.
    fn remove_second_factor(&self, person: PersonId) -> impl Future<Output = Answer<()>> + Send;

    /// Every unit, by code.
    fn units(&self) -> impl Future<Output = Answer<Vec<Unit>>> + Send;

    /// Makes the units or sets name and parent of those that exist; all or none.
    fn import_units(&self, units: &[Unit]) -> impl Future<Output = Answer<()>> + Send;

    /// Makes accounts, or sets name, unit and role of those that exist and ends their sessions
    /// when the role changes; all or none. `Taken(User)` when a new login name exists already.
    fn import_people(
        &self,
        people: &[ImportedAccount],
        now: Timestamp,
    ) -> impl Future<Output = Answer<()>> + Send;
}
