//! Plays a scenario with one server and reads off what happens.
//!
//! The same for every server: senders join, then receivers; the server's memory comes to rest, all senders stop
//! until nothing is on its way, the counters are read; media flows for the time asked while events happen; the same stop,
//! and the counters again. Called by `forward` and by scenarios.

mod flow;
mod narrow;
mod outcome;
mod probing;

pub use outcome::{Narrowed, Outcome, Probed, SATURATED, Sample, Speakers};

use self::probing::Probing;
use super::progress::Progress;
use super::{memory_at_rest, settle, wait_for_most, wait_until};
use crate::client::{Crowd, Look, Part, Seen, Setting};
use crate::error::Failure;
use crate::material::{Size, Stock};
use crate::peer::process::Processes;
use crate::peer::{Launch, Peer, Seat, start};
use crate::scenario::{Group, Script, Sends};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// One receiver in so many may never connect, and half may never get a picture, before a server has nothing
/// that could be measured.
const MISSING: usize = 10;
/// Threads that join clients who come within a time.
const JOINERS: usize = 24;
/// More than so many do not wait for one another, and come at this rate.
const ONE_BY_ONE: usize = 300;
const JOINS_PER_S: f64 = 50.0;
/// Up to so many receivers all of them decrypt everything.
const ALL_SAMPLED: usize = 60;
const LAYERS: &[&str] = &["q", "h", "f"];

/// Counters at one moment.
struct Reading {
    at: Instant,
    cpu: Duration,
    look: Look,
}

/// One client that has come.
struct Guest {
    group: usize,
    /// Its number in the crowd.
    number: usize,
    seat: Box<dyn Seat>,
}

/// One run.
pub(super) struct Play<'a> {
    peer: &'a dyn Peer,
    crowd: &'a Crowd,
    script: &'a Script,
    case: usize,
    progress: &'a Progress,
    stock: &'a Stock,
    programs: &'a Path,
    guests: Vec<Guest>,
}

/// Plays `script`, its run number `case`, with the server of this name.
///
/// # Errors
/// `Absent` and `NotStarted` of the server, `NotConnected`, what joining says; `Stopped` before the part
/// that is measured.
pub fn play(
    name: &str,
    launch: &Launch,
    script: &Script,
    case: usize,
    setting: &Setting,
) -> Result<Outcome, Failure> {
    let progress = Progress::new(name);
    if progress.is_stopped() {
        return Err(Failure::Stopped);
    }
    progress.show("starts", 0, 1);
    let launch = Launch { places: script.places(case) + 1, ..launch.clone() };
    let peer = start(name, &launch)?;
    if script.needs_conference() && !peer.is_conference() {
        return Err(Failure::Refused {
            name: peer.name(),
            said: "its driver knows one sender only".to_owned(),
        });
    }
    // Everybody looks inside where that is what is asked for, or where they are few.
    let speaks = script.events.iter().any(|it| matches!(it.what, crate::scenario::Happening::Speaks { .. }));
    let all = speaks || (!script.is_plain() && script.receivers(case) <= ALL_SAMPLED);
    let setting = Setting {
        profile: script.profile,
        sample_one_in: if all { 1 } else { setting.sample_one_in },
        is_marked: script.needs_conference(),
        seed: script.seed,
        ..setting.clone()
    };
    let stock = Arc::clone(&setting.stock);
    let crowd = Crowd::start(setting)?;
    let mut play = Play {
        peer: peer.as_ref(),
        crowd: &crowd,
        script,
        case,
        progress: &progress,
        stock: &stock,
        programs: &launch.programs,
        guests: Vec::new(),
    };
    let outcome = play.run();
    progress.done();
    // Seats say goodbye before the server ends.
    drop(play);
    outcome
}

impl Play<'_> {
    fn run(&mut self) -> Result<Outcome, Failure> {
        let processes = self.peer.processes();
        let (early, late): (Vec<usize>, Vec<usize>) =
            (0..self.script.groups.len()).partition(|at| self.script.groups[*at].watches.is_none());
        let comes_first = |at: &usize| self.script.groups[*at].at.is_none();
        for group in early.into_iter().filter(comes_first) {
            self.join(group)?;
        }
        let senders = self.guests.len();
        wait_until(self.crowd, self.progress, "senders connect", senders, Look::connected)?;
        let alone_bytes = memory_at_rest(processes, self.progress);
        for group in late.into_iter().filter(comes_first) {
            self.join(group)?;
        }
        let all = self.guests.len();
        let most = (all, all - self.receivers().len() / MISSING);
        wait_for_most(self.crowd, self.progress, "receivers connect", most, Look::connected)?;
        let receivers = self.receivers();
        let has_frame =
            |look: &Look| seen(look, &receivers).filter(|it| it.first_frame_after.is_some()).count();
        let most = (receivers.len(), receivers.len().div_ceil(2));
        let joined = wait_for_most(self.crowd, self.progress, "first pictures", most, has_frame)?;
        if self.progress.is_stopped() {
            return Err(Failure::Stopped);
        }
        let probing = Probing::begin(self);
        memory_at_rest(processes, self.progress);
        let before = Reading::now(settle(self.crowd), processes);
        let probed = probing.count();
        self.crowd.count(true);
        self.crowd.hold(false);
        let flow = self.watch(&before)?;
        let resident_bytes = processes.resident_bytes();
        let after = Reading::now(settle(self.crowd), processes);
        let mut outcome = self.conclude(&before, &after);
        // What the probe got was forwarded too.
        let more = probing.conclude(&mut outcome, self, probed, &after.look);
        let receivers = (receivers.len() + usize::from(more)).max(1) as f64;
        outcome.kib_per_receiver = resident_bytes.saturating_sub(alone_bytes) as f64 / 1_024.0 / receivers;
        note_joining(&mut outcome, &joined, &self.receivers());
        flow.conclude(&mut outcome, self, &after.look);
        Ok(outcome)
    }

    /// Numbers of those who watch.
    fn receivers(&self) -> Vec<usize> {
        let watches = |it: &&Guest| self.script.groups[it.group].watches.is_some();
        self.guests.iter().filter(watches).map(|it| it.number).collect()
    }

    /// Rates of the layers of each picture on the screen of somebody with so many thumbnails, and how many
    /// speak.
    fn layers(&self, thumbnails: usize) -> (Vec<Vec<f64>>, usize) {
        let rate = |size| {
            self.stock.film(self.script.codec, size).map_or(0.0, |it| it.wire_bits_per_second() as f64)
        };
        let stage: Vec<f64> = Size::LAYERS.map(rate).to_vec();
        let small = vec![rate(Size::Small)];
        let groups = self.script.groups.iter().enumerate();
        let senders: usize = groups
            .filter(|(_, it)| it.sends != Sends::Nothing)
            .map(|(at, _)| self.script.count(at, self.case))
            .sum();
        let small = std::iter::repeat_n(small, thumbnails.min(senders.saturating_sub(1)));
        (std::iter::once(stage).chain(small).collect(), senders)
    }

    fn part(&self, group: &Group) -> Part {
        let codec = self.script.codec;
        match group.sends {
            Sends::Nothing => Part::Viewer,
            Sends::Full => Part::Sender { codec, rids: &[] },
            Sends::Simulcast => Part::Sender { codec, rids: LAYERS },
        }
    }

    /// A client of a group comes in.
    fn enter(&self, at: usize, place: usize) -> Result<Guest, Failure> {
        let group = &self.script.groups[at];
        let mut client = self.crowd.client(self.part(group))?;
        client.wish = group.watches.unwrap_or_default();
        client.place = place;
        if let Some(line) = group.line {
            self.crowd.link(client.number(), line.down, line.up);
        }
        let number = client.number();
        Ok(Guest { group: at, number, seat: self.peer.join(client)? })
    }

    /// All of a group come in.
    fn join(&mut self, at: usize) -> Result<(), Failure> {
        let group = &self.script.groups[at];
        let count = self.script.count(at, self.case);
        // Who they are is settled before: it is their coming that is measured.
        self.peer.expect(count)?;
        let many = (count > ONE_BY_ONE).then(|| Duration::from_secs_f64(count as f64 / JOINS_PER_S));
        let Some(within) = group.within.or(many) else {
            for place in 0..count {
                if self.progress.is_stopped() {
                    return Ok(());
                }
                let guest = self.enter(at, place)?;
                self.guests.push(guest);
                self.progress.show(&format!("{} join", group.name), place + 1, count);
            }
            return Ok(());
        };
        let (next, came) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(count)));
        let start = Instant::now();
        let work = || -> Result<(), Failure> {
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                if place >= count || self.progress.is_stopped() {
                    return Ok(());
                }
                let due = start + within.mul_f64(place as f64 / count as f64);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let guest = self.enter(at, place)?;
                came.lock().expect("no joiner panics with the list in hand").push(guest);
            }
        };
        let results: Vec<Result<(), Failure>> = std::thread::scope(|scope| {
            let joiners: Vec<_> = (0..JOINERS.min(count)).map(|_| scope.spawn(work)).collect();
            joiners.into_iter().map(|it| it.join().unwrap_or(Err(Failure::Stopped))).collect()
        });
        self.guests.extend(came.into_inner().unwrap_or_default());
        results.into_iter().collect()
    }

    fn conclude(&self, before: &Reading, after: &Reading) -> Outcome {
        let receivers = self.receivers();
        let sum = |look: &Look, of: fn(&Seen) -> u64| seen(look, &receivers).map(of).sum::<u64>();
        let gained = |of: fn(&Seen) -> u64| sum(&after.look, of).saturating_sub(sum(&before.look, of));
        let sent = after.look.sum(|it| it.sent) - before.look.sum(|it| it.sent);
        let received = gained(|it| it.packets);
        let expected =
            if self.script.is_plain() { sent * receivers.len() as u64 } else { gained(|it| it.expected) };
        let length = after.at.saturating_duration_since(before.at);
        let cpu = after.cpu.saturating_sub(before.cpu);
        let delays = &after.look.delays;
        let mut shown = crate::client::Shown::default();
        seen(&after.look, &receivers).for_each(|it| shown.add(&it.shown));
        Outcome {
            name: self.peer.name(),
            receivers: receivers.len(),
            length: length.min(self.script.length + Duration::from_secs(2)),
            us_cpu_per_packet: cpu.as_secs_f64() * 1e6 / received.max(1) as f64,
            kib_per_receiver: 0.0,
            delivered_ratio: received as f64 / expected.max(1) as f64,
            delay_p50_us: delays.quantile(0.5),
            delay_p99_us: delays.quantile(0.99),
            delay_highest_us: delays.highest(),
            jitter_p95_us: percentile(seen(&after.look, &receivers).map(|it| it.jitter_us), 95).unwrap_or(0),
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
            join_to_picture_p95: Duration::ZERO,
            key_wait_p95: Duration::ZERO,
            all_connected: Duration::ZERO,
            without_picture: 0,
            shown,
            memory_growth: None,
            narrowed: None,
            speakers: None,
            probed: None,
            samples: Vec::new(),
        }
    }
}

impl Reading {
    fn now(look: Look, processes: &Processes) -> Self {
        Self { at: Instant::now(), cpu: processes.cpu(), look }
    }
}

/// Those of these numbers, as seen.
fn seen<'a>(look: &'a Look, numbers: &'a [usize]) -> impl Iterator<Item = &'a Seen> {
    numbers.iter().filter_map(|at| look.clients.get(*at))
}

/// The value that `share` of 100 do not exceed.
fn percentile<T: Ord + Copy>(values: impl Iterator<Item = T>, share: usize) -> Option<T> {
    let mut all: Vec<T> = values.collect();
    all.sort_unstable();
    let at = (all.len() * share).div_ceil(100).saturating_sub(1);
    all.get(at).copied()
}

fn note_joining(outcome: &mut Outcome, joined: &Look, receivers: &[usize]) {
    // Who never came so far took longer than anybody.
    let of = |time: fn(&Seen) -> Option<Duration>| {
        let times = seen(joined, receivers).map(|it| time(it).unwrap_or(Duration::MAX));
        percentile(times, 95).unwrap_or_default()
    };
    outcome.first_frame_p95 = of(|it| it.first_frame_after);
    outcome.join_to_picture_p95 = of(|it| Some(it.framed_at?.saturating_duration_since(it.born_at?)));
    outcome.key_wait_p95 = of(|it| Some(it.framed_at?.saturating_duration_since(it.connected_at?)));
    outcome.without_picture = seen(joined, receivers).filter(|it| it.first_frame_after.is_none()).count();
    let first = seen(joined, receivers).filter_map(|it| it.born_at).min();
    let last = seen(joined, receivers).filter_map(|it| it.connected_at).max();
    let is_whole = seen(joined, receivers).all(|it| it.connected_at.is_some());
    if let (Some(first), Some(last)) = (first, last) {
        let span = last.saturating_duration_since(first);
        outcome.all_connected = if is_whole { span } else { Duration::MAX };
    }
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn a_percentile_is_the_value_that_so_many_do_not_exceed() {
        let of = |values: &[u32], share| percentile(values.iter().copied(), share);
        assert_eq!(of(&[4, 1, 3, 2], 50), Some(2));
        assert_eq!((of(&[7], 95), of(&[], 95)), (Some(7), None));
        assert_eq!(percentile(1..=311, 95), Some(296));
    }
}
