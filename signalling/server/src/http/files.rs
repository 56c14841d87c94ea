//! Serves the built web client: files with cache headers, `index.html` for its pages.
//!
//! Used by `http::router` for everything that is no API path. Reads only below the web root. Sends the
//! `.br` or `.gz` beside a file where the browser takes it; compresses nothing itself.

use crate::protocol::api::ApiError;
use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, VARY};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use std::path::Path;
use tower_http::services::{ServeDir, ServeFile};

/// Files below `root`; page paths get its `index.html`.
pub(crate) fn routes(root: &Path) -> Router {
    let index = ServeFile::new(root.join("index.html")).precompressed_br().precompressed_gzip();
    let files =
        ServeDir::new(root).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    Router::new()
        .route_service("/", index.clone())
        .route_service("/login", index.clone())
        .route_service("/check", index.clone())
        .route_service("/guide/{*rest}", index.clone())
        .route_service("/account", index.clone())
        .route_service("/admin/people", index.clone())
        .route_service("/admin/webhooks", index.clone())
        .route_service("/meetings", index.clone())
        .route_service("/meetings/{*rest}", index.clone())
        .route_service("/tra-loi/{*rest}", index.clone())
        .route_service("/ca", index.clone())
        .route_service("/live/{id}", index.clone())
        .route_service("/c/{*rest}", index)
        .fallback_service(files)
        .layer(middleware::from_fn(finish))
}

/// Cache headers, and errors in the form of the API.
async fn finish(request: Request, next: Next) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return ApiError::MethodNotAllowed {}.into_response();
    }
    // Vite names these files by their content.
    let named_by_content = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        return ApiError::NotFound {}.into_response();
    }
    let is_page =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let cache = if named_by_content && !is_page { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    // What is sent depends on what the browser takes (RFC 9110 section 12.5.5).
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}
