//! The meeting as a pure state machine: commands are decided into events, events evolve the state.

pub mod role;
pub mod view;
