//! Says when the packets of a room are worth waiting for the rest of their picture.
//!
//! Asked by the shard between taking packets and handing them out. A segment run that carries ten
//! packets to a receiver costs little more than one that carries one, and a picture's packets come
//! within a moment of one another; so in a large room the first of them waits for the last.

use super::Room;
use std::time::{Duration, Instant};

/// Longest wait of a packet, well below what a listener or a jitter buffer notices.
const GATHER: Duration = Duration::from_micros(1_500);
/// Rooms with fewer local legs hand out at once: there is little to win.
const LARGE_ROOM: usize = 24;

/// What the batch of a room knows of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gathering {
    since: Instant,
    /// The newest picture packet was not the last of its picture.
    is_open: bool,
}

impl Gathering {
    pub const fn new(now: Instant) -> Self {
        Self { since: now, is_open: false }
    }

    /// Notes a packet for the batch, the `first` of it or not. `ends_picture` is `None` for sound.
    pub fn note(&mut self, now: Instant, first: bool, ends_picture: Option<bool>) {
        if first {
            *self = Self::new(now);
        }
        if let Some(ends) = ends_picture {
            self.is_open = !ends;
        }
    }
}

impl Room {
    /// Until when the batch may wait for the rest of a picture; `None` when it is to be handed out
    /// now. Never later than 1.5 ms after its first packet came.
    #[must_use]
    pub fn gathers_until(&self) -> Option<Instant> {
        let may_wait = self.gathering.is_open
            && self.viewers.len() >= LARGE_ROOM
            && self.batch.len() < self.limits.batch / 2;
        may_wait.then(|| self.gathering.since + GATHER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picture_is_open_until_its_last_packet_and_sound_changes_nothing() {
        let now = Instant::now();
        let mut gathering = Gathering::new(now);
        for (first, ends, expected) in [
            (true, None, false),
            (false, Some(false), true),
            (false, None, true),
            (false, Some(true), false),
            (true, Some(false), true),
            (true, None, false),
        ] {
            gathering.note(now, first, ends);
            assert_eq!(gathering.is_open, expected);
        }
    }
}
