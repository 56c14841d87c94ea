//! The bulk client: hundreds of WebRTC ends in one thread, each with a socket of its own.
//!
//! [`Crowd`] is the door: it makes [`Description`]s, which drivers of servers (`peer`) offer and
//! answer with, and tells what the clients saw. All servers get the same clients: one socket each,
//! no UDP_GRO, every RTP header read, reports, feedback and repairs asked for as a browser does, and
//! every packet of one client in ten decrypted.

mod crowd;
mod delays;
mod description;
mod dtls;
mod frames;
mod histogram;
mod ice;
pub mod identity;
mod link;
mod missing;
mod probe;
pub mod sdp;
mod seen;
mod send;
mod session;
mod socket;
mod track;
mod wire;

pub use crowd::{Crowd, Look, Setting};
pub use description::{Agreed, Codec, Description, Kind, Part, SentLine};
pub use frames::Shown;
pub use histogram::Histogram;
pub use link::Quality;
pub use probe::Probe;
pub use seen::{Seen, Stage};
pub use send::Profile;
pub use session::content_hash;

/// One client in this many decrypts all that it gets.
pub const SAMPLE_ONE_IN: usize = 10;
