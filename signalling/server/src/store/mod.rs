//! What must be kept: persons, sessions, conferences, sites, journal rows, erasable texts.
//!
//! One contract ([`People`], [`Credentials`], [`Meetings`], [`Rows`], [`Facts`]; together [`Store`]), written once
//! for SQLite and once for PostgreSQL, and proven by one conformance suite on both. Called by
//! auth, meetings, http and journal; nobody else speaks SQL. Never decides who may do what.

mod contract;
mod convert;
mod credentials;
mod database;
mod dispatch;
mod dispatch_sql;
mod error;
mod invitations_sql;
mod meetings_sql;
mod planning;
mod plans_sql;
mod postgres;
mod record;
mod schema;
mod sqlite;

pub use contract::{Answer, Facts, Meetings, People, Rows, Store};
pub use credentials::Credentials;
pub use database::Database;
pub use dispatch::{DispatchFilter, DispatchRow, Dispatches, NewDispatch, Settled, WebhookRow};
pub use error::{StoreFailure, Unique};
pub use planning::{
    Clash, InvitationRow, Inviting, NewPlanned, Plan, Planned, PlannedFilter, Planning, Standing, TemplateRow,
};
pub use postgres::PostgresStore;
pub use record::{
    Account, Digest, GuestPurge, GuestsPurged, ImportedAccount, InvitedSite, Lockout, Meeting, NewAccount,
    NewText, Person, Row, SecondFactor, Session, SessionKind, Site, SnapshotRow, Tail, Unit,
};
pub use schema::Migration;
pub use sqlite::SqliteStore;
