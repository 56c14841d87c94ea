//! One socket of a test browser: UDP, or TCP with RFC 4571 frames. Counts nothing, drops nothing.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// Longest wait of one round.
const MOMENT: Duration = Duration::from_millis(1);

pub enum Link {
    Udp { socket: UdpSocket, server: SocketAddr },
    Tcp { stream: TcpStream, held: Vec<u8> },
}

impl Link {
    pub fn udp(server: SocketAddr) -> Self {
        let socket =
            UdpSocket::bind(if server.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" }).expect("socket");
        socket.set_nonblocking(true).expect("non-blocking");
        Self::Udp { socket, server }
    }

    pub fn tcp(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).expect("connect");
        stream.set_nodelay(true).expect("no delay");
        stream.set_nonblocking(true).expect("non-blocking");
        Self::Tcp { stream, held: Vec::new() }
    }

    pub fn send(&mut self, packet: &[u8]) {
        match self {
            // A full buffer is loss, as on any network.
            Self::Udp { socket, server } => drop(socket.send_to(packet, *server)),
            Self::Tcp { stream, .. } => {
                let mut frame = (packet.len() as u16).to_be_bytes().to_vec();
                frame.extend_from_slice(packet);
                stream.set_nonblocking(false).expect("blocking");
                stream.write_all(&frame).expect("the server reads");
                stream.set_nonblocking(true).expect("non-blocking");
            }
        }
    }

    pub fn receive(&mut self) -> Option<Vec<u8>> {
        let mut buffer = [0; 2048];
        match self {
            Self::Udp { socket, .. } => {
                let count = socket.recv(&mut buffer).ok()?;
                Some(buffer[..count].to_vec())
            }
            Self::Tcp { stream, held } => loop {
                if let [high, low, rest @ ..] = held.as_slice() {
                    let len = usize::from(u16::from_be_bytes([*high, *low]));
                    if rest.len() >= len {
                        let frame = rest[..len].to_vec();
                        held.drain(..2 + len);
                        return Some(frame);
                    }
                }
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => return None,
                    Ok(count) => held.extend_from_slice(&buffer[..count]),
                }
            },
        }
    }

    /// Waits until something may be there, at most [`MOMENT`].
    pub fn wait_a_moment(&self) {
        match self {
            Self::Udp { socket, .. } => {
                socket.set_nonblocking(false).expect("blocking");
                socket.set_read_timeout(Some(MOMENT)).expect("timeout");
                let waited = socket.peek(&mut [0; 1]);
                debug_assert!(waited.is_ok() || waited.is_err_and(|e| e.kind() != ErrorKind::InvalidInput));
                socket.set_nonblocking(true).expect("non-blocking");
            }
            Self::Tcp { stream, .. } => {
                stream.set_nonblocking(false).expect("blocking");
                stream.set_read_timeout(Some(MOMENT)).expect("timeout");
                let _ = stream.peek(&mut [0; 1]);
                stream.set_nonblocking(true).expect("non-blocking");
            }
        }
    }
}
