//! One entry for each parser of bytes from outside, for `media/fuzz` and `tests/fuzz_smoke.rs`.
//!
//! Not part of the crate's interface. Takes any bytes at all and may only return: a panic, an endless
//! loop or a packet to anything but a shard is the finding.

use crate::client::{Client, channel_data, unsigned};
use crate::credentials::Secret;
use crate::peers::{Peers, Way};
use crate::session::{Ends, Session, Step};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use turn_server_proto::types::attribute::RequestedTransport;
use turn_server_proto::types::message::ALLOCATE;

/// Fixed, so that a corpus can hold requests with good credentials.
pub const SECRET: [u8; 32] = [7; 32];
/// Wall clock of the fuzz run, in seconds.
pub const NOW_S: u64 = 1_800_000_000;
/// The one shard.
pub const WAY: Way = Way {
    candidate: SocketAddr::new(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)), 10_000),
    socket: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 10_000),
};

/// Bytes of a client: an even first byte, and the rest is the stream, cut into pieces whose lengths it
/// chooses; an odd one, and the client signs in first, and the rest tells what it asks for then.
pub fn turn_stream(bytes: &[u8]) {
    let Some((&kind, rest)) = bytes.split_first() else { return };
    let mut world = World::new();
    if kind % 2 == 0 {
        for piece in rest.chunks(usize::from(kind).max(1) * 4) {
            if world.give(piece).is_none() {
                return;
            }
        }
        return;
    }
    let Some(client) = world.sign_in() else { return };
    let mut rest = rest;
    while let Some((request, after)) = request(&client, rest) {
        rest = after;
        if world.give(&request).is_none() {
            return;
        }
    }
}

/// The next thing that `plan` wants asked, and what is left of it.
fn request<'a>(client: &Client, plan: &'a [u8]) -> Option<(Vec<u8>, &'a [u8])> {
    let (&[what, method, count, length], mut rest) = plan.split_first_chunk::<4>()?;
    if what % 4 == 0 {
        let (data, after) = rest.split_at(usize::from(length).min(rest.len()));
        return Some((channel_data(0x4000 | u16::from(method), data), after));
    }
    let mut attributes = Vec::new();
    for _ in 0..count % 6 {
        let Some((&[high, low, length], after)) = rest.split_first_chunk::<3>() else { break };
        let (value, after) = after.split_at(usize::from(length).min(after.len()));
        attributes.push((u16::from_be_bytes([high, low]), value));
        rest = after;
    }
    Some((client.any(u16::from(method), &attributes), rest))
}

/// One connection, and the shard behind it.
struct World {
    session: Session,
    since: Duration,
}

impl World {
    fn new() -> Self {
        let ends = Ends { listen: ([192, 0, 2, 1], 443).into(), client: ([198, 51, 100, 9], 50_000).into() };
        let peers = Arc::new(Peers::new(&[WAY]));
        let session = Session::new(ends, Arc::new(Secret::new(&SECRET)), peers);
        Self { session, since: Duration::ZERO }
    }

    fn sign_in(&mut self) -> Option<Client> {
        let refusal = self.give(&unsigned(ALLOCATE))?.pop()?;
        let client = Client::after(&refusal, Secret::new(&SECRET).grant(NOW_S, 1))?;
        self.give(&client.allocate(RequestedTransport::UDP))?;
        Some(client)
    }

    /// What the client is told; `None` when its connection ends.
    fn give(&mut self, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
        self.since += Duration::from_secs(1);
        let (mut steps, mut told) = (Vec::new(), Vec::new());
        let taken = self.session.take_from_client(self.since, NOW_S, bytes, &mut steps);
        self.session.take_from_shard(self.since, WAY.socket, &[0x80, 1, 2, 3, 4], &mut steps);
        while let Some(step) = steps.pop() {
            match step {
                Step::ToShard(socket, _) => assert_eq!(socket, WAY.socket, "an open relay"),
                Step::OpenSocket => {
                    let relayed = Some(([127, 0, 0, 1], 40_000).into());
                    self.session.socket_opened(self.since, relayed, &mut steps);
                }
                Step::ToClient(answer) => {
                    assert_eq!(answer.len() % 4, 0, "streams are padded");
                    told.push(answer);
                }
                Step::CloseSocket => {}
            }
        }
        taken.ok().map(|()| told)
    }
}
