//! Nobody gets anything but our shards, and nobody gets that without a fresh credential.

use super::{outcome, send};
use crate::client::{Client, channel_data, unsigned};
use crate::credentials::{Grant, Secret};
use crate::peers::{Peers, Way};
use crate::session::{Ends, Session, Step};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use turn_server_proto::types::attribute::RequestedTransport;
use turn_server_proto::types::message::{
    ALLOCATE, CHANNEL_BIND, CONNECT, CONNECTION_BIND, CREATE_PERMISSION, DATA,
};
use turn_server_proto::types::stun::message::MessageClass::{Error, Indication, Success};

const NOW_S: u64 = 1_800_000_000;
const CANDIDATE: &str = "203.0.113.7:10000";
const SECOND_CANDIDATE: &str = "203.0.113.7:10001";
const RELAYED: &str = "127.0.0.1:40000";

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// One connection, and what came out of it so far.
struct Bench {
    session: Session,
    secret: Arc<Secret>,
    since: Duration,
    now_s: u64,
    has_room: bool,
}

impl Bench {
    fn new() -> Self {
        let ways = [
            Way { candidate: address(CANDIDATE), socket: address("127.0.0.1:10000") },
            Way { candidate: address(SECOND_CANDIDATE), socket: address("127.0.0.1:10001") },
        ];
        let ends = Ends { listen: address("192.0.2.1:443"), client: address("198.51.100.9:50000") };
        let secret = Arc::new(Secret::new(&[7; 32]));
        let session = Session::new(ends, secret.clone(), Arc::new(Peers::new(&ways)));
        Self { session, secret, since: Duration::ZERO, now_s: NOW_S, has_room: true }
    }

    /// What the server does about `bytes`, with every socket opened that it asks for.
    fn give(&mut self, bytes: &[u8]) -> Vec<Step> {
        self.since += Duration::from_millis(20);
        let mut steps = Vec::new();
        self.session.take_from_client(self.since, self.now_s, bytes, &mut steps).expect("all of it is TURN");
        if let Some(place) = steps.iter().position(|step| *step == Step::OpenSocket) {
            steps.remove(place);
            let relayed = self.has_room.then(|| address(RELAYED));
            self.session.socket_opened(self.since, relayed, &mut steps);
        }
        steps
    }

    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        match self.give(bytes).as_slice() {
            [Step::ToClient(answer)] => answer.clone(),
            other => panic!("one answer expected: {other:?}"),
        }
    }

    fn client(&mut self, grant: Grant) -> Client {
        let refusal = self.answer(&unsigned(ALLOCATE));
        assert_eq!(
            outcome(&refusal),
            Some((ALLOCATE, Error, 401)),
            "who says nothing is asked for credentials"
        );
        Client::after(&refusal, grant).expect("a nonce")
    }

    /// A client with an allocation.
    fn allocated(&mut self) -> Client {
        let grant = self.secret.grant(NOW_S, 42);
        let client = self.client(grant);
        let answer = self.answer(&client.allocate(RequestedTransport::UDP));
        assert_eq!(outcome(&answer), Some((ALLOCATE, Success, 0)));
        client
    }

    fn allocates_with(&mut self, grant: Grant) -> Option<u16> {
        let client = self.client(grant);
        let answer = self.answer(&client.allocate(RequestedTransport::UDP));
        outcome(&answer).map(|(_, _, code)| code)
    }
}

#[test]
fn fresh_credential_opens_an_allocation_and_no_other_does() {
    let fresh = |bench: &Bench| bench.secret.grant(NOW_S, 42);
    let mut bench = Bench::new();
    let grant = fresh(&bench);
    assert_eq!(bench.allocates_with(grant), Some(0));

    let mut bench = Bench::new();
    let grant = fresh(&bench);
    bench.now_s += 600;
    assert_eq!(bench.allocates_with(grant), Some(401), "expired");

    let mut bench = Bench::new();
    let grant = Secret::new(&[8; 32]).grant(NOW_S, 42);
    assert_eq!(bench.allocates_with(grant), Some(401), "of another server");

    let mut bench = Bench::new();
    let grant = Grant { username: bench.secret.grant(NOW_S, 43).username, ..fresh(&bench) };
    assert_eq!(bench.allocates_with(grant), Some(401), "somebody else's name");

    let mut bench = Bench::new();
    let grant = Grant { username: format!("{}:42", NOW_S + 1_000_000), ..fresh(&bench) };
    assert_eq!(bench.allocates_with(grant), Some(401), "a longer life than was given");

    let mut bench = Bench::new();
    bench.has_room = false;
    let grant = fresh(&bench);
    assert_eq!(bench.allocates_with(grant), Some(508), "no room");
}

#[test]
fn allocation_goes_on_after_its_credential_is_too_old_for_a_new_one() {
    let mut bench = Bench::new();
    let client = bench.allocated();
    bench.now_s += 3600;
    let answer = bench.answer(&client.permission(&[address(CANDIDATE)]));
    assert_eq!(outcome(&answer), Some((CREATE_PERMISSION, Success, 0)));
}

#[test]
fn packets_go_to_the_shard_and_come_back() {
    let mut bench = Bench::new();
    let client = bench.allocated();
    assert_eq!(bench.give(&send(address(CANDIDATE), b"early")), [], "no permission yet");
    bench.answer(&client.permission(&[address(CANDIDATE)]));
    let sent = bench.give(&send(address(CANDIDATE), b"check"));
    assert_eq!(sent, [Step::ToShard(address("127.0.0.1:10000"), b"check".to_vec())]);

    let mut steps = Vec::new();
    bench.session.take_from_shard(bench.since, address("127.0.0.1:10000"), b"answer", &mut steps);
    let [Step::ToClient(indication)] = steps.as_slice() else { panic!("{steps:?}") };
    assert_eq!(outcome(indication), Some((DATA, Indication, 0)));

    let answer = bench.answer(&client.channel(0x4001, address(SECOND_CANDIDATE)));
    assert_eq!(outcome(&answer), Some((CHANNEL_BIND, Success, 0)));
    // Two packets of odd length in one read: padding is none of their data.
    let both = [channel_data(0x4001, b"five!"), channel_data(0x4001, b"seven..")].concat();
    let shard = address("127.0.0.1:10001");
    let wanted = [Step::ToShard(shard, b"five!".to_vec()), Step::ToShard(shard, b"seven..".to_vec())];
    assert_eq!(bench.give(&both), wanted);
    let mut steps = Vec::new();
    bench.session.take_from_shard(bench.since, shard, b"odd", &mut steps);
    assert_eq!(steps, [Step::ToClient(channel_data(0x4001, b"odd"))]);
}

#[test]
fn peer_that_is_no_shard_is_forbidden_in_every_way() {
    let mut bench = Bench::new();
    let client = bench.allocated();
    let foreign = [
        "203.0.113.7:22",
        "203.0.113.8:10000",
        "127.0.0.1:10000",
        "127.0.0.1:5432",
        "10.0.0.1:10000",
        "192.168.1.1:80",
        "169.254.169.254:80",
        "0.0.0.0:10000",
        "255.255.255.255:10000",
        "[::1]:10000",
        "[2001:db8::7]:10000",
        "[::ffff:203.0.113.7]:10000",
    ];
    for peer in foreign.map(address) {
        let refused = bench.answer(&client.permission(&[peer]));
        assert_eq!(outcome(&refused), Some((CREATE_PERMISSION, Error, 403)), "{peer}");
        assert!(client.believes(&refused), "{peer}: browsers ignore an answer that is not signed");
        let beside = bench.answer(&client.permission(&[address(CANDIDATE), peer]));
        assert_eq!(outcome(&beside), Some((CREATE_PERMISSION, Error, 403)), "{peer} beside a shard");
        let bound = bench.answer(&client.channel(0x4002, peer));
        assert_eq!(outcome(&bound), Some((CHANNEL_BIND, Error, 403)), "{peer}");
        assert_eq!(bench.give(&send(peer, b"x")), [], "{peer}");
        assert_eq!(bench.give(&channel_data(0x4002, b"x")), [], "{peer}");
    }
    // A permission is for a host (RFC 8656 section 9), hence the look at each packet as well.
    bench.answer(&client.permission(&[address(CANDIDATE)]));
    assert_eq!(bench.give(&send(address("203.0.113.7:22"), b"x")), []);
    assert_eq!(bench.give(&send(address(CANDIDATE), b"x")).len(), 1, "the shard is still reached");
}

#[test]
fn packet_from_anything_but_a_shard_reaches_nobody() {
    let mut bench = Bench::new();
    let client = bench.allocated();
    bench.answer(&client.permission(&[address(CANDIDATE)]));
    for stranger in ["127.0.0.1:10002", "127.0.0.1:53", "203.0.113.7:10000"] {
        let mut steps = Vec::new();
        bench.session.take_from_shard(bench.since, address(stranger), b"x", &mut steps);
        assert_eq!(steps, [], "{stranger}");
    }
}

#[test]
fn relays_over_tcp_and_ipv6_are_not_to_be_had() {
    let mut bench = Bench::new();
    let grant = bench.secret.grant(NOW_S, 42);
    let client = bench.client(grant);
    let tcp = bench.answer(&client.allocate(RequestedTransport::TCP));
    assert!(matches!(outcome(&tcp), Some((ALLOCATE, Error, 400 | 442))));
    let ipv6: [(u16, &[u8]); 2] = [(0x0019, &[17, 0, 0, 0]), (0x0017, &[2, 0, 0, 0])];
    let refused = bench.answer(&client.any(3, &ipv6));
    assert_eq!(outcome(&refused), Some((ALLOCATE, Error, 440)));
    for method in [CONNECT, CONNECTION_BIND] {
        let refused = bench.answer(&client.any(method.value(), &[]));
        assert_eq!(outcome(&refused), Some((method, Error, 403)));
    }
}

#[test]
fn allocation_that_nobody_refreshes_ends() {
    let mut bench = Bench::new();
    bench.allocated();
    let mut steps = Vec::new();
    bench.session.tick(bench.since + Duration::from_secs(590), &mut steps);
    assert_eq!(steps, []);
    bench.session.tick(bench.since + Duration::from_secs(601), &mut steps);
    assert_eq!(steps, [Step::CloseSocket]);
}
