//! Why a measurement cannot begin or go on.
//!
//! Shown to the person at the terminal by the program. What a run found wrong with a server is a
//! result and never stands here.

use crate::scenario::file::Wrong;
use std::io;

/// The failures of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server is not installed here; the run goes on without it.
    #[error("{name} is not here: {lacking}")]
    Absent { name: &'static str, lacking: String },
    #[error("{name} did not start: {said}")]
    NotStarted { name: &'static str, said: String },
    /// A server answered a request with something else than was asked for.
    #[error("{name} refused: {said}")]
    Refused { name: &'static str, said: String },
    /// A description without what a client needs.
    #[error("session description without {lacking}")]
    Description { lacking: &'static str },
    #[error("{what}: {source}")]
    System { what: &'static str, source: io::Error },
    /// Something of the media stack could not be made.
    #[error("{what} cannot be made")]
    Stack { what: &'static str },
    #[error("{waiting} of {of} clients did not come as far as wanted within {seconds} s: {stuck}")]
    NotConnected { waiting: usize, of: usize, seconds: u64, stuck: String },
    /// A scenario that cannot be read.
    #[error("{file}: {wrong}")]
    Scenario { file: String, wrong: Wrong },
    #[error("stopped before anything was measured")]
    Stopped,
    /// A file that is read, or the place where one is written.
    #[error("{file}: {said}")]
    File { file: String, said: String },
}

impl Failure {
    /// For `map_err`: what was tried when the system refused.
    pub(crate) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }
}
