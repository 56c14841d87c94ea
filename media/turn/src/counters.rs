//! What TURN refused or lost, by reason. Counted by `session` and `relays`, read in `/metrics`.
//! Labels come from the two lists below and from nowhere else.

/// Why something of a client was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A peer that is no shard of ours: somebody tries to use us as an open relay.
    Peer,
    /// Unknown, expired or foreign credentials.
    Credential,
    /// A method of TURN or STUN that browsers do not need here.
    Method,
    /// Bytes that are neither STUN nor channel data, or longer than any packet.
    Malformed,
    /// All relays are taken, or all of this participant's.
    Full,
    /// No allocation was made in time.
    Idle,
}

impl Refusal {
    const fn word(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Credential => "credential",
            Self::Method => "method",
            Self::Malformed => "malformed",
            Self::Full => "full",
            Self::Idle => "idle",
        }
    }

    pub(crate) fn count(self) {
        metrics::counter!("vc_turn_refused_total", "reason" => self.word()).increment(1);
    }
}

/// A packet that was lost because the client reads too slowly, or the system took no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    ToClient,
    ToShard,
}

impl Lost {
    pub(crate) fn count(self) {
        let way = match self {
            Self::ToClient => "to_client",
            Self::ToShard => "to_shard",
        };
        metrics::counter!("vc_turn_lost_packets_total", "way" => way).increment(1);
    }
}
