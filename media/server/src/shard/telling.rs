//! Tells signalling the figures of legs and of the shard itself, each every two seconds.
//!
//! Called by the loop's tick, so it allocates nothing either; figures that find no room in the sink
//! are lost, and newer ones follow.

use super::Shard;
use super::addresses::Place;
use super::load::Standing;
use super::naming;
use media_control::{LegStats, MediaEvent, StreamList, StreamStats};
use media_core::room::StreamFigures;
use std::time::{Duration, Instant};

/// Time between two [`MediaEvent::Stats`] of a leg.
pub(super) const FIGURES_EVERY: Duration = Duration::from_secs(2);

fn ms(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

fn stream_stats(figures: StreamFigures) -> StreamStats {
    StreamStats {
        source: naming::source(figures.source),
        layer: naming::rid(figures.layer),
        bps: figures.bps,
        height_px: figures.height_px,
        loss: figures.loss,
        jitter_ms: u16::try_from(figures.jitter.as_millis()).unwrap_or(u16::MAX),
    }
}

impl Shard {
    /// Tells the figures of a leg when they are due.
    pub(super) fn tell_figures(&mut self, now: Instant, place: Place) {
        let Some(leg) = self.legs.at_mut(place).filter(|leg| leg.figures_at <= now) else { return };
        let seconds = now.saturating_duration_since(leg.figures_from).as_secs_f64().max(0.001);
        leg.figures_from = now;
        leg.figures_at = now + FIGURES_EVERY;
        let Some(seat) = leg.room.and_then(|room| self.rooms.at(room)) else { return };
        let mut streams = StreamList::default();
        let figures = seat.room.figures(now, leg.key, &mut |stream| streams.add(stream_stats(stream)));
        let Some(figures) = figures else { return };
        let bps = |bytes: u64| (bytes as f64 * 8.0 / seconds).min(f64::from(u32::MAX)) as u32;
        let tally = figures.tally;
        let stats = LegStats {
            uplink_bps: bps(figures.uplink_bytes),
            downlink_bps: bps(figures.downlink_bytes),
            uplink_loss: figures.uplink_loss,
            downlink_loss: figures.downlink_loss,
            rtt_ms: figures.round_trip.map_or(0, ms),
            estimate_bps: figures.estimate_bps,
            jitter_ms: ms(figures.jitter),
            waiting_packets: figures.waiting,
            shown: figures.shown,
            paused: figures.paused,
            asked_again: tally.asked_again,
            recovered: tally.recovered,
            keyframes_asked: tally.keyframes_asked,
            refused: tally.refused,
            nacked: tally.nacked,
            repaired: tally.repaired,
            keyframes_wanted: tally.keyframes_wanted,
            paced: tally.paced,
            given_up: tally.given_up,
        };
        self.teller.tell(MediaEvent::Stats { leg: leg.id, stats, streams }, &mut self.counters);
    }

    /// Tells how much this shard has to do when it is due.
    pub(super) fn tell_load(&mut self, now: Instant) {
        let Some(measured) = self.load.due(now, &self.counters) else { return };
        let mut standing = Standing {
            legs: self.legs.len(),
            ring_packets: self.links.waiting_packets(),
            ..Standing::default()
        };
        for place in 0..self.rooms.end() {
            if let Some(seat) = self.rooms.at(place) {
                standing.conferences += 1;
                standing.waiting_packets += seat.room.waiting();
            }
        }
        let load = measured.load(&self.counters, standing);
        self.counters.cpu_us += u64::try_from(measured.used.as_micros()).unwrap_or(0);
        self.load.publish(&load);
        self.teller.tell(MediaEvent::Load { load }, &mut self.counters);
    }
}
