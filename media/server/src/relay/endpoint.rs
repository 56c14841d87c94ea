//! The thread of the relay: moves packets and words between the rings of the shards and the sockets of
//! peers, takes peers in and cuts them. Started and stopped by `server`.

use super::RelayConfig;
use super::dialer::{Answer, Dialer};
use super::guests::Guests;
use super::peer::{Counts, Inside, Peer, Taken};
use super::seats::{Seats, mask};
use crate::error::MediaFailure;
use crate::shard::links::{Links, Word};
use crate::sys::peer::is_own_user;
use crate::sys::poll::{Interest, Poll, Waker};
use media_core::stream::slab::SLOT_BYTES;
use media_relay::{Address, Cut, Greeting, NodeClock, Put, Trust, Way};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// Connections at once.
const MAX_PEERS: usize = 48;
/// Of these, how many may not have greeted yet.
const MAX_STRANGERS: usize = 16;
/// Packets and words taken from one shard in one turn.
const PER_TURN: usize = 1024;
/// Longest sleep; lines need a tick a few times a second.
const TICK: Duration = Duration::from_millis(100);
/// Time between two deliveries to the metrics recorder.
const PUBLISH_EVERY: Duration = Duration::from_secs(1);
/// Tokens of the listeners; peers follow.
const UNIX_TOKEN: u64 = 0;
const TLS_TOKEN: u64 = 1;
const FIRST_PEER_TOKEN: u64 = 2;

/// The listening sockets before the thread runs.
pub(crate) struct Endpoint {
    poll: Poll,
    config: RelayConfig,
    unix: Option<UnixListener>,
    tls: Option<(TcpListener, Trust)>,
    stop: Arc<AtomicBool>,
}

/// Ends the thread.
#[derive(Clone)]
pub(crate) struct Stopper {
    stop: Arc<AtomicBool>,
    waker: Waker,
}

impl Stopper {
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.waker.wake();
    }
}

impl Endpoint {
    /// Opens the listening sockets.
    ///
    /// # Errors
    /// [`MediaFailure::Relay`], naming the address.
    pub(crate) fn open(config: RelayConfig) -> Result<Self, MediaFailure> {
        let poll = Poll::new().map_err(MediaFailure::System)?;
        let failed = |address: String| move |cause| MediaFailure::Relay { address, cause };
        let unix = match &config.listen_unix {
            None => None,
            Some(path) => {
                // Left behind by a process that was killed; the folder is ours alone.
                let _ = std::fs::remove_file(path);
                let failed = || failed(path.display().to_string());
                let listener = UnixListener::bind(path).map_err(failed())?;
                listener.set_nonblocking(true).map_err(failed())?;
                poll.add(&listener, UNIX_TOKEN, Interest::Read).map_err(failed())?;
                Some(listener)
            }
        };
        let tls = match &config.listen_tls {
            None => None,
            Some((address, trust)) => {
                let failed = || failed(address.to_string());
                let listener = TcpListener::bind(address).map_err(failed())?;
                listener.set_nonblocking(true).map_err(failed())?;
                poll.add(&listener, TLS_TOKEN, Interest::Read).map_err(failed())?;
                Some((listener, trust.clone()))
            }
        };
        Ok(Self { poll, config, unix, tls, stop: Arc::default() })
    }

    pub(crate) fn waker(&self) -> Waker {
        self.poll.waker()
    }

    pub(crate) fn stopper(&self) -> Stopper {
        Stopper { stop: Arc::clone(&self.stop), waker: self.poll.waker() }
    }

    /// Runs until stopped, on the relay's ends of the rings.
    pub(crate) fn run(self, links: Links) {
        let now = Instant::now();
        let together = usize::from(self.config.together.start)..usize::from(self.config.together.end);
        let shards = links.shards();
        let is_numbered = together.len() > shards.len();
        let call = self.config.call.iter().cloned().enumerate();
        let dialers = call.map(|(number, address)| Dialer::new(number, address, now)).collect::<Vec<_>>();
        let (answers, answered) = sync_channel(dialers.len().max(1));
        let running = Running {
            own: Greeting { shards: shards.len() as u8, first_shard: None, name: self.config.name.clone() },
            near_first: is_numbered.then_some(shards.start as u8),
            seats: Seats::new(shards, together),
            endpoint: self,
            links,
            peers: Vec::new(),
            guests: Guests::default(),
            dialers,
            answers,
            answered,
            clock: NodeClock::start(),
            counts: Counts::default(),
            publish_at: now,
            generation: 0,
        };
        running.run();
    }
}

struct Running {
    endpoint: Endpoint,
    links: Links,
    own: Greeting,
    /// Number of our first shard, for processes of this machine.
    near_first: Option<u8>,
    seats: Seats,
    peers: Vec<Option<Peer>>,
    guests: Guests,
    dialers: Vec<Dialer>,
    answers: SyncSender<Answer>,
    answered: Receiver<Answer>,
    clock: NodeClock,
    counts: Counts,
    publish_at: Instant,
    generation: u64,
}

impl Running {
    fn run(mut self) {
        while !self.endpoint.stop.load(Ordering::Acquire) {
            self.endpoint.poll.wait(TICK);
            let now = Instant::now();
            self.accept(now);
            self.call(now);
            let more = self.take_from_peers(now) | self.take_from_shards(now);
            self.write_and_tick(now);
            self.links.flush();
            self.publish(now);
            if more {
                self.endpoint.poll.waker().wake();
            }
        }
        (0..self.peers.len()).for_each(|place| self.end(place, Instant::now(), &Cut::Closed));
        self.links.flush();
    }

    fn accept(&mut self, now: Instant) {
        while let Some((stream, _)) = self.endpoint.unix.as_ref().and_then(|unix| unix.accept().ok()) {
            if is_own_user(&stream).unwrap_or(false)
                && let Ok(way) = Way::unix(stream)
            {
                self.add(way, None, now);
            }
        }
        while let Some((tcp, trust)) =
            self.endpoint.tls.as_ref().and_then(|(tls, trust)| Some((tls.accept().ok()?.0, trust)))
        {
            if let Ok(way) = Way::accepted(tcp, trust) {
                self.add(way, None, now);
            }
        }
    }

    fn call(&mut self, now: Instant) {
        while let Ok((number, answer)) = self.answered.try_recv() {
            match answer {
                Ok(way) => self.add(way, Some(number), now),
                Err(failure) => {
                    tracing::debug!(%failure, "relay does not answer, calling again");
                    self.dialers[number].failed(now);
                }
            }
        }
        let waker = self.endpoint.poll.waker();
        for dialer in &mut self.dialers {
            dialer.call_if_due(now, &self.answers, &waker);
        }
    }

    fn add(&mut self, way: Way, dialer: Option<usize>, now: Instant) {
        let strangers = self.peers.iter().flatten().filter(|peer| peer.seats.is_none()).count();
        let place = self.peers.iter().position(Option::is_none).unwrap_or(self.peers.len());
        let is_full = place >= MAX_PEERS || (dialer.is_none() && strangers >= MAX_STRANGERS);
        let token = FIRST_PEER_TOKEN + place as u64;
        if is_full || self.endpoint.poll.add(&way, token, Interest::Read).is_err() {
            metrics::counter!("vc_relay_cut_total", "reason" => "crowded").increment(1);
            if let Some(number) = dialer {
                self.dialers[number].failed(now);
            }
            return;
        }
        let first_shard = self.near_first.filter(|_| matches!(way, Way::Unix(_)));
        let own = Greeting { first_shard, ..self.own.clone() };
        let shards = self.links.shards().len();
        let peer = Peer::new(way, &own, dialer, self.clock.us(now), shards);
        if place == self.peers.len() {
            self.peers.push(None);
        }
        self.peers[place] = Some(peer);
    }

    /// Reads from every peer; `true` when some have more to say than a turn takes.
    fn take_from_peers(&mut self, now: Instant) -> bool {
        let mut more = false;
        for place in 0..self.peers.len() {
            match self.take_from(place, now) {
                Ok(has_more) => more |= has_more,
                Err(cut) => self.end(place, now, &cut),
            }
            self.hand_on();
        }
        more
    }

    fn take_from(&mut self, place: usize, now: Instant) -> Result<bool, Cut> {
        let mut has_read = false;
        loop {
            let Some(peer) = self.peers[place].as_mut() else { return Ok(false) };
            let mut inside = Inside {
                links: &mut self.links,
                guests: &mut self.guests,
                counts: &mut self.counts,
                clock: &self.clock,
            };
            match peer.take_frames(now, &mut inside)? {
                Taken::More => return Ok(true),
                Taken::Greeting(greeting) => self.take_in(place, greeting, now)?,
                // One read a turn, so that a peer who never stops leaves the others their turn. What
                // TLS has opened already does not wake us.
                Taken::All if has_read => return Ok(!peer.is_near()),
                Taken::All if peer.read(now, &mut inside)? => has_read = true,
                Taken::All => return Ok(false),
            }
        }
    }

    /// Gives clients what others of them have for them; who reads too slowly loses packets.
    fn hand_on(&mut self) {
        for (to, what) in self.guests.handed() {
            let Some(peer) = self.peers.get_mut(to).and_then(Option::as_mut) else { continue };
            match peer.line().put(&what.frame()) {
                Put::Taken => self.counts.sent += 1,
                Put::Dropped => self.counts.slow += 1,
            }
        }
    }

    /// Gives a peer that has greeted its seats, and lets every shard tell it what there is.
    fn take_in(&mut self, place: usize, greeting: Greeting, now: Instant) -> Result<(), Cut> {
        let Some(peer) = self.peers[place].as_mut() else { return Ok(()) };
        let seats = self.seats.take(&greeting, peer.is_near());
        let seats = seats.map_err(|refusal| peer.line().refuse(refusal))?;
        self.generation += 1;
        info!(peer = greeting.name, ?seats, "relay peer is here");
        for to in self.links.shards() {
            for from in seats.clone() {
                let word = Word::ShardHere { generation: self.generation };
                self.links.pass_on(from, to, word, &mut self.counts.rings);
            }
        }
        peer.generation = self.generation;
        peer.guest = (peer.is_near() && greeting.first_shard.is_none()).then_some(place);
        peer.name = greeting.name;
        peer.seats = Some(seats);
        if let Some(number) = peer.dialer {
            self.dialers[number].stands(now);
        }
        Ok(())
    }

    /// Takes what shards said and sent; `true` when more waits than a turn takes.
    fn take_from_shards(&mut self, now: Instant) -> bool {
        let mut more = false;
        let mut payload = [0; SLOT_BYTES];
        for place in 0..self.links.shards().len() {
            let mut words = 0;
            while let Some((to, word)) = self.links.next_word(place) {
                self.tell_peers(place, to, &word);
                words += 1;
                if words == PER_TURN {
                    more = true;
                    break;
                }
            }
            let mut packets = 0;
            loop {
                let mut taken = None;
                self.links.next_packet(place, |head, first, second| {
                    payload[..first.len()].copy_from_slice(first);
                    payload[first.len()..first.len() + second.len()].copy_from_slice(second);
                    taken = Some((head, first.len() + second.len()));
                });
                let Some((head, len)) = taken else { break };
                let mut inside = Inside {
                    links: &mut self.links,
                    guests: &mut self.guests,
                    counts: &mut self.counts,
                    clock: &self.clock,
                };
                for peer in self.peers.iter_mut().flatten() {
                    peer.send(place, &head, &payload[..len], now, &mut inside);
                }
                packets += 1;
                if packets == PER_TURN {
                    more = true;
                    break;
                }
            }
        }
        if self.links.have_words_been_lost() {
            warn!("shards talk faster than the relay, every peer begins anew");
            (0..self.peers.len()).for_each(|place| self.end(place, now, &Cut::WordsLost));
        }
        more
    }

    fn tell_peers(&mut self, place: usize, to: u64, word: &Word) {
        for peer in self.peers.iter_mut().flatten() {
            if let Word::Began { generation } = word {
                if let Some(seats) = peer.seats.as_ref().filter(|_| peer.generation == *generation) {
                    peer.begun[place] |= to & mask(seats);
                }
            } else {
                peer.say(place, to, word, &self.clock);
            }
        }
    }

    fn write_and_tick(&mut self, now: Instant) {
        let now_us = self.clock.us(now);
        for place in 0..self.peers.len() {
            let Some(peer) = self.peers[place].as_mut() else { continue };
            let token = FIRST_PEER_TOKEN + place as u64;
            let written =
                peer.line().tick(now_us).and_then(|()| peer.write(now_us, &self.endpoint.poll, token));
            if let Err(cut) = written {
                self.end(place, now, &cut);
            }
        }
    }

    /// Ends a connection: shards forget what it told.
    fn end(&mut self, place: usize, now: Instant, cut: &Cut) {
        let Some(mut peer) = self.peers[place].take() else { return };
        self.guests.leave(place);
        // A refusal is told once, if the socket takes it.
        let _ = peer.write(self.clock.us(now), &self.endpoint.poll, FIRST_PEER_TOKEN + place as u64);
        metrics::counter!("vc_relay_cut_total", "reason" => cut.reason()).increment(1);
        if let Some(seats) = &peer.seats {
            warn!(peer = peer.name, ?seats, %cut, "relay peer is gone");
            for to in self.links.shards() {
                for from in seats.clone() {
                    self.links.pass_on(from, to, Word::ShardGone, &mut self.counts.rings);
                }
            }
            self.seats.leave(seats);
        } else {
            info!(%cut, "relay connection ended before it began");
        }
        if let Some(number) = peer.dialer {
            self.dialers[number].failed(now);
        }
    }

    fn publish(&mut self, now: Instant) {
        if now < self.publish_at {
            return;
        }
        self.publish_at = now + PUBLISH_EVERY;
        let Counts { sent, received, slow, refused, rings } = std::mem::take(&mut self.counts);
        metrics::counter!("vc_relay_sent_packets_total").increment(sent);
        metrics::counter!("vc_relay_received_packets_total").increment(received);
        metrics::counter!("vc_relay_slow_packets_total").increment(slow);
        metrics::counter!("vc_relay_refused_frames_total").increment(refused);
        metrics::counter!("vc_relay_ring_full_total").increment(rings.ring_full + rings.ring_control_full);
        for (way, is_near) in [("unix", true), ("tls", false)] {
            let connected = self.peers.iter().flatten().filter(|it| it.seats.is_some());
            let count = connected.filter(|it| it.is_near() == is_near).count();
            metrics::gauge!("vc_relay_peers", "way" => way).set(count as f64);
        }
        for peer in self.peers.iter_mut().flatten() {
            let Some(first) = peer.seats.as_ref().map(|seats| seats.start) else { continue };
            if let Some(offset) = peer.line().clock().offset_us() {
                metrics::gauge!("vc_relay_clock_offset_us", "shard" => first.to_string()).set(offset as f64);
            }
        }
    }
}

impl std::fmt::Debug for RelayConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let call = |address: &Address| match address {
            Address::Unix(path) => path.display().to_string(),
            Address::Tls(address, _) => address.to_string(),
        };
        f.debug_struct("RelayConfig")
            .field("name", &self.name)
            .field("unix", &self.listen_unix)
            .field("tls", &self.listen_tls.as_ref().map(|(address, _)| address))
            .field("call", &self.call.iter().map(call).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
