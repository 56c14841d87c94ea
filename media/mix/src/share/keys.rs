//! Requests for key pictures of one encoder, merged.
//!
//! Called by `programme`. A key picture costs ten usual ones, and everybody who asks within a second is
//! served by the same one.

use std::time::Duration;

/// Least time between two key pictures that were asked for.
const APART: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, Default)]
pub struct KeyRequests {
    is_wanted: bool,
    last: Option<Duration>,
    asked: u64,
    sent: u64,
}

impl KeyRequests {
    /// Somebody cannot go on without one.
    pub const fn ask(&mut self) {
        self.is_wanted = true;
        self.asked += 1;
    }

    /// Whether the next picture shall be one.
    #[must_use]
    pub fn is_due(&self, now: Duration) -> bool {
        self.is_wanted && self.last.is_none_or(|last| now.saturating_sub(last) >= APART)
    }

    /// The picture of this moment is one, asked for or not.
    pub const fn sent(&mut self, now: Duration) {
        self.is_wanted = false;
        self.last = Some(now);
        self.sent += 1;
    }

    /// Times that one was asked for, and times that one was sent.
    #[must_use]
    pub const fn counts(&self) -> (u64, u64) {
        (self.asked, self.sent)
    }
}
