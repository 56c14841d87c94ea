//! One client at work: its socket, ICE, DTLS, keys, the streams that it gets and those that it sends.
//!
//! Owned by the crowd's thread, which reads its socket and calls [`Session::tick`] a hundred times a
//! second. Behaves as a browser does: consent, reports every second, transport-wide feedback every
//! 50 ms, repairs asked for after 10 ms, a key frame asked for while there is none.

mod receive;
mod report;

pub use receive::content_hash;

use super::delays::Delays;
use super::description::{Agreed, Part};
use super::dtls::{Dtls, Step};
use super::histogram::Histogram;
use super::ice::{Ice, Outgoing};
use super::identity::Identity;
use super::seen::{Seen, Stage};
use super::send::{Profile, Sending};
use super::socket;
use super::track::Track;
use super::wire::Wire;
use crate::material::Stock;
use media_core::packet::demux::{PacketClass, classify};
use media_core::stream::feedback::TransportRecorder;
use media_core::transport::srtp::SrtpHalves;
use socket2::Socket;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between two reports.
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// How long a new picture may be without a key frame before one is asked for, and then again.
const KEY_PATIENCE: Duration = Duration::from_millis(200);
/// Streams of one client: as many as it can decrypt.
const MAX_TRACKS: usize = 64;
const SCRATCH: usize = 2_048;

/// A sender whose picture is to appear, since when, and the how manieth that is.
#[derive(Clone, Copy, Debug)]
pub struct Awaited {
    pub sender: usize,
    pub since: Instant,
    pub turn: u32,
}

/// What all sessions of a crowd use.
pub struct Common {
    pub stock: Arc<Stock>,
    pub profile: Profile,
    pub delays: Delays,
    /// Whether the phase that is measured is on.
    pub is_counted: bool,
    /// Whether senders hold.
    pub is_held: bool,
    /// Whether senders mark their packets; see [`Sending`].
    pub is_marked: bool,
    /// Whose picture everybody waits for.
    pub awaited: Option<Awaited>,
    /// How long it took until they saw it, in microseconds.
    pub arrivals: Histogram,
    scratch: Box<[u8; SCRATCH]>,
    out: Vec<Outgoing>,
    lost: Vec<u16>,
}

impl Common {
    pub fn new(stock: Arc<Stock>, profile: Profile, is_marked: bool) -> Self {
        Self {
            stock,
            profile,
            delays: Delays::default(),
            is_counted: false,
            is_held: false,
            is_marked,
            awaited: None,
            arrivals: Histogram::default(),
            scratch: Box::new([0; SCRATCH]),
            out: Vec::new(),
            lost: Vec::new(),
        }
    }
}

/// One client.
pub struct Session {
    pub number: usize,
    pub socket: Socket,
    pub seen: Seen,
    /// Of a client on a bad link.
    pub wire: Option<Box<Wire>>,
    part: Part,
    credentials: (String, String),
    identity: Identity,
    is_sampled: bool,
    agreed_at: Option<Instant>,
    agreed: Option<Box<Agreed>>,
    ice: Option<Ice>,
    dtls: Option<Dtls>,
    halves: Option<Box<SrtpHalves>>,
    tracks: Vec<Track>,
    last_track: usize,
    recorder: Option<TransportRecorder>,
    sending: Option<Sending>,
    needed: Option<Vec<String>>,
    next_report: Instant,
    next_key_request: Option<Instant>,
    key_started: Option<(u32, u32)>,
    given_up: u64,
    /// The newest turn of those who are waited for that this client has seen, and the key frame under way.
    saw_awaited: u32,
    awaited_key: Option<(u32, u32)>,
}

impl Session {
    pub fn new(
        number: usize,
        part: Part,
        socket: Socket,
        credentials: (String, String),
        identity: Identity,
        is_sampled: bool,
        now: Instant,
    ) -> Self {
        Self {
            number,
            socket,
            seen: Seen { born_at: Some(now), ..Seen::default() },
            wire: None,
            part,
            credentials,
            identity,
            is_sampled,
            agreed_at: None,
            agreed: None,
            ice: None,
            dtls: None,
            halves: None,
            tracks: Vec::new(),
            last_track: 0,
            recorder: None,
            sending: None,
            needed: None,
            // Reports of many clients do not all come at once.
            next_report: now + REPORT_EVERY * (number as u32 % 64) / 64,
            next_key_request: None,
            key_started: None,
            given_up: 0,
            saw_awaited: 0,
            awaited_key: None,
        }
    }

    /// Takes what offer and answer settled, the first time or again.
    pub fn agree(&mut self, now: Instant, agreed: Box<Agreed>) {
        self.agreed_at.get_or_insert(now);
        let remote = (agreed.remote.ufrag.clone(), agreed.remote.pwd.clone());
        let ice = self.ice.get_or_insert_with(|| {
            let tie_breaker = 0x6c6f_6164_0000_0000 | self.number as u64;
            let (identity, own) = (self.identity.clone(), self.credentials.clone());
            Ice::new(now, identity, own, remote, agreed.is_controlling, tie_breaker)
        });
        agreed.remote.candidates.iter().for_each(|address| ice.add_candidate(*address));
        self.agreed = Some(agreed);
    }

    pub fn add_candidate(&mut self, address: SocketAddr) {
        if let Some(ice) = &mut self.ice {
            ice.add_candidate(address);
        }
    }

    /// Layers that somebody watches.
    pub fn need(&mut self, rids: Vec<String>) {
        if let Some(sending) = &mut self.sending {
            sending.need(rids.clone());
        }
        self.needed = Some(rids);
    }

    pub const fn is_sender(&self) -> bool {
        matches!(self.part, Part::Sender { .. })
    }

    pub fn sending(&mut self) -> Option<&mut Sending> {
        self.sending.as_mut()
    }

    /// Takes one datagram that came at `at_ns` (wall) or `at` (the same, by the other clock).
    pub fn take(&mut self, at: Instant, at_ns: u64, from: SocketAddr, bytes: &[u8], common: &mut Common) {
        match classify(bytes) {
            PacketClass::Rtp => self.take_rtp(at, at_ns, bytes, common),
            PacketClass::Rtcp => self.take_rtcp(at, bytes, common),
            PacketClass::Stun => {
                if let Some(ice) = &mut self.ice {
                    ice.handle(at, from, bytes, &mut common.out);
                    self.begin_dtls(at);
                }
                self.flush(common);
            }
            PacketClass::Dtls => self.take_dtls(at, bytes, common),
            PacketClass::Unknown => self.seen.broken += 1,
        }
    }

    fn begin_dtls(&mut self, now: Instant) {
        let is_time = self.dtls.is_none() && self.ice.as_ref().is_some_and(|ice| ice.selected().is_some());
        if let (true, Some(agreed)) = (is_time, &self.agreed) {
            self.dtls = Dtls::begin(now, &self.identity, agreed.remote.fingerprint.clone());
        }
    }

    fn take_dtls(&mut self, now: Instant, bytes: &[u8], common: &mut Common) {
        let Some(dtls) = &mut self.dtls else { return };
        match dtls.handle(now, bytes) {
            Step::Going => {}
            Step::Keys(halves) => {
                self.halves = Some(halves);
                self.seen.connected_at = Some(now);
                self.seen.connected_after = self.agreed_at.map(|at| now.saturating_duration_since(at));
                self.begin_sending(now, common);
            }
            Step::Closed | Step::Failed => self.seen.has_ended = true,
        }
        self.flush(common);
    }

    fn begin_sending(&mut self, now: Instant, common: &Common) {
        let (Part::Sender { codec, .. }, Some(agreed)) = (&self.part, &self.agreed) else { return };
        let stock = Arc::clone(&common.stock);
        let mut sending =
            Sending::new(now, self.number, agreed, *codec, stock, common.profile).marked(common.is_marked);
        if common.is_held {
            sending.hold(now);
        }
        if let Some(rids) = self.needed.clone() {
            sending.need(rids);
        }
        self.sending = Some(sending);
    }

    /// Sends what ICE and DTLS have to say.
    fn flush(&mut self, common: &mut Common) {
        let selected = self.ice.as_ref().and_then(Ice::selected);
        while let (Some(to), Some(bytes)) = (selected, self.dtls.as_mut().and_then(Dtls::outgoing)) {
            self.transmit(to, &bytes);
        }
        for (to, bytes) in common.out.drain(..) {
            self.transmit(to, &bytes);
        }
    }

    /// Sends one datagram; what the kernel does not take is lost, as in a network.
    fn transmit(&mut self, to: SocketAddr, bytes: &[u8]) {
        match &mut self.wire {
            Some(wire) => wire.send(Instant::now(), to, bytes),
            None => drop(self.socket.send_to(bytes, &to.into())),
        }
    }

    /// Lets what is due on a bad link go through.
    pub fn pass(&mut self, now: Instant, common: &mut Common) {
        while let Some((to, bytes)) = self.wire.as_mut().and_then(|it| it.leaves(now)) {
            let _ = self.socket.send_to(&bytes, &to.into());
        }
        let wall_ns = socket::wall_ns();
        while let Some((at, from, bytes)) = self.wire.as_mut().and_then(|it| it.arrives(now)) {
            let since = now.saturating_duration_since(at).as_nanos() as u64;
            self.take(at, wall_ns.saturating_sub(since), from, &bytes, common);
        }
    }

    fn send_media(&mut self, packet: &super::send::Clear, common: &mut Common) {
        let (Some(halves), Some(to)) = (&mut self.halves, self.ice.as_ref().and_then(Ice::selected)) else {
            return;
        };
        let sealed = halves.sender.seal_rtp(
            packet.index,
            &packet.header,
            &[],
            &packet.payload,
            &mut common.scratch[..],
        );
        let Ok(len) = sealed else { return self.seen.broken += 1 };
        if packet.is_first {
            self.seen.sent += 1;
            common.delays.note_sent(&packet.payload, socket::wall_ns(), self.number);
            if common.is_counted {
                self.seen.contents = self.seen.contents.wrapping_add(content_hash(&packet.payload));
            }
        }
        self.transmit(to, &common.scratch[..len]);
    }

    /// Sends the media that is due.
    pub fn send_due(&mut self, now: Instant, common: &mut Common) {
        while let Some(packet) = self.sending.as_mut().and_then(|it| it.next(now)) {
            self.send_media(&packet, common);
        }
    }

    /// What comes of time passing.
    pub fn tick(&mut self, now: Instant, common: &mut Common) {
        if let Some(ice) = &mut self.ice {
            ice.poll(now, &mut common.out);
            self.seen.has_ended |= ice.is_lost(now);
            if let Some(dtls) = &mut self.dtls {
                dtls.poll(now);
            }
            self.flush(common);
        }
        if self.halves.is_some() {
            self.feed_back(now, common);
            if now >= self.next_report {
                self.next_report = now + REPORT_EVERY;
                self.report(now, common);
            }
        }
    }

    /// What it has seen, sums over its streams included.
    pub fn seen(&self, now: Instant) -> Seen {
        let mut seen = self.seen;
        for track in &self.tracks {
            seen.expected += track.expected();
            seen.duplicates += track.duplicates;
            seen.repaired += track.repaired;
            seen.given_up += track.missing.given_up();
            if track.is_video() {
                seen.jitter_us = seen.jitter_us.max(track.jitter_us());
                seen.shown.add(&track.frames.shown(now));
            }
        }
        seen.expected = seen.expected.saturating_sub(seen.padding);
        if let Some(wire) = &self.wire {
            seen.lost_on_link = wire.lost;
            seen.queue_p95_us = wire.queued.quantile(0.95);
            seen.settled_queue_p95_us = wire.queued_settled.quantile(0.95);
        }
        seen.stage = match (&self.ice, &self.dtls, &self.halves) {
            (_, _, Some(_)) => Stage::Connected,
            (_, Some(_), _) => Stage::Dtls,
            (Some(_), _, _) => Stage::Ice,
            _ => Stage::Signalling,
        };
        seen
    }

    /// The senders stop on purpose, or go on.
    pub fn hold(&mut self, holds: bool, now: Instant) {
        if let Some(sending) = &mut self.sending {
            if holds { sending.hold(now) } else { sending.go_on(now) }
        }
        for track in &mut self.tracks {
            if holds { track.frames.pause(now) } else { track.frames.go_on(now) }
        }
    }

    /// The phase that is measured begins.
    pub fn begin_counting(&mut self) {
        self.seen.contents = 0;
        self.tracks.iter_mut().for_each(|it| it.frames.begin());
    }

    /// Says goodbye.
    pub fn leave(&mut self, now: Instant, common: &mut Common) {
        if let Some(dtls) = &mut self.dtls {
            dtls.close(now);
        }
        self.flush(common);
    }
}
