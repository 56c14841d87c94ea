//! Streams on their way in and out: packet slots, history, repair, rewriting, feedback.
//!
//! Used by `room`, which owns one uplink per incoming leg and one downlink per slot of a viewer.
//! Nothing here knows who may see whom; time arrives as `now`, bytes are never copied.

pub mod arrival;
pub mod budget;
pub mod clock;
mod course;
pub mod downlink;
pub mod feedback;
pub mod group;
pub mod history;
pub mod ids;
pub mod keyframe;
pub mod marks;
pub mod sequence;
pub mod slab;
pub mod stretch;
pub mod thinning;
pub mod uplink;
