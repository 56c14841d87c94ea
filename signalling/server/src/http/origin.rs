//! Refuses what a page of another site sends in a person's name.
//!
//! Called for every request that changes something and for every WebSocket. Cookies are
//! `SameSite=Strict` as well; this holds where a browser does not keep to that, and for
//! WebSockets, to which the same-origin policy does not apply.

use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, Uri};

/// Whether the request may act: its `Origin` is the host it was sent to or one of `extra`, or it
/// has none and brings no cookie, so that nobody's rights are borrowed.
#[must_use]
pub(crate) fn is_ours(headers: &HeaderMap, uri: &Uri, extra: &[String]) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        return headers.contains_key(AUTHORIZATION) || !headers.contains_key(COOKIE);
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    // HTTP/2 carries the host as :authority (RFC 9113 section 8.3.1).
    let host = match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => headers.get(HOST).and_then(|host| host.to_str().ok()),
    };
    let own = host.is_some_and(|host| {
        origin.strip_prefix("https://").is_some_and(|rest| rest.eq_ignore_ascii_case(host))
    });
    own || extra.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn check(given: &[(HeaderName, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let extra = ["https://hop.example.vn".to_owned()];
        is_ours(&headers, &Uri::from_static("/api/v1/auth/login"), &extra)
    }

    #[test]
    fn only_our_own_pages_may_act() {
        let host = (HOST, "may-chu:8443");
        assert!(check(&[host.clone(), (ORIGIN, "https://may-chu:8443")]));
        assert!(check(&[host.clone(), (ORIGIN, "https://hop.example.vn")]));
        for foreign in ["https://may-chu", "http://may-chu:8443", "null", "https://may-chu:84430"] {
            assert!(!check(&[host.clone(), (ORIGIN, foreign)]), "{foreign}");
        }
    }

    #[test]
    fn program_without_origin_may_act_unless_it_brings_cookies() {
        assert!(check(&[]));
        assert!(!check(&[(COOKIE, "a=b")]));
        assert!(check(&[(AUTHORIZATION, "Bearer x")]));
    }
}
