//! The outer side of one shard: its UDP sockets and its TCP connections as one way out.
//! Called by the loop and by legs; chooses by path and never looks into a packet.

use super::path::Path;
use super::socket::UdpPort;
use super::tcp::TcpPort;
use crate::counters::Counters;
use crate::sys::poll::Poll;

/// Every socket of a shard.
pub(crate) struct Wire {
    pub(crate) udp: UdpPort,
    pub(crate) tcp: TcpPort,
}

impl Wire {
    /// Room to seal one packet into.
    pub(crate) fn room(&mut self, counters: &mut Counters) -> &mut [u8] {
        self.udp.room(counters)
    }

    /// Sends the first `len` bytes of the room along `path` with the next flush.
    pub(crate) fn commit(&mut self, len: usize, path: &Path, counters: &mut Counters) {
        match path.connection {
            None => self.udp.commit(len, path),
            Some(id) => {
                let packet = self.udp.room(counters);
                self.tcp.put(id, &packet[..len], counters);
            }
        }
    }

    /// Sends a ready packet along `path` with the next flush; too long a one is dropped.
    pub(crate) fn put(&mut self, packet: &[u8], path: &Path, counters: &mut Counters) {
        match path.connection {
            None => self.udp.put(packet, path, counters),
            Some(id) => self.tcp.put(id, packet, counters),
        }
    }

    /// Sends everything that waits.
    pub(crate) fn flush(&mut self, poll: &Poll, counters: &mut Counters) {
        self.udp.flush(counters);
        self.tcp.flush(poll, counters);
    }
}
