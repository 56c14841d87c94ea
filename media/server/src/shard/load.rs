//! How much a shard has to do: share of its core, packets, what waits, what is dropped.
//!
//! Kept by the loop, told every two seconds to signalling and, as gauges, to the metrics recorder.
//! Reads the shard's counters and the clock of its thread; decides nothing.

use crate::counters::Counters;
use crate::sys::cpu;
use media_control::{ShardId, ShardLoad};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Time between two [`media_control::MediaEvent::Load`] of a shard.
pub(super) const LOAD_EVERY: Duration = Duration::from_secs(2);

/// What only the loop can count, at the moment of asking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) legs: usize,
    pub(super) conferences: usize,
    pub(super) waiting_packets: usize,
    pub(super) ring_packets: usize,
}

/// Measures one shard; lives on its thread.
pub(super) struct LoadMeter {
    shard: ShardId,
    since: Instant,
    cpu: Duration,
    before: Counters,
    longest_turn: Duration,
    gauges: Gauges,
    /// The newest share of the core, per mille, for whoever places legs.
    told: Arc<AtomicU32>,
}

impl LoadMeter {
    /// Made before the shard's thread runs, so the first answer is of the time from [`Self::begin`].
    pub(super) fn new(shard: ShardId, now: Instant, told: Arc<AtomicU32>) -> Self {
        let (cpu, longest_turn) = (Duration::ZERO, Duration::ZERO);
        let (before, gauges) = (Counters::default(), Gauges::new(shard));
        Self { shard, since: now, cpu, before, longest_turn, gauges, told }
    }

    /// Registers anew at the metrics recorder that is there now.
    pub(super) fn register(&mut self) {
        self.gauges = Gauges::new(self.shard);
    }

    /// Tells the recorder, and whoever places legs, a load.
    pub(super) fn publish(&self, load: &ShardLoad) {
        self.told.store((load.cpu * 1000.0) as u32, Ordering::Relaxed);
        let Gauges { cpu, legs, conferences, waiting_packets, ring_packets, longest_turn_us } = &self.gauges;
        for (gauge, value) in [
            (cpu, f64::from(load.cpu)),
            (legs, f64::from(load.legs)),
            (conferences, f64::from(load.conferences)),
            (waiting_packets, f64::from(load.waiting_packets)),
            (ring_packets, f64::from(load.ring_packets)),
            (longest_turn_us, f64::from(load.longest_turn_us)),
        ] {
            gauge.set(value);
        }
    }

    /// On the shard's thread, before its first turn.
    pub(super) fn begin(&mut self, now: Instant) {
        (self.since, self.cpu) = (now, cpu::thread_time());
    }

    /// A turn of the loop took this long, waiting left out.
    pub(super) fn turned(&mut self, took: Duration) {
        self.longest_turn = self.longest_turn.max(took);
    }

    /// The load since the last answer, once it is due.
    pub(super) fn due(&mut self, now: Instant, counters: &Counters) -> Option<Measured> {
        let time = now.saturating_duration_since(self.since);
        if time < LOAD_EVERY {
            return None;
        }
        let cpu = cpu::thread_time();
        let used = cpu.saturating_sub(std::mem::replace(&mut self.cpu, cpu));
        self.since = now;
        let before = std::mem::replace(&mut self.before, *counters);
        let longest_turn = std::mem::take(&mut self.longest_turn);
        Some(Measured { shard: self.shard, time, used, longest_turn, before })
    }
}

/// A stretch of time, to be made into a [`ShardLoad`].
pub(super) struct Measured {
    shard: ShardId,
    time: Duration,
    pub(super) used: Duration,
    longest_turn: Duration,
    before: Counters,
}

impl Measured {
    /// The load, with what the loop counted.
    pub(super) fn load(&self, counters: &Counters, standing: Standing) -> ShardLoad {
        let seconds = self.time.as_secs_f64().max(0.001);
        let rate = |of: fn(&Counters) -> u64, times: f64| {
            let grown = of(counters).saturating_sub(of(&self.before));
            (grown as f64 * times / seconds).round().min(f64::from(u32::MAX)) as u32
        };
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        ShardLoad {
            shard: self.shard,
            cpu: (self.used.as_secs_f64() / seconds) as f32,
            legs: number(standing.legs),
            conferences: number(standing.conferences),
            received_pps: rate(|c| c.received_packets, 1.0),
            sent_pps: rate(|c| c.sent_packets, 1.0),
            received_bps: rate(|c| c.received_bytes, 8.0),
            sent_bps: rate(|c| c.sent_bytes, 8.0),
            relayed_pps: rate(|c| c.ring_packets, 1.0),
            waiting_packets: number(standing.waiting_packets),
            ring_packets: number(standing.ring_packets),
            longest_turn_us: u32::try_from(self.longest_turn.as_micros()).unwrap_or(u32::MAX),
            dropped_pps: rate(
                |c| c.ring_full + c.send_full + c.tcp_slow + c.slab_full + c.paced_dropped,
                1.0,
            ),
        }
    }
}

/// The recorder's side of a load: one series a figure and shard.
struct Gauges {
    cpu: metrics::Gauge,
    legs: metrics::Gauge,
    conferences: metrics::Gauge,
    waiting_packets: metrics::Gauge,
    ring_packets: metrics::Gauge,
    longest_turn_us: metrics::Gauge,
}

impl Gauges {
    fn new(shard: ShardId) -> Self {
        let shard = shard.to_string();
        let gauge = |name: &'static str| metrics::gauge!(name, "shard" => shard.clone());
        Self {
            cpu: gauge("vc_media_cpu_ratio"),
            legs: gauge("vc_media_legs"),
            conferences: gauge("vc_media_conferences"),
            waiting_packets: gauge("vc_media_waiting_packets"),
            ring_packets: gauge("vc_media_ring_waiting_packets"),
            longest_turn_us: gauge("vc_media_longest_turn_us"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_is_told_every_two_seconds_as_rates_of_that_time() {
        let start = Instant::now();
        let mut meter = LoadMeter::new(ShardId(3), start, Arc::default());
        let mut counters = Counters { sent_packets: 500, ..Counters::default() };
        assert!(meter.due(start + LOAD_EVERY / 2, &counters).is_none());
        meter.turned(Duration::from_micros(70));
        meter.turned(Duration::from_micros(40));
        let standing = Standing { legs: 7, conferences: 2, waiting_packets: 9, ring_packets: 1 };
        let told = |meter: &mut LoadMeter, at: u32, counters: &Counters| {
            let measured = meter.due(start + LOAD_EVERY * at, counters).expect("it is due");
            measured.load(counters, standing)
        };
        let first = told(&mut meter, 1, &counters);
        assert_eq!((first.shard, first.sent_pps, first.longest_turn_us), (ShardId(3), 250, 70));
        assert_eq!((first.legs, first.conferences, first.waiting_packets, first.ring_packets), (7, 2, 9, 1));
        counters.sent_packets += 100;
        counters.sent_bytes += 1000;
        (counters.ring_full, counters.paced_dropped) = (6, 4);
        let second = told(&mut meter, 2, &counters);
        assert_eq!((second.sent_pps, second.sent_bps, second.longest_turn_us), (50, 4000, 0));
        assert_eq!(second.dropped_pps, 5);
    }
}
