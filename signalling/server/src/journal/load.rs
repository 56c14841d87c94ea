//! Replays a conference from its journal.
//!
//! Called when a runner starts. Checks each link on the way: a conference whose chain is broken
//! does not open, because nobody could say any more what happened in it.

use super::error::JournalFailure;
use super::{GENESIS, Journal, codec};
use crate::store::{Meetings, Row, Rows, Tail};
use conference::{SiteId, SiteWords, State, Texts, evolve};
use media_control::ConferenceId;

/// Rows read at once.
const PAGE_ROWS: u32 = 1000;

/// A conference as its journal tells it.
#[derive(Debug)]
pub struct Loaded {
    pub state: State,
    /// The words that the state refers to, title and label included.
    pub texts: Texts,
    /// Number that the next row will get; 1 for a conference without rows.
    pub next_seq: u64,
    /// Rows that were replayed, after the snapshot if there was a usable one.
    pub replayed_rows: u64,
}

impl Journal {
    /// Replays `conference`, from a snapshot if there is a sound one, and makes it ready for
    /// [`Journal::commit`].
    ///
    /// # Errors
    /// `CutOff`, `Broken` or `Unreadable` when the rows cannot be trusted or read; `Store`.
    pub async fn load(&self, conference: &ConferenceId) -> Result<Loaded, JournalFailure> {
        let mut tails = self.tails.lock().await;
        let exported = self.head.lock().expect("no panic while exporting").head(conference);
        let (mut state, start) = self.start_of(conference).await?;
        let mut tail = start;
        loop {
            let page = self.store.rows(conference, tail.seq + 1, PAGE_ROWS).await?;
            for row in &page {
                tail = self.check_row(row, tail)?;
                if exported.is_some_and(|head| head.seq == tail.seq && head.hash != tail.hash) {
                    return Err(broken(conference, tail.seq));
                }
                let event = codec::decode_event(row.version, &row.body).map_err(|source| {
                    JournalFailure::Unreadable { conference: conference.clone(), seq: row.seq, source }
                })?;
                evolve(&mut state, &event);
            }
            if page.len() < PAGE_ROWS as usize {
                break;
            }
        }
        if let Some(head) = exported.filter(|head| head.seq > tail.seq) {
            return Err(JournalFailure::CutOff {
                conference: conference.clone(),
                rows: tail.seq,
                exported: head.seq,
            });
        }
        let texts = self.words_of(&state).await?;
        // After a crash the head lags behind these rows; now they are checked, it may catch up.
        if tail.seq > exported.map_or(0, |head| head.seq) {
            let mut unexported = self.unexported.lock().expect("no panic while exporting");
            unexported.insert(conference.clone(), tail);
        }
        tails.insert(conference.clone(), tail);
        let replayed_rows = tail.seq - start.seq;
        Ok(Loaded { state, texts, next_seq: tail.seq + 1, replayed_rows })
    }

    fn check_row(&self, row: &Row, before: Tail) -> Result<Tail, JournalFailure> {
        let follows = row.seq == before.seq + 1 && row.previous == before.hash;
        if !follows || row.hash != self.key.link(row, row.seq) {
            return Err(broken(&row.conference, before.seq + 1));
        }
        Ok(Tail { seq: row.seq, hash: row.hash })
    }

    /// The snapshot's state and chain position when its seal and the row it stands on are sound,
    /// else the beginning.
    async fn start_of(&self, conference: &ConferenceId) -> Result<(State, Tail), JournalFailure> {
        let fresh = (State::new(conference.clone()), Tail { seq: 0, hash: GENESIS });
        let Some(snapshot) = self.store.snapshot(conference).await? else { return Ok(fresh) };
        let rows = self.store.rows(conference, snapshot.seq, 1).await?;
        let Some(row) = rows.first().filter(|row| row.seq == snapshot.seq) else {
            return Ok(fresh);
        };
        let (seq, version, body) = (snapshot.seq, snapshot.version, &snapshot.body);
        let row_is_ours = row.hash == self.key.link(row, seq);
        let seal = self.key.seal(conference, seq, &row.hash, version, body);
        if !row_is_ours || seal != snapshot.seal {
            tracing::warn!(%conference, seq, "snapshot does not fit its row, replaying all rows");
            return Ok(fresh);
        }
        match codec::decode_state(version, body) {
            Some(state) => Ok((state, Tail { seq, hash: row.hash })),
            None => Ok(fresh),
        }
    }

    async fn words_of(&self, state: &State) -> Result<Texts, JournalFailure> {
        let meeting = self.store.meeting(state.id()).await?;
        let mut texts = meeting.map_or_else(Texts::default, |m| Texts::new(m.title, m.label));
        for site in self.store.invited_sites(state.id()).await? {
            // Names that are no ids of ours came from no tree of ours.
            let Ok(id) = SiteId::new(&site.id) else { continue };
            texts.sites.insert(id, SiteWords { name: site.name, group: site.parent.unwrap_or_default() });
        }
        for (id, body) in self.store.texts(state.id(), &state.used_texts()).await? {
            texts.insert(id, body);
        }
        Ok(texts)
    }
}

fn broken(conference: &ConferenceId, seq: u64) -> JournalFailure {
    JournalFailure::Broken { conference: conference.clone(), seq }
}
