//! How many may be inside all conferences of this server at once.
//!
//! Asked by `runner::entering` for each newcomer, before anything is decided. A place holds its share
//! until the participant is gone, so that a connection that breaks never loses it to somebody else.
//! People who were inside before a restart keep their places even above the limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Kept free above the limit for those who lead: a full server must not lock its chairs out.
const LEADERS_RESERVE: usize = 16;

/// The places of one server.
#[derive(Debug)]
pub(crate) struct Capacity {
    limit: usize,
    taken: AtomicUsize,
}

/// One place that is taken; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share(Arc<Capacity>);

impl Capacity {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        metrics::gauge!("vc_runner_places_limit").set(limit as f64);
        Arc::new(Self { limit, taken: AtomicUsize::new(0) })
    }

    /// Most places at once.
    pub(crate) fn limit(&self) -> u32 {
        u32::try_from(self.limit).unwrap_or(u32::MAX)
    }

    /// Whether a newcomer would be refused now.
    pub(crate) fn is_full(&self) -> bool {
        self.taken.load(Ordering::Relaxed) >= self.limit
    }

    /// A place for a newcomer; `None` (counted) when all are taken.
    pub(crate) fn take(self: &Arc<Self>, leads: bool) -> Option<Share> {
        let limit = self.limit + if leads { LEADERS_RESERVE } else { 0 };
        let one_more = |taken: usize| (taken < limit).then_some(taken + 1);
        match self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more) {
            Ok(before) => {
                metrics::gauge!("vc_runner_places").set((before + 1) as f64);
                Some(Share(self.clone()))
            }
            Err(_) => {
                metrics::counter!("vc_runner_places_refused_total").increment(1);
                None
            }
        }
    }

    /// The place of somebody who was inside already, above the limit if it must be.
    pub(crate) fn keep(self: &Arc<Self>) -> Share {
        let before = self.taken.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!("vc_runner_places").set((before + 1) as f64);
        Share(self.clone())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let before = self.0.taken.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("vc_runner_places").set(before.saturating_sub(1) as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcomers_stop_at_the_limit_and_leaders_a_little_later() {
        let capacity = Capacity::new(2);
        let held: Vec<_> = (0..5).filter_map(|_| capacity.take(false)).collect();
        assert_eq!(held.len(), 2);
        assert!(capacity.is_full());
        let leaders: Vec<_> = (0..100).filter_map(|_| capacity.take(true)).collect();
        assert_eq!(leaders.len(), LEADERS_RESERVE);
        drop(leaders);
        assert!(capacity.take(false).is_none(), "the reserve is not for others");
        drop(held);
        assert!(capacity.take(false).is_some(), "a place is given back");
    }

    #[test]
    fn who_was_inside_before_a_restart_keeps_the_place() {
        let capacity = Capacity::new(1);
        let kept = [capacity.keep(), capacity.keep()];
        assert!(capacity.take(false).is_none());
        drop(kept);
        assert!(!capacity.is_full());
    }
}
