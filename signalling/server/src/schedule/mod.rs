//! Planned meetings: make, change, postpone, cancel, look for, and what comes today.
//!
//! Called by `http::meetings` with somebody whose role was asked. What happens inside a meeting is the
//! runner's; who is told of a change is `invitations`'.

mod cancel;
mod change;
mod choose;
mod clash;
mod details;
mod make;
mod rights;
mod series;
mod show;
mod templates;
mod today;

pub(crate) use cancel::{UNDO_MS, cancel, restore};
pub(crate) use change::change;
pub(crate) use choose::{Choice, note};
pub(crate) use clash::{conflicts, conflicts_of};
pub(crate) use details::Details;
pub(crate) use make::make;
pub(crate) use rights::{may_edit, may_plan, may_read, take_role};
pub(crate) use series::{local, times};
pub(crate) use show::{Wanted, list, plan_of, state_of};
pub(crate) use templates::{delete_template, save_template, templates};
pub(crate) use today::today;

use crate::auth::ServerKey;
use crate::protocol::api::ApiError;
use crate::runner::Runners;
use crate::store::{Database, Planned, Planning as _};
use conference::Timestamp;
use media_control::ConferenceId;
use tokio::sync::Notify;

/// Longest title, in characters.
pub(crate) const TITLE_LIMIT: usize = 200;
/// Longest secrecy label, in characters.
pub(crate) const LABEL_LIMIT: usize = 60;
/// Longest note, in characters.
pub(crate) const NOTE_LIMIT: usize = 2000;
/// Longest reason of a cancellation, in characters.
pub(crate) const REASON_LIMIT: usize = 500;
/// Longest planned time, in minutes.
pub(crate) const MINUTES_LIMIT: u32 = 24 * 60;
/// How far ahead a meeting may be planned.
pub(crate) const AHEAD_MS: i64 = 800 * 24 * 60 * 60 * 1000;

/// What planning works with.
pub(crate) struct Desk<'a> {
    pub store: &'a Database,
    pub runners: &'a Runners,
    pub key: &'a ServerKey,
    pub now: Timestamp,
    /// A mail server is set.
    pub has_mail: bool,
    /// Rung when something was put into the outbox.
    pub bell: &'a Notify,
    /// Rung when a delivery of a web-hook was put in.
    pub hook_bell: &'a Notify,
}

impl Desk<'_> {
    /// The meeting `id` with its plan.
    pub(crate) async fn find(&self, id: &ConferenceId) -> Result<Planned, ApiError> {
        self.store.planned(id).await?.ok_or(ApiError::NoSuchConference {})
    }
}

fn bad(field: &str) -> ApiError {
    ApiError::BadField { field: field.to_owned() }
}
