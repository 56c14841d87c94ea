//! Settings of the media server: which ports it takes, what it tells browsers, its limits.
//! Filled by the program from its own configuration; checked by [`MediaConfig::check`].

use crate::error::MediaFailure;
use crate::relay::RelayConfig;
use crate::sys::interfaces;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Most shards of one process; every ordered pair of them has its own rings.
pub const MAX_SHARDS: u16 = 64;

/// How the media server runs.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// First media port, 1–65535: shard k listens on this + k, over UDP and TCP.
    pub media_port: u16,
    /// Shards, 1 to [`MAX_SHARDS`]; one a core is right.
    pub shards: u16,
    /// Number of the first shard, 0 unless other processes of the machine number theirs before.
    pub first_shard: u16,
    /// IPv4 address to listen on; `None` switches IPv4 off.
    pub bind_v4: Option<Ipv4Addr>,
    /// IPv6 address to listen on; `None` switches IPv6 off. A machine without IPv6 is no fault
    /// when this is the unspecified address.
    pub bind_v6: Option<Ipv6Addr>,
    /// Addresses told to browsers as ICE candidates, most wanted first: LAN, WAN, public ones.
    /// Empty means every address of this machine, loopback last.
    pub advertised: Vec<IpAddr>,
    /// Port of HTTPS as browsers reach it, when connections to it that turn out to be ICE over TCP
    /// are handed to [`crate::MediaServer::adopt`]; offers advertise it then, least wanted.
    pub https_port: Option<u16>,
    /// Most legs of one shard; one more is refused.
    pub max_legs_per_shard: u32,
    /// Legs of one shard up to which a conference stays together there; beyond it spreads.
    pub budget_legs: u32,
    /// Packets of history that one shard keeps for repair, all streams together.
    pub history_packets: usize,
    /// Whether shard threads are pinned to cores.
    pub pin_threads: bool,
    /// How other processes and nodes take part; `None` when none does.
    pub relay: Option<RelayConfig>,
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self {
            media_port: 10_000,
            shards: 1,
            first_shard: 0,
            bind_v4: Some(Ipv4Addr::UNSPECIFIED),
            bind_v6: Some(Ipv6Addr::UNSPECIFIED),
            advertised: Vec::new(),
            https_port: None,
            max_legs_per_shard: 512,
            budget_legs: 160,
            history_packets: 32_768,
            pin_threads: true,
            relay: None,
        }
    }
}

impl MediaConfig {
    /// Finds settings that cannot work, without opening anything.
    ///
    /// # Errors
    /// The first setting that cannot work.
    pub fn check(&self) -> Result<(), MediaFailure> {
        let end = self.first_shard.saturating_add(self.shards);
        if self.shards == 0 || end > MAX_SHARDS {
            return Err(MediaFailure::ShardCount { shards: end, limit: MAX_SHARDS });
        }
        if self.media_port.checked_add(end - 1).is_none() {
            return Err(MediaFailure::PortsRunOut { port: self.media_port, shards: self.shards });
        }
        if self.bind_v4.is_none() && self.bind_v6.is_none() {
            return Err(MediaFailure::NothingToBind);
        }
        Ok(())
    }

    /// Numbers of the shards; valid after [`Self::check`].
    pub(crate) fn shard_numbers(&self) -> std::ops::Range<u16> {
        self.first_shard..self.first_shard + self.shards
    }

    /// The addresses to tell to browsers, of the families that are switched on.
    ///
    /// # Errors
    /// [`MediaFailure::NothingToAdvertise`], or the system's refusal to list its interfaces.
    pub fn advertised_addresses(&self) -> Result<Vec<IpAddr>, MediaFailure> {
        let all = if self.advertised.is_empty() {
            self.reachable(interfaces::own_addresses().map_err(MediaFailure::System)?)
        } else {
            self.advertised.clone()
        };
        let usable: Vec<IpAddr> = all
            .into_iter()
            .filter(|a| if a.is_ipv4() { self.bind_v4.is_some() } else { self.bind_v6.is_some() })
            .collect();
        if usable.is_empty() { Err(MediaFailure::NothingToAdvertise) } else { Ok(usable) }
    }

    /// Of the machine's own addresses those on which the sockets really listen.
    fn reachable(&self, own: Vec<IpAddr>) -> Vec<IpAddr> {
        own.into_iter()
            .filter(|address| match address {
                IpAddr::V4(v4) => self.bind_v4.is_some_and(|b| b.is_unspecified() || b == *v4),
                IpAddr::V6(v6) => self.bind_v6.is_some_and(|b| b.is_unspecified() || b == *v6),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_work_are_named() {
        let shards = |shards, media_port| MediaConfig { shards, media_port, ..MediaConfig::default() };
        assert!(matches!(shards(0, 10_000).check(), Err(MediaFailure::ShardCount { shards: 0, .. })));
        assert!(matches!(
            shards(2, 65_535).check(),
            Err(MediaFailure::PortsRunOut { port: 65_535, shards: 2 })
        ));
        assert!(shards(1, 65_535).check().is_ok());
        let nowhere = MediaConfig { bind_v4: None, bind_v6: None, ..MediaConfig::default() };
        assert!(matches!(nowhere.check(), Err(MediaFailure::NothingToBind)));
    }

    #[test]
    fn advertised_addresses_keep_to_the_families_that_are_on() {
        let config = MediaConfig {
            bind_v6: None,
            advertised: vec!["2001:db8::1".parse().expect("v6"), "203.0.113.7".parse().expect("v4")],
            ..MediaConfig::default()
        };
        let told = config.advertised_addresses().expect("one is left");
        assert_eq!(told, ["203.0.113.7".parse::<IpAddr>().expect("v4")]);
    }
}
