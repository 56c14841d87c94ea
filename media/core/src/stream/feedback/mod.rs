//! Transport-wide congestion feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
//!
//! `recorder` notes what arrives from a leg and makes the reports that let its bitrate ramp up;
//! `sent` numbers what goes to a leg and learns loss from the leg's reports. No bytes here: the
//! wire form is `packet::twcc`.

mod recorder;
mod sent;

pub use recorder::{MAX_REPORTED, TransportRecorder, TransportReport};
pub use sent::{SentFigures, Told, TransportSent};
