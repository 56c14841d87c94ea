//! TURN through the HTTPS port of the running program, as a browser behind a locked network uses it and
//! as somebody tries who wants it for something else. The client is another implementation of STUN.

use crate::place::{Place, Server, free_port};
use crate::visitor::Visitor;
use rtc_crypto::{RTCCryptoProvider as _, providers::AwsLcRsProvider};
use rtc_stun::attributes::{
    ATTR_ERROR_CODE, ATTR_NONCE, ATTR_REALM, ATTR_REQUESTED_TRANSPORT, ATTR_USERNAME, ATTR_XOR_PEER_ADDRESS,
};
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{
    CLASS_REQUEST, METHOD_ALLOCATE, METHOD_CREATE_PERMISSION, Message, MessageType, Method, Setter as _,
    TransactionId,
};
use rtc_stun::xoraddr::XorMappedAddress;
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

const HEADER_BYTES: usize = 20;

fn asked(server: &Server) -> Value {
    let answer = Visitor::connect(server.port).ask("POST", "/api/v1/check/leg");
    let (_, body) = answer.split_once("\r\n\r\n").expect("head and body");
    serde_json::from_str(body).expect("JSON")
}

/// The first candidate of `sdp` over `protocol` and IPv4.
fn candidate(sdp: &str, protocol: &str) -> SocketAddr {
    let found = sdp.lines().filter_map(|line| line.strip_prefix("a=candidate:")).find_map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let is_it = words[2] == protocol && words[4].contains('.');
        is_it.then(|| format!("{}:{}", words[4], words[5]).parse().expect("an address"))
    });
    found.expect("a candidate")
}

/// One connection to TURN.
struct Client {
    line: Visitor,
    user: String,
    password: String,
    nonce: String,
}

impl Client {
    fn new(server: &Server, leg: &Value) -> Self {
        let text = |name: &str| leg["relay"][name].as_str().expect("a text").to_owned();
        let line = Visitor::connect(server.port);
        Self { line, user: text("username"), password: text("credential"), nonce: String::new() }
    }

    /// The error code of the answer, 0 for none.
    fn ask(&mut self, method: Method, add: impl FnOnce(&mut Message)) -> u16 {
        let provider = AwsLcRsProvider::new();
        let mut message = Message::new();
        let kind = MessageType::new(method, CLASS_REQUEST);
        message.build(&[Box::new(kind), Box::new(TransactionId::new())]).expect("header");
        if !self.nonce.is_empty() {
            message.add(ATTR_USERNAME, self.user.as_bytes());
            message.add(ATTR_REALM, b"diemcau");
            message.add(ATTR_NONCE, self.nonce.as_bytes());
        }
        add(&mut message);
        if !self.nonce.is_empty() {
            let (user, realm, password) = (self.user.clone(), "diemcau".to_owned(), self.password.clone());
            let crypto = provider.crypto();
            MessageIntegrity::new_long_term_integrity_with_provider(user, realm, password, crypto)
                .and_then(|integrity| integrity.add_to(&mut message))
                .expect("integrity");
        }
        self.line.say(&message.raw);
        let mut answer = Message::new();
        answer.raw = self.line.hear(HEADER_BYTES).expect("an answer");
        let body = usize::from(u16::from_be_bytes([answer.raw[2], answer.raw[3]]));
        answer.raw.extend(self.line.hear(body).expect("all of it"));
        answer.decode().expect("STUN");
        if let Ok(nonce) = answer.get(ATTR_NONCE) {
            self.nonce = String::from_utf8(nonce).expect("text");
        }
        answer.get(ATTR_ERROR_CODE).map_or(0, |code| u16::from(code[2]) * 100 + u16::from(code[3]))
    }

    fn allocate(&mut self) -> u16 {
        self.ask(METHOD_ALLOCATE, |message| message.add(ATTR_REQUESTED_TRANSPORT, &[17, 0, 0, 0]))
    }

    fn permission(&mut self, peer: SocketAddr) -> u16 {
        self.ask(METHOD_CREATE_PERMISSION, |message| {
            let peer = XorMappedAddress { ip: peer.ip(), port: peer.port() };
            peer.add_to_as(message, ATTR_XOR_PEER_ADDRESS).expect("fits");
        })
    }
}

#[test]
fn relay_leads_to_our_shards_and_to_nothing_else() {
    let place = Place::new("locked");
    let server = Server::start(&place, &["serve", "--demo"], "Ctrl+C");
    let leg = asked(&server);
    let sdp = leg["sdp"].as_str().expect("an offer");
    assert!(sdp.contains(&format!(" {} typ host tcptype passive", server.port)), "ICE over TCP on this port");
    let shard = candidate(sdp, "udp");

    let mut client = Client::new(&server, &leg);
    assert_eq!(client.allocate(), 401, "who says nothing is asked for credentials");
    assert_eq!(client.allocate(), 0);
    assert_eq!(client.permission(shard), 0);
    let other_port = SocketAddr::new(shard.ip(), server.port);
    let foreign = ["127.0.0.1:22", "10.0.0.1:80", "169.254.169.254:80", "8.8.8.8:53", "[::1]:22"];
    for peer in foreign.map(|text| text.parse().expect("an address")).into_iter().chain([other_port]) {
        assert_eq!(client.permission(peer), 403, "{peer}");
    }

    let mut foreigner = Client::new(&server, &leg);
    foreigner.password = "guessed".to_owned();
    assert_eq!((foreigner.allocate(), foreigner.allocate()), (401, 401));
    let mut expired = Client::new(&server, &leg);
    let (_, subject) = expired.user.split_once(':').expect("two numbers");
    expired.user = format!("1000000000:{subject}");
    assert_eq!((expired.allocate(), expired.allocate()), (401, 401));

    let metrics = Visitor::connect(server.port).get("/metrics");
    let has = |line: &str| metrics.lines().any(|found| found == line);
    assert!(has("vc_turn_refused_total{reason=\"peer\"} 6"), "{metrics}");
    assert!(has("vc_turn_allocations 1"), "{metrics}");
    assert!(has("vc_http_port_connections_total{kind=\"turn\"} 3"), "{metrics}");
    assert!(server.stop());
}

#[test]
fn switched_off_the_https_port_is_for_https_alone() {
    let place = Place::new("locked-off");
    let server = Server::start(&place, &["serve", "--demo", "--set", "media.over_https=off"], "Ctrl+C");
    let leg = asked(&server);
    assert_eq!(leg.get("relay"), None);
    assert!(!leg["sdp"].as_str().expect("an offer").contains(&format!(" {} typ host", server.port)));
    let mut sealed = Visitor::connect(server.port);
    sealed.say(&[0, 3, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert_eq!(sealed.hear(1), None, "closed");
    let mut bare = TcpStream::connect(("127.0.0.1", server.port)).expect("connects");
    bare.write_all(&[0, 20, 0, 1]).expect("is sent");
    assert!(matches!(bare.read(&mut [0; 1]), Ok(0) | Err(_)), "closed");
    assert!(server.stop());
}

#[test]
fn wrong_settings_of_the_shared_port_are_told_together() {
    let place = Place::new("locked-settings");
    let (http, media) = (free_port(), free_port());
    let mut arguments = vec!["check-config", "--http-port", &http, "--media-port", &media];
    arguments.extend(["--set", "media.over_https=maybe", "--set", "media.https_port=70000"]);
    arguments.extend(["--set", "media.relay_host=turns:x:443"]);
    let output = place.run(&arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    for setting in ["media.over_https", "media.https_port", "media.relay_host"] {
        assert!(said.contains(&format!("--set {setting}")), "{said}");
    }
}
