//! The WebSocket's door: who may connect, and how often.
//!
//! Everything is refused before the upgrade where it can be, in the form of the API; after it the
//! session speaks.

use super::error::refused_to_open;
use super::{App, conference_id, origin};
use crate::auth::Activity;
use crate::auth::cookie::{self, SESSION_COOKIE};
use crate::meetings;
use crate::protocol::api::ApiError;
use crate::protocol::{PACKED_SUBPROTOCOL, SUBPROTOCOL};
use crate::session::{self, HARD_FRAME_LIMIT_BYTES, SignedOut, Terms};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, Path, State, WebSocketUpgrade};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

/// Upgrades to the protocol of docs/protocol.md.
pub(super) async fn connect(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    if !origin::is_ours(&headers, &uri, &app.config.extra_origins) {
        metrics::counter!("vc_http_foreign_origin_total").increment(1);
        return Err(ApiError::ForeignOrigin {});
    }
    let malformed = |detail: &str| ApiError::Malformed { detail: detail.to_owned() };
    let upgrade = upgrade.map_err(|_| malformed("no websocket upgrade"))?;
    let is_ours = |protocol: &str| [PACKED_SUBPROTOCOL, SUBPROTOCOL].contains(&protocol);
    if !upgrade.requested_protocols().any(|protocol| protocol.to_str().is_ok_and(is_ours)) {
        return Err(malformed("subprotocol diemcau.v1 is missing"));
    }
    let conference = conference_id(&id)?;
    // Who is known is paced as a person, who is not as an address: a flood of strangers from
    // behind a shared address does not keep the sites behind it from coming back.
    let known = match app.identity(&headers, Some(&conference)).await {
        Ok(Some(identity)) if identity.opens(&conference) => Ok(identity),
        Ok(Some(_)) => Err(ApiError::NotAllowed {}),
        Ok(None) => Err(ApiError::NotSignedIn {}),
        Err(error) => Err(error),
    };
    let identity = match known {
        Ok(identity) => identity,
        Err(error) => {
            app.rates.connect(app.address(peer, &headers))?;
            return Err(error);
        }
    };
    if let Some(duty) = identity.duty {
        return Err(ApiError::DutyFirst { duty });
    }
    app.rates.connect_of(identity.person)?;
    let meeting = meetings::find_open(&app.store, &conference).await?;
    let handle = app.runners.open(&meeting).await.map_err(|failure| refused_to_open(&failure))?;
    // Only an account's session ends by idleness; guests and bearers have none.
    let session = cookie::read(&headers, SESSION_COOKIE).filter(|_| !identity.user.is_empty());
    let session = session.map(str::to_owned);
    let signed_out: SignedOut = match session.clone() {
        Some(token) => {
            let app = app.clone();
            Box::pin(async move { app.sign_in.ended(&token).await })
        }
        None => Box::pin(std::future::pending()),
    };
    let terms = Terms { clock: app.clock.clone(), silence: app.config.limits.silence, signed_out };
    Ok(upgrade
        .protocols([PACKED_SUBPROTOCOL, SUBPROTOCOL])
        .max_message_size(HARD_FRAME_LIMIT_BYTES)
        .max_frame_size(HARD_FRAME_LIMIT_BYTES)
        // Deltas are sent one by one, and what comes is short but for one answer, for which the buffer grows; 277
        // connections with the default 128 KiB would hold 70 MB.
        .read_buffer_size(1024)
        .write_buffer_size(8 * 1024)
        .on_upgrade(async move |socket| {
            // In one place: each of the two that await it would have one of its own, 2 KB a connection.
            let meeting = pin!(session::run(socket, handle, identity, terms));
            tokio::select! {
                () = meeting => {}
                () = keep(&app, session.as_deref()) => {}
            }
        }))
}

/// A live call counts as activity: moves the idle end of its session, if it has one, as long as it lasts.
async fn keep(app: &App, session: Option<&str>) {
    let Some(token) = session else { return std::future::pending().await };
    let mut turn = tokio::time::interval(app.config.limits.session_keep);
    loop {
        turn.tick().await;
        // Who signs out elsewhere is noticed by `ended`; a failing store has its own alarm.
        let _ = app.sign_in.signed_in(token, Activity::Person).await;
    }
}
