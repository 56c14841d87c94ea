//! The sockets of TURN: one task for each client's connection, one UDP socket for its allocation.
//!
//! The program calls [`Relays::serve`] with each connection and [`Relays::grant`] for each offer. The
//! rules are in `session`. Nothing here waits for one client at the cost of another: buffers, time
//! and places are bounded, and what finds no room is dropped and counted, as a network would.

use crate::counters::{Lost, Refusal};
use crate::credentials::{Grant, Secret};
use crate::peers::{Peers, Way};
use crate::places::{Place, Places};
use crate::session::{Ends, Session, Step};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::UdpSocket;
use tokio::time::Instant;

/// Bytes read from a client at once.
const READ_BYTES: usize = 16 << 10;
/// Bytes that wait for a client: about half a second of a full picture pool at 4 Mbit/s, as with ICE
/// over TCP.
const OUT_BYTES: usize = 256 << 10;
/// Longest packet of a shard.
const PACKET_BYTES: usize = 2048;
/// How long a connection may be without an allocation: asking takes two round trips.
const WITHOUT_ALLOCATION: Duration = Duration::from_secs(15);

/// The system has no random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system has no random numbers for the secret of TURN")]
pub struct NoRandom;

/// TURN of this process.
#[derive(Clone, Debug)]
pub struct Relays {
    secret: Arc<Secret>,
    peers: Arc<Peers>,
    places: Places,
}

impl Relays {
    /// Relays to the shards behind `ways`. The secret of the credentials is new with each start:
    /// after one, offers are new as well.
    ///
    /// # Errors
    /// [`NoRandom`].
    pub fn new(ways: &[Way]) -> Result<Self, NoRandom> {
        let mut secret = [0; 32];
        aws_lc_rs::rand::fill(&mut secret).map_err(|_| NoRandom)?;
        Ok(Self {
            secret: Arc::new(Secret::new(&secret)),
            peers: Arc::new(Peers::new(ways)),
            places: Places::default(),
        })
    }

    /// Credentials for the leg `subject`; `None` when no shard can be reached over IPv4.
    #[must_use]
    pub fn grant(&self, subject: u64) -> Option<Grant> {
        (!self.peers.is_empty()).then(|| self.secret.grant(unix_now_s(), subject))
    }

    /// Serves one client until it goes or is sent away. `listen` and `client` are the two ends of
    /// its connection.
    pub async fn serve<S>(&self, stream: S, listen: SocketAddr, client: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.serve_within(WITHOUT_ALLOCATION, stream, Ends { listen, client }).await;
    }

    pub(crate) async fn serve_within<S>(&self, patience: Duration, stream: S, ends: Ends)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let session = Session::new(ends, self.secret.clone(), self.peers.clone());
        let mut run = Run {
            session,
            places: self.places.clone(),
            began: Instant::now(),
            relayed: None,
            out: Vec::new(),
            steps: Vec::new(),
            alone_since: Instant::now(),
            patience,
        };
        // Whatever ends it, the client sees its connection closed and comes back or not.
        let _ = run.serve(stream).await;
    }
}

fn unix_now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The socket of an allocation, and its place.
struct Relayed {
    socket: UdpSocket,
    _place: Place,
}

struct Run {
    session: Session,
    places: Places,
    began: Instant,
    relayed: Option<Relayed>,
    out: Vec<u8>,
    steps: Vec<Step>,
    /// Since when there has been no allocation.
    alone_since: Instant,
    /// How long that may last.
    patience: Duration,
}

impl Run {
    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: S) -> io::Result<()> {
        let (mut reader, mut writer) = tokio::io::split(stream);
        let mut bytes = vec![0; READ_BYTES];
        let mut packet = [0; PACKET_BYTES];
        let mut must_flush = false;
        loop {
            let due = self.began + self.session.look_at();
            let due = if self.relayed.is_none() { due.min(self.alone_since + self.patience) } else { due };
            tokio::select! {
                read = reader.read(&mut bytes) => match read? {
                    0 => return Ok(()),
                    count => self.take(&bytes[..count])?,
                },
                (len, from) = receive(self.relayed.as_ref(), &mut packet) => {
                    self.session.take_from_shard(self.began.elapsed(), from, &packet[..len], &mut self.steps);
                }
                written = send(&mut writer, &self.out, must_flush) => {
                    let written = written?;
                    self.out.drain(..written);
                    must_flush = written > 0;
                }
                () = tokio::time::sleep_until(due) => {
                    self.session.tick(self.began.elapsed(), &mut self.steps);
                    if self.relayed.is_none() && self.alone_since.elapsed() >= self.patience {
                        Refusal::Idle.count();
                        return Ok(());
                    }
                }
            }
            self.carry_out().await;
        }
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        let since = self.began.elapsed();
        let taken = self.session.take_from_client(since, unix_now_s(), bytes, &mut self.steps);
        taken.map_err(|_| {
            Refusal::Malformed.count();
            io::ErrorKind::InvalidData.into()
        })
    }

    async fn carry_out(&mut self) {
        // A step may lead to others, at most one allocation's worth.
        while !self.steps.is_empty() {
            for step in std::mem::take(&mut self.steps) {
                match step {
                    Step::ToClient(bytes) if self.out.len() + bytes.len() > OUT_BYTES => {
                        Lost::ToClient.count()
                    }
                    Step::ToClient(bytes) => self.out.extend_from_slice(&bytes),
                    Step::ToShard(socket, bytes) => {
                        let sent =
                            self.relayed.as_ref().map(|relayed| relayed.socket.try_send_to(&bytes, socket));
                        if !matches!(sent, Some(Ok(_))) {
                            Lost::ToShard.count();
                        }
                    }
                    Step::OpenSocket => {
                        let opened = self.open().await;
                        self.session.socket_opened(self.began.elapsed(), opened, &mut self.steps);
                    }
                    Step::CloseSocket => {
                        self.relayed = None;
                        self.alone_since = Instant::now();
                    }
                }
            }
        }
    }

    /// Shards of this machine are reached over loopback; nobody else ever is.
    async fn open(&mut self) -> Option<SocketAddr> {
        let Some(place) = self.session.username().and_then(|name| self.places.take(name)) else {
            Refusal::Full.count();
            return None;
        };
        match UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.and_then(|s| Ok((s.local_addr()?, s))) {
            Ok((address, socket)) => {
                self.relayed = Some(Relayed { socket, _place: place });
                Some(address)
            }
            Err(failure) => {
                tracing::warn!(%failure, "no socket for a relay");
                None
            }
        }
    }
}

/// Writes some of `out`; when there is none left, pushes out what TLS still holds of it. Never
/// done, while there is neither. Stopping it in between loses nothing.
async fn send(writer: &mut (impl AsyncWrite + Unpin), out: &[u8], must_flush: bool) -> io::Result<usize> {
    if out.is_empty() && must_flush {
        return writer.flush().await.map(|()| 0);
    }
    if out.is_empty() {
        return std::future::pending().await;
    }
    match writer.write(out).await? {
        0 => Err(io::ErrorKind::WriteZero.into()),
        written => Ok(written),
    }
}

/// The next packet for the allocation; never, while there is none.
async fn receive(relayed: Option<&Relayed>, packet: &mut [u8]) -> (usize, SocketAddr) {
    let Some(Relayed { socket, .. }) = relayed else { return std::future::pending().await };
    loop {
        // An error is the echo of a packet that found nobody (a shard that stops): the next may do.
        if let Ok(received) = socket.recv_from(packet).await {
            return received;
        }
    }
}
