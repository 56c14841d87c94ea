//! Close codes of the WebSocket: why a connection ends, and whether the client should come back.
//!
//! Sent by `session`; docs/protocol.md lists them, the web client reads them from generated.ts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Application close codes (RFC 6455 section 7.4.2 leaves 4000–4999 to us).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CloseCode {
    /// The server stops or restarts: come back with `resume`.
    Stopping,
    /// The first message was no usable `hello`, or too much of what came was not of the protocol.
    Protocol,
    /// The client sent faster than it may for too long: come back with `resume`, more slowly.
    TooFast,
    /// The client read too slowly and was cut off: come back with `resume`.
    SlowReader,
    /// Nothing was heard for 15 s: come back with `resume`.
    Silent,
    /// The place has ended (`ended` said why): do not come back by yourself.
    PlaceEnded,
    /// Another connection has taken the place: do not come back by yourself.
    JoinedElsewhere,
    /// The person may not enter; `refused` said why.
    NotLetIn,
    /// The conference's task failed: come back with `resume`.
    ServerFailure,
    /// The session was ended, by its owner from elsewhere or by a new password: come back with
    /// `resume` and the session that followed, if there is one.
    SignedOut,
}

impl CloseCode {
    /// Every code, in order.
    pub const ALL: [Self; 10] = [
        Self::Stopping,
        Self::Protocol,
        Self::TooFast,
        Self::SlowReader,
        Self::Silent,
        Self::PlaceEnded,
        Self::JoinedElsewhere,
        Self::NotLetIn,
        Self::ServerFailure,
        Self::SignedOut,
    ];

    /// The number in the close frame.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Stopping => 4000,
            Self::Protocol => 4001,
            Self::TooFast => 4002,
            Self::SlowReader => 4003,
            Self::Silent => 4004,
            Self::PlaceEnded => 4005,
            Self::JoinedElsewhere => 4006,
            Self::NotLetIn => 4007,
            Self::ServerFailure => 4008,
            Self::SignedOut => 4009,
        }
    }

    /// The stable word in the close frame's reason.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stopping => "stopping",
            Self::Protocol => "protocol",
            Self::TooFast => "too_fast",
            Self::SlowReader => "slow_reader",
            Self::Silent => "silent",
            Self::PlaceEnded => "place_ended",
            Self::JoinedElsewhere => "joined_elsewhere",
            Self::NotLetIn => "not_let_in",
            Self::ServerFailure => "server_failure",
            Self::SignedOut => "signed_out",
        }
    }

    /// Whether a client should come back by itself.
    #[must_use]
    pub const fn comes_back(self) -> bool {
        !matches!(self, Self::Protocol | Self::PlaceEnded | Self::JoinedElsewhere | Self::NotLetIn)
    }
}
