//! Web-hooks: other programs are told what happens, in signed bodies that are tried again and again.
//!
//! `http::webhooks` makes and lists them, `announce` is called where something happens, and `run` sends
//! what waits. A receiver that hangs, fails or lies costs only its own deliveries.

mod destination;
mod post;
mod secret;

pub(crate) use secret::{open_secret, seal_secret};

use crate::http::App;
use crate::outbox::{Outcome, held, note, settled};
use crate::protocol::webhooks::HookEvent;
use crate::schedule::Desk;
use crate::store::{DispatchRow, Dispatches as _, NewDispatch, StoreFailure, WebhookRow};
use conference::Timestamp;
use post::{PATIENCE, Post};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use destination::Destination;

/// Channel of web-hooks in the store.
pub(crate) const HOOK: &str = "hook";
/// Most web-hooks.
pub(crate) const HOOKS_LIMIT: u32 = 50;
/// Most deliveries that wait, all hooks together.
const DELIVERIES_LIMIT: u32 = 20_000;
/// A delivery is worth it for so long.
pub(crate) const DELIVERY_LIFE_MS: i64 = 24 * 60 * 60 * 1000;
const EVERY: Duration = Duration::from_secs(5);
const DELIVERIES_A_TURN: u32 = 100;
const DELIVERIES_AT_ONCE: usize = 4;

/// The word of an event.
pub(crate) fn event_word(event: HookEvent) -> String {
    let value = serde_json::to_value(event).expect("a word");
    value.as_str().expect("events have no fields").to_owned()
}

/// The event of a word.
pub(crate) fn event_of(word: &str) -> Option<HookEvent> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// Tells every active web-hook that wants to know. What cannot be kept is logged and counted: the meeting
/// goes on without.
pub(crate) async fn announce(desk: &Desk<'_>, event: HookEvent, conference: &str, facts: serde_json::Value) {
    if let Err(failure) = put(desk, event, conference, facts, None).await {
        tracing::warn!(%failure, conference, "web-hooks are not told of an event");
        metrics::counter!("vc_webhook_lost_total").increment(1);
    }
}

/// Puts in a delivery for each web-hook that wants it, or for `only` one.
pub(crate) async fn put(
    desk: &Desk<'_>,
    event: HookEvent,
    conference: &str,
    facts: serde_json::Value,
    only: Option<&str>,
) -> Result<u32, StoreFailure> {
    let word = event_word(event);
    let wants = |hook: &WebhookRow| match only {
        Some(id) => hook.id == id,
        None => hook.active && hook.events.split(' ').any(|wanted| wanted == word),
    };
    let hooks = desk.store.webhooks().await?;
    let delivery = |hook: WebhookRow| {
        let id = crate::invitations::fresh_name();
        let body = serde_json::json!({
            "id": id, "event": word, "at_ms": desk.now.0, "conference": conference, "facts": facts,
        });
        NewDispatch {
            channel: HOOK,
            token: id,
            conference: conference.to_owned(),
            target: hook.id,
            word: word.clone(),
            next: desk.now,
            ends: desk.now.plus_ms(DELIVERY_LIFE_MS),
            body: body.to_string(),
        }
    };
    let new: Vec<NewDispatch> = hooks.into_iter().filter(wants).map(delivery).collect();
    if new.is_empty() {
        return Ok(0);
    }
    let taken = desk.store.put_out(&new, desk.now, DELIVERIES_LIMIT).await?;
    metrics::counter!("vc_outbox_queued_total", "channel" => HOOK).increment(taken.into());
    desk.hook_bell.notify_one();
    Ok(taken)
}

/// Sends what waits, for as long as the server runs.
pub(crate) async fn run(app: Arc<App>) {
    let post = Post::new(app.config.webhook_networks.clone());
    loop {
        let sent = send_due(&app, &post).await.unwrap_or_else(|failure| {
            tracing::warn!(%failure, "deliveries not read, trying again");
            0
        });
        if let Ok(waiting) = app.store.waiting(HOOK).await {
            metrics::gauge!("vc_outbox_waiting", "channel" => HOOK).set(waiting as f64);
        }
        if sent < DELIVERIES_A_TURN as usize {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = app.hook_bell.notified() => {}
            }
        }
    }
}

async fn send_due(app: &Arc<App>, post: &Post) -> Result<usize, StoreFailure> {
    use futures_util::StreamExt as _;
    let due = app.store.due(HOOK, Timestamp(app.clock.now_ms()), DELIVERIES_A_TURN).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let hooks: HashMap<String, WebhookRow> =
        app.store.webhooks().await?.into_iter().map(|hook| (hook.id.clone(), hook)).collect();
    let count = due.len();
    futures_util::stream::iter(due)
        .for_each_concurrent(DELIVERIES_AT_ONCE, async |row| {
            let Some(row) = held(app, HOOK, row, PATIENCE).await else { return };
            let now = Timestamp(app.clock.now_ms());
            let outcome = attempt(app, post, hooks.get(&row.target), &row, now).await;
            note(app, HOOK, &settled(&row, outcome, Timestamp(app.clock.now_ms()))).await;
        })
        .await;
    Ok(count)
}

async fn attempt(
    app: &App,
    post: &Post,
    hook: Option<&WebhookRow>,
    row: &DispatchRow,
    now: Timestamp,
) -> Outcome {
    let Some(hook) = hook else { return Outcome::Moot };
    if row.ends <= now {
        return Outcome::TooLate;
    }
    // Switched off meanwhile; a test is asked for by hand.
    if !hook.active && event_of(&row.word) != Some(HookEvent::Test) {
        return Outcome::Moot;
    }
    let Some(secret) = open_secret(&app.config.server_key, &hook.id, &hook.secret) else {
        return Outcome::Refused { said: "secret".to_owned() };
    };
    post.send(&hook.url, &secret, row, now).await
}
