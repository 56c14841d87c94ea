//! One composed picture with its encoders: what an output of the mixer is.
//!
//! Called once a picture for each output. Composes once, encodes once a rung; a picture in which nothing
//! changed is encoded only now and then, so that late viewers and lossy links still come to it.

use crate::caption::Captions;
use crate::codec::{Bitrate, Effort, Encode, EncoderWish, Unit, encoder};
use crate::compose::{Composer, Scaler, Scene, Sources};
use crate::error::Failure;
use crate::layout::{Canvas, Layer};
use crate::seating::SourceId;
use crate::share::{self, KeyRequests, RUNGS};
use std::time::Duration;

/// Longest without an encoded picture while nothing changes.
const STILL: Duration = Duration::from_millis(500);

struct Rung {
    name: share::Rung,
    rate: Bitrate,
    encoder: Box<dyn Encode>,
    keys: KeyRequests,
}

/// What is sent to the viewers of one rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub rung: share::Rung,
    pub unit: Unit,
}

/// An output.
pub struct Programme {
    wish: EncoderWish,
    composer: Composer,
    rungs: Vec<Rung>,
    /// When something was encoded last.
    encoded: Option<Duration>,
    /// Something was composed that is not encoded yet.
    is_changed: bool,
}

impl Programme {
    /// With the full rung alone, at the rate of the wish; its size is the canvas's.
    ///
    /// # Errors
    /// When the encoder cannot be made.
    pub fn new(canvas: Canvas, wish: EncoderWish) -> Result<Self, Failure> {
        let wish = EncoderWish { size: canvas.size(), ..wish };
        let composer = Composer::new(canvas);
        let mut programme = Self { wish, composer, rungs: Vec::new(), encoded: None, is_changed: false };
        programme.set_rungs(&[(share::Rung::Full, wish.rate)])?;
        Ok(programme)
    }

    /// Encodes these rungs from now on, at most two. Those that go on keep their encoders.
    ///
    /// # Errors
    /// When an encoder cannot be made; what there is goes on.
    pub fn set_rungs(&mut self, rungs: &[(share::Rung, Bitrate)]) -> Result<(), Failure> {
        let rungs = &rungs[..rungs.len().min(RUNGS)];
        for (name, rate) in rungs {
            match self.rungs.iter_mut().find(|it| it.name == *name) {
                Some(rung) if rung.rate == *rate => {}
                Some(rung) => {
                    rung.encoder.set_rate(*rate)?;
                    rung.rate = *rate;
                }
                None => {
                    let encoder = encoder(EncoderWish { rate: *rate, ..self.wish })?;
                    let keys = KeyRequests::default();
                    self.rungs.push(Rung { name: *name, rate: *rate, encoder, keys });
                    self.encoded = None;
                }
            }
        }
        if !rungs.is_empty() {
            self.rungs.retain(|it| rungs.iter().any(|(name, _)| *name == it.name));
            self.rungs.sort_by_key(|it| it.name);
        }
        Ok(())
    }

    /// Its rungs and their rates, lowest first.
    #[must_use]
    pub fn rungs(&self) -> Vec<(share::Rung, Bitrate)> {
        self.rungs.iter().map(|it| (it.name, it.rate)).collect()
    }

    /// Takes more or less trouble.
    ///
    /// # Errors
    /// When an encoder cannot be made anew; it then goes on as before.
    pub fn set_effort(&mut self, effort: Effort) -> Result<(), Failure> {
        self.wish.effort = effort;
        self.rungs.iter_mut().try_for_each(|rung| rung.encoder.set_effort(effort))
    }

    /// A viewer needs a key picture; nobody says of which rung.
    pub fn ask_key(&mut self) {
        self.rungs.iter_mut().for_each(|rung| rung.keys.ask());
    }

    /// Key pictures asked for and sent, over all rungs.
    #[must_use]
    pub fn key_counts(&self) -> (u64, u64) {
        let counts = self.rungs.iter().map(|it| it.keys.counts());
        counts.fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1))
    }

    /// Whose pictures are needed for this scene, in which layers.
    #[must_use]
    pub fn needed(&self, scene: &Scene) -> Vec<(SourceId, Layer)> {
        self.composer.needed(scene)
    }

    /// Composes and encodes the picture of this moment. Only scenes of the canvas that it was made for.
    ///
    /// # Errors
    /// When an encoder fails.
    pub fn turn(
        &mut self,
        now: Duration,
        scene: &Scene,
        sources: &Sources,
        scaler: &mut Scaler,
        captions: &mut Captions,
    ) -> Result<Vec<Sent>, Failure> {
        self.compose(now, scene, sources, scaler, captions);
        self.encode(now)
    }

    /// The first half of [`Self::turn`], for whoever measures the two apart.
    pub fn compose(
        &mut self,
        now: Duration,
        scene: &Scene,
        sources: &Sources,
        scaler: &mut Scaler,
        captions: &mut Captions,
    ) {
        self.is_changed |= self.composer.compose(now, scene, sources, scaler, captions).is_changed;
    }

    /// The second half of [`Self::turn`].
    ///
    /// # Errors
    /// When an encoder fails.
    pub fn encode(&mut self, now: Duration) -> Result<Vec<Sent>, Failure> {
        let is_due = self.is_changed || self.encoded.is_none_or(|last| now.saturating_sub(last) >= STILL);
        self.is_changed = false;
        let mut sent = Vec::new();
        for rung in &mut self.rungs {
            let is_key_wanted = rung.keys.is_due(now);
            if !is_due && !is_key_wanted {
                continue;
            }
            if let Some(unit) = rung.encoder.encode(self.composer.picture(), now, is_key_wanted)? {
                if unit.is_key {
                    rung.keys.sent(now);
                }
                sent.push(Sent { rung: rung.name, unit });
            }
        }
        if !sent.is_empty() {
            self.encoded = Some(now);
        }
        Ok(sent)
    }
}
