//! TURN (RFC 8656) over TLS for browsers whose network lets nothing but HTTPS through.
//!
//! The program gives [`Relays`] the connections of its HTTPS port that speak TURN once TLS is off,
//! and hands the credentials it mints to browsers together with an offer. Relays to the media
//! shards of this server and nowhere else; knows no HTTP and never reads what it relays.

mod client;
mod counters;
mod credentials;
mod frames;
#[doc(hidden)]
pub mod fuzz;
mod gate;
mod peers;
mod places;
mod relays;
mod session;
#[cfg(test)]
mod tests;

pub use credentials::{GRANT_LIFE, Grant};
pub use peers::Way;
pub use relays::{NoRandom, Relays};
