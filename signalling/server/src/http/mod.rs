//! HTTPS: the API, the WebSocket's door, the web client's files, health and metrics.
//!
//! Built by `serve`. Handlers check who asks, then what; status codes live in `error` alone.

mod accounts;
mod address;
mod answers;
mod authority;
mod body;
mod check;
mod conferences;
mod course;
mod error;
mod files;
mod front;
mod guard;
mod headers;
mod invitations;
mod limits;
mod live;
mod may;
mod meetings;
mod openapi;
mod operations;
mod origin;
mod own_account;
mod people;
mod planner;
mod query;
mod reports;
mod statistics;
mod tls;
mod unread;
mod visitors;
mod webhooks;
mod ws;

pub(crate) use address::client as client_address;
pub(crate) use body::read_json;
pub(crate) use check::Probes;
pub(crate) use error::refused_to_open;
pub(crate) use front::Front;
pub(crate) use guard::Guard;
pub use guard::PortStream;
pub(crate) use limits::RateLimits;
pub use live::LIVE_FOLDER;
pub use operations::metrics_handle;
pub(crate) use origin::is_ours;
pub(crate) use people::{ImportReport, NewCode};
pub use tls::ServedCertificate;
pub(crate) use tls::listener as tls_listener;

use crate::auth::cookie::{self, SESSION_COOKIE};
use crate::auth::{Identity, SignIn, identify};
use crate::clock::Clock;
use crate::config::SignallingConfig;
use crate::protocol::api::ApiError;
use crate::runner::Runners;
use crate::schedule::{Desk, take_role};
use crate::store::Database;
use crate::visitors::Visitors;
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post};
use conference::Timestamp;
use media_control::ConferenceId;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tower_http::compression::CompressionLayer;

/// Longest that a request of the API may take.
const REQUEST_TIME: Duration = Duration::from_secs(30);

/// What handlers share.
pub(crate) struct App {
    pub config: SignallingConfig,
    pub clock: Clock,
    pub store: Database,
    pub sign_in: SignIn,
    pub rates: RateLimits,
    pub probes: Probes,
    pub visitors: Arc<Visitors>,
    pub runners: Runners,
    /// Rung when something was put into the outbox.
    pub outbox_bell: Notify,
    /// Rung when a delivery of a web-hook was put in.
    pub hook_bell: Notify,
}

impl App {
    /// Who asks, as seen by `conference` or by the system.
    async fn identity(
        &self,
        headers: &HeaderMap,
        conference: Option<&ConferenceId>,
    ) -> Result<Option<Identity>, ApiError> {
        let key = &self.config.server_key;
        let mut who = identify(key, &self.sign_in, self.clock.now_ms(), headers, conference).await?;
        if let (Some(who), Some(conference)) = (&mut who, conference) {
            take_role(&self.store, conference, who).await?;
        }
        Ok(who)
    }

    /// The holder of an account who asks.
    async fn account(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let who = self.signed_in(headers).await?;
        if who.only.is_some() { Err(ApiError::NotAllowed {}) } else { Ok(who) }
    }

    /// What planning works with.
    pub(crate) fn desk(&self) -> Desk<'_> {
        Desk {
            store: &self.store,
            runners: &self.runners,
            key: &self.config.server_key,
            now: Timestamp(self.clock.now_ms()),
            has_mail: self.config.mail.is_some(),
            bell: &self.outbox_bell,
            hook_bell: &self.hook_bell,
        }
    }

    /// Who asks; refused when nobody is signed in, or somebody who must do something first.
    async fn signed_in(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let who = self.identity(headers, None).await?.ok_or(ApiError::NotSignedIn {})?;
        who.duty.map_or(Ok(who), |duty| Err(ApiError::DutyFirst { duty }))
    }

    /// The invited sites of a conference: id, name, name of the node above.
    async fn store_sites(&self, id: &ConferenceId) -> Result<Vec<(String, String, String)>, ApiError> {
        use crate::store::Meetings as _;
        let sites = self.store.invited_sites(id).await?;
        Ok(sites.into_iter().map(|site| (site.id, site.name, site.parent.unwrap_or_default())).collect())
    }

    fn address(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        address::client(peer.ip(), headers, &self.config.trusted_proxies)
    }
}

/// Every path of the server.
pub(crate) fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/auth/login", post(accounts::login))
        .route("/auth/logout", post(accounts::logout))
        .route("/auth/token", post(accounts::token))
        .route("/me", get(accounts::me))
        .nest("/me", own_account::routes())
        .route("/conferences", get(conferences::list).post(conferences::create))
        .route("/conferences/{id}", get(course::show))
        .route("/conferences/{id}/picture", post(course::arrange_picture))
        .route("/conferences/{id}/picture/captions/{site}", post(course::set_caption))
        .route("/conferences/{id}/roll-call", post(course::start_roll_call))
        .route("/conferences/{id}/roll-call/{site}", post(course::mark_site))
        .route("/conferences/{id}/floor/grant", post(course::grant_floor))
        .route("/conferences/{id}/floor/release", post(course::release_floor))
        .route("/conferences/{id}/floor/request", post(course::request_floor))
        .route("/conferences/{id}/floor/withdraw", post(course::withdraw_floor))
        .route("/conferences/{id}/mute", post(course::mute))
        .route("/conferences/{id}/live", get(live::show).post(live::open).delete(live::close))
        .route("/conferences/{id}/reports/{file}", get(reports::show))
        .route("/conferences/{id}/lobby", get(conferences::lobby))
        .route("/conferences/{id}/guest", post(conferences::guest))
        // 277 participants are 200 KB. Names that guests chose stand in it, but no secret that its
        // size could tell of.
        .route("/conferences/{id}/statistics", get(statistics::show).layer(CompressionLayer::new()))
        .route("/people/import", post(people::import))
        .route("/sites", get(conferences::sites))
        .route("/check", post(check::report))
        .route("/check/clock", get(check::clock))
        .route("/check/download", get(check::download))
        .route("/check/upload", post(check::upload))
        // An offer of 38 KB, before a meeting, perhaps on a weak link. Nothing that somebody sent stands
        // in it, so its size tells nothing of its secrets.
        .route("/check/leg", post(check::leg).layer(CompressionLayer::new()))
        .route("/check/leg/{key}", delete(check::close))
        .route("/check/leg/{key}/answer", post(check::answer))
        .route("/authority", get(authority::describe))
        .route("/openapi.json", get(openapi::document))
        .merge(meetings::routes())
        .merge(invitations::routes())
        .merge(answers::routes())
        .merge(webhooks::routes())
        .merge(visitors::routes())
        .layer(middleware::from_fn(no_store))
        // The WebSocket checks its origin itself and lasts longer than a request.
        .route("/conferences/{id}/ws", any(ws::connect))
        .fallback(async || ApiError::NotFound {})
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed {});
    let paths = Router::new()
        .nest("/api/v1", api)
        .route("/api/{*rest}", any(async || ApiError::NotFound {}))
        .route("/healthz", get(operations::healthz))
        .route("/readyz", get(operations::readyz))
        .route("/metrics", get(operations::metrics))
        .route("/live/{id}/hls/{file}", get(live::file))
        .route("/ca/root.crt", get(authority::der))
        .route("/ca/root.pem", get(authority::pem));
    let paths = match &app.config.web_root {
        Some(root) => paths.fallback_service(files::routes(root)),
        None => paths.fallback(async || ApiError::NotFound {}),
    };
    paths
        .layer(middleware::from_fn_with_state(app.clone(), admit))
        .layer(middleware::from_fn_with_state(app.clone(), headers::add))
        .layer(middleware::from_fn(unread::read_on))
        .with_state(app)
}

/// What every request must pass: the pace of its address, and the origin of what changes things.
async fn admit(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let address = app.address(peer, request.headers());
    if let Err(error) = app.rates.request(address) {
        return error.into_response();
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let extra = &app.config.extra_origins;
    // Pages of others may bring a token of ours, and nothing else of theirs or ours counts there.
    let is_open = visitors::is_path(request.uri().path());
    if changes && !is_open && !origin::is_ours(request.headers(), request.uri(), extra) {
        metrics::counter!("vc_http_foreign_origin_total").increment(1);
        return ApiError::ForeignOrigin {}.into_response();
    }
    if app.sign_in.policy().needs_second_factor_from(address)
        && let Err(error) = rests_on_second_factor(&app, request.headers()).await
    {
        return error.into_response();
    }
    match tokio::time::timeout(REQUEST_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::Busy { retry_s: 1 }.into_response(),
    }
}

/// Refuses a session that was opened inside, without a second factor, when it is used outside.
async fn rests_on_second_factor(app: &App, headers: &HeaderMap) -> Result<(), ApiError> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    for token in bearer.map(str::trim).into_iter().chain(cookie::read(headers, SESSION_COOKIE)) {
        if !app.sign_in.is_good_outside(token).await? {
            return Err(ApiError::InsideOnly {});
        }
    }
    Ok(())
}

/// Answers about people are nobody else's: no cache keeps them.
async fn no_store(request: Request, next: Next) -> Response {
    use axum::http::header::{CACHE_CONTROL, HeaderValue};
    let mut response = next.run(request).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Reads the conference of a path; what cannot be a name is simply not there.
fn conference_id(text: &str) -> Result<ConferenceId, ApiError> {
    ConferenceId::new(text).map_err(|_| ApiError::NoSuchConference {})
}
