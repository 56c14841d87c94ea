//! Newtypes for the ids that cross between media and signalling.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use ts_rs::TS;

/// Name of a conference as it stands in its link `/c/ID`: 1–64 characters of `a-z 0-9 -`, no
/// hyphen first or last.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct ConferenceId(Arc<str>);

/// Why a text is no [`ConferenceId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a conference id has 1 to 64 characters of a-z, 0-9 and inner hyphens")]
pub struct BadId;

impl ConferenceId {
    /// Checks `text` and keeps it.
    pub fn new(text: &str) -> Result<Self, BadId> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits { Ok(Self(text.into())) } else { Err(BadId) }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ConferenceId {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        Self::new(&text)
    }
}

impl From<ConferenceId> for String {
    fn from(id: ConferenceId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl FromStr for ConferenceId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        Self::new(text)
    }
}

impl fmt::Display for ConferenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS,
        )]
        #[serde(transparent)]
        #[ts(type = "number")]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id! {
    /// One participant of one conference, numbered from 1 in order of arrival; a number is never
    /// given twice within a conference, so it survives reconnects and server restarts.
    ParticipantId(u32)
}
number_id! {
    /// One media connection of a participant; a participant who reconnects gets a new leg.
    /// Numbered by the process, below 2^53 so that a browser can hold it.
    LegId(u64)
}
number_id! {
    /// One media shard: an own thread with own sockets on media port + this number.
    ShardId(u16)
}

impl ParticipantId {
    /// The first of the numbers under which composed pictures are published. Nobody who comes is given one.
    pub const FIRST_PROGRAMME: Self = Self(u32::MAX - 0xffff);

    /// Whether this is a composed picture and nobody.
    #[must_use]
    pub const fn is_programme(self) -> bool {
        self.0 >= Self::FIRST_PROGRAMME.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conference_id_takes_only_link_safe_names() {
        for good in ["demo", "hop-giao-ban-11", "a", "0"] {
            assert_eq!(ConferenceId::new(good).map(String::from), Ok(good.to_owned()));
        }
        for bad in ["", "-a", "a-", "Hop", "họp", "a b", "../etc", &"x".repeat(65)] {
            assert_eq!(ConferenceId::new(bad), Err(BadId), "{bad:?}");
        }
    }
}
