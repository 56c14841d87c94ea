//! The names for which our local authority may vouch (RFC 5280 section 4.2.1.10).
//!
//! Written into the root once, read from it afterwards. They protect those who install the root:
//! whoever steals its key cannot stand in for any other site.

use rcgen::{CidrSubnet, GeneralSubtree, NameConstraints};
use std::net::IpAddr;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

/// Networks that nobody reaches over the Internet: an address there may change at will.
const PRIVATE_NETWORKS: [(&str, u8); 7] = [
    ("127.0.0.0", 8),
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("::1", 128),
    ("fc00::", 7),
    ("fe80::", 10),
];

/// Host names (with all names below them) and networks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    domains: Vec<String>,
    networks: Vec<CidrSubnet>,
}

impl Allowed {
    /// `names`, and every private address.
    pub fn of_names(names: &[String]) -> Self {
        let private = PRIVATE_NETWORKS.iter().map(|(network, bits)| {
            let network: IpAddr = network.parse().expect("the list holds addresses");
            CidrSubnet::from_addr_prefix(network, *bits)
        });
        let mut allowed = Self { domains: Vec::new(), networks: private.collect() };
        for name in names {
            if allowed.covers(name) {
                continue;
            }
            match name.parse::<IpAddr>() {
                Ok(address) => {
                    let bits = if address.is_ipv4() { 32 } else { 128 };
                    allowed.networks.push(CidrSubnet::from_addr_prefix(address, bits));
                }
                Err(_) => allowed.domains.push(name.to_ascii_lowercase()),
            }
        }
        allowed
    }

    /// What stands in a root; `None` when it is bound to nothing.
    pub fn of_root(root: &X509Certificate<'_>) -> Option<Self> {
        let constraints = root.name_constraints().ok()??.value.permitted_subtrees.as_ref()?;
        let mut allowed = Self { domains: Vec::new(), networks: Vec::new() };
        for subtree in constraints {
            match &subtree.base {
                GeneralName::DNSName(name) => allowed.domains.push(name.to_ascii_lowercase()),
                GeneralName::IPAddress(bytes) => allowed.networks.extend(subnet(bytes)),
                _ => {}
            }
        }
        Some(allowed)
    }

    /// As it is written into a root.
    pub fn constraints(&self) -> NameConstraints {
        let domains = self.domains.iter().cloned().map(GeneralSubtree::DnsName);
        let networks = self.networks.iter().copied().map(GeneralSubtree::IpAddress);
        NameConstraints {
            permitted_subtrees: domains.chain(networks).collect(),
            excluded_subtrees: Vec::new(),
        }
    }

    /// Whether a certificate for `name` would be believed.
    pub fn covers(&self, name: &str) -> bool {
        match name.parse::<IpAddr>() {
            Ok(address) => self.networks.iter().any(|network| contains(network, address)),
            Err(_) => {
                let name = name.to_ascii_lowercase();
                self.domains.iter().any(|domain| {
                    let above = name.strip_suffix(domain.as_str());
                    above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                })
            }
        }
    }
}

fn subnet(bytes: &[u8]) -> Option<CidrSubnet> {
    let (address, mask) = bytes.split_at(bytes.len() / 2);
    if let (Ok(address), Ok(mask)) = (address.try_into(), mask.try_into()) {
        return Some(CidrSubnet::V4(address, mask));
    }
    Some(CidrSubnet::V6(address.try_into().ok()?, mask.try_into().ok()?))
}

fn contains(network: &CidrSubnet, address: IpAddr) -> bool {
    let inside = |network: &[u8], mask: &[u8], address: &[u8]| {
        network.iter().zip(mask).zip(address).all(|((n, m), a)| n & m == a & m)
    };
    match (network, address) {
        (CidrSubnet::V4(network, mask), IpAddr::V4(address)) => inside(network, mask, &address.octets()),
        (CidrSubnet::V6(network, mask), IpAddr::V6(address)) => inside(network, mask, &address.octets()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_vouches_for_its_names_and_private_addresses_only() {
        let allowed = Allowed::of_names(&["hop.example.vn".to_owned(), "203.0.113.7".to_owned()]);
        for name in
            ["hop.example.vn", "HOP.example.vn", "a.hop.example.vn", "203.0.113.7", "10.9.8.7", "fd00::1"]
        {
            assert!(allowed.covers(name), "{name}");
        }
        for name in ["example.vn", "xhop.example.vn", "203.0.113.8", "8.8.8.8", "2001:db8::1", "172.32.0.1"] {
            assert!(!allowed.covers(name), "{name}");
        }
    }
}
