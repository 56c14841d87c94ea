//! The link of an invitation: look at it, answer it, come in by it; and the calendar that is subscribed to.
//!
//! Handlers under `/api/v1/answers` and `/api/v1/me`. Nobody has to be signed in for the links: the secret
//! in them is the right. Wrong ones cost the address that tries them its pace.

use super::App;
use super::body::JsonBody;
use super::query::Asked;
use crate::auth::cookie::{self, GUEST_COOKIE};
use crate::invitations;
use crate::protocol::api::ApiError;
use crate::protocol::invitations::{
    CalendarAddress, CalendarState, Entrance, GivenAnswer, InvitationShown, OwnEmail,
};
use crate::store::{Inviting as _, People as _};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::net::SocketAddr;
use std::sync::Arc;

/// The paths of this file.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/answers/{token}", get(show).post(answer))
        .route("/answers/{token}/enter", post(enter))
        .route("/me/calendar", get(calendar).post(new_calendar).delete(no_calendar))
        .route("/me/calendar.ics", get(feed))
        .route("/me/email", get(email).put(set_email))
}

/// The invitation of a link.
#[utoipa::path(get, path = "/api/v1/answers/{token}", params(("token" = String, Path)), responses(
    (status = 200, body = InvitationShown), (status = 404, body = ApiError), (status = 429, body = ApiError),
))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Json<InvitationShown>, ApiError> {
    app.rates.guest(app.address(peer, &headers))?;
    let row = invitations::with_token(&app.desk(), &token).await?;
    Ok(Json(invitations::shown(&app.desk(), &row).await?))
}

/// Answers by a link.
#[utoipa::path(post, path = "/api/v1/answers/{token}", params(("token" = String, Path)),
    request_body = GivenAnswer, responses(
    (status = 200, body = InvitationShown), (status = 404, body = ApiError), (status = 409, body = ApiError),
    (status = 422, body = ApiError), (status = 429, body = ApiError),
))]
pub(super) async fn answer(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(token): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<GivenAnswer>,
) -> Result<Json<InvitationShown>, ApiError> {
    app.rates.guest(app.address(peer, &headers))?;
    let row = invitations::with_token(&app.desk(), &token).await?;
    let row = invitations::answer(&app.desk(), row, &body).await?;
    Ok(Json(invitations::shown(&app.desk(), &row).await?))
}

/// Comes in by a link, without an account; who has one signs in instead.
#[utoipa::path(post, path = "/api/v1/answers/{token}/enter", params(("token" = String, Path)), responses(
    (status = 200, body = Entrance, description = "sets the guest cookie"), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError), (status = 429, body = ApiError),
))]
pub(super) async fn enter(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    app.rates.guest(app.address(peer, &headers))?;
    let row = invitations::with_token(&app.desk(), &token).await?;
    let life = app.config.limits.guest_life;
    let (conference, token) = invitations::enter(&app.desk(), row, life).await?;
    let cookies = AppendHeaders([(SET_COOKIE, cookie::set(GUEST_COOKIE, &token, life.as_secs()))]);
    Ok((cookies, Json(Entrance { conference: conference.to_string() })))
}

/// Whether the caller's calendar can be subscribed to.
#[utoipa::path(get, path = "/api/v1/me/calendar", responses(
    (status = 200, body = CalendarState), (status = 401, body = ApiError), (status = 403, body = ApiError),
))]
pub(super) async fn calendar(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<CalendarState>, ApiError> {
    let who = app.account(&headers).await?;
    let made = app.store.calendar_key(who.person).await?;
    Ok(Json(CalendarState { active: made.is_some(), made_ms: made.map(|at| at.0) }))
}

/// Makes the address of the caller's calendar, told once; an older one ends.
#[utoipa::path(post, path = "/api/v1/me/calendar", responses(
    (status = 200, body = CalendarAddress), (status = 401, body = ApiError), (status = 403, body = ApiError),
))]
pub(super) async fn new_calendar(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<CalendarAddress>, ApiError> {
    let who = app.account(&headers).await?;
    let key = hex::encode(rand::random::<[u8; 24]>());
    let hash = Sha256::digest(key.as_bytes()).into();
    app.store.set_calendar_key(who.person, Some((&hash, app.desk().now))).await?;
    Ok(Json(CalendarAddress { address: format!("/api/v1/me/calendar.ics?key={key}") }))
}

/// Ends the address of the caller's calendar.
#[utoipa::path(delete, path = "/api/v1/me/calendar", responses(
    (status = 204), (status = 401, body = ApiError), (status = 403, body = ApiError),
))]
pub(super) async fn no_calendar(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let who = app.account(&headers).await?;
    app.store.set_calendar_key(who.person, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The key of a calendar.
#[derive(Debug, Deserialize)]
pub(super) struct Key {
    #[serde(default)]
    key: String,
}

/// The calendar behind a key: calendars fetch it by themselves, without a sign-in.
#[utoipa::path(get, path = "/api/v1/me/calendar.ics", params(("key" = String, Query)), responses(
    (status = 200, content_type = "text/calendar", body = String), (status = 404, body = ApiError),
    (status = 429, body = ApiError),
))]
pub(super) async fn feed(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Asked(Key { key }): Asked<Key>,
) -> Result<impl IntoResponse, ApiError> {
    app.rates.guest(app.address(peer, &headers))?;
    let hash = Sha256::digest(key.as_bytes()).into();
    let person = app.store.person_of_calendar_key(&hash).await?.ok_or(ApiError::NotFound {})?;
    // Who may not sign in any more has no calendar either.
    let account = app.store.account_of_person(person).await?.filter(|account| !account.disabled);
    let account = account.ok_or(ApiError::NotFound {})?;
    let text = invitations::feed(&app.desk(), &account.person, &app.config.public_address).await?;
    Ok(([(CONTENT_TYPE, "text/calendar; charset=utf-8")], text))
}

/// The caller's own mail address.
#[utoipa::path(get, path = "/api/v1/me/email", responses(
    (status = 200, body = OwnEmail), (status = 401, body = ApiError), (status = 403, body = ApiError),
))]
pub(super) async fn email(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<OwnEmail>, ApiError> {
    let who = app.account(&headers).await?;
    let known = app.store.addresses(&[who.person]).await?.pop();
    Ok(Json(OwnEmail { email: known.map(|(_, email)| email).unwrap_or_default() }))
}

/// Sets the caller's own mail address, or forgets it.
#[utoipa::path(put, path = "/api/v1/me/email", request_body = OwnEmail, responses(
    (status = 200, body = OwnEmail), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 422, body = ApiError),
))]
pub(super) async fn set_email(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<OwnEmail>,
) -> Result<Json<OwnEmail>, ApiError> {
    let who = app.account(&headers).await?;
    let email = body.email.trim().to_owned();
    if !email.is_empty() && !invitations::is_address(&email) {
        return Err(ApiError::BadField { field: "email".to_owned() });
    }
    app.store.set_address(who.person, &email).await?;
    Ok(Json(OwnEmail { email }))
}
