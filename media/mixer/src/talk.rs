//! The mixed sound of one conference: packets of all who may be heard in; every 20 ms one packet for all out, and one
//! more for each who is heard, without himself.
//!
//! Owned by `voices`. Pure but for the codecs inside: what is to be sent leaves as values, moments are parameters.
//! A pause of the sender is no loss, however long; what cannot be decoded is counted and harms nobody else.

use crate::clock::{Age, SenderClock};
use crate::payload::primary;
use media_control::{LegId, ParticipantId, Rid, SoundFigures, Source};
use media_mix::error::Failure;
use media_mix::seating::Loudness;
use media_mix::sound::{
    Captured, Clock, Counts, Encoders, Form, Level, Loudest, Mixer, Mixing, Packet, SourceId, Take,
};
use media_relay::{Audience, Codec, MOST_NAMED, PacketHead, StreamName};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// Most connections of one conference that are remembered; nobody beyond is heard.
const LEG_LIMIT: usize = 2_048;
/// More missing numbers than a buffer holds are a pause.
const PAUSE: u64 = 50;
/// Rounds without anybody after which only one in so many is sent, as Opus itself does in silence.
const QUIET_AFTER: u32 = 50;
const QUIET_EVERY: u32 = 20;
/// How old voices are when they go out, until it was measured.
const FIRST_AGE_US: f32 = 60_000.0;
/// Rounds a second.
const ROUNDS: f32 = 50.0;

/// A connection of somebody.
struct Leg {
    participant: ParticipantId,
    clock: SenderClock,
}

/// What comes of one source now: its stream, and how its packets are numbered without pauses.
struct Line {
    leg: LegId,
    epoch: u32,
    /// The newest number as it came, and as it was handed on.
    newest: u64,
    handed: u64,
}

/// See the module's text.
pub struct Talk {
    legs: HashMap<LegId, Leg>,
    lines: HashMap<SourceId, Line>,
    mixer: Mixer,
    encoders: Encoders,
    /// The leg of each programme that the sound goes with.
    programmes: BTreeMap<ParticipantId, LegId>,
    epoch: u32,
    sequence: u64,
    quiet: u32,
    counted: Counts,
    age: Age,
    speaking: Vec<(ParticipantId, Loudness)>,
    has_failed: bool,
}

/// Low bits of a sound's number that tell the sounds of one participant apart.
const OWNER_BITS: u32 = 1;
/// Whoever begins or ceases to be heard in a round is named in it, too.
const _: () = assert!(MOST_NAMED >= 2 * Loudest::MOST);

/// 20 ms for those who may hear them.
pub struct Sound {
    pub audience: Audience,
    pub payload: Vec<u8>,
}

/// The number of a sound among those of its conference.
const fn sound_of(participant: ParticipantId, source: Source) -> SourceId {
    SourceId((participant.0 as u64) << OWNER_BITS | matches!(source, Source::ScreenAudio) as u64)
}

const fn owner(id: SourceId) -> ParticipantId {
    ParticipantId((id.0 >> OWNER_BITS) as u32)
}

/// The RTP time of a moment.
const fn timestamp(at_us: u64) -> u32 {
    (at_us * 48 / 1_000) as u32
}

impl Talk {
    /// `epoch` differs from that of any process before.
    ///
    /// # Errors
    /// [`Failure`]: libopus gives no decoder.
    pub fn new(epoch: u32) -> Result<Self, Failure> {
        Ok(Self {
            legs: HashMap::new(),
            lines: HashMap::new(),
            mixer: Mixer::new(Mixing { owner_bits: OWNER_BITS, ..Mixing::default() })?,
            encoders: Encoders::default(),
            programmes: BTreeMap::new(),
            epoch,
            sequence: 0,
            quiet: 0,
            counted: Counts::default(),
            age: Age::new(FIRST_AGE_US, ROUNDS),
            speaking: Vec::new(),
            has_failed: false,
        })
    }

    /// From now on the sound goes with this programme too; whether that is news.
    pub fn accompany(&mut self, programme: ParticipantId, leg: LegId) -> bool {
        self.programmes.insert(programme, leg) != Some(leg)
    }

    /// No longer; the leg that is not needed any more.
    pub fn leave_out(&mut self, programme: ParticipantId) -> Option<LegId> {
        self.programmes.remove(&programme)
    }

    /// Whether it goes with no programme any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.programmes.is_empty()
    }

    /// A connection has come; whether it is remembered.
    pub fn joined(&mut self, leg: LegId, participant: ParticipantId) -> bool {
        let is_known = self.legs.contains_key(&leg);
        if participant.is_programme() || (self.legs.len() >= LEG_LIMIT && !is_known) {
            return false;
        }
        self.legs.entry(leg).or_insert_with(|| Leg { participant, clock: SenderClock::default() });
        true
    }

    pub fn left(&mut self, leg: LegId) {
        self.legs.remove(&leg);
        let gone: Vec<SourceId> =
            self.lines.iter().filter(|(_, line)| line.leg == leg).map(|(source, _)| *source).collect();
        for source in gone {
            self.lines.remove(&source);
            self.mixer.remove(source);
        }
    }

    /// What a sender says of its clock.
    pub fn note_clock(
        &mut self,
        at_us: u64,
        leg: LegId,
        (source, layer): (Source, Rid),
        ntp: u64,
        timestamp: u32,
    ) {
        let Some(of) = self.legs.get_mut(&leg) else { return };
        of.clock.note(at_us, source, layer, ntp, timestamp);
        if !source.is_video()
            && let Some(at_us) = of.clock.captured_us(at_us, source, layer, timestamp)
        {
            self.mixer.set_clock(sound_of(of.participant, source), Clock { timestamp, at_us });
        }
    }

    /// A packet of somebody here.
    pub fn packet(&mut self, head: &PacketHead, payload: &[u8]) {
        let StreamName { leg, source, .. } = head.stream;
        let Some(of) = self.legs.get(&leg) else { return };
        let start = usize::from(head.descriptor_len).min(payload.len());
        let payload = match head.codec {
            Codec::Opus | Codec::OpusStereo => &payload[start..],
            Codec::Red => primary(&payload[start..]),
            _ => return,
        };
        let id = sound_of(of.participant, source);
        let line = self.lines.get_mut(&id).filter(|it| it.leg == leg && it.epoch == head.epoch);
        let sequence = match line {
            Some(line) => line.number(head.sequence),
            None => {
                // Another stream: nothing of the one before goes on.
                self.mixer.remove(id);
                // Room for packets that come behind a later one.
                let handed = PAUSE;
                let line = Line { leg, epoch: head.epoch, newest: head.sequence, handed };
                self.lines.insert(id, line);
                handed
            }
        };
        let packet = Packet {
            payload,
            sequence,
            timestamp: head.timestamp,
            arrival_us: head.arrived_us,
            level: head.audio_level.map(|(level, _)| Level(level)),
        };
        self.mixer.receive(id, &packet);
    }

    /// The next 20 ms, at `at_us`: one for all and one for each who is in it; none where nothing needs to be sent.
    pub fn round(&mut self, at_us: u64, tally: &mut SoundFigures) -> Vec<Sound> {
        let began = Instant::now();
        let round = self.mixer.tick(at_us);
        tally.rounds += 1;
        tally.mix_s += began.elapsed().as_secs_f32();
        self.count(tally);
        for captured in round.heard.iter().filter_map(|it| it.captured) {
            let (Captured::At(then_us) | Captured::Here(then_us)) = captured;
            self.age.note(at_us, then_us);
        }
        let heard = round.heard.iter().map(|it| (owner(it.source), Loudness(it.level.0)));
        self.quiet = if round.heard.is_empty() { self.quiet.saturating_add(1) } else { 0 };
        self.speaking.clear();
        self.speaking.extend(heard);
        if self.quiet > QUIET_AFTER && !self.quiet.is_multiple_of(QUIET_EVERY) {
            return Vec::new();
        }
        let inside = || round.personal.iter().map(|it| it.0);
        let takes: Vec<Take> = std::iter::once(None)
            .chain(inside().map(Some))
            .map(|own| Take { form: Form::OPUS, own })
            .collect();
        let began = Instant::now();
        let encoded = self.encoders.encode(&round, &takes);
        tally.encode_s += began.elapsed().as_secs_f32();
        match encoded {
            Ok(sent) => {
                tally.encoded += sent.len() as u32;
                let all_but = Audience::all_but(inside().map(owner));
                let audience = |only: Option<SourceId>| only.map_or(all_but, |it| Audience::only(owner(it)));
                sent.into_iter()
                    .map(|it| Sound { audience: audience(it.only), payload: it.payload })
                    .collect()
            }
            Err(failure) => {
                if !std::mem::replace(&mut self.has_failed, true) {
                    tracing::warn!(%failure, "mixed sound cannot be encoded, pictures go on without");
                }
                Vec::new()
            }
        }
    }

    /// From now on packets of voices wait at least so long.
    pub fn hold_back(&mut self, least: Duration) {
        self.mixer.hold_back(least);
    }

    /// How old voices are when they go out, in µs; `None` while nobody is heard.
    #[must_use]
    pub fn age_us(&self) -> Option<u64> {
        (!self.speaking.is_empty()).then(|| self.age.us())
    }

    /// Who is heard now, and how loud.
    #[must_use]
    pub fn speaking(&self) -> &[(ParticipantId, Loudness)] {
        &self.speaking
    }

    /// The head of the next packets for each programme: the sounds of the tick at `at_us`, which are one packet to
    /// whoever hears one of them.
    pub fn heads(&mut self, at_us: u64) -> impl Iterator<Item = PacketHead> {
        let sequence = self.sequence;
        self.sequence += 1;
        let epoch = self.epoch;
        self.programmes.values().map(move |leg| PacketHead {
            stream: stream(*leg),
            arrived_us: at_us,
            sequence,
            epoch,
            timestamp: timestamp(at_us),
            marker: false,
            codec: Codec::Opus,
            descriptor_len: 0,
            audio_level: None,
            audience: Audience::ALL,
        })
    }

    /// For each programme its stream, and how what is captured at `now_us` will be stamped: that goes out only
    /// when it has come through all buffers.
    pub fn clocks(&self, now_us: u64) -> impl Iterator<Item = (StreamName, u32)> {
        let stamp = timestamp(now_us + self.age.us());
        self.programmes.values().map(move |leg| (stream(*leg), stamp))
    }

    fn count(&mut self, tally: &mut SoundFigures) {
        let counts = self.mixer.counts();
        let before = std::mem::replace(&mut self.counted, counts);
        tally.decoded += (counts.decoded - before.decoded) as u32;
        tally.broken += (counts.broken - before.broken) as u32;
        tally.recovered += (counts.recovered - before.recovered) as u32;
        tally.concealed += (counts.concealed - before.concealed) as u32;
    }
}

impl Line {
    /// The number to hand on: pauses of the sender close up.
    fn number(&mut self, sequence: u64) -> u64 {
        if sequence <= self.newest {
            return self.handed.saturating_sub(self.newest - sequence);
        }
        let step = sequence - self.newest;
        self.newest = sequence;
        self.handed += if step > PAUSE { 1 } else { step };
        self.handed
    }
}

/// The mixed sound is the microphone of its programme.
const fn stream(leg: LegId) -> StreamName {
    StreamName { leg, source: Source::Microphone, layer: Rid::Q }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_close_up_and_losses_stay() {
        let mut line = Line { leg: LegId(1), epoch: 1, newest: 700, handed: PAUSE };
        let handed: Vec<u64> =
            [701, 703, 702, 703 + PAUSE, 4_000, 3_999, 0].map(|it| line.number(it)).to_vec();
        assert_eq!(handed, [51, 53, 52, 103, 104, 103, 0]);
    }
}
