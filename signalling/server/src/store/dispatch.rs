//! What the store keeps of all that leaves the system: mails, deliveries of web-hooks, the hooks.
//!
//! Called by `outbox`, `invitations` and `webhooks` through [`super::Database`]. A row is made with what
//! it tells of, in the same breath or not at all, and outlives any crash until it is settled.

use super::Answer;
use conference::Timestamp;
use std::future::Future;

/// Something to be told, as it is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDispatch {
    /// `mail` or `hook`.
    pub channel: &'static str,
    /// Names this one thing; the same name is never put in twice.
    pub token: String,
    pub conference: String,
    /// The invitation or web-hook.
    pub target: String,
    /// Kind of mail, or event.
    pub word: String,
    pub next: Timestamp,
    /// From then on it is not worth telling.
    pub ends: Timestamp,
    pub body: String,
}

/// Something to be told, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchRow {
    pub id: u64,
    pub token: String,
    pub conference: String,
    pub target: String,
    pub word: String,
    /// `waiting`, `sent`, `refused`, `given_up`.
    pub state: String,
    pub attempts: u32,
    pub next: Timestamp,
    pub touched: Timestamp,
    pub ends: Timestamp,
    /// What the other side said last.
    pub said: String,
    pub body: String,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    pub id: u64,
    /// Until when the row was held for the attempt.
    pub held: Timestamp,
    pub state: &'static str,
    pub attempts: u32,
    pub next: Timestamp,
    pub touched: Timestamp,
    pub said: String,
}

/// Which rows are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DispatchFilter {
    pub channel: &'static str,
    /// Empty for all.
    pub conference: String,
    /// Empty for all.
    pub target: String,
    /// Empty for all.
    pub state: String,
    /// Only rows older than this one; 0 for the newest.
    pub before: u64,
    pub limit: u32,
}

/// A web-hook; its secret is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookRow {
    pub id: String,
    pub url: String,
    pub secret: Vec<u8>,
    /// Words, separated by spaces.
    pub events: String,
    pub active: bool,
    pub made: Timestamp,
}

/// The outbox of mails and of web-hooks.
pub trait Dispatches {
    /// Puts in what is not there yet, unless `limit` rows of the channel wait. Returns how many it took.
    fn put_out(
        &self,
        new: &[NewDispatch],
        now: Timestamp,
        limit: u32,
    ) -> impl Future<Output = Answer<u32>> + Send;

    /// What is to be tried now, longest due first.
    fn due(
        &self,
        channel: &str,
        now: Timestamp,
        limit: u32,
    ) -> impl Future<Output = Answer<Vec<DispatchRow>>> + Send;

    /// Takes a due row for one attempt, so that no other node tries it before `until`; `seen` is its `next`
    /// as it was read. False when another node was quicker. Whoever dies over it leaves it due again then.
    fn hold(&self, id: u64, seen: Timestamp, until: Timestamp) -> impl Future<Output = Answer<bool>> + Send;

    /// Notes what came of an attempt; false when the row is held by somebody else by now.
    fn settle(&self, settled: &Settled) -> impl Future<Output = Answer<bool>> + Send;

    /// The rows that are asked for, newest first.
    fn dispatches(&self, filter: &DispatchFilter) -> impl Future<Output = Answer<Vec<DispatchRow>>> + Send;

    /// Lets a row that was refused or given up wait once more; tells whether there was one.
    fn try_again(
        &self,
        channel: &str,
        id: u64,
        now: Timestamp,
        ends: Timestamp,
    ) -> impl Future<Output = Answer<bool>> + Send;

    /// How many rows of the channel wait.
    fn waiting(&self, channel: &str) -> impl Future<Output = Answer<u64>> + Send;

    /// Deletes rows that were settled before `before`; returns how many.
    fn purge_dispatches(&self, before: Timestamp) -> impl Future<Output = Answer<u64>> + Send;

    /// All web-hooks, oldest first.
    fn webhooks(&self) -> impl Future<Output = Answer<Vec<WebhookRow>>> + Send;

    /// Keeps a new web-hook unless there are `limit` of them, or replaces one; tells whether it did.
    fn save_webhook(&self, row: &WebhookRow, limit: u32) -> impl Future<Output = Answer<bool>> + Send;

    /// Forgets a web-hook with its deliveries; tells whether there was one.
    fn delete_webhook(&self, id: &str) -> impl Future<Output = Answer<bool>> + Send;
}
