//! The way between one client and the network when a scenario gives it a bad link: holds each datagram
//! until its time has come.
//!
//! Owned by a session that has such a link; those without send and read directly. Bounded by
//! [`MAX_HELD`] in each direction. Never touches a socket.

use super::histogram::Histogram;
use super::link::{Fate, Link, Quality};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Datagrams on their way in one direction; further ones are lost.
const MAX_HELD: usize = 8_192;

/// A link that has become another is looked at again after this time: until then senders find out.
const SETTLED_AFTER: Duration = Duration::from_secs(8);

/// One that is on its way.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    at: Instant,
    /// Those of one moment stay in order.
    order: u64,
    address: SocketAddr,
    bytes: Vec<u8>,
}

/// One direction.
#[derive(Debug)]
struct Way {
    link: Link,
    held: BinaryHeap<Reverse<Held>>,
    order: u64,
}

impl Way {
    fn enter(&mut self, now: Instant, address: SocketAddr, bytes: &[u8]) -> Fate {
        let fate = self.link.enter(now, bytes.len());
        if let Fate::Leaves { at, .. } = fate
            && self.held.len() < MAX_HELD
        {
            self.order += 1;
            self.held.push(Reverse(Held { at, order: self.order, address, bytes: bytes.to_vec() }));
        }
        fate
    }

    fn leave(&mut self, now: Instant) -> Option<(Instant, SocketAddr, Vec<u8>)> {
        if self.held.peek()?.0.at > now {
            return None;
        }
        self.held.pop().map(|Reverse(it)| (it.at, it.address, it.bytes))
    }
}

/// Both directions of one client.
#[derive(Debug)]
pub struct Wire {
    down: Way,
    up: Way,
    /// Time that what came down had waited before the narrow place since the link became as it is, in
    /// microseconds; and the same without the first [`SETTLED_AFTER`].
    pub queued: Histogram,
    pub queued_settled: Histogram,
    /// When the first came after that.
    like_this_since: Option<Instant>,
    /// What the link lost or dropped, both directions.
    pub lost: u64,
}

impl Wire {
    #[must_use]
    pub fn new(down: Quality, up: Quality, seed: u64) -> Self {
        let way = |quality, seed| Way { link: Link::new(quality, seed), held: BinaryHeap::new(), order: 0 };
        Self {
            down: way(down, seed.wrapping_mul(2)),
            up: way(up, seed.wrapping_mul(2) + 1),
            queued: Histogram::default(),
            queued_settled: Histogram::default(),
            like_this_since: None,
            lost: 0,
        }
    }

    /// The link gets better or worse.
    pub fn become_like(&mut self, down: Quality, up: Quality) {
        self.queued = Histogram::default();
        self.queued_settled = Histogram::default();
        self.like_this_since = None;
        self.down.link.become_like(down);
        self.up.link.become_like(up);
    }

    /// A datagram has come out of the network.
    pub fn came(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) {
        match self.down.enter(now, from, bytes) {
            Fate::Leaves { queued, .. } => {
                let waited_us = queued.as_micros() as u64;
                self.queued.note(waited_us);
                let since = *self.like_this_since.get_or_insert(now);
                if now.saturating_duration_since(since) >= SETTLED_AFTER {
                    self.queued_settled.note(waited_us);
                }
            }
            Fate::Lost | Fate::Dropped => self.lost += 1,
        }
    }

    /// The client sends one.
    pub fn send(&mut self, now: Instant, to: SocketAddr, bytes: &[u8]) {
        if !matches!(self.up.enter(now, to, bytes), Fate::Leaves { .. }) {
            self.lost += 1;
        }
    }

    /// The next that reaches the client, and when it did.
    pub fn arrives(&mut self, now: Instant) -> Option<(Instant, SocketAddr, Vec<u8>)> {
        self.down.leave(now)
    }

    /// The next that goes out.
    pub fn leaves(&mut self, now: Instant) -> Option<(SocketAddr, Vec<u8>)> {
        self.up.leave(now).map(|(_, to, bytes)| (to, bytes))
    }

    /// When the next thing happens.
    #[must_use]
    pub fn due_at(&self) -> Option<Instant> {
        let first = |way: &Way| way.held.peek().map(|it| it.0.at);
        [first(&self.down), first(&self.up)].into_iter().flatten().min()
    }

    /// Whether nothing is on its way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.down.held.is_empty() && self.up.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_enters_leaves_in_order_at_its_time_and_to_its_place() {
        let start = Instant::now();
        let delay = Duration::from_millis(40);
        let mut wire = Wire::new(Quality { delay, ..Quality::default() }, Quality::default(), 1);
        let from = SocketAddr::from(([127, 0, 0, 1], 5));
        for number in 0..3 {
            wire.came(start, from, &[number]);
        }
        wire.send(start, from, b"up");
        assert_eq!(wire.due_at(), Some(start));
        assert_eq!(wire.leaves(start), Some((from, b"up".to_vec())));
        assert_eq!(wire.arrives(start + delay / 2), None);
        let late = start + delay * 2;
        let came: Vec<_> = std::iter::from_fn(|| wire.arrives(late)).collect();
        assert_eq!(came.iter().map(|it| it.2[0]).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(came.iter().all(|it| it.0 == start + delay) && wire.is_empty());
    }

    #[test]
    fn a_stopped_reader_does_not_grow_the_wire() {
        let start = Instant::now();
        let mut wire = Wire::new(Quality::default(), Quality::default(), 1);
        let from = SocketAddr::from(([127, 0, 0, 1], 5));
        (0..MAX_HELD + 10).for_each(|_| wire.came(start, from, &[0]));
        assert_eq!(std::iter::from_fn(|| wire.arrives(start)).count(), MAX_HELD);
    }
}
