//! One after the other at a set pace.
//!
//! Called by `Seating`. Goes on from the same place when somebody comes or leaves meanwhile.

use super::SourceId;
use std::time::Duration;

#[derive(Clone, Debug, Default)]
pub(super) struct Patrol {
    /// The first that is shown, where it stood, and since when.
    current: Option<(SourceId, usize, Duration)>,
    /// How many are shown at once.
    wide: usize,
}

impl Patrol {
    /// The first of those whose turn it is.
    pub(super) fn turn(
        &mut self,
        now: Duration,
        every: Duration,
        all: &[SourceId],
        wide: usize,
    ) -> Option<SourceId> {
        self.wide = wide;
        if all.is_empty() {
            self.current = None;
            return None;
        }
        let (at, since) = match self.current {
            None => (0, now),
            Some((one, stood, since)) => match all.iter().position(|it| *it == one) {
                Some(at) if now.saturating_sub(since) >= every => (at + wide, now),
                Some(at) => (at, since),
                // Left: whoever comes next in the order has the turn, from its beginning.
                None => (stood, now),
            },
        };
        let at = if at < all.len() { at } else { 0 };
        self.current = Some((all[at], at, since));
        Some(all[at])
    }

    /// All whose turn it is.
    pub(super) fn page<'a>(&self, all: &'a [SourceId]) -> &'a [SourceId] {
        let at = self.current.map_or(0, |(_, at, _)| at).min(all.len());
        &all[at..(at + self.wide).min(all.len())]
    }
}
