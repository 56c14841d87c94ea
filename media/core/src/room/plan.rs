//! Decides which stream each slot of a viewer takes, and wishes for the key frames that takes.
//!
//! Called from the room's tick and after every change of wishes. Changes slots, never sends.

use super::Room;
use super::layers::{Demand, Presence, choose};
use super::publisher::{Publisher, source_of, split_number, stream_number};
use super::types::{VIDEO_SLOTS, ViewWish};
use crate::stream::ids::{Layer, LayerSet, LegKey, MAX_LAYERS, SourceKind};
use std::time::{Duration, Instant};

/// A layer that became larger keeps its size for this long before it may grow again.
pub(super) const RISE_EVERY: Duration = Duration::from_secs(2);
/// Shortest time between two choices of one viewer because of its link: one that lies in its
/// reports costs no more.
const LINK_PLAN_EVERY: Duration = Duration::from_millis(50);

impl Room {
    /// Replaces what a local leg looks at, most important first: at most 28 wishes, the rest is
    /// passed over. A picture that stays keeps its slot.
    pub fn watch(&mut self, now: Instant, leg: LegKey, wishes: &[ViewWish]) {
        let Some(place) = self.roster.place(leg) else { return };
        let Some(viewer) = &mut self.viewers[place] else { return };
        viewer.watch(wishes);
        self.has_slot_news = true;
        self.routes_stale = true;
        self.plan_viewer(now, place);
        self.settle_layers(now, true);
    }

    /// Replaces what the viewers of another shard need of a local leg's source.
    pub fn layers_needed(
        &mut self,
        now: Instant,
        shard: usize,
        leg: LegKey,
        source: SourceKind,
        layers: LayerSet,
    ) {
        let Some(place) = self.roster.place(leg) else { return };
        if let Some(publisher) = &mut self.publishers[place] {
            publisher.sources[source as usize].needs.mark_elsewhere(shard, layers);
        }
        self.settle_layers(now, false);
    }

    /// Another shard has no viewers of this conference any more.
    pub fn shard_left(&mut self, shard: usize) {
        for source in self.publishers.iter_mut().flatten().flat_map(|it| it.sources.iter_mut()) {
            source.needs.mark_elsewhere(shard, LayerSet::NONE);
        }
    }

    /// Chooses anew for the viewers whose links changed, each at most every [`LINK_PLAN_EVERY`].
    pub(super) fn plan_for_changed_links(&mut self, now: Instant) {
        let mut has_planned = false;
        for place in 0..self.viewers.len() {
            let viewer = self.viewers[place].as_mut();
            let Some(viewer) = viewer.filter(|it| it.is_plan_wanted && now >= it.next_plan_at) else {
                continue;
            };
            viewer.is_plan_wanted = false;
            viewer.next_plan_at = now + LINK_PLAN_EVERY;
            self.plan_viewer(now, place);
            has_planned = true;
        }
        if has_planned {
            self.settle_layers(now, false);
        }
    }

    /// Chooses anew for every viewer.
    pub(super) fn plan(&mut self, now: Instant) {
        for place in 0..self.viewers.len() {
            self.plan_viewer(now, place);
        }
        self.settle_layers(now, false);
    }

    fn settle_layers(&mut self, now: Instant, is_by_hand: bool) {
        for publisher in self.publishers.iter_mut().flatten() {
            let is_local = publisher.uplink.is_some();
            for source in [SourceKind::Camera, SourceKind::Screen] {
                let layers = publisher.layers(now, source);
                let state = &mut publisher.sources[source as usize];
                for layer in Layer::ALL {
                    // A request about a silent layer is never answered, and makes key frames on others.
                    if layers[layer.index()].is_none_or(|facts| facts.presence != Presence::Arrives) {
                        state.keyframes.forget(layer);
                    }
                }
                let standing = state.standing(now, is_local, is_by_hand);
                if let Some(layers) = state.needs.settle(standing) {
                    self.layer_news.push((publisher.key, source, layers, is_local));
                }
            }
        }
    }

    fn plan_viewer(&mut self, now: Instant, place: usize) {
        let mut demands = [Demand::default(); VIDEO_SLOTS];
        let mut legs = [None; VIDEO_SLOTS];
        let Some(viewer) = &mut self.viewers[place] else { return };
        let sound_bps = viewer.sound.reserve_bps(now, viewer.estimate.bps());
        let Some(viewer) = &self.viewers[place] else { return };
        let count = viewer.order.len();
        for (rank, at) in viewer.order.iter().enumerate() {
            let slot = &viewer.slots[usize::from(*at)];
            let Some(wish) = slot.wish else { continue };
            let leg = self.sender_of(&wish);
            legs[rank] = leg;
            let publisher = leg.and_then(|leg| self.publishers[leg].as_ref());
            let layers = publisher.filter(|it| it.is_readable(wish.source, viewer.takes));
            let layers = layers.map_or([None; MAX_LAYERS], |publisher| publisher.layers(now, wish.source));
            let layered = publisher.and_then(|publisher| publisher.layered(wish.source));
            let layer_of = |stream: Option<u32>| {
                let (_, stream) = stream.map(split_number).filter(|(of, _)| Some(*of) == leg)?;
                Some(layered.map_or_else(|| source_of(stream).1, |stream| slot.live_layer(stream)))
            };
            let rested = |at: Instant| now.saturating_duration_since(at) >= slot.rise_pause;
            demands[rank] = Demand {
                layers,
                height_px: wish.height_px,
                running: slot.needed,
                live: layer_of(slot.live),
                may_rise: viewer.is_new(now) || slot.rose_at.is_none_or(rested),
                ..Demand::default()
            };
        }
        let budget_bps = viewer.estimate.bps().saturating_sub(sound_bps);
        choose(&mut demands[..count], budget_bps);
        let mut changed = false;
        let Some(viewer) = &mut self.viewers[place] else { return };
        viewer
            .estimate
            .want(u64::from(sound_bps) + demands[..count].iter().map(Demand::wanted_bps).sum::<u64>());
        for (rank, demand) in demands[..count].iter().enumerate() {
            let slot = &mut viewer.slots[usize::from(viewer.order[rank])];
            let Some(wish) = slot.wish else { continue };
            let before = (slot.live, slot.target);
            let publisher = legs[rank].and_then(|leg| self.publishers[leg].as_ref());
            let is_layered = publisher.is_some_and(|it| it.layered(wish.source).is_some());
            let is_unreadable = publisher.is_some_and(|it| !it.is_readable(wish.source, viewer.takes));
            let number = |layer: Option<Layer>| {
                let stream = layer.map(|layer| if is_layered { Layer::QUARTER } else { layer });
                Some(stream_number(legs[rank]?, wish.source, stream?))
            };
            // Of a stream that is one size of several everything is passed on.
            slot.layer = demand.shown.or(demand.chosen).filter(|_| is_layered).unwrap_or(Layer::FULL);
            let (needed, shown) = (number(demand.chosen), number(demand.shown));
            slot.note_choice(now, demand.running, demand.chosen);
            slot.needed = demand.chosen;
            let is_paused = demand.is_paused();
            viewer.slots_changed |= std::mem::replace(&mut slot.is_paused, is_paused) != is_paused;
            viewer.slots_changed |=
                std::mem::replace(&mut slot.is_unreadable, is_unreadable) != is_unreadable;
            match needed {
                None => (slot.live, slot.target) = (None, None),
                Some(_) if shown.is_some() && slot.live != shown => slot.target = shown,
                // The needed layer takes over with its first key frame, which a browser makes by
                // itself when it starts a layer again.
                Some(_) => slot.target = needed.filter(|_| slot.live != needed),
            }
            changed |= before != (slot.live, slot.target);
            if let Some(publisher) = legs[rank].and_then(|leg| self.publishers[leg].as_mut()) {
                publisher.mark_needs(now, wish.source, demand);
            }
        }
        self.has_slot_news |= viewer.slots_changed;
        self.routes_stale |= changed;
        self.want_keyframes(now, place);
    }

    /// Wishes for a key frame of every stream that a slot of this viewer waits for.
    fn want_keyframes(&mut self, now: Instant, place: usize) {
        for rank in 0..self.viewers[place].as_ref().map_or(0, |viewer| viewer.order.len()) {
            let Some(viewer) = &self.viewers[place] else { return };
            let at = usize::from(viewer.order[rank]);
            let slot = &viewer.slots[at];
            let restarted = slot.live.filter(|live| {
                let epoch = epoch_of(&self.publishers, *live);
                epoch.is_some_and(|epoch| !slot.downlink.runs(*live, epoch))
            });
            let held = slot.live.filter(|live| {
                let (leg, place) = split_number(*live);
                let stream = self.publishers.get(leg).and_then(|it| it.as_ref()?.streams[place].as_deref());
                stream.is_some_and(|stream| slot.waits_for_keyframe(stream))
            });
            for stream in [slot.target, restarted].into_iter().flatten() {
                self.want_keyframe(now, stream, |room| room.will_replay(now, place, at, stream));
            }
            if let Some(stream) = held {
                self.want_keyframe(now, stream, |_| false);
            }
        }
    }

    fn want_keyframe(&mut self, now: Instant, stream: u32, is_kept: impl FnOnce(&mut Self) -> bool) {
        let (leg, place) = split_number(stream);
        let (source, layer) = source_of(place);
        // A request would make a key frame on every layer, yet none on one that is stopped.
        let arrives = self.publishers[leg].as_ref().is_some_and(|it| it.is_arriving(now, source, layer));
        if arrives
            && !is_kept(self)
            && let Some(publisher) = &mut self.publishers[leg]
        {
            publisher.sources[source as usize].keyframes.want(layer);
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
