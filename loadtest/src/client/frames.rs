//! Pictures of one incoming stream as its viewer sees them: whole in time, or not, and where they stand still.
//!
//! Owned by a track of a client that decrypts everything. Knows numbers, timestamps and times. A picture
//! is shown [`IN_TIME`] after its first packet came, as from a browser's buffer that has grown to what repairs
//! on a bad link take; later when it is whole only later, or the one before it was. Whoever waits for one that
//! never comes sees the last one standing until a key frame is due.

use crate::material::FRAME_TICKS;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A picture that is whole this long after its first packet is in time, and is shown then.
pub const IN_TIME: Duration = Duration::from_millis(400);
/// Longer between two pictures is a freeze: 150 ms more than the distance of two (W3C webrtc-stats has
/// the larger of that and three times the distance, which is less at 25 pictures a second).
const FREEZE: Duration = Duration::from_millis(190);
/// Pictures that are waited for, and ends of pictures that are remembered: two and a half seconds.
const MAX_OPEN: usize = 64;
/// A larger step of the timestamp is a new beginning: a minute of 90 kHz.
const MAX_STEP: u32 = 60 * 90_000;

/// One packet of a picture.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Its number, which never wraps.
    pub number: u64,
    pub timestamp: u32,
    pub is_last: bool,
    /// Whether a key frame begins with it.
    pub starts_key: bool,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    timestamp: u32,
    first_at: Instant,
    newest_at: Instant,
    lowest: u64,
    count: u64,
    end: Option<u64>,
    is_key: bool,
    is_whole: bool,
}

/// Sums since [`Frames::begin`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shown {
    /// Pictures that there should have been, by their timestamps.
    pub expected: u64,
    pub whole: u64,
    /// Whole within [`IN_TIME`].
    pub in_time: u64,
    pub freezes: u64,
    pub frozen: Duration,
    pub watched: Duration,
}

impl Shown {
    /// Adds what another stream has shown.
    pub fn add(&mut self, other: &Self) {
        self.expected += other.expected;
        self.whole += other.whole;
        self.in_time += other.in_time;
        self.freezes += other.freezes;
        self.frozen += other.frozen;
        self.watched += other.watched;
    }
}

/// The pictures of one stream.
#[derive(Debug, Default)]
pub struct Frames {
    open: VecDeque<Open>,
    /// Numbers of the newest last packets.
    ends: VecDeque<u64>,
    newest: Option<u32>,
    /// End of the picture on the screen, and since when it is there.
    on_screen: Option<u64>,
    since: Option<Instant>,
    is_paused: bool,
    shown: Shown,
}

impl Frames {
    /// Forgets the sums.
    pub fn begin(&mut self) {
        self.shown = Shown::default();
    }

    /// The senders stop on purpose: what stands now is no freeze.
    pub fn pause(&mut self, now: Instant) {
        if self.since.is_some() && !self.is_paused {
            self.see(now);
        }
        self.is_paused = true;
    }

    /// They go on.
    pub fn go_on(&mut self, now: Instant) {
        self.is_paused = false;
        // What the senders left out meanwhile was not expected.
        self.newest = None;
        // The first picture comes as much later as all do.
        self.since = self.since.map(|_| now + IN_TIME);
    }

    /// The sums so far; a picture that stands too long at `now` counts as frozen.
    #[must_use]
    pub fn shown(&self, now: Instant) -> Shown {
        let mut shown = self.shown;
        if let (Some(since), false) = (self.since, self.is_paused) {
            let stood = now.saturating_duration_since(since);
            shown.watched += stood;
            if stood >= FREEZE {
                shown.freezes += 1;
                shown.frozen += stood;
            }
        }
        shown
    }

    /// Another picture, or the end of watching: how long the one before stood.
    fn see(&mut self, now: Instant) {
        self.shown = self.shown(now);
        self.since = Some(now);
    }

    /// This number, which came at `at`, belongs to no picture.
    pub fn skip(&mut self, number: u64, at: Instant) {
        self.remember_end(number);
        if self.on_screen == Some(number.wrapping_sub(1)) {
            self.on_screen = Some(number);
        }
        (0..self.open.len()).for_each(|open| self.finish(open));
        self.show(at);
    }

    fn remember_end(&mut self, number: u64) {
        if self.ends.len() == MAX_OPEN {
            self.ends.pop_front();
        }
        self.ends.push_back(number);
    }

    /// A packet came for the first time.
    pub fn note(&mut self, piece: Piece) {
        if self.ends.is_empty() && self.open.is_empty() {
            // Nobody knows what was before the first packet; a server begins with a whole picture.
            self.ends.push_back(piece.number.wrapping_sub(1));
        }
        self.expect(piece.timestamp);
        let at = match self.open.iter().rposition(|it| it.timestamp == piece.timestamp) {
            Some(at) => at,
            None => {
                if self.open.len() == MAX_OPEN {
                    self.open.pop_front();
                }
                // One that was lost as a whole begins with its first repair, when later ones have begun.
                let at = self.open.partition_point(|it| it.lowest < piece.number);
                self.open.insert(
                    at,
                    Open {
                        timestamp: piece.timestamp,
                        first_at: piece.at,
                        newest_at: piece.at,
                        lowest: piece.number,
                        count: 0,
                        end: None,
                        is_key: false,
                        is_whole: false,
                    },
                );
                at
            }
        };
        let open = &mut self.open[at];
        open.count += 1;
        open.lowest = open.lowest.min(piece.number);
        open.newest_at = open.newest_at.max(piece.at);
        open.is_key |= piece.starts_key;
        if piece.is_last {
            open.end = Some(piece.number);
            self.remember_end(piece.number);
        }
        let closes = piece.is_last || self.open[at].end.is_some();
        self.finish(at);
        // The start of the next one is known only by the end of this.
        if piece.is_last && at + 1 < self.open.len() {
            (0..self.open.len()).for_each(|other| self.finish(other));
        }
        if closes {
            self.show(piece.at);
        }
    }

    fn expect(&mut self, timestamp: u32) {
        let Some(newest) = self.newest else {
            self.newest = Some(timestamp);
            self.shown.expected += 1;
            return;
        };
        let step = timestamp.wrapping_sub(newest);
        if step == 0 || step > u32::MAX / 2 {
            return;
        }
        // A server that goes over to another layer need not hit the exact distance.
        let pictures = if step > MAX_STEP { 1 } else { (step + FRAME_TICKS / 2) / FRAME_TICKS };
        self.shown.expected += u64::from(pictures);
        self.newest = Some(timestamp);
    }

    fn finish(&mut self, at: usize) {
        let Some(open) = self.open.get_mut(at) else { return };
        let Some(end) = open.end.filter(|_| !open.is_whole) else { return };
        let starts = self.ends.contains(&open.lowest.wrapping_sub(1));
        if starts && open.count == end + 1 - open.lowest {
            open.is_whole = true;
            self.shown.whole += 1;
            let took = open.newest_at.saturating_duration_since(open.first_at);
            self.shown.in_time += u64::from(took <= IN_TIME);
        }
    }

    /// Shows what can be shown.
    fn show(&mut self, now: Instant) {
        while let Some(at) = self.next_on_screen(now) {
            let open = self.open[at];
            self.on_screen = open.end;
            let due = open.newest_at.max(open.first_at + IN_TIME);
            self.see(self.since.map_or(due, |since| since.max(due)));
            self.open.drain(..=at);
        }
    }

    fn next_on_screen(&self, now: Instant) -> Option<usize> {
        let shown = self.on_screen;
        let follows = |it: &Open| it.is_whole && shown.is_some_and(|end| it.lowest == end + 1);
        let next = self.open.iter().position(follows);
        // What is missing before a key frame may still come until that one is due.
        let is_due = |it: &Open| shown.is_none() || now >= it.first_at + IN_TIME;
        let key =
            |it: &Open| it.is_whole && it.is_key && is_due(it) && shown.is_none_or(|end| it.lowest > end);
        next.or_else(|| self.open.iter().position(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `"10 11 12!"`: packets by number, three of each picture, `!` for the start of a key frame; a pause of
    /// N × 10 ms as `+N`. A packet comes every millisecond.
    fn watch(text: &str) -> Shown {
        let start = Instant::now();
        let (mut frames, mut now) = (Frames::default(), start);
        for word in text.split(' ') {
            if let Some(pause) = word.strip_prefix('+') {
                now += Duration::from_millis(10 * pause.parse::<u64>().expect("a number"));
                continue;
            }
            let number: u64 = word.trim_end_matches('!').parse().expect("a number");
            now += Duration::from_millis(1);
            frames.note(Piece {
                number,
                timestamp: (number / 3) as u32 * FRAME_TICKS,
                is_last: number % 3 == 2,
                starts_key: word.ends_with('!'),
                at: now,
            });
        }
        frames.shown(now)
    }

    #[test]
    fn whole_pictures_are_counted_in_any_order_of_their_packets() {
        let all = watch("3! 4 5 6 7 8 9 10 11");
        assert_eq!((all.expected, all.whole, all.in_time, all.freezes), (3, 3, 3, 0));
        let mixed = watch("3! 4 6 5 8 7 10 9 11");
        assert_eq!((mixed.expected, mixed.whole, mixed.in_time), (3, 3, 3));
    }

    #[test]
    fn a_picture_that_was_lost_as_a_whole_and_repaired_costs_no_other() {
        let repaired = watch("3! 4 5 9 10 11 6 7 8 12 13 14");
        assert_eq!((repaired.expected, repaired.whole, repaired.in_time, repaired.freezes), (4, 4, 4, 0));
    }

    #[test]
    fn a_key_frame_costs_nobody_who_can_still_be_repaired() {
        let repaired = watch("3! 4 5 6 8 9! 10 11 +10 7 12 13 14");
        assert_eq!((repaired.expected, repaired.whole, repaired.in_time, repaired.freezes), (4, 4, 4, 0));
    }

    #[test]
    fn a_picture_that_was_repaired_late_is_whole_but_not_in_time() {
        let late = watch("3! 4 5 6 8 9 10 11 +50 7");
        assert_eq!((late.expected, late.whole, late.in_time), (3, 3, 2));
        assert_eq!(late.freezes, 0, "too short to be one");
        let later = watch("3! 4 5 6 8 9 10 11 +90 7");
        assert_eq!((later.freezes, later.in_time), (1, 2), "the screen stood meanwhile");
        assert!(later.frozen >= Duration::from_millis(500), "{later:?}");
    }

    #[test]
    fn a_lost_picture_freezes_the_screen_until_a_key_frame() {
        let lost =
            watch("3! 4 5 6 8 9 10 11 +30 12 13 14 +30 15! 16 17 +15 18 19 20 +15 21 22 23 +15 24 25 26");
        assert_eq!((lost.expected, lost.whole), (8, 7));
        assert_eq!(lost.freezes, 1);
        assert!(lost.frozen > Duration::from_millis(600), "{lost:?}");
        assert_eq!(watch("3! 4 5 12! 13 14").expected, 4, "those of which nothing came");
    }

    #[test]
    fn a_stop_of_the_senders_is_no_freeze() {
        let start = Instant::now();
        let mut frames = Frames::default();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let piece = |number: u64, ms| Piece {
            number,
            timestamp: number as u32 * FRAME_TICKS,
            is_last: true,
            starts_key: number == 1,
            at: at(ms),
        };
        frames.note(piece(1, 0));
        frames.pause(at(40));
        frames.go_on(at(5_000));
        frames.note(piece(2, 5_020));
        let shown = frames.shown(at(5_040));
        assert_eq!((shown.freezes, shown.watched), (0, Duration::from_millis(20)));
    }
}
