//! What a supervisor and a worker process say over the socket between them: whole messages, whatever they mean.
//!
//! Used by the supervisor in `media-server`, by media workers and by the mixer, which links none of the media
//! server. Starts one thread for each side, and never blocks whoever sends.

mod channel;

pub use channel::{Channel, Said, WorkerEnd, WorkerSender};

/// The worker takes no messages now: it is not there, or far behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the worker takes no messages now")]
pub struct WorkerBusy;
