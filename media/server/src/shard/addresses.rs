//! Which leg an incoming packet belongs to: by its remote address, else by the ICE user fragment.
//!
//! Asked by the loop for every packet. Addresses enter only after their STUN check was
//! authenticated, so that nobody can claim another's; both maps are bounded. Pure.

use super::path::Path;
use std::collections::HashMap;
use std::net::SocketAddr;

/// Addresses of one leg; a browser has one a network interface, address family and protocol.
const MAX_ADDRESSES_PER_LEG: usize = 16;

/// Number of a leg's place in its shard.
pub(crate) type Place = u32;

/// A remote address, over TCP or not.
type Remote = (SocketAddr, bool);

const fn remote_of(path: &Path) -> Remote {
    (path.remote, path.connection.is_some())
}

/// The two maps.
#[derive(Default)]
pub(crate) struct Addresses {
    by_remote: HashMap<Remote, (Place, Path)>,
    by_ufrag: HashMap<String, Place>,
    of_place: HashMap<Place, Vec<Remote>>,
}

impl Addresses {
    /// The leg behind `path`.
    pub(crate) fn leg_at(&self, path: &Path) -> Option<Place> {
        self.by_remote.get(&remote_of(path)).map(|(place, _)| *place)
    }

    /// The way to a remote address that a leg has proved.
    pub(crate) fn path_to(&self, remote: SocketAddr, is_tcp: bool) -> Option<Path> {
        self.by_remote.get(&(remote, is_tcp)).map(|(_, path)| *path)
    }

    /// The leg whose own ICE user fragment this is.
    pub(crate) fn leg_of_ufrag(&self, ufrag: &str) -> Option<Place> {
        self.by_ufrag.get(ufrag).copied()
    }

    /// Says that packets with `ufrag` are for `leg`.
    pub(crate) fn learn_ufrag(&mut self, ufrag: &str, leg: Place) {
        self.by_ufrag.insert(ufrag.to_owned(), leg);
    }

    /// Says that an authenticated check of `leg` came along `path`. The oldest address makes way.
    pub(crate) fn learn_path(&mut self, path: &Path, leg: Place) {
        let remote = remote_of(path);
        match self.by_remote.insert(remote, (leg, *path)) {
            Some((before, _)) if before == leg => return,
            Some((before, _)) => {
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
            self.by_remote.remove(&list.remove(0));
        }
        list.push(remote);
    }

    /// Forgets everything about `leg`.
    pub(crate) fn forget(&mut self, leg: Place) {
        for remote in self.of_place.remove(&leg).unwrap_or_default() {
            self.by_remote.remove(&remote);
        }
        self.by_ufrag.retain(|_, of| *of != leg);
    }

    /// Makes `current` the only user fragments of `leg`.
    pub(crate) fn set_ufrags<'a>(&mut self, leg: Place, current: impl Iterator<Item = &'a str>) {
        self.by_ufrag.retain(|_, of| *of != leg);
        for ufrag in current {
            self.learn_ufrag(ufrag, leg);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(port: u16) -> Path {
        Path {
            local: [10, 0, 0, 9].into(),
            remote: SocketAddr::from(([10, 0, 0, 1], port)),
            connection: None,
        }
    }

    #[test]
    fn address_belongs_to_the_leg_that_proved_it_last() {
        let mut addresses = Addresses::default();
        addresses.learn_path(&path(1), 7);
        addresses.learn_path(&path(1), 8);
        addresses.forget(7);
        assert_eq!(addresses.leg_at(&path(1)), Some(8));
        addresses.forget(8);
        assert_eq!(addresses.leg_at(&path(1)), None);
    }

    #[test]
    fn leg_with_ever_new_addresses_stays_bounded() {
        let mut addresses = Addresses::default();
        for port in 1..1000 {
            addresses.learn_path(&path(port), 7);
        }
        assert_eq!(addresses.by_remote.len(), MAX_ADDRESSES_PER_LEG);
        assert_eq!(addresses.leg_at(&path(999)), Some(7));
    }

    #[test]
    fn only_the_current_ufrags_of_a_leg_lead_to_it() {
        let mut addresses = Addresses::default();
        addresses.learn_ufrag("old", 7);
        addresses.learn_ufrag("other", 8);
        addresses.set_ufrags(7, ["new"].into_iter());
        assert_eq!(addresses.leg_of_ufrag("old"), None);
        assert_eq!(addresses.leg_of_ufrag("new"), Some(7));
        assert_eq!(addresses.leg_of_ufrag("other"), Some(8));
    }
}
