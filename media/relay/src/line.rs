//! One relay connection without its socket: greeting, liveness, clock, and what waits to be sent.
//!
//! Driven by the endpoint in `media-server` and by `client`, which move the bytes. Pure: time comes
//! as µs of the node's clock. Everything is bounded: a reader who is slow loses packets first and is
//! then cut, one who is silent is cut.

use crate::clock::ClockOffset;
use crate::error::{Cut, Malformed, Refusal};
use crate::wire::{Beginning, Frame, MAX_FRAME_BYTES, VERSION, beginning};
use std::ops::Range;

/// A side that does not greet within this many µs is cut.
pub const HELLO_WITHIN: u64 = 5_000_000;
/// A side that was silent for this many µs is cut; each pings every second.
pub const SILENCE: u64 = 5_000_000;
/// A side that takes no byte for this many µs while some wait is cut.
const STANDSTILL: u64 = 5_000_000;
/// µs between two pings.
const PING_EVERY: u64 = 1_000_000;
/// Bytes read at once, and the most that wait to be understood.
const INBOX_BYTES: usize = 256 << 10;
/// Bytes that wait to be sent before packets are dropped: 100 ms of 80 Mbit/s.
const PACKETS_UP_TO: usize = 1 << 20;
/// Bytes that wait to be sent before the line is cut: words cannot be left out.
const WORDS_UP_TO: usize = 4 << 20;

/// What one side says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Shards that send and receive there; a client is one.
    pub shards: u8,
    /// Number of the first one, among processes that number their shards together.
    pub first_shard: Option<u8>,
    pub name: String,
}

/// What the other side said.
#[derive(Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// Once, before all else.
    Greeted(Greeting),
    Frame(Frame<'a>),
}

/// What became of a frame that was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    Taken,
    /// The other side reads too slowly; the packet is gone.
    Dropped,
}

/// See the module's text.
pub struct Line {
    is_greeted: bool,
    inbox: Box<[u8]>,
    /// What of the inbox is not understood yet.
    unread: Range<usize>,
    outbox: Vec<u8>,
    /// Bytes at the beginning of the outbox that are gone.
    gone: usize,
    overflowed: bool,
    started_us: u64,
    heard_us: u64,
    moved_us: u64,
    next_ping_us: u64,
    clock: ClockOffset,
}

impl Line {
    /// A new connection, on which `own` is said first.
    #[must_use]
    pub fn new(now_us: u64, own: &Greeting) -> Self {
        let mut line = Self {
            is_greeted: false,
            inbox: vec![0; INBOX_BYTES].into_boxed_slice(),
            unread: 0..0,
            outbox: Vec::new(),
            gone: 0,
            overflowed: false,
            started_us: now_us,
            heard_us: now_us,
            moved_us: now_us,
            next_ping_us: now_us,
            clock: ClockOffset::default(),
        };
        let Greeting { shards, first_shard, name } = own;
        Frame::Hello { shards: *shards, first_shard: *first_shard, name }.write(&mut line.outbox);
        line
    }

    /// Room for bytes from the other side; never empty after [`Line::next`] has answered `None`.
    pub fn room(&mut self) -> &mut [u8] {
        if self.unread.end == self.inbox.len() {
            self.inbox.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        &mut self.inbox[self.unread.end..]
    }

    /// The first `count` bytes of [`Line::room`] are filled.
    pub fn received(&mut self, count: usize) {
        self.unread.end = self.unread.end.saturating_add(count).min(self.inbox.len());
    }

    /// The next thing that was said; pings are answered on the way.
    ///
    /// # Errors
    /// [`Cut`]: the connection is to be closed, after one attempt to send what waits.
    pub fn next(&mut self, now_us: u64) -> Result<Option<Told<'_>>, Cut> {
        loop {
            let Some(frame) = self.whole_frame()? else { return Ok(None) };
            self.unread.start = frame.end;
            self.heard_us = now_us;
            if !self.is_greeted {
                return self.greeting(frame).map(Some);
            }
            if !self.keeps_time(frame.clone(), now_us)? {
                return Ok(Some(Told::Frame(Frame::read(&self.inbox[frame])?)));
            }
        }
    }

    fn whole_frame(&self) -> Result<Option<Range<usize>>, Malformed> {
        let Some((length, _)) = self.inbox[self.unread.clone()].split_first_chunk() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes(*length));
        if length > MAX_FRAME_BYTES {
            return Err(Malformed::TooLong { length, limit: MAX_FRAME_BYTES });
        }
        let start = self.unread.start + 2;
        Ok((start + length <= self.unread.end).then_some(start..start + length))
    }

    fn greeting(&mut self, frame: Range<usize>) -> Result<Told<'static>, Cut> {
        let (shards, first_shard, name) = match beginning(&self.inbox[frame]) {
            Ok(Beginning::Frame(Frame::Hello { shards, first_shard, name })) => {
                (shards, first_shard, name.to_owned())
            }
            Ok(Beginning::Frame(Frame::Refused(refusal))) => return Err(Cut::RefusedByPeer(refusal)),
            Ok(Beginning::OtherVersion(theirs)) => {
                return Err(self.refuse(Refusal::Version { theirs, ours: VERSION }));
            }
            Ok(Beginning::Frame(_) | Beginning::NoRelay) => return Err(Cut::NoRelay),
            Err(malformed) => return Err(malformed.into()),
        };
        self.is_greeted = true;
        Ok(Told::Greeted(Greeting { shards, first_shard, name }))
    }

    /// Deals with frames about the line itself; false for all others.
    fn keeps_time(&mut self, frame: Range<usize>, now_us: u64) -> Result<bool, Cut> {
        match Frame::read(&self.inbox[frame])? {
            Frame::Ping { sent_us } => {
                self.put(&Frame::Pong { sent_us, received_us: now_us, answered_us: now_us });
            }
            Frame::Pong { sent_us, received_us, answered_us } => {
                self.clock.note(sent_us, received_us, answered_us, now_us);
            }
            Frame::Refused(refusal) => return Err(Cut::RefusedByPeer(refusal)),
            Frame::Hello { .. } => return Err(Malformed::BadValue.into()),
            Frame::Leg { .. } | Frame::Conference { .. } | Frame::Packet { .. } => return Ok(false),
        }
        Ok(true)
    }

    /// Says why the line ends; the caller closes it with the answer.
    pub fn refuse(&mut self, refusal: Refusal) -> Cut {
        self.put(&Frame::Refused(refusal));
        Cut::Refused(refusal)
    }

    /// Queues `frame`. Nothing but the greeting goes out before the other side has greeted.
    pub fn put(&mut self, frame: &Frame<'_>) -> Put {
        let waiting = self.outbox.len() - self.gone;
        if matches!(frame, Frame::Packet { .. }) && waiting >= PACKETS_UP_TO {
            return Put::Dropped;
        }
        if waiting >= WORDS_UP_TO {
            self.overflowed = true;
            return Put::Dropped;
        }
        if self.gone == self.outbox.len() {
            self.outbox.clear();
            self.gone = 0;
        } else if self.gone >= PACKETS_UP_TO {
            self.outbox.drain(..self.gone);
            self.gone = 0;
        }
        frame.write(&mut self.outbox);
        Put::Taken
    }

    /// What waits to be sent.
    #[must_use]
    pub fn to_send(&self) -> &[u8] {
        &self.outbox[self.gone..]
    }

    /// The first `count` bytes of [`Line::to_send`] were sent.
    pub fn sent(&mut self, count: usize, now_us: u64) {
        self.gone = self.gone.saturating_add(count).min(self.outbox.len());
        if count > 0 {
            self.moved_us = now_us;
        }
    }

    /// Lets time pass; call it a few times a second.
    ///
    /// # Errors
    /// [`Cut`], when the other side is too slow or silent.
    pub fn tick(&mut self, now_us: u64) -> Result<(), Cut> {
        let since = |then: u64| now_us.saturating_sub(then);
        if self.overflowed {
            return Err(Cut::Slow);
        }
        if self.gone == self.outbox.len() {
            self.moved_us = now_us;
        } else if since(self.moved_us) >= STANDSTILL {
            return Err(Cut::Slow);
        }
        if !self.is_greeted {
            return if since(self.started_us) >= HELLO_WITHIN { Err(Cut::NoGreeting) } else { Ok(()) };
        }
        if since(self.heard_us) >= SILENCE {
            return Err(Cut::Silent);
        }
        if now_us >= self.next_ping_us {
            self.next_ping_us = now_us + PING_EVERY;
            self.put(&Frame::Ping { sent_us: now_us });
        }
        Ok(())
    }

    /// Whether the other side has greeted.
    #[must_use]
    pub const fn is_greeted(&self) -> bool {
        self.is_greeted
    }

    /// The other side's clock.
    #[must_use]
    pub const fn clock(&self) -> &ClockOffset {
        &self.clock
    }
}
