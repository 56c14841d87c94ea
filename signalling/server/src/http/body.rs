//! Reads bodies, JSON and SDP: bounded, and refused in the form of this API.
//!
//! Used as an argument of handlers that change something.

use super::App;
use crate::protocol::api::ApiError;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;

/// Longest that a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);

/// A body read as JSON.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        json(request, app.config.limits.body_bytes).await.map(Self)
    }
}

async fn json<T: DeserializeOwned>(request: Request, limit: usize) -> Result<T, ApiError> {
    // A form of another site cannot send this type without asking first (CORS preflight).
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/json")) {
        return Err(ApiError::Malformed { detail: "content type is not JSON".to_owned() });
    }
    let body = read(request.into_body(), limit).await?;
    read_json(&body)
}

/// As [`JsonBody`], for bodies that hold lists of people or sites.
pub(crate) struct WideJson<T>(pub(crate) T);

/// Largest body with lists of people or sites: a thousand people with names and addresses.
const WIDE_BYTES: usize = 512 * 1024;

impl<T: DeserializeOwned> FromRequest<Arc<App>> for WideJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let limit = app.config.limits.body_bytes.max(WIDE_BYTES);
        json(request, limit).await.map(Self)
    }
}

/// Reads a body that must be sent as `kind`.
pub(super) async fn read_bytes(request: Request, kind: &str, limit: usize) -> Result<Bytes, ApiError> {
    read_one_of(request, [kind], limit).await.map(|(_, body)| body)
}

/// Reads a body that must be sent as one of these kinds, and says as which.
pub(super) async fn read_one_of<const N: usize>(
    request: Request,
    kinds: [&str; N],
    limit: usize,
) -> Result<(&str, Bytes), ApiError> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|given| given.to_str().ok()).unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim();
    let kind = kinds.into_iter().find(|kind| given.eq_ignore_ascii_case(kind));
    let kind = kind.ok_or(ApiError::UnsupportedMedia {})?;
    Ok((kind, read(request.into_body(), limit).await?))
}

/// A body read as JSON; an empty one means that every field is left out.
pub(crate) struct MaybeJson<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<Arc<App>> for MaybeJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_json = kind.is_some_and(|kind| kind.starts_with("application/json"));
        let body = read(request.into_body(), app.config.limits.body_bytes).await?;
        if body.is_empty() {
            return Ok(Self(T::default()));
        }
        if !is_json {
            return Err(ApiError::Malformed { detail: "content type is not JSON".to_owned() });
        }
        read_json(&body).map(Self)
    }
}

async fn read(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    match tokio::time::timeout(BODY_TIME, to_bytes(body, limit)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(ApiError::TooLarge { limit: u32::try_from(limit).unwrap_or(u32::MAX) }),
        Err(_) => Err(ApiError::Malformed { detail: "body came too slowly".to_owned() }),
    }
}

/// Reads a body of text that must be sent as `kind`.
pub(super) async fn read_text(request: Request, kind: &str, limit: usize) -> Result<String, ApiError> {
    // Parameters such as a charset change nothing about SDP, which is UTF-8 (RFC 8866 section 4.5).
    let body = read_bytes(request, kind, limit).await?;
    String::from_utf8(body.into()).map_err(|_| ApiError::Malformed { detail: "body is not UTF-8".to_owned() })
}

/// Reads a body that has arrived.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body)
        .map_err(|error| ApiError::Malformed { detail: error.to_string().chars().take(160).collect() })
}
