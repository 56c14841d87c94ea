//! The sound of one source: what its buffer hands out, decoded and filled up to an even flow.
//!
//! Held by [`super::Mixer`] for those who are heard, one call a tick. Bridges what is lost by the copy that the
//! next packet carries or by making up, comes back to its delay by a few milliseconds at a time, and begins,
//! ends and leaps without a click.

use super::{FRAME, Frame, Jitter, RATE, SourceId, Step, ms, stretch};
use crate::error::Failure;
use opus::{Channels, Decoder};

/// Longest Opus packet, 120 ms (RFC 6716 section 2.1.4).
const LONGEST: usize = ms(120) as usize;
/// Over which a voice begins, ends or leaps.
const BLEND: usize = ms(5) as usize;
/// So far off its delay a voice is made shorter or longer.
const OFF: i64 = ms(12);
/// Ticks between two such changes.
const STRETCH_EVERY: u32 = 3;

/// What came of the packets of a voice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VoiceCounts {
    pub decoded: u64,
    /// Packets that the codec could not read.
    pub broken: u64,
    /// Losses bridged by the copy in the packet behind.
    pub recovered: u64,
    /// Stretches that were made up.
    pub concealed: u64,
    /// Milliseconds of delay taken out and put in.
    pub shortened_ms: u64,
    pub lengthened_ms: u64,
}

pub(super) struct Voice {
    decoder: Decoder,
    /// Whose it is.
    pub source: SourceId,
    /// Decoded and not played yet.
    ready: Vec<f32>,
    scratch: Box<[f32]>,
    is_sounding: bool,
    ticks_to_stretch: u32,
}

/// One tick of a voice.
pub(super) struct Played {
    pub frame: Frame,
    /// Timestamp of its first sample, and when that could have been here; `None` in silence.
    pub position: Option<(i64, i64)>,
}

impl Voice {
    pub fn open() -> Result<Self, Failure> {
        let decoder = Decoder::new(RATE, Channels::Mono).map_err(|it| Failure::refused("opus", &it))?;
        Ok(Self {
            decoder,
            source: SourceId(0),
            ready: Vec::with_capacity(2 * LONGEST),
            scratch: vec![0.0; LONGEST].into_boxed_slice(),
            is_sounding: false,
            ticks_to_stretch: 0,
        })
    }

    /// From now on it is the voice of that source.
    pub fn begin(&mut self, source: SourceId) {
        // Fails for no decoder that has been made.
        let _ = self.decoder.reset_state();
        self.source = source;
        self.ready.clear();
        (self.is_sounding, self.ticks_to_stretch) = (false, 0);
    }

    /// The next 20 ms.
    pub fn tick(&mut self, jitter: &mut Jitter, now_us: u64, counts: &mut VoiceCounts) -> Played {
        self.fill(jitter, now_us, FRAME, counts);
        self.stretch(jitter, now_us, counts);
        let behind = self.ready.len() as i64;
        let position = jitter.position().map(|(timestamp, here)| (timestamp - behind, here - behind));
        let mut frame = [0.0; FRAME];
        // A decoder may go beyond full scale, as far as a sender likes.
        for (sample, ready) in frame.iter_mut().zip(&self.ready) {
            *sample = ready.clamp(-1.0, 1.0);
        }
        self.ready.drain(..FRAME);
        Played { frame, position }
    }

    fn fill(&mut self, jitter: &mut Jitter, now_us: u64, wanted: usize, counts: &mut VoiceCounts) {
        while self.ready.len() < wanted {
            match jitter.next(now_us, self.ready.len()) {
                Step::Play { payload, is_jump } => self.play(payload, is_jump, counts),
                Step::Pass { payload } => {
                    self.fade_out();
                    // What comes of it is not heard, nor whether it could be read.
                    let _ = self.decoder.decode_float(payload, &mut self.scratch, false);
                }
                Step::Recover { following, samples } => {
                    counts.recovered += 1;
                    self.decode(following, samples, true);
                }
                Step::Conceal { samples } => {
                    counts.concealed += 1;
                    self.decode(&[], samples, false);
                }
                Step::Nothing => {
                    self.fade_out();
                    let silent = wanted.max(self.ready.len());
                    self.ready.resize(silent, 0.0);
                }
            }
        }
    }

    fn play(&mut self, payload: &[u8], is_jump: bool, counts: &mut VoiceCounts) {
        let from = if is_jump && self.is_sounding { Some(self.going_on()) } else { None };
        let start = self.ready.len();
        match self.decoder.decode_float(payload, &mut self.scratch, false) {
            Ok(samples) => {
                counts.decoded += 1;
                self.ready.extend_from_slice(&self.scratch[..samples.min(LONGEST)]);
            }
            Err(_) => {
                counts.broken += 1;
                let samples = opus::packet::get_nb_samples(payload, RATE).unwrap_or(FRAME);
                self.decode(&[], samples.clamp(BLEND, LONGEST), false);
            }
        }
        if is_jump {
            let from = from.unwrap_or([0.0; BLEND]);
            for (at, (sample, before)) in self.ready[start..].iter_mut().zip(from).enumerate() {
                let share = at as f32 / BLEND as f32;
                *sample = *sample * share + before * (1.0 - share);
            }
        }
        self.is_sounding = true;
    }

    /// So many samples without a packet of their own.
    fn decode(&mut self, payload: &[u8], samples: usize, is_copy: bool) {
        let samples = samples.min(LONGEST);
        let made = self.decoder.decode_float(payload, &mut self.scratch[..samples], is_copy);
        if made.is_err() {
            self.scratch[..samples].fill(0.0);
        }
        self.ready.extend_from_slice(&self.scratch[..samples]);
        self.is_sounding = true;
    }

    /// How the sound would go on for a moment.
    fn going_on(&mut self) -> [f32; BLEND] {
        let mut on = [0.0; BLEND];
        if self.decoder.decode_float(&[], &mut on, false).is_err() {
            on.fill(0.0);
        }
        on
    }

    fn fade_out(&mut self) {
        if !std::mem::take(&mut self.is_sounding) {
            return;
        }
        let on = self.going_on();
        let faded = on.iter().enumerate().map(|(at, it)| it * (1.0 - at as f32 / BLEND as f32));
        self.ready.extend(faded);
    }

    fn stretch(&mut self, jitter: &mut Jitter, now_us: u64, counts: &mut VoiceCounts) {
        self.ticks_to_stretch = self.ticks_to_stretch.saturating_sub(1);
        if self.ticks_to_stretch > 0 {
            return;
        }
        let behind = jitter.behind(now_us, self.ready.len());
        let changed = if behind > OFF {
            while self.ready.len() < stretch::needed(FRAME) && jitter.has_next() {
                self.fill(jitter, now_us, self.ready.len() + 1, counts);
            }
            if self.ready.len() < stretch::needed(FRAME) {
                return;
            }
            let shorter = stretch::shorten(&mut self.ready);
            counts.shortened_ms += shorter as u64 * 1_000 / u64::from(RATE);
            shorter
        } else if behind < -OFF {
            let longer = stretch::lengthen(&mut self.ready);
            counts.lengthened_ms += longer as u64 * 1_000 / u64::from(RATE);
            longer
        } else {
            0
        };
        if changed > 0 {
            self.ticks_to_stretch = STRETCH_EVERY;
        }
    }
}
