//! The media plane of the machine: the shards of this process and those of media workers, which the
//! supervisor keeps running. Legs are spread over them; a conference may have legs in all.
//!
//! The program starts one [`MediaProcesses`], gives it orders and gets events through its sink, as with
//! one [`MediaServer`]. When a worker ends its legs are told lost at once; their browsers come back by
//! themselves, to another process. All the others lose nothing but its streams.

mod figures;
mod placement;
mod words;
mod worker;

pub use worker::run_media_worker;

use crate::config::{MAX_SHARDS, MediaConfig};
use crate::error::{MailboxFull, MediaFailure};
use crate::opening::Opening;
use crate::relay::RelayConfig;
use crate::server::MediaServer;
use crate::workers::{Worker, WorkerLimits, WorkerNews, WorkerPlan};
use figures::Added;
use media_control::{LegLost, MediaCommand, MediaEvent, ShardId};
use placement::Placement;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use words::{Order, Report, Settings, message};

/// Memory of a worker beside its shards.
const WORKER_BYTES: u64 = 512 << 20;
/// Memory of one of its shards: history, rings, legs.
const SHARD_BYTES: u64 = 512 << 20;
/// Open files of a worker: each leg over TCP is one.
const WORKER_FILES: u64 = 65_536;

/// How to run media workers.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// Workers beside this process.
    pub count: u16,
    /// The program that calls [`run_media_worker`], and its arguments.
    pub program: PathBuf,
    pub arguments: Vec<String>,
    /// Private folder for the sockets of the relay; its path must be short (a socket's has at most 108
    /// bytes).
    pub folder: PathBuf,
    /// Clients of the relay such as a mixer connect to every process; see [`Self::relays`].
    pub takes_clients: bool,
}

impl WorkerSettings {
    /// The sockets on which the relays of all processes listen.
    #[must_use]
    pub fn relays(&self) -> Vec<PathBuf> {
        (0..=self.count).map(|number| self.relay(number)).collect()
    }

    fn relay(&self, number: u16) -> PathBuf {
        self.folder.join(format!("{number}.sock"))
    }
}

type Sink = Arc<dyn Fn(MediaEvent) -> bool + Send + Sync>;

/// Shards here and in workers. Dropping it stops all.
pub struct MediaProcesses {
    server: MediaServer,
    workers: Vec<Worker>,
    placement: Arc<Mutex<Placement>>,
    sink: Sink,
}

fn lock(placement: &Mutex<Placement>) -> MutexGuard<'_, Placement> {
    // Nobody panics while holding it; if it happened all the same, the map is still good.
    placement.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MediaProcesses {
    /// Opens the ports of this process and starts the workers, whose shards are numbered on from ours.
    /// `sink` is as for [`MediaServer::start`].
    ///
    /// # Errors
    /// [`MediaFailure`]: what keeps this process from carrying media. A worker that cannot start is
    /// tried again and again instead.
    pub fn start(
        mut config: MediaConfig,
        workers: &WorkerSettings,
        sink: Box<dyn Fn(MediaEvent) -> bool + Send + Sync>,
    ) -> Result<Self, MediaFailure> {
        let all = config.shards.saturating_mul(workers.count.saturating_add(1));
        if all > MAX_SHARDS {
            return Err(MediaFailure::ShardCount { shards: all, limit: MAX_SHARDS });
        }
        let socket = |number: u16| workers.relay(number);
        let limit = config.max_legs_per_shard;
        let processes = usize::from(workers.count) + 1;
        let placement = Arc::new(Mutex::new(Placement::new(processes, config.shards, limit)));
        if workers.count > 0 {
            config.relay = Some(RelayConfig {
                name: "media-0".to_owned(),
                listen_unix: Some(socket(0)),
                listen_tls: None,
                call: Vec::new(),
                together: 0..all,
            });
        } else if workers.takes_clients {
            let alone = || RelayConfig {
                name: "media-0".to_owned(),
                listen_unix: None,
                listen_tls: None,
                call: Vec::new(),
                together: 0..0,
            };
            config.relay.get_or_insert_with(alone).listen_unix = Some(socket(0));
        }
        let sink: Sink = Arc::from(sink);
        let own = forgetting(Arc::clone(&sink), Arc::clone(&placement));
        let server = MediaServer::start(config.clone(), Box::new(own))?;
        let mut running = Self { server, workers: Vec::new(), placement, sink };
        for number in 1..=workers.count {
            let settings = Settings::new(&config, number, 0..all, socket);
            let plan = WorkerPlan {
                name: format!("media-{number}"),
                program: workers.program.clone(),
                arguments: workers.arguments.clone(),
                limits: WorkerLimits {
                    memory_bytes: WORKER_BYTES + SHARD_BYTES * u64::from(config.shards),
                    files: WORKER_FILES,
                },
                first: message(&Order::Start(Box::new(settings))),
            };
            let hear = running.hearing(usize::from(number));
            running.workers.push(Worker::start(plan, hear).map_err(MediaFailure::System)?);
        }
        Ok(running)
    }

    /// What is done with the news of worker `number`.
    fn hearing(&self, number: usize) -> impl Fn(WorkerNews) + Send + 'static {
        let (sink, placement) = (Arc::clone(&self.sink), Arc::clone(&self.placement));
        let tell = forgetting(Arc::clone(&sink), Arc::clone(&placement));
        let added = Mutex::new(Added::default());
        move |news| {
            let mut added = added.lock().unwrap_or_else(PoisonError::into_inner);
            match news {
                WorkerNews::Said(bytes) => match serde_json::from_slice(&bytes) {
                    Ok(Report::Ready) => lock(&placement).is_up(number),
                    Ok(Report::Happened(event)) => count_full(tell(event)),
                    Ok(Report::Counted(figures)) => {
                        added.add(number, figures);
                        publish(&lock(&placement));
                    }
                    Err(error) => {
                        tracing::error!(process = number, %error, "media worker said what cannot be read");
                    }
                },
                WorkerNews::Gone => {
                    added.begin();
                    let lost = lock(&placement).is_gone(number);
                    for leg in lost {
                        count_full(sink(MediaEvent::LegLost { leg, reason: LegLost::ProcessLost }));
                    }
                    publish(&lock(&placement));
                }
            }
        }
    }

    /// Gives `command` to the process concerned, without waiting; see [`MediaServer::send`].
    ///
    /// # Errors
    /// [`MailboxFull`]: that process is behind, or has just ended; nothing of `command` was done there.
    pub fn send(&self, command: MediaCommand) -> Result<(), MailboxFull> {
        let process = match &command {
            MediaCommand::CloseConference { conference } => {
                lock(&self.placement).remove_conference(conference);
                // Every worker is tried even when one is behind; trying again does no harm to the others.
                // One that is not there has nothing to close.
                let mut all = Ok(());
                for worker in self.workers.iter().filter(|worker| worker.is_there()) {
                    let told = worker.send(message(&Order::Carry(command.clone())));
                    all = all.and(told.map_err(|_| MailboxFull));
                }
                return all.and(self.server.send(command));
            }
            MediaCommand::OpenLeg { leg, conference, shard, .. }
            | MediaCommand::TakeOffer { leg, conference, shard, .. } => {
                let placed = lock(&self.placement).place(*leg, conference, *shard);
                match placed {
                    Ok(process) => process,
                    Err(refusal) => {
                        count_full((self.sink)(MediaEvent::LegRefused { leg: *leg, refusal }));
                        return Ok(());
                    }
                }
            }
            MediaCommand::Answer { leg, .. }
            | MediaCommand::RestartIce { leg }
            | MediaCommand::TakeRestart { leg, .. }
            | MediaCommand::CloseLeg { leg }
            | MediaCommand::Allow { leg, .. }
            | MediaCommand::SpeaksAs { leg, .. }
            // What nobody has, our own server counts.
            | MediaCommand::Watch { leg, .. } => lock(&self.placement).process_of(*leg).unwrap_or(0),
            MediaCommand::Compose { .. }
            | MediaCommand::StopComposing { .. }
            | MediaCommand::OpenLive { .. }
            | MediaCommand::CloseLive { .. } => 0,
        };
        let (opened, closed) = match &command {
            MediaCommand::OpenLeg { leg, .. } | MediaCommand::TakeOffer { leg, .. } => (Some(*leg), None),
            MediaCommand::CloseLeg { leg } => (None, Some(*leg)),
            _ => (None, None),
        };
        let sent = self.give(process, command);
        if let Some(leg) = if sent.is_ok() { closed } else { opened } {
            lock(&self.placement).remove(leg);
        }
        sent
    }

    fn give(&self, process: usize, command: MediaCommand) -> Result<(), MailboxFull> {
        match process.checked_sub(1).and_then(|number| self.workers.get(number)) {
            None => self.server.send(command),
            Some(worker) => worker.send(message(&Order::Carry(command))).map_err(|_| MailboxFull),
        }
    }

    /// As [`MediaServer::look`]; the legs of workers do not come through the port of HTTPS.
    #[must_use]
    pub fn look(&self, held: &[u8]) -> Opening {
        self.server.look(held)
    }

    /// As [`MediaServer::adopt`].
    ///
    /// # Errors
    /// [`MailboxFull`]: too many wait already; the connection is closed.
    pub fn adopt(&self, shard: ShardId, stream: TcpStream, held: &[u8]) -> Result<(), MailboxFull> {
        self.server.adopt(shard, stream, held)
    }

    /// Ends every leg everywhere and waits for workers and threads. Called twice it does nothing.
    pub fn shutdown(&self) {
        self.workers.iter().for_each(Worker::stop);
        self.server.shutdown();
    }
}

/// A sink that forgets legs as they go, before it tells.
fn forgetting(sink: Sink, placement: Arc<Mutex<Placement>>) -> impl Fn(MediaEvent) -> bool + Send + Sync {
    move |event| {
        if let MediaEvent::LegLost { leg, .. } | MediaEvent::LegRefused { leg, .. } = &event {
            lock(&placement).remove(*leg);
        }
        sink(event)
    }
}

fn count_full(is_taken: bool) {
    if !is_taken {
        metrics::counter!("vc_media_sink_full_events_total", "shard" => "none").increment(1);
    }
}

fn publish(placement: &Placement) {
    for (number, legs) in placement.loads().enumerate() {
        metrics::gauge!("vc_media_process_legs", "process" => number.to_string()).set(f64::from(legs));
    }
}
