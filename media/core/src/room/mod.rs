//! One conference as one shard sees it: who is there, who sees what, who is heard.
//!
//! Driven by the shard: `incoming` for every opened packet of a batch, `flush` once per batch,
//! `tick` every 5–20 ms, `events` after both. Knows no socket and no clock, allocates only when
//! somebody joins, wishes or starts a stream, never per packet.
//!
//! ```text
//! slab.take → open SRTP into it → Room::incoming ─┐            ┌→ sink(leg, Outgoing): write header,
//! ring from another shard ─────→ Room::relayed ───┴→ flush ────┘   seal payload, one leg at a time
//! RTCP → keyframe_asked, nack, sender_report, receiver_report, transport_feedback
//! ```
//!
//! A leg joins when its transport is connected: a key frame sent before would be lost.

mod audience;
mod evening;
mod fanout;
mod figures;
mod gathering;
mod hearing;
pub(crate) mod hostile;
mod intake;
mod layers;
mod needs;
mod news;
mod pacer;
mod plan;
mod publisher;
mod rates;
mod repairs;
mod replay;
mod reports;
mod roster;
mod route;
mod types;
mod viewer;
mod voice;

pub use audience::{Audience, MOST_NAMED};
pub use figures::{LegFigures, LegTally, StreamFigures};
pub use hearing::Hearing;
pub use types::{
    AUDIO_SLOTS, Drop, Feedback, JoinRefused, LocalLeg, Outgoing, Purpose, RoomCounters, RoomEvent,
    RoomLimits, SLOTS, SlotSsrcs, SlotUse, Takes, Tick, VIDEO_SLOTS, VOICES, Verdict, ViewWish, Voice,
};

use crate::stream::ids::{LayerSet, LegKey, ParticipantKey, SourceKind, SourceKinds};
use crate::stream::slab::PacketRef;
use gathering::Gathering;
use publisher::{LocalUplink, Publisher, STREAMS_PER_LEG};
use roster::Roster;
use route::Routes;
use std::time::Instant;
use viewer::Viewer;
use voice::Voices;

/// Stream of a batch item whose leg has left.
const GONE_STREAM: u32 = u32::MAX;

/// One accepted packet that waits for the flush.
struct BatchItem {
    packet: PacketRef,
    stream: u32,
    /// `None` for pictures, which go where they are watched.
    audio_slot: Option<u8>,
    audience: Audience,
}

/// See the module's text.
pub struct Room {
    /// Where the clock of the room begins.
    born: Instant,
    limits: RoomLimits,
    counters: RoomCounters,
    roster: Roster,
    /// By place; a local leg stands in both lists at the same place.
    publishers: Vec<Option<Publisher>>,
    viewers: Vec<Option<Box<Viewer>>>,
    next_epoch: u32,
    batch: Vec<BatchItem>,
    /// Viewers that the running flush serves.
    busy: Vec<u32>,
    /// Flushes so far, by which the order of viewers rotates.
    turn: usize,
    routes: Routes,
    routes_stale: bool,
    voices: Voices,
    voices_changed: bool,
    /// The voice that is heard where only one is, as a stream.
    lead: Option<u32>,
    /// Stream whose screen sound is heard, and its last packet.
    screen_sound: Option<(u32, Instant)>,
    plan_wanted: bool,
    /// A viewer waits for a key frame that is kept here.
    has_replays: bool,
    gathering: Gathering,
    /// Slots of some viewer may differ from what was told last.
    has_slot_news: bool,
    next_plan_at: Instant,
    next_look_at: Instant,
    source_events: Vec<(ParticipantKey, SourceKind, bool)>,
    remote_keyframes: Vec<(LegKey, SourceKind)>,
    /// Legs whose viewers' needs have changed, and whether they are legs of this shard.
    layer_news: Vec<(LegKey, SourceKind, LayerSet, bool)>,
    speakers: [Voice; VOICES],
    speaker_count: usize,
    speakers_changed: bool,
    next_voices_at: Instant,
}

impl Room {
    /// An empty room.
    #[must_use]
    pub fn new(now: Instant, limits: RoomLimits) -> Self {
        Self {
            born: now,
            limits,
            counters: RoomCounters::default(),
            roster: Roster::default(),
            publishers: Vec::new(),
            viewers: Vec::new(),
            next_epoch: 1,
            batch: Vec::with_capacity(limits.batch),
            busy: Vec::new(),
            turn: 0,
            routes: Routes::default(),
            routes_stale: true,
            voices: Voices::default(),
            voices_changed: false,
            lead: None,
            screen_sound: None,
            plan_wanted: false,
            has_replays: false,
            gathering: Gathering::new(now),
            has_slot_news: false,
            next_plan_at: now,
            next_look_at: now,
            source_events: Vec::new(),
            remote_keyframes: Vec::new(),
            layer_news: Vec::new(),
            speakers: [Voice { participant: ParticipantKey(0), level_dbov: 127 }; VOICES],
            speaker_count: 0,
            speakers_changed: false,
            next_voices_at: now,
        }
    }

    /// Adds a browser leg of this shard whose transport is connected.
    ///
    /// # Errors
    /// [`JoinRefused`] when the room is full or the leg is in it.
    pub fn join(&mut self, now: Instant, leg: &LocalLeg) -> Result<(), JoinRefused> {
        let uplink = Box::new(LocalUplink::new(now, leg.feedback_ssrc));
        let publisher = Publisher::new(leg.leg, leg.participant, leg.allowed, Some(uplink));
        let place = self.add(publisher)?;
        let mut viewer = Box::new(Viewer::new(now, leg));
        // The newcomer learns at once whose voices his slots carry.
        viewer.slots_changed = self.audio_is_used();
        self.has_slot_news = true;
        self.viewers[place] = Some(viewer);
        Ok(())
    }

    /// Adds a leg that lives on another shard; its packets come through [`Room::relayed`].
    ///
    /// # Errors
    /// As [`Room::join`].
    pub fn join_remote(
        &mut self,
        _now: Instant,
        leg: LegKey,
        participant: ParticipantKey,
    ) -> Result<(), JoinRefused> {
        self.add(Publisher::new(leg, participant, SourceKinds::ALL, None)).map(|_| ())
    }

    /// Takes a leg out, local or remote. Unknown legs are passed over.
    pub fn leave(&mut self, _now: Instant, leg: LegKey) {
        let Some(place) = self.roster.remove(leg) else { return };
        let streams = (place * STREAMS_PER_LEG) as u32..((place + 1) * STREAMS_PER_LEG) as u32;
        for stream in streams.clone() {
            self.voices_changed |= self.voices.forget(stream);
        }
        if self.screen_sound.is_some_and(|(stream, _)| streams.contains(&stream)) {
            self.screen_sound = None;
            self.voices_changed = true;
        }
        for viewer in self.viewers.iter_mut().flatten() {
            viewer.forget_streams(streams.clone());
        }
        // The place may be taken again before the batch goes out.
        for item in self.batch.iter_mut().filter(|item| streams.contains(&item.stream)) {
            item.stream = GONE_STREAM;
        }
        self.viewers[place] = None;
        if let Some(publisher) = self.publishers[place].take() {
            self.note_stopped(&publisher);
        }
        self.forget_wishes_for(leg);
        self.plan_wanted = true;
        self.routes_stale = true;
    }

    /// Replaces what a leg may send. What it may not send any more stops at once.
    pub fn allow(&mut self, _now: Instant, leg: LegKey, allowed: SourceKinds) {
        let Some(place) = self.roster.place(leg) else { return };
        let Some(publisher) = &mut self.publishers[place] else { return };
        publisher.allowed = allowed;
        for source in SourceKind::ALL.into_iter().filter(|source| !allowed.has(*source)) {
            let state = &mut publisher.sources[source as usize];
            if std::mem::take(&mut state.is_active) {
                state.keyframes.clear();
                self.source_events.push((publisher.participant, source, false));
                self.plan_wanted = true;
            }
            let stream = publisher::stream_number(place, source, Default::default());
            self.voices_changed |= self.voices.forget(stream);
            if self.screen_sound.is_some_and(|(holder, _)| holder == stream) {
                self.screen_sound = None;
                self.voices_changed = true;
            }
        }
    }

    /// Whether nobody is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.roster.len() == 0
    }

    /// Counters since the start.
    #[must_use]
    pub const fn counters(&self) -> &RoomCounters {
        &self.counters
    }

    fn add(&mut self, publisher: Publisher) -> Result<usize, JoinRefused> {
        if self.roster.place(publisher.key).is_some() {
            return Err(JoinRefused::AlreadyHere);
        }
        if self.roster.len() >= self.limits.legs {
            return Err(JoinRefused::Full { limit: self.limits.legs });
        }
        let place = self.publishers.iter().position(Option::is_none).unwrap_or_else(|| {
            self.publishers.push(None);
            self.viewers.push(None);
            self.publishers.len() - 1
        });
        self.roster.add(publisher.key, publisher.participant, place);
        self.publishers[place] = Some(publisher);
        self.plan_wanted = true;
        self.routes_stale = true;
        Ok(place)
    }

    fn audio_is_used(&self) -> bool {
        self.screen_sound.is_some() || self.voices.holders().iter().any(Option::is_some)
    }
}
