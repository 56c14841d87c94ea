//! One connected client: its frames in and out, its numbered messages, its way back.
//!
//! Used by `http::ws`, which has the socket, by `visitors`, which have none, and by `runner`, which has
//! the place. Decides
//! nothing about the meeting.

mod connection;
pub mod gate;
pub mod line;
pub mod outbox;
mod packing;
pub mod resume;

pub(crate) use connection::{HARD_FRAME_LIMIT_BYTES, SignedOut, Terms, next_connection, run};
