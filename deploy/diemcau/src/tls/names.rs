//! The names and addresses that a certificate of ours should cover.
//!
//! Gathered once at start. What somebody configured counts more than what was found on the
//! machine: a changed address must not cost people the root that they installed.

use crate::config::Config;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use tracing::warn;

/// Names by where they come from.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// `http.names` and the advertised addresses.
    pub configured: Vec<String>,
    /// `localhost`, the host name, the machine's addresses.
    pub found: Vec<String>,
}

impl Names {
    /// Those of this machine.
    pub fn gather(config: &Config, own_addresses: &[IpAddr]) -> Self {
        let media = &config.media;
        let advertised = [&media.advertise_lan, &media.advertise_wan, &media.advertise_public];
        let mut configured = config.http.names.clone();
        configured.extend(advertised.into_iter().flatten().map(IpAddr::to_string));
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        let mut found = vec!["localhost".to_owned()];
        found.extend(loopback.iter().chain(own_addresses).map(IpAddr::to_string));
        match std::fs::read_to_string("/proc/sys/kernel/hostname") {
            Ok(name) => found.extend(host_name(&name)),
            Err(error) => warn!(%error, "host name is unknown, the certificate will lack it"),
        }
        Self { configured, found }
    }

    /// All of them, each once.
    pub fn all(&self) -> Vec<String> {
        let mut all: Vec<String> =
            self.configured.iter().chain(&self.found).map(|name| name.to_lowercase()).collect();
        all.sort();
        all.dedup();
        all
    }
}

/// A machine may be called anything; only what can stand in a certificate is taken.
fn host_name(text: &str) -> Option<String> {
    let name = text.trim().to_lowercase();
    let good = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    good.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_host_name_stays_out_of_the_certificate() {
        assert_eq!(host_name("May-Chu1\n"), Some("may-chu1".to_owned()));
        assert_eq!(host_name("máy chủ\n"), None);
        assert_eq!(host_name("\n"), None);
    }
}
