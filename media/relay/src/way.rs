//! The socket below a line: a Unix socket on one machine, TLS over TCP between two. Non-blocking.
//!
//! Used by the endpoint in `media-server` and by `client`. Moves bytes; knows no frame.

use crate::error::WayFailure;
use crate::trust::Trust;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, Connection, ServerConnection};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

/// Longest time until a TCP connection stands.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// Bytes that TLS may hold sealed or unsealed for us.
const TLS_BUFFER_BYTES: usize = 64 << 10;

/// Where a relay listens.
#[derive(Clone)]
pub enum Address {
    Unix(PathBuf),
    Tls(SocketAddr, Trust),
}

/// What a read or write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// So many bytes, at least one.
    Bytes(usize),
    /// The socket has or takes nothing now.
    Later,
    /// The other side has closed.
    End,
}

/// One connected socket.
pub enum Way {
    Unix(UnixStream),
    Tls(TcpStream, Box<Connection>),
}

impl Way {
    /// Connects to `address`; over TCP this waits for at most three seconds.
    ///
    /// # Errors
    /// [`WayFailure`].
    pub fn connect(address: &Address) -> Result<Self, WayFailure> {
        match address {
            Address::Unix(path) => Self::unix(UnixStream::connect(path).map_err(WayFailure::Connect)?)
                .map_err(WayFailure::Connect),
            Address::Tls(address, trust) => {
                let tcp = TcpStream::connect_timeout(address, CONNECT_WITHIN).map_err(WayFailure::Connect)?;
                let name = ServerName::IpAddress(address.ip().into());
                let client =
                    ClientConnection::new(trust.client.clone(), name).map_err(WayFailure::Identity)?;
                Self::tls(tcp, client.into()).map_err(WayFailure::Connect)
            }
        }
    }

    /// A Unix connection that was accepted.
    ///
    /// # Errors
    /// The system's.
    pub fn unix(stream: UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self::Unix(stream))
    }

    /// A TCP connection that was accepted; the other side must prove who it is.
    ///
    /// # Errors
    /// The system's.
    pub fn accepted(tcp: TcpStream, trust: &Trust) -> io::Result<Self> {
        let server = ServerConnection::new(trust.server.clone()).map_err(io::Error::other)?;
        Self::tls(tcp, server.into())
    }

    fn tls(tcp: TcpStream, mut connection: Connection) -> io::Result<Self> {
        tcp.set_nonblocking(true)?;
        tcp.set_nodelay(true)?;
        connection.set_buffer_limit(Some(TLS_BUFFER_BYTES));
        Ok(Self::Tls(tcp, Box::new(connection)))
    }

    /// Reads what is there.
    ///
    /// # Errors
    /// The system's, and TLS that cannot be believed.
    pub fn read(&mut self, into: &mut [u8]) -> io::Result<Moved> {
        match self {
            Self::Unix(stream) => moved(stream.read(into)),
            Self::Tls(tcp, tls) => loop {
                match moved(tls.reader().read(into))? {
                    Moved::Later => {}
                    done => return Ok(done),
                }
                match moved(tls.read_tls(tcp))? {
                    Moved::Bytes(_) => {}
                    other => return Ok(other),
                }
                let understood = tls.process_new_packets().map_err(io::Error::other);
                // An answer of the handshake, or the alert that says why it failed.
                push(tcp, tls)?;
                understood?;
            },
        }
    }

    /// Writes what the socket takes of `bytes`.
    ///
    /// # Errors
    /// The system's.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<Moved> {
        match self {
            Self::Unix(stream) => moved(stream.write(bytes)),
            Self::Tls(tcp, tls) => {
                push(tcp, tls)?;
                if tls.wants_write() || tls.is_handshaking() || bytes.is_empty() {
                    return Ok(Moved::Later);
                }
                let taken = tls.writer().write(bytes)?;
                push(tcp, tls)?;
                Ok(if taken == 0 { Moved::Later } else { Moved::Bytes(taken) })
            }
        }
    }

    /// Whether sealed bytes wait for the socket, whatever the line has.
    #[must_use]
    pub fn has_waiting(&self) -> bool {
        match self {
            Self::Unix(_) => false,
            Self::Tls(_, tls) => tls.wants_write(),
        }
    }
}

impl AsRawFd for Way {
    fn as_raw_fd(&self) -> RawFd {
        match self {
            Self::Unix(stream) => stream.as_raw_fd(),
            Self::Tls(tcp, _) => tcp.as_raw_fd(),
        }
    }
}

fn moved(result: io::Result<usize>) -> io::Result<Moved> {
    match result {
        Ok(0) => Ok(Moved::End),
        Ok(count) => Ok(Moved::Bytes(count)),
        Err(error) => match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(Moved::Later),
            io::ErrorKind::UnexpectedEof => Ok(Moved::End),
            _ => Err(error),
        },
    }
}

fn push(tcp: &mut TcpStream, tls: &mut Connection) -> io::Result<()> {
    while tls.wants_write() {
        if let Moved::Later | Moved::End = moved(tls.write_tls(tcp))? {
            return Ok(());
        }
    }
    Ok(())
}
