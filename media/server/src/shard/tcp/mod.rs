//! ICE over TCP: the listeners and connections of one shard, each carrying RFC 4571 frames.
//!
//! Called only by the shard loop. Connections, their buffers and their idle time are bounded; a
//! receiver that reads too slowly loses whole frames (counted), it never holds up the others.

mod connection;

use super::path::{ConnectionId, Path, plain};
use super::socket::{bind_failure, is_missing_family};
use crate::counters::Counters;
use crate::error::MediaFailure;
use crate::sys::poll::{Interest, Poll};
use connection::Connection;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

pub(crate) use connection::{Broken, MAX_FRAME_BYTES};

/// Connections of one shard. When full, the oldest that belongs to no leg makes way.
const MAX_CONNECTIONS: usize = 1024;
/// Connections accepted in one turn of the loop, so that a flood of them does not starve media.
const ACCEPTS_PER_TURN: usize = 32;
/// Silence after which a connection that belongs to no leg is closed.
const STRANGER_IDLE: Duration = Duration::from_secs(10);
/// Silence after which a leg's connection is closed; the leg itself is given up after 15 s.
const LEG_IDLE: Duration = Duration::from_secs(30);
/// Connections that the system may hold ready for us.
const BACKLOG: i32 = 256;
/// Epoll token of the first listener; connections have their generation in the upper half.
pub(crate) const LISTENER_TOKEN: u64 = 16;

struct Place {
    generation: u32,
    connection: Option<Connection>,
}

/// Listeners and connections of one shard.
pub(crate) struct TcpPort {
    listeners: Vec<TcpListener>,
    places: Vec<Place>,
    free: Vec<u32>,
    dirty: Vec<ConnectionId>,
}

fn listen(bind: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(bind), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    // Connections of the process before may still wait to end; that must not delay a restart.
    socket.set_reuse_address(true)?;
    if bind.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&SockAddr::from(bind))?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

impl TcpPort {
    /// Listens on each of `binds`.
    ///
    /// # Errors
    /// [`MediaFailure::PortInUse`] or [`MediaFailure::CannotBind`], naming port and address.
    pub(crate) fn open(binds: &[SocketAddr]) -> Result<Self, MediaFailure> {
        let mut listeners = Vec::new();
        for bind in binds {
            match listen(*bind) {
                Ok(listener) => listeners.push(listener),
                Err(cause) if is_missing_family(*bind, &cause) => {}
                Err(cause) => return Err(bind_failure(*bind, cause)),
            }
        }
        Ok(Self {
            listeners,
            places: Vec::new(),
            free: Vec::new(),
            dirty: Vec::with_capacity(MAX_CONNECTIONS),
        })
    }

    /// Puts the listeners into the poll set.
    pub(crate) fn watch(&self, poll: &Poll) -> io::Result<()> {
        for (number, listener) in self.listeners.iter().enumerate() {
            poll.add(listener, LISTENER_TOKEN + number as u64, Interest::Read)?;
        }
        Ok(())
    }

    /// Takes the connections that wait at the listener behind `token`.
    pub(crate) fn accept(&mut self, token: u64, poll: &Poll, now: Instant, counters: &mut Counters) {
        for _ in 0..ACCEPTS_PER_TURN {
            let Some(listener) = self.listeners.get((token - LISTENER_TOKEN) as usize) else { return };
            let Ok((stream, _)) = listener.accept() else { return };
            if self.adopt(stream, &[], poll, now, counters).is_some() {
                counters.tcp_accepted += 1;
            }
        }
    }

    /// Takes a connection that is open, `held` being what has been read of it.
    pub(crate) fn adopt(
        &mut self,
        stream: TcpStream,
        held: &[u8],
        poll: &Poll,
        now: Instant,
        counters: &mut Counters,
    ) -> Option<ConnectionId> {
        let (local, remote) = (stream.local_addr().ok()?, stream.peer_addr().ok()?);
        let Some(id) = self.free_place(counters) else {
            counters.tcp_crowded += 1;
            return None;
        };
        let path = Path { local: plain(local).ip(), remote: plain(remote), connection: Some(id) };
        let is_ready = stream.set_nonblocking(true).is_ok()
            && stream.set_nodelay(true).is_ok()
            && poll.add(&stream, token_of(id), Interest::Read).is_ok();
        let connection = is_ready.then(|| Connection::new(stream, path, held, now)).flatten();
        if connection.is_none() {
            self.free.push(id.place);
            return None;
        }
        self.places[id.place as usize].connection = connection;
        Some(id)
    }

    fn free_place(&mut self, counters: &mut Counters) -> Option<ConnectionId> {
        if self.free.is_empty() && self.places.len() < MAX_CONNECTIONS {
            self.free.push(self.places.len() as u32);
            self.places.push(Place { generation: 0, connection: None });
        }
        if self.free.is_empty() {
            let strangers = self.places.iter().enumerate().filter_map(|(number, place)| {
                let connection = place.connection.as_ref().filter(|c| !c.belongs_to_leg)?;
                Some((connection.heard_at, number))
            });
            let (_, oldest) = strangers.min()?;
            counters.tcp_crowded += 1;
            self.close(ConnectionId { place: oldest as u32, generation: self.places[oldest].generation });
        }
        let place = self.free.pop()?;
        let slot = &mut self.places[place as usize];
        slot.generation = slot.generation.wrapping_add(1) & 0x7fff_ffff;
        // Generation 0 is kept for the tokens of sockets and listeners.
        slot.generation = slot.generation.max(1);
        Some(ConnectionId { place, generation: slot.generation })
    }

    fn connection(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        let place = self.places.get_mut(id.place as usize)?;
        if place.generation == id.generation { place.connection.as_mut() } else { None }
    }

    /// Reads what waits in connection `id`. `false`: the connection has ended and is closed.
    pub(crate) fn read(&mut self, id: ConnectionId, now: Instant, counters: &mut Counters) -> bool {
        let Some(connection) = self.connection(id) else { return false };
        if connection.read(now).is_ok() {
            return true;
        }
        counters.tcp_closed += 1;
        self.close(id);
        false
    }

    /// Copies the next whole frame of connection `id` into `frame`; answers its length and path.
    pub(crate) fn next_frame(
        &mut self,
        id: ConnectionId,
        frame: &mut [u8; MAX_FRAME_BYTES],
        counters: &mut Counters,
    ) -> Option<(usize, Path)> {
        let connection = self.connection(id)?;
        let path = connection.path;
        match connection.next_frame(frame) {
            Ok(len) => len.map(|len| (len, path)),
            Err(Broken) => {
                counters.tcp_closed += 1;
                self.close(id);
                None
            }
        }
    }

    /// Says that connection `id` carries a leg, which protects it from making way for others.
    pub(crate) fn belongs_to_leg(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connection(id) {
            connection.belongs_to_leg = true;
        }
    }

    /// Queues one packet as a frame; a slow reader's packet is dropped and counted.
    pub(crate) fn put(&mut self, id: ConnectionId, packet: &[u8], counters: &mut Counters) {
        let Some(connection) = self.connection(id) else {
            counters.send_refused += 1;
            return;
        };
        let was_clean = connection.is_clean();
        if connection.queue(packet) {
            counters.sent_packets += 1;
            counters.sent_bytes += packet.len() as u64;
            if was_clean {
                self.dirty.push(id);
            }
        } else {
            counters.tcp_slow += 1;
        }
    }

    /// Writes what was queued in this turn.
    pub(crate) fn flush(&mut self, poll: &Poll, counters: &mut Counters) {
        while let Some(id) = self.dirty.pop() {
            self.write(id, poll, counters);
        }
    }

    /// Writes as much of connection `id` as it takes; asks to be told when it takes more.
    pub(crate) fn write(&mut self, id: ConnectionId, poll: &Poll, counters: &mut Counters) {
        let Some(connection) = self.connection(id) else { return };
        if connection.write(poll, token_of(id)).is_err() {
            counters.tcp_closed += 1;
            self.close(id);
        }
    }

    /// Closes connection `id`, if it is still that one.
    pub(crate) fn close(&mut self, id: ConnectionId) {
        if self.connection(id).is_some() {
            // Dropping the stream takes it out of the poll set.
            self.places[id.place as usize].connection = None;
            self.free.push(id.place);
        }
    }

    /// Closes connections that have been silent for too long.
    pub(crate) fn close_idle(&mut self, now: Instant, counters: &mut Counters) {
        for number in 0..self.places.len() {
            let place = &self.places[number];
            let is_idle = place.connection.as_ref().is_some_and(|c| {
                let limit = if c.belongs_to_leg { LEG_IDLE } else { STRANGER_IDLE };
                now.saturating_duration_since(c.heard_at) > limit
            });
            if is_idle {
                counters.tcp_closed += 1;
                self.close(ConnectionId { place: number as u32, generation: place.generation });
            }
        }
    }
}

fn token_of(id: ConnectionId) -> u64 {
    u64::from(id.generation) << 32 | u64::from(id.place)
}

/// The connection behind an epoll token; `None` for the tokens of sockets and listeners.
pub(crate) fn connection_of(token: u64) -> Option<ConnectionId> {
    let id = ConnectionId { place: token as u32, generation: (token >> 32) as u32 };
    (id.generation > 0).then_some(id)
}
