//! Signalling: sessions, runners, store, HTTP and WebSocket around the pure `conference` crate.
//!
//! The binary binds a [`SignallingConfig`] and runs it beside the media server, which it reaches
//! only through [`MediaPort`]. Nothing is told to anybody before its journal row is committed.

pub mod auth;
mod clock;
mod config;
mod error;
mod media_port;
mod private;
pub mod protocol;
pub mod rate;
pub mod session;
pub mod store;

pub use config::{Limits, SignallingConfig};
pub use error::ServeFailure;
pub use media_port::{MediaBusy, MediaPort};
pub use private::Private;
