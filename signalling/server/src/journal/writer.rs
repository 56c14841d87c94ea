//! Group commit: whatever waits while one commit runs goes into the next.
//!
//! Runners call [`JournalWriter::commit`]; one task owns the turn. No timer is needed: a lone
//! batch is committed at once, and under load the batches collect during the disk's sync. Exports
//! the heads after the callers have their answers.

use super::{Batch, Committed, Journal, JournalFailure};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Batches that may wait; more callers wait for room.
const QUEUE_BATCHES: usize = 1024;
/// Batches of one transaction.
const GROUP_BATCHES: usize = 256;

type Reply = oneshot::Sender<Result<Committed, JournalFailure>>;

/// The way into the journal; clones share one queue.
#[derive(Clone, Debug)]
pub struct JournalWriter {
    queue: mpsc::Sender<(Batch, Reply)>,
}

/// Starts the writing task. It ends, with everything committed and exported, when the last
/// [`JournalWriter`] is dropped.
#[must_use]
pub fn start_writer(journal: Arc<Journal>) -> (JournalWriter, JoinHandle<()>) {
    let (queue, waiting) = mpsc::channel(QUEUE_BATCHES);
    (JournalWriter { queue }, tokio::spawn(write(journal, waiting)))
}

impl JournalWriter {
    /// Commits the batch of a loaded conference; durable when it returns. Batches of one caller
    /// are committed in the order of their calls. After a failure the conference must be loaded
    /// again.
    ///
    /// # Errors
    /// As [`Journal::commit`], and `Stopped`.
    pub async fn commit(&self, batch: Batch) -> Result<Committed, JournalFailure> {
        let (reply, answer) = oneshot::channel();
        self.queue.send((batch, reply)).await.map_err(|_| JournalFailure::Stopped)?;
        answer.await.map_err(|_| JournalFailure::Stopped)?
    }
}

async fn write(journal: Arc<Journal>, mut waiting: mpsc::Receiver<(Batch, Reply)>) {
    let mut group = Vec::with_capacity(GROUP_BATCHES);
    while waiting.recv_many(&mut group, GROUP_BATCHES).await > 0 {
        let (batches, replies): (Vec<Batch>, Vec<Reply>) = group.drain(..).unzip();
        metrics::histogram!("vc_journal_group_batches").record(batches.len() as f64);
        match journal.attempt(&batches).await {
            Ok(committed) => {
                for (reply, committed) in replies.into_iter().zip(committed) {
                    // A caller that went away does not undo its commit.
                    let _ = reply.send(Ok(committed));
                }
            }
            // Perhaps a single conference is the reason: it must not fail the others.
            Err(_) => one_by_one(&journal, &batches, replies).await,
        }
        if let Err(failure) = journal.export().await {
            metrics::counter!("vc_journal_export_failures_total").increment(1);
            tracing::error!(error = %failure, "journal head not exported, trying with next commit");
        }
    }
}

/// Commits each batch of a group that failed as a whole.
async fn one_by_one(journal: &Journal, batches: &[Batch], replies: Vec<Reply>) {
    for (batch, reply) in batches.iter().zip(replies) {
        match journal.commit(std::slice::from_ref(batch)).await {
            Ok(committed) => {
                let _ = reply.send(Ok(committed[0]));
            }
            Err(failure) => {
                metrics::counter!("vc_journal_commit_failures_total").increment(1);
                let _ = reply.send(Err(failure));
            }
        }
    }
}
