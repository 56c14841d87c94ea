//! Galène, over the WebSocket protocol of its own client.
//!
//! Runs as its installation guide has it, less TURN, which nobody here needs. Needs the namespace, since
//! it leaves loopback interfaces out.

use super::dialogue::{Dialogue, Door, lead};
use super::process::{Processes, free_ports};
use super::{Launch, Peer, Seat, namespace, program};
use crate::client::{Description, Part};
use crate::error::Failure;
use serde_json::{Value, json};
use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;
use tungstenite::Message;

const NAME: &str = "galene";
const GROUP: &str = "bench";
/// The stream that the sender offers.
const STREAM: &str = "stage";
const READY: Duration = Duration::from_secs(20);

/// A running Galène.
pub struct Galene {
    processes: Processes,
    port: u16,
}

impl Galene {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// `Absent`, `NotStarted`.
    pub fn start(launch: &Launch) -> Result<Self, Failure> {
        let program = program(launch, NAME, NAME)?;
        if !namespace::is_entered() {
            let lacking = "a network namespace, since it leaves loopback interfaces out".to_owned();
            return Err(Failure::Absent { name: NAME, lacking });
        }
        let processes = Processes::new(NAME)?;
        let failed = |said: &str| Failure::NotStarted { name: NAME, said: said.to_owned() };
        let port = free_ports(1).ok_or_else(|| failed("no free port"))?;
        let folder = processes.folder().to_owned();
        for name in ["groups", "data", "static"] {
            fs::create_dir_all(folder.join(name)).map_err(Failure::system("folder of galene"))?;
        }
        let open = json!({ "type": "wildcard" });
        let group = json!({
            "wildcard-user": { "password": open, "permissions": "present" },
            "max-clients": 0, "codecs": ["vp8", "h264", "opus"],
        });
        fs::write(folder.join(format!("groups/{GROUP}.json")), group.to_string())
            .map_err(Failure::system("settings of galene"))?;
        let mut command = Command::new(program);
        command
            .args(["-insecure", "-turn", "", "-http", &format!("{}:{port}", namespace::address())])
            .args(["-static", "static", "-data", "data", "-groups", "groups"])
            .current_dir(&folder);
        processes.start(command, launch.core)?;
        processes.wait(READY, || TcpStream::connect((namespace::address(), port)).is_ok())?;
        Ok(Self { processes, port })
    }
}

impl Peer for Galene {
    fn name(&self) -> &'static str {
        NAME
    }

    fn join(&self, client: Description) -> Result<Box<dyn Seat>, Failure> {
        let address = namespace::address();
        let door = Door { name: NAME, address, port: self.port, path: "/ws", protocol: None };
        lead(door, Talk { client, is_settled: false })
    }

    fn processes(&self) -> &Processes {
        &self.processes
    }
}

/// One session: shake hands, join the group, offer or ask for streams.
struct Talk {
    client: Description,
    is_settled: bool,
}

fn text(message: &Value) -> Message {
    Message::text(message.to_string())
}

impl Talk {
    fn own_name(&self) -> String {
        format!("client-{}", self.client.number())
    }

    fn joined(&mut self, heard: &Value) -> Result<Vec<Message>, Failure> {
        match (heard["kind"].as_str(), self.client.part()) {
            (Some("fail"), _) => Err(Failure::Refused { name: NAME, said: heard.to_string() }),
            (Some("join"), Part::Viewer) => {
                Ok(vec![text(&json!({ "type": "request", "request": { "": ["audio", "video"] } }))])
            }
            (Some("join"), Part::Sender { .. }) => Ok(vec![text(&json!({
                "type": "offer", "id": STREAM, "label": "camera", "source": self.own_name(),
                "username": self.own_name(), "sdp": self.client.offer(),
            }))]),
            _ => Ok(Vec::new()),
        }
    }
}

impl Dialogue for Talk {
    fn open(&mut self) -> Vec<Message> {
        let name = self.own_name();
        vec![
            text(&json!({ "type": "handshake", "version": ["2"], "id": name })),
            text(
                &json!({ "type": "join", "kind": "join", "group": GROUP, "username": name, "password": "" }),
            ),
        ]
    }

    fn hear(&mut self, message: &Message) -> Result<Vec<Message>, Failure> {
        let Message::Text(words) = message else { return Ok(Vec::new()) };
        let heard: Value = serde_json::from_str(words).unwrap_or_default();
        let sdp = heard["sdp"].as_str().unwrap_or_default();
        match heard["type"].as_str() {
            Some("joined") => self.joined(&heard),
            Some("answer") => {
                self.client.take_answer(sdp)?;
                self.is_settled = true;
                Ok(Vec::new())
            }
            Some("offer") => {
                let own = self.client.answer(sdp)?;
                self.is_settled = true;
                Ok(vec![text(&json!({ "type": "answer", "id": heard["id"], "sdp": own }))])
            }
            Some("ice") => {
                self.client.add_candidate(heard["candidate"]["candidate"].as_str().unwrap_or_default());
                Ok(Vec::new())
            }
            Some("ping") => Ok(vec![self.keep_alive()]),
            Some("abort" | "close") => Err(Failure::Refused { name: NAME, said: heard.to_string() }),
            Some("usermessage") if heard["kind"] == "error" => {
                Err(Failure::Refused { name: NAME, said: heard.to_string() })
            }
            _ => Ok(Vec::new()),
        }
    }

    fn is_settled(&self) -> bool {
        self.is_settled
    }

    fn keep_alive(&mut self) -> Message {
        text(&json!({ "type": "pong" }))
    }

    fn close(&mut self) -> Option<Message> {
        None
    }
}
