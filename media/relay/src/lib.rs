//! The relay: how media leaves a process, for another process on the machine or another node.
//!
//! Used by the endpoint in `media-server`, and by mixer, recorder and observer as clients. Both ends
//! speak the same frames ([`Frame`]) over a [`Way`] (Unix socket, or TLS with pinned certificates);
//! [`Line`] is one connection without its socket. Knows nothing of rooms, HTTP or a database, and
//! never waits: who reads too slowly loses packets and is then cut.

mod audience;
mod bytes;
mod client;
mod clock;
mod error;
#[doc(hidden)]
pub mod fuzz;
mod line;
mod trust;
mod way;
mod wire;

pub use audience::{Audience, MOST_NAMED};
pub use client::{News, RelayClient};
pub use clock::{ClockOffset, NodeClock};
pub use error::{Cut, Malformed, Refusal, WayFailure};
pub use line::{Greeting, HELLO_WITHIN, Line, Put, SILENCE, Told};
pub use trust::{Fingerprint, TlsIdentity, Trust};
pub use way::{Address, Moved, Way};
pub use wire::{
    Codec, ConferenceWord, Frame, LegWord, MAX_FRAME_BYTES, MAX_NAME_BYTES, MAX_PAYLOAD_BYTES, PacketHead,
    Route, ShardMask, StreamName, VERSION,
};
