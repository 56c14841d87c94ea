//! Our own server, `diemcau serve`: the sender comes by WHIP, viewers by its WebSocket.
//!
//! Runs on a data folder of its own that goes with it, with as many media shards as its places need,
//! all on the one core.

pub mod place;

use super::https::{Https, Trust};
use super::process::{Processes, free_ports};
use super::{Launch, Peer, Seat};
use crate::client::{Description, Part};
use crate::error::Failure;
use place::{Door, Identity, Place, Plan, Told, Watching};
use serde_json::json;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;
use tokio::runtime::Runtime;

const NAME: &str = "diemcau";
const CONFERENCE: &str = "demo";
/// Longest until it is ready; it makes certificates first.
const READY: Duration = Duration::from_secs(60);
/// Longest until a viewer's descriptions are exchanged.
const ANSWERED: Duration = Duration::from_secs(20);
/// Places that one shard has (`PLACES_PER_SHARD` of its settings).
const PLACES_PER_SHARD: usize = 480;
/// Guests that one address may bring at once; whoever comes later needs a token.
const GUESTS: usize = 390;
/// How the variables of our server's settings begin.
const SETTING: &[u8] = b"DIEMCAU_";
/// Height of the picture that viewers want.
const HEIGHT_PX: u16 = 720;

/// A running `diemcau serve`.
pub struct Diemcau {
    // Before the runtime: its tasks end with the server's connections.
    processes: Processes,
    http: Https,
    door: Door,
    runtime: Runtime,
    sender: String,
    /// Tokens of those for whom there is no place as a guest.
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
            // Settings of whoever runs this are not the server's that is measured.
            for (name, _) in
                std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(SETTING))
            {
                command.env_remove(name);
            }
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
        let viewers = (GUESTS..launch.places)
            .map(|number| token(&format!("Điểm cầu {number}"), "delegate"))
            .collect::<Result<_, _>>()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(Failure::system("runtime of the signalling"))?;
        let (host, conference) = ("127.0.0.1".to_owned(), CONFERENCE.to_owned());
        let door = Door { host, port: http_port, conference, tls: http.config() };
        Ok(Self { processes, http, door, runtime, sender, viewers, came: AtomicUsize::new(0) })
    }
}

/// An encoder's resource. Dropping it ends the visit.
struct Resource {
    http: Https,
    token: String,
    location: String,
    _client: Description,
}

impl Seat for Resource {}

impl Drop for Resource {
    fn drop(&mut self) {
        let authorization = format!("Bearer {}", self.token);
        // Who cannot say goodbye is missed after 15 s.
        let _ = self.http.ask("DELETE", &self.location, &[("authorization", &authorization)], "");
    }
}

impl Seat for Place {}

impl Diemcau {
    fn publish(&self, mut client: Description) -> Result<Box<dyn Seat>, Failure> {
        let token = self.sender.clone();
        let authorization = format!("Bearer {token}");
        let headers = [("content-type", "application/sdp"), ("authorization", authorization.as_str())];
        let path = format!("/api/v1/conferences/{CONFERENCE}/whip");
        let asked = self.http.ask("POST", &path, &headers, &client.offer());
        let answer = asked.map_err(Failure::system("request to diemcau"))?;
        if answer.status != 201 {
            let said = format!("{} {}", answer.status, answer.body);
            return Err(Failure::Refused { name: NAME, said });
        }
        client.take_answer(&answer.body)?;
        let location = answer.header("location").unwrap_or_default().to_owned();
        Ok(Box::new(Resource { http: self.http.clone(), token, location, _client: client }))
    }

    /// Who the next viewer is.
    fn identity(&self) -> Result<Identity, Failure> {
        let number = self.came.fetch_add(1, Ordering::Relaxed);
        if let Some(token) = number.checked_sub(GUESTS).and_then(|at| self.viewers.get(at)) {
            return Ok(Identity::Bearer(token.clone()));
        }
        guest(&self.http, &self.door, &format!("Điểm cầu {number}"))
    }

    fn view(&self, client: Description) -> Result<Box<dyn Seat>, Failure> {
        let watching = Watching::Cameras { most: 1, height_px: HEIGHT_PX };
        let plan = Plan { microphone: false, camera: false, watching };
        let (tell, told) = channel();
        let place = Place::take(
            self.runtime.handle(),
            self.door.clone(),
            self.identity()?,
            plan,
            client,
            // Later words come when nobody waits any more.
            move |word| drop(tell.send(word)),
        );
        match told.recv_timeout(ANSWERED) {
            Ok(Told::Answered) => Ok(Box::new(place)),
            Ok(Told::Over(said)) => Err(Failure::Refused { name: NAME, said }),
            Err(_) => Err(Failure::Refused { name: NAME, said: "no offer".to_owned() }),
        }
    }
}

/// Comes in as a guest: the cookie of one.
///
/// # Errors
/// `Refused` where the conference takes no guests, or too many came at once.
pub fn guest(http: &Https, door: &Door, name: &str) -> Result<Identity, Failure> {
    let path = format!("/api/v1/conferences/{}/guest", door.conference);
    let origin = format!("https://{}:{}", door.host, door.port);
    let headers = [("content-type", "application/json"), ("origin", origin.as_str())];
    let body = json!({"name": name, "unit": ""}).to_string();
    let answer = http.ask("POST", &path, &headers, &body).map_err(Failure::system("request to diemcau"))?;
    let cookie = answer.header("set-cookie").and_then(|it| it.split(';').next());
    match cookie {
        Some(cookie) if answer.status < 300 => Ok(Identity::Guest(cookie.to_owned())),
        _ => Err(Failure::Refused { name: NAME, said: format!("{} {}", answer.status, answer.body) }),
    }
}

impl Peer for Diemcau {
    fn name(&self) -> &'static str {
        NAME
    }

    fn join(&self, client: Description) -> Result<Box<dyn Seat>, Failure> {
        match client.part() {
            Part::Sender { .. } => self.publish(client),
            Part::Viewer => self.view(client),
        }
    }

    fn processes(&self) -> &Processes {
        &self.processes
    }
}
