//! LiveKit's server, over its WebSocket signalling (protocol 15, two connections).
//!
//! Settings as its deployment guide gives them: one UDP port, ICE lite, log level of production. The
//! sender may not subscribe, so that its own connection is the one; viewers get an offer with all tracks.

use super::dialogue::{Dialogue, Door, lead};
use super::process::{Processes, free_ports};
use super::protobuf::{Value, Writing, fields, number, text};
use super::{Launch, Peer, Seat, namespace, program};
use crate::client::{Codec, Description, Part};
use crate::error::Failure;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};
use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tungstenite::Message;

const NAME: &str = "livekit";
const PROGRAM: &str = "livekit-server";
const ROOM: &str = "bench";
const KEY: &str = "bench";
/// At least 32 characters, or it warns. The server lives for one run and listens on this machine alone.
const SECRET: &str = "a-secret-of-one-run-on-this-machine";
const PROTOCOL: u8 = 15;
const READY: Duration = Duration::from_secs(30);
const TOKEN_LIFE: Duration = Duration::from_secs(3_600);
/// Fields of `SignalRequest` and `SignalResponse` (livekit_rtc.proto of its protocol package).
const OFFER: u32 = 1;
const ANSWER: u32 = 2;
const ADD_TRACK: u32 = 4;
const LEAVE: u32 = 8;
const PING: u32 = 14;
const JOINED: u32 = 1;
const ANSWERED: u32 = 2;
const OFFERED: u32 = 3;
const TRICKLED: u32 = 4;
const PUBLISHED: u32 = 6;
const LEFT: u32 = 8;
/// `TrackType`, `TrackSource` and `VideoQuality` of livekit_models.proto.
const AUDIO: (u64, u64) = (0, 2);
const VIDEO: (u64, u64) = (1, 1);
const HIGH: u64 = 2;

/// A running LiveKit server.
pub struct Livekit {
    processes: Processes,
    port: u16,
}

impl Livekit {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// `Absent`, `NotStarted`.
    pub fn start(launch: &Launch) -> Result<Self, Failure> {
        let program = program(launch, NAME, PROGRAM)?;
        let processes = Processes::new(NAME)?;
        let failed = |said: &str| Failure::NotStarted { name: NAME, said: said.to_owned() };
        let port = free_ports(2).ok_or_else(|| failed("no free ports"))?;
        let settings = processes.folder().join("livekit.yaml");
        fs::write(&settings, configuration(port)).map_err(Failure::system("settings of livekit"))?;
        let mut command = Command::new(program);
        command.arg("--config").arg(&settings);
        processes.start(command, launch.core)?;
        processes.wait(READY, || TcpStream::connect((namespace::address(), port)).is_ok())?;
        Ok(Self { processes, port })
    }
}

/// Its settings. JSON is YAML too.
fn configuration(port: u16) -> String {
    let address = namespace::address();
    let settings = json!({
        "port": port,
        "bind_addresses": [address],
        "keys": { KEY: SECRET },
        "rtc": {
            "udp_port": port + 1,
            "node_ip": address,
            "use_external_ip": false,
            "use_ice_lite": true,
            "enable_loopback_candidate": !namespace::is_entered(),
            "ips": { "includes": [format!("{address}/32")] },
            "stun_servers": [],
        },
        "room": { "auto_create": true, "enabled_codecs": [
            { "mime": "audio/opus" }, { "mime": "video/VP8" }, { "mime": "video/H264" },
        ] },
        "logging": { "level": "warn" },
    });
    settings.to_string()
}

/// A signed permission to join, by HS256 (RFC 7515).
fn token(identity: &str, sends: bool) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let claims = json!({
        "iss": KEY, "sub": identity, "nbf": now.as_secs().saturating_sub(60),
        "exp": (now + TOKEN_LIFE).as_secs(),
        "video": { "room": ROOM, "roomJoin": true, "canPublish": sends, "canSubscribe": !sends },
    });
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", part(r#"{"alg":"HS256","typ":"JWT"}"#), part(&claims.to_string()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()));
    format!("{signed}.{signature}")
}

impl Peer for Livekit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn join(&self, client: Description) -> Result<Box<dyn Seat>, Failure> {
        let sends = matches!(client.part(), Part::Sender { .. });
        let token = token(&format!("client-{}", client.number()), sends);
        let path =
            format!("/rtc?access_token={token}&protocol={PROTOCOL}&auto_subscribe=1&sdk=rust&version=1.0.0");
        let door =
            Door { name: NAME, address: namespace::address(), port: self.port, path: &path, protocol: None };
        lead(door, Talk { client, published: 0, is_settled: false })
    }

    fn processes(&self) -> &Processes {
        &self.processes
    }
}

/// One session.
struct Talk {
    client: Description,
    published: usize,
    is_settled: bool,
}

fn request(field: u32, content: &Writing) -> Message {
    Message::binary(Writing::default().bytes(field, &content.0).0)
}

fn described(kind: &str, sdp: &str, number: u64) -> Writing {
    Writing::default().bytes(1, kind.as_bytes()).bytes(2, sdp.as_bytes()).number(3, number)
}

impl Talk {
    /// What the sender says before its offer: a track for each of its lines, by the name that the
    /// line's `msid` carries.
    fn tracks(&self, codec: Codec, rids: usize) -> Vec<Message> {
        let layer = Writing::default().number(1, HIGH).number(2, 1280).number(3, 720).number(4, 2_500_000);
        let track = |kind: &str, (of_type, source): (u64, u64)| {
            let name = format!("{kind}{}", self.client.number());
            Writing::default()
                .bytes(1, name.as_bytes())
                .bytes(2, kind.as_bytes())
                .number(3, of_type)
                .number(8, source)
        };
        let mime = if codec == Codec::Vp8 { "video/VP8" } else { "video/H264" };
        let simulcast = Writing::default()
            .bytes(1, mime.as_bytes())
            .bytes(2, format!("video{}", self.client.number()).as_bytes());
        let mut picture = track("video", VIDEO).number(4, 1280).number(5, 720);
        if rids == 0 {
            picture = picture.bytes(9, &layer.0);
        }
        let picture = picture.bytes(10, &simulcast.0);
        vec![request(ADD_TRACK, &track("audio", AUDIO).number(13, 1)), request(ADD_TRACK, &picture)]
    }

    fn hear_field(&mut self, field: u32, content: &[u8]) -> Result<Vec<Message>, Failure> {
        let part = self.client.part().clone();
        match (field, part) {
            (JOINED, Part::Sender { codec, rids }) => Ok(self.tracks(codec, rids.len())),
            (PUBLISHED, Part::Sender { .. }) => {
                self.published += 1;
                // Both tracks are known now, so that the offer's lines are found by them.
                let offer = (self.published == 2).then(|| self.client.offer());
                Ok(offer.map(|it| request(OFFER, &described("offer", &it, 1))).into_iter().collect())
            }
            (ANSWERED, Part::Sender { .. }) => {
                self.client.take_answer(text(content, 2))?;
                self.is_settled = true;
                Ok(Vec::new())
            }
            (OFFERED, Part::Viewer) => {
                let own = self.client.answer(text(content, 2))?;
                self.is_settled = true;
                Ok(vec![request(ANSWER, &described("answer", &own, number(content, 3)))])
            }
            (TRICKLED, _) => {
                let candidate: Json = serde_json::from_str(text(content, 1)).unwrap_or_default();
                self.client.add_candidate(candidate["candidate"].as_str().unwrap_or_default());
                Ok(Vec::new())
            }
            (LEFT, _) => Err(Failure::Refused { name: NAME, said: "session ended by the server".to_owned() }),
            _ => Ok(Vec::new()),
        }
    }
}

impl Dialogue for Talk {
    fn open(&mut self) -> Vec<Message> {
        Vec::new()
    }

    fn hear(&mut self, message: &Message) -> Result<Vec<Message>, Failure> {
        let Message::Binary(bytes) = message else { return Ok(Vec::new()) };
        let mut answers = Vec::new();
        for (field, value) in fields(bytes) {
            if let Value::Bytes(content) = value {
                answers.extend(self.hear_field(field, content)?);
            }
        }
        Ok(answers)
    }

    fn is_settled(&self) -> bool {
        self.is_settled
    }

    fn keep_alive(&mut self) -> Message {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Message::binary(Writing::default().number(PING, now.as_millis() as u64).0)
    }

    fn close(&mut self) -> Option<Message> {
        Some(request(LEAVE, &Writing::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_three_parts_and_names_what_is_allowed() {
        let token = token("client-7", false);
        let parts: Vec<&str> = token.split('.').collect();
        let claims = URL_SAFE_NO_PAD.decode(parts[1]).expect("base64");
        let claims: Json = serde_json::from_slice(&claims).expect("JSON");
        assert_eq!(
            (parts.len(), &claims["sub"], &claims["video"]["canSubscribe"]),
            (3, &json!("client-7"), &json!(true))
        );
    }
}
