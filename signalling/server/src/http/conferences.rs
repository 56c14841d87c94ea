//! Conferences and sites: list, make, look at the door, come as a guest.
//!
//! Handlers under `/api/v1/conferences` and `/api/v1/sites`; the rules stand in `meetings`.

use super::body::{JsonBody, WideJson};
use super::query::Asked;
use super::{App, conference_id};
use crate::auth::Identity;
use crate::auth::cookie::{self, GUEST_COOKIE};
use crate::auth::token::{Bearer, issue_for};
use crate::meetings::{self, checked_text};
use crate::protocol::api::{
    ApiError, ConferenceCreated, ConferenceSummary, GuestEntry, Lobby, NewConference, Person, SiteSummary,
};
use crate::schedule;
use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use conference::Role;
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;

/// Longest display name of a guest, in characters.
const NAME_LIMIT: usize = 120;
/// Longest unit line of a guest, in characters.
const UNIT_LIMIT: usize = 120;

/// The newest conferences.
#[utoipa::path(get, path = "/api/v1/conferences", responses(
    (status = 200, body = Vec<ConferenceSummary>), (status = 401, body = ApiError),
))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<Vec<ConferenceSummary>>, ApiError> {
    let who = app.signed_in(&headers).await?;
    Ok(Json(meetings::list(&app.desk(), &who).await?))
}

/// Somebody who may make conferences. An argument of its own, so that strangers and others are
/// refused before their body is read.
pub(super) struct Maker(Identity);

impl FromRequestParts<Arc<App>> for Maker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let who = app.signed_in(&parts.headers).await?;
        if !schedule::may_plan(&who) {
            return Err(ApiError::NotAllowed {});
        }
        app.rates.conference_of(who.person)?;
        Ok(Self(who))
    }
}

/// Makes a conference; for chairs, secretaries and administrators, by session or by token.
#[utoipa::path(post, path = "/api/v1/conferences", request_body = NewConference, responses(
    (status = 201, body = ConferenceCreated), (status = 401, body = ApiError),
    (status = 403, body = ApiError), (status = 409, body = ApiError), (status = 422, body = ApiError),
    (status = 429, body = ApiError),
))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Maker(who): Maker,
    WideJson(body): WideJson<NewConference>,
) -> Result<impl IntoResponse, ApiError> {
    let made = schedule::make(&app.desk(), &who, &body).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// What stands at the door; public.
#[utoipa::path(get, path = "/api/v1/conferences/{id}/lobby", params(("id" = String, Path)),
    responses((status = 200, body = Lobby), (status = 404, body = ApiError)))]
pub(super) async fn lobby(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Lobby>, ApiError> {
    let id = conference_id(&id)?;
    let you = app.identity(&headers, Some(&id)).await?;
    let you = you.as_ref().filter(|you| you.opens(&id)).map(Identity::shown);
    Ok(Json(meetings::lobby(&app.desk(), &id, you).await?))
}

/// Comes as a guest, without an account.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/guest", params(("id" = String, Path)),
    request_body = GuestEntry, responses(
    (status = 200, body = Person, description = "sets the guest cookie"),
    (status = 403, body = ApiError), (status = 404, body = ApiError), (status = 409, body = ApiError),
    (status = 422, body = ApiError),
))]
pub(super) async fn guest(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<GuestEntry>,
) -> Result<impl IntoResponse, ApiError> {
    app.rates.guest(app.address(peer, &headers))?;
    let conference = conference_id(&id)?;
    let meeting = meetings::find_open(&app.store, &conference).await?;
    if !meeting.settings.guests {
        return Err(ApiError::GuestsNotAllowed {});
    }
    let name = checked_text("name", &body.name, 1, NAME_LIMIT)?;
    let unit = checked_text("unit", &body.unit, 0, UNIT_LIMIT)?;
    let bearer = Bearer {
        conference: &conference,
        name: &name,
        unit: &unit,
        site: None,
        role: Role::Delegate,
        guest: true,
    };
    let life = app.config.limits.guest_life;
    let key = &app.config.server_key;
    let (token, claims) = issue_for(key, &app.store, &bearer, app.clock.now_ms(), life).await?;
    let cookies = AppendHeaders([(SET_COOKIE, cookie::set(GUEST_COOKIE, &token, life.as_secs()))]);
    Ok((cookies, Json(Identity::from(claims).shown())))
}

/// Which tree of sites is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Tree {
    tree: Option<String>,
}

/// The sites of a tree; of the first one when none is named.
#[utoipa::path(get, path = "/api/v1/sites", params(("tree" = Option<String>, Query)), responses(
    (status = 200, body = Vec<SiteSummary>), (status = 401, body = ApiError),
))]
pub(super) async fn sites(
    State(app): State<Arc<App>>,
    Asked(Tree { tree }): Asked<Tree>,
    headers: HeaderMap,
) -> Result<Json<Vec<SiteSummary>>, ApiError> {
    app.signed_in(&headers).await?;
    Ok(Json(meetings::sites(&app.store, tree).await?))
}
