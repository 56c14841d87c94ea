//! Real WebRTC clients in great number, the servers that they are let loose on, and what is measured.
//!
//! Used by the program `loadtest`. Measures from outside only: nothing here may look into a server
//! but by its protocol and by what the system tells of its processes, or servers could not be compared.

pub mod client;
pub mod error;
pub mod material;
pub mod peer;
pub mod report;
pub mod run;
pub mod scenario;
