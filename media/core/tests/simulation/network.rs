//! One leg and one simulated browser on a network that loses, repeats and reorders on command.
//!
//! Used by the transport tests. Time is simulated: the clock jumps to whatever is due next.

use super::browser::{Browser, BrowserKind};
use media_core::transport::sdp::{OfferPlan, SlotSources, Wanted, mids, parse_outside_offer};
use media_core::transport::{
    IceCredentials, LegSettings, LocalCandidate, LocalIdentity, Path, PeerTransport, Proto, TransportEvent,
};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

pub const ONE_WAY: Duration = Duration::from_millis(5);

/// What happens to one datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Deliver,
    Drop,
    Duplicate,
    /// Overtaken by everything sent in the next 3 ms.
    Delay,
}

pub fn server_addr() -> SocketAddr {
    "192.0.2.1:7000".parse().unwrap()
}

pub fn browser_addr() -> SocketAddr {
    "198.51.100.7:50000".parse().unwrap()
}

type Fates = Box<dyn FnMut(usize, bool, &[u8]) -> Fate>;

struct InFlight {
    at: Instant,
    to_server: bool,
    path: Path,
    bytes: Vec<u8>,
}

pub struct Network {
    pub now: Instant,
    pub server: PeerTransport,
    pub browser: Browser,
    pub events: Vec<TransportEvent>,
    /// Every DTLS datagram so far, as (to server, bytes).
    pub dtls: Vec<(bool, Vec<u8>)>,
    /// STUN to the server since [`Network::record_stun`].
    pub stun: Vec<Vec<u8>>,
    records_stun: bool,
    nat: Option<SocketAddr>,
    flying: Vec<InFlight>,
    fates: Fates,
}

pub fn settings() -> LegSettings {
    static IDENTITY: OnceLock<LocalIdentity> = OnceLock::new();
    let identity = IDENTITY.get_or_init(|| LocalIdentity::generate().unwrap()).clone();
    let candidate =
        |proto, addr: &str| LocalCandidate { addr: addr.parse().unwrap(), proto, preference: 60_000 };
    let candidates = vec![
        candidate(Proto::Udp, "10.1.1.1:7000"),
        candidate(Proto::Udp, "192.0.2.1:7000"),
        candidate(Proto::Tcp, "192.0.2.1:7000"),
        candidate(Proto::Udp, "[2001:db8::1]:7000"),
    ];
    LegSettings { identity, candidates: candidates.into() }
}

pub fn credentials(name: &str) -> IceCredentials {
    IceCredentials { ufrag: format!("srv{name}"), pwd: format!("{name}{}", "p".repeat(30)) }
}

pub fn plan(version: u64) -> OfferPlan {
    let slot = |i: usize| SlotSources { media: 1000 + 2 * i as u32, rtx: 1001 + 2 * i as u32 };
    OfferPlan {
        session_id: 4_611_731_400,
        version,
        video: std::array::from_fn(slot),
        audio: std::array::from_fn(|i| 2000 + i as u32),
    }
}

/// An answer as a browser would give it, in the shape that Chromium writes.
pub fn answer(ice: &IceCredentials, fingerprint: &str) -> String {
    let all: Vec<String> = mids().collect();
    let mut text =
        format!("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n", all.join(" "));
    for mid in &all {
        let is_video = mid.starts_with('v') || mid == "cam" || mid == "scr";
        let (kind, formats) = match mid.as_str() {
            _ if is_video => ("video", "96 97"),
            "sca" | "a3" => ("audio", "112"),
            _ => ("audio", "111"),
        };
        let sends = ["cam", "mic", "scr", "sca"].contains(&mid.as_str());
        let direction = if sends { "sendonly" } else { "recvonly" };
        text += &format!(
            "m={kind} 9 UDP/TLS/RTP/SAVPF {formats}\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:{}\r\n\
             a=ice-pwd:{}\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:active\r\na=mid:{mid}\r\n\
             a={direction}\r\na=rtcp-mux\r\n",
            ice.ufrag, ice.pwd
        );
    }
    text
}

/// The offer of a program that sends sound.
#[allow(dead_code, reason = "for one of the test programs that share this")]
pub fn offer(ice: &IceCredentials, fingerprint: &str, is_passive: bool) -> String {
    let setup = if is_passive { "passive" } else { "actpass" };
    format!(
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 97\r\n\
         c=IN IP4 0.0.0.0\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:sha-256 {fingerprint}\r\n\
         a=setup:{setup}\r\na=sendonly\r\na=rtcp-mux\r\na=rtpmap:97 opus/48000/2\r\n",
        ice.ufrag, ice.pwd
    )
}

impl Network {
    pub fn new(kind: BrowserKind) -> Self {
        let now = Instant::now();
        let server = PeerTransport::new(now, &settings(), credentials("1")).unwrap();
        let browser = Browser::new(now, kind, browser_addr(), server_addr());
        Self {
            now,
            server,
            browser,
            events: Vec::new(),
            dtls: Vec::new(),
            stun: Vec::new(),
            records_stun: false,
            nat: None,
            flying: Vec::new(),
            fates: Box::new(|_, _, _| Fate::Deliver),
        }
    }

    /// A leg made from the offer of `browser`'s program.
    #[allow(dead_code, reason = "for one of the test programs that share this")]
    pub fn answering(kind: BrowserKind, fingerprint: Option<&str>) -> Self {
        let mut network = Self::new(kind.clone());
        let own = network.browser.fingerprint();
        let text = offer(&network.browser.credentials(), fingerprint.unwrap_or(&own), kind.is_passive);
        let offer = parse_outside_offer(&text, Wanted::Publish).unwrap();
        let leg = PeerTransport::answering(network.now, &settings(), credentials("1"), &offer);
        network.server = leg.unwrap();
        network.browser.check(network.now, &credentials("1"));
        network
    }

    /// Decides what happens to the n-th DTLS datagram; STUN always passes.
    pub fn with_fates(mut self, fates: impl FnMut(usize, bool, &[u8]) -> Fate + 'static) -> Self {
        self.fates = Box::new(fates);
        self
    }

    pub fn record_stun(&mut self, yes: bool) {
        self.records_stun = yes;
    }

    /// From now on the server's socket has this address; the browser still sees the public one.
    pub fn translate(&mut self, inner: SocketAddr) {
        self.nat = Some(inner);
    }

    pub fn answer(&mut self) {
        let text = answer(&self.browser.credentials(), &self.browser.fingerprint());
        self.server.set_answer(self.now, &text).unwrap();
        self.browser.check(self.now, &credentials("1"));
    }

    /// Runs until `done` or until the limit of simulated time; reports whether `done` came true.
    pub fn run(&mut self, limit: Duration, mut done: impl FnMut(&Self) -> bool) -> bool {
        let end = self.now + limit;
        loop {
            self.exchange();
            if done(self) {
                return true;
            }
            let timers = [self.server.poll_timeout(), self.browser.poll_timeout()];
            let arrivals = self.flying.iter().map(|flight| flight.at);
            let next = timers.into_iter().flatten().chain(arrivals).min();
            // A due timer that does not move would stop the clock, hence the least step.
            let next = next.unwrap_or(end).max(self.now + Duration::from_millis(1));
            if next > end {
                self.now = end;
                return false;
            }
            self.now = next;
        }
    }

    pub fn is_connected(&self) -> bool {
        let is_connected = |e: &TransportEvent| matches!(e, TransportEvent::Connected { .. });
        self.events.iter().any(is_connected) && self.browser.keys.is_some()
    }

    fn exchange(&mut self) {
        let now = self.now;
        let (due, later) = self.flying.drain(..).partition(|flight| flight.at <= now);
        self.flying = later;
        let due: Vec<InFlight> = due;
        for flight in due {
            if flight.to_server {
                let Path { local, remote, proto } = flight.path;
                let local = self.nat.unwrap_or(local);
                if self.records_stun && flight.bytes[0] < 4 {
                    self.stun.push(flight.bytes.clone());
                }
                self.server.handle_datagram(now, local, remote, proto, &flight.bytes);
            } else if flight.path == self.browser.path_of_server() {
                self.browser.handle(now, &flight.bytes);
            }
        }
        self.server.handle_timeout(now);
        self.browser.handle_timeout(now);
        while let Some(event) = self.server.poll_event() {
            self.events.push(event);
        }
        while let Some(out) = self.server.poll_transmit() {
            let mut path = out.path;
            if Some(path.local) == self.nat {
                path.local = self.browser.server;
            }
            self.send(false, path, out.bytes);
        }
        while let Some(bytes) = self.browser.poll_transmit() {
            self.send(true, self.browser.path_of_server(), bytes);
        }
    }

    fn send(&mut self, to_server: bool, path: Path, bytes: Vec<u8>) {
        let mut fate = Fate::Deliver;
        if (20..64).contains(&bytes[0]) {
            fate = (self.fates)(self.dtls.len(), to_server, &bytes);
            self.dtls.push((to_server, bytes.clone()));
        }
        let extra = if fate == Fate::Delay { Duration::from_millis(3) } else { Duration::ZERO };
        let at = self.now + ONE_WAY + extra;
        let copies = match fate {
            Fate::Drop => 0,
            Fate::Duplicate => 2,
            Fate::Deliver | Fate::Delay => 1,
        };
        for _ in 0..copies {
            self.flying.push(InFlight { at, to_server, path, bytes: bytes.clone() });
        }
    }
}
