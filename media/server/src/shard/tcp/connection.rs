//! One TCP connection that carries RFC 4571 frames: a bounded buffer a direction.
//! Called only by `tcp`; knows nothing of legs.

use super::super::path::Path;
use crate::sys::poll::{Interest, Poll};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

/// Longest frame accepted; no packet of ours is longer than an Ethernet frame.
pub(crate) const MAX_FRAME_BYTES: usize = 2048;
/// Bytes of the length field (RFC 4571 section 2).
const LENGTH_BYTES: usize = 2;
/// Incoming bytes kept: one whole frame and the beginning of the next.
const IN_BYTES: usize = 2 * (MAX_FRAME_BYTES + LENGTH_BYTES);
/// Outgoing bytes kept: about half a second of a full picture pool at 4 Mbit/s.
const OUT_BYTES: usize = 256 << 10;

/// The connection has ended, or what it carries is no sequence of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// Bytes in order, bounded, without moving them on every frame.
struct Queue {
    bytes: Box<[u8]>,
    begin: usize,
    end: usize,
}

impl Queue {
    fn new(capacity: usize) -> Self {
        Self { bytes: vec![0; capacity].into_boxed_slice(), begin: 0, end: 0 }
    }

    fn waiting(&self) -> &[u8] {
        &self.bytes[self.begin..self.end]
    }

    /// Everything that is free, in one piece.
    fn free(&mut self) -> &mut [u8] {
        if self.begin > 0 {
            self.bytes.copy_within(self.begin..self.end, 0);
            self.end -= self.begin;
            self.begin = 0;
        }
        &mut self.bytes[self.end..]
    }

    /// Frames and so packets stay whole: all of `parts` or nothing.
    fn push(&mut self, parts: [&[u8]; 2]) -> bool {
        let len = parts[0].len() + parts[1].len();
        if self.end + len > self.bytes.len() && self.free().len() < len {
            return false;
        }
        for part in parts {
            self.bytes[self.end..self.end + part.len()].copy_from_slice(part);
            self.end += part.len();
        }
        true
    }

    fn take(&mut self, len: usize) {
        self.begin += len;
        if self.begin == self.end {
            self.begin = 0;
            self.end = 0;
        }
    }
}

pub(super) struct Connection {
    stream: TcpStream,
    pub(super) path: Path,
    pub(super) heard_at: Instant,
    pub(super) belongs_to_leg: bool,
    incoming: Queue,
    outgoing: Queue,
    waits_for_room: bool,
}

impl Connection {
    /// A connection of which `held` has been read; `None` when that is more than fits.
    pub(super) fn new(stream: TcpStream, path: Path, held: &[u8], now: Instant) -> Option<Self> {
        let mut incoming = Queue::new(IN_BYTES);
        incoming.push([held, &[]]).then(|| Self {
            stream,
            path,
            heard_at: now,
            belongs_to_leg: false,
            incoming,
            outgoing: Queue::new(OUT_BYTES),
            waits_for_room: false,
        })
    }

    /// Reads once; the poll set is level-triggered, so the rest comes in the next turn.
    pub(super) fn read(&mut self, now: Instant) -> Result<(), Broken> {
        match self.stream.read(self.incoming.free()) {
            Ok(0) => Err(Broken),
            Ok(count) => {
                self.incoming.end += count;
                self.heard_at = now;
                Ok(())
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                Ok(())
            }
            Err(_) => Err(Broken),
        }
    }

    /// Takes the next whole frame out; `Ok(None)` when it has not come yet.
    pub(super) fn next_frame(&mut self, frame: &mut [u8; MAX_FRAME_BYTES]) -> Result<Option<usize>, Broken> {
        let [high, low, rest @ ..] = self.incoming.waiting() else { return Ok(None) };
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        if len > MAX_FRAME_BYTES {
            return Err(Broken);
        }
        let Some(whole) = rest.get(..len) else { return Ok(None) };
        frame[..len].copy_from_slice(whole);
        self.incoming.take(LENGTH_BYTES + len);
        Ok(Some(len))
    }

    /// Whether nothing waits to be written.
    pub(super) fn is_clean(&self) -> bool {
        self.outgoing.waiting().is_empty()
    }

    /// Queues one frame; `false` when there is no room.
    pub(super) fn queue(&mut self, packet: &[u8]) -> bool {
        u16::try_from(packet.len()).is_ok_and(|len| self.outgoing.push([&len.to_be_bytes(), packet]))
    }

    /// Writes what the system takes.
    pub(super) fn write(&mut self, poll: &Poll, token: u64) -> Result<(), Broken> {
        while !self.is_clean() {
            match self.stream.write(self.outgoing.waiting()) {
                Ok(0) => return Err(Broken),
                Ok(count) => self.outgoing.take(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => return Err(Broken),
            }
        }
        let must_wait = !self.is_clean();
        if must_wait != self.waits_for_room {
            let interest = if must_wait { Interest::ReadWrite } else { Interest::Read };
            poll.change(&self.stream, token, interest).map_err(|_| Broken)?;
            self.waits_for_room = must_wait;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn pair() -> (Connection, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listener");
        let client = TcpStream::connect(listener.local_addr().expect("bound")).expect("connect");
        let (stream, remote) = listener.accept().expect("accept");
        stream.set_nonblocking(true).expect("non-blocking");
        let path = Path { local: remote.ip(), remote, connection: None };
        (Connection::new(stream, path, &[], Instant::now()).expect("nothing was read"), client)
    }

    fn frames(connection: &mut Connection, count: usize) -> Result<Vec<Vec<u8>>, Broken> {
        let mut found = Vec::new();
        let mut frame = [0; MAX_FRAME_BYTES];
        while found.len() < count {
            connection.read(Instant::now())?;
            while let Some(len) = connection.next_frame(&mut frame)? {
                found.push(frame[..len].to_vec());
            }
        }
        Ok(found)
    }

    #[test]
    fn frames_come_out_whole_however_they_were_cut() {
        let (mut connection, mut client) = pair();
        client.write_all(&[0, 3, b'a', b'b']).expect("write");
        client.write_all(&[b'c', 0, 0, 0, 1, b'd', 0]).expect("write");
        client.write_all(&[1, b'e']).expect("write");
        let got = frames(&mut connection, 4).expect("frames");
        assert_eq!(got, [b"abc".to_vec(), vec![], b"d".to_vec(), b"e".to_vec()]);
    }

    #[test]
    fn frame_above_the_limit_breaks_the_connection() {
        let (mut connection, mut client) = pair();
        client.write_all(&[0xff, 0xff, 0, 0]).expect("write");
        assert_eq!(frames(&mut connection, 1), Err(Broken));
    }

    #[test]
    fn slow_reader_loses_whole_frames() {
        let (mut connection, _client) = pair();
        let packet = [5u8; 1200];
        let taken = (0..1000).take_while(|_| connection.queue(&packet)).count();
        assert_eq!(taken, OUT_BYTES / (packet.len() + LENGTH_BYTES));
        assert_eq!(connection.outgoing.waiting().len() % (packet.len() + LENGTH_BYTES), 0);
    }
}
