//! The client side of ICE for one socket (RFC 8445): checks, nomination, consent, answers to checks.
//!
//! Owned by a session, which carries its packets. Controlling or controlled, with whichever of the
//! server's host candidates answers first; no relays and no restarts. Never reads the clock.

use super::identity::Identity;
use rtc_stun::attributes::{ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME, AttrType};
use rtc_stun::error_code::ErrorCodeAttribute;
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{
    BINDING_ERROR, BINDING_REQUEST, BINDING_SUCCESS, Getter as _, Message, Setter as _, TransactionId,
};
use rtc_stun::xoraddr::XorMappedAddress;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const ICE_CONTROLLED: AttrType = AttrType(0x8029);
const ICE_CONTROLLING: AttrType = AttrType(0x802a);
const ROLE_CONFLICT: u16 = 487;
/// Between two rounds of checks until one is answered.
const CHECK_EVERY: Duration = Duration::from_millis(50);
/// Between two checks of consent, as Chromium has it.
const CONSENT_EVERY: Duration = Duration::from_millis(2_500);
/// Without an answer for that long the path is dead (RFC 7675).
const CONSENT_LOST: Duration = Duration::from_secs(15);
/// Checks whose answers are still taken.
const OUTSTANDING: usize = 16;
/// Candidates that are tried.
const MAX_CANDIDATES: usize = 8;
/// A host candidate's priority as peer-reflexive one.
const PRIORITY: u32 = (110 << 24) | (65_535 << 8) | 255;

/// A packet for the socket.
pub type Outgoing = (SocketAddr, Vec<u8>);

/// ICE of one client.
pub struct Ice {
    identity: Identity,
    local: (String, String),
    remote: (String, String),
    is_controlling: bool,
    tie_breaker: u64,
    candidates: Vec<SocketAddr>,
    outstanding: Vec<([u8; 12], SocketAddr)>,
    selected: Option<SocketAddr>,
    heard_at: Instant,
    next_check: Instant,
}

impl Ice {
    /// Begins at once with checks of `candidates`.
    pub fn new(
        now: Instant,
        identity: Identity,
        local: (String, String),
        remote: (String, String),
        is_controlling: bool,
        tie_breaker: u64,
    ) -> Self {
        Self {
            identity,
            local,
            remote,
            is_controlling,
            tie_breaker,
            candidates: Vec::new(),
            outstanding: Vec::new(),
            selected: None,
            heard_at: now,
            next_check: now,
        }
    }

    /// Another address of the server.
    pub fn add_candidate(&mut self, address: SocketAddr) {
        // Sockets here are IPv4.
        let is_new = address.is_ipv4() && !self.candidates.contains(&address);
        if is_new && self.candidates.len() < MAX_CANDIDATES {
            self.candidates.push(address);
        }
    }

    /// The address that answered and is used.
    pub const fn selected(&self) -> Option<SocketAddr> {
        self.selected
    }

    /// Whether the server's consent has run out.
    pub fn is_lost(&self, now: Instant) -> bool {
        self.selected.is_some() && now.saturating_duration_since(self.heard_at) > CONSENT_LOST
    }

    /// Sends the checks that are due.
    pub fn poll(&mut self, now: Instant, out: &mut Vec<Outgoing>) {
        if now < self.next_check {
            return;
        }
        let (targets, wait) = match self.selected {
            Some(selected) => (vec![selected], CONSENT_EVERY),
            None => (self.candidates.clone(), CHECK_EVERY),
        };
        self.next_check = now + wait;
        for target in targets {
            if let Some(check) = self.check(target) {
                out.push((target, check));
            }
        }
    }

    fn check(&mut self, target: SocketAddr) -> Option<Vec<u8>> {
        let id = TransactionId::new();
        let mut message = Message::new();
        message.build(&[Box::new(BINDING_REQUEST), Box::new(id)]).ok()?;
        message.add(ATTR_USERNAME, format!("{}:{}", self.remote.0, self.local.0).as_bytes());
        message.add(ATTR_PRIORITY, &PRIORITY.to_be_bytes());
        if self.is_controlling {
            message.add(ICE_CONTROLLING, &self.tie_breaker.to_be_bytes());
            message.add(ATTR_USE_CANDIDATE, &[]);
        } else {
            message.add(ICE_CONTROLLED, &self.tie_breaker.to_be_bytes());
        }
        self.seal(&mut message, self.remote.1.clone())?;
        if self.outstanding.len() == OUTSTANDING {
            self.outstanding.remove(0);
        }
        self.outstanding.push((id.0, target));
        Some(message.raw)
    }

    fn seal(&self, message: &mut Message, password: String) -> Option<()> {
        let crypto = self.identity.provider().crypto();
        MessageIntegrity::new_short_term_integrity_with_provider(password, crypto).add_to(message).ok()?;
        FINGERPRINT.add_to(message).ok()
    }

    /// Takes a STUN message.
    pub fn handle(&mut self, now: Instant, from: SocketAddr, bytes: &[u8], out: &mut Vec<Outgoing>) {
        let mut message = Message::new();
        message.raw = bytes.to_vec();
        if message.decode().is_err() {
            return;
        }
        if message.typ == BINDING_REQUEST {
            self.answer(from, message, out);
        } else if message.typ == BINDING_SUCCESS || message.typ == BINDING_ERROR {
            self.answered(now, &mut message);
        }
    }

    fn is_authentic(&self, message: &mut Message, password: &str) -> bool {
        MessageIntegrity::check(message, password.as_bytes(), self.identity.provider().crypto()).is_ok()
    }

    fn answered(&mut self, now: Instant, message: &mut Message) {
        let id = message.transaction_id.0;
        let Some(at) = self.outstanding.iter().position(|(known, _)| *known == id) else { return };
        let password = self.remote.1.clone();
        let mut code = ErrorCodeAttribute::default();
        if message.typ == BINDING_ERROR {
            if code.get_from(message).is_ok() && code.code.0 == ROLE_CONFLICT {
                self.is_controlling = !self.is_controlling;
                self.next_check = now;
            }
            return;
        }
        if !self.is_authentic(message, &password) {
            return;
        }
        let (_, target) = self.outstanding.remove(at);
        self.heard_at = now;
        self.selected.get_or_insert(target);
    }

    fn answer(&mut self, from: SocketAddr, mut request: Message, out: &mut Vec<Outgoing>) {
        let own = self.local.1.clone();
        if !self.is_authentic(&mut request, &own) {
            return;
        }
        self.add_candidate(from);
        let mut message = Message::new();
        let address = XorMappedAddress { ip: from.ip(), port: from.port() };
        let built = message.build(&[Box::new(request), Box::new(BINDING_SUCCESS), Box::new(address)]);
        if built.is_ok() && self.seal(&mut message, own).is_some() {
            out.push((from, message.raw));
        }
    }
}
