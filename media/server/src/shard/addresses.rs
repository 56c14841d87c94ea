//! Which leg an incoming packet belongs to: by its remote address, else by the ICE user fragment.
//!
//! Asked by the loop for every packet. Addresses enter only after their STUN check was
//! authenticated, so that nobody can claim another's; both maps are bounded. Pure.

use std::collections::HashMap;
use std::net::SocketAddr;

/// UDP addresses of one leg; a browser has one a network interface and address family.
const MAX_ADDRESSES_PER_LEG: usize = 16;

/// Number of a leg's place in its shard.
pub(crate) type Place = u32;

/// The two maps.
#[derive(Default)]
pub(crate) struct Addresses {
    by_address: HashMap<SocketAddr, Place>,
    by_ufrag: HashMap<String, Place>,
    of_place: HashMap<Place, Vec<SocketAddr>>,
}

impl Addresses {
    /// The leg behind a UDP address.
    pub(crate) fn leg_at(&self, remote: &SocketAddr) -> Option<Place> {
        self.by_address.get(remote).copied()
    }

    /// The leg whose own ICE user fragment this is.
    pub(crate) fn leg_of_ufrag(&self, ufrag: &str) -> Option<Place> {
        self.by_ufrag.get(ufrag).copied()
    }

    /// Says that packets with `ufrag` are for `leg`.
    pub(crate) fn learn_ufrag(&mut self, ufrag: &str, leg: Place) {
        self.by_ufrag.insert(ufrag.to_owned(), leg);
    }

    /// Says that an authenticated check came from `remote`. The oldest address makes way.
    pub(crate) fn learn_address(&mut self, remote: SocketAddr, leg: Place) {
        match self.by_address.insert(remote, leg) {
            Some(before) if before == leg => return,
            Some(before) => {
                // Another leg had this address: a NAT gave it to someone else, or the same
                // browser made a new leg.
                if let Some(list) = self.of_place.get_mut(&before) {
                    list.retain(|a| *a != remote);
                }
            }
            None => {}
        }
        let list = self.of_place.entry(leg).or_default();
        if list.len() >= MAX_ADDRESSES_PER_LEG {
            self.by_address.remove(&list.remove(0));
        }
        list.push(remote);
    }

    /// Forgets everything about `leg`.
    pub(crate) fn forget(&mut self, leg: Place) {
        for address in self.of_place.remove(&leg).unwrap_or_default() {
            self.by_address.remove(&address);
        }
        self.by_ufrag.retain(|_, of| *of != leg);
    }

    /// Forgets the user fragments of `leg` other than `kept`.
    pub(crate) fn keep_ufrags(&mut self, leg: Place, kept: &[&str]) {
        self.by_ufrag.retain(|ufrag, of| *of != leg || kept.contains(&ufrag.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, 1], port))
    }

    #[test]
    fn address_belongs_to_the_leg_that_proved_it_last() {
        let mut addresses = Addresses::default();
        addresses.learn_address(address(1), 7);
        addresses.learn_address(address(1), 8);
        addresses.forget(7);
        assert_eq!(addresses.leg_at(&address(1)), Some(8));
        addresses.forget(8);
        assert_eq!(addresses.leg_at(&address(1)), None);
    }

    #[test]
    fn leg_with_ever_new_addresses_stays_bounded() {
        let mut addresses = Addresses::default();
        for port in 1..1000 {
            addresses.learn_address(address(port), 7);
        }
        assert_eq!(addresses.by_address.len(), MAX_ADDRESSES_PER_LEG);
        assert_eq!(addresses.leg_at(&address(999)), Some(7));
    }

    #[test]
    fn only_the_kept_ufrags_of_a_leg_lead_to_it() {
        let mut addresses = Addresses::default();
        addresses.learn_ufrag("old", 7);
        addresses.learn_ufrag("new", 7);
        addresses.learn_ufrag("other", 8);
        addresses.keep_ufrags(7, &["new"]);
        assert_eq!(addresses.leg_of_ufrag("old"), None);
        assert_eq!(addresses.leg_of_ufrag("new"), Some(7));
        assert_eq!(addresses.leg_of_ufrag("other"), Some(8));
    }
}
