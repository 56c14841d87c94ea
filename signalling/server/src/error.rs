//! Failures that keep the signalling server from starting or going on.
//!
//! Returned by `serve` to the binary, which prints one line. Refusals towards clients are
//! [`crate::protocol::Refused`] and [`crate::protocol::api::ApiError`].

use crate::journal::JournalFailure;
use std::net::SocketAddr;

/// Why the server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeFailure {
    #[error("port {} is taken: another program listens on {address}", address.port())]
    PortTaken { address: SocketAddr },
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("journal cannot be opened")]
    Journal(#[from] JournalFailure),
    #[error("listener failed: {0}")]
    Listener(std::io::Error),
}
