//! The live stream of a conference: opened and closed, how it stands, and the files that players fetch.
//!
//! Who may watch is who may come in: people with an account, and guests where the conference takes guests. Files are
//! written by the recorder; nothing but plain names of its own kinds is ever looked for.

use super::App;
use super::course::{act, view};
use super::may::{GoLive, Join, May};
use crate::protocol::Request;
use crate::protocol::api::ApiError;
use crate::protocol::course::{LiveStanding, LiveState};
use crate::runner::Act;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use conference::view::ConferenceView;
use media_control::ConferenceId;
use std::path::PathBuf;
use std::sync::Arc;

/// The folder of live streams in the data folder; a folder for each conference lies in it.
pub const LIVE_FOLDER: &str = "live";
/// The playlist that players begin with.
const FIRST: &str = "index.m3u8";
/// Longest name of a file: a letter, a time in milliseconds, a number.
const NAME_LIMIT: usize = 40;

fn folder(app: &App, id: &ConferenceId) -> PathBuf {
    app.config.data_folder.join(LIVE_FOLDER).join(id.as_str())
}

async fn standing(app: &App, view: ConferenceView) -> LiveStanding {
    let info = view.info;
    let has_files = tokio::fs::try_exists(folder(app, &info.id).join(FIRST)).await.unwrap_or(false);
    let state = match (info.live_since_ms, info.ended) {
        (Some(_), _) if has_files => LiveState::Running,
        (Some(_), _) => LiveState::Starting,
        (None, true) => LiveState::Ended,
        (None, false) => LiveState::Closed,
    };
    let (id, since_ms) = (info.id, info.live_since_ms);
    LiveStanding { page: format!("/live/{id}"), id, title: info.title, label: info.label, state, since_ms }
}

/// How the live stream stands; for who may watch it.
#[utoipa::path(get, path = "/api/v1/conferences/{id}/live", params(("id" = String, Path)), responses(
    (status = 200, body = LiveStanding), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    may: May<Join>,
) -> Result<Json<LiveStanding>, ApiError> {
    let view = view(&app, &may.id, may.who.role).await?;
    Ok(Json(standing(&app, view).await))
}

/// Lets the conference out as a live stream; without effect while it goes out.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/live", params(("id" = String, Path)), responses(
    (status = 200, body = LiveStanding), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError),
    (status = 409, body = ApiError, description = "`too_secret`: the label forbids it; `no_recorder`: this server cannot"),
))]
pub(super) async fn open(
    State(app): State<Arc<App>>,
    may: May<GoLive>,
) -> Result<Json<LiveStanding>, ApiError> {
    if !app.runners.has_recorder() {
        return Err(crate::protocol::Refused::NoRecorder {}.into());
    }
    let acted = act(&app, &may.id, may.who, Act::Course(Request::OpenLive {})).await?;
    Ok(Json(standing(&app, acted.view).await))
}

/// Ends the live stream; without effect when there is none.
#[utoipa::path(delete, path = "/api/v1/conferences/{id}/live", params(("id" = String, Path)), responses(
    (status = 200, body = LiveStanding), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub(super) async fn close(
    State(app): State<Arc<App>>,
    may: May<GoLive>,
) -> Result<Json<LiveStanding>, ApiError> {
    let acted = act(&app, &may.id, may.who, Act::Course(Request::CloseLive {})).await?;
    Ok(Json(standing(&app, acted.view).await))
}

/// A playlist or segment.
pub(super) async fn file(
    State(app): State<Arc<App>>,
    may: May<Join>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let kind = kind(&name).ok_or(ApiError::NotFound {})?;
    match tokio::fs::read(folder(&app, &may.id).join(&name)).await {
        Ok(bytes) => {
            metrics::counter!("vc_live_sent_bytes_total").increment(bytes.len() as u64);
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static(kind.media_type)),
                (CACHE_CONTROL, HeaderValue::from_static(kind.cache)),
            ];
            Ok((headers, bytes).into_response())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ApiError::NotFound {}),
        Err(error) => {
            tracing::error!(conference = %may.id, %error, "file of a live stream cannot be read");
            Err(ApiError::Failure {})
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Kind {
    media_type: &'static str,
    cache: &'static str,
}

/// Segments never change under their name; a proxy that serves everybody must not keep them.
const KEPT: &str = "private, max-age=120";

/// What a file is by its name; `None` for what the recorder never writes for players.
fn kind(name: &str) -> Option<Kind> {
    let (stem, extension) = name.split_once('.')?;
    let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    if name.len() > NAME_LIMIT || stem.is_empty() || !stem.bytes().all(is_plain) {
        return None;
    }
    Some(match extension {
        "m3u8" => Kind { media_type: "application/vnd.apple.mpegurl", cache: "private, no-cache" },
        "mp4" => Kind { media_type: "video/mp4", cache: KEPT },
        "m4s" => Kind { media_type: "video/iso.segment", cache: KEPT },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_recorder_are_looked_for() {
        for name in ["index.m3u8", "video.m3u8", "v1763928000123-42.m4s", "a1763928000123.mp4"] {
            assert!(kind(name).is_some(), "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            ".index.m3u8",
            "window.json",
            "../index.m3u8",
            "a/b.m4s",
            "a\\b.m4s",
            "a%2fb.m4s",
            "v.m4s.m4s",
            "V1.m4s",
            "ờ.m4s",
            "v\0.m4s",
            &format!("{}.m4s", "v".repeat(60)),
        ] {
            assert_eq!(kind(name), None, "{name:?}");
        }
    }
}
