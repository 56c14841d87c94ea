//! One's own account: profile, password, sessions, second factor.
//!
//! Handlers under `/api/v1/me`. They alone also serve somebody who must first set a password or a
//! second factor; the rules stand in `auth`. Secrets are neither logged nor repeated in an error.

use super::App;
use super::body::JsonBody;
use super::error::whole_seconds;
use crate::auth::cookie::{self, SESSION_COOKIE};
use crate::auth::{
    Activity, CameFrom, ChangeRefused, Identity, LoginRefused, SharedSecret, SignedIn, activity, rules,
    session_name,
};
use crate::protocol::account::{
    PasswordAgain, PasswordChange, Profile, RecoveryCodes, SecondFactorBegun, SecondFactorCode,
    SecondFactorState, SessionLife, SessionSummary, SessionsEnded,
};
use crate::protocol::api::ApiError;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use qrcode::{Color, QrCode};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Every path below `/me`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/profile", get(profile))
        .route("/password", post(change_password))
        .route("/sessions", get(sessions).delete(end_other_sessions))
        .route("/sessions/{id}", delete(end_session))
        .route("/session", get(session_life).post(keep_session))
        .route("/second-factor", post(begin_second_factor).delete(remove_second_factor))
        .route("/second-factor/confirm", post(confirm_second_factor))
        .route("/second-factor/recovery-codes", post(renew_recovery_codes))
}

/// Where a request comes from, as its session remembers it.
pub(super) fn came_from<'a>(app: &App, peer: SocketAddr, headers: &'a HeaderMap) -> CameFrom<'a> {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    CameFrom { address: app.address(peer, headers), agent }
}

/// What is told when somebody is not signed in.
pub(super) fn refused_login(refused: LoginRefused) -> ApiError {
    match refused {
        LoginRefused::Wrong => ApiError::WrongCredentials {},
        LoginRefused::Locked(left) => ApiError::AccountLocked { retry_s: whole_seconds(left) },
        LoginRefused::InvitationExpired => ApiError::InvitationExpired {},
        LoginRefused::CodeNeeded => ApiError::CodeNeeded {},
        LoginRefused::WrongCode => ApiError::WrongCode {},
        LoginRefused::OutsideWithoutSecondFactor => ApiError::InsideOnly {},
        LoginRefused::Full(_) => ApiError::Busy { retry_s: 2 },
        LoginRefused::Store(failure) => failure.into(),
    }
}

fn refused_change(who: &SignedIn, refused: ChangeRefused) -> ApiError {
    match refused {
        ChangeRefused::Login(refused) => refused_login(refused),
        ChangeRefused::Weak(rules) => {
            let least = rules::least_characters(who.account.second_factor);
            ApiError::WeakPassword { rules, least: u32::try_from(least).unwrap_or(u32::MAX) }
        }
        ChangeRefused::SecondFactorOn => ApiError::SecondFactorOn {},
        ChangeRefused::SecondFactorOff => ApiError::SecondFactorOff {},
        ChangeRefused::SecondFactorNeeded => ApiError::NotAllowed {},
    }
}

/// The session of a request, also of somebody with a duty.
async fn session(app: &App, headers: &HeaderMap, activity: Activity) -> Result<SignedIn, ApiError> {
    let token = cookie::read(headers, SESSION_COOKIE).ok_or(ApiError::NotSignedIn {})?;
    app.sign_in.signed_in(token, activity).await?.ok_or(ApiError::NotSignedIn {})
}

fn session_cookie(
    app: &App,
    token: &str,
) -> AppendHeaders<[(axum::http::HeaderName, axum::http::HeaderValue); 1]> {
    let life_s = app.config.limits.session_life.as_secs();
    AppendHeaders([(SET_COOKIE, cookie::set(SESSION_COOKIE, token, life_s))])
}

/// The own account as its holder sees it.
#[utoipa::path(get, path = "/api/v1/me/profile", responses(
    (status = 200, body = Profile), (status = 401, body = ApiError),
))]
pub(super) async fn profile(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<Profile>, ApiError> {
    let who = session(&app, &headers, activity(&headers)).await?;
    let policy = app.sign_in.policy();
    let second_factor = SecondFactorState {
        on: who.account.second_factor,
        required: policy.needs_second_factor(who.account.role),
        recovery_codes: app.sign_in.recovery_codes_left(&who).await?,
    };
    let least = rules::least_characters(second_factor.on);
    Ok(Json(Profile {
        password_set_ms: who.account.password_set.0,
        password_ends_ms: policy.password_ends(&who.account).map(|end| end.0),
        password_least: u32::try_from(least).unwrap_or(u32::MAX),
        second_factor,
        person: Identity::from(who).shown(),
    }))
}

/// Sets another password; ends all sessions but this one, which gets a new cookie.
#[utoipa::path(post, path = "/api/v1/me/password", request_body = PasswordChange, responses(
    (status = 204, description = "changed; sets a new session cookie"),
    (status = 401, body = ApiError), (status = 422, body = ApiError, description = "every broken rule"),
    (status = 423, body = ApiError),
))]
pub(super) async fn change_password(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<PasswordChange>,
) -> Result<impl IntoResponse, ApiError> {
    let who = session(&app, &headers, Activity::Person).await?;
    app.rates.login(app.address(peer, &headers))?;
    let from = came_from(&app, peer, &headers);
    let changed = app.sign_in.change_password(&who, &body.current, &body.new, from).await;
    let token = changed.map_err(|refused| refused_change(&who, refused))?;
    Ok((StatusCode::NO_CONTENT, session_cookie(&app, &token)))
}

/// Where one is signed in.
#[utoipa::path(get, path = "/api/v1/me/sessions", responses(
    (status = 200, body = Vec<SessionSummary>), (status = 401, body = ApiError),
))]
pub(super) async fn sessions(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<Vec<SessionSummary>>, ApiError> {
    let who = session(&app, &headers, activity(&headers)).await?;
    let sessions = app.sign_in.sessions(&who).await?.into_iter();
    let shown = sessions.map(|session| SessionSummary {
        id: session_name(&session),
        created_ms: session.created.0,
        seen_ms: session.seen.0,
        current: session.token_hash == who.session.token_hash,
        address: session.address,
        agent: session.agent,
    });
    Ok(Json(shown.collect()))
}

/// Signs out elsewhere: one session.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{id}", params(("id" = String, Path)), responses(
    (status = 204), (status = 401, body = ApiError), (status = 404, body = ApiError),
))]
pub(super) async fn end_session(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let who = session(&app, &headers, Activity::Person).await?;
    if app.sign_in.end_named(&who, &id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound {})
    }
}

/// Signs out everywhere else.
#[utoipa::path(delete, path = "/api/v1/me/sessions", responses(
    (status = 200, body = SessionsEnded), (status = 401, body = ApiError),
))]
pub(super) async fn end_other_sessions(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<SessionsEnded>, ApiError> {
    let who = session(&app, &headers, Activity::Person).await?;
    let ended = app.sign_in.end_others(&who).await?;
    Ok(Json(SessionsEnded { ended: u32::try_from(ended).unwrap_or(u32::MAX) }))
}

/// How long this session lives; asking by itself does not lengthen it.
#[utoipa::path(get, path = "/api/v1/me/session", responses(
    (status = 200, body = SessionLife), (status = 401, body = ApiError),
))]
pub(super) async fn session_life(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<SessionLife>, ApiError> {
    let who = session(&app, &headers, Activity::Background).await?;
    Ok(Json(life_of(&app, &who)))
}

/// Somebody is there: moves the idle end.
#[utoipa::path(post, path = "/api/v1/me/session", responses(
    (status = 200, body = SessionLife), (status = 401, body = ApiError),
))]
pub(super) async fn keep_session(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<SessionLife>, ApiError> {
    let who = session(&app, &headers, Activity::Person).await?;
    Ok(Json(life_of(&app, &who)))
}

fn life_of(app: &App, who: &SignedIn) -> SessionLife {
    let left_ms = u64::try_from(who.session.expires.0 - app.clock.now_ms()).unwrap_or(0);
    let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    SessionLife {
        left_s: seconds(Duration::from_millis(left_ms)),
        idle_s: seconds(app.sign_in.idle_of(who.account.role)),
    }
}

/// Begins a second factor.
#[utoipa::path(post, path = "/api/v1/me/second-factor", request_body = PasswordAgain, responses(
    (status = 200, body = SecondFactorBegun), (status = 401, body = ApiError),
    (status = 409, body = ApiError, description = "one is in use"), (status = 423, body = ApiError),
))]
pub(super) async fn begin_second_factor(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<PasswordAgain>,
) -> Result<Json<SecondFactorBegun>, ApiError> {
    let who = session(&app, &headers, Activity::Person).await?;
    app.rates.login(app.address(peer, &headers))?;
    let begun = app.sign_in.begin_second_factor(&who, &body.password).await;
    let secret = begun.map_err(|refused| refused_change(&who, refused))?;
    Ok(Json(shown_once(&secret, &who.account.user)?))
}

/// Confirms it by its first code.
#[utoipa::path(post, path = "/api/v1/me/second-factor/confirm", request_body = SecondFactorCode, responses(
    (status = 200, body = RecoveryCodes, description = "sets a new session cookie"),
    (status = 401, body = ApiError), (status = 409, body = ApiError),
))]
pub(super) async fn confirm_second_factor(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<SecondFactorCode>,
) -> Result<impl IntoResponse, ApiError> {
    let who = session(&app, &headers, Activity::Person).await?;
    app.rates.login(app.address(peer, &headers))?;
    let from = came_from(&app, peer, &headers);
    let confirmed = app.sign_in.confirm_second_factor(&who, &body.code, from).await;
    let (codes, token) = confirmed.map_err(|refused| refused_change(&who, refused))?;
    Ok((session_cookie(&app, &token), Json(RecoveryCodes { codes })))
}

/// Makes fresh recovery codes; those that were left are worth nothing any more.
#[utoipa::path(post, path = "/api/v1/me/second-factor/recovery-codes", request_body = PasswordAgain, responses(
    (status = 200, body = RecoveryCodes), (status = 401, body = ApiError),
    (status = 409, body = ApiError, description = "no second factor is in use"),
    (status = 423, body = ApiError),
))]
pub(super) async fn renew_recovery_codes(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<PasswordAgain>,
) -> Result<Json<RecoveryCodes>, ApiError> {
    let who = session(&app, &headers, Activity::Person).await?;
    app.rates.login(app.address(peer, &headers))?;
    let renewed = app.sign_in.renew_recovery_codes(&who, &body.password).await;
    Ok(Json(RecoveryCodes { codes: renewed.map_err(|refused| refused_change(&who, refused))? }))
}

/// Does without the second factor; not for administrators.
#[utoipa::path(delete, path = "/api/v1/me/second-factor", request_body = PasswordAgain, responses(
    (status = 204), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 422, body = ApiError, description = "the password is too weak to stand alone"),
    (status = 423, body = ApiError),
))]
pub(super) async fn remove_second_factor(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<PasswordAgain>,
) -> Result<StatusCode, ApiError> {
    let who = session(&app, &headers, Activity::Person).await?;
    app.rates.login(app.address(peer, &headers))?;
    let removed = app.sign_in.remove_second_factor(&who, &body.password).await;
    removed.map_err(|refused| match refused {
        ChangeRefused::Weak(rules) => {
            let least = u32::try_from(rules::LEAST_ALONE).unwrap_or(u32::MAX);
            ApiError::WeakPassword { rules, least }
        }
        refused => refused_change(&who, refused),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown_once(secret: &SharedSecret, user: &str) -> Result<SecondFactorBegun, ApiError> {
    let address = secret.address(user);
    // The longest user name makes an address of some 500 bytes, a QR code holds 2,900.
    let code = QrCode::new(&address).map_err(|error| {
        tracing::error!(%error, "qr code could not be made");
        ApiError::Failure {}
    })?;
    let size = code.width();
    let mut path = String::new();
    for (at, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let _ = write!(path, "M{} {}h1v1h-1z", at % size, at / size);
        }
    }
    let qr_size = u32::try_from(size).unwrap_or(u32::MAX);
    Ok(SecondFactorBegun { secret: secret.typed(), address, qr_size, qr_path: path })
}
