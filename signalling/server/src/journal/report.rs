//! What a verification of the journal has found.
//!
//! Made by `verify`, printed by `diemcau journal verify`.

use media_control::ConferenceId;
use serde::Serialize;
use std::fmt;

/// Findings kept in a report; more are counted only.
pub const MAX_FINDINGS: usize = 1000;

/// One thing that is wrong with the journal. Row numbers are those that the row had when it was
/// written, unless the text says "stands".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// The row's content, time or hash is not what was written.
    Changed { conference: ConferenceId, seq: u64 },
    /// The row is not there, but later ones are.
    Missing { conference: ConferenceId, seq: u64 },
    /// A row stands at `seq` that was never written there.
    Inserted { conference: ConferenceId, seq: u64 },
    /// The row that was number `was` stands at `seq`.
    Reordered { conference: ConferenceId, seq: u64, was: u64 },
    /// Rows from `first` to `last`, which had been exported, are not there.
    CutOff { conference: ConferenceId, first: u64, last: u64 },
    /// The row bears our key, but another row had been written at its place before: the journal
    /// was set back and continued.
    Rewritten { conference: ConferenceId, seq: u64 },
    /// Rows of something that cannot be a conference.
    NoConference { name: String },
    /// There are rows but no head file, so a cut-off end could not be seen.
    HeadMissing,
    /// From this line on the head file was not written by this installation.
    HeadForged { line: usize },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { conference, seq } => {
                write!(f, "conference {conference}: row {seq} was changed")
            }
            Self::Missing { conference, seq } => {
                write!(f, "conference {conference}: row {seq} is missing")
            }
            Self::Inserted { conference, seq } => {
                write!(f, "conference {conference}: row {seq} was inserted")
            }
            Self::Reordered { conference, seq, was } => {
                write!(f, "conference {conference}: row {was} was moved to place {seq}")
            }
            Self::CutOff { conference, first, last } => {
                write!(f, "conference {conference}: rows {first} to {last} were cut off")
            }
            Self::Rewritten { conference, seq } => {
                write!(f, "conference {conference}: row {seq} replaces an earlier row {seq}")
            }
            Self::NoConference { name } => {
                write!(f, "rows stand under {name:?}, which is no conference id")
            }
            Self::HeadMissing => f.write_str("head file is missing, a cut-off end cannot be seen"),
            Self::HeadForged { line } => {
                write!(f, "head file: line {line} was not written by this installation")
            }
        }
    }
}

/// The outcome of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub conferences: u64,
    pub rows: u64,
    /// Sound rows beyond the exported heads: written just before a crash, or just now.
    pub unexported_rows: u64,
    /// At most [`MAX_FINDINGS`], by conference and row.
    pub findings: Vec<Finding>,
    /// Findings above that.
    pub findings_left_out: u64,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            if self.findings.len() < MAX_FINDINGS {
                self.findings.push(finding);
            } else {
                self.findings_left_out += 1;
            }
        }
    }
}
