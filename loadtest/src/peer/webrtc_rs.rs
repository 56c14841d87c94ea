//! The small server on the async `webrtc` crate (`loadtest/webrtc-rs`), over plain HTTP.
//!
//! Built by set-up. Loopback is no matter to it.

use super::https::Answer;
use super::process::{Processes, free_ports};
use super::{Launch, Peer, Seat, program};
use crate::client::{Description, Part};
use crate::error::Failure;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::time::Duration;

const NAME: &str = "webrtc-rs";
const PROGRAM: &str = "webrtc-rs-sfu";
const READY: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub struct WebrtcRs {
    processes: Processes,
    port: u16,
}

impl WebrtcRs {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// `Absent`, `NotStarted`.
    pub fn start(launch: &Launch) -> Result<Self, Failure> {
        let program = program(launch, NAME, PROGRAM)?;
        let processes = Processes::new(NAME)?;
        let failed = |said: &str| Failure::NotStarted { name: NAME, said: said.to_owned() };
        let port = free_ports(1).ok_or_else(|| failed("no free port"))?;
        let mut command = Command::new(program);
        command.args(["--port", &port.to_string()]);
        processes.start(command, launch.core)?;
        processes.wait(READY, || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())?;
        Ok(Self { processes, port })
    }
}

fn ask(port: u16, method: &str, path: &str, body: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n{body}")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Answer::parse(&answer).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no HTTP answer"))
}

struct Place {
    port: u16,
    location: String,
    _client: Description,
}

impl Seat for Place {}

impl Drop for Place {
    fn drop(&mut self) {
        // Who cannot say goodbye is missed by ICE.
        let _ = ask(self.port, "DELETE", &self.location, "");
    }
}

impl Peer for WebrtcRs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn join(&self, mut client: Description) -> Result<Box<dyn Seat>, Failure> {
        let path = if matches!(client.part(), Part::Sender { .. }) { "/sender" } else { "/viewer" };
        let answer =
            ask(self.port, "POST", path, &client.offer()).map_err(Failure::system("request to webrtc-rs"))?;
        if answer.status != 201 {
            return Err(Failure::Refused { name: NAME, said: format!("{} {}", answer.status, answer.body) });
        }
        client.take_answer(&answer.body)?;
        let location = answer.header("location").unwrap_or_default().to_owned();
        Ok(Box::new(Place { port: self.port, location, _client: client }))
    }

    fn processes(&self) -> &Processes {
        &self.processes
    }
}
