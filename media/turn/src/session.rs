//! One client of TURN: what its bytes and its shard's packets lead to.
//!
//! Driven by `relays`, which owns the sockets. Wraps the library (one instance a connection) with
//! what it lacks: framing, credentials that expire, and the rule that only our shards are peers.
//! Pure: time is given, what is to be done leaves as [`Step`]s.

use crate::counters::Refusal;
use crate::credentials::Secret;
use crate::frames::{Foreign, Frames, pad};
use crate::gate::{self, Verdict};
use crate::peers::Peers;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use turn_server_proto::api::{SocketAllocateError, TurnServerApi as _, TurnServerPollRet};
use turn_server_proto::server::TurnServer;
use turn_server_proto::stun::Instant;
use turn_server_proto::stun::agent::Transmit;
use turn_server_proto::types::AddressFamily;
use turn_server_proto::types::TransportType;
use turn_server_proto::types::stun::attribute::{ErrorCode, Username};
use turn_server_proto::types::stun::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, MessageIntegrityCredentials,
    MessageWriteVec,
};
use turn_server_proto::types::stun::prelude::{MessageWrite as _, MessageWriteExt as _};

/// Realm of our credentials (RFC 8489 section 9.2).
pub(crate) const REALM: &str = "diemcau";
/// Longest time between two looks of the library at its expiries.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Shortest, so that an expiry at this very instant does not spin.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What `relays` has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send to the client.
    ToClient(Vec<u8>),
    /// Send from the relayed socket to this socket of a shard.
    ToShard(SocketAddr, Vec<u8>),
    /// Open a socket for an allocation, then call [`Session::socket_opened`].
    OpenSocket,
    /// The allocation has ended.
    CloseSocket,
}

/// Both ends of the client's connection, as seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) listen: SocketAddr,
    pub(crate) client: SocketAddr,
}

/// The state of one client.
pub(crate) struct Session {
    turn: TurnServer,
    frames: Frames,
    ends: Ends,
    secret: Arc<Secret>,
    peers: Arc<Peers>,
    /// Whose credentials were good when they came; the library knows this one alone.
    user: Option<LongTermKeyCredentials>,
    relayed: Option<SocketAddr>,
    is_opening: bool,
    look_at: Duration,
}

/// Time of the library: since the session began.
fn instant(since: Duration) -> Instant {
    Instant::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

impl Session {
    pub(crate) fn new(ends: Ends, secret: Arc<Secret>, peers: Arc<Peers>) -> Self {
        // For the library each message is a datagram: cutting the stream is ours, see `frames`.
        let turn = TurnServer::new(TransportType::Udp, ends.listen, REALM.to_owned());
        Self {
            turn,
            frames: Frames::default(),
            ends,
            secret,
            peers,
            user: None,
            relayed: None,
            is_opening: false,
            look_at: Duration::ZERO,
        }
    }

    /// The name that this client signed in with.
    pub(crate) fn username(&self) -> Option<&str> {
        self.user.as_ref().map(LongTermKeyCredentials::username)
    }

    /// When [`Self::tick`] wants to be called next, since the session began.
    pub(crate) fn look_at(&self) -> Duration {
        self.look_at
    }

    /// Takes bytes of the client that came `since` the session began, at `now_s` of the wall clock.
    ///
    /// # Errors
    /// [`Foreign`]: this is no TURN; close the connection.
    pub(crate) fn take_from_client(
        &mut self,
        since: Duration,
        now_s: u64,
        bytes: &[u8],
        steps: &mut Vec<Step>,
    ) -> Result<(), Foreign> {
        let mut frames = std::mem::take(&mut self.frames);
        frames.push(bytes);
        let all = loop {
            match frames.next_message() {
                Ok(Some(message)) => self.message(since, now_s, message, steps),
                Ok(None) => break Ok(()),
                Err(foreign) => break Err(foreign),
            }
        };
        self.frames = frames;
        self.tick(since, steps);
        all
    }

    fn message(&mut self, since: Duration, now_s: u64, bytes: &[u8], steps: &mut Vec<Step>) {
        let is_stun = bytes[0] >> 6 == 0;
        if is_stun && !self.is_admitted(now_s, bytes, steps) {
            return;
        }
        let transmit = Transmit::new(bytes, TransportType::Udp, self.ends.client, self.ends.listen);
        if let Some(answer) = self.turn.recv(transmit, instant(since)) {
            let answer = answer.build();
            self.route(answer.to, answer.data, steps);
        }
    }

    /// Looks at a STUN message before the library does; false when it ends here.
    fn is_admitted(&mut self, now_s: u64, bytes: &[u8], steps: &mut Vec<Step>) -> bool {
        let Ok(message) = Message::from_bytes(bytes) else {
            Refusal::Malformed.count();
            return false;
        };
        if message.has_class(MessageClass::Request) {
            self.learn_user(now_s, &message);
        }
        match gate::judge(&message, &self.peers) {
            Verdict::Pass => true,
            Verdict::Forbid(reason) => {
                reason.count();
                steps.push(Step::ToClient(self.forbidden(&message)));
                false
            }
            Verdict::Drop(reason) => {
                reason.count();
                false
            }
        }
    }

    /// Tells the library the one user of this connection, while the credential is fresh. Whether
    /// the client knows the password is for the library to see.
    fn learn_user(&mut self, now_s: u64, message: &Message<'_>) {
        let Ok(name) = message.attribute::<Username>() else { return };
        let name = name.username();
        if self.username() == Some(name) {
            return;
        }
        match self.secret.password_for(name, now_s) {
            Some(password) if self.user.is_none() => {
                self.turn.add_user(name.to_owned(), password.clone());
                self.user = Some(LongTermKeyCredentials::new(name.to_owned(), password, REALM.to_owned()));
            }
            // The library knows nobody of this name and answers 401.
            _ => Refusal::Credential.count(),
        }
    }

    fn forbidden(&self, message: &Message<'_>) -> Vec<u8> {
        let mut answer = Message::builder_error(message, MessageWriteVec::new());
        let code = ErrorCode::builder(ErrorCode::FORBIDDEN).build().expect("403 is an error code");
        answer.add_attribute(&code).expect("the first attribute of a message fits");
        if let Some(user) = &self.user {
            let key = MessageIntegrityCredentials::from(user.clone());
            answer
                .add_message_integrity(&key, IntegrityAlgorithm::Sha1)
                .expect("the message has no integrity yet");
        }
        answer.finish()
    }

    /// Takes a packet that the shard at `socket` sent to the relayed socket.
    pub(crate) fn take_from_shard(
        &mut self,
        since: Duration,
        socket: SocketAddr,
        packet: &[u8],
        steps: &mut Vec<Step>,
    ) {
        let (Some(relayed), Some(candidate)) = (self.relayed, self.peers.candidate_of(socket)) else {
            Refusal::Peer.count();
            return;
        };
        let transmit = Transmit::new(packet, TransportType::Udp, candidate, relayed);
        if let Some(built) = self.turn.recv(transmit, instant(since)) {
            let built = built.build();
            self.route(built.to, built.data, steps);
        }
    }

    /// The second look at where a packet goes: whatever the library permits, only shards get any.
    fn route(&self, to: SocketAddr, bytes: Vec<u8>, steps: &mut Vec<Step>) {
        if to == self.ends.client {
            steps.push(Step::ToClient(pad(bytes)));
        } else if let Some(socket) = self.peers.socket_of(to) {
            steps.push(Step::ToShard(socket, bytes));
        } else {
            Refusal::Peer.count();
        }
    }

    /// The answer to [`Step::OpenSocket`]; `None` when there is no place or no socket.
    pub(crate) fn socket_opened(
        &mut self,
        since: Duration,
        relayed: Option<SocketAddr>,
        steps: &mut Vec<Step>,
    ) {
        self.is_opening = false;
        self.relayed = relayed;
        let opened = relayed.ok_or(SocketAllocateError::InsufficientCapacity);
        self.answer_allocate(since, AddressFamily::IPV4, opened);
        self.tick(since, steps);
    }

    fn answer_allocate(
        &mut self,
        since: Duration,
        family: AddressFamily,
        opened: Result<SocketAddr, SocketAllocateError>,
    ) {
        let (udp, Ends { listen, client }) = (TransportType::Udp, self.ends);
        self.turn.allocated_socket(udp, listen, client, udp, family, opened, instant(since));
    }

    /// Lets time pass, and hands out what the library has ready.
    pub(crate) fn tick(&mut self, since: Duration, steps: &mut Vec<Step>) {
        loop {
            match self.turn.poll(instant(since)) {
                TurnServerPollRet::AllocateSocket { family: AddressFamily::IPV4, .. }
                    if self.relayed.is_none() && !self.is_opening =>
                {
                    self.is_opening = true;
                    steps.push(Step::OpenSocket);
                }
                TurnServerPollRet::AllocateSocket { family: AddressFamily::IPV4, .. } => {
                    let full = Err(SocketAllocateError::InsufficientCapacity);
                    self.answer_allocate(since, AddressFamily::IPV4, full);
                }
                TurnServerPollRet::AllocateSocket { family, .. } => {
                    let unknown = Err(SocketAllocateError::AddressFamilyNotSupported);
                    self.answer_allocate(since, family, unknown);
                }
                TurnServerPollRet::SocketClose { .. } => {
                    self.relayed = None;
                    steps.push(Step::CloseSocket);
                }
                // Relays to TCP peers are never asked for: `gate` refuses the methods.
                TurnServerPollRet::TcpConnect { .. } | TurnServerPollRet::TcpClose { .. } => {}
                TurnServerPollRet::WaitUntil(until) => {
                    let due = Duration::from_nanos(u64::try_from(until.as_nanos()).unwrap_or(0));
                    self.look_at = due.clamp(since + LOOK_AGAIN, since + LOOK_EVERY);
                    break;
                }
            }
        }
        while let Some(ready) = self.turn.poll_transmit(instant(since)) {
            self.route(ready.to, ready.data, steps);
        }
    }
}
