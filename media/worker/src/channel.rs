//! Whole messages over the socket between supervisor and worker: a length of four bytes, a kind of one.
//!
//! One thread reads, another writes what waits in a bounded queue, so that nobody who sends ever waits.
//! A side that has nothing to say says every second that it lives.

use crate::WorkerBusy;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// Longest message: an offer with every line is a fiftieth of it.
const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// Messages that wait to be written.
const QUEUE: usize = 8192;
/// Time after which a side says that it lives.
const LIVES_EVERY: Duration = Duration::from_secs(1);
/// A side that takes no byte for this long is given up.
const WRITE_WITHIN: Duration = Duration::from_secs(5);

const LIVES: u8 = 0;
const MESSAGE: u8 = 1;

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    Message(Vec<u8>),
    /// The other side has nothing to say, and lives.
    Lives,
    /// Nothing came in time, not even that.
    Nothing,
    /// The other side has closed.
    End,
}

/// The way to the other side; any thread may hold one.
#[derive(Clone)]
pub struct WorkerSender {
    queue: SyncSender<Vec<u8>>,
    stream: std::sync::Arc<UnixStream>,
}

impl WorkerSender {
    /// Queues one message.
    ///
    /// # Errors
    /// [`WorkerBusy`]: the queue is full, the message too long, or the other side gone.
    pub fn send(&self, message: Vec<u8>) -> Result<(), WorkerBusy> {
        if message.len() > MAX_MESSAGE_BYTES {
            return Err(WorkerBusy);
        }
        self.queue.try_send(message).map_err(|_| WorkerBusy)
    }

    /// Ends the connection for both sides.
    pub fn close(&self) {
        // Closed already is closed.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// One side of the socket.
pub struct Channel {
    stream: UnixStream,
    sender: WorkerSender,
}

impl Channel {
    /// Takes a socket; [`Channel::hear`] waits for at most `patience`.
    ///
    /// # Errors
    /// The system has no thread left, or the socket is none.
    pub fn new(stream: UnixStream, patience: Duration) -> io::Result<Self> {
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(WRITE_WITHIN))?;
        let (queue, waiting) = sync_channel(QUEUE);
        let writer = stream.try_clone()?;
        std::thread::Builder::new().name("worker-write".to_owned()).spawn(move || write(writer, &waiting))?;
        let sender = WorkerSender { queue, stream: std::sync::Arc::new(stream.try_clone()?) };
        Ok(Self { stream, sender })
    }

    /// The way to the other side.
    #[must_use]
    pub fn sender(&self) -> WorkerSender {
        self.sender.clone()
    }

    /// Waits for what the other side says.
    ///
    /// # Errors
    /// The socket is broken, as good as [`Said::End`].
    pub fn hear(&mut self) -> io::Result<Said> {
        let mut head = [0; 5];
        match self.stream.read(&mut head[..1]) {
            Ok(0) => return Ok(Said::End),
            Ok(_) => {}
            Err(error) if is_timeout(&error) => return Ok(Said::Nothing),
            Err(error) => return Err(error),
        }
        self.stream.read_exact(&mut head[1..])?;
        let [length @ .., kind] = head;
        let length = u32::from_be_bytes(length) as usize;
        if length > MAX_MESSAGE_BYTES || kind > MESSAGE {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut message = vec![0; length];
        self.stream.read_exact(&mut message)?;
        Ok(if kind == LIVES { Said::Lives } else { Said::Message(message) })
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

fn write(mut stream: UnixStream, waiting: &Receiver<Vec<u8>>) {
    loop {
        let (kind, message) = match waiting.recv_timeout(LIVES_EVERY) {
            Ok(message) => (MESSAGE, message),
            Err(RecvTimeoutError::Timeout) => (LIVES, Vec::new()),
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let mut bytes = Vec::with_capacity(message.len() + 5);
        bytes.extend_from_slice(&(message.len() as u32).to_be_bytes());
        bytes.push(kind);
        bytes.extend_from_slice(&message);
        if stream.write_all(&bytes).is_err() {
            // The reading side sees the end and says so.
            let _ = stream.shutdown(Shutdown::Both);
            return;
        }
    }
}

/// The worker's side, in the worker's process.
pub struct WorkerEnd(Channel);

impl WorkerEnd {
    /// Takes the socket that the supervisor gave as standard input; [`Self::hear`] waits for at most
    /// `patience`.
    ///
    /// # Errors
    /// Standard input is no socket: nobody supervises this process.
    pub fn from_stdin(patience: Duration) -> io::Result<Self> {
        let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        stream.peer_addr()?;
        Channel::new(stream, patience).map(Self)
    }

    /// The way to the supervisor.
    #[must_use]
    pub fn sender(&self) -> WorkerSender {
        self.0.sender()
    }

    /// Waits for what the supervisor says.
    ///
    /// # Errors
    /// The socket is broken, as good as [`Said::End`].
    pub fn hear(&mut self) -> io::Result<Said> {
        self.0.hear()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_arrive_whole_and_a_side_with_nothing_to_say_says_that_it_lives() {
        let (a, b) = UnixStream::pair().expect("a pair");
        let a = Channel::new(a, Duration::from_secs(20)).expect("a channel");
        let mut b = Channel::new(b, Duration::from_secs(20)).expect("a channel");
        for length in [0, 1, 70_000, MAX_MESSAGE_BYTES] {
            a.sender().send(vec![7; length]).expect("room");
            assert_eq!(b.hear().ok(), Some(Said::Message(vec![7; length])));
        }
        assert_eq!(a.sender().send(vec![0; MAX_MESSAGE_BYTES + 1]), Err(WorkerBusy));
        assert_eq!(b.hear().ok(), Some(Said::Lives));
        a.sender().close();
        assert_eq!(b.hear().ok(), Some(Said::End));
    }

    #[test]
    fn lengths_beyond_the_limit_and_unknown_kinds_break_the_channel() {
        for bytes in [[0xff, 0, 0, 0, 1], [0, 0, 0, 0, 9]] {
            let (mut a, b) = UnixStream::pair().expect("a pair");
            let mut b = Channel::new(b, Duration::from_secs(20)).expect("a channel");
            a.write_all(&bytes).expect("written");
            assert!(b.hear().is_err());
        }
        let (_a, b) = UnixStream::pair().expect("a pair");
        // The other side, which has no writer, never says that it lives.
        let mut b = Channel::new(b, Duration::from_millis(20)).expect("a channel");
        assert_eq!(b.hear().ok(), Some(Said::Nothing));
    }
}
