//! Web-hooks: made, changed, tried and looked at by administrators.
//!
//! Handlers under `/api/v1/webhooks`; the rules stand in `webhooks`. A secret is told once, when it is made.

use super::App;
use super::body::JsonBody;
use crate::auth::Identity;
use crate::protocol::api::ApiError;
use crate::protocol::invitations::DeliveryState;
use crate::protocol::webhooks::{Delivery, HookEvent, NewWebhook, Webhook, WebhookChange, WebhookMade};
use crate::store::{DispatchFilter, Dispatches as _, WebhookRow};
use crate::webhooks::{
    DELIVERY_LIFE_MS, Destination, HOOK, HOOKS_LIMIT, event_of, event_word, put, seal_secret,
};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use conference::Role;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Deliveries that are shown.
const SHOWN_LIMIT: u32 = 200;

/// The paths of this file.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/webhooks", get(list).post(make))
        .route("/webhooks/{hook}", patch(change).delete(remove))
        .route("/webhooks/{hook}/test", post(test))
        .route("/webhooks/{hook}/deliveries", get(deliveries))
        .route("/webhooks/{hook}/deliveries/{delivery}/retry", post(retry))
}

/// An administrator with an account. Asked before anything is read or looked up.
pub(super) struct Administrator(Identity);

impl FromRequestParts<Arc<App>> for Administrator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let who = app.account(&parts.headers).await?;
        if who.home_role == Role::Administrator { Ok(Self(who)) } else { Err(ApiError::NotAllowed {}) }
    }
}

fn shown(row: &WebhookRow) -> Webhook {
    Webhook {
        id: row.id.clone(),
        url: row.url.clone(),
        events: row.events.split(' ').filter_map(event_of).collect(),
        active: row.active,
        made_ms: row.made.0,
    }
}

fn bad(field: &str) -> ApiError {
    ApiError::BadField { field: field.to_owned() }
}

fn url(text: &str) -> Result<String, ApiError> {
    Destination::read(text.trim()).map(|_| text.trim().to_owned()).map_err(|_| bad("url"))
}

fn events(list: &[HookEvent]) -> Result<String, ApiError> {
    let words: BTreeSet<String> = list.iter().map(|event| event_word(*event)).collect();
    if words.is_empty() { Err(bad("events")) } else { Ok(words.into_iter().collect::<Vec<_>>().join(" ")) }
}

fn secret(text: &str) -> Result<&str, ApiError> {
    let is_good = (16..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_good { Ok(text) } else { Err(bad("secret")) }
}

async fn find(app: &App, id: &str) -> Result<WebhookRow, ApiError> {
    let all = app.store.webhooks().await?;
    all.into_iter().find(|hook| hook.id == id).ok_or(ApiError::NotFound {})
}

/// All web-hooks.
#[utoipa::path(get, path = "/api/v1/webhooks", responses(
    (status = 200, body = Vec<Webhook>), (status = 401, body = ApiError), (status = 403, body = ApiError),
))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Administrator,
) -> Result<Json<Vec<Webhook>>, ApiError> {
    Ok(Json(app.store.webhooks().await?.iter().map(shown).collect()))
}

/// Makes a web-hook; its secret is told this once.
#[utoipa::path(post, path = "/api/v1/webhooks", request_body = NewWebhook, responses(
    (status = 201, body = WebhookMade), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 409, body = ApiError, description = "there are too many"), (status = 422, body = ApiError),
))]
pub(super) async fn make(
    State(app): State<Arc<App>>,
    Administrator(who): Administrator,
    JsonBody(body): JsonBody<NewWebhook>,
) -> Result<impl IntoResponse, ApiError> {
    let told = match &body.secret {
        Some(given) => secret(given)?.to_owned(),
        None => hex::encode(rand::random::<[u8; 32]>()),
    };
    let id = crate::invitations::fresh_name();
    let row = WebhookRow {
        secret: seal_secret(&app.config.server_key, &id, &told),
        id,
        url: url(&body.url)?,
        events: events(&body.events)?,
        active: true,
        made: app.desk().now,
    };
    if !app.store.save_webhook(&row, HOOKS_LIMIT).await? {
        return Err(ApiError::NotNow { why: "webhooks_full".to_owned() });
    }
    tracing::info!(person = %who.person, webhook = row.id, "web-hook made");
    Ok((StatusCode::CREATED, Json(WebhookMade { webhook: shown(&row), secret: told })))
}

/// Changes a web-hook.
#[utoipa::path(patch, path = "/api/v1/webhooks/{hook}", params(("hook" = String, Path)),
    request_body = WebhookChange, responses(
    (status = 200, body = Webhook), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 422, body = ApiError),
))]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    _: Administrator,
    Path(hook): Path<String>,
    JsonBody(body): JsonBody<WebhookChange>,
) -> Result<Json<Webhook>, ApiError> {
    let mut row = find(&app, &hook).await?;
    if let Some(given) = &body.url {
        row.url = url(given)?;
    }
    if let Some(given) = &body.events {
        row.events = events(given)?;
    }
    if let Some(given) = &body.secret {
        row.secret = seal_secret(&app.config.server_key, &row.id, secret(given)?);
    }
    row.active = body.active.unwrap_or(row.active);
    app.store.save_webhook(&row, HOOKS_LIMIT).await?;
    Ok(Json(shown(&row)))
}

/// Forgets a web-hook with its deliveries.
#[utoipa::path(delete, path = "/api/v1/webhooks/{hook}", params(("hook" = String, Path)), responses(
    (status = 204), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
))]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    _: Administrator,
    Path(hook): Path<String>,
) -> Result<StatusCode, ApiError> {
    if app.store.delete_webhook(&hook).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound {})
    }
}

/// Sends a test to a web-hook.
#[utoipa::path(post, path = "/api/v1/webhooks/{hook}/test", params(("hook" = String, Path)), responses(
    (status = 202), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
    (status = 503, body = ApiError, description = "too many deliveries wait"),
))]
pub(super) async fn test(
    State(app): State<Arc<App>>,
    _: Administrator,
    Path(hook): Path<String>,
) -> Result<StatusCode, ApiError> {
    let row = find(&app, &hook).await?;
    let facts = serde_json::json!({ "webhook": row.id });
    let taken = put(&app.desk(), HookEvent::Test, "", facts, Some(&row.id)).await?;
    if taken > 0 { Ok(StatusCode::ACCEPTED) } else { Err(ApiError::Busy { retry_s: 60 }) }
}

/// The newest deliveries of a web-hook, newest first.
#[utoipa::path(get, path = "/api/v1/webhooks/{hook}/deliveries", params(("hook" = String, Path)), responses(
    (status = 200, body = Vec<Delivery>), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub(super) async fn deliveries(
    State(app): State<Arc<App>>,
    _: Administrator,
    Path(hook): Path<String>,
) -> Result<Json<Vec<Delivery>>, ApiError> {
    let row = find(&app, &hook).await?;
    let filter =
        DispatchFilter { channel: HOOK, target: row.id, limit: SHOWN_LIMIT, ..DispatchFilter::default() };
    let rows = app.store.dispatches(&filter).await?.into_iter();
    let shown = rows.filter_map(|row| {
        let state = match row.state.as_str() {
            "sent" => DeliveryState::Sent,
            "refused" => DeliveryState::Refused,
            "given_up" => DeliveryState::GivenUp,
            _ => DeliveryState::Waiting,
        };
        Some(Delivery {
            id: row.id.to_string(),
            event: event_of(&row.word)?,
            state,
            attempts: row.attempts,
            said: row.said,
            at_ms: row.touched.0,
            next_ms: (state == DeliveryState::Waiting).then_some(row.next.0),
        })
    });
    Ok(Json(shown.collect()))
}

/// The web-hook and delivery of a path.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    hook: String,
    delivery: String,
}

/// Tries a delivery again that was refused or given up.
#[utoipa::path(post, path = "/api/v1/webhooks/{hook}/deliveries/{delivery}/retry",
    params(("hook" = String, Path), ("delivery" = String, Path)), responses(
    (status = 204), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
))]
pub(super) async fn retry(
    State(app): State<Arc<App>>,
    _: Administrator,
    Path(Named { hook, delivery }): Path<Named>,
) -> Result<StatusCode, ApiError> {
    find(&app, &hook).await?;
    let id: u64 = delivery.parse().map_err(|_| ApiError::NotFound {})?;
    let now = app.desk().now;
    let again = app.store.try_again(HOOK, id, now, now.plus_ms(DELIVERY_LIFE_MS)).await?;
    app.hook_bell.notify_one();
    if again { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound {}) }
}
