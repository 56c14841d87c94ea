//! Supervision of worker processes: each is started, held to limits, listened to, and started again
//! when it ends or falls silent.
//!
//! Used by `processes` for media, and made for mixer, recorder and rooms. A worker is a program with a
//! socket for its standard input, over which both sides send whole messages; what these mean is not
//! known here. Never blocks whoever sends, and never ends because a worker does.

mod backoff;

pub use crate::sys::limits::WorkerLimits;
pub use media_worker::{Said, WorkerBusy, WorkerEnd, WorkerSender};

use crate::sys::limits::hold;
use backoff::Backoff;
use media_worker::Channel;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// A worker that says nothing for this long, not even that it lives, is ended.
const SILENCE: Duration = Duration::from_secs(10);
/// A worker that was told to stop gets this long to end by itself.
const STOPS_WITHIN: Duration = Duration::from_secs(5);

/// What to run.
#[derive(Clone, Debug)]
pub struct WorkerPlan {
    /// For log and metrics, from a closed set.
    pub name: String,
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub limits: WorkerLimits,
    /// The first message to each new process.
    pub first: Vec<u8>,
}

/// What a worker did.
#[derive(Debug)]
pub enum WorkerNews {
    Said(Vec<u8>),
    /// It has ended; another is started by itself.
    Gone,
}

/// A supervised worker. Dropping it stops it.
pub struct Worker {
    sender: Arc<Mutex<Option<WorkerSender>>>,
    stop: Mutex<Option<SyncSender<()>>>,
    keeper: Mutex<Option<JoinHandle<()>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nobody panics while holding one; if it happened all the same, the value is still good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Worker {
    /// Starts and keeps a worker; `tell` is called on a thread of its own and must not block for long.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(
        plan: WorkerPlan,
        tell: impl Fn(WorkerNews) + Send + 'static,
    ) -> Result<Self, std::io::Error> {
        let sender = Arc::new(Mutex::new(None));
        let (stop, stopped) = sync_channel(0);
        let keeper = Keeper { plan, sender: Arc::clone(&sender), stopped };
        let keeper = std::thread::Builder::new()
            .name(format!("keep-{}", keeper.plan.name))
            .spawn(move || keeper.keep(&tell))?;
        Ok(Self { sender, stop: Mutex::new(Some(stop)), keeper: Mutex::new(Some(keeper)) })
    }

    /// Sends one message, without waiting.
    ///
    /// # Errors
    /// [`WorkerBusy`]; the message is not sent.
    pub fn send(&self, message: Vec<u8>) -> Result<(), WorkerBusy> {
        lock(&self.sender).as_ref().ok_or(WorkerBusy)?.send(message)
    }

    /// Whether a process is there that takes messages.
    #[must_use]
    pub fn is_there(&self) -> bool {
        lock(&self.sender).is_some()
    }

    /// Lets the worker end and waits for it. Called twice it does nothing.
    pub fn stop(&self) {
        // The closed channel wakes the keeper from its pause, the closed socket the worker.
        drop(lock(&self.stop).take());
        if let Some(sender) = lock(&self.sender).take() {
            sender.close();
        }
        if let Some(keeper) = lock(&self.keeper).take() {
            // A keeper has no way to fail but a defect in `tell`, which was logged by its thread.
            let _ = keeper.join();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The thread that keeps one worker running.
struct Keeper {
    plan: WorkerPlan,
    sender: Arc<Mutex<Option<WorkerSender>>>,
    stopped: Receiver<()>,
}

impl Keeper {
    fn keep(self, tell: &impl Fn(WorkerNews)) {
        let mut backoff = Backoff::default();
        let labels = [("worker", self.plan.name.clone())];
        loop {
            let began = Instant::now();
            match self.spawn() {
                Ok((child, channel)) => {
                    metrics::counter!("vc_worker_starts_total", &labels).increment(1);
                    self.listen(child, channel, tell);
                }
                Err(error) => warn!(worker = self.plan.name, %error, "worker cannot be started"),
            }
            metrics::gauge!("vc_worker_up", &labels).set(0.0);
            let pause = backoff.after(began.elapsed());
            match self.stopped.recv_timeout(pause) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn spawn(&self) -> std::io::Result<(Child, Channel)> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut command = Command::new(&self.plan.program);
        command.args(&self.plan.arguments).stdin(Stdio::from(OwnedFd::from(theirs))).stdout(Stdio::null());
        hold(&mut command, self.plan.limits);
        let mut child = command.spawn()?;
        let channel = Channel::new(ours, SILENCE);
        let channel = channel.inspect_err(|_| end(&mut child, Duration::ZERO))?;
        // The queue is new and empty.
        let _ = channel.sender().send(self.plan.first.clone());
        Ok((child, channel))
    }

    /// Hears one process to its end.
    fn listen(&self, mut child: Child, mut channel: Channel, tell: &impl Fn(WorkerNews)) {
        let name = &self.plan.name;
        info!(worker = name, pid = child.id(), "worker started");
        *lock(&self.sender) = Some(channel.sender());
        let mut is_up = false;
        let why = loop {
            match channel.hear() {
                Ok(Said::Message(message)) => {
                    tell(WorkerNews::Said(message));
                    // Its first words say that it is ready; a sign of life comes before it can take work.
                    if !std::mem::replace(&mut is_up, true) {
                        metrics::gauge!("vc_worker_up", "worker" => name.clone()).set(1.0);
                    }
                }
                Ok(Said::Lives) => {}
                Ok(Said::Nothing) => break "silent",
                Ok(Said::End) => break "ended",
                Err(_) => break "broken",
            }
        };
        *lock(&self.sender) = None;
        channel.sender().close();
        let is_wanted = matches!(self.stopped.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty));
        end(&mut child, if is_wanted { Duration::ZERO } else { STOPS_WITHIN });
        if is_wanted {
            warn!(worker = name, why, "worker is gone and will be started again");
            metrics::counter!("vc_worker_ends_total", "worker" => name.clone(), "why" => why).increment(1);
        }
        tell(WorkerNews::Gone);
    }
}

/// Waits for a process to end, and ends it when it does not.
fn end(child: &mut Child, patience: Duration) {
    let until = Instant::now() + patience;
    while Instant::now() < until {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    // It may have ended just now; then there is nothing to kill, and waiting clears it away.
    let _ = child.kill();
    let _ = child.wait();
}
