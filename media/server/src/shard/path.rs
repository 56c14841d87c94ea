//! One way between a leg and us: own address, remote address, UDP or one TCP connection.
//! Shared by demux, sockets and legs; only names a way and never sends.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A TCP connection of this shard. The generation tells a new connection from the one that had
/// the same place before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId {
    pub(crate) place: u32,
    pub(crate) generation: u32,
}

/// Where a packet came from and where the answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    /// Own address that the packet was sent to.
    pub(crate) local: IpAddr,
    pub(crate) remote: SocketAddr,
    /// `None` is UDP.
    pub(crate) connection: Option<ConnectionId>,
}

/// `address` without the IPv4-in-IPv6 form, so that one host has one name.
pub(crate) fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

impl Path {
    /// The way to a UDP address that nothing came from yet; the system chooses our address.
    pub(crate) fn unheard(remote: SocketAddr) -> Self {
        let local = match remote {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        Self { local, remote, connection: None }
    }
}
