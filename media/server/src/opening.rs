//! How the port of HTTPS is shared with media: what a connection there is, and by which addresses of
//! this machine a relay reaches the shards.
//!
//! Asked by the program, which owns that port. Opens nothing.

use crate::config::MediaConfig;
use crate::error::MediaFailure;
use media_control::ShardId;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Most bytes that [`crate::MediaServer::look`] needs to know.
pub const OPENING_BYTES: usize = media_core::packet::opening::OPENING_BYTES;

/// What a connection on the port of HTTPS is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// More bytes are needed.
    Incomplete,
    /// An ICE check for a leg on this shard.
    Leg(ShardId),
    /// Nothing for a shard.
    Foreign,
}

impl MediaConfig {
    /// Every IPv4 candidate of the offers, and the socket on which a relay on this machine reaches
    /// its shard: an own one for each candidate, so that an answer shows which one it is from.
    ///
    /// # Errors
    /// As [`Self::advertised_addresses`].
    pub fn relay_ways(&self) -> Result<Vec<(SocketAddr, SocketAddr)>, MediaFailure> {
        let Some(bind) = self.bind_v4 else { return Ok(Vec::new()) };
        let ports = || self.shard_numbers().map(|shard| self.media_port + shard);
        let advertised = self.advertised_addresses()?;
        let v4 = advertised.iter().filter_map(|ip| match ip {
            IpAddr::V4(v4) => Some(*v4),
            IpAddr::V6(_) => None,
        });
        // All of 127.0.0.0/8 is this machine, and shards answer from where they were asked. One that
        // listens on a single address has that alone.
        let own = (1u8..=254).map(|last| Ipv4Addr::new(127, 0, 0, last));
        let sockets = own.map(|ip| if bind.is_unspecified() { ip } else { bind });
        let usable = if bind.is_unspecified() { usize::MAX } else { 1 };
        let pairs = v4.zip(sockets).take(usable);
        Ok(pairs
            .flat_map(|(known, ip)| ports().map(move |port| ((known, port).into(), (ip, port).into())))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(config: &MediaConfig) -> Vec<String> {
        let ways = config.relay_ways().expect("addresses");
        ways.iter().map(|(candidate, socket)| format!("{candidate} by {socket}")).collect()
    }

    #[test]
    fn every_candidate_over_ipv4_has_a_socket_of_its_own() {
        let advertised =
            ["10.0.0.5", "2001:db8::1", "203.0.113.7"].map(|ip| ip.parse().expect("ip")).to_vec();
        let config = MediaConfig { shards: 2, advertised, ..MediaConfig::default() };
        let all = [
            "10.0.0.5:10000 by 127.0.0.1:10000",
            "10.0.0.5:10001 by 127.0.0.1:10001",
            "203.0.113.7:10000 by 127.0.0.2:10000",
            "203.0.113.7:10001 by 127.0.0.2:10001",
        ];
        assert_eq!(ways(&config), all);
        let config = MediaConfig { bind_v4: Some(Ipv4Addr::new(10, 0, 0, 5)), shards: 1, ..config };
        assert_eq!(ways(&config), ["10.0.0.5:10000 by 10.0.0.5:10000"]);
        assert_eq!(ways(&MediaConfig { bind_v4: None, ..config }), [""; 0]);
    }
}
