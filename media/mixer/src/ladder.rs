//! What is given up while the machine is too slow for what it composes, and when it is taken back.
//!
//! Fed by `process` with the measured load of each second. Pure: no clock, nothing is carried out here. Pictures
//! get coarser, then fewer, then smaller; whoever has one keeps it, and only then is a new one refused.

use std::time::Duration;

/// Share of the time that was spent on pictures from which on a step is given up.
const TOO_MUCH: f32 = 0.85;
/// Below it a step is taken back: the step before costs up to twice as much.
const LITTLE: f32 = 0.42;
/// So long it must be too much.
const DOWN_AFTER: Duration = Duration::from_secs(2);
/// So long it must be little; doubles for a step that was given up again soon after.
const UP_AFTER: Duration = Duration::from_secs(10);
const MAX_UP_AFTER: Duration = Duration::from_secs(160);
/// Given up again so soon, a step was taken back too early.
const TOO_EARLY: Duration = Duration::from_secs(30);

/// How far things have come; each holds what those before it gave up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    #[default]
    Usual,
    /// The encoder takes less trouble (x264 ultrafast).
    Coarser,
    /// 15 pictures a second.
    Fewer,
    /// 720 lines where 1080 were made.
    Smaller,
    /// No further picture.
    Refusing,
}

impl Step {
    const ALL: [Self; 5] = [Self::Usual, Self::Coarser, Self::Fewer, Self::Smaller, Self::Refusing];

    /// The next one down; smaller pictures only where there are large ones.
    fn down(self, has_large: bool) -> Self {
        let further = Self::ALL.into_iter().filter(|it| has_large || *it != Self::Smaller);
        further.into_iter().find(|it| *it > self).unwrap_or(self)
    }

    fn up(self) -> Self {
        Self::ALL.into_iter().rev().find(|it| *it < self).unwrap_or(self)
    }

    #[must_use]
    pub const fn pictures_per_second(self) -> u32 {
        match self {
            Self::Usual | Self::Coarser => 25,
            Self::Fewer | Self::Smaller | Self::Refusing => 15,
        }
    }
}

/// See the module's text.
#[derive(Clone, Copy, Debug)]
pub struct Ladder {
    step: Step,
    much_since: Option<Duration>,
    little_since: Option<Duration>,
    /// When a step was taken back last.
    rose: Option<Duration>,
    up_after: Duration,
}

impl Default for Ladder {
    fn default() -> Self {
        let step = Step::Usual;
        Self { step, much_since: None, little_since: None, rose: None, up_after: UP_AFTER }
    }
}

impl Ladder {
    #[must_use]
    pub const fn step(&self) -> Step {
        self.step
    }

    /// Takes the `load` of the time up to now, as a share of it, and whether pictures of more than 720 lines are
    /// made; true when the step has changed.
    pub fn note(&mut self, now: Duration, load: f32, has_large: bool) -> bool {
        let since = |is_so: bool, before: Option<Duration>| is_so.then(|| before.unwrap_or(now));
        self.much_since = since(load >= TOO_MUCH, self.much_since);
        self.little_since = since(load < LITTLE, self.little_since);
        let lasts = |since: Option<Duration>, least| since.is_some_and(|at| now.saturating_sub(at) >= least);
        let before = self.step;
        if lasts(self.much_since, DOWN_AFTER) {
            self.step = self.step.down(has_large);
            if self.rose.is_some_and(|rose| now.saturating_sub(rose) < TOO_EARLY) {
                self.up_after = (self.up_after * 2).min(MAX_UP_AFTER);
            }
        } else if lasts(self.little_since, self.up_after) {
            self.step = self.step.up();
            self.rose = Some(now);
        } else if self.step == Step::Usual
            && self.rose.is_none_or(|rose| now.saturating_sub(rose) >= TOO_EARLY)
        {
            self.up_after = UP_AFTER;
        }
        if self.step != before {
            // What is measured from here on is of the new step.
            (self.much_since, self.little_since) = (None, None);
        }
        self.step != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The steps that seconds of these loads lead to, with the second in which each was taken.
    fn steps(loads: impl IntoIterator<Item = f32>, has_large: bool) -> Vec<(u64, Step)> {
        let mut ladder = Ladder::default();
        let mut taken = Vec::new();
        for (second, load) in (0..).zip(loads) {
            if ladder.note(Duration::from_secs(second), load, has_large) {
                taken.push((second, ladder.step()));
            }
        }
        taken
    }

    #[test]
    fn each_step_is_given_up_in_its_order_while_it_is_still_too_much() {
        let all = [(2, Step::Coarser), (5, Step::Fewer), (8, Step::Smaller), (11, Step::Refusing)];
        assert_eq!(steps([1.0; 30], true), all);
        let small = [(2, Step::Coarser), (5, Step::Fewer), (8, Step::Refusing)];
        assert_eq!(steps([1.0; 30], false), small, "where nothing is large nothing gets smaller");
    }

    #[test]
    fn short_peak_and_a_full_but_steady_machine_change_nothing() {
        assert_eq!(steps((0..60).map(|second| if second % 3 == 0 { 1.2 } else { 0.6 }), true), []);
        let steady = steps([1.0; 3].into_iter().chain([0.7; 600]), true);
        assert_eq!(steady, [(2, Step::Coarser)], "neither further down nor back");
    }

    #[test]
    fn steps_are_taken_back_one_by_one_when_there_is_room_for_a_while() {
        let loads = [1.0; 6].into_iter().chain([0.2; 60]);
        let taken = [(2, Step::Coarser), (5, Step::Fewer), (16, Step::Coarser), (27, Step::Usual)];
        assert_eq!(steps(loads, false), taken);
    }

    #[test]
    fn step_that_does_not_hold_is_tried_again_ever_later() {
        let mut ladder = Ladder::default();
        let mut rises = Vec::new();
        let mut load = 1.0;
        for second in 0..600 {
            if ladder.note(Duration::from_secs(second), load, false) {
                // Without the step it is too much, with it there is room.
                load = if ladder.step() == Step::Usual { 1.0 } else { 0.3 };
                if ladder.step() == Step::Usual {
                    rises.push(second);
                }
            }
        }
        let waits: Vec<u64> = rises.windows(2).map(|it| it[1] - it[0]).collect();
        assert!(waits.is_sorted() && waits.last().is_some_and(|it| *it >= 160), "{rises:?}");
    }

    proptest! {
        #[test]
        fn no_two_steps_follow_within_two_seconds_and_none_is_passed_over(
            loads in prop::collection::vec(0.0_f32..1.5, 1..300), has_large in any::<bool>(),
        ) {
            let taken = steps(loads, has_large);
            let mut before = Step::Usual;
            for (_, step) in &taken {
                prop_assert!(*step == before.down(has_large) || *step == before.up());
                before = *step;
            }
            prop_assert!(taken.windows(2).all(|it| it[1].0 - it[0].0 >= 2));
        }
    }
}
