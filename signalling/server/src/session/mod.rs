//! One connected client.

pub mod gate;
pub mod outbox;
pub mod resume;
