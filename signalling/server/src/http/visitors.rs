//! WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): encoders send into a conference, players watch it.
//!
//! Handlers under `/api/v1/conferences/ID/{whip,whep}`. Only a bearer token counts here, never a cookie,
//! so pages of other sites may ask as well. The visit itself is `crate::visitors`.

use super::body::read_text;
use super::error::refused_to_open;
use super::{App, conference_id};
use crate::auth::Identity;
use crate::meetings;
use crate::protocol::Relay;
use crate::protocol::api::{ApiError, FullPart};
use crate::runner::Handle;
use crate::store::People as _;
use crate::visitors::stage::Target;
use crate::visitors::{NoVisit, Wanted, Way, Welcomed, sdp};
use axum::Router;
use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, CONTENT_TYPE, ETAG, HOST,
    HeaderValue, IF_MATCH, LINK, LOCATION,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use conference::role::may;
use conference::{Act, Role, Timestamp};
use media_control::{ConferenceId, ParticipantId, Source};
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;

/// Largest offer in bytes, as the media server has it.
const SDP_LIMIT: usize = 64 * 1024;
/// Largest fragment of a PATCH in bytes: a few candidates.
const FRAGMENT_LIMIT: usize = 16 * 1024;
const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";
const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
/// When to ask again after a limit was reached, in seconds.
const RETRY_S: u32 = 5;
/// When a program may try again that found no place, in seconds: people leave less often.
const FULL_RETRY_S: u32 = 30;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/conferences/{id}/whip", post(publish).options(options))
        .route("/conferences/{id}/whep", post(view).options(options))
        .route("/conferences/{id}/{way}/{key}", axum::routing::patch(change).delete(end).options(options))
        .layer(middleware::from_fn(share))
}

/// Whether `path` is one of these, which check who asks by the token alone.
pub(super) fn is_path(path: &str) -> bool {
    let rest = path.strip_prefix("/api/v1/conferences/").and_then(|rest| rest.split_once('/'));
    rest.is_some_and(|(_, rest)| matches!(rest.split('/').next(), Some("whip" | "whep")))
}

/// Lets pages of any site read the answers (RFC 9725 section 4.6): they bring a token of their own.
async fn share(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let exposed = "location, link, etag, accept-patch, retry-after";
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
    response
}

/// What may be asked here; also answers a browser that asks first (CORS preflight).
async fn options() -> impl IntoResponse {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "OPTIONS, POST, PATCH, DELETE"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, if-match"),
        (ACCESS_CONTROL_MAX_AGE, "7200"),
        (ACCEPT_POST, SDP),
        (ACCEPT_PATCH, FRAGMENT),
    ];
    (StatusCode::NO_CONTENT, headers)
}

/// Sends a picture and a sound into the conference: an encoder is a participant (WHIP).
#[utoipa::path(post, path = "/api/v1/conferences/{id}/whip", params(("id" = String, Path)),
    request_body(content = String, content_type = "application/sdp"), responses(
    (status = 201, content_type = "application/sdp", body = String), (status = 400, body = ApiError),
    (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
    (status = 409, body = ApiError), (status = 413, body = ApiError), (status = 415, body = ApiError),
    (status = 422, body = ApiError), (status = 429, body = ApiError), (status = 503, body = ApiError),
))]
pub(super) async fn publish(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let conference = conference_id(&id)?;
    let who = bearer(&app, peer, request.headers(), &conference).await?;
    let (sound, picture) = (may(who.role, Act::SendSound), may(who.role, Act::SendPicture));
    if !sound && !picture {
        return Err(ApiError::NotAllowed {});
    }
    let host = host(request.headers(), request.uri().authority().map(|it| it.as_str()));
    let offer = read_text(request, SDP, SDP_LIMIT).await?;
    let kinds = sdp::kinds(&offer).ok_or_else(no_sdp)?;
    let wanted = Wanted::Publish { microphone: kinds.audio && sound, camera: kinds.video && picture };
    let handle = open(&app, &conference).await?;
    let owner = who.person;
    let come = app.visitors.come(&conference, handle, owner, who, wanted, offer).await;
    created(&conference, Way::In, host.as_deref(), come.map_err(refused)?)
}

/// What a viewer asks for.
#[derive(Deserialize)]
pub(super) struct Viewed {
    participant: Option<u32>,
    source: Option<Source>,
    picture: Option<Picture>,
}

/// Which picture of the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Picture {
    /// Who speaks, or what is shared.
    Stage,
    /// Everybody on the stage in one picture with the mixed sound, put together by the mixer.
    Composed,
}

/// Watches the stage, the composed picture of it, or one participant (WHEP). The viewer is a listener of the conference.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/whep",
    params(("id" = String, Path), ("participant" = Option<u32>, Query), ("source" = Option<String>, Query),
        ("picture" = Option<String>, Query, description = "`stage` or `composed`, which comes with the mixed sound")),
    request_body(content = String, content_type = "application/sdp"), responses(
    (status = 201, content_type = "application/sdp", body = String), (status = 400, body = ApiError),
    (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
    (status = 409, body = ApiError), (status = 413, body = ApiError), (status = 415, body = ApiError),
    (status = 422, body = ApiError), (status = 429, body = ApiError), (status = 503, body = ApiError),
))]
pub(super) async fn view(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    viewed: Result<Query<Viewed>, axum::extract::rejection::QueryRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let conference = conference_id(&id)?;
    let who = bearer(&app, peer, request.headers(), &conference).await?;
    let bad = |_| ApiError::Malformed { detail: "participant, source or picture".to_owned() };
    let Query(Viewed { participant, source, picture }) = viewed.map_err(bad)?;
    let source = source.unwrap_or(Source::Camera);
    if !source.is_video() {
        return Err(ApiError::BadField { field: "source".to_owned() });
    }
    let target = match (participant, picture) {
        (Some(_), Some(_)) => return Err(ApiError::BadField { field: "picture".to_owned() }),
        (Some(number), None) => Target::Participant { participant: ParticipantId(number), source },
        (None, Some(Picture::Composed)) if !app.runners.has_mixer() => {
            return Err(refused(NoVisit::NoMixer));
        }
        (None, Some(Picture::Composed)) => Target::Composed,
        (None, Some(Picture::Stage) | None) => Target::Stage,
    };
    let host = host(request.headers(), request.uri().authority().map(|it| it.as_str()));
    let offer = read_text(request, SDP, SDP_LIMIT).await?;
    sdp::kinds(&offer).ok_or_else(no_sdp)?;
    let handle = open(&app, &conference).await?;
    // Many players may share one token, and each has a place of its own.
    let now = Timestamp(app.clock.now_ms());
    let person = app.store.create_guest(&conference, &who.name, &who.unit, now).await?;
    let owner = who.person;
    let viewer = Identity { person, role: Role::Listener, user: String::new(), site: None, ..who };
    let come = app.visitors.come(&conference, handle, owner, viewer, Wanted::View(target), offer).await;
    created(&conference, Way::Out, host.as_deref(), come.map_err(refused)?)
}

/// Candidates (204: we learn addresses from checks), or new ICE credentials (200, with ours).
#[utoipa::path(patch, path = "/api/v1/conferences/{id}/{way}/{key}",
    params(("id" = String, Path), ("way" = String, Path), ("key" = String, Path)),
    request_body(content = String, content_type = "application/trickle-ice-sdpfrag"), responses(
    (status = 200, content_type = "application/trickle-ice-sdpfrag", body = String), (status = 204),
    (status = 400, body = ApiError), (status = 401, body = ApiError), (status = 404, body = ApiError),
    (status = 412, body = ApiError), (status = 415, body = ApiError), (status = 428, body = ApiError),
))]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(path): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let resource = own_resource(&app, peer, request.headers(), &path).await?;
    let tag = request.headers().get(IF_MATCH).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let fragment = read_text(request, FRAGMENT, FRAGMENT_LIMIT).await?;
    let tag = tag.ok_or(ApiError::TagNeeded {})?;
    let is_any = tag.trim() == "*";
    if !is_any && !tag.split(',').any(|it| it.trim() == resource.known.tag) {
        return Err(ApiError::StaleTag {});
    }
    let given = sdp::ice_credentials(&fragment)
        .ok_or_else(|| ApiError::Malformed { detail: "fragment names no ice credentials".to_owned() })?;
    if resource.known.credentials.as_ref() == Some(&given) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let restarted = app.visitors.restart(&path.2, given.0, given.1).await;
    let (tag, fragment) = restarted.ok_or(ApiError::Busy { retry_s: RETRY_S })?;
    Ok(([(CONTENT_TYPE, FRAGMENT.to_owned()), (ETAG, tag)], fragment).into_response())
}

/// Ends a visit; its place is given up when this is answered.
#[utoipa::path(delete, path = "/api/v1/conferences/{id}/{way}/{key}",
    params(("id" = String, Path), ("way" = String, Path), ("key" = String, Path)),
    responses((status = 200), (status = 401, body = ApiError), (status = 404, body = ApiError)))]
pub(super) async fn end(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(path): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    own_resource(&app, peer, &headers, &path).await?;
    app.visitors.end(&path.2).await;
    Ok(StatusCode::OK)
}

struct Resource {
    known: crate::visitors::Known,
}

/// The resource of the path, for who holds the token that made it.
async fn own_resource(
    app: &App,
    peer: SocketAddr,
    headers: &HeaderMap,
    (id, way, key): &(String, String, String),
) -> Result<Resource, ApiError> {
    let way = match way.as_str() {
        "whip" => Way::In,
        "whep" => Way::Out,
        _ => return Err(ApiError::NotFound {}),
    };
    let conference = conference_id(id)?;
    let who = bearer(app, peer, headers, &conference).await?;
    let known = app.visitors.known(&conference, way, key, who.person).ok_or(ApiError::NotFound {})?;
    Ok(Resource { known })
}

/// Who holds the token of the request. Wrong and missing ones are paced by address.
async fn bearer(
    app: &App,
    peer: SocketAddr,
    headers: &HeaderMap,
    conference: &ConferenceId,
) -> Result<Identity, ApiError> {
    let mut alone = HeaderMap::new();
    if let Some(token) = headers.get(AUTHORIZATION) {
        alone.insert(AUTHORIZATION, token.clone());
    }
    let known = match app.identity(&alone, Some(conference)).await {
        Ok(Some(identity)) if identity.opens(conference) => Ok(identity),
        Ok(Some(_)) => Err(ApiError::NotAllowed {}),
        Ok(None) => Err(ApiError::NotSignedIn {}),
        Err(error) => Err(error),
    };
    let identity = match known {
        Ok(identity) => identity,
        Err(error) => {
            app.rates.visitor(app.address(peer, headers))?;
            return Err(error);
        }
    };
    if let Some(duty) = identity.duty {
        return Err(ApiError::DutyFirst { duty });
    }
    app.rates.connect_of(identity.person)?;
    Ok(identity)
}

async fn open(app: &App, conference: &ConferenceId) -> Result<Handle, ApiError> {
    let meeting = meetings::find(&app.store, conference).await?;
    app.runners.open(&meeting).await.map_err(|failure| refused_to_open(&failure))
}

fn no_sdp() -> ApiError {
    ApiError::Malformed { detail: "no session description".to_owned() }
}

fn refused(reason: NoVisit) -> ApiError {
    use crate::protocol::Refused;
    match reason {
        NoVisit::Malformed => no_sdp(),
        NoVisit::Unusable { detail } => ApiError::BadOffer { detail },
        NoVisit::Refused(Refused::NotAllowed {}) => ApiError::NotAllowed {},
        NoVisit::Refused(Refused::Full { limit }) => {
            let detail = format!("all {limit} places of the conference are taken");
            ApiError::Full { of: FullPart::Conference, limit, retry_s: FULL_RETRY_S, detail }
        }
        NoVisit::Refused(Refused::ServerFull { limit }) => {
            let detail = format!("all {limit} places of the server are taken");
            ApiError::Full { of: FullPart::Server, limit, retry_s: FULL_RETRY_S, detail }
        }
        NoVisit::TooManyComposed | NoVisit::NoEncoder => ApiError::NotComposed {
            why: reason.word().to_owned(),
            retry_s: FULL_RETRY_S,
            detail: reason.to_string(),
        },
        NoVisit::Busy | NoVisit::NotAdmitted => ApiError::Busy { retry_s: RETRY_S },
        other => ApiError::KeptOut { why: other.word().to_owned() },
    }
}

fn created(
    conference: &ConferenceId,
    way: Way,
    host: Option<&str>,
    (key, tag, welcomed): (String, String, Welcomed),
) -> Result<Response, ApiError> {
    let way = match way {
        Way::In => "whip",
        Way::Out => "whep",
    };
    let location = format!("/api/v1/conferences/{conference}/{way}/{key}");
    let Welcomed { sdp, relay } = welcomed;
    let headers = [(CONTENT_TYPE, SDP.to_owned()), (LOCATION, location), (ETAG, tag)];
    let mut response = (StatusCode::CREATED, headers, sdp).into_response();
    response.headers_mut().insert(ACCEPT_PATCH, HeaderValue::from_static(FRAGMENT));
    let link = relay.and_then(|relay| link(&relay, host?));
    if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

/// The relay as RFC 9725 section 4.6 writes it.
fn link(relay: &Relay, host: &str) -> Option<String> {
    let url = match &relay.url {
        Some(url) => url.clone(),
        None => {
            let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            let port = if has_port { "" } else { ":443" };
            format!("turns:{host}{port}?transport=tcp")
        }
    };
    let quoted = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    let Relay { username, credential, .. } = relay;
    (quoted(username) && quoted(credential) && quoted(&url) && !url.contains('>')).then(|| {
        format!(
            "<{url}>; rel=\"ice-server\"; username=\"{username}\"; credential=\"{credential}\"; \
             credential-type=\"password\""
        )
    })
}

/// The name and port by which the program reached us.
fn host(headers: &HeaderMap, authority: Option<&str>) -> Option<String> {
    let named = headers.get(HOST).and_then(|host| host.to_str().ok());
    authority.or(named).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_paths_are_open_to_other_sites() {
        for path in ["/api/v1/conferences/demo/whip", "/api/v1/conferences/demo/whep/00ff"] {
            assert!(is_path(path), "{path}");
        }
        for path in
            ["/api/v1/conferences/demo/guest", "/api/v1/conferences/whip", "/api/v1/auth/login", "/whip"]
        {
            assert!(!is_path(path), "{path}");
        }
    }

    #[test]
    fn relay_is_told_with_the_host_that_was_asked() {
        let relay = Relay { username: "9:1".to_owned(), credential: "s+/=".to_owned(), url: None };
        let told = link(&relay, "hop.example.vn:8443").expect("plain text");
        assert!(
            told.starts_with(
                "<turns:hop.example.vn:8443?transport=tcp>; rel=\"ice-server\"; username=\"9:1\""
            )
        );
        assert!(
            link(&relay, "hop.example.vn").expect("plain text").starts_with("<turns:hop.example.vn:443?")
        );
        assert_eq!(link(&Relay { username: "a\"b".to_owned(), ..relay }, "x"), None);
    }
}
