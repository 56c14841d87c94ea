//! Which conference a media leg belongs to.
//!
//! Filled by `runner::media`, read by the dispatcher of media events. Holds one entry per leg that
//! is open, so the participants bound it.

use media_control::{ConferenceId, LegId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Numbers legs and remembers their conferences.
#[derive(Debug)]
pub(crate) struct Legs {
    next: AtomicU64,
    conferences: Mutex<HashMap<LegId, ConferenceId>>,
}

impl Legs {
    /// Starts numbering at the start time, so that a leg of the process before is nobody's now;
    /// 2^32 s times 2^20 legs stay below 2^53.
    pub(crate) fn new(now_ms: i64) -> Self {
        let seconds = u64::from((now_ms / 1000).unsigned_abs() as u32);
        Self { next: AtomicU64::new((seconds << 20) + 1), conferences: Mutex::default() }
    }

    pub(crate) fn open(&self, conference: &ConferenceId) -> LegId {
        let leg = LegId(self.next.fetch_add(1, Ordering::Relaxed));
        self.lock().insert(leg, conference.clone());
        leg
    }

    pub(crate) fn close(&self, leg: LegId) {
        self.lock().remove(&leg);
    }

    pub(crate) fn conference_of(&self, leg: LegId) -> Option<ConferenceId> {
        self.lock().get(&leg).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<LegId, ConferenceId>> {
        self.conferences.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
