//! Signalling: sessions, runners, store, HTTP and WebSocket around the pure `conference` crate.

pub mod protocol;
