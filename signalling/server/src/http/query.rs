//! Reads the query of a path, refused in the form of this API.
//!
//! Used as an argument of handlers that search.

use crate::protocol::api::ApiError;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// A query that was read.
pub(super) struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        let detail =
            |error: axum::extract::rejection::QueryRejection| error.body_text().chars().take(160).collect();
        read.map(|Query(asked)| Self(asked)).map_err(|error| ApiError::Malformed { detail: detail(error) })
    }
}
