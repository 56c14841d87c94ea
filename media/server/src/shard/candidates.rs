//! The addresses that a shard's offers advertise, and which of them a packet was meant for.
//!
//! Behind NAT the address that a packet reaches is not the one in the offer; ICE must see the
//! latter. Made once a shard; pure.

use media_core::transport::{LocalCandidate, Proto};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Most addresses told to a browser, each over UDP, over TCP and over TCP on the port of HTTPS; the
/// wanted ones come first.
const MAX_ADVERTISED: usize = 8;

/// Preference of the most wanted address on the port of HTTPS: below every other.
const LAST_RESORT: u16 = 1_000;

/// Candidates of one shard, UDP before TCP, most wanted first.
pub(crate) struct Candidates {
    all: Arc<[LocalCandidate]>,
    port: u16,
}

impl Candidates {
    /// Candidates on `port`, and on that of HTTPS if it takes ICE, for `advertised`, most wanted
    /// first. What passes the limit of an offer is left out from the end.
    pub(crate) fn new(advertised: &[IpAddr], port: u16, https_port: Option<u16>) -> Self {
        let room = advertised.len().min(MAX_ADVERTISED);
        let of = |proto, port, most: u16| {
            advertised[..room].iter().enumerate().map(move |(rank, ip)| LocalCandidate {
                addr: SocketAddr::new(*ip, port),
                proto,
                preference: most - rank as u16,
            })
        };
        let own = of(Proto::Udp, port, u16::MAX).chain(of(Proto::Tcp, port, u16::MAX));
        let shared = https_port.into_iter().flat_map(|https| of(Proto::Tcp, https, LAST_RESORT));
        Self { all: own.chain(shared).collect(), port }
    }

    /// For the offers.
    pub(crate) fn all(&self) -> Arc<[LocalCandidate]> {
        Arc::clone(&self.all)
    }

    /// The candidate that stands for the own address `local`: itself, or the first of its family.
    pub(crate) fn standing_for(&self, local: IpAddr) -> SocketAddr {
        let itself = self.all.iter().find(|c| c.addr.ip() == local);
        let same_family = || self.all.iter().find(|c| c.addr.is_ipv4() == local.is_ipv4());
        itself.or_else(same_family).map_or(SocketAddr::new(local, self.port), |c| c.addr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packet_to_an_inner_address_counts_for_the_public_candidate() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("address");
        let candidates =
            Candidates::new(&[ip("203.0.113.7"), ip("10.0.0.5"), ip("2001:db8::1")], 10_001, None);
        let standing = |text: &str| candidates.standing_for(ip(text)).to_string();
        assert_eq!(standing("192.168.1.1"), "203.0.113.7:10001");
        assert_eq!(standing("10.0.0.5"), "10.0.0.5:10001");
        assert_eq!(standing("fd00::7"), "[2001:db8::1]:10001");
    }
    #[test]
    fn port_of_https_is_the_last_resort_and_stands_for_nothing_else() {
        let ips: [IpAddr; 2] = ["203.0.113.7".parse().expect("v4"), "2001:db8::1".parse().expect("v6")];
        let candidates = Candidates::new(&ips, 10_001, Some(443));
        let all = candidates.all();
        let shared: Vec<_> = all.iter().filter(|c| c.addr.port() == 443).collect();
        assert_eq!(shared.len(), 2);
        let least_of_others = all.iter().filter(|c| c.addr.port() != 443).map(|c| c.preference).min();
        assert!(shared.iter().all(|c| c.proto == Proto::Tcp && Some(c.preference) < least_of_others));
        assert_eq!(candidates.standing_for(ips[0]).port(), 10_001);
    }
}
