//! Janus with its video room plugin, over its WebSocket API.
//!
//! Settings as its documentation gives them for many viewers: two event loops instead of a thread for
//! each, ICE lite, no plugin but the one in use, warnings alone in the log. Needs the namespace, since
//! Janus leaves loopback interfaces out.

use super::dialogue::{Dialogue, Door, lead};
use super::process::{Processes, free_ports};
use super::{Launch, Peer, Seat, namespace};
use crate::client::{Codec, Description, Part};
use crate::error::Failure;
use serde_json::{Value, json};
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tungstenite::Message;

const NAME: &str = "janus";
const ROOM: u32 = 1;
const READY: Duration = Duration::from_secs(20);
/// Ports of media; Janus takes one for each client.
const PORTS: u16 = 4_000;
/// Threads that carry media, however many the clients.
const EVENT_LOOPS: u8 = 2;
const PLUGIN: &str = "libjanus_videoroom.so";
const TRANSPORT: &str = "libjanus_websockets.so";

/// A running Janus.
pub struct Janus {
    processes: Processes,
    port: u16,
    /// Number that Janus gave to the sender.
    feed: Arc<AtomicU64>,
    codec: OnceLock<Codec>,
}

impl Janus {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// `Absent`, `NotStarted`.
    pub fn start(launch: &Launch) -> Result<Self, Failure> {
        if !namespace::is_entered() {
            let lacking = "a network namespace, since it leaves loopback interfaces out".to_owned();
            return Err(Failure::Absent { name: NAME, lacking });
        }
        let library =
            library().ok_or(Failure::Absent { name: NAME, lacking: "Debian's package janus".to_owned() })?;
        let processes = Processes::new(NAME)?;
        let failed = |said: &str| Failure::NotStarted { name: NAME, said: said.to_owned() };
        let port = free_ports(1).ok_or_else(|| failed("no free port"))?;
        for (file, text) in settings(&library, processes.folder(), port) {
            fs::write(processes.folder().join(file), text).map_err(Failure::system("settings of janus"))?;
        }
        let mut command = Command::new("janus");
        command.arg("-F").arg(processes.folder());
        processes.start(command, launch.core)?;
        processes.wait(READY, || TcpStream::connect((namespace::address(), port)).is_ok())?;
        Ok(Self { processes, port, feed: Arc::default(), codec: OnceLock::new() })
    }
}

/// Folder of Janus' plugins and transports, which lies in one named after the machine's kind.
fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten().map(|it| it.path().join("janus"));
    let mut found = folders.chain([PathBuf::from("/usr/lib/janus")]);
    found.find(|it| it.join("plugins").join(PLUGIN).is_file())
}

/// All plugins or transports but one, as Janus wants them listed.
fn others(folder: &Path, wanted: &str) -> String {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = names.filter_map(|it| it.file_name().into_string().ok());
    let names: Vec<String> = names.filter(|it| it.ends_with(".so") && it != wanted).collect();
    names.join(",")
}

fn settings(library: &Path, folder: &Path, port: u16) -> [(&'static str, String); 3] {
    let (plugins, transports) = (library.join("plugins"), library.join("transports"));
    let (no_plugins, no_transports) = (others(&plugins, PLUGIN), others(&transports, TRANSPORT));
    let address = namespace::address();
    let first = 40_000;
    let last = first + PORTS;
    let (plugins, transports, folder) = (plugins.display(), transports.display(), folder.display());
    let main = format!(
        "general: {{\n configs_folder = \"{folder}\"\n plugins_folder = \"{plugins}\"\n\
         transports_folder = \"{transports}\"\n events_folder = \"{folder}\"\n loggers_folder = \"{folder}\"\n\
         debug_level = 3\n event_loops = {EVENT_LOOPS}\n server_name = \"bench\"\n}}\n\
         media: {{ rtp_port_range = \"{first}-{last}\" }}\n\
         nat: {{ ice_lite = true\n ice_tcp = false\n ice_enforce_list = \"{address}\" }}\n\
         plugins: {{ disable = \"{no_plugins}\" }}\n\
         transports: {{ disable = \"{no_transports}\" }}\n"
    );
    let sockets = format!(
        "general: {{\n json = \"compact\"\n ws = true\n ws_port = {port}\n ws_ip = \"{address}\"\n wss = false\n}}\n\
         admin: {{ admin_ws = false }}\n"
    );
    [
        ("janus.jcfg", main),
        ("janus.transport.websockets.jcfg", sockets),
        ("janus.plugin.videoroom.jcfg", "general: { }\n".to_owned()),
    ]
}

impl Peer for Janus {
    fn name(&self) -> &'static str {
        NAME
    }

    fn join(&self, client: Description) -> Result<Box<dyn Seat>, Failure> {
        if let Part::Sender { codec, .. } = client.part() {
            let _ = self.codec.set(*codec);
        }
        let codec = self.codec.get().copied().unwrap_or(Codec::Vp8);
        let door = Door {
            name: NAME,
            address: namespace::address(),
            port: self.port,
            path: "/",
            protocol: Some("janus-protocol"),
        };
        lead(
            door,
            Talk { client, feed: Arc::clone(&self.feed), codec, session: 0, handle: 0, is_settled: false },
        )
    }

    fn processes(&self) -> &Processes {
        &self.processes
    }
}

/// One session: create, attach, (make the room,) join, describe.
struct Talk {
    client: Description,
    feed: Arc<AtomicU64>,
    codec: Codec,
    session: u64,
    handle: u64,
    is_settled: bool,
}

impl Talk {
    fn sends(&self) -> bool {
        matches!(self.client.part(), Part::Sender { .. })
    }

    fn message(&self, step: &str, body: &Value, description: Option<(&str, String)>) -> Message {
        let mut message = json!({
            "janus": "message", "transaction": step, "session_id": self.session, "handle_id": self.handle, "body": body,
        });
        if let Some((kind, sdp)) = description {
            message["jsep"] = json!({ "type": kind, "sdp": sdp });
        }
        Message::text(message.to_string())
    }

    fn join(&mut self) -> Message {
        if self.sends() {
            let body = json!({ "request": "joinandconfigure", "room": ROOM, "ptype": "publisher", "display": "sender" });
            let offer = self.client.offer();
            self.message("join", &body, Some(("offer", offer)))
        } else {
            let feed = self.feed.load(Ordering::Acquire);
            let body = json!({ "request": "join", "room": ROOM, "ptype": "subscriber", "streams": [{ "feed": feed }] });
            self.message("join", &body, None)
        }
    }
}

impl Dialogue for Talk {
    fn open(&mut self) -> Vec<Message> {
        vec![Message::text(json!({ "janus": "create", "transaction": "create" }).to_string())]
    }

    fn hear(&mut self, message: &Message) -> Result<Vec<Message>, Failure> {
        let Message::Text(text) = message else { return Ok(Vec::new()) };
        let heard: Value = serde_json::from_str(text).unwrap_or_default();
        let answer = &heard["plugindata"]["data"];
        if heard["janus"] == "error" || answer["error"].is_string() {
            return Err(Failure::Refused { name: NAME, said: text.to_string() });
        }
        match (heard["janus"].as_str(), heard["transaction"].as_str()) {
            (Some("success"), Some("create")) => {
                self.session = heard["data"]["id"].as_u64().unwrap_or(0);
                let attach = json!({
                    "janus": "attach", "plugin": "janus.plugin.videoroom", "transaction": "attach",
                    "session_id": self.session,
                });
                Ok(vec![Message::text(attach.to_string())])
            }
            (Some("success"), Some("attach")) => {
                self.handle = heard["data"]["id"].as_u64().unwrap_or(0);
                if !self.sends() {
                    return Ok(vec![self.join()]);
                }
                let body = json!({
                    "request": "create", "room": ROOM, "publishers": 4, "bitrate": 0, "fir_freq": 0,
                    "audiocodec": "opus", "videocodec": self.codec.name(),
                });
                Ok(vec![self.message("room", &body, None)])
            }
            (Some("success"), Some("room")) => Ok(vec![self.join()]),
            (Some("event"), _) if heard["jsep"]["type"] == "answer" => {
                self.feed.store(answer["id"].as_u64().unwrap_or(0), Ordering::Release);
                self.client.take_answer(heard["jsep"]["sdp"].as_str().unwrap_or_default())?;
                self.is_settled = true;
                Ok(Vec::new())
            }
            (Some("event"), _) if heard["jsep"]["type"] == "offer" => {
                let own = self.client.answer(heard["jsep"]["sdp"].as_str().unwrap_or_default())?;
                self.is_settled = true;
                Ok(vec![self.message("start", &json!({ "request": "start" }), Some(("answer", own)))])
            }
            _ => Ok(Vec::new()),
        }
    }

    fn is_settled(&self) -> bool {
        self.is_settled
    }

    fn keep_alive(&mut self) -> Message {
        let message = json!({ "janus": "keepalive", "transaction": "keepalive", "session_id": self.session });
        Message::text(message.to_string())
    }

    fn close(&mut self) -> Option<Message> {
        let message = json!({ "janus": "destroy", "transaction": "destroy", "session_id": self.session });
        Some(Message::text(message.to_string()))
    }
}
