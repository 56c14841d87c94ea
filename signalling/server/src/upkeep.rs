//! What is done once a minute for as long as the server runs: metrics folded, expired sessions
//! deleted, guests purged whose time has passed.
//!
//! Started by `serve`. Every turn costs a bounded amount of work; a failure is logged and tried
//! again the next minute.

use crate::clock::Clock;
use crate::config::LONGEST_TOKEN;
use crate::http::metrics_handle;
use crate::store::{Database, GuestPurge, People as _, StoreFailure};
use conference::{PersonId, Timestamp};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60);
/// Persons looked at in one turn: 15,000 accounts and guests take half an hour.
const PERSONS_A_TURN: u32 = 500;

pub(crate) async fn run(store: Database, clock: Clock, guest_kept: Duration) {
    let mut turn = tokio::time::interval(EVERY);
    let mut after = PersonId(0);
    loop {
        turn.tick().await;
        metrics_handle().run_upkeep();
        let now = Timestamp(clock.now_ms());
        if let Err(failure) = store.sweep_sessions(now).await {
            tracing::warn!(%failure, "expired sessions not deleted, trying again in a minute");
        }
        match purge(&store, now, guest_kept, after).await {
            Ok(next) => after = next,
            Err(failure) => tracing::warn!(%failure, "guests not purged, trying again in a minute"),
        }
    }
}

/// One step; where the next one goes on.
async fn purge(
    store: &Database,
    now: Timestamp,
    guest_kept: Duration,
    after: PersonId,
) -> Result<PersonId, StoreFailure> {
    let ago = |duration: Duration| now.plus_ms(-i64::try_from(duration.as_millis()).unwrap_or(i64::MAX));
    let purge = GuestPurge {
        after,
        limit: PERSONS_A_TURN,
        quiet_since: ago(guest_kept),
        identity_ended: ago(guest_kept.saturating_add(LONGEST_TOKEN)),
    };
    let step = store.purge_guests(&purge).await?;
    metrics::counter!("vc_store_guests_purged_total").increment(step.purged);
    if step.purged > 0 {
        tracing::info!(purged = step.purged, "guests deleted whose time has passed");
    }
    Ok(step.next.unwrap_or(PersonId(0)))
}
