//! The session descriptions of a leg: we always offer, the browser answers.
//!
//! Used by `PeerTransport`. The m-lines are fixed for the life of the leg, so an answer is checked
//! against the offer's plan and nothing is ever renegotiated except ICE credentials.

mod answer;
mod offer;

pub use answer::{Answer, AnswerLine, Direction};
pub use offer::{OfferPlan, SlotSources};
