//! One meeting that goes out: its picture and sound in, every way out fed.
//!
//! Owned by `process`. Asks for a key picture whenever a segment is to begin.

use crate::intake::{Pictures, Sound};
use crate::outlet::{Counts, Goal, Media, Outlet, Tell};
use media_control::{LegId, ParticipantId, RecorderFigures, Rid, Source};
use media_relay::PacketHead;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A segment for each: long enough to be cheap, short enough to be seen soon.
const KEY_EVERY: Duration = Duration::from_millis(2_000);
/// Between two requests for one that does not come.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// The layer that goes out, and as what it is asked for: the whole picture.
const LAYER: Rid = Rid::F;
pub const LAYERS: u8 = 0b100;
/// Most connections that bring one composed picture.
const LEG_LIMIT: usize = 8;

/// See the module's text.
pub struct Live {
    pub programme: ParticipantId,
    /// The connections that bring it, picture and sound.
    legs: BTreeSet<LegId>,
    pictures: Pictures,
    sound: Sound,
    outlets: Vec<Outlet>,
    counts: Arc<Counts>,
    keyed: Option<Instant>,
    asked: Option<Instant>,
    figures: RecorderFigures,
}

impl Live {
    /// Opens every way to `goals`; `tell` makes what hears of each.
    ///
    /// # Errors
    /// No thread or no memory is left.
    pub fn open(
        programme: ParticipantId,
        now_us: u64,
        goals: Vec<Goal>,
        tell: impl Fn() -> Tell,
    ) -> io::Result<Self> {
        let counts = Arc::new(Counts::default());
        let outlets = goals.into_iter().map(|goal| Outlet::open(goal, counts.clone(), tell()));
        Ok(Self {
            programme,
            legs: BTreeSet::new(),
            pictures: Pictures::default(),
            sound: Sound::new(now_us).map_err(io::Error::other)?,
            outlets: outlets.collect::<io::Result<_>>()?,
            counts,
            keyed: None,
            asked: None,
            figures: RecorderFigures::default(),
        })
    }

    /// A connection that brings it is there.
    pub fn joined(&mut self, leg: LegId) {
        if self.legs.len() < LEG_LIMIT {
            self.legs.insert(leg);
        }
    }

    pub fn left(&mut self, leg: LegId) {
        self.legs.remove(&leg);
    }

    pub const fn legs(&self) -> &BTreeSet<LegId> {
        &self.legs
    }

    /// A packet of its connections.
    pub fn packet(&mut self, head: &PacketHead, payload: &[u8], now: Instant) {
        match head.stream.source {
            // One of its layers alone: each is a stream.
            Source::Camera if head.stream.layer != LAYER => {}
            Source::Camera => {
                let Some(picture) = self.pictures.put(head, payload) else { return };
                if picture.is_key {
                    self.keyed = Some(now);
                }
                self.figures.pictures += 1;
                self.hand_on(&Media::Picture(picture));
            }
            Source::Microphone => {
                self.figures.sounds += 1;
                self.sound.put(head, payload);
            }
            Source::Screen | Source::ScreenAudio => {}
        }
    }

    /// Time has passed; whether a key picture is to be asked for.
    pub fn turn(&mut self, now: Instant, now_us: u64) -> bool {
        while let Some((at_us, samples)) = self.sound.next(now_us) {
            self.hand_on(&Media::Sound { at_us, samples: samples.into() });
        }
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        let is_due = self.pictures.needs_key() || since(self.keyed).is_none_or(|it| it >= KEY_EVERY);
        let is_asked = since(self.asked).is_some_and(|it| it < ASK_EVERY);
        if !is_due || is_asked || self.legs.is_empty() {
            return false;
        }
        self.asked = Some(now);
        true
    }

    fn hand_on(&self, media: &Media) {
        self.outlets.iter().for_each(|outlet| outlet.put(media.clone()));
    }

    /// Adds what was done since the last call.
    pub fn count(&mut self, into: &mut RecorderFigures) {
        let own = std::mem::take(&mut self.figures);
        into.lives += 1;
        into.pictures += own.pictures;
        into.sounds += own.sounds;
        into.lost_pictures += std::mem::take(&mut self.pictures.lost);
        into.segments += self.counts.segments.swap(0, Ordering::Relaxed);
        into.dropped += self.counts.dropped.swap(0, Ordering::Relaxed);
        into.restarts += self.counts.restarts.swap(0, Ordering::Relaxed);
    }
}
