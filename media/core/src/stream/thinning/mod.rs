//! Which frames of a layered stream one receiver gets.
//!
//! One per slot that passes a layered stream on; asked by `room::fanout` for every packet. Decides by
//! marks alone and never by payload: it goes up only where the receiver has all that the frame depends
//! on and the frame says so, and down as soon as nothing is missing below.

mod renumbering;

pub use renumbering::{Numbered, Renumbering};

use super::marks::{FrameMarks, Indication, Rung};
use crate::packet::descriptor::MAX_TARGETS;

/// Frames that are remembered: over half a second of three layers at 30 pictures a second.
const FRAMES: usize = 64;

/// What became of one frame.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    frame: u16,
    is_known: bool,
    is_passed: bool,
    /// Largest layer that was passed on when it came.
    spatial: u8,
}

/// What becomes of one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    pub is_passed: bool,
    /// The packet is the last one of its picture that the receiver gets.
    pub ends_picture: bool,
}

/// State of one receiver of one layered stream.
#[derive(Debug)]
pub struct Thinning {
    rung: Rung,
    /// Frame from which on it goes, and the rung before.
    since: (u16, Rung),
    /// Targets of which the receiver has had everything needed, a bit each.
    intact: u32,
    known: [Known; FRAMES],
    newest: u16,
}

impl Thinning {
    /// A receiver that starts with the key frame of `first`, on `rung`.
    #[must_use]
    pub fn starting(first: &FrameMarks, rung: Rung) -> Self {
        let mut thinning = Self {
            rung,
            since: (first.frame, rung),
            intact: 0,
            known: [Known::default(); FRAMES],
            newest: first.frame.wrapping_sub(1),
        };
        thinning.judge(first, rung);
        thinning
    }

    /// The rung that is passed on.
    #[must_use]
    pub const fn rung(&self) -> Rung {
        self.rung
    }

    /// Whether the receiver could go on with `target` at once.
    #[must_use]
    pub const fn is_intact(&self, target: u8) -> bool {
        (target as usize) < MAX_TARGETS && self.intact >> target & 1 == 1
    }

    /// What becomes of a packet of the frame `marks`, when `wished` is the rung to reach.
    pub fn fate(&mut self, marks: &FrameMarks, wished: Rung) -> Fate {
        let ahead = marks.frame.wrapping_sub(self.newest);
        let is_passed = match self.find(marks.frame) {
            Some(known) => known.is_passed,
            None if ahead != 0 && ahead < 0x8000 => self.judge(marks, wished),
            None => self.take_late(marks),
        };
        let spatial = self.find(marks.frame).map_or(self.rung.spatial, |known| known.spatial);
        Fate { is_passed, ends_picture: is_passed && marks.ends && marks.spatial == spatial }
    }

    /// Whether the numbers between two packets of the same frame belong to it.
    #[must_use]
    pub fn is_newest(&self, marks: &FrameMarks) -> bool {
        marks.frame == self.newest
    }

    fn find(&self, frame: u16) -> Option<Known> {
        let known = self.known[usize::from(frame) % FRAMES];
        (known.is_known && known.frame == frame).then_some(known)
    }

    /// A whole frame comes late: its own marks say whether it is part of what goes.
    fn take_late(&mut self, marks: &FrameMarks) -> bool {
        let (since, before) = self.since;
        let is_older = marks.frame.wrapping_sub(since) >= 0x8000;
        let rung = if is_older { before } else { self.rung };
        let is_passed = marks.is_in(rung.target);
        if !is_passed {
            self.miss(marks);
        }
        if usize::from(self.newest.wrapping_sub(marks.frame)) < FRAMES {
            self.note(marks.frame, is_passed, rung.spatial);
        }
        is_passed
    }

    /// The receiver does not get a frame: targets that need it later are intact no longer.
    fn miss(&mut self, marks: &FrameMarks) {
        let needs =
            |target: &u8| matches!(marks.indication(*target), Indication::Switch | Indication::Required);
        self.intact &= !(0..MAX_TARGETS as u8).filter(needs).fold(0, |bits, target| bits | 1 << target);
    }

    fn note(&mut self, frame: u16, is_passed: bool, spatial: u8) {
        self.known[usize::from(frame) % FRAMES] = Known { frame, is_known: true, is_passed, spatial };
    }

    /// Decides on the first packet of a new frame.
    fn judge(&mut self, marks: &FrameMarks, wished: Rung) -> bool {
        if marks.opens {
            // A new structure may number its targets anew.
            self.intact = 0;
        }
        let has_all = match marks.rests_on {
            Some(target) => self.is_intact(target),
            None => marks.depends_on().all(|frame| self.find(frame).is_some_and(|known| known.is_passed)),
        };
        let can_switch = has_all && marks.indication(wished.target) == Indication::Switch;
        if marks.opens && can_switch
            || wished.target != self.rung.target && (self.is_intact(wished.target) || can_switch)
        {
            self.since = (marks.frame, self.rung);
            self.rung = wished;
        }
        let is_passed = marks.is_in(self.rung.target);
        if !is_passed {
            self.miss(marks);
        } else if has_all {
            let switches = |target: &u8| marks.indication(*target) == Indication::Switch;
            self.intact |= (0..MAX_TARGETS as u8).filter(switches).fold(0, |bits, target| bits | 1 << target);
        }
        self.note(marks.frame, is_passed, self.rung.spatial);
        self.newest = marks.frame;
        is_passed
    }
}

#[cfg(test)]
mod tests;
