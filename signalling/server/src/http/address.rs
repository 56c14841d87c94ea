//! Which address a request comes from, through proxies that are trusted.
//!
//! Called by the rate limits; the address never goes to a log outside `Private`.

use axum::http::{HeaderMap, HeaderName};
use std::net::IpAddr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The nearest address that is not one of `trusted`, walking back from the connection.
#[must_use]
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let mut client = peer.to_canonical();
    if !trusted.contains(&client) {
        return client;
    }
    let lines = headers.get_all(FORWARDED_FOR);
    let mut hops: Vec<&str> = Vec::new();
    for line in lines.iter().filter_map(|line| line.to_str().ok()) {
        hops.extend(line.split(',').map(str::trim));
    }
    for hop in hops.into_iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else {
            break;
        };
        client = address.to_canonical();
        if !trusted.contains(&client) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn check(peer: &str, forwarded: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, HeaderValue::from_static(forwarded));
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        client(ip(peer), &headers, &[ip("10.0.0.1"), ip("10.0.0.2")]).to_string()
    }

    #[test]
    fn forwarded_address_counts_only_from_a_trusted_proxy() {
        assert_eq!(check("192.0.2.7", "198.51.100.9"), "192.0.2.7");
        assert_eq!(check("10.0.0.1", "198.51.100.9"), "198.51.100.9");
        assert_eq!(check("10.0.0.1", "1.2.3.4, 198.51.100.9, 10.0.0.2"), "198.51.100.9");
        assert_eq!(check("10.0.0.1", "garbage"), "10.0.0.1");
        assert_eq!(check("::ffff:10.0.0.1", "198.51.100.9"), "198.51.100.9");
    }
}
