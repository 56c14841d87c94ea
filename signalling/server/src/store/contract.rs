//! What every database can do for us: one trait in five parts.
//!
//! Called by auth, meetings, http and journal through [`super::Database`]. Each method is one
//! transaction. Every list is bounded by its argument or by what administrators made.

use super::credentials::Credentials;
use super::dispatch::Dispatches;
use super::error::StoreFailure;
use super::planning::{Inviting, Planning};
use super::record::{
    Account, Digest, GuestPurge, GuestsPurged, InvitedSite, Lockout, Meeting, NewAccount, NewText, Person,
    Row, Session, Site, SnapshotRow, Tail,
};
use conference::{PersonId, TextId, Timestamp};
use media_control::ConferenceId;
use std::future::Future;

/// Answer of a store method.
pub type Answer<T> = Result<T, StoreFailure>;

/// Persons, accounts, guests, sessions.
pub trait People {
    /// Makes an account. `Taken(User)` when the user name exists.
    fn create_account(
        &self,
        account: &NewAccount,
        now: Timestamp,
    ) -> impl Future<Output = Answer<PersonId>> + Send;

    /// Makes the account or, when the user name exists, sets its name, unit and role and leaves
    /// password, lock and disabling alone. For repeated imports.
    fn import_account(
        &self,
        account: &NewAccount,
        now: Timestamp,
    ) -> impl Future<Output = Answer<PersonId>> + Send;

    /// The account of that exact user name.
    fn account_of_user(&self, user: &str) -> impl Future<Output = Answer<Option<Account>>> + Send;

    /// The account that the person holds.
    fn account_of_person(&self, person: PersonId) -> impl Future<Output = Answer<Option<Account>>> + Send;

    /// All accounts by user name.
    fn accounts(&self) -> impl Future<Output = Answer<Vec<Account>>> + Send;

    /// Counts a wrong password; the one that makes it `limit` locks the account until
    /// `locked_until` and starts the count again. One step, so that parallel guesses all count.
    fn record_login_failure(
        &self,
        person: PersonId,
        limit: u32,
        locked_until: Timestamp,
    ) -> impl Future<Output = Answer<Lockout>> + Send;

    /// After a right password.
    fn clear_login_failures(&self, person: PersonId) -> impl Future<Output = Answer<()>> + Send;

    /// Replaces the password, remembers the one before, and ends every session of the person.
    fn set_password(
        &self,
        person: PersonId,
        password_hash: &str,
        now: Timestamp,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// Disables (and ends every session of) or enables an account.
    fn set_disabled(&self, person: PersonId, disabled: bool) -> impl Future<Output = Answer<()>> + Send;

    /// The person, account or guest.
    fn person(&self, person: PersonId) -> impl Future<Output = Answer<Option<Person>>> + Send;

    /// Makes a guest of one conference.
    fn create_guest(
        &self,
        conference: &ConferenceId,
        name: &str,
        unit: &str,
        now: Timestamp,
    ) -> impl Future<Output = Answer<PersonId>> + Send;

    /// Empties the person's name and unit and deletes every text of theirs; journal rows, which
    /// hold ids only, stay. Returns how many texts were deleted.
    fn erase_person(&self, person: PersonId) -> impl Future<Output = Answer<u64>> + Send;

    /// Keeps a new session.
    fn create_session(&self, session: &Session) -> impl Future<Output = Answer<()>> + Send;

    /// The session of that token hash, expired or not.
    fn session(&self, token_hash: &Digest) -> impl Future<Output = Answer<Option<Session>>> + Send;

    /// Notes a use and moves the end.
    fn touch_session(
        &self,
        token_hash: &Digest,
        seen: Timestamp,
        expires: Timestamp,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// Forgets the session.
    fn end_session(&self, token_hash: &Digest) -> impl Future<Output = Answer<()>> + Send;

    /// Forgets sessions that expired before `now`; returns how many.
    fn sweep_sessions(&self, now: Timestamp) -> impl Future<Output = Answer<u64>> + Send;

    /// Deletes guests and bearers of tokens with their sessions, one bounded step. Who made a
    /// conference stays; texts and journal rows stay, they belong to the conference.
    fn purge_guests(&self, purge: &GuestPurge) -> impl Future<Output = Answer<GuestsPurged>> + Send;
}

/// Conferences as set up, and the site trees.
pub trait Meetings {
    /// Makes a conference that invites these sites, in this order. `Taken(Conference)` when the id exists.
    fn create_meeting(
        &self,
        meeting: &Meeting,
        invited: &[InvitedSite],
    ) -> impl Future<Output = Answer<()>> + Send;

    /// Makes the conference invite exactly these sites.
    fn invite_sites(
        &self,
        id: &ConferenceId,
        invited: &[InvitedSite],
    ) -> impl Future<Output = Answer<()>> + Send;

    /// The invited sites in their order; `parent` is the name of the node above. One that has left its
    /// tree has its id for a name.
    fn invited_sites(&self, id: &ConferenceId) -> impl Future<Output = Answer<Vec<Site>>> + Send;

    /// Makes the conference or sets title, label and settings of an existing one.
    fn import_meeting(&self, meeting: &Meeting) -> impl Future<Output = Answer<()>> + Send;

    /// The conference of that id.
    fn meeting(&self, id: &ConferenceId) -> impl Future<Output = Answer<Option<Meeting>>> + Send;

    /// The newest `limit` conferences, newest first.
    fn meetings(&self, limit: u32) -> impl Future<Output = Answer<Vec<Meeting>>> + Send;

    /// Makes `tree` hold exactly these sites, in this order.
    fn replace_sites(&self, tree: &str, sites: &[Site]) -> impl Future<Output = Answer<()>> + Send;

    /// The sites of `tree` in their order; empty when there is no such tree.
    fn sites(&self, tree: &str) -> impl Future<Output = Answer<Vec<Site>>> + Send;

    /// Names of all trees.
    fn site_trees(&self) -> impl Future<Output = Answer<Vec<String>>> + Send;
}

/// Journal rows, erasable texts and snapshots.
pub trait Rows {
    /// Adds rows and texts in one transaction; durable when it returns. `Taken(JournalRow)` and
    /// nothing written when a position is occupied.
    fn append(&self, rows: &[Row], texts: &[NewText]) -> impl Future<Output = Answer<()>> + Send;

    /// At most `limit` rows of the conference from `first_seq` on, in order.
    fn rows(
        &self,
        conference: &ConferenceId,
        first_seq: u64,
        limit: u32,
    ) -> impl Future<Output = Answer<Vec<Row>>> + Send;

    /// The last row of the conference.
    fn tail(&self, conference: &ConferenceId) -> impl Future<Output = Answer<Option<Tail>>> + Send;

    /// Every conference that has rows, by name. Texts of `conference` columns that are no
    /// conference id are returned as they stand.
    fn conferences_with_rows(&self) -> impl Future<Output = Answer<Vec<String>>> + Send;

    /// Those of `ids` that are not erased.
    fn texts(
        &self,
        conference: &ConferenceId,
        ids: &[TextId],
    ) -> impl Future<Output = Answer<Vec<(TextId, String)>>> + Send;

    /// Replaces the conference's snapshot.
    fn save_snapshot(&self, snapshot: &SnapshotRow) -> impl Future<Output = Answer<()>> + Send;

    /// The conference's snapshot.
    fn snapshot(&self, conference: &ConferenceId)
    -> impl Future<Output = Answer<Option<SnapshotRow>>> + Send;
}

/// Facts about the database itself.
pub trait Facts {
    /// The value under `name`; `value` becomes it when there is none.
    fn fact_or_set(&self, name: &str, value: &str) -> impl Future<Output = Answer<String>> + Send;

    /// Whether the database answers.
    fn ping(&self) -> impl Future<Output = Answer<()>> + Send;
}

/// A database of ours: everything that must be kept.
pub trait Store:
    People + Credentials + Meetings + Planning + Inviting + Dispatches + Rows + Facts + Send + Sync
{
}

impl<T: People + Credentials + Meetings + Planning + Inviting + Dispatches + Rows + Facts + Send + Sync> Store
    for T
{
}
