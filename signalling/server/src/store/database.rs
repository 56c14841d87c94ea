//! The configured database, whichever it is.
//!
//! Made once at start and shared by reference. Only passes calls on.

use super::{
    Account, Answer, Clash, Credentials, Digest, DispatchFilter, DispatchRow, Dispatches, Facts, GuestPurge,
    GuestsPurged, ImportedAccount, InvitationRow, InvitedSite, Inviting, Lockout, Meeting, Meetings,
    NewAccount, NewDispatch, NewPlanned, NewText, People, Person, Plan, Planned, PlannedFilter, Planning,
    PostgresStore, Row, Rows, SecondFactor, Session, Settled, Site, SnapshotRow, SqliteStore, Standing, Tail,
    TemplateRow, Unit, WebhookRow,
};
use conference::{PersonId, TextId, Timestamp};
use media_control::ConferenceId;
use std::path::Path;

/// SQLite or PostgreSQL.
#[derive(Clone, Debug)]
pub enum Database {
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

impl Database {
    /// Opens or makes a SQLite file, see [`SqliteStore::open`].
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub async fn open_file(file: &Path) -> Answer<Self> {
        Ok(Self::Sqlite(SqliteStore::open(file).await?))
    }

    /// Connects to `postgres://…`, see [`PostgresStore::open`].
    ///
    /// # Errors
    /// As [`PostgresStore::open`].
    pub async fn open_server(url: &str) -> Answer<Self> {
        Ok(Self::Postgres(PostgresStore::open(url).await?))
    }

    /// Closes it after the running requests.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

/// Writes each method as a call of the same method of the database at hand.
macro_rules! pass_on {
    ($part:ident { $(fn $method:ident($($arg:ident: $kind:ty),*) -> $answer:ty;)* }) => {
        impl $part for Database {
            $(async fn $method(&self, $($arg: $kind),*) -> Answer<$answer> {
                match self {
                    Self::Sqlite(store) => store.$method($($arg),*).await,
                    Self::Postgres(store) => store.$method($($arg),*).await,
                }
            })*
        }
    };
}

pass_on!(People {
    fn create_account(account: &NewAccount, now: Timestamp) -> PersonId;
    fn import_account(account: &NewAccount, now: Timestamp) -> PersonId;
    fn account_of_user(user: &str) -> Option<Account>;
    fn account_of_person(person: PersonId) -> Option<Account>;
    fn accounts() -> Vec<Account>;
    fn record_login_failure(person: PersonId, limit: u32, locked_until: Timestamp) -> Lockout;
    fn clear_login_failures(person: PersonId) -> ();
    fn set_password(person: PersonId, password_hash: &str, now: Timestamp) -> ();
    fn set_disabled(person: PersonId, disabled: bool) -> ();
    fn person(person: PersonId) -> Option<Person>;
    fn create_guest(conference: &ConferenceId, name: &str, unit: &str, now: Timestamp) -> PersonId;
    fn erase_person(person: PersonId) -> u64;
    fn create_session(session: &Session) -> ();
    fn session(token_hash: &Digest) -> Option<Session>;
    fn touch_session(token_hash: &Digest, seen: Timestamp, expires: Timestamp) -> ();
    fn end_session(token_hash: &Digest) -> ();
    fn sweep_sessions(now: Timestamp) -> u64;
    fn purge_guests(purge: &GuestPurge) -> GuestsPurged;
});

pass_on!(Credentials {
    fn sessions_of(person: PersonId, now: Timestamp) -> Vec<Session>;
    fn end_other_sessions(person: PersonId, kept: &Digest) -> u64;
    fn former_passwords(person: PersonId) -> Vec<String>;
    fn second_factor(person: PersonId) -> Option<SecondFactor>;
    fn propose_second_factor(person: PersonId, sealed: &[u8]) -> bool;
    fn confirm_second_factor(person: PersonId, step: u64, recovery_codes: &[Digest]) -> ();
    fn use_step(person: PersonId, step: u64) -> bool;
    fn use_recovery_code(person: PersonId, hash: &Digest) -> bool;
    fn recovery_codes_left(person: PersonId) -> u32;
    fn renew_recovery_codes(person: PersonId, recovery_codes: &[Digest]) -> ();
    fn remove_second_factor(person: PersonId) -> ();
    fn units() -> Vec<Unit>;
    fn import_units(units: &[Unit]) -> ();
    fn import_people(people: &[ImportedAccount], now: Timestamp) -> ();
});

pass_on!(Meetings {
    fn create_meeting(meeting: &Meeting, invited: &[InvitedSite]) -> ();
    fn invite_sites(id: &ConferenceId, invited: &[InvitedSite]) -> ();
    fn invited_sites(id: &ConferenceId) -> Vec<Site>;
    fn import_meeting(meeting: &Meeting) -> ();
    fn meeting(id: &ConferenceId) -> Option<Meeting>;
    fn meetings(limit: u32) -> Vec<Meeting>;
    fn replace_sites(tree: &str, sites: &[Site]) -> ();
    fn sites(tree: &str) -> Vec<Site>;
    fn site_trees() -> Vec<String>;
});

pass_on!(Planning {
    fn create_planned(all: &[NewPlanned]) -> ();
    fn change_planned(meeting: &Meeting, plan: &Plan, sites: Option<&[InvitedSite]>) -> ();
    fn planned(id: &ConferenceId) -> Option<Planned>;
    fn planned_list(filter: &PlannedFilter) -> (Vec<Planned>, u32);
    fn series(series: &str, from: Timestamp) -> Vec<Planned>;
    fn note_ended(id: &ConferenceId, at: Option<Timestamp>) -> ();
    fn to_remind(from: Timestamp, until: Timestamp, minutes: u32, limit: u32) -> Vec<Planned>;
    fn note_reminded(id: &ConferenceId, minutes: u32) -> ();
    fn clashes(
        except: &ConferenceId, from: Timestamp, until: Timestamp, sites: &[InvitedSite], people: &[PersonId]
    ) -> Vec<Clash>;
    fn standing(id: &ConferenceId, person: PersonId) -> Standing;
});

pass_on!(Inviting {
    fn invite(new: &[InvitationRow]) -> ();
    fn invitations(id: &ConferenceId) -> Vec<InvitationRow>;
    fn invitation_of_token(hash: &Digest) -> Option<InvitationRow>;
    fn invitation(conference: &ConferenceId, id: &str) -> Option<InvitationRow>;
    fn change_invitation(row: &InvitationRow) -> ();
    fn withdraw_invitation(id: &str) -> ();
    fn templates() -> Vec<TemplateRow>;
    fn save_template(row: &TemplateRow, limit: u32) -> bool;
    fn delete_template(id: &str) -> bool;
    fn addresses(people: &[PersonId]) -> Vec<(PersonId, String)>;
    fn set_address(person: PersonId, email: &str) -> ();
    fn calendar_key(person: PersonId) -> Option<Timestamp>;
    fn set_calendar_key(person: PersonId, key: Option<(&Digest, Timestamp)>) -> ();
    fn person_of_calendar_key(hash: &Digest) -> Option<PersonId>;
});

pass_on!(Dispatches {
    fn put_out(new: &[NewDispatch], now: Timestamp, limit: u32) -> u32;
    fn due(channel: &str, now: Timestamp, limit: u32) -> Vec<DispatchRow>;
    fn hold(id: u64, seen: Timestamp, until: Timestamp) -> bool;
    fn settle(settled: &Settled) -> bool;
    fn dispatches(filter: &DispatchFilter) -> Vec<DispatchRow>;
    fn try_again(channel: &str, id: u64, now: Timestamp, ends: Timestamp) -> bool;
    fn waiting(channel: &str) -> u64;
    fn purge_dispatches(before: Timestamp) -> u64;
    fn webhooks() -> Vec<WebhookRow>;
    fn save_webhook(row: &WebhookRow, limit: u32) -> bool;
    fn delete_webhook(id: &str) -> bool;
});

pass_on!(Rows {
    fn append(rows: &[Row], texts: &[NewText]) -> ();
    fn rows(conference: &ConferenceId, first_seq: u64, limit: u32) -> Vec<Row>;
    fn tail(conference: &ConferenceId) -> Option<Tail>;
    fn conferences_with_rows() -> Vec<String>;
    fn texts(conference: &ConferenceId, ids: &[TextId]) -> Vec<(TextId, String)>;
    fn save_snapshot(snapshot: &SnapshotRow) -> ();
    fn snapshot(conference: &ConferenceId) -> Option<SnapshotRow>;
});

pass_on!(Facts {
    fn fact_or_set(name: &str, value: &str) -> String;
    fn ping() -> ();
});
