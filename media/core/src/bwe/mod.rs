//! What a viewer's link is believed to carry: estimation at the sender, from the receiver's reports.
//!
//! Asked by the room when it chooses layers, paces and probes. `link` puts together what the others
//! see: `delay` (does the queue grow), `drain` (a long one empties), `acked` (what arrives), `loss`, `probe` (what
//! lies above).
//! Pure: time is handed in, and nothing here allocates after it is made.

mod acked;
mod delay;
mod drain;
mod link;
mod loss;
mod probe;

pub use crate::stream::feedback::Told;
pub use link::{FIRST_BPS, LinkEstimate, MAX_BPS, MIN_BPS, OFFICE_BPS};
