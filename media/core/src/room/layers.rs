//! Which simulcast layer each picture of a viewer gets, from its window and its link.
//!
//! Called by `room::plan`. A pure function of its arguments: no state, no time.

use crate::stream::ids::{Layer, MAX_LAYERS};

/// A picture may be shown up to this much larger than its layer before the next one is taken:
/// 3/4, so that a 360-line layer serves windows up to 480 lines.
const ENOUGH_NUM: u32 = 3;
const ENOUGH_DEN: u32 = 4;
/// A larger layer than the running one must fit with this much to spare, in percent: probes tell
/// the narrow place within a few percent, and more would leave a line of 600 kbit/s half unused.
const UPGRADE_MARGIN_PERCENT: u64 = 106;
/// A running layer stays while this much of it fits: rates of pictures vary by more, and a link that
/// is really full makes the estimate fall further.
const STAY_PERCENT: u64 = 92;
/// The last picture stays until the link carries less than this share of it: it may freeze now and
/// then, but it does not come and go.
const LAST_PICTURE_PERCENT: u64 = 70;
/// A layer that runs goes on while the one that replaces it is fetched, if the link carries two
/// thirds of it.
const NEARLY_PERCENT: u64 = 150;

/// A picture is large when its window is higher than the highest one divided by this.
const LARGE_SHARE: u16 = 2;
/// Stage and content; where more windows are large, people are shown side by side.
const MAX_LARGE: usize = 2;

/// Whether a layer can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Its packets come.
    Arrives,
    /// It is stopped or was asked for just now, and comes when it is needed.
    MayCome,
    /// It was asked for in vain: the sender's link or machine does not carry it.
    Missing,
}

/// What is known of one layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerFacts {
    pub height_px: u16,
    pub bps: u32,
    pub presence: Presence,
}

/// One picture of a viewer, most important first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demand {
    /// Layers that the source has, whether they are sent now or not; a missing one is normal.
    pub layers: [Option<LayerFacts>; MAX_LAYERS],
    /// Height in the viewer's window.
    pub height_px: u16,
    /// Layer that was chosen before.
    pub running: Option<Layer>,
    /// Layer that is passed on now.
    pub live: Option<Layer>,
    /// Whether a larger layer than the running one may be chosen now.
    pub may_rise: bool,
    /// The layer that this viewer needs; `None` pauses the picture.
    pub chosen: Option<Layer>,
    /// The layer to show as long as the chosen one does not arrive.
    pub shown: Option<Layer>,
}

impl Demand {
    /// The smallest layer that fills the window, else the largest there is. Of layers of one size, which
    /// differ in rate alone as those of a composed picture do, the best.
    fn wanted(&self) -> Option<Layer> {
        let fills = |facts: &LayerFacts| {
            u32::from(facts.height_px) * ENOUGH_DEN >= u32::from(self.height_px) * ENOUGH_NUM
        };
        let mut known = self.known();
        let Some((_, filling)) = known.clone().find(|(_, facts)| fills(facts)) else {
            return known.next_back().map(|it| it.0);
        };
        known.rfind(|(_, facts)| facts.height_px == filling.height_px).map(|it| it.0)
    }

    /// What the layer that fills the window costs, bit/s; 0 without a picture.
    pub fn wanted_bps(&self) -> u64 {
        self.wanted().and_then(|layer| self.layers[layer.index()]).map_or(0, |facts| u64::from(facts.bps))
    }

    /// Whether there is a picture, and the link does not carry even its smallest layer.
    pub fn is_paused(&self) -> bool {
        let waits_in_vain = |chosen| self.shown.is_none() && self.has(chosen, Presence::Missing);
        self.chosen.map_or(self.known().next().is_some(), waits_in_vain)
    }

    fn known(&self) -> impl DoubleEndedIterator<Item = (Layer, LayerFacts)> + Clone {
        Layer::ALL.into_iter().filter_map(|layer| Some((layer, self.layers[layer.index()]?)))
    }

    /// Layers whose packets come, smallest first.
    pub fn arriving(&self) -> impl DoubleEndedIterator<Item = Layer> + Clone {
        self.known().filter(|(_, facts)| facts.presence == Presence::Arrives).map(|(layer, _)| layer)
    }

    /// Whether `layer` is known and stands so.
    pub fn has(&self, layer: Layer, presence: Presence) -> bool {
        self.layers[layer.index()].is_some_and(|facts| facts.presence == presence)
    }

    /// What choosing `layer` costs now: a missing one costs what is shown in its place.
    fn real_cost(&self, layer: Layer) -> u64 {
        let below = || self.arriving().rfind(|other| *other < layer);
        let paid = if self.has(layer, Presence::Missing) { below().unwrap_or(layer) } else { layer };
        self.layers[paid.index()].map_or(0, |facts| u64::from(facts.bps))
    }

    /// What is shown until the chosen layer arrives: the live one while the link nearly carries it,
    /// else the next smaller one, else a larger one that the link still carries.
    fn stand_in(&self, left: u64) -> Option<Layer> {
        let chosen = self.chosen?;
        if self.has(chosen, Presence::Arrives) {
            return Some(chosen);
        }
        let room = left + self.real_cost(chosen);
        let live = self.live.filter(|live| self.has(*live, Presence::Arrives));
        let is_nearly_carried = |layer: &Layer| self.real_cost(*layer) * 100 <= room * NEARLY_PERCENT;
        if !self.has(chosen, Presence::Missing)
            && let Some(live) = live.filter(is_nearly_carried)
        {
            return Some(live);
        }
        let fits = |layer: &Layer| {
            live == Some(*layer) && is_nearly_carried(layer) || self.real_cost(*layer) <= room
        };
        let smaller = self.arriving().rfind(|layer| *layer < chosen);
        smaller.or_else(|| self.arriving().find(|layer| *layer > chosen).filter(fits))
    }

    fn cost(&self, layer: Layer) -> u64 {
        let margin_percent = match self.running {
            Some(running) if layer > running => UPGRADE_MARGIN_PERCENT,
            Some(running) if layer == running => STAY_PERCENT,
            _ => 100,
        };
        self.real_cost(layer) * margin_percent / 100
    }
}

/// Chooses layers so that their sum stays within `budget_bps`, in the order of importance: the large
/// pictures (stage, content) get their smallest layer and then up to the middle one, then every other
/// picture its smallest, then the large ones what their windows take, then the others. The most
/// important picture gives way to sound only when its smallest layer plainly does not fit.
pub fn choose(demands: &mut [Demand], budget_bps: u32) {
    let mut left = u64::from(budget_bps);
    let large = large_from(demands);
    let is_large = |demand: &Demand| demand.height_px >= large;
    for demand in demands.iter_mut() {
        demand.chosen = None;
    }
    begin(demands, &mut left, is_large);
    raise(demands, &mut left, Layer::HALF, is_large);
    begin(demands, &mut left, |demand| !is_large(demand));
    raise(demands, &mut left, Layer::FULL, is_large);
    raise(demands, &mut left, Layer::FULL, |demand| !is_large(demand));
    for demand in demands.iter_mut() {
        demand.shown = demand.stand_in(left);
        if let (Some(shown), Some(chosen)) = (demand.shown, demand.chosen) {
            left = (left + demand.real_cost(chosen)).saturating_sub(demand.real_cost(shown));
        }
    }
}

/// From which height on a picture is one of few large ones. Where many are as large they are all alike,
/// and so none is.
fn large_from(demands: &[Demand]) -> u16 {
    let tallest = demands.iter().map(|demand| demand.height_px).max().unwrap_or(0);
    let large = tallest / LARGE_SHARE + 1;
    let count = demands.iter().filter(|demand| demand.height_px >= large).count();
    if count <= MAX_LARGE { large } else { u16::MAX }
}

/// Gives each of these pictures its smallest layer.
fn begin(demands: &mut [Demand], left: &mut u64, is_meant: impl Fn(&Demand) -> bool) {
    for (place, demand) in demands.iter_mut().enumerate().filter(|(_, demand)| is_meant(demand)) {
        let Some((smallest, facts)) = demand.known().next() else { continue };
        let cost = u64::from(facts.bps);
        let margin_percent = match (place, demand.running) {
            (0, Some(_)) => LAST_PICTURE_PERCENT,
            (_, Some(_)) => STAY_PERCENT,
            (_, None) => UPGRADE_MARGIN_PERCENT,
        };
        if cost * margin_percent / 100 <= *left {
            demand.chosen = Some(smallest);
            *left = left.saturating_sub(cost);
        }
    }
}

/// Gives each of these pictures a larger layer than it has, at most `limit`.
fn raise(demands: &mut [Demand], left: &mut u64, limit: Layer, is_meant: impl Fn(&Demand) -> bool) {
    for demand in demands.iter_mut().filter(|demand| is_meant(demand)) {
        let (Some(floor), Some(wanted)) = (demand.chosen, demand.wanted()) else { continue };
        let ceiling = match demand.running {
            Some(running) if !demand.may_rise => wanted.min(running.max(floor)),
            _ => wanted,
        };
        let ceiling = ceiling.min(limit);
        let paid = demand.real_cost(floor);
        let best = demand
            .known()
            .rev()
            .map(|(layer, _)| layer)
            .find(|layer| *layer <= ceiling && demand.cost(*layer) <= *left + paid);
        if let Some(best) = best.filter(|best| *best > floor) {
            *left = (*left + paid).saturating_sub(demand.real_cost(best));
            demand.chosen = Some(best);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `spec`: one picture per entry, "height/running" with running of `qhf-`, `!` = may not
    /// rise, `=..` limits layers to those named: a small letter arrives, a capital one may come, one
    /// after `~` is missing. Layers cost 150, 500, 1700 kbit/s. The answer is the chosen layer,
    /// with what is shown in its place where it does not arrive.
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
                    let presence = if only.contains(&format!("~{name}")) {
                        Some(Presence::Missing)
                    } else if only.contains(name) {
                        Some(Presence::Arrives)
                    } else {
                        only.contains(&name.to_uppercase()).then_some(Presence::MayCome)
                    };
                    layers[at] =
                        presence.map(|presence| LayerFacts { height_px: *height_px, bps: *bps, presence });
                }
                let may_rise = !running.ends_with('!');
                let running = Layer::from_rid(running.trim_end_matches('!').as_bytes());
                Demand {
                    layers,
                    height_px: height.parse().expect("number"),
                    running,
                    live: running,
                    may_rise,
                    ..Demand::default()
                }
            })
            .collect();
        choose(&mut demands, budget_kbps * 1000);
        let name = |layer: Option<Layer>| layer.map_or("-", |layer| ["q", "h", "f"][layer.index()]);
        let seen: Vec<_> = demands
            .iter()
            .map(|demand| match demand.shown == demand.chosen {
                true => name(demand.chosen).to_owned(),
                false => format!("{}({})", name(demand.chosen), name(demand.shown)),
            })
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
    fn stage_and_content_reach_the_middle_before_small_pictures_get_anything() {
        check("720/- 720/- 180/-", 345, "q q -");
        check("720/- 720/- 180/-", 800, "h q -");
        check("720/- 720/- 180/-", 1_000, "h h -");
        check("720/- 720/- 180/-", 1_200, "h h q");
        check("720/- 720/- 180/-", 2_350, "f h q");
        check("720/- 720/- 360/-", 3_900, "f f h");
        check("720/- 180/- 180/-", 600, "h - -");
        check("720/- 180/- 180/-", 820, "h q q");
        check("720/- 360/- 180/-", 2_050, "f q q");
    }

    #[test]
    fn people_side_by_side_all_get_something_before_one_is_raised() {
        check("720/- 720/- 720/- 180/-", 650, "q q q q");
        check("720/- 720/- 720/- 180/-", 950, "h q q q");
        check("480/- 400/- 360/- 300/-", 620, "q q q q");
    }

    #[test]
    fn sound_comes_before_the_last_picture_which_neither_flickers_nor_hangs_on() {
        check("720/- 720/-", 155, "- -");
        check("720/- 720/-", 175, "q -");
        check("720/q 720/-", 110, "q -");
        check("720/q 720/q", 90, "- -");
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

    #[test]
    fn stopped_layer_is_chosen_and_another_shown_until_it_comes() {
        check("720/-=qhF 720/-=qHF 150/-=Qh", 50_000, "f(h) f(q) q(h)");
        check("360/f=qHf 150/h=Qhf", 50_000, "h(f) q(h)");
        check("720/-=QHF", 50_000, "f(-)");
    }

    #[test]
    fn larger_stand_in_is_shown_only_where_the_link_carries_it() {
        check("150/-=Qh 150/-=Qh", 1_000, "q(h) q(h)");
        check("150/-=Qh 150/-=Qh", 700, "q(h) q(-)");
        check("150/h=Qh", 400, "q(h)");
        check("150/h=Qh", 200, "q(-)");
    }

    #[test]
    fn of_layers_of_one_size_the_best_that_the_link_carries_is_taken() {
        let of = |height_px: u16, budget_bps: u32| {
            let rate = |bps| Some(LayerFacts { height_px: 720, bps, presence: Presence::Arrives });
            let layers = [None, rate(500_000), rate(1_500_000)];
            let mut demands = [Demand { layers, height_px, may_rise: true, ..Demand::default() }];
            choose(&mut demands, budget_bps);
            demands[0].chosen
        };
        assert_eq!(of(1_080, 9_000_000), Some(Layer::FULL));
        assert_eq!(of(720, 9_000_000), Some(Layer::FULL));
        assert_eq!(of(720, 1_000_000), Some(Layer::HALF));
        assert_eq!(of(720, 300_000), None);
    }

    #[test]
    fn missing_layer_costs_what_is_shown_in_its_place() {
        check("720/-=qh~f 720/-", 2_300, "f(h) f");
        check("720/-=qh~f 720/-", 2_100, "f(h) h");
        check("720/f=qh~f", 50_000, "f(h)");
        check("150/-=~qh", 520, "q(h)");
        check("150/-=~qh", 200, "q(-)");
    }
}
