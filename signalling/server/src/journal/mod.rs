//! The journal: append-only rows of what happened, linked by a keyed hash chain.
//!
//! Runners load a conference here, commit their events through the [`JournalWriter`] and tell
//! nobody of an event before its commit has returned. Each conference is a chain of its own. The
//! newest links are exported to a file outside the database after each commit; that file may lag
//! behind the database (a crash in between) but never lead it, so a database that lacks exported
//! rows has been cut. Nothing here decides what may happen in a conference.

mod codec;
mod error;
mod examine;
mod head;
mod key;
mod load;
mod report;
mod verify;
mod writer;

pub use codec::{EventUnreadable, decode_event, encode_event};
pub use error::JournalFailure;
pub use key::JournalKey;
pub use load::Loaded;
pub use report::{Finding, MAX_FINDINGS, Report};
pub use verify::{verify, verify_folder};
pub use writer::{JournalWriter, start_writer};

use crate::store::{Database, Digest, Facts, NewText, Row, Rows, SnapshotRow, Tail};
use conference::{EVENT_VERSION, Event, PersonId, STATE_VERSION, State, TextId, Timestamp};
use head::HeadFile;
use media_control::ConferenceId;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// File of the chain's key in the data folder, mode 0600, made on first start.
pub const KEY_FILE: &str = "journal.key";
/// File of the exported heads in the data folder.
pub const HEAD_FILE: &str = "journal.head";
/// A runner saves a snapshot about every so many rows of its conference.
pub const SNAPSHOT_EVERY_ROWS: u64 = 1000;
/// Name of the fact that tells which key the database's rows are linked with.
const KEY_FACT: &str = "journal_key";
/// What the first row of a conference links to.
const GENESIS: Digest = [0; 32];

/// Events of one decision, to be committed together.
#[derive(Clone, Debug)]
pub struct Batch {
    pub conference: ConferenceId,
    /// When it was decided.
    pub at: Timestamp,
    pub events: Vec<Event>,
    /// The words of exactly those ids that the events bring into use (`Event::texts`).
    pub texts: Vec<BatchText>,
}

/// Words that a batch brings into use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchText {
    pub id: TextId,
    /// Whose name or words they are; erased with that person.
    pub person: Option<PersonId>,
    pub body: String,
}

/// A committed batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Row number of the conference's last row.
    pub last_seq: u64,
    /// Time for [`Journal::save_snapshot`].
    pub snapshot_due: bool,
}

/// The journal of one installation.
#[derive(Debug)]
pub struct Journal {
    store: Arc<Database>,
    key: JournalKey,
    /// Last rows of the loaded conferences. Held over a commit: rows get their numbers in turn.
    tails: tokio::sync::Mutex<HashMap<ConferenceId, Tail>>,
    /// Committed but not yet exported; at most one entry per conference.
    unexported: Mutex<BTreeMap<ConferenceId, Tail>>,
    head: Arc<Mutex<HeadFile>>,
}

impl Journal {
    /// Opens the journal of the data folder; makes key and head file on first start.
    ///
    /// # Errors
    /// `Key…`, `Head…` when the files are unusable, `WrongKey` when the database was written with
    /// another key, `Store`.
    pub async fn open(store: Arc<Database>, folder: &Path) -> Result<Self, JournalFailure> {
        let key = JournalKey::load_or_create(&folder.join(KEY_FILE))?;
        let identity = key.identity();
        if store.fact_or_set(KEY_FACT, &identity).await? != identity {
            return Err(JournalFailure::WrongKey);
        }
        let head = HeadFile::open(&folder.join(HEAD_FILE), &key)?;
        Ok(Self {
            store,
            key,
            tails: tokio::sync::Mutex::default(),
            unexported: Mutex::default(),
            head: Arc::new(Mutex::new(head)),
        })
    }

    /// Commits batches of loaded conferences in one transaction, durably, and links their rows.
    /// A conference whose commit failed must be loaded again, because its runner may already have
    /// gone on from events that are not in the journal.
    ///
    /// # Errors
    /// `NotLoaded`, `Store`; then nothing was written.
    pub async fn commit(&self, batches: &[Batch]) -> Result<Vec<Committed>, JournalFailure> {
        let outcome = self.attempt(batches).await;
        if outcome.is_err() {
            let mut tails = self.tails.lock().await;
            for batch in batches {
                tails.remove(&batch.conference);
            }
        }
        outcome
    }

    /// A commit after whose failure everything is as before.
    async fn attempt(&self, batches: &[Batch]) -> Result<Vec<Committed>, JournalFailure> {
        let mut tails = self.tails.lock().await;
        let mut moved: BTreeMap<ConferenceId, Tail> = BTreeMap::new();
        let (mut rows, mut texts, mut committed) = (Vec::new(), Vec::new(), Vec::new());
        for batch in batches {
            let known = moved.get(&batch.conference).or_else(|| tails.get(&batch.conference));
            let Some(before) = known.copied() else {
                return Err(JournalFailure::NotLoaded { conference: batch.conference.clone() });
            };
            let after = self.link(batch, before, &mut rows);
            texts.extend(batch.texts.iter().map(|text| NewText {
                conference: batch.conference.clone(),
                id: text.id,
                person: text.person,
                body: text.body.clone(),
            }));
            let snapshot_due = before.seq / SNAPSHOT_EVERY_ROWS != after.seq / SNAPSHOT_EVERY_ROWS;
            committed.push(Committed { last_seq: after.seq, snapshot_due });
            moved.insert(batch.conference.clone(), after);
        }
        if rows.is_empty() {
            return Ok(committed);
        }
        self.store.append(&rows, &texts).await?;
        let mut unexported = self.unexported.lock().expect("no panic while exporting");
        for (conference, tail) in moved {
            tails.insert(conference.clone(), tail);
            unexported.insert(conference, tail);
        }
        Ok(committed)
    }

    fn link(&self, batch: &Batch, before: Tail, rows: &mut Vec<Row>) -> Tail {
        let mut tail = before;
        for event in &batch.events {
            let mut row = Row {
                conference: batch.conference.clone(),
                seq: tail.seq + 1,
                at: batch.at,
                version: EVENT_VERSION,
                body: encode_event(event),
                previous: tail.hash,
                hash: GENESIS,
            };
            row.hash = self.key.link(&row, row.seq);
            tail = Tail { seq: row.seq, hash: row.hash };
            rows.push(row);
        }
        tail
    }

    /// Writes the heads of all commits so far to the head file. Callers of [`Self::commit`] need
    /// not wait for it: the head may lag.
    ///
    /// # Errors
    /// `Head`; the heads are kept and written with the next export.
    pub async fn export(&self) -> Result<(), JournalFailure> {
        let heads = std::mem::take(&mut *self.unexported.lock().expect("no panic while exporting"));
        if heads.is_empty() {
            return Ok(());
        }
        let (file, key) = (Arc::clone(&self.head), self.key.clone());
        let written = heads.clone();
        let outcome = tokio::task::spawn_blocking(move || {
            file.lock().expect("no panic while exporting").append(&key, &written)
        })
        .await
        .expect("writing the head file does not panic");
        if outcome.is_err() {
            let mut unexported = self.unexported.lock().expect("no panic while exporting");
            for (conference, tail) in heads {
                // A newer head that came in meanwhile stays.
                unexported.entry(conference).or_insert(tail);
            }
        }
        outcome
    }

    /// Keeps `state`, which must be the state right after row `seq`, to shorten later replays.
    ///
    /// # Errors
    /// `Store`; `Broken` when there is no such row.
    pub async fn save_snapshot(&self, state: &State, seq: u64) -> Result<(), JournalFailure> {
        let conference = state.id().clone();
        let rows = self.store.rows(&conference, seq, 1).await?;
        let Some(row) = rows.first().filter(|row| row.seq == seq) else {
            return Err(JournalFailure::Broken { conference, seq });
        };
        let body = codec::encode_state(state);
        let seal = self.key.seal(&conference, seq, &row.hash, STATE_VERSION, &body);
        let snapshot = SnapshotRow { conference, seq, version: STATE_VERSION, body, seal };
        Ok(self.store.save_snapshot(&snapshot).await?)
    }

    /// Lets go of a conference whose runner has stopped.
    pub async fn unload(&self, conference: &ConferenceId) {
        self.tails.lock().await.remove(conference);
    }
}
