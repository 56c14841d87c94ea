//! The way from a runner to one connection: bounded, never waited for.
//!
//! A runner holds the [`Line`], the connection's task its [`LineEnd`]. A client that reads too
//! slowly fills the line and is cut off; the runner and everybody else go on.

use crate::protocol::CloseCode;
use axum::extract::ws::Utf8Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Most frames in a line. One act can change everybody (mute all, the end of a shard) and is told in one
/// breath, a frame for each participant, before any connection gets to send: several such acts to the largest
/// conferences must fit, and memory is bounded by [`BYTE_LIMIT`].
pub const FRAME_LIMIT: usize = 8 * 1024;
/// Most bytes in a line, unless it holds a single frame: a `welcome` may be larger.
pub const BYTE_LIMIT: usize = 4 * 1024 * 1024;

/// One connection of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// What goes down a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Outgoing {
    Frame(Utf8Bytes),
    /// Close after everything before it.
    Close(CloseCode),
}

/// The line is cut: the client was too slow or is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line is cut")]
pub struct LineCut;

/// The runner's end.
#[derive(Debug)]
pub struct Line {
    pub id: ConnectionId,
    outgoing: mpsc::Sender<Outgoing>,
    queued_bytes: Arc<AtomicUsize>,
    cut: Option<oneshot::Sender<CloseCode>>,
}

/// The connection's end.
#[derive(Debug)]
pub struct LineEnd {
    pub outgoing: mpsc::Receiver<Outgoing>,
    pub cut: Cut,
    queued_bytes: Arc<AtomicUsize>,
}

/// Tells that the line was cut.
#[derive(Debug)]
pub struct Cut(Option<oneshot::Receiver<CloseCode>>);

impl Cut {
    /// Returns when the line is cut, never when it ends in order.
    pub async fn wait(&mut self) -> CloseCode {
        if let Some(cut) = &mut self.0 {
            let code = cut.await;
            self.0 = None;
            if let Ok(code) = code {
                return code;
            }
        }
        std::future::pending().await
    }

    /// The code, if the line has been cut and nobody has been told yet.
    pub fn now(&mut self) -> Option<CloseCode> {
        self.0.as_mut()?.try_recv().ok()
    }
}

/// A fresh line for the connection `id`.
#[must_use]
pub fn line(id: ConnectionId) -> (Line, LineEnd) {
    let (outgoing, incoming) = mpsc::channel(FRAME_LIMIT);
    let (cut, is_cut) = oneshot::channel();
    let queued_bytes = Arc::<AtomicUsize>::default();
    let line = Line { id, outgoing, queued_bytes: queued_bytes.clone(), cut: Some(cut) };
    (line, LineEnd { outgoing: incoming, cut: Cut(Some(is_cut)), queued_bytes })
}

impl Line {
    /// Puts a frame into the line.
    ///
    /// # Errors
    /// [`LineCut`] when the line is full or its end is gone; the connection closes with
    /// [`CloseCode::SlowReader`].
    pub fn tell(&mut self, frame: Utf8Bytes) -> Result<(), LineCut> {
        let bytes = frame.len();
        let queued = self.queued_bytes.fetch_add(bytes, Ordering::Relaxed);
        let is_too_much = queued > 0 && queued + bytes > BYTE_LIMIT;
        if !is_too_much && self.outgoing.try_send(Outgoing::Frame(frame)).is_ok() {
            return Ok(());
        }
        if !self.is_ended() {
            metrics::counter!("vc_session_slow_readers_total").increment(1);
        }
        self.cut(CloseCode::SlowReader);
        Err(LineCut)
    }

    /// Whether the connection has ended by itself: its last words are on their way to the runner.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.outgoing.is_closed()
    }

    /// Closes after what is in the line.
    pub fn close(mut self, code: CloseCode) {
        if self.outgoing.try_send(Outgoing::Close(code)).is_err() {
            self.cut(code);
        }
    }

    fn cut(&mut self, code: CloseCode) {
        if let Some(cut) = self.cut.take() {
            // The connection may be gone already.
            let _ = cut.send(code);
        }
    }
}

impl LineEnd {
    /// Notes that a frame left the line.
    pub fn sent(&self, frame: &Utf8Bytes) {
        self.queued_bytes.fetch_sub(frame.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_line_is_cut_instead_of_growing() {
        let (mut line, mut end) = line(ConnectionId(1));
        for _ in 0..FRAME_LIMIT {
            assert_eq!(line.tell("{}".into()), Ok(()));
        }
        assert_eq!(line.tell("{}".into()), Err(LineCut));
        assert_eq!(end.cut.now(), Some(CloseCode::SlowReader));
    }

    #[test]
    fn acts_that_change_everybody_of_a_large_conference_fit() {
        let (mut line, _end) = line(ConnectionId(1));
        let frame = Utf8Bytes::from("x".repeat(400));
        for _ in 0..3 * 2_000 {
            assert_eq!(line.tell(frame.clone()), Ok(()));
        }
    }

    #[test]
    fn bytes_are_bounded_but_one_large_frame_passes() {
        let (mut line, mut end) = line(ConnectionId(1));
        let large = Utf8Bytes::from("x".repeat(BYTE_LIMIT + 1));
        assert_eq!(line.tell(large.clone()), Ok(()));
        assert_eq!(line.tell("{}".into()), Err(LineCut));
        assert_eq!(end.outgoing.try_recv(), Ok(Outgoing::Frame(large)));
    }

    #[test]
    fn close_comes_after_what_was_told() {
        let (mut line, mut end) = line(ConnectionId(1));
        assert_eq!(line.tell("{}".into()), Ok(()));
        line.close(CloseCode::Stopping);
        assert_eq!(end.outgoing.try_recv(), Ok(Outgoing::Frame("{}".into())));
        assert_eq!(end.outgoing.try_recv(), Ok(Outgoing::Close(CloseCode::Stopping)));
    }
}
