//! Which layers of one picture anybody needs, so that its sender can stop the others.
//!
//! One per source of a leg. `plan` marks what each viewer needs, four times a second; `settle`
//! says when the sender must be told. Never decides what a viewer gets.

use crate::stream::ids::{Layer, LayerSet, MAX_LAYERS};
use std::time::{Duration, Instant};

/// A layer is told as unneeded after nobody has needed it for this long.
const DISUSE: Duration = Duration::from_millis(500);
/// The same for a layer that keeps coming back.
const MAX_DISUSE: Duration = Duration::from_secs(8);
/// A stopped layer that is needed again within this time came back: every return costs a key frame.
const CAME_BACK: Duration = Duration::from_secs(5);
/// After this long without a telling a source counts as calm again.
const CALM: Duration = Duration::from_secs(30);
/// Shortest time between two tellings of one source.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// A new source has this much longer until a layer is stopped: viewers have just begun to choose.
const FIRST_LOOK: Duration = Duration::from_millis(1500);
/// A layer that was asked for and does not come for this long cannot be sent now.
const ARRIVES_WITHIN: Duration = Duration::from_secs(3);

/// Where a source stands; what [`LayerNeeds::settle`] needs to know beside the marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub now: Instant,
    /// Packets come.
    pub is_active: bool,
    /// A viewer has just changed what it wishes to see.
    pub is_by_hand: bool,
    /// The sender is a leg of this shard.
    pub is_local: bool,
    /// Layers seen since the source began.
    pub seen: LayerSet,
}

impl Standing {
    /// More than the smallest layer has been seen; a source without `rid` is that one.
    pub fn has_layers(&self) -> bool {
        self.seen.without(LayerSet::NONE.with(Layer::QUARTER)) != LayerSet::NONE
    }
}

/// What is needed of one source, and what its sender was told.
#[derive(Debug)]
pub(super) struct LayerNeeds {
    marked: [Option<Instant>; MAX_LAYERS],
    /// What viewers on other shards need, by shard: at most one entry a shard.
    elsewhere: Vec<(usize, LayerSet)>,
    told: LayerSet,
    told_at: Option<Instant>,
    /// Since when each layer is asked for, or stopped when it is not.
    since: [Option<Instant>; MAX_LAYERS],
    /// Returns in a row, each soon after its stop: layers are kept longer each time.
    returns: u32,
    /// One of them was a person who made a window small or large again: that costs nothing once.
    was_by_hand: bool,
}

impl LayerNeeds {
    /// A sender of this shard sends every layer until it is told; of a sender elsewhere nothing is
    /// needed until somebody here looks.
    pub fn new(is_local: bool) -> Self {
        Self {
            marked: [None; MAX_LAYERS],
            elsewhere: Vec::new(),
            told: if is_local { LayerSet::ALL } else { LayerSet::NONE },
            told_at: None,
            since: [None; MAX_LAYERS],
            returns: 0,
            was_by_hand: false,
        }
    }

    /// The source begins: whoever looks needs a moment to find out which layers there are.
    pub fn begin(&mut self, now: Instant) {
        self.marked = [Some(now + FIRST_LOOK); MAX_LAYERS];
        self.since = Layer::ALL.map(|layer| self.told.has(layer).then_some(now));
        (self.returns, self.was_by_hand) = (0, false);
    }

    /// A viewer here needs `layer`.
    pub fn mark(&mut self, now: Instant, layer: Layer) {
        let mark = &mut self.marked[layer.index()];
        *mark = (*mark).max(Some(now));
    }

    /// Replaces what the viewers of another shard need.
    pub fn mark_elsewhere(&mut self, shard: usize, layers: LayerSet) {
        self.elsewhere.retain(|(other, _)| *other != shard);
        if layers != LayerSet::NONE {
            self.elsewhere.push((shard, layers));
        }
    }

    /// Whether the sender was told that `layer` is needed.
    pub fn is_told(&self, layer: Layer) -> bool {
        self.told.has(layer)
    }

    /// Whether a layer that does not arrive may still come: it was stopped by us, or asked for
    /// only now.
    pub fn may_come(&self, now: Instant, layer: Layer) -> bool {
        let waits = |at: Instant| now.saturating_duration_since(at) < ARRIVES_WITHIN;
        !self.told.has(layer) || self.since[layer.index()].is_none_or(waits)
    }

    /// The layers to tell the sender, when they are others than it was told. More is told at
    /// once, less after a time of disuse that grows for a layer that keeps coming back.
    pub fn settle(&mut self, standing: Standing) -> Option<LayerSet> {
        let now = standing.now;
        let rest = self.told_at.map(|at| now.saturating_duration_since(at));
        if rest.is_none_or(|rest| rest >= CALM) {
            (self.returns, self.was_by_hand) = (0, false);
        }
        let needed = self.needed(standing);
        let is_early = rest.is_some_and(|rest| rest < TELL_EVERY);
        if needed == self.told || is_early {
            return None;
        }
        for layer in needed.without(self.told).iter() {
            let stopped_at = self.since[layer.index()].replace(now);
            let came_back = stopped_at.is_some_and(|at| now.saturating_duration_since(at) < CAME_BACK);
            let is_free = came_back && standing.is_by_hand && !self.was_by_hand;
            self.returns = if came_back && !is_free { self.returns.saturating_add(1) } else { 0 };
            self.was_by_hand = is_free || came_back && self.was_by_hand;
        }
        for layer in self.told.without(needed).iter() {
            self.since[layer.index()] = Some(now);
        }
        self.told = needed;
        self.told_at = Some(now);
        Some(needed)
    }

    /// After how long without use a layer is stopped.
    fn disuse(&self) -> Duration {
        (DISUSE * (1 << self.returns.min(8))).min(MAX_DISUSE)
    }

    fn needed(&self, standing: Standing) -> LayerSet {
        if !standing.is_active {
            // A camera that is switched on again starts with every layer, like a new one.
            return if standing.is_local { LayerSet::ALL } else { LayerSet::NONE };
        }
        let in_use = |mark: Instant| standing.now.saturating_duration_since(mark) < self.disuse();
        let mut needed = LayerSet::NONE;
        for layer in Layer::ALL.into_iter().filter(|layer| self.marked[layer.index()].is_some_and(in_use)) {
            needed = needed.with(layer);
        }
        for (_, layers) in &self.elsewhere {
            needed = needed.or(*layers);
        }
        let is_looked_at = needed != LayerSet::NONE;
        if !standing.is_local && !is_looked_at {
            return LayerSet::NONE;
        }
        if !standing.has_layers() {
            return LayerSet::ALL;
        }
        // Whoever comes shall see at once, whatever nobody looks at now.
        if is_looked_at { needed } else { standing.seen.iter().take(1).fold(LayerSet::NONE, LayerSet::with) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `script`: at which ms which layers begin to be needed (`qhf`, `-` nobody, `x` the source
    /// stops, `=h` another shard needs h). Needs are marked and settled every 50 ms. The answer is
    /// what was told when.
    fn check(is_local: bool, seen: &str, script: &str, expected: &str) {
        let set = |names: &str| {
            names.bytes().filter_map(|name| Layer::from_rid(&[name])).fold(LayerSet::NONE, LayerSet::with)
        };
        let start = Instant::now();
        let mut steps = script.split(' ').map(|step| step.split_once(':').expect("ms:needs")).peekable();
        let mut needs = LayerNeeds::new(is_local);
        needs.begin(start);
        let (mut now_needed, mut is_active, mut told) = (LayerSet::NONE, true, Vec::new());
        for ms in (0..40_000u64).step_by(50) {
            let now = start + Duration::from_millis(ms);
            while let Some((_, what)) = steps.next_if(|(at, _)| at.parse::<u64>().expect("ms") <= ms) {
                match what.strip_prefix('=') {
                    Some(elsewhere) => needs.mark_elsewhere(1, set(elsewhere)),
                    None => (now_needed, is_active) = (set(what), what != "x"),
                }
            }
            now_needed.iter().for_each(|layer| needs.mark(now, layer));
            if let Some(layers) =
                needs.settle(Standing { now, is_active, is_by_hand: false, is_local, seen: set(seen) })
            {
                let names: String = layers.iter().map(|layer| ["q", "h", "f"][layer.index()]).collect();
                told.push(format!("{ms}:{names}"));
            }
        }
        assert_eq!(told.join(" "), expected, "{script}");
    }

    #[test]
    fn layers_that_nobody_needs_stop_and_the_smallest_stays_for_a_newcomer() {
        check(true, "qhf", "0:h", "2000:h");
        check(true, "qhf", "0:-", "2000:q");
        check(true, "hf", "0:-", "2000:h");
    }

    #[test]
    fn layer_is_told_at_once_when_needed_and_half_a_second_after_its_last_use() {
        check(true, "qhf", "0:h 8000:hf 12000:h", "2000:h 8000:hf 12450:h");
        check(true, "qhf", "0:h 8000:q 20000:-", "2000:h 8000:qh 8450:q");
    }

    #[test]
    fn layer_that_keeps_coming_back_is_kept_longer_each_time() {
        let flap: Vec<_> = (0..10).map(|n| format!("{}:h {}:hf", n * 3000, n * 3000 + 1500)).collect();
        check(true, "qhf", &flap.join(" "), "2000:hf 3450:h 4500:hf 6950:h 7500:hf");
    }

    #[test]
    fn source_without_layers_is_left_alone() {
        check(true, "q", "0:q 5000:-", "");
    }

    #[test]
    fn stopped_source_starts_again_with_every_layer() {
        check(true, "qhf", "0:h 5000:x", "2000:h 5000:qhf");
    }

    #[test]
    fn needs_of_all_shards_are_united() {
        check(true, "qhf", "0:h 5000:=f 8000:=", "2000:h 5000:hf 8000:h");
        check(false, "qhf", "0:h 5000:-", "0:qhf 2000:h 5450:");
    }

    #[test]
    fn layer_that_was_asked_for_and_does_not_come_is_given_up() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut needs = LayerNeeds::new(true);
        needs.begin(start);
        let settle = |needs: &mut LayerNeeds, ms| {
            needs.settle(Standing {
                now: at(ms),
                is_active: true,
                is_by_hand: false,
                is_local: true,
                seen: LayerSet::ALL,
            })
        };
        needs.mark(at(1500), Layer::HALF);
        assert!(needs.may_come(at(2000), Layer::FULL));
        assert!(!needs.may_come(at(3500), Layer::FULL));
        settle(&mut needs, 2400);
        assert!(needs.may_come(at(60_000), Layer::FULL), "stopped by us");
        needs.mark(at(60_000), Layer::FULL);
        assert!(settle(&mut needs, 60_000).is_some_and(|told| told.has(Layer::FULL)));
        assert!(needs.may_come(at(62_000), Layer::FULL));
        assert!(!needs.may_come(at(63_500), Layer::FULL));
    }

    #[test]
    fn window_that_changes_again_soon_costs_nothing_once() {
        let start = Instant::now();
        let mut needs = LayerNeeds::new(true);
        needs.begin(start);
        let mut told = Vec::new();
        for ms in (0..12_000u64).step_by(50) {
            let now = start + Duration::from_millis(ms);
            // Large, small after 3 s, large after 4.5 s, small after 6 s.
            let is_large = ms < 3_000 || (4_500..6_000).contains(&ms);
            needs.mark(now, if is_large { Layer::HALF } else { Layer::QUARTER });
            let is_by_hand = [3_000, 4_500, 6_000].contains(&ms);
            let standing = Standing { now, is_active: true, is_by_hand, is_local: true, seen: LayerSet::ALL };
            if let Some(layers) = needs.settle(standing) {
                told.push((ms, layers.has(Layer::QUARTER), layers.has(Layer::HALF)));
            }
        }
        let (small, large, both) = ((true, false), (false, true), (true, true));
        let expected = [
            (2_000, large),
            (3_000, both),
            (3_450, small),
            (4_500, both),
            (5_450, large),
            (6_000, both),
            (7_950, small),
        ];
        assert_eq!(told, expected.map(|(ms, (q, h))| (ms, q, h)));
    }
}
