//! One relay connection of the endpoint: its socket, its line, its seats and what it has told.
//!
//! Owned by `endpoint`. Checks what a peer says against what it may say; never blocks.

use super::guests::{Guests, Place};
use super::naming::{self, Times};
use crate::counters::Counters;
use crate::shard::links::{Links, RelayHead, Word};
use crate::sys::poll::{Interest, Poll};
use media_control::LegId;
use media_core::stream::ids::{LegKey, SourceKind};
use media_relay::{
    ConferenceWord, Cut, Frame, Greeting, LegWord, Line, Moved, NodeClock, Put, Route, Told, Way,
};
use std::collections::HashMap;
use std::ops::Range;
use std::time::{Duration, Instant};

/// Legs that one peer may have in all conferences together.
const MAX_LEGS: usize = 4096;
/// Wishes and conferences that one peer may have told and not taken back.
const MAX_NOTES: usize = 65_536;
/// Frames taken from one peer in one turn, so that the others get their share.
const FRAMES_PER_TURN: usize = 512;
/// Shortest time between two requests for a key frame of a stream that lost packets on its way out.
const PLEA_EVERY: Duration = Duration::from_millis(300);
/// Streams whose last request is remembered.
const MAX_PLEAS: usize = 512;

/// What the endpoint counts of all peers.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) sent: u64,
    pub(crate) received: u64,
    /// Packets dropped because a peer reads too slowly.
    pub(crate) slow: u64,
    /// Packets and words that a peer may not say, or that make no sense.
    pub(crate) refused: u64,
    /// The rings to the shards.
    pub(crate) rings: Counters,
}

/// Everything that frames of a peer are put into.
pub(crate) struct Inside<'a> {
    pub(crate) links: &'a mut Links,
    pub(crate) guests: &'a mut Guests,
    pub(crate) counts: &'a mut Counts,
    pub(crate) clock: &'a NodeClock,
}

/// See the module's text.
pub(crate) struct Peer {
    way: Way,
    line: Line,
    pub(crate) name: String,
    /// Numbers of its shards here, once it has greeted and was taken.
    pub(crate) seats: Option<Range<usize>>,
    pub(crate) generation: u64,
    /// For each shard of ours, the seats that it has begun to talk to.
    pub(crate) begun: Vec<u64>,
    /// A client of this machine, by its number: no media server, which has shards of its own.
    pub(crate) guest: Option<Place>,
    /// Number of the dialer that made it.
    pub(crate) dialer: Option<usize>,
    wants_write: bool,
    legs: HashMap<LegId, u8>,
    notes: usize,
    pleas: HashMap<(LegKey, SourceKind), Instant>,
}

impl Peer {
    pub(crate) fn new(way: Way, own: &Greeting, dialer: Option<usize>, now_us: u64, shards: usize) -> Self {
        Self {
            way,
            line: Line::new(now_us, own),
            name: String::new(),
            seats: None,
            generation: 0,
            begun: vec![0; shards],
            guest: None,
            dialer,
            wants_write: false,
            legs: HashMap::new(),
            notes: 0,
            pleas: HashMap::new(),
        }
    }

    pub(crate) const fn is_near(&self) -> bool {
        matches!(self.way, Way::Unix(_))
    }

    pub(crate) fn line(&mut self) -> &mut Line {
        &mut self.line
    }

    /// Reads once; whether something came.
    pub(crate) fn read(&mut self, now: Instant, inside: &mut Inside<'_>) -> Result<bool, Cut> {
        match self.way.read(self.line.room()).map_err(Cut::Broken)? {
            Moved::Bytes(count) => {
                self.line.received(count);
                Ok(true)
            }
            Moved::Later => Ok(false),
            // What was said before the end still counts, in vain for all but a refusal.
            Moved::End => {
                self.take_frames(now, inside)?;
                Err(Cut::Closed)
            }
        }
    }

    /// Takes frames that wait: a greeting, or whether a turn was not enough.
    pub(crate) fn take_frames(&mut self, now: Instant, inside: &mut Inside<'_>) -> Result<Taken, Cut> {
        let now_us = inside.clock.us(now);
        for _ in 0..FRAMES_PER_TURN {
            if !inside.links.has_word_room() {
                return Ok(Taken::More);
            }
            let Self { line, seats, legs, notes, guest, .. } = self;
            let theirs = line.clock().clone();
            let frame = match line.next(now_us)? {
                None => return Ok(Taken::All),
                Some(Told::Greeted(greeting)) => return Ok(Taken::Greeting(greeting)),
                Some(Told::Frame(frame)) => frame,
            };
            let Some(seats) = seats else { continue };
            if guest.is_some_and(|place| inside.guests.take(place, &frame, &theirs)) {
                continue;
            }
            let times = Times { now, clock: inside.clock, theirs: &theirs };
            if take_frame(frame, seats, legs, notes, &times, inside.links, inside.counts).is_none() {
                inside.counts.refused += 1;
            }
        }
        Ok(Taken::More)
    }

    /// Sends a word of shard `place` of ours to those of `mask` that are here and know us.
    pub(crate) fn say(&mut self, place: usize, mask: u64, word: &Word, clock: &NodeClock) {
        let Some(route) = self.route(place, mask) else { return };
        if let Some(frame) = naming::frame(word.clone(), route, clock) {
            self.line.put(&frame);
        }
    }

    /// Sends a packet of shard `place` of ours. When the peer reads too slowly the packet is dropped,
    /// and its sender is asked for a key frame: no history over there can repair it.
    pub(crate) fn send(
        &mut self,
        place: usize,
        head: &RelayHead,
        payload: &[u8],
        now: Instant,
        inside: &mut Inside<'_>,
    ) {
        let Some(route) = self.route(place, head.shards) else { return };
        let frame = Frame::Packet { route, head: naming::packet_head(head, inside.clock), payload };
        if self.line.put(&frame) == Put::Taken {
            inside.counts.sent += 1;
            return;
        }
        inside.counts.slow += 1;
        let stream = (head.stream.leg, head.stream.source);
        let is_due =
            self.pleas.get(&stream).is_none_or(|at| now.saturating_duration_since(*at) >= PLEA_EVERY);
        if !stream.1.is_video() || !is_due {
            return;
        }
        if self.pleas.len() >= MAX_PLEAS {
            self.pleas.clear();
        }
        self.pleas.insert(stream, now);
        let (leg, source) = stream;
        if let Some(seats) = &self.seats {
            let to = inside.links.shards().start + place;
            let word = Word::KeyframeNeeded { leg, source };
            inside.links.pass_on(seats.start, to, word, &mut inside.counts.rings);
        }
    }

    fn route(&self, place: usize, mask: u64) -> Option<Route> {
        let seats = self.seats.as_ref()?;
        let known = mask & self.begun.get(place)?;
        let to = known >> seats.start & u64::MAX >> (64 - seats.len().clamp(1, 64));
        (to != 0).then_some(Route { from: place as u8, to })
    }

    /// Writes what the socket takes and says what to wait for.
    pub(crate) fn write(&mut self, now_us: u64, poll: &Poll, token: u64) -> Result<(), Cut> {
        let mut is_full = false;
        while !is_full && (!self.line.to_send().is_empty() || self.way.has_waiting()) {
            match self.way.write(self.line.to_send()).map_err(Cut::Broken)? {
                Moved::Bytes(count) => self.line.sent(count, now_us),
                Moved::Later => is_full = true,
                Moved::End => return Err(Cut::Closed),
            }
        }
        // A handshake that waits for the other side has nothing to write.
        let wants_write = match &self.way {
            Way::Unix(_) => is_full,
            Way::Tls(_, tls) => tls.wants_write() || (is_full && !tls.is_handshaking()),
        };
        if wants_write != self.wants_write {
            self.wants_write = wants_write;
            let interest = if wants_write { Interest::ReadWrite } else { Interest::Read };
            poll.change(&self.way, token, interest).map_err(Cut::Broken)?;
        }
        Ok(())
    }
}

/// What [`Peer::take_frames`] came to.
pub(crate) enum Taken {
    All,
    /// Some wait for the next turn.
    More,
    Greeting(Greeting),
}

/// Gives one frame to the shards that it names; `None` when it is not the peer's to say.
fn take_frame(
    frame: Frame<'_>,
    seats: &Range<usize>,
    legs: &mut HashMap<LegId, u8>,
    notes: &mut usize,
    times: &Times<'_>,
    links: &mut Links,
    counts: &mut Counts,
) -> Option<()> {
    let (Frame::Leg { route, .. } | Frame::Conference { route, .. } | Frame::Packet { route, .. }) = &frame
    else {
        return None;
    };
    let (from, to) = (*route, route.to);
    let speaker = Some(seats.start + usize::from(from.from)).filter(|seat| *seat < seats.end)?;
    let first = links.shards().start;
    let named = links.shards().filter(|shard| to & 1 << (shard - first) != 0);
    match frame {
        Frame::Packet { head, payload, .. } => {
            counts.received += 1;
            if legs.get(&head.stream.leg) != Some(&from.from) {
                return None;
            }
            let head = naming::relay_head(&head, payload, speaker, times)?;
            for shard in named {
                links.relay(shard, head, [payload, &[]], &mut counts.rings);
            }
            return Some(());
        }
        Frame::Leg { leg, word, .. } => {
            if word == LegWord::Left {
                // Said once to each shard, so the first one ends it here.
                legs.remove(&leg);
            }
            let word = naming::leg_word(leg, word, times);
            for shard in named {
                links.pass_on(speaker, shard, word.clone(), &mut counts.rings);
            }
        }
        Frame::Conference { conference, word, .. } => {
            match word {
                ConferenceWord::Joined { leg, .. } => {
                    let is_known = legs.contains_key(&leg);
                    if !is_known && legs.len() >= MAX_LEGS {
                        return None;
                    }
                    legs.insert(leg, from.from);
                }
                ConferenceWord::Wanted { is_wanted: is_on, .. }
                | ConferenceWord::Attends { is_attending: is_on } => {
                    if is_on && *notes >= MAX_NOTES {
                        return None;
                    }
                    *notes = if is_on { *notes + 1 } else { notes.saturating_sub(1) };
                }
            }
            let word = naming::conference_word(conference, word);
            for shard in named {
                links.pass_on(speaker, shard, word.clone(), &mut counts.rings);
            }
        }
        _ => return None,
    }
    Some(())
}
