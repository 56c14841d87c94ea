//! Messages of the WebSocket `/api/v1/conferences/ID/ws`, subprotocol `diemcau.v1`.
//!
//! Text frames, one JSON object each. What is reliable carries `seq`; docs/protocol.md tells the
//! rules and holds the examples that the tests on both sides read.

mod client;
mod server;

pub use client::{ClientMessage, Request};
pub use server::{EndReason, Refused, ServerFrame, ServerMessage, Volatile};
