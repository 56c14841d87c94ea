//! A simulated browser and network for the transport tests of this folder.
//!
//! Included by each test binary that needs it; parts that one binary does not use are no waste.
// A simulation needs one real instant to start from.
#![allow(dead_code, clippy::disallowed_methods)]

pub mod browser;
pub mod hello;
pub mod network;
