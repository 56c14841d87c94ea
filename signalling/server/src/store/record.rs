//! What the store keeps, as plain values.
//!
//! Made and read by auth, meetings, http and journal; written to tables by `sqlite` and
//! `postgres`. Nothing here checks a password or a permission.

use conference::{PersonId, Role, Settings, TextId, Timestamp};
use media_control::ConferenceId;

/// Somebody the system knows: an account's holder or a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    /// Display name, NFC; empty once erased.
    pub name: String,
    /// Unit or site line; may be empty.
    pub unit: String,
    /// The one conference for which a guest's identity is good; `None` for accounts.
    pub guest_of: Option<ConferenceId>,
}

/// A local account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub person: Person,
    /// Login name, unique; the caller folds its case.
    pub user: String,
    /// PHC string of argon2, or of an invitation code.
    pub password_hash: String,
    pub role: Role,
    /// Wrong passwords since the last right one or the last lock.
    pub failures: u32,
    /// No login before this time.
    pub locked_until: Option<Timestamp>,
    pub disabled: bool,
    /// When the password was set.
    pub password_set: Timestamp,
    /// Code of the unit that the person belongs to, once units were imported.
    pub unit_code: Option<String>,
    /// A second factor is confirmed and asked for.
    pub second_factor: bool,
}

/// What an account is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    pub user: String,
    pub name: String,
    pub unit: String,
    pub role: Role,
    pub password_hash: String,
}

/// One step of a walk over all persons that deletes guests whose time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestPurge {
    /// Looks at persons behind this one …
    pub after: PersonId,
    /// … at most so many, guests or not: a step costs the same however many there are.
    pub limit: u32,
    /// Goes: who was made before this, in a conference in which nothing has happened since.
    pub quiet_since: Timestamp,
    /// Goes as well: who was made before this, whatever happens in the conference; no identity
    /// lasts that long.
    pub identity_ended: Timestamp,
}

/// What a step of the walk did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestsPurged {
    pub purged: u64,
    /// Where the next step goes on; `None` at the end of the walk.
    pub next: Option<PersonId>,
}

/// How an account stands after a wrong password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lockout {
    /// Counted failures including this one; 0 when this one has locked the account.
    pub failures: u32,
    pub locked_until: Option<Timestamp>,
}

/// Where a session's token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// Cookie of an account.
    Browser,
    /// Cookie of a guest.
    Guest,
    /// Bearer token of `diemcau token`.
    Token,
}

/// One sign-in. The token itself is never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    pub person: PersonId,
    pub kind: SessionKind,
    pub created: Timestamp,
    pub expires: Timestamp,
    /// Last use that was written down.
    pub seen: Timestamp,
    /// Where the sign-in came from; shown to the person alone.
    pub address: String,
    /// What the browser called itself; bounded by who writes it.
    pub agent: String,
    /// A code was asked for and right.
    pub second_factor: bool,
}

/// A second factor (RFC 6238) as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret, encrypted with a key of the data folder.
    pub sealed: Vec<u8>,
    /// Its first code was right; before that it is not asked for.
    pub is_confirmed: bool,
    /// Codes of this step and earlier ones are used up.
    pub last_step: u64,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecondFactor {{ is_confirmed: {}, .. }}", self.is_confirmed)
    }
}

/// A unit (đơn vị) of the administration: people belong to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub code: String,
    pub name: String,
    /// Code of the unit above; `None` for the highest.
    pub parent: Option<String>,
}

/// One account as an import makes or changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedAccount {
    /// Whose account is changed; `None` makes one.
    pub existing: Option<PersonId>,
    pub user: String,
    pub name: String,
    pub unit: String,
    pub unit_code: Option<String>,
    pub role: Role,
    /// Of a new account; not looked at for an existing one.
    pub password_hash: String,
}

/// A conference as it was set up; what happens in it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    pub id: ConferenceId,
    pub title: String,
    /// Secrecy label, e.g. "Nội bộ"; empty when none.
    pub label: String,
    pub settings: Settings,
    pub created_by: Option<PersonId>,
    pub created: Timestamp,
}

/// A site that a conference invites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitedSite {
    /// The tree to which it belongs.
    pub tree: String,
    pub id: String,
}

/// One site (điểm cầu) or a node above sites in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Unique within its tree.
    pub id: String,
    pub name: String,
    /// What kind of point, e.g. `commune`; words of the site files.
    pub kind: String,
    /// Id of the node above; `None` for a root.
    pub parent: Option<String>,
    /// Sector group that it also belongs to, e.g. `education`.
    pub sector: Option<String>,
    /// The name is a sample, given by no source.
    pub sample: bool,
}

/// A SHA-256 sized value: token hashes, links of the journal chain.
pub type Digest = [u8; 32];

/// One row of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub conference: ConferenceId,
    /// From 1 without gaps within the conference.
    pub seq: u64,
    pub at: Timestamp,
    /// Of the event's JSON form.
    pub version: u16,
    /// The event as JSON.
    pub body: String,
    /// Hash of the row before; zeros for the first.
    pub previous: Digest,
    /// Keyed hash over all of the above.
    pub hash: Digest,
}

/// Last row of a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    pub seq: u64,
    pub hash: Digest,
}

/// One erasable text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewText {
    pub conference: ConferenceId,
    pub id: TextId,
    /// Whose name or words they are; erased with that person.
    pub person: Option<PersonId>,
    pub body: String,
}

/// The state of a conference after row `seq`, to shorten replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    pub conference: ConferenceId,
    pub seq: u64,
    /// Of the state's JSON form.
    pub version: u16,
    pub body: String,
    /// Keyed hash over body, version and chain position.
    pub seal: Digest,
}
