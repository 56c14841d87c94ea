//! Where relayed packets may go: the candidates that our own offers advertise, and nothing else.
//!
//! Made once by `relays`, asked by `gate` for every permission and by `session` for every packet,
//! so that a permission given by mistake would still lead nowhere. Pure.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// A candidate of a shard as browsers know it, and the socket of that shard as we reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// As the offer names it; behind NAT an address that is not even ours.
    pub candidate: SocketAddr,
    /// Different for every candidate, so that an answer tells which one it comes from.
    pub socket: SocketAddr,
}

/// All ways to our shards.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    sockets: HashMap<SocketAddr, SocketAddr>,
    candidates: HashMap<SocketAddr, SocketAddr>,
}

impl Peers {
    /// Ways over IPv4; browsers ask for no relay over IPv6 unless they have no IPv4 at all.
    pub(crate) fn new(ways: &[Way]) -> Self {
        let usable = || ways.iter().filter(|way| way.candidate.is_ipv4() && way.socket.is_ipv4());
        Self {
            sockets: usable().map(|way| (way.candidate, way.socket)).collect(),
            candidates: usable().map(|way| (way.socket, way.candidate)).collect(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sockets.is_empty()
    }

    /// The shard's socket behind `candidate`; `None` for anything that is no shard.
    pub(crate) fn socket_of(&self, candidate: SocketAddr) -> Option<SocketAddr> {
        self.sockets.get(&candidate).copied()
    }

    /// The candidate that `socket` answers for.
    pub(crate) fn candidate_of(&self, socket: SocketAddr) -> Option<SocketAddr> {
        self.candidates.get(&socket).copied()
    }

    /// Whether a permission may name `peer`. Its port counts for nothing in TURN (RFC 8656 section
    /// 9); some clients leave it 0.
    pub(crate) fn may_be_permitted(&self, peer: SocketAddr) -> bool {
        let is_host = |ip: IpAddr| self.sockets.keys().any(|known| known.ip() == ip);
        self.sockets.contains_key(&peer) || (peer.port() == 0 && is_host(peer.ip()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn peers() -> Peers {
        Peers::new(&[
            Way { candidate: address("203.0.113.7:10000"), socket: address("127.0.0.1:10000") },
            Way { candidate: address("203.0.113.7:10001"), socket: address("127.0.0.1:10001") },
            Way { candidate: address("[2001:db8::7]:10000"), socket: address("[::1]:10000") },
        ])
    }

    #[test]
    fn only_advertised_candidates_lead_anywhere() {
        let peers = peers();
        assert_eq!(peers.socket_of(address("203.0.113.7:10001")), Some(address("127.0.0.1:10001")));
        assert_eq!(peers.candidate_of(address("127.0.0.1:10001")), Some(address("203.0.113.7:10001")));
        let foreign = [
            "203.0.113.7:10002",
            "203.0.113.7:22",
            "203.0.113.8:10000",
            "127.0.0.1:10000",
            "10.0.0.1:10000",
            "169.254.169.254:80",
            "[2001:db8::7]:10000",
            "[::1]:10000",
            "[::ffff:203.0.113.7]:10000",
        ];
        for peer in foreign.map(address) {
            assert_eq!(peers.socket_of(peer), None, "{peer}");
            assert!(!peers.may_be_permitted(peer), "{peer}");
        }
    }

    #[test]
    fn permission_without_a_port_is_for_our_hosts_only() {
        assert!(peers().may_be_permitted(address("203.0.113.7:0")));
        assert!(!peers().may_be_permitted(address("203.0.113.8:0")));
        assert_eq!(peers().socket_of(address("203.0.113.7:0")), None);
    }
}
