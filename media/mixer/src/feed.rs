//! One layer of a source: its packets in order, decoded as they come.
//!
//! Owned by `camera`, which decides whether the layer is decoded at all. Says when a key frame is needed; who
//! asks for it is the caller.

use crate::payload::{decoder_of, units};
use crate::reorder::{Arrived, Ordered, Reorder};
use crate::tally::{Tally, Work};
use media_mix::codec::{Decode as _, Decoder};
use media_mix::compose::Shown;
use media_relay::Codec;
use std::time::Duration;

/// Least time between two requests for a key frame of one stream.
const ASK_EVERY: Duration = Duration::from_millis(300);

/// A layer that is decoded.
pub struct Feed {
    reorder: Reorder,
    codec: Codec,
    /// `None` for a codec that nobody here decodes.
    decoder: Option<Decoder>,
    pub shown: Option<Shown>,
    /// Pictures so far; goes on when the decoder is made anew.
    generation: u64,
    is_key_needed: bool,
    asked: Option<Duration>,
    /// Pictures that the decoder gave but that are too large or of an odd kind.
    pub is_unsuitable: bool,
    /// When the first packet came.
    pub since: Duration,
}

impl Feed {
    /// Waits for its first key frame. `generation` is above that of any picture of this source before.
    pub fn new(codec: Codec, now: Duration, generation: u64) -> Self {
        // A decoder that cannot be made is as good as none: the source's card says so.
        let decoder = decoder_of(codec).and_then(|it| Decoder::open(it).ok());
        Self {
            reorder: Reorder::default(),
            codec,
            decoder,
            shown: None,
            generation,
            is_key_needed: true,
            asked: None,
            is_unsuitable: false,
            since: now,
        }
    }

    /// Whether nothing of it can be decoded.
    pub const fn is_foreign(&self) -> bool {
        self.decoder.is_none()
    }

    pub const fn codec(&self) -> Codec {
        self.codec
    }

    pub const fn generation(&self) -> u64 {
        self.generation
    }

    pub fn waiting(&self) -> usize {
        self.reorder.waiting()
    }

    /// Takes a packet and decodes what is whole.
    pub fn put(&mut self, now: Duration, packet: Arrived, tally: &mut Tally) {
        self.reorder.put(packet);
        self.turn(now, tally);
    }

    /// Decodes what is whole, gives up what does not come.
    pub fn turn(&mut self, now: Duration, tally: &mut Tally) {
        while let Some(ordered) = self.reorder.next(now) {
            match ordered {
                Ordered::Lost => {
                    self.is_key_needed = true;
                    tally.0.late_pictures += 1;
                }
                Ordered::Picture(packets) => self.decode(&packets, tally),
            }
        }
    }

    fn decode(&mut self, packets: &[Arrived], tally: &mut Tally) {
        let Some(decoder) = &mut self.decoder else { return };
        let Ok(units) = units(packets) else {
            tally.0.broken_pictures += 1;
            self.is_key_needed = true;
            return;
        };
        for unit in units {
            let before = decoder.counts();
            let decoded = tally.timed(Work::Decode, || decoder.decode(&unit));
            let counts = decoder.counts();
            tally.0.broken_pictures += (counts.broken - before.broken) as u32;
            self.is_unsuitable = counts.unsuitable > before.unsuitable
                || counts.too_long > before.too_long
                || (self.is_unsuitable && decoded.picture.is_none());
            self.is_key_needed |= decoded.is_key_needed;
            if let Some(picture) = decoded.picture {
                self.generation += 1;
                self.is_key_needed = decoded.is_key_needed;
                self.shown = Some(Shown { picture, generation: self.generation });
            }
        }
    }

    /// Whether a key frame is to be asked for now; counts as asked.
    pub fn asks_for_key(&mut self, now: Duration) -> bool {
        let is_due = self.is_key_needed
            && !self.is_foreign()
            && self.asked.is_none_or(|asked| now.saturating_sub(asked) >= ASK_EVERY);
        if is_due {
            self.asked = Some(now);
        }
        is_due
    }
}
