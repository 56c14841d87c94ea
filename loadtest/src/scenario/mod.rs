//! What happens in a run: who comes when, sends and watches what, on which link, what breaks, what is hoped for.
//!
//! Read from TOML by [`file`], or made by a run itself; played by `run::engine`. Says nothing of how
//! anything is measured.

pub mod file;
mod known;

pub use known::{KNOWN, known};

use crate::client::{Codec, Profile, Quality};
use crate::peer::Wish;
use std::time::Duration;

/// A link, both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Line {
    pub down: Quality,
    pub up: Quality,
}

/// What a group sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sends {
    #[default]
    Nothing,
    /// One picture of 2.5 Mbit/s, and a voice.
    Full,
    /// A camera in three layers, and a voice.
    Simulcast,
}

/// Clients that are alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub name: String,
    /// One run for each.
    pub counts: Vec<usize>,
    pub sends: Sends,
    pub watches: Option<Wish>,
    /// After the measured part has begun; before it when `None`.
    pub at: Option<Duration>,
    /// They come evenly within this time instead of one after the other.
    pub within: Option<Duration>,
    pub line: Option<Line>,
}

/// What happens while media flows.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// The links of a group become like this.
    Link { group: usize, line: Box<Line> },
    /// The next of a group gets the floor.
    Speaks { group: usize },
    /// A group goes.
    Leaves { group: usize },
}

/// When it happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub at: Duration,
    pub what: Happening,
}

/// A figure to reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Hope {
    pub figure: String,
    pub bound: Bound,
}

/// What is hoped of a figure.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    Most(f64),
    Least(f64),
    /// That of the named server is so many times as large.
    TimesLess {
        peer: String,
        times: f64,
    },
}

/// A whole scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    pub name: String,
    pub title: String,
    pub length: Duration,
    pub profile: Profile,
    pub codec: Codec,
    pub seed: u64,
    pub groups: Vec<Group>,
    pub events: Vec<Event>,
    pub hopes: Vec<Hope>,
}

impl Script {
    /// How many runs it is: the longest list of counts.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.groups.iter().map(|it| it.counts.len()).max().unwrap_or(1)
    }

    /// How many of a group come in a run.
    #[must_use]
    pub fn count(&self, group: usize, case: usize) -> usize {
        let counts = &self.groups[group].counts;
        counts.get(case).or(counts.last()).copied().unwrap_or(0)
    }

    /// Those who watch, in a run.
    #[must_use]
    pub fn receivers(&self, case: usize) -> usize {
        let watches = |at: &usize| self.groups[*at].watches.is_some();
        (0..self.groups.len()).filter(watches).map(|at| self.count(at, case)).sum()
    }

    /// All who are there at once at most.
    #[must_use]
    pub fn places(&self, case: usize) -> usize {
        (0..self.groups.len()).map(|at| self.count(at, case)).sum()
    }

    /// One sends one picture and the others watch it: then every packet that was sent is expected at each.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let senders: Vec<&Group> = self.groups.iter().filter(|it| it.sends != Sends::Nothing).collect();
        let one = matches!(senders.as_slice(), [one] if one.sends == Sends::Full && one.counts == [1]);
        one && self.groups.iter().filter_map(|it| it.watches).all(|it| it.thumbnails == 0)
            && self.groups.iter().all(|it| it.line.is_none() && it.at.is_none())
            && self.events.is_empty()
    }

    /// Whether it needs a conference, with layers, wishes and a floor, and not just a room with one sender.
    #[must_use]
    pub fn needs_conference(&self) -> bool {
        let layers = self.groups.iter().any(|it| it.sends == Sends::Simulcast);
        let small = self.groups.iter().filter_map(|it| it.watches).any(|it| it.thumbnails > 0);
        let senders: usize = self
            .groups
            .iter()
            .filter(|it| it.sends != Sends::Nothing)
            .map(|it| it.counts.iter().max().copied().unwrap_or(0))
            .sum();
        layers
            || small
            || senders > 1
            || self.events.iter().any(|it| matches!(it.what, Happening::Speaks { .. }))
    }
}
