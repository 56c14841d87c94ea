//! The one way from signalling to media: orders, and the connections of the HTTPS port that are media.
//!
//! Implemented by `deploy/diemcau` over the media server in the same process and by tests with a
//! recorder. The way back is a channel of [`media_control::MediaEvent`].

use crate::http::PortStream;
use crate::protocol::Relay;
use media_control::{LegId, MediaCommand};
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncWrite};

/// Takes orders for the media server; never blocks.
pub trait MediaPort: Send + Sync {
    /// Hands one order over.
    ///
    /// # Errors
    /// [`MediaBusy`] when the order could not be queued; it is not carried out.
    fn send(&self, command: MediaCommand) -> Result<(), MediaBusy>;

    /// Takes a connection to the HTTPS port that begins like ICE over TCP. Unless overridden it is
    /// closed.
    fn take_bare(&self, connection: PortStream) {
        drop(connection);
    }

    /// Takes a connection that begins like TURN once TLS is off. Unless overridden it is closed.
    fn take_relay(&self, connection: RelayConnection) {
        drop(connection);
    }

    /// Whether pictures can be composed. Unless overridden they cannot.
    fn has_mixer(&self) -> bool {
        false
    }

    /// Whether meetings can go out live. Unless overridden they cannot.
    fn has_recorder(&self) -> bool {
        false
    }

    /// What the browser of `leg` needs to reach media through the HTTPS port; `None` when that is
    /// switched off.
    fn relay(&self, leg: LegId) -> Option<Relay> {
        let _ = leg;
        None
    }
}

/// Both ways of a connection at once.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connection that speaks TURN.
pub struct RelayConnection {
    /// What TLS protected.
    pub stream: Box<dyn Duplex>,
    /// Our end.
    pub listen: SocketAddr,
    /// The other end: a browser, or the proxy before it.
    pub client: SocketAddr,
}

/// The media server's mailbox is full, or it has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("media server takes no orders now")]
pub struct MediaBusy;
