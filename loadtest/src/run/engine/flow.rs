//! The measured part of a run: what is read off each second, and what happens meanwhile.
//!
//! Called by the engine once everybody is there.

use super::narrow::{Coped, Narrow, Received, coped};
use super::outcome::{Narrowed, Outcome, Sample, Speakers};
use super::{Guest, Play, Reading, percentile, seen};
use crate::client::{Histogram, Look, Seen};
use crate::error::Failure;
use crate::scenario::{Event, Group, Happening, Line};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Between two samples for the plots.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);
/// Between two readings of clients whose link changes.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// What a voice takes, headers included: three of 32 kbit/s in packets of 20 ms.
const VOICE_BPS: f64 = 55_000.0;
const MAX_VOICES: usize = 3;

/// What was gathered meanwhile.
#[derive(Default)]
pub(super) struct Flow {
    samples: Vec<Sample>,
    /// Of each client whose link was narrowed.
    narrowed: Vec<(usize, Vec<Received>)>,
    narrow: Option<Narrow>,
    /// Of the whole time that it was narrow, and without the first seconds.
    queue_p95_us: (u64, u64),
    /// Next of each group to speak.
    speakers: Vec<usize>,
    changes: u64,
    keys_before: Option<u64>,
    most_keys: u64,
}

impl Play<'_> {
    /// Lets media flow for the length of the script.
    pub(super) fn watch(&mut self, before: &Reading) -> Result<Flow, Failure> {
        let script = self.script;
        let mut flow = Flow { speakers: vec![0; script.groups.len()], ..Flow::default() };
        flow.follow(self);
        let mut events: VecDeque<&Event> = script.events.iter().collect();
        let mut coming: VecDeque<(Duration, usize)> =
            script.groups.iter().enumerate().filter_map(|(at, it)| Some((it.at?, at))).collect();
        coming.make_contiguous().sort_unstable();
        let began = Instant::now();
        let mut last = Reading { at: began, cpu: self.peer.processes().cpu(), look: before.look.clone() };
        let mut next_sample = began + SAMPLE_EVERY;
        let is_followed = !flow.narrowed.is_empty();
        while began.elapsed() < script.length && !self.progress.is_stopped() {
            let pause = if is_followed { LOOK_EVERY } else { SAMPLE_EVERY };
            let now = Instant::now();
            let wake = [
                Some(next_sample),
                Some(now + pause),
                Some(began + script.length),
                events.front().map(|it| began + it.at),
                coming.front().map(|it| began + it.0),
            ];
            let wake = wake.into_iter().flatten().min().unwrap_or(now);
            std::thread::sleep(wake.saturating_duration_since(now));
            while events.front().is_some_and(|it| began.elapsed() >= it.at) {
                if let Some(event) = events.pop_front() {
                    self.happen(event, &mut flow, began)?;
                }
            }
            while coming.front().is_some_and(|it| began.elapsed() >= it.0) {
                if let Some((_, group)) = coming.pop_front() {
                    self.join(group)?;
                }
            }
            if is_followed {
                flow.note(&self.crowd.look(), began.elapsed());
            }
            if Instant::now() >= next_sample || began.elapsed() >= script.length {
                next_sample += SAMPLE_EVERY;
                self.sample(&mut flow, &mut last, began);
            }
        }
        flow.count_keys(&self.crowd.look());
        Ok(flow)
    }

    fn sample(&self, flow: &mut Flow, last: &mut Reading, began: Instant) {
        let now = Reading::now(self.crowd.look(), self.peer.processes());
        let seconds = now.at.saturating_duration_since(last.at).as_secs_f64().max(1e-3);
        let receivers = self.receivers();
        let sum = |look: &Look, of: fn(&Seen) -> u64| seen(look, &receivers).map(of).sum::<u64>();
        let gained = |of: fn(&Seen) -> u64| sum(&now.look, of).saturating_sub(sum(&last.look, of)) as f64;
        let share = |now: Duration, before: Duration| now.saturating_sub(before).as_secs_f64() / seconds;
        let delays: Histogram = now.look.delays.since(&last.look.delays);
        let (packets, expected) = (gained(|it| it.packets), gained(|it| it.expected));
        let sample = Sample {
            at: began.elapsed(),
            server_cpu: share(now.cpu, last.cpu),
            client_cpu: share(now.look.cpu, last.look.cpu),
            resident_bytes: self.peer.processes().resident_bytes(),
            packets_per_s: packets / seconds,
            bits_per_s: gained(|it| it.bytes) * 8.0 / seconds,
            loss_ratio: if expected > 0.0 { (1.0 - packets / expected).max(0.0) } else { 0.0 },
            delay_p50_us: delays.quantile(0.5),
            delay_p99_us: delays.quantile(0.99),
        };
        let live = format!(
            "{:.0} packets/s, server {:.0} %, clients {:.0} %, delay p99 {:.1} ms",
            sample.packets_per_s,
            sample.server_cpu * 100.0,
            sample.client_cpu * 100.0,
            sample.delay_p99_us as f64 / 1000.0
        );
        let (done, of) = (began.elapsed().as_millis() as usize, self.script.length.as_millis() as usize);
        self.progress.show(&live, done, of);
        flow.samples.push(sample);
        *last = now;
    }

    fn happen(&mut self, event: &Event, flow: &mut Flow, began: Instant) -> Result<(), Failure> {
        match &event.what {
            Happening::Link { group, line } => {
                let look = self.crowd.look();
                if let Some(narrow) = &mut flow.narrow
                    && narrow.until == Duration::MAX
                {
                    narrow.until = began.elapsed();
                    for it in self.of(*group).filter_map(|it| look.clients.get(it.number)) {
                        let (whole, settled) = &mut flow.queue_p95_us;
                        *whole = it.queue_p95_us.max(*whole);
                        *settled = it.settled_queue_p95_us.max(*settled);
                    }
                } else if let (None, Some(rate_bps)) = (flow.narrow, line.down.rate_bps) {
                    flow.narrow = Some(Narrow { from: began.elapsed(), until: Duration::MAX, rate_bps });
                }
                self.of(*group).for_each(|it| self.crowd.link(it.number, line.down, line.up));
            }
            Happening::Speaks { group } => {
                let members: Vec<&Guest> = self.of(*group).collect();
                let next = &mut flow.speakers[*group];
                *next += 1;
                let Some(speaker) = members.get(*next % members.len().max(1)) else {
                    return Ok(());
                };
                flow.count_keys(&self.crowd.look());
                flow.changes += 1;
                self.crowd.await_picture(speaker.number);
                self.peer.give_floor(speaker.seat.as_ref())?;
            }
            Happening::Leaves { group } => self.guests.retain(|it| it.group != *group),
        }
        Ok(())
    }

    fn of(&self, group: usize) -> impl Iterator<Item = &Guest> {
        self.guests.iter().filter(move |it| it.group == group)
    }
}

/// Whether a link is ever made narrow.
fn is_narrow(line: &Line) -> bool {
    line.down.rate_bps.is_some()
}

impl Flow {
    /// Begins to follow those whose link will be narrowed.
    fn follow(&mut self, play: &Play<'_>) {
        for event in &play.script.events {
            if let Happening::Link { group, line } = &event.what
                && is_narrow(line)
                && self.narrowed.is_empty()
            {
                self.narrowed = play.of(*group).map(|it| (it.number, Vec::new())).collect();
            }
        }
    }

    fn note(&mut self, look: &Look, at: Duration) {
        for (number, all) in &mut self.narrowed {
            all.extend(look.clients.get(*number).map(|it| Received { at, bytes: it.video_wire_bytes }));
        }
    }

    /// Key frames asked of senders since the last speaker change.
    fn count_keys(&mut self, look: &Look) {
        let now = look.sum(|it| it.keys_asked);
        if let Some(before) = self.keys_before.replace(now).filter(|_| self.changes > 0) {
            self.most_keys = self.most_keys.max(now - before);
        }
    }

    /// Adds to the outcome what was gathered.
    pub(super) fn conclude(self, outcome: &mut Outcome, play: &Play<'_>, look: &Look) {
        if self.changes > 0 {
            outcome.speakers = Some(Speakers {
                p50_us: look.arrivals.quantile(0.5),
                p95_us: look.arrivals.quantile(0.95),
                seen: look.arrivals.count(),
                expected: self.changes * outcome.receivers as u64,
                most_key_requests: self.most_keys,
            });
        }
        if let Some(narrow) = self.narrow.filter(|it| it.until != Duration::MAX) {
            let wish = play.script.groups.iter().filter(|it| is_followed(it)).find_map(|it| it.watches);
            let (layers, voices) = play.layers(wish.map_or(0, |it| it.thumbnails));
            let sound = voices.min(MAX_VOICES) as f64 * VOICE_BPS;
            let all: Vec<Coped> =
                self.narrowed.iter().filter_map(|(_, it)| coped(it, narrow, &layers, sound)).collect();
            let worst = |of: fn(&Coped) -> Option<Duration>| {
                let seconds = |it: &Coped| of(it).map_or(f64::INFINITY, |it| it.as_secs_f64());
                all.iter().map(seconds).fold(0.0, f64::max)
            };
            outcome.narrowed = Some(Narrowed {
                found_s: worst(|it| it.found_after),
                restored_s: worst(|it| it.restored_after),
                used: all.iter().map(|it| it.used).fold(f64::INFINITY, f64::min),
                queue_p95_us: self.queue_p95_us.0,
                settled_queue_p95_us: self.queue_p95_us.1,
            });
        }
        let settled = self.samples.len() / 8;
        if let (true, Some(last)) = (self.samples.len() >= 16, self.samples.last()) {
            let early =
                percentile(self.samples[settled..=settled + 1].iter().map(|it| it.resident_bytes), 50);
            outcome.memory_growth = early.map(|early| last.resident_bytes as f64 / early.max(1) as f64 - 1.0);
        }
        outcome.samples = self.samples;
    }
}

fn is_followed(group: &Group) -> bool {
    group.watches.is_some()
}
