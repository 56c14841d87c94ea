//! Our own server, `diemcau serve`: the sender comes by WHIP, viewers by its WebSocket.
//!
//! Runs on a data folder of its own that goes with it, with as many media shards as its places need,
//! all on the one core.

mod composed;
pub mod led;
pub mod place;

use super::https::{Https, Trust};
use super::process::{Processes, free_ports};
use super::{Launch, Peer, Seat, Wish};
use crate::client::{Description, Part};
use crate::error::Failure;
use place::{Door, Identity, Place, Plan, Told, Watching};
use serde_json::json;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
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
/// Guests that come from one address of this machine: the server takes 400 at once from each.
const GUESTS: usize = 390;
/// How the variables of our server's settings begin.
const SETTING: &[u8] = b"DIEMCAU_";

/// The program with the settings of one server.
struct Program {
    file: PathBuf,
    folder: PathBuf,
    http_port: u16,
    media_port: u16,
    shards: usize,
}

impl Program {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.file);
        // Settings of whoever runs this are not the server's that is measured.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(SETTING))
        {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("DIEMCAU_DATA", self.folder.join("data"))
            .env("DIEMCAU_HTTP_BIND", "127.0.0.1")
            .env("DIEMCAU_HTTP_PORT", self.http_port.to_string())
            .env("DIEMCAU_HTTP_WEB_CLIENT", self.folder.join("web"))
            .env("DIEMCAU_MEDIA_PORT", self.media_port.to_string())
            .env("DIEMCAU_MEDIA_SHARDS", self.shards.to_string())
            .env("DIEMCAU_MEDIA_ADVERTISE_LAN", "127.0.0.1")
            .env("DIEMCAU_LIMITS_PARTICIPANTS", "10000");
        command
    }

    /// A token for somebody of `conference`.
    fn token(&self, conference: &str, name: &str, role: &str, site: Option<&str>) -> Result<String, Failure> {
        let mut arguments = vec!["token", "--conference", conference, "--name", name, "--role", role];
        arguments.extend(site.into_iter().flat_map(|site| ["--site", site]));
        let output = self.command(&arguments).output().map_err(Failure::system("diemcau token"))?;
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            return Ok(said(&output.stdout));
        }
        Err(Failure::NotStarted { name: NAME, said: said(&output.stderr) })
    }
}

/// A running `diemcau serve`.
pub struct Diemcau {
    // Before the runtime: its tasks end with the server's connections.
    processes: Processes,
    http: Https,
    door: Door,
    runtime: Runtime,
    program: Program,
    sender: String,
    chair: String,
    /// Cookies of guests who have not come yet.
    guests: Mutex<Vec<Identity>>,
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
        let program = Program { file: launch.diemcau.clone(), folder, http_port, media_port, shards };
        processes.start(program.command(&["serve", "--demo"]), launch.core)?;
        let http = Https::new("127.0.0.1", http_port, Trust::Anyone).map_err(Failure::system("TLS"))?;
        let is_ready = || matches!(http.ask("GET", "/readyz", &[], ""), Ok(answer) if answer.status == 200);
        processes.wait(READY, is_ready)?;
        let sender = program.token(CONFERENCE, "Điểm cầu chính", "delegate", None)?;
        let chair = program.token(CONFERENCE, "Chủ tọa", "chair", None)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(Failure::system("runtime of the signalling"))?;
        let (host, conference) = ("127.0.0.1".to_owned(), CONFERENCE.to_owned());
        let door = Door { host, port: http_port, conference, tls: http.config() };
        let (guests, came) = (Mutex::default(), AtomicUsize::new(0));
        Ok(Self { processes, http, door, runtime, program, sender, chair, guests, came })
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

impl Diemcau {
    /// Who the next one is.
    fn identity(&self) -> Result<Identity, Failure> {
        let known = self.guests.lock().unwrap_or_else(PoisonError::into_inner).pop();
        known.map_or_else(|| self.new_guest(), Ok)
    }

    fn new_guest(&self) -> Result<Identity, Failure> {
        let number = self.came.fetch_add(1, Ordering::Relaxed);
        let from = Ipv4Addr::new(127, 0, 0, 2 + (number / GUESTS) as u8);
        guest(&self.http.clone().from_address(from), &self.door, &format!("Điểm cầu {number}"))
    }

    /// Comes in by the WebSocket, to watch what is wished for, and to send when the part says so.
    fn enter(&self, client: Description) -> Result<Box<dyn Seat>, Failure> {
        let sends = matches!(client.part(), Part::Sender { .. });
        let wish = client.wish;
        let watching = match wish {
            Wish { stage_px: 0, .. } => Watching::Cameras { most: 0, height_px: 0 },
            Wish { stage_px, thumbnails, thumbnail_px, rotates } => Watching::Stage {
                height_px: stage_px,
                thumbnails,
                thumbnail_px,
                turned_by: if rotates { client.place * thumbnails } else { 0 },
            },
        };
        let plan = Plan { microphone: sends, camera: sends, watching };
        let (tell, told) = channel();
        let (runtime, door) = (self.runtime.handle(), self.door.clone());
        // Later words come when nobody waits any more.
        let place =
            Place::take(runtime, door, self.identity()?, plan, client, move |word| drop(tell.send(word)));
        let mut participant = None;
        loop {
            match told.recv_timeout(ANSWERED) {
                Ok(Told::Welcome(number)) => participant = Some(number),
                Ok(Told::Answered) => return Ok(Box::new(Site { participant, _place: place })),
                Ok(Told::Heard(..)) => {}
                Ok(Told::Over(said)) => return Err(Failure::Refused { name: NAME, said }),
                Err(_) => return Err(Failure::Refused { name: NAME, said: "no offer".to_owned() }),
            }
        }
    }
}

/// Somebody inside by the WebSocket.
struct Site {
    participant: Option<u64>,
    _place: Place,
}

impl Seat for Site {
    fn participant(&self) -> Option<u64> {
        self.participant
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
            Part::Sender { rids: [], .. } => self.visit("whip", self.sender.clone(), client),
            _ => self.enter(client),
        }
    }

    fn is_conference(&self) -> bool {
        true
    }

    fn expect(&self, count: usize) -> Result<(), Failure> {
        let new: Vec<Identity> = (0..count).map(|_| self.new_guest()).collect::<Result<_, _>>()?;
        self.guests.lock().unwrap_or_else(PoisonError::into_inner).extend(new);
        Ok(())
    }

    fn give_floor(&self, seat: &dyn Seat) -> Result<(), Failure> {
        let authorization = format!("Bearer {}", self.chair);
        let headers = [("content-type", "application/json"), ("authorization", authorization.as_str())];
        let path = format!("/api/v1/conferences/{CONFERENCE}/floor/grant");
        let body = json!({ "participant": seat.participant() }).to_string();
        let answer = self.http.ask("POST", &path, &headers, &body);
        let answer = answer.map_err(Failure::system("request to diemcau"))?;
        if answer.status < 300 {
            return Ok(());
        }
        Err(Failure::Refused { name: NAME, said: format!("{} {}", answer.status, answer.body) })
    }

    fn processes(&self) -> &Processes {
        &self.processes
    }
}
