//! Failures of the journal.
//!
//! Returned to the runner and to the start-up; logged once, there.

use super::codec::EventUnreadable;
use crate::store::StoreFailure;
use media_control::ConferenceId;
use std::path::PathBuf;

/// The journal could not do it.
#[derive(Debug, thiserror::Error)]
pub enum JournalFailure {
    #[error("journal key {} cannot be read or made", .file.display())]
    Key {
        file: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("journal key {} is not 64 hexadecimal digits", .file.display())]
    KeyMalformed { file: PathBuf },
    #[error("the database's journal was written with another key")]
    WrongKey,
    #[error("journal head {} cannot be read or written", .file.display())]
    Head {
        file: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("journal head {}: line {line} was not written by this installation, run `diemcau journal verify`", .file.display())]
    HeadForged { file: PathBuf, line: usize },
    #[error(
        "journal of conference {conference} ends at row {rows}, but row {exported} had been exported: its end was cut off, run `diemcau journal verify`"
    )]
    CutOff { conference: ConferenceId, rows: u64, exported: u64 },
    #[error("journal of conference {conference} is broken at row {seq}, run `diemcau journal verify`")]
    Broken { conference: ConferenceId, seq: u64 },
    #[error("journal of conference {conference}: row {seq} cannot be read")]
    Unreadable {
        conference: ConferenceId,
        seq: u64,
        #[source]
        source: EventUnreadable,
    },
    /// The conference must be loaded (again) before something is committed to it.
    #[error("journal of conference {conference} is not loaded")]
    NotLoaded { conference: ConferenceId },
    #[error("the journal writer has stopped")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreFailure),
}
