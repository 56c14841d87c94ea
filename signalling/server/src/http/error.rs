//! The one place where errors become HTTP: status, body and headers.
//!
//! Handlers return [`ApiError`] and never name a status themselves.

use crate::protocol::Refused;
use crate::protocol::api::ApiError;
use crate::runner::OpenFailure;
use crate::store::StoreFailure;
use axum::Json;
use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Status of `error`.
#[must_use]
pub(crate) const fn status(error: &ApiError) -> StatusCode {
    match error {
        ApiError::WrongCredentials {}
        | ApiError::InvitationExpired {}
        | ApiError::CodeNeeded {}
        | ApiError::WrongCode {}
        | ApiError::NotSignedIn {}
        | ApiError::BadToken {} => StatusCode::UNAUTHORIZED,
        ApiError::AccountLocked { .. } => StatusCode::LOCKED,
        ApiError::NotAllowed {}
        | ApiError::InsideOnly {}
        | ApiError::DutyFirst { .. }
        | ApiError::ForeignOrigin {}
        | ApiError::GuestsNotAllowed {} => StatusCode::FORBIDDEN,
        ApiError::NoSuchConference {}
        | ApiError::NoSuchSite {}
        | ApiError::NoSuchParticipant {}
        | ApiError::NotFound {} => StatusCode::NOT_FOUND,
        ApiError::ConferenceExists {}
        | ApiError::PlanChanged {}
        | ApiError::SecondFactorOn {}
        | ApiError::SecondFactorOff {}
        | ApiError::NotNow { .. }
        | ApiError::KeptOut { .. } => StatusCode::CONFLICT,
        ApiError::BadFile { .. }
        | ApiError::WeakPassword { .. }
        | ApiError::TextLength { .. }
        | ApiError::BadOffer { .. }
        | ApiError::BadField { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        ApiError::UnsupportedMedia {} => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ApiError::StaleTag {} => StatusCode::PRECONDITION_FAILED,
        ApiError::TagNeeded {} => StatusCode::PRECONDITION_REQUIRED,
        ApiError::Malformed { .. } => StatusCode::BAD_REQUEST,
        ApiError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        ApiError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        ApiError::MethodNotAllowed {} => StatusCode::METHOD_NOT_ALLOWED,
        ApiError::Busy { .. } | ApiError::Full { .. } | ApiError::NotComposed { .. } => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ApiError::Failure {} => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn extra_header(error: &ApiError) -> Option<(HeaderName, HeaderValue)> {
    match error {
        ApiError::AccountLocked { retry_s }
        | ApiError::TooMany { retry_s }
        | ApiError::Busy { retry_s }
        | ApiError::NotComposed { retry_s, .. }
        | ApiError::Full { retry_s, .. } => Some((RETRY_AFTER, HeaderValue::from(*retry_s))),
        ApiError::NotSignedIn {} | ApiError::BadToken {} => {
            Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
        }
        _ => None,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (status(&self), Json(&self)).into_response();
        if let Some((name, value)) = extra_header(&self) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<StoreFailure> for ApiError {
    fn from(failure: StoreFailure) -> Self {
        tracing::error!(%failure, source = ?std::error::Error::source(&failure), "store failed");
        metrics::counter!("vc_http_store_failures_total").increment(1);
        Self::Failure {}
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotAllowed {} => Self::NotAllowed {},
            Refused::NoSuchSite {} => Self::NoSuchSite {},
            Refused::NoSuchParticipant { .. } => Self::NoSuchParticipant {},
            Refused::TextLength { limit } => Self::TextLength { field: "text".to_owned(), limit },
            Refused::BadTime { .. } => Self::BadField { field: "limit_ms".to_owned() },
            Refused::TooManyPeople { .. } => Self::BadField { field: "people".to_owned() },
            other => Self::NotNow { why: other.code() },
        }
    }
}

/// What is told when a conference cannot be run now.
pub(crate) fn refused_to_open(failure: &OpenFailure) -> ApiError {
    match failure {
        OpenFailure::TooMany { .. } | OpenFailure::Stopping => ApiError::Busy { retry_s: 3 },
        OpenFailure::Journal(failure) => {
            tracing::error!(%failure, "conference cannot be opened");
            metrics::counter!("vc_http_conference_failures_total").increment(1);
            ApiError::Failure {}
        }
    }
}

/// Refuses with the whole seconds that `wait` rounds up to.
#[must_use]
pub(crate) fn too_many(wait: Duration) -> ApiError {
    ApiError::TooMany { retry_s: whole_seconds(wait) }
}

/// `wait` rounded up, at least 1.
#[must_use]
pub(crate) fn whole_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_is_told_in_the_header_as_well() {
        let response = too_many(Duration::from_millis(1200)).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[RETRY_AFTER], "2");
        assert_eq!(whole_seconds(Duration::ZERO), 1);
    }
}
