//! Which simulcast layer each picture of a viewer gets, from its window and its link.
//!
//! Called by `room::plan`. A pure function of its arguments: no state, no time.

use crate::stream::ids::{Layer, MAX_LAYERS};

/// A picture may be shown up to this much larger than its layer before the next one is taken:
/// 3/4, so that a 360-line layer serves windows up to 480 lines.
const ENOUGH_NUM: u32 = 3;
const ENOUGH_DEN: u32 = 4;
/// A larger layer than the running one must fit with this much to spare, in percent.
const UPGRADE_MARGIN_PERCENT: u64 = 115;

/// What is known of one layer that is being received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerFacts {
    pub height_px: u16,
    pub bps: u32,
}

/// One picture of a viewer, most important first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demand {
    /// Layers that are received now; a missing one is normal.
    pub layers: [Option<LayerFacts>; MAX_LAYERS],
    /// Height in the viewer's window.
    pub height_px: u16,
    /// Layer that runs now.
    pub running: Option<Layer>,
    /// Whether a larger layer than the running one may be chosen now.
    pub may_rise: bool,
    /// The answer; `None` pauses the picture.
    pub chosen: Option<Layer>,
}

impl Demand {
    /// The smallest layer that fills the window, else the largest there is.
    fn wanted(&self) -> Option<Layer> {
        let fills = |facts: &LayerFacts| {
            u32::from(facts.height_px) * ENOUGH_DEN >= u32::from(self.height_px) * ENOUGH_NUM
        };
        let mut alive = self.alive();
        alive.clone().find(|(_, facts)| fills(facts)).or_else(|| alive.next_back()).map(|it| it.0)
    }

    fn alive(&self) -> impl DoubleEndedIterator<Item = (Layer, LayerFacts)> + Clone {
        Layer::ALL.into_iter().filter_map(|layer| Some((layer, self.layers[layer.index()]?)))
    }

    fn cost(&self, layer: Layer) -> u64 {
        let bps = self.layers[layer.index()].map_or(0, |facts| u64::from(facts.bps));
        if self.running.is_some_and(|running| layer > running) {
            bps * UPGRADE_MARGIN_PERCENT / 100
        } else {
            bps
        }
    }
}

/// Chooses layers so that their sum stays within `budget_bps`. First every picture gets its
/// smallest layer in order of importance, then pictures are raised in the same order. The most
/// important picture always gets its smallest layer.
pub fn choose(demands: &mut [Demand], budget_bps: u32) {
    let mut left = u64::from(budget_bps);
    for (place, demand) in demands.iter_mut().enumerate() {
        demand.chosen = None;
        let Some((smallest, facts)) = demand.alive().next() else { continue };
        let cost = u64::from(facts.bps);
        if cost <= left || place == 0 {
            demand.chosen = Some(smallest);
            left = left.saturating_sub(cost);
        }
    }
    for demand in demands.iter_mut() {
        let (Some(floor), Some(wanted)) = (demand.chosen, demand.wanted()) else { continue };
        let ceiling = match demand.running {
            Some(running) if !demand.may_rise => wanted.min(running.max(floor)),
            _ => wanted,
        };
        let paid = demand.layers[floor.index()].map_or(0, |facts| u64::from(facts.bps));
        let best = demand
            .alive()
            .rev()
            .map(|(layer, _)| layer)
            .find(|layer| *layer <= ceiling && demand.cost(*layer) <= left + paid);
        if let Some(best) = best.filter(|best| *best > floor) {
            let real = demand.layers[best.index()].map_or(0, |facts| u64::from(facts.bps));
            left = (left + paid).saturating_sub(real);
            demand.chosen = Some(best);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `spec`: one picture per entry, "height/running" with running of `qhf-`, `!` = may not
    /// rise, `only=..` limits layers. Layers cost 150, 500, 1700 kbit/s.
    fn check(spec: &str, budget_kbps: u32, expected: &str) {
        let all = [(180, 150_000), (360, 500_000), (720, 1_700_000)];
        let mut demands: Vec<_> = spec
            .split(' ')
            .map(|picture| {
                let (picture, only) = picture.split_once('=').unwrap_or((picture, "qhf"));
                let (height, running) = picture.split_once('/').expect("height/running");
                let mut layers = [None; MAX_LAYERS];
                for (at, (height_px, bps)) in all.iter().enumerate() {
                    let name = ["q", "h", "f"][at];
                    layers[at] =
                        only.contains(name).then_some(LayerFacts { height_px: *height_px, bps: *bps });
                }
                Demand {
                    layers,
                    height_px: height.parse().expect("number"),
                    running: Layer::from_rid(running.trim_end_matches('!').as_bytes()),
                    may_rise: !running.ends_with('!'),
                    chosen: None,
                }
            })
            .collect();
        choose(&mut demands, budget_kbps * 1000);
        let seen: Vec<_> = demands
            .iter()
            .map(|demand| demand.chosen.map_or("-", |layer| ["q", "h", "f"][layer.index()]))
            .collect();
        assert_eq!(seen.join(" "), expected, "{spec} at {budget_kbps}");
    }

    #[test]
    fn layer_follows_the_window() {
        check("180/- 240/- 241/- 480/- 481/- 2160/-", 50_000, "q q h h f f");
    }

    #[test]
    fn missing_layers_are_normal() {
        check("720/-=q 720/-=qh 180/-=f 180/-=", 50_000, "q h f -");
    }

    #[test]
    fn important_pictures_are_raised_first_and_all_get_something_before() {
        check("720/- 720/- 180/-", 2_200, "f q q");
        check("720/- 720/- 180/-", 1_000, "h q q");
        check("720/- 720/- 180/-", 320, "q q -");
        check("720/- 720/-", 10, "q -");
    }

    #[test]
    fn rising_needs_room_to_spare_and_staying_does_not() {
        check("720/f", 1_700, "f");
        check("720/h", 1_700, "h");
        check("720/h", 2_000, "f");
        check("720/h!", 9_000, "h");
        check("720/q!", 9_000, "q");
        check("180/f!", 9_000, "q");
    }
}
