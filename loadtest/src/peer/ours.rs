//! Our own server, `diemcau serve`, by WHIP and WHEP.
//!
//! Runs on a data folder of its own that goes with it, with as many media shards as its places need,
//! all on the one core.

use super::https::{Https, Trust};
use super::process::{Processes, free_ports};
use super::{Launch, Peer, Seat};
use crate::client::{Description, Part};
use crate::error::Failure;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const NAME: &str = "diemcau";
const CONFERENCE: &str = "demo";
/// Longest until it is ready; it makes certificates first.
const READY: Duration = Duration::from_secs(60);
/// Places that one shard has (`PLACES_PER_SHARD` of its settings).
const PLACES_PER_SHARD: usize = 480;
/// Viewers that share one token: its bearer may come 60 times in a row.
const VIEWERS_PER_TOKEN: usize = 50;

/// A running `diemcau serve`.
pub struct Diemcau {
    processes: Processes,
    http: Https,
    sender: String,
    viewers: Vec<String>,
    came: AtomicUsize,
}

impl Diemcau {
    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// `Absent`, `NotStarted`.
    pub fn start(launch: &Launch) -> Result<Self, Failure> {
        let processes = Processes::new(NAME)?;
        let folder = processes.folder().to_owned();
        let failed = |said: String| Failure::NotStarted { name: NAME, said };
        std::fs::create_dir_all(folder.join("web")).map_err(Failure::system("folder of a server"))?;
        std::fs::write(folder.join("web/index.html"), "<!doctype html>")
            .map_err(Failure::system("page of a server"))?;
        let shards = launch.places.div_ceil(PLACES_PER_SHARD).max(1);
        let ports = free_ports(shards as u16 + 1).ok_or_else(|| failed("no free ports".to_owned()))?;
        let (http_port, media_port) = (ports, ports + 1);
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&launch.diemcau);
            command
                .args(arguments)
                .env("DIEMCAU_DATA", folder.join("data"))
                .env("DIEMCAU_HTTP_BIND", "127.0.0.1")
                .env("DIEMCAU_HTTP_PORT", http_port.to_string())
                .env("DIEMCAU_HTTP_WEB_CLIENT", folder.join("web"))
                .env("DIEMCAU_MEDIA_PORT", media_port.to_string())
                .env("DIEMCAU_MEDIA_SHARDS", shards.to_string())
                .env("DIEMCAU_MEDIA_ADVERTISE_LAN", "127.0.0.1")
                .env("DIEMCAU_LIMITS_PARTICIPANTS", "10000");
            command
        };
        processes.start(command(&["serve", "--demo"]), launch.core)?;
        let http = Https::new("127.0.0.1", http_port, Trust::Anyone).map_err(Failure::system("TLS"))?;
        let is_ready = || matches!(http.ask("GET", "/readyz", &[], ""), Ok(answer) if answer.status == 200);
        processes.wait(READY, is_ready)?;
        let token = |name: &str, role: &str| {
            let arguments = ["token", "--conference", CONFERENCE, "--name", name, "--role", role];
            let output = command(&arguments).output().map_err(Failure::system("diemcau token"))?;
            let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
            if output.status.success() { Ok(said(&output.stdout)) } else { Err(failed(said(&output.stderr))) }
        };
        let sender = token("Điểm cầu chính", "delegate")?;
        let viewers = (0..launch.places.div_ceil(VIEWERS_PER_TOKEN))
            .map(|number| token(&format!("Người xem {number}"), "listener"))
            .collect::<Result<_, _>>()?;
        Ok(Self { processes, http, sender, viewers, came: AtomicUsize::new(0) })
    }
}

struct Place {
    http: Https,
    token: String,
    location: String,
    _client: Description,
}

impl Seat for Place {}

impl Drop for Place {
    fn drop(&mut self) {
        let authorization = format!("Bearer {}", self.token);
        // Who cannot say goodbye is missed after 15 s.
        let _ = self.http.ask("DELETE", &self.location, &[("authorization", &authorization)], "");
    }
}

impl Peer for Diemcau {
    fn name(&self) -> &'static str {
        NAME
    }

    fn join(&self, mut client: Description) -> Result<Box<dyn Seat>, Failure> {
        let (way, token) = match client.part() {
            Part::Sender { .. } => ("whip", &self.sender),
            Part::Viewer => {
                let number = self.came.fetch_add(1, Ordering::Relaxed) / VIEWERS_PER_TOKEN;
                ("whep", &self.viewers[number % self.viewers.len()])
            }
        };
        let authorization = format!("Bearer {token}");
        let headers = [("content-type", "application/sdp"), ("authorization", authorization.as_str())];
        let path = format!("/api/v1/conferences/{CONFERENCE}/{way}");
        let answer = self
            .http
            .ask("POST", &path, &headers, &client.offer())
            .map_err(Failure::system("request to diemcau"))?;
        if answer.status != 201 {
            let said = format!("{} {}", answer.status, answer.body);
            return Err(Failure::Refused { name: NAME, said });
        }
        client.take_answer(&answer.body)?;
        let location = answer.header("location").unwrap_or_default().to_owned();
        Ok(Box::new(Place { http: self.http.clone(), token: token.clone(), location, _client: client }))
    }

    fn processes(&self) -> &Processes {
        &self.processes
    }
}
