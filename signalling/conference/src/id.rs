//! Ids and time of the conference that media does not need to know.
//!
//! Used in commands, events and state. All are plain numbers given by the caller; nothing here
//! looks a person or a clock up.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use ts_rs::TS;

/// Wall time in milliseconds since 1970-01-01 00:00 UTC, given by the runner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The time `ms` milliseconds later; stops at the end of the number range.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One erasable text of a conference (a name, a unit line, a chat text), numbered from 1 within
/// it. Events and state hold the number; the words live in a table from which they can be erased
/// without touching the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextId(pub u64);

impl TextId {
    /// The number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for TextId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One person known to the system, account or guest; numbered by the store, 1 to 2^53 − 1, never
/// given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub u64);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Longest name of a site.
const SITE_ID_LIMIT: usize = 120;

/// One site (điểm cầu): a node of a tree of sites, by the name that it has there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct SiteId(Arc<str>);

/// Not a name of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a site is named by 1 to {SITE_ID_LIMIT} of a-z, 0-9, - and _")]
pub struct BadSiteId;

impl SiteId {
    /// Takes `text` as the name of a site.
    ///
    /// # Errors
    /// [`BadSiteId`] for anything else.
    pub fn new(text: &str) -> Result<Self, BadSiteId> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        let is_named = (1..=SITE_ID_LIMIT).contains(&text.len()) && text.bytes().all(fits);
        if is_named { Ok(Self(text.into())) } else { Err(BadSiteId) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SiteId {
    type Error = BadSiteId;

    fn try_from(text: String) -> Result<Self, BadSiteId> {
        Self::new(&text)
    }
}

impl From<SiteId> for String {
    fn from(site: SiteId) -> Self {
        site.0.as_ref().to_owned()
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
