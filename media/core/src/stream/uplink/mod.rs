//! Everything that one leg sends: which SSRC is what, numbering, loss, repair.
//!
//! Called by the room for each opened packet of a local leg. Never forwards anything itself and
//! never trusts a packet's word about what it is after the first one that said so.

mod arrivals;
mod latch;
mod missing;

pub use arrivals::{Arrivals, Placed};
pub use latch::{Latched, MAX_SSRCS, SsrcTable};
pub use missing::{MAX_MISSING, MissingList};
