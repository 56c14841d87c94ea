//! Where a web-hook goes: reads its address, and says to which machines it may go.
//!
//! Called when a hook is made and before each delivery, with what the name leads to then. Pure. An address
//! inside the operator's network is refused unless it was allowed: whoever makes hooks must not reach what
//! only this machine can.

use ipnet::IpNet;
use std::net::IpAddr;
use url::{Host, Url};

/// Longest address, in bytes.
const ADDRESS_LIMIT: usize = 500;

/// An address that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    pub is_tls: bool,
    /// Without the brackets of an IPv6 address.
    pub host: String,
    pub port: u16,
    /// With the query.
    pub path: String,
}

/// Not an address of a web-hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address that a web-hook can go to")]
pub(crate) struct BadAddress;

impl Destination {
    /// Reads `https://host[:port][/path]`, also with `http`.
    pub(crate) fn read(address: &str) -> Result<Self, BadAddress> {
        if address.len() > ADDRESS_LIMIT || !address.bytes().all(|byte| (0x21..0x7f).contains(&byte)) {
            return Err(BadAddress);
        }
        if !address.starts_with("https://") && !address.starts_with("http://") {
            return Err(BadAddress);
        }
        let url = Url::parse(address).map_err(|_| BadAddress)?;
        // A user in the address would stand in logs; a fragment never leaves a browser.
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(BadAddress);
        }
        let host = match url.host().ok_or(BadAddress)? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let port = url.port_or_known_default().filter(|port| *port > 0).ok_or(BadAddress)?;
        if host.is_empty() || host.len() > 253 {
            return Err(BadAddress);
        }
        let path = url[url::Position::BeforePath..].to_owned();
        Ok(Self { is_tls: url.scheme() == "https", host, port, path })
    }

    /// As the `Host` header names it.
    pub(crate) fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let usual = if self.is_tls { 443 } else { 80 };
        if self.port == usual { host } else { format!("{host}:{}", self.port) }
    }
}

/// Whether a delivery may go to `address`: a public one, or one of the allowed networks.
pub(super) fn may_go_to(address: IpAddr, allowed: &[IpNet]) -> bool {
    // ::ffff:10.0.0.1 is 10.0.0.1.
    let address = address.to_canonical();
    allowed.iter().any(|network| network.contains(&address)) || is_public(address)
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let is_special = match (a, b, c) {
                // "This network", carrier NAT, protocol assignments and tests (RFC 6890, RFC 2544).
                (0, ..) | (192, 0, 0 | 2) | (198, 51, 100) | (203, 0, 113) => true,
                (100, 64..=127, _) | (198, 18 | 19, _) => true,
                (240..=255, ..) => true,
                _ => false,
            };
            !(is_special || v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast())
        }
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            // Global unicast is 2000::/3; of it documentation, 6to4 and Teredo lead elsewhere.
            let is_global = first & 0xe000 == 0x2000;
            is_global && first != 0x2002 && !(first == 0x2001 && (second == 0xdb8 || second < 0x200))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(address: &str) -> Result<(bool, String, u16, String), BadAddress> {
        Destination::read(address).map(|to| (to.is_tls, to.host, to.port, to.path))
    }

    #[test]
    fn address_is_read_with_its_usual_port() {
        let plain = (true, "x.example.vn".to_owned(), 443, "/".to_owned());
        assert_eq!(read("https://x.example.vn"), Ok(plain));
        let full = (false, "10.0.0.1".to_owned(), 8080, "/a?b=c".to_owned());
        assert_eq!(read("http://10.0.0.1:8080/a?b=c"), Ok(full));
        let six = (true, "2001:db8::1".to_owned(), 9, "/?x".to_owned());
        assert_eq!(read("https://[2001:db8::1]:9?x"), Ok(six));
    }

    #[test]
    fn other_ways_to_write_a_machine_lead_to_the_same_one() {
        for address in ["http://0x7f.1/", "http://2130706433/", "http://127.1/", "http://0177.0.0.1/"] {
            let (_, host, ..) = read(address).expect("an address");
            assert_eq!(host, "127.0.0.1", "{address}");
        }
        assert_eq!(
            read("https://X.Example.VN/../a").map(|to| (to.1, to.3)),
            Ok(("x.example.vn".to_owned(), "/a".to_owned()))
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "ftp://x",
            "https://",
            "https://u:p@x.vn",
            "https://x.vn/#a",
            "https://x.vn:0",
            "https://x.vn:99999",
            "https://x.vn:a",
            "https://[::1",
            "https://[x]/",
            "https://x vn",
            "https://x.vn/\r\nHost: y",
            "//x.vn",
            "https://x\u{e0}.vn",
            "https://[::1]x",
        ] {
            assert_eq!(Destination::read(bad), Err(BadAddress), "{bad}");
        }
        assert_eq!(Destination::read(&format!("https://x.vn/{}", "a".repeat(500))), Err(BadAddress));
    }

    #[test]
    fn only_public_machines_and_allowed_networks_are_gone_to() {
        let allowed: [IpNet; 1] = ["10.20.0.0/16".parse().expect("a network")];
        for (address, may) in [
            ("8.8.8.8", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("10.20.3.4", true),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:10.20.1.1", true),
            ("169.254.169.254", false),
            ("0.0.0.0", false),
            ("100.64.1.1", false),
            ("192.168.1.1", false),
            ("172.16.0.1", false),
            ("224.0.0.1", false),
            ("fc00::1", false),
            ("fe80::1", false),
            ("2404:6800::1", true),
            ("64:ff9b::a00:1", false),
            ("2002:a00:1::", false),
            ("255.255.255.255", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(may_go_to(address.parse().expect("an address"), &allowed), may, "{address}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,60}", tail in "[a-z0-9:@/?#\\[\\].-]{0,40}") {
            for address in [text.clone(), format!("https://{tail}"), format!("http://{text}")] {
                if let Ok(to) = Destination::read(&address) {
                    prop_assert!(to.path.starts_with('/') && to.port > 0 && !to.host.is_empty());
                    prop_assert!(!to.authority().contains(['@', '/', ' ']));
                }
            }
        }
    }
}
