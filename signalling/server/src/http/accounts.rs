//! Signing in and out, and who one is.
//!
//! Handlers under `/api/v1/auth` and `/api/v1/me`. Passwords and tokens are neither logged nor
//! repeated in an answer.

use super::App;
use super::body::JsonBody;
use super::own_account::{came_from, refused_login};
use crate::auth::cookie::{self, GUEST_COOKIE, SESSION_COOKIE};
use crate::auth::{Identity, token};
use crate::protocol::api::{ApiError, Login, Person, TokenLogin};
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use conference::Timestamp;
use std::net::SocketAddr;
use std::sync::Arc;

/// Signs in with a local account.
#[utoipa::path(post, path = "/api/v1/auth/login", request_body = Login, responses(
    (status = 200, body = Person, description = "signed in; sets the session cookie"),
    (status = 401, body = ApiError, description = "wrong, or a code is needed"),
    (status = 403, body = ApiError, description = "from outside only with a second factor"),
    (status = 423, body = ApiError), (status = 429, body = ApiError),
))]
pub(super) async fn login(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<Login>,
) -> Result<impl IntoResponse, ApiError> {
    app.rates.login(app.address(peer, &headers))?;
    let from = came_from(&app, peer, &headers);
    let signed_in = app.sign_in.login(&body.user, &body.password, body.code.as_deref(), from).await;
    let (account, session) = signed_in.map_err(refused_login)?;
    let duty = app.sign_in.policy().duty(&account, Timestamp(app.clock.now_ms()));
    let life_s = app.config.limits.session_life.as_secs();
    let cookies = AppendHeaders([
        (SET_COOKIE, cookie::set(SESSION_COOKIE, &session, life_s)),
        // Who signs in is no guest any more.
        (SET_COOKIE, cookie::clear(GUEST_COOKIE)),
    ]);
    Ok((cookies, Json(Identity::of_account(account, duty).shown())))
}

/// Ends the session and forgets a guest's identity.
#[utoipa::path(post, path = "/api/v1/auth/logout", responses((status = 204)))]
pub(super) async fn logout(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    if let Some(session) = cookie::read(&headers, SESSION_COOKIE) {
        app.sign_in.logout(session).await?;
    }
    let cookies = AppendHeaders([
        (SET_COOKIE, cookie::clear(SESSION_COOKIE)),
        (SET_COOKIE, cookie::clear(GUEST_COOKIE)),
    ]);
    Ok((StatusCode::NO_CONTENT, cookies))
}

/// Turns a token of `diemcau token` into a cookie.
#[utoipa::path(post, path = "/api/v1/auth/token", request_body = TokenLogin, responses(
    (status = 200, body = Person, description = "sets the cookie of the token's bearer"),
    (status = 401, body = ApiError), (status = 429, body = ApiError),
))]
pub(super) async fn token(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<TokenLogin>,
) -> Result<impl IntoResponse, ApiError> {
    app.rates.login(app.address(peer, &headers))?;
    let now_ms = app.clock.now_ms();
    let claims =
        token::verify(&app.config.server_key, &body.token, now_ms).map_err(|_| ApiError::BadToken {})?;
    let left_s = u64::try_from((claims.expires_ms - now_ms) / 1000).unwrap_or(0);
    let cookies = AppendHeaders([(SET_COOKIE, cookie::set(GUEST_COOKIE, &body.token, left_s))]);
    Ok((cookies, Json(Identity::from(claims).shown())))
}

/// Who one is.
#[utoipa::path(get, path = "/api/v1/me", responses(
    (status = 200, body = Person), (status = 401, body = ApiError),
))]
pub(super) async fn me(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Json<Person>, ApiError> {
    // Also for somebody who must do something first: the answer says what.
    let who = app.identity(&headers, None).await?.ok_or(ApiError::NotSignedIn {})?;
    Ok(Json(who.shown()))
}
