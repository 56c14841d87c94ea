//! One media shard: a thread that carries packets from its sockets to its sockets.
//!
//! Started by `server`. One turn of the loop takes what has come (sockets, other shards, orders),
//! lets rooms hand out what they hold, and sends it; nothing in a turn waits. Everything of a
//! shard is owned by its thread, so that the packet path needs no lock.

mod addresses;
pub(crate) mod arena;
mod candidates;
mod clock;
mod intake;
mod legs;
pub(crate) mod links;
mod load;
pub(crate) mod mailbox;
pub(crate) mod naming;
mod orders;
mod outlet;
mod outside;
mod path;
mod rejoining;
mod reports;
mod rooms;
pub(crate) mod secrets;
pub(crate) mod socket;
pub(crate) mod tcp;
pub(crate) mod tell;
mod telling;
mod wire;
mod words;

use crate::counters::{Counters, Published};
use crate::error::MediaFailure;
use crate::sys::affinity;
use crate::sys::datagram::Inbox;
use crate::sys::poll::{Interest, Poll, Waker};
use addresses::{Addresses, Place};
use candidates::Candidates;
use clock::Clock;
use legs::Legs;
use links::{Links, Word};
use load::LoadMeter;
use mailbox::{Adoption, Mailbox, Order};
use media_control::{MediaEvent, ShardId};
use media_core::room::{RoomEvent, RoomLimits, Tick};
use media_core::stream::slab::PacketSlab;
use media_core::transport::{LegSettings, LocalIdentity};
use path::{Path, plain};
use rejoining::Rejoining;
use reports::{Reports, Way};
use rooms::Rooms;
use socket::{Family, UdpPort};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tcp::TcpPort;
use tell::{Sink, Teller};
use wire::Wire;

/// Time between two ticks of rooms and transports.
const TICK: Duration = Duration::from_millis(10);
/// Ticks in which every leg's timers are looked at once.
const LOOKS: Place = 4;
/// Longest sleep of a shard without legs.
const IDLE_WAIT: Duration = Duration::from_millis(500);
/// Batches read from one socket in one turn, so that orders and timers get their share.
const READS_PER_TURN: usize = 8;
/// Orders carried out in one turn.
const ORDERS_PER_TURN: usize = 64;
/// How long a packet is wanted for repair.
const HISTORY: Duration = Duration::from_secs(2);
/// Time between two deliveries to the metrics recorder, and between two looks for idle TCP.
const SLOW_TICK: Duration = Duration::from_secs(1);
/// Poll tokens of the two UDP sockets; the TCP listeners follow from [`tcp::LISTENER_TOKEN`].
const UDP_TOKENS: [(u64, Family); 2] = [(0, Family::V4), (1, Family::V6)];

/// What a shard is made of; see [`Shard::new`].
pub(crate) struct ShardPlan {
    pub(crate) id: ShardId,
    pub(crate) port: u16,
    pub(crate) https_port: Option<u16>,
    pub(crate) advertised: Vec<IpAddr>,
    pub(crate) identity: LocalIdentity,
    pub(crate) max_legs: u32,
    pub(crate) history_packets: usize,
    pub(crate) shards: usize,
    pub(crate) sink: Sink,
    /// Set with every turn, so that a shard that is stuck shows.
    pub(crate) turned: Arc<AtomicBool>,
    /// Share of its core that the shard uses, per mille, for whoever places legs.
    pub(crate) load: Arc<AtomicU32>,
}

/// One shard; lives on its own thread.
pub(crate) struct Shard {
    id: ShardId,
    max_legs: u32,
    poll: Poll,
    wire: Wire,
    links: Links,
    addresses: Addresses,
    candidates: Candidates,
    settings: LegSettings,
    legs: Legs,
    rooms: Rooms,
    rejoining: Rejoining,
    slab: PacketSlab,
    reports: Reports,
    clock: Clock,
    teller: Teller,
    counters: Counters,
    published: Published,
    load: LoadMeter,
    /// The counters were registered after a leg came, so by then the recorder is there.
    is_registered: bool,
    turned: Arc<AtomicBool>,
    next_tick: Instant,
    next_slow_tick: Instant,
    /// When the first of the rooms that wait for the rest of a picture waits no longer.
    gathers_until: Option<Instant>,
    /// Which of the legs had their timers looked at last.
    look: Place,
}

/// The sockets of a shard before its thread runs, so that a port in use is told at the start.
pub(crate) struct Ports {
    poll: Poll,
    wire: Wire,
}

impl Ports {
    /// Opens the sockets of the shard on `port`.
    ///
    /// # Errors
    /// [`MediaFailure`], naming port and address.
    pub(crate) fn open(port: u16, binds: &[IpAddr]) -> Result<Self, MediaFailure> {
        let poll = Poll::new().map_err(MediaFailure::System)?;
        let binds: Vec<SocketAddr> = binds.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
        let of_family = |is_v4: bool| binds.iter().copied().find(|b| b.is_ipv4() == is_v4);
        let udp = UdpPort::open(of_family(true), of_family(false))?;
        let tcp = TcpPort::open(&binds)?;
        for (token, family) in UDP_TOKENS {
            if let Some(socket) = udp.socket(family) {
                poll.add(socket, token, Interest::Read).map_err(MediaFailure::System)?;
            }
        }
        tcp.watch(&poll).map_err(MediaFailure::System)?;
        Ok(Self { poll, wire: Wire { udp, tcp } })
    }

    /// Wakes the shard that will own these sockets.
    pub(crate) fn waker(&self) -> Waker {
        self.poll.waker()
    }
}

impl Shard {
    pub(crate) fn new(plan: ShardPlan, ports: Ports, links: Links) -> Self {
        let now = Instant::now();
        let candidates = Candidates::new(&plan.advertised, plan.port, plan.https_port);
        let settings = LegSettings { identity: plan.identity, candidates: candidates.all() };
        Self {
            id: plan.id,
            max_legs: plan.max_legs,
            poll: ports.poll,
            wire: ports.wire,
            links,
            addresses: Addresses::default(),
            candidates,
            settings,
            legs: Legs::default(),
            rooms: Rooms::new(plan.shards, RoomLimits { history_age: HISTORY, ..RoomLimits::default() }),
            rejoining: Rejoining::default(),
            slab: PacketSlab::new(plan.history_packets, HISTORY),
            reports: Reports::new(),
            clock: Clock::start(),
            teller: Teller::new(plan.sink),
            counters: Counters::default(),
            published: Published::new(plan.id.0),
            load: LoadMeter::new(plan.id, now, plan.load),
            is_registered: false,
            turned: plan.turned,
            next_tick: now,
            next_slow_tick: now + SLOW_TICK,
            gathers_until: None,
            look: 0,
        }
    }

    /// Runs until [`Order::Stop`]; then ends every leg.
    pub(crate) fn run(mut self, mailbox: &Mailbox, pin: bool) {
        if pin && let Err(refused) = affinity::pin_to_core(usize::from(self.id.0)) {
            tracing::debug!(shard = %self.id, %refused, "shard thread stays unpinned");
        }
        self.load.begin(Instant::now());
        let mut inbox = Inbox::new();
        let mut frame = Box::new([0; tcp::MAX_FRAME_BYTES]);
        loop {
            self.poll.wait(self.time_to_wait());
            let now = Instant::now();
            self.take_ready(now, &mut inbox, &mut frame);
            self.take_from_shards(now);
            let goes_on = self.take_orders(now, mailbox);
            self.hand_out(now);
            self.tick(now);
            self.wire.flush(&self.poll, &mut self.counters);
            self.links.flush();
            self.load.turned(now.elapsed());
            self.turned.store(true, Ordering::Relaxed);
            if !goes_on {
                return;
            }
        }
    }

    fn time_to_wait(&self) -> Duration {
        if self.legs.len() == 0 {
            return IDLE_WAIT;
        }
        let next = self.gathers_until.map_or(self.next_tick, |until| until.min(self.next_tick));
        next.saturating_duration_since(Instant::now()).min(TICK)
    }

    fn take_ready(&mut self, now: Instant, inbox: &mut Inbox, frame: &mut [u8; tcp::MAX_FRAME_BYTES]) {
        let mut number = 0;
        while let Some(ready) = self.poll.ready(number) {
            number += 1;
            if let Some((_, family)) = UDP_TOKENS.iter().find(|(token, _)| *token == ready.token) {
                self.take_datagrams(*family, inbox);
            } else if let Some(id) = tcp::connection_of(ready.token) {
                if ready.writable {
                    self.wire.tcp.write(id, &self.poll, &mut self.counters);
                }
                if ready.readable && self.wire.tcp.read(id, now, &mut self.counters) {
                    while let Some((len, path)) = self.wire.tcp.next_frame(id, frame, &mut self.counters) {
                        self.take_packet(now, &frame[..len], &path);
                    }
                }
            } else if ready.token >= tcp::LISTENER_TOKEN && ready.token < u64::from(u32::MAX) {
                self.wire.tcp.accept(ready.token, &self.poll, now, &mut self.counters);
            }
        }
    }

    fn take_datagrams(&mut self, family: Family, inbox: &mut Inbox) {
        for _ in 0..READS_PER_TURN {
            let count = self.wire.udp.read(family, inbox);
            for index in 0..count {
                match inbox.datagram(index) {
                    Some(datagram) => {
                        let path =
                            Path { local: datagram.local, remote: plain(datagram.remote), connection: None };
                        self.take_packet(datagram.arrived, datagram.bytes, &path);
                    }
                    None => self.counters.cut_datagrams += 1,
                }
            }
            if count < crate::sys::datagram::BATCH {
                break;
            }
        }
    }

    /// Carries out what waits in the mailbox; `false` when the shard shall stop.
    fn take_orders(&mut self, now: Instant, mailbox: &Mailbox) -> bool {
        for _ in 0..ORDERS_PER_TURN {
            match mailbox.next() {
                Some(Order::Command(command)) => self.carry_out(now, command),
                Some(Order::Adopt(adoption)) => self.adopt(now, adoption),
                Some(Order::Stop) => {
                    (0..self.legs.end()).for_each(|place| self.end_leg(now, place));
                    return false;
                }
                None => return true,
            }
        }
        // More may wait, and nobody wakes us for it again.
        self.poll.waker().wake();
        true
    }

    /// Takes over a connection that came through the port of HTTPS, and what it said there.
    fn adopt(&mut self, now: Instant, adoption: Adoption) {
        let Adoption { stream, held, .. } = adoption;
        let adopted = self.wire.tcp.adopt(stream, &held, &self.poll, now, &mut self.counters);
        let Some(id) = adopted else { return };
        self.counters.tcp_adopted += 1;
        let mut frame = [0; tcp::MAX_FRAME_BYTES];
        while let Some((len, path)) = self.wire.tcp.next_frame(id, &mut frame, &mut self.counters) {
            self.take_packet(now, &frame[..len], &path);
        }
    }

    /// Lets every room hand out what it took, unless the rest of a picture is worth a short wait.
    fn hand_out(&mut self, now: Instant) {
        self.gathers_until = None;
        for place in 0..self.rooms.end() {
            let Self { rooms, slab, legs, wire, counters, .. } = self;
            let Some(seat) = rooms.at(place).filter(|seat| seat.has_packets) else { continue };
            if let Some(until) = seat.room.gathers_until().filter(|until| now < *until) {
                self.gathers_until = Some(self.gathers_until.map_or(until, |other| other.min(until)));
                continue;
            }
            seat.has_packets = false;
            seat.room.flush(now, slab, &mut |leg, out| outlet::seal(legs, wire, counters, leg, out));
            self.tell_room(place);
        }
    }

    /// Lets time pass for rooms and transports.
    fn tick(&mut self, now: Instant) {
        if now < self.next_tick {
            return;
        }
        self.next_tick = now + TICK;
        let tick = Tick { now, ntp: self.clock.ntp(now) };
        let Self { rooms, slab, legs, wire, counters, reports, .. } = self;
        for place in 0..rooms.end() {
            let Some(seat) = rooms.at(place) else { continue };
            seat.room.pace(now, slab, &mut |leg, out| outlet::seal(legs, wire, counters, leg, out));
            let mut way = Way { legs, wire, counters };
            seat.room.tick(tick, &mut |leg, piece| reports.add(leg, &piece, &mut way));
            reports.finish(&mut way);
            let counted = *seat.room.counters();
            let before = std::mem::replace(&mut seat.counted, counted);
            counters.add_room(&counted, &before);
        }
        for place in 0..self.rooms.end() {
            self.tell_room(place);
        }
        // A flight or a check that is repeated 30 ms late loses nothing, so each leg is looked at in every
        // fourth tick.
        self.look = (self.look + 1) % LOOKS;
        for place in (self.look..self.legs.end()).step_by(LOOKS as usize) {
            let Some(leg) = self.legs.at_mut(place) else { continue };
            if leg.transport.poll_timeout().is_some_and(|due| due <= now) {
                leg.transport.handle_timeout(now);
                self.serve_transport(now, place, None);
            }
            self.tell_figures(now, place);
        }
        self.tell_load(now);
        if now >= self.next_slow_tick {
            self.next_slow_tick = now + SLOW_TICK;
            if !self.is_registered {
                // The recorder may be installed after us, but before anybody orders a leg.
                self.published = Published::new(self.id.0);
                self.load.register();
                self.is_registered = self.counters.legs_opened > 0;
            }
            self.published.publish(&self.counters);
            self.wire.tcp.close_idle(now, &mut self.counters);
        }
    }

    /// Tells what happened in a room since the last time.
    fn tell_room(&mut self, place: usize) {
        let Self { rooms, links, teller, counters, id, .. } = self;
        let own = usize::from(id.0);
        let Some(conference) = rooms.at(place).map(|seat| seat.conference.clone()) else { return };
        let tells_for_all = !rooms.has_legs_below(own, &conference);
        rooms.events_of(place, |event, homes| {
            let told = match event {
                RoomEvent::SourceStarted { participant, source } => MediaEvent::SourceStarted {
                    conference: conference.clone(),
                    participant: naming::participant_id(participant),
                    source: naming::source(source),
                },
                RoomEvent::SourceStopped { participant, source } => MediaEvent::SourceStopped {
                    conference: conference.clone(),
                    participant: naming::participant_id(participant),
                    source: naming::source(source),
                },
                RoomEvent::Slots { leg, slots } => MediaEvent::Slots {
                    leg: naming::leg_id(leg),
                    slots: slots.iter().map(naming::slot_assignment).collect(),
                },
                RoomEvent::Speakers(voices) if tells_for_all => MediaEvent::Speakers {
                    conference: conference.clone(),
                    speakers: voices.iter().map(naming::speaker).collect(),
                },
                RoomEvent::Speakers(_) => return,
                RoomEvent::RemoteKeyframe { leg, source } => {
                    if let Some((home, _)) = homes.get(&leg) {
                        links.say(*home, Word::KeyframeNeeded { leg, source }, counters);
                    }
                    return;
                }
                RoomEvent::LayersNeeded { leg, source, layers } => MediaEvent::LayersNeeded {
                    leg: naming::leg_id(leg),
                    source: naming::source(source),
                    layers: naming::rids(layers),
                },
                RoomEvent::RemoteLayersNeeded { leg, source, layers } => {
                    if let Some((home, _)) = homes.get(&leg) {
                        links.say(*home, Word::LayersNeeded { leg, source, layers }, counters);
                    }
                    return;
                }
            };
            teller.tell(told, counters);
        });
    }
}
