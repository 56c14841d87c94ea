//! One thing that is wrong with the configuration, as one line for the person who runs the server.
//!
//! Made by every part of `config`, collected and printed together by `serve` and `check-config`.
//! Never holds a value that may be secret (a database URL is named, not quoted).

use std::fmt;

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// File and line, variable, flag, port or folder.
    pub place: String,
    pub what: String,
    pub remedy: String,
}

impl Problem {
    /// A problem at `place`.
    pub fn new(place: impl fmt::Display, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place: place.to_string(), what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.what, self.remedy)
    }
}
