//! What can go wrong on a relay connection. Made by `wire`, `line` and `way`; logged and counted by
//! whoever owns the connection.

use std::io;

/// Bytes that are no frame of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("frame of {length} bytes, at most {limit} are possible")]
    TooLong { length: usize, limit: usize },
    #[error("unknown kind of frame {0}")]
    UnknownKind(u8),
    #[error("frame ends inside a field")]
    Short,
    #[error("frame holds more than its kind has")]
    Long,
    #[error("field holds a value that it cannot have")]
    BadValue,
}

/// Why one side refuses the other; travels in the last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the other side speaks version {theirs} of the relay, this one {ours}")]
    Version { theirs: u16, ours: u16 },
    #[error("every seat for relay peers is taken")]
    Full,
    #[error("the shards that the other side claims are not for it")]
    NotYours,
}

/// Why a relay connection ended.
#[derive(Debug, thiserror::Error)]
pub enum Cut {
    #[error("the other side is no relay")]
    NoRelay,
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// We refuse the other side.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The other side refuses us.
    #[error("refused by the other side: {0}")]
    RefusedByPeer(Refusal),
    #[error("no greeting in time")]
    NoGreeting,
    #[error("silent")]
    Silent,
    #[error("reads too slowly")]
    Slow,
    /// What shards told each other was lost, so both begin anew.
    #[error("words were lost on the way")]
    WordsLost,
    #[error("closed by the other side")]
    Closed,
    #[error("connection lost")]
    Broken(#[source] io::Error),
}

impl Cut {
    /// A word for metrics; a closed set.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NoRelay => "no_relay",
            Self::Malformed(_) => "malformed",
            Self::Refused(Refusal::Version { .. }) => "version",
            Self::Refused(_) => "refused",
            Self::RefusedByPeer(_) => "refused_by_peer",
            Self::NoGreeting => "no_greeting",
            Self::Silent => "silent",
            Self::Slow => "slow",
            Self::WordsLost => "words_lost",
            Self::Closed => "closed",
            Self::Broken(_) => "broken",
        }
    }
}

/// Why a way to the other side cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum WayFailure {
    #[error("cannot reach the relay")]
    Connect(#[source] io::Error),
    #[error("certificate or key for the relay cannot be used")]
    Identity(#[source] rustls::Error),
    /// A relay without a pinned certificate would let anybody in.
    #[error("no certificate of another node is pinned")]
    NothingPinned,
}
