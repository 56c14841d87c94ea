//! Packets of one source, put in order and held until they are due.
//!
//! Called by [`super::Mixer`] for each packet that comes and for each one that is to be played. Pure: moments
//! are handed in. Plays nothing twice and never goes back, keeps at most [`PLACES`] packets, and costs a
//! source that nobody hears next to nothing.

use super::arrivals::{Arrivals, Bounds};
use super::{Packet, RATE, ms, ticks};
use std::time::Duration;

/// Packets that are kept: the longest delay and what comes with it in packets of 5 ms.
pub(super) const PLACES: usize = 64;
/// Longest payload: an Opus frame of 20 ms has 1,275 bytes at most (RFC 6716 section 3.4), and no path
/// carries more without fragments.
pub(super) const LONGEST: usize = 1_500;
/// A packet that is further from what was expected belongs to another beginning, or to nothing.
const FAR: i64 = RATE as i64;
const FAR_SEQUENCE: u64 = 1_000;
/// Packets in a row that must agree on a new beginning.
const AGREEING: u32 = 3;
/// Beyond this the position is corrected at once, not by playing faster or slower.
const LEAP: i64 = ms(120);
/// Packets before the one that is due which a decoder needs: predictions in Opus fade within a few.
const PASSED: usize = 6;
/// How long a voice is made up when nothing comes at all.
const MADE_UP: i64 = ms(100);
/// The shortest Opus frame, 2.5 ms.
const SHORTEST: i64 = RATE as i64 / 400;
/// Opus marks a frame that it left out by a payload this short (RFC 6716 section 3.1, DTX).
const LEFT_OUT: usize = 2;

/// What is to be played now.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// This packet. `is_jump` when it does not go on where the one before ended.
    Play { payload: &'a [u8], is_jump: bool },
    /// Nothing of this packet, which is over; but what follows it is decoded wrongly by who does not know it.
    Pass { payload: &'a [u8] },
    /// So many samples are lost; the packet behind them may carry a copy.
    Recover { following: &'a [u8], samples: usize },
    /// So many samples are lost, or late.
    Conceal { samples: usize },
    /// The source is silent.
    Nothing,
}

/// What has come of the packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JitterCounts {
    pub received: u64,
    /// Empty, too long, or not even the head of an Opus packet.
    pub unfit: u64,
    pub duplicate: u64,
    /// Came after their turn.
    pub late: u64,
    /// Of another time than the others, which one packet alone cannot prove.
    pub stray: u64,
    pub lost: u64,
    /// Left out because too much was waiting.
    pub skipped: u64,
    /// New beginnings: a sender that started anew, or jumped in time.
    pub restarts: u64,
}

#[derive(Clone, Debug, Default)]
struct Place {
    sequence: u64,
    timestamp: i64,
    samples: i64,
    payload: Vec<u8>,
    is_taken: bool,
}

/// A packet that may be the first of a new beginning.
#[derive(Clone, Copy, Debug)]
struct Stray {
    sequence: u64,
    timestamp: u32,
    agreeing: u32,
}

/// Where playing is.
#[derive(Clone, Copy, Debug)]
struct Playing {
    /// Of the next sample.
    position: i64,
    /// Length of the packets.
    samples: i64,
    /// Played without packets since the last one.
    made_up: i64,
    is_left_out: bool,
}

/// The buffer of one source.
#[derive(Clone, Debug)]
pub struct Jitter {
    places: Vec<Place>,
    bounds: Bounds,
    arrivals: Arrivals,
    /// Of the newest packet: its number, and its timestamp without the turns of 32 bits.
    newest: Option<(u64, i64)>,
    /// The lowest number that may still be played.
    next: u64,
    playing: Option<Playing>,
    stray: Option<Stray>,
    counts: JitterCounts,
}

impl Jitter {
    /// Packets wait so long at least and at most, whatever the way here is like.
    #[must_use]
    pub fn new(least: Duration, most: Duration) -> Self {
        Self {
            places: vec![Place::default(); PLACES],
            bounds: Bounds::new(least, most),
            arrivals: Arrivals::new(),
            newest: None,
            next: 0,
            playing: None,
            stray: None,
            counts: JitterCounts::default(),
        }
    }

    /// From now on packets wait so long at least and at most.
    pub fn set_bounds(&mut self, least: Duration, most: Duration) {
        self.bounds = Bounds::new(least, most);
    }

    #[must_use]
    pub const fn counts(&self) -> JitterCounts {
        self.counts
    }

    /// How long packets wait now.
    #[must_use]
    pub fn delay(&self) -> Duration {
        let delay = self.arrivals.delay(self.bounds);
        Duration::from_micros(delay as u64 * 1_000_000 / u64::from(RATE))
    }

    /// A packet has come.
    pub fn receive(&mut self, packet: &Packet<'_>) {
        self.counts.received += 1;
        let samples = match opus::packet::get_nb_samples(packet.payload, RATE) {
            Ok(samples) if packet.payload.len() <= LONGEST && samples > 0 => samples as i64,
            _ => {
                self.counts.unfit += 1;
                return;
            }
        };
        let arrival = ticks(packet.arrival_us);
        let Some(timestamp) = self.placed(packet, arrival) else { return };
        self.arrivals.note(timestamp, arrival);
        if self.newest.is_none_or(|(sequence, _)| packet.sequence > sequence) {
            self.newest = Some((packet.sequence, timestamp));
        }
        if packet.sequence < self.next {
            self.counts.late += 1;
            return;
        }
        let place = &mut self.places[(packet.sequence % PLACES as u64) as usize];
        if place.is_taken && place.sequence >= packet.sequence {
            let count = if place.sequence == packet.sequence {
                &mut self.counts.duplicate
            } else {
                &mut self.counts.late
            };
            *count += 1;
            return;
        }
        // A source that nobody hears is overwritten all the time: that is no loss.
        self.counts.skipped += u64::from(place.is_taken && self.playing.is_some());
        place.sequence = packet.sequence;
        (place.timestamp, place.samples, place.is_taken) = (timestamp, samples, true);
        place.payload.clear();
        place.payload.extend_from_slice(packet.payload);
    }

    /// The timestamp without its turns; `None` for a stray.
    fn placed(&mut self, packet: &Packet<'_>, arrival: i64) -> Option<i64> {
        let Some((sequence, timestamp)) = self.newest else { return Some(i64::from(packet.timestamp)) };
        let step = packet.timestamp.wrapping_sub(timestamp as u32) as i32;
        let placed = timestamp + i64::from(step);
        let transit = arrival - placed;
        let off = self.arrivals.base().map_or(0, |base| (transit - base).abs());
        if off <= FAR && packet.sequence.abs_diff(sequence) <= FAR_SEQUENCE {
            self.stray = None;
            return Some(placed);
        }
        let agreeing = match self.stray {
            Some(stray)
                if (1..=8).contains(&packet.sequence.saturating_sub(stray.sequence))
                    && packet.timestamp.wrapping_sub(stray.timestamp) < RATE =>
            {
                stray.agreeing + 1
            }
            _ => 1,
        };
        if agreeing >= AGREEING {
            self.begin_anew();
            return Some(i64::from(packet.timestamp));
        }
        self.stray = Some(Stray { sequence: packet.sequence, timestamp: packet.timestamp, agreeing });
        self.counts.stray += 1;
        None
    }

    fn begin_anew(&mut self) {
        self.counts.restarts += 1;
        self.places.iter_mut().for_each(|it| it.is_taken = false);
        self.arrivals = Arrivals::new();
        (self.newest, self.next, self.playing, self.stray) = (None, 0, None, None);
    }

    /// Forgets where playing was: nobody hears the source any more.
    pub const fn rest(&mut self) {
        self.playing = None;
    }

    /// The position that is due at a moment, if anything has come yet.
    fn due(&self, now: i64) -> Option<i64> {
        Some(now - self.arrivals.base()? - self.arrivals.delay(self.bounds))
    }

    /// By how many samples the next one is played too late (above zero) or too early, `ahead` samples from now.
    #[must_use]
    pub fn behind(&self, now_us: u64, ahead: usize) -> i64 {
        let Some(playing) = self.playing else { return 0 };
        self.due(ticks(now_us) + ahead as i64).map_or(0, |due| due - playing.position)
    }

    /// The timestamp of the next sample, and when the quickest packet with it could have been here.
    pub(super) fn position(&self) -> Option<(i64, i64)> {
        let playing = self.playing?;
        Some((playing.position, playing.position + self.arrivals.base()?))
    }

    /// Whether the packet that follows is here.
    pub(super) fn has_next(&self) -> bool {
        let place = &self.places[(self.next % PLACES as u64) as usize];
        self.playing.is_some_and(|it| it.position == place.timestamp)
            && place.is_taken
            && place.sequence == self.next
    }

    /// What is to be played `ahead` samples after this moment.
    pub fn next(&mut self, now_us: u64, ahead: usize) -> Step<'_> {
        let now = ticks(now_us) + ahead as i64;
        let Some(due) = self.due(now) else { return Step::Nothing };
        let Some(mut at) = self.earliest() else { return self.run_dry() };
        match self.playing {
            Some(playing) => {
                let place = &self.places[at];
                let (gap, is_next) = (place.timestamp - playing.position, place.sequence == self.next);
                if gap > LEAP || (is_next && gap > playing.made_up) {
                    // Left out by the sender, or more lost than can be made up: silent until it is due.
                    let lost = place.sequence - self.next;
                    self.note_lost(lost);
                    self.next += lost;
                    self.playing = None;
                    return self.next(now_us, ahead);
                }
                if gap > playing.made_up {
                    return self.lose(at, gap - playing.made_up, playing);
                }
                if due - place.timestamp > LEAP && self.overdue(due) > 0 {
                    // From here on it is begun anew, with what should be over passed by.
                    self.counts.skipped += self.overdue(due) as u64;
                    self.playing = None;
                    return self.next(now_us, ahead);
                }
                self.play(at, false)
            }
            None => {
                for _ in PASSED..self.overdue(due) {
                    at = self.leave(at);
                }
                if self.overdue(due) > 0 {
                    let place = at;
                    self.leave(at);
                    return Step::Pass { payload: &self.places[place].payload };
                }
                if self.places[at].timestamp > due {
                    return Step::Nothing;
                }
                self.play(at, true)
            }
        }
    }

    fn play(&mut self, at: usize, is_jump: bool) -> Step<'_> {
        if self.playing.is_some() {
            let lost = self.places[at].sequence - self.next;
            self.note_lost(lost);
        }
        let place = &mut self.places[at];
        place.is_taken = false;
        self.next = place.sequence + 1;
        self.playing = Some(Playing {
            position: place.timestamp + place.samples,
            samples: place.samples,
            made_up: 0,
            is_left_out: place.payload.len() <= LEFT_OUT,
        });
        Step::Play { payload: &self.places[at].payload, is_jump }
    }

    fn note_lost(&mut self, lost: u64) {
        self.counts.lost += lost;
        (0..lost.min(8)).for_each(|_| self.arrivals.note_loss());
    }

    /// Before the packet at `at` so much is missing.
    fn lose(&mut self, at: usize, gap: i64, playing: Playing) -> Step<'_> {
        // Whole 2.5 ms, since decoders make up nothing else (RFC 6716 section 2.1.4).
        let samples = (gap.min(playing.samples) / SHORTEST).max(1) * SHORTEST;
        let position = playing.position + playing.made_up + samples;
        self.playing = Some(Playing { position, made_up: 0, ..playing });
        let place = &self.places[at];
        let is_last = place.sequence == self.next + 1;
        if is_last && position < place.timestamp - SHORTEST {
            return Step::Conceal { samples: samples as usize };
        }
        self.note_lost(1);
        self.next += 1;
        if is_last {
            return Step::Recover { following: &self.places[at].payload, samples: samples as usize };
        }
        Step::Conceal { samples: samples as usize }
    }

    fn run_dry(&mut self) -> Step<'_> {
        match &mut self.playing {
            Some(playing) if playing.made_up < MADE_UP && !playing.is_left_out => {
                let samples = playing.samples.min(ms(20));
                playing.made_up += samples;
                Step::Conceal { samples: samples as usize }
            }
            _ => {
                self.playing = None;
                Step::Nothing
            }
        }
    }

    /// The first packet that is still to be played.
    fn earliest(&mut self) -> Option<usize> {
        let straight = (self.next % PLACES as u64) as usize;
        if self.places[straight].is_taken && self.places[straight].sequence == self.next {
            return Some(straight);
        }
        let waiting =
            self.places.iter().enumerate().filter(|(_, it)| it.is_taken && it.sequence >= self.next);
        waiting.min_by_key(|(_, it)| it.sequence).map(|(at, _)| at)
    }

    /// How many packets should be over by now; the last there is never counts.
    fn overdue(&self, due: i64) -> usize {
        let waiting = || self.places.iter().filter(|it| it.is_taken && it.sequence >= self.next);
        let newest = waiting().map(|it| it.sequence).max();
        waiting().filter(|it| it.timestamp + it.samples <= due && Some(it.sequence) != newest).count()
    }

    /// Plays it no more; the next one, or the same where there is none.
    fn leave(&mut self, at: usize) -> usize {
        self.places[at].is_taken = false;
        self.next = self.places[at].sequence + 1;
        self.earliest().unwrap_or(at)
    }
}
