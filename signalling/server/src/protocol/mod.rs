//! Messages of the WebSocket `/api/v1/conferences/ID/ws` and bodies of the HTTP API.
//!
//! Text frames, one JSON object each; large ones may travel packed. What is reliable carries `seq`; docs/protocol.md tells the
//! rules and holds the examples that the tests on both sides read.

pub mod account;
pub mod api;
mod check;
mod client;
mod close;
pub mod course;
pub mod end_report;
pub mod invitations;
pub mod meetings;
mod server;
pub mod statistics;
mod typescript;
pub mod webhooks;

pub use client::{AgendaItem, ClientMessage, Request};
pub use close::CloseCode;
pub use server::{ComposedStanding, EndReason, Refused, Relay, ServerFrame, ServerMessage, Volatile};
pub use typescript::typescript;

/// WebSocket subprotocol that both sides must name.
pub const SUBPROTOCOL: &str = "diemcau.v1";
/// The same for a client that reads and writes packed frames; named before the plain one.
pub const PACKED_SUBPROTOCOL: &str = "diemcau.v1+deflate";
