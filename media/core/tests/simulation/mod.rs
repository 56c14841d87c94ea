//! A simulated browser and network for the transport tests of this folder.
//!
//! Included by each test binary that needs it; parts that one binary does not use are no waste.
#![allow(dead_code)]

pub mod browser;
pub mod hello;
pub mod network;
