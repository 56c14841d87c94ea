//! The sound of one conference, tick by tick.
//!
//! Turned by the mixer process. Decodes only who is heard (and, in turns, a few of those that do not say how
//! loud they are), and makes one frame for all and one for each who is heard, without himself.

use super::limit::Limiter;
use super::loudest::{Level, Loudest};
use super::prompt::{Playing, Prompt};
use super::voice::{Voice, VoiceCounts};
use super::volume::Volume;
use super::{FRAME, Frame, Jitter, JitterCounts, Packet, RATE, SourceId, level, ms};
use crate::error::Failure;
use std::collections::BTreeMap;
use std::time::Duration;

/// Most sources of one conference.
const SOURCES: usize = 2_048;
/// Most prompts at once.
const PROMPTS: usize = 16;
/// Of the sources that do not say how loud they are, so many are decoded at once to find out, for so many ticks.
const PROBED: usize = 12;
const PROBE_TICKS: u64 = 10;
/// Over which somebody begins and stops being heard.
const FADE: usize = ms(8) as usize;
/// What libopus holds back while it encodes: the first sample of a packet was captured so much earlier.
const HELD_BACK: i64 = 312;
/// Packets that cannot be decoded, after which a source is left out for so long.
const BROKEN: u64 = 10;
const LEFT_OUT_US: u64 = 5_000_000;

/// How a conference is mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mixing {
    /// Voices at once, at most [`Loudest::MOST`].
    pub heard: usize,
    /// How long packets wait for later ones, at least and at most.
    pub least_delay: Duration,
    pub most_delay: Duration,
    /// Whether voices are brought to one loudness.
    pub is_levelled: bool,
    /// So many low bits of a number tell the sources of one owner apart, who hears none of them: a microphone and the
    /// sound of a screen.
    pub owner_bits: u32,
}

impl Mixing {
    /// The first number of whoever owns it.
    const fn owner(&self, source: SourceId) -> SourceId {
        SourceId(source.0 >> self.owner_bits << self.owner_bits)
    }
}

impl Default for Mixing {
    fn default() -> Self {
        Self {
            heard: Loudest::MOST,
            least_delay: Duration::from_millis(20),
            most_delay: Duration::from_millis(200),
            is_levelled: true,
            owner_bits: 0,
        }
    }
}

/// When a sender captured what it stamped so (from its sender reports), in the clock that the caller uses
/// for pictures too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub timestamp: u32,
    pub at_us: u64,
}

/// When the first sample of a frame was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Captured {
    /// By the sender's clock.
    At(u64),
    /// Without one: when the quickest packet with it would have been here.
    Here(u64),
}

/// Somebody who is heard in a round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    pub source: SourceId,
    /// As decoded, before it was raised or lowered.
    pub level: Level,
    pub gain_db: f32,
    /// What of it is played: the picture that belongs to it was captured then. `None` in its pauses.
    pub captured: Option<Captured>,
}

/// One tick of a conference.
#[derive(Clone, Debug)]
pub struct Round {
    /// Everybody who is heard.
    pub common: Box<Frame>,
    /// What some get instead: who is heard, without himself, by the first of his numbers; who has a prompt of his own.
    pub personal: Vec<(SourceId, Box<Frame>)>,
    pub heard: Vec<Heard>,
}

impl Round {
    /// What this one shall hear.
    #[must_use]
    pub fn frame_for(&self, listener: Option<SourceId>) -> &Frame {
        self.personal.iter().find(|it| Some(it.0) == listener).map_or(&*self.common, |it| &*it.1)
    }

    /// Whether this one hears something else than all.
    #[must_use]
    pub fn is_personal(&self, listener: SourceId) -> bool {
        self.personal.iter().any(|it| it.0 == listener)
    }
}

/// Why a source is not heard although it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No packet so far was Opus.
    NoOpus { packets: u64 },
    /// None of its packets could be decoded.
    Undecodable { packets: u64 },
}

/// What was done and what was refused, over all sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets decoded, and those that could not be.
    pub decoded: u64,
    pub broken: u64,
    /// Losses bridged by a copy, and stretches that were made up.
    pub recovered: u64,
    pub concealed: u64,
    /// Packets of sources beyond the limit.
    pub turned_away: u64,
    /// Prompts beyond the limit.
    pub prompts_refused: u64,
}

struct Source {
    jitter: Jitter,
    volume: Volume,
    clock: Option<Clock>,
    says_level: bool,
    counts: VoiceCounts,
    /// Packets broken since the last one that was not.
    broken_on_end: u64,
}

/// A voice with its share in the mix.
struct Part {
    voice: Voice,
    is_heard: bool,
    was_heard: bool,
    frame: Box<Frame>,
}

/// Mixes the sound of one conference.
pub struct Mixer {
    mixing: Mixing,
    sources: BTreeMap<SourceId, Source>,
    loudest: Loudest,
    parts: Vec<Part>,
    spare: Vec<Part>,
    prompts: Vec<Playing>,
    common: Limiter,
    personal: BTreeMap<SourceId, Limiter>,
    ticks: u64,
    counts: Counts,
}

impl Mixer {
    /// # Errors
    /// `SoundRefused` when no decoder can be made.
    pub fn new(mixing: Mixing) -> Result<Self, Failure> {
        // Those who are heard, those who stop being heard in the same tick, those who are looked at.
        let parts = (0..2 * Loudest::MOST + PROBED).map(|_| {
            let frame = Box::new([0.0; FRAME]);
            Ok(Part { voice: Voice::open()?, is_heard: false, was_heard: false, frame })
        });
        Ok(Self {
            mixing,
            sources: BTreeMap::new(),
            loudest: Loudest::new(mixing.heard),
            parts: Vec::new(),
            spare: parts.collect::<Result<_, Failure>>()?,
            prompts: Vec::new(),
            common: Limiter::default(),
            personal: BTreeMap::new(),
            ticks: 0,
            counts: Counts::default(),
        })
    }

    /// A packet of a microphone has come.
    pub fn receive(&mut self, source: SourceId, packet: &Packet<'_>) {
        if self.sources.len() >= SOURCES && !self.sources.contains_key(&source) {
            self.counts.turned_away += 1;
            return;
        }
        let Mixing { least_delay, most_delay, .. } = self.mixing;
        let known = self.sources.entry(source).or_insert_with(|| Source {
            jitter: Jitter::new(least_delay, most_delay),
            volume: Volume::default(),
            clock: None,
            says_level: false,
            counts: VoiceCounts::default(),
            broken_on_end: 0,
        });
        known.jitter.receive(packet);
        if let Some(level) = packet.level {
            known.says_level = true;
            self.loudest.tell(source, level, packet.arrival_us);
        }
    }

    /// From now on packets wait at least so long, up to the longest delay. Voices that are heard get there by
    /// being stretched.
    pub fn hold_back(&mut self, least: Duration) {
        let least_delay = least.min(self.mixing.most_delay);
        self.mixing.least_delay = least_delay;
        for known in self.sources.values_mut() {
            known.jitter.set_bounds(least_delay, self.mixing.most_delay);
        }
    }

    /// What a sender's clock says, by its newest report.
    pub fn set_clock(&mut self, source: SourceId, clock: Clock) {
        if let Some(known) = self.sources.get_mut(&source) {
            known.clock = Some(clock);
        }
    }

    /// A source has left, or sends no more.
    pub fn remove(&mut self, source: SourceId) {
        self.sources.remove(&source);
        self.loudest.forget(source);
    }

    /// Plays it from the next tick on; `false` when too many are playing.
    pub fn play(&mut self, prompt: Prompt) -> bool {
        if self.prompts.len() >= PROMPTS {
            self.counts.prompts_refused += 1;
            return false;
        }
        self.prompts.push(Playing::new(prompt));
        true
    }

    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// What came of one source's packets.
    #[must_use]
    pub fn counts_of(&self, source: SourceId) -> Option<(JitterCounts, VoiceCounts)> {
        self.sources.get(&source).map(|it| (it.jitter.counts(), it.counts))
    }

    /// Sources that cannot be heard, with the reason.
    #[must_use]
    pub fn troubles(&self) -> Vec<(SourceId, Trouble)> {
        let trouble = |(source, it): (&SourceId, &Source)| {
            let received = it.jitter.counts();
            let (packets, broken) = (received.received, it.counts.broken);
            if packets >= BROKEN && received.unfit == packets {
                Some((*source, Trouble::NoOpus { packets }))
            } else if broken >= BROKEN && it.counts.decoded == 0 {
                Some((*source, Trouble::Undecodable { packets: broken }))
            } else {
                None
            }
        };
        self.sources.iter().filter_map(trouble).collect()
    }

    /// The next 20 ms. To be called each [`super::TICK`].
    pub fn tick(&mut self, now_us: u64) -> Round {
        self.seat(now_us);
        let mut heard = Vec::new();
        for part in &mut self.parts {
            let source = part.voice.source;
            let Some(known) = self.sources.get_mut(&source) else {
                // Left: nothing to fade with but silence.
                part.frame.fill(0.0);
                continue;
            };
            let before = known.counts;
            let played = part.voice.tick(&mut known.jitter, now_us, &mut known.counts);
            *part.frame = played.frame;
            let after = known.counts;
            if after.decoded > before.decoded {
                known.broken_on_end = 0;
            }
            known.broken_on_end += after.broken - before.broken;
            self.counts.decoded += after.decoded - before.decoded;
            self.counts.broken += after.broken - before.broken;
            self.counts.recovered += after.recovered - before.recovered;
            self.counts.concealed += after.concealed - before.concealed;
            let level = level(&*part.frame);
            if known.broken_on_end >= BROKEN {
                known.broken_on_end = 0;
                self.loudest.distrust(source, now_us + LEFT_OUT_US);
            } else if known.says_level {
                self.loudest.check(source, level, now_us);
            } else {
                self.loudest.tell(source, level, now_us);
            }
            if !(part.is_heard || part.was_heard) {
                continue;
            }
            if self.mixing.is_levelled {
                known.volume.apply(&mut part.frame);
            }
            fade(part);
            if part.is_heard {
                let captured = played.position.map(|it| captured(known.clock, it));
                heard.push(Heard { source, level, gain_db: known.volume.gain_db(), captured });
            }
        }
        let round = self.sum(heard);
        self.ticks += 1;
        round
    }

    /// Gives voices to those who are heard now and to those who are to be looked at, and takes them from others.
    fn seat(&mut self, now_us: u64) {
        let probed = self.probed();
        let heard = self.loudest.choose(now_us);
        for part in &mut self.parts {
            (part.was_heard, part.is_heard) = (part.is_heard, heard.contains(&part.voice.source));
        }
        let (sources, spare) = (&mut self.sources, &mut self.spare);
        let keeps = |it: &Part| it.is_heard || it.was_heard || probed.contains(&it.voice.source);
        for part in self.parts.extract_if(.., |it| !keeps(it)) {
            if let Some(known) = sources.get_mut(&part.voice.source) {
                known.jitter.rest();
            }
            spare.push(part);
        }
        for source in heard.iter().chain(&probed) {
            if self.parts.iter().any(|it| it.voice.source == *source) {
                continue;
            }
            let Some(mut part) = spare.pop() else { break };
            part.voice.begin(*source);
            (part.is_heard, part.was_heard) = (heard.contains(source), false);
            self.parts.push(part);
        }
    }

    /// Whom to decode only to know how loud they are: a few at a time, in turns.
    fn probed(&self) -> Vec<SourceId> {
        let unknown = || self.sources.iter().filter(|(_, it)| !it.says_level).map(|(source, _)| *source);
        let turns = unknown().count().div_ceil(PROBED).max(1) as u64;
        let turn = (self.ticks / PROBE_TICKS % turns) as usize;
        unknown().skip(turn * PROBED).take(PROBED).collect()
    }

    fn sum(&mut self, heard: Vec<Heard>) -> Round {
        let sounding = |it: &&Part| it.is_heard || it.was_heard;
        let mut common = Box::new([0.0; FRAME]);
        for part in self.parts.iter().filter(sounding) {
            add(&mut common, &part.frame);
        }
        let mut personal: Vec<(SourceId, Box<Frame>)> = Vec::new();
        for part in self.parts.iter().filter(sounding) {
            let owner = self.mixing.owner(part.voice.source);
            let at = personal.iter().position(|it| it.0 == owner).unwrap_or_else(|| {
                personal.push((owner, common.clone()));
                personal.len() - 1
            });
            personal[at].1.iter_mut().zip(part.frame.iter()).for_each(|(sample, own)| *sample -= own);
        }
        for listener in self.prompts.iter().filter_map(|it| it.prompt.to) {
            if !personal.iter().any(|it| it.0 == listener) {
                personal.push((listener, common.clone()));
            }
        }
        for playing in &self.prompts {
            let to = playing.prompt.to;
            if to.is_none() {
                playing.add(&mut common);
            }
            for (_, frame) in personal.iter_mut().filter(|it| to.is_none_or(|to| to == it.0)) {
                playing.add(frame);
            }
        }
        self.prompts.retain_mut(Playing::step);
        self.common.apply(&mut common);
        self.personal.retain(|source, _| personal.iter().any(|it| it.0 == *source));
        for (source, frame) in &mut personal {
            self.personal.entry(*source).or_insert(self.common).apply(frame);
        }
        Round { common, personal, heard }
    }
}

fn add(sum: &mut Frame, part: &Frame) {
    sum.iter_mut().zip(part).for_each(|(sum, sample)| *sum += sample);
}

/// The start and the end of being heard.
fn fade(part: &mut Part) {
    if part.is_heard == part.was_heard {
        return;
    }
    for (at, sample) in part.frame.iter_mut().enumerate() {
        let share = (at as f32 / FADE as f32).min(1.0);
        *sample *= if part.is_heard { share } else { 1.0 - share };
    }
}

fn captured(clock: Option<Clock>, (timestamp, here): (i64, i64)) -> Captured {
    let length_us = |samples: i64| (samples - HELD_BACK) * 1_000 / i64::from(RATE / 1_000);
    match clock {
        Some(clock) => {
            let since = (timestamp as u32).wrapping_sub(clock.timestamp) as i32;
            Captured::At(clock.at_us.saturating_add_signed(length_us(i64::from(since))))
        }
        None => Captured::Here(length_us(here).max(0) as u64),
    }
}
