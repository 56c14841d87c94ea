//! All clients of a run in one thread on one core, and the handle by which a run leads them.
//!
//! Made by a run. The thread sleeps until a timer or the next packet of a sender, and in epoll
//! while no media flows; nothing else in it blocks. Orders come through a queue that is looked into at each turn.

use super::SAMPLE_ONE_IN;
use super::description::{Agreed, Description, Outside, Part};
use super::histogram::Histogram;
use super::identity::Identity;
use super::link::Quality;
use super::seen::{Seen, Stage};
use super::send::Profile;
use super::session::{Awaited, Common, Session};
use super::socket::{self, BATCH, Inbox};
use super::wire::Wire;
use crate::error::Failure;
use crate::material::Stock;
use crate::peer::process::pin_to;
use socket2::Socket;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Between two looks at every client's timers.
const TICK: Duration = Duration::from_millis(10);
/// Reads of one socket before others get their turn.
const READS: usize = 4;
const EVENTS: usize = 256;
/// Between two looks at the sockets while media flows, and how long it still flows after a packet.
/// Arrival times are the kernel's, so the pause is in no delay.
const PAUSE: Duration = Duration::from_micros(500);
const FLOWING: Duration = Duration::from_millis(200);

/// To the thread.
pub(crate) enum Order {
    Born(Box<Session>),
    Agreed { number: usize, agreed: Box<Agreed> },
    Candidate { number: usize, address: SocketAddr },
    Leave { number: usize },
    Need { number: usize, rids: Vec<String> },
    Link { number: usize, down: Quality, up: Quality },
    Await { sender: usize },
    Hold(bool),
    Count(bool),
    Look(Sender<Look>),
    End,
}

/// All that can be seen of a crowd at one moment.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// By number; of those who left, as they left.
    pub clients: Vec<Seen>,
    /// Added delay in microseconds, of sampled clients in the phase that is measured.
    pub delays: Histogram,
    /// Packets of sampled clients whose content nobody here had sent.
    pub unknown: u64,
    /// How long clients that decrypt waited for the picture of whom [`Crowd::await_picture`] named, in
    /// microseconds.
    pub arrivals: Histogram,
    /// CPU time of the thread so far.
    pub cpu: Duration,
    /// Whether all senders have stopped and nothing came for a tick.
    pub is_quiet: bool,
}

impl Look {
    #[must_use]
    pub fn connected(&self) -> usize {
        self.clients.iter().filter(|it| it.connected_after.is_some() && !it.has_ended).count()
    }

    /// Where those are who do not have a picture yet, in words.
    #[must_use]
    pub fn stuck(&self) -> String {
        let of = |stage: Stage| self.clients.iter().filter(|it| it.stage == stage && !it.has_ended).count();
        let ended = self.clients.iter().filter(|it| it.has_ended).count();
        let waits = |of: fn(&Seen) -> bool| {
            let here =
                |it: &&Seen| it.stage == Stage::Connected && !it.has_ended && it.first_frame_after.is_none();
            self.clients.iter().filter(here).filter(|it| of(it)).count()
        };
        let all = [
            (of(Stage::Signalling), "in signalling"),
            (of(Stage::Ice), "in ICE"),
            (of(Stage::Dtls), "in DTLS"),
            (ended, "ended by the server"),
            (waits(|it| it.video_wire_bytes > 0), "with packets of a picture, but no whole key frame"),
            (
                waits(|it| it.video_wire_bytes == 0 && it.packets > 0),
                "connected with sound alone: the server sends no picture",
            ),
            (waits(|it| it.packets == 0 && it.sent == 0), "connected without any media"),
        ];
        let words = all.iter().filter(|it| it.0 > 0).map(|(count, what)| format!("{count} {what}"));
        words.collect::<Vec<_>>().join(", ")
    }

    #[must_use]
    pub fn sum(&self, of: impl Fn(&Seen) -> u64) -> u64 {
        self.clients.iter().map(of).sum()
    }
}

/// How a crowd is set up.
#[derive(Clone)]
pub struct Setting {
    pub core: usize,
    pub stock: Arc<Stock>,
    pub profile: Profile,
    /// One client in this many decrypts all that it gets.
    pub sample_one_in: usize,
    /// Whether packets tell who has sent them, at the cost of flaws in the picture.
    pub is_marked: bool,
    /// Of the bad links.
    pub seed: u64,
}

impl Setting {
    /// As the comparison of servers has it.
    #[must_use]
    pub const fn new(core: usize, stock: Arc<Stock>, profile: Profile) -> Self {
        Self { core, stock, profile, sample_one_in: SAMPLE_ONE_IN, is_marked: false, seed: 1 }
    }
}

/// The clients of a run. Dropping it ends them.
pub struct Crowd {
    orders: Sender<Order>,
    identity: Identity,
    sample_one_in: usize,
    next: AtomicUsize,
    thread: Option<JoinHandle<()>>,
}

impl Crowd {
    /// Starts the thread.
    ///
    /// # Errors
    /// `System`, `Stack`.
    pub fn start(setting: Setting) -> Result<Self, Failure> {
        let Setting { core, stock, profile, sample_one_in, is_marked, seed } = setting;
        let identity = Identity::generate()?;
        let (orders, incoming) = channel();
        let floor = Floor::new(incoming, Common::new(stock, profile, is_marked), seed)?;
        let work = move || {
            // On a machine with one core there is nothing to choose.
            let _ = pin_to(core);
            floor.run();
        };
        let builder = std::thread::Builder::new().name("clients".to_owned());
        let thread = builder.spawn(work).map_err(Failure::system("thread of the clients"))?;
        let sample_one_in = sample_one_in.max(1);
        Ok(Self { orders, identity, sample_one_in, next: AtomicUsize::new(0), thread: Some(thread) })
    }

    /// A new client that does nothing until its description is agreed.
    ///
    /// # Errors
    /// `System` when there is no socket left.
    pub fn client(&self, part: Part) -> Result<Description, Failure> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (socket, port) = socket::open()?;
        let credentials = (format!("load{number:04}"), format!("loadtest+password+of+client+{number:06}"));
        let is_sampled = number % self.sample_one_in == self.sample_one_in / 2;
        let (identity, now) = (self.identity.clone(), Instant::now());
        let session =
            Session::new(number, part.clone(), socket, credentials.clone(), identity, is_sampled, now);
        let _ = self.orders.send(Order::Born(Box::new(session)));
        let local = own_addresses().into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        Ok(Description::new(number, part, credentials, local, self.identity.clone(), self.orders.clone()))
    }

    /// A viewer that is not of this crowd, but joins the same server.
    pub(crate) fn outsider(&self, outside: Box<dyn Outside>) -> Description {
        Description::outside(outside, self.identity.clone())
    }

    /// The link of a client gets like this, in both directions.
    pub fn link(&self, number: usize, down: Quality, up: Quality) {
        let _ = self.orders.send(Order::Link { number, down, up });
    }

    /// From now on clients that decrypt note when they have a whole key frame of this sender.
    pub fn await_picture(&self, sender: usize) {
        let _ = self.orders.send(Order::Await { sender });
    }

    /// Stops all senders, or lets them go on.
    pub fn hold(&self, holds: bool) {
        let _ = self.orders.send(Order::Hold(holds));
    }

    /// Begins the phase that is measured, with empty histograms, or ends it.
    pub fn count(&self, counts: bool) {
        let _ = self.orders.send(Order::Count(counts));
    }

    /// What is seen now.
    #[must_use]
    pub fn look(&self) -> Look {
        let (answer, answered) = channel();
        let _ = self.orders.send(Order::Look(answer));
        answered.recv().unwrap_or_default()
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Loopback, and the address by which this machine reaches others.
fn own_addresses() -> Vec<IpAddr> {
    let mut all = vec![IpAddr::from(Ipv4Addr::LOCALHOST)];
    // Nothing is sent: connecting a UDP socket only chooses a route.
    let outside = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).and_then(|()| socket.local_addr())
    });
    if let Ok(address) = outside
        && !address.ip().is_unspecified()
    {
        all.push(address.ip());
    }
    all
}

/// The inside of the thread.
struct Floor {
    orders: Receiver<Order>,
    poll: std::os::fd::OwnedFd,
    sessions: Vec<Option<Box<Session>>>,
    /// Numbers of those who send: few, and asked all the time.
    senders: Vec<usize>,
    /// Who left, as they left.
    gone: Vec<Seen>,
    /// Numbers of those on bad links.
    wired: Vec<usize>,
    seed: u64,
    common: Common,
    inbox: Inbox,
    last_packet: Instant,
    has_ended: bool,
}

impl Floor {
    fn new(orders: Receiver<Order>, common: Common, seed: u64) -> Result<Self, Failure> {
        // SAFETY: makes a descriptor; no memory is involved.
        let poll = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if poll < 0 {
            return Err(Failure::system("epoll")(std::io::Error::last_os_error()));
        }
        // SAFETY: the descriptor was made above and belongs to nobody else.
        let poll = unsafe { <std::os::fd::OwnedFd as std::os::fd::FromRawFd>::from_raw_fd(poll) };
        Ok(Self {
            orders,
            poll,
            sessions: Vec::new(),
            senders: Vec::new(),
            gone: Vec::new(),
            wired: Vec::new(),
            seed,
            common,
            inbox: Inbox::default(),
            last_packet: Instant::now(),
            has_ended: false,
        })
    }

    fn run(mut self) {
        let mut next_tick = Instant::now();
        let mut is_full = false;
        // SAFETY: all zeroes is a valid empty event.
        let mut events: Vec<libc::epoll_event> = vec![unsafe { std::mem::zeroed() }; EVENTS];
        while !self.has_ended {
            while let Ok(order) = self.orders.try_recv() {
                self.obey(order);
            }
            self.send_due();
            self.pass_due();
            let now = Instant::now();
            if now >= next_tick {
                next_tick = now + TICK;
                for session in self.sessions.iter_mut().flatten() {
                    session.tick(now, &mut self.common);
                }
            }
            let until = self.due_at().map_or(next_tick, |due| due.min(next_tick));
            let idle = until.saturating_duration_since(Instant::now());
            // On one machine a server pays for waking whoever sleeps in epoll, a tenth of its time at
            // 277 receivers; over a network it would not. So this thread looks by itself while media flows.
            let idle = if self.last_packet.elapsed() < FLOWING {
                if !is_full {
                    std::thread::sleep(idle.min(PAUSE));
                }
                Duration::ZERO
            } else {
                idle
            };
            let count = self.wait(&mut events, idle);
            is_full = count == EVENTS;
            for event in &events[..count] {
                self.read(event.u64 as usize);
                self.send_due();
            }
        }
    }

    fn wait(&self, events: &mut [libc::epoll_event], longest: Duration) -> usize {
        let time = libc::timespec {
            tv_sec: longest.as_secs() as libc::time_t,
            tv_nsec: longest.subsec_nanos() as libc::c_long,
        };
        // SAFETY: the slice and the time outlive the call; no signals are masked.
        let count = unsafe {
            let (events, len) = (events.as_mut_ptr(), events.len() as i32);
            libc::epoll_pwait2(self.poll.as_raw_fd(), events, len, &raw const time, std::ptr::null())
        };
        usize::try_from(count).unwrap_or(0)
    }

    fn watch(&self, socket: &Socket, number: usize) {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: number as u64 };
        // SAFETY: both descriptors are open, the event is live during the call.
        unsafe {
            libc::epoll_ctl(self.poll.as_raw_fd(), libc::EPOLL_CTL_ADD, socket.as_raw_fd(), &raw mut event);
        }
    }

    fn due_at(&mut self) -> Option<Instant> {
        let Self { senders, sessions, wired, .. } = self;
        let wires = wired.iter().filter_map(|at| sessions[*at].as_ref()?.wire.as_ref()?.due_at()).min();
        let due = senders.iter().filter_map(|at| sessions[*at].as_mut()?.sending()?.due_at());
        due.chain(wires).min()
    }

    /// Lets through what is due on bad links.
    fn pass_due(&mut self) {
        let now = Instant::now();
        for at in 0..self.wired.len() {
            if let Some(Some(session)) = self.sessions.get_mut(self.wired[at]) {
                session.pass(now, &mut self.common);
            }
        }
    }

    fn send_due(&mut self) {
        let now = Instant::now();
        for at in 0..self.senders.len() {
            let Some(session) = &mut self.sessions[self.senders[at]] else { continue };
            if session.sending().is_some_and(|it| it.due_at().is_some_and(|due| due <= now)) {
                session.send_due(now, &mut self.common);
            }
        }
    }

    fn read(&mut self, number: usize) {
        let Some(Some(session)) = self.sessions.get_mut(number) else { return };
        for _ in 0..READS {
            let count = self.inbox.read(&session.socket);
            let (now, wall) = (Instant::now(), socket::wall_ns());
            for at in 0..count {
                let received = self.inbox.received(at);
                // What waited in the kernel's buffer has come before it was read.
                let waited = Duration::from_nanos(wall.saturating_sub(received.at_ns));
                let came = now.checked_sub(waited).unwrap_or(now);
                session.seen.dropped_here = session.seen.dropped_here.max(received.dropped);
                let bytes = self.inbox.bytes(at, received.len);
                if let Some(wire) = &mut session.wire {
                    wire.came(came, received.from, bytes);
                    continue;
                }
                session.take(came, received.at_ns, received.from, bytes, &mut self.common);
            }
            if count > 0 {
                self.last_packet = now;
            }
            if count < BATCH {
                return;
            }
        }
    }

    fn obey(&mut self, order: Order) {
        let now = Instant::now();
        match order {
            Order::Born(session) => {
                let number = session.number;
                self.watch(&session.socket, number);
                if self.sessions.len() <= number {
                    self.sessions.resize_with(number + 1, || None);
                    self.gone.resize(number + 1, Seen::default());
                }
                if session.is_sender() {
                    self.senders.push(number);
                }
                self.sessions[number] = Some(session);
            }
            Order::Agreed { number, agreed } => {
                if let Some(Some(session)) = self.sessions.get_mut(number) {
                    session.agree(now, agreed);
                    session.tick(now, &mut self.common);
                }
            }
            Order::Candidate { number, address } => {
                if let Some(Some(session)) = self.sessions.get_mut(number) {
                    session.add_candidate(address);
                }
            }
            Order::Need { number, rids } => {
                if let Some(Some(session)) = self.sessions.get_mut(number) {
                    session.need(rids);
                }
            }
            Order::Link { number, down, up } => {
                let Some(Some(session)) = self.sessions.get_mut(number) else { return };
                match &mut session.wire {
                    Some(wire) => wire.become_like(down, up),
                    None => {
                        let seed = self.seed.wrapping_mul(65_537).wrapping_add(number as u64);
                        session.wire = Some(Box::new(Wire::new(down, up, seed)));
                        self.wired.push(number);
                    }
                }
            }
            Order::Await { sender } => {
                let turn = self.common.awaited.map_or(1, |it| it.turn + 1);
                self.common.awaited = Some(Awaited { sender, since: now, turn });
            }
            Order::Leave { number } => {
                if let Some(mut session) = self.sessions.get_mut(number).and_then(Option::take) {
                    session.leave(now, &mut self.common);
                    self.gone[number] = Seen { has_ended: true, ..session.seen(now) };
                }
            }
            Order::Hold(holds) => {
                self.common.is_held = holds;
                self.sessions.iter_mut().flatten().for_each(|it| it.hold(holds, now));
            }
            Order::Count(counts) => {
                self.common.is_counted = counts;
                if counts {
                    self.common.delays.found = Histogram::default();
                    self.common.delays.unknown = 0;
                    self.common.arrivals = Histogram::default();
                    self.sessions.iter_mut().flatten().for_each(|it| it.begin_counting());
                }
            }
            // Who asked may have gone.
            Order::Look(answer) => drop(answer.send(self.look())),
            Order::End => self.end(now),
        }
    }

    fn look(&mut self) -> Look {
        let now = Instant::now();
        let clients = self.sessions.iter().zip(&self.gone);
        let clients = clients.map(|(here, gone)| here.as_ref().map_or(*gone, |it| it.seen(now))).collect();
        let is_quiet =
            self.sessions.iter_mut().flatten().filter_map(|it| it.sending()).all(|it| it.is_quiet())
                && self.sessions.iter().flatten().filter_map(|it| it.wire.as_ref()).all(|it| it.is_empty());
        Look {
            clients,
            delays: self.common.delays.found.clone(),
            unknown: self.common.delays.unknown,
            arrivals: self.common.arrivals.clone(),
            cpu: thread_cpu(),
            is_quiet: is_quiet && self.last_packet.elapsed() > TICK,
        }
    }

    fn end(&mut self, now: Instant) {
        for session in self.sessions.iter_mut().flatten() {
            session.leave(now, &mut self.common);
        }
        self.has_ended = true;
    }
}

/// CPU time of the calling thread.
fn thread_cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live value.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
