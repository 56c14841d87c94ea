//! One source: which of its layers are decoded for the tiles that show it, and what is wrong with it.
//!
//! Owned by `hall`. Decodes the layer that is wanted where it comes, else the nearest that does.

use crate::feed::Feed;
use crate::reorder::Arrived;
use crate::tally::Tally;
use media_control::LegId;
use media_mix::compose::Source;
use media_mix::layout::Layer;
use std::collections::BTreeSet;
use std::time::Duration;

/// A layer of which nothing came for so long is not sent now.
const SILENT: Duration = Duration::from_millis(1_500);
/// A source of which nothing came for so long has stopped.
const STOPPED: Duration = Duration::from_secs(3);
/// Without a first picture for so long after packets came, the card says so.
const NO_PICTURE: Duration = Duration::from_secs(4);

const REASONS: Reasons = Reasons {
    codec: "Không giải mã được · Codec not supported",
    size: "Hình quá lớn · Picture too large",
    unreadable: "Không đọc được hình · Unreadable picture",
    stopped: "Mất tín hiệu hình · No picture",
};

/// What cards say, Vietnamese first.
struct Reasons {
    codec: &'static str,
    size: &'static str,
    unreadable: &'static str,
    stopped: &'static str,
}

/// A camera or a document of somebody.
pub struct Camera {
    /// The connection that it comes over, once known.
    pub leg: Option<LegId>,
    wanted: BTreeSet<Layer>,
    /// When each layer was heard of last.
    heard: [Option<Duration>; 3],
    /// Whether each layer is decoded.
    is_chosen: [bool; 3],
    feeds: [Option<Feed>; 3],
    /// Since when it is wanted.
    since: Duration,
    /// Of the newest picture.
    generation: u64,
    /// When that was captured.
    pub captured_us: Option<u64>,
}

impl Camera {
    pub fn new(leg: Option<LegId>, now: Duration) -> Self {
        Self {
            leg,
            wanted: BTreeSet::new(),
            heard: [None; 3],
            is_chosen: [false; 3],
            feeds: [const { None }; 3],
            since: now,
            generation: 0,
            captured_us: None,
        }
    }

    /// Its owner has come over another connection: nothing of the old one goes on.
    pub fn moves(&mut self, now: Duration, leg: LegId) {
        let (wanted, generation) = (std::mem::take(&mut self.wanted), self.generation);
        *self = Self { wanted, generation, ..Self::new(Some(leg), now) };
    }

    /// The layers that tiles need from now on; whether they differ from before.
    pub fn want(&mut self, now: Duration, layers: &BTreeSet<Layer>) -> bool {
        if self.wanted == *layers {
            return false;
        }
        self.wanted.clone_from(layers);
        self.choose(now);
        true
    }

    /// The wanted layers as bits q, h, f.
    pub fn bits(&self) -> u8 {
        self.wanted.iter().fold(0, |bits, layer| bits | 1 << *layer as u8)
    }

    pub fn is_decoded(&self) -> bool {
        self.feeds.iter().any(Option::is_some)
    }

    pub fn waiting(&self) -> usize {
        self.feeds.iter().flatten().map(Feed::waiting).sum()
    }

    /// Takes a packet of what was captured then.
    pub fn put(&mut self, now: Duration, layer: Layer, packet: Arrived, captured_us: u64, tally: &mut Tally) {
        let at = layer as usize;
        let before = self.heard[at].replace(now);
        if before.is_none_or(|last| now.saturating_sub(last) >= SILENT) {
            self.choose(now);
        }
        if !self.is_chosen[at] {
            return;
        }
        let (codec, generation) = (packet.codec, self.generation);
        if self.feeds[at].as_ref().is_some_and(|feed| feed.codec() != codec) {
            self.feeds[at] = None;
        }
        let feed = self.feeds[at].get_or_insert_with(|| Feed::new(codec, now, generation));
        feed.put(now, packet, tally);
        if feed.generation() > generation {
            (self.generation, self.captured_us) = (feed.generation(), Some(captured_us));
        }
    }

    /// Time has passed. Whether a key frame is to be asked for.
    pub fn turn(&mut self, now: Duration, tally: &mut Tally) -> bool {
        self.choose(now);
        let mut asks = false;
        for feed in self.feeds.iter_mut().flatten() {
            feed.turn(now, tally);
            asks |= feed.asks_for_key(now);
        }
        asks
    }

    /// Decodes the layers that come nearest to what is wanted, and the old ones until those have a picture.
    fn choose(&mut self, now: Duration) {
        let is_sent = |at: &usize| self.heard[*at].is_some_and(|last| now.saturating_sub(last) < SILENT);
        let nearest = |layer: &Layer| {
            let at = *layer as usize;
            (at..3).chain((0..at).rev()).find(is_sent)
        };
        let mut best = [false; 3];
        self.wanted.iter().filter_map(nearest).for_each(|at| best[at] = true);
        let has_picture = |at: usize| self.feeds[at].as_ref().is_some_and(|it| it.shown.is_some());
        let is_ready = best.contains(&true) && (0..3).all(|at| !best[at] || has_picture(at));
        let may_stay = !is_ready && !self.wanted.is_empty();
        for ((feed, is_chosen), is_best) in self.feeds.iter_mut().zip(&mut self.is_chosen).zip(best) {
            *is_chosen = is_best || (may_stay && feed.is_some());
            if !*is_chosen {
                *feed = None;
            }
        }
    }

    /// As `compose` wants to see it.
    pub fn source(&self, now: Duration) -> Source {
        let last = self.heard.iter().flatten().max();
        let is_stopped = last.is_some_and(|last| now.saturating_sub(*last) >= STOPPED);
        let feeds = || self.feeds.iter().flatten();
        let has_picture = feeds().any(|it| it.shown.is_some());
        let is_late = |since: Duration| now.saturating_sub(since) >= NO_PICTURE;
        let fault = if is_stopped || (last.is_none() && is_late(self.since)) {
            Some(REASONS.stopped)
        } else if feeds().any(Feed::is_foreign) && !has_picture {
            Some(REASONS.codec)
        } else if feeds().any(|it| it.is_unsuitable) {
            Some(REASONS.size)
        } else if !has_picture && feeds().any(|it| is_late(it.since)) {
            Some(REASONS.unreadable)
        } else {
            None
        };
        let mut layers = [const { None }; 3];
        for (layer, feed) in layers.iter_mut().zip(&self.feeds) {
            *layer = feed.as_ref().and_then(|it| it.shown.clone());
        }
        Source { layers, fault: fault.map(str::to_owned) }
    }
}
