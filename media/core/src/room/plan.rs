//! Decides which stream each slot of a viewer takes, and wishes for the key frames that takes.
//!
//! Called from the room's tick and after every change of wishes. Changes slots, never sends.

use super::Room;
use super::layers::{Demand, choose};
use super::publisher::{Publisher, source_of, split_number, stream_number};
use super::types::{VIDEO_SLOTS, ViewWish};
use crate::stream::ids::{LegKey, MAX_LAYERS};
use std::time::{Duration, Instant};

/// A layer that became larger keeps its size for this long before it may grow again.
const RISE_EVERY: Duration = Duration::from_secs(2);
/// Kept back for sound: four Opus streams.
const SOUND_BPS: u32 = 160_000;

impl Room {
    /// Replaces what a local leg looks at, most important first: at most 28 wishes, the rest is
    /// passed over. A picture that stays keeps its slot.
    pub fn watch(&mut self, now: Instant, leg: LegKey, wishes: &[ViewWish]) {
        let Some(place) = self.roster.place(leg) else { return };
        let Some(viewer) = &mut self.viewers[place] else { return };
        viewer.watch(wishes);
        self.routes_stale = true;
        self.plan_viewer(now, place);
    }

    /// Chooses anew for every viewer.
    pub(super) fn plan(&mut self, now: Instant) {
        for place in 0..self.viewers.len() {
            self.plan_viewer(now, place);
        }
    }

    fn plan_viewer(&mut self, now: Instant, place: usize) {
        let mut demands = [Demand::default(); VIDEO_SLOTS];
        let mut legs = [None; VIDEO_SLOTS];
        let Some(viewer) = &self.viewers[place] else { return };
        let count = viewer.order.len();
        for (rank, at) in viewer.order.iter().enumerate() {
            let slot = &viewer.slots[usize::from(*at)];
            let Some(wish) = slot.wish else { continue };
            let leg = self.sender_of(&wish);
            legs[rank] = leg;
            let publisher = leg.and_then(|leg| self.publishers[leg].as_ref());
            let layers = publisher.map_or([None; MAX_LAYERS], |publisher| publisher.layers(now, wish.source));
            let running = slot.live.map(split_number).filter(|(live, _)| Some(*live) == leg);
            let rested = |at: Instant| now.saturating_duration_since(at) >= RISE_EVERY;
            demands[rank] = Demand {
                layers,
                height_px: wish.height_px,
                running: running.map(|(_, stream)| source_of(stream).1),
                may_rise: slot.switched_at.is_none_or(rested),
                chosen: None,
            };
        }
        let budget_bps = viewer.estimate.bps().saturating_sub(SOUND_BPS);
        choose(&mut demands[..count], budget_bps);
        let mut changed = false;
        let Some(viewer) = &mut self.viewers[place] else { return };
        for (rank, demand) in demands[..count].iter().enumerate() {
            let slot = &mut viewer.slots[usize::from(viewer.order[rank])];
            let Some(wish) = slot.wish else { continue };
            let before = (slot.live, slot.target);
            let chosen = demand.chosen.zip(legs[rank]);
            match chosen.map(|(layer, leg)| stream_number(leg, wish.source, layer)) {
                None => (slot.live, slot.target) = (None, None),
                Some(stream) if slot.live == Some(stream) => slot.target = None,
                Some(stream) => {
                    if slot.target != Some(stream) && demand.running < demand.chosen {
                        slot.switched_at = Some(now);
                    }
                    slot.target = Some(stream);
                }
            }
            changed |= before != (slot.live, slot.target);
        }
        self.routes_stale |= changed;
        self.want_keyframes(place);
    }

    /// Wishes for a key frame of every stream that a slot of this viewer waits for.
    pub(super) fn want_keyframes(&mut self, place: usize) {
        let Some(viewer) = &self.viewers[place] else { return };
        for at in &viewer.order {
            let slot = &viewer.slots[usize::from(*at)];
            let restarted = slot.live.filter(|live| {
                let epoch = epoch_of(&self.publishers, *live);
                epoch.is_some_and(|epoch| !slot.downlink.runs(*live, epoch))
            });
            for stream in [slot.target, restarted].into_iter().flatten() {
                let (leg, place) = split_number(stream);
                let (source, layer) = source_of(place);
                if let Some(publisher) = &mut self.publishers[leg] {
                    publisher.sources[source as usize].keyframes.want(layer);
                }
            }
        }
    }

    /// The newest leg of the wished participant that sends the wished source.
    fn sender_of(&self, wish: &ViewWish) -> Option<usize> {
        self.roster
            .legs_of(wish.participant)
            .find(|leg| self.publishers[*leg].as_ref().is_some_and(|it| it.is_sending(wish.source)))
    }
}

fn epoch_of(publishers: &[Option<Publisher>], stream: u32) -> Option<u32> {
    let (leg, place) = split_number(stream);
    Some(publishers.get(leg)?.as_ref()?.streams[place].as_ref()?.epoch)
}
