//! Who sits in which tile.
//!
//! Called by the mixer whenever somebody comes, leaves, speaks, is chosen, or time has passed. Pure: time is
//! a parameter. Keeps places: nobody who stays moves because somebody else comes or leaves.

mod patrol;
mod speaker;

pub use speaker::{Loudness, Timing};

use crate::layout::Layout;
use patrol::Patrol;
use speaker::Speaker;
use std::time::Duration;

/// A camera, a microphone or a document of the conference, by the number that the relay gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u64);

/// Who leads, where nobody is pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Whoever speaks.
    Voice,
    /// The first of the queue to speak, the others in its order.
    Queue,
    /// All one after the other, each for so long; a grid shows as many at once as it has seats.
    Patrol { every: Duration },
    /// Nobody: the chair has chosen every seat, and what is not pinned stays free.
    Chosen,
}

/// What is known at a moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Present<'a> {
    /// Everybody with a picture, in the order of the conference.
    pub all: &'a [SourceId],
    /// How loud each of them is, where it is known.
    pub voices: &'a [(SourceId, Loudness)],
    pub queue: &'a [SourceId],
    /// Seats with their owners. A seat whose owner is away stays free for them.
    pub pinned: &'a [(usize, SourceId)],
}

/// By seat, in the order of the layout's tiles.
pub type Seats = Vec<Option<SourceId>>;

/// The two pictures that a conference needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seated {
    pub for_all: Seats,
    /// For the one who is seen by all: the one before in that place, so that nobody looks at themselves.
    pub for_speaker: Option<(SourceId, Seats)>,
}

/// Who sits where, from one moment to the next.
#[derive(Clone, Debug)]
pub struct Seating {
    layout: Layout,
    seats: Seats,
    speaker: Speaker,
    patrol: Patrol,
    /// Who was in front, latest first. Never longer than those present.
    led: Vec<SourceId>,
}

impl Seating {
    #[must_use]
    pub fn new(layout: Layout, timing: Timing) -> Self {
        let seats = vec![None; layout.seats()];
        Self { layout, seats, speaker: Speaker::new(timing), patrol: Patrol::default(), led: Vec::new() }
    }

    /// Divides the picture in another way. Who led before still does, and the others keep their order.
    pub fn change(&mut self, layout: Layout) {
        if layout == self.layout {
            return;
        }
        let mut others: Vec<SourceId> = self.seats.iter().flatten().copied().collect();
        others.retain(|it| self.led.first() != Some(it));
        let free = |seat: &usize| Some(*seat) != layout.main_seat() && Some(*seat) != layout.content_seat();
        self.seats = vec![None; layout.seats()];
        for (seat, one) in (0..layout.seats()).filter(free).zip(others) {
            self.seats[seat] = Some(one);
        }
        self.layout = layout;
    }

    /// Where everybody sits now.
    pub fn seat(&mut self, now: Duration, rule: Rule, present: &Present<'_>) -> Seated {
        let heard = self.speaker.hear(now, present);
        let lead = match rule {
            Rule::Voice => heard,
            Rule::Queue => present.queue.iter().find(|it| present.all.contains(it)).copied(),
            Rule::Patrol { every } => self.patrol.turn(now, every, present.all, self.page(present)),
            Rule::Chosen => None,
        };
        let pinned_main = self.layout.main_seat().and_then(|seat| owner(present.pinned, seat));
        let pinned_main = pinned_main.filter(|it| present.all.contains(it));
        self.note_leader(pinned_main.or(lead), present.all);
        // Whoever led last stays in front while nobody leads.
        let front = lead.or_else(|| (rule != Rule::Chosen).then(|| self.led.first().copied()).flatten());
        let ranking = self.ranking(rule, present);
        self.place(front, &ranking, present);
        Seated { for_all: self.seats.clone(), for_speaker: self.without_speaker(&ranking) }
    }

    /// How many a patrol shows at once.
    fn page(&self, present: &Present<'_>) -> usize {
        if self.layout.main_seat().is_some() {
            return 1;
        }
        (0..self.layout.seats()).filter(|seat| self.is_open(*seat, present)).count().max(1)
    }

    fn note_leader(&mut self, leader: Option<SourceId>, all: &[SourceId]) {
        self.led.retain(|it| all.contains(it));
        if let Some(leader) = leader {
            self.led.retain(|it| *it != leader);
            self.led.insert(0, leader);
        }
    }

    /// Everybody that this rule would show, the most wanted first.
    fn ranking(&self, rule: Rule, present: &Present<'_>) -> Vec<SourceId> {
        let first: Vec<SourceId> = match rule {
            Rule::Voice => self.led.clone(),
            Rule::Queue => present.queue.to_vec(),
            Rule::Patrol { .. } => self.patrol.page(present.all).to_vec(),
            Rule::Chosen => return Vec::new(),
        };
        let mut ranking: Vec<SourceId> = Vec::with_capacity(present.all.len());
        let seated = self.seats.iter().flatten().copied();
        for one in first.into_iter().chain(seated).chain(present.all.iter().copied()) {
            if present.all.contains(&one) && !ranking.contains(&one) {
                ranking.push(one);
            }
        }
        ranking
    }

    fn place(&mut self, front: Option<SourceId>, ranking: &[SourceId], present: &Present<'_>) {
        let seats = self.layout.seats();
        for &(seat, one) in present.pinned.iter().filter(|(seat, _)| *seat < seats) {
            self.seats.iter_mut().filter(|it| **it == Some(one)).for_each(|it| *it = None);
            self.seats[seat] = present.all.contains(&one).then_some(one);
        }
        if let Some(seat) = self.layout.content_seat().filter(|seat| owner(present.pinned, *seat).is_none()) {
            self.seats[seat] = None;
        }
        let is_pinned = |one: &SourceId| present.pinned.iter().any(|(seat, it)| it == one && *seat < seats);
        let main = self.layout.main_seat().filter(|seat| owner(present.pinned, *seat).is_none());
        let front = front.filter(|it| !is_pinned(it) && present.all.contains(it));
        if let (Some(main), Some(front)) = (main, front) {
            // The two change places; where the new one had none, the old one is seated like any other.
            match self.seats.iter().position(|it| *it == Some(front)) {
                Some(seat) => self.seats.swap(main, seat),
                None => self.seats[main] = Some(front),
            }
        }
        let open: Vec<usize> = (0..seats)
            .filter(|seat| Some(*seat) != main.and(front.and(main)) && self.is_open(*seat, present))
            .collect();
        let wanted = ranking.iter().filter(|it| !is_pinned(it) && (main.is_none() || front != Some(**it)));
        let wanted: Vec<SourceId> = wanted.copied().take(open.len()).collect();
        for seat in &open {
            if self.seats[*seat].is_some_and(|it| !wanted.contains(&it)) {
                self.seats[*seat] = None;
            }
        }
        let mut newcomers =
            wanted.iter().filter(|it| !self.seats.contains(&Some(**it))).copied().collect::<Vec<_>>();
        newcomers.reverse();
        for seat in open {
            if self.seats[seat].is_none() {
                self.seats[seat] = newcomers.pop();
            }
        }
    }

    /// Neither pinned nor kept for a document.
    fn is_open(&self, seat: usize, present: &Present<'_>) -> bool {
        owner(present.pinned, seat).is_none() && Some(seat) != self.layout.content_seat()
    }

    fn without_speaker(&self, ranking: &[SourceId]) -> Option<(SourceId, Seats)> {
        let main = self.layout.main_seat().and_then(|seat| self.seats[seat]);
        let speaker = main.or_else(|| self.led.first().copied())?;
        let seat = self.seats.iter().position(|it| *it == Some(speaker))?;
        let mut seats = self.seats.clone();
        seats[seat] = self.led.iter().find(|it| **it != speaker).copied();
        if let Some(before) = seats[seat]
            && let Some(left) = self.seats.iter().position(|it| *it == Some(before))
        {
            seats[left] = None;
            seats[left] = self.stand_in(&seats, speaker, ranking);
        } else if seats[seat].is_none() {
            seats[seat] = self.stand_in(&seats, speaker, ranking);
        }
        Some((speaker, seats))
    }

    /// The most wanted one who has no seat.
    fn stand_in(&self, seats: &Seats, speaker: SourceId, ranking: &[SourceId]) -> Option<SourceId> {
        ranking.iter().find(|it| **it != speaker && !seats.contains(&Some(**it))).copied()
    }
}

fn owner(pinned: &[(usize, SourceId)], seat: usize) -> Option<SourceId> {
    pinned.iter().rev().find(|(it, _)| *it == seat).map(|(_, one)| *one)
}
