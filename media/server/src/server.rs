//! The door of the media server: starts the shards, gives each order to the shard that its leg
//! lives on, and stops everything. Called by the program and, through it, by signalling.

use crate::config::{MAX_SHARDS, MediaConfig};
use crate::directory::Directory;
use crate::error::{MailboxFull, MediaFailure};
use crate::opening::Opening;
use crate::relay::{Endpoint, Stopper};
use crate::shard::links::links;
use crate::shard::mailbox::{MailboxSender, Order, mailbox};
use crate::shard::tell::Sink;
use crate::shard::{Ports, Shard, ShardPlan, secrets};
use media_control::{LegId, LegRefusal, MediaCommand, MediaEvent, ShardId};
use media_core::packet::opening::{Opening as Beginning, opening};
use media_core::transport::LocalIdentity;
use std::net::{IpAddr, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tracing::{error, info};

/// A running media server. Dropping it stops it.
pub struct MediaServer {
    /// Number of the shard behind the first mailbox.
    first_shard: u16,
    mailboxes: Vec<MailboxSender>,
    directory: Arc<Mutex<Directory>>,
    sink: Sink,
    relay: Option<Stopper>,
    /// Set by each shard with every turn of its loop.
    turns: Vec<Arc<AtomicBool>>,
    /// Share of its core that each shard uses, per mille, told by itself.
    loads: Vec<Arc<AtomicU32>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

fn count_unknown() {
    metrics::counter!("vc_media_unknown_leg_orders_total", "shard" => "none").increment(1);
}

fn lock(directory: &Mutex<Directory>) -> MutexGuard<'_, Directory> {
    // Nobody panics while holding it; if it happened all the same, the map is still good.
    directory.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MediaServer {
    /// Opens every port and starts the shards. `sink` gets every event, on a shard's thread; it
    /// must not block and answers `false` when it has no room (the event is lost and counted).
    ///
    /// The metrics recorder may be installed until the first leg is opened.
    ///
    /// # Errors
    /// [`MediaFailure`]: settings that cannot work, a port in use, no thread. Nothing is left
    /// running then.
    pub fn start(
        config: MediaConfig,
        sink: Box<dyn Fn(MediaEvent) -> bool + Send + Sync>,
    ) -> Result<Self, MediaFailure> {
        config.check()?;
        let advertised = config.advertised_addresses()?;
        let identity = LocalIdentity::generate().map_err(|_| MediaFailure::Identity)?;
        let binds: Vec<IpAddr> =
            config.bind_v4.map(IpAddr::from).into_iter().chain(config.bind_v6.map(IpAddr::from)).collect();
        let numbers = config.shard_numbers();
        let ports = numbers
            .clone()
            .map(|number| Ports::open(config.media_port + number, &binds))
            .collect::<Result<Vec<_>, _>>()?;

        let sink: Sink = Arc::from(sink);
        let directory = Arc::new(Mutex::new(Directory::new(
            config.first_shard,
            config.shards,
            config.max_legs_per_shard,
            config.budget_legs,
        )));
        let shard_sink = forgetting(Arc::clone(&sink), Arc::clone(&directory));
        let endpoint = config.relay.clone().map(Endpoint::open).transpose()?;
        let wakers: Vec<_> =
            ports.iter().map(Ports::waker).chain(endpoint.as_ref().map(Endpoint::waker)).collect();
        let mut all_links = links(usize::from(config.first_shard), ports.len(), &wakers);
        let mut server = Self {
            first_shard: config.first_shard,
            mailboxes: Vec::new(),
            directory,
            sink,
            relay: endpoint.as_ref().map(Endpoint::stopper),
            turns: Vec::new(),
            loads: Vec::new(),
            threads: Mutex::default(),
        };
        if let Some(endpoint) = endpoint {
            let ends = all_links.pop().expect("the relay's ends come last");
            server.spawn("media-relay".to_owned(), move || endpoint.run(ends))?;
        }
        for ((number, ports), links) in numbers.zip(ports).zip(all_links) {
            let (sender, mailbox) = mailbox(ports.waker());
            let turned = Arc::new(AtomicBool::new(true));
            server.turns.push(Arc::clone(&turned));
            let load = Arc::<AtomicU32>::default();
            server.loads.push(Arc::clone(&load));
            let plan = ShardPlan {
                turned,
                load,
                id: ShardId(number),
                port: config.media_port + number,
                https_port: config.https_port,
                advertised: advertised.clone(),
                identity: identity.clone(),
                max_legs: config.max_legs_per_shard,
                history_packets: config.history_packets,
                shards: usize::from(if config.relay.is_some() {
                    MAX_SHARDS
                } else {
                    config.first_shard + config.shards
                }),
                sink: Arc::clone(&shard_sink),
            };
            let shard = Shard::new(plan, ports, links);
            server.mailboxes.push(sender);
            let pin = config.pin_threads;
            server.spawn(format!("media-{number}"), move || shard.run(&mailbox, pin))?;
        }
        info!(port = config.media_port, shards = config.shards, ?advertised, "media server listens");
        Ok(server)
    }

    fn spawn(&mut self, name: String, run: impl FnOnce() + Send + 'static) -> Result<(), MediaFailure> {
        let called = name.clone();
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || run_or_abort(&called, run))
            .map_err(MediaFailure::System)?;
        self.threads.get_mut().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    /// Gives `command` to the shard concerned, without waiting. An order for an unknown leg is
    /// dropped and counted; a refused `OpenLeg` or `TakeOffer` is answered by an event.
    ///
    /// # Errors
    /// [`MailboxFull`]: the shard is behind; nothing of `command` was done on it.
    pub fn send(&self, command: MediaCommand) -> Result<(), MailboxFull> {
        let shard = match &command {
            MediaCommand::CloseConference { conference } => {
                lock(&self.directory).remove_conference(conference);
                return self.send_to_all(&command);
            }
            MediaCommand::OpenLeg { leg, conference, shard, .. }
            | MediaCommand::TakeOffer { leg, conference, shard, .. } => {
                let load = |place: usize| self.loads[place].load(Ordering::Relaxed);
                let placed = lock(&self.directory).place(*leg, conference, *shard, load);
                match placed {
                    Ok(shard) => shard,
                    Err(refusal) => {
                        self.refuse(*leg, refusal);
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
            | MediaCommand::Watch { leg, .. } => match lock(&self.directory).shard_of(*leg) {
                Some(shard) => shard,
                None => {
                    count_unknown();
                    return Ok(());
                }
            },
            // For mixer and recorder: whoever sends it here has none.
            MediaCommand::Compose { .. }
            | MediaCommand::StopComposing { .. }
            | MediaCommand::OpenLive { .. }
            | MediaCommand::CloseLive { .. } => {
                count_unknown();
                return Ok(());
            }
        };
        let undo = match &command {
            MediaCommand::OpenLeg { leg, .. } | MediaCommand::TakeOffer { leg, .. } => Some(*leg),
            MediaCommand::CloseLeg { leg } => {
                let leg = *leg;
                self.mailbox(shard).send(Order::Command(command))?;
                lock(&self.directory).remove(leg);
                return Ok(());
            }
            _ => None,
        };
        let sent = self.mailbox(shard).send(Order::Command(command));
        if let (Err(MailboxFull), Some(leg)) = (sent, undo) {
            lock(&self.directory).remove(leg);
        }
        sent
    }

    /// What a connection on the port of HTTPS is, judged by the first bytes `held` of it.
    #[must_use]
    pub fn look(&self, held: &[u8]) -> Opening {
        match opening(held) {
            Beginning::Incomplete => Opening::Incomplete,
            Beginning::Foreign => Opening::Foreign,
            Beginning::Check(ufrag) => match secrets::shard_of(ufrag) {
                Some(shard) if self.place_of(shard).is_some() => Opening::Leg(shard),
                _ => Opening::Foreign,
            },
        }
    }

    /// Gives a connection of which `held` has been read to `shard`, as [`Self::look`] says. The shard
    /// owns it from then on: its limits and its idle time hold for it as for those to its own port.
    ///
    /// # Errors
    /// [`MailboxFull`]: too many wait already; the connection is closed.
    pub fn adopt(&self, shard: ShardId, stream: TcpStream, held: &[u8]) -> Result<(), MailboxFull> {
        let place = self.place_of(shard).ok_or(MailboxFull)?;
        self.mailboxes[place].adopt(stream, held.into())
    }

    /// Whether every shard has made a turn since the last call, as each does a few times a second.
    #[must_use]
    pub(crate) fn has_turned(&self) -> bool {
        // All are looked at, so that each counts from the same call.
        let still = self.turns.iter().filter(|turned| !turned.swap(false, Ordering::Relaxed));
        still.count() == 0
    }

    fn place_of(&self, shard: ShardId) -> Option<usize> {
        let place = usize::from(shard.0.checked_sub(self.first_shard)?);
        (place < self.mailboxes.len()).then_some(place)
    }

    fn mailbox(&self, shard: ShardId) -> &MailboxSender {
        &self.mailboxes[self.place_of(shard).expect("the directory names shards of ours")]
    }

    fn send_to_all(&self, command: &MediaCommand) -> Result<(), MailboxFull> {
        // Every shard is tried even when one is full; trying again does no harm to the others.
        let mut all = Ok(());
        for mailbox in &self.mailboxes {
            all = all.and(mailbox.send(Order::Command(command.clone())));
        }
        all
    }

    fn refuse(&self, leg: LegId, refusal: LegRefusal) {
        if !(self.sink)(MediaEvent::LegRefused { leg, refusal }) {
            metrics::counter!("vc_media_sink_full_events_total", "shard" => "none").increment(1);
        }
    }

    /// Ends every leg (browsers are told by DTLS), closes the ports and waits for the threads.
    /// Called twice it does nothing.
    pub fn shutdown(&self) {
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for mailbox in &self.mailboxes {
            // A full mailbox empties within a turn or two of the loop.
            while mailbox.send(Order::Stop).is_err() {
                std::thread::yield_now();
            }
        }
        if let Some(relay) = &self.relay {
            relay.stop();
        }
        for thread in threads {
            // A shard that panicked has already said so; the others are still to be waited for.
            let _ = thread.join();
        }
    }
}

impl Drop for MediaServer {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// Runs a shard or the relay. A panic there is a defect of ours; its legs would hang without a word, so the
/// process ends and whoever supervises it starts it anew: clients come back by themselves.
fn run_or_abort(name: &str, run: impl FnOnce()) {
    if panic::catch_unwind(AssertUnwindSafe(run)).is_err() {
        error!(thread = name, "media thread has a defect, the process ends to be started anew");
        std::process::abort();
    }
}

/// A sink that forgets legs in the directory as they go, before it tells.
fn forgetting(sink: Sink, directory: Arc<Mutex<Directory>>) -> Sink {
    Arc::new(move |event| {
        if let MediaEvent::LegLost { leg, .. } | MediaEvent::LegRefused { leg, .. } = &event {
            lock(&directory).remove(*leg);
        }
        sink(event)
    })
}
