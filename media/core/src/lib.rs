//! The packet path without input and output: packets, transports, streams and rooms as values.
//!
//! Used by media-server, whose shards own sockets and clocks. Nothing here may open a socket, read
//! a clock, draw random numbers or log; time arrives as `now`, what happened leaves as values.

// Tests need a first instant; everything else is given one (clippy.toml).
#![cfg_attr(test, allow(clippy::disallowed_methods))]

pub mod bwe;
pub mod error;
#[doc(hidden)]
pub mod fuzz;
pub mod packet;
pub mod payload;
pub mod room;
pub mod stream;
pub mod transport;
