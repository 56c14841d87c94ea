//! The UDP sockets of one shard: datagrams in by batches, the arena out by segment runs.
//!
//! Called only by the shard loop. Never waits, never allocates while packets flow, and a
//! destination that cannot be reached never holds up the others.

use super::arena::{Arena, Run};
use super::path::Path;
use crate::counters::Counters;
use crate::error::MediaFailure;
use crate::sys::datagram::{self, BATCH, Inbox, Outbox, Sent, Stop};
use socket2::Socket;
use std::io;
use std::net::SocketAddr;

/// Which of the two sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

/// The IPv4 and the IPv6 socket of one shard, both on the shard's port.
pub(crate) struct UdpPort {
    v4: Option<Socket>,
    v6: Option<Socket>,
    outbox: Outbox,
    arena: Arena,
}

/// Says which port was refused and why.
pub(crate) fn bind_failure(address: SocketAddr, cause: io::Error) -> MediaFailure {
    let (port, address) = (address.port(), address.ip());
    if cause.kind() == io::ErrorKind::AddrInUse {
        MediaFailure::PortInUse { port, address }
    } else {
        MediaFailure::CannotBind { port, address, cause }
    }
}

/// Whether a refusal only means that the machine has no IPv6 and nobody asked for it by name.
pub(crate) fn is_missing_family(bind: SocketAddr, cause: &io::Error) -> bool {
    let missing = [libc::EAFNOSUPPORT, libc::EADDRNOTAVAIL, libc::EPROTONOSUPPORT];
    bind.is_ipv6() && bind.ip().is_unspecified() && cause.raw_os_error().is_some_and(|c| missing.contains(&c))
}

impl UdpPort {
    /// Binds one socket a family.
    ///
    /// # Errors
    /// [`MediaFailure::PortInUse`] or [`MediaFailure::CannotBind`], naming port and address.
    pub(crate) fn open(v4: Option<SocketAddr>, v6: Option<SocketAddr>) -> Result<Self, MediaFailure> {
        let bound = |bind: Option<SocketAddr>| match bind.map(|b| (b, datagram::open(b))) {
            None => Ok(None),
            Some((_, Ok(socket))) => Ok(Some(socket)),
            Some((bind, Err(cause))) if is_missing_family(bind, &cause) => Ok(None),
            Some((bind, Err(cause))) => Err(bind_failure(bind, cause)),
        };
        Ok(Self { v4: bound(v4)?, v6: bound(v6)?, outbox: Outbox::new(), arena: Arena::new() })
    }

    /// The socket of `family`, if that family is on.
    pub(crate) fn socket(&self, family: Family) -> Option<&Socket> {
        match family {
            Family::V4 => self.v4.as_ref(),
            Family::V6 => self.v6.as_ref(),
        }
    }

    /// Reads one batch of `family` into `inbox`; answers how many datagrams it holds.
    pub(crate) fn read(&self, family: Family, inbox: &mut Inbox) -> usize {
        self.socket(family).map_or(0, |socket| inbox.read(socket))
    }

    /// Room for one packet; what waits is sent first when there is none.
    pub(crate) fn room(&mut self, counters: &mut Counters) -> &mut [u8] {
        if !self.arena.has_room() {
            self.flush(counters);
        }
        self.arena.room()
    }

    /// Takes the first `len` bytes of the room as a packet along `path`.
    pub(crate) fn commit(&mut self, len: usize, path: &Path) {
        self.arena.commit(len, path.local, path.remote);
    }

    /// Puts a ready packet along `path`; too long a one is dropped and counted.
    pub(crate) fn put(&mut self, packet: &[u8], path: &Path, counters: &mut Counters) {
        let room = self.room(counters);
        let Some(place) = room.get_mut(..packet.len()) else {
            counters.send_refused += 1;
            return;
        };
        place.copy_from_slice(packet);
        self.commit(packet.len(), path);
    }

    /// Sends everything that waits.
    pub(crate) fn flush(&mut self, counters: &mut Counters) {
        let Self { v4, v6, outbox, arena } = self;
        let mut next = 0;
        loop {
            let (bytes, runs) = arena.contents();
            if next >= runs.len() {
                break;
            }
            let sent = send_some(v4.as_ref(), v6.as_ref(), outbox, bytes, &runs[next..], counters);
            next += sent.runs;
            match sent.stop {
                None => {}
                Some(Stop::NoSegments) => {
                    // Once in the life of a shard, or never: from here on all go one by one.
                    counters.segments_refused += 1;
                    let singles = arena.give_up_segments(next);
                    send_singles(v4.as_ref(), v6.as_ref(), outbox, arena.contents().0, &singles, counters);
                    break;
                }
                Some(Stop::Full) => {
                    counters.send_full += packets(&runs[next..]);
                    break;
                }
                Some(Stop::Refused) => {
                    counters.send_refused += packets(&runs[next..=next]);
                    next += 1;
                }
            }
        }
        arena.clear();
    }
}

fn packets(runs: &[Run]) -> u64 {
    runs.iter().map(|r| r.len.div_ceil(r.segment) as u64).sum()
}

/// Gives the system the first runs of one family.
fn send_some(
    v4: Option<&Socket>,
    v6: Option<&Socket>,
    outbox: &mut Outbox,
    bytes: &[u8],
    runs: &[Run],
    counters: &mut Counters,
) -> Sent {
    let is_v4 = runs[0].remote.is_ipv4();
    let of_family = runs.iter().take(BATCH).take_while(|r| r.remote.is_ipv4() == is_v4).count();
    let Some(socket) = (if is_v4 { v4 } else { v6 }) else {
        return Sent { runs: 0, stop: Some(Stop::Refused) };
    };
    let sent = outbox.send(socket, bytes, &runs[..of_family]);
    counters.sent_runs += sent.runs as u64;
    for run in &runs[..sent.runs] {
        counters.sent_packets += run.len.div_ceil(run.segment) as u64;
        counters.sent_bytes += run.len as u64;
    }
    sent
}

fn send_singles(
    v4: Option<&Socket>,
    v6: Option<&Socket>,
    outbox: &mut Outbox,
    bytes: &[u8],
    singles: &[Run],
    counters: &mut Counters,
) {
    let mut next = 0;
    while next < singles.len() {
        let sent = send_some(v4, v6, outbox, bytes, &singles[next..], counters);
        next += sent.runs;
        match sent.stop {
            None => {}
            Some(Stop::Full) => {
                counters.send_full += packets(&singles[next..]);
                return;
            }
            Some(Stop::NoSegments | Stop::Refused) => {
                counters.send_refused += 1;
                next += 1;
            }
        }
    }
}
