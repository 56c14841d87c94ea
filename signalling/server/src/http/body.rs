//! Reads JSON bodies: bounded, and refused in the form of this API.
//!
//! Used as an argument of handlers that change something.

use super::App;
use crate::protocol::api::ApiError;
use axum::body::to_bytes;
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
        // A form of another site cannot send this type without asking first (CORS preflight).
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/json")) {
            return Err(ApiError::Malformed { detail: "content type is not JSON".to_owned() });
        }
        let limit = app.config.limits.body_bytes;
        let body = to_bytes(request.into_body(), limit);
        let body = match tokio::time::timeout(BODY_TIME, body).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => {
                return Err(ApiError::TooLarge { limit: u32::try_from(limit).unwrap_or(u32::MAX) });
            }
            Err(_) => return Err(ApiError::Malformed { detail: "body came too slowly".to_owned() }),
        };
        read_json(&body).map(Self)
    }
}

/// Reads a body that has arrived.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body)
        .map_err(|error| ApiError::Malformed { detail: error.to_string().chars().take(160).collect() })
}
