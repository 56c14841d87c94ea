//! The recorder process: orders from the supervisor in, composed pictures from the relay in, live streams out.
//!
//! Run by `main`. One thread takes everything in, another hears the supervisor, each way out has its own. Ends when
//! the supervisor closes or the relay is gone: the supervisor then starts another that goes on with the same files.

use crate::live::{LAYERS, Live};
use crate::outlet::{Goal, Tell};
use crate::{hls, plugins, sandbox};
use media_control::{
    ConferenceId, LegId, Outlet, OutletState, ParticipantId, RecorderFigures, RecorderOrder, RecorderReport,
    RecorderStart, Source,
};
use media_relay::{Address, ConferenceWord, Cut, LegWord, News, RelayClient, WayFailure};
use media_worker::{Said, WorkerEnd, WorkerSender};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant, SystemTime};

/// Sound goes out in pieces of 20 ms.
const TURN: Duration = Duration::from_millis(20);
/// News taken from the relay before time gets its turn.
const NEWS_PER_TURN: usize = 2_048;
const ORDERS: usize = 256;
/// How long the relay may take to listen when everything starts at once.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const CONNECT_EVERY: Duration = Duration::from_millis(20);
const REPORT_EVERY: Duration = Duration::from_secs(1);
const SWEEP_EVERY: Duration = Duration::from_secs(10);
/// What a live stream takes of a composed picture.
const SOURCES: [Source; 2] = [Source::Camera, Source::Microphone];
/// Stands for the id of the meeting in an address.
const PLACEHOLDER: &str = "{conference}";

/// Why the process ends.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("nobody supervises this process, it is started by `diemcau serve`: {0}")]
    Supervisor(io::Error),
    #[error("the first message is no settings: {0}")]
    Settings(serde_json::Error),
    #[error("folder {path} cannot be made: {cause}")]
    Folder { path: String, cause: io::Error },
    #[error("relay {path} cannot be reached: {cause}")]
    Relay { path: String, cause: WayFailure },
    #[error(transparent)]
    Plugins(#[from] plugins::Failure),
    #[error(transparent)]
    Sandbox(#[from] sandbox::Failure),
    #[error("the media server is gone: {0}")]
    Cut(Cut),
}

/// Runs until the supervisor or the media server is gone.
///
/// # Errors
/// [`Failure`].
pub fn run() -> Result<(), Failure> {
    let mut end = WorkerEnd::from_stdin(REPORT_EVERY).map_err(Failure::Supervisor)?;
    let Some(start) = settings(&mut end)? else { return Ok(()) };
    let failed = |cause| Failure::Folder { path: start.folder.display().to_string(), cause };
    std::fs::create_dir_all(&start.folder).map_err(failed)?;
    let (has_rtmp, has_srt) = (start.rtmp_url.is_some(), start.srt_url.is_some());
    plugins::load(has_rtmp, has_srt)?;
    let link = connect(&start.relay)?;
    let network = sandbox::Network { tcp: has_rtmp, any: has_rtmp || has_srt };
    let has_landlock = sandbox::lock(&start.folder, network, start.memory_bytes)?;
    let (sender, orders) = (end.sender(), hear(end).map_err(Failure::Supervisor)?);
    tell(&sender, &RecorderReport::Ready { has_landlock, pid: std::process::id() });
    tracing::info!(has_landlock, "recorder is ready");
    Recorder { start, link, sender, orders, lives: BTreeMap::new() }.run()
}

fn settings(end: &mut WorkerEnd) -> Result<Option<RecorderStart>, Failure> {
    loop {
        match end.hear().map_err(Failure::Supervisor)? {
            Said::Message(bytes) => match serde_json::from_slice(&bytes).map_err(Failure::Settings)? {
                RecorderOrder::Start(start) => return Ok(Some(start)),
                RecorderOrder::OpenLive { .. } | RecorderOrder::CloseLive { .. } => {}
            },
            Said::Lives | Said::Nothing => {}
            Said::End => return Ok(None),
        }
    }
}

fn connect(path: &Path) -> Result<RelayClient, Failure> {
    let until = Instant::now() + CONNECT_WITHIN;
    loop {
        match RelayClient::connect(&Address::Unix(path.to_owned()), "recorder") {
            Ok(client) => return Ok(client),
            Err(_) if Instant::now() < until => std::thread::park_timeout(CONNECT_EVERY),
            Err(cause) => return Err(Failure::Relay { path: path.display().to_string(), cause }),
        }
    }
}

/// Orders as they come, from a thread that ends with the supervisor.
fn hear(mut end: WorkerEnd) -> io::Result<Receiver<RecorderOrder>> {
    let (orders, received) = sync_channel(ORDERS);
    std::thread::Builder::new().name("orders".to_owned()).spawn(move || {
        loop {
            match end.hear() {
                Ok(Said::Message(bytes)) => match serde_json::from_slice(&bytes) {
                    Ok(order) => {
                        if orders.send(order).is_err() {
                            return;
                        }
                    }
                    Err(error) => tracing::error!(%error, "supervisor sent what is no order"),
                },
                Ok(Said::Lives | Said::Nothing) => {}
                Ok(Said::End) | Err(_) => return,
            }
        }
    })?;
    Ok(received)
}

fn tell(sender: &WorkerSender, report: &RecorderReport) {
    let message = serde_json::to_vec(report).expect("reports have no value without JSON");
    // Full: the supervisor is far behind or gone, which ends this process soon.
    let _ = sender.send(message);
}

struct Recorder {
    start: RecorderStart,
    link: RelayClient,
    sender: WorkerSender,
    orders: Receiver<RecorderOrder>,
    lives: BTreeMap<ConferenceId, Live>,
}

impl Recorder {
    fn run(mut self) -> Result<(), Failure> {
        let mut turn_at = Instant::now();
        let (mut report_at, mut sweep_at) = (turn_at + REPORT_EVERY, turn_at + SWEEP_EVERY);
        loop {
            loop {
                match self.orders.try_recv() {
                    Ok(order) => self.obey(order),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return Ok(()),
                }
            }
            for _ in 0..NEWS_PER_TURN {
                let Some(news) = self.link.next(Duration::ZERO).map_err(Failure::Cut)? else { break };
                self.take(news);
            }
            let now = Instant::now();
            if now >= turn_at {
                turn_at = now + TURN;
                self.turn(now);
            }
            if now >= report_at {
                report_at = now + REPORT_EVERY;
                self.report();
            }
            if now >= sweep_at {
                sweep_at = now + SWEEP_EVERY;
                self.sweep();
            }
            let wait = turn_at.saturating_duration_since(Instant::now());
            RelayClient::wait_any(std::slice::from_ref(&self.link), wait);
        }
    }

    fn obey(&mut self, order: RecorderOrder) {
        match order {
            RecorderOrder::Start(_) => tracing::error!("settings came twice"),
            RecorderOrder::OpenLive { conference, programme } => self.open(conference, programme),
            RecorderOrder::CloseLive { conference } => {
                let Some(live) = self.lives.remove(&conference) else { return };
                live.legs().iter().for_each(|leg| self.link.need_layers(*leg, Source::Camera, 0));
                self.want(&conference, live.programme, false);
                tracing::info!(%conference, "live stream is closed");
            }
        }
    }

    fn open(&mut self, conference: ConferenceId, programme: ParticipantId) {
        if self.lives.contains_key(&conference) {
            return;
        }
        let limit = self.start.lives;
        if self.lives.len() >= usize::from(limit) {
            return tell(&self.sender, &RecorderReport::TooMany { conference, limit });
        }
        let goals = self.goals(&conference);
        let teller = || {
            let (sender, conference) = (self.sender.clone(), conference.clone());
            Box::new(move |outlet, state| {
                tell(&sender, &RecorderReport::Outlet { conference: conference.clone(), outlet, state });
            }) as Tell
        };
        match Live::open(programme, self.link.now_us(), goals, teller) {
            Ok(live) => {
                tracing::info!(%conference, "live stream is open");
                self.lives.insert(conference.clone(), live);
                self.want(&conference, programme, true);
            }
            Err(error) => {
                tracing::error!(%conference, %error, "live stream cannot be opened");
                let (outlet, state) = (Outlet::Hls, OutletState::Failed);
                tell(&self.sender, &RecorderReport::Outlet { conference, outlet, state });
            }
        }
    }

    /// Where the meeting goes. An address that does not name the meeting belongs to the first one.
    fn goals(&self, conference: &ConferenceId) -> Vec<Goal> {
        let mut goals = vec![Goal::Folder(self.start.folder.join(conference.as_str()))];
        let rtmp = self.start.rtmp_url.as_ref().map(|url| (url, Goal::Rtmp as fn(String) -> Goal));
        let srt = self.start.srt_url.as_ref().map(|url| (url, Goal::Srt as fn(String) -> Goal));
        for (url, goal) in rtmp.into_iter().chain(srt) {
            let goal = goal(url.replace(PLACEHOLDER, conference.as_str()));
            if url.contains(PLACEHOLDER) || self.lives.is_empty() {
                goals.push(goal);
            } else {
                let (conference, outlet) = (conference.clone(), goal.kind());
                let report = RecorderReport::Outlet { conference, outlet, state: OutletState::Taken };
                tell(&self.sender, &report);
            }
        }
        goals
    }

    fn want(&mut self, conference: &ConferenceId, programme: ParticipantId, is_wanted: bool) {
        for source in SOURCES {
            self.link.want(conference, programme, source, is_wanted);
        }
    }

    fn by_leg(&mut self, leg: LegId) -> Option<&mut Live> {
        self.lives.values_mut().find(|live| live.legs().contains(&leg))
    }

    fn take(&mut self, news: News) {
        match news {
            News::Conference { conference, word: ConferenceWord::Joined { leg, participant } } => {
                let live = self.lives.get_mut(&conference).filter(|live| live.programme == participant);
                if let Some(live) = live {
                    live.joined(leg);
                    self.link.need_layers(leg, Source::Camera, LAYERS);
                }
            }
            News::Leg { leg, word: LegWord::Left, .. } => {
                if let Some(live) = self.by_leg(leg) {
                    live.left(leg);
                }
            }
            News::Packet { head, payload } => {
                let now = Instant::now();
                if let Some(live) = self.by_leg(head.stream.leg) {
                    live.packet(&head, &payload, now);
                }
            }
            News::Greeted(_) | News::Leg { .. } | News::Conference { .. } => {}
        }
    }

    fn turn(&mut self, now: Instant) {
        let now_us = self.link.now_us();
        for live in self.lives.values_mut() {
            if live.turn(now, now_us) {
                for leg in live.legs() {
                    self.link.ask_keyframe(*leg, Source::Camera);
                }
            }
        }
    }

    fn report(&mut self) {
        let mut figures = RecorderFigures::default();
        self.lives.values_mut().for_each(|live| live.count(&mut figures));
        tell(&self.sender, &RecorderReport::Counted(figures));
    }

    /// Files of meetings that are over, also of those that another process began.
    fn sweep(&self) {
        let is_live = |name: &str| self.lives.keys().any(|it| it.as_str() == name);
        if let Err(error) = hls::sweep(&self.start.folder, SystemTime::now(), is_live) {
            tracing::warn!(%error, "files of meetings that are over cannot be looked for");
        }
    }
}
