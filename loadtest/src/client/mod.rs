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
mod histogram;
mod ice;
pub mod identity;
mod missing;
pub mod sdp;
mod seen;
mod send;
mod session;
mod socket;
mod track;

pub use crowd::{Crowd, Look};
pub use description::{Agreed, Codec, Description, Kind, Part, SentLine};
pub use histogram::Histogram;
pub use seen::Seen;
pub use send::Profile;

/// One client in this many decrypts all that it gets.
pub const SAMPLE_ONE_IN: usize = 10;
