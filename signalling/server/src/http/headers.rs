//! Headers that every answer carries so that a browser keeps our page to itself.
//!
//! Applied by `http::router` as the outermost layer. Each is looked at in
//! `tests/meeting/headers.rs`, on a page, a file, an answer of the API and an error.

use super::App;
use axum::extract::{Request, State};
use axum::http::HeaderName;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HOST, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;
use std::net::IpAddr;
use std::sync::Arc;

// Scripts come from our files only; `wasm-unsafe-eval` lets the background blur run and allows no
// script text. Styles may be inline: component libraries set them on elements.
const CONTENT_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob: \
    mediastream:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), \
         autoplay=(self), geolocation=(), payment=(), usb=()",
    ),
];

/// A year (RFC 6797). Without `includeSubDomains`: other hosts below the name are not ours.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds the headers to whatever the inner layers answer.
pub(super) async fn add(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let is_strict = app.config.certificate.is_strict() && host(&request).is_some_and(may_be_strict);
    let mut response = next.run(request).await;
    if is_strict {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The host that was asked for, without its port.
fn host(request: &Request) -> Option<&str> {
    let named = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let whole = request.uri().authority().map(|authority| authority.as_str()).or(named)?;
    let end =
        if whole.starts_with('[') { whole.find(']')? + 1 } else { whole.find(':').unwrap_or(whole.len()) };
    whole.get(..end)
}

/// Insisting on `localhost` would lock a developer out of every other program there, and browsers
/// ignore it for addresses (RFC 6797 section 8.1.1).
fn may_be_strict(host: &str) -> bool {
    let is_local =
        host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost");
    !is_local && !host.is_empty() && !host.starts_with('[') && host.parse::<IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_held_to_https() {
        let may = |host_line: &'static str| {
            let request = Request::builder().header(HOST, host_line).body(axum::body::Body::empty());
            host(&request.expect("a request")).is_some_and(may_be_strict)
        };
        assert!(may("hop.example.vn") && may("hop.example.vn:8443"));
        for host in ["localhost:8443", "LOCALHOST", "a.localhost", "10.0.0.5:8443", "[2001:db8::5]:8443", ""]
        {
            assert!(!may(host), "{host}");
        }
    }

    #[test]
    fn policy_allows_no_inline_script_and_no_frame() {
        let scripts = CONTENT_POLICY.split("; ").find(|p| p.starts_with("script-src"));
        assert!(!scripts.expect("is set").contains("inline"));
        assert!(CONTENT_POLICY.contains("frame-ancestors 'none'"));
    }
}
