//! The bulk client: hundreds of WebRTC ends in one thread, each with a socket of its own.
//!
//! [`Description`] is what drivers of servers (`peer`) offer and answer with. All servers get the same clients: one socket each,
//! no UDP_GRO, every RTP header read, reports, feedback and repairs asked for as a browser does, and
//! every packet of one client in ten decrypted.

mod description;
pub mod identity;
pub mod sdp;

pub use description::{Agreed, Codec, Description, Kind, Order, Part, SentLine};

/// One client in this many decrypts all that it gets.
pub const SAMPLE_ONE_IN: usize = 10;
