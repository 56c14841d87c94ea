//! One sender, many receivers: what forwarding a packet costs a server, and how long it takes.
//!
//! The same for every server: clients join, two seconds pass, all senders stop until nothing is on its
//! way, the counters are read; media flows for the time asked; the same stop, and the counters again.

use super::progress::Progress;
use super::{enter, settle, wait_until};
use crate::client::{Codec, Crowd, Look, Part, Profile};
use crate::error::Failure;
use crate::material::Stock;
use crate::peer::process::Processes;
use crate::peer::{Launch, Peer, Seat, start};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Media flows that long before anything is counted.
const WARM_UP: Duration = Duration::from_secs(2);
/// The sender is alone that long before the server's memory is read.
const ALONE: Duration = Duration::from_secs(1);
/// Between two samples for the plots.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);
/// The clients' thread counts as too busy to judge a server from this share of its core on.
pub const SATURATED: f64 = 0.9;

/// What is asked for.
#[derive(Clone)]
pub struct Wanted {
    pub receivers: usize,
    pub length: Duration,
    pub profile: Profile,
    pub codec: Codec,
    pub stock: Arc<Stock>,
    /// Core of the clients.
    pub core: usize,
}

/// One second of a run.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub at: Duration,
    /// Share of the core, 0 to 1 (more for a server on several).
    pub server_cpu: f64,
    pub client_cpu: f64,
    pub resident_bytes: u64,
    pub packets_per_s: f64,
    pub bits_per_s: f64,
    /// Added delay so far.
    pub delay_p50_us: u64,
    pub delay_p99_us: u64,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub name: &'static str,
    pub receivers: usize,
    pub length: Duration,
    pub us_cpu_per_packet: f64,
    pub kib_per_receiver: f64,
    pub delivered_ratio: f64,
    pub delay_p50_us: u64,
    pub delay_p99_us: u64,
    pub delay_highest_us: u64,
    /// Share of the core that the clients' thread and the server used.
    pub client_cpu: f64,
    pub server_cpu: f64,
    pub packets_sent: u64,
    pub packets_received: u64,
    /// Datagrams that this machine dropped at the clients' sockets: then the clients were too slow.
    pub dropped_here: u64,
    /// Packets that sampled clients could not open, or whose content nobody had sent.
    pub broken: u64,
    pub unknown: u64,
    pub repaired: u64,
    pub duplicates: u64,
    /// From agreed descriptions to the first whole key frame, of the slowest twentieth.
    pub first_frame_p95: Duration,
    pub samples: Vec<Sample>,
}

impl Outcome {
    /// Whether the clients were too busy to judge the server.
    #[must_use]
    pub fn is_saturated(&self) -> bool {
        self.client_cpu >= SATURATED || self.dropped_here > 0
    }
}

struct Reading {
    at: Instant,
    cpu: Duration,
    look: Look,
}

impl Reading {
    fn now(look: Look, processes: &Processes) -> Self {
        Self { at: Instant::now(), cpu: processes.cpu(), look }
    }

    /// Of the receivers: the first client is the sender.
    fn received(&self, of: impl Fn(&crate::client::Seen) -> u64) -> u64 {
        self.look.clients.iter().skip(1).map(of).sum()
    }
}

/// Measures the server of this name.
///
/// # Errors
/// `Absent` and `NotStarted` of the server, `NotConnected`, what joining says; `Stopped` before the part
/// that is measured.
pub fn measure(name: &str, launch: &Launch, wanted: &Wanted) -> Result<Outcome, Failure> {
    let progress = Progress::new(name);
    if progress.is_stopped() {
        return Err(Failure::Stopped);
    }
    progress.show("starts", 0, 1);
    let peer = start(name, launch)?;
    let crowd = Crowd::start(wanted.core, Arc::clone(&wanted.stock), wanted.profile)?;
    let outcome = with(peer.as_ref(), &crowd, wanted, &progress);
    progress.done();
    outcome
}

fn with(peer: &dyn Peer, crowd: &Crowd, wanted: &Wanted, progress: &Progress) -> Result<Outcome, Failure> {
    let processes = peer.processes();
    let mut seats: Vec<Box<dyn Seat>> = Vec::with_capacity(wanted.receivers + 1);
    seats.push(enter(crowd, peer, Part::Sender { codec: wanted.codec, rids: &[] })?);
    wait_until(crowd, progress, "sender connects", 1, Look::connected)?;
    std::thread::sleep(ALONE);
    let alone_bytes = processes.resident_bytes();
    for number in 0..wanted.receivers {
        if progress.is_stopped() {
            break;
        }
        seats.push(enter(crowd, peer, Part::Viewer)?);
        progress.show("receivers join", number + 1, wanted.receivers);
    }
    let all = seats.len();
    wait_until(crowd, progress, "receivers connect", all, Look::connected)?;
    let has_frame = |look: &Look| look.clients.iter().filter(|it| it.first_frame_after.is_some()).count();
    let look = wait_until(crowd, progress, "first pictures", all - 1, has_frame)?;
    let first_frame_p95 = first_frame(&look);
    if progress.is_stopped() {
        return Err(Failure::Stopped);
    }
    std::thread::sleep(WARM_UP);
    let before = Reading::now(settle(crowd), processes);
    crowd.count(true);
    crowd.hold(false);
    let samples = watch(crowd, processes, wanted, progress, &before);
    let resident_bytes = processes.resident_bytes();
    let after = Reading::now(settle(crowd), processes);
    Ok(conclude(peer.name(), wanted, &before, &after, |outcome| {
        outcome.kib_per_receiver =
            resident_bytes.saturating_sub(alone_bytes) as f64 / 1024.0 / (all - 1).max(1) as f64;
        outcome.first_frame_p95 = first_frame_p95;
        outcome.samples = samples;
    }))
}

fn first_frame(look: &Look) -> Duration {
    let mut all: Vec<Duration> = look.clients.iter().filter_map(|it| it.first_frame_after).collect();
    all.sort_unstable();
    all.get((all.len() * 95 / 100).min(all.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn watch(
    crowd: &Crowd,
    processes: &Processes,
    wanted: &Wanted,
    progress: &Progress,
    before: &Reading,
) -> Vec<Sample> {
    let began = Instant::now();
    let mut samples = Vec::new();
    let mut last = Reading { at: began, cpu: processes.cpu(), look: before.look.clone() };
    while began.elapsed() < wanted.length && !progress.is_stopped() {
        let left = wanted.length.saturating_sub(began.elapsed());
        std::thread::sleep(left.min(SAMPLE_EVERY));
        let now = Reading::now(crowd.look(), processes);
        let seconds = now.at.saturating_duration_since(last.at).as_secs_f64();
        let rate =
            |of: fn(&crate::client::Seen) -> u64| (now.received(of) - last.received(of)) as f64 / seconds;
        let share = |now: Duration, before: Duration| now.saturating_sub(before).as_secs_f64() / seconds;
        let sample = Sample {
            at: began.elapsed(),
            server_cpu: share(now.cpu, last.cpu),
            client_cpu: share(now.look.cpu, last.look.cpu),
            resident_bytes: processes.resident_bytes(),
            packets_per_s: rate(|it| it.packets),
            bits_per_s: rate(|it| it.bytes) * 8.0,
            delay_p50_us: now.look.delays.quantile(0.5),
            delay_p99_us: now.look.delays.quantile(0.99),
        };
        let live = format!(
            "{:.0} packets/s, server {:.0} %, clients {:.0} %, delay p99 {:.1} ms",
            sample.packets_per_s,
            sample.server_cpu * 100.0,
            sample.client_cpu * 100.0,
            sample.delay_p99_us as f64 / 1000.0
        );
        progress.show(&live, began.elapsed().as_millis() as usize, wanted.length.as_millis() as usize);
        samples.push(sample);
        last = now;
    }
    samples
}

fn conclude(
    name: &'static str,
    wanted: &Wanted,
    before: &Reading,
    after: &Reading,
    rest: impl FnOnce(&mut Outcome),
) -> Outcome {
    let receivers = after.look.clients.len().saturating_sub(1);
    let sent = after.look.sum(|it| it.sent) - before.look.sum(|it| it.sent);
    let gained = |of: fn(&crate::client::Seen) -> u64| after.received(of) - before.received(of);
    let received = gained(|it| it.packets);
    let length = after.at.saturating_duration_since(before.at);
    let cpu = after.cpu.saturating_sub(before.cpu);
    let delays = &after.look.delays;
    let mut outcome = Outcome {
        name,
        receivers,
        length: length.min(wanted.length + Duration::from_secs(2)),
        us_cpu_per_packet: cpu.as_secs_f64() * 1e6 / received.max(1) as f64,
        kib_per_receiver: 0.0,
        delivered_ratio: received as f64 / (sent * receivers as u64).max(1) as f64,
        delay_p50_us: delays.quantile(0.5),
        delay_p99_us: delays.quantile(0.99),
        delay_highest_us: delays.highest(),
        client_cpu: (after.look.cpu - before.look.cpu).as_secs_f64() / length.as_secs_f64(),
        server_cpu: cpu.as_secs_f64() / length.as_secs_f64(),
        packets_sent: sent,
        packets_received: received,
        dropped_here: gained(|it| u64::from(it.dropped_here)),
        broken: gained(|it| it.broken),
        unknown: after.look.unknown,
        repaired: gained(|it| it.repaired),
        duplicates: gained(|it| it.duplicates),
        first_frame_p95: Duration::ZERO,
        samples: Vec::new(),
    };
    rest(&mut outcome);
    outcome
}
