//! A relay peer with one shard: what mixer, recorder and observer use to take streams of a conference
//! and to publish their own into it.
//!
//! Blocks its own thread in [`RelayClient::next`], never the media server: who calls it too seldom
//! loses packets and is then cut by the other side.

use crate::clock::NodeClock;
use crate::error::{Cut, WayFailure};
use crate::line::{Greeting, Line, Put, Told};
use crate::way::{Address, Moved, Way};
use crate::wire::{ConferenceWord, Frame, LegWord, PacketHead, Route, ShardMask, StreamName};
use media_control::{ConferenceId, LegId, ParticipantId, Source};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

/// Every shard of the other side.
const ALL: ShardMask = ShardMask::MAX;

/// What the client learns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The other side has taken us.
    Greeted(Greeting),
    Leg {
        /// The shard of the other side that says it, its k-th.
        shard: u8,
        leg: LegId,
        word: LegWord,
    },
    Conference {
        conference: ConferenceId,
        word: ConferenceWord,
    },
    /// `head.arrived_us` is by our own clock.
    Packet {
        head: PacketHead,
        payload: Vec<u8>,
    },
}

/// One connection to a relay endpoint.
pub struct RelayClient {
    way: Way,
    line: Line,
    clock: NodeClock,
}

impl RelayClient {
    /// Connects and greets as `name` (at most [`crate::MAX_NAME_BYTES`]).
    ///
    /// # Errors
    /// [`WayFailure`].
    pub fn connect(address: &Address, name: &str) -> Result<Self, WayFailure> {
        Ok(Self::over(Way::connect(address)?, name))
    }

    /// Greets as `name` over a way that stands, whichever side made it.
    #[must_use]
    pub fn over(way: Way, name: &str) -> Self {
        let clock = NodeClock::start();
        let own = Greeting { shards: 1, first_shard: None, name: name.to_owned() };
        let line = Line::new(clock.us(Instant::now()), &own);
        Self { way, line, clock }
    }

    /// Waits until one of `clients` has something to read or can write what waits, at most `most`.
    pub fn wait_any(clients: &[Self], most: Duration) {
        let mut sockets: Vec<libc::pollfd> = clients.iter().map(Self::poll_wish).collect();
        let most = most.min(Duration::from_millis(200));
        // To the microsecond: who sends sound every 20 ms neither comes late nor turns in circles.
        let most = libc::timespec { tv_sec: 0, tv_nsec: most.subsec_nanos().into() };
        let count = sockets.len() as libc::nfds_t;
        // SAFETY: live pollfds, whose descriptors are open as long as the clients are.
        unsafe { libc::ppoll(sockets.as_mut_ptr(), count, &raw const most, std::ptr::null()) };
    }

    fn poll_wish(&self) -> libc::pollfd {
        let has_more = !self.line.to_send().is_empty() || self.way.has_waiting();
        let events = if has_more { libc::POLLIN | libc::POLLOUT } else { libc::POLLIN };
        libc::pollfd { fd: self.way.as_raw_fd(), events, revents: 0 }
    }

    /// Listens to a conference, or no longer: its voices come, and pictures on [`Self::want`].
    pub fn attend(&mut self, conference: &ConferenceId, is_attending: bool) {
        self.say(conference, ConferenceWord::Attends { is_attending });
    }

    /// Takes the pictures of a participant, or no longer.
    pub fn want(&mut self, of: &ConferenceId, participant: ParticipantId, source: Source, is_wanted: bool) {
        self.say(of, ConferenceWord::Wanted { participant, source, is_wanted });
    }

    /// Asks for a key frame; the media server merges requests.
    pub fn ask_keyframe(&mut self, leg: LegId, source: Source) {
        self.say_of(leg, LegWord::KeyframeNeeded { source });
    }

    /// Says which layers are needed of a picture, as bits q, h, f.
    pub fn need_layers(&mut self, leg: LegId, source: Source, layers: u8) {
        self.say_of(leg, LegWord::LayersNeeded { source, layers });
    }

    /// Brings a leg of ours into a conference; its packets follow by [`Self::send`].
    pub fn publish(&mut self, conference: &ConferenceId, leg: LegId, participant: ParticipantId) {
        self.say(conference, ConferenceWord::Joined { leg, participant });
    }

    /// Takes a leg of ours out.
    pub fn withdraw(&mut self, leg: LegId) {
        self.say_of(leg, LegWord::Left);
    }

    /// Tells that `timestamp` of a stream of ours is the NTP time `ntp` (32.32).
    pub fn tell_clock(&mut self, stream: StreamName, ntp: u64, timestamp: u32) {
        let StreamName { leg, source, layer } = stream;
        let arrived_us = self.now_us();
        self.say_of(leg, LegWord::ClockMap { source, layer, ntp, timestamp, arrived_us });
    }

    /// Sends a packet of a leg that was published; `Dropped` when the way is full.
    pub fn send(&mut self, head: PacketHead, payload: &[u8]) -> Put {
        self.line.put(&Frame::Packet { route: Route { from: 0, to: ALL }, head, payload })
    }

    fn say(&mut self, conference: &ConferenceId, word: ConferenceWord) {
        let route = Route { from: 0, to: ALL };
        self.line.put(&Frame::Conference { route, conference: conference.clone(), word });
    }

    fn say_of(&mut self, leg: LegId, word: LegWord) {
        self.line.put(&Frame::Leg { route: Route { from: 0, to: ALL }, leg, word });
    }

    /// What our clock shows, as packets carry it.
    #[must_use]
    pub fn now_us(&self) -> u64 {
        self.clock.us(Instant::now())
    }

    /// What our clock showed when the other node's showed `theirs_us`, as words about clocks tell it.
    #[must_use]
    pub fn to_ours(&self, theirs_us: u64) -> u64 {
        self.line.clock().to_ours(theirs_us)
    }

    /// µs that the other node's clock is ahead of ours, once measured.
    #[must_use]
    pub fn clock_offset_us(&self) -> Option<i64> {
        self.line.clock().offset_us()
    }

    /// The next news, waiting for at most `within`; sends what is to be sent meanwhile.
    ///
    /// # Errors
    /// [`Cut`]: the connection is over.
    pub fn next(&mut self, within: Duration) -> Result<Option<News>, Cut> {
        let until = Instant::now() + within;
        loop {
            let now_us = self.now_us();
            if let Some(news) = self.understood(now_us)? {
                return Ok(Some(news));
            }
            self.line.tick(now_us)?;
            self.write(now_us)?;
            match self.way.read(self.line.room()).map_err(Cut::Broken)? {
                Moved::Bytes(count) => self.line.received(count),
                Moved::End => return Err(Cut::Closed),
                Moved::Later => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Ok(None);
                    }
                    self.wait(left);
                }
            }
        }
    }

    fn understood(&mut self, now_us: u64) -> Result<Option<News>, Cut> {
        let offset = self.line.clock().clone();
        let news = match self.line.next(now_us) {
            Ok(None) => return Ok(None),
            Ok(Some(Told::Greeted(greeting))) => News::Greeted(greeting),
            Ok(Some(Told::Frame(Frame::Leg { route, leg, word }))) => {
                News::Leg { shard: route.from, leg, word }
            }
            Ok(Some(Told::Frame(Frame::Conference { conference, word, .. }))) => {
                News::Conference { conference, word }
            }
            Ok(Some(Told::Frame(Frame::Packet { head, payload, .. }))) => {
                let head = PacketHead { arrived_us: offset.to_ours(head.arrived_us), ..head };
                News::Packet { head, payload: payload.to_vec() }
            }
            Ok(Some(Told::Frame(_))) => return Ok(None),
            Err(cut) => {
                // Why we refuse is told once, if the socket takes it.
                let _ = self.way.write(self.line.to_send());
                return Err(cut);
            }
        };
        Ok(Some(news))
    }

    fn write(&mut self, now_us: u64) -> Result<(), Cut> {
        while !self.line.to_send().is_empty() || self.way.has_waiting() {
            match self.way.write(self.line.to_send()).map_err(Cut::Broken)? {
                Moved::Bytes(count) => self.line.sent(count, now_us),
                Moved::Later => break,
                Moved::End => return Err(Cut::Closed),
            }
        }
        Ok(())
    }

    /// Waits until the socket is ready, at most a fifth of a second so that pings go out in time.
    fn wait(&self, most: Duration) {
        let mut socket = self.poll_wish();
        let most_ms = most.as_millis().clamp(1, 200) as i32;
        // SAFETY: one live pollfd, whose descriptor is open as long as `self` is.
        unsafe { libc::poll(&raw mut socket, 1, most_ms) };
    }
}
