//! The same over real sockets: a client at one end of a stream, a shard's socket at the other.

use super::outcome;
use crate::client::{Client, channel_data, unsigned};
use crate::frames::first;
use crate::peers::Way;
use crate::relays::Relays;
use crate::session::Ends;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use turn_server_proto::types::attribute::RequestedTransport;
use turn_server_proto::types::message::ALLOCATE;
use turn_server_proto::types::stun::message::MessageClass::{Error, Success};

const CANDIDATE: ([u8; 4], u16) = ([203, 0, 113, 7], 10_000);

struct Line {
    stream: DuplexStream,
    served: JoinHandle<()>,
}

impl Line {
    fn open(relays: &Relays) -> Self {
        let (stream, far) = tokio::io::duplex(64 << 10);
        let relays = relays.clone();
        let served = tokio::spawn(async move {
            relays.serve(far, ([192, 0, 2, 1], 443).into(), ([198, 51, 100, 9], 50_000).into()).await;
        });
        Self { stream, served }
    }

    async fn say(&mut self, message: &[u8]) {
        self.stream.write_all(message).await.expect("the server reads");
    }

    async fn hear(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            if let Some((message, _)) = first(&bytes).expect("the server speaks TURN") {
                return bytes[message].to_vec();
            }
            assert!(self.stream.read_buf(&mut bytes).await.expect("the server answers") > 0);
        }
    }

    async fn ask(&mut self, message: &[u8]) -> Vec<u8> {
        self.say(message).await;
        self.hear().await
    }

    /// The error code that an allocation ends with, 0 for none, and the client that asked.
    async fn allocate(&mut self, relays: &Relays) -> (Client, u16) {
        let refusal = self.ask(&unsigned(ALLOCATE)).await;
        let client = Client::after(&refusal, relays.grant(42).expect("there is a shard")).expect("a nonce");
        let answer = self.ask(&client.allocate(RequestedTransport::UDP)).await;
        let (_, class, code) = outcome(&answer).expect("STUN");
        assert_eq!(class == Success, code == 0);
        (client, code)
    }
}

async fn shard() -> (UdpSocket, Relays) {
    let shard = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let socket = shard.local_addr().expect("bound");
    let relays =
        Relays::new(&[Way { candidate: SocketAddr::from(CANDIDATE), socket }]).expect("random numbers");
    (shard, relays)
}

#[tokio::test]
async fn browser_and_shard_talk_through_the_relay() {
    let (shard, relays) = shard().await;
    let mut line = Line::open(&relays);
    let (client, code) = line.allocate(&relays).await;
    assert_eq!(code, 0);
    let bound = line.ask(&client.channel(0x4000, CANDIDATE.into())).await;
    assert!(client.believes(&bound));
    line.say(&channel_data(0x4000, b"ping of odd length!")).await;
    let mut packet = [0; 100];
    let (len, relayed) = shard.recv_from(&mut packet).await.expect("it comes");
    assert_eq!(&packet[..len], b"ping of odd length!");
    shard.send_to(b"pong!", relayed).await.expect("sent");
    assert_eq!(line.hear().await, [&[0x40, 0, 0, 5][..], b"pong!"].concat());
    drop(line.stream);
    line.served.await.expect("no defect");
}

#[tokio::test]
async fn stranger_on_the_machine_cannot_reach_the_browser() {
    let (shard, relays) = shard().await;
    let mut line = Line::open(&relays);
    let (client, _) = line.allocate(&relays).await;
    line.ask(&client.channel(0x4000, CANDIDATE.into())).await;
    line.say(&channel_data(0x4000, b"ping")).await;
    let (_, relayed) = shard.recv_from(&mut [0; 100]).await.expect("it comes");
    let stranger = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    stranger.send_to(b"forged", relayed).await.expect("sent");
    shard.send_to(b"real", relayed).await.expect("sent");
    assert_eq!(line.hear().await, [&[0x40, 0, 0, 4][..], b"real"].concat(), "the forged one is lost");
}

#[tokio::test]
async fn ninth_allocation_of_one_credential_finds_no_room_until_one_ends() {
    let (_shard, relays) = shard().await;
    let mut lines = Vec::new();
    for _ in 0..8 {
        let mut line = Line::open(&relays);
        assert_eq!(line.allocate(&relays).await.1, 0);
        lines.push(line);
    }
    let mut ninth = Line::open(&relays);
    assert_eq!(ninth.allocate(&relays).await.1, 508);
    let first = lines.remove(0);
    drop(first.stream);
    first.served.await.expect("no defect");
    let mut tenth = Line::open(&relays);
    assert_eq!(tenth.allocate(&relays).await.1, 0);
}

#[tokio::test]
async fn who_never_allocates_is_sent_away() {
    let (_shard, relays) = shard().await;
    let (mut stream, far) = tokio::io::duplex(64 << 10);
    let ends = Ends { listen: ([192, 0, 2, 1], 443).into(), client: ([198, 51, 100, 9], 50_000).into() };
    tokio::spawn(async move { relays.serve_within(Duration::from_millis(200), far, ends).await });
    stream.write_all(&unsigned(ALLOCATE)).await.expect("the server reads");
    let mut all = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut all)).await;
    ended.expect("in time").expect("closed in order");
    assert!(matches!(outcome(&all), Some((_, Error, 401))), "answered, and then sent away");
}

#[tokio::test]
async fn garbage_ends_the_connection_at_once() {
    let (_shard, relays) = shard().await;
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 64], &[0, 1, 0xff, 0xfc, 0x21, 0x12, 0xa4, 0x42]]
    {
        let mut line = Line::open(&relays);
        line.say(garbage).await;
        assert_eq!(line.stream.read(&mut [0; 10]).await.expect("closed in order"), 0);
    }
}
