//! What a viewer's link is believed to carry.
//!
//! Asked by the room when it chooses layers. Only loss speaks here: delay-based estimation and
//! probing are not part of this module and nothing pretends that they are.

mod loss;

pub use loss::LossEstimate;
