//! The servers that are measured, each behind the same small door.
//!
//! A run starts one [`Peer`] at a time, lets clients in through [`Peer::join`], reads the costs of its
//! [`Processes`], and drops it, which ends it. Both directions of offering work: a driver asks the
//! [`Description`] for an offer or gives it one. Drivers may block; they are called from several
//! threads at once, never from the one that carries media.

mod dialogue;
mod galene;
pub mod https;
mod janus;
mod livekit;
pub mod namespace;
pub mod ours;
pub mod process;
mod protobuf;
mod webrtc_rs;

use crate::client::Description;
use crate::error::Failure;
use process::Processes;
use std::path::PathBuf;

/// A client's place on a server. Dropping it ends the client's session there.
///
/// A driver keeps the [`Description`] in it, and whatever else must stay open (a WebSocket that later
/// offers come through).
pub trait Seat: Send + Sync {
    /// Number of the participant, where the server tells one.
    fn participant(&self) -> Option<u64> {
        None
    }
}

/// What somebody wants to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Height of the large picture; none is wanted when 0.
    pub stage_px: u16,
    pub thumbnails: usize,
    pub thumbnail_px: u16,
    /// Thumbnails differ from one to the next, so that all senders are watched by somebody.
    pub rotates: bool,
}

/// A running server with one room in which one client sends and all others watch it.
pub trait Peer: Send + Sync {
    /// As the command line and the results call it.
    fn name(&self) -> &'static str;

    /// Brings `client` into the room, as sender or viewer by its [`Description::part`]. Returns when
    /// both descriptions are exchanged; connecting goes on behind it. The sender comes first and is
    /// connected before the first viewer is asked for.
    ///
    /// # Errors
    /// `Refused` and what the description says.
    fn join(&self, client: Description) -> Result<Box<dyn Seat>, Failure>;

    /// Whether it is driven as a conference: many senders in layers, wishes, a floor.
    fn is_conference(&self) -> bool {
        false
    }

    /// So many will come: whatever they need before they do.
    ///
    /// # Errors
    /// `Refused`, `System`.
    fn expect(&self, _count: usize) -> Result<(), Failure> {
        Ok(())
    }

    /// Gives the floor to who sits there.
    ///
    /// # Errors
    /// `Refused`; so it is where there is no floor.
    fn give_floor(&self, _seat: &dyn Seat) -> Result<(), Failure> {
        Err(Failure::Refused { name: self.name(), said: "it has no floor".to_owned() })
    }

    /// All processes of the server, whose costs count.
    fn processes(&self) -> &Processes;
}

/// How a server is to be started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The core on which all its processes run.
    pub core: usize,
    /// Most clients that will come at once.
    pub places: usize,
    /// The program of our own server.
    pub diemcau: PathBuf,
    /// Where set-up put the programs of the others.
    pub programs: PathBuf,
}

/// Starts a server by its name on the command line; ours is `diemcau`.
///
/// # Errors
/// `Absent` when it is not installed, or there is no driver of that name; `NotStarted`.
pub fn start(name: &str, launch: &Launch) -> Result<Box<dyn Peer>, Failure> {
    match name {
        "diemcau" => ours::Diemcau::start(launch).map(boxed),
        "janus" => janus::Janus::start(launch).map(boxed),
        "livekit" => livekit::Livekit::start(launch).map(boxed),
        "galene" => galene::Galene::start(launch).map(boxed),
        "webrtc-rs" => webrtc_rs::WebrtcRs::start(launch).map(boxed),
        _ => Err(Failure::Absent { name: "peer", lacking: format!("no driver is called {name}") }),
    }
}

fn boxed(peer: impl Peer + 'static) -> Box<dyn Peer> {
    Box::new(peer)
}

/// The program that set-up built for a server, or why there is none.
fn program(launch: &Launch, name: &'static str, file: &str) -> Result<PathBuf, Failure> {
    let program = launch.programs.join(file);
    if program.is_file() {
        return Ok(program);
    }
    let why = std::fs::read_to_string(launch.programs.join(format!("{file}.skipped")));
    let lacking = why.map_or_else(|_| "run `make setup-bench`".to_owned(), |it| it.trim().to_owned());
    Err(Failure::Absent { name, lacking })
}
