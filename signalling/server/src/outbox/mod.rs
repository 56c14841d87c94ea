//! Sends what waits in the store: mails here, web-hooks beside them. Rows survive any crash.
//!
//! Started by `serve` and run for as long as the server does. Everything is tried at least once; a row is
//! settled after its attempt, so that a crash in between tells a thing twice, under the same name. Several
//! nodes may send from one store: each row is held for its attempt, and what a dead node held is due again
//! when that time is over. Another server that refuses, hangs or is down costs only this task.

mod backoff;
mod mail;

pub(crate) use backoff::{Outcome, settled};

use crate::http::App;
use crate::invitations::{MAIL, mail_of, remind};
use crate::store::{DispatchRow, Dispatches as _, Settled, StoreFailure};
use conference::Timestamp;
use mail::MailWay;
use std::sync::Arc;
use std::time::Duration;

/// How often the store is asked for what is due.
const EVERY: Duration = Duration::from_secs(5);
/// Mails of one turn.
const MAILS_A_TURN: u32 = 200;
/// Mails under way at once.
const MAILS_AT_ONCE: usize = 4;
/// How much longer than its attempt may take a row is held: so far clocks of two nodes may differ.
const HELD_LONGER: Duration = Duration::from_secs(30);
/// Settled rows are kept so long: who was told when is asked for in the first weeks.
const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1000;
/// How often reminders and old rows are looked for.
const UPKEEP_MS: i64 = 60_000;

/// Runs until it is dropped.
pub(crate) async fn run(app: Arc<App>) {
    let way = app.config.mail.as_ref().map(MailWay::new);
    let way = match way.transpose() {
        Ok(way) => way,
        Err(failure) => {
            tracing::error!(%failure, "mails cannot be sent with these settings, they are kept");
            None
        }
    };
    let mut upkeep = Timestamp(i64::MIN);
    loop {
        let now = Timestamp(app.clock.now_ms());
        if now.0.saturating_sub(upkeep.0) >= UPKEEP_MS {
            upkeep = now;
            keep_up(&app, now).await;
        }
        let sent = match &way {
            Some(way) => send_due(&app, way).await.unwrap_or_else(|failure| {
                tracing::warn!(%failure, "outbox not read, trying again");
                0
            }),
            None => 0,
        };
        if let Ok(waiting) = app.store.waiting(MAIL).await {
            metrics::gauge!("vc_outbox_waiting", "channel" => MAIL).set(waiting as f64);
        }
        // A full turn has left something behind.
        if sent < MAILS_A_TURN as usize {
            pause(&app).await;
        }
    }
}

/// Waits a while of the server's clock, or for something that was just put in.
async fn pause(app: &App) {
    tokio::select! {
        () = tokio::time::sleep(EVERY) => {}
        () = app.outbox_bell.notified() => {}
    }
}

async fn keep_up(app: &App, now: Timestamp) {
    let leads = app.config.mail.as_ref().map_or(&[][..], |mail| &mail.reminders[..]);
    if let Err(failure) = remind(&app.desk(), leads).await {
        tracing::warn!(%failure, "reminders not made, trying again in a minute");
    }
    match app.store.purge_dispatches(now.plus_ms(-KEPT_MS)).await {
        Ok(0) => {}
        Ok(purged) => tracing::info!(purged, "settled mails and deliveries deleted"),
        Err(failure) => tracing::warn!(%failure, "old mails not deleted, trying again in a minute"),
    }
}

/// Tries everything that is due; how many there were.
async fn send_due(app: &Arc<App>, way: &MailWay) -> Result<usize, StoreFailure> {
    use futures_util::StreamExt as _;
    let due = app.store.due(MAIL, Timestamp(app.clock.now_ms()), MAILS_A_TURN).await?;
    let count = due.len();
    futures_util::stream::iter(due)
        .for_each_concurrent(MAILS_AT_ONCE, async |row| {
            let Some(row) = held(app, MAIL, row, way.longest()).await else { return };
            let outcome = attempt(app, way, &row).await;
            let settled = settled(&row, outcome, Timestamp(app.clock.now_ms()));
            note(app, MAIL, &settled).await;
        })
        .await;
    Ok(count)
}

/// The row, held for an attempt of at most `longest`; `None` when another node has it.
pub(crate) async fn held(
    app: &App,
    channel: &'static str,
    mut row: DispatchRow,
    longest: Duration,
) -> Option<DispatchRow> {
    let time = i64::try_from((longest + HELD_LONGER).as_millis()).unwrap_or(i64::MAX);
    let until = Timestamp(app.clock.now_ms()).plus_ms(time);
    match app.store.hold(row.id, row.next, until).await {
        Ok(true) => {
            row.next = until;
            Some(row)
        }
        Ok(false) => {
            metrics::counter!("vc_outbox_elsewhere_total", "channel" => channel).increment(1);
            None
        }
        Err(failure) => {
            tracing::warn!(%failure, row = row.id, "not held for an attempt, trying again");
            None
        }
    }
}

/// Keeps what came of an attempt. What cannot be kept is tried again: told twice rather than never.
pub(crate) async fn note(app: &App, channel: &'static str, settled: &Settled) {
    metrics::counter!("vc_outbox_attempts_total", "channel" => channel, "outcome" => settled.state)
        .increment(1);
    match app.store.settle(settled).await {
        Ok(true) => {}
        // The attempt outlasted its time, or the row went with its web-hook.
        Ok(false) => tracing::warn!(row = settled.id, "outcome of an attempt came too late"),
        Err(failure) => tracing::warn!(%failure, row = settled.id, "outcome of an attempt not kept"),
    }
}

async fn attempt(app: &App, way: &MailWay, row: &DispatchRow) -> Outcome {
    if row.ends <= Timestamp(app.clock.now_ms()) {
        return Outcome::TooLate;
    }
    let link = &app.config.public_address;
    match mail_of(&app.desk(), row, link, way.from()).await {
        Ok(Some(mail)) => way.send(&row.token, mail).await,
        Ok(None) => Outcome::Moot,
        Err(_) => Outcome::Failed { said: String::new() },
    }
}
