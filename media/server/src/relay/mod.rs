//! The relay endpoint: shards of other processes and nodes, and clients such as a mixer, take part in
//! the conferences of this process as if they were shards of it.
//!
//! Started by `server` on a thread of its own. Shards know it as one more reader and writer of their
//! rings, so that no socket of a relay ever holds up a shard. Who it is connected to is set here; what
//! travels is `media-relay`.

mod dialer;
mod endpoint;
mod guests;
mod naming;
mod peer;
mod seats;

pub(crate) use endpoint::{Endpoint, Stopper};

use media_relay::{Address, Trust};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;

/// Whom the relay listens to and calls.
#[derive(Clone)]
pub struct RelayConfig {
    /// What others are told; at most [`media_relay::MAX_NAME_BYTES`].
    pub name: String,
    /// Unix socket on which processes of the same user may connect; its folder must be private.
    pub listen_unix: Option<PathBuf>,
    /// Port on which other nodes may connect.
    pub listen_tls: Option<(SocketAddr, Trust)>,
    /// Relays to call, again and again until they answer.
    pub call: Vec<Address>,
    /// Numbers of the shards of all processes that number them together, over Unix sockets; empty when
    /// this process stands alone.
    pub together: Range<u16>,
}
