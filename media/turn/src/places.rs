//! How many allocations there are, in all and of one participant. Held by `relays`; a place is given
//! back when it is dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Allocations of the whole server: 512 legs with two network interfaces each, and as many again
/// that come back before their old connection is known to be dead.
pub(crate) const ALLOCATIONS: usize = 2048;
/// Allocations with one credential: a browser makes one for each of its network interfaces.
pub(crate) const ALLOCATIONS_OF_ONE: usize = 8;

/// All places.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<String, usize>>>);

/// One allocation that counts.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    username: String,
}

impl Places {
    /// A place for `username`; `None` when there are too many.
    pub(crate) fn take(&self, username: &str) -> Option<Place> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = taken.values().sum();
        let own = taken.get(username).copied().unwrap_or(0);
        if all >= ALLOCATIONS || own >= ALLOCATIONS_OF_ONE {
            return None;
        }
        taken.insert(username.to_owned(), own + 1);
        metrics::gauge!("vc_turn_allocations").set((all + 1) as f64);
        metrics::counter!("vc_turn_allocations_total").increment(1);
        Some(Place { places: self.clone(), username: username.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.username) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.username);
            }
        }
        metrics::gauge!("vc_turn_allocations").set(taken.values().sum::<usize>() as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_credential_cannot_take_all_places() {
        let places = Places::default();
        let mut held: Vec<_> = (0..20).filter_map(|_| places.take("a")).collect();
        assert_eq!(held.len(), ALLOCATIONS_OF_ONE);
        assert!(places.take("b").is_some());
        held.pop();
        assert!(places.take("a").is_some(), "a place is given back");
        held.extend((0..4096).filter_map(|n| places.take(&n.to_string())));
        assert_eq!(held.len(), ALLOCATIONS);
        drop(held);
        assert!(places.0.lock().expect("not poisoned").is_empty());
    }
}
