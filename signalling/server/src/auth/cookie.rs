//! The two cookies: the session of an account, and the signed identity of a guest.
//!
//! Called by the HTTP handlers. Both are `__Host-` cookies (RFC 6265bis section 4.1.3.2): only
//! over TLS, only this host, whole path; scripts never see them.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue};

/// Session of an account; value from [`super::SignIn::login`].
pub const SESSION_COOKIE: &str = "__Host-dc_session";
/// Guest or bearer of a token; value from [`super::token::issue`].
pub const GUEST_COOKIE: &str = "__Host-dc_guest";

/// Value of the cookie `name` in a request, the first if there are several.
#[must_use]
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// `Set-Cookie` for `value`, until the browser closes or `max_age_s` is over.
#[must_use]
pub fn set(name: &str, value: &str, max_age_s: u64) -> HeaderValue {
    let line = format!("{name}={value}; Path=/; Max-Age={max_age_s}; Secure; HttpOnly; SameSite=Strict");
    HeaderValue::from_str(&line).expect("tokens are base64url, hex and dots")
}

/// `Set-Cookie` that takes the cookie away.
#[must_use]
pub fn clear(name: &str) -> HeaderValue {
    set(name, "", 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_is_found_among_others_and_not_by_a_longer_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; __Host-dc_session2=x"));
        headers.append(COOKIE, HeaderValue::from_static("__Host-dc_session=abc; b=2"));
        assert_eq!(read(&headers, SESSION_COOKIE), Some("abc"));
        assert_eq!(read(&headers, GUEST_COOKIE), None);
    }

    #[test]
    fn cookie_is_hidden_from_scripts_and_other_sites() {
        let line = set(SESSION_COOKIE, "abc", 60);
        let line = line.to_str().expect("ASCII");
        for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=60"] {
            assert!(line.contains(part), "{part}");
        }
    }
}
